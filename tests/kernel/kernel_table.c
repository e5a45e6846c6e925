/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table in a real kernel, in a network namespace of its own.  Needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/ladder.h"
#include "nft/keep.h"
#include "nft/netlink.h"
#include "nft/table.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

#define HOUR_MS 3600000u

struct world {
	struct config *config;
	struct table *table;
	uint64_t seq;
};

/* Run a command; its exit status. */
__attribute__((format(printf, 1, 2))) static int run(const char *format, ...)
{
	char command[4096];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Does `nft list ...` say TEXT? */
static bool lists(const char *what, const char *text)
{
	return run("nft list %s 2>/dev/null | grep -qF -- '%s'", what, text) ==
	       0;
}

static void open_table(struct world *world)
{
	char error[LOAD_ERROR_SIZE] = "";
	int err = table_open(&world->table, world->config, error);

	if (err)
		print_error("table_open: %s\n", error);
	assert_int_equal(err, 0);
}

static void reopen_table(struct world *world)
{
	table_close(world->table);
	world->table = NULL;
	open_table(world);
}

static int begin(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	char folder[512];

	*state = world;
	if (unshare(CLONE_NEWNET) < 0) {
		print_error("these tests need root\n");
		return -1;
	}
	world->config = sample_config();
	strcpy(world->config->state, "/tmp/postern-test.XXXXXX");
	if (!mkdtemp(world->config->state) ||
	    mkdir(keep_folder(folder, world->config->state), 0700) < 0)
		return -1;
	open_table(world);
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	table_close(world->table);
	run("rm -rf %s", world->config->state);
	config_free(world->config);
	free(world);
	return 0;
}

static struct order order_of(struct world *world, enum order_kind kind,
			     const char *prefix, uint64_t left_ms)
{
	return (struct order){
		.seq = ++world->seq,
		.kind = (uint8_t)kind,
		.list = LIST_BAN,
		.prefix = prefix_of(prefix),
		.left_ms = left_ms,
	};
}

static void ban(struct world *world, const char *prefix, uint64_t left_ms)
{
	struct order order = order_of(world, ORDER_ADD, prefix, left_ms);

	assert_int_equal(table_apply(world->table, &order, 1), 0);
}

static void unban(struct world *world, const char *prefix)
{
	struct order order = order_of(world, ORDER_REMOVE, prefix, 0);

	assert_int_equal(table_apply(world->table, &order, 1), 0);
}

/* The term left of the ban of ADDRESS in the kernel, of the longest rung that
 * has one; -1: not banned. */
static int64_t left(struct world *world, const char *address)
{
	struct prefix p = prefix_of(address);
	struct found found = { 0 };

	assert_int_equal(table_lookup(world->table, &p, &found), 0);
	for (unsigned int i = 0; i < LADDER_RUNGS; i++) {
		if (found.present[i])
			return (int64_t)found.left_ms[i];
	}
	return -1;
}

static void rebuild_with(struct world *world, const char *prefix)
{
	struct order order = order_of(world, ORDER_ADD, prefix, HOUR_MS);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), 0);
}

/* Wait until the watch has something to tell; false: it stays silent. */
static bool drifts(struct world *world, struct drift *drift, int wait_ms)
{
	struct pollfd fd = { .fd = table_watch_fd(world->table),
			     .events = POLLIN };

	while (poll(&fd, 1, wait_ms) == 1) {
		if (table_check(world->table, drift) == 1)
			return true;
	}
	return false;
}

static void table_begins_with_a_shut_gate_and_is_kept_on_disk(void **state)
{
	struct world *world = *state;
	char path[512];

	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
	assert_true(table_state(world->table)->rebuild_wanted);
	assert_true(lists("chain inet postern gate_in", "drop"));
	assert_true(lists("chain inet postern gate_out", "drop"));
	assert_int_equal(access(keep_path(path, world->config->state), R_OK),
			 0);
}

static void table_kept_on_disk_opens_no_door(void **state)
{
	struct world *world = *state;
	char error[LOAD_ERROR_SIZE];
	struct netlink *nl;

	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	assert_int_equal(netlink_open(&nl, 0), 0);
	/* Already there: left alone. */
	assert_int_equal(keep_restore(world->config->state, nl, error), 0);
	assert_false(lists("chain inet postern gate_in", "drop"));
	/* As after a reboot. */
	assert_int_equal(run("nft flush ruleset"), 0);
	assert_int_equal(keep_restore(world->config->state, nl, error), 1);
	assert_true(lists("chain inet postern gate_in", "drop"));
	assert_true(lists("chain inet postern forward", "jump in_mx1"));
	netlink_close(nl);
}

