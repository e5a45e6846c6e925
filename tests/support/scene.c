/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scene: headers by hand.
 */
#include "tests/support/scene.h"

#include <stdlib.h>
#include <string.h>

#define FIN    0x01
#define SYN    0x02
#define ACK    0x10

#define HOP_NS 100000u

static const uint8_t addresses4[2][4] = { { 203, 0, 113, 7 },
					  { 192, 0, 2, 25 } };
static const uint8_t addresses6[2][16] = {
	{ 0x20, 0x01, 0x0d, 0xb8, 0, 7, [15] = 7 },
	{ 0x20, 0x01, 0x0d, 0xb8, 0, 2, [15] = 0x25 },
};

static enum scene_who other(enum scene_who who)
{
	return who == SCENE_CLIENT ? SCENE_SERVER : SCENE_CLIENT;
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static uint32_t add_up(uint32_t sum, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void scene_init(struct scene *s, uint8_t family)
{
	*s = (struct scene){
		.family = family,
		.client_port = 40000,
		.first = { 1000, 900000 },
		.hops = { 57, 63 },
		.sound = true,
		.window = 0xffff,
		.mss = 1448,
		.time_ns = 1000000000ull * 1700000000,
	};
	s->next[0] = s->first[0];
	s->next[1] = s->first[1];
}

void scene_fini(struct scene *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->packets[i].data);
	free(s->packets);
	s->packets = NULL;
	s->count = 0;
}

static void add(struct scene *s, const struct scene_packet *packet)
{
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		s->packets = realloc(s->packets, s->room * sizeof(*s->packets));
		if (!s->packets)
			abort();
	}
	s->packets[s->count++] = *packet;
}

/* The IP header for LEN bytes of PROTOCOL; returns its length. */
static size_t put_ip(const struct scene *s, uint8_t *at, enum scene_who from,
		     uint8_t protocol, size_t len)
{
	if (s->family == 4) {
		memset(at, 0, 20);
		at[0] = 0x45;
		put16(at + 2, (uint32_t)(20 + len));
		put16(at + 4, (uint32_t)s->count + 1);
		at[8] = s->hops[from];
		at[9] = protocol;
		memcpy(at + 12, addresses4[from], 4);
		memcpy(at + 16, addresses4[other(from)], 4);
		put16(at + 10, fold(add_up(0, at, 20)));
		return 20;
	}
	memset(at, 0, 40);
	at[0] = 0x60;
	put16(at + 4, (uint32_t)len);
	at[6] = protocol;
	at[7] = s->hops[from];
	memcpy(at + 8, addresses6[from], 16);
	memcpy(at + 24, addresses6[other(from)], 16);
	return 40;
}

static uint32_t sum_addresses(const struct scene *s)
{
	uint32_t sum = 0;

	for (int i = 0; i < 2; i++)
		sum = s->family == 4 ? add_up(sum, addresses4[i], 4)
				     : add_up(sum, addresses6[i], 16);
	return sum;
}

/* Options: a scale with SYN, a time stamp where wanted.  Their length. */
static size_t put_options(const struct scene *s, uint8_t *at, uint8_t flags)
{
	size_t len = 0;

	if (flags & SYN) {
		memcpy(at, "\x01\x03\x03\x07", 4);
		len += 4;
	}
	if (s->stamps) {
		memcpy(at + len, "\x01\x01\x08\x0a", 4);
		put32(at + len + 4, (uint32_t)(s->time_ns / 1000));
		put32(at + len + 8, 0);
		len += 12;
	}
	return len;
}

void scene_put(struct scene *s, const struct scene_segment *segment)
{
	enum scene_who from = segment->from;
	struct scene_packet packet = {
		.data = malloc(segment->len + 120),
		.time_ns = s->time_ns += HOP_NS,
		.is_data = segment->len > 0,
		.from = from,
	};
	uint8_t tcp[60] = { 0 };
	size_t header, len;
	uint32_t sum;

	if (!packet.data)
		abort();
	put16(tcp, from == SCENE_CLIENT ? s->client_port : 25);
	put16(tcp + 2, from == SCENE_CLIENT ? 25 : s->client_port);
	put32(tcp + 4, segment->seq);
	put32(tcp + 8, segment->ack);
	header = 20 + put_options(s, tcp + 20, segment->flags);
	tcp[12] = (uint8_t)(header / 4 << 4);
	tcp[13] = segment->flags;
	put16(tcp + 14, s->window);
	put16(tcp + 18, segment->urgent);
	sum = sum_addresses(s) + 6 + (uint32_t)(header + segment->len);
	sum = add_up(sum, tcp, header);
	sum = add_up(sum, segment->data, segment->len);
	put16(tcp + 16, s->sound ? fold(sum) : fold(sum) ^ 0x5555);
	len = put_ip(s, packet.data, from, 6, header + segment->len);
	memcpy(packet.data + len, tcp, header);
	if (segment->len)
		memcpy(packet.data + len + header, segment->data, segment->len);
	packet.len = len + header + segment->len;
	add(s, &packet);
}

static void put_flags(struct scene *s, enum scene_who from, uint8_t flags)
{
	scene_put(s, &(struct scene_segment){
			     .from = from,
			     .seq = s->next[from],
			     .ack = flags & ACK ? s->next[other(from)] : 0,
			     .flags = flags,
		     });
	if (flags & (SYN | FIN))
		s->next[from]++;
}

