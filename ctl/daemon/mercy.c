/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mercy: pardons, rules, alarms, at the control socket.
 */
#include "ctl/daemon/mercy.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/ladder.h"
#include "ctl/core/rule.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/journal.h"
#include "ctl/daemon/report.h"
#include "ctl/daemon/verbs.h"

int mercy_pardon(struct client *client, const struct act *after,
		 uint64_t term_s)
{
	struct act act = *after;
	struct ladder_cover cover;

	if (ladder_cover(&cover, &act.prefix)) {
		client_answer(client, ANSWER_REFUSED,
			      "a /%u would need too many elements of a set",
			      act.prefix.length);
		return -E2BIG;
	}
	act.term_s = (uint32_t)term_s;
	act.count = 0;
	if (acts_pardon(client->daemon, &act)) {
		client_answer(client, ANSWER_FAILED,
			      "there are %u pardons already; take some back",
			      JUDGE_PARDONS_MAX);
		return -ENOSPC;
	}
	client->answer.count++;
	client->act_id = act.id;
	return 0;
}

/* A pardon, with or without a term; bans within it are lifted at once. */
void mercy_begin_allow(struct client *client)
{
	struct daemon *d = client->daemon;
	struct act act = verbs_act(client, ACT_PARDON);
	char text[PREFIX_TEXT_SIZE], term[CLOCK_TERM_SIZE];
	const char *lifted = "";
	struct act unban = act;

	if (!verbs_is_sound(client) || verbs_cannot_change(client))
		return;
	if (mercy_pardon(client, &act, client->ask.extra_s))
		return;
	if (acts_unban(d, &unban) == 0)
		lifted = "; what was banned of it is lifted";
	prefix_format(&act.prefix, text);
	if (client->ask.extra_s)
		client_answer_settled(
			client, client->act_id,
			"%s passes for %s, whatever bans it%s", text,
			clock_format_term(client->ask.extra_s, term), lifted);
	else
		client_answer_settled(client, client->act_id,
				      "%s passes until `postern allow --remove"
				      "`, whatever bans it%s",
				      text, lifted);
}

void mercy_begin_disallow(struct client *client)
{
	struct act act = verbs_act(client, ACT_UNPARDON);
	char text[PREFIX_TEXT_SIZE];

	if (!verbs_is_sound(client) || verbs_cannot_change(client))
		return;
	prefix_format(&act.prefix, text);
	if (acts_unpardon(client->daemon, &act)) {
		client_answer(client, ANSWER_FAILED,
			      "%s was not allowed by `postern allow`", text);
		return;
	}
	client->answer.count = 1;
	client_answer_settled(client, act.id,
			      "%s is judged like everybody again", text);
}

void mercy_begin_allowed(struct client *client)
{
	const struct ban *pardon;
	uint32_t at = 0;

	while ((pardon = bans_walk(client->daemon->judge.pardons, &at))) {
		if (!pardon->active)
			continue;
		report_pardon(client, pardon);
		client->answer.count++;
	}
	client_answer(client, ANSWER_DONE, "%s", "");
}

/* What a rule matches, in words, as far as there is room. */
struct about {
	char *text;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct about *about,
						      const char *format, ...)
{
	size_t left = MSG_ABOUT_SIZE - about->used;
	va_list args;
	int len;

	if (about->used && left > 2) {
		memcpy(about->text + about->used, ", ", 3);
		about->used += 2;
		left -= 2;
	}
	va_start(args, format);
	len = vsnprintf(about->text + about->used, left, format, args);
	va_end(args);
	about->used += (size_t)len < left ? (size_t)len : left - 1;
}

