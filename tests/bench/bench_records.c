/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast the journal takes acts, and how fast it gives a million bans
 * back.  Usage: bench_records [FOLDER [BANS]]; FOLDER (/var/tmp) is where a
 * folder of its own is made, and removed again.
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
#include "ctl/records/restore.h"

#define ACTS	1000000u
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

static struct ban_row ban_number(uint32_t number)
{
	struct ban_row ban = {
		.prefix = { .family = PREFIX_IP4, .length = 32 },
		.since_ns = clock_calendar_ns(),
		.left_ms = 3600000 + number % 1000000,
		.term_s = 86400,
		.level = 3,
		.sign = SIGN_IDS_ALERT,
		.active = 1,
		.sid = 2024897,
		.uid = UINT32_MAX,
		.reason = "SMTP password guessing",
	};

	ban.until_ns = ban.since_ns + 86400ull * CLOCK_NS_PER_S;
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
	struct ban_row bans[RECORD_BANS_MAX];
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
	bench_append(path);
	bench_checkpoint(path, bans);
	bench_restore(path, bans);
	return nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) ? 1 : 0;
}
