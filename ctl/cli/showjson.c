/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show, as JSON: the same names as in the records.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "ctl/cli/show.h"
#include "ctl/core/clock.h"
#include "ctl/core/config.h"
#include "ctl/core/escape.h"

/* A member that means nothing here is left out. */
static void set(json_t *object, const char *key, json_t *value)
{
	if (value && !json_is_null(value))
		json_object_set_new(object, key, value);
	else
		json_decref(value);
}

json_t *show_text_json(const char *text)
{
	char utf8[ACT_REASON_SIZE * 2 + 1];
	size_t used = 0;

	if (!text[0])
		return json_null();
	/* Each byte is the code point of its number, as in the records. */
	for (; *text && used < sizeof(utf8) - 2; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x80) {
			utf8[used++] = (char)c;
		} else {
			utf8[used++] = (char)(0xc0 | c >> 6);
			utf8[used++] = (char)(0x80 | (c & 0x3f));
		}
	}
	return json_stringn(utf8, used);
}

json_t *show_prefix_json(const struct prefix *p)
{
	char text[PREFIX_TEXT_SIZE];

	if (!p->family)
		return json_null();
	return json_string(prefix_format(p, text));
}

json_t *show_time_json(uint64_t calendar_ns)
{
	char text[CLOCK_TEXT_SIZE];

	if (!calendar_ns)
		return json_null();
	return json_string(clock_format(calendar_ns, text));
}

static json_t *number(uint64_t value)
{
	return value ? json_integer((json_int_t)value) : json_null();
}

static json_t *sign_json(uint8_t sign)
{
	return sign ? json_string(sign_name((enum sign)sign)) : json_null();
}

/* 64 bits that are no quantity, as in the records. */
static json_t *hex_json(uint64_t value)
{
	char text[17];

	snprintf(text, sizeof(text), "%016llx", (unsigned long long)value);
	return json_string(text);
}

static json_t *position_json(const struct position *p)
{
	return json_pack("{s:I, s:I, s:o, s:I, s:I}", "device",
			 (json_int_t)p->device, "inode", (json_int_t)p->inode,
			 "head", hex_json(p->head_hash), "head_len",
			 (json_int_t)p->head_len, "offset",
			 (json_int_t)p->offset);
}

json_t *show_act_json(const struct act *act)
{
	json_t *o = json_object();

	set(o, "id", number(act->id));
	set(o, "time", show_time_json(act->time_ns));
	set(o, "kind", json_string(act_name((enum act_kind)act->kind)));
	set(o, "origin", json_string(origin_name((enum origin)act->origin)));
	if (act->origin == ORIGIN_POLICY)
		set(o, "mode", json_string(mode_name((enum mode)act->mode)));
	set(o, "prefix", show_prefix_json(&act->prefix));
	set(o, "term", number(act->term_s));
	set(o, "until", show_time_json(act->until_ns));
	set(o, "level", number(act->level));
	if (act->kind == ACT_BAN || act->kind == ACT_WOULD_BAN ||
	    (act->kind == ACT_REFUSED && act->scope))
		set(o, "scope",
		    json_string(scope_name((enum ban_scope)act->scope)));
	set(o, "sign", sign_json(act->sign));
	set(o, "hosts", number(act->hosts));
	set(o, "points", number(act->points));
	if (act->kind == ACT_PANIC || act->kind == ACT_RESUME)
		set(o, "gate", json_string(gate_name((enum gate)act->gate)));
	if (act->origin == ORIGIN_PERSON)
		set(o, "uid", json_integer(act->uid));
	set(o, "pid", number(act->pid));
	set(o, "name", show_text_json(act->name));
	set(o, "file", show_text_json(act->file));
	set(o, "reason", show_text_json(act->reason));
	set(o, "source", show_prefix_json(&act->source));
	set(o, "target", show_prefix_json(&act->target));
	set(o, "target_port", number(act->target_port));
	if (act->event_ns) {
		set(o, "proof",
		    json_string(proof_name((enum proof)act->proof)));
		set(o, "feed", json_integer(act->feed));
		set(o, "stream", json_integer(act->stream));
		set(o, "position", position_json(&act->position));
	}
	set(o, "event_time", show_time_json(act->event_ns));
	set(o, "gid", number(act->gid));
	set(o, "sid", number(act->sid));
	set(o, "rev", number(act->rev));
	set(o, "count", number(act->count));
	if (act->error)
		set(o, "error", json_string(strerror(act->error)));
	return o;
}

json_t *show_ban_json(const struct ban_row *ban)
{
	json_t *o = json_object();

	set(o, "prefix", show_prefix_json(&ban->prefix));
	set(o, "active", json_boolean(ban->active));
	set(o, "since", show_time_json(ban->since_ns));
	set(o, "until", show_time_json(ban->until_ns));
	set(o, "left", number(ban->left_ms / 1000));
	set(o, "term", number(ban->term_s));
	set(o, "level", json_integer(ban->level));
	set(o, "scope", json_string(scope_name((enum ban_scope)ban->scope)));
	set(o, "origin", json_string(origin_name((enum origin)ban->origin)));
	set(o, "sign", sign_json(ban->sign));
	set(o, "hosts", number(ban->hosts));
	set(o, "sid", number(ban->sid));
	if (ban->origin == ORIGIN_PERSON)
		set(o, "uid", json_integer(ban->uid));
	set(o, "reason", show_text_json(ban->reason));
	return o;
}

void show_json(json_t *value, bool indented)
{
	/* Pure ASCII: U+009B as it is would be an escape to some terminals. */
	json_dumpf(value, stdout,
		   (indented ? JSON_INDENT(2) : JSON_COMPACT) |
			   JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
	fputc('\n', stdout);
	json_decref(value);
}
