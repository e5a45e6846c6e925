/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern status: how things stand, on one screen.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/evidence.h"
#include "ctl/cli/link.h"
#include "ctl/cli/sensing.h"
#include "ctl/cli/show.h"
#include "ctl/core/clock.h"
#include "ctl/core/config.h"

#define ROWS_MAX     512
#define ALARMS_SHOWN 64

struct view {
	struct status status;
	struct program_state programs[64];
	size_t program_count;
	struct feed_state feeds[CONFIG_FEEDS_MAX];
	size_t feed_count;
	struct sensing sensors[CONFIG_SENSORS_MAX];
	size_t sensor_count;
	struct reading readings[ROWS_MAX]; /* FEED counts the feeds from 0 */
	size_t reading_count;
	struct alarm_row alarms[ALARMS_SHOWN];
	size_t alarm_count;
	struct counter counters[ROWS_MAX];
	size_t counter_count;
};

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct view *v = ctx;

	if (kind == MSG_STATUS)
		v->status = row->status;
	else if (kind == MSG_PROGRAM && v->program_count < 64)
		v->programs[v->program_count++] = row->program;
	else if (kind == MSG_SENSING && v->sensor_count < CONFIG_SENSORS_MAX)
		v->sensors[v->sensor_count++] = row->sensing;
	else if (kind == MSG_FEED && v->feed_count < CONFIG_FEEDS_MAX)
		v->feeds[v->feed_count++] = row->feed_state;
	else if (kind == MSG_READING && v->reading_count < ROWS_MAX)
		v->readings[v->reading_count++] = row->reading;
	else if (kind == MSG_ALARM && v->alarm_count < ALARMS_SHOWN)
		v->alarms[v->alarm_count++] = row->alarm;
	else if (kind == MSG_COUNTER && v->counter_count < ROWS_MAX)
		v->counters[v->counter_count++] = row->counter;
	return 0;
}

static uint64_t packets_of(const struct view *v, const char *start)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < v->counter_count; i++) {
		if (strncmp(v->counters[i].name, start, strlen(start)) == 0)
			sum += v->counters[i].packets;
	}
	return sum;
}

static void label(const char *text)
{
	printf("%s%-9s%s ", show_begin(SHOW_BOLD), text, show_end());
}

static void print_alerts(const struct view *v)
{
	const struct status *s = &v->status;
	char time[SHOW_TEXT_SIZE], safe[ACT_REASON_SIZE * 4];

	if (s->gate != GATE_OPEN)
		printf("%sPANIC: the mail gate is shut (%s) since %s: %s%s\n"
		       "       `postern resume` opens it again\n",
		       show_begin(SHOW_RED), gate_name((enum gate)s->gate),
		       show_time(time, s->panic_ns),
		       show_safe(safe, s->panic_reason), show_end());
	if (s->restoring)
		printf("%sThe bans are being brought into force.%s\n",
		       show_begin(SHOW_YELLOW), show_end());
	if (!s->kernel.loaded)
		printf("%sThe ruleset is not loaded; `postern doctor` says "
		       "more.%s\n",
		       show_begin(SHOW_RED), show_end());
	else if (v->counter_count == 0)
		printf("%spostern-nft does not answer: what the kernel does is "
		       "not known.%s\n",
		       show_begin(SHOW_RED), show_end());
	if (s->journal.error)
		printf("%sThe records cannot be written: %s%s\n",
		       show_begin(SHOW_RED), strerror(s->journal.error),
		       show_end());
	evidence_alerts(s);
	if (!s->reload.taken)
		printf("%sThe last reload was refused: %s%s\n",
		       show_begin(SHOW_RED), show_safe(safe, s->reload.text),
		       show_end());
}

static void print_alarm(const struct alarm_row *a)
{
	char text[PREFIX_TEXT_SIZE], ago[SHOW_TEXT_SIZE];
	char safe[ACT_REASON_SIZE * 4], count[SHOW_TEXT_SIZE];

	printf("%sALARM %u%s %s%s%s\n          %s times, newest %s; `postern "
	       "ack %u` when seen\n",
	       show_begin(SHOW_RED), a->number, show_end(),
	       a->prefix.family ? prefix_format(&a->prefix, text) : "",
	       a->prefix.family ? ": " : "", show_safe(safe, a->text),
	       show_count(count, a->count), show_ago(ago, a->last_ns),
	       a->number);
}

