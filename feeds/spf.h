/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SPF_H
#define POSTERN_FEEDS_SPF_H

/*
 * spf: the networks that a domain says it sends from (RFC 7208).
 *
 * Asks one question after the other, and is given the answers: it knows no
 * network and no clock.  Only what a record lets pass without a doubt counts:
 * ip4, ip6, a and mx with "+" or nothing before them, and what include and
 * redirect lead to.  ptr, exists, macros and all name nobody here.
 *
 * Bounded, whatever the records say: ten terms that ask (section 4.6.4), each
 * record once, so many networks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/prefixset.h"

/* Terms that ask, of one domain: section 4.6.4. */
#define SPF_TERMS_MAX 10u
/* Hosts of one mx: the same section. */
#define SPF_HOSTS_MAX 10u
#define SPF_QUEUE     64u
#define SPF_PREFIXES  4096u

enum spf_type {
	SPF_TXT,
	SPF_A,
	SPF_AAAA,
	SPF_MX,
};

/* What is to be asked next. */
struct spf_question {
	uint8_t type; /* enum spf_type */
	bool is_first; /* of the domain itself: it has to have a record */
	uint8_t length4; /* of the networks around what is found */
	uint8_t length6;
	char name[CONFIG_DOMAIN_SIZE];
};

enum spf_fault {
	SPF_SOUND,
	SPF_NO_RECORD,
	SPF_TOO_MANY, /* terms that ask: a loop, or too deep */
	SPF_TOO_LONG, /* more networks than any sender has */
	SPF_SYNTAX,
	SPF_UNANSWERED, /* no answer came */
};

struct spf {
	struct spf_question queue[SPF_QUEUE];
	unsigned int first;
	unsigned int count;
	unsigned int terms; /* that ask, so far */
	char seen[SPF_TERMS_MAX + 2][CONFIG_DOMAIN_SIZE]; /* records read */
	unsigned int seen_count;
	uint8_t widest4; /* what is wider is left out */
	uint8_t widest6;
	unsigned int too_wide; /* networks that were */
	enum spf_fault fault;
	struct prefixset found;
};

/* Begin with DOMAIN.  Give it to spf_fini(). */
void spf_init(struct spf *spf, const char *domain, uint8_t widest4,
	      uint8_t widest6);
void spf_fini(struct spf *spf);

/* The question that is open, or NULL: all is known, or there is a fault. */
const struct spf_question *spf_question(const struct spf *spf);

/* The answer to it: any number of these, and then spf_answered(). */
void spf_take_text(struct spf *spf, const char *text, size_t len);
void spf_take_address(struct spf *spf, const struct prefix *address);
void spf_take_host(struct spf *spf, const char *name);
/* OK: the name server answered, if only that there is nothing. */
void spf_answered(struct spf *spf, bool ok);

/* "a loop, or more than ten terms that ask": for a sentence. */
const char *spf_fault_name(enum spf_fault fault);

#endif
