/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/support/archive.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

/* A segment as it was, to be put back. */
struct pristine {
	enum rclass rclass;
	char file[512];
	char *text;
	size_t len;
	size_t lines;
};

static struct pristine take_original(const struct archive *a,
				     enum rclass rclass, uint64_t seq)
{
	struct pristine o = { .rclass = rclass };

	snprintf(o.file, sizeof(o.file), "%s", archive_file(a, rclass, seq));
	o.text = ledger_read(o.file, &o.len);
	for (size_t i = 0; i < o.len; i++)
		o.lines += o.text[i] == '\n';
	return o;
}

static void put_back(struct pristine *o)
{
	ledger_write(o->file, o->text, o->len);
	free(o->text);
}

/* Of the line with NUMBER, from 0: where it begins, and its length. */
static const char *line_of(const struct pristine *o, size_t number, size_t *len)
{
	const char *at = o->text;

	while (number-- > 0)
		at = strchr(at, '\n') + 1;
	*len = (size_t)(strchr(at, '\n') + 1 - at);
	return at;
}

static void assert_whole(const struct archive *a)
{
	struct verdict v = archive_verify(a);

	for (int i = 0; i < CLASS_COUNT; i++) {
		if (v.classes[i].bad)
			fail_msg("%s: line %d %s", v.classes[i].file,
				 (int)v.classes[i].line, v.classes[i].what);
		assert_int_equal(v.classes[i].unproven, 0);
	}
	assert_true(v.is_whole);
	verify_fini(&v);
}

/* Something is wrong, and it is named: the file of O, and LINE, from 1; 0: any
 * line. */
static void assert_named(const struct archive *a, const struct pristine *o,
			 size_t line, const char *deed)
{
	struct verdict v = archive_verify(a);
	const struct verify_class *c = &v.classes[o->rclass];

	if (v.is_whole)
		fail_msg("%s, line %d of %s: not found", deed, (int)line,
			 o->file);
	if (c->bad == 0 || !strstr(o->file, c->file) ||
	    (line && c->line != line))
		fail_msg("%s, line %d of %s: \"%s: line %d %s\" was said", deed,
			 (int)line, o->file, c->file, (int)c->line, c->what);
	verify_fini(&v);
}

static const struct {
	enum rclass rclass;
	uint64_t seq;
} samples[] = {
	{ CLASS_ACTS, 1 },   { CLASS_ACTS, 6 },	 { CLASS_EVENTS, 1 },
	{ CLASS_SYSTEM, 1 }, { CLASS_SEALS, 1 }, { CLASS_CUSTODY, 1 },
};

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void a_whole_archive_is_whole(void **state)
{
	struct archive *a = *state;
	struct verdict v;

	archive_fill(a);
	assert_whole(a);
	v = archive_verify(a);
	assert_int_equal(v.seals.count, 4);
	assert_int_equal(v.classes[CLASS_ACTS].records, 7);
	assert_int_equal(v.classes[CLASS_ACTS].segments, 2);
	assert_int_equal(v.classes[CLASS_EVENTS].records, 3);
	verify_fini(&v);
	/* And in the next life. */
	archive_close(a);
	archive_open(a);
	archive_seal(a, SEAL_START);
	assert_whole(a);
}

static void any_byte_that_changes_is_named_by_file_and_line(void **state)
{
	struct archive *a = *state;

	archive_fill(a);
	for (size_t i = 0; i < SAMPLES; i++) {
		struct pristine o =
			take_original(a, samples[i].rclass, samples[i].seq);
		size_t line = 1;
		FILE *file = fopen(o.file, "r+");

		for (size_t at = 0; at < o.len; at++) {
			size_t wanted = line;

			fseek(file, (long)at, SEEK_SET);
			fputc(o.text[at] ^ 1, file);
			fflush(file);
			/* Without its newline the newest seal is unfinished:
			 * it proves nothing. */
			if (o.rclass != CLASS_SEALS || at + 1 < o.len)
				assert_named(a, &o, wanted, "a byte changed");
			fseek(file, (long)at, SEEK_SET);
			fputc(o.text[at], file);
			fflush(file);
			line += o.text[at] == '\n';
		}
		fclose(file);
		put_back(&o);
	}
	assert_whole(a);
}

