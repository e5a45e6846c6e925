/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_PATRONS_H
#define POSTERN_CORE_PATRONS_H

/*
 * patrons: who has sent good mail, and how often.
 *
 * A sensor counts here what it has not told yet, and postern-ctl adds up what
 * the sensors told: so that whoever is kept out by mistake can be found
 * (BSI, IT Baseline Protection Manual: networks that were omitted).
 * One patron is an IPv4 address, or a /64 of IPv6.
 *
 * A table of fixed size, in sets of eight; where a set is full, who was quiet
 * for long goes first, and else who brought the least.  Reads no clock.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

#define PATRONS_MAX 16384u

struct patron {
	struct prefix key; /* family 0: a free place */
	struct prefix host; /* the address that was seen last */
	uint32_t mails; /* accepted, with nothing wrong about them */
	uint32_t encrypted; /* sessions as long as a mail, not looked into */
	uint32_t untold_mails; /* of these, those that nobody knows yet */
	uint32_t untold_encrypted;
	uint32_t limited; /* times that it met a limit of connections */
	uint64_t limited_ns; /* the last of them, UTC */
	uint64_t last_ns; /* its newest mail or session, UTC */
};

struct patrons;

/* SEED: what nobody outside can know.  NULL: no memory. */
struct patrons *patrons_new(uint64_t seed);
void patrons_free(struct patrons *p); /* accepts NULL */

/* HOST, a full address, as those of PATRONS are known by. */
struct prefix patrons_key(const struct prefix *host);

/* More of HOST's good mails and sessions, which are untold as yet. */
void patrons_add(struct patrons *p, const struct prefix *host, uint32_t mails,
		 uint32_t encrypted, uint64_t time_ns);

/* Who HOST belongs to; NULL: it has no history. */
struct patron *patrons_find(struct patrons *p, const struct prefix *host);

/* Walk over all: *AT begins at 0.  NULL: that was the last. */
struct patron *patrons_walk(struct patrons *p, uint32_t *at);

/* How many there are with something that is untold. */
uint32_t patrons_untold(const struct patrons *p);
/* PATRON was told of; all must be told anew. */
void patrons_told(struct patrons *p, struct patron *patron);
void patrons_forget_told(struct patrons *p);

#endif
