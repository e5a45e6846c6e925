/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many packets a second pass the ban lookups of a gate on their way?
 *
 *     bench_forward ADDRESS PORT [MILLISECONDS]
 *
 * Sends TCP segments from 65536 addresses of 198.18.0.0/16 to ADDRESS, as fast
 * as it can.  Between veth pairs the gate's work is done within the sender's
 * calls, so that the sender's pace is the gate's.  Prints packets per second.
 * Needs CAP_NET_RAW, and a network namespace where nobody is harmed.
 */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64

struct segment {
	struct iphdr ip;
	struct tcphdr tcp;
};

struct burst {
	struct segment segments[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make(struct burst *b, struct sockaddr_in *to)
{
	for (size_t i = 0; i < BATCH; i++) {
		struct segment *s = &b->segments[i];

		s->ip = (struct iphdr){ .version = 4,
					.ihl = 5,
					.ttl = 64,
					.protocol = IPPROTO_TCP,
					.daddr = to->sin_addr.s_addr };
		s->tcp = (struct tcphdr){ .source = htons(40763),
					  .dest = to->sin_port,
					  .doff = 5,
					  .ack = 1,
					  .window = htons(512) };
		b->parts[i] = (struct iovec){ s, sizeof(*s) };
		b->messages[i].msg_hdr =
			(struct msghdr){ .msg_name = to,
					 .msg_namelen = sizeof(*to),
					 .msg_iov = &b->parts[i],
					 .msg_iovlen = 1 };
	}
}

static void choose_sources(struct burst *b, uint32_t *next)
{
	for (size_t i = 0; i < BATCH; i++) {
		uint32_t host = ++*next * 40503u & 0xffff;

		b->segments[i].ip.saddr = htonl(198u << 24 | 18u << 16 | host);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	double wanted_s = argc > 3 ? atof(argv[3]) / 1000 : 0.5;
	static struct burst burst;
	uint64_t sent = 0;
	uint32_t next = 0;
	double begin, spent;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	if (fd < 0 || argc < 3 ||
	    inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
		fprintf(stderr, "bench_forward ADDRESS PORT [MILLISECONDS]\n");
		return 1;
	}
	to.sin_port = htons((uint16_t)atoi(argv[2]));
	make(&burst, &to);
	begin = now_s();
	do {
		int count;

		choose_sources(&burst, &next);
		count = sendmmsg(fd, burst.messages, BATCH, 0);
		if (count < 0)
			return 1;
		sent += (uint64_t)count;
		spent = now_s() - begin;
	} while (spent < wanted_s);
	printf("%.0f\n", (double)sent / spent);
	return 0;
}
