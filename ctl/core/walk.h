/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_WALK_H
#define POSTERN_CORE_WALK_H

/*
 * walk: one way over the fields of a struct that both writes and reads them, so
 * that the two cannot differ.  What is read is checked; the first error stays.
 */
#include "ctl/core/cursor.h"
#include "ctl/core/prefixset.h"

/* The direction of a walk, and where it is. */
struct walk {
	struct cursor c;
	bool reading;
	int error;
};

/* A value above LIMIT is -EBADMSG. */
void walk_u8(struct walk *w, uint8_t *value, unsigned int limit);
void walk_bool(struct walk *w, bool *value);
void walk_u16(struct walk *w, uint16_t *value);
void walk_u32(struct walk *w, uint32_t *value);
void walk_u64(struct walk *w, uint64_t *value);
void walk_text(struct walk *w, char *text, size_t size);
void walk_prefix(struct walk *w, struct prefix *p);
/* Up to CONFIG_ADDRESSES_MAX of them. */
void walk_prefixes(struct walk *w, struct prefix *list, uint8_t *count);
/* It is sealed once it is read. */
void walk_set(struct walk *w, struct prefixset *set);

#endif
