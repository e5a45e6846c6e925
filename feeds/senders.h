/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SENDERS_H
#define POSTERN_FEEDS_SENDERS_H

/*
 * senders: the last good answer of each domain of shared senders, in memory and
 * on disk: a name server that is silent while this program, or the machine, is
 * started again takes nobody's protection.
 *
 * The file is text: for each domain a line "domain NAME SECONDS", when it was
 * answered (UTC, since 1970), its networks, a line each, and "end".
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/prefixset.h"

#define SENDERS_FOLDER "senders" /* below the state folder */
#define SENDERS_FILE   "spf"

struct senders {
	const struct shared *shared;
	struct prefixset good[CONFIG_SHARED_MAX]; /* sealed; by domain */
	uint64_t answered_s[CONFIG_SHARED_MAX]; /* calendar; 0: never yet */
};

/* The folder below the state folder STATE.  Returns BUF. */
const char *senders_folder(char buf[512], const char *state);

/* Nothing is known of the domains of SHARED, which must outlive it. */
void senders_init(struct senders *senders, const struct shared *shared);
void senders_fini(struct senders *senders);

/*
 * DOMAIN, by its number, was answered at NOW_S; FOUND, sealed, is taken over
 * and left empty.  True: it is another answer than before.
 */
bool senders_take(struct senders *senders, uint8_t domain,
		  struct prefixset *found, uint64_t now_s);

/*
 * What FOLDER keeps of these domains; what is wider than SHARED allows, by now,
 * is left out.  -ENOENT: nothing is kept.  -EBADMSG: a line says nothing; the
 * domains before it count.  Another -errno, as wholefile_read().
 */
__attribute__((warn_unused_result)) int senders_load(struct senders *senders,
						     const char *folder);
/* -errno: what was kept before still is. */
__attribute__((warn_unused_result)) int
senders_save(const struct senders *senders, const char *folder);

#endif
