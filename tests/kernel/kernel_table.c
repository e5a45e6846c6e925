/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table in a real kernel, in a network namespace of its own.  Needs root.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/ladder.h"
#include "nft/keep.h"
#include "nft/netlink.h"
#include "tests/support/tableworld.h"
#include "tests/support/test.h"

static void unban(struct tableworld *world, const char *prefix)
{
	struct order order = tableworld_order(world, ORDER_REMOVE, prefix, 0);

	assert_int_equal(table_apply(world->table, &order, 1), 0);
}

static void table_begins_with_a_shut_gate_and_is_kept_on_disk(void **state)
{
	struct tableworld *world = *state;
	char path[512];

	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
	assert_true(table_state(world->table)->rebuild_wanted);
	assert_true(tableworld_lists("chain inet postern gate_in", "drop"));
	assert_true(tableworld_lists("chain inet postern gate_out", "drop"));
	assert_int_equal(access(keep_path(path, world->config->state), R_OK),
			 0);
}

static void table_kept_on_disk_opens_no_door(void **state)
{
	struct tableworld *world = *state;
	char error[LOAD_ERROR_SIZE];
	struct netlink *nl;

	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	assert_int_equal(netlink_open(&nl, 0), 0);
	/* Already there: left alone. */
	assert_int_equal(keep_restore(world->config->state, nl, error), 0);
	assert_false(tableworld_lists("chain inet postern gate_in", "drop"));
	/* As after a reboot. */
	assert_int_equal(tableworld_run("nft flush ruleset"), 0);
	assert_int_equal(keep_restore(world->config->state, nl, error), 1);
	assert_true(tableworld_lists("chain inet postern gate_in", "drop"));
	assert_true(
		tableworld_lists("chain inet postern forward", "jump in_mx1"));
	netlink_close(nl);
}

static void table_that_others_could_have_written_is_not_loaded(void **state)
{
	struct tableworld *world = *state;
	char error[LOAD_ERROR_SIZE], path[512];
	struct netlink *nl;

	assert_int_equal(netlink_open(&nl, 0), 0);
	assert_int_equal(tableworld_run("nft flush ruleset"), 0);
	assert_int_equal(chmod(keep_path(path, world->config->state), 0666), 0);
	assert_int_equal(keep_restore(world->config->state, nl, error),
			 KEEP_LAST_RESORT);
	assert_string_equal(error, strerror(EPERM));
	assert_true(tableworld_lists("chain inet postern forward", "25"));
	assert_int_equal(tableworld_run("nft flush ruleset"), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(keep_restore(world->config->state, nl, error),
			 KEEP_LAST_RESORT);
	assert_int_equal(tableworld_run("nft flush ruleset"), 0);
	assert_int_equal(keep_restore("/nonexistent", nl, error), -ENOENT);
	netlink_close(nl);
}

static void table_bans_every_rung_and_reads_it_back(void **state)
{
	static const char *const cases[][3] = {
		{ "203.0.113.7", "203.0.113.7", "203.0.113.8" },
		{ "203.0.112.0/24", "203.0.112.255", "203.0.113.0" },
		{ "100.64.16.0/20", "100.64.31.255", "100.64.32.0" },
		{ "100.65.0.0/16", "100.65.255.255", "100.66.0.0" },
		{ "2001:db8:1::7", "2001:db8:1::7", "2001:db8:1::8" },
		{ "2001:db8:2::/64", "2001:db8:2::ffff", "2001:db8:2:1::" },
		{ "2001:db8:3::/56", "2001:db8:3:ff::1", "2001:db8:3:100::" },
		{ "2001:db8:4::/48", "2001:db8:4:ffff::1", "2001:db8:5::" },
	};
	struct tableworld *world = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t found;

		tableworld_ban(world, cases[i][0], HOUR_MS);
		found = tableworld_left(world, cases[i][1]);
		assert_true(found > HOUR_MS - 10000 && found <= HOUR_MS);
		assert_int_equal(tableworld_left(world, cases[i][2]), -1);
		unban(world, cases[i][0]);
		assert_int_equal(tableworld_left(world, cases[i][1]), -1);
		unban(world, cases[i][0]); /* not there: fine as well */
	}
}

