/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan: see the header.  Keeps no state of its own.
 */
#include "sensors/content/scan.h"

#include <string.h>
#include <strings.h>

#include "sensors/content/window.h"

void window_say(const struct window *w, enum scan_found what,
		const uint8_t *text, size_t len)
{
	w->sink->found(w->sink->ctx, what, text, len);
}

size_t window_next(const struct window *w, size_t place, uint8_t c)
{
	const uint8_t *hit;

	if (place >= w->len)
		return w->len;
	hit = memchr(w->at + place, c, w->len - place);
	return hit ? (size_t)(hit - w->at) : w->len;
}

size_t window_room(const struct window *w, size_t place)
{
	return w->ahead - place < SCAN_LOOK ? w->ahead - place : SCAN_LOOK;
}

/* Most places of a first byte have another second one: TEXT has two. */
static bool stands(const struct window *w, size_t place, const char *text)
{
	size_t len;

	if (w->ahead - place < 2 ||
	    ((w->at[place + 1] ^ (uint8_t)text[1]) & 0xdf))
		return false;
	len = strlen(text);
	return w->ahead - place >= len &&
	       strncasecmp((const char *)w->at + place, text, len) == 0;
}

/*
 * The test file of the European Institute for Computer Antivirus Research,
 * in two pieces, so that no scanner takes this source away.
 */
static void scan_eicar(const struct window *w)
{
	static const char first[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}";
	static const char second[] =
		"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
	size_t a = sizeof(first) - 1, b = sizeof(second) - 1;

	for (size_t i = window_next(w, 0, 'X'); i < w->len;
	     i = window_next(w, i + 1, 'X')) {
		if (w->ahead - i >= a + b && memcmp(w->at + i, first, a) == 0 &&
		    memcmp(w->at + i + a, second, b) == 0)
			window_say(w, FOUND_EICAR, NULL, 0);
	}
}

static unsigned int little16(const uint8_t *at)
{
	return at[0] | (unsigned int)at[1] << 8;
}

/* An entry's header: its fixed part, and where flags and lengths are. */
struct zip_header {
	uint8_t mark[4];
	uint8_t fixed;
	uint8_t flags;
	uint8_t method;
	uint8_t name_len;
};

static const struct zip_header zip_headers[] = {
	{ { 'P', 'K', 3, 4 }, 30, 6, 8, 26 },
	{ { 'P', 'K', 1, 2 }, 46, 8, 10, 28 },
};

static void zip_entry(const struct window *w, const struct zip_header *h,
		      const uint8_t *at, size_t room)
{
	size_t len;

	if (room < h->fixed || memcmp(at, h->mark, sizeof(h->mark)) != 0)
		return;
	len = little16(at + h->name_len);
	if (len == 0 || little16(at + h->method) > 99)
		return;
	if (len > room - h->fixed)
		len = room - h->fixed;
	if (memchr(at + h->fixed, '\0', len))
		return;
	if (memmem(at + h->fixed, len, "vbaProject.bin", 14) ||
	    memmem(at + h->fixed, len, "/macrosheets/", 13))
		window_say(w, FOUND_MACRO, at + h->fixed, len);
	window_say(w, at[h->flags] & 1 ? FOUND_SEALED : FOUND_ENTRY,
		   at + h->fixed, len);
}

static void scan_zip(const struct window *w)
{
	for (size_t i = window_next(w, 0, 'P'); i < w->len;
	     i = window_next(w, i + 1, 'P')) {
		size_t room = window_room(w, i);

		for (size_t h = 0; h < 2; h++)
			zip_entry(w, &zip_headers[h], w->at + i, room);
	}
}

/* The name of a directory entry, in UTF-16, as ASCII; false: no entry. */
static bool ole_name(char out[32], const uint8_t entry[128])
{
	unsigned int len = little16(entry + 64);

	if (len < 4 || len > 64 || len % 2 || entry[66] == 0 || entry[66] > 5 ||
	    entry[67] > 1)
		return false;
	for (unsigned int i = 0; i < len / 2; i++) {
		if (entry[2 * i + 1])
			return false;
		out[i] = (char)entry[2 * i];
	}
	return out[len / 2 - 1] == '\0';
}

static void ole_entry(const struct window *w, const uint8_t entry[128])
{
	static const char *const macros[] = { "_VBA_PROJECT", "VBA", "Macros",
					      "_VBA_PROJECT_CUR" };
	char name[32];

	if (!ole_name(name, entry))
		return;
	for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++) {
		if (strcasecmp(name, macros[i]) == 0)
			window_say(w, FOUND_MACRO, (const uint8_t *)name,
				   strlen(name));
	}
	if (strcasecmp(name, "\x01Ole10Native") == 0)
		window_say(w, FOUND_ACTIVE, (const uint8_t *)"embedded object",
			   15);
	if (strcasecmp(name, "EncryptedPackage") == 0)
		window_say(w, FOUND_SEALED, (const uint8_t *)name,
			   strlen(name));
}

