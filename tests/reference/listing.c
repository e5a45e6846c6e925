/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listing FILE: what postern reads in a capture, for comparison with what
 * others read in it (tests/reference/make-listings).
 *
 * By connection: what the client said and what the server replied, each a line,
 * up to a login or TLS; then the mails, with the size and the names of each
 * part.  Nothing is read here: the linker lets this program look over the
 * shoulder of the dialogues (--wrap).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/capture.h"
#include "sensors/content/inside.h"
#include "sensors/dialogue/gather.h"
#include "sensors/hearing.h"

#define CONNECTIONS_MAX 4096
/* Of a line; the rest is told by its length. */
#define SHOWN 60u

/* Texts that are written as the bytes come, and printed at the end. */
struct connection {
	const struct dialogue *dialogue; /* of the newest, where it is one */
	char *texts[3]; /* by enum side, and the mails */
	size_t sizes[3];
	FILE *files[3];
	char head[2 * PREFIX_TEXT_SIZE + 32];
};

#define MAILS 2

static struct connection connections[CONNECTIONS_MAX];
static size_t count;
static struct connection *speaking;
static enum side side_now;

/* The part that is being read; parts of several mails take turns. */
struct weight {
	const struct content *content;
	uint64_t len; /* decoded */
	uint64_t tail; /* of which line ends at its end */
	union {
		struct base64 base64;
		struct quoted quoted;
	} decoder;
};

static struct weight weights[CONNECTIONS_MAX];

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "listing: %s\n", what);
	exit(1);
}

static void put_text(FILE *to, const uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~' || text[i] == '\\')
			fprintf(to, "\\x%02x", text[i]);
		else
			fputc(text[i], to);
	}
}

static FILE *file_of(struct connection *c, int which)
{
	if (!c->files[which])
		c->files[which] =
			open_memstream(&c->texts[which], &c->sizes[which]);
	if (!c->files[which])
		fail("no memory");
	return c->files[which];
}

static struct connection *connection_of(const struct dialogue *d)
{
	for (size_t i = count; i-- > 0;) {
		if (connections[i].dialogue == d)
			return &connections[i];
	}
	return NULL;
}

/* Over the shoulder */

struct dialogue *__real_dialogue_new(struct dialogue_pool *pool,
				     const struct dialogue_place *place,
				     bool midstream);
struct dialogue *__wrap_dialogue_new(struct dialogue_pool *pool,
				     const struct dialogue_place *place,
				     bool midstream);
struct dialogue *__wrap_dialogue_new(struct dialogue_pool *pool,
				     const struct dialogue_place *place,
				     bool midstream)
{
	struct dialogue *d = __real_dialogue_new(pool, place, midstream);
	char client[PREFIX_TEXT_SIZE], target[PREFIX_TEXT_SIZE];
	struct connection *c = &connections[count];

	if (!d || count == CONNECTIONS_MAX)
		fail("too many connections");
	count++;
	c->dialogue = d;
	snprintf(c->head, sizeof(c->head), "%s %u > %s %u",
		 prefix_format(&place->client, client), place->client_port,
		 prefix_format(&place->target, target), place->target_port);
	return d;
}

void __real_dialogue_data(struct dialogue *d, enum side side,
			  const uint8_t *bytes, size_t len, uint64_t time_ns);
void __wrap_dialogue_data(struct dialogue *d, enum side side,
			  const uint8_t *bytes, size_t len, uint64_t time_ns);
void __wrap_dialogue_data(struct dialogue *d, enum side side,
			  const uint8_t *bytes, size_t len, uint64_t time_ns)
{
	speaking = connection_of(d);
	side_now = side;
	__real_dialogue_data(d, side, bytes, len, time_ns);
}

void __real_dialogue_end(struct dialogue *d, enum dialogue_end_reason reason,
			 uint64_t time_ns);
void __wrap_dialogue_end(struct dialogue *d, enum dialogue_end_reason reason,
			 uint64_t time_ns);
void __wrap_dialogue_end(struct dialogue *d, enum dialogue_end_reason reason,
			 uint64_t time_ns)
{
	speaking = connection_of(d);
	__real_dialogue_end(d, reason, time_ns);
}

size_t __real_gather_take(struct gather *g, uint8_t *room, size_t size,
			  const uint8_t *bytes, size_t len, uint64_t now_ns,
			  struct line *out, bool *done);
size_t __wrap_gather_take(struct gather *g, uint8_t *room, size_t size,
			  const uint8_t *bytes, size_t len, uint64_t now_ns,
			  struct line *out, bool *done);
size_t __wrap_gather_take(struct gather *g, uint8_t *room, size_t size,
			  const uint8_t *bytes, size_t len, uint64_t now_ns,
			  struct line *out, bool *done)
{
	size_t n = __real_gather_take(g, room, size, bytes, len, now_ns, out,
				      done);
	FILE *to;

