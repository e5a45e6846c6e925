/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SPOT_H
#define POSTERN_RECORDS_SPOT_H

/*
 * spot: where in any bytes an address stands, whoever wrote them.
 *
 * Finds rather too much than too little: four numbers of a version are an
 * IPv4 address, too.  Makes no system call, and looks at each byte a bounded
 * number of times.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/core/prefix.h"

enum spot_kind {
	/* IPv4 in dots, and in hyphens or low lines as in names of hosts;
	 * IPv6 in every form of RFC 4291 section 2.2, an IPv4 address in it
	 * is that; both with a length behind a slash where nothing but the
	 * prefix is told; whole names below in-addr.arpa and ip6.arpa. */
	SPOT_PREFIX,
	/* local-part@domain, without quotation marks (RFC 5321 section 4.1.2) */
	SPOT_MAIL,
	/* Letters and digits without an end, as of base64: nobody knows what
	 * they mean. */
	SPOT_BYTES,
};

struct spot {
	enum spot_kind kind;
	size_t at;
	size_t len;
	struct prefix prefix; /* of SPOT_PREFIX */
};

/* The first one in the LEN bytes of TEXT that begins at FROM or behind it.
 * SPOT_BYTES has at least BYTES_MIN.  False: there is none. */
bool spot_find(const char *text, size_t len, size_t from, size_t bytes_min,
	       struct spot *out);

/* How many bytes at the begin, or the end, of TEXT may be a part of one whose
 * rest is elsewhere. */
size_t spot_begin(const char *text, size_t len);
size_t spot_end(const char *text, size_t len);

#endif
