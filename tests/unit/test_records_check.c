/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/mman.h>
#include <unistd.h>

#include "ctl/records/check.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

#define LINES 12

/* A segment in memory: where each line begins, and the end. */
struct sample {
	char text[LINES * 4096];
	size_t starts[LINES + 1];
	struct chain *chain;
	int fd;
};

static void add_line(struct sample *s, size_t number, uint8_t *hash)
{
	struct record head = {
		.seq = 100 + number,
		.is_first = number == 0,
		.time_ns = 5,
	};
	char line[RECORD_SIZE_MAX];
	struct random random = { { 3, 3, (unsigned short)number } };
	struct saved_ban bans[2] = { ledger_any_ban(&random),
				     ledger_any_ban(&random) };
	struct act act = ledger_act(50 + number, ACT_BAN);
	size_t len;

	memcpy(head.prev, hash, RECORD_HASH_SIZE);
	if (number == 0)
		act.kind = ACT_CHECKPOINT;
	if (number == 5) {
		act.kind = ACT_CHECKPOINTED;
		act.count = 4;
	}
	if (number == 2 || number == 4)
		len = record_write_bans(line, &head, bans, 2);
	else
		len = record_write_act(line, &head, &act);
	chain_link(s->chain, hash, line, len);
	len = record_close(line, len, hash);
	memcpy(s->text + s->starts[number], line, len);
	s->starts[number + 1] = s->starts[number] + len;
}

static int open_sample(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));
	uint8_t hash[RECORD_HASH_SIZE] = { 1, 2, 3 };

	s->fd = memfd_create("segment", MFD_CLOEXEC);
	if (s->fd < 0 || chain_new(&s->chain))
		return -1;
	for (size_t i = 0; i < LINES; i++)
		add_line(s, i, hash);
	*state = s;
	return 0;
}

static int close_sample(void **state)
{
	struct sample *s = *state;

	chain_free(s->chain);
	close(s->fd);
	free(s);
	return 0;
}

static size_t size_of(const struct sample *s)
{
	return s->starts[LINES];
}

static int check_named(struct finding *out, const struct sample *s, int fd,
		       uint64_t named)
{
	const struct check check = { .chain = s->chain, .named = named };

	return check_segment(out, &check, fd);
}

static struct finding check(const struct sample *s, const char *text,
			    size_t len)
{
	struct finding finding;

	assert_int_equal(ftruncate(s->fd, 0), 0);
	assert_int_equal(pwrite(s->fd, text, len, 0), len);
	assert_int_equal(check_named(&finding, s, s->fd, 100), 0);
	return finding;
}

static void a_whole_segment_is_good(void **state)
{
	struct sample *s = *state;
	struct finding f = check(s, s->text, size_of(s));

	assert_int_equal(f.flaw, FLAW_NONE);
	assert_int_equal(f.bad_lines, 0);
	assert_int_equal(f.tail_lines, 0);
	assert_int_equal(f.lines, LINES);
	assert_int_equal(f.size, size_of(s));
	assert_int_equal(f.good_end, size_of(s));
	assert_int_equal(f.first_seq, 100);
	assert_int_equal(f.last_seq, 100 + LINES - 1);
	assert_int_equal(f.last_id, 50 + LINES - 1);
	assert_int_equal(f.checkpoint.phase, CHECKPOINT_WHOLE);
	assert_int_equal(f.checkpoint.bans, 4);
}

/* The first bad line is LINE, from 1.  The last one is a torn tail, unless it
 * bears a number that it cannot have. */
static void assert_found(const struct sample *s, const struct finding *f,
			 size_t line)
{
	if (line == LINES && f->tail_lines) {
		assert_int_equal(f->flaw, FLAW_NONE);
		assert_int_equal(f->good_end, s->starts[LINES - 1]);
		assert_int_equal(f->tail_line, LINES);
		return;
	}
	assert_int_not_equal(f->flaw, FLAW_NONE);
	assert_int_equal(f->flaw_line, line);
	assert_true(f->bad_lines >= 1);
	if (line == LINES)
		assert_true(f->flaw == FLAW_MISSING || f->flaw == FLAW_ORDER ||
			    f->flaw == FLAW_START);
}