static void table_renews_a_term_in_both_directions(void **state)
{
	struct tableworld *world = *state;

	tableworld_ban(world, "203.0.113.7", HOUR_MS);
	tableworld_ban(world, "203.0.113.7", 2 * HOUR_MS);
	assert_true(tableworld_left(world, "203.0.113.7") > HOUR_MS);
	tableworld_ban(world, "203.0.113.7", 60000);
	assert_true(tableworld_left(world, "203.0.113.7") <= 60000);
	tableworld_ban(world, "203.0.113.7", 0);
	assert_int_equal(tableworld_left(world, "203.0.113.7"),
			 0); /* no term */
}

static void table_takes_the_last_of_several_orders_for_one_element(void **state)
{
	struct tableworld *world = *state;
	struct order orders[] = {
		tableworld_order(world, ORDER_ADD, "203.0.113.1", HOUR_MS),
		tableworld_order(world, ORDER_REMOVE, "203.0.113.2", 0),
		tableworld_order(world, ORDER_REMOVE, "203.0.113.1", 0),
		tableworld_order(world, ORDER_ADD, "203.0.113.2", HOUR_MS),
		tableworld_order(world, ORDER_ADD, "2001:db8:1::/64", HOUR_MS),
		tableworld_order(world, ORDER_ADD, "203.0.113.2", 60000),
	};

	assert_int_equal(table_apply(world->table, orders, 6), 0);
	assert_int_equal(tableworld_left(world, "203.0.113.1"), -1);
	assert_true(tableworld_left(world, "203.0.113.2") <= 60000);
	assert_true(tableworld_left(world, "2001:db8:1::1") > 0);
}

static void table_reloads_without_touching_bans_or_gate(void **state)
{
	struct tableworld *world = *state;

	tableworld_ban(world, "203.0.113.7", HOUR_MS);
	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	strcpy(world->config->servers[0].name, "mail");
	tableworld_reopen(world);
	assert_true(tableworld_left(world, "203.0.113.7") > 0);
	assert_int_equal(table_state(world->table)->gate, GATE_OPEN);
	assert_true(
		tableworld_lists("chain inet postern forward", "jump in_mail"));
	/* Nothing of the old server is left. */
	assert_false(tableworld_lists("table inet postern", "mx1"));
	assert_true(tableworld_lists("chain inet postern prerouting",
				     "jump ladder4"));
}

static void table_reload_keeps_a_shut_gate_shut(void **state)
{
	struct tableworld *world = *state;

	assert_int_equal(table_set_gate(world->table, GATE_PANIC_IN), 0);
	assert_true(tableworld_lists(
		"chain inet postern gate_in",
		"ct direction original counter name \"gate_shut\" "
		"drop"));
	tableworld_reopen(world);
	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
	assert_true(tableworld_lists("chain inet postern gate_in", "drop"));
}

static void table_gate_has_rules_for_each_state(void **state)
{
	struct tableworld *world = *state;

	for (int gate = 0; gate < GATE_COUNT; gate++) {
		assert_int_equal(table_set_gate(world->table, (enum gate)gate),
				 0);
		assert_int_equal(
			tableworld_lists("chain inet postern gate_in", "drop"),
			gate != GATE_OPEN);
		assert_int_equal(
			tableworld_lists("chain inet postern gate_out", "drop"),
			gate != GATE_OPEN);
	}
}

