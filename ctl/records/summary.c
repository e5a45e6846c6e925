/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * summary: a period in one page: what was seen, what was done about it, and
 * what is missing in the records.  Memory does not grow with the period.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/act.h"
#include "ctl/core/clock.h"
#include "ctl/records/after.h"
#include "ctl/records/member.h"
#include "ctl/records/read.h"

/* Words of a list: signs, outcomes, servers, kinds. */
#define WORDS_MAX 64
#define WORD_SIZE 48
/* Networks that are counted at the same time.  A new one takes the place of
 * the one with the fewest, and its count: who sent more than one in NETS_MAX
 * of all is always among them. */
#define NETS_MAX   512
#define NETS_SHOWN 10
/* Times to block: powers of two, in microseconds. */
#define BUCKETS 48

struct tally {
	char words[WORDS_MAX][WORD_SIZE];
	uint64_t counts[WORDS_MAX];
	size_t count;
};

struct net {
	struct prefix prefix;
	uint64_t count;
};

struct summary {
	struct tally signs, outcomes, servers, acts, system, alarms;
	struct net nets[NETS_MAX];
	size_t net_count;
	uint64_t events;
	uint64_t blocked; /* by the reporter itself */
	uint64_t bans, by_person;
	uint64_t buckets[BUCKETS];
	uint64_t timed; /* bans with a time to block */
	struct after *after; /* owned */
	uint64_t passed; /* events of banned sources that were answered */
	uint64_t lost; /* events that are not in the records */
	uint64_t first_ns, last_ns;
};

static void count(struct tally *t, const char *word, size_t len)
{
	if (len >= WORD_SIZE)
		len = WORD_SIZE - 1;
	for (size_t i = 0; i < t->count; i++) {
		if (strlen(t->words[i]) == len &&
		    memcmp(t->words[i], word, len) == 0) {
			t->counts[i]++;
			return;
		}
	}
	if (t->count == WORDS_MAX) {
		/* The last place is for all the others. */
		strcpy(t->words[WORDS_MAX - 1], "others");
		t->counts[WORDS_MAX - 1]++;
		return;
	}
	memcpy(t->words[t->count], word, len);
	t->counts[t->count++] = 1;
}

static void count_member(struct tally *t, const struct member *m)
{
	if (m->value_len > 2)
		count(t, m->value + 1, m->value_len - 2);
}

static void count_net(struct summary *s, const struct prefix *address)
{
	unsigned int length = address->family == PREFIX_IP4 ? 24 : 48;
	struct prefix net = prefix_truncate(
		address, address->length < length ? address->length : length);
	struct net *least = &s->nets[0];

	for (size_t i = 0; i < s->net_count; i++) {
		if (prefix_equal(&s->nets[i].prefix, &net)) {
			s->nets[i].count++;
			return;
		}
		if (s->nets[i].count < least->count)
			least = &s->nets[i];
	}
	if (s->net_count < NETS_MAX) {
		s->nets[s->net_count++] = (struct net){ net, 1 };
		return;
	}
	least->prefix = net;
	least->count++;
}

static void take_event(struct summary *s, const char *line, size_t len)
{
	struct members members = members_of(line, len);
	bool is_answered = false;
	struct prefix source = { 0 };
	uint64_t event_ns = 0;
	struct member m;

	s->events++;
	while (members_next(&members, &m)) {
		if (member_is(&m, "sign"))
			count_member(&s->signs, &m);
		else if (member_is(&m, "outcome"))
			count_member(&s->outcomes, &m);
		else if (member_is(&m, "server"))
			count_member(&s->servers, &m);
		else if (member_is(&m, "blocked"))
			s->blocked++;
		else if (member_is(&m, "event"))
			event_ns = member_time(&m);
		else if (member_is(&m, "proof"))
			is_answered = member_has(&m, "dialogue");
		else if (member_is(&m, "source") && member_prefix(&m, &source))
			count_net(s, &source);
	}
	if (is_answered && source.family &&
	    after_is_banned(s->after, &source, event_ns))
		s->passed++;
}

/* From the event that tipped the scales to the decision. */
static void take_time(struct summary *s, uint64_t event_ns, uint64_t time_ns)
{
	uint64_t us;
	size_t bucket = 0;

	if (event_ns == 0 || event_ns > time_ns)
		return;
	us = (time_ns - event_ns) / 1000;
	while (us > 1 && bucket + 1 < BUCKETS) {
		us /= 2;
		bucket++;
	}
	s->buckets[bucket]++;
	s->timed++;
}

static void take_ban(struct summary *s, const char *line, size_t len,
		     uint64_t time_ns)
{
	struct members members = members_of(line, len);
	struct prefix prefix = { 0 };
	uint64_t until_ns = 0;
	struct member m;

	s->bans++;
	while (members_next(&members, &m)) {
		if (member_is(&m, "origin") && member_has(&m, "person"))
			s->by_person++;
		else if (member_is(&m, "event"))
			take_time(s, member_time(&m), time_ns);
		else if (member_is(&m, "until"))
			until_ns = member_time(&m);
		else if (member_is(&m, "prefix"))
			(void)member_prefix(&m, &prefix);
	}
	if (prefix.family)
		after_ban(s->after, &prefix, time_ns, until_ns);
}

static void take_unban(struct summary *s, const char *line, size_t len)
{
	struct prefix prefix = { 0 };
	struct member m;

	if (!members_find(line, len, "prefix", &m) ||
	    member_prefix(&m, &prefix))
		after_unban(s->after, &prefix);
}

