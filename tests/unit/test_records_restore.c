/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include "ctl/records/restore.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

/* What postern-ctl makes of the rows: who is banned, by a small number. */
#define BANS 64

struct state {
	bool banned[BANS];
	uint64_t rows;
	uint64_t saved; /* of them, bans of a checkpoint */
	uint64_t checkpoints;
	uint64_t others; /* acts that are no state */
};

/* What is true: so should it come back. */
static bool truth[BANS];

static int set_up(void **state)
{
	memset(truth, 0, sizeof(truth));
	return ledger_set_up(state);
}

static struct prefix prefix_number(uint8_t number)
{
	struct prefix p = { .family = PREFIX_IP4, .length = 32 };

	p.addr[0] = 10;
	p.addr[3] = number;
	return p;
}

static void act(struct ledger *l, enum act_kind kind, uint8_t number)
{
	struct act a = ledger_act(++l->id, kind);

	if (kind == ACT_BAN || kind == ACT_UNBAN) {
		a.prefix = prefix_number(number);
		truth[number] = kind == ACT_BAN;
	}
	if (kind == ACT_CHECKPOINTED)
		a.count = number;
	if (kind == ACT_CHECKPOINT)
		assert_int_equal(journal_turn(l->journal), 0);
	assert_int_equal(journal_act(l->journal, &a), 0);
}

/* A record with the bans from FIRST to LAST that are in force. */
static uint8_t save(struct ledger *l, uint8_t first, uint8_t last)
{
	struct saved_ban bans[BANS];
	size_t count = 0;

	for (uint8_t i = first; i <= last; i++) {
		if (!truth[i])
			continue;
		memset(&bans[count], 0, sizeof(bans[count]));
		bans[count].active = 1;
		bans[count++].prefix = prefix_number(i);
	}
	if (count)
		assert_int_equal(journal_bans(l->journal, bans, count), 0);
	return (uint8_t)count;
}

static void hear(void *ctx, enum msg_kind kind, const void *row)
{
	struct state *s = ctx;
	const struct saved_ban *ban = row;
	const struct act *a = row;

	s->rows++;
	if (kind == MSG_SAVE) {
		s->saved++;
		s->banned[ban->prefix.addr[3]] = ban->active;
		return;
	}
	assert_int_equal(kind, MSG_ACT);
	if (a->kind == ACT_BAN || a->kind == ACT_UNBAN)
		s->banned[a->prefix.addr[3]] = a->kind == ACT_BAN;
	else if (a->kind == ACT_CHECKPOINT) {
		memset(s->banned, 0, sizeof(s->banned));
		s->checkpoints++;
	} else if (a->kind != ACT_CHECKPOINTED)
		s->others++;
}

static struct state tell(struct ledger *l, const struct restore_range *range,
			 uint64_t skipped)
{
	struct state heard = { .rows = 0 };
	struct restore *r;
	int more;

	assert_int_equal(restore_new(&r, l->folder, range, hear, &heard), 0);
	do
		more = restore_step(r);
	while (more > 0);
	assert_int_equal(more, 0);
	assert_int_equal(restore_skipped(r), skipped);
	restore_free(r);
	return heard;
}

/* What a new life is told. */
static struct state restore(struct ledger *l, uint64_t skipped)
{
	struct restore_range range = { 0 };

	assert_int_equal(journal_sync(l->journal), 0);
	ledger_reopen(l);
	range.base = l->survey.base;
	range.base_counts = l->survey.base_counts;
	range.last = l->survey.segment;
	range.last_bytes = l->survey.end;
	return tell(l, &range, skipped);
}

static void assert_told(const struct state *heard)
{
	for (size_t i = 0; i < BANS; i++) {
		if (heard->banned[i] != truth[i])
			fail_msg("ban %zu is %d, not %d", i, heard->banned[i],
				 truth[i]);
	}
}

static void an_empty_journal_tells_nothing(void **state)
{
	struct ledger *l = *state;
	struct state heard = restore(l, 0);

	assert_int_equal(heard.rows, 0);
}

static void acts_alone_are_told_in_order(void **state)
{
	struct ledger *l = *state;
	struct state heard;

	act(l, ACT_BAN, 1);
	act(l, ACT_BAN, 2);
	act(l, ACT_UNBAN, 1);
	act(l, ACT_UNBAN, 2);
	act(l, ACT_BAN, 2);
	heard = restore(l, 0);
	assert_told(&heard);
	assert_int_equal(heard.rows, 5);
}

static void only_acts_of_the_state_are_told(void **state)
{
	struct ledger *l = *state;
	struct state heard;

	for (int kind = ACT_NONE + 1; kind < ACT_CHECKPOINT; kind++)
		act(l, (enum act_kind)kind, 1);
	heard = restore(l, 0);
	/* ban, unban, panic, resume, position, read */
	assert_int_equal(heard.rows, 6);
	assert_int_equal(heard.others, 4);
	assert_int_equal(l->survey.last_id, ACT_CHECKPOINT - 1);
}

