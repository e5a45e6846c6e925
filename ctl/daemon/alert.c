/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alert: one sentence, three ways.
 */
#include "ctl/daemon/alert.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/journal.h"

static struct act act_of(const struct alarm_row *row)
{
	struct act act = {
		.kind = ACT_ALARM,
		.origin = ORIGIN_SYSTEM,
		.prefix = row->prefix,
		.event_ns = row->first_ns,
		.count = row->number,
		.points = row->count < UINT32_MAX ? (uint32_t)row->count
						  : UINT32_MAX,
	};

	snprintf(act.name, sizeof(act.name), "%s",
		 alarm_name((enum alarm_kind)row->kind));
	snprintf(act.reason, sizeof(act.reason), "%s", row->text);
	return act;
}

static void record(struct daemon *d, const struct alarm_row *row)
{
	struct act act = act_of(row);

	acts_record(d, &act);
}

/* Not said anew: its pause goes on, and who watches is not told. */
static void take_down(struct daemon *d, unsigned int place)
{
	struct act act = act_of(&d->alarms.rows[place]);

	act.since_ns = d->alarms.said_ns[place];
	act.until_ns = d->alarms.rows[place].last_ns;
	if (journal_write(d->journal, &act))
		d->alarms.on_record[place] = d->alarms.rows[place].count;
}

bool alert_raise(struct daemon *d, enum alarm_kind kind, const struct prefix *p,
		 const char *format, ...)
{
	static const struct prefix nobody;
	char text[ACT_REASON_SIZE], about[PREFIX_TEXT_SIZE] = "";
	const struct alarm_row *row;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	row = alarms_raise(&d->alarms, kind, p ? p : &nobody, text,
			   clock_calendar_ns(), d->config->alarms.repeat_s);
	if (!row)
		return false;
	if (p)
		prefix_format(p, about);
	log_warning("alarm %u: %s%s%s (%llu times)", row->number, about,
		    p ? ": " : "", text, (unsigned long long)row->count);
	record(d, row);
	if (d->config->alarms.command[0])
		wire_put(d->alarm, MSG_ALARM, row);
	return true;
}

/* What a server of ours does: nobody is banned for it, but somebody has to
 * look. */
static const char *const own_signs[SIGN_COUNT] = {
	[SIGN_RELAY_ACCEPTED] = "accepts mail from strangers to strangers",
	[SIGN_SMUGGLING] = "took a smuggled mail",
	[SIGN_USER_DISCLOSED] = "tells strangers which users there are",
	[SIGN_STARTTLS_STRIPPED] = "offers no encryption any more",
	[SIGN_CLEARTEXT_LOGIN] = "takes passwords in clear text",
	[SIGN_DEFAULT_ACCOUNT] = "let in an account that systems come with",
	[SIGN_WEAK_BANNER] = "tells its version to everybody",
	[SIGN_WEAK_TLS] = "agrees to TLS that is too old",
	[SIGN_STORAGE_LOW] = "has no storage left",
	[SIGN_SERVER_SILENT] = "does not answer",
	[SIGN_INTERNAL_LEAK] = "sends internal mail outside",
	[SIGN_FOREIGN_SENDER] = "sends under a name that is not ours",
	[SIGN_UNDECLARED_SENDER] = "sends mail and is no mail server",
	[SIGN_OUTBOUND_SPIKE] = "sends more than it should",
};

void alert_event(struct daemon *d, const struct event *event)
{
	const char *what = own_signs[event->sign];

	if (!what || event->proof == PROOF_NONE)
		return;
	/* Somebody's attempt is his; that it worked is the server's. */
	if (event->sign == SIGN_SMUGGLING &&
	    (event->culprit != CULPRIT_NONE || event->severity > 1))
		return;
	alert_raise(d, ALARM_SIGN, &event->target, "%s: %s%s %s",
		    sign_name((enum sign)event->sign),
		    event->server == EVENT_SERVER_NONE ? "a host inside"
						       : "server ",
		    config_server_name(d->config, event->server), what);
}

void alert_replay(struct daemon *d, const struct act *act)
{
	struct alarm_row row = alarms_row_of(act);

	if (act->kind == ACT_ACK) {
		alarms_ack(&d->alarms, (uint32_t)act->count);
		return;
	}
	if (row.kind == ALARM_KINDS)
		return; /* of a later version */
	alarms_restore(&d->alarms, &row, alarms_said_ns(act));
}

void alert_restate(struct daemon *d)
{
	for (unsigned int i = 0; i < d->alarms.count; i++) {
		if (!d->alarms.rows[i].acked)
			take_down(d, i);
	}
}

void alert_keep(struct daemon *d)
{
	for (unsigned int i = 0; i < d->alarms.count; i++) {
		if (alarms_is_ahead(&d->alarms, i))
			take_down(d, i);
	}
}
