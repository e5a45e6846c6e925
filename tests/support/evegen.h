/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_EVEGEN_H
#define POSTERN_TESTS_EVEGEN_H

/*
 * evegen: lines of the shape that Suricata 7 writes, made up.
 *
 * The same random numbers make the same lines.
 */
#include <stddef.h>

#include "tests/support/random.h"

enum evegen_kind {
	EVEGEN_ALERT,
	EVEGEN_FLOW,
	EVEGEN_SMTP,
	EVEGEN_DNS,
	EVEGEN_TLS,
	EVEGEN_FILEINFO,
	EVEGEN_STATS,
	EVEGEN_KINDS
};

/* The longest line made, with its newline and NUL. */
#define EVEGEN_LINE_SIZE 16384

/* The mail server whose traffic it is, as the lines spell it. */
#define EVEGEN_SERVER "10.20.0.25"

/* A kind by the shares of a busy mail gate: 3 % alerts, 854 bytes a line. */
enum evegen_kind evegen_pick(struct random *r);

/*
 * Write a line of KIND, its newline and a NUL to OUT and return its length.
 * NUMBER is in it: as the flow_id, and in the peer's address.
 */
size_t evegen_line(struct random *r, enum evegen_kind kind, uint32_t number,
		   char out[EVEGEN_LINE_SIZE]);

#endif
