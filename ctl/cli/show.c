/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show: numbers, times, acts.
 */
#include "ctl/cli/show.h"

#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl/cli/cli.h"
#include "ctl/core/clock.h"
#include "ctl/core/config.h"
#include "ctl/core/escape.h"

static bool wants_colour(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term &&
	       strcmp(term, "dumb") != 0;
}

const char *show_begin(enum show_colour colour)
{
	static const char *const codes[] = {
		[SHOW_PLAIN] = "",	    [SHOW_BOLD] = "\033[1m",
		[SHOW_RED] = "\033[1;31m",  [SHOW_GREEN] = "\033[32m",
		[SHOW_YELLOW] = "\033[33m", [SHOW_DIM] = "\033[2m",
	};

	return wants_colour() ? codes[colour] : "";
}

const char *show_end(void)
{
	return wants_colour() ? "\033[0m" : "";
}

const char *show_count(char buf[SHOW_TEXT_SIZE], uint64_t count)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu",
			   (unsigned long long)count);
	char *to = buf;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return buf;
}

const char *show_bytes(char buf[SHOW_TEXT_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000. && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000.;
		unit++;
	}
	snprintf(buf, SHOW_TEXT_SIZE, unit ? "%.1f %s" : "%.0f %s", value,
		 units[unit]);
	return buf;
}

static const char *show_strftime(char buf[SHOW_TEXT_SIZE], const char *format,
				 uint64_t calendar_ns)
{
	time_t seconds = (time_t)(calendar_ns / CLOCK_NS_PER_S);
	struct tm tm;

	localtime_r(&seconds, &tm);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (strftime(buf, SHOW_TEXT_SIZE, format, &tm) == 0)
		buf[0] = '\0';
#pragma GCC diagnostic pop
	return buf;
}

const char *show_clock(char buf[SHOW_TEXT_SIZE], uint64_t calendar_ns)
{
	return show_strftime(buf, "%H:%M:%S", calendar_ns);
}

const char *show_time(char buf[SHOW_TEXT_SIZE], uint64_t calendar_ns)
{
	return show_strftime(buf, "%Y-%m-%d %H:%M", calendar_ns);
}

const char *show_ago(char buf[SHOW_TEXT_SIZE], uint64_t calendar_ns)
{
	uint64_t now_ns = clock_calendar_ns();
	char term[CLOCK_TERM_SIZE];

	if (calendar_ns == 0)
		snprintf(buf, SHOW_TEXT_SIZE, "never");
	else
		snprintf(buf, SHOW_TEXT_SIZE, "%s ago",
			 clock_format_term(now_ns > calendar_ns
						   ? (now_ns - calendar_ns) /
							     CLOCK_NS_PER_S
						   : 0,
					   term));
	return buf;
}

const char *show_user(char buf[SHOW_TEXT_SIZE], uint32_t uid)
{
	const struct passwd *user;

	if (uid == UINT32_MAX) {
		snprintf(buf, SHOW_TEXT_SIZE, "nobody");
		return buf;
	}
	user = getpwuid(uid);
	if (user)
		snprintf(buf, SHOW_TEXT_SIZE, "%.32s (uid %u)", user->pw_name,
			 uid);
	else
		snprintf(buf, SHOW_TEXT_SIZE, "uid %u", uid);
	return buf;
}

const char *show_safe(char buf[ACT_REASON_SIZE * 4], const char *text)
{
	return escape_text(buf, ACT_REASON_SIZE * 4, text, strlen(text));
}

static void show_who(const struct act *act)
{
	char user[SHOW_TEXT_SIZE], login[SHOW_TEXT_SIZE];

	if (act->origin != ORIGIN_PERSON)
		return;
	printf(", by %s", show_user(user, act->uid));
	if (act->login_uid != UINT32_MAX && act->login_uid != act->uid)
		printf(", logged in as %s", show_user(login, act->login_uid));
}

static enum show_colour colour_of(const struct act *act)
{
	switch ((enum act_kind)act->kind) {
	case ACT_BAN:
	case ACT_PANIC:
	case ACT_DRIFT:
	case ACT_REFUSED:
	case ACT_TORN:
	case ACT_CLOCK:
	case ACT_EXPOSED:
	case ACT_ALARM:
		return SHOW_RED;
	case ACT_WOULD_BAN:
	case ACT_GAP:
	case ACT_PROGRAM:
		return SHOW_YELLOW;
	case ACT_UNBAN:
	case ACT_RESUME:
	case ACT_REPAIR:
	case ACT_PARDON:
		return SHOW_GREEN;
	case ACT_NONE:
	case ACT_START:
	case ACT_STOP:
	case ACT_RELOAD:
	case ACT_POSITION:
	case ACT_READ:
	case ACT_CHECKPOINT:
	case ACT_CHECKPOINTED:
	case ACT_HOLD:
	case ACT_LIFT:
	case ACT_DISPOSED:
	case ACT_EXPORT:
	case ACT_REVIEW:
	case ACT_WITNESS:
	case ACT_UNPARDON:
	case ACT_ACK:
	case ACT_CONFIG:
	case ACT_BASIS:
	case ACT_PROTECT:
	case ACT_UNPROTECT:
	case ACT_COUNT:
		break;
	}
	return SHOW_DIM;
}

void show_act(const struct act *act)
{
	char text[PREFIX_TEXT_SIZE], term[CLOCK_TERM_SIZE];
	char clock[SHOW_TEXT_SIZE], safe[ACT_REASON_SIZE * 4];
	char name[ACT_REASON_SIZE * 4];

	printf("%s  %s%-9s%s", show_clock(clock, act->time_ns),
	       show_begin(colour_of(act)), act_name((enum act_kind)act->kind),
	       show_end());
	if (act->prefix.family)
		printf(" %s", prefix_format(&act->prefix, text));
	else if (act->kind == ACT_UNBAN)
		printf(" all");
	if (act->kind == ACT_BAN || act->kind == ACT_WOULD_BAN ||
	    act->kind == ACT_PARDON)
		printf(act->term_s ? " for %s" : " without a term%s",
		       act->term_s ? clock_format_term(act->term_s, term) : "");
	if (act->kind == ACT_PANIC)
		printf(" %s", gate_name((enum gate)act->gate));
	if (act->name[0])
		printf(" %s%s%s", show_safe(name, act->name),
		       act->pid && act->kind == ACT_DRIFT ? " pid " : "", "");
	if (act->pid && act->kind == ACT_DRIFT)
		printf("%u", act->pid);
	if (act->reason[0])
		printf(": %s", show_safe(safe, act->reason));
	if (act->hosts)
		printf(" (%u hosts)", act->hosts);
	show_who(act);
}

void show_answer(const struct cli *cli, const struct answer *answer)
{
	char text[MSG_DETAIL_SIZE * 4];

	escape_text(text, sizeof(text), answer->text, strlen(answer->text));
	if (cli->json)
		show_json(json_pack("{s:s, s:I}", "answer", text, "count",
				    (json_int_t)answer->count),
			  false);
	else if (answer->code == ANSWER_DONE)
		puts(text);
	else
		fprintf(stderr, "postern: %s\n", text);
}
