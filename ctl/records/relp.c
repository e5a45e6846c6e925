/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relp: frames out, answers in.  Knows no record; how a frame is spelled,
 * relpframe knows.
 */
#include "ctl/records/relp.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ctl/core/clock.h"

#define OFFER "relp_version=0\nrelp_software=postern\ncommands=syslog"

static uint32_t after(uint32_t txnr)
{
	return txnr == RELPFRAME_TXNR_MAX ? 1 : txnr + 1;
}

unsigned int relp_unanswered(const struct relp *r)
{
	uint32_t last = r->next == 1 ? RELPFRAME_TXNR_MAX : r->next - 1;

	return last >= r->answered ? last - r->answered
				   : last + RELPFRAME_TXNR_MAX - r->answered;
}

static int wait_for(int fd, short what, int wait_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = what };
	int got;

	do
		got = poll(&poll_fd, 1, wait_ms);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static int send_all(int fd, struct iovec *parts, size_t count)
{
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };

	while (message.msg_iovlen > 0) {
		ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		int got;

		if (n < 0 && errno == EAGAIN) {
			got = wait_for(fd, POLLOUT, RELP_WAIT_MS);
			if (got == 0)
				return -ETIMEDOUT;
			n = 0;
		}
		if (n < 0)
			return -errno;
		while (n > 0 && message.msg_iovlen > 0) {
			struct iovec *part = message.msg_iov;
			size_t took = (size_t)n < part->iov_len ? (size_t)n
								: part->iov_len;

			part->iov_base = (char *)part->iov_base + took;
			part->iov_len -= took;
			n -= (ssize_t)took;
			if (part->iov_len == 0) {
				message.msg_iov++;
				message.msg_iovlen--;
			}
		}
	}
	return 0;
}

static int send_frame(struct relp *r, const char *command, const char *data,
		      size_t len)
{
	char head[64];
	int head_len = snprintf(head, sizeof(head), "%u %s %zu%s", r->next,
				command, len, len ? " " : "");
	struct iovec parts[] = {
		{ head, (size_t)head_len },
		{ (void *)(uintptr_t)data, len },
		{ (void *)(uintptr_t) "\n", 1 },
	};

	r->next = after(r->next);
	return send_all(r->fd, parts, 3);
}

int relp_send(struct relp *r, const char *text, size_t len)
{
	return send_frame(r, "syslog", text, len);
}

static bool is_command(const struct relpframe *f, const char *command)
{
	return f->command_len == strlen(command) &&
	       memcmp(f->command, command, f->command_len) == 0;
}

/* The daemon answers, or ends: it has nothing else to say. */
static int heed_frame(struct relp *r, const struct relpframe *f)
{
	if (is_command(f, "serverclose"))
		return -EPIPE;
	if (!is_command(f, "rsp") || relp_unanswered(r) == 0 ||
	    f->txnr != after(r->answered) || f->data_len < 3)
		return -EPROTO;
	if (memcmp(f->data, "200", 3) != 0)
		return -EREMOTEIO;
	r->answered = f->txnr;
	return 0;
}

/* Up to the begin of one whose end is not here. */
static int take_frames(struct relp *r, unsigned int *acked)
{
	enum relpframe_parse got;
	struct relpframe frame;
	size_t at = 0, used;
	int err = 0;

	for (;;) {
		got = relpframe_parse(&frame, &used, r->in + at, r->have - at);
		if (got != RELPFRAME_DONE)
			break;
		err = heed_frame(r, &frame);
		if (err)
			return err;
		at += used;
		(*acked)++;
	}
	r->have -= at;
	memmove(r->in, r->in + at, r->have);
	return got == RELPFRAME_BAD ? -EPROTO : 0;
}

int relp_heed(struct relp *r, int wait_ms, unsigned int *acked)
{
	int got = wait_for(r->fd, POLLIN, wait_ms);
	ssize_t n;

	*acked = 0;
	if (got == 0 && wait_ms > 0)
		return -ETIMEDOUT;
	if (got <= 0)
		return got;
	n = recv(r->fd, r->in + r->have, sizeof(r->in) - r->have, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	r->have += (size_t)n;
	return take_frames(r, acked);
}

/* One limit for all of it: a daemon that says a byte now and then holds nobody
 * for longer. */
static int agree(struct relp *r, uint64_t end_ms)
{
	unsigned int acked = 0;
	uint64_t now_ms;
	int err = send_frame(r, "open", OFFER, sizeof(OFFER) - 1);

	while (!err && acked == 0) {
		now_ms = clock_monotonic_ns() / CLOCK_NS_PER_MS;
		if (now_ms >= end_ms)
			return -ETIMEDOUT;
		err = relp_heed(r, (int)(end_ms - now_ms), &acked);
	}
	return err;
}

int relp_open(struct relp *r, const struct sockaddr *address, socklen_t len,
	      unsigned int wait_ms)
{
	const uint64_t end_ms =
		clock_monotonic_ns() / CLOCK_NS_PER_MS + wait_ms;
	const struct timeval limit = {
		.tv_sec = wait_ms / 1000,
		.tv_usec = (suseconds_t)(wait_ms % 1000) * 1000,
	};
	int err = 0;

	*r = (struct relp){ .next = 1, .answered = RELPFRAME_TXNR_MAX };
	r->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (r->fd < 0)
		return -errno;
	/* Of connect(2). */
	if (setsockopt(r->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) <
		    0 ||
	    connect(r->fd, address, len) < 0)
		err = errno == EINPROGRESS ? -ETIMEDOUT : -errno;
	if (!err)
		err = agree(r, end_ms);
	if (err)
		relp_close(r);
	return err;
}

void relp_close(struct relp *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}
