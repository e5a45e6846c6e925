/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_CORPUS_H
#define POSTERN_TESTS_CORPUS_H

/*
 * corpus: every line of every eve file in a folder.
 *
 * The tree's own samples are always there; a larger collection is read where
 * POSTERN_DATA in the environment names one.
 */
#include <stddef.h>

struct corpus_reader {
	/* LINE, without its newline; FILE is the path it is from. */
	void (*line)(void *ctx, const char *file, const char *line, size_t len);
	void *ctx;
};

/* Read the samples, then the collection.  Returns the number of lines. */
size_t corpus_read(const struct corpus_reader *reader);

/* Read one file: NAME among the samples. */
size_t corpus_read_sample(const char *name, const struct corpus_reader *reader);

#endif
