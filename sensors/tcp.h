/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_TCP_H
#define POSTERN_SENSORS_TCP_H

/*
 * tcp: a TCP segment in an IP packet (RFC 9293 section 3.1).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/frame.h"

#define TCP_PROTOCOL 6

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

/* No scale was told (RFC 7323 section 2.2). */
#define TCP_SCALE_NONE 0xff

struct segment {
	uint16_t source_port;
	uint16_t target_port;
	uint32_t seq;
	uint32_t ack; /* means something with TCP_ACK only */
	uint8_t flags; /* enum tcp_flag and others */
	uint8_t scale; /* of windows, in a SYN, or TCP_SCALE_NONE */
	bool has_stamp; /* a time stamp (RFC 7323 section 3.2) */
	uint32_t stamp;
	uint16_t window; /* not scaled */
	uint16_t urgent; /* pointer; means something with TCP_URG only */
	const uint8_t *data;
	size_t len; /* of the data, as captured */
};

/* Read the header.  False: there is none, or it is cut, or contradicts
 * itself. */
bool tcp_read(struct segment *out, const struct packet *packet);

/* Is the checksum over header, data and addresses right?  One that the
 * network card was to fill in is wrong, too. */
bool tcp_is_sound(const struct packet *packet);

#endif
