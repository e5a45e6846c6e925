/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/disk.h"
#include "ctl/records/keeping.h"
#include "ctl/records/pack.h"
#include "tests/support/archive.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

#define DAY_S  86400ull
#define DAY_NS (DAY_S * CLOCK_NS_PER_S)
/* The time of ledger_act()'s acts. */
#define THEN 1795282812000000000u

struct bench {
	struct archive *a;
	struct config *config;
	struct holds holds;
	struct seal seal; /* what the seals are to have seen */
	struct keeping keeping;
};

static void pack(struct archive *a, enum rclass rclass, uint64_t number)
{
	struct pack *pack;

	assert_int_equal(pack_new(&pack, a->books.folders[rclass], number), 0);
	while (pack_step(pack) > 0)
		;
	pack_free(pack);
}

static int prove(void *ctx)
{
	archive_seal(ctx, SEAL_SEGMENT);
	return 0;
}

/* Three packed segments of acts, and the newest; all sealed. */
static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (archive_set_up((void **)&b->a))
		return -1;
	for (int i = 0; i < 3; i++) {
		archive_acts(b->a, ACT_BAN, 10);
		archive_turn(b->a, CLASS_ACTS);
		archive_seal(b->a, SEAL_SEGMENT);
	}
	archive_acts(b->a, ACT_BAN, 1);
	archive_seal(b->a, SEAL_HOUR);
	for (uint64_t number = 1; number < 31; number += 10)
		pack(b->a, CLASS_ACTS, number);
	b->config = config_new();
	b->seal = b->a->sealer.last;
	b->seal.age_s += 200 * DAY_S;
	b->keeping = (struct keeping){
		.books = &b->a->books,
		.config = &b->config->records,
		.holds = &b->holds,
		.seal = &b->seal,
		.prove = prove,
		.ctx = b->a,
	};
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	holds_fini(&b->holds);
	config_free(b->config);
	archive_tear_down((void **)&b->a);
	free(b);
	return 0;
}

static int step(struct bench *b, uint64_t days)
{
	return keeping_step(&b->keeping, CLASS_ACTS, THEN + days * DAY_NS);
}

static void what_is_over_goes_oldest_first_and_is_recorded(void **state)
{
	struct bench *b = *state;
	struct verdict v;

	assert_int_equal(step(b, 91), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(step(b, 93), 1);
		v = archive_verify(b->a);
		if (!v.is_whole)
			fail_msg("%s", v.classes[CLASS_ACTS].what);
		assert_int_equal(v.classes[CLASS_ACTS].first_seq, 11 + 10 * i);
		assert_int_equal(v.classes[CLASS_CUSTODY].records, i + 1);
		verify_fini(&v);
	}
	/* The newest stays, whatever its age. */
	assert_int_equal(step(b, 5000), 0);
}

static void the_floor_holds_whatever_the_configuration_says(void **state)
{
	struct bench *b = *state;

	b->config->records.keep_days = 1;
	b->config->records.schedules[CLASS_ACTS].keep_days = 1;
	assert_int_equal(step(b, 91), 0);
	b->config->records.schedules[CLASS_ACTS].keep_days = 150;
	assert_int_equal(step(b, 149), 0);
	assert_int_equal(step(b, 151), 1);
}

static void a_clock_that_is_set_ahead_deletes_nothing(void **state)
{
	struct bench *b = *state;

	b->seal = b->a->sealer.last;
	assert_int_equal(step(b, 465), 0);
	b->seal.age_s += 91 * DAY_S;
	assert_int_equal(step(b, 465), 0);
	b->seal.age_s += 2 * DAY_S;
	assert_int_equal(step(b, 465), 1);
}

static void a_clock_that_is_set_back_deletes_nothing(void **state)
{
	struct bench *b = *state;

	assert_int_equal(keeping_step(&b->keeping, CLASS_ACTS, THEN / 2), 0);
}

static struct act hold_of(uint64_t id)
{
	return (struct act){ .kind = ACT_HOLD, .id = id };
}

