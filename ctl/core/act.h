/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_ACT_H
#define POSTERN_CORE_ACT_H

/*
 * act: something that postern did, or would have done: what is recorded.
 *
 * Acts in their order are the one truth about the bans: whoever reads them
 * from the last checkpoint on knows what is banned, until when and why.
 */
#include <stdint.h>

#include "ctl/core/event.h"
#include "ctl/core/prefix.h"

#define ACT_REASON_SIZE 128
#define ACT_NAME_SIZE	32
#define ACT_FILE_SIZE	64

enum act_kind {
	ACT_NONE,
	ACT_START, /* postern-ctl began a life; later acts are of its boot */
	ACT_BAN, /* PREFIX is banned until UNTIL_NS; replaces an older ban */
	ACT_UNBAN, /* lifted; family 0: all bans */
	ACT_WOULD_BAN, /* the same, had the mode been enforce */
	ACT_REFUSED, /* a ban that the guard or the kernel did not take */
	ACT_PANIC, /* GATE says what is shut */
	ACT_RESUME,
	ACT_RELOAD, /* a reload was asked for, or its outcome */
	ACT_DRIFT, /* somebody else changed our table; NAME, PID say who */
	ACT_REPAIR, /* the kernel is again what the table says */
	ACT_GAP, /* a feed lost sight of a part of its file */
	ACT_POSITION, /* a feed was read up to POSITION */
	ACT_READ, /* FILE, the one of POSITION, is not read any more */
	ACT_PROGRAM, /* a program ended and was started again */
	ACT_TORN, /* an unfinished record was cut off: power loss, crash */
	ACT_CHECKPOINT, /* what follows up to CHECKPOINTED is the whole state */
	ACT_CHECKPOINTED,
	/* Of the records themselves: */
	ACT_HOLD, /* case NAME: none of SCOPE is deleted */
	ACT_LIFT, /* of the hold that has number COUNT */
	ACT_DISPOSED, /* FILE, a closed segment, was deleted by the schedule */
	ACT_EXPORT, /* of SCOPE, for case NAME */
	ACT_REVIEW, /* of SCOPE: somebody evaluated it */
	ACT_WITNESS, /* the seal with number COUNT is held at NAME */
	ACT_PARDON, /* PREFIX passes until UNTIL_NS, whatever bans it */
	ACT_UNPARDON, /* no more */
	ACT_ALARM, /* number COUNT; NAME is its kind, REASON its text */
	ACT_ACK, /* a person has seen alarm COUNT; 0: all */
	ACT_CONFIG, /* a file of the configuration that came into force, or a
		       line in which it differs: ctl/warden/alteration.h */
	ACT_BASIS, /* what a life of postern-ctl decides by: the lists below are
		      empty; CONFIG_ID: basis.h */
	ACT_PROTECT, /* PREFIX was learned to be protected: on the list NAME */
	ACT_UNPROTECT, /* it is not any more */
	ACT_STOP, /* postern-ctl was told to end; without it, it died */
	ACT_CLOCK, /* the calendar clock was set: NAME says which way, COUNT by
		      how many milliseconds */
	ACT_EXPOSED, /* files of the records are not append-only */
	ACT_COUNT
};

enum origin {
	ORIGIN_POLICY, /* decided by the rules */
	ORIGIN_PERSON, /* asked for at the control socket */
	ORIGIN_SYSTEM, /* postern's own housekeeping */
	ORIGIN_COUNT
};

/* What of the mail services is shut, beside the bans. */
enum gate {
	GATE_OPEN,
	GATE_SHUT, /* the bans are not in force yet: nothing to any server */
	GATE_PANIC_IN, /* sessions towards the servers */
	GATE_PANIC_OUT, /* sessions that the servers begin */
	GATE_PANIC_ALL,
	GATE_COUNT
};

struct act {
	uint64_t id; /* postern-ctl's number, acknowledged once on disk */
	uint8_t kind; /* enum act_kind */
	uint8_t origin; /* enum origin */
	uint8_t mode; /* enum mode at the time */
	uint8_t gate; /* enum gate */
	uint8_t level; /* 1: first ban of this prefix, 2: second ... */
	uint8_t sign; /* enum sign of the last event */
	uint8_t scope; /* enum ban_scope, of a ban */
	uint16_t hosts; /* distinct attacking hosts of a subnet */
	uint64_t time_ns; /* UTC */
	uint64_t monotonic_ns;
	uint64_t boot; /* clock_boot() */

	struct prefix prefix;
	uint64_t until_ns; /* UTC; 0: without a term */
	uint32_t term_s; /* 0: without a term */
	uint32_t points;