static void table_rebuild_leaves_no_orphan_and_no_gap(void **state)
{
	struct tableworld *world = *state;
	struct order live[2];

	tableworld_ban(world, "203.0.113.1", HOUR_MS); /* no longer meant */
	tableworld_ban(world, "203.0.113.2", HOUR_MS);
	live[0] = tableworld_order(world, ORDER_ADD, "203.0.113.3", HOUR_MS);
	live[1] = tableworld_order(world, ORDER_REMOVE, "203.0.113.2", 0);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_true(tableworld_left(world, "203.0.113.1") >
		    0); /* still in force */
	/* Orders that come meanwhile hold now and afterwards. */
	assert_int_equal(table_apply(world->table, live, 2), 0);
	assert_true(tableworld_left(world, "203.0.113.3") > 0);
	live[0] = tableworld_order(world, ORDER_ADD, "203.0.113.4", HOUR_MS);
	assert_int_equal(table_fill(world->table, live, 1), 0);
	assert_int_equal(tableworld_left(world, "203.0.113.4"),
			 -1); /* not yet */
	assert_int_equal(table_end_rebuild(world->table), 0);
	assert_int_equal(tableworld_left(world, "203.0.113.1"), -1);
	assert_int_equal(tableworld_left(world, "203.0.113.2"), -1);
	assert_true(tableworld_left(world, "203.0.113.3") > 0);
	assert_true(tableworld_left(world, "203.0.113.4") > 0);
	assert_false(tableworld_lists("table inet postern", "_g1 "));
	assert_false(table_state(world->table)->rebuild_wanted);
}

/* The kernel counts no transaction that changes nothing: of that nobody else
 * must be blamed. */
static void table_rebuild_may_bring_what_is_there_already(void **state)
{
	struct tableworld *world = *state;
	struct order order;
	struct drift drift;

	order = tableworld_order(world, ORDER_ADD, "203.0.113.3", 0);
	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(table_apply(world->table, &order, 1), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), 0);
	assert_false(table_take_drift(world->table, &drift));
	assert_int_equal(table_state(world->table)->repairs, 0);
	assert_int_equal(tableworld_left(world, "203.0.113.3"), 0);
}

static void table_reload_drops_an_unfinished_rebuild(void **state)
{
	struct tableworld *world = *state;

	tableworld_ban(world, "203.0.113.1", HOUR_MS);
	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_true(tableworld_lists("table inet postern", "ban4_32_g2"));
	tableworld_reopen(world);
	assert_false(tableworld_lists("table inet postern", "ban4_32_g2"));
	assert_true(tableworld_left(world, "203.0.113.1") > 0);
	tableworld_rebuild(world, "203.0.113.9");
	assert_true(tableworld_left(world, "203.0.113.9") > 0);
}

static void table_full_set_is_said_and_changes_nothing(void **state)
{
	struct tableworld *world = *state;
	struct order orders[3];

	table_close(world->table);
	world->table = NULL;
	assert_int_equal(
		tableworld_run("nft flush ruleset; nft add table inet postern; "
			       "nft add set inet postern ban4_32_g1 '{ type "
			       "ipv4_addr; size 2; flags timeout; }'"),
		0);
	tableworld_open(world);
	for (unsigned int i = 0; i < 3; i++) {
		char text[32];

		snprintf(text, sizeof(text), "203.0.113.%u", i);
		orders[i] = tableworld_order(world, ORDER_ADD, text, HOUR_MS);
	}
	assert_int_equal(table_apply(world->table, orders, 3), -ENFILE);
	assert_int_equal(tableworld_left(world, "203.0.113.0"), -1);
	assert_int_equal(table_apply(world->table, orders, 2), 0);
	assert_true(tableworld_left(world, "203.0.113.1") > 0);
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, tableworld_begin, tableworld_end)
	const struct CMUnitTest tests[] = {
		CASE(table_begins_with_a_shut_gate_and_is_kept_on_disk),
		CASE(table_kept_on_disk_opens_no_door),
		CASE(table_that_others_could_have_written_is_not_loaded),
		CASE(table_bans_every_rung_and_reads_it_back),
		CASE(table_renews_a_term_in_both_directions),
		CASE(table_takes_the_last_of_several_orders_for_one_element),
		CASE(table_reloads_without_touching_bans_or_gate),
		CASE(table_reload_keeps_a_shut_gate_shut),
		CASE(table_gate_has_rules_for_each_state),
		CASE(table_rebuild_leaves_no_orphan_and_no_gap),
		CASE(table_rebuild_may_bring_what_is_there_already),
		CASE(table_reload_drops_an_unfinished_rebuild),
		CASE(table_full_set_is_said_and_changes_nothing),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
