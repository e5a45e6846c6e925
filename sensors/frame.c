/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame: one function per layer; each takes what is left and hands it on.
 */
#include "sensors/frame.h"

#include <string.h>

#include "ctl/core/prefix.h"
#include "sensors/bytes.h"

/* EtherTypes (IEEE 802 numbers). */
#define TYPE_IP4      0x0800
#define TYPE_IP6      0x86dd
#define TYPE_VLAN     0x8100
#define TYPE_QINQ     0x88a8
#define TYPE_QINQ_OLD 0x9100
#define TYPE_PPPOE    0x8864
#define TYPE_NONE     0

#define VLAN_TAGS_MAX 8

#define PPP_IP4	      0x0021
#define PPP_IP6	      0x0057

/* IPv6 extension headers (RFC 8200 section 4.1; IANA "IPv6 Extension Header
 * Types"). */
#define EXT_HOP_BY_HOP	0
#define EXT_ROUTING	43
#define EXT_FRAGMENT	44
#define EXT_AUTH	51
#define EXT_DESTINATION 60
#define EXT_MOBILITY	135
#define EXT_HIP		139
#define EXT_SHIM6	140
/* A sender needs a handful; more is a trick to make readers tired. */
#define EXT_MAX	   16

#define IP4_MORE   0x2000
#define IP4_OFFSET 0x1fff

/* Attributes of NFLOG: the packet, and the rule's own words, which come before
 * it (linux/nfnetlink_log.h). */
#define NFLOG_PAYLOAD 9
#define NFLOG_PREFIX  10

/* What is left of a frame. */
struct rest {
	const uint8_t *at;
	size_t len;
};

static bool skip(struct rest *r, size_t len)
{
	if (r->len < len)
		return false;
	r->at += len;
	r->len -= len;
	return true;
}

enum frame_link frame_link_of(int dlt)
{
	static const struct {
		int dlt;
		enum frame_link link;
	} links[] = {
		{ 0, FRAME_LINK_LOOPBACK }, /* DLT_NULL */
		{ 1, FRAME_LINK_ETHERNET },
		{ 12, FRAME_LINK_RAW }, /* DLT_RAW on most systems */
		{ 14, FRAME_LINK_RAW }, /* on OpenBSD */
		{ 101, FRAME_LINK_RAW }, /* in a file */
		{ 108, FRAME_LINK_LOOPBACK }, /* DLT_LOOP */
		{ 113, FRAME_LINK_COOKED },
		{ 228, FRAME_LINK_RAW }, /* DLT_IPV4 */
		{ 229, FRAME_LINK_RAW }, /* DLT_IPV6 */
		{ 239, FRAME_LINK_NFLOG },
		{ 276, FRAME_LINK_COOKED2 },
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (links[i].dlt == dlt)
			return links[i].link;
	}
	return FRAME_LINK_NONE;
}

/* Bytes behind the packet's own length are padding of the link. */
static void trim(struct packet *out, struct rest *r, size_t own_len)
{
	out->is_cut = r->len < own_len;
	if (r->len > own_len)
		r->len = own_len;
}

/* RFC 791: whoever meets a wrong one drops the packet. */
static bool is_sound(const uint8_t *header, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += bytes_u16(header + i);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff || sum == 0x1fffe;
}

static enum frame_verdict read_ip4(struct packet *out, struct rest r)
{
	size_t header_len, total_len;
	uint16_t fragment;

