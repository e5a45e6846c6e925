/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_RELP_H
#define POSTERN_RECORDS_RELP_H

/*
 * relp: messages to a syslog daemon that acknowledges each, by the reliable
 * event logging protocol of rsyslog (relp version 0, offer "syslog").
 *
 * The answer to a frame bears its number, TXNR.  Answers come in the order of
 * the frames.
 *
 * Not by librelp: its client sends, and sends again by itself, but has neither
 * a function nor a callback that tells the caller which messages were
 * acknowledged (1.11), and without that no cursor on disk can be kept.
 *
 * Every int function returns 0 or a negative errno value, after which only
 * relp_close() is of use.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "ctl/records/relpframe.h"

/* Messages without an answer. */
#define RELP_WINDOW  128u
#define RELP_WAIT_MS 30000

struct relp {
	int fd; /* -1: it is closed */
	uint32_t next; /* TXNR of the next frame */
	uint32_t answered; /* TXNR of the last that was answered */
	char in[RELPFRAME_SIZE_MAX]; /* the begin of a frame */
	size_t have;
};

/* Connect to ADDRESS, and agree on what is spoken, within WAIT_MS all together.
 * -EPROTO: it speaks something else.  -EREMOTEIO: it refuses.  -ETIMEDOUT. */
__attribute__((warn_unused_result)) int
relp_open(struct relp *r, const struct sockaddr *address, socklen_t len,
	  unsigned int wait_ms);
void relp_close(struct relp *r);

/* Send a message; fewer than RELP_WINDOW may be unanswered. */
__attribute__((warn_unused_result)) int relp_send(struct relp *r,
						  const char *text, size_t len);
unsigned int relp_unanswered(const struct relp *r);

/* Take what answers there are, waiting WAIT_MS for some; *ACKED: how many.
 * -ETIMEDOUT: nothing came, and WAIT_MS is not 0.  -EPROTO: what came is none.
 * -EREMOTEIO: the one after those was refused.  -EPIPE: the daemon ends. */
__attribute__((warn_unused_result)) int relp_heed(struct relp *r, int wait_ms,
						  unsigned int *acked);

#endif
