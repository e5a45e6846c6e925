/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast the journal takes acts and events, gives a million bans back, is
 * packed, exported, queried and proven.  Usage: bench_records [FOLDER [BANS]];
 * 0 bans: events alone.
 * FOLDER (/var/tmp) is where a folder of its own is made, and removed again.
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/core/msg.h"
#include "ctl/records/journal.h"
#include "ctl/records/pack.h"
#include "ctl/records/restore.h"
#include "ctl/records/scroll.h"
#include "ctl/records/stream.h"
#include "tests/support/seen.h"

#define ACTS	1000000u
#define EVENTS	300000u
#define RUNS	5
#define SYNC_NS (50 * (uint64_t)CLOCK_NS_PER_MS)

struct bench {
	struct folder *folder;
	struct chain *chain;
	struct journal *journal;
};

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "bench_records: %s: %s\n", what, strerror(-err));
	exit(1);
}

static double cpu_s(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double wall_s(void)
{
	return (double)clock_monotonic_ns() / 1e9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, RUNS, sizeof(*values), compare);
	return values[RUNS / 2];
}

static void open_bench(struct bench *b, const char *path, struct survey *survey)
{
	const char *advice;

	must(chain_new(&b->chain), "hash");
	must(folder_open(&b->folder, path, CLASS_ACTS, -1, &advice), path);
	must(survey_make(survey, b->folder, b->chain), "survey");
	must(journal_new(&b->journal, b->folder, b->chain, survey), "journal");
}

static void close_bench(struct bench *b, struct survey *survey)
{
	survey_fini(survey);
	journal_free(b->journal);
	folder_close(b->folder);
	chain_free(b->chain);
}

/* A machine's ban, as most acts are: about 300 bytes before its hash. */
static struct act act_number(uint64_t id, enum act_kind kind)
{
	struct act act = {
		.id = id,
		.kind = (uint8_t)kind,
		.time_ns = clock_calendar_ns(),
		.monotonic_ns = clock_monotonic_ns(),
		.boot = 0x123456789abcu,
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
	};

	if (kind != ACT_BAN)
		return act;
	act.prefix = (struct prefix){ .family = PREFIX_IP4, .length = 32 };
	act.prefix.addr[0] = 198;
	memcpy(act.prefix.addr + 1, &id, 3);
	act.term_s = 600;
	act.until_ns = act.time_ns + 600ull * CLOCK_NS_PER_S;
	act.level = 1;
	return act;
}

static struct saved_ban ban_number(uint32_t number)
{
	struct saved_ban ban = {
		.prefix = { .family = PREFIX_IP4, .length = 32 },
		.until_ms = clock_calendar_ns() / CLOCK_NS_PER_MS +
			    number % 86400000u,
		.hosts = 1,
		.sid = 2024897,
		.reason = "SMTP password guessing",
		.sign = SIGN_IDS_ALERT,
		.term_s = 86400,
		.level = 3,
		.uid = UINT32_MAX,
		.active = 1,
	};

	ban.since_s = (uint32_t)(ban.until_ms / 1000) - 86400;
	memcpy(ban.prefix.addr, &number, sizeof(number));
	return ban;
}

static void bench_append(const char *path)
{
	double rates[RUNS], cpu[RUNS];
	struct survey survey;
	struct bench b;
	uint64_t id = 0, bytes;

	open_bench(&b, path, &survey);
	for (int run = 0; run < RUNS; run++) {
		double begin = wall_s(), busy = cpu_s();
		uint64_t due = clock_monotonic_ns() + SYNC_NS;

		for (unsigned int i = 0; i < ACTS; i++) {
			struct act act = act_number(++id, ACT_BAN);

			must(journal_act(b.journal, &act), "act");
			if (act.monotonic_ns < due && i + 1 < ACTS)
				continue;
			must(journal_sync(b.journal), "sync");
			due = clock_monotonic_ns() + SYNC_NS;
		}
		rates[run] = ACTS / (wall_s() - begin);
		cpu[run] = cpu_s() - busy;
	}
	bytes = journal_bytes(b.journal) / ((uint64_t)ACTS * RUNS);
	printf("append, %llu bytes, synced every 50 ms: %.0f k acts/s "
	       "(%.2f us of CPU each)\n",
	       (unsigned long long)bytes, median(rates) / 1e3, median(cpu));
	close_bench(&b, &survey);
}

