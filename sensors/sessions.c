/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sessions: prints, and keeps nothing.
 */
#include "sensors/sessions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "sensors/screen.h"

#define WIDTH 78u

static const char *end_name(uint8_t end)
{
	switch ((enum dialogue_end_reason)end) {
	case DIALOGUE_END_FIN:
		return "closed";
	case DIALOGUE_END_RST:
		return "reset";
	case DIALOGUE_END_TIMEOUT:
		return "timeout";
	case DIALOGUE_END_SHUTDOWN:
		break;
	}
	return "open";
}

static void print_head(const struct dialogue_session *s)
{
	char time[CLOCK_TEXT_SIZE], client[PREFIX_TEXT_SIZE],
		target[PREFIX_TEXT_SIZE], head[192];
	uint64_t ms = (s->end_ns - s->begin_ns) / CLOCK_NS_PER_MS;

	snprintf(head, sizeof(head), "%.12s  %s to %s",
		 clock_format(s->begin_ns, time) + 11,
		 prefix_format(&s->client, client),
		 prefix_format(&s->target, target));
	screen_print(head, 0, 14);
	printf("%14s%s, port %u, %" PRIu64 ".%03u s, %s%s%s\n", "",
	       s->protocol[0] ? s->protocol : "unknown", s->target_port,
	       ms / 1000, (unsigned int)(ms % 1000),
	       s->end == DIALOGUE_END_SHUTDOWN ? "its end not captured"
					       : end_name(s->end),
	       s->outbound ? ", outbound" : "",
	       s->midstream ? ", from the middle on" : "");
}

static void print_talk(const struct dialogue_session *s)
{
	char helo[SESSION_HELO_SIZE * 4], login[SESSION_LOGIN_SIZE * 4];
	const uint32_t *n = s->counts;

	if (s->helo_len) {
		printf("%14shelo ", "");
		screen_print(
			escape_text(helo, sizeof(helo), s->helo, s->helo_len),
			19, 19);
	}
	if (n[SESSION_LOGINS] || n[SESSION_LOGINS_REFUSED]) {
		printf("%14slogin", "");
		if (s->login[0])
			printf(" %s", escape_text(login, sizeof(login),
						  s->login, strlen(s->login)));
		printf(": %u taken, %u refused\n", n[SESSION_LOGINS],
		       n[SESSION_LOGINS_REFUSED]);
	}
	if (s->encrypted)
		printf("%14sTLS: what was said inside cannot be seen\n", "");
	if (n[SESSION_RECIPIENTS] || n[SESSION_RECIPIENTS_REFUSED])
		printf("%14srecipients: %u taken, %u refused\n", "",
		       n[SESSION_RECIPIENTS], n[SESSION_RECIPIENTS_REFUSED]);
	if (n[SESSION_MAILS] || n[SESSION_MAILS_REFUSED])
		printf("%14smails: %u taken, %u refused\n", "",
		       n[SESSION_MAILS], n[SESSION_MAILS_REFUSED]);
	printf("%14sbytes: %" PRIu64 " from the client, %" PRIu64
	       " from the server\n",
	       "", s->bytes[SIDE_CLIENT], s->bytes[SIDE_SERVER]);
}

static void print_signs(const struct dialogue_session *s)
{
	size_t used = 0;

	for (unsigned int i = 0; i < SIGN_COUNT; i++) {
		const char *name = sign_name((enum sign)i);

		if (!(s->signs >> i & 1))
			continue;
		if (used == 0)
			used = (size_t)printf("%14ssigns:", "");
		else if (used + strlen(name) + 2 > WIDTH)
			used = (size_t)printf(",\n%20s", "") - 2;
		else
			used += (size_t)printf(",");
		used += (size_t)printf(" %s", name);
	}
	if (used)
		putchar('\n');
}

void sessions_print(const struct dialogue_session *s, uint64_t before_ns)
{
	char time[CLOCK_TEXT_SIZE], before[CLOCK_TEXT_SIZE];

	clock_format(s->begin_ns, time);
	clock_format(before_ns, before);
	if (memcmp(time, before, 10) != 0)
		printf("%.10s\n", time);
	print_head(s);
	print_talk(s);
	print_signs(s);
}

static void print_json_text(const char *key, const char *text, size_t len)
{
	char safe[SESSION_HELO_SIZE * 6 + 1];

	escape_json(safe, sizeof(safe), text, len);
	printf(",\"%s\":\"%s\"", key, safe);
}

static void print_json_signs(uint64_t signs)
{
	const char *comma = "";

	fputs(",\"signs\":[", stdout);
	for (unsigned int i = 0; i < SIGN_COUNT; i++) {
		if (!(signs >> i & 1))
			continue;
		printf("%s\"%s\"", comma, sign_name((enum sign)i));
		comma = ",";
	}
	puts("]}}");
}

void sessions_print_json(const struct dialogue_session *s)
{
	char begin[CLOCK_TEXT_SIZE], end[CLOCK_TEXT_SIZE],
		client[PREFIX_TEXT_SIZE], target[PREFIX_TEXT_SIZE];
	const uint32_t *n = s->counts;

	printf("{\"session\":{\"begin\":\"%s\",\"end\":\"%s\",\"client\":\"%s\","
	       "\"client_port\":%u,\"target\":\"%s\",\"target_port\":%u,"
	       "\"protocol\":\"%s\",\"ended\":\"%s\"",
	       clock_format(s->begin_ns, begin), clock_format(s->end_ns, end),
	       prefix_format(&s->client, client), s->client_port,
	       prefix_format(&s->target, target), s->target_port, s->protocol,
	       end_name(s->end));
	printf(",\"encrypted\":%s,\"outbound\":%s,\"midstream\":%s",
	       s->encrypted ? "true" : "false", s->outbound ? "true" : "false",
	       s->midstream ? "true" : "false");
	print_json_text("helo", s->helo, s->helo_len);
	print_json_text("login", s->login, strlen(s->login));
	printf(",\"logins\":%u,\"logins_refused\":%u,\"recipients\":%u,"
	       "\"recipients_refused\":%u,\"mails\":%u,\"mails_refused\":%u,"
	       "\"client_bytes\":%" PRIu64 ",\"server_bytes\":%" PRIu64,
	       n[SESSION_LOGINS], n[SESSION_LOGINS_REFUSED],
	       n[SESSION_RECIPIENTS], n[SESSION_RECIPIENTS_REFUSED],
	       n[SESSION_MAILS], n[SESSION_MAILS_REFUSED],
	       s->bytes[SIDE_CLIENT], s->bytes[SIDE_SERVER]);
	print_json_signs(s->signs);
}
