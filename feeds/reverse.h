/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_REVERSE_H
#define POSTERN_FEEDS_REVERSE_H

/*
 * reverse: has an address a name that leads back to it (RFC 1912 section 2.1,
 * RFC 8601 section 3, "iprev")?
 *
 * Asks one question after the other and is given the answers, as spf does: it
 * knows no network and no clock.  Bounded: so many names of one address count.
 */
#include <stdbool.h>

#include "ctl/core/msg.h"
#include "ctl/core/prefix.h"

/* RFC 7208 section 5.5 looks at as many. */
#define REVERSE_NAMES 10u
/* "ip6.arpa" with its 32 digits, and a NUL. */
#define REVERSE_NAME_SIZE CONFIG_DOMAIN_SIZE

enum reverse_type {
	REVERSE_PTR,
	REVERSE_A,
	REVERSE_AAAA,
};

struct reverse {
	struct prefix host;
	char names[REVERSE_NAMES][REVERSE_NAME_SIZE];
	unsigned int count; /* of them */
	unsigned int next; /* that is asked about; the PTR is before all */
	bool began; /* the PTR was answered */
	bool lacking; /* some question was not */
	struct named answer;
};

/* HOST is a full address. */
void reverse_init(struct reverse *r, const struct prefix *host);

/* The question that is open: its type, and its name in NAME.  False: all is
 * known, and stands in r->answer. */
bool reverse_question(const struct reverse *r, enum reverse_type *type,
		      char name[REVERSE_NAME_SIZE]);

/* The answer to it: any number of these, and then reverse_answered(). */
void reverse_take_name(struct reverse *r, const char *name);
void reverse_take_address(struct reverse *r, const struct prefix *address);
/* OK: the name server answered, if only that there is nothing. */
void reverse_answered(struct reverse *r, bool ok);

#endif
