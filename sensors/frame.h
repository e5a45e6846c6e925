/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_FRAME_H
#define POSTERN_SENSORS_FRAME_H

/*
 * frame: from the bytes of a captured frame to the IP packet in it.
 *
 * Link layers: Ethernet with 802.1Q and 802.1ad tags and PPPoE sessions, Linux
 * cooked v1 and v2, raw IP, BSD loopback, NFLOG.  Network layers: IPv4 with
 * options (RFC 791), IPv6 with extension headers (RFC 8200 section 4).
 * Knows no port, no connection and no clock; every length in the frame is
 * somebody else's claim.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The link layers that libpcap names by these DLT numbers. */
enum frame_link {
	FRAME_LINK_NONE, /* one that is not known */
	FRAME_LINK_ETHERNET,
	FRAME_LINK_COOKED, /* LINKTYPE_LINUX_SLL */
	FRAME_LINK_COOKED2, /* LINKTYPE_LINUX_SLL2 */
	FRAME_LINK_RAW, /* an IP header at once */
	FRAME_LINK_LOOPBACK, /* a family in somebody's byte order */
	FRAME_LINK_NFLOG,
};

enum frame_verdict {
	FRAME_PACKET, /* a packet of a transport protocol, or a part of one */
	FRAME_OTHER, /* no IP: ARP, STP ... */
	FRAME_SHORT, /* the capture cut it off before what counts */
	FRAME_BAD, /* its own lengths contradict each other */
	FRAME_VERDICTS
};

/* An IP packet; the pointer points into the frame. */
struct packet {
	uint8_t family; /* enum prefix_family */
	uint8_t protocol; /* of the payload: IANA number */
	uint8_t hops; /* TTL or hop limit, as captured */
	bool is_fragment;
	bool more_fragments;
	bool is_cut; /* the capture holds less than the packet has */
	bool is_sound; /* the header's checksum is right, or it has none */
	uint32_t fragment_id;
	uint32_t fragment_offset; /* in bytes */
	uint8_t source[16]; /* IPv4 in the first four, the rest 0 */
	uint8_t target[16];
	const uint8_t *payload;
	size_t len; /* of the payload, in bytes, as captured */
	const uint8_t *note; /* NFLOG: what the rule says of it, or NULL */
	size_t note_len;
};

/* The link layer of a DLT number. */
enum frame_link frame_link_of(int dlt);

/* Read the frame of LEN captured bytes at DATA. */
enum frame_verdict frame_read(struct packet *out, enum frame_link link,
			      const uint8_t *data, size_t len);

/* Read on in PACKET, which was put together from its fragments: its extension
 * headers may go on there. */
enum frame_verdict frame_read_on(struct packet *packet);

#endif
