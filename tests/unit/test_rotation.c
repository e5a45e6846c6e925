/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A writer that rotates as it likes, a reader that reads when it likes and is
 * killed as it likes: each line comes once and only once.  POSTERN_ROUNDS in
 * the environment makes it go on for longer.
 */
#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feeds/head.h"
#include "tests/support/follow.h"

#define LOG	  "eve.json"
#define STEPS	  120
#define PARTS_MAX 64

struct world {
	struct follow *follow;
	struct random random;
	int fd; /* to which the writer writes */
	bool moved; /* its file has another name by now: it will be told */
	bool running; /* the reader */
	unsigned int parts; /* made so far */
	char rest[EVEGEN_LINE_SIZE]; /* of a line that is half written */
	size_t rest_len;
};

static void end_line(struct world *w)
{
	if (w->rest_len)
		follow_text(w->fd, w->rest, w->rest_len);
	w->rest_len = 0;
}

static void write_lines(struct world *w)
{
	end_line(w);
	follow_alerts(w->follow, w->fd, 1 + random_below(&w->random, 5));
}

static void write_half_a_line(struct world *w)
{
	char line[EVEGEN_LINE_SIZE];
	size_t len, half;

	end_line(w);
	len = evegen_line(&w->follow->random, EVEGEN_ALERT,
			  w->follow->written++, line);
	/* A file that has but a few bytes cannot be known again. */
	half = HEAD_ENOUGH +
	       random_below(&w->random, (uint32_t)len - HEAD_ENOUGH);
	follow_text(w->fd, line, half);
	w->rest_len = len - half;
	memcpy(w->rest, line + half, w->rest_len);
}

static void part_name(char out[32], unsigned int number)
{
	snprintf(out, 32, LOG ".%u", number);
}

/* eve.json.1 becomes eve.json.2, and so on. */
static void shift_parts(struct world *w)
{
	char from[32], to[32];

	for (unsigned int i = w->parts; i > 0; i--) {
		part_name(from, i);
		part_name(to, i + 1);
		follow_rename(w->follow, from, to);
	}
	w->parts++;
}

static void open_anew(struct world *w)
{
	end_line(w);
	close(w->fd);
	w->fd = follow_open(w->follow, LOG);
	w->moved = false;
}

static void rotate_by_rename(struct world *w)
{
	if (w->moved || w->parts == PARTS_MAX)
		return;
	shift_parts(w);
	follow_rename(w->follow, LOG, LOG ".1");
	w->moved = true;
	/* Some make the new file at once, some leave it to the writer. */
	if (random_below(&w->random, 2))
		close(follow_open(w->follow, LOG));
}

static void tell_writer(struct world *w)
{
	if (w->moved)
		open_anew(w);
}

static void rotate_by_copy(struct world *w)
{
	if (w->moved || w->parts == PARTS_MAX)
		return;
	/* Without a line's end the copy would end amid a line. */
	end_line(w);
	shift_parts(w);
	follow_copytruncate(w->follow, LOG, LOG ".1");
}

/* Only a reader that has the file open can read a deleted one. */
static void rotate_by_deletion(struct world *w)
{
	if (w->moved || !w->running)
		return;
	follow_settle(w->follow);
	follow_remove(w->follow, LOG);
	if (random_below(&w->random, 2))
		write_lines(w);
	open_anew(w);
	/* What a killed reader had open is gone: let it be read. */
	if (random_below(&w->random, 2))
		follow_settle(w->follow);
	else
		follow_step(w->follow);
	follow_settle(w->follow);
}

static void read_a_block(struct world *w)
{
	if (w->running)
		follow_step(w->follow);
}

static void read_all(struct world *w)
{
	if (w->running)
		follow_settle(w->follow);
}

static void only_wake(struct world *w)
{
	if (w->running)
		source_wake(w->follow->source, w->follow->now_ns);
}

static void let_time_pass(struct world *w)
{
	if (w->running)
		follow_pass(w->follow, 200);
}

static void kill_reader(struct world *w)
{
	if (w->running)
		follow_stop(w->follow);
	w->running = false;
}

static void start_reader(struct world *w)
{
	if (!w->running)
		follow_start(w->follow);
	w->running = true;
}

typedef void (*deed)(struct world *w);

/* What happens in every world. */
static const deed common[] = {
	write_lines, write_lines,  write_half_a_line, read_a_block,
	read_all,    read_a_block, only_wake,	      let_time_pass,
	kill_reader, start_reader, start_reader,      tell_writer,
	end_line,
};

#define COMMON (sizeof(common) / sizeof(common[0]))

static void run_world(uint64_t seed, const deed *rotations, uint32_t count)
{
	struct follow *f = calloc(1, sizeof(*f));
	struct world w = { .follow = f };

	assert_non_null(f);
	w.random.state[0] = (unsigned short)seed;
	w.random.state[1] = (unsigned short)(seed >> 16);
	follow_init(f, LOG);
	w.fd = follow_open(f, LOG);
	/* Of a log that never had a line nothing is known in the next life. */
	follow_alert(f, w.fd);
	start_reader(&w);
	follow_settle(f);
	for (int i = 0; i < STEPS; i++) {
		uint32_t at = random_below(&w.random, COMMON + count);

		if (at < COMMON)
			common[at](&w);
		else
			rotations[at - COMMON](&w);
	}
	end_line(&w);
	start_reader(&w);
	follow_settle(f);
	if (follow_wrong(f) || f->strays || f->gaps[GAP_TRUNCATED] ||
	    f->gaps[GAP_FILE_LOST])
		fail_msg("seed %llu: %u of %u lines wrong, %u strays, "
			 "%u cut, %u lost",
			 (unsigned long long)seed, follow_wrong(f), f->written,
			 f->strays, f->gaps[GAP_TRUNCATED],
			 f->gaps[GAP_FILE_LOST]);
	close(w.fd);
	follow_fini(f);
	free(f);
}

static void run_worlds(const deed *rotations, uint32_t count)
{
	const char *text = getenv("POSTERN_ROUNDS");
	unsigned long rounds = text ? strtoul(text, NULL, 10) : 15;

	for (unsigned long seed = 1; seed <= rounds; seed++)
		run_world(seed, rotations, count);
}

static void nothing_is_lost_or_repeated_by_renaming(void **state)
{
	static const deed rotations[] = { rotate_by_rename, rotate_by_rename };

	(void)state;
	run_worlds(rotations, 2);
}

static void nothing_is_lost_or_repeated_by_copying(void **state)
{
	static const deed rotations[] = { rotate_by_copy, rotate_by_copy };

	(void)state;
	run_worlds(rotations, 2);
}

static void nothing_is_lost_or_repeated_by_deleting(void **state)
{
	static const deed rotations[] = { rotate_by_deletion };

	(void)state;
	run_worlds(rotations, 1);
}

static void nothing_is_lost_or_repeated_by_renaming_and_deleting(void **state)
{
	static const deed rotations[] = { rotate_by_rename,
					  rotate_by_deletion };

	(void)state;
	run_worlds(rotations, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_or_repeated_by_renaming),
		cmocka_unit_test(nothing_is_lost_or_repeated_by_copying),
		cmocka_unit_test(nothing_is_lost_or_repeated_by_deleting),
		cmocka_unit_test(
			nothing_is_lost_or_repeated_by_renaming_and_deleting),
	};

	return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
