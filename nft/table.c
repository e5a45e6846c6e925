/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table: the one place that knows which generation is in use, which one is
 * being filled, and what state the gate is in.
 */
#include "nft/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "nft/banset.h"
#include "nft/keep.h"
#include "nft/netlink.h"
#include "nft/ruleset.h"
#include "nft/skeleton.h"
#include "nft/watch.h"

/* Pauses between attempts to load a ruleset that is refused. */
#define RETRY_FIRST_NS (1000000000ull)
#define RETRY_LAST_NS  (30 * 1000000000ull)

struct table {
	const struct config *config;
	struct netlink *nl;
	struct banset *bans;
	struct watch *watch;
	unsigned int current; /* generation in use */
	unsigned int next; /* generation being filled, or 0 */
	uint64_t digest; /* of the skeleton as we left it */
	uint32_t quiet_generation; /* the kernel's, when the watch paused */
	uint64_t quiet_commits; /* ours since then */
	uint64_t retry_ns; /* when a repair that failed is tried again */
	uint64_t pause_ns; /* between two attempts */
	uint64_t drift_ns; /* when the drift under repair was met; 0: none */
	int keep_error; /* of saving the skeleton */
	bool careful; /* the next rebuild is watched: the last was disturbed */
	bool has_drift; /* to be taken */
	struct drift drift;
	struct kernel_state state;
	char error[LOAD_ERROR_SIZE];
};

/*
 * Run a text transaction.  Its notifications come to the watch as well; the
 * generation number tells that they are ours, unless someone else committed
 * at the same moment: then a needless repair follows, which is harmless.
 */
struct own_text {
	uint32_t before;
	uint64_t ours;
};

static void text_begin(struct table *t, struct own_text *text)
{
	if (netlink_generation(t->nl, &text->before))
		text->before = 0;
}

static void text_end(struct table *t, const struct own_text *text, int err)
{
	uint32_t after;

	if (err)
		return;
	t->quiet_commits++;
	t->state.commits++;
	if (netlink_generation(t->nl, &after) == 0 && after == text->before + 1)
		watch_own(t->watch, after);
}

static void take_stock(struct table *t)
{
	struct skeleton s;

	if (skeleton_read(&s, t->nl))
		return;
	t->digest = s.digest;
	skeleton_fini(&s);
}

static int save_text(struct table *t)
{
	char *text;
	int err = ruleset_format(&text, t->config, 1);

	if (err)
		return err;
	err = keep_save(t->config->state, text);
	free(text);
	return err;
}

/* Something stands in the way that piecewise deletion does not know: a map or
 * a flowtable of somebody's making. */
static int replace(struct table *t)
{
	struct own_text text;
	int err;

	text_begin(t, &text);
	err = skeleton_replace(t->config, t->current, t->error);
	text_end(t, &text, err);
	if (!err)
		t->state.gate = GATE_SHUT;
	return err;
}

/* Make the skeleton what it should be; the bans in it are then unknown. */
static int reload(struct table *t)
{
	struct skeleton s;
	struct own_text text;
	int err;

	err = skeleton_read(&s, t->nl);
	if (err)
		return err;
	if (!s.present)
		t->state.gate = GATE_SHUT;
	t->current = s.generation ? s.generation : t->current + 1;
	text_begin(t, &text);
	err = skeleton_load(&s, t->config, t->current, (enum gate)t->state.gate,
			    t->error);
	text_end(t, &text, err);
	if (err && s.present)
		err = replace(t);
	skeleton_fini(&s);
	t->next = 0;
	t->state.loaded = !err;
	t->state.error = -err;
	t->state.generation = t->current;
	t->state.rebuild_wanted = !err;
	banset_use(t->bans, t->current, 0);
	take_stock(t);
	return err;
}

static int read_gate(struct table *t)
{
	struct skeleton s;
	int err = skeleton_read(&s, t->nl);

	if (err)
		return err;
	/* Which panic it was, the decider knows; until it says so, shut. */
	t->state.gate = s.present && !s.gate_has_rules ? GATE_OPEN : GATE_SHUT;
	skeleton_fini(&s);
	return 0;
}

