/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes an archive to be read by the programs themselves.  Usage:
 * bench_archive PATH SEGMENTS EVENTS [lines]: SEGMENTS packed segments of
 * EVENTS events each, with their lines, in the new folder PATH.  One event of
 * each segment is by 12.0.0.7, no other is.  Prints what it took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "ctl/records/books.h"
#include "ctl/records/pack.h"
#include "ctl/records/record.h"
#include "tests/support/seen.h"

static uint64_t number;

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "bench_archive: %s: %s\n", what, strerror(-err));
	exit(1);
}

static size_t write_event(char *out, const struct record *head,
			  const void *sighting)
{
	return record_write_sighting(out, head, sighting);
}

static size_t write_line(char *out, const struct record *head,
			 const void *original)
{
	return record_write_original(out, head, original);
}

static void ignore(void *ctx, const struct survey *survey)
{
	(void)ctx;
	(void)survey;
}

static void take(struct journal *j, bool is_wanted, bool with_lines)
{
	struct sighting s = seen_event(++number);

	if (is_wanted)
		memcpy(s.event.source.addr, "\x0c\0\0\x07", 4);
	must(journal_put(j, write_event, &s, 0), "event");
	if (with_lines) {
		struct original row = seen_line(&s);

		must(journal_put(j, write_line, &row, 0), "line");
	}
}

static void pack(const struct folder *folder, uint64_t segment)
{
	struct pack *pack;
	int got;

	must(pack_new(&pack, folder, segment), "pack");
	while ((got = pack_step(pack)) > 0)
		;
	must(got, "pack");
	pack_free(pack);
}

int main(int argc, char **argv)
{
	unsigned long segments, events;
	struct books books;
	struct journal *j;
	uint64_t raw = 0, packed;
	struct rusage usage;
	const char *advice;

	if (argc < 4 || mkdir(argv[1], 0750) < 0)
		return 2;
	segments = strtoul(argv[2], NULL, 10);
	events = strtoul(argv[3], NULL, 10);
	must(books_open(&books, argv[1], -1, ignore, NULL, &advice), argv[1]);
	j = books.journals[CLASS_EVENTS];
	for (unsigned long i = 0; i < segments; i++) {
		uint64_t segment = journal_seq(j) + 1;

		for (unsigned long k = 0; k < events; k++) {
			take(j, k == events / 2, argc > 4);
			if (k % 1000 == 0)
				must(journal_sync(j), "sync");
		}
		must(journal_sync(j), "sync");
		raw += journal_synced(j);
		must(journal_turn(j), "turn");
		pack(books.folders[CLASS_EVENTS], segment);
	}
	packed = folder_bytes(books.folders[CLASS_EVENTS]);
	getrusage(RUSAGE_SELF, &usage);
	printf("%lu events in %lu segments, %llu MB as JSON, stored in %llu MB "
	       "(%.1f %%); %ld MB of memory\n",
	       segments * events, segments, (unsigned long long)raw / 1000000,
	       (unsigned long long)packed / 1000000,
	       100. * (double)packed / (double)raw, usage.ru_maxrss / 1024);
	books_close(&books);
	return 0;
}