	if (!*done || !speaking)
		return n;
	to = file_of(speaking, (int)side_now);
	fprintf(to, "%c ", side_now == SIDE_CLIENT ? '<' : '>');
	put_text(to, out->text, out->len < SHOWN ? out->len : SHOWN);
	if (out->whole > SHOWN)
		fprintf(to, " (%zu)", out->whole);
	fputc('\n', to);
	return n;
}

static struct weight *weight_of(const struct content *c)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		if (weights[i].content == c || !weights[i].content) {
			weights[i].content = c;
			return &weights[i];
		}
	}
	fail("too many mails at a time");
}

void __real_part_begin(struct content *c);
void __wrap_part_begin(struct content *c);
void __wrap_part_begin(struct content *c)
{
	*weight_of(c) = (struct weight){ .content = c };
	__real_part_begin(c);
}

static size_t decode(struct weight *w, enum encoding encoding, uint8_t *out,
		     const uint8_t *bytes, size_t len)
{
	switch (encoding) {
	case ENCODING_BASE64:
		return base64_decode(&w->decoder.base64, out, bytes, len);
	case ENCODING_QUOTED:
		return quoted_decode(&w->decoder.quoted, out, bytes, len);
	case ENCODING_NONE:
		break;
	}
	memcpy(out, bytes, len);
	return len;
}

void __real_part_body(struct content *c, const uint8_t *bytes, size_t len);
void __wrap_part_body(struct content *c, const uint8_t *bytes, size_t len);
void __wrap_part_body(struct content *c, const uint8_t *bytes, size_t len)
{
	struct weight *w = weight_of(c);
	uint8_t *out = malloc(BASE64_ROOM(len));
	size_t got;

	if (!out)
		fail("no memory");
	got = decode(w, (enum encoding)c->part.encoding, out, bytes, len);
	for (size_t i = 0; i < got; i++)
		w->tail = out[i] == '\r' || out[i] == '\n' ? w->tail + 1 : 0;
	w->len += got;
	free(out);
	__real_part_body(c, bytes, len);
}

/* Of a long one, what it ends with: that is what counts. */
static void put_name(FILE *to, const char *name)
{
	size_t len = strlen(name), keep = len < SHOWN ? len : SHOWN;

	fputs(" \"", to);
	put_text(to, (const uint8_t *)name + len - keep, keep);
	fputc('"', to);
}

void __real_part_end(struct content *c);
void __wrap_part_end(struct content *c);
void __wrap_part_end(struct content *c)
{
	const struct weight *w = weight_of(c);
	const struct part *p = &c->part;

	if (speaking && p->kind == PART_LEAF) {
		FILE *to = file_of(speaking, MAILS);

		fprintf(to, "  %llu", (unsigned long long)(w->len - w->tail));
		for (uint8_t i = 0; i < p->name_count; i++) {
			if (i > 0 && strcmp(p->names[i], p->names[i - 1]) == 0)
				continue;
			put_name(to, p->names[i]);
		}
		fputc('\n', to);
	}
	__real_part_end(c);
}

void __real_letterbox_begin(struct dialogue *d);
void __wrap_letterbox_begin(struct dialogue *d);
void __wrap_letterbox_begin(struct dialogue *d)
{
	if (speaking)
		fputs("mail\n", file_of(speaking, MAILS));
	__real_letterbox_begin(d);
}

/* Reading */

struct reading {
	struct hearing *hearing;
	enum frame_link link;
	uint64_t number;
};

static void take_frame(void *ctx, const uint8_t *data, size_t len,
		       uint64_t time_ns)
{
	struct reading *r = ctx;

	hearing_take(r->hearing, r->link, data, len, time_ns, ++r->number);
}

static void take_event(void *arg, const struct event *event)
{
	(void)arg;
	(void)event;
}

static void print(struct connection *c)
{
	bool any = false;

	for (int i = 0; i < 3; i++)
		any |= c->files[i] != NULL;
	if (any)
		printf("%s\n", c->head);
	for (int i = 0; i < 3; i++) {
		if (!c->files[i])
			continue;
		fclose(c->files[i]);
		fputs(c->texts[i], stdout);
		free(c->texts[i]);
	}
}

int main(int argc, char **argv)
{
	char error[CAPTURE_ERROR_SIZE];
	const struct hearing_config wanted = {
		.dialogues = CONNECTIONS_MAX,
		.wait_s = 60,
		.sink = take_event,
	};
	struct reading r = { 0 };
	struct capture *capture;
	int got;

	if (argc != 2 || capture_open_file(&capture, argv[1], error))
		fail(argc == 2 ? error : "usage: listing FILE");
	r.link = capture_link(capture);
	r.hearing = hearing_new(&wanted);
	if (!r.hearing)
		fail("no memory");
	do {
		got = capture_read(capture, 0, take_frame, &r, error);
	} while (got > 0);
	hearing_free(r.hearing);
	capture_close(capture);
	for (size_t i = 0; i < count; i++)
		print(&connections[i]);
	return fflush(stdout) == 0 ? 0 : 1;
}