/* Our ruleset cannot be loaded: where there is no table at all, the last good
 * one with a shut gate is better than an open door. */
static void shut_door(struct table *t)
{
	char ignored[LOAD_ERROR_SIZE];

	if (t->nl && keep_restore(t->config->state, t->nl, ignored) < 0)
		t->state.loaded = false;
}

int table_open(struct table **out, const struct config *config,
	       char error[LOAD_ERROR_SIZE])
{
	struct table *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->config = config;
	err = netlink_open(&t->nl, 0);
	if (!err)
		err = banset_new(&t->bans, t->nl);
	if (!err)
		err = watch_open(&t->watch, netlink_port(t->nl));
	if (!err)
		err = read_gate(t);
	if (!err)
		err = reload(t);
	/* A full disk must not keep the bans out of the kernel. */
	t->keep_error = err ? 0 : save_text(t);
	if (err) {
		snprintf(error, LOAD_ERROR_SIZE, "%s",
			 t->error[0] ? t->error : strerror(-err));
		shut_door(t);
		table_close(t);
		return err;
	}
	*out = t;
	return 0;
}

void table_close(struct table *t)
{
	if (!t)
		return;
	watch_close(t->watch);
	banset_free(t->bans);
	netlink_close(t->nl);
	free(t);
}

/* Not yet: somebody holds what we need, and asking again at once changes
 * nothing. */
static bool must_wait(const struct table *t)
{
	return !t->state.loaded && clock_monotonic_ns() < t->retry_ns;
}

static int try_repair(struct table *t)
{
	int err = reload(t);

	if (err) {
		t->pause_ns = t->pause_ns ? 2 * t->pause_ns : RETRY_FIRST_NS;
		if (t->pause_ns > RETRY_LAST_NS)
			t->pause_ns = RETRY_LAST_NS;
		t->retry_ns = clock_monotonic_ns() + t->pause_ns;
		return err;
	}
	t->pause_ns = 0;
	t->state.repairs++;
	return 0;
}

static void begin_repair(struct table *t, const struct drift *drift)
{
	if (must_wait(t))
		return;
	/* Of an outage the first culprit is told, not each of our attempts. */
	if (t->state.loaded) {
		t->drift = *drift;
		t->has_drift = true;
	}
	if (t->drift_ns == 0)
		t->drift_ns = clock_monotonic_ns();
	watch_pause(t->watch, false);
	if (try_repair(t))
		t->next = 0;
}

double table_retry_s(const struct table *t)
{
	uint64_t now_ns = clock_monotonic_ns();

	if (t->state.loaded)
		return 0.;
	return t->retry_ns > now_ns ? (double)(t->retry_ns - now_ns) / 1e9
				    : 0.001;
}

int table_retry(struct table *t)
{
	return t->state.loaded ? 0 : try_repair(t);
}

/* Our sets are gone, and the watch has not told us yet, or was paused. */
static void repair_unseen(struct table *t)
{
	static const struct drift unknown = { .name = "?", .table_gone = true };
	struct drift drift;

	if (watch_read(t->watch, &drift) == 1)
		begin_repair(t, &drift);
	else
		begin_repair(t, &unknown);
}

static int committed(struct table *t, int err)
{
	if (!err) {
		t->quiet_commits++;
		t->state.commits++;
	}
	if (err == -ENOENT)
		repair_unseen(t);
	return err;
}

int table_apply(struct table *t, const struct order *orders, size_t count)
{
	return committed(t, banset_apply(t->bans, orders, count));
}

int table_cut(struct table *t, const struct cut *cut)
{
	return committed(t, banset_cut(t->bans, cut));
}

int table_fill(struct table *t, const struct order *orders, size_t count)
{
	if (t->next == 0)
		return 0; /* of a rebuild that a repair has overtaken */
	return committed(t, banset_fill(t->bans, orders, count));
}

bool table_is_rebuilding(const struct table *t)
{
	return t->next != 0;
}

