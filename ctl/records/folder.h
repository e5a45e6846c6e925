/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_FOLDER_H
#define POSTERN_RECORDS_FOLDER_H

/*
 * folder: the records folder, and the segments in it.
 *
 * PATH/acts/acts-00000000000000000001.jsonl: a segment bears the number of
 * its first record, so that their names sort as their records do.  Nothing
 * here deletes.
 *
 * Every int function returns 0 or what it says, or a negative errno value.
 */
#include <stddef.h>
#include <stdint.h>

/* Room for a segment's name, and its NUL. */
#define FOLDER_NAME_SIZE 32

struct folder;

/*
 * Open the records folder at PATH, and lock it: it has one writer.  The
 * caller owns *OUT.  On failure *ADVICE says, for a person, what is wrong
 * with it where errno's words would not.
 * -EBUSY: another process has it.  -EPERM: not ours alone to write to.
 */
__attribute__((warn_unused_result)) int
folder_open(struct folder **out, const char *path, const char **advice);
void folder_close(struct folder *folder);

/* The numbers of all segments, rising; the caller frees *OUT. */
__attribute__((warn_unused_result)) int
folder_list(const struct folder *folder, uint64_t **out, size_t *count);

/* A descriptor to read segment FIRST_SEQ. */
__attribute__((warn_unused_result)) int folder_read(const struct folder *folder,
						    uint64_t first_seq);
/* A descriptor to append to it. */
__attribute__((warn_unused_result)) int
folder_append(const struct folder *folder, uint64_t first_seq);
/* The same of a new segment.  -EEXIST: there is one. */
__attribute__((warn_unused_result)) int
folder_create(const struct folder *folder, uint64_t first_seq);

/* Make the names of new segments last. */
__attribute__((warn_unused_result)) int
folder_sync(const struct folder *folder);

/* Bytes of all segments, and what the file system has left for us. */
uint64_t folder_bytes(const struct folder *folder);
uint64_t folder_free_bytes(const struct folder *folder);

/* Returns BUF. */
const char *folder_name(uint64_t first_seq, char buf[FOLDER_NAME_SIZE]);
/* The number in a segment's NAME, or 0: it is no segment's. */
uint64_t folder_number(const char *name);

#endif
