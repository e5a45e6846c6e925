/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recut: headers are kept, but for what another length changes.
 */
#include "tests/support/recut.h"

#include <stdlib.h>
#include <string.h>

#include "sensors/capture.h"
#include "sensors/tcp.h"

struct reading {
	struct scene *scene;
	enum frame_link link;
};

static void take_frame(void *ctx, const uint8_t *data, size_t len,
		       uint64_t time_ns)
{
	struct reading *r = ctx;
	struct packet packet;
	const uint8_t *ip;
	size_t header;

	if (frame_read(&packet, r->link, data, len) != FRAME_PACKET)
		return;
	/* The packet begins where its addresses say. */
	header = packet.family == 4 ? 12 : 8;
	ip = memmem(data, len, packet.source, packet.family == 4 ? 4 : 16);
	if (!ip || ip - data < (ptrdiff_t)header)
		return;
	ip -= header;
	scene_add(r->scene, ip, (size_t)(packet.payload + packet.len - ip),
		  time_ns);
}

bool recut_read(struct scene *out, const char *path)
{
	char error[CAPTURE_ERROR_SIZE];
	struct reading r = { .scene = out };
	struct capture *capture;
	int got;

	scene_init(out, 4);
	if (capture_open_file(&capture, path, error))
		return false;
	r.link = capture_link(capture);
	do {
		got = capture_read(capture, 0, take_frame, &r, error);
	} while (got > 0);
	capture_close(capture);
	return true;
}

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* As right, or as wrong, as the whole one was. */
static void fill_checksum(uint8_t *tcp, const struct packet *packet, bool sound)
{
	struct packet changed = *packet;
	uint32_t sum = 0;

	put16(tcp + 16, 0);
	for (size_t i = 0; i < packet->len; i++)
		sum += i % 2 ? tcp[i] : (uint32_t)tcp[i] << 8;
	for (size_t i = 0; i < 16; i++)
		sum += i % 2 ? packet->source[i] + packet->target[i]
			     : ((uint32_t)packet->source[i] + packet->target[i])
				       << 8;
	sum += TCP_PROTOCOL + (uint32_t)packet->len;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(tcp + 16, (uint16_t)~sum ^ (sound ? 0 : 0x1111));
	changed.payload = tcp;
	if (tcp_is_sound(&changed) != sound)
		abort();
}

static void fill_header_sum(uint8_t *ip, size_t len, bool sound)
{
	uint32_t sum = 0;

	put16(ip + 10, 0);
	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, (uint16_t)~sum ^ (sound ? 0 : 0x1111));
}

/* Bytes [AT, AT + LEN) of the data of WHOLE as a segment of its own. */
static void put_piece(struct scene *out, const struct scene_packet *whole,
		      const struct packet *packet,
		      const struct segment *segment, size_t at, size_t len)
{
	size_t ip_len = (size_t)(packet->payload - whole->data);
	size_t tcp_len = (size_t)(segment->data - packet->payload);
	struct packet piece = *packet;
	static uint8_t data[66000];

	memcpy(data, whole->data, ip_len + tcp_len);
	memcpy(data + ip_len + tcp_len, segment->data + at, len);
	piece.len = tcp_len + len;
	if (packet->family == 4) {
		put16(data + 2, ip_len + piece.len);
		fill_header_sum(data, ip_len, packet->is_sound);
	} else {
		put16(data + 4, ip_len - 40 + piece.len);
	}
	put32(data + ip_len + 4, segment->seq + (uint32_t)at);
	if (at + len < segment->len)
		data[ip_len + 13] &= (uint8_t)~TCP_FIN;
	fill_checksum(data + ip_len, &piece, tcp_is_sound(packet));
	scene_add(out, data, ip_len + piece.len, whole->time_ns);
}

static void cut_data(struct scene *out, const struct scene_packet *whole,
		     const struct packet *packet, const struct segment *segment,
		     const struct recut *how, struct random *random)
{
	size_t at = 0;

	while (at < segment->len) {
		size_t len = how->random ? 1 + random_below(random,
							    (uint32_t)how->most)
					 : how->most;
		size_t back = 0;

		if (len > segment->len - at)
			len = segment->len - at;
		if (how->overlap && at > 0)
			back = random_below(random, 8);
		if (back > at)
			back = at;
		put_piece(out, whole, packet, segment, at - back, len + back);
		at += len;
	}
}

