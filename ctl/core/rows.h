/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_ROWS_H
#define POSTERN_CORE_ROWS_H

/*
 * rows: what postern's programs say to each other, as structs; which message
 * bears which, and who may say it, is in msg.h.
 */
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/core/config.h"
#include "ctl/core/event.h"

struct hello {
	uint8_t role;
	uint16_t index; /* of a feed */
	uint32_t epoch; /* which life, counted by the warden from 1 */
	uint32_t pid;
	uint16_t turn; /* which hello of this life */
	uint32_t answers; /* the epoch of the hello that it answers, or 0 */
};

#define MSG_FILE_SIZE ACT_FILE_SIZE

struct reading {
	uint16_t feed;
	uint16_t stream; /* the events of one file bear its number */
	uint8_t finished; /* a rotated file, read to its end: forget it */
	char file[MSG_FILE_SIZE]; /* the last part of the declared path */
	struct position position;
	uint64_t bytes;
	uint64_t lines;
	uint64_t alerts;
	uint64_t events; /* of them, sent */
	uint64_t foreign; /* alerts that name no declared server */
	uint64_t bad; /* lines that are no JSON object */
	uint64_t too_long; /* lines above the bound, skipped */
	uint64_t gaps;
	uint64_t behind; /* bytes not read yet */
	uint64_t last_ns; /* time of the newest event */
	uint64_t told_ns; /* UTC, when the feed said this */
	int32_t error; /* errno that keeps it from reading; 0: none */
};

/* A feed, since postern-ctl began: the sums over all files that it read. */
struct sensing {
	uint16_t feed; /* as in its events */
	char name[ACT_NAME_SIZE];
	char interface[ACT_NAME_SIZE];
	uint8_t live; /* told by postern-ctl: it is heard */
	uint64_t frames;
	uint64_t bytes;
	uint64_t dropped; /* frames: the kernel had no room */
	uint64_t unread; /* frames that are cut or broken */
	uint64_t foreign; /* segments of no declared service */
	uint64_t halfopen; /* connections that were tried */
	uint64_t handshakes; /* ... and came about */
	uint64_t established; /* now */
	uint64_t midstream; /* met in the middle */
	uint64_t onesided; /* of which one side never came: not read */
	uint64_t displaced; /* connections dropped for want of room */
	uint64_t gaps;
	uint64_t missing; /* bytes in them */
	uint64_t conflicts; /* bytes that were told in two ways */
	uint64_t dialogues;
	uint64_t refused; /* dialogues that found no room */
	uint64_t encrypted; /* dialogues that could not be looked into */
	uint64_t mails;
	uint64_t blind; /* mails not looked into, for want of room */
	uint64_t skipped; /* parts, header fields, names beyond a limit */
	uint64_t cut; /* packets of which the capture holds a part */
	uint64_t fragments; /* packets in pieces that never got whole */
	uint64_t crowded; /* connections that lost waiting bytes for room */
	uint64_t unheard; /* bytes that nobody acknowledged: not read */
	uint64_t halfopen_displaced; /* tried ones, dropped for room */
	uint64_t forgotten; /* sources whose doings found no more room */
	uint64_t events; /* said */
	uint64_t unsaid; /* events dropped: postern-ctl lagged behind */
	uint8_t scans; /* a scanner of viruses is declared */
	uint64_t scanned; /* files that it looked at */
	uint64_t unscanned; /* that nobody looked at: no room, no scanner */
	int32_t scan_error; /* errno that keeps it from being asked; 0: none */
	uint64_t last_ns; /* time of the newest frame */
	int32_t error; /* errno that keeps it from capturing; 0: none */
};

struct feed_state {
	char name[ACT_NAME_SIZE];
	uint8_t live; /* its program answers */
	uint64_t bytes;
	uint64_t lines;
	uint64_t alerts;
	uint64_t events;
	uint64_t foreign;
	uint64_t bad;
	uint64_t too_long;
	uint64_t gaps;
	uint64_t late; /* events so old when they came that they faded */
	uint32_t late_s; /* how old the last of these was */
	uint8_t tardy; /* only such come, and from lines that are new */
};

enum gap_kind {
	GAP_FILE_LOST, /* the file with our position is gone */
	GAP_TRUNCATED, /* cut before it was read to its end */
	GAP_OVERRUN, /* a socket's sender had to drop */
	GAP_COUNT
};

struct gap {
	uint16_t feed;
	uint16_t stream;
	uint8_t kind; /* enum gap_kind */
	char file[MSG_FILE_SIZE];
	struct position position; /* up to where all was read */
};

struct resume {
	uint16_t turn; /* of the hello that it answers */
	char file[MSG_FILE_SIZE]; /* as in struct reading; "" ends the list */
	struct position position;
};

enum order_kind {
	ORDER_ADD, /* or renew */
	ORDER_REMOVE,
	ORDER_COUNT
};

/* Which sets of the ladder an element belongs to. */
enum ladder_list {
	LIST_BAN,
	LIST_MAIL, /* the bans of SCOPE_MAIL */
	LIST_PARDON, /* looked up before the bans: these pass */
	LIST_COUNT
};

struct order {
	uint64_t seq; /* ctl's number, rising by one */
	uint8_t kind; /* enum order_kind */
	uint8_t list; /* enum ladder_list */
	struct prefix prefix; /* of a rung's length */
	uint64_t left_ms; /* 0: without a term */
};

