/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report: reads everywhere, changes nothing.
 */
#include "ctl/daemon/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/rule.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/client.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/journal.h"
#include "ctl/daemon/mercy.h"
#include "ctl/daemon/tracker.h"

/* A feed that is so far behind its file is said to lag. */
#define LAG_BYTES (16u << 20)
/* Less room than this for the records is said. */
#define LOW_BYTES (512ull << 20)

static struct feed_state sum_up(const struct feeder *f, const char *name)
{
	struct feed_state state = {
		.live = f->live,
		.late = f->late.count,
		.late_s = f->late.late_s,
		.tardy = late_is_tardy(&f->late),
	};

	snprintf(state.name, sizeof(state.name), "%s", name);
	for (size_t s = 0; s <= DAEMON_READINGS_MAX; s++) {
		const struct reading *r =
			s < DAEMON_READINGS_MAX ? &f->readings[s] : &f->past;

		state.bytes += r->bytes;
		state.lines += r->lines;
		state.alerts += r->alerts;
		state.events += r->events;
		state.foreign += r->foreign;
		state.bad += r->bad;
		state.too_long += r->too_long;
		state.gaps += r->gaps;
	}
	return state;
}

static void send_feeds(struct client *client)
{
	const struct daemon *d = client->daemon;

	for (uint8_t i = 0; i < d->config->feed_count; i++) {
		const struct feeder *f = &d->feeders[i];
		struct feed_state state = sum_up(f, d->config->feeds[i].name);

		wire_put(client->wire, MSG_FEED, &state);
		for (size_t s = 0; s < DAEMON_READINGS_MAX; s++) {
			if (f->readings[s].file[0])
				wire_put(client->wire, MSG_READING,
					 &f->readings[s]);
		}
	}
}

static void send_sensors(struct client *client)
{
	const struct daemon *d = client->daemon;

	for (uint8_t i = 0; i < d->config->sensor_count; i++) {
		const struct sensor *sensor = &d->config->sensors[i];
		const struct feeder *f = &d->feeders[CONFIG_SENSOR_FEED(i)];
		struct sensing row = f->sensing;

		row.feed = CONFIG_SENSOR_FEED(i);
		row.live = f->live;
		snprintf(row.name, sizeof(row.name), "%s", sensor->name);
		snprintf(row.interface, sizeof(row.interface), "%s",
			 sensor->interface);
		wire_put(client->wire, MSG_SENSING, &row);
	}
}

static uint16_t count_expired(const struct config *config)
{
	uint64_t now_ns = clock_calendar_ns();
	uint16_t count = 0;

	for (uint16_t i = 0; i < config->policy.rule_count; i++)
		count += rule_is_expired(&config->policy.rules[i], now_ns);
	return count;
}

/* It is being started anew: what it has done so far does not count. */
static bool is_nft_ending(const struct daemon *d)
{
	for (unsigned int i = 0; i < d->program_count; i++) {
		if (d->programs[i].role == ROLE_NFT)
			return d->programs[i].life != LIFE_RUNNING;
	}
	return false;
}

void report_status(struct client *client)
{
	const struct daemon *d = client->daemon;
	struct status status = {
		.now_ns = clock_calendar_ns(),
		.since_ns = d->since_ns,
		.config_id = d->reload.config_id,
		.mode = d->config->policy.mode,
		.gate = d->gate.gate,
		.restoring = !enforce_is_settled(d->enforce) ||
			     is_nft_ending(d),
		.bans = bans_count(d->judge.bans) + bans_count(d->judge.mail),
		.bans_forever = bans_count_forever(d->judge.bans) +
				bans_count_forever(d->judge.mail),
		.capacity = d->config->capacity,
		.sources = tracker_count(d->judge.tracker),
		.evicted = tracker_evicted(d->judge.tracker),
		.events = d->judge.tally.events,
		.unproven = d->judge.tally.unproven,
		.repeated = d->judge.tally.repeated,
		.already = d->judge.tally.already,
		.spared = d->judge.tally.spared,
		.bans_made = d->judge.tally.bans_made,
		.pardoned = d->judge.tally.pardoned,
		.guarded = d->judge.tally.guarded,
		.held = d->judge.capping.held,
		.pardons = bans_count(d->judge.pardons),
		.alarms = alarms_open(&d->alarms),
		.rules = d->config->policy.rule_count,
		.rules_expired = count_expired(d->config),
		.unconfirmed_s = d->reload.unconfirmed_s,
		.orders_open =
			enforce_seq(d->enforce) - enforce_done_seq(d->enforce),
		.acts_open = journal_last_id(d->journal) -
			     journal_kept_id(d->journal),
		.kernel = d->kernel,
		.journal = d->journal_state,
		.reload = d->reload,
		.panic_ns = d->gate.time_ns,
	};

	status.journal.seq = journal_kept_id(d->journal);
	snprintf(status.panic_reason, sizeof(status.panic_reason), "%s",
		 d->gate.reason);
	wire_put(client->wire, MSG_STATUS, &status);
	mercy_send_alarms(client);
	for (unsigned int i = 0; i < d->program_count; i++)
		wire_put(client->wire, MSG_PROGRAM, &d->programs[i]);
	send_feeds(client);
	send_sensors(client);
}