static void table_that_others_could_have_written_is_not_loaded(void **state)
{
	struct world *world = *state;
	char error[LOAD_ERROR_SIZE], path[512];
	struct netlink *nl;

	assert_int_equal(netlink_open(&nl, 0), 0);
	assert_int_equal(run("nft flush ruleset"), 0);
	assert_int_equal(chmod(keep_path(path, world->config->state), 0666), 0);
	assert_int_equal(keep_restore(world->config->state, nl, error),
			 KEEP_LAST_RESORT);
	assert_string_equal(error, strerror(EPERM));
	assert_true(lists("chain inet postern forward", "25"));
	assert_int_equal(run("nft flush ruleset"), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(keep_restore(world->config->state, nl, error),
			 KEEP_LAST_RESORT);
	assert_int_equal(run("nft flush ruleset"), 0);
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
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t found;

		ban(world, cases[i][0], HOUR_MS);
		found = left(world, cases[i][1]);
		assert_true(found > HOUR_MS - 10000 && found <= HOUR_MS);
		assert_int_equal(left(world, cases[i][2]), -1);
		unban(world, cases[i][0]);
		assert_int_equal(left(world, cases[i][1]), -1);
		unban(world, cases[i][0]); /* not there: fine as well */
	}
}

static void table_renews_a_term_in_both_directions(void **state)
{
	struct world *world = *state;

	ban(world, "203.0.113.7", HOUR_MS);
	ban(world, "203.0.113.7", 2 * HOUR_MS);
	assert_true(left(world, "203.0.113.7") > HOUR_MS);
	ban(world, "203.0.113.7", 60000);
	assert_true(left(world, "203.0.113.7") <= 60000);
	ban(world, "203.0.113.7", 0);
	assert_int_equal(left(world, "203.0.113.7"), 0); /* no term */
}

static void table_takes_the_last_of_several_orders_for_one_element(void **state)
{
	struct world *world = *state;
	struct order orders[] = {
		order_of(world, ORDER_ADD, "203.0.113.1", HOUR_MS),
		order_of(world, ORDER_REMOVE, "203.0.113.2", 0),
		order_of(world, ORDER_REMOVE, "203.0.113.1", 0),
		order_of(world, ORDER_ADD, "203.0.113.2", HOUR_MS),
		order_of(world, ORDER_ADD, "2001:db8:1::/64", HOUR_MS),
		order_of(world, ORDER_ADD, "203.0.113.2", 60000),
	};

	assert_int_equal(table_apply(world->table, orders, 6), 0);
	assert_int_equal(left(world, "203.0.113.1"), -1);
	assert_true(left(world, "203.0.113.2") <= 60000);
	assert_true(left(world, "2001:db8:1::1") > 0);
}

static void table_reloads_without_touching_bans_or_gate(void **state)
{
	struct world *world = *state;

	ban(world, "203.0.113.7", HOUR_MS);
	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	strcpy(world->config->servers[0].name, "mail");
	reopen_table(world);
	assert_true(left(world, "203.0.113.7") > 0);
	assert_int_equal(table_state(world->table)->gate, GATE_OPEN);
	assert_true(lists("chain inet postern forward", "jump in_mail"));
	/* Nothing of the old server is left. */
	assert_false(lists("table inet postern", "mx1"));
	assert_true(lists("chain inet postern prerouting", "jump ladder4"));
}

static void table_reload_keeps_a_shut_gate_shut(void **state)
{
	struct world *world = *state;

	assert_int_equal(table_set_gate(world->table, GATE_PANIC_IN), 0);
	assert_true(lists("chain inet postern gate_in",
			  "ct direction original counter name \"gate_shut\" "
			  "drop"));
	reopen_table(world);
	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
	assert_true(lists("chain inet postern gate_in", "drop"));
}

