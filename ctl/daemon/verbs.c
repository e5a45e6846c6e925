/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verbs: one function per verb, one table of verbs.
 */
#include "ctl/daemon/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/ladder.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/journal.h"
#include "ctl/daemon/mercy.h"
#include "ctl/daemon/omitted.h"
#include "ctl/daemon/report.h"
#include "ctl/daemon/story.h"

/* Entries looked at in one turn of the loop. */
#define ENTRIES_PER_TURN 1024u

/* So many are remembered: ctl/records/holds.h. */
#define HOLDS_MAX 4096u

struct act verbs_act(const struct client *client, enum act_kind kind)
{
	struct act act = {
		.kind = (uint8_t)kind,
		.origin = ORIGIN_PERSON,
		.mode = client->daemon->config->policy.mode,
		.prefix = client->ask.prefix,
		.uid = client->uid,
		.login_uid = client->ask.login_uid,
		.pid = client->pid,
	};

	snprintf(act.reason, sizeof(act.reason), "%s", client->ask.reason);
	return act;
}

static bool is_too_wide(struct client *client, const struct prefix *p)
{
	const struct guard_limits *limits = &client->daemon->config->guard;
	unsigned int widest = p->family == PREFIX_IP4 ? limits->widest4
						      : limits->widest6;
	struct ladder_cover cover;
	int wider, narrower;

	if (p->length < widest) {
		client_answer(client, ANSWER_REFUSED,
			      "a /%u is wider than any ban may be (/%u); "
			      "guard { widest_ipv%u } in postern.conf says so",
			      p->length, widest, p->family);
		return true;
	}
	if (ladder_cover(&cover, p) == 0)
		return false;
	ladder_nearest(p, &wider, &narrower);
	if (wider < 0)
		client_answer(client, ANSWER_REFUSED,
			      "a /%u would need too many elements; the "
			      "nearest that works is a /%d",
			      p->length, narrower);
	else
		client_answer(client, ANSWER_REFUSED,
			      "a /%u would need too many elements; the "
			      "nearest that work are a /%d and a /%d",
			      p->length, wider, narrower);
	return true;
}

static bool is_protected(struct client *client, const struct prefix *p)
{
	char text[PREFIX_TEXT_SIZE], by_text[PREFIX_TEXT_SIZE];
	enum protection why;
	struct prefix by;

	why = protect_ask(&client->daemon->judge.protect, p, &by);
	if (why == PROTECTION_NONE)
		return false;
	client_answer(client, ANSWER_REFUSED,
		      "%s overlaps %s, which is protected: %s",
		      prefix_format(p, text), prefix_format(&by, by_text),
		      protection_name(why));
	return true;
}

bool verbs_cannot_change(struct client *client)
{
	struct daemon *d = client->daemon;

	if (!d->restored) {
		client_answer(client, ANSWER_FAILED,
			      "postern is still reading its records; try "
			      "again in a moment");
		return true;
	}
	if (!journal_has_room(d->journal)) {
		client_answer(client, ANSWER_FAILED,
			      "the records cannot be written: %s; nothing "
			      "was changed",
			      d->journal_state.error
				      ? strerror(d->journal_state.error)
				      : "postern-records does not answer");
		return true;
	}
	return false;
}

bool verbs_is_sound(struct client *client)
{
	const struct prefix *p = &client->ask.prefix;
	uint64_t longest_s = client->daemon->config->guard.longest_s;
	char longest[CLOCK_TERM_SIZE];

	if (p->family == 0) {
		client_answer(client, ANSWER_USAGE, "no prefix was named");
		return false;
	}
	if (client->ask.term_s <= longest_s)
		return true;
	client_answer(client, ANSWER_REFUSED,
		      "the longest term is %s (guard { longest }); without a "
		      "term, \"--for forever\", works too",
		      clock_format_term(longest_s, longest));
	return false;
}

