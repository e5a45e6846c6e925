/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Send the frames of a capture, for those who are to read them live.
 *
 *     bench_live INTERFACE FILE GBIT_S   0: as fast as can be
 *
 * Prints the rate that it came to.  The file is in memory before.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/if_packet.h>

#include "ctl/core/clock.h"
#include "sensors/capture.h"

#define BATCH 64u

struct frames {
	uint8_t *bytes;
	size_t used;
	size_t room;
	struct iovec *list; /* its bases are offsets until all is read */
	size_t count;
	size_t list_room;
};

__attribute__((noreturn)) static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void *grow(void *old, size_t *room, size_t size)
{
	void *grown;

	*room = *room ? *room * 2 : 1 << 16;
	grown = realloc(old, *room * size);
	if (!grown)
		fail("memory");
	return grown;
}

static void take(void *ctx, const uint8_t *data, size_t len, uint64_t time_ns)
{
	struct frames *f = ctx;

	(void)time_ns;
	while (f->room - f->used < len)
		f->bytes = grow(f->bytes, &f->room, 1);
	if (f->count == f->list_room)
		f->list = grow(f->list, &f->list_room, sizeof(f->list[0]));
	memcpy(f->bytes + f->used, data, len);
	f->list[f->count].iov_base = (void *)(uintptr_t)f->used;
	f->list[f->count++].iov_len = len;
	f->used += len;
}

static void read_frames(struct frames *f, const char *path)
{
	char error[CAPTURE_ERROR_SIZE];
	struct capture *capture;

	if (capture_open_file(&capture, path, error)) {
		fprintf(stderr, "%s: %s\n", path, error);
		exit(1);
	}
	while (capture_read(capture, 0, take, f, error) > 0)
		;
	capture_close(capture);
	for (size_t i = 0; i < f->count; i++)
		f->list[i].iov_base = f->bytes + (uintptr_t)f->list[i].iov_base;
}

static int open_socket(const char *interface)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0 || !address.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail(interface);
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes));
	return fd;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * CLOCK_NS_PER_S + (uint64_t)t.tv_nsec;
}

static size_t send_some(int fd, struct frames *f, size_t at)
{
	struct mmsghdr messages[BATCH] = { 0 };
	unsigned int count = 0, sent = 0;
	size_t bytes = 0;

	for (; count < BATCH && at + count < f->count; count++) {
		messages[count].msg_hdr.msg_iov = &f->list[at + count];
		messages[count].msg_hdr.msg_iovlen = 1;
		bytes += f->list[at + count].iov_len;
	}
	while (sent < count) {
		int n = sendmmsg(fd, messages + sent, count - sent, 0);

		if (n < 0 && errno != ENOBUFS && errno != EAGAIN)
			fail("send");
		sent += n > 0 ? (unsigned int)n : 0;
	}
	return bytes;
}

int main(int argc, char **argv)
{
	struct frames f = { 0 };
	uint64_t begin, bytes = 0;
	double rate, seconds;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: bench_live INTERFACE FILE GBIT_S\n");
		return 2;
	}
	read_frames(&f, argv[2]);
	fd = open_socket(argv[1]);
	rate = atof(argv[3]);
	begin = now_ns();
	for (size_t at = 0; at < f.count; at += BATCH) {
		uint64_t due = begin;

		if (rate > 0)
			due += (uint64_t)((double)bytes * 8 / rate);
		while (now_ns() < due)
			;
		bytes += send_some(fd, &f, at);
	}
	seconds = (double)(now_ns() - begin) / CLOCK_NS_PER_S;
	printf("%.2f Gbit/s %.0f kframes/s\n",
	       (double)bytes * 8 / seconds / 1e9,
	       (double)f.count / seconds / 1e3);
	return 0;
}
