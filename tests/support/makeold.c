/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makeold PATH DAYS AGE [hold]: records in the new folder PATH that are DAYS
 * old by the calendar, two segments of acts and two of events, the
 * first of each packed; the seals saw AGE days go by since.  A hold keeps the
 * events.  Prints the anchor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/core/clock.h"
#include "ctl/records/pack.h"
#include "tests/support/archive.h"
#include "tests/support/ledger.h"

#define DAY_S  86400ull
#define DAY_NS (DAY_S * CLOCK_NS_PER_S)
#define EACH   100

static size_t write_event(char *out, const struct record *head,
			  const void *sighting)
{
	return record_write_sighting(out, head, sighting);
}

static void must(int err)
{
	if (err)
		abort();
}

static void take(struct archive *a, uint64_t time_ns)
{
	for (int i = 0; i < EACH; i++) {
		struct act act = ledger_act(++a->id, ACT_BAN);
		struct sighting s = ledger_sighting(++a->number);

		act.time_ns = time_ns;
		act.until_ns = time_ns + CLOCK_NS_PER_S;
		s.event.time_ns = time_ns;
		must(books_act(&a->books, &act));
		must(journal_put(a->books.journals[CLASS_EVENTS], write_event,
				 &s, time_ns));
	}
	must(books_sync(&a->books));
}

static void take_hold(struct archive *a, uint64_t time_ns)
{
	struct act act = ledger_act(++a->id, ACT_HOLD);

	act.time_ns = time_ns;
	act.prefix = (struct prefix){ 0 };
	act.classes = 1u << CLASS_EVENTS;
	must(books_act(&a->books, &act));
}

static void pack(struct archive *a, enum rclass rclass)
{
	struct pack *pack;

	must(pack_new(&pack, a->books.folders[rclass], 1));
	while (pack_step(pack) > 0)
		;
	pack_free(pack);
}

int main(int argc, char **argv)
{
	struct archive a = { .path = argc > 1 ? argv[1] : NULL };
	uint64_t then;

	if (argc < 4 || mkdir(a.path, 0750) < 0)
		return 2;
	then = clock_calendar_ns() - strtoull(argv[2], NULL, 10) * DAY_NS;
	archive_open(&a);
	for (size_t i = 0; i < sizeof(a.sealer.keys.public); i++)
		printf("%02x", a.sealer.keys.public[i]);
	putchar('\n');
	archive_seal(&a, SEAL_START);
	for (int round = 0; round < 2; round++) {
		take(&a, then);
		archive_turn(&a, CLASS_ACTS);
		archive_turn(&a, CLASS_EVENTS);
		archive_seal(&a, SEAL_SEGMENT);
	}
	if (argc > 4)
		take_hold(&a, then);
	a.sealer.last.age_s += strtoull(argv[3], NULL, 10) * DAY_S;
	archive_seal(&a, SEAL_STOP);
	pack(&a, CLASS_ACTS);
	pack(&a, CLASS_EVENTS);
	archive_close(&a);
	return 0;
}
