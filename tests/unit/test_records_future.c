/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records that a later version wrote, after a step back to this one.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/records/holds.h"
#include "ctl/records/pack.h"
#include "ctl/records/query.h"
#include "ctl/records/read.h"
#include "ctl/records/restore.h"
#include "tests/support/archive.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

/* Where archive_fill() leaves off: the newest segment of acts. */
#define SECOND	    6

#define FUTURE_KIND "paroled"
/* One in each class but the seals, and one more. */
#define FUTURE_RECORDS CLASS_COUNT
#define FUTURE_MEMBERS                                                    \
	",\"prefix\":\"203.0.113.77\",\"wave\":{\"a\":[1,{\"b\":null}]}," \
	"\"weight\":-1.5e3"

/* A record of a kind that is not known here, with members of every shape. */
static size_t write_future(char *out, const struct record *head,
			   const void *what)
{
	static const char word[] = "\"kind\":\"panic\"";
	struct act act = ledger_act(1, ACT_PANIC);
	size_t len = record_write_act(out, head, &act);
	char *kind = memmem(out, len, word, sizeof(word) - 1), *rest;
	char prev[128] = "";

	(void)what;
	assert_non_null(kind);
	rest = kind + sizeof(word) - 1;
	if (head->is_first)
		snprintf(prev, sizeof(prev), "%.*s",
			 (int)strlen(",\"prev\":\"\"") + 2 * RECORD_HASH_SIZE,
			 rest);
	len = (size_t)(kind - out);
	return len + (size_t)sprintf(kind, "\"kind\":\"%s\"%s%s", FUTURE_KIND,
				     prev, FUTURE_MEMBERS);
}

/* What a later version makes of a record: REPLACE stands for FIND in it; at its
 * end where FIND is not there. */
struct later {
	const struct act *act; /* NULL: of bans */
	const char *find;
	const char *replace;
};

static size_t write_later(char *out, const struct record *head,
			  const void *what)
{
	static const struct saved_ban bans[2] = {
		{ .prefix = { 4, 32, { 203, 0, 113, 1 } }, .active = 1 },
		{ .prefix = { 4, 32, { 203, 0, 113, 2 } }, .active = 1 },
	};
	const struct later *later = what;
	size_t len = later->act ? record_write_act(out, head, later->act)
				: record_write_bans(out, head, bans, 2);
	size_t find_len = strlen(later->find), new_len = strlen(later->replace);
	char *at = memmem(out, len, later->find, find_len);

	assert_non_null(at);
	memmove(at + new_len, at + find_len,
		len - (size_t)(at - out) - find_len);
	memcpy(at, later->replace, new_len);
	return len - find_len + new_len;
}

static void put(struct archive *a, enum rclass rclass, journal_write_fn *write,
		const void *what)
{
	assert_int_equal(journal_put(a->books.journals[rclass], write, what, 0),
			 0);
	assert_int_equal(books_sync(&a->books), 0);
}

static void assert_whole(const struct archive *a)
{
	struct verdict v = archive_verify(a);

	for (int i = 0; i < CLASS_COUNT; i++) {
		if (v.classes[i].bad)
			fail_msg("%s: line %d %s", v.classes[i].file,
				 (int)v.classes[i].line, v.classes[i].what);
	}
	assert_true(v.is_whole);
	verify_fini(&v);
}

/* What a step back finds: in each class a record that is not known, in the
 * midst and at the end. */
static void fill(struct archive *a)
{
	archive_fill(a);
	for (int i = 0; i < CLASS_COUNT; i++) {
		if (i == CLASS_SEALS)
			continue;
		put(a, (enum rclass)i, write_future, NULL);
	}
	archive_acts(a, ACT_BAN, 2);
	archive_events(a, 2);
	put(a, CLASS_ACTS, write_future, NULL);
	archive_seal(a, SEAL_STOP);
}

static int count_line(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	size_t *count = ctx;

	assert_true(time_ns > 0);
	if (memmem(line, len, FUTURE_MEMBERS, strlen(FUTURE_MEMBERS)))
		(*count)++;
	return 0;
}

static int count_any(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	size_t *count = ctx;

	(void)line;
	(void)len;
	(void)time_ns;
	(*count)++;
	return 0;
}

static size_t count_told(const struct archive *a, const struct query *query,
			 uint64_t *unread)
{
	struct read_wish wish = { .path = a->path,
				  .query = *query,
				  .unread = unread };
	size_t count = 0;

	assert_int_equal(read_all(&wish, count_line, &count), 0);
	return count;
}

static size_t count_kind(const struct archive *a, const char *kind)
{
	struct query query = { .kind = kind };
	struct read_wish wish = { .path = a->path, .query = query };
	size_t count = 0;

	assert_int_equal(read_all(&wish, count_any, &count), 0);
	return count;
}

