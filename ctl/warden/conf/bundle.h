/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_BUNDLE_H
#define POSTERN_WARDEN_BUNDLE_H

/*
 * bundle: the texts of all files that a configuration was read from, so that it
 * can be read once more when the files have changed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The file itself, those of its rules, and its lists. */
#define BUNDLE_FILES_MAX 96u

struct bundle_file {
	char *path; /* owned, as the text */
	char *text;
	size_t len;
};

struct bundle {
	bool is_source; /* files are read from here, and from nowhere else */
	struct bundle_file *files; /* owned */
	size_t count;
};

void bundle_fini(struct bundle *b);

/* Keep a copy of the LEN bytes that PATH has.  -ENOMEM, -E2BIG. */
__attribute__((warn_unused_result)) int
bundle_add(struct bundle *b, const char *path, const char *text, size_t len);

/* A copy of what PATH had, for free(), and in *LEN its length.  NULL: there is
 * no such file, or no memory. */
char *bundle_copy(const struct bundle *b, const char *path, size_t *len);

/* Write it to OUT; read it back, into a bundle that is empty.  -EIO, -EBADMSG:
 * it is none, -ENOMEM: B is as it was. */
__attribute__((warn_unused_result)) int bundle_write(const struct bundle *b,
						     FILE *out);
__attribute__((warn_unused_result)) int bundle_read(struct bundle *b, FILE *in);

#endif
