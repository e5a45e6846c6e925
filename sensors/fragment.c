/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragment: a small table in which a packet has a few places where it may
 * stand.  Which parts of a packet are there is one bit per eight bytes: the
 * unit of a fragment's offset.
 */
#include "sensors/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/core/prefix.h"

#define PACKET_MAX 65536u
#define UNIT	   8u
#define UNITS	   (PACKET_MAX / UNIT)

#define SETS	   64u
#define WAYS	   4u

/* As Linux: net.ipv4.ipfrag_time. */
#define LIFE_NS 30000000000ull

struct key {
	uint8_t source[16];
	uint8_t target[16];
	uint32_t id;
	uint8_t family;
	uint8_t protocol; /* of IPv4; IPv6 has it in the first fragment only */
	uint8_t zeros[2];
};

_Static_assert(sizeof(struct key) % 8 == 0, "hash_bytes() wants whole words");

struct slot {
	struct key key; /* family 0: free */
	uint64_t begun_ns;
	uint32_t units; /* that are there */
	uint32_t end; /* of the packet, in bytes; 0: not known yet */
	uint32_t most; /* the furthest byte behind a fragment */
	uint8_t hops; /* of the first fragment */
	uint8_t protocol; /* of the first fragment */
	uint8_t there[UNITS / 8];
	uint8_t *data; /* PACKET_MAX bytes */
};

struct fragments {
	struct hash_key key;
	struct fragment_stats stats;
	uint8_t *data;
	struct slot slots[SETS * WAYS];
};

struct fragments *fragments_new(struct hash_key key)
{
	struct fragments *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	/* Untouched memory costs nothing. */
	f->data = calloc(SETS * WAYS, PACKET_MAX);
	if (!f->data) {
		free(f);
		return NULL;
	}
	f->key = key;
	for (size_t i = 0; i < SETS * WAYS; i++)
		f->slots[i].data = f->data + i * PACKET_MAX;
	return f;
}

void fragments_free(struct fragments *f)
{
	if (!f)
		return;
	free(f->data);
	free(f);
}

void fragments_finish(struct fragments *f)
{
	for (size_t i = 0; i < SETS * WAYS; i++) {
		f->stats.expired += f->slots[i].key.family != 0;
		f->slots[i].key.family = 0;
	}
}

const struct fragment_stats *fragments_stats(const struct fragments *f)
{
	return &f->stats;
}

uint64_t fragments_lost(const struct fragment_stats *stats)
{
	return stats->bad + stats->overlaps + stats->expired + stats->displaced;
}

static struct key key_of(const struct packet *p)
{
	struct key key = { .id = p->fragment_id, .family = p->family };

	memcpy(key.source, p->source, 16);
	memcpy(key.target, p->target, 16);
	if (p->family == PREFIX_IP4)
		key.protocol = p->protocol;
	return key;
}

static void begin_slot(struct slot *s, const struct key *key, uint64_t time_ns)
{
	s->key = *key;
	s->begun_ns = time_ns;
	s->units = 0;
	s->end = 0;
	s->most = 0;
	memset(s->there, 0, sizeof(s->there));
}

static struct slot *find_slot(struct fragments *f, const struct key *key,
			      uint64_t time_ns)
{
	uint64_t hash = hash_bytes(&f->key, key, sizeof(*key));
	struct slot *set = &f->slots[hash % SETS * WAYS];
	struct slot *room = NULL, *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		struct slot *s = &set[i];

		/* Time may step back in a file. */
		if (s->key.family && time_ns > s->begun_ns &&
		    time_ns - s->begun_ns > LIFE_NS) {
			s->key.family = 0;
			f->stats.expired++;
		}
		if (!s->key.family)
			room = s;
		else if (memcmp(&s->key, key, sizeof(*key)) == 0)
			return s;
		if (s->begun_ns < oldest->begun_ns)
			oldest = s;
	}
	if (!room) {
		room = oldest;
		f->stats.displaced++;
	}
	begin_slot(room, key, time_ns);
	return room;
}

/* How many of COUNT units from FIRST on are there. */
static uint32_t count_there(const struct slot *s, uint32_t first,
			    uint32_t count)
{
	uint32_t there = 0;

	for (uint32_t i = first; i < first + count; i++)
		there += s->there[i / 8] >> i % 8 & 1;
	return there;
}

static void mark_there(struct slot *s, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		s->there[i / 8] |= (uint8_t)(1u << i % 8);
	s->units += count;
}

/* Does the fragment contradict what is known of the packet's end? */
static bool is_impossible(const struct slot *s, const struct packet *p)
{
	uint32_t behind = p->fragment_offset + (uint32_t)p->len;

	if (p->more_fragments)
		return p->len % UNIT || (s->end && behind > s->end);
	return s->most > behind || (s->end && s->end != behind);
}

static void put_data(struct slot *s, const struct packet *p)
{
	uint32_t behind = p->fragment_offset + (uint32_t)p->len;

	memcpy(s->data + p->fragment_offset, p->payload, p->len);
	if (behind > s->most)
		s->most = behind;
	if (!p->more_fragments)
		s->end = behind;
	if (p->fragment_offset == 0) {
		s->hops = p->hops;
		s->protocol = p->protocol;
	}
}

/* Whole: hand it out as if it had come so. */
static void finish(struct slot *s, struct packet *p)
{
	p->payload = s->data;
	p->len = s->end;
	p->hops = s->hops;
	p->protocol = s->protocol;
	p->is_fragment = false;
	p->more_fragments = false;
	p->fragment_offset = 0;
	s->key.family = 0;
}

bool fragments_take(struct fragments *f, struct packet *packet,
		    uint64_t time_ns)
{
	struct key key = key_of(packet);
	uint32_t first = packet->fragment_offset / UNIT, count, there;
	struct slot *s;

	f->stats.fragments++;
	if (packet->is_cut || packet->len == 0 || packet->len > PACKET_MAX ||
	    packet->fragment_offset > PACKET_MAX - packet->len) {
		f->stats.bad++;
		return false;
	}
	s = find_slot(f, &key, time_ns);
	if (is_impossible(s, packet)) {
		f->stats.bad++;
		s->key.family = 0;
		return false;
	}
	count = ((uint32_t)packet->len + UNIT - 1) / UNIT;
	there = count_there(s, first, count);
	if (there == count)
		return false;
	if (there > 0) {
		f->stats.overlaps++;
		s->key.family = 0;
		return false;
	}
	put_data(s, packet);
	mark_there(s, first, count);
	if (!s->end || s->units != (s->end + UNIT - 1) / UNIT)
		return false;
	f->stats.packets++;
	finish(s, packet);
	return true;
}