static void lift(struct bench *b, uint64_t id)
{
	struct act act = { .kind = ACT_LIFT, .count = id };

	holds_hear(&b->holds, &act);
}

static void a_hold_keeps_what_is_in_its_scope(void **state)
{
	struct bench *b = *state;
	struct act act = hold_of(7);

	holds_hear(&b->holds, &act);
	assert_int_equal(step(b, 100), 0);
	lift(b, 8); /* another */
	assert_int_equal(step(b, 100), 0);
	lift(b, 7);
	/* Others' times, classes, addresses. */
	act.before_ns = THEN - DAY_NS;
	holds_hear(&b->holds, &act);
	act = hold_of(8);
	act.classes = 1u << CLASS_EVENTS;
	holds_hear(&b->holds, &act);
	act = hold_of(9);
	act.prefix = (struct prefix){ .family = PREFIX_IP4, .length = 32 };
	holds_hear(&b->holds, &act);
	assert_int_equal(step(b, 100), 1);
	/* An address of the second segment. */
	act.prefix = ledger_act(15, ACT_BAN).prefix;
	holds_hear(&b->holds, &act);
	assert_int_equal(step(b, 100), 0);
}

static void more_holds_than_fit_keep_everything(void **state)
{
	struct bench *b = *state;

	for (uint64_t id = 1; id <= 1000000; id++) {
		struct act act = hold_of(id);

		act.classes = 1u << CLASS_ALARMS;
		holds_hear(&b->holds, &act);
	}
	assert_int_equal(b->holds.count, HOLDS_MAX);
	assert_int_equal(step(b, 1000), 0);
}

static void holds_are_read_back_from_custody(void **state)
{
	struct bench *b = *state;
	struct holds holds;
	struct act act;

	archive_acts(b->a, ACT_HOLD, 3);
	act = ledger_act(++b->a->id, ACT_LIFT);
	act.count = b->a->id - 1;
	assert_int_equal(books_act(&b->a->books, &act), 0);
	act = ledger_act(++b->a->id, ACT_REVIEW);
	act.before_ns = 12345;
	assert_int_equal(books_act(&b->a->books, &act), 0);
	assert_int_equal(books_sync(&b->a->books), 0);
	assert_int_equal(holds_read(&holds, b->a->path), 0);
	assert_int_equal(holds.count, 2);
	assert_int_equal(holds.reviewed_ns, 12345);
	/* Not what was still to come. */
	act.before_ns = act.time_ns + 1000 * DAY_NS;
	holds_hear(&holds, &act);
	assert_int_equal(holds.reviewed_ns, act.time_ns);
	holds_fini(&holds);
}

static uint64_t review(struct holds *h, uint64_t since_ns, uint64_t end_ns)
{
	const struct act act = { .kind = ACT_REVIEW,
				 .time_ns = 1000,
				 .since_ns = since_ns,
				 .before_ns = end_ns };

	holds_hear(h, &act);
	return h->reviewed_ns;
}

static void what_lies_between_two_reviews_waits_for_one(void **state)
{
	struct holds h = { .begun_ns = 100 };

	(void)state;
	assert_int_equal(review(&h, 300, 400), 0);
	/* From before the first record on. */
	assert_int_equal(review(&h, 50, 200), 200);
	assert_int_equal(review(&h, 500, 600), 200);
	assert_int_equal(review(&h, 600, 700), 200);
	assert_int_equal(review(&h, 200, 250), 250);
	assert_int_equal(review(&h, 240, 300), 400);
	assert_int_equal(review(&h, 350, 450), 450);
	assert_int_equal(review(&h, 0, 550), 700);
	assert_int_equal(h.review_count, 0);
	/* More than can be kept stay to be done. */
	for (uint64_t i = 0; i < HOLDS_REVIEWS_MAX + 5; i++)
		assert_int_equal(review(&h, 710 + 3 * i, 711 + 3 * i), 700);
	assert_int_equal(h.review_count, HOLDS_REVIEWS_MAX);
	assert_int_equal(review(&h, 0, 710 + 3 * HOLDS_REVIEWS_MAX),
			 710 + 3 * HOLDS_REVIEWS_MAX);
	assert_int_equal(h.review_count, 0);
}

