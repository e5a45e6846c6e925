/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_SCENE_H
#define POSTERN_TESTS_SCENE_H

/*
 * scene: a TCP connection as packets, and all the ways in which the same
 * bytes can come.
 *
 * Packets are whole IP packets (a capture of raw IP).  Nothing here shares
 * code with what it tests: checksums and headers are written anew.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/random.h"

enum scene_who {
	SCENE_CLIENT,
	SCENE_SERVER,
};

struct scene_packet {
	uint8_t *data; /* owned by the scene */
	size_t len;
	uint64_t time_ns;
	bool is_data; /* it carries bytes of a turn */
	enum scene_who from;
};

struct scene {
	uint8_t family; /* 4 or 6 */
	uint16_t client_port; /* the server's is 25 */
	uint32_t first[2]; /* initial sequence numbers */
	uint32_t next[2];
	uint8_t hops[2];
	bool sound; /* write right checksums */
	bool stamps; /* write time stamps */
	uint16_t window; /* that both tell, by 128 */
	size_t mss;
	uint64_t time_ns;
	struct scene_packet *packets;
	size_t count;
	size_t room;
};

/* One segment, whatever it says. */
struct scene_segment {
	enum scene_who from;
	uint32_t seq;
	uint32_t ack;
	uint8_t flags;
	uint16_t urgent;
	const void *data;
	size_t len;
};

/* A scene between 203.0.113.7 and 192.0.2.25, or 2001:db8:7::7 and
 * 2001:db8:2::25. */
void scene_init(struct scene *s, uint8_t family);
void scene_fini(struct scene *s);

/* A whole IP packet, copied. */
void scene_add(struct scene *s, const void *data, size_t len, uint64_t time_ns);
void scene_put(struct scene *s, const struct scene_segment *segment);

/* SYN, SYN and ACK, ACK. */
void scene_open(struct scene *s);
/* WHO says LEN bytes in segments of at most mss; the other acknowledges. */
void scene_say(struct scene *s, enum scene_who who, const void *data,
	       size_t len);
void scene_say_text(struct scene *s, enum scene_who who, const char *text);
/* The same, and nobody acknowledges. */
void scene_say_unheard(struct scene *s, enum scene_who who, const void *data,
		       size_t len);
void scene_ack(struct scene *s, enum scene_who who);
void scene_close(struct scene *s); /* FIN of both sides */

/* Packet NUMBER again, later. */
void scene_repeat(struct scene *s, size_t number);
/* Any order within REACH places, from packet FIRST on. */
void scene_shuffle(struct scene *s, struct random *r, size_t first,
		   size_t reach);
void scene_drop(struct scene *s, size_t number);
/* Each packet above SIZE bytes of payload becomes fragments of SIZE (a multiple
 * of 8). */
void scene_fragment(struct scene *s, size_t size);

#endif
