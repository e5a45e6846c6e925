/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_H
#define POSTERN_SENSORS_DIALOGUE_H

/*
 * dialogue: the two sides of one mail connection, read as what they say.
 *
 * Bytes go in, events come out: no system call, no clock, no log.  SMTP
 * (RFC 5321), IMAP (RFC 9051), POP3 (RFC 1939), ManageSieve (RFC 5804) by the
 * target's port; TLS (RFC 8446) is followed as far as its handshake.  Bytes
 * are those that the other side has acknowledged, each side in its order; how
 * they were cut into pieces makes no difference to the events.
 *
 * All memory is taken when the pool is made.  Of what was said before a
 * dialogue the pool keeps a bounded memory by source, subnet, account and
 * server, so that what is only wrong in numbers is seen as well.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/event.h"
#include "ctl/core/prefix.h"

/* place.server: neither end is a declared server. */
#define DIALOGUE_SERVER_NONE EVENT_SERVER_NONE

#define DIALOGUE_PROXIES_MAX 16

struct dialogue;
struct dialogue_pool;

/* Who speaks: the one who opened the connection, or the other. */
enum side {
	SIDE_CLIENT,
	SIDE_SERVER,
};

enum dialogue_end_reason {
	DIALOGUE_END_FIN,
	DIALOGUE_END_RST,
	DIALOGUE_END_TIMEOUT,
	DIALOGUE_END_SHUTDOWN, /* of the sensor: the end was not seen */
};

/* More than this within a minute is too much; 0: no limit. */
struct dialogue_rate {
	uint32_t connections;
	uint32_t mails;
	uint32_t recipients;
	uint32_t kilobytes;
};

typedef void (*dialogue_sink)(void *arg, const struct event *event);

/* SOURCE, from outside, brought a mail that was taken and showed no sign; or,
 * ENCRYPTED, what was as long as a mail is. */
typedef void (*dialogue_patron)(void *arg, const struct prefix *source,
				bool encrypted, uint64_t time_ns);

/* What happened so often in one dialogue. */
enum session_count {
	SESSION_MAILS, /* that were taken */
	SESSION_MAILS_REFUSED, /* when they had been said */
	SESSION_RECIPIENTS, /* that were taken */
	SESSION_RECIPIENTS_REFUSED,
	SESSION_LOGINS,
	SESSION_LOGINS_REFUSED,
	SESSION_COUNTS
};

#define SESSION_HELO_SIZE  64
#define SESSION_LOGIN_SIZE 40

/* One dialogue, when it is over. */
struct dialogue_session {
	struct prefix client; /* who opened it; behind a proxy, the true one */
	struct prefix target;
	uint16_t client_port;
	uint16_t target_port;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t bytes[2]; /* by enum side */
	uint32_t counts[SESSION_COUNTS];
	uint64_t signs; /* bit: enum sign that it showed */
	char protocol[EVENT_PROTO_SIZE];
	char helo[SESSION_HELO_SIZE]; /* as the client wrote it, cut */
	uint8_t helo_len;
	char login[SESSION_LOGIN_SIZE]; /* as events may show it; or "" */
	uint8_t end; /* enum dialogue_end_reason */
	bool encrypted;
	bool outbound;
	bool midstream; /* its beginning was not seen */
};

typedef void (*dialogue_hear_session)(void *arg,
				      const struct dialogue_session *session);

/* Who has files looked into by others. */
struct handoff {
	/* A file begins.  ABOUT is what is to be said once it is found bad; its
	 * text is the file's name.  Returns its number, or 0: not wanted. */
	uint64_t (*begin)(void *ctx, const struct event *about);
	/* False: no more of it is wanted, and no end. */
	bool (*data)(void *ctx, uint64_t number, const uint8_t *bytes,
		     size_t len);
	void (*end)(void *ctx, uint64_t number, bool whole);
	void *ctx;
};

/* dialogue_config_init() fills in every default. */
struct dialogue_config {
	/* What the file says, which goes before all else here; may be NULL. */
	const struct config *file;
	const struct handoff *handoff; /* NULL: nobody; outlives the pool */
	dialogue_patron patron; /* NULL: nobody; gets the sink's ARG */
	dialogue_hear_session session; /* the same */
	/* Own domains.  Empty: unknown, and what depends on them is silent. */
	const char *const *domains;
	size_t domain_count;
	/* Endings of file names, without the dot, in lower case. */
	const char *const *dangerous;
	size_t dangerous_count;
	struct prefix
		proxies[DIALOGUE_PROXIES_MAX]; /* may say PROXY, XCLIENT */
	uint8_t proxy_count;
	uint64_t signs_off; /* bit: enum sign that is not wanted */
	uint8_t names; /* enum login_names; a secret is never kept at all */
	uint64_t seed; /* of hashes that an attacker must not aim */

