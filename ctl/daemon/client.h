/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_CLIENT_H
#define POSTERN_DAEMON_CLIENT_H

/*
 * client: one person's connection, between clients and verbs.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct client {
	struct clients *clients;
	struct daemon *daemon;
	struct wire *wire; /* NULL: a free place */
	int fd;
	uint32_t pid; /* of the peer, by its credentials */
	uint32_t uid;
	bool busy; /* with the request below */
	bool watching;
	bool listing; /* bans, from WALK on */
	bool wants_nft; /* the answer to the question TAG */
	bool unheard; /* postern-nft did not answer it in time */
	bool wants_reload;
	bool wants_names; /* of who is omitted */
	bool wants_settled; /* its act on disk, its orders in the kernel */
	bool dead; /* to be freed at the end of the turn */
	struct ask ask;
	uint64_t tag;
	uint64_t act_id;
	uint64_t first_seq; /* its orders are those after this, up to SEQ */
	uint64_t seq;
	uint8_t scope; /* whose bans, and where in them */
	uint32_t walk;
	uint64_t missed; /* acts that a slow watcher was not shown */
	struct found found; /* of VERB_WHY */
	struct answer answer; /* to be given in the end */
};

/* Give the answer of CODE; the request is done. */
__attribute__((format(printf, 3, 4))) void client_answer(struct client *client,
							 enum answer_code code,
							 const char *format,
							 ...);

/* The same later: when all is on disk and in the kernel. */
__attribute__((format(printf, 3, 4))) void
client_answer_settled(struct client *client, uint64_t act_id,
		      const char *format, ...);

/* Ask postern-nft a question of KIND for this client; false: nobody there. */
bool client_ask_nft(struct client *client, enum msg_kind kind,
		    const struct prefix *address);

/* Let it wait until the names of who is omitted are known. */
void client_wait_names(struct client *client);

#endif
