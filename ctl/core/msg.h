/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_MSG_H
#define POSTERN_CORE_MSG_H

/*
 * msg: every message that postern's programs exchange, in one table.
 *
 * A message is a header and 1..N rows of one kind, each of exactly the size
 * that the table says, little-endian, written field by field.  The socket
 * keeps the boundaries (SOCK_SEQPACKET).  What is too short, too long, out of
 * range, or sent by one who may not say it, is not a message.
 *
 * Lives.  The warden keeps both ends of each pair, so a program may die and
 * come back while messages wait in the socket.  With postern-ctl, each pair
 * begins anew by two hellos: a program says hello when its life begins, and
 * answers postern-ctl's hello with one (TURN counts its hellos, ANSWERS names
 * the life of postern-ctl; a second hello of the same life is not answered).
 * postern-ctl disregards what it hears before the hello that answers its own,
 * and then tells the program where to go on: a feed gets RESUME rows that bear
 * the TURN they answer, nft gets a rebuild, records gets the acts after the
 * last one that it kept.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/core/config.h"
#include "ctl/core/event.h"
#include "ctl/core/role.h"

#define MSG_VERSION	1u
#define MSG_HEADER_SIZE 8u
/* No message is longer. */
#define MSG_SIZE_MAX 24576u

enum msg_kind {
	MSG_NONE,
	MSG_HELLO, /* struct hello: the first message of each life */

	/* feed, sensor -> ctl */
	MSG_EVENT, /* struct event */
	MSG_READING, /* struct reading: how far, how well */
	MSG_GAP, /* struct gap: something was lost */
	/* ctl -> feed */
	MSG_RESUME, /* struct resume: where to go on */

	/* ctl -> nft */
	MSG_ORDER, /* struct order: one element in or out, now */
	MSG_REBUILD, /* struct rebuild: begin, or end, a new generation */
	MSG_FILL, /* struct order: one element of the new generation */
	MSG_GATE, /* struct gate_order */
	MSG_LOOKUP, /* struct lookup: read an address back */
	MSG_COUNT, /* struct lookup: send the counters */
	MSG_TRACE, /* struct lookup: the same, and count the hits of ADDRESS */
	MSG_EXAMINE, /* struct lookup: send what the kernel can do */
	MSG_SHARED, /* struct observed: a shared sender's network */
	MSG_CUT, /* struct cut: drop one TCP session, and nothing else */
	/* nft -> ctl */
	MSG_DONE, /* struct done: all up to SEQ are in the kernel */
	MSG_REFUSED, /* struct refused: this one is not, and why */
	MSG_KERNEL, /* struct kernel_state */
	MSG_DRIFT, /* struct drift: somebody else was at our table */
	MSG_FOUND, /* struct found: the answer to a lookup */
	MSG_COUNTER, /* struct counter: one of them; NAME "" ends the list */
	MSG_PROBE, /* struct probe: a finding; NAME "" ends the list */
	MSG_OBSERVED, /* struct observed: never to be banned now */

	/* ctl -> records */
	MSG_ACT, /* struct act; also to a watching CLI, and back at a restore */
	MSG_SAVE, /* struct ban_row: one of a checkpoint; and back */
	MSG_SIGHTING, /* struct sighting: an event, to be recorded; and back,
			 to be judged once more by a replay */
	/* records -> ctl */
	MSG_KEPT, /* struct kept: all acts up to ID are on disk */
	MSG_RESTORED, /* struct restored: that was all */
	MSG_JOURNAL, /* struct journal_state */

	/* warden -> ctl */
	MSG_PROGRAM, /* struct program_state; also to the CLI */
	MSG_RELOADED, /* struct reloaded */

	/* CLI -> ctl */
	MSG_ASK, /* struct ask */
	/* ctl -> CLI, beside ACT, PROGRAM, READING, COUNTER, PROBE */
	MSG_STATUS, /* struct status */
	MSG_SENSING, /* struct sensing: how a sensor does; also ctl -> CLI */
	MSG_FEED, /* struct feed_state; the READING of its files follow it */
	MSG_BAN, /* struct ban_row */
	MSG_STORY, /* struct story: what is known about an address */
	MSG_CHARGE, /* struct charge: one event of its story */
	MSG_ANSWER, /* struct answer: the last message of each reply */
	MSG_RULE, /* struct rule_row: a rule, and what it met */
	MSG_ALARM, /* struct alarm_row; also to postern-alarm */
	MSG_EVIDENCE, /* struct evidence: an event of a story */

	/* feed -> records */
	MSG_ORIGINAL, /* struct original: the line of an event */
	/* sensor -> scan: files out of mails */
	MSG_PIECE, /* struct piece: some bytes of one */
	MSG_MARK, /* struct mark: it ends */
	/* scan -> sensor */
	MSG_VERDICT, /* struct scan_verdict: of a file that has ended */
	MSG_SCANNER, /* struct scanner: how it does */
	MSG_COUNT_OF_KINDS
};

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
	uint64_t lost; /* events that found no place, or were sampled out */
	uint32_t holds; /* in force */
	uint32_t review_days; /* somebody is to evaluate them so often */
	int32_t error; /* errno that keeps it from writing; 0: none */
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

