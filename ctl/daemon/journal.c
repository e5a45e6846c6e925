/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: a ring of acts that are not on disk yet, and the checkpoint's walk.
 */
#include "ctl/daemon/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/judge.h"
#include "ctl/daemon/streams.h"

/* A checkpoint is due after so many acts, and a quarter of the bans: reading
 * back then costs little more than the checkpoint itself. */
#define ACTS_PER_CHECKPOINT 50000u
/* ... or, when nothing was decided for a while, after much fewer. */
#define ACTS_PER_QUIET_CHECKPOINT 1000u
#define QUIET_MS		  30000u
#define ENTRIES_PER_TURN	  1024u

/* What is not a machine's decision is taken beyond JOURNAL_OPEN_MAX. */
#define RING_SIZE (JOURNAL_OPEN_MAX * 2)
/* Acts of our first moments, before their numbers are known: a configuration
 * that is told to the records, and what becomes of programs. */
#define EARLY_MAX 2048u

struct journal {
	struct wire *records;
	const struct judge *judge;
	const struct streams *streams;
	uint64_t boot;
	bool ready; /* postern-records has read back, and listens */
	bool known; /* ids go on from what is on disk */
	uint64_t last_id; /* of the newest act */
	uint64_t kept_id;
	struct act *ring; /* by id modulo RING_SIZE */
	struct act *early; /* NULL: there is none; owned */
	unsigned int early_count;
	unsigned int early_room;
	uint64_t acts; /* since the newest checkpoint */
	uint64_t decided_ms; /* when the newest of them was, but positions */
	uint64_t lost; /* acts for which there was no room */
	bool running; /* a checkpoint is under way */
	uint8_t scope; /* whose table is walked over */
	uint32_t walk;
	uint64_t rows; /* of it */
	uint64_t base_ns; /* its calendar and monotonic time */
	uint64_t base_ms;
	struct act gate;
	void (*say_rest)(void *ctx);
	void *ctx;
};

struct journal *journal_new(struct wire *records, const struct judge *judge,
			    const struct streams *streams)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->records = records;
	j->judge = judge;
	j->streams = streams;
	/* Without a boot number, terms are converted by calendar time. */
	if (clock_boot(&j->boot))
		j->boot = 0;
	j->ring = calloc(RING_SIZE, sizeof(*j->ring));
	if (!j->ring) {
		free(j);
		return NULL;
	}
	return j;
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	free(j->early);
	free(j->ring);
	free(j);
}

void journal_use(struct journal *j, struct wire *records)
{
	j->records = records;
	journal_hello(j);
}

bool journal_is_full(const struct journal *j)
{
	return !j->known || j->last_id - j->kept_id >= JOURNAL_OPEN_MAX;
}

bool journal_has_room(const struct journal *j)
{
	return j->known && j->last_id - j->kept_id < RING_SIZE;
}

/* Tell of what was lost as soon as there is room again. */
static void write_lost(struct journal *j)
{
	struct act act = {
		.kind = ACT_GAP,
		.origin = ORIGIN_SYSTEM,
		.name = "journal",
		.reason = "acts lost while nothing could be written",
		.count = j->lost,
	};

	j->lost = 0;
	journal_write(j, &act);
}

static uint64_t write_numbered(struct journal *j, struct act *act)
{
	act->id = ++j->last_id;
	j->ring[act->id % RING_SIZE] = *act;
	j->acts++;
	if (act->kind != ACT_POSITION && act->kind != ACT_READ)
		j->decided_ms = act->monotonic_ns / CLOCK_NS_PER_MS;
	if (j->ready)
		wire_put(j->records, MSG_ACT, act);
	return act->id;
}

static bool put_early(struct journal *j, const struct act *act)
{
	unsigned int room = j->early_room ? j->early_room * 2 : 32;
	struct act *early = j->early;

	if (j->early_count == EARLY_MAX)
		return false;
	if (j->early_count == j->early_room) {
		early = reallocarray(early, room, sizeof(*early));
		if (!early)
			return false;
		j->early = early;
		j->early_room = room;
	}
	early[j->early_count++] = *act;
	return true;
}

uint64_t journal_write(struct journal *j, struct act *act)
{
	act->time_ns = clock_calendar_ns();
	act->monotonic_ns = clock_monotonic_ns();
	act->boot = j->boot;
	if (act->origin != ORIGIN_PERSON) {
		act->uid = UINT32_MAX;
		act->login_uid = UINT32_MAX;
	}
	if (!j->known && put_early(j, act))
		return 0;
	if (!journal_has_room(j)) {
		j->lost++;
		return 0;
	}
	if (j->lost && !journal_is_full(j))
		write_lost(j);
	return write_numbered(j, act);
}

void journal_hello(struct journal *j)
{
	j->ready = false;
	/* Its rows are lost with the old life: once more, from the start. */
	if (j->running)
		j->acts = UINT32_MAX;
	j->running = false;
}

/* What was kept is not there any more: somebody else's folder, an old copy.
 * The newest of these numbers tells it, and the state is written anew. */
