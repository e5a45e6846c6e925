/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fragment: a small table, searched as a whole by a tag for each place.  Sets
 * chosen by a hash would lose packets of few senders now and then, whenever
 * five of them met in one set.  Which parts of a packet are there is one bit
 * per eight bytes: the unit of a fragment's offset.
 */
#include "sensors/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/core/prefix.h"

#define PACKET_MAX 65536u
#define UNIT	   8u
#define UNITS	   (PACKET_MAX / UNIT)

#define SLOTS	   FRAGMENT_PACKETS

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
	struct key key;
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
	uint32_t tags[SLOTS]; /* of the keys' hashes; 0: free */
	struct slot slots[SLOTS];
};

struct fragments *fragments_new(struct hash_key key)
{
	struct fragments *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	/* Untouched memory costs nothing. */
	f->data = calloc(SLOTS, PACKET_MAX);
	if (!f->data) {
		free(f);
		return NULL;
	}
	f->key = key;
	for (size_t i = 0; i < SLOTS; i++)
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
	for (size_t i = 0; i < SLOTS; i++) {
		f->stats.expired += f->tags[i] != 0;
		f->tags[i] = 0;
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

static void free_slot(struct fragments *f, const struct slot *s)
{
	f->tags[s - f->slots] = 0;
}

static bool is_expired(const struct slot *s, uint64_t time_ns)
{
	/* Time may step back in a file. */
	return time_ns > s->begun_ns && time_ns - s->begun_ns > LIFE_NS;
}

/* The longest unfinished one gives way. */
static struct slot *make_room(struct fragments *f, uint64_t time_ns)
{
	struct slot *oldest = f->slots;

	for (size_t i = 1; i < SLOTS; i++) {
		if (f->slots[i].begun_ns < oldest->begun_ns)
			oldest = &f->slots[i];
	}
	if (is_expired(oldest, time_ns))
		f->stats.expired++;
	else
		f->stats.displaced++;
	return oldest;
}

static struct slot *find_slot(struct fragments *f, const struct key *key,
			      uint64_t time_ns)
{
	uint32_t tag = (uint32_t)hash_bytes(&f->key, key, sizeof(*key)) | 1;
	struct slot *room = NULL;

	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &f->slots[i];

		if (f->tags[i] == 0) {
			room = room ? room : s;
			continue;
		}
		if (f->tags[i] != tag ||
		    memcmp(&s->key, key, sizeof(*key)) != 0)
			continue;
		if (!is_expired(s, time_ns))
			return s;
		f->stats.expired++;
		room = s;
		break;
	}
	if (!room)
		room = make_room(f, time_ns);
	begin_slot(room, key, time_ns);
	f->tags[room - f->slots] = tag;
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
		free_slot(f, s);
		return false;
	}
	count = ((uint32_t)packet->len + UNIT - 1) / UNIT;
	there = count_there(s, first, count);
	if (there == count)
		return false;
	if (there > 0) {
		f->stats.overlaps++;
		free_slot(f, s);
		return false;
	}
	put_data(s, packet);
	mark_there(s, first, count);
	if (!s->end || s->units != (s->end + UNIT - 1) / UNIT)
		return false;
	f->stats.packets++;
	finish(s, packet);
	free_slot(f, s);
	return true;
}
