/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_FIELD_H
#define POSTERN_RECORDS_FIELD_H

/*
 * field: the members of a record that tell of an act or an event, one entry
 * each.
 *
 * Writing and reading walk the same list, so they cannot differ.  A field
 * that says nothing is left out, whatever the kind of the act; where nothing
 * is an answer too (the mode of a ban, the feed of a position), it is written.
 * So every act comes back exactly as it was.
 */
#include "ctl/core/act.h"
#include "ctl/records/pen.h"
#include "ctl/records/reader.h"

/* Write the fields of ACT, each with a comma before it. */
void field_write(struct pen *pen, const struct act *act);

void field_write_original(struct pen *pen, const struct original *original);
void field_read_original(struct reader *r, struct original *out);

/* Read them.  Kind, time and id of OUT are set already. */
void field_read(struct reader *r, struct act *out);

/* Is KEY a field of an act, and VALUE one that it may have?  1: both.  0: no
 * such field is known.  -EBADMSG: what it says is not understood. */
int field_knows(const char *key, size_t key_len, const char *value,
		size_t value_len);

/* The same of an event; OUT is all zeros. */
void field_write_sighting(struct pen *pen, const struct sighting *sighting);
void field_read_sighting(struct reader *r, struct sighting *out);

#endif
