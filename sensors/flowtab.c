/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flowtab: an array, chains by hash, and lists by index.
 */
#include "sensors/flowtab.h"

#include <string.h>

#include "ctl/core/prefix.h"

/* One in so many places is for connections without a handshake. */
#define LOOSE_SHARE 8u

/* Moving to the end of a list touches three flows: not for each segment. */
#define TOUCH_NS 1000000000ull

/* Keys */

struct flow_key flowtab_key(const struct packet *packet,
			    const struct segment *segment, bool *source_is_low)
{
	struct flow_key key = { .family = packet->family };
	size_t len = prefix_bytes(packet->family);
	int order = memcmp(packet->source, packet->target, len);

	if (order == 0)
		order = (int)segment->source_port - (int)segment->target_port;
	*source_is_low = order < 0;
	if (order < 0) {
		memcpy(key.low, packet->source, len);
		memcpy(key.high, packet->target, len);
		key.low_port = segment->source_port;
		key.high_port = segment->target_port;
	} else {
		memcpy(key.low, packet->target, len);
		memcpy(key.high, packet->source, len);
		key.low_port = segment->target_port;
		key.high_port = segment->source_port;
	}
	return key;
}

uint64_t flowtab_hash(const struct flows *f, const struct flow_key *key)
{
	uint64_t hash = hash_bytes(&f->config.key, key, sizeof(*key));

	return hash ? hash : 1;
}

static uint32_t *head_of(struct flows *f, uint64_t hash)
{
	return &f->heads[hash >> 32 & f->mask];
}

struct flow *flowtab_find(struct flows *f, const struct flow_key *key,
			  uint64_t hash)
{
	uint32_t at = *head_of(f, hash);

	while (at != FLOW_NONE) {
		struct flow *flow = &f->items[at];

		if (memcmp(&flow->key, key, sizeof(*key)) == 0)
			return flow;
		at = flow->chain;
	}
	return NULL;
}

/* Lists */

static uint32_t index_of(const struct flows *f, const struct flow *flow)
{
	return (uint32_t)(flow - f->items);
}

static void ring_append(struct flows *f, struct flow_ring *ring,
			struct flow *flow, enum flow_list list)
{
	uint32_t index = index_of(f, flow);

	flow->links[list] = (struct flow_link){ ring->tail, FLOW_NONE };
	if (ring->tail != FLOW_NONE)
		f->items[ring->tail].links[list].next = index;
	else
		ring->head = index;
	ring->tail = index;
	ring->count++;
}

static void ring_remove(struct flows *f, struct flow_ring *ring,
			struct flow *flow, enum flow_list list)
{
	struct flow_link link = flow->links[list];

	if (link.prev != FLOW_NONE)
		f->items[link.prev].links[list].next = link.next;
	else
		ring->head = link.next;
	if (link.next != FLOW_NONE)
		f->items[link.next].links[list].prev = link.prev;
	else
		ring->tail = link.prev;
	ring->count--;
}

static struct flow *ring_first(struct flows *f, const struct flow_ring *ring)
{
	return ring->head == FLOW_NONE ? NULL : &f->items[ring->head];
}

void flowtab_touch(struct flows *f, struct flow *flow)
{
	if (f->now_ns - flow->last_ns < TOUCH_NS)
		return;
	ring_remove(f, &f->ages[flow->class], flow, LIST_AGE);
	ring_append(f, &f->ages[flow->class], flow, LIST_AGE);
	flow->last_ns = f->now_ns;
}

void flowtab_set_class(struct flows *f, struct flow *flow,
		       enum flow_class class)
{
	ring_remove(f, &f->ages[flow->class], flow, LIST_AGE);
	flow->class = (uint8_t) class;
	ring_append(f, &f->ages[class], flow, LIST_AGE);
}

struct flow *flowtab_oldest(struct flows *f, enum flow_class class)
{
	return ring_first(f, &f->ages[class]);
}

/* All wait equally long, so that the list is in the order of deadlines. */
void flowtab_wait(struct flows *f, struct flow *flow)
{
	if (flow->waits)
		return;
	flow->waits = true;
	flow->deadline_ns = f->now_ns + f->config.wait_ns;
	ring_append(f, &f->waits, flow, LIST_WAIT);
}

void flowtab_unwait(struct flows *f, struct flow *flow)
{
	if (!flow->waits)
		return;
	flow->waits = false;
	ring_remove(f, &f->waits, flow, LIST_WAIT);
}

struct flow *flowtab_first_waiting(struct flows *f)
{
	return ring_first(f, &f->waits);
}

void flowtab_note_pages(struct flows *f, struct flow *flow)
{
	bool holds = false;

	for (int i = 0; i < 2; i++)
		holds |= flow->halves[i].begun &&
			 flow->halves[i].stream.pages != PAGE_NONE;
	if (holds == flow->holds)
		return;
	flow->holds = holds;
	if (holds)
		ring_append(f, &f->holds, flow, LIST_HOLD);
	else
		ring_remove(f, &f->holds, flow, LIST_HOLD);
}

struct flow *flowtab_first_holding(struct flows *f)
{
	return ring_first(f, &f->holds);
}

/* Coming and going */

void flowtab_remove(struct flows *f, struct flow *flow)
{
	uint32_t index = index_of(f, flow);
	uint32_t *at = head_of(f, flowtab_hash(f, &flow->key));

	for (int i = 0; i < 2; i++) {
		if (flow->halves[i].begun)
			stream_drop(&flow->halves[i].stream, f->pages);
	}
	flowtab_note_pages(f, flow);
	flowtab_unwait(f, flow);
	ring_remove(f, &f->ages[flow->class], flow, LIST_AGE);
	while (*at != index)
		at = &f->items[*at].chain;
	*at = flow->chain;
	flow->state = FLOW_FREE;
	flow->chain = f->free;
	f->free = index;
}

static void displace(struct flows *f, struct flow *flow)
{
	if (flow->state != FLOW_OVER) {
		f->stats.displaced++;
		flowout_end(f, flow, DIALOGUE_END_TIMEOUT);
	}
	flowtab_remove(f, flow);
}

static void make_room(struct flows *f, enum flow_class class)
{
	const struct flow_ring *loose = &f->ages[CLASS_LOOSE];

	if (class == CLASS_LOOSE &&
	    loose->count >= f->config.flows / LOOSE_SHARE)
		displace(f, ring_first(f, loose));
	if (f->free != FLOW_NONE || f->fresh < f->config.flows)
		return;
	if (loose->count > 0)
		displace(f, ring_first(f, loose));
	else
		displace(f, ring_first(f, &f->ages[CLASS_PROVEN]));
}

struct flow *flowtab_add(struct flows *f, const struct flow_key *key,
			 uint64_t hash, enum flow_class class)
{
	uint32_t *head = head_of(f, hash), index;
	struct flow *flow;

	make_room(f, class);
	if (f->free != FLOW_NONE) {
		index = f->free;
		f->free = f->items[index].chain;
	} else {
		index = f->fresh++;
	}
	flow = &f->items[index];
	*flow = (struct flow){
		.key = *key,
		.chain = *head,
		.id = ++f->next_id,
		.last_ns = f->now_ns,
		.begun_ns = f->now_ns,
		.class = (uint8_t) class,
	};
	*head = index;
	ring_append(f, &f->ages[class], flow, LIST_AGE);
	return flow;
}