void scene_open(struct scene *s)
{
	s->next[0] = s->first[0];
	s->next[1] = s->first[1];
	put_flags(s, SCENE_CLIENT, SYN);
	put_flags(s, SCENE_SERVER, SYN | ACK);
	put_flags(s, SCENE_CLIENT, ACK);
}

void scene_say_unheard(struct scene *s, enum scene_who who, const void *data,
		       size_t len)
{
	const uint8_t *at = data;

	while (len > 0) {
		size_t now = len < s->mss ? len : s->mss;

		scene_put(s, &(struct scene_segment){
				     .from = who,
				     .seq = s->next[who],
				     .ack = s->next[other(who)],
				     .flags = ACK,
				     .data = at,
				     .len = now,
			     });
		s->next[who] += (uint32_t)now;
		at += now;
		len -= now;
	}
}

void scene_ack(struct scene *s, enum scene_who who)
{
	put_flags(s, who, ACK);
}

void scene_say(struct scene *s, enum scene_who who, const void *data,
	       size_t len)
{
	scene_say_unheard(s, who, data, len);
	scene_ack(s, other(who));
}

void scene_say_text(struct scene *s, enum scene_who who, const char *text)
{
	scene_say(s, who, text, strlen(text));
}

void scene_close(struct scene *s)
{
	put_flags(s, SCENE_CLIENT, FIN | ACK);
	put_flags(s, SCENE_SERVER, FIN | ACK);
	put_flags(s, SCENE_CLIENT, ACK);
}

void scene_repeat(struct scene *s, size_t number)
{
	struct scene_packet packet = s->packets[number];

	packet.data = malloc(packet.len);
	if (!packet.data)
		abort();
	memcpy(packet.data, s->packets[number].data, packet.len);
	add(s, &packet);
}

void scene_shuffle(struct scene *s, struct random *r, size_t first,
		   size_t reach)
{
	for (size_t i = first; i < s->count; i++) {
		size_t most = s->count - i < reach ? s->count - i : reach;
		size_t j = i + random_below(r, (uint32_t)most);
		struct scene_packet swapped = s->packets[i];
		uint64_t time_ns = s->packets[i].time_ns;

		/* The times stay where they are: they are the capture's. */
		s->packets[i] = s->packets[j];
		swapped.time_ns = s->packets[j].time_ns;
		s->packets[i].time_ns = time_ns;
		if (i != j)
			s->packets[j] = swapped;
	}
}

void scene_drop(struct scene *s, size_t number)
{
	free(s->packets[number].data);
	memmove(&s->packets[number], &s->packets[number + 1],
		(s->count - number - 1) * sizeof(*s->packets));
	s->count--;
}

/* Piece [AT, AT + LEN) of a packet's payload as a fragment. */
static void put_fragment(struct scene *s, const struct scene_packet *whole,
			 size_t header, size_t at, size_t len, uint32_t id)
{
	bool more = header + at + len < whole->len;
	struct scene_packet packet = *whole;
	uint8_t *data = malloc(len + 60);
	size_t own = header;

	if (!data)
		abort();
	packet.data = data;
	memcpy(data, whole->data, header);
	if (header == 20) {
		put16(data + 2, (uint32_t)(20 + len));
		put16(data + 4, id);
		put16(data + 6, (uint32_t)(at / 8 | (more ? 0x2000 : 0)));
		/* As right, or as wrong, as the whole one's. */
		put16(data + 10, 0);
		if (fold(add_up(0, whole->data, 20)) == 0)
			put16(data + 10, fold(add_up(0, data, 20)));
	} else {
		put16(data + 4, (uint32_t)(8 + len));
		memset(data + 40, 0, 8);
		data[40] = data[6];
		data[6] = 44;
		put16(data + 42, (uint32_t)(at | (more ? 1 : 0)));
		put32(data + 44, id);
		own += 8;
	}
	memcpy(data + own, whole->data + header + at, len);
	packet.len = own + len;
	add(s, &packet);
}

void scene_fragment(struct scene *s, size_t size)
{
	struct scene old = *s;

	s->packets = NULL;
	s->count = s->room = 0;
	for (size_t i = 0; i < old.count; i++) {
		struct scene_packet *packet = &old.packets[i];
		size_t header = packet->data[0] >> 4 == 4 ? 20 : 40;
		size_t len = packet->len - header;

		/* Options, and what is in fragments already, stay. */
		if (len <= size ||
		    (header == 20 &&
		     (packet->data[0] != 0x45 || (packet->data[6] & 0x3f) ||
		      packet->data[7])) ||
		    (header == 40 && packet->data[6] != 6)) {
			add(s, packet);
			continue;
		}
		for (size_t at = 0; at < len; at += size)
			put_fragment(s, packet, header, at,
				     len - at < size ? len - at : size,
				     (uint32_t)i + 1);
		free(packet->data);
	}
	free(old.packets);
}

void scene_add(struct scene *s, const void *data, size_t len, uint64_t time_ns)
{
	struct scene_packet packet = {
		.data = malloc(len ? len : 1),
		.len = len,
		.time_ns = time_ns,
	};

	if (!packet.data)
		abort();
	memcpy(packet.data, data, len);
	add(s, &packet);
}
