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
#include "ctl/core/rows.h"

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
	MSG_SAVE, /* struct saved_ban: one of a checkpoint; and back */
	MSG_SIGHTING, /* struct sighting: an event, to be recorded; and back,
			 to be judged once more by a replay */
	/* records -> ctl */
	MSG_KEPT, /* struct kept: all acts up to ID are on disk */
	MSG_RESTORED, /* struct restored: that was all */
	MSG_JOURNAL, /* struct journal_state */

	/* warden -> ctl, and MSG_ACT of the kind ACT_CONFIG */
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

	/* feed, sensor -> records */
	MSG_ORIGINAL, /* struct original: what an event was made from */
	/* sensor -> ctl */
	MSG_PATRON, /* struct patron_row: who sent good mail */
	/* ctl -> resolve, and back with an answer */
	MSG_NAMED, /* struct named: whose name is an address? */
	MSG_OMITTED, /* struct omitted_row: who is kept out, though he is good */
	/* sensor -> scan: files out of mails */
	MSG_PIECE, /* struct piece: some bytes of one */
	MSG_MARK, /* struct mark: it ends */
	/* scan -> sensor */
	MSG_VERDICT, /* struct scan_verdict: of a file that has ended */
	MSG_SCANNER, /* struct scanner: how it does */
	MSG_COUNT_OF_KINDS
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
	VERB_OMITTED, /* who is kept out although the signs are good */
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
	uint64_t evicted; /* that had to be forgotten for want of room */
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

/* Who is kept out although the signs are good. */
struct omitted_row {
	struct prefix key; /* that a pardon is for */
	struct named named;
	uint32_t mails;
	uint32_t encrypted;
	uint64_t last_ns;
	uint32_t limited; /* times that a limit of connections held it up */
	uint64_t limited_ns; /* the last of them */
	struct ban_row
		ban; /* that keeps it out; family 0: a limit alone does */
};

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
	uint64_t since_ns; /* UTC, from when on hits count */
	uint64_t hits;
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
	ALARM_RECORDS, /* nothing can be written */
	ALARM_FEED, /* what a feed reports is old */
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
	uint32_t late_s; /* so old it came that its points faded; 0: not */
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
	struct saved_ban saved;
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
	struct patron_row patron;
	struct named named;
	struct omitted_row omitted;
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
