/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody else does to the table, in a real kernel: it is noticed, named
 * and repaired.  In a network namespace of its own; needs root.
 */
#include <errno.h>
#include <poll.h>

#include "tests/support/tableworld.h"
#include "tests/support/test.h"

/* Wait until the watch has something to tell; false: it stays silent. */
static bool drifts(struct tableworld *world, struct drift *drift, int wait_ms)
{
	struct pollfd fd = { .fd = table_watch_fd(world->table),
			     .events = POLLIN };

	while (poll(&fd, 1, wait_ms) == 1) {
		if (table_check(world->table, drift) == 1)
			return true;
	}
	return false;
}

static void table_notices_flush_ruleset_and_names_the_culprit(void **state)
{
	struct tableworld *world = *state;
	struct drift drift = { 0 };

	tableworld_rebuild(world, "203.0.113.7");
	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	assert_int_equal(tableworld_run("nft flush ruleset"), 0);
	assert_true(drifts(world, &drift, 5000));
	assert_true(drift.table_gone);
	assert_string_equal(drift.name, "nft");
	assert_true(drift.pid > 1);
	/* Repaired with the gate shut, until the bans are back. */
	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
	assert_true(tableworld_lists("chain inet postern gate_in", "drop"));
	assert_true(table_state(world->table)->rebuild_wanted);
	tableworld_rebuild(world, "203.0.113.7");
	assert_true(tableworld_left(world, "203.0.113.7") > 0);
	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	assert_true(table_state(world->table)->repair_us > 0);
	assert_false(drifts(world, &drift, 50));
}

static void table_notices_every_kind_of_foreign_change(void **state)
{
	static const char *const changes[] = {
		"nft delete element inet postern ban4_32_g%u { 203.0.113.7 }",
		"nft add element inet postern ban4_32_g%u { 203.0.113.8 }",
		"nft insert rule inet postern ladder4 return # %u",
		"nft flush chain inet postern in_mx1 # %u",
		"nft add rule inet postern gate_in return # %u",
		"nft add set inet postern x '{ type ipv4_addr; }' # %u",
		"nft add map inet postern m '{ type ipv4_addr : mark; }' # %u",
		"nft flush set inet postern admin4 # %u",
		"nft flush set inet postern ban4_32_g%u",
	};
	struct tableworld *world = *state;

	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct drift drift = { 0 };
		char command[256];
		unsigned int generation;

		tableworld_rebuild(world, "203.0.113.7");
		assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
		generation = table_state(world->table)->generation;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(command, sizeof(command), changes[i], generation);
#pragma GCC diagnostic pop
		assert_int_equal(tableworld_run("%s", command), 0);
		assert_true(drifts(world, &drift, 5000));
		assert_string_equal(drift.name, "nft");
		assert_true(table_state(world->table)->loaded);
		assert_true(table_state(world->table)->rebuild_wanted);
		tableworld_rebuild(world, "203.0.113.7");
		assert_true(tableworld_left(world, "203.0.113.7") > 0);
		assert_int_equal(tableworld_left(world, "203.0.113.8"), -1);
		assert_false(tableworld_lists("chain inet postern ladder4",
					      "return"));
		assert_false(tableworld_lists("chain inet postern gate_in",
					      "return"));
		assert_true(tableworld_lists("chain inet postern in_mx1",
					     "jump gate_in"));
		assert_true(tableworld_lists("set inet postern admin4",
					     "10.0.9.0/24"));
		assert_false(tableworld_lists("table inet postern", "set x {"));
		assert_false(tableworld_lists("table inet postern", "map m {"));
		assert_false(drifts(world, &drift, 50));
	}
}

static void table_leaves_others_in_peace(void **state)
{
	struct tableworld *world = *state;
	struct drift drift;

	tableworld_rebuild(world, "203.0.113.7");
	tableworld_ban(world, "203.0.113.8", HOUR_MS); /* our own change */
	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	assert_int_equal(
		tableworld_run("nft add table inet other; nft add chain inet "
			       "other x; nft add table ip postern"),
		0);
	assert_false(drifts(world, &drift, 200));
	assert_int_equal(table_state(world->table)->repairs, 0);
}