static void bench_checkpoint(const char *path, uint32_t count)
{
	struct saved_ban bans[RECORD_BANS_MAX];
	double begin = wall_s(), busy = cpu_s();
	struct survey survey;
	struct bench b;
	struct act act;
	size_t held = 0;

	open_bench(&b, path, &survey);
	begin = wall_s();
	busy = cpu_s();
	must(journal_turn(b.journal), "turn");
	act = act_number(journal_last_id(b.journal) + 1, ACT_CHECKPOINT);
	must(journal_act(b.journal, &act), "act");
	for (uint32_t i = 0; i < count; i++) {
		const char *ignored;

		bans[held++] = ban_number(i);
		if (held < RECORD_BANS_MAX && i + 1 < count)
			continue;
		must(journal_bans(b.journal, bans, held), "bans");
		held = 0;
		if (journal_pending(b.journal, &ignored) > 4u << 20)
			must(journal_sync(b.journal), "sync");
	}
	act = act_number(journal_last_id(b.journal) + 1, ACT_CHECKPOINTED);
	act.count = count;
	must(journal_act(b.journal, &act), "act");
	must(journal_sync(b.journal), "sync");
	printf("checkpoint of %u bans: %.2f s, %.2f s of CPU, %llu MB\n", count,
	       wall_s() - begin, cpu_s() - busy,
	       (unsigned long long)journal_synced(b.journal) / 1000000);
	close_bench(&b, &survey);
}

/* As much work as a wire makes of it, without the socket. */
static void hear(void *ctx, enum msg_kind kind, const void *row)
{
	static uint8_t message[MSG_SIZE_MAX];
	uint64_t *heard = ctx;

	msg_put_row(message, kind, row);
	++*heard;
}

static void bench_restore(const char *path, uint32_t count)
{
	double surveyed[RUNS], told[RUNS];

	for (int run = 0; run < RUNS; run++) {
		struct restore_range range = { 0 };
		struct restore *restore;
		struct survey survey;
		uint64_t heard = 0;
		struct bench b;
		double begin = cpu_s();

		open_bench(&b, path, &survey);
		surveyed[run] = cpu_s() - begin;
		range.base = survey.base;
		range.base_counts = survey.base_counts;
		range.last = survey.segment;
		range.last_bytes = survey.end;
		begin = cpu_s();
		must(restore_new(&restore, b.folder, &range, hear, &heard),
		     "restore");
		while (restore_step(restore))
			;
		restore_free(restore);
		told[run] = cpu_s() - begin;
		if (heard != (uint64_t)count + 2)
			must(-EBADMSG, "not all bans came back");
		close_bench(&b, &survey);
	}
	printf("restore of %u bans: %.2f s of CPU to check the chain, %.2f s "
	       "to read and encode\n",
	       count, median(surveyed), median(told));
}

static size_t write_sighting(char *out, const struct record *head,
			     const void *sighting)
{
	return record_write_sighting(out, head, sighting);
}

/* EVENTS of them, in segments of 64 MB. */
static void bench_events(const char *path)
{
	struct survey survey;
	const char *advice;
	struct bench b;
	double begin, busy;
	uint64_t due;

	must(chain_new(&b.chain), "hash");
	must(folder_open(&b.folder, path, CLASS_EVENTS, -1, &advice), path);
	must(survey_make(&survey, b.folder, b.chain), "survey");
	must(journal_new(&b.journal, b.folder, b.chain, &survey), "journal");
	begin = wall_s();
	busy = cpu_s();
	due = clock_monotonic_ns() + SYNC_NS;
	for (uint64_t i = 1; i <= EVENTS; i++) {
		struct sighting s = seen_event(i);

		must(journal_put(b.journal, write_sighting, &s, 0), "event");
		if (i % 64 == 0 && clock_monotonic_ns() >= due) {
			must(journal_sync(b.journal), "sync");
			due = clock_monotonic_ns() + SYNC_NS;
		}
		if (journal_synced(b.journal) > 64u << 20)
			must(journal_turn(b.journal), "turn");
	}
	must(journal_turn(b.journal), "turn");
	printf("append events, %llu bytes, synced every 50 ms: %.0f k/s "
	       "(%.2f us of CPU each)\n",
	       (unsigned long long)(journal_bytes(b.journal) / EVENTS),
	       EVENTS / (wall_s() - begin) / 1e3,
	       (cpu_s() - busy) / EVENTS * 1e6);
	close_bench(&b, &survey);
}

static void bench_pack(const char *path)
{
	double begin = cpu_s();
	struct folder *folder;
	uint64_t *numbers;
	const char *advice;
	uint64_t raw, packed;
	size_t count;

	must(folder_open(&folder, path, CLASS_EVENTS, -1, &advice), path);
	must(folder_list(folder, &numbers, &count), "list");
	raw = folder_bytes(folder);
	for (size_t i = 0; i < count; i++) {
		struct pack *pack;
		int got;

		must(pack_new(&pack, folder, numbers[i]), "pack");
		while ((got = pack_step(pack)) > 0)
			;
		must(got, "pack");
		pack_free(pack);
	}
	packed = folder_bytes(folder);
	printf("pack: %.0f MB/s of CPU, to %.1f %% (of which the hashes: "
	       "%.1f %%)\n",
	       (double)raw / (cpu_s() - begin) / 1e6,
	       100. * (double)packed / (double)raw,
	       100. * 32 * EVENTS / (double)raw);
	free(numbers);
	folder_close(folder);
}