static void tell_vanished(struct journal *j, uint64_t last_id)
{
	struct act act = {
		.id = j->kept_id,
		.kind = ACT_GAP,
		.origin = ORIGIN_SYSTEM,
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
		.time_ns = clock_calendar_ns(),
		.monotonic_ns = clock_monotonic_ns(),
		.boot = j->boot,
		.name = "journal",
		.reason = "acts that were on disk are not there any more",
		.count = j->kept_id - last_id,
	};

	wire_put(j->records, MSG_ACT, &act);
	j->acts = UINT32_MAX;
}

void journal_restored(struct journal *j, uint64_t last_id, uint64_t replayed)
{
	if (!j->known) {
		j->known = true;
		j->last_id = last_id;
		j->kept_id = last_id;
		j->acts = replayed;
		j->decided_ms = clock_monotonic_ns() / CLOCK_NS_PER_MS;
	}
	/* What it accepted need not be on disk: it says that by itself. */
	j->ready = true;
	if (last_id < j->kept_id)
		tell_vanished(j, last_id);
	for (uint64_t id = j->kept_id + 1; id <= j->last_id; id++)
		wire_put(j->records, MSG_ACT, &j->ring[id % RING_SIZE]);
	for (unsigned int i = 0; i < j->early_count; i++)
		write_numbered(j, &j->early[i]);
	free(j->early);
	j->early = NULL;
	j->early_count = 0;
	j->early_room = 0;
}

void journal_kept(struct journal *j, uint64_t id)
{
	if (id > j->kept_id && id <= j->last_id)
		j->kept_id = id;
}

void journal_set_gate(struct journal *j, const struct act *act)
{
	j->gate = *act;
}

static void begin_checkpoint(struct journal *j)
{
	struct act act = j->gate;

	act.kind = ACT_CHECKPOINT;
	act.origin = ORIGIN_SYSTEM;
	act.event_ns = j->gate.time_ns; /* since when the gate is so */
	journal_write(j, &act);
	j->base_ns = act.time_ns;
	j->base_ms = act.monotonic_ns / CLOCK_NS_PER_MS;
	j->running = true;
	j->scope = 0;
	j->walk = 0;
	j->rows = 0;
	j->acts = 0;
	if (j->say_rest)
		j->say_rest(j->ctx);
}

void journal_save_positions(struct journal *j)
{
	const struct stream *stream;
	uint32_t at = 0;

	while ((stream = streams_walk(j->streams, NULL, &at))) {
		struct act act = {
			.kind = ACT_POSITION,
			.origin = ORIGIN_SYSTEM,
			.position = stream->file.position,
		};

		snprintf(act.name, sizeof(act.name), "%s", stream->feed);
		snprintf(act.file, sizeof(act.file), "%s", stream->file.file);
		journal_write(j, &act);
	}
}

static void end_checkpoint(struct journal *j)
{
	struct act act = {
		.kind = ACT_CHECKPOINTED,
		.origin = ORIGIN_SYSTEM,
		.count = j->rows,
	};

	journal_save_positions(j);
	journal_write(j, &act);
	j->running = false;
}

/* Terms are told by the calendar, counted from the checkpoint's own times.
 * A part of a ms is one: it would be lost anew with each life. */
static uint64_t calendar_ms(const struct journal *j, uint64_t until_ms)
{
	uint64_t base_ms = (j->base_ns + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS;

	if (until_ms == 0)
		return 0;
	if (until_ms + base_ms <= j->base_ms)
		return 1;
	return base_ms + until_ms - j->base_ms;
}

static void save_ban(struct journal *j, const struct ban *ban)
{
	struct saved_ban row = bans_saved(judge_bans(j->judge, j->scope), ban);

	row.scope = j->scope;
	row.until_ms = calendar_ms(j, ban->until_ms);
	wire_put(j->records, MSG_SAVE, &row);
	j->rows++;
}

uint64_t journal_due_ms(const struct journal *j)
{
	uint64_t bans = (uint64_t)bans_count_all(j->judge->bans) +
			bans_count_all(j->judge->mail);

	if (!j->ready || j->running)
		return 0;
	if (j->acts >= ACTS_PER_CHECKPOINT + bans / 4)
		return 1;
	if (j->acts >= ACTS_PER_QUIET_CHECKPOINT + bans / 64)
		return j->decided_ms + QUIET_MS;
	return 0;
}

bool journal_pump(struct journal *j, uint64_t now_ms, bool is_writable)
{
	uint64_t due_ms = journal_due_ms(j);

	if (!j->ready)
		return false;
	if (due_ms && due_ms <= now_ms && is_writable && !journal_is_full(j))
		begin_checkpoint(j);
	for (uint32_t n = 0; j->running && n < ENTRIES_PER_TURN; n++) {
		const struct ban *ban;

		if (!wire_is_clear(j->records))
			return false;
		ban = bans_walk(judge_bans(j->judge, j->scope), &j->walk);
		j->walk *= ban != NULL;
		if (ban)
			save_ban(j, ban);
		else if (++j->scope == SCOPE_COUNT)
			end_checkpoint(j);
	}
	return j->running;
}

void journal_set_rest(struct journal *j, void (*say)(void *ctx), void *ctx)
{
	j->say_rest = say;
	j->ctx = ctx;
}

uint64_t journal_last_id(const struct journal *j)
{
	return j->last_id;
}

uint64_t journal_kept_id(const struct journal *j)
{
	return j->kept_id;
}