static void any_line_that_is_dropped_is_named(void **state)
{
	struct archive *a = *state;

	archive_fill(a);
	for (size_t i = 0; i < SAMPLES; i++) {
		struct pristine o =
			take_original(a, samples[i].rclass, samples[i].seq);
		char *text = malloc(o.len);

		for (size_t gone = 0; gone < o.lines; gone++) {
			size_t len;
			const char *at = line_of(&o, gone, &len);
			size_t before = (size_t)(at - o.text);

			/* The newest seal can go without a trace: what it
			 * proved is unproven then. */
			if (o.rclass == CLASS_SEALS && gone + 1 == o.lines)
				continue;
			memcpy(text, o.text, before);
			memcpy(text + before, at + len, o.len - before - len);
			ledger_write(o.file, text, o.len - len);
			if (gone + 1 == o.lines && o.rclass == CLASS_ACTS &&
			    samples[i].seq == 1) {
				/* The next segment shows it. */
				struct verdict v = archive_verify(a);

				assert_string_equal(
					v.classes[CLASS_ACTS].what,
					"follows records that are missing: 5 "
					"to 5");
				verify_fini(&v);
				continue;
			}
			/* An empty file has no first line to blame. */
			assert_named(a, &o, o.lines > 1 ? gone + 1 : 0,
				     "dropped");
		}
		free(text);
		put_back(&o);
	}
	assert_whole(a);
}

static void lines_that_are_swapped_or_put_in_are_named(void **state)
{
	struct archive *a = *state;

	archive_fill(a);
	for (size_t i = 0; i < SAMPLES; i++) {
		struct pristine o =
			take_original(a, samples[i].rclass, samples[i].seq);
		char *text = malloc(2 * o.len);

		for (size_t n = 0; n + 1 < o.lines; n++) {
			size_t first_len, second_len;
			const char *first = line_of(&o, n, &first_len);
			const char *second = line_of(&o, n + 1, &second_len);
			size_t at = (size_t)(first - o.text);

			memcpy(text, o.text, o.len);
			memcpy(text + at, second, second_len);
			memcpy(text + at + second_len, first, first_len);
			ledger_write(o.file, text, o.len);
			assert_named(a, &o, n + 1, "swapped");
			/* The second one stands before itself, too. */
			memcpy(text, o.text, at);
			memcpy(text + at, second, second_len);
			memcpy(text + at + second_len, first, o.len - at);
			ledger_write(o.file, text, o.len + second_len);
			assert_named(a, &o, n + 1, "put in");
		}
		free(text);
		put_back(&o);
	}
	assert_whole(a);
}

static void a_cut_at_any_byte_before_the_last_seal_is_named(void **state)
{
	struct archive *a = *state;

	archive_fill(a);
	for (size_t i = 0; i < SAMPLES; i++) {
		struct pristine o =
			take_original(a, samples[i].rclass, samples[i].seq);

		for (size_t len = o.len; len-- > 0;) {
			struct verdict v;

			assert_int_equal(truncate(o.file, (off_t)len), 0);
			v = archive_verify(a);
			if (o.rclass != CLASS_SEALS)
				assert_false(v.is_whole);
			else if (v.is_whole) {
				/* Seals at the end are gone: so it proves
				 * less, and says so. */
				uint64_t unproven = 0;

				for (int c = 0; c < CLASS_SEALS; c++)
					unproven += v.classes[c].unproven;
				assert_true(unproven > 0);
			}
			verify_fini(&v);
		}
		put_back(&o);
	}
	assert_whole(a);
}

static void a_segment_that_is_gone_is_named(void **state)
{
	struct archive *a = *state;

	archive_fill(a);
	for (size_t i = 0; i < SAMPLES; i++) {
		struct pristine o =
			take_original(a, samples[i].rclass, samples[i].seq);
		struct verdict v;

		assert_int_equal(unlink(o.file), 0);
		v = archive_verify(a);
		assert_false(v.is_whole);
		assert_true(v.classes[o.rclass].bad > 0);
		verify_fini(&v);
		put_back(&o);
	}
	assert_whole(a);
}

