/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_FOLDER_H
#define POSTERN_RECORDS_FOLDER_H

/*
 * folder: the records of one class, and the segments that they lie in.
 *
 * PATH/acts/acts-00000000000000000001.jsonl: a segment bears the number of
 * its first record, so that their names sort as their records do.  A closed
 * one may be packed (pack.h): then ".zst" is added to its name, and an index
 * lies beside it.
 *
 * Every int function returns 0 or what it says, or a negative errno value.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/class.h"

/* Room for a segment's name, and its NUL; and for its file's. */
#define FOLDER_NAME_SIZE 32
#define FOLDER_FILE_SIZE 48

#define FOLDER_PACKED	 ".zst"

struct folder;

/*
 * Open the folder of CLASS in the records folder at PATH, and lock it: it has
 * one writer.  It is made where it does not exist.  GID may read it; -1: the
 * group stays.  The caller owns *OUT.  On failure *ADVICE says, for a person,
 * what is wrong with it where errno's words would not.
 * -EBUSY: another process has it.  -EPERM: not ours alone to write to.
 */
__attribute__((warn_unused_result)) int folder_open(struct folder **out,
						    const char *path,
						    enum rclass rclass, int gid,
						    const char **advice);
/* The same to read: nothing is made, locked, or asked of its owner. */
__attribute__((warn_unused_result)) int
folder_open_reading(struct folder **out, const char *path, enum rclass rclass);
void folder_close(struct folder *folder);

/* From now on what is written here is protected by the append-only attribute
 * (appendonly.h), where there is one; and: is it so? */
void folder_protect(struct folder *folder);
bool folder_protects(const struct folder *folder);

enum rclass folder_class(const struct folder *folder);
/* Its descriptor, for files beside the segments. */
int folder_fd(const struct folder *folder);

/* The numbers of the segments that are not packed, rising; the caller frees
 * *OUT. */
__attribute__((warn_unused_result)) int
folder_list(const struct folder *folder, uint64_t **out, size_t *count);

struct segment {
	uint64_t number; /* of its first record */
	bool is_packed; /* and the plain one is gone */
};

/* All segments, rising; the caller frees *OUT. */
__attribute__((warn_unused_result)) int
folder_list_all(const struct folder *folder, struct segment **out,
		size_t *count);

/* A descriptor to read segment FIRST_SEQ; and of its packed form. */
__attribute__((warn_unused_result)) int folder_read(const struct folder *folder,
						    uint64_t first_seq);
__attribute__((warn_unused_result)) int
folder_read_packed(const struct folder *folder, uint64_t first_seq);
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
uint64_t folder_total_bytes(const struct folder *folder);
/* Of the segments that were written to since SINCE_S, seconds of the calendar. */
uint64_t folder_recent_bytes(const struct folder *folder, uint64_t since_s);

/* "acts-00000000000000000001": return BUF. */
const char *folder_name(enum rclass rclass, uint64_t first_seq,
			char buf[FOLDER_NAME_SIZE]);
/* The same with ".jsonl" and SUFFIX. */
const char *folder_file(enum rclass rclass, uint64_t first_seq,
			const char *suffix, char buf[FOLDER_FILE_SIZE]);
/* The number in the name of a segment of CLASS, or 0: it is no such. */
uint64_t folder_number(enum rclass rclass, const char *name);

#endif