	struct dialogue_rate source; /* limits of one address, IPv6: of a /64 */
	struct dialogue_rate subnet; /* of a /24, of a /56 */
	struct dialogue_rate outbound; /* of one of our own, going out */
	uint32_t memory_s; /* how long a source's doings are added up */
	uint32_t refused_source; /* refused recipients that make a harvest */
	uint32_t refused_subnet;
	uint32_t probes; /* VRFY and EXPN that make a user probe */
	uint32_t relays; /* foreign recipients that make a relay attempt */
	uint32_t bounces_source; /* null senders that make backscatter */
	uint32_t bounces_subnet;
	uint32_t account_sources; /* sources failing on one account */
	uint32_t short_sessions; /* short encrypted sessions in a minute */
	uint32_t delayed_replies; /* of one encrypted session */
	uint32_t unknown_verbs; /* of one dialogue */
	uint32_t line_max; /* longest sound command line, in bytes */
	uint32_t slow_line_s; /* a command that takes longer is slow */
	uint32_t slow_session_s; /* without a mail or a login */
	uint32_t silent_s; /* a server that has not answered for so long */
	uint32_t tally_size; /* entries of the pool's memory */
	uint32_t content_max; /* messages looked into at the same time */
};

/* Where a dialogue is, and what is known of it when it begins. */
struct dialogue_place {
	const struct config *config; /* NULL: offline, with defaults */
	uint16_t server; /* the declared one, or DIALOGUE_SERVER_NONE */
	struct prefix client; /* who opened the connection */
	struct prefix target; /* whom it reached */
	uint16_t client_port;
	uint16_t target_port;
	uint64_t begun_ns; /* its first segment; 0: its first byte counts */
	uint8_t proof_so_far; /* enum proof: of the handshake, as seen */
	bool client_is_inside; /* in a zone that is not outside */
};

struct dialogue_stats {
	uint64_t dialogues; /* begun */
	uint64_t open;
	uint64_t refused; /* the pool was full */
	uint64_t encrypted; /* went into TLS: not inspected any further */
	uint64_t handshakes_failed;
	uint64_t gaps;
	uint64_t bytes;
	uint64_t commands;
	uint64_t mails; /* message texts seen to their end */
	uint64_t mails_blind; /* not looked into: no room */
	uint64_t parts; /* MIME parts and files in archives */
	/* Not looked into: beyond a limit of depth, length or number, or
	 * behind a gap. */
	uint64_t skipped;
	uint64_t events;
	uint64_t events_off; /* of signs that are switched off */
	uint64_t forgotten; /* sources pushed out of memory */
};

/* Every default; no domains. */
void dialogue_config_init(struct dialogue_config *config);

/*
 * A pool for at most MAX dialogues.  SINK gets each event with ARG; feed,
 * stream, position and seen_ns are its own to fill.  CONFIG and its lists are
 * copied.  NULL: no memory.  The caller gives it to dialogue_pool_free().
 */
struct dialogue_pool *dialogue_pool_new(const struct dialogue_config *config,
					size_t max, dialogue_sink sink,
					void *arg);
/* Every dialogue must have been freed.  Accepts NULL. */
void dialogue_pool_free(struct dialogue_pool *pool);
/* Inside of a sink: how much was said in the event's dialogue, and its last
 * lines, without secrets, one by one, each with "C: " or "S: " before it, into
 * OUT of SIZE bytes.  Returns the length; 0: it is of no dialogue. */
#define DIALOGUE_MINUTES_SIZE 1400u
size_t dialogue_minutes(const struct dialogue_pool *pool, char *out,
			size_t size);
void dialogue_pool_stats(const struct dialogue_pool *pool,
			 struct dialogue_stats *out);

/*
 * Begin.  MIDSTREAM: its first bytes were not seen.  PLACE is copied.
 * NULL: the pool is full, which it counts.  Given to dialogue_free().
 */
struct dialogue *dialogue_new(struct dialogue_pool *pool,
			      const struct dialogue_place *place,
			      bool midstream);
/* SIDE said LEN BYTES, and the other side acknowledged them. */
void dialogue_data(struct dialogue *d, enum side side, const uint8_t *bytes,
		   size_t len, uint64_t time_ns);
/* Which side spoke first is not certain from here on: nobody is impatient. */
void dialogue_unordered(struct dialogue *d);
/* MISSING bytes of SIDE were never seen. */
void dialogue_gap(struct dialogue *d, enum side side, uint64_t missing,
		  uint64_t time_ns);
/* Time has come to TIME_NS: tell of servers that keep somebody waiting. */
void dialogue_pool_tick(struct dialogue_pool *pool, uint64_t time_ns);
/* When that is due; 0: nobody waits. */
uint64_t dialogue_pool_deadline(const struct dialogue_pool *pool);
/* It is over; at most once, and nothing but dialogue_free() after it. */
void dialogue_end(struct dialogue *d, enum dialogue_end_reason reason,
		  uint64_t time_ns);
/* Accepts NULL. */
void dialogue_free(struct dialogue *d);

#endif
