/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a frame of any link layer: what is told lies within them.  The
 * first byte chooses the link layer; then each byte ends a fragment table's
 * frames, two bytes of length before each.
 */
#include <stdlib.h>
#include <string.h>

#include "sensors/fragment.h"
#include "sensors/frame.h"
#include "sensors/tcp.h"

#define FRAMES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_packet(const struct packet *p)
{
	struct segment segment;
	volatile uint8_t sum = 0;

	if (p->family != 4 && p->family != 6)
		abort();
	for (size_t i = 0; i < p->len; i++)
		sum = (uint8_t)(sum + p->payload[i]);
	if (!tcp_read(&segment, p))
		return;
	if (segment.len > p->len ||
	    segment.data + segment.len != p->payload + p->len)
		abort();
	(void)tcp_is_sound(p);
}

static void take(struct fragments *f, enum frame_link link, const uint8_t *data,
		 size_t len, uint64_t time_ns)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct packet p;

	if (!copy)
		abort();
	memcpy(copy, data, len);
	if (frame_read(&p, link, copy, len) == FRAME_PACKET) {
		if (p.payload < copy || p.payload + p.len > copy + len)
			abort();
		if (p.note &&
		    (p.note < copy || p.note + p.note_len > copy + len))
			abort();
		if (!p.is_fragment)
			check_packet(&p);
		else if (fragments_take(f, &p, time_ns) &&
			 frame_read_on(&p) == FRAME_PACKET)
			check_packet(&p);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct hash_key key = { 1, 2 };
	static struct fragments *f;
	enum frame_link link;

	if (!f)
		f = fragments_new(key);
	if (!f)
		abort();
	if (len < 1)
		return 0;
	link = (enum frame_link)(data[0] % (FRAME_LINK_NFLOG + 1));
	data++;
	len--;
	for (uint64_t i = 0; len >= 2 && i < FRAMES_MAX; i++) {
		size_t own = (size_t)data[0] << 8 | data[1];

		data += 2;
		len -= 2;
		if (own > len)
			own = len;
		take(f, link, data, own, i * 1000000000);
		data += own;
		len -= own;
	}
	return 0;
}