/* The sets of a rebuild that was begun, and is begun again. */
static void drop_unfinished(struct table *t)
{
	if (t->next == 0)
		return;
	t->next = 0;
	if (try_repair(t) == 0)
		t->state.repairs--; /* it was no repair */
}

int table_begin_rebuild(struct table *t)
{
	struct own_text text;
	int err;

	drop_unfinished(t);
	text_begin(t, &text);
	err = skeleton_make_sets(t->current + 1, t->error);
	text_end(t, &text, err);
	if (err) {
		repair_unseen(t);
		return err;
	}
	t->next = t->current + 1;
	t->state.rebuild_wanted = false;
	banset_use(t->bans, t->current, t->next);
	if (!t->careful)
		watch_pause(t->watch, true);
	t->quiet_commits = 0;
	return netlink_generation(t->nl, &t->quiet_generation);
}

/* Did someone commit anything while the watch was paused?  What it was, nobody
 * can tell: elements have no digest. */
static bool was_disturbed(struct table *t)
{
	uint32_t now;

	return netlink_generation(t->nl, &now) ||
	       now - t->quiet_generation != (uint32_t)t->quiet_commits;
}

int table_end_rebuild(struct table *t)
{
	struct own_text text;
	int err;

	if (t->next == 0)
		return -ENOENT;
	text_begin(t, &text);
	err = skeleton_swap_sets(t->current, t->next, t->error);
	text_end(t, &text, err);
	if (!t->careful)
		watch_pause(t->watch, false);
	if (err || (!t->careful && was_disturbed(t))) {
		t->careful = !err;
		repair_unseen(t);
		return err ? err : -ENOENT;
	}
	t->careful = false;
	t->current = t->next;
	t->next = 0;
	t->state.generation = t->current;
	banset_use(t->bans, t->current, 0);
	if (t->drift_ns && t->state.gate != GATE_SHUT) {
		t->state.repair_us =
			(clock_monotonic_ns() - t->drift_ns) / 1000;
		t->drift_ns = 0;
	}
	return 0;
}

int table_set_gate(struct table *t, enum gate gate)
{
	struct own_text text;
	int err;

	if (t->state.gate == gate)
		return 0;
	text_begin(t, &text);
	err = skeleton_set_gate(gate, t->error);
	text_end(t, &text, err);
	if (err) {
		repair_unseen(t);
		return err;
	}
	t->state.gate = (uint8_t)gate;
	take_stock(t);
	if (t->drift_ns) {
		t->state.repair_us =
			(clock_monotonic_ns() - t->drift_ns) / 1000;
		t->drift_ns = 0;
	}
	return 0;
}

int table_trace(struct table *t, const struct prefix *p)
{
	struct own_text text;
	int err;

	text_begin(t, &text);
	err = skeleton_trace(p, t->error);
	text_end(t, &text, err);
	if (err)
		repair_unseen(t);
	else
		take_stock(t);
	return err;
}

int table_lookup(struct table *t, const struct prefix *address,
		 struct found *out)
{
	return banset_lookup(t->bans, address, out);
}

int table_watch_fd(const struct table *t)
{
	return watch_fd(t->watch);
}

int table_check(struct table *t, struct drift *out)
{
	struct drift more;
	int got = watch_read(t->watch, out);

	if (got == 0)
		return 0;
	/* One repair for all that happened; the first one is named. */
	while (got == 1 && watch_read(t->watch, &more) == 1)
		out->table_gone |= more.table_gone;
	if (got < 0)
		*out = (struct drift){ .name = "?" };
	begin_repair(t, out);
	t->has_drift = false;
	return 1;
}

bool table_take_drift(struct table *t, struct drift *out)
{
	bool taken = t->has_drift;

	if (taken)
		*out = t->drift;
	t->has_drift = false;
	return taken;
}

const struct kernel_state *table_state(const struct table *t)
{
	return &t->state;
}

const char *table_error(const struct table *t)
{
	return t->error;
}

struct netlink *table_netlink(struct table *t)
{
	return t->nl;
}

int table_keep_error(const struct table *t)
{
	return t->keep_error;
}

void table_keep(struct table *t)
{
	t->keep_error = save_text(t);
}
