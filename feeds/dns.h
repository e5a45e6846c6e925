/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_DNS_H
#define POSTERN_FEEDS_DNS_H

/*
 * dns: questions to name servers, by c-ares on libev's loop.
 *
 * Asks those who are configured, or else the system's.  Any number of
 * questions may be open; each is answered once, perhaps from within dns_ask(),
 * and who hears an answer may ask again.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/core/config.h"
#include "ctl/core/prefix.h"

struct dns;
struct ev_loop;

/* IANA's numbers. */
enum dns_type {
	DNS_A = 1,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
};

struct dns_answer {
	bool ok; /* a name server answered, if only that there is nothing */
	const unsigned char *data; /* the message; NULL: there is nothing */
	int len;
};

typedef void (*dns_hear)(void *ctx, const struct dns_answer *answer);

/* Resolvers as SHARED has them.  Returns 0, or one of c-ares' errors. */
__attribute__((warn_unused_result)) int
dns_new(struct dns **out, struct ev_loop *loop, const struct shared *shared);
/* What such an error is called. */
const char *dns_error(int err);
/* Open questions are not answered any more.  Accepts NULL. */
void dns_free(struct dns *dns);

void dns_ask(struct dns *dns, const char *name, enum dns_type type,
	     dns_hear hear, void *ctx);

/* What stands in an answer; a message that is none has nothing in it.  TAKE
 * hears each, with CTX. */
void dns_texts(const struct dns_answer *answer,
	       void (*take)(void *ctx, const char *text, size_t len),
	       void *ctx);
void dns_addresses(const struct dns_answer *answer, enum dns_type type,
		   void (*take)(void *ctx, const struct prefix *address),
		   void *ctx);
/* The hosts of an MX, at most MOST, or the names of an address. */
void dns_hosts(const struct dns_answer *answer, enum dns_type type,
	       unsigned int most, void (*take)(void *ctx, const char *name),
	       void *ctx);

#endif