static void any_byte_that_changes_is_found_at_its_line(void **state)
{
	static const unsigned char masks[] = { 0x01, 0x20, 0x80, 0xff };
	struct sample *s = *state;
	char *text = malloc(size_of(s));
	size_t line = 1;

	memcpy(text, s->text, size_of(s));
	for (size_t at = 0; at < size_of(s); at++) {
		if (at == s->starts[line])
			line++;
		for (size_t i = 0; i < sizeof(masks); i++) {
			struct finding f;

			text[at] = (char)(s->text[at] ^ masks[i]);
			f = check(s, text, size_of(s));
			/* Without its newline a line takes in the next one,
			 * which is the last. */
			if (at + 1 == s->starts[LINES - 1])
				assert_int_equal(f.tail_line, LINES - 1);
			else
				assert_found(s, &f, line);
		}
		text[at] = s->text[at];
	}
	free(text);
}

/* The sample's lines in another order; -1 leaves one out. */
static struct finding check_lines(const struct sample *s, const int *order,
				  size_t count)
{
	char *text = malloc(2 * size_of(s));
	struct finding f;
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		const size_t *start;

		if (order[i] < 0)
			continue;
		start = &s->starts[order[i]];
		memcpy(text + len, s->text + start[0], start[1] - start[0]);
		len += start[1] - start[0];
	}
	f = check(s, text, len);
	free(text);
	return f;
}

static void in_order(int *order)
{
	for (int i = 0; i < LINES; i++)
		order[i] = i;
}

static void a_line_that_is_missing_is_found(void **state)
{
	struct sample *s = *state;
	int order[LINES];

	for (int gone = 0; gone < LINES; gone++) {
		struct finding f;

		in_order(order);
		order[gone] = -1;
		f = check_lines(s, order, LINES);
		if (gone == LINES - 1) {
			/* Nothing in the file tells of what came last. */
			assert_int_equal(f.lines, LINES - 1);
			continue;
		}
		assert_found(s, &f, (size_t)gone + 1);
		assert_int_equal(f.flaw, gone ? FLAW_MISSING : FLAW_START);
		assert_int_equal(f.bad_lines, 1);
	}
}

static void lines_that_are_swapped_are_found(void **state)
{
	struct sample *s = *state;
	int order[LINES];

	for (int a = 0; a < LINES; a++) {
		for (int b = a + 1; b < LINES; b++) {
			struct finding f;

			in_order(order);
			order[a] = b;
			order[b] = a;
			f = check_lines(s, order, LINES);
			if (a >= LINES - 3 && b == LINES - 1) {
				/* All to the end is wrong: a torn tail. */
				assert_int_equal(f.bad_lines ? f.flaw_line
							     : f.tail_line,
						 a + 1);
				continue;
			}
			assert_found(s, &f, (size_t)a + 1);
		}
	}
}

static void a_line_that_is_put_in_is_found(void **state)
{
	struct sample *s = *state;
	int order[LINES + 1];

	for (int what = 0; what < LINES; what++) {
		for (int where = 0; where <= LINES; where++) {
			struct finding f;

			for (int i = 0; i <= LINES; i++)
				order[i] = i < where ? i : i - 1;
			order[where] = what;
			f = check_lines(s, order, LINES + 1);
			/* A line twice: the second one is the wrong one. */
			if (where == what && where + 1 < LINES)
				assert_int_equal(f.flaw_line, where + 2);
			else if (where + 1 >= LINES)
				assert_true(f.bad_lines + f.tail_lines > 0);
			else
				assert_int_equal(f.flaw_line, where + 1);
		}
	}
}