/* Whoever can write, and has no key, makes the chain anew behind a change. */
static void a_chain_made_anew_is_found_by_the_seals(void **state)
{
	struct archive *a = *state;
	struct archive *other;
	struct verdict v;
	struct pristine o;
	size_t len;
	char *text;

	archive_fill(a);
	assert_int_equal(archive_set_up((void **)&other), 0);
	other->id = 100; /* other acts, all else alike */
	archive_fill(other);
	text = ledger_read(archive_file(other, CLASS_ACTS, 1), &len);
	o = take_original(a, CLASS_ACTS, 1);
	ledger_write(o.file, text, len);
	v = archive_verify(a);
	assert_false(v.is_whole);
	/* The first record that is sealed is the third. */
	assert_int_equal(v.classes[CLASS_ACTS].line, 3);
	assert_string_equal(v.classes[CLASS_ACTS].what,
			    check_flaw_words(FLAW_SEAL));
	verify_fini(&v);
	put_back(&o);
	free(text);
	/* And with seals of his own he has not the anchor. */
	memcpy(other->anchor, a->anchor, sizeof(a->anchor));
	v = archive_verify(other);
	assert_false(v.is_whole);
	assert_non_null(strstr(v.classes[CLASS_SEALS].what, "anchor"));
	verify_fini(&v);
	archive_tear_down((void **)&other);
}

/* Who has the key of today, and rewrites yesterday. */
static void a_seal_by_the_wrong_periods_key_is_found(void **state)
{
	struct archive *a = *state;
	struct verdict v;

	archive_acts(a, ACT_BAN, 2);
	archive_seal(a, SEAL_HOUR);
	/* A key that no seal names. */
	assert_int_equal(signer_make(a->sealer.keys.secret), 0);
	assert_int_equal(
		signer_public(a->sealer.keys.public, a->sealer.keys.secret), 0);
	archive_acts(a, ACT_BAN, 2);
	archive_seal(a, SEAL_HOUR);
	v = archive_verify(a);
	assert_false(v.is_whole);
	assert_int_equal(v.classes[CLASS_SEALS].line, 3);
	assert_string_equal(v.classes[CLASS_SEALS].what,
			    "seal 3 is by the wrong period's key");
	verify_fini(&v);
}

static void what_lies_behind_the_last_seal_is_told_to_be_unproven(void **state)
{
	struct archive *a = *state;
	struct verdict v;

	archive_fill(a);
	archive_acts(a, ACT_BAN, 5);
	v = archive_verify(a);
	assert_true(v.is_whole);
	assert_int_equal(v.classes[CLASS_ACTS].unproven, 5);
	verify_fini(&v);
}

static struct witness witness_of(const struct archive *a, uint64_t seq)
{
	struct witness w = { .seq = seq };
	static char line[RECORD_SIZE_MAX];
	struct record record;
	int len = sealer_find(a->books.folders[CLASS_SEALS], seq, line);

	assert_true(len > 0);
	assert_int_equal(record_open(&record, line, (size_t)len), 0);
	memcpy(w.hash, record.hash, sizeof(w.hash));
	return w;
}

static struct verdict verify_with(const struct archive *a, struct witness *w)
{
	const struct verify_wish wish = { .path = a->path };
	struct verdict v = { .seals.anchor = a->anchor,
			     .seals.witnesses = w,
			     .seals.witness_count = 1 };

	assert_int_equal(verify_run(&v, &wish), 0);
	return v;
}

