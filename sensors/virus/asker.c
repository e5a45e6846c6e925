/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asker: connect, say, listen, hang up.  The scanner may answer before all is
 * said: then it has seen enough, or too much.
 */
#include "sensors/virus/asker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sensors/virus/clamd.h"

/* Big archives take their time. */
#define PATIENCE_S 120.

struct asker {
	struct ev_loop *loop;
	const char *path;
	asker_answer answer;
	void *ctx;
	int fd; /* -1: idle */
	struct stock_file *file;
	const struct stock_chunk *chunk; /* being said; NULL: all are */
	uint8_t head[16]; /* what goes before the chunk */
	size_t head_len;
	size_t done; /* bytes of head and chunk that left */
	bool ended; /* the last length is said, or is being */
	char text[CLAMD_ANSWER];
	size_t text_len;
	ev_io io;
	ev_timer patience;
};

static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int asker_try(const char *path)
{
	int fd = connect_to(path);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static void finish(struct asker *a, int err)
{
	struct stock_file *file = a->file;
	char name[EVENT_TEXT_SIZE] = "";
	enum scan_result result = SCAN_FAILED;

	if (!err)
		result = clamd_read(a->text, a->text_len, name);
	ev_io_stop(a->loop, &a->io);
	ev_timer_stop(a->loop, &a->patience);
	close(a->fd);
	a->fd = -1;
	a->file = NULL;
	a->answer(a->ctx, file, err, result, name);
}

static void put_length(struct asker *a, size_t len)
{
	uint32_t wire = htonl((uint32_t)len);

	memcpy(a->head + a->head_len, &wire, sizeof(wire));
	a->head_len += sizeof(wire);
}

/* Prepare what is to be said next.  False: that was all. */
static bool next(struct asker *a)
{
	if (a->ended)
		return false;
	a->chunk = a->chunk->next;
	a->head_len = 0;
	a->done = 0;
	put_length(a, a->chunk ? a->chunk->len : 0);
	a->ended = !a->chunk;
	return true;
}

/* 1: it is all said.  0: the socket is full.  -errno. */
static int say(struct asker *a)
{
	do {
		size_t body = a->chunk ? a->chunk->len : 0;

		while (a->done < a->head_len + body) {
			bool in_head = a->done < a->head_len;
			const uint8_t *from =
				in_head ? a->head + a->done
					: a->chunk->bytes +
						  (a->done - a->head_len);
			size_t len =
				(in_head ? a->head_len : a->head_len + body) -
				a->done;
			ssize_t n = send(a->fd, from, len, MSG_NOSIGNAL);

			if (n < 0)
				return errno == EAGAIN ? 0 : -errno;
			a->done += (size_t)n;
		}
	} while (next(a));
	return 1;
}

static void listen_to(struct asker *a)
{
	ssize_t n = recv(a->fd, a->text + a->text_len,
			 sizeof(a->text) - a->text_len, 0);
	const char *end;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		finish(a, n < 0 ? -errno : -ECONNRESET);
		return;
	}
	end = memchr(a->text + a->text_len, '\0', (size_t)n);
	a->text_len += (size_t)n;
	if (end) {
		a->text_len = (size_t)(end - a->text);
		finish(a, 0);
	} else if (a->text_len == sizeof(a->text)) {
		finish(a, -EPROTO);
	}
}

static void watch(struct asker *a, int events)
{
	ev_io_stop(a->loop, &a->io);
	ev_io_set(&a->io, a->fd, events);
	ev_io_start(a->loop, &a->io);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct asker *a = io->data;

	(void)loop;
	if (events & EV_WRITE) {
		int got = say(a);

		/* It hung up: its last word may say why. */
		if (got)
			watch(a, EV_READ);
	}
	if (events & EV_READ)
		listen_to(a);
}

static void on_patience(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	finish(timer->data, -ETIMEDOUT);
}

int asker_new(struct asker **out, struct ev_loop *loop, const char *path,
	      asker_answer answer, void *ctx)
{
	struct asker *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->loop = loop;
	a->path = path;
	a->answer = answer;
	a->ctx = ctx;
	a->fd = -1;
	ev_init(&a->io, on_io);
	ev_timer_init(&a->patience, on_patience, 0., 0.);
	a->io.data = a;
	a->patience.data = a;
	*out = a;
	return 0;
}

void asker_free(struct asker *a)
{
	if (!a)
		return;
	ev_io_stop(a->loop, &a->io);
	ev_timer_stop(a->loop, &a->patience);
	if (a->fd >= 0)
		close(a->fd);
	free(a);
}

int asker_begin(struct asker *a, struct stock_file *file)
{
	int fd = connect_to(a->path);

	if (fd < 0)
		return fd;
	a->fd = fd;
	a->file = file;
	a->chunk = file->first;
	a->ended = false;
	a->done = 0;
	a->text_len = 0;
	memcpy(a->head, CLAMD_ASK, CLAMD_ASK_SIZE);
	a->head_len = CLAMD_ASK_SIZE;
	put_length(a, file->first->len);
	watch(a, EV_READ | EV_WRITE);
	ev_timer_set(&a->patience, PATIENCE_S, 0.);
	ev_timer_start(a->loop, &a->patience);
	return 0;
}

const struct stock_file *asker_file(const struct asker *a)
{
	return a->file;
}