static uint64_t read_blocks(const char *path)
{
	const struct query all = { .since_ns = 1 };
	struct stream *stream;
	uint64_t bytes = 0;
	const char *text;
	size_t len;

	must(stream_open(&stream, path, CLASS_EVENTS, &all), "stream");
	while (stream_block(stream, &text, &len) > 0)
		bytes += len;
	stream_close(stream);
	return bytes;
}

static size_t count_hits(const char *path, const struct query *q)
{
	struct stream *stream;
	struct hit hit;
	size_t hits = 0;

	must(stream_open(&stream, path, CLASS_EVENTS, q), "stream");
	while (stream_next(stream, &hit) > 0)
		hits++;
	stream_close(stream);
	return hits;
}

/* The same bytes without any reading of lines: 320 at a time. */
static double bare_hash(uint64_t bytes)
{
	uint8_t hash[RECORD_HASH_SIZE] = { 0 };
	char line[320 - RECORD_HASH_SIZE] = { 0 };
	struct chain *chain;
	double begin;

	must(chain_new(&chain), "hash");
	begin = cpu_s();
	for (uint64_t at = 0; at < bytes; at += 320)
		chain_link(chain, hash, line, sizeof(line));
	begin = cpu_s() - begin;
	chain_free(chain);
	return (double)bytes / begin;
}

static double check_all(const char *path, bool is_packed)
{
	struct check check = { .rclass = CLASS_EVENTS };
	struct segment *list;
	struct folder *folder;
	uint64_t bytes = 0;
	double begin;
	size_t count;

	must(chain_new(&check.chain), "hash");
	must(folder_open_reading(&folder, path, CLASS_EVENTS), path);
	must(folder_list_all(folder, &list, &count), "list");
	begin = cpu_s();
	for (size_t i = 0; i < count; i++) {
		struct finding found;
		struct scroll scroll;
		int fd = is_packed ? folder_read_packed(folder, list[i].number)
				   : folder_read(folder, list[i].number);

		check.named = list[i].number;
		must(is_packed ? scroll_open_packed(&scroll, fd, INT64_MAX)
			       : scroll_open(&scroll, fd, INT64_MAX),
		     "read");
		check_scroll(&found, &check, &scroll);
		must(found.bad_lines + found.tail_lines ? -EBADMSG : 0,
		     "verify");
		bytes += found.size;
		scroll_close(&scroll);
		close(fd);
	}
	begin = cpu_s() - begin;
	free(list);
	folder_close(folder);
	chain_free(check.chain);
	return (double)bytes / begin;
}

static void bench_reading(const char *path)
{
	struct sighting seldom = seen_event(17);
	struct query q = { .address = seldom.event.source };
	double begin = cpu_s(), bare, packed;
	uint64_t bytes = read_blocks(path);
	double blocks = (double)bytes / (cpu_s() - begin);
	size_t hits;

	printf("export by time to NDJSON: %.2f GB/s of CPU\n", blocks / 1e9);
	begin = wall_s();
	q.address.addr[0] = 12; /* nobody's */
	hits = count_hits(path, &q);
	printf("query for an address of nobody: %zu hits, %.1f ms\n", hits,
	       (wall_s() - begin) * 1e3);
	q.address = seldom.event.source;
	begin = wall_s();
	hits = count_hits(path, &q);
	printf("query for one address: %zu hits in %u records, %.1f ms\n", hits,
	       EVENTS, (wall_s() - begin) * 1e3);
	bare = bare_hash(bytes);
	packed = check_all(path, true);
	printf("verify packed: %.2f GB/s; bare hash of 320 bytes %.2f GB/s "
	       "(%.0f %%)\n",
	       packed / 1e9, bare / 1e9, 100 * packed / bare);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int main(int argc, char **argv)
{
	const char *parent = argc > 1 ? argv[1] : "/var/tmp";
	uint32_t bans = argc > 2 ? (uint32_t)atol(argv[2]) : 1000000u;
	char path[4096];

	snprintf(path, sizeof(path), "%s/bench-records-XXXXXX", parent);
	if (!mkdtemp(path)) {
		perror(path);
		return 1;
	}
	bench_events(path);
	printf("verify: %.2f GB/s\n", check_all(path, false) / 1e9);
	bench_pack(path);
	bench_reading(path);
	fflush(stdout);
	if (bans > 0) {
		bench_append(path);
		bench_checkpoint(path, bans);
		bench_restore(path, bans);
	}
	return nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) ? 1 : 0;
}