/* Bans, and a checkpoint among which acts go on. */
static void write_checkpoint(struct ledger *l)
{
	uint8_t count;

	act(l, ACT_CHECKPOINT, 0);
	count = save(l, 0, 3);
	act(l, ACT_BAN, 9); /* after its place in the snapshot */
	act(l, ACT_UNBAN, 2); /* was told before */
	count = (uint8_t)(count + save(l, 4, 7));
	act(l, ACT_BAN, 5);
	act(l, ACT_BAN, 2);
	count = (uint8_t)(count + save(l, 8, 12));
	act(l, ACT_UNBAN, 8);
	act(l, ACT_CHECKPOINTED, count);
}

static void write_history(struct ledger *l)
{
	act(l, ACT_START, 0);
	for (uint8_t i = 1; i <= 10; i++)
		act(l, ACT_BAN, i);
	act(l, ACT_UNBAN, 5);
	act(l, ACT_UNBAN, 6);
}

static void a_whole_checkpoint_is_where_it_begins(void **state)
{
	struct ledger *l = *state;
	struct state heard;

	write_history(l);
	write_checkpoint(l);
	heard = restore(l, 0);
	assert_told(&heard);
	assert_int_equal(heard.checkpoints, 1);
	assert_int_equal(l->survey.count, 1);
	write_checkpoint(l);
	act(l, ACT_UNBAN, 1);
	act(l, ACT_BAN, 20);
	heard = restore(l, 0);
	assert_told(&heard);
	assert_int_equal(heard.checkpoints, 1);
	assert_int_equal(l->survey.count, 1);
}

/* What the acts in LEN bytes of TEXT say, read without the code under test. */
static void apply_acts(bool *banned, const char *text, size_t len)
{
	const char *end = text + len;
	const char *key = "\"prefix\":\"10.0.0.";

	for (const char *at = text; at < end; at++) {
		bool is_ban = strncmp(at, "\"kind\":\"ban\"", 12) == 0;

		if (is_ban || strncmp(at, "\"kind\":\"unban\"", 14) == 0)
			banned[atoi(strstr(at, key) + strlen(key))] = is_ban;
	}
}

/*
 * Acts alone are the truth, and so is what comes back wherever a crash
 * stopped a checkpoint: its segment is cut behind each line.
 */
static void an_incomplete_checkpoint_is_passed_over_at_every_line(void **state)
{
	struct ledger *l = *state;
	char *history, *text, *end;
	size_t history_len, len;

	write_history(l);
	write_checkpoint(l);
	assert_int_equal(journal_sync(l->journal), 0);
	history = ledger_read(ledger_segment(l->path, 1), &history_len);
	text = ledger_read(ledger_segment(l->path, 14), &len);
	end = text;
	while ((end = memchr(end, '\n', (size_t)(text + len - end))) != NULL) {
		size_t cut = (size_t)(++end - text);
		struct state heard;

		ledger_write(ledger_segment(l->path, 14), text, cut);
		ledger_reopen(l);
		heard = restore(l, 0);
		memset(truth, 0, sizeof(truth));
		apply_acts(truth, history, history_len);
		apply_acts(truth, text, cut);
		assert_told(&heard);
		assert_int_equal(heard.checkpoints, cut == len);
		assert_int_equal(heard.saved > 0, cut == len);
		assert_int_equal(l->survey.base, cut == len ? 14 : 1);
	}
	free(history);
	free(text);
}

static void a_checkpoint_that_counts_wrong_is_not_used(void **state)
{
	static const int off[] = { -1, 1, 40 };
	struct ledger *l = *state;

	write_history(l);
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		struct state heard;
		uint8_t count;

		act(l, ACT_CHECKPOINT, 0);
		count = save(l, 0, 20);
		act(l, ACT_CHECKPOINTED, (uint8_t)(count + off[i]));
		heard = restore(l, 0);
		assert_told(&heard);
		assert_int_equal(heard.checkpoints, 0);
		assert_int_equal(heard.saved, 0);
		assert_int_equal(l->survey.base, 1);
	}
}

/* ctl began anew in the midst of one; the second is no segment's begin. */
static void a_second_checkpoint_in_a_segment_is_none(void **state)
{
	struct ledger *l = *state;
	struct act second;
	struct state heard;

	write_history(l);
	act(l, ACT_CHECKPOINT, 0);
	save(l, 0, 3);
	second = ledger_act(++l->id, ACT_CHECKPOINT);
	assert_int_equal(journal_act(l->journal, &second), 0);
	act(l, ACT_CHECKPOINTED, save(l, 0, 20));
	heard = restore(l, 0);
	assert_told(&heard);
	assert_int_equal(heard.checkpoints, 0);
}

