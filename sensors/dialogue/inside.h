/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_INSIDE_H
#define POSTERN_SENSORS_DIALOGUE_INSIDE_H

/*
 * inside: the state of one dialogue, shared by the files of this folder.
 *
 * A tongue is one protocol: it takes bytes of a side and says how many of
 * them it used; by changing d->tongue it hands the rest to another one.
 * pool.c owns memory, gather.c makes lines, report.c makes events, judge.c
 * adds up what is only wrong in numbers (tally.h).
 */
#include "sensors/content/content.h"
#include "sensors/dialogue.h"
#include "sensors/dialogue/gather.h"
#include "sensors/dialogue/minutes.h"
#include "sensors/dialogue/tally.h"

#define CLIENT_LINE  512u /* bytes of a command that are read */
#define SERVER_LINE  256u /* of a reply */
#define ACCOUNT_SIZE 40u
#define QUEUE_SIZE   24u
#define BANNERS	     64u

struct tongue {
	const char *name;
	/* Returns the bytes used, at least one. */
	size_t (*said)(struct dialogue *d, enum side side, const uint8_t *bytes,
		       size_t len);
	void (*gap)(struct dialogue *d, enum side side, uint64_t missing);
	void (*end)(struct dialogue *d, enum dialogue_end_reason reason);
};

extern const struct tongue tongue_smtp;
extern const struct tongue tongue_imap;
extern const struct tongue tongue_pop3;
extern const struct tongue tongue_sieve;
extern const struct tongue tongue_tls;
extern const struct tongue tongue_proxy;
/* Nothing more is read: a login succeeded, or nothing makes sense. */
extern const struct tongue tongue_mute;

/* A way to log in (RFC 4422), as far as a name can be seen in it. */
enum mechanism {
	MECHANISM_NONE,
	MECHANISM_PLAIN, /* RFC 4616 */
	MECHANISM_LOGIN,
	MECHANISM_CRAM, /* CRAM-MD5, RFC 2195 */
	MECHANISM_XOAUTH, /* XOAUTH2 and OAUTHBEARER, RFC 7628 */
	MECHANISM_OTHER,
	MECHANISM_PASSWORD, /* a command with name and password */
	MECHANISM_COUNT
};

/* Who is logging in.  The secret is never here. */
struct login {
	uint64_t account; /* a hash; 0: no name was seen */
	uint8_t mechanism; /* enum mechanism */
	uint8_t step; /* lines of it that the client has said */
	bool is_default; /* a name that systems come with */
	bool is_address; /* name@domain of ours */
	uint64_t local; /* hash of the name without its domain */
	char name[ACCOUNT_SIZE]; /* as events may show it */
};

enum verb {
	VERB_NONE,
	VERB_OTHER,
	VERB_HELO,
	VERB_EHLO,
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_BDAT,
	VERB_RSET,
	VERB_NOOP,
	VERB_QUIT,
	VERB_HELP,
	VERB_VRFY,
	VERB_EXPN,
	VERB_AUTH,
	VERB_STARTTLS,
	VERB_RISKY, /* DEBUG, WIZ, ETRN ...: nobody outside needs them */
	VERB_XCLIENT, /* a declared proxy's */
	VERB_XFORWARD,
	VERB_FOREIGN, /* another protocol's */
	VERB_TEXT, /* the end of a message's text */
	VERB_COUNT
};

/* Where a recipient is, as its address says. */
enum whose {
	WHOSE_OWN,
	WHOSE_LOCAL, /* no domain at all */
	WHOSE_FOREIGN,
	WHOSE_ROUTED, /* asks us to send it on: %, !, @a:b */
	WHOSE_UNKNOWN, /* own domains are not known */
};

/* Commands that await their replies; equal neighbours are counted. */
struct pending {
	uint8_t verb; /* enum verb */
	uint8_t whose; /* enum whose, of RCPT */
	uint16_t count;
};

