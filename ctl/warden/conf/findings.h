/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_FINDINGS_H
#define POSTERN_WARDEN_FINDINGS_H

/*
 * findings: what is wrong with a configuration, a sentence each, in the order
 * of the file's lines.  An error is in the way of a start; a warning is not.
 *
 * Bytes of the file are given as escape_text() writes them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define FINDINGS_MAX	   32
#define FINDINGS_TEXT_SIZE 512
#define FINDINGS_FILE_SIZE 96

struct finding {
	int line; /* 0: of the file as a whole */
	bool is_error;
	char file[FINDINGS_FILE_SIZE]; /* an included one; "": the file */
	char text[FINDINGS_TEXT_SIZE];
};

struct bundle;

struct findings {
	struct bundle *bundle; /* what the files' bytes go into, or come from,
				  by bundle.h; NULL: they are only read */
	const char *file; /* as the user named it; kept, not copied */
	const char *included; /* what is being read in its place, or NULL */
	struct finding list[FINDINGS_MAX];
	size_t count;
	size_t errors; /* all of them, also those that found no room */
	size_t warnings;
};

void findings_init(struct findings *f, const char *file);

__attribute__((format(printf, 3, 4))) void
findings_error(struct findings *f, int line, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
findings_warning(struct findings *f, int line, const char *format, ...);

/* "postern.conf:14: what is wrong", a line each. */
void findings_write(const struct findings *f, FILE *out);

#endif
