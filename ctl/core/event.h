/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_EVENT_H
#define POSTERN_CORE_EVENT_H

/*
 * event: what one of those who look at the outside has to say.
 *
 * When, who, against whom, which sign, how severe, how well proven, and where
 * it is written.  Addresses come from packet or flow fields, never from text
 * that an attacker wrote; TEXT and CATEGORY are somebody else's words, to be
 * escaped wherever they are shown.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

/* What was seen: a closed list; sign_names in event.c has the words. */
enum sign {
	SIGN_NONE,
	SIGN_IDS_ALERT, /* a detection of an IDS */
	SIGN_IDS_ENGINE, /* an IDS speaking of its own decoding */
	SIGN_AUTH_FAILURE,
	SIGN_USER_PROBE,
	SIGN_RECIPIENT_HARVEST,
	SIGN_RELAY_ATTEMPT,
	SIGN_RELAY_ACCEPTED,
	SIGN_EARLY_TALK,
	SIGN_SMUGGLING,
	SIGN_PROTOCOL_ABUSE,
	SIGN_FLOOD,
	SIGN_DANGEROUS_ATTACHMENT,
	SIGN_MALWARE,
	SIGN_CLEARTEXT_LOGIN,
	SIGN_WEAK_BANNER,
	SIGN_BACKSCATTER,
	SIGN_SENDER_SPOOF,
	SIGN_INTERNAL_LEAK,
	SIGN_LISTED,
	SIGN_DISTRIBUTED_GUESS,
	SIGN_USER_DISCLOSED,
	SIGN_STARTTLS_STRIPPED,
	SIGN_SLOW_SESSION,
	SIGN_ENCRYPTED_GUESS,
	SIGN_DEFAULT_ACCOUNT,
	SIGN_GUESSABLE_LOGIN,
	SIGN_ACTIVE_CONTENT,
	SIGN_SEALED_ATTACHMENT,
	SIGN_FOREIGN_SENDER,
	SIGN_UNDECLARED_SENDER,
	SIGN_BOUNCE_SENT,
	SIGN_AUTO_REPLY,
	SIGN_OUTBOUND_SPIKE,
	SIGN_STORAGE_LOW,
	SIGN_SERVER_SILENT,
	SIGN_WEAK_TLS,
	SIGN_REFUSED,
	SIGN_COUNT
};

/* How well the source address is proven.  PROOF_NONE alone bans nobody. */
enum proof {
	PROOF_NONE, /* one packet can say it: could be forged */
	PROOF_HANDSHAKE, /* the source answered to its address */
	PROOF_DIALOGUE, /* whole sentences of both sides were seen */
	PROOF_COUNT
};

/* Who of the two ends is the attacker, as far as can be told. */
enum culprit {
	CULPRIT_NONE, /* nobody that may be banned: our server, or unclear */
	CULPRIT_SOURCE, /* the address in SOURCE */
	CULPRIT_COUNT
};

enum confidence {
	CONFIDENCE_UNKNOWN,
	CONFIDENCE_LOW,
	CONFIDENCE_MEDIUM,
	CONFIDENCE_HIGH,
	CONFIDENCE_COUNT
};

/* Of an event that is of no declared server: nobody is banned for it. */
#define EVENT_SERVER_NONE   UINT16_MAX

#define EVENT_TEXT_SIZE	    96
#define EVENT_CATEGORY_SIZE 48
#define EVENT_PROTO_SIZE    16

/* A position in a file that somebody else writes, and may rotate. */
struct position {
	uint64_t device; /* st_dev; 0: a socket, or none yet */
	uint64_t inode;
	uint64_t head_hash; /* of the first HEAD_LEN bytes */
	uint32_t head_len;
	uint64_t offset; /* of the byte behind what was read, in bytes */
};

struct event {
	uint64_t time_ns; /* when it happened, UTC, by the reporter's clock */
	uint64_t seen_ns; /* when our reader met it, UTC */
	uint16_t feed; /* which feed, by its number in the configuration */
	uint16_t stream; /* which of its files */
	struct position position; /* right behind the event's own bytes */
	uint32_t length; /* of these bytes */

	uint8_t sign; /* enum sign */
	uint8_t severity; /* 1 (worst) .. 255; 0: not told */
	uint8_t confidence; /* enum confidence */
	uint8_t proof; /* enum proof */
	uint8_t culprit; /* enum culprit */
	bool blocked; /* the reporter dropped the traffic itself */

	struct prefix source; /* the other end; a full address */
	struct prefix target; /* the declared server; a full address */
	uint16_t source_port;
	uint16_t target_port;
	uint16_t server; /* its number in the configuration, or none */
	uint8_t ip_proto; /* IANA number; 0: not told */
	char app_proto[EVENT_PROTO_SIZE];

	uint64_t flow_id;
	uint64_t tx_id;
	uint32_t gid; /* generator, signature, revision: the rule's own */
	uint32_t sid;
	uint32_t rev;
	char text[EVENT_TEXT_SIZE]; /* the rule's message, cut */
	char category[EVENT_CATEGORY_SIZE]; /* its class, cut */
};

/* The word for a sign, as the configuration and the records write it. */
const char *sign_name(enum sign sign);
/* SIGN_NONE: no such word. */
enum sign sign_by_name(const char *name);

const char *proof_name(enum proof proof);

/* What the receiver checks again: enums in range, addresses whole. */
bool event_is_valid(const struct event *event);

/* One of COUNT servers, or of none, and then nobody is to blame. */
bool event_has_server(const struct event *event, unsigned int count);

#endif
