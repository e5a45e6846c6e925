/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_ENFORCE_H
#define POSTERN_DAEMON_ENFORCE_H

/*
 * enforce: the table of bans, projected into the kernel by way of postern-nft.
 *
 * Sends each change as orders for the blocks of the ladder, and all of it anew
 * when postern-nft asks for a rebuild.  Counts what was sent and what is done;
 * a ban of many blocks, and a block of many bans, are its affair.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct judge;
struct enforce;
struct wire;

/* Over the tables of JUDGE and the wire NFT, which must outlive it.  NULL: no
 * memory. */
struct enforce *enforce_new(const struct judge *judge, struct wire *nft);
void enforce_free(struct enforce *e);

/* The wire was made anew; its other side will say hello. */
void enforce_use(struct enforce *e, struct wire *nft);

/* The ban of P in SCOPE was made, renewed, lifted: tell the kernel how long each
 * of its
 * blocks is to stay now. */
void enforce_prefix(struct enforce *e, uint8_t scope, const struct prefix *p,
		    uint64_t now_ms);
/* The same of a pardon. */
void enforce_pardon(struct enforce *e, const struct prefix *p, uint64_t now_ms);

/* Cut the one session of EVENT, for TERM_S. */
void enforce_cut(struct enforce *e, const struct event *event, uint32_t term_s);

/* So much changed that all is to be sent anew. */
void enforce_rebuild(struct enforce *e);

/* What the gate is to be; sent once the bans are in force. */
void enforce_gate(struct enforce *e, enum gate gate);

/* The bans are all known now: a rebuild may end. */
void enforce_restored(struct enforce *e, uint64_t now_ms);

/* A new life of postern-nft; what it says of itself. */
void enforce_hello(struct enforce *e);
void enforce_state(struct enforce *e, const struct kernel_state *state);
void enforce_done(struct enforce *e, uint64_t seq);

/* Send on of a rebuild, as much as the wire takes well.  True: there is more
 * to send right now. */
bool enforce_pump(struct enforce *e, uint64_t now_ms);

/* Number of the newest order; up to which all are done. */
uint64_t enforce_seq(const struct enforce *e);
uint64_t enforce_done_seq(const struct enforce *e);

/* All bans are in force, and the gate is as it is to be. */
bool enforce_is_settled(const struct enforce *e);

#endif