static bool passes_for(const struct daemon *d, const struct prefix *p,
		       uint64_t term_s)
{
	const struct ban *pardon = bans_find(d->judge.pardons, p);

	return pardon && pardon->active &&
	       (pardon->until_ms == 0 ||
		pardon->until_ms > daemon_now_ms() + term_s * 1000);
}

/* A ban that somebody's pardon makes worth nothing must not look like one. */
static void say_pardoned(struct client *client, const struct act *act,
			 const struct prefix *pardoned)
{
	char text[PREFIX_TEXT_SIZE], by[PREFIX_TEXT_SIZE];

	prefix_format(pardoned, by);
	client_answer_settled(client, act->id,
			      "%s is banned, but passes: %s is pardoned; "
			      "`postern allow --remove %s` ends that",
			      prefix_format(&act->prefix, text), by, by);
}

static void begin_ban(struct client *client)
{
	struct daemon *d = client->daemon;
	struct act act = verbs_act(client, ACT_BAN);
	char text[PREFIX_TEXT_SIZE], term[CLOCK_TERM_SIZE];
	const struct ban *old, *pardon;
	bool renewed;
	int err;

	if (!verbs_is_sound(client) || verbs_cannot_change(client) ||
	    is_too_wide(client, &act.prefix) ||
	    is_protected(client, &act.prefix))
		return;
	act.scope = client->ask.scope;
	old = bans_find(judge_bans(&d->judge, act.scope), &act.prefix);
	renewed = old && old->active;
	act.term_s = (uint32_t)client->ask.term_s;
	err = acts_ban(d, &act);
	if (err) {
		client_answer(client, ANSWER_FAILED,
			      "the table of bans is full (capacity = %u)",
			      d->config->capacity);
		return;
	}
	client->answer.count = 1;
	pardon = bans_covering(d->judge.pardons, &act.prefix);
	if (pardon) {
		say_pardoned(client, &act, &pardon->prefix);
		return;
	}
	client_answer_settled(
		client, act.id, "%s %s %s%s%s",
		prefix_format(&act.prefix, text),
		renewed ? "is banned anew" : "is banned",
		act.scope == SCOPE_MAIL ? "from the mail services " : "",
		act.term_s ? "for " : "until it is unbanned",
		act.term_s ? clock_format_term(act.term_s, term) : "");
}

/* After the unban, a repeated event shall not undo it at once. */
static void unban_with_pardon(struct client *client, const struct act *act)
{
	char text[PREFIX_TEXT_SIZE], term[CLOCK_TERM_SIZE];

	if (passes_for(client->daemon, &act->prefix, client->ask.extra_s)) {
		client->answer.count = act->count;
		client_answer_settled(client, act->id,
				      "%s: %llu %s lifted, and it passes for "
				      "longer already: see `postern allow`",
				      prefix_format(&act->prefix, text),
				      (unsigned long long)act->count,
				      act->count == 1 ? "ban is" : "bans are");
		return;
	}
	if (mercy_pardon(client, act, client->ask.extra_s))
		return;
	client->answer.count = act->count;
	client_answer_settled(client, client->act_id,
			      "%s: %llu %s lifted, and it passes for %s",
			      prefix_format(&act->prefix, text),
			      (unsigned long long)act->count,
			      act->count == 1 ? "ban is" : "bans are",
			      clock_format_term(client->ask.extra_s, term));
}

static const struct ban *covering(const struct daemon *d,
				  const struct prefix *p)
{
	const struct ban *ban = bans_covering(d->judge.bans, p);

	return ban ? ban : bans_covering(d->judge.mail, p);
}

