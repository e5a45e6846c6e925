/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_FLOWTAB_H
#define POSTERN_SENSORS_FLOWTAB_H

/*
 * flowtab: the table in which flow.c and flowout.c keep connections, and the
 * lists that say which one is old, which one waits, and which one holds pages.
 * Nobody else includes this.
 */
#include "sensors/flow.h"
#include "sensors/halfopen.h"
#include "sensors/pages.h"
#include "sensors/stream.h"

#define FLOW_NONE UINT32_MAX

/* Both directions of a connection have the same key. */
struct flow_key {
	uint8_t low[16];
	uint8_t high[16];
	uint16_t low_port;
	uint16_t high_port;
	uint8_t family;
	uint8_t zeros[3];
};

_Static_assert(sizeof(struct flow_key) == 40, "hash_bytes() wants whole words");

/* What is known of one side. */
struct half {
	struct stream stream; /* where BEGUN */
	uint32_t first; /* number of its first byte, or of the first seen */
	uint32_t claim; /* what its peer has acknowledged */
	uint32_t edge; /* what its peer has room for */
	uint32_t fin;
	uint32_t rst;
	uint32_t stamp; /* newest time stamp */
	uint8_t scale; /* of the windows that it tells */
	uint8_t hops;
	bool begun; /* its numbers are known */
	bool seen; /* a segment of it came */
	bool is_first_known; /* its SYN was seen */
	bool has_claim;
	bool has_edge;
	bool has_fin;
	bool has_rst;
	bool has_stamp;
	bool has_hops;
	bool has_sound; /* a right checksum was seen */
	bool finished; /* its FIN counts */
};

enum flow_state {
	FLOW_FREE,
	FLOW_PENDING, /* its beginning was not seen yet; bytes wait */
	FLOW_OPEN,
	FLOW_OVER, /* kept so that late segments are known */
};

/* Lists that a flow may be in. */
enum flow_list {
	LIST_AGE, /* of its class, the longest silent one first */
	LIST_WAIT, /* the one whose deadline is next first */
	LIST_HOLD, /* has pages, the one that has them longest first */
	LIST_KINDS
};

enum flow_class {
	CLASS_PROVEN, /* by a handshake */
	CLASS_LOOSE,
	CLASSES
};

struct flow_link {
	uint32_t prev;
	uint32_t next;
};

struct flow {
	struct flow_key key;
	struct half halves[2]; /* by enum side */
	struct flow_link links[LIST_KINDS];
	uint64_t last_ns; /* when it was put at the end of its class */
	uint64_t begun_ns;
	uint64_t deadline_ns;
	uint64_t id;
	void *user;
	uint32_t chain;
	uint16_t server;
	uint8_t state; /* enum flow_state */
	uint8_t class; /* enum flow_class */
	uint8_t own; /* enum side */
	bool client_is_low;
	bool waits; /* in LIST_WAIT */
	bool holds; /* in LIST_HOLD */
	bool shaken; /* the client acknowledged the server's SYN */
	bool heard; /* each side has acknowledged bytes of the other */
	bool midstream;
	bool has_syn; /* the client's SYN was seen */
	bool begins_again; /* a SYN of another connection was seen */
	bool revived; /* it went on after a reset */
	bool was_reset; /* FLOW_OVER: that is how it ended */
};

struct flow_ring {
	uint32_t head;
	uint32_t tail;
	uint32_t count;
};

struct flows {
	struct flow_config config;
	struct flow_listener listener;
	struct halfopens *halfopens;
	struct pages *pages;
	struct flow *items;
	uint32_t *heads;
	uint32_t mask;
	uint32_t fresh; /* this one and those behind it were never used */
	uint32_t free; /* chain */
	struct flow_ring ages[CLASSES];
	struct flow_ring waits;
	struct flow_ring holds;
	uint64_t now_ns;
	uint64_t next_id;
	struct flow_stats stats;
	struct stream_stats stream_stats;
};

/* A segment on its way through. */
struct arrival {
	const struct packet *packet;
	const struct segment *segment;
	const struct flow_hint *hint;
	struct flow_key key;
	uint64_t hash;
	bool source_is_low;
	bool is_sound;
};

/* flowtab.c */

struct flow_key flowtab_key(const struct packet *packet,
			    const struct segment *segment, bool *source_is_low);
uint64_t flowtab_hash(const struct flows *f, const struct flow_key *key);
struct flow *flowtab_find(struct flows *f, const struct flow_key *key,
			  uint64_t hash);
/* A fresh one.  Who has no handshake to show displaces only his like. */
struct flow *flowtab_add(struct flows *f, const struct flow_key *key,
			 uint64_t hash, enum flow_class class);
void flowtab_remove(struct flows *f, struct flow *flow);
void flowtab_set_class(struct flows *f, struct flow *flow,
		       enum flow_class class);
/* It was heard of now. */
void flowtab_touch(struct flows *f, struct flow *flow);
/* The longest silent one of its class, or NULL. */
struct flow *flowtab_oldest(struct flows *f, enum flow_class class);

void flowtab_wait(struct flows *f, struct flow *flow);
void flowtab_unwait(struct flows *f, struct flow *flow);
struct flow *flowtab_first_waiting(struct flows *f);

/* Keep LIST_HOLD true. */
void flowtab_note_pages(struct flows *f, struct flow *flow);
struct flow *flowtab_first_holding(struct flows *f);

/* flowin.c */

/* The side that A is from. */
enum side flowin_side(const struct flow *flow, const struct arrival *a);
/* Take what the SYNs of both sides say. */
void flowin_take_syns(struct flows *f, struct flow *flow,
		      const struct halfopen *open);
/* Take any other segment of FLOW. */
void flowin_take(struct flows *f, struct flow *flow, const struct arrival *a);

/* flowout.c */

/* Hand on what can be; FORCED: also what waits for its turn. */
void flowout_pump(struct flows *f, struct flow *flow, bool forced);
/* Hand on without what is missing, now. */
void flowout_settle(struct flows *f, struct flow *flow);
/* SIDE goes on at SEQ, far ahead of all that was seen. */
void flowout_jump(struct flows *f, struct flow *flow, enum side side,
		  uint32_t seq);
/* Its time is over: as flowout_settle(), and what follows from it. */
void flowout_expire(struct flows *f, struct flow *flow);
/* What is acknowledged of SIDE, as far as it can be believed. */
uint32_t flowout_acked(const struct flow *flow, enum side side);
void flowout_open(struct flows *f, struct flow *flow);
/* Hand on what there is, end it, and forget its bytes. */
void flowout_end(struct flows *f, struct flow *flow,
		 enum dialogue_end_reason reason);

#endif
