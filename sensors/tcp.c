/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tcp: the header's fields, and its checksum.
 */
#include "sensors/tcp.h"

#include <string.h>

#include "ctl/core/prefix.h"
#include "sensors/bytes.h"

#define HEADER_MIN 20

/* Options (RFC 9293 section 3.2). */
#define OPTION_END   0
#define OPTION_NOP   1
#define OPTION_SCALE 3
#define OPTION_STAMP 8

#define SCALE_MAX    14 /* RFC 7323 section 2.3 */

static void read_options(struct segment *out, const uint8_t *at, size_t len)
{
	while (len > 1 && at[0] != OPTION_END) {
		size_t own = at[0] == OPTION_NOP ? 1 : at[1];

		if (own == 0 || own > len)
			return;
		if (at[0] == OPTION_SCALE && own == 3)
			out->scale = at[2] < SCALE_MAX ? at[2] : SCALE_MAX;
		if (at[0] == OPTION_STAMP && own == 10) {
			out->has_stamp = true;
			out->stamp = bytes_u32(at + 2);
		}
		at += own;
		len -= own;
	}
}

bool tcp_read(struct segment *out, const struct packet *packet)
{
	const uint8_t *at = packet->payload;
	size_t header_len;

	if (packet->len < HEADER_MIN)
		return false;
	header_len = (size_t)(at[12] >> 4) * 4;
	if (header_len < HEADER_MIN || header_len > packet->len)
		return false;
	*out = (struct segment){
		.source_port = bytes_u16(at),
		.target_port = bytes_u16(at + 2),
		.seq = bytes_u32(at + 4),
		.ack = bytes_u32(at + 8),
		.flags = at[13],
		.scale = TCP_SCALE_NONE,
		.window = bytes_u16(at + 14),
		.urgent = bytes_u16(at + 18),
		.data = at + header_len,
		.len = packet->len - header_len,
	};
	read_options(out, at + HEADER_MIN, header_len - HEADER_MIN);
	return true;
}

/*
 * RFC 1071: the sum does not care for the byte order, nor for the width that
 * it is taken in.  The halves of two words at a time are summed, each by
 * itself, with room for the carries above them: this runs over every byte of
 * every capture.
 */
typedef uint64_t words __attribute__((vector_size(16)));

static uint64_t sum_words(const uint8_t *at, size_t len)
{
	words low = { 0 }, high = { 0 };
	uint64_t word, sum;

	for (; len >= sizeof(words);
	     at += sizeof(words), len -= sizeof(words)) {
		words w;

		memcpy(&w, at, sizeof(w));
		low += w & 0xffffffff;
		high += w >> 32;
	}
	low += high;
	sum = low[0] + low[1];
	for (; len >= 8; at += 8, len -= 8) {
		memcpy(&word, at, 8);
		sum += (word & 0xffffffff) + (word >> 32);
	}
	word = 0;
	memcpy(&word, at, len);
	return sum + (word & 0xffffffff) + (word >> 32);
}

bool tcp_is_sound(const struct packet *packet)
{
	size_t address_len = prefix_bytes(packet->family);
	uint8_t tail[8] = {
		(uint8_t)(packet->len >> 24),
		(uint8_t)(packet->len >> 16),
		(uint8_t)(packet->len >> 8),
		(uint8_t)packet->len,
		0,
		0,
		0,
		TCP_PROTOCOL,
	};
	uint64_t sum;

	sum = sum_words(packet->payload, packet->len);
	sum += sum_words(packet->source, address_len);
	sum += sum_words(packet->target, address_len);
	sum += sum_words(tail, sizeof(tail));
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}