static void a_witnessed_seal_shows_what_was_cut_behind_all_others(void **state)
{
	struct archive *a = *state;
	struct witness w;
	struct verdict v;
	struct pristine o;
	size_t len;

	archive_fill(a);
	w = witness_of(a, 4);
	v = verify_with(a, &w);
	assert_true(v.is_whole);
	assert_int_equal(v.seals.witnessed_ns, v.seals.last_ns);
	verify_fini(&v);
	/* The newest seal is cut off, and the acts that it proves. */
	o = take_original(a, CLASS_SEALS, 1);
	line_of(&o, 3, &len);
	assert_int_equal(truncate(o.file, (off_t)(o.len - len)), 0);
	assert_int_equal(truncate(archive_file(a, CLASS_CUSTODY, 1), 0), 0);
	assert_int_equal(truncate(archive_file(a, CLASS_ACTS, 6), 0), 0);
	v = archive_verify(a);
	assert_true(v.is_whole);
	verify_fini(&v);
	w.is_found = false;
	v = verify_with(a, &w);
	assert_false(v.is_whole);
	assert_non_null(strstr(v.classes[CLASS_SEALS].what, "witnessed"));
	verify_fini(&v);
	put_back(&o);
}

/* Who made seals of his own behind a hole would have an anchor's word for them. */
static void an_export_without_the_first_seal_is_not_whole(void **state)
{
	struct archive *a = *state;
	const struct verify_wish wish = { .path = a->path, .is_part = true };
	struct verdict v = { .seals.anchor = a->anchor };

	archive_fill(a);
	archive_turn(a, CLASS_SEALS);
	archive_seal(a, SEAL_HOUR);
	assert_int_equal(verify_run(&v, &wish), 0);
	assert_true(v.is_whole);
	verify_fini(&v);
	v = (struct verdict){ .seals.anchor = a->anchor };
	assert_int_equal(unlink(archive_file(a, CLASS_SEALS, 1)), 0);
	assert_int_equal(verify_run(&v, &wish), 0);
	assert_false(v.is_whole);
	assert_non_null(strstr(v.classes[CLASS_SEALS].what, "first seal"));
	verify_fini(&v);
}

static void a_death_between_seal_and_key_goes_on(void **state)
{
	struct archive *a = *state;

	archive_fill(a);
	/* The seal is there; its secret was not replaced. */
	assert_int_equal(keys_prepare(&a->sealer.keys), 0);
	archive_close(a);
	archive_open(a);
	archive_acts(a, ACT_BAN, 1);
	archive_seal(a, SEAL_START);
	assert_whole(a);
	a->sealer.is_pending = false;
	archive_close(a);
	archive_open(a);
	archive_seal(a, SEAL_START);
	assert_whole(a);
}

static void ignore(void *ctx, const struct survey *survey)
{
	(void)ctx;
	(void)survey;
}

static void without_its_key_nothing_is_sealed(void **state)
{
	struct archive *a = *state;
	const char *advice;
	struct sealer sealer;
	struct books books;
	char file[512];

	archive_close(a);
	snprintf(file, sizeof(file), "%s/seals/key", a->path);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(books_open(&books, a->path, -1, ignore, NULL, &advice),
			 0);
	assert_int_equal(sealer_open(&sealer, &books), -ENOKEY);
	sealer_close(&sealer);
	books_close(&books);
	assert_int_equal(unlink(archive_file(a, CLASS_SEALS, 1)), 0);
	archive_open(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, archive_set_up, archive_tear_down)
		CASE(a_whole_archive_is_whole),
		CASE(any_byte_that_changes_is_named_by_file_and_line),
		CASE(any_line_that_is_dropped_is_named),
		CASE(lines_that_are_swapped_or_put_in_are_named),
		CASE(a_cut_at_any_byte_before_the_last_seal_is_named),
		CASE(a_segment_that_is_gone_is_named),
		CASE(a_chain_made_anew_is_found_by_the_seals),
		CASE(a_seal_by_the_wrong_periods_key_is_found),
		CASE(what_lies_behind_the_last_seal_is_told_to_be_unproven),
		CASE(a_witnessed_seal_shows_what_was_cut_behind_all_others),
		CASE(an_export_without_the_first_seal_is_not_whole),
		CASE(a_death_between_seal_and_key_goes_on),
		CASE(without_its_key_nothing_is_sealed),
	};

	return cmocka_run_group_tests_name("records_verify", tests, NULL, NULL);
}
