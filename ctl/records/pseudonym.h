/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_PSEUDONYM_H
#define POSTERN_RECORDS_PSEUDONYM_H

/*
 * pseudonym: a record with other names for its addresses, made with a key:
 * the same name for the same address, in every text of every record.
 *
 * What is replaced is said by spot.h and, for a reader, by postern(1).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PSEUDONYM_KEY_MAX 256
/* A shorter key can be guessed, and hides nothing. */
#define PSEUDONYM_KEY_MIN 16

struct pseudonym;

/* With the key in the file at PATH, of which the first PSEUDONYM_KEY_MAX bytes
 * count.  The caller gives *OUT to pseudonym_free().  -EINVAL: it is too
 * short.  -errno of reading it. */
__attribute__((warn_unused_result)) int pseudonym_new(struct pseudonym **out,
						      const char *path);
void pseudonym_free(struct pseudonym *p);

/*
 * Make what is to be shown of the record LINE, without newline.  *OUT is valid
 * until the next call.  Hashes and signatures are left out: whoever tries all
 * addresses would find the one that they were made of.  -ENOMEM.
 */
__attribute__((warn_unused_result)) int
pseudonym_record(struct pseudonym *p, const char *line, size_t len,
		 const char **out, size_t *out_len);

#endif