static void kinds_that_are_not_known_are_proven_like_others(void **state)
{
	struct archive *a = *state;

	fill(a);
	assert_whole(a);
}

static void a_start_leaves_them_and_goes_on_behind_them(void **state)
{
	struct archive *a = *state;
	size_t before_len, after_len;
	char *before, *after;

	fill(a);
	archive_close(a);
	before = ledger_read(archive_file(a, CLASS_ACTS, SECOND), &before_len);
	archive_open(a);
	archive_acts(a, ACT_BAN, 1);
	archive_seal(a, SEAL_START);
	after = ledger_read(archive_file(a, CLASS_ACTS, SECOND), &after_len);
	assert_true(after_len > before_len);
	assert_memory_equal(before, after, before_len);
	free(before);
	free(after);
	assert_whole(a);
	/* Nobody calls them damaged or torn. */
	assert_int_equal(count_kind(a, "torn"), 0);
}

static void they_are_packed_like_others(void **state)
{
	struct archive *a = *state;
	struct pack *pack;
	int got;

	fill(a);
	archive_turn(a, CLASS_ACTS);
	archive_acts(a, ACT_BAN, 1);
	archive_seal(a, SEAL_SEGMENT);
	assert_int_equal(pack_new(&pack, a->books.folders[CLASS_ACTS], SECOND),
			 0);
	while ((got = pack_step(pack)) > 0)
		;
	assert_int_equal(got, 0);
	pack_free(pack);
	assert_whole(a);
	assert_int_equal(count_kind(a, FUTURE_KIND), FUTURE_RECORDS);
}

static void log_and_export_tell_them(void **state)
{
	const struct query by_address = {
		.address = prefix_of("203.0.113.77"),
	};
	const struct query by_kind = { .kind = FUTURE_KIND };
	struct archive *a = *state;
	uint64_t unread = 0;

	fill(a);
	assert_int_equal(count_told(a, &(struct query){ 0 }, &unread),
			 FUTURE_RECORDS);
	assert_int_equal(count_told(a, &by_address, &unread), FUTURE_RECORDS);
	assert_int_equal(count_told(a, &by_kind, &unread), FUTURE_RECORDS);
	assert_int_equal(unread, 0);
}

static void lines_that_are_no_records_are_counted(void **state)
{
	struct archive *a = *state;
	uint64_t unread = 0;
	char *text;
	size_t len;

	fill(a);
	archive_close(a);
	text = ledger_read(archive_file(a, CLASS_ACTS, 1), &len);
	/* As if each began otherwise. */
	memcpy(strchr(text, '\n') + 1, "[\"seq\"", 6);
	ledger_write(archive_file(a, CLASS_ACTS, 1), text, len);
	free(text);
	assert_int_equal(count_told(a, &(struct query){ 0 }, &unread),
			 FUTURE_RECORDS);
	assert_int_equal(unread, 1);
	archive_open(a);
}

struct heard {
	size_t bans;
	size_t saved;
	struct act last;
};

static void hear(void *ctx, enum msg_kind kind, const void *row)
{
	const struct act *act = row;
	struct heard *heard = ctx;

	heard->saved += kind == MSG_SAVE;
	if (kind != MSG_ACT || act->kind != ACT_BAN)
		return;
	heard->bans++;
	heard->last = *act;
}

/* Restore all acts; what was told of a later version and what was not. */
static struct heard restore(struct archive *a, uint64_t later, uint64_t skipped)
{
	const struct restore_range range = {
		.base = 1,
		.last = SECOND,
		.last_bytes = INT64_MAX,
	};
	struct heard heard = { 0 };
	struct restore *restore;

	assert_int_equal(restore_new(&restore, a->books.folders[CLASS_ACTS],
				     &range, hear, &heard),
			 0);
	while (restore_step(restore))
		;
	assert_int_equal(restore_later(restore), later);
	assert_int_equal(restore_skipped(restore), skipped);
	restore_free(restore);
	return heard;
}

static void bans_that_say_more_come_back_as_far_as_they_are_known(void **state)
{
	struct archive *a = *state;
	struct act act = ledger_act(100, ACT_BAN);
	const struct later cases[] = {
		{ &act, ",\"prefix\"", ",\"wave\":7,\"prefix\"" },
		{ &act, ",\"until\"", ",\"w\":{\"a\":[1,\"]\"]},\"until\"" },
		{ &act, "\"ids-alert\"", "\"mind-reading\"" },
	};
	struct heard heard;

	fill(a);
	act.sign = SIGN_IDS_ALERT;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(a, CLASS_ACTS, write_later, &cases[i]);
		heard = restore(a, i + 1, 0);
		assert_int_equal(heard.bans, 8 + i);
		assert_true(prefix_equal(&heard.last.prefix, &act.prefix));
		assert_int_equal(heard.last.until_ns, act.until_ns);
		assert_int_equal(heard.last.term_s, act.term_s);
		assert_string_equal(heard.last.reason, act.reason);
	}
	assert_int_equal(heard.last.sign, 0);
	assert_whole(a);
}

