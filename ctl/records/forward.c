/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forward: a ring of what was sent, and the file.
 */
#include "ctl/records/forward.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/class.h"
#include "ctl/records/member.h"
#include "ctl/records/relp.h"

#define SCHEME "relp:"
/* Sent, and not behind the cursor yet. */
#define RING_SIZE 1024u
#define SAVE_NS	  CLOCK_NS_PER_S
#define AGAIN_S	  1
/* What is refused again and again is tried less and less often, up to that. */
#define AGAIN_MOST_S 64
/* A daemon that is silent for so long is lost, also while nothing is sent. */
#define WAIT_NS ((uint64_t)CLOCK_NS_PER_S * (RELP_WAIT_MS / 1000))

_Static_assert(FORWARD_AGAIN + RELP_WINDOW < RING_SIZE, "room for both");

struct sent {
	uint8_t rclass;
	uint64_t seq;
};

struct forward {
	const struct read_wish *wish;
	struct sockaddr_storage address;
	socklen_t address_len;
	struct relp relp;
	uint64_t cursor[CLASS_COUNT];
	struct sent ring[RING_SIZE];
	uint64_t sent; /* counts, of this connection */
	uint64_t acked;
	uint64_t settled; /* of which CURSOR tells */
	uint64_t saved; /* the same, on disk */
	uint64_t saved_ns;
	uint64_t heard_ns; /* when none was unanswered, or one was answered */
	int lost_by; /* errno, told; 0: an answer came since */
	bool is_lost; /* the connection: begin anew */
	struct sent refused; /* the last record that was; SEQ 0: the greeting */
	time_t again_s; /* to wait before the next connection */
};

bool forward_is_place(const char *to)
{
	return strncmp(to, SCHEME, strlen(SCHEME)) == 0;
}

/* Numbers alone: no name is asked for. */
/* getaddrinfo(3) takes any number, modulo 65536. */
static bool is_port(const char *text)
{
	size_t len = strspn(text, "0123456789");
	unsigned long port = strtoul(text, NULL, 10);

	return len > 0 && len <= 5 && text[len] == '\0' && port > 0 &&
	       port <= UINT16_MAX;
}

static int read_place(struct forward *f, const char *to)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	const char *host = to + strlen(SCHEME), *colon = strrchr(host, ':');
	char address[64];
	struct addrinfo *found;
	size_t len = colon ? (size_t)(colon - host) : 0;

	if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(address) || !is_port(colon + 1))
		return -EINVAL;
	memcpy(address, host, len);
	address[len] = '\0';
	if (getaddrinfo(address, colon + 1, &hints, &found))
		return -EINVAL;
	memcpy(&f->address, found->ai_addr, found->ai_addrlen);
	f->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

/* "acts 12\n", for each class. */
static int read_cursor(struct forward *f)
{
	FILE *in = f->wish->cursor ? fopen(f->wish->cursor, "re") : NULL;
	char word[16];
	uint64_t seq;
	int got = 0;

	if (!in)
		return !f->wish->cursor || errno == ENOENT ? 0 : -errno;
	while ((got = fscanf(in, "%15s %20" SCNu64 "\n", word, &seq)) == 2) {
		enum rclass rclass = class_by_name(word, strlen(word));

		if (rclass == CLASS_COUNT)
			break;
		f->cursor[rclass] = seq;
	}
	fclose(in);
	return got == EOF ? 0 : -EBADMSG;
}

static int write_cursor(struct forward *f, const char *made)
{
	FILE *out = fopen(made, "we");
	int err = 0;

	if (!out)
		return -errno;
	for (int i = 0; i < CLASS_COUNT; i++)
		fprintf(out, "%s %" PRIu64 "\n", class_name((enum rclass)i),
			f->cursor[i]);
	if (fflush(out) != 0 || fsync(fileno(out)) < 0)
		err = -errno;
	if (fclose(out) != 0 && !err)
		err = -errno;
	if (!err && rename(made, f->wish->cursor) < 0)
		err = -errno;
	return err;
}

/* What it lags behind is sent twice, no more. */
static int save(struct forward *f)
{
	char *made;
	int err;

	if (!f->wish->cursor || f->settled == f->saved)
		return 0;
	if (asprintf(&made, "%s.new", f->wish->cursor) < 0)
		return -ENOMEM;
	err = write_cursor(f, made);
	free(made);
	if (err)
		return err;
	f->saved = f->settled;
	f->saved_ns = clock_monotonic_ns();
	return 0;
}

int forward_new(struct forward **out, const struct read_wish *wish)
{
	struct forward *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->wish = wish;
	f->relp.fd = -1;
	err = read_place(f, wish->to);
	if (!err)
		err = read_cursor(f);
	if (err)
		free(f);
	else
		*out = f;
	return err;
}

void forward_free(struct forward *f)
{
	if (!f)
		return;
	relp_close(&f->relp);
	free(f);
}