static void print_policy(const struct view *v)
{
	const struct status *s = &v->status;
	char term[CLOCK_TERM_SIZE];

	for (size_t i = 0; i < v->alarm_count; i++)
		print_alarm(&v->alarms[i]);
	if (s->unconfirmed_s)
		printf("%sThe reload is not confirmed: it undoes itself in %s; "
		       "postern reload --confirm yes%s\n",
		       show_begin(SHOW_YELLOW),
		       clock_format_term(s->unconfirmed_s, term), show_end());
	if (s->rules_expired)
		printf("%s%u of %u rules expired and match no more; `postern "
		       "rules`%s\n",
		       show_begin(SHOW_YELLOW), s->rules_expired, s->rules,
		       show_end());
}

static void print_bans(const struct view *v)
{
	const struct status *s = &v->status;
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE];

	label("bans");
	printf("%s in force", show_count(a, s->bans));
	if (s->bans_forever)
		printf(", %s%s without a term%s", show_begin(SHOW_YELLOW),
		       show_count(b, s->bans_forever), show_end());
	printf("; %s made since the start\n", show_count(a, s->bans_made));
	label("dropped");
	printf("%s packets of banned sources, ",
	       show_count(a, packets_of(v, "banned")));
	printf("%s at the gate's rules\n",
	       show_count(b, packets_of(v, "refused_") +
				     packets_of(v, "limited_") +
				     packets_of(v, "forged_") +
				     packets_of(v, "gate_")));
}

static void print_kernel(const struct view *v)
{
	const struct kernel_state *k = &v->status.kernel;

	label("kernel");
	printf("table inet postern, generation %u; ", k->generation);
	if (k->repairs)
		printf("%schanged by others and repaired %llu time%s%s\n",
		       show_begin(SHOW_YELLOW), (unsigned long long)k->repairs,
		       k->repairs == 1 ? "" : "s", show_end());
	else
		printf("nobody else has changed it\n");
}

static void print_events(const struct view *v)
{
	const struct status *s = &v->status;
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE], c[SHOW_TEXT_SIZE];

	label("events");
	printf("%s heard, %s unproven, %s of banned sources\n",
	       show_count(a, s->events), show_count(b, s->unproven),
	       show_count(c, s->already));
}

static bool is_clean(const struct reading *r)
{
	return r->error == 0 && r->behind == 0;
}

/* Readings from number FROM on that say the same as R: rotated files, which are
 * kept in sight while their writer may still have them open. */
static size_t count_like(const struct view *v, const struct reading *r,
			 size_t from, size_t to)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++) {
		const struct reading *other = &v->readings[i];

		count += is_clean(other) && other->feed == r->feed &&
			 strcmp(other->file, r->file) == 0;
	}
	return count;
}

static void print_reading(const struct view *v, size_t number)
{
	const struct reading *r = &v->readings[number];
	char file[ACT_REASON_SIZE * 4], behind[SHOW_TEXT_SIZE];
	size_t more = count_like(v, r, number + 1, v->reading_count);

	if (is_clean(r) && count_like(v, r, 0, number))
		return;
	printf("%10s%s: ", "", show_safe(file, r->file));
	if (r->error)
		printf("%s%s%s", show_begin(SHOW_RED), strerror(r->error),
		       show_end());
	else if (r->behind)
		printf("%s behind", show_bytes(behind, r->behind));
	else if (more)
		printf("read to its end, and %zu older of that name", more);
	else
		printf("read to its end");
	putchar('\n');
}