static void describe(const struct config *config, const struct rule *rule,
		     char text[MSG_ABOUT_SIZE])
{
	struct about about = { .text = text };
	char prefix[PREFIX_TEXT_SIZE];

	text[0] = '\0';
	if (rule->sign)
		put(&about, "%s", sign_name((enum sign)rule->sign));
	for (uint8_t i = 0; i < rule->sid_count; i++)
		put(&about, "sid %u", rule->sids[i]);
	if (rule->category[0])
		put(&about, "\"%s\"", rule->category);
	if (rule->max_severity)
		put(&about, "severity up to %u", rule->max_severity);
	if (rule->feed < config->feed_count)
		put(&about, "feed %s", config->feeds[rule->feed].name);
	if (rule->server < config->server_count)
		put(&about, "server %s", config->servers[rule->server].name);
	if (rule->port)
		put(&about, "port %u", rule->port);
	if (rule->zone < config->zone_count)
		put(&about, "zone %s", config->zones[rule->zone].name);
	for (uint8_t i = 0; i < rule->source_count; i++)
		put(&about, "from %s",
		    prefix_format(&rule->sources[i], prefix));
	if (about.used == 0)
		put(&about, "everything");
}

static void send_rule(struct client *client, uint16_t number)
{
	const struct daemon *d = client->daemon;
	const struct rule *rule = &d->config->policy.rules[number];
	struct rule_row row = {
		.number = (uint16_t)(number + 1),
		.mode = rule->mode,
		.scope = rule->scope,
		.expired = rule_is_expired(rule, clock_calendar_ns()),
		.has_points = rule->has_points,
		.points = rule->points,
		.term_s = rule->term_s,
		.expires_ns = rule->expires_ns,
		.since_ns = d->since_ns,
		.hits = d->judge.rule_hits[number],
		.last_ns = d->judge.rule_last_ns[number],
	};

	memcpy(row.name, rule->name, sizeof(row.name));
	memcpy(row.file, rule->file, sizeof(row.file));
	memcpy(row.owner, rule->owner, sizeof(row.owner));
	memcpy(row.ticket, rule->ticket, sizeof(row.ticket));
	memcpy(row.reason, rule->reason, sizeof(row.reason));
	describe(d->config, rule, row.about);
	wire_put(client->wire, MSG_RULE, &row);
}

void mercy_begin_rules(struct client *client)
{
	uint16_t count = client->daemon->config->policy.rule_count;

	for (uint16_t i = 0; i < count; i++)
		send_rule(client, i);
	client->answer.count = count;
	client_answer(client, ANSWER_DONE, "%s", "");
}

void mercy_begin_ack(struct client *client)
{
	struct daemon *d = client->daemon;
	struct act act = verbs_act(client, ACT_ACK);

	if (verbs_cannot_change(client))
		return;
	client->answer.count = alarms_ack(&d->alarms, client->ask.number);
	if (client->answer.count == 0 && client->ask.number) {
		client_answer(client, ANSWER_FAILED,
			      "there is no open alarm %u", client->ask.number);
		return;
	}
	act.prefix = (struct prefix){ 0 };
	act.count = client->ask.number;
	/* A crash must not raise it anew from what was read already. */
	journal_save_positions(d->journal);
	acts_record(d, &act);
	client_answer_settled(client, act.id, "%llu %s acknowledged",
			      (unsigned long long)client->answer.count,
			      client->answer.count == 1 ? "alarm is"
							: "alarms are");
}

void mercy_begin_confirm(struct client *client)
{
	struct act act = verbs_act(client, ACT_RELOAD);

	if (client->daemon->reload.unconfirmed_s == 0) {
		client_answer(client, ANSWER_FAILED,
			      "no reload waits to be confirmed");
		return;
	}
	if (verbs_cannot_change(client))
		return;
	acts_record(client->daemon, &act);
	client->wants_reload = true;
	daemon_ask_reload(client->daemon, ROLE_RELOAD_CONFIRM);
}

void mercy_send_alarms(struct client *client)
{
	const struct alarms *alarms = &client->daemon->alarms;

	for (unsigned int i = 0; i < alarms->count; i++) {
		if (!alarms->rows[i].acked)
			wire_put(client->wire, MSG_ALARM, &alarms->rows[i]);
	}
}
