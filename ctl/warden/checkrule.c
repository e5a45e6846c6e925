/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checkrule: each rule against what stands before it, and against the policy.
 */
#include "ctl/warden/checkrule.h"

#include <string.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/core/rule.h"

#define DATE_LEN 10

/* Warnings of a rule stand at its line, in the file that it came from. */
static struct findings *at(struct findings *f, const struct rule *rule)
{
	f->included = rule->file[0] ? rule->file : NULL;
	return f;
}

static void check_names(const struct policy *policy, uint16_t number,
			struct findings *f)
{
	const struct rule *rule = &policy->rules[number];

	for (uint16_t i = 0; i < number; i++) {
		const struct rule *other = &policy->rules[i];

		if (strcmp(rule->name, other->name) == 0 &&
		    strcmp(rule->file, other->file) != 0)
			findings_error(
				at(f, rule), rule->line,
				"rule \"%s\": this name is used before,"
				" in %s, line %d; give each rule its own",
				rule->name,
				other->file[0] ? other->file : "the main file",
				other->line);
	}
}

static void check_reach(const struct policy *policy, uint16_t number,
			uint64_t now_ns, struct findings *f)
{
	const struct rule *rule = &policy->rules[number];
	char date[CLOCK_TEXT_SIZE];

	if (rule_is_expired(rule, now_ns)) {
		findings_warning(at(f, rule), rule->line,
				 "rule \"%s\": it expired (%.*s) and matches"
				 " no more; take it out, or renew it",
				 rule->name, DATE_LEN,
				 clock_format(rule->expires_ns - 1, date));
		return;
	}
	for (uint16_t i = 0; i < number; i++) {
		const struct rule *other = &policy->rules[i];

		if (rule_is_expired(other, now_ns) || !rule_covers(other, rule))
			continue;
		findings_warning(at(f, rule), rule->line,
				 "rule \"%s\": it never matches: rule \"%s\""
				 " (line %d) takes all of its events first;"
				 " put the narrower one before the wider",
				 rule->name, other->name, other->line);
		return;
	}
}

static void check_effect(const struct config *config, const struct rule *rule,
			 struct findings *f)
{
	const struct policy *policy = &config->policy;
	char term[CLOCK_TERM_SIZE], longest[CLOCK_TERM_SIZE];

	if (rule->mode > policy->mode && rule->mode != MODE_ENFORCE)
		findings_warning(at(f, rule), rule->line,
				 "rule \"%s\": mode = \"%s\" does not go beyond"
				 " the policy's \"%s\"",
				 rule->name, mode_name(rule->mode),
				 mode_name(policy->mode));
	if (rule->term_s > config->guard.longest_s)
		findings_error(
			at(f, rule), rule->line,
			"rule \"%s\": the term %s is longer than guard's"
			" longest = %s",
			rule->name, clock_format_term(rule->term_s, term),
			clock_format_term(config->guard.longest_s, longest));
	if (rule->has_points && rule->points == 0 && rule->term_s)
		findings_warning(at(f, rule), rule->line,
				 "rule \"%s\": of 0 points nobody is banned, so"
				 " its term says nothing",
				 rule->name);
}

static void check_shared(const struct config *config, struct findings *f)
{
	const struct shared *shared = &config->shared;

	if (shared->line && shared->file_count == 0 &&
	    shared->domain_count == 0 && !config->mail.names)
		findings_warning(f, shared->line,
				 "shared: it names neither files nor domains,"
				 " and does nothing");
}

static void check_alarms(const struct config *config, struct findings *f)
{
	const char *command = config->alarms.command;

	if (command[0] && access(command, X_OK) != 0)
		findings_warning(f, config->alarms.line,
				 "alarms: %s cannot be run now", command);
}

void checkrule_all(const struct config *config, uint64_t now_ns,
		   struct findings *findings)
{
	const struct policy *policy = &config->policy;

	for (uint16_t i = 0; i < policy->rule_count; i++) {
		check_names(policy, i, findings);
		check_reach(policy, i, now_ns, findings);
		check_effect(config, &policy->rules[i], findings);
	}
	findings->included = NULL;
	check_shared(config, findings);
	check_alarms(config, findings);
}