static void begin_unban(struct client *client)
{
	struct daemon *d = client->daemon;
	struct act act = verbs_act(client, ACT_UNBAN);
	bool all = client->ask.verb == VERB_UNBAN_ALL;
	char text[PREFIX_TEXT_SIZE], wider[PREFIX_TEXT_SIZE];
	const struct ban *still;

	if (!all && !verbs_is_sound(client))
		return;
	if (verbs_cannot_change(client))
		return;
	if (all)
		act.prefix = (struct prefix){ 0 };
	else
		prefix_format(&act.prefix, text);
	if (acts_unban(d, &act))
		act.count = 0;
	if (client->ask.extra_s && !all) {
		unban_with_pardon(client, &act);
		return;
	}
	client->answer.count = act.count;
	still = all ? NULL : covering(d, &act.prefix);
	if (still)
		prefix_format(&still->prefix, wider);
	if (act.count == 0 && still)
		client_answer(client, ANSWER_FAILED,
			      "%s has no ban of its own; it is out because "
			      "of %s: unban that",
			      text, wider);
	else if (act.count == 0)
		client_answer(client, all ? ANSWER_DONE : ANSWER_FAILED,
			      all ? "nobody was banned" : "%s is not banned",
			      text);
	else if (all)
		client_answer_settled(client, act.id, "%llu bans are lifted",
				      (unsigned long long)act.count);
	else if (still)
		client_answer_settled(client, act.id,
				      "lifted, but %s is still out: %s is "
				      "banned",
				      text, wider);
	else
		client_answer_settled(client, act.id, "%s: %llu %s lifted",
				      text, (unsigned long long)act.count,
				      act.count == 1 ? "ban is" : "bans are");
}

static void begin_panic(struct client *client)
{
	struct act act = verbs_act(client, ACT_PANIC);

	if (verbs_cannot_change(client))
		return;
	act.prefix = (struct prefix){ 0 };
	act.gate = client->ask.gate;
	if (act.gate != GATE_PANIC_IN && act.gate != GATE_PANIC_OUT &&
	    act.gate != GATE_PANIC_ALL) {
		client_answer(client, ANSWER_USAGE, "no such panic");
		return;
	}
	acts_gate(client->daemon, &act);
	client_answer_settled(client, act.id,
			      "the mail gate is shut (%s); administrators "
			      "pass; `postern resume` opens it",
			      gate_name((enum gate)act.gate));
}

static void begin_resume(struct client *client)
{
	struct act act = verbs_act(client, ACT_RESUME);

	if (verbs_cannot_change(client))
		return;
	if (client->daemon->gate.gate == GATE_OPEN) {
		client_answer(client, ANSWER_DONE,
			      "the mail gate was open already");
		return;
	}
	act.prefix = (struct prefix){ 0 };
	act.gate = GATE_OPEN;
	acts_gate(client->daemon, &act);
	client_answer_settled(client, act.id, "the mail gate is open again");
}

static void begin_reload(struct client *client)
{
	struct act act = verbs_act(client, ACT_RELOAD);

	if (verbs_cannot_change(client))
		return;
	if (client->ask.extra_s > ROLE_RELOAD_MAX_S) {
		client_answer(client, ANSWER_USAGE,
			      "at most an hour to confirm it");
		return;
	}
	acts_record(client->daemon, &act);
	client->daemon->reload_act = act;
	client->wants_reload = true;
	if (client->ask.extra_s)
		daemon_ask_reload(client->daemon,
				  client->ask.extra_s * ROLE_RELOAD_SECONDS);
	else
		daemon_ask_reload(client->daemon, ROLE_RELOAD_PLAIN);
}