	if (r.len < 20)
		return FRAME_SHORT;
	header_len = (size_t)(r.at[0] & 0xf) * 4;
	total_len = bytes_u16(r.at + 2);
	/* A segment that the network card is to cut has no length yet. */
	if (total_len == 0)
		total_len = r.len;
	if (header_len < 20 || total_len < header_len)
		return FRAME_BAD;
	trim(out, &r, total_len);
	out->family = PREFIX_IP4;
	fragment = bytes_u16(r.at + 6);
	out->fragment_id = bytes_u16(r.at + 4);
	out->more_fragments = (fragment & IP4_MORE) != 0;
	out->fragment_offset = (uint32_t)(fragment & IP4_OFFSET) * 8;
	out->is_fragment = out->more_fragments || out->fragment_offset > 0;
	out->hops = r.at[8];
	out->protocol = r.at[9];
	memcpy(out->source, r.at + 12, 4);
	memcpy(out->target, r.at + 16, 4);
	out->is_sound = r.len >= header_len && is_sound(r.at, header_len);
	if (!skip(&r, header_len))
		return FRAME_SHORT;
	out->payload = r.at;
	out->len = r.len;
	return FRAME_PACKET;
}

static bool is_extension(uint8_t next)
{
	switch (next) {
	case EXT_HOP_BY_HOP:
	case EXT_ROUTING:
	case EXT_FRAGMENT:
	case EXT_AUTH:
	case EXT_DESTINATION:
	case EXT_MOBILITY:
	case EXT_HIP:
	case EXT_SHIM6:
		return true;
	default:
		return false;
	}
}

static size_t extension_len(uint8_t kind, const uint8_t *at)
{
	if (kind == EXT_FRAGMENT)
		return 8;
	if (kind == EXT_AUTH) /* RFC 4302: in words of four, less two */
		return ((size_t)at[1] + 2) * 4;
	return ((size_t)at[1] + 1) * 8;
}

static enum frame_verdict read_extensions(struct packet *out, struct rest r,
					  uint8_t next)
{
	for (unsigned int i = 0; is_extension(next); i++) {
		uint8_t kind = next;

		if (i == EXT_MAX)
			return FRAME_BAD;
		if (r.len < 8)
			return out->is_cut ? FRAME_SHORT : FRAME_BAD;
		next = r.at[0];
		if (kind == EXT_FRAGMENT) {
			uint16_t word = bytes_u16(r.at + 2);

			if (out->is_fragment)
				return FRAME_BAD;
			out->fragment_offset = word & 0xfff8u;
			out->more_fragments = word & 1;
			out->fragment_id = bytes_u32(r.at + 4);
			/* RFC 6946: an atomic one is a whole packet. */
			out->is_fragment = out->more_fragments ||
					   out->fragment_offset > 0;
		}
		if (!skip(&r, extension_len(kind, r.at)))
			return out->is_cut ? FRAME_SHORT : FRAME_BAD;
		/* What follows in a later fragment is no header. */
		if (out->is_fragment)
			break;
	}
	out->protocol = next;
	out->payload = r.at;
	out->len = r.len;
	return FRAME_PACKET;
}

enum frame_verdict frame_read_on(struct packet *packet)
{
	struct rest r = { packet->payload, packet->len };

	if (packet->family != PREFIX_IP6)
		return FRAME_PACKET;
	if (read_extensions(packet, r, packet->protocol) != FRAME_PACKET ||
	    packet->is_fragment)
		return FRAME_BAD;
	return FRAME_PACKET;
}

static enum frame_verdict read_ip6(struct packet *out, struct rest r)
{
	size_t payload_len;
	uint8_t next;

	if (r.len < 40)
		return FRAME_SHORT;
	payload_len = bytes_u16(r.at + 4);
	next = r.at[6];
	out->family = PREFIX_IP6;
	out->is_sound = true;
	out->hops = r.at[7];
	memcpy(out->source, r.at + 8, 16);
	memcpy(out->target, r.at + 24, 16);
	skip(&r, 40);
	/* 0: a jumbogram, or a segment that the network card is to cut. */
	if (payload_len > 0)
		trim(out, &r, payload_len);
	return read_extensions(out, r, next);
}

static enum frame_verdict read_ip(struct packet *out, struct rest r)
{
	if (r.len < 1)
		return FRAME_SHORT;
	if (r.at[0] >> 4 == 4)
		return read_ip4(out, r);
	if (r.at[0] >> 4 == 6)
		return read_ip6(out, r);
	return FRAME_BAD;
}

