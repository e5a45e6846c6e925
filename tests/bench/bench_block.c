/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_block: how long from the alert's line in the file until the
 * attacker's packets are dropped.
 *
 *   bench_block ATTACKER_NS FILE ROUNDS FIRST [LINES]
 *
 * Runs in the firewall's network namespace.  Sends UDP packets with the source
 * address of each round's attacker (in 10.64.0.0/10, from number FIRST on) from
 * the namespace ATTACKER_NS to 192.0.2.1, sees them arrive, appends the
 * attacker's alert to FILE, and notes when the first one that does not arrive
 * was sent.  The alert is written LINES times (1) at once, as many as the
 * policy wants before it bans.  Prints a line per round: microseconds from the write to the block,
 * or -1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINES_MAX	16
#define PROBE_PORT	9
#define PROBE_PAUSE_NS	20000
#define MISSES_IN_A_ROW 6
#define WARM_UP_PROBES	20
#define ROUND_PAUSE_NS	3000000
#define GIVE_UP_NS	2000000000u
#define TARGET		"192.0.2.1"
#define ATTACKERS	0x0a400000u
#define ATTACKERS_MASK	0x003fffffu
/* Odd, so that each number is another address; far apart, so that no two are
 * neighbours that attack together. */
#define STRIDE	 4099u
#define NS_PER_S 1000000000u

struct probe {
	struct iphdr ip;
	struct udphdr udp;
	uint64_t number;
} __attribute__((packed));

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void pause_ns(long ns)
{
	const struct timespec t = { .tv_nsec = ns };

	nanosleep(&t, NULL);
}

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_receiver(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(PROBE_PORT),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	inet_pton(AF_INET, TARGET, &address.sin_addr);
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("receiver");
	return fd;
}

static int open_sender(const char *namespace)
{
	char path[128];
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int there, fd;

	snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET) < 0)
		die(path);
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0 || setns(here, CLONE_NEWNET) < 0)
		die("sender");
	close(here);
	close(there);
	return fd;
}

static void send_probe(int fd, uint32_t source, uint64_t number)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct probe probe = {
		.ip = {
			.version = 4,
			.ihl = 5,
			.ttl = 64,
			.protocol = IPPROTO_UDP,
			.saddr = htonl(source),
			.tot_len = htons(sizeof(probe)),
		},
		.udp = {
			.source = htons(1024),
			.dest = htons(PROBE_PORT),
			.len = htons(sizeof(probe) - sizeof(struct iphdr)),
		},
		.number = number,
	};

	inet_pton(AF_INET, TARGET, &to.sin_addr);
	probe.ip.daddr = to.sin_addr.s_addr;
	if (sendto(fd, &probe, sizeof(probe), 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		die("sendto");
}

/* The newest probe that arrived; 0: none did. */
static uint64_t newest_arrival(int fd)
{
	uint64_t number, newest = 0;

	while (recv(fd, &number, sizeof(number), 0) == sizeof(number))
		newest = number;
	return newest;
}

static void write_alert(int fd, uint32_t source, unsigned long lines)
{
	struct in_addr in = { .s_addr = htonl(source) };
	struct timespec t;
	struct tm tm;
	char time[64], line[1024], text[LINES_MAX * 1024] = "";
	int len;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", &tm);
	len = snprintf(
		line, sizeof(line),
		"{\"timestamp\":\"%s.%06ld+0000\",\"flow_id\":1149609107844200,"
		"\"in_iface\":\"eth0\",\"event_type\":\"alert\",\"src_ip\":"
		"\"%s\",\"src_port\":40763,\"dest_ip\":\"192.0.2.25\","
		"\"dest_port\":25,\"proto\":\"TCP\",\"pkt_src\":\"wire/pcap\","
		"\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":"
		"9000001,\"rev\":1,\"signature\":\"MAIL VRFY command\","
		"\"category\":\"Attempted Information Leak\",\"severity\":2},"
		"\"app_proto\":\"smtp\",\"direction\":\"to_server\",\"flow\":{"
		"\"pkts_toserver\":4,\"pkts_toclient\":3,\"bytes_toserver\":"
		"283,\"bytes_toclient\":494,\"start\":\"%s.000000+0000\","
		"\"src_ip\":\"%s\",\"dest_ip\":\"192.0.2.25\",\"src_port\":"
		"40763,\"dest_port\":25}}\n",
		time, t.tv_nsec / 1000, inet_ntoa(in), time, inet_ntoa(in));
	for (unsigned long i = 0; i < lines; i++)
		memcpy(text + i * (size_t)len, line, (size_t)len);
	if (write(fd, text, (size_t)len * lines) < 0)
		die("write");
}

struct round {
	int sender;
	int receiver;
	int file;
	uint32_t source;
	uint64_t number; /* of the newest probe */
	unsigned long lines;
};

static bool arrives(struct round *r)
{
	send_probe(r->sender, r->source, ++r->number);
	return newest_arrival(r->receiver) == r->number;
}

/* Microseconds until the block, or -1. */
static long run_round(struct round *r)
{
	uint64_t start, first_miss = 0;
	int misses = 0;

	newest_arrival(r->receiver);
	for (int i = 0; i < WARM_UP_PROBES; i++) {
		if (!arrives(r))
			return -1; /* banned before anything was said */
	}
	start = now_ns();
	write_alert(r->file, r->source, r->lines);
	while (misses < MISSES_IN_A_ROW && now_ns() - start < GIVE_UP_NS) {
		uint64_t sent = now_ns();

		if (arrives(r)) {
			misses = 0;
		} else {
			if (misses++ == 0)
				first_miss = sent;
		}
		pause_ns(PROBE_PAUSE_NS);
	}
	if (misses < MISSES_IN_A_ROW)
		return -1;
	return (long)((first_miss - start) / 1000);
}

int main(int argc, char **argv)
{
	struct round r = { 0 };
	unsigned long rounds, first;

	if (argc < 5 || argc > 6) {
		fprintf(stderr,
			"usage: %s ATTACKER_NS FILE ROUNDS FIRST [LINES]\n",
			argv[0]);
		return 2;
	}
	rounds = strtoul(argv[3], NULL, 10);
	first = strtoul(argv[4], NULL, 10);
	r.lines = argc > 5 ? strtoul(argv[5], NULL, 10) : 1;
	if (r.lines < 1 || r.lines > LINES_MAX)
		die("LINES");
	r.receiver = open_receiver();
	r.sender = open_sender(argv[1]);
	r.file = open(argv[2], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (r.file < 0)
		die(argv[2]);
	for (unsigned long i = 0; i < rounds; i++) {
		r.source = ATTACKERS +
			   (uint32_t)((first + i) * STRIDE & ATTACKERS_MASK);
		printf("%ld\n", run_round(&r));
		pause_ns(ROUND_PAUSE_NS);
	}
	return 0;
}
