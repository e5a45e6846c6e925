/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast does the sensor read, and how much memory does a crowd take?
 *
 *     bench_sensor make FILE MEGABYTES   write a capture: sessions as in
 *                                        mailmix.h, 64 connections at a time
 *     bench_sensor make FILE MEGABYTES short
 *                                        the same, of mails below 4 KB
 *     bench_sensor read FILE [ROUNDS]    bare reading; in order; all of it
 *     bench_sensor crowd                 a million half-open connections and a
 *                                        hundred thousand established ones;
 *                                        fails where one is lost, or memory is
 *                                        above CROWD_MB
 *
 * Processor time of this thread; the file is in the page cache.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "ctl/core/clock.h"
#include "sensors/capture.h"
#include "sensors/hearing.h"
#include "tests/bench/mailmix.h"
#include "tests/support/scene.h"

#define AT_A_TIME 64
#define CROWD_MB  256
#define MAILS_MAX (1u << 20)

#define SYN	  0x02
#define ACK	  0x10

__attribute__((noreturn)) static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Making */

static void put32(FILE *out, uint32_t value)
{
	fwrite(&value, sizeof(value), 1, out);
}

static void write_packet(FILE *out, const struct scene_packet *p)
{
	static const uint8_t ethernet[14] = { 2, 0, 0, 0, 0, 1, 2,
					      0, 0, 0, 0, 2, 8, 0 };

	put32(out, (uint32_t)(p->time_ns / CLOCK_NS_PER_S));
	put32(out, (uint32_t)(p->time_ns % CLOCK_NS_PER_S));
	put32(out, (uint32_t)(p->len + sizeof(ethernet)));
	put32(out, (uint32_t)(p->len + sizeof(ethernet)));
	fwrite(ethernet, sizeof(ethernet), 1, out);
	if (fwrite(p->data, p->len, 1, out) != 1)
		fail("write");
}

static int compare_sizes(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void tell_sizes(uint32_t *sizes, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += sizes[i];
	qsort(sizes, count, sizeof(sizes[0]), compare_sizes);
	if (count)
		printf("%zu mails, %.1f KB in the mean, %.1f in the median\n",
		       count, (double)bytes / (double)count / 1e3,
		       sizes[count / 2] / 1e3);
}

static int make(const char *path, double bytes, enum mailmix mix)
{
	static uint32_t sizes[MAILS_MAX];
	size_t mails = 0;
	static struct scene scenes[AT_A_TIME];
	static size_t next[AT_A_TIME];
	struct random random = { { 1, 2, 3 } };
	uint64_t time_ns = 1700000000ull * CLOCK_NS_PER_S;
	FILE *out = fopen(path, "wb");
	uint16_t port = 1024;

	if (!out)
		fail(path);
	put32(out, 0xa1b23c4d);
	put32(out, 2 | 4 << 16);
	put32(out, 0);
	put32(out, 0);
	put32(out, 262144);
	put32(out, 1);
	for (size_t i = 0; (double)ftell(out) < bytes; i++) {
		size_t at = i % AT_A_TIME;
		struct scene *s = &scenes[at];
		size_t len;

		if (next[at] == s->count) {
			scene_fini(s);
			scene_init(s, 4);
			s->client_port = port++;
			s->first[0] = (uint32_t)random_u64(&random);
			s->first[1] = (uint32_t)random_u64(&random);
			s->stamps = true;
			len = mailmix_session(s, mix, &random);
			if (len > 0 && mails < MAILS_MAX)
				sizes[mails++] = (uint32_t)len;
			if (port < 1024)
				port = 1024;
			next[at] = 0;
		}
		s->packets[next[at]].time_ns = time_ns += 2000;
		write_packet(out, &s->packets[next[at]++]);
	}
	for (size_t i = 0; i < AT_A_TIME; i++)
		scene_fini(&scenes[i]);
	if (fclose(out) != 0)
		fail(path);
	tell_sizes(sizes, mails);
	return 0;
}

/* Reading */

struct work {
	struct inlet *inlet;
	struct hearing *hearing;
	enum frame_link link;
	uint64_t frames;
	uint64_t bytes;
	uint64_t events;
};

static void only_count(void *ctx, const uint8_t *data, size_t len,
		       uint64_t time_ns)
{
	struct work *w = ctx;

	(void)data;
	(void)time_ns;
	w->frames++;
	w->bytes += len;
}

static void bring_in_order(void *ctx, const uint8_t *data, size_t len,
			   uint64_t time_ns)
{
	struct work *w = ctx;

	only_count(w, data, len, time_ns);
	inlet_take(w->inlet, w->link, data, len, time_ns);
}

static void hear_all(void *ctx, const uint8_t *data, size_t len,
		     uint64_t time_ns)
{
	struct work *w = ctx;

	only_count(w, data, len, time_ns);
	hearing_take(w->hearing, w->link, data, len, time_ns, w->frames);
}

static void *open_flow(void *ctx, const struct flow_view *view)
{
	(void)view;
	return ctx;
}

static void hear_data(void *ctx, void *user, const struct flow_view *view,
		      enum side side, const uint8_t *bytes, size_t len,
		      uint64_t time_ns)
{
	(void)ctx;
	(void)user;
	(void)view;
	(void)side;
	(void)bytes;
	(void)len;
	(void)time_ns;
}

static void hear_gap(void *ctx, void *user, const struct flow_view *view,
		     enum side side, uint64_t missing, uint64_t time_ns)
{
	hear_data(ctx, user, view, side, NULL, missing, time_ns);
}

static void hear_end(void *ctx, void *user, const struct flow_view *view,
		     enum dialogue_end_reason reason, uint64_t time_ns)
{
	(void)reason;
	hear_data(ctx, user, view, SIDE_CLIENT, NULL, 0, time_ns);
}

static void take_event(void *arg, const struct event *event)
{
	struct work *w = arg;

	(void)event;
	w->events++;
}

static double read_once(const char *path, capture_taker take, struct work *w)
{
	char error[CAPTURE_ERROR_SIZE];
	struct capture *capture;
	double begin;
	int got;

	if (capture_open_file(&capture, path, error)) {
		fprintf(stderr, "%s: %s\n", path, error);
		exit(1);
	}
	w->link = capture_link(capture);
	w->frames = w->bytes = 0;
	begin = now_s();
	do {
		got = capture_read(capture, 0, take, w, error);
	} while (got > 0);
	if (w->inlet)
		inlet_finish(w->inlet);
	capture_close(capture);
	return now_s() - begin;
}

static void tell(const char *what, double seconds, const struct work *w,
		 double bare)
{
	printf("%-28s %6.2f Gbit/s  %6.2f M frames/s  %5.2f x bare reading\n",
	       what, (double)w->bytes * 8 / seconds / 1e9,
	       (double)w->frames / seconds / 1e6, seconds / bare);
}

static double best_of(const char *path, capture_taker take, struct work *w,
		      int rounds)
{
	double best = 1e9;

	for (int i = 0; i < rounds; i++) {
		const struct hearing_config all = {
			.dialogues = 131072,
			.wait_s = 60,
			.sink = take_event,
			.arg = w,
		};
		const struct flow_listener deaf = { open_flow, hear_data,
						    hear_gap, hear_end, w };
		const struct flow_config sizes = inlet_sizes(60);
		double seconds;

		if (take == bring_in_order)
			w->inlet = inlet_new(NULL, &sizes, &deaf);
		if (take == hear_all)
			w->hearing = hearing_new(&all);
		seconds = read_once(path, take, w);
		inlet_free(w->inlet);
		hearing_free(w->hearing);
		w->inlet = NULL;
		w->hearing = NULL;
		if (seconds < best)
			best = seconds;
	}
	return best;
}

static int read_all(const char *path, int rounds)
{
	struct work w = { 0 };
	double bare, ordered, all;

	bare = best_of(path, only_count, &w, rounds);
	tell("bare reading", bare, &w, bare);
	ordered = best_of(path, bring_in_order, &w, rounds);
	tell("in order, both sides", ordered, &w, bare);
	all = best_of(path, hear_all, &w, rounds);
	tell("dialogues and contents", all, &w, bare);
	return 0;
}

/* A crowd */

static long peak_mb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss / 1024;
}

