/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_RELPFRAME_H
#define POSTERN_RECORDS_RELPFRAME_H

/*
 * relpframe: a frame of the reliable event logging protocol, as bytes:
 * "TXNR COMMAND LENGTH[ DATA]\n".  From the protocol's own description (relp
 * version 0): a number has up to nine digits, a command up to 32 letters.
 * No system calls.
 */
#include <stddef.h>
#include <stdint.h>

#define RELPFRAME_TXNR_MAX    999999999u
#define RELPFRAME_COMMAND_MAX 32u
/* Of a daemon's frames: a word, and at most its offers. */
#define RELPFRAME_DATA_MAX 960u
#define RELPFRAME_SIZE_MAX \
	(9 + 1 + RELPFRAME_COMMAND_MAX + 1 + 9 + 1 + RELPFRAME_DATA_MAX + 1)

/* Both point into what was parsed. */
struct relpframe {
	uint32_t txnr; /* 0: a hint, which nobody answers */
	const char *command;
	size_t command_len;
	const char *data;
	size_t data_len;
};

enum relpframe_parse {
	RELPFRAME_DONE,
	RELPFRAME_MORE,
	RELPFRAME_BAD
};

/* Parse the frame at the begin of BYTES; *USED: its length.  RELPFRAME_MORE:
 * its end is not there, and never after RELPFRAME_SIZE_MAX bytes.  OUT and USED are set with RELPFRAME_DONE alone. */
__attribute__((warn_unused_result)) enum relpframe_parse
relpframe_parse(struct relpframe *out, size_t *used, const char *bytes,
		size_t len);

#endif