/* No session is kept cut for longer: its ports may come again. */
#define CUT_MAX_MS 3600000u

struct cut {
	uint64_t seq;
	struct prefix source; /* full addresses */
	struct prefix target;
	uint16_t source_port;
	uint16_t target_port;
	uint32_t left_ms;
};

enum rebuild_kind {
	REBUILD_BEGIN,
	REBUILD_END,
	REBUILD_COUNT
};

struct rebuild {
	uint64_t seq;
	uint8_t kind; /* enum rebuild_kind */
};

struct gate_order {
	uint64_t seq;
	uint8_t gate; /* enum gate */
};

struct lookup {
	uint64_t tag;
	struct prefix address; /* family 0 where none is meant */
};

struct done {
	uint64_t seq;
};

struct refused {
	uint64_t seq;
	struct prefix prefix;
	int32_t error; /* errno, positive */
	struct prefix because; /* the protected prefix; family 0: the kernel */
};

struct kernel_state {
	uint8_t gate; /* enum gate, as loaded */
	uint8_t loaded; /* the table is there, and ours */
	uint8_t rebuild_wanted; /* its bans are unknown: send them all */
	uint32_t generation; /* of the ban sets */
	uint64_t commits;
	uint64_t repairs;
	uint64_t repair_us; /* how long the last one took */
	int32_t error; /* errno of the last failed load; 0: none */
};

struct drift {
	uint32_t pid;
	char name[ACT_NAME_SIZE];
	uint8_t table_gone;
};

#define MSG_RUNGS 4

struct found {
	uint64_t tag;
	uint8_t present[MSG_RUNGS]; /* by rung of the ladder */
	uint64_t left_ms[MSG_RUNGS]; /* 0: without a term */
	int32_t error;
};

#define MSG_COUNTER_SIZE 48

struct counter {
	uint64_t tag;
	char name[MSG_COUNTER_SIZE];
	uint64_t packets;
	uint64_t bytes;
};

enum probe_verdict {
	PROBE_GOOD,
	PROBE_WARN, /* works, but the administrator should know */
	PROBE_BAD,
	PROBE_COUNT
};

#define MSG_DETAIL_SIZE 200

struct probe {
	uint64_t tag;
	uint8_t verdict; /* enum probe_verdict */
	char name[ACT_NAME_SIZE];
	char detail[MSG_DETAIL_SIZE]; /* what was found, what to do */
};

struct observed {
	struct prefix prefix; /* family 0 ends the list, which counts whole */
};

/* What a sensor saw of a sender's good mail, since it told of it before. */
struct patron_row {
	uint16_t feed; /* as in its events */
	struct prefix host; /* a full address */
	uint32_t mails;
	uint32_t encrypted;
	uint64_t last_ns; /* UTC */
};

/* What the name server says of an address. */
enum name_verdict {
	NAME_UNASKED,
	NAME_CONFIRMED, /* its name leads back to it */
	NAME_UNCONFIRMED, /* it has names, and none leads back */
	NAME_MISSING,
	NAME_UNANSWERED,
	NAME_VERDICTS
};

struct named {
	struct prefix host; /* a full address */
	uint8_t verdict; /* enum name_verdict */
	char name[CONFIG_DOMAIN_SIZE]; /* as its owner writes it; or "" */
};

struct kept {
	uint64_t id;
};

struct restored {
	uint64_t last_id; /* of the newest act accepted; KEPT: on disk */
	uint64_t seq; /* of the newest record */
	uint64_t torn; /* bytes of an unfinished last record, cut off */
};

struct journal_state {
	uint64_t seq;
	uint64_t bytes;
	uint64_t free_bytes; /* of the file system */
	uint64_t full_ns; /* when it will be full, as far as known; 0: never */
	uint64_t sealed_ns; /* the newest seal; 0: none, nothing is proven */
	uint64_t witnessed_ns; /* the newest one that somebody else holds */
	uint64_t reviewed_ns; /* all before it was evaluated by somebody */
	uint64_t begun_ns; /* the first seal; 0: none */
	uint64_t lost; /* events that found no place, or were sampled out */
	uint32_t holds; /* in force */
	uint32_t review_days; /* somebody is to evaluate them so often */
	int32_t error; /* errno that keeps it from writing; 0: none */
	int32_t unprotected; /* errno of the append-only attribute; 0: it is set */
};

enum program_life {
	LIFE_RUNNING,
	LIFE_WAITING, /* for its back-off to end */
	LIFE_COUNT
};

struct program_state {
	uint8_t role;
	uint16_t index;
	uint8_t life; /* enum program_life */
	uint32_t pid;
	uint32_t epoch;
	uint32_t restarts;
	int32_t exit_status; /* as wait(2) tells; 0 before the first end */
	uint64_t since_ns; /* UTC */
};

struct reloaded {
	uint64_t config_id;
	uint8_t taken; /* else the old configuration stays */
	uint32_t unconfirmed_s; /* it undoes itself after this; 0: it stays */
	char path[CONFIG_PATH_SIZE]; /* of the file, absolute */
	char text[MSG_DETAIL_SIZE]; /* the first error */
};

#endif
