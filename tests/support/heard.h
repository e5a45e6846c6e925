/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_HEARD_H
#define POSTERN_TESTS_HEARD_H

/*
 * heard: short dialogues, and the events that they lead to.
 *
 * Every one is played as it is written, byte by byte, and in random pieces;
 * the test ends when the events are not the same.
 */
#include <stdbool.h>
#include <stddef.h>

#include "sensors/dialogue.h"
#include "tests/support/exchange.h"

#define HEARD_MAX      512
#define HEARD_SESSIONS 4

struct heard {
	struct event events[HEARD_MAX];
	size_t count;
	size_t good; /* mails of somebody outside that were taken */
	size_t good_encrypted; /* sessions as long as a mail */
	struct dialogue_session sessions[HEARD_SESSIONS]; /* the first ones */
	size_t session_count;
	struct dialogue_stats stats;
};

/* What is not the usual: zero is. */
struct setting {
	uint16_t port; /* 0: 25 */
	bool inside; /* the client is */
	bool midstream;
	bool no_domains; /* ours are not known; else example.org */
	const char *proxy; /* declared, as a prefix */
	enum login_names names; /* 0 stands for the default here */
	uint64_t signs_off;
	const struct config *config;
	uint32_t content_max; /* 0: the default */
};

/*
 * Play LINES, up to NULL, between 203.0.113.9 and 192.0.2.25:
 *	"c:text" "s:text"	said, with CRLF
 *	"c!text" "s!text"	said, as it is; \0 as \x00
 *	"+N"			N milliseconds later
 *	"gc N" "gs N"		a gap of N bytes
 *	"@N"			another dialogue, from 203.0.113.N
 */
void heard_play(struct heard *h, const struct setting *setting,
		const char *const *lines);

/* The same of an exchange's file or text. */
void heard_exchange(struct heard *h, const struct setting *setting,
		    const struct exchange *x);

/* How many events there are of SIGN, and the first of them, or NULL. */
size_t heard_count(const struct heard *h, enum sign sign);
const struct event *heard_first(const struct heard *h, enum sign sign);

#endif
