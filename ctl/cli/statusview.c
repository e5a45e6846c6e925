/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * statusview: as JSON.
 */
#include "ctl/cli/statusview.h"

#include <jansson.h>
#include <string.h>

#include "ctl/cli/evidence.h"
#include "ctl/cli/sensing.h"
#include "ctl/cli/show.h"

static json_t *counters_json(const struct status_view *v)
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

static json_t *readings_json(const struct status_view *v, size_t feed)
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

static json_t *feeds_json(const struct status_view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->feed_count; i++) {
		const struct feed_state *f = &v->feeds[i];

		json_array_append_new(
			list,
			json_pack("{s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:I, "
				  "s:I, s:I, s:I, s:I, s:b, s:o}",
				  "name", show_text_json(f->name), "live",
				  f->live, "bytes", (json_int_t)f->bytes,
				  "lines", (json_int_t)f->lines, "alerts",
				  (json_int_t)f->alerts, "events",
				  (json_int_t)f->events, "foreign",
				  (json_int_t)f->foreign, "bad",
				  (json_int_t)f->bad, "too_long",
				  (json_int_t)f->too_long, "gaps",
				  (json_int_t)f->gaps, "late",
				  (json_int_t)f->late, "late_by",
				  (json_int_t)f->late_s, "tardy", f->tardy,
				  "files", readings_json(v, i)));
	}
	return list;
}

static json_t *sensors_json(const struct status_view *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->sensor_count; i++)
		json_array_append_new(list, sensing_json(&v->sensors[i]));
	return list;
}

static json_t *programs_json(const struct status_view *v)
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

static json_t *alarms_json(const struct status_view *v)
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
		{ "evicted", s->evicted },
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

void statusview_json(const struct status_view *v)
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