static void scan_ole(const struct window *w)
{
	size_t i = (size_t)(-w->position & 127u);

	for (; i < w->len && w->ahead - i >= 128; i += 128)
		ole_entry(w, w->at + i);
}

struct needle {
	const char *text;
	const char *unless; /* stands close behind it */
	const char *words;
};

static bool stands_close(const struct window *w, size_t place, const char *text)
{
	size_t room = w->ahead - place < 128 ? w->ahead - place : 128;

	return memmem(w->at + place, room, text, strlen(text)) != NULL;
}

static void scan_needles(const struct window *w, uint8_t first,
			 const struct needle *needles)
{
	for (size_t i = window_next(w, 0, first); i < w->len;
	     i = window_next(w, i + 1, first)) {
		for (const struct needle *n = needles; n->text; n++) {
			if (stands(w, i, n->text) &&
			    !(n->unless && stands_close(w, i, n->unless)))
				window_say(w, FOUND_ACTIVE,
					   (const uint8_t *)n->words,
					   strlen(n->words));
		}
	}
}

static void scan_html(const struct window *w)
{
	/* Data in JSON is marked as a script, and runs nothing. */
	static const struct needle needles[] = {
		{ "<script", "ld+json", "script" },
		{ "<applet", NULL, "Java applet" },
		{ "<object", NULL, "embedded object" },
		{ "<embed", NULL, "embedded object" },
		{ "<iframe", NULL, "frame" },
		{ NULL, NULL, NULL },
	};

	scan_needles(w, '<', needles);
}

static void scan_pdf(const struct window *w)
{
	static const struct needle needles[] = {
		{ "/JavaScript", NULL, "script in a PDF" },
		{ "/Launch", NULL, "start of a program in a PDF" },
		{ NULL, NULL, NULL },
	};

	scan_needles(w, '/', needles);
}

static void scan_rtf(const struct window *w)
{
	static const struct needle needles[] = {
		{ "\\objdata", NULL, "embedded object" },
		{ NULL, NULL, NULL },
	};

	scan_needles(w, '\\', needles);
}

/* What follows PLACE up to the line's end, but not beyond LIMIT. */
static size_t line_len(const struct window *w, size_t place, size_t limit)
{
	size_t n = place;

	while (n < limit && w->at[n] != '\r' && w->at[n] != '\n')
		n++;
	return n - place;
}

static bool at_line(const struct window *w, size_t *place)
{
	if (w->position + *place == 0 && w->at[*place] != '\n')
		return true;
	if (w->at[*place] != '\n')
		return false;
	(*place)++;
	return true;
}

/* LIMIT: as far as can be seen from the line's begin in any window. */
static void line_begun(const struct window *w, unsigned int kinds, size_t place,
		       size_t limit)
{
	size_t n;

	if ((kinds & SCAN_UUENCODE) && stands(w, place, "begin ")) {
		n = line_len(w, place, limit);
		if (n > 10 && w->at[place + 6] >= '0' &&
		    w->at[place + 6] <= '7' && w->at[place + 9] == ' ')
			window_say(w, FOUND_UUENCODE, w->at + place + 10,
				   n - 10);
	}
	if ((kinds & SCAN_STATUS) && stands(w, place, "Status:")) {
		place += 7;
		while (place < limit && w->at[place] == ' ')
			place++;
		window_say(w, FOUND_STATUS, w->at + place,
			   line_len(w, place, limit));
	}
}

static void scan_lines(const struct window *w, unsigned int kinds)
{
	size_t i = w->position == 0 ? 0 : window_next(w, 0, '\n');

	while (i < w->len) {
		size_t place = i;
		size_t limit = w->ahead - i < SCAN_LOOK ? w->ahead
							: i + SCAN_LOOK;

		if (at_line(w, &place) && place < limit)
			line_begun(w, kinds, place, limit);
		i = window_next(w, i + 1, '\n');
	}
}

void scan_places(unsigned int kinds, const uint8_t *at, size_t len,
		 size_t ahead, uint64_t position, const struct scan_sink *sink)
{
	static const struct {
		unsigned int kind;
		void (*scan)(const struct window *w);
	} scans[] = {
		{ SCAN_EICAR, scan_eicar }, { SCAN_ZIP, scan_zip },
		{ SCAN_OLE, scan_ole },	    { SCAN_HTML, scan_html },
		{ SCAN_PDF, scan_pdf },	    { SCAN_RTF, scan_rtf },
		{ SCAN_RAR, scan_rar },	    { SCAN_SEVENZIP, scan_sevenzip },
		{ SCAN_TNEF, scan_tnef },
	};
	struct window w = { at, len, ahead, position, sink };

	for (size_t i = 0; i < sizeof(scans) / sizeof(scans[0]); i++) {
		if (kinds & scans[i].kind)
			scans[i].scan(&w);
	}
	if (kinds & (SCAN_UUENCODE | SCAN_STATUS))
		scan_lines(&w, kinds);
}
