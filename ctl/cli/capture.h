/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_CAPTURE_H
#define POSTERN_CLI_CAPTURE_H

/*
 * capture: which files are captures of packets.  The CLI reads no packet.
 */
#include <stdbool.h>

/* Does PATH begin as a pcap or pcapng file does?  "-" is the standard input,
 * which is then a file (input.h).  False, too, where it cannot be read. */
bool capture_is_one(const char *path);

/* Why PATH, which is named as captures are (.pcap, .pcapng, .cap, or one of
 * them packed: .pcap.gz), is none, as the end of a sentence; NULL: it is one, or
 * is not named so. */
const char *capture_fault(const char *path);

#endif