static void print_feed(const struct view *v, size_t index)
{
	const struct feed_state *f = &v->feeds[index];
	char name[ACT_REASON_SIZE * 4], bytes[SHOW_TEXT_SIZE];
	char alerts[SHOW_TEXT_SIZE];

	label("feed");
	printf("%s: %s read, %s alerts", show_safe(name, f->name),
	       show_bytes(bytes, f->bytes), show_count(alerts, f->alerts));
	if (f->bad + f->too_long + f->gaps)
		printf(", %s%llu bad lines, %llu gaps%s",
		       show_begin(SHOW_YELLOW),
		       (unsigned long long)(f->bad + f->too_long),
		       (unsigned long long)f->gaps, show_end());
	if (!f->live)
		printf(", %sdoes not answer%s", show_begin(SHOW_RED),
		       show_end());
	putchar('\n');
	for (size_t i = 0; i < v->reading_count; i++) {
		if (v->readings[i].feed == index)
			print_reading(v, i);
	}
}

static void print_records(const struct view *v)
{
	const struct journal_state *j = &v->status.journal;
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE];

	label("records");
	printf("%s acts on disk", show_count(a, j->seq));
	if (j->free_bytes)
		printf(", %s free", show_bytes(b, j->free_bytes));
	if (v->status.acts_open)
		printf(", %llu on their way",
		       (unsigned long long)v->status.acts_open);
	putchar('\n');
	evidence_line(j);
}

static void print_programs(const struct view *v)
{
	const char *separator = "";

	label("programs");
	for (size_t i = 0; i < v->program_count; i++) {
		const struct program_state *p = &v->programs[i];
		const char *name = role_name((enum role)p->role);

		printf("%s%s", separator, name + strlen("postern-"));
		if (p->life != LIFE_RUNNING)
			printf(" %sis down%s", show_begin(SHOW_RED),
			       show_end());
		else if (p->restarts)
			printf(" %s(%u restart%s)%s", show_begin(SHOW_YELLOW),
			       p->restarts, p->restarts == 1 ? "" : "s",
			       show_end());
		separator = ", ";
	}
	putchar('\n');
}

static void print_view(const struct view *v)
{
	const struct status *s = &v->status;
	char up[SHOW_TEXT_SIZE];

	print_alerts(v);
	print_policy(v);
	label("postern");
	printf(POSTERN_VERSION ", mode %s, gate %s; decider started %s\n",
	       mode_name((enum mode)s->mode), gate_name((enum gate)s->gate),
	       show_ago(up, s->since_ns));
	print_bans(v);
	print_kernel(v);
	print_events(v);
	for (size_t i = 0; i < v->feed_count; i++)
		print_feed(v, i);
	for (size_t i = 0; i < v->sensor_count; i++)
		sensing_print(&v->sensors[i]);
	print_records(v);
	print_programs(v);
}

static json_t *counters_json(const struct view *v)
{
	json_t *list = json_object();

	for (size_t i = 0; i < v->counter_count; i++)
		json_object_set_new(
			list, v->counters[i].name,
			json_pack("{s:I, s:I}", "packets",
				  (json_int_t)v->counters[i].packets, "bytes",
				  (json_int_t)v->counters[i].bytes));
	return list;
}

static json_t *readings_json(const struct view *v, size_t feed)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->reading_count; i++) {
		const struct reading *r = &v->readings[i];

		if (r->feed != feed)
			continue;
		json_array_append_new(
			list,
			json_pack("{s:o, s:I, s:I, s:o}", "file",
				  show_text_json(r->file), "offset",
				  (json_int_t)r->position.offset, "behind",
				  (json_int_t)r->behind, "error",
				  r->error ? json_string(strerror(r->error))
					   : json_null()));
	}
	return list;
}

static json_t *feeds_json(const struct view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->feed_count; i++) {
		const struct feed_state *f = &v->feeds[i];

		json_array_append_new(
			list,
			json_pack("{s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I, "
				  "s:I, s:I, s:o}",
				  "name", show_text_json(f->name), "live",
				  f->live, "bytes", (json_int_t)f->bytes,
				  "lines", (json_int_t)f->lines, "alerts",
				  (json_int_t)f->alerts, "events",
				  (json_int_t)f->events, "foreign",
				  (json_int_t)f->foreign, "bad",
				  (json_int_t)f->bad, "too_long",
				  (json_int_t)f->too_long, "gaps",
				  (json_int_t)f->gaps, "files",
				  readings_json(v, i)));
	}
	return list;
}

