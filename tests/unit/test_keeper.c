/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/support/playctl.h"

/* Of the longest acts, more than may wait for a disk that refuses. */
#define TOO_MANY 12000

static void a_first_life_has_nothing_to_restore(void **state)
{
	struct ctl *c = *state;

	ctl_meet(c);
	assert_int_equal(c->restored.last_id, 0);
	assert_int_equal(c->restored.seq, 0);
	assert_int_equal(c->acts + c->bans, 0);
	assert_int_equal(c->turn, 2);
	assert_int_equal(c->journal.error, 0);
	assert_true(c->journal.free_bytes > 0);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
}

static void acts_are_kept_and_told_to_the_next_life(void **state)
{
	struct ctl *c = *state;

	ctl_meet(c);
	ctl_acts(c, 1000);
	ctl_wait(c, ctl_is_kept);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_meet(c);
	assert_int_equal(c->restored.last_id, 1000);
	assert_int_equal(c->restored.seq, 1000);
	assert_int_equal(c->acts, 1000);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_assert_whole(c, 1000);
}

static void what_is_accepted_is_on_disk_at_its_end(void **state)
{
	struct ctl *c = *state;
	struct stat st;

	ctl_meet(c);
	ctl_acts(c, 10);
	ctl_checkpoint(c, 150);
	ctl_run(c, NULL, 20);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_assert_whole(c, c->id);
	/* Not just in memory that outlives the process. */
	assert_int_equal(stat(ledger_segment(c->path, 11), &st), 0);
	assert_int_equal(ctl_disk->named, st.st_ino);
	assert_int_equal(ctl_disk->size, st.st_size);
}

/* How long it takes until an act of ORIGIN is kept. */
static uint64_t wait_ms(struct ctl *c, enum origin origin)
{
	uint64_t begin = ctl_now_ms();

	ctl_act(c, ACT_BAN, origin);
	ctl_wait(c, ctl_is_kept);
	return ctl_now_ms() - begin;
}

static void a_persons_act_does_not_wait(void **state)
{
	struct ctl *c = *state;
	uint64_t least_ms = UINT64_MAX;

	ctl_meet(c);
	for (int i = 0; i < 20; i++) {
		uint64_t ms = wait_ms(c, ORIGIN_PERSON);

		least_ms = ms < least_ms ? ms : least_ms;
	}
	/* On a busy machine some may take long, but not all. */
	assert_true(least_ms < 40);
}

static void others_wait_for_each_other(void **state)
{
	struct ctl *c = *state;

	ctl_meet(c);
	for (int i = 0; i < 4; i++)
		assert_true(wait_ms(c, ORIGIN_POLICY) >= 40);
}

static void acts_for_a_former_life_are_disregarded(void **state)
{
	struct ctl *c = *state;
	struct act act = ledger_act(77, ACT_BAN);

	ctl_say(c, MSG_ACT, &act);
	ctl_meet(c);
	assert_int_equal(c->restored.last_id, 0);
	ctl_acts(c, 3);
	ctl_wait(c, ctl_is_kept);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_assert_whole(c, 3);
}

static void acts_that_are_kept_already_are_not_written_twice(void **state)
{
	struct ctl *c = *state;
	struct survey survey;

	ctl_meet(c);
	ctl_acts(c, 5);
	ctl_wait(c, ctl_is_kept);
	c->kept = 0;
	for (uint64_t id = 2; id <= 5; id++)
		ctl_say_act(c, id);
	ctl_wait(c, ctl_is_kept); /* it says so again */
	c->kept_first = 0;
	ctl_say_act(c, 3);
	ctl_acts(c, 1);
	ctl_wait(c, ctl_is_kept);
	/* And not a word of what came with it and is not on disk yet. */
	assert_int_equal(c->kept_first, 5);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	survey = ledger_survey(c->path);
	assert_int_equal(survey.seq, 6);
	survey_fini(&survey);
}

static void what_is_told_is_on_disk_before(void **state)
{
	struct ctl *c = *state;
	struct stat st;

	ctl_meet(c);
	ctl_acts(c, 5);
	ctl_ask_again(c);
	assert_int_equal(stat(ledger_segment(c->path, 1), &st), 0);
	assert_int_equal(ctl_disk->size, st.st_size);
	assert_int_equal(c->acts, 5);
}

/* One act kept while much is told: what is said last is not less. */
static void what_is_kept_meanwhile_counts_as_restored(void **state)
{
	struct ctl *c = *state;

	ctl_meet(c);
	ctl_checkpoint(c, 7000);
	ctl_wait(c, ctl_is_kept);
	ctl_say_hello(c);
	ctl_act(c, ACT_BAN, ORIGIN_PERSON);
	c->restores = 0;
	ctl_wait(c, ctl_is_kept);
	assert_int_equal(c->restores, 0); /* it came in the midst */
	ctl_wait(c, ctl_is_restored);
	assert_int_equal(c->restored.last_id, c->id);
	assert_int_equal(c->bans, 7000);
}