enum verb {
	VERB_STATUS,
	VERB_DOCTOR,
	VERB_BANS,
	VERB_WHY,
	VERB_WATCH,
	VERB_BAN,
	VERB_UNBAN,
	VERB_UNBAN_ALL,
	VERB_RELOAD,
	VERB_PANIC,
	VERB_RESUME,
	VERB_RECORD, /* write an act about the records themselves */
	VERB_RULES,
	VERB_ALLOW, /* EXTRA_S is its term; 0: without one */
	VERB_DISALLOW,
	VERB_ALLOWED,
	VERB_ACK, /* alarm NUMBER; 0: all */
	VERB_CONFIRM, /* the reload that waits for it */
	VERB_TRACE, /* count what bans drop of PREFIX; family 0: no more */
	VERB_COUNT
};

struct ask {
	uint8_t verb; /* enum verb */
	uint8_t gate; /* of VERB_PANIC */
	struct prefix prefix;
	uint64_t term_s; /* 0: without a term */
	uint64_t extra_s; /* of a pardon after an unban, of a reload's
			     confirmation; 0: none */
	uint8_t scope; /* enum ban_scope, of VERB_BAN */
	uint32_t number; /* of VERB_ACK */
	uint32_t login_uid; /* who logged in, as the CLI knows it */
	char reason[ACT_REASON_SIZE];
	/* Of VERB_RECORD, as in struct act: */
	uint8_t act; /* enum act_kind */
	uint8_t classes;
	uint64_t since_ns;
	uint64_t before_ns;
	uint64_t count;
	char name[ACT_NAME_SIZE];
};

struct status {
	uint64_t now_ns;
	uint64_t since_ns; /* of the oldest life of postern-ctl */
	uint64_t config_id;
	uint8_t mode;
	uint8_t gate; /* wanted */
	uint8_t restoring; /* the bans are not all in force yet */
	uint64_t bans;
	uint64_t bans_forever;
	uint64_t capacity;
	uint64_t sources; /* with points now */
	uint64_t events;
	uint64_t unproven; /* events that can ban nobody */
	uint64_t repeated; /* dropped: applied before */
	uint64_t already; /* of sources banned already */
	uint64_t spared; /* would have banned a protected address */
	uint64_t bans_made;
	uint64_t pardoned; /* events of sources that are pardoned */
	uint64_t guarded; /* events of sources that may never be banned */
	uint64_t held; /* decisions that were above the cap */
	uint64_t pardons; /* in force */
	uint32_t alarms; /* that nobody has acknowledged */
	uint16_t rules;
	uint16_t rules_expired;
	uint32_t unconfirmed_s; /* a reload undoes itself after this; or 0 */
	uint64_t orders_open; /* sent, not yet in the kernel */
	uint64_t acts_open; /* sent, not yet on disk */
	struct kernel_state kernel;
	struct journal_state journal;
	struct reloaded reload;
	uint64_t panic_ns;
	char panic_reason[ACT_REASON_SIZE];
};

struct story {
	struct prefix address;
	uint8_t is_protected; /* enum protection */
	struct prefix protector;
	uint64_t threshold; /* in thousandths of a point */
	uint32_t window_s;
	uint8_t mode; /* enum mode, of the policy */
	uint8_t next_level; /* of its next ban, and that one's term */
	uint32_t next_term_s;
	struct prefix pardon; /* that lets it pass; family 0: none */
	uint64_t pardon_left_ms; /* 0: without a term */
	char pardon_reason[ACT_REASON_SIZE];
	struct found kernel; /* as read back */
};

struct charge {
	struct prefix prefix; /* what was charged */
	uint8_t book; /* enum mode of what stands there; MODE_COUNT: what the
			 protected did, which bans nobody */
	uint64_t needed; /* points that it takes, in thousandths */
	uint32_t hosts_needed; /* and hosts; 0: of a single address */
	uint64_t points; /* now, in thousandths */
	uint32_t hosts;
	uint64_t last_ns;
	uint32_t events;
	uint8_t sign; /* of the newest event */
	uint32_t sid;
};

#define MSG_ABOUT_SIZE 200

/* A rule of the configuration, in its order, and what became of it. */
struct rule_row {
	uint16_t number; /* from 1 */
	uint8_t mode; /* enum mode */
	uint8_t scope; /* enum ban_scope */
	uint8_t expired;
	uint8_t has_points;
	uint32_t points;
	uint32_t term_s; /* 0: as the policy's */
	uint64_t expires_ns;
	uint64_t hits; /* since the start */
	uint64_t last_ns;
	char name[CONFIG_NAME_SIZE];
	char file[CONFIG_NAME_SIZE]; /* "": the main one */
	char owner[CONFIG_NAME_SIZE];
	char ticket[CONFIG_NAME_SIZE];
	char reason[CONFIG_TEXT_SIZE];
	char about[MSG_ABOUT_SIZE]; /* what it matches, in words */
};