struct smtp {
	struct pending queue[QUEUE_SIZE];
	uint8_t queue_len;
	uint8_t stage; /* of smtp.c */
	bool lost; /* something was not seen: replies may belong to other
		    * commands, and nothing is called strange */
	bool greeted; /* the server has said 220 */
	bool extended; /* EHLO was answered */
	bool pipelining;
	bool starttls_offered;
	bool auth_offered;
	bool authenticated;
	bool null_sender;
	bool sender_own; /* MAIL FROM is in one of our domains */
	bool smuggled; /* an end of data that is none was seen */
	bool false_end; /* of this message, and told */
	bool reply_open; /* lines of one reply follow */
	bool report; /* the message is a delivery report */
	bool header_own; /* From, Sender or Reply-To is in our domains */
	bool header_foreign;
	bool in_reply;
	bool auto_submitted;
	bool auto_marked; /* by a mark that no standard knows */
	bool bdat_last;
	bool chunking; /* offered: else BDAT brings no chunk */
	bool text_open; /* a message's text has begun */
	bool early; /* the client spoke before the greeting */
	bool impatient; /* or did not wait for a reply */
	bool patient; /* it must: no PIPECONNECT was offered before */
	bool answered; /* the server's first word was judged */
	bool says_relay; /* of the reply that is open */
	bool says_full;
	bool says_policy;
	uint16_t reply_lines;
	uint8_t reply_verb; /* whose reply is open */
	uint8_t reply_whose;
	uint16_t unknown; /* verbs */
	uint16_t refused; /* recipients of this mail */
	uint16_t accepted;
	uint16_t accepted_own;
	uint8_t dot; /* of data.c: enum dot */
	uint64_t bdat_left;
	uint64_t text_bytes; /* of this message */
	uint64_t pace_ns; /* where the measure of its pace began */
	uint64_t pace_bytes; /* the client's, by then */
	uint64_t to_hash; /* of its last recipient */
	uint64_t to_domain;
	uint64_t to_local; /* of the last RCPT, where it is ours */
	char status[14]; /* of the delivery report */
};

/* IMAP, POP3 and ManageSieve, up to the login; they share smtp.queue. */
struct letters {
	uint64_t tag; /* IMAP: hash of the tag of a login */
	uint64_t tls_tag; /* of STARTTLS */
	uint64_t literal[2]; /* bytes of one that are still to come, by side */
	uint8_t stage; /* enum letters_stage */
	bool greeted;
	bool early; /* the client spoke before the greeting */
	bool name_next; /* a literal is the name of a login */
	bool answer_next; /* a literal is an answer of a login */
	uint16_t unknown; /* commands that were not understood */
};

enum letters_stage {
	LETTERS_COMMAND,
	LETTERS_AUTH, /* the client answers challenges */
	LETTERS_TLS_WAIT, /* STARTTLS was said, its verdict not yet */
};

/* One side of a TLS connection. */
struct tls_side {
	uint8_t head[11]; /* of the record: header and first bytes */
	uint8_t have;
	uint8_t alert; /* its number + 1, where it was readable */
	bool long_record; /* longer than any command */
	bool ciphered;
	uint16_t left; /* of the record */
	uint16_t records; /* of application data */
	uint32_t bytes; /* of them */
};

struct tls {
	struct tls_side sides[2];
	uint8_t delayed; /* short replies that came late */
	bool asked; /* the client has said something short since */
	bool slow; /* the server was, before anybody could be refused */
	bool implicit; /* from the first byte on */
	bool plain; /* something else than TLS was said */
	bool done;
};

/* For whom a declared proxy speaks. */
struct caller {
	struct prefix client; /* family 0: not known */
	uint16_t port;
	bool has_client; /* an address was named, or said to be unknown */
	bool has_login; /* it has logged in at the proxy */
	bool is_inside;
	bool spared;
};

struct content_slot;

struct dialogue {
	struct dialogue_pool *pool;
	struct dialogue
		*next; /* in the list of free ones, or of waiting ones */
	struct dialogue *before; /* in the latter */
	const struct tongue *tongue;
	const struct tongue *first; /* what is spoken here, under any TLS */
	const struct tongue *behind; /* a PROXY header */
	struct dialogue_place place;
	struct content_slot *content;
	uint64_t file; /* that is handed off, or 0 */
	uint64_t now_ns;
	uint64_t begin_ns; /* of the first byte */
	uint64_t client_ns; /* the client's last byte */
	uint64_t server_ns;
	uint64_t bytes[2];
	uint64_t told; /* bit: enum sign that is told once for a dialogue */
	uint32_t tx;
	bool begun;
	bool midstream;
	bool gap[2];
	bool unordered; /* who spoke first is not certain */
	bool outbound;
	bool over_tls;
	bool got_mail; /* a mail or a login went through */
	bool counted; /* its connection was charged to its source */
	bool waiting; /* for the server's first word */
	bool blamed; /* its source showed a sign */
	bool trusted; /* the peer is a declared proxy, and may name others */
	bool spared; /* the source is not the one to blame, nor to count */
	bool forwarded; /* XFORWARD names the source */
	struct caller peer; /* of a proxy: who it is itself */
	struct caller said; /* the newest announcement, until it is taken */
	struct caller unforwarded; /* who it was before XFORWARD */
	struct gather client;
	struct gather server;
	struct login login;
	struct smtp smtp;
	union {
		struct letters letters;
		struct tls tls;
	};
	uint8_t client_line[CLIENT_LINE];
	uint8_t server_line[SERVER_LINE];
};