static void a_ban_of_nobody_knows_whom_or_how_long_is_counted(void **state)
{
	struct archive *a = *state;
	struct act act = ledger_act(100, ACT_BAN);
	char text[PREFIX_TEXT_SIZE], prefix[PREFIX_TEXT_SIZE + 16];
	const struct later cases[] = {
		{ &act, prefix, ",\"prefix\":\"everybody\"" },
		{ &act, "\"term_s\":", "\"term_s\":-" },
	};

	fill(a);
	snprintf(prefix, sizeof(prefix), ",\"prefix\":\"%s\"",
		 prefix_format(&act.prefix, text));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(a, CLASS_ACTS, write_later, &cases[i]);
		assert_int_equal(restore(a, 0, i + 1).bans, 7);
	}
	assert_whole(a);
}

static void count_ban(void *ctx, const struct saved_ban *ban)
{
	size_t *count = ctx;

	assert_int_equal(ban->prefix.addr[3], ++*count);
}

static void elements_that_are_not_known_are_passed_over(void **state)
{
	static const struct later later = { NULL, "\"all\"]",
					    "\"all\",{\"x\":\"]\"},[2]]" };
	static char out[RECORD_SIZE_MAX];
	const struct record head = { .rclass = CLASS_ACTS, .seq = 1 };
	const uint8_t hash[RECORD_HASH_SIZE] = { 0 };
	struct record record;
	size_t len = write_later(out, &head, &later), count = 0;

	(void)state;
	len = record_close(out, len, hash);
	assert_int_equal(record_open(&record, out, len - 1), 0);
	assert_int_equal(record_read_bans(&record, false, count_ban, &count),
			 -EBADMSG);
	count = 0;
	assert_int_equal(record_read_bans(&record, true, count_ban, &count), 0);
	assert_int_equal(count, 2);
}

static void a_hold_that_says_more_holds(void **state)
{
	struct archive *a = *state;
	struct act act = ledger_act(100, ACT_HOLD);
	const struct later more = { &act, ",\"name\"", ",\"x\":1,\"name\"" };
	const struct later odd = { &act, ",\"name\"",
				   ",\"since\":\"easter\",\"name\"" };
	struct holds holds;

	fill(a);
	snprintf(act.name, sizeof(act.name), "2026-7");
	put(a, CLASS_CUSTODY, write_later, &more);
	assert_int_equal(holds_read(&holds, a->path), 0);
	/* One is there from before. */
	assert_int_equal(holds.count, 2);
	assert_false(holds.is_overfull);
	holds_fini(&holds);
	/* What it holds nobody knows: then nothing is deleted. */
	put(a, CLASS_CUSTODY, write_later, &odd);
	assert_int_equal(holds_read(&holds, a->path), 0);
	assert_true(holds.is_overfull);
	holds_fini(&holds);
}

static void
a_class_and_a_kind_of_seal_that_are_not_known_stop_nothing(void **state)
{
	struct archive *a = *state;
	char folder[512], file[600];
	size_t len;
	char *text;

	fill(a);
	put(a, CLASS_SEALS, write_future, NULL);
	archive_close(a);
	snprintf(folder, sizeof(folder), "%s/weather", a->path);
	snprintf(file, sizeof(file), "%s/weather-1.jsonl", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	ledger_write(file, "{}\n", 3);
	archive_open(a);
	archive_acts(a, ACT_BAN, 1);
	archive_seal(a, SEAL_START);
	assert_whole(a);
	text = ledger_read(file, &len);
	assert_int_equal(len, 3);
	free(text);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(folder), 0);
}

#define WITH_AN_ARCHIVE(test) \
	cmocka_unit_test_setup_teardown(test, archive_set_up, archive_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_AN_ARCHIVE(
			kinds_that_are_not_known_are_proven_like_others),
		WITH_AN_ARCHIVE(a_start_leaves_them_and_goes_on_behind_them),
		WITH_AN_ARCHIVE(they_are_packed_like_others),
		WITH_AN_ARCHIVE(log_and_export_tell_them),
		WITH_AN_ARCHIVE(lines_that_are_no_records_are_counted),
		WITH_AN_ARCHIVE(
			bans_that_say_more_come_back_as_far_as_they_are_known),
		WITH_AN_ARCHIVE(
			a_ban_of_nobody_knows_whom_or_how_long_is_counted),
		cmocka_unit_test(elements_that_are_not_known_are_passed_over),
		WITH_AN_ARCHIVE(a_hold_that_says_more_holds),
		WITH_AN_ARCHIVE(
			a_class_and_a_kind_of_seal_that_are_not_known_stop_nothing),
	};

	return cmocka_run_group_tests_name("records_future", tests, NULL, NULL);
}