__attribute__((format(printf, 4, 5))) static void
say(struct client *client, enum probe_verdict verdict, const char *name,
    const char *format, ...)
{
	struct probe probe = { .verdict = (uint8_t)verdict };
	va_list args;

	snprintf(probe.name, sizeof(probe.name), "%s", name);
	va_start(args, format);
	vsnprintf(probe.detail, sizeof(probe.detail), format, args);
	va_end(args);
	wire_put(client->wire, MSG_PROBE, &probe);
}

static void probe_reading(struct client *client, const char *feed,
			  const struct reading *r)
{
	if (r->error)
		say(client, PROBE_BAD, "feed",
		    "%s cannot read %s: %s; see postern.conf(5), feed", feed,
		    r->file, strerror(r->error));
	else if (r->behind > LAG_BYTES)
		say(client, PROBE_WARN, "feed",
		    "%s is %llu MB behind the end of %s", feed,
		    (unsigned long long)(r->behind >> 20), r->file);
	else
		say(client, PROBE_GOOD, "feed", "%s reads %s", feed, r->file);
}

static void probe_losses(struct client *client, const struct feed_state *state)
{
	if (state->bad || state->too_long)
		say(client, PROBE_WARN, "feed",
		    "%s had %llu lines that were no JSON, %llu too long",
		    state->name, (unsigned long long)state->bad,
		    (unsigned long long)state->too_long);
	if (state->gaps)
		say(client, PROBE_WARN, "feed",
		    "%s lost something %llu times; see `postern watch` and "
		    "the records",
		    state->name, (unsigned long long)state->gaps);
}

static void probe_feed(struct client *client, const struct feed *feed,
		       const struct feeder *f)
{
	struct feed_state state = sum_up(f, feed->name);
	char age[CLOCK_TERM_SIZE];
	bool reads = false;

	for (size_t s = 0; s < DAEMON_READINGS_MAX; s++) {
		if (!f->readings[s].file[0])
			continue;
		probe_reading(client, feed->name, &f->readings[s]);
		reads = true;
	}
	probe_losses(client, &state);
	if (state.tardy)
		say(client, PROBE_WARN, "feed",
		    "%s reports %s late: its alerts count less, or nothing; "
		    "check the clock of its machine, and whether it writes "
		    "at once",
		    feed->name, clock_format_term(state.late_s, age));
	if (!f->live)
		say(client, PROBE_BAD, "feed",
		    "%s does not answer; see the journal of postern-feed",
		    feed->name);
	else if (!reads)
		say(client, PROBE_WARN, "feed",
		    "%s has nothing to read yet: does %s exist?", feed->name,
		    feed->path);
}

static void probe_scanner(struct client *client, const struct sensor *sensor,
			  const struct sensing *s)
{
	const char *path = client->daemon->config->mail.scanner;

	if (s->scan_error == ENOTCONN)
		say(client, PROBE_BAD, "scanner",
		    "postern-scan of %s does not answer; see its journal",
		    sensor->name);
	else if (s->scan_error)
		say(client, PROBE_BAD, "scanner",
		    "%s cannot be reached: %s; files are not looked into: "
		    "does clamd run?",
		    path, strerror(s->scan_error));
	else
		say(client, PROBE_GOOD, "scanner",
		    "files of %s are shown to %s", sensor->name, path);
}

/* What it does not see is a hole in the guard, and nobody else would tell. */
static void probe_sensor(struct client *client, const struct sensor *sensor,
			 const struct feeder *f)
{
	const struct sensing *s = &f->sensing;

	if (!f->live)
		say(client, PROBE_BAD, "sensor",
		    "%s does not answer; see the journal of postern-sensor",
		    sensor->name);
	else if (s->error)
		say(client, PROBE_BAD, "sensor", "%s cannot capture on %s: %s",
		    sensor->name, sensor->interface, strerror(s->error));
	else
		say(client, PROBE_GOOD, "sensor", "%s captures on %s",
		    sensor->name, sensor->interface);
	if (f->live && s->scans)
		probe_scanner(client, sensor, s);
	if (s->dropped)
		say(client, PROBE_WARN, "sensor",
		    "%s: the kernel dropped %llu of its frames; give it a "
		    "larger ring, see postern.conf(5)",
		    sensor->name, (unsigned long long)s->dropped);
	if (s->onesided > s->handshakes / 100)
		say(client, PROBE_WARN, "sensor",
		    "%s sees only one side of %llu connections: is all traffic "
		    "mirrored, both ways?",
		    sensor->name, (unsigned long long)s->onesided);
}

