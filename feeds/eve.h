/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_EVE_H
#define POSTERN_FEEDS_EVE_H

/*
 * eve: an alert as Suricata writes it, and the fast way to read one.
 *
 * eve_parse() takes a line in one validating pass where it has the form that
 * Suricata gives it.  Whatever else it meets it leaves to evejson, which
 * reads the same struct with a full JSON parser; where both have an answer,
 * it is the same one.
 *
 * What makes an alert: a JSON object whose "event_type" is "alert", with a
 * time that has an offset and an object "alert".  Every other field may be
 * missing or null; one that is there has its type and range, or the line is
 * bad.  A wanted name that stands twice in its object, with two values, makes
 * the line bad too: nobody can know which one is meant.  (With one value it is
 * a habit of Suricata's.)
 *
 * Pure: no system calls, no clock.
 */
#include "ctl/core/event.h"
#include "feeds/slice.h"

enum eve_verdict {
	EVE_ALERT,
	EVE_OTHER, /* a record of another kind */
	EVE_BAD, /* no JSON object, or no sound alert */
	EVE_UNKNOWN, /* not in the form that the fast way knows */
};

enum eve_way {
	EVE_WAY_NONE,
	EVE_WAY_TO_SERVER, /* the packet came from who began the flow */
	EVE_WAY_TO_CLIENT,
};

/* In the member HAS: what stood there, and was not null. */
#define EVE_HAS_TIME  1u
#define EVE_HAS_ALERT 2u

struct eve {
	bool is_alert; /* by its event_type */
	uint8_t has;
	uint64_t time_ns; /* UTC */
	uint64_t flow_id;
	uint64_t tx_id;
	struct prefix source; /* of the packet; family 0: none */
	struct prefix dest;
	struct prefix attacker; /* as the rule tells, both or none */
	struct prefix victim;
	struct prefix initiator; /* of the flow */
	uint16_t source_port; /* of the packet; 0: none */
	uint16_t dest_port;
	uint8_t ip_proto; /* IANA number; 0: none, or not known */
	uint8_t way; /* enum eve_way */
	bool blocked;
	uint8_t severity; /* clamped to 1 .. 255; 0: none */
	uint8_t confidence; /* enum confidence */
	uint32_t gid;
	uint32_t sid;
	uint32_t rev;
	char app_proto[EVENT_PROTO_SIZE]; /* also "failed"; "": none */
	char text[EVENT_TEXT_SIZE];
	char category[EVENT_CATEGORY_SIZE];
};

/* What EVE is, when its whole line was read into it. */
enum eve_verdict eve_verdict(const struct eve *eve);

/* Read LINE.  OUT is filled in as far as it was read, whole for EVE_ALERT.
 * Never EVE_BAD: what looks wrong is EVE_UNKNOWN. */
enum eve_verdict eve_parse(struct eve *out, struct slice line);

#endif
