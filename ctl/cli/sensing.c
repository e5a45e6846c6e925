/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sensing: one line of what a sensor reads, and one of what it does not.
 */
#include "ctl/cli/sensing.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "ctl/cli/show.h"

/* Of WHOLE, in percent; a share of nothing is nothing. */
static double share(uint64_t part, uint64_t whole)
{
	return whole ? 100. * (double)part / (double)whole : 0.;
}

/* What came upon a limit of ours. */
static void print_limits(const struct sensing *s)
{
	const struct {
		uint64_t count;
		const char *words;
	} limits[] = {
		{ s->displaced + s->refused,
		  "connections dropped for want of room" },
		{ s->crowded, "connections lost bytes for want of room" },
		{ s->halfopen_displaced,
		  "half-open connections dropped for want of room" },
		{ s->fragments, "packets in fragments that never got whole" },
		{ s->cut, "packets captured in part only" },
		{ s->blind, "mails not looked into for want of room" },
		{ s->skipped, "parts, fields or names passed over: too many, "
			      "long or deep" },
		{ s->forgotten, "sources forgotten for want of room" },
	};
	char a[SHOW_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (limits[i].count)
			printf("%10s%s%s %s%s\n", "", show_begin(SHOW_YELLOW),
			       show_count(a, limits[i].count), limits[i].words,
			       show_end());
	}
}

/* What was not looked at is told as plainly as what was. */
static void print_lacks(const struct sensing *s)
{
	char a[SHOW_TEXT_SIZE];
	uint64_t met = s->handshakes + s->midstream + s->onesided;

	if (s->dropped)
		printf("%10s%s%s frames dropped by the kernel%s\n", "",
		       show_begin(SHOW_RED), show_count(a, s->dropped),
		       show_end());
	if (s->unsaid)
		printf("%10s%s%s events dropped: the decider lagged behind%s\n",
		       "", show_begin(SHOW_RED), show_count(a, s->unsaid),
		       show_end());
	if (s->onesided)
		printf("%10s%s%s connections (%.1f %%) of which one side alone "
		       "is seen: not read%s\n",
		       "", show_begin(SHOW_YELLOW), show_count(a, s->onesided),
		       share(s->onesided, met), show_end());
	if (s->gaps)
		printf("%10s%s%s gaps, %llu bytes%s\n", "",
		       show_begin(SHOW_YELLOW), show_count(a, s->gaps),
		       (unsigned long long)s->missing, show_end());
	print_limits(s);
}

static void print_scanner(const struct sensing *s)
{
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE];

	printf("%10s%s files shown to the scanner, ", "",
	       show_count(a, s->scanned));
	printf("%s%s not%s", s->unscanned ? show_begin(SHOW_YELLOW) : "",
	       show_count(b, s->unscanned), s->unscanned ? show_end() : "");
	if (s->scan_error)
		printf("; %sit cannot be reached: %s%s", show_begin(SHOW_RED),
		       strerror(s->scan_error), show_end());
	printf("\n");
}

void sensing_print(const struct sensing *s)
{
	char name[ACT_REASON_SIZE * 4], interface[ACT_REASON_SIZE * 4];
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE], c[SHOW_TEXT_SIZE];

	printf("%ssensor   %s %s on %s: ", show_begin(SHOW_BOLD), show_end(),
	       show_safe(name, s->name), show_safe(interface, s->interface));
	if (!s->live) {
		printf("%sdoes not answer%s\n", show_begin(SHOW_RED),
		       show_end());
		return;
	}
	if (s->error) {
		printf("%s%s%s\n", show_begin(SHOW_RED), strerror(s->error),
		       show_end());
		return;
	}
	printf("%s frames, %s dialogues (%.0f %% encrypted), %s mails",
	       show_count(a, s->frames), show_count(b, s->dialogues),
	       share(s->encrypted, s->dialogues), show_count(c, s->mails));
	printf(", %s events\n", show_count(a, s->events));
	if (s->scans)
		print_scanner(s);
	print_lacks(s);
}

json_t *sensing_json(const struct sensing *s)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "frames", s->frames },
		{ "bytes", s->bytes },
		{ "dropped", s->dropped },
		{ "unread", s->unread },
		{ "foreign", s->foreign },
		{ "halfopen", s->halfopen },
		{ "handshakes", s->handshakes },
		{ "established", s->established },
		{ "midstream", s->midstream },
		{ "onesided", s->onesided },
		{ "displaced", s->displaced },
		{ "gaps", s->gaps },
		{ "missing", s->missing },
		{ "conflicts", s->conflicts },
		{ "dialogues", s->dialogues },
		{ "refused", s->refused },
		{ "encrypted", s->encrypted },
		{ "mails", s->mails },
		{ "mails_blind", s->blind },
		{ "skipped", s->skipped },
		{ "cut", s->cut },
		{ "fragments_lost", s->fragments },
		{ "crowded", s->crowded },
		{ "unheard", s->unheard },
		{ "halfopen_displaced", s->halfopen_displaced },
		{ "forgotten", s->forgotten },
		{ "events", s->events },
		{ "unsaid", s->unsaid },
		{ "scanned", s->scanned },
		{ "unscanned", s->unscanned },
	};
	json_t *out = json_pack(
		"{s:o, s:o, s:b, s:o}", "name", show_text_json(s->name),
		"interface", show_text_json(s->interface), "live", s->live,
		"error",
		s->error ? json_string(strerror(s->error)) : json_null());

	if (out && s->scans)
		json_object_set_new(
			out, "scanner_error",
			s->scan_error ? json_string(strerror(s->scan_error))
				      : json_null());
	for (size_t i = 0; out && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(out, numbers[i].name,
				    json_integer((json_int_t)numbers[i].value));
	return out;
}