	uint32_t uid; /* of the person's program; UINT32_MAX: nobody's */
	uint32_t login_uid; /* as the person's program told it */
	uint32_t pid;
	char name[ACT_NAME_SIZE]; /* of a program, feed, or culprit */
	char file[ACT_FILE_SIZE]; /* of the feed: the last part of its path */
	char reason[ACT_REASON_SIZE];

	/* Of the event that tipped the scales, where there was one. */
	struct prefix source;
	struct prefix target;
	uint16_t target_port;
	uint8_t proof;
	uint16_t feed;
	uint16_t stream;
	struct position position;
	uint64_t event_ns;
	uint32_t gid;
	uint32_t sid;
	uint32_t rev;
	int32_t error; /* errno of what was refused */
	uint64_t config_id;
	uint64_t count; /* rows of a checkpoint; bans lifted; bytes torn off */

	uint64_t seed; /* of ACT_START: a replay needs the same */

	/* SCOPE: which records a person speaks of; PREFIX is a part of it. */
	uint64_t since_ns; /* UTC; 0: from the first one on */
	uint64_t before_ns; /* UTC; 0: no end */
	uint8_t classes; /* bits, as ctl/records/class.h counts; 0: all */
};

/* What became of an event. */
enum event_outcome {
	OUTCOME_COUNTED, /* it weighs; its source is not banned */
	OUTCOME_NOTHING, /* it cannot weigh: unproven, or the rules say so */
	OUTCOME_ALREADY, /* its source was banned before */
	OUTCOME_SPARED, /* it would have banned somebody protected */
	OUTCOME_WOULD_BAN, /* had the mode been enforce */
	OUTCOME_BANNED,
	OUTCOME_REFUSED, /* a ban that found no place */
	OUTCOME_COUNT
};

#define ACT_SERVER_SIZE 32

/* An event, with what it led to and the names of what it speaks of. */
struct sighting {
	uint64_t number; /* rising by one in a life of postern-ctl */
	uint64_t act; /* the number of the act that it led to, or 0 */
	uint64_t monotonic_ns; /* when it was judged; EVENT.seen_ns: UTC */
	uint8_t outcome; /* enum event_outcome */
	char name[ACT_NAME_SIZE]; /* of the feed */
	char file[ACT_FILE_SIZE]; /* the last part of its path */
	char server[ACT_SERVER_SIZE]; /* the target's name */
	struct event event;
};

/* Bytes of a piece and its NUL: a row of 1 KiB. */
#define ORIGINAL_PIECE_SIZE 878

/* A piece of the line that an event was made from, as it stood there. */
struct original {
	uint64_t time_ns; /* of the event, UTC */
	uint64_t offset; /* of the event's position */
	uint16_t feed;
	uint16_t stream;
	uint32_t length; /* of the whole line, in bytes, without its end */
	uint32_t at; /* where the piece stands in it */
	uint32_t missed; /* events since the last piece whose lines are not
			    told */
	struct prefix source; /* of the event */
	char name[ACT_NAME_SIZE]; /* of the feed */
	char file[ACT_FILE_SIZE]; /* the last part of its path */
	char line[ORIGINAL_PIECE_SIZE];
};

/* A ban or a former ban, as a checkpoint keeps it.  What differs from one to
 * the next stands before what seldom does: saved.h makes use of it. */
struct saved_ban {
	struct prefix prefix;
	uint64_t until_ms; /* UTC; 0: without a term */
	uint32_t since_s; /* UTC */
	uint16_t hosts;
	uint32_t sid;
	char reason[ACT_REASON_SIZE]; /* filled up with NUL */
	uint8_t sign;
	uint16_t feed;
	uint32_t term_s;
	uint8_t level;
	uint8_t origin;
	uint32_t uid;
	uint8_t active; /* 0: over, kept for its level */
	uint8_t scope; /* enum ban_scope */
};

/* The same, as the CLI sees it. */
struct ban_row {
	struct prefix prefix;
	uint64_t since_ns; /* UTC */
	uint64_t until_ns; /* UTC; 0: without a term */
	uint64_t left_ms; /* 0: over, or without a term */
	uint32_t term_s;
	uint8_t level;
	uint8_t origin;
	uint8_t sign;
	uint8_t active; /* 0: over, kept for its level */
	uint8_t scope; /* enum ban_scope */
	uint16_t feed;
	uint16_t hosts;
	uint32_t sid;
	uint32_t uid;
	char reason[ACT_REASON_SIZE];
};

const char *act_name(enum act_kind kind); /* "ban" */
enum act_kind act_by_name(const char *name);
const char *origin_name(enum origin origin);
const char *gate_name(enum gate gate); /* "panic-in" */
enum gate gate_by_name(const char *name); /* GATE_COUNT: no such word */
const char *outcome_name(enum event_outcome outcome); /* "counted" */

#endif