/* What a person did with the records, or says about them. */
static void begin_record(struct client *client)
{
	const struct ask *ask = &client->ask;
	struct act act = verbs_act(client, (enum act_kind)ask->act);

	if (act.kind != ACT_HOLD && act.kind != ACT_LIFT &&
	    act.kind != ACT_EXPORT && act.kind != ACT_REVIEW &&
	    act.kind != ACT_WITNESS) {
		client_answer(client, ANSWER_USAGE, "no such act");
		return;
	}
	if (verbs_cannot_change(client))
		return;
	if (act.kind == ACT_HOLD &&
	    client->daemon->journal_state.holds >= HOLDS_MAX) {
		client_answer(client, ANSWER_REFUSED,
			      "%u holds are in force, as many as there may be; "
			      "lift some, or hold more with one",
			      HOLDS_MAX);
		return;
	}
	act.classes = ask->classes;
	act.since_ns = ask->since_ns;
	act.before_ns = ask->before_ns;
	act.count = ask->count;
	snprintf(act.name, sizeof(act.name), "%s", ask->name);
	acts_record(client->daemon, &act);
	client->answer.count = act.id;
	client_answer_settled(client, act.id, "%s %llu is on record",
			      act_name((enum act_kind)act.kind),
			      (unsigned long long)act.id);
}

static void begin_status(struct client *client)
{
	if (!client_ask_nft(client, MSG_COUNT, NULL))
		verbs_finish(client);
}

static void finish_status(struct client *client)
{
	report_status(client);
	client_answer(client, ANSWER_DONE, "%s", "");
}

static void begin_doctor(struct client *client)
{
	if (!client_ask_nft(client, MSG_EXAMINE, NULL))
		verbs_finish(client);
}

static void finish_doctor(struct client *client)
{
	report_probes(client);
	client_answer(client, ANSWER_DONE, "%s", "");
}

static void begin_bans(struct client *client)
{
	client->scope = 0;
	client->walk = 0;
	client->listing = true;
}

bool verbs_list(struct client *client)
{
	const struct daemon *d = client->daemon;

	for (uint32_t n = 0; n < ENTRIES_PER_TURN; n++) {
		const struct ban *ban;

		if (!wire_is_clear(client->wire))
			return false;
		ban = bans_walk(judge_bans(&d->judge, client->scope),
				&client->walk);
		if (!ban && client->scope + 1 < SCOPE_COUNT) {
			client->scope++;
			client->walk = 0;
			continue;
		}
		if (!ban) {
			client_answer(client, ANSWER_DONE, "%s", "");
			return false;
		}
		if (!ban->active)
			continue;
		report_ban(client, client->scope, ban);
		client->answer.count++;
	}
	return true;
}

static void begin_watch(struct client *client)
{
	client->watching = true;
}

static const struct verb_entry {
	void (*begin)(struct client *client);
	void (*finish)(struct client *client); /* after postern-nft's answer */
} verbs[VERB_COUNT] = {
	[VERB_STATUS] = { begin_status, finish_status },
	[VERB_DOCTOR] = { begin_doctor, finish_doctor },
	[VERB_BANS] = { begin_bans, NULL },
	[VERB_WHY] = { story_begin, story_finish },
	[VERB_WATCH] = { begin_watch, NULL },
	[VERB_BAN] = { begin_ban, NULL },
	[VERB_UNBAN] = { begin_unban, NULL },
	[VERB_UNBAN_ALL] = { begin_unban, NULL },
	[VERB_RELOAD] = { begin_reload, NULL },
	[VERB_PANIC] = { begin_panic, NULL },
	[VERB_RESUME] = { begin_resume, NULL },
	[VERB_RECORD] = { begin_record, NULL },
	[VERB_RULES] = { mercy_begin_rules, NULL },
	[VERB_ALLOW] = { mercy_begin_allow, NULL },
	[VERB_DISALLOW] = { mercy_begin_disallow, NULL },
	[VERB_ALLOWED] = { mercy_begin_allowed, NULL },
	[VERB_ACK] = { mercy_begin_ack, NULL },
	[VERB_CONFIRM] = { mercy_begin_confirm, NULL },
	[VERB_TRACE] = { story_begin_trace, story_finish_trace },
	[VERB_OMITTED] = { omitted_begin, omitted_finish },
};

void verbs_begin(struct client *client)
{
	verbs[client->ask.verb].begin(client);
}

void verbs_finish(struct client *client)
{
	client->wants_nft = false;
	verbs[client->ask.verb].finish(client);
}