static void a_segment_with_another_name_is_found(void **state)
{
	struct sample *s = *state;
	struct finding f = check(s, s->text, size_of(s));

	assert_int_equal(check_named(&f, s, s->fd, 101), 0);
	assert_int_equal(f.flaw, FLAW_START);
	assert_int_equal(f.flaw_line, 1);
}

static void a_cut_is_a_torn_tail_at_every_byte(void **state)
{
	struct sample *s = *state;
	size_t whole = 0;

	for (size_t cut = 0; cut < size_of(s); cut++) {
		struct finding f = check(s, s->text, cut);

		if (cut == s->starts[whole + 1])
			whole++;
		assert_int_equal(f.flaw, FLAW_NONE);
		assert_int_equal(f.lines, whole);
		assert_int_equal(f.good_end, s->starts[whole]);
		assert_int_equal(f.tail_lines, cut > s->starts[whole]);
	}
}

static void zeros_and_rubbish_at_the_end_are_a_torn_tail(void **state)
{
	static const size_t lengths[] = { 1, 100, 4096, RECORD_SIZE_MAX,
					  5 * RECORD_SIZE_MAX };
	static const char fills[] = { '\0', '\n', 'x', '{' };
	struct sample *s = *state;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (size_t k = 0; k < sizeof(fills); k++) {
			size_t len = size_of(s) + lengths[i];
			char *text = malloc(len);
			struct finding f;

			memcpy(text, s->text, size_of(s));
			memset(text + size_of(s), fills[k], lengths[i]);
			f = check(s, text, len);
			free(text);
			assert_int_equal(f.flaw, FLAW_NONE);
			assert_int_equal(f.good_end, size_of(s));
			assert_int_equal(f.size, len);
		}
	}
}

/* One record of 8 EiB, so to speak, costs no memory and hides none after. */
static void a_line_that_never_ends_is_passed_over(void **state)
{
	struct sample *s = *state;
	size_t rubbish = 3 * RECORD_SIZE_MAX;
	size_t split = s->starts[3];
	size_t len = size_of(s) + rubbish;
	char *text = malloc(len);
	struct finding f;

	memcpy(text, s->text, split);
	memset(text + split, 'x', rubbish);
	text[split + rubbish - 1] = '\n';
	memcpy(text + split + rubbish, s->text + split, size_of(s) - split);
	f = check(s, text, len);
	free(text);
	assert_int_equal(f.flaw, FLAW_NO_RECORD);
	assert_int_equal(f.flaw_line, 4);
	assert_int_equal(f.bad_lines, 1);
	assert_int_equal(f.lines, LINES);
}

static void what_cannot_be_read_is_no_torn_tail(void **state)
{
	struct sample *s = *state;
	struct finding f;
	int pipe_ends[2];

	/* pread(2) from a pipe fails. */
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(check_named(&f, s, pipe_ends[0], 100), 0);
	assert_int_equal(f.flaw, FLAW_UNREADABLE);
	assert_true(f.error < 0);
	assert_int_equal(f.tail_lines, 0);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_segment_is_good),
		cmocka_unit_test(any_byte_that_changes_is_found_at_its_line),
		cmocka_unit_test(a_line_that_is_missing_is_found),
		cmocka_unit_test(lines_that_are_swapped_are_found),
		cmocka_unit_test(a_line_that_is_put_in_is_found),
		cmocka_unit_test(a_segment_with_another_name_is_found),
		cmocka_unit_test(a_cut_is_a_torn_tail_at_every_byte),
		cmocka_unit_test(zeros_and_rubbish_at_the_end_are_a_torn_tail),
		cmocka_unit_test(a_line_that_never_ends_is_passed_over),
		cmocka_unit_test(what_cannot_be_read_is_no_torn_tail),
	};

	return cmocka_run_group_tests_name("records_check", tests, open_sample,
					   close_sample);
}