static void put_witness(struct archive *a, uint64_t seal)
{
	struct act act = ledger_act(++a->id, ACT_WITNESS);

	act.count = seal;
	assert_int_equal(books_act(&a->books, &act), 0);
	assert_int_equal(books_sync(&a->books), 0);
}

static void a_seal_that_never_was_is_held_by_nobody(void **state)
{
	struct bench *b = *state;
	struct holds holds;

	put_witness(b->a, 9999);
	assert_int_equal(holds_read(&holds, b->a->path), 0);
	assert_int_equal(holds.witnessed_seal, 0);
	assert_int_equal(holds.witnessed_ns, 0);
	holds_fini(&holds);
	put_witness(b->a, 1);
	assert_int_equal(holds_read(&holds, b->a->path), 0);
	assert_int_equal(holds.witnessed_seal, 1);
	/* Its own time. */
	assert_int_not_equal(holds.begun_ns, 0);
	assert_int_equal(holds.witnessed_ns, holds.begun_ns);
	holds_fini(&holds);
}

/* Deleted, but not by the schedule. */
static void what_is_gone_without_a_disposition_is_missed(void **state)
{
	struct bench *b = *state;
	char file[600];
	struct verdict v;

	snprintf(file, sizeof(file), "%s.zst",
		 archive_file(b->a, CLASS_ACTS, 1));
	assert_int_equal(unlink(file), 0);
	v = archive_verify(b->a);
	assert_false(v.is_whole);
	assert_non_null(strstr(v.classes[CLASS_ACTS].what, "no disposition"));
	verify_fini(&v);
}

static int step_custody(struct bench *b)
{
	return keeping_step(&b->keeping, CLASS_CUSTODY, THEN + 5000 * DAY_NS);
}

static uint64_t turn_custody(struct bench *b)
{
	uint64_t number = journal_seq(b->a->books.journals[CLASS_CUSTODY]) + 1;

	archive_turn(b->a, CLASS_CUSTODY);
	archive_seal(b->a, SEAL_SEGMENT);
	return number;
}

static void grow_old(struct bench *b)
{
	b->seal = b->a->sealer.last;
	b->seal.age_s += 5000 * DAY_S;
}

/* Custody in its turn: the word for what went stands in a later segment. */
static void custody_goes_in_its_time_and_is_whole_without(void **state)
{
	struct bench *b = *state;
	uint64_t second;
	struct verdict v;

	archive_acts(b->a, ACT_REVIEW, 3);
	second = turn_custody(b);
	archive_acts(b->a, ACT_REVIEW, 3);
	turn_custody(b);
	archive_acts(b->a, ACT_REVIEW, 3);
	archive_seal(b->a, SEAL_HOUR);
	pack(b->a, CLASS_CUSTODY, 1);
	grow_old(b);
	assert_int_equal(step_custody(b), 1);
	v = archive_verify(b->a);
	if (!v.is_whole)
		fail_msg("%s", v.classes[CLASS_CUSTODY].what);
	assert_int_equal(v.classes[CLASS_CUSTODY].first_seq, second);
	verify_fini(&v);
}

static void custody_stays_while_a_hold_in_it_is_in_force(void **state)
{
	struct bench *b = *state;
	struct act act;

	archive_acts(b->a, ACT_HOLD, 1);
	act = ledger_act(b->a->id, ACT_HOLD);
	act.classes = 1u << CLASS_EVENTS;
	holds_hear(&b->holds, &act);
	turn_custody(b);
	archive_acts(b->a, ACT_REVIEW, 1);
	archive_seal(b->a, SEAL_HOUR);
	pack(b->a, CLASS_CUSTODY, 1);
	grow_old(b);
	assert_int_equal(step_custody(b), 0);
	lift(b, act.id);
	assert_int_equal(step_custody(b), 1);
}

