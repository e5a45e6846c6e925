/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checkrule: each rule's name, effect and expiry; whether events can reach it
 * at all is checkreach's.
 */
#include "ctl/warden/checkrule.h"

#include <string.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/warden/checkreach.h"

static void check_names(const struct policy *policy, uint16_t number,
			struct findings *f)
{
	const struct rule *rule = &policy->rules[number];

	for (uint16_t i = 0; i < number; i++) {
		const struct rule *other = &policy->rules[i];

		if (strcmp(rule->name, other->name) == 0 &&
		    strcmp(rule->file, other->file) != 0)
			findings_error(
				f, rule->line,
				"rule \"%s\": this name is used before,"
				" in %s, line %d; give each rule its own",
				rule->name,
				other->file[0] ? other->file : "the main file",
				other->line);
	}
}

static void check_effect(const struct config *config, const struct rule *rule,
			 struct findings *f)
{
	const struct policy *policy = &config->policy;
	char term[CLOCK_TERM_SIZE], longest[CLOCK_TERM_SIZE];

	if (rule->mode > policy->mode && rule->mode != MODE_ENFORCE)
		findings_warning(f, rule->line,
				 "rule \"%s\": mode = \"%s\" does not go beyond"
				 " the policy's \"%s\"",
				 rule->name, mode_name(rule->mode),
				 mode_name(policy->mode));
	if (rule->term_s > config->guard.longest_s)
		findings_error(
			f, rule->line,
			"rule \"%s\": the term %s is longer than guard's"
			" longest = %s",
			rule->name, clock_format_term(rule->term_s, term),
			clock_format_term(config->guard.longest_s, longest));
	if (rule->has_points && rule->points == 0 && rule->term_s)
		findings_warning(f, rule->line,
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

static void check_rules(const struct config *config, uint64_t now_ns,
			struct findings *findings)
{
	const struct policy *policy = &config->policy;
	struct checkreach reach;

	if (checkreach_init(&reach, config, now_ns)) {
		findings_error(findings, 0, "no memory to check the rules");
		return;
	}
	for (uint16_t i = 0; i < policy->rule_count; i++) {
		const struct rule *rule = &policy->rules[i];

		/* What is said of a rule names the file that it came from. */
		findings->included = rule->file[0] ? rule->file : NULL;
		check_names(policy, i, findings);
		checkreach_rule(&reach, i, findings);
		check_effect(config, rule, findings);
	}
	findings->included = NULL;
	checkreach_fini(&reach);
}

void checkrule_all(const struct config *config, uint64_t now_ns,
		   struct findings *findings)
{
	check_rules(config, now_ns, findings);
	check_shared(config, findings);
	check_alarms(config, findings);
}