static void take_gap(struct summary *s, const char *line, size_t len)
{
	struct member m;

	if (members_find(line, len, "name", &m) && member_has(&m, "events") &&
	    members_find(line, len, "count", &m))
		s->lost += member_number(&m);
}

static int hear(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	struct summary *s = ctx;
	struct member kind, rclass;

	if (!members_find(line, len, "kind", &kind) ||
	    !members_find(line, len, "class", &rclass))
		return 0;
	if (s->first_ns == 0)
		s->first_ns = time_ns;
	s->last_ns = time_ns;
	if (member_has(&kind, "event"))
		take_event(s, line, len);
	else if (member_has(&rclass, "system"))
		count_member(&s->system, &kind);
	else if (member_has(&rclass, "alarms"))
		count_member(&s->alarms, &kind);
	else if (member_has(&rclass, "acts"))
		count_member(&s->acts, &kind);
	if (member_has(&kind, "ban"))
		take_ban(s, line, len, time_ns);
	else if (member_has(&kind, "unban"))
		take_unban(s, line, len);
	else if (member_has(&kind, "gap"))
		take_gap(s, line, len);
	return 0;
}

/* Where PERCENT of the bans are: the upper end of its bucket, microseconds. */
static uint64_t percentile(const struct summary *s, unsigned int percent)
{
	uint64_t wanted = (s->timed * percent + 99) / 100, seen = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		seen += s->buckets[i];
		if (seen >= wanted)
			return 2ull << i;
	}
	return 0;
}

static int by_count(const void *a, const void *b)
{
	const struct net *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

static void print_tally(const char *label, const struct tally *t)
{
	const char *before = "";

	printf("%-10s", label);
	for (size_t i = 0; i < t->count; i++) {
		printf("%s%s %" PRIu64, before, t->words[i], t->counts[i]);
		before = ", ";
	}
	puts(t->count ? "" : "none");
}

static void print_text(const struct read_wish *wish, struct summary *s)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	char text[PREFIX_TEXT_SIZE];

	clock_format(wish->query.since_ns ? wish->query.since_ns : s->first_ns,
		     from);
	clock_format(wish->query.before_ns ? wish->query.before_ns
					   : wish->now_ns,
		     to);
	printf("from %.16s to %.16s UTC\n\n", from, to);
	printf("%-10s%" PRIu64 " (%" PRIu64
	       " dropped by the reporter itself)\n",
	       "events", s->events, s->blocked);
	print_tally("  sign", &s->signs);
	print_tally("  against", &s->servers);
	print_tally("  led to", &s->outcomes);
	printf("%-10s%" PRIu64 ", %" PRIu64 " of them by a person\n", "bans",
	       s->bans, s->by_person);
	if (s->timed)
		printf("%-10shalf within %.1f ms of the event, 95 %% within "
		       "%.1f ms\n",
		       "  time", (double)percentile(s, 50) / 1000.,
		       (double)percentile(s, 95) / 1000.);
	printf("%-10s%" PRIu64 " events in which a server answered a banned "
	       "source\n",
	       "  passed", s->passed);
	print_tally("acts", &s->acts);
	print_tally("system", &s->system);
	print_tally("alarms", &s->alarms);
	printf("%-10s%" PRIu64 " events are not in the records\n", "missing",
	       s->lost);
	qsort(s->nets, s->net_count, sizeof(s->nets[0]), by_count);
	for (size_t i = 0; i < s->net_count && i < NETS_SHOWN; i++)
		printf("%s%-22s %" PRIu64 "\n", i ? "          " : "networks  ",
		       prefix_format(&s->nets[i].prefix, text),
		       s->nets[i].count);
}

static void json_tally(const char *label, const struct tally *t)
{
	printf(",\"%s\":{", label);
	for (size_t i = 0; i < t->count; i++)
		printf("%s\"%s\":%" PRIu64, i ? "," : "", t->words[i],
		       t->counts[i]);
	printf("}");
}

static void print_json(struct summary *s)
{
	char text[PREFIX_TEXT_SIZE];

	printf("{\"events\":%" PRIu64 ",\"blocked\":%" PRIu64
	       ",\"bans\":%" PRIu64 ",\"by_person\":%" PRIu64
	       ",\"passed\":%" PRIu64 ",\"missing\":%" PRIu64,
	       s->events, s->blocked, s->bans, s->by_person, s->passed,
	       s->lost);
	json_tally("sign", &s->signs);
	json_tally("server", &s->servers);
	json_tally("outcome", &s->outcomes);
	json_tally("acts", &s->acts);
	json_tally("system", &s->system);
	json_tally("alarms", &s->alarms);
	if (s->timed)
		printf(",\"block_us\":{\"p50\":%" PRIu64 ",\"p95\":%" PRIu64
		       ",\"p99\":%" PRIu64 "}",
		       percentile(s, 50), percentile(s, 95), percentile(s, 99));
	printf(",\"networks\":[");
	qsort(s->nets, s->net_count, sizeof(s->nets[0]), by_count);
	for (size_t i = 0; i < s->net_count && i < NETS_SHOWN; i++)
		printf("%s[\"%s\",%" PRIu64 "]", i ? "," : "",
		       prefix_format(&s->nets[i].prefix, text),
		       s->nets[i].count);
	printf("]}\n");
}

int read_summary(const struct read_wish *wish)
{
	struct summary *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return read_failed("no memory", -ENOMEM);
	s->after = after_new();
	err = s->after ? read_all(wish, hear, s) : -ENOMEM;
	if (err)
		read_failed(wish->path, err);
	else if (wish->json)
		print_json(s);
	else
		print_text(wish, s);
	after_free(s->after);
	free(s);
	return err ? 1 : 0;
}