static void custody_stays_while_it_tells_why_a_class_begins_late(void **state)
{
	struct bench *b = *state;
	struct verdict v;

	assert_int_equal(step(b, 93), 1);
	turn_custody(b);
	archive_acts(b->a, ACT_REVIEW, 1);
	archive_seal(b->a, SEAL_HOUR);
	pack(b->a, CLASS_CUSTODY, 1);
	grow_old(b);
	assert_int_equal(step_custody(b), 0);
	v = archive_verify(b->a);
	assert_true(v.is_whole);
	verify_fini(&v);
	/* A newer one tells it: this one may go. */
	assert_int_equal(step(b, 5000), 1);
	assert_int_equal(step_custody(b), 1);
	v = archive_verify(b->a);
	if (!v.is_whole)
		fail_msg("%s%s", v.classes[CLASS_CUSTODY].what,
			 v.classes[CLASS_ACTS].what);
	verify_fini(&v);
}

/* Whoever can write to the folder, without a key: takes records away and puts
 * the word for it behind the last seal. */
static void a_disposition_that_no_seal_proves_is_none(void **state)
{
	struct bench *b = *state;
	struct act act = ledger_act(++b->a->id, ACT_DISPOSED);
	char file[600];
	struct verdict v;

	act.count = 10;
	folder_name(CLASS_ACTS, 1, act.file);
	assert_int_equal(books_act(&b->a->books, &act), 0);
	assert_int_equal(books_sync(&b->a->books), 0);
	snprintf(file, sizeof(file), "%s.zst",
		 archive_file(b->a, CLASS_ACTS, 1));
	assert_int_equal(unlink(file), 0);
	v = archive_verify(b->a);
	assert_false(v.is_whole);
	assert_non_null(strstr(v.classes[CLASS_ACTS].what, "no disposition"));
	verify_fini(&v);
}

static void the_day_on_which_the_disk_is_full_is_foreseen(void **state)
{
	struct disk_view view = {
		.now_ns = THEN,
		.bytes = 70u << 20,
		.recent_bytes = 70u << 20,
		.recent_s = 7 * DAY_S,
		.free_bytes = 100u << 20,
		.total_bytes = 1000u << 20,
		.keep_days = 92,
	};

	(void)state;
	assert_int_equal((disk_full_ns(&view) - THEN) / DAY_NS, 10);
	/* As much goes as comes, before that. */
	view.free_bytes = 900u << 20;
	assert_int_equal(disk_full_ns(&view), 0);
	view.keep_days = 365;
	assert_int_equal((disk_full_ns(&view) - THEN) / DAY_NS, 90);
	/* Too early to say; nothing written. */
	view.recent_s = 60;
	assert_int_equal(disk_full_ns(&view), 0);
	view.recent_s = DAY_S;
	view.recent_bytes = 0;
	assert_int_equal(disk_full_ns(&view), 0);
	assert_false(disk_is_short(&view));
	view.free_bytes = 49u << 20;
	assert_true(disk_is_short(&view));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(what_is_over_goes_oldest_first_and_is_recorded),
		CASE(the_floor_holds_whatever_the_configuration_says),
		CASE(a_clock_that_is_set_ahead_deletes_nothing),
		CASE(a_clock_that_is_set_back_deletes_nothing),
		CASE(a_hold_keeps_what_is_in_its_scope),
		CASE(more_holds_than_fit_keep_everything),
		CASE(holds_are_read_back_from_custody),
		CASE(what_lies_between_two_reviews_waits_for_one),
		CASE(a_seal_that_never_was_is_held_by_nobody),
		CASE(what_is_gone_without_a_disposition_is_missed),
		CASE(custody_goes_in_its_time_and_is_whole_without),
		CASE(custody_stays_while_a_hold_in_it_is_in_force),
		CASE(custody_stays_while_it_tells_why_a_class_begins_late),
		CASE(a_disposition_that_no_seal_proves_is_none),
		cmocka_unit_test(the_day_on_which_the_disk_is_full_is_foreseen),
	};

	return cmocka_run_group_tests_name("records_keeping", tests, NULL,
					   NULL);
}