static void probe_feeds(struct client *client)
{
	const struct daemon *d = client->daemon;

	for (uint8_t i = 0; i < d->config->sensor_count; i++)
		probe_sensor(client, &d->config->sensors[i],
			     &d->feeders[CONFIG_SENSOR_FEED(i)]);

	for (uint8_t i = 0; i < d->config->feed_count; i++)
		probe_feed(client, &d->config->feeds[i], &d->feeders[i]);
}

static void probe_records(struct client *client)
{
	const struct daemon *d = client->daemon;
	const struct journal_state *state = &d->journal_state;
	uint64_t kept = journal_kept_id(d->journal);
	uint64_t last = journal_last_id(d->journal);

	if (kept < last)
		say(client, PROBE_WARN, "records",
		    "written up to number %llu, %llu more wait for it",
		    (unsigned long long)kept,
		    (unsigned long long)(last - kept));
	if (!d->records_live)
		say(client, PROBE_BAD, "records",
		    "postern-records does not answer; see its journal");
	else if (state->error)
		say(client, PROBE_BAD, "records", "cannot be written: %s",
		    strerror(state->error));
	else if (state->free_bytes && state->free_bytes < LOW_BYTES)
		say(client, PROBE_WARN, "records",
		    "only %llu MB are free for them",
		    (unsigned long long)(state->free_bytes >> 20));
	else if (kept == last)
		say(client, PROBE_GOOD, "records", "written up to number %llu",
		    (unsigned long long)kept);
	if (state->unprotected)
		say(client, PROBE_WARN, "records",
		    "their files are not append-only: %s; see "
		    "postern-records(8)",
		    strerror(state->unprotected));
	else if (d->records_live)
		say(client, PROBE_GOOD, "records",
		    "the kernel lets their files be appended to alone");
}

static void probe_programs(struct client *client)
{
	const struct daemon *d = client->daemon;
	unsigned int restarts = 0;

	for (unsigned int i = 0; i < d->program_count; i++) {
		const struct program_state *p = &d->programs[i];

		restarts += p->restarts;
		if (p->life != LIFE_RUNNING)
			say(client, PROBE_BAD, "programs",
			    "%s is not running; see its journal",
			    role_name((enum role)p->role));
		else if (p->restarts)
			say(client, PROBE_WARN, "programs",
			    "%s was started again %u time%s",
			    role_name((enum role)p->role), p->restarts,
			    p->restarts == 1 ? "" : "s");
	}
	if (!restarts)
		say(client, PROBE_GOOD, "programs",
		    "all run since they were started");
}

void report_probes(struct client *client)
{
	const struct daemon *d = client->daemon;

	if (!d->nft_live || client->unheard)
		say(client, PROBE_BAD, "ruleset",
		    "postern-nft does not answer; bans that are in the "
		    "kernel stay in force");
	probe_feeds(client);
	probe_records(client);
	probe_programs(client);
	if (d->config->policy.mode != MODE_ENFORCE)
		say(client, PROBE_WARN, "mode",
		    "policy { mode = \"%s\" }: nobody is banned by it",
		    mode_name((enum mode)d->config->policy.mode));
}

struct ban_row report_row(const struct bans *table, uint8_t scope,
			  const struct ban *ban)
{
	uint64_t now_ms = daemon_now_ms();
	struct ban_row row = bans_row(table, ban);

	row.scope = scope;
	if (ban->until_ms > now_ms) {
		row.left_ms = ban->until_ms - now_ms;
		row.until_ns =
			clock_calendar_ns() + row.left_ms * CLOCK_NS_PER_MS;
	}
	return row;
}

void report_ban(struct client *client, uint8_t scope, const struct ban *ban)
{
	const struct bans *table = judge_bans(&client->daemon->judge, scope);
	const struct ban_row row = report_row(table, scope, ban);

	wire_put(client->wire, MSG_BAN, &row);
}

void report_pardon(struct client *client, const struct ban *pardon)
{
	const struct bans *table = client->daemon->judge.pardons;
	const struct ban_row row = report_row(table, SCOPE_ALL, pardon);

	wire_put(client->wire, MSG_BAN, &row);
}