static void a_gap_in_the_acts_ends_it(void **state)
{
	struct ctl *c = *state;

	ctl_meet(c);
	ctl_acts(c, 3);
	c->sent[5] = ledger_act(5, ACT_BAN);
	ctl_say_act(c, 5);
	assert_int_equal(chan_flush(&c->chan), 0);
	assert_int_equal(ctl_finish(c, 0), 1);
	ctl_assert_whole(c, 3);
}

static void what_ctl_may_not_say_ends_it(void **state)
{
	struct ctl *c = *state;
	struct kept kept = { .id = 1 };
	struct saved_ban ban = { .level = 1 };
	struct act act = ledger_act(1, ACT_NONE);
	struct hello hello = { .role = ROLE_NFT };

	ctl_meet(c);
	ctl_say(c, MSG_KEPT, &kept);
	assert_int_equal(chan_flush(&c->chan), 0);
	assert_int_equal(ctl_finish(c, 0), 1);
	ctl_meet(c);
	ctl_say(c, MSG_ACT, &act);
	assert_int_equal(chan_flush(&c->chan), 0);
	assert_int_equal(ctl_finish(c, 0), 1);
	ctl_meet(c);
	ctl_say(c, MSG_SAVE, &ban);
	assert_int_equal(chan_flush(&c->chan), 0);
	assert_int_equal(ctl_finish(c, 0), 1);
	ctl_meet(c);
	ctl_say(c, MSG_HELLO, &hello);
	assert_int_equal(chan_flush(&c->chan), 0);
	assert_int_equal(ctl_finish(c, 0), 1);
}

static void a_checkpoint_is_where_the_next_restore_begins(void **state)
{
	struct ctl *c = *state;

	ctl_meet(c);
	ctl_acts(c, 500);
	ctl_checkpoint(c, 1000);
	ctl_acts(c, 7);
	ctl_wait(c, ctl_is_kept);
	/* In the same life, when ctl asks again ... */
	ctl_ask_again(c);
	assert_int_equal(c->turn, 3);
	assert_int_equal(c->bans, 1000);
	assert_int_equal(c->acts, 10 + 2 + 7);
	/* ... and in the next. */
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_meet(c);
	assert_int_equal(c->bans, 1000);
	assert_int_equal(c->acts, 10 + 2 + 7);
	assert_int_equal(c->restored.last_id, c->id);
}

static void
an_unfinished_checkpoint_hides_nothing_in_the_same_life(void **state)
{
	struct ctl *c = *state;
	struct saved_ban ban = ledger_any_ban(&c->random);

	ctl_meet(c);
	ctl_acts(c, 20);
	ctl_act(c, ACT_CHECKPOINT, ORIGIN_SYSTEM);
	ctl_say(c, MSG_SAVE, &ban);
	ctl_acts(c, 3);
	ctl_ask_again(c);
	assert_int_equal(c->bans, 0);
	assert_int_equal(c->acts, 23);
}

static void bans_of_no_checkpoint_are_not_written(void **state)
{
	struct ctl *c = *state;
	struct saved_ban ban = ledger_any_ban(&c->random);

	ctl_meet(c);
	ctl_say(c, MSG_SAVE, &ban);
	ctl_acts(c, 1);
	ctl_wait(c, ctl_is_kept);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_meet(c);
	assert_int_equal(c->bans, 0);
	assert_int_equal(c->restored.seq, 1);
}

static void a_torn_tail_is_cut_declared_and_told(void **state)
{
	struct ctl *c = *state;
	const char *file = ledger_segment(c->path, 1);
	char *text;
	size_t len;

	ctl_meet(c);
	ctl_acts(c, 3);
	ctl_wait(c, ctl_is_kept);
	ctl_finish(c, SIGKILL);
	text = ledger_read(file, &len);
	ledger_write(file, text, len - 5);
	free(text);
	/* What was kept is gone: no disk does that, only this test. */
	c->kept = 0;
	ctl_meet(c);
	assert_int_equal(c->restored.last_id, 2);
	assert_true(c->restored.torn > 100);
	ctl_wait(c, ctl_is_kept);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_assert_whole(c, 3);
	text = ledger_read(file, &len);
	assert_non_null(strstr(text, "{\"seq\":3,"));
	assert_non_null(
		strstr(text, "\"kind\":\"torn\",\"origin\":\"system\""));
	free(text);
}

