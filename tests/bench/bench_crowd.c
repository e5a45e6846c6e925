/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_crowd: many attackers.
 *
 *   bench_crowd FIRST COUNT
 *	writes an alert line for each of COUNT attackers, from number FIRST on
 *	(addresses from 11.0.0.0 on), to standard output.
 *
 *   bench_crowd --pace FIRST COUNT FILE SOCKET
 *	appends them to FILE evenly within one second, then asks the control
 *	socket until all are banned, in the kernel: prints the milliseconds
 *	after the last line.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ctl/core/chan.h"

#define LINE_SIZE 1024
#define NS_PER_S  1000000000u

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The alert of attacker NUMBER; its length. */
static int make_line(char line[LINE_SIZE], uint32_t number)
{
	uint32_t a = 0x0b000000u + number;
	struct timespec t;
	char time[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", &tm);
	return snprintf(
		line, LINE_SIZE,
		"{\"timestamp\":\"%s.%06ld+0000\",\"flow_id\":%u,\"in_iface\":"
		"\"eth0\",\"event_type\":\"alert\",\"src_ip\":\"%u.%u.%u.%u\","
		"\"src_port\":40763,\"dest_ip\":\"192.0.2.25\",\"dest_port\":25"
		",\"proto\":\"TCP\",\"pkt_src\":\"wire/pcap\",\"alert\":{"
		"\"action\":\"allowed\",\"gid\":1,\"signature_id\":9000001,"
		"\"rev\":1,\"signature\":\"MAIL VRFY command\",\"category\":"
		"\"Attempted Information Leak\",\"severity\":2},\"app_proto\":"
		"\"smtp\",\"direction\":\"to_server\",\"flow\":{"
		"\"pkts_toserver\":4,\"pkts_toclient\":3,\"bytes_toserver\":"
		"283,\"bytes_toclient\":494,\"start\":\"%s.000000+0000\","
		"\"src_ip\":\"%u.%u.%u.%u\",\"dest_ip\":\"192.0.2.25\","
		"\"src_port\":40763,\"dest_port\":25}}\n",
		time, t.tv_nsec / 1000, number, a >> 24, a >> 16 & 0xff,
		a >> 8 & 0xff, a & 0xff, time, a >> 24, a >> 16 & 0xff,
		a >> 8 & 0xff, a & 0xff);
}

static void write_line(int fd, uint32_t number)
{
	char line[LINE_SIZE];
	int len = make_line(line, number);

	if (write(fd, line, (size_t)len) != len)
		die("write");
}

static void write_paced(int fd, uint32_t first, uint32_t count)
{
	uint64_t start = now_ns();

	for (uint32_t i = 0; i < count; i++) {
		uint64_t due = start + (uint64_t)i * NS_PER_S / count;
		uint64_t now = now_ns();

		if (now < due) {
			struct timespec t = { .tv_nsec = (long)(due - now) };

			nanosleep(&t, NULL);
		}
		write_line(fd, first + i);
	}
}

struct asking {
	struct status status;
	bool answered;
};

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct asking *asking = ctx;

	if (kind == MSG_STATUS)
		asking->status = row->status;
	asking->answered |= kind == MSG_ANSWER;
	return 0;
}

static void ask_status(struct chan *ch, struct asking *asking)
{
	const struct chan_listener listener = { .hear = hear, .ctx = asking };
	const struct ask ask = { .verb = VERB_STATUS };
	struct pollfd wanted = { .fd = ch->fd, .events = POLLIN };

	asking->answered = false;
	if (chan_put(ch, MSG_ASK, &ask) || chan_flush(ch))
		die("ask");
	while (!asking->answered) {
		int got = chan_receive(ch, &listener);

		if (got < 0)
			die("answer");
		if (got == 0)
			poll(&wanted, 1, 1000);
	}
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(path);
	return fd;
}

static int pace(char **argv)
{
	uint32_t first = (uint32_t)strtoul(argv[2], NULL, 10);
	uint32_t count = (uint32_t)strtoul(argv[3], NULL, 10);
	int file = open(argv[4], O_WRONLY | O_APPEND | O_CREAT, 0644);
	struct asking asking = { 0 };
	struct chan ch;
	uint64_t last;

	if (file < 0)
		die(argv[4]);
	if (chan_init(&ch, connect_to(argv[5]), ROLE_CLI, ROLE_CTL))
		die("channel");
	write_paced(file, first, count);
	last = now_ns();
	do {
		ask_status(&ch, &asking);
		if (now_ns() - last > 60ull * NS_PER_S)
			return 1;
	} while (asking.status.bans < count || asking.status.orders_open > 0);
	printf("%.1f\n", (double)(now_ns() - last) / 1e6);
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t first, count;
	char line[LINE_SIZE];

	if (argc == 6 && strcmp(argv[1], "--pace") == 0)
		return pace(argv);
	if (argc != 3) {
		fprintf(stderr,
			"usage: %s [--pace] FIRST COUNT [FILE "
			"SOCKET]\n",
			argv[0]);
		return 2;
	}
	first = (uint32_t)strtoul(argv[1], NULL, 10);
	count = (uint32_t)strtoul(argv[2], NULL, 10);
	for (uint32_t i = 0; i < count; i++)
		fwrite(line, 1, (size_t)make_line(line, first + i), stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