/* RFC 2516: six bytes of session, then two of PPP. */
static enum frame_verdict read_pppoe(struct packet *out, struct rest r)
{
	uint16_t protocol;

	if (r.len < 8)
		return FRAME_SHORT;
	protocol = bytes_u16(r.at + 6);
	if (r.at[0] != 0x11 || r.at[1] != 0 ||
	    (protocol != PPP_IP4 && protocol != PPP_IP6))
		return FRAME_OTHER;
	skip(&r, 8);
	return read_ip(out, r);
}

static enum frame_verdict read_type(struct packet *out, struct rest r,
				    uint16_t type)
{
	for (unsigned int i = 0; i < VLAN_TAGS_MAX; i++) {
		if (type != TYPE_VLAN && type != TYPE_QINQ &&
		    type != TYPE_QINQ_OLD)
			break;
		if (r.len < 4)
			return FRAME_SHORT;
		type = bytes_u16(r.at + 2);
		skip(&r, 4);
	}
	if (type == TYPE_IP4 || type == TYPE_IP6)
		return read_ip(out, r);
	if (type == TYPE_PPPOE)
		return read_pppoe(out, r);
	return FRAME_OTHER;
}

static enum frame_verdict read_with_type(struct packet *out, struct rest r,
					 size_t type_at, size_t header_len)
{
	uint16_t type;

	if (r.len < header_len)
		return FRAME_SHORT;
	type = bytes_u16(r.at + type_at);
	skip(&r, header_len);
	return read_type(out, r, type);
}

/* A family of four bytes, which we need not know: the version says enough. */
static enum frame_verdict read_loopback(struct packet *out, struct rest r)
{
	if (!skip(&r, 4))
		return FRAME_SHORT;
	if (r.len > 0 && r.at[0] >> 4 != 4 && r.at[0] >> 4 != 6)
		return FRAME_OTHER;
	return read_ip(out, r);
}

/* Attributes in the byte order of the machine that wrote them: that is this
 * one, or the length is unreadable and the frame is of no use. */
static enum frame_verdict read_nflog(struct packet *out, struct rest r)
{
	if (!skip(&r, 4))
		return FRAME_SHORT;
	while (r.len >= 4) {
		uint16_t len, kind;
		size_t padded;

		memcpy(&len, r.at, sizeof(len));
		memcpy(&kind, r.at + 2, sizeof(kind));
		if (len < 4)
			return FRAME_BAD;
		if ((kind & 0x7fff) == NFLOG_PAYLOAD) {
			skip(&r, 4);
			if (r.len > len - 4u)
				r.len = len - 4u;
			return read_ip(out, r);
		}
		if ((kind & 0x7fff) == NFLOG_PREFIX && len <= r.len) {
			out->note = r.at + 4;
			out->note_len =
				strnlen((const char *)r.at + 4, len - 4u);
		}
		padded = ((size_t)len + 3) & ~(size_t)3;
		if (!skip(&r, padded))
			return FRAME_SHORT;
	}
	return FRAME_OTHER;
}

enum frame_verdict frame_read(struct packet *out, enum frame_link link,
			      const uint8_t *data, size_t len)
{
	struct rest r = { data, len };

	memset(out, 0, sizeof(*out));
	switch (link) {
	case FRAME_LINK_ETHERNET:
		return read_with_type(out, r, 12, 14);
	case FRAME_LINK_COOKED:
		return read_with_type(out, r, 14, 16);
	case FRAME_LINK_COOKED2:
		return read_with_type(out, r, 0, 20);
	case FRAME_LINK_RAW:
		return read_ip(out, r);
	case FRAME_LINK_LOOPBACK:
		return read_loopback(out, r);
	case FRAME_LINK_NFLOG:
		return read_nflog(out, r);
	case FRAME_LINK_NONE:
		return FRAME_OTHER;
	}
	return FRAME_OTHER;
}