/* Which connection: the same for both directions; 0: none. */
static uint32_t flow_of(const struct scene_packet *p)
{
	size_t header = p->data[0] >> 4 == 4 ? 20 : 40;
	const uint8_t *from = p->data + (header == 20 ? 12 : 8);
	size_t len = header == 20 ? 8 : 32;
	uint32_t flow = 1;

	if (p->len < header + 4)
		return 0;
	for (size_t i = 0; i < len / 2; i++)
		flow = flow * 31 + (from[i] ^ from[i + len / 2]) +
		       (uint32_t)(from[i] + from[i + len / 2]) * 7;
	/* A later fragment has no ports: it stays where it is. */
	if (header == 20 ? (p->data[6] & 0x1f) || p->data[7]
			 : p->data[6] != TCP_PROTOCOL)
		return 0;
	return flow * 31 + p->data[header] * p->data[header + 2] +
	       p->data[header + 1] * p->data[header + 3] + 1;
}

#define FLOWS	  (1u << 16)
#define REACH_MAX 64u
/* So that several moves stay below what a replay waits for. */
#define FAR_NS 5000000000ull

/* Each packet changes places with one of the last REACH of its own connection,
 * the first three left alone. */
static void mix(struct scene *s, struct random *random, size_t reach)
{
	static uint32_t met[FLOWS], places[FLOWS][REACH_MAX];

	memset(met, 0, sizeof(met));
	if (reach > REACH_MAX)
		reach = REACH_MAX;
	for (size_t i = 0; i < s->count; i++) {
		uint32_t flow = flow_of(&s->packets[i]) % FLOWS;
		struct scene_packet *a = &s->packets[i], *b, swapped;
		uint32_t know;

		if (flow_of(a) == 0 || met[flow]++ < 3)
			continue;
		know = met[flow] - 3;
		places[flow][know % reach] = (uint32_t)i;
		if (know < reach)
			continue;
		b = &s->packets[places[flow]
				      [random_below(random, (uint32_t)reach)]];
		/* Nobody waits for ever for what is out of order. */
		if (a->time_ns - b->time_ns > FAR_NS)
			continue;
		swapped = *a;
		a->data = b->data;
		a->len = b->len;
		b->data = swapped.data;
		b->len = swapped.len;
	}
}

/* Is there data in it that can be cut? */
static bool can_cut(const struct scene_packet *whole, struct packet *packet,
		    struct segment *segment)
{
	return frame_read(packet, FRAME_LINK_RAW, whole->data, whole->len) ==
		       FRAME_PACKET &&
	       !packet->is_fragment && packet->protocol == TCP_PROTOCOL &&
	       !packet->is_cut && tcp_read(segment, packet) &&
	       segment->len > 0 && !(segment->flags & (TCP_SYN | TCP_URG));
}

/* One connection in so many is cut. */
static uint32_t share_of(const struct scene *from, const struct recut *how)
{
	size_t bytes = 0;

	for (size_t i = 0; how->bytes && i < from->count; i++) {
		struct packet packet;
		struct segment segment;

		if (can_cut(&from->packets[i], &packet, &segment))
			bytes += segment.len;
	}
	return how->bytes ? (uint32_t)(1 + bytes / how->bytes) : 1;
}

void recut(struct scene *out, const struct scene *from, const struct recut *how,
	   struct random *random)
{
	uint32_t share = share_of(from, how);

	scene_init(out, 4);
	for (size_t i = 0; i < from->count; i++) {
		const struct scene_packet *whole = &from->packets[i];
		struct packet packet;
		struct segment segment;

		if (how->most && can_cut(whole, &packet, &segment) &&
		    flow_of(whole) % share == 0)
			cut_data(out, whole, &packet, &segment, how, random);
		else
			scene_add(out, whole->data, whole->len, whole->time_ns);
		if (how->twice && random_below(random, 10) == 0)
			scene_add(out, whole->data, whole->len, whole->time_ns);
	}
	if (how->fragment)
		scene_fragment(out, how->fragment);
	if (how->reach)
		mix(out, random, how->reach);
}