static void older_history_that_is_gone_leaves_what_there_is(void **state)
{
	struct ledger *l = *state;
	struct state heard;

	write_history(l);
	act(l, ACT_CHECKPOINT, 0);
	save(l, 0, 20);
	act(l, ACT_BAN, 30);
	assert_int_equal(journal_sync(l->journal), 0);
	assert_int_equal(unlink(ledger_segment(l->path, 1)), 0);
	heard = restore(l, 0);
	assert_told(&heard);
	assert_int_equal(heard.checkpoints, 1);
}

static void the_very_first_checkpoint_has_to_be_whole_too(void **state)
{
	struct ledger *l = *state;
	struct state heard;

	truth[3] = true;
	act(l, ACT_CHECKPOINT, 0);
	save(l, 0, 20);
	act(l, ACT_BAN, 30);
	heard = restore(l, 0);
	truth[3] = false;
	assert_told(&heard);
	assert_int_equal(heard.checkpoints + heard.saved, 0);
}

static void a_damaged_record_does_not_hide_the_others(void **state)
{
	struct ledger *l = *state;
	struct state heard;
	const char *file;
	char *text;
	size_t len;

	write_history(l);
	assert_int_equal(journal_sync(l->journal), 0);
	file = ledger_segment(l->path, 1);
	text = ledger_read(file, &len);
	/* One that still can be read, one that cannot. */
	*strstr(text, "number 4") = 'N';
	*strstr(text, "\"prefix\":\"10.0.0.7\"") = '\0';
	ledger_write(file, text, len);
	free(text);
	heard = restore(l, 1);
	truth[7] = false;
	assert_told(&heard);
	/* The next restore reads on behind the damage, too. */
	act(l, ACT_BAN, 40);
	heard = restore(l, 1);
	assert_told(&heard);
}

static void what_only_memory_holds_is_told_last(void **state)
{
	struct ledger *l = *state;
	struct restore_range range = { .base = 1, .last = 1 };
	struct state heard;

	write_history(l);
	assert_int_equal(journal_sync(l->journal), 0);
	range.last_bytes = journal_synced(l->journal);
	act(l, ACT_UNBAN, 1);
	act(l, ACT_BAN, 33);
	act(l, ACT_DRIFT, 0);
	range.pending_len = journal_pending(l->journal, &range.pending);
	heard = tell(l, &range, 0);
	assert_told(&heard);
	/* What was written behind the range meanwhile is not told twice. */
	assert_int_equal(journal_sync(l->journal), 0);
	range.pending_len = 0;
	heard = tell(l, &range, 0);
	assert_true(heard.banned[1]);
	assert_false(heard.banned[33]);
}

static void a_checkpoint_only_in_memory_is_told(void **state)
{
	struct ledger *l = *state;
	struct restore_range range = { .base_counts = true };
	struct state heard;

	write_history(l);
	write_checkpoint(l);
	range.base = journal_segment(l->journal);
	range.last = range.base;
	range.pending_len = journal_pending(l->journal, &range.pending);
	heard = tell(l, &range, 0);
	assert_told(&heard);
	assert_int_equal(heard.checkpoints, 1);
}

static void a_segment_that_vanishes_is_passed_over(void **state)
{
	struct ledger *l = *state;
	struct restore_range range = { .base = 1, .last = UINT64_MAX };
	struct state heard = { .rows = 0 };
	struct restore *r;

	write_history(l);
	assert_int_equal(journal_turn(l->journal), 0);
	act(l, ACT_BAN, 50);
	assert_int_equal(journal_sync(l->journal), 0);
	assert_int_equal(restore_new(&r, l->folder, &range, hear, &heard), 0);
	assert_int_equal(unlink(ledger_segment(l->path, 1)), 0);
	while (restore_step(r))
		;
	assert_int_equal(restore_skipped(r), 1);
	assert_true(heard.banned[50]);
	restore_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, set_up, ledger_tear_down)
		CASE(an_empty_journal_tells_nothing),
		CASE(acts_alone_are_told_in_order),
		CASE(only_acts_of_the_state_are_told),
		CASE(a_whole_checkpoint_is_where_it_begins),
		CASE(an_incomplete_checkpoint_is_passed_over_at_every_line),
		CASE(a_checkpoint_that_counts_wrong_is_not_used),
		CASE(a_second_checkpoint_in_a_segment_is_none),
		CASE(older_history_that_is_gone_leaves_what_there_is),
		CASE(the_very_first_checkpoint_has_to_be_whole_too),
		CASE(a_damaged_record_does_not_hide_the_others),
		CASE(what_only_memory_holds_is_told_last),
		CASE(a_checkpoint_only_in_memory_is_told),
		CASE(a_segment_that_vanishes_is_passed_over),
	};

	return cmocka_run_group_tests_name("records_restore", tests, NULL,
					   NULL);
}