static int settle(struct forward *f, unsigned int acked)
{
	f->acked += acked;
	while (f->acked - f->settled > FORWARD_AGAIN) {
		const struct sent *sent = &f->ring[f->settled++ % RING_SIZE];

		f->cursor[sent->rclass] = sent->seq;
	}
	return clock_monotonic_ns() - f->saved_ns < SAVE_NS ? 0 : save(f);
}

/* It refuses what others before it may have passed: once told, that is an alarm
 * until it takes it. */
static void refuse(struct forward *f)
{
	const struct sent *sent = &f->ring[f->acked % RING_SIZE];
	struct sent now = { 0 };

	if (f->acked < f->sent)
		now = *sent;
	if (f->lost_by == -EREMOTEIO && now.rclass == f->refused.rclass &&
	    now.seq == f->refused.seq) {
		f->again_s = f->again_s < AGAIN_MOST_S ? 2 * f->again_s
						       : AGAIN_MOST_S;
		return;
	}
	f->refused = now;
	f->again_s = AGAIN_S;
	f->lost_by = -EREMOTEIO;
	if (now.seq)
		fprintf(stderr,
			"postern: alarm: %s refuses record %" PRIu64
			" of %s: nothing behind it is handed on until it is "
			"taken\n",
			f->wish->to, now.seq,
			class_name((enum rclass)now.rclass));
	else
		fprintf(stderr,
			"postern: alarm: %s refuses to speak with us: nothing "
			"is handed on\n",
			f->wish->to);
}

/* The daemon does not answer: that is no error of ours, but ends the reading.
 * It is tried each second, and the same is told once. */
static int lose(struct forward *f, int err)
{
	f->is_lost = true;
	if (err == -EREMOTEIO) {
		refuse(f);
		return err;
	}
	f->again_s = AGAIN_S;
	if (f->lost_by != err)
		fprintf(stderr, "postern: %s: %s\n", f->wish->to,
			strerror(-err));
	f->lost_by = err;
	return err;
}

static int heed(struct forward *f, int wait_ms)
{
	unsigned int acked;
	int err = relp_heed(&f->relp, wait_ms, &acked);
	int failed = settle(f, acked);

	if (acked || relp_unanswered(&f->relp) == 0)
		f->heard_ns = clock_monotonic_ns();
	else if (!err && clock_monotonic_ns() - f->heard_ns > WAIT_NS)
		err = -ETIMEDOUT;
	/* What comes again and is taken again says nothing of one refused. */
	if (acked && f->lost_by != -EREMOTEIO)
		f->lost_by = 0;
	return err ? lose(f, err) : failed;
}

int forward_send(struct forward *f, const char *line, size_t len,
		 const char *text, size_t text_len)
{
	struct sent *sent = &f->ring[f->sent % RING_SIZE];
	struct member seq, rclass;
	const char *word;
	size_t word_len;
	int err = 0;

	if (text_len < 2 || !members_find(line, len, "seq", &seq) ||
	    !members_find(line, len, "class", &rclass))
		return -EBADMSG;
	while (!err && relp_unanswered(&f->relp) >= RELP_WINDOW)
		err = heed(f, RELP_WAIT_MS);
	if (err)
		return err;
	word = member_raw(&rclass, &word_len);
	sent->seq = member_number(&seq);
	sent->rclass = (uint8_t)class_by_name(word, word_len);
	if (sent->rclass == CLASS_COUNT)
		return -EBADMSG;
	f->sent++;
	if (relp_unanswered(&f->relp) == 0)
		f->heard_ns = clock_monotonic_ns();
	err = relp_send(&f->relp, text, text_len - 1);
	return err ? lose(f, err) : 0;
}

/* Nothing is to be sent now. */
static int rest(void *ctx)
{
	struct forward *f = ctx;
	int err = heed(f, 0);

	return err ? err : save(f);
}

static int run_once(struct forward *f, read_hear_fn *hear, void *ctx)
{
	struct read_wish own = *f->wish;
	int err;

	f->sent = f->acked = f->settled = f->saved = 0;
	err = relp_open(&f->relp, (struct sockaddr *)&f->address,
			f->address_len, RELP_WAIT_MS);
	if (err)
		return lose(f, err);
	own.after = f->cursor;
	own.rest = rest;
	own.rest_ctx = f;
	err = read_all(&own, hear, ctx);
	while (!err && relp_unanswered(&f->relp) > 0)
		err = heed(f, RELP_WAIT_MS);
	return err ? err : save(f);
}

int forward_run(struct forward *f, read_hear_fn *hear, void *ctx)
{
	struct timespec pause = { 0 };
	int err;

	for (;;) {
		f->is_lost = false;
		err = run_once(f, hear, ctx);
		relp_close(&f->relp);
		if (!f->is_lost || !f->wish->follow)
			return err;
		pause.tv_sec = f->again_s;
		nanosleep(&pause, NULL);
	}
}
