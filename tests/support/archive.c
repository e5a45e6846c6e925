/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/ledger.h"

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(-err));
	abort();
}

static void ignore(void *ctx, const struct survey *survey)
{
	(void)ctx;
	(void)survey;
}

void archive_open(struct archive *a)
{
	const char *advice;

	must(books_open(&a->books, a->path, -1, ignore, NULL, &advice),
	     a->path);
	must(sealer_open(&a->sealer, &a->books), "keys");
	a->id = a->books.last_id;
}

void archive_close(struct archive *a)
{
	sealer_close(&a->sealer);
	books_close(&a->books);
}

int archive_set_up(void **state)
{
	struct archive *a = calloc(1, sizeof(*a));

	a->path = ledger_make();
	archive_open(a);
	memcpy(a->anchor, a->sealer.keys.public, sizeof(a->anchor));
	archive_seal(a, SEAL_START);
	*state = a;
	return 0;
}

int archive_tear_down(void **state)
{
	struct archive *a = *state;

	archive_close(a);
	ledger_remove(a->path);
	free(a);
	return 0;
}

void archive_acts(struct archive *a, enum act_kind kind, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct act act = ledger_act(++a->id, kind);

		must(books_act(&a->books, &act), "act");
	}
	must(books_sync(&a->books), "sync");
}

static size_t write_event(char *out, const struct record *head,
			  const void *sighting)
{
	return record_write_sighting(out, head, sighting);
}

void archive_events(struct archive *a, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sighting s = ledger_sighting(++a->number);

		must(journal_put(a->books.journals[CLASS_EVENTS], write_event,
				 &s, s.event.seen_ns),
		     "event");
	}
	must(books_sync(&a->books), "sync");
}

void archive_seal(struct archive *a, enum seal_reason reason)
{
	must(sealer_seal(&a->sealer, reason), "seal");
}

void archive_turn(struct archive *a, enum rclass rclass)
{
	must(journal_turn(a->books.journals[rclass]), "turn");
}

void archive_fill(struct archive *a)
{
	archive_acts(a, ACT_BAN, 3);
	archive_events(a, 3);
	archive_seal(a, SEAL_HOUR);
	archive_acts(a, ACT_PROGRAM, 2);
	archive_acts(a, ACT_UNBAN, 2);
	archive_turn(a, CLASS_ACTS);
	archive_seal(a, SEAL_SEGMENT);
	archive_acts(a, ACT_BAN, 2);
	archive_acts(a, ACT_HOLD, 1);
	archive_seal(a, SEAL_STOP);
}

struct verdict archive_verify(const struct archive *a)
{
	const struct verify_wish wish = { .path = a->path };
	struct verdict verdict = { .seals.anchor = a->anchor };

	must(verify_run(&verdict, &wish), a->path);
	return verdict;
}

const char *archive_file(const struct archive *a, enum rclass rclass,
			 uint64_t seq)
{
	static char file[512];
	char name[FOLDER_FILE_SIZE];

	snprintf(file, sizeof(file), "%s/%s/%s", a->path, class_name(rclass),
		 folder_file(rclass, seq, "", name));
	return file;
}
