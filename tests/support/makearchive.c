/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Make records of every class and kind, with hostile bytes in every text, in
 * the new folder PATH, some of it packed; print the anchor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/records/pack.h"
#include "tests/support/archive.h"
#include "tests/support/ledger.h"

static void pack(struct archive *a, enum rclass rclass, uint64_t number)
{
	struct pack *pack;

	if (pack_new(&pack, a->books.folders[rclass], number))
		abort();
	while (pack_step(pack) > 0)
		;
	pack_free(pack);
}

static void take_any(struct archive *a, struct random *random)
{
	for (int kind = ACT_NONE + 1; kind < ACT_COUNT; kind++) {
		struct act act = ledger_any_act(random, (enum act_kind)kind);
		struct saved_ban ban = ledger_any_ban(random);

		/* These would tell of segments. */
		if (kind == ACT_DISPOSED || kind == ACT_TORN)
			continue;
		act.id = ++a->id;
		if (books_act(&a->books, &act) ||
		    journal_bans(a->books.journals[CLASS_ACTS], &ban, 1))
			abort();
	}
}

int main(int argc, char **argv)
{
	struct random random = { { 1, 2, 3 } };
	struct archive a = { .path = argc > 1 ? argv[1] : NULL };

	if (argc != 2 || mkdir(a.path, 0750) < 0)
		return 2;
	archive_open(&a);
	for (size_t i = 0; i < sizeof(a.sealer.keys.public); i++)
		printf("%02x", a.sealer.keys.public[i]);
	putchar('\n');
	archive_seal(&a, SEAL_START);
	for (int round = 0; round < 8; round++) {
		take_any(&a, &random);
		archive_events(&a, 50);
		archive_seal(&a, SEAL_HOUR);
	}
	archive_turn(&a, CLASS_EVENTS);
	archive_turn(&a, CLASS_ACTS);
	archive_seal(&a, SEAL_SEGMENT);
	take_any(&a, &random);
	archive_events(&a, 5);
	archive_seal(&a, SEAL_STOP);
	pack(&a, CLASS_EVENTS, 1);
	pack(&a, CLASS_ACTS, 1);
	archive_close(&a);
	return 0;
}
