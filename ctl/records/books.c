/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * books: a loop over the classes.
 */
#include "ctl/records/books.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/records/declare.h"

static int take_findings(struct books *books, enum rclass rclass,
			 const struct survey *survey)
{
	struct journal *journal = books->journals[rclass];

	books->torn += survey->torn;
	if (survey->last_id > books->last_id)
		books->last_id = survey->last_id;
	if (rclass == CLASS_ACTS) {
		books->base = survey->base;
		books->base_counts = survey->base_counts;
	}
	return declare_news(journal, survey);
}

static int open_class(struct books *books, const char *path, enum rclass rclass,
		      int gid, books_tell_fn *tell, void *ctx,
		      const char **advice)
{
	struct survey survey;
	int err;

	err = folder_open(&books->folders[rclass], path, rclass, gid, advice);
	if (err)
		return err;
	err = survey_make(&survey, books->folders[rclass], books->chain);
	if (err)
		return err;
	tell(ctx, &survey);
	err = journal_new(&books->journals[rclass], books->folders[rclass],
			  books->chain, &survey);
	if (!err)
		err = take_findings(books, rclass, &survey);
	survey_fini(&survey);
	return err;
}

int books_open(struct books *books, const char *path, int gid,
	       books_tell_fn *tell, void *ctx, const char **advice)
{
	int err;

	memset(books, 0, sizeof(*books));
	snprintf(books->path, sizeof(books->path), "%s", path);
	*advice = NULL;
	err = chain_new(&books->chain);
	for (int i = 0; i < CLASS_COUNT && !err; i++)
		err = open_class(books, path, (enum rclass)i, gid, tell, ctx,
				 advice);
	books->synced_id = books->last_id;
	return err;
}

void books_close(struct books *books)
{
	for (int i = 0; i < CLASS_COUNT; i++) {
		journal_free(books->journals[i]);
		folder_close(books->folders[i]);
	}
	chain_free(books->chain);
	memset(books, 0, sizeof(*books));
}

int books_act(struct books *books, const struct act *act)
{
	int err = journal_act(books->journals[class_of_act(act)], act);

	if (!err && act->id > books->last_id)
		books->last_id = act->id;
	return err;
}

bool books_has(const struct books *books, const struct act *act)
{
	const struct journal *j = books->journals[class_of_act(act)];

	return act->id <= journal_last_id(j);
}

int books_write(struct books *books)
{
	for (int i = 0; i < CLASS_SEALS; i++) {
		int err = journal_write(books->journals[i]);

		if (err)
			return err;
	}
	return 0;
}

int books_sync(struct books *books)
{
	for (int i = 0; i < CLASS_SEALS; i++) {
		int err = journal_sync(books->journals[i]);

		if (err)
			return err;
	}
	books->synced_id = books->last_id;
	return 0;
}

size_t books_pending(const struct books *books)
{
	const char *ignored;
	size_t bytes = 0;

	for (int i = 0; i < CLASS_SEALS; i++)
		bytes += journal_pending(books->journals[i], &ignored);
	return bytes;
}

uint64_t books_count(const struct books *books)
{
	uint64_t count = 0;

	for (int i = 0; i < CLASS_COUNT; i++)
		count += journal_seq(books->journals[i]);
	return count;
}

uint64_t books_bytes(const struct books *books)
{
	uint64_t bytes = 0;

	for (int i = 0; i < CLASS_COUNT; i++)
		bytes += journal_bytes(books->journals[i]);
	return bytes;
}

uint64_t books_free_bytes(const struct books *books)
{
	return folder_free_bytes(books->folders[CLASS_ACTS]);
}

/* PATH/CLASS is the folder that is open. */
static int is_there(const struct books *books, enum rclass rclass)
{
	char path[CONFIG_PATH_SIZE + 16];
	struct stat here, there;

	snprintf(path, sizeof(path), "%s/%s", books->path, class_name(rclass));
	if (fstat(folder_fd(books->folders[rclass]), &here) < 0)
		return -errno;
	if (stat(path, &there) < 0) {
		/* Without PATH a disk is missing; with it, but not the class,
		 * this is another one. */
		if (errno != ENOENT || stat(books->path, &there) < 0)
			return -errno;
		return -ESTALE;
	}
	return here.st_dev == there.st_dev && here.st_ino == there.st_ino
		       ? 0
		       : -ESTALE;
}

int books_are_there(const struct books *books)
{
	int err = 0;

	for (int i = 0; i < CLASS_COUNT && !err; i++) {
		err = is_there(books, (enum rclass)i);
		if (!err && journal_is_removed(books->journals[i]))
			err = -ESTALE;
	}
	return err;
}