static void table_gate_has_rules_for_each_state(void **state)
{
	struct world *world = *state;

	for (int gate = 0; gate < GATE_COUNT; gate++) {
		assert_int_equal(table_set_gate(world->table, (enum gate)gate),
				 0);
		assert_int_equal(lists("chain inet postern gate_in", "drop"),
				 gate != GATE_OPEN);
		assert_int_equal(lists("chain inet postern gate_out", "drop"),
				 gate != GATE_OPEN);
	}
}

static void table_rebuild_leaves_no_orphan_and_no_gap(void **state)
{
	struct world *world = *state;
	struct order live[2];

	ban(world, "203.0.113.1", HOUR_MS); /* no longer meant */
	ban(world, "203.0.113.2", HOUR_MS);
	live[0] = order_of(world, ORDER_ADD, "203.0.113.3", HOUR_MS);
	live[1] = order_of(world, ORDER_REMOVE, "203.0.113.2", 0);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_true(left(world, "203.0.113.1") > 0); /* still in force */
	/* Orders that come meanwhile hold now and afterwards. */
	assert_int_equal(table_apply(world->table, live, 2), 0);
	assert_true(left(world, "203.0.113.3") > 0);
	live[0] = order_of(world, ORDER_ADD, "203.0.113.4", HOUR_MS);
	assert_int_equal(table_fill(world->table, live, 1), 0);
	assert_int_equal(left(world, "203.0.113.4"), -1); /* not yet */
	assert_int_equal(table_end_rebuild(world->table), 0);
	assert_int_equal(left(world, "203.0.113.1"), -1);
	assert_int_equal(left(world, "203.0.113.2"), -1);
	assert_true(left(world, "203.0.113.3") > 0);
	assert_true(left(world, "203.0.113.4") > 0);
	assert_false(lists("table inet postern", "_g1 "));
	assert_false(table_state(world->table)->rebuild_wanted);
}

static void table_reload_drops_an_unfinished_rebuild(void **state)
{
	struct world *world = *state;

	ban(world, "203.0.113.1", HOUR_MS);
	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_true(lists("table inet postern", "ban4_32_g2"));
	reopen_table(world);
	assert_false(lists("table inet postern", "ban4_32_g2"));
	assert_true(left(world, "203.0.113.1") > 0);
	rebuild_with(world, "203.0.113.9");
	assert_true(left(world, "203.0.113.9") > 0);
}

static void table_notices_flush_ruleset_and_names_the_culprit(void **state)
{
	struct world *world = *state;
	struct drift drift = { 0 };

	rebuild_with(world, "203.0.113.7");
	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	assert_int_equal(run("nft flush ruleset"), 0);
	assert_true(drifts(world, &drift, 5000));
	assert_true(drift.table_gone);
	assert_string_equal(drift.name, "nft");
	assert_true(drift.pid > 1);
	/* Repaired with the gate shut, until the bans are back. */
	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
	assert_true(lists("chain inet postern gate_in", "drop"));
	assert_true(table_state(world->table)->rebuild_wanted);
	rebuild_with(world, "203.0.113.7");
	assert_true(left(world, "203.0.113.7") > 0);
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
	struct world *world = *state;

	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct drift drift = { 0 };
		char command[256];
		unsigned int generation;

		rebuild_with(world, "203.0.113.7");
		assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
		generation = table_state(world->table)->generation;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(command, sizeof(command), changes[i], generation);
#pragma GCC diagnostic pop
		assert_int_equal(run("%s", command), 0);
		assert_true(drifts(world, &drift, 5000));
		assert_string_equal(drift.name, "nft");
		assert_true(table_state(world->table)->loaded);
		assert_true(table_state(world->table)->rebuild_wanted);
		rebuild_with(world, "203.0.113.7");
		assert_true(left(world, "203.0.113.7") > 0);
		assert_int_equal(left(world, "203.0.113.8"), -1);
		assert_false(lists("chain inet postern ladder4", "return"));
		assert_false(lists("chain inet postern gate_in", "return"));
		assert_true(lists("chain inet postern in_mx1", "jump gate_in"));
		assert_true(lists("set inet postern admin4", "10.0.9.0/24"));
		assert_false(lists("table inet postern", "set x {"));
		assert_false(lists("table inet postern", "map m {"));
		assert_false(drifts(world, &drift, 50));
	}
}