/* A packet of a scene with another client: the address is told by NUMBER. */
static void take_as(struct hearing *h, struct scene *s, uint32_t number,
		    bool halfopen)
{
	for (size_t i = 0; i < s->count; i++) {
		struct scene_packet *p = &s->packets[i];
		uint8_t *at = p->data + (p->from == SCENE_CLIENT ? 12 : 16);

		at[0] = halfopen ? 12 : 11;
		at[1] = (uint8_t)(number >> 16);
		at[2] = (uint8_t)(number >> 8);
		at[3] = (uint8_t)number;
		hearing_take(h, FRAME_LINK_RAW, p->data, p->len, p->time_ns, i);
	}
}

static int crowd(void)
{
	struct work w = { 0 };
	const struct hearing_config all = {
		.dialogues = 131072,
		.wait_s = 0.1,
		.sink = take_event,
		.arg = &w,
	};
	struct hearing *h = hearing_new(&all);
	struct inlet_stats stats;
	struct scene talk, syn;
	double begin;

	if (!h)
		fail("memory");
	scene_init(&talk, 4);
	scene_open(&talk);
	scene_say_text(&talk, SCENE_SERVER, "220 mx1.example.org ESMTP\r\n");
	scene_say_text(&talk, SCENE_CLIENT, "EHLO client.example.net\r\n");
	scene_say_text(&talk, SCENE_SERVER, "250 mx1.example.org\r\n");
	scene_init(&syn, 4);
	scene_put(&syn, &(struct scene_segment){ .flags = SYN });
	printf("%-28s %6ld MB\n", "empty tables", peak_mb());
	for (uint32_t i = 0; i < 100000; i++)
		take_as(h, &talk, i, false);
	printf("%-28s %6ld MB\n", "100,000 established", peak_mb());
	begin = now_s();
	for (uint32_t i = 0; i < 1000000; i++)
		take_as(h, &syn, i, true);
	printf("%-28s %6ld MB  %.2f M SYNs/s\n", "and 1,000,000 half-open",
	       peak_mb(), 1. / (now_s() - begin));
	inlet_stats(hearing_inlet(h), &stats);
	printf("%-28s %llu established, %llu displaced; %llu of the half-open "
	       "displaced\n",
	       "after the flood", (unsigned long long)stats.flows.established,
	       (unsigned long long)stats.flows.displaced,
	       (unsigned long long)stats.flows.halfopen_displaced);
	hearing_free(h);
	scene_fini(&talk);
	scene_fini(&syn);
	return stats.flows.established != 100000 || stats.flows.displaced > 0 ||
	       stats.flows.halfopen_displaced > 0 || peak_mb() > CROWD_MB;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "make") == 0)
		return make(argv[2], atof(argv[3]) * 1e6,
			    argc > 4 ? MAILMIX_SHORT : MAILMIX_REAL);
	if (argc >= 3 && strcmp(argv[1], "read") == 0)
		return read_all(argv[2], argc > 3 ? atoi(argv[3]) : 3);
	if (argc == 2 && strcmp(argv[1], "crowd") == 0)
		return crowd();
	fprintf(stderr, "usage: bench_sensor make FILE MEGABYTES [short] | "
			"read FILE [ROUNDS] | crowd\n");
	return 2;
}
