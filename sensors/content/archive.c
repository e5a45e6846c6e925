/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * archive: names that RAR, 7z and TNEF files list, by the shape of the headers
 * that hold them, wherever these stand; as ZIP's in scan.c.  Nothing is
 * unpacked, and no length is believed beyond what is there.
 */
#include <string.h>

#include "sensors/content/window.h"

#define NAME_MOST 260u

static unsigned int little16(const uint8_t *at)
{
	return at[0] | (unsigned int)at[1] << 8;
}

static uint32_t little32(const uint8_t *at)
{
	return little16(at) | (uint32_t)little16(at + 2) << 16;
}

/* The marks of a path: no control bytes, and something to end in. */
static bool is_name(const uint8_t *name, size_t len)
{
	if (len == 0 || len > NAME_MOST)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (name[i] < ' ' || name[i] == 0x7f)
			return false;
	}
	return true;
}

/* A file's header in RAR up to 4: type, flags, size, sizes of the file, system,
 * checksum, time, version, method, length of the name, attributes, name. */
static void rar4_entry(const struct window *w, const uint8_t *at, size_t room)
{
	size_t fixed = 30, len, whole;
	unsigned int flags;

	if (room < fixed || at[0] != 0x74 || at[13] > 5 || at[22] < 10 ||
	    at[22] > 60 || at[23] < 0x30 || at[23] > 0x35)
		return;
	flags = little16(at + 1);
	whole = little16(at + 3);
	len = little16(at + 24);
	if (flags & 0x100)
		fixed += 8;
	/* The size counts the checksum before the type. */
	if (whole < fixed + len + 2 || room < fixed + len)
		return;
	/* Behind a zero: the same in an encoding of its own. */
	len = strnlen((const char *)at + fixed, len);
	if (is_name(at + fixed, len))
		window_say(w, flags & 4 ? FOUND_SEALED : FOUND_ENTRY,
			   at + fixed, len);
}

/* A number of RAR 5, seven bits a byte; 0: it is not there. */
static size_t take_number(const uint8_t *at, size_t room, uint64_t *out)
{
	uint64_t value = 0;

	for (size_t i = 0; i < room && i < 9; i++) {
		value |= (uint64_t)(at[i] & 0x7f) << 7 * i;
		if (!(at[i] & 0x80)) {
			*out = value;
			return i + 1;
		}
	}
	return 0;
}

struct rar5 {
	uint64_t size; /* of what follows it */
	uint64_t type;
	uint64_t flags;
	uint64_t extra;
	uint64_t data;
	uint64_t file_flags;
	uint64_t name_len;
	size_t place; /* of the name */
};