struct dialogue_pool {
	struct dialogue_config config;
	struct dialogue_stats stats;
	dialogue_sink sink;
	void *arg;
	struct dialogue *all;
	struct dialogue_session *sessions; /* of each; NULL: of none */
	struct dialogue *free;
	struct dialogue *wait_first; /* who waits the longest */
	struct dialogue *wait_last;
	size_t max;
	size_t used; /* of ALL, ever */
	struct minutes_page *minutes; /* MINUTES_PAGES */
	const struct dialogue *speaking; /* an event is told of it */
	struct tally tally;
	struct domains *domains;
	struct content_rules *rules;
	struct content_slot *slots; /* all of them */
	struct content_slot *slot_free;
	struct content_slot *slot_first; /* the longest unused */
	struct content_slot *slot_last;
	size_t slot_used;
	uint64_t banners[BANNERS]; /* hashes of texts that tell nothing */
};

/* pool.c: domains of ours, by name of LEN bytes. */
bool pool_is_own(const struct dialogue_pool *pool, const uint8_t *domain,
		 size_t len);
bool pool_knows_own(const struct dialogue_pool *pool);
/* A hash of text, without regard to case. */
uint64_t pool_hash(const struct dialogue_pool *pool, const uint8_t *text,
		   size_t len);

/* silence.c: who waits for the server's first word. */
void silence_begin(struct dialogue *d);
/* The server is about to speak, or it is over. */
void silence_check(struct dialogue *d);
void silence_end(struct dialogue *d);

/* pool.c */
void dialogue_at(struct dialogue *d, uint64_t time_ns);

bool pool_is_proxy(const struct dialogue_pool *pool, const struct prefix *p);
/* The peer, by now known, may be a declared proxy that speaks for others. */
void pool_meet_peer(struct dialogue *d);

/* announce.c: XCLIENT and XFORWARD of a declared proxy. */
void announce_client(struct dialogue *d, const struct prefix *client,
		     uint16_t port);
void announce_read(struct dialogue *d, const struct line *line);
/* The server took it.  VERB: which of both. */
void announce_taken(struct dialogue *d, enum verb verb);
void announce_mail_over(struct dialogue *d);

/* session.c: what becomes of a dialogue. */
void session_begin(struct dialogue *d);
void session_helo(struct dialogue *d, const uint8_t *name, size_t len);
void session_count(struct dialogue *d, enum session_count what);
void session_sign(struct dialogue *d, enum sign sign);
void session_end(struct dialogue *d, enum dialogue_end_reason reason);

/* letterbox.c: the message that is passing by. */
void letterbox_begin(struct dialogue *d);
void letterbox_data(struct dialogue *d, const uint8_t *bytes, size_t len);
void letterbox_gap(struct dialogue *d);
/* It ended; WHOLE: as it should. */
void letterbox_end(struct dialogue *d, bool whole);

/* report.c: an event, its text as printf; remote bytes stay as they are. */
/* The peer did it: told each time, or once for each dialogue. */
__attribute__((format(printf, 4, 5))) void blame(struct dialogue *d,
						 enum sign sign,
						 uint8_t severity,
						 const char *format, ...);
__attribute__((format(printf, 4, 5))) void blame_once(struct dialogue *d,
						      enum sign sign,
						      uint8_t severity,
						      const char *format, ...);
/* The same, where the shape of what cannot be read is all there is. */
__attribute__((format(printf, 4, 5))) void doubt(struct dialogue *d,
						 enum sign sign,
						 uint8_t severity,
						 const char *format, ...);
/* It is ours: nobody is banned for it. */
__attribute__((format(printf, 4, 5))) void warn_of(struct dialogue *d,
						   enum sign sign,
						   uint8_t severity,
						   const char *format, ...);
/* What blame() would say with TEXT, to be said later. */
void blame_later(struct dialogue *d, enum sign sign, uint8_t severity,
		 const char *text, struct event *out);
/* The same, once in a while for what KEY stands for. */
__attribute__((format(printf, 5, 6))) void
warn_seldom(struct dialogue *d, enum sign sign, uint8_t severity, uint64_t key,
	    const char *format, ...);

/* sasl.c */
/* The mechanism's name; UNKNOWN is told by MECHANISM_OTHER. */
enum mechanism sasl_mechanism(const uint8_t *name, size_t len);
/* A line of the client's, base64; takes a name from it, and forgets it. */
void sasl_said(struct dialogue *d, const uint8_t *text, size_t len);
/* A name that was said as it is. */
void sasl_name(struct dialogue *d, const uint8_t *name, size_t len);
void sasl_begin(struct dialogue *d, enum mechanism mechanism);
/* The server's verdict. */
void sasl_failed(struct dialogue *d);
void sasl_passed(struct dialogue *d);

/* banner.c: a text of the server's that everyone can read. */
void banner_check(struct dialogue *d, const uint8_t *text, size_t len,
		  const char *where);

