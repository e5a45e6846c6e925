/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_BANS_H
#define POSTERN_DAEMON_BANS_H

/*
 * bans: the table of bans, the truth that the kernel is a projection of.
 *
 * Each prefix has at most one ban; bans of different prefixes may contain
 * each other, each with its own term.  A ban that is over stays as a memory
 * of its level until that is forgotten.  Reads no clock: times are given, in
 * milliseconds of the monotonic clock.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/msg.h"
#include "ctl/core/prefix.h"

struct ban {
	struct prefix prefix;
	uint8_t active; /* else over, kept for its level */
	uint8_t level; /* 1: first ban */
	uint8_t origin; /* enum origin */
	uint8_t sign; /* enum sign */
	uint16_t feed;
	uint16_t hosts; /* that attacked, of a subnet */
	uint32_t sid;
	uint32_t uid;
	uint32_t reason; /* number in reasons */
	uint32_t term_s; /* 0: without a term */
	uint32_t since_s; /* calendar, seconds since 1970 */
	uint32_t place; /* in its heap */
	uint64_t
		until_ms; /* its end; where over, the loss of a level; 0: never */
};

struct bans;

#define BANS_NEVER UINT64_MAX

/* Room for CAPACITY bans, made at once and touched as it is used.
 * SEED: what an attacker cannot know.  NULL: no memory. */
struct bans *bans_new(uint32_t capacity, uint64_t seed, uint32_t forget_s);
void bans_free(struct bans *b);

/* What a ban is to be; UNTIL_MS as in struct ban. */
struct ban_wish {
	struct prefix prefix;
	uint8_t level;
	uint8_t origin;
	uint8_t sign;
	uint16_t feed;
	uint16_t hosts;
	uint32_t sid;
	uint32_t uid;
	uint32_t term_s;
	uint32_t since_s;
	uint64_t until_ms;
	const char *reason;
};

/* Ban, or ban anew, WISH's prefix.  -ENOSPC: the table is full of bans in
 * force. */
__attribute__((warn_unused_result)) int bans_put(struct bans *b,
						 const struct ban_wish *wish);

/*
 * Remember a ban that is over: its level falls from UNTIL_MS on.  As
 * bans_put(); a ban in force is left alone.
 */
__attribute__((warn_unused_result)) int
bans_remember(struct bans *b, const struct ban_wish *wish);

/* P is asked for, or put in, soon: let the memory for it come. */
void bans_expect(const struct bans *b, const struct prefix *p);

/* The ban, or the memory, of exactly P; NULL: none. */
const struct ban *bans_find(const struct bans *b, const struct prefix *p);

/* The widest ban in force that contains P, or NULL. */
const struct ban *bans_covering(const struct bans *b, const struct prefix *p);

/* Of so many lengths the hashes are kept between the steps. */
#define BANS_TRAIL_MAX 8u

/* What bans_covering() finds out about a prefix before it looks; may be old. */
struct bans_trail {
	uint32_t shape;
	uint8_t count;
	uint64_t hashes[BANS_TRAIL_MAX];
};

/* The same in three steps, each for many prefixes before the next, so that
 * memory has time to come. */
void bans_expect_covering(const struct bans *b, const struct prefix *p,
			  struct bans_trail *trail);
void bans_fetch_covering(const struct bans *b, const struct bans_trail *trail);
const struct ban *bans_covering_by(const struct bans *b, const struct prefix *p,
				   const struct bans_trail *trail);

/* How long BLOCK, a block of the ladder, is to stay banned by whatever bans
 * own it: ms; BANS_NEVER: without a term; 0: by none.  KNOWN, a ban in force
 * that contains BLOCK, or NULL, need not be looked for. */
uint64_t bans_block_left(const struct bans *b, const struct prefix *block,
			 const struct ban *known, uint64_t now_ms);

/* End the ban of exactly P.  FORGIVE: it shall not count against it.
 * -ENOENT: it is not banned. */
__attribute__((warn_unused_result)) int bans_lift(struct bans *b,
						  const struct prefix *p,
						  uint64_t now_ms,
						  bool forgive);

/* When bans_expire() has something to do next; BANS_NEVER: nothing. */
uint64_t bans_next_ms(const struct bans *b);

/* End what is over by NOW_MS; forget what is long over.  The kernel needs no
 * order for it: it counts the terms itself.  Returns how many bans ended. */
size_t bans_expire(struct bans *b, uint64_t now_ms);

/* BAN as it is told to others, but for when it ends: that depends on whose
 * clock is meant. */
struct ban_row bans_row(const struct bans *b, const struct ban *ban);
struct saved_ban bans_saved(const struct bans *b, const struct ban *ban);

/* Walk over all entries: *AT begins at 0.  NULL: that was the last.  The table
 * may change between two steps; what is there all the time is met once. */
const struct ban *bans_walk(const struct bans *b, uint32_t *at);

const char *bans_reason(const struct bans *b, const struct ban *ban);

uint32_t bans_count(const struct bans *b); /* in force */
uint32_t bans_count_forever(const struct bans *b); /* without a term */
uint32_t bans_count_all(const struct bans *b); /* with the memories */

#endif