/* Numbers in their order; those that a flag announces only with it. */
static bool rar5_read(struct rar5 *r, const uint8_t *at, size_t room)
{
	uint64_t ignored;
	struct {
		uint64_t *out;
		const uint64_t *where;
		uint64_t flag;
		size_t skip; /* bytes instead of a number */
	} fields[] = {
		{ &r->type, NULL, 0, 0 },
		{ &r->flags, NULL, 0, 0 },
		{ &r->extra, &r->flags, 1, 0 },
		{ &r->data, &r->flags, 2, 0 },
		{ &r->file_flags, NULL, 0, 0 },
		{ &ignored, NULL, 0, 0 }, /* size */
		{ &ignored, NULL, 0, 0 }, /* attributes */
		{ NULL, &r->file_flags, 2, 4 }, /* time */
		{ NULL, &r->file_flags, 4, 4 }, /* checksum */
		{ &ignored, NULL, 0, 0 }, /* method */
		{ &ignored, NULL, 0, 0 }, /* system */
		{ &r->name_len, NULL, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		size_t n = fields[i].skip;

		if (fields[i].where && !(*fields[i].where & fields[i].flag))
			continue;
		if (!n)
			n = take_number(at + r->place, room - r->place,
					fields[i].out);
		if (n == 0 || n > room - r->place)
			return false;
		r->place += n;
		if (i == 0 && r->type != 2)
			return false;
	}
	return true;
}

static void rar5_entry(const struct window *w, const uint8_t *at, size_t room)
{
	struct rar5 r = { 0 };
	const uint8_t *name;
	size_t begin = take_number(at, room, &r.size);
	bool sealed;

	/* A header has at least a dozen bytes, and at most what we can see. */
	if (begin == 0 || begin > 2 || r.size < 8 || r.size > 2 * NAME_MOST)
		return;
	r.place = begin;
	if (!rar5_read(&r, at, room) || r.name_len > room - r.place ||
	    r.place - begin + r.name_len + r.extra != r.size)
		return;
	name = at + r.place;
	/* The first of its extra records: size, then type; 1: encrypted. */
	sealed = r.extra > 1 && room - r.place - r.name_len > 1 &&
		 name[r.name_len + 1] == 1;
	if (is_name(name, (size_t)r.name_len))
		window_say(w, sealed ? FOUND_SEALED : FOUND_ENTRY, name,
			   (size_t)r.name_len);
}

/* Headers that are encrypted themselves list nothing. */
static void rar_begin(const struct window *w)
{
	const uint8_t *at = w->at;

	if (w->position != 0 || w->ahead < 16)
		return;
	if (at[6] == 0 && at[9] == 0x73 && at[10] & 0x80)
		window_say(w, FOUND_SEALED, NULL, 0);
	/* Behind checksum and size. */
	if (at[6] == 1 && at[13] == 4)
		window_say(w, FOUND_SEALED, NULL, 0);
}

void scan_rar(const struct window *w)
{
	rar_begin(w);
	for (size_t i = window_next(w, 0, 0x74); i < w->len;
	     i = window_next(w, i + 1, 0x74))
		rar4_entry(w, w->at + i, window_room(w, i));
	for (size_t i = 0; i < w->len; i++) {
		size_t room = window_room(w, i);
		const uint8_t *at = w->at + i;

		if (room > 12 && (at[1] == 2 || (at[0] & 0x80 && at[2] == 2)))
			rar5_entry(w, at, room);
	}
}

/* UTF-16 as ASCII, other letters as a question mark.  Returns the letters
 * taken; 0: it is no name. */
static size_t wide_name(uint8_t *out, const uint8_t *at, size_t room)
{
	for (size_t n = 0; n < NAME_MOST && 2 * n + 1 < room; n++) {
		unsigned int c = little16(at + 2 * n);

		if (c == 0)
			return n;
		if (c < ' ')
			return 0;
		out[n] = c < 0x7f ? (uint8_t)c : '?';
	}
	return 0;
}

/*
 * Names stand in the header at the file's end, behind a property 0x11, its
 * size, and a zero.  That header is mostly packed itself: then nobody can
 * list it, which is said where the file begins.
 */
void scan_sevenzip(const struct window *w)
{
	uint8_t name[NAME_MOST];

	if (w->position == 0 && w->ahead >= 32)
		window_say(w, FOUND_SEALED, NULL, 0);
	for (size_t i = window_next(w, 0, 0x11); i < w->len;
	     i = window_next(w, i + 1, 0x11)) {
		size_t room = window_room(w, i), place, len;
		uint64_t size;

		place = take_number(w->at + i + 1, room - 1, &size);
		if (place == 0 || room < place + 3 || size < 5 ||
		    w->at[i + 1 + place] != 0)
			continue;
		place += 2;
		/* Each ends with a zero; the first that is none ends them. */
		while (place < room && (len = wide_name(name, w->at + i + place,
							room - place)) > 0) {
			window_say(w, FOUND_ENTRY, name, len);
			place += 2 * len + 2;
		}
	}
}

/* A text of LEN bytes that ends with a zero. */
static void tnef_text(const struct window *w, const uint8_t *at, size_t room,
		      uint32_t len)
{
	if (len < 2 || len > NAME_MOST || len > room || at[len - 1] != '\0')
		return;
	len = (uint32_t)strnlen((const char *)at, len);
	if (is_name(at, len))
		window_say(w, FOUND_ENTRY, at, len);
}

/* attAttachTitle ([MS-OXTNEF] 2.1.3.3.15), and the long name among an
 * attachment's properties ([MS-OXPROPS] PidTagAttachLongFilename). */
void scan_tnef(const struct window *w)
{
	static const uint8_t title[] = { 0x02, 0x10, 0x80, 0x01, 0x00 };
	static const uint8_t property[] = { 0x07, 0x37, 1, 0, 0, 0 };
	uint8_t name[NAME_MOST];

	for (size_t i = 0; i < w->len; i++) {
		const uint8_t *at = w->at + i;
		size_t room = window_room(w, i), len;

		if (room > 16 && memcmp(at, title, sizeof(title)) == 0)
			tnef_text(w, at + 9, room - 9, little32(at + 5));
		if (room <= 16 || at[1] != 0 ||
		    memcmp(at + 2, property, sizeof(property)) != 0)
			continue;
		if (at[0] == 0x1e)
			tnef_text(w, at + 12, room - 12, little32(at + 8));
		len = at[0] == 0x1f ? wide_name(name, at + 12, room - 12) : 0;
		if (len)
			window_say(w, FOUND_ENTRY, name, len);
	}
}