static json_t *sensors_json(const struct view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->sensor_count; i++)
		json_array_append_new(list, sensing_json(&v->sensors[i]));
	return list;
}

static json_t *programs_json(const struct view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->program_count; i++) {
		const struct program_state *p = &v->programs[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:i, s:b, s:i, s:i, s:o}", "name",
				  role_name((enum role)p->role), "index",
				  (int)p->index, "running",
				  p->life == LIFE_RUNNING, "pid", (int)p->pid,
				  "restarts", (int)p->restarts, "since",
				  show_time_json(p->since_ns)));
	}
	return list;
}

static json_t *alarms_json(const struct view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->alarm_count; i++) {
		const struct alarm_row *a = &v->alarms[i];

		json_array_append_new(
			list, json_pack("{s:I, s:s, s:o, s:o, s:o, s:I, s:o}",
					"number", (json_int_t)a->number, "kind",
					alarm_name((enum alarm_kind)a->kind),
					"prefix", show_prefix_json(&a->prefix),
					"first", show_time_json(a->first_ns),
					"last", show_time_json(a->last_ns),
					"count", (json_int_t)a->count, "text",
					show_text_json(a->text)));
	}
	return list;
}

static void numbers_json(json_t *o, const struct status *s)
{
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "bans", s->bans },
		{ "bans_forever", s->bans_forever },
		{ "bans_made", s->bans_made },
		{ "capacity", s->capacity },
		{ "sources", s->sources },
		{ "events", s->events },
		{ "unproven", s->unproven },
		{ "repeated", s->repeated },
		{ "already", s->already },
		{ "spared", s->spared },
		{ "pardoned", s->pardoned },
		{ "guarded", s->guarded },
		{ "held", s->held },
		{ "pardons", s->pardons },
		{ "rules", s->rules },
		{ "rules_expired", s->rules_expired },
		{ "unconfirmed", s->unconfirmed_s },
		{ "orders_open", s->orders_open },
		{ "acts_open", s->acts_open },
		{ "generation", s->kernel.generation },
		{ "commits", s->kernel.commits },
		{ "repairs", s->kernel.repairs },
		{ "repair_us", s->kernel.repair_us },
		{ "records", s->journal.seq },
		{ "records_free", s->journal.free_bytes },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(o, numbers[i].key,
				    json_integer((json_int_t)numbers[i].value));
}

static void print_json(const struct view *v)
{
	const struct status *s = &v->status;
	json_t *o = json_object();

	json_object_set_new(o, "alarms", alarms_json(v));
	json_object_set_new(o, "version", json_string(POSTERN_VERSION));
	evidence_json(o, &s->journal);
	json_object_set_new(o, "time", show_time_json(s->now_ns));
	json_object_set_new(o, "since", show_time_json(s->since_ns));
	json_object_set_new(o, "mode",
			    json_string(mode_name((enum mode)s->mode)));
	json_object_set_new(o, "gate",
			    json_string(gate_name((enum gate)s->gate)));
	json_object_set_new(o, "panic_reason",
			    s->gate != GATE_OPEN
				    ? show_text_json(s->panic_reason)
				    : json_null());
	json_object_set_new(o, "settled", json_boolean(!s->restoring));
	json_object_set_new(o, "loaded", json_boolean(s->kernel.loaded));
	json_object_set_new(o, "reload_taken", json_boolean(s->reload.taken));
	json_object_set_new(o, "configuration", show_text_json(s->reload.path));
	numbers_json(o, s);
	json_object_set_new(o, "feeds", feeds_json(v));
	json_object_set_new(o, "sensors", sensors_json(v));
	json_object_set_new(o, "programs", programs_json(v));
	json_object_set_new(o, "counters", counters_json(v));
	show_json(o, true);
}

int verb_status(struct cli *cli)
{
	static struct view v;
	const struct link_listener listener = { hear, &v };
	struct ask ask = link_request(VERB_STATUS);
	int code, words;

	code = args_read(cli, "status", NULL, NULL, 0, &words);
	if (!code)
		code = link_run(cli, &ask, &listener);
	if (code)
		return code;
	if (cli->json)
		print_json(&v);
	else
		print_view(&v);
	return 0;
}