static void table_leaves_others_in_peace(void **state)
{
	struct world *world = *state;
	struct drift drift;

	rebuild_with(world, "203.0.113.7");
	ban(world, "203.0.113.8", HOUR_MS); /* our own change */
	assert_int_equal(table_set_gate(world->table, GATE_OPEN), 0);
	assert_int_equal(run("nft add table inet other; nft add chain inet "
			     "other x; nft add table ip postern"),
			 0);
	assert_false(drifts(world, &drift, 200));
	assert_int_equal(table_state(world->table)->repairs, 0);
}

static void table_notices_a_change_during_a_rebuild(void **state)
{
	struct world *world = *state;
	struct order order = order_of(world, ORDER_ADD, "203.0.113.7", HOUR_MS);
	struct drift drift;

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(run("nft flush chain inet postern in_mx1"), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), -ENOENT);
	assert_true(table_take_drift(world->table, &drift));
	assert_true(lists("chain inet postern in_mx1", "jump gate_in"));
	assert_true(table_state(world->table)->rebuild_wanted);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(run("nft flush ruleset"), 0);
	assert_int_equal(table_fill(world->table, &order, 1), -ENOENT);
	assert_true(table_take_drift(world->table, &drift));
	assert_int_equal(table_state(world->table)->gate, GATE_SHUT);
}

/* During a rebuild nobody tells what somebody else committed: once more, and
 * then with open ears, so that a busy neighbour does no harm. */
static void table_rebuilds_at_most_once_more_for_a_neighbour(void **state)
{
	struct world *world = *state;
	struct order order = order_of(world, ORDER_ADD, "203.0.113.7", HOUR_MS);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(run("nft add table inet other"), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), -ENOENT);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(run("nft add table inet more"), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), 0);
}

static void table_does_not_stay_dormant_after_a_rebuild(void **state)
{
	struct world *world = *state;

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(
		run("nft add table inet postern \"{ flags dormant; }\""), 0);
	assert_int_equal(run("nft flush set inet postern never4"), 0);
	assert_int_equal(table_end_rebuild(world->table), -ENOENT);
	assert_false(lists("table inet postern", "dormant"));
	assert_true(lists("set inet postern never4", "elements"));
}

/* Nothing helps while somebody else owns the table: not ten times a second. */
static void table_that_cannot_be_repaired_is_tried_seldom(void **state)
{
	struct world *world = *state;
	struct order order = order_of(world, ORDER_ADD, "203.0.113.7", HOUR_MS);
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
	struct world *world = *state;
	struct order order = order_of(world, ORDER_ADD, "203.0.113.7", HOUR_MS);
	struct drift drift;

	assert_int_equal(run("nft delete table inet postern"), 0);
	assert_int_equal(table_apply(world->table, &order, 1), -ENOENT);
	assert_true(table_take_drift(world->table, &drift));
	assert_string_equal(drift.name, "nft");
	assert_true(table_state(world->table)->loaded);
}

static void table_full_set_is_said_and_changes_nothing(void **state)
{
	struct world *world = *state;
	struct order orders[3];

	table_close(world->table);
	world->table = NULL;
	assert_int_equal(run("nft flush ruleset; nft add table inet postern; "
			     "nft add set inet postern ban4_32_g1 '{ type "
			     "ipv4_addr; size 2; flags timeout; }'"),
			 0);
	open_table(world);
	for (unsigned int i = 0; i < 3; i++) {
		char text[32];

		snprintf(text, sizeof(text), "203.0.113.%u", i);
		orders[i] = order_of(world, ORDER_ADD, text, HOUR_MS);
	}
	assert_int_equal(table_apply(world->table, orders, 3), -ENFILE);
	assert_int_equal(left(world, "203.0.113.0"), -1);
	assert_int_equal(table_apply(world->table, orders, 2), 0);
	assert_true(left(world, "203.0.113.1") > 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
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
		CASE(table_reload_drops_an_unfinished_rebuild),
		CASE(table_notices_flush_ruleset_and_names_the_culprit),
		CASE(table_notices_every_kind_of_foreign_change),
		CASE(table_leaves_others_in_peace),
		CASE(table_notices_a_change_during_a_rebuild),
		CASE(table_rebuilds_at_most_once_more_for_a_neighbour),
		CASE(table_does_not_stay_dormant_after_a_rebuild),
		CASE(table_that_cannot_be_repaired_is_tried_seldom),
		CASE(table_that_is_gone_is_repaired_by_the_next_order),
		CASE(table_full_set_is_said_and_changes_nothing),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
