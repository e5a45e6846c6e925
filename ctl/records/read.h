/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_READ_H
#define POSTERN_RECORDS_READ_H

/*
 * read: what postern-read, the helper of postern(1), does with records: it
 * shows, exports and sums up.  It writes nothing but what it was asked for.
 */
#include <stdbool.h>
#include <stdio.h>

#include "ctl/records/query.h"

#define READ_INFOS_MAX 16

struct read_wish {
	const char *path; /* of the records */
	struct query query;
	bool json;
	bool follow;
	size_t width; /* of a terminal; 0: as wide as it comes */
	const char *format; /* of an export: "ndjson" ... */
	const char *to; /* NULL: standard output */
	const char *hide; /* file with the key that addresses are hidden by */
	const char *infos[READ_INFOS_MAX]; /* lines for bag-info.txt */
	size_t info_count;
	uint64_t id; /* of a hold, a seal, or the export's own act; or 0 */
	uint64_t now_ns;
	const char *cursor; /* NULL: none; of an export to a syslog daemon */
	const uint64_t *after; /* NULL: of each class, records behind this
				  number alone */
	int (*rest)(void *ctx); /* NULL: none; called while nothing is there
				   to follow; not 0 ends it */
	void *rest_ctx;
	uint64_t *unread; /* NULL, or grows by the lines that are no record */
};

/* The public key of the first seal, 32 bytes.  -ENODATA: there is no seal. */
__attribute__((warn_unused_result)) int
read_anchor(const struct read_wish *wish, uint8_t *key);

/* Each returns the exit status: 0, or 1 after saying why. */
int read_log(const struct read_wish *wish);
int read_export(const struct read_wish *wish);
int read_summary(const struct read_wish *wish);
/* The anchor, the newest seal, and what there is. */
int read_state(const struct read_wish *wish);
/* The newest seal's line alone. */
int read_seal(const struct read_wish *wish);
/* The holds that are in force. */
int read_holds(const struct read_wish *wish);
/* The newest events and acts about wish->query.address, at most READ_NEWEST,
 * the newest first, and then {"more":true} where there may be older ones. */
#define READ_NEWEST 20u
int read_newest(const struct read_wish *wish);
/* Events and acts, as messages at ROLE_FD_CTL. */
int read_relive(const struct read_wish *wish);
/* 0: the hold wish->id is.  READ_NOT_HELD: it is not. */
#define READ_NOT_HELD 3
int read_is_held(const struct read_wish *wish);
/* The same of the seal wish->id: it is here. */
int read_is_sealed(const struct read_wish *wish);

/* Hears a record. */
typedef int read_hear_fn(void *ctx, const char *line, size_t len,
			 uint64_t time_ns);
/* Tell all records that WISH asks for, of all classes together, in the order
 * of their times.  With wish->follow it does not end. */
int read_all(const struct read_wish *wish, read_hear_fn *hear, void *ctx);

/* Say that there were lines that are no record, if COUNT is not 0. */
void read_tell_unread(uint64_t count);

/* Say what went wrong, and return 1. */
int read_failed(const char *what, int err);

/* Write the export in BagIt form to the folder wish->to, which is made. */
int read_export_bag(const struct read_wish *wish);

#endif
