/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_CURSOR_H
#define POSTERN_CORE_CURSOR_H

/*
 * cursor: the only way in which bytes of a message are read or written.
 *
 * Little-endian, fixed sizes.  The first error sticks: later reads return
 * zero, later writes do nothing, and one check at the end tells.
 */
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct prefix;

struct cursor {
	uint8_t *at;
	uint8_t *end;
	bool failed;
};

/* Over LEN bytes at DATA, which the caller keeps; to write. */
struct cursor cursor_over(void *data, size_t len);
/* The same, to read: nothing is ever written through it. */
struct cursor cursor_reading(const void *data, size_t len);

/* LEN bytes to use, or NULL once something went wrong. */
static inline uint8_t *cursor_take(struct cursor *c, size_t len)
{
	uint8_t *start = c->at;

	if (c->failed || len > (size_t)(c->end - c->at)) {
		c->failed = true;
		return NULL;
	}
	c->at += len;
	return start;
}

static inline void cursor_put_bytes(struct cursor *c, const void *data,
				    size_t len)
{
	uint8_t *to = cursor_take(c, len);

	if (to && len)
		memcpy(to, data, len);
}

static inline void cursor_put_u8(struct cursor *c, uint8_t value)
{
	cursor_put_bytes(c, &value, sizeof(value));
}

static inline void cursor_put_u16(struct cursor *c, uint16_t value)
{
	value = htole16(value);
	cursor_put_bytes(c, &value, sizeof(value));
}

static inline void cursor_put_u32(struct cursor *c, uint32_t value)
{
	value = htole32(value);
	cursor_put_bytes(c, &value, sizeof(value));
}

static inline void cursor_put_u64(struct cursor *c, uint64_t value)
{
	value = htole64(value);
	cursor_put_bytes(c, &value, sizeof(value));
}

/* A text in a field of SIZE bytes: cut to SIZE - 1, filled with NUL. */
void cursor_put_text(struct cursor *c, const char *text, size_t size);
/* 18 bytes: family, length, address. */
void cursor_put_prefix(struct cursor *c, const struct prefix *p);
void cursor_put_zeros(struct cursor *c, size_t len);

static inline void cursor_get_bytes(struct cursor *c, void *out, size_t len)
{
	const uint8_t *from = cursor_take(c, len);

	if (!len)
		return;
	if (from)
		memcpy(out, from, len);
	else
		memset(out, 0, len);
}

static inline uint8_t cursor_get_u8(struct cursor *c)
{
	uint8_t value;

	cursor_get_bytes(c, &value, sizeof(value));
	return value;
}

static inline uint16_t cursor_get_u16(struct cursor *c)
{
	uint16_t value;

	cursor_get_bytes(c, &value, sizeof(value));
	return le16toh(value);
}

static inline uint32_t cursor_get_u32(struct cursor *c)
{
	uint32_t value;

	cursor_get_bytes(c, &value, sizeof(value));
	return le32toh(value);
}

static inline uint64_t cursor_get_u64(struct cursor *c)
{
	uint64_t value;

	cursor_get_bytes(c, &value, sizeof(value));
	return le64toh(value);
}

/* A byte that must be 0 or 1. */
bool cursor_get_bool(struct cursor *c);
/* A byte that must be below COUNT: an enum's value. */
uint8_t cursor_get_enum(struct cursor *c, unsigned int count);
/* A field as cursor_put_text() writes it: NUL-ended, NUL-filled. */
void cursor_get_text(struct cursor *c, char *out, size_t size);
/* A prefix without stray bits, or no prefix at all: 18 zeros. */
void cursor_get_prefix(struct cursor *c, struct prefix *out);
/* Bytes that must be zero, kept for later versions. */
void cursor_get_zeros(struct cursor *c, size_t len);

/* What is left, in bytes. */
size_t cursor_left(const struct cursor *c);
/* Everything was read or written, nothing is left over, no error. */
bool cursor_done(const struct cursor *c);

#endif
