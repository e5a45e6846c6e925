/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reverse: the names first, then where each of them leads.
 */
#include "feeds/reverse.h"

#include <stdio.h>
#include <string.h>

void reverse_init(struct reverse *r, const struct prefix *host)
{
	*r = (struct reverse){ .host = *host };
	r->answer.host = *host;
	r->answer.verdict = NAME_UNASKED;
}

/* RFC 1035 section 3.5, RFC 3596 section 2.5. */
static void write_arpa(const struct prefix *host, char out[REVERSE_NAME_SIZE])
{
	size_t used = 0;

	if (host->family == PREFIX_IP4) {
		snprintf(out, REVERSE_NAME_SIZE, "%u.%u.%u.%u.in-addr.arpa",
			 host->addr[3], host->addr[2], host->addr[1],
			 host->addr[0]);
		return;
	}
	for (unsigned int i = 16; i > 0; i--)
		used += (size_t)snprintf(out + used, REVERSE_NAME_SIZE - used,
					 "%x.%x.", host->addr[i - 1] & 15u,
					 host->addr[i - 1] >> 4);
	snprintf(out + used, REVERSE_NAME_SIZE - used, "ip6.arpa");
}

bool reverse_question(const struct reverse *r, enum reverse_type *type,
		      char name[REVERSE_NAME_SIZE])
{
	if (r->answer.verdict != NAME_UNASKED)
		return false;
	if (!r->began) {
		*type = REVERSE_PTR;
		write_arpa(&r->host, name);
		return true;
	}
	*type = r->host.family == PREFIX_IP4 ? REVERSE_A : REVERSE_AAAA;
	memcpy(name, r->names[r->next], REVERSE_NAME_SIZE);
	return true;
}

void reverse_take_name(struct reverse *r, const char *name)
{
	size_t len = strlen(name);

	if (r->began || r->count == REVERSE_NAMES || len == 0 ||
	    len >= REVERSE_NAME_SIZE)
		return;
	memcpy(r->names[r->count++], name, len + 1);
}

void reverse_take_address(struct reverse *r, const struct prefix *address)
{
	if (r->began && prefix_equal(address, &r->host))
		r->answer.verdict = NAME_CONFIRMED;
}

static void say_name(struct reverse *r, unsigned int number)
{
	memcpy(r->answer.name, r->names[number], REVERSE_NAME_SIZE);
}

void reverse_answered(struct reverse *r, bool ok)
{
	r->lacking |= !ok;
	if (!r->began) {
		r->began = true;
		if (r->count == 0)
			r->answer.verdict = ok ? NAME_MISSING : NAME_UNANSWERED;
		return;
	}
	if (r->answer.verdict == NAME_CONFIRMED) {
		say_name(r, r->next);
		return;
	}
	if (++r->next < r->count)
		return;
	/* One that could not be asked may be the one that leads back. */
	r->answer.verdict = r->lacking ? NAME_UNANSWERED : NAME_UNCONFIRMED;
	say_name(r, 0);
}
