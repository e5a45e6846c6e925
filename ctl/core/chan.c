/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chan: rows into messages and back.  Knows the socket; knows no meaning.
 */
#include "ctl/core/chan.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A message that waits for the socket. */
struct chan_wait {
	struct chan_wait *next;
	size_t len;
	uint8_t data[];
};

int chan_init(struct chan *ch, int fd, enum role self, enum role peer)
{
	*ch = (struct chan){ .fd = fd, .self = self, .peer = peer };
	ch->out = malloc(MSG_SIZE_MAX);
	return ch->out ? 0 : -ENOMEM;
}

void chan_fini(struct chan *ch)
{
	while (ch->first) {
		struct chan_wait *next = ch->first->next;

		free(ch->first);
		ch->first = next;
	}
	free(ch->out);
	*ch = (struct chan){ .fd = -1 };
}

static int send_now(struct chan *ch, const uint8_t *data, size_t len)
{
	ssize_t n;

	do
		n = send(ch->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	ch->sent++;
	return 0;
}

static int wait_for_room(struct chan *ch, const uint8_t *data, size_t len)
{
	struct chan_wait *entry;

	if (len > CHAN_WAITING_MAX - ch->waiting)
		return -ENOBUFS;
	entry = malloc(sizeof(*entry) + len);
	if (!entry)
		return -ENOMEM;
	entry->next = NULL;
	entry->len = len;
	memcpy(entry->data, data, len);
	if (ch->last)
		ch->last->next = entry;
	else
		ch->first = entry;
	ch->last = entry;
	ch->waiting += len;
	return 0;
}

static int send_waiting(struct chan *ch)
{
	while (ch->first) {
		struct chan_wait *entry = ch->first;
		int err = send_now(ch, entry->data, entry->len);

		if (err)
			return err;
		ch->first = entry->next;
		if (!ch->first)
			ch->last = NULL;
		ch->waiting -= entry->len;
		free(entry);
	}
	return 0;
}

/* Hand the message being made to the socket, or let it wait. */
static int close_message(struct chan *ch)
{
	size_t len;
	int err = -EAGAIN;

	if (ch->count == 0)
		return 0;
	len = MSG_HEADER_SIZE + ch->count * msg_row_size(ch->kind);
	msg_put_header(ch->out, ch->kind, ch->count);
	if (!ch->first)
		err = send_now(ch, ch->out, len);
	if (err == -EAGAIN || err == -ENOBUFS)
		err = wait_for_room(ch, ch->out, len);
	ch->count = 0;
	return err;
}

int chan_put(struct chan *ch, enum msg_kind kind, const void *row)
{
	int err;

	if (ch->count > 0 &&
	    (ch->kind != kind || ch->count == msg_rows_max(kind))) {
		err = close_message(ch);
		if (err)
			return err;
	}
	ch->kind = kind;
	msg_put_row(ch->out + MSG_HEADER_SIZE + ch->count * msg_row_size(kind),
		    kind, row);
	ch->count++;
	return 0;
}

int chan_flush(struct chan *ch)
{
	int err = send_waiting(ch);

	if (err && err != -EAGAIN && err != -ENOBUFS)
		return err;
	return close_message(ch);
}

int chan_drain(struct chan *ch)
{
	struct pollfd wanted = { .fd = ch->fd, .events = POLLOUT };
	int err = chan_flush(ch);

	while (!err && !chan_is_clear(ch)) {
		poll(&wanted, 1, -1);
		err = chan_flush(ch);
	}
	return err;
}

int chan_put_patiently(struct chan *ch, enum msg_kind kind, const void *row)
{
	int err = chan_put(ch, kind, row);

	return err || chan_is_clear(ch) ? err : chan_drain(ch);
}

bool chan_is_clear(const struct chan *ch)
{
	return ch->first == NULL;
}

static int tell_rows(const uint8_t *data, enum msg_kind kind, size_t count,
		     const struct chan_listener *listener)
{
	union msg_row row;

	for (size_t i = 0; i < count; i++) {
		int err = msg_get_row(data, kind, i, &row);

		if (!err)
			err = listener->hear(listener->ctx, kind, &row);
		if (err)
			return err;
	}
	return 0;
}

int chan_receive(struct chan *ch, const struct chan_listener *listener)
{
	uint8_t data[MSG_SIZE_MAX];
	enum msg_kind kind;
	size_t count;
	ssize_t n;
	int err;

	do
		n = recv(ch->fd, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	if ((size_t)n > sizeof(data))
		return -EBADMSG;
	err = msg_open(data, (size_t)n, &kind, &count);
	if (err)
		return err;
	if (!msg_is_allowed(kind, ch->peer, ch->self))
		return -EBADMSG;
	err = tell_rows(data, kind, count, listener);
	if (listener->end)
		listener->end(listener->ctx);
	return err ? err : 1;
}
