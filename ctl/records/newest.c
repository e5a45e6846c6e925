/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * newest: records are read forwards, so a short time back is tried first, and
 * longer ones until there are enough: who attacks now is found in the newest
 * segment, and older ones have an index of addresses.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/records/class.h"
#include "ctl/records/member.h"
#include "ctl/records/read.h"

#define HOUR_S	    3600u
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* What concerns a source; alarms repeat it, and lines are long. */
static const char *const kinds[] = {
	"event", "ban", "would-ban", "unban", "refused", "pardon", "unpardon",
};

/* Seconds back; 0: all that there is. */
static const uint32_t spans_s[] = { 6 * HOUR_S, 48 * HOUR_S, 336 * HOUR_S, 0 };

struct newest {
	char *lines[READ_NEWEST]; /* owned; a ring */
	uint64_t count; /* that there were */
};

static void forget(struct newest *n)
{
	for (size_t i = 0; i < READ_NEWEST; i++)
		free(n->lines[i]);
	*n = (struct newest){ 0 };
}

static bool is_wanted(const char *line, size_t len)
{
	struct member m;

	if (!members_find(line, len, "kind", &m))
		return false;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (member_has(&m, kinds[i]))
			return true;
	}
	return false;
}

static int take(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	struct newest *n = ctx;
	char **place = &n->lines[n->count % READ_NEWEST];
	char *copy;

	(void)time_ns;
	if (!is_wanted(line, len))
		return 0;
	copy = strndup(line, len);
	if (!copy)
		return -ENOMEM;
	free(*place);
	*place = copy;
	n->count++;
	return 0;
}

static int look(struct newest *n, const struct read_wish *wish, uint32_t span_s)
{
	struct read_wish own = *wish;

	forget(n);
	own.query.classes = 1u << CLASS_EVENTS | 1u << CLASS_ACTS;
	if (span_s)
		own.query.since_ns =
			wish->now_ns - span_s * (uint64_t)CLOCK_NS_PER_S;
	return read_all(&own, take, n);
}

static void print(const struct newest *n, bool is_cut)
{
	uint64_t held = n->count < READ_NEWEST ? n->count : READ_NEWEST;

	for (uint64_t i = 0; i < held; i++)
		puts(n->lines[(n->count - 1 - i) % READ_NEWEST]);
	printf("{\"more\":%s}\n", is_cut || n->count > held ? "true" : "false");
}

int read_newest(const struct read_wish *wish)
{
	struct newest n = { 0 };
	size_t i = 0;
	int err;

	do {
		err = look(&n, wish, spans_s[i]);
	} while (!err && n.count < READ_NEWEST && spans_s[i++]);
	/* Of what lies before a span nobody knows yet: there may be more. */
	if (!err)
		print(&n, i < COUNT_OF(spans_s) && spans_s[i]);
	forget(&n);
	return err ? read_failed(wish->path, err) : 0;
}