/* What somebody should look at. */
struct alarm_row {
	uint32_t number; /* from 1, rising */
	uint8_t kind; /* enum alarm_kind, for alarm_name() */
	uint8_t acked;
	uint64_t first_ns; /* UTC */
	uint64_t last_ns;
	uint64_t count; /* how often it was raised */
	struct prefix prefix; /* family 0: of nobody */
	char text[ACT_REASON_SIZE];
};

enum alarm_kind {
	ALARM_MODE, /* a rule in mode alarm was reached */
	ALARM_SPARED, /* what may never be banned attacks */
	ALARM_SHARED, /* a shared sender attacks */
	ALARM_CAP, /* more than a minute may take */
	ALARM_REFUSED, /* a ban was not taken */
	ALARM_DRIFT, /* somebody else changed our table */
	ALARM_SIGN, /* a server of ours does what it should not */
	ALARM_RELOAD, /* a reload undid itself */
	ALARM_RESOLVE, /* a shared sender's record is not sound */
	ALARM_KINDS
};

/* "spared": the word of the records and of --json. */
const char *alarm_name(enum alarm_kind kind);
enum alarm_kind alarm_by_name(const char *name); /* ALARM_KINDS: none */

/* An event that weighed something. */
struct evidence {
	uint64_t time_ns; /* UTC, by the reporter's clock */
	struct prefix source;
	uint32_t points; /* in thousandths, when it came */
	uint32_t sid;
	uint8_t sign;
	uint8_t mode; /* enum mode */
	uint16_t target_port;
	char server[CONFIG_NAME_SIZE];
	char rule[CONFIG_NAME_SIZE]; /* "": the table of signs */
};

#define MSG_PIECE_SIZE 1024

/* The first piece of a number begins a file. */
struct piece {
	uint64_t number; /* of the file, rising; the sensor's own */
	uint16_t len;
	uint8_t bytes[MSG_PIECE_SIZE];
};

struct mark {
	uint64_t number;
	uint8_t whole; /* else it is given up: no verdict is awaited */
};

enum scan_result {
	SCAN_CLEAN,
	SCAN_FOUND,
	SCAN_FAILED, /* nobody looked at it */
	SCAN_RESULTS
};

struct scan_verdict {
	uint64_t number;
	uint8_t result; /* enum scan_result */
	char text[EVENT_TEXT_SIZE]; /* what was found, as the scanner says it */
};

struct scanner {
	int32_t error; /* errno that keeps it from the scanner; 0: none */
};

/* As the CLI's exit code. */
enum answer_code {
	ANSWER_DONE,
	ANSWER_FAILED,
	ANSWER_USAGE,
	ANSWER_UNREACHABLE,
	ANSWER_REFUSED,
	ANSWER_COUNT
};

struct answer {
	uint8_t code; /* enum answer_code */
	uint64_t count; /* of what was done or sent */
	char text[MSG_DETAIL_SIZE]; /* a sentence for the person */
};

/* Room for any row, decoded. */
union msg_row {
	struct hello hello;
	struct event event;
	struct reading reading;
	struct feed_state feed_state;
	struct sensing sensing;
	struct gap gap;
	struct resume resume;
	struct order order;
	struct rebuild rebuild;
	struct cut cut;
	struct gate_order gate;
	struct lookup lookup;
	struct done done;
	struct refused refused;
	struct kernel_state kernel;
	struct drift drift;
	struct found found;
	struct counter counter;
	struct probe probe;
	struct act act;
	struct ban_row ban;
	struct sighting sighting;
	struct original original;
	struct kept kept;
	struct observed observed;
	struct restored restored;
	struct journal_state journal;
	struct program_state program;
	struct reloaded reloaded;
	struct ask ask;
	struct status status;
	struct story story;
	struct charge charge;
	struct answer answer;
	struct rule_row rule;
	struct alarm_row alarm;
	struct evidence evidence;
	struct piece piece;
	struct mark mark;
	struct scan_verdict scan_verdict;
	struct scanner scanner;
};

/* Bytes of a row of KIND on the wire, and how many fit one message. */
size_t msg_row_size(enum msg_kind kind);
size_t msg_rows_max(enum msg_kind kind);
const char *msg_name(enum msg_kind kind);

/* May a program of role FROM say KIND to one of role TO? */
bool msg_is_allowed(enum msg_kind kind, enum role from, enum role to);

/* Write the header of COUNT rows of KIND to the MSG_HEADER_SIZE bytes at TO. */
void msg_put_header(uint8_t *to, enum msg_kind kind, size_t count);
/* Write ROW, the struct of KIND, to the msg_row_size() bytes at TO. */
void msg_put_row(uint8_t *to, enum msg_kind kind, const void *row);

/*
 * Check the message of LEN bytes: version, kind, length; give its kind and
 * the number of its rows.  -EBADMSG: it is none.
 */
__attribute__((warn_unused_result)) int
msg_open(const uint8_t *data, size_t len, enum msg_kind *kind, size_t *count);
/* Read row NUMBER of an opened message.  -EBADMSG: a field is out of range. */
__attribute__((warn_unused_result)) int msg_get_row(const uint8_t *data,
						    enum msg_kind kind,
						    size_t number,
						    union msg_row *out);

#endif
