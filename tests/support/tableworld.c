/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/tableworld.h"

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/ladder.h"
#include "nft/keep.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

int tableworld_run(const char *format, ...)
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

bool tableworld_lists(const char *what, const char *text)
{
	return tableworld_run("nft list %s 2>/dev/null | grep -qF -- '%s'",
			      what, text) == 0;
}

void tableworld_open(struct tableworld *world)
{
	char error[LOAD_ERROR_SIZE] = "";
	int err = table_open(&world->table, world->config, error);

	if (err)
		print_error("table_open: %s\n", error);
	assert_int_equal(err, 0);
}

void tableworld_reopen(struct tableworld *world)
{
	table_close(world->table);
	world->table = NULL;
	tableworld_open(world);
}

int tableworld_begin(void **state)
{
	struct tableworld *world = calloc(1, sizeof(*world));
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
	tableworld_open(world);
	return 0;
}

int tableworld_end(void **state)
{
	struct tableworld *world = *state;

	table_close(world->table);
	tableworld_run("rm -rf %s", world->config->state);
	config_free(world->config);
	free(world);
	return 0;
}

struct order tableworld_order(struct tableworld *world, enum order_kind kind,
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

void tableworld_ban(struct tableworld *world, const char *prefix,
		    uint64_t left_ms)
{
	struct order order =
		tableworld_order(world, ORDER_ADD, prefix, left_ms);

	assert_int_equal(table_apply(world->table, &order, 1), 0);
}

int64_t tableworld_left(struct tableworld *world, const char *address)
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

void tableworld_rebuild(struct tableworld *world, const char *prefix)
{
	struct order order =
		tableworld_order(world, ORDER_ADD, prefix, HOUR_MS);

	assert_int_equal(table_begin_rebuild(world->table), 0);
	assert_int_equal(table_fill(world->table, &order, 1), 0);
	assert_int_equal(table_end_rebuild(world->table), 0);
}