static void table_notices_a_change_during_a_rebuild(void **state)
{
	struct tableworld *world = *state;
	struct order order =
		tableworld_order(world, ORDER_ADD, "203.0.113.7", HOUR_MS);
	struct drift drift;

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(tableworld_run("nft flush chain inet postern in_mx1"),
			 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), -ENOENT);
	assert_true(table_take_drift(world->table, &drift));
	assert_true(
		tableworld_lists("chain inet postern in_mx1", "jump gate_in"));
	assert_true(table_state(world->table)->rebuild_wanted);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(tableworld_run("nft flush ruleset"), 0);
	assert_int_equal(table_fill(world->table, &order, 1), -ENOENT);
	assert_true(table_take_drift(world->table, &drift));
	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
}

static void table_rebuilds_at_most_once_more_for_a_neighbour(void **state)
{
	struct tableworld *world = *state;
	struct order order =
		tableworld_order(world, ORDER_ADD, "203.0.113.7", HOUR_MS);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(tableworld_run("nft add table inet other"), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), -ENOENT);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(tableworld_run("nft add table inet more"), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), 0);
}

static void table_does_not_stay_dormant_after_a_rebuild(void **state)
{
	struct tableworld *world = *state;

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(
		tableworld_run(
			"nft add table inet postern \"{ flags dormant; }\""),
		0);
	assert_int_equal(tableworld_run("nft flush set inet postern never4"),
			 0);
	assert_int_equal(table_end_rebuild(world->table), -ENOENT);
	assert_false(tableworld_lists("table inet postern", "dormant"));
	assert_true(tableworld_lists("set inet postern never4", "elements"));
}

static void table_that_cannot_be_repaired_is_tried_seldom(void **state)
{
	struct tableworld *world = *state;
	struct order order =
		tableworld_order(world, ORDER_ADD, "203.0.113.7", HOUR_MS);
	struct drift drift;
	FILE *owner;

	owner = popen("nft -i >/dev/null 2>&1", "w");
	assert_non_null(owner);
	fputs("delete table inet postern; "
	      "add table inet postern { flags owner; }\n",
	      owner);
	fflush(owner);
	assert_true(drifts(world, &drift, 2000));
	while (drifts(world, &drift, 200))
		;
	assert_false(table_state(world->table)->loaded);
	assert_false(table_state(world->table)->rebuild_wanted);
	assert_true(table_retry_s(world->table) > 0.);
	for (int i = 0; i < 100; i++)
		assert_int_not_equal(table_apply(world->table, &order, 1), 0);
	assert_true(table_state(world->table)->repairs <= 1);
	pclose(owner);
	assert_int_equal(table_retry(world->table), 0);
	assert_true(table_state(world->table)->loaded);
	assert_true(table_state(world->table)->rebuild_wanted);
}

static void table_that_is_gone_is_repaired_by_the_next_order(void **state)
{
	struct tableworld *world = *state;
	struct order order =
		tableworld_order(world, ORDER_ADD, "203.0.113.7", HOUR_MS);
	struct drift drift;

	assert_int_equal(tableworld_run("nft delete table inet postern"), 0);
	assert_int_equal(table_apply(world->table, &order, 1), -ENOENT);
	assert_true(table_take_drift(world->table, &drift));
	assert_string_equal(drift.name, "nft");
	assert_true(table_state(world->table)->loaded);
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, tableworld_begin, tableworld_end)
	const struct CMUnitTest tests[] = {
		CASE(table_notices_flush_ruleset_and_names_the_culprit),
		CASE(table_notices_every_kind_of_foreign_change),
		CASE(table_leaves_others_in_peace),
		CASE(table_notices_a_change_during_a_rebuild),
		CASE(table_rebuilds_at_most_once_more_for_a_neighbour),
		CASE(table_does_not_stay_dormant_after_a_rebuild),
		CASE(table_that_cannot_be_repaired_is_tried_seldom),
		CASE(table_that_is_gone_is_repaired_by_the_next_order),
	};

	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