/* letters.c: what IMAP, POP3 and ManageSieve have in common. */
/* Bytes of a literal, or the begin of TLS; 0: neither. */
size_t letters_literal(struct dialogue *d, enum side side, const uint8_t *bytes,
		       size_t len);
/* "{12}" or "{12+}" at a line's end opens one. */
void letters_open_literal(struct dialogue *d, enum side side,
			  const struct line *line);
void letters_greet(struct dialogue *d, const struct line *line);
void letters_unknown(struct dialogue *d);
/* One side's line; *DONE: LINE is whole. */
size_t letters_line(struct dialogue *d, enum side side, const uint8_t *bytes,
		    size_t len, struct line *line, bool *done);
void letters_passed(struct dialogue *d);
void letters_gap(struct dialogue *d, enum side side, uint64_t missing);
void letters_end(struct dialogue *d, enum dialogue_end_reason reason);
/* The next word at AT: atom or quoted.  Returns what is behind it. */
struct word {
	const uint8_t *at;
	size_t len;
};
const uint8_t *letters_word(const uint8_t *at, const uint8_t *end,
			    struct word *out);
bool word_is(const struct word *word, const char *text);

/* sound.c: what no honest client says, in any tongue. */
void sound_check(struct dialogue *d, const struct line *line, size_t limit);
void sound_check_length(struct dialogue *d, const struct line *line,
			size_t limit);
/* Another protocol's words, which it reports. */
bool sound_is_foreign(struct dialogue *d, const struct line *line);
/* A line that has no end: a CR at its very end may be half of one. */
void sound_trim(struct line *line);

/* tls.c */
void tls_begin(struct dialogue *d, bool implicit);

/* smtpreply.c */
/* The command that a reply is to; it waits on where the reply is a
 * challenge.  VERB_NONE: nobody asked. */
enum verb smtp_match(struct dialogue *d, bool challenge);
void smtp_reply(struct dialogue *d, const struct line *line);
/* smtpdata.c */
size_t smtp_text(struct dialogue *d, const uint8_t *bytes, size_t len);
size_t smtp_chunk(struct dialogue *d, const uint8_t *bytes, size_t len);
void smtp_text_begin(struct dialogue *d);
/* The command that brings a chunk: what follows it is text. */
void smtp_bdat(struct dialogue *d, const struct line *line);
/* As behind a greeting, for somebody else. */
void smtp_begin_anew(struct dialogue *d);
void smtp_mail_reset(struct dialogue *d);
/* The text is over: its reply is awaited. */
void smtp_text_end(struct dialogue *d);
/* smtp.c */
void smtp_expect(struct dialogue *d, enum verb verb, enum whose whose);
bool smtp_expects_nothing(const struct dialogue *d);

enum smtp_stage {
	SMTP_COMMAND,
	SMTP_AUTH, /* the client answers challenges */
	SMTP_DATA_WAIT, /* DATA was said, 354 not yet */
	SMTP_DATA,
	SMTP_BDAT,
	SMTP_TLS_WAIT, /* STARTTLS was said, 220 not yet */
};

/* address.c: what stands between < and > of MAIL or RCPT. */
struct address {
	const uint8_t *at; /* the whole path */
	size_t len;
	const uint8_t *domain; /* behind the last @ */
	size_t domain_len;
	size_t local_len; /* of what is before it */
	bool present;
};
bool address_find(struct address *out, const uint8_t *text, size_t len);
enum whose address_whose(const struct dialogue *d, const struct address *a);
/* The next address of a header field, of which *LEN bytes at *TEXT are left:
 * both go on to what is behind it.  False: there is none. */
bool address_in_field(struct address *out, const uint8_t **text, size_t *len);
/* Somebody tries to have commands run (CVE-2019-10149 and its like). */
bool address_injects(const uint8_t *text, size_t len);

/* judge.c */
void judge_connection(struct dialogue *d);
void judge_recipient(struct dialogue *d, bool refused);
void judge_probe(struct dialogue *d, const char *verb);
void judge_relay(struct dialogue *d);
void judge_bounce(struct dialogue *d, bool refused);
void judge_mail(struct dialogue *d);
void judge_failure(struct dialogue *d);
void judge_short(struct dialogue *d);
/* A good mail, or what is as long as one: a good word for its source. */
void judge_patron(struct dialogue *d, bool encrypted);
void judge_delays(struct dialogue *d, unsigned int count);
void judge_bytes(struct dialogue *d, uint64_t bytes);
void judge_starttls(struct dialogue *d, bool offered);
void judge_early_offered(struct dialogue *d);
bool judge_may_be_early(struct dialogue *d);
/* Local parts of ours, as hashes, that mail was accepted for. */
void judge_local_seen(struct dialogue *d, uint64_t local);
bool judge_local_known(struct dialogue *d, uint64_t local);

#endif
