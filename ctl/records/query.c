/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query: members against wishes.
 */
#include "ctl/records/query.h"

#include <errno.h>
#include <string.h>

#include "ctl/records/class.h"
#include "ctl/records/member.h"

bool query_is_plain(const struct query *q)
{
	return q->address.family == 0 && !q->sign && !q->server && !q->kind;
}

bool query_wants(const struct query *q, unsigned int rclass)
{
	if (q->classes)
		return q->classes >> rclass & 1;
	return q->all || rclass != CLASS_SEALS;
}

struct met {
	bool kind, address, sign, server;
};

/* What nobody asks for who asks for all. */
static bool is_minor(const struct member *kind)
{
	return member_has(kind, "bans") || member_has(kind, "original") ||
	       member_has(kind, "position") || member_has(kind, "read");
}

static void meet(const struct query *q, const struct member *m, struct met *met)
{
	struct prefix p;

	if (member_is(m, "kind"))
		met->kind = q->kind ? member_has(m, q->kind)
				    : q->all || !is_minor(m);
	else if (q->sign && member_is(m, "sign"))
		met->sign = member_has(m, q->sign);
	else if (q->server && member_is(m, "server"))
		met->server = member_has(m, q->server);
	else if (q->address.family && !met->address &&
		 (member_is(m, "prefix") || member_is(m, "source") ||
		  member_is(m, "target")))
		met->address = member_prefix(m, &p) &&
			       prefix_overlaps(&p, &q->address);
}

/* Every record begins with its number, then its time. */
static bool begin(const char *line, size_t len, struct members *members,
		  uint64_t *time_ns)
{
	struct member m;

	*members = members_of(line, len);
	if (!members_next(members, &m) || !member_is(&m, "seq") ||
	    !members_next(members, &m) || !member_is(&m, "time"))
		return false;
	*time_ns = member_time(&m);
	return true;
}

bool query_takes(const struct query *q, const char *line, size_t len,
		 uint64_t *time_ns)
{
	struct met met = {
		.address = q->address.family == 0,
		.sign = !q->sign,
		.server = !q->server,
	};
	struct members members;
	struct member m;

	*time_ns = 0;
	if (!begin(line, len, &members, time_ns) || *time_ns < q->since_ns ||
	    (q->before_ns && *time_ns >= q->before_ns))
		return false;
	while (members_next(&members, &m))
		meet(q, &m, &met);
	return met.kind && met.address && met.sign && met.server;
}

int query_classes(uint8_t *out, const char *text)
{
	unsigned int bits = 0;

	while (*text) {
		size_t len = strcspn(text, ",");
		enum rclass rclass = class_by_name(text, len);

		if (rclass == CLASS_COUNT)
			return -EINVAL;
		bits |= 1u << rclass;
		text += len;
		text += *text == ',';
	}
	*out = (uint8_t)bits;
	return bits ? 0 : -EINVAL;
}