/* More than the disk takes; MANY of them are more than memory takes, too. */
static void limit_disk(struct ctl *c, rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	assert_int_equal(prlimit(c->pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static bool is_clear_and_failing(const struct ctl *c)
{
	return chan_is_clear(&c->chan) && ctl_is_failing(c);
}

static bool ctl_is_well(const struct ctl *c)
{
	return c->journal.error == 0 && ctl_is_kept(c);
}

static void a_full_disk_loses_and_acknowledges_nothing(void **state)
{
	struct ctl *c = *state;

	ctl_meet(c);
	ctl_acts(c, 3);
	ctl_wait(c, ctl_is_kept);
	limit_disk(c, 2000);
	ctl_acts(c, 1000);
	ctl_wait(c, is_clear_and_failing);
	assert_int_equal(c->journal.error, EFBIG);
	assert_int_equal(c->kept, 3);
	/* A new life of ctl is told what only memory holds. */
	ctl_ask_again(c);
	assert_int_equal(c->acts, 1003);
	assert_int_equal(c->restored.last_id, 1003);
	assert_int_equal(c->kept, 3);
	/* A checkpoint is not begun; the acts among it count. */
	ctl_checkpoint(c, 300);
	ctl_ask_again(c);
	limit_disk(c, RLIM_INFINITY);
	ctl_wait(c, ctl_is_well);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_assert_whole(c, c->id);
	ctl_meet(c);
	assert_int_equal(c->bans, 0);
	assert_int_equal(c->acts, 1003 + 3);
}

static void memory_is_bounded_while_the_disk_is_full(void **state)
{
	struct ctl *c = *state;
	size_t waiting;

	ctl_meet(c);
	limit_disk(c, 2000);
	for (uint64_t id = 1; id <= TOO_MANY; id++) {
		c->sent[id] = ledger_act(id, ACT_BAN);
		memset(c->sent[id].reason, 1, ACT_REASON_SIZE - 1);
		ctl_say_act(c, id);
	}
	c->id = TOO_MANY;
	/* Until it reads no more. */
	do {
		waiting = c->chan.waiting;
		ctl_run(c, NULL, 300);
	} while (c->chan.waiting < waiting);
	assert_true(c->chan.waiting > 0);
	assert_true(ctl_is_failing(c));
	assert_int_equal(c->kept, 0);
	limit_disk(c, RLIM_INFINITY);
	ctl_wait(c, ctl_is_well);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_assert_whole(c, TOO_MANY);
}

/* Else a new life of ctl could not be heard behind them. */
static void bans_do_not_wait_for_a_full_disk(void **state)
{
	struct ctl *c = *state;
	struct saved_ban ban = ledger_any_ban(&c->random);

	memset(ban.reason, 1, sizeof(ban.reason) - 1);
	ctl_meet(c);
	ctl_act(c, ACT_CHECKPOINT, ORIGIN_SYSTEM);
	ctl_say(c, MSG_SAVE, &ban);
	ctl_wait(c, ctl_is_kept);
	limit_disk(c, 2000);
	ctl_acts(c, 10);
	ctl_wait(c, ctl_is_failing);
	for (int i = 0; i < 20000; i++) {
		ctl_say(c, MSG_SAVE, &ban);
		if (i % 1000 == 0)
			ctl_exchange(c, 0);
	}
	ctl_ask_again(c);
	assert_int_equal(c->acts, 10);
	limit_disk(c, RLIM_INFINITY);
	ctl_wait(c, ctl_is_well);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	ctl_assert_whole(c, c->id);
}

static void a_second_writer_ends_with_an_error(void **state)
{
	struct ctl *c = *state;
	pid_t first;

	ctl_meet(c);
	first = c->pid;
	ctl_start(c);
	assert_int_equal(ctl_finish(c, 0), 1);
	c->pid = first;
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, ctl_set_up, ctl_tear_down)
		CASE(a_first_life_has_nothing_to_restore),
		CASE(acts_are_kept_and_told_to_the_next_life),
		CASE(what_is_accepted_is_on_disk_at_its_end),
		CASE(a_persons_act_does_not_wait),
		CASE(others_wait_for_each_other),
		CASE(acts_for_a_former_life_are_disregarded),
		CASE(acts_that_are_kept_already_are_not_written_twice),
		CASE(what_is_told_is_on_disk_before),
		CASE(what_is_kept_meanwhile_counts_as_restored),
		CASE(a_gap_in_the_acts_ends_it),
		CASE(what_ctl_may_not_say_ends_it),
		CASE(a_checkpoint_is_where_the_next_restore_begins),
		CASE(an_unfinished_checkpoint_hides_nothing_in_the_same_life),
		CASE(bans_of_no_checkpoint_are_not_written),
		CASE(a_torn_tail_is_cut_declared_and_told),
		CASE(a_full_disk_loses_and_acknowledges_nothing),
		CASE(memory_is_bounded_while_the_disk_is_full),
		CASE(bans_do_not_wait_for_a_full_disk),
		CASE(a_second_writer_ends_with_an_error),
	};

	return cmocka_run_group_tests_name("keeper", tests, NULL, NULL);
}
