/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan: knows bytes, lines and one needle; knows no JSON.
 *
 * Two layers.  mark_blocks() notes where something may stand: the end of a
 * line, the needle, a backslash.  It is written with the compiler's vectors
 * of 16 bytes, which every 64-bit processor has; twice as wide ones gain a
 * tenth of the whole here, where the copy out of the page cache takes more
 * than half of the time.  scan_next() then looks at the noted places.
 */
#include "feeds/scan.h"

#include <endian.h>
#include <string.h>

#define BLOCK  128
#define AROUND 6 /* the needle's last byte lies so far behind its first */

static const char needle[] = "\"alert\"";

#define NEEDLE_LEN (sizeof(needle) - 1)

typedef uint8_t vector __attribute__((vector_size(16), aligned(1), may_alias));

#define VECTORS (BLOCK / sizeof(vector))
#define WORDS	(BLOCK / sizeof(uint64_t))
#define ONES	0x0101010101010101u

/*
 * 0xff where a mark is due: at control characters up to the newline (among
 * them NUL), at a backslash, and where three bytes of the needle fit.  These
 * three are seldom together elsewhere; "alerted" stands in each flow record.
 */
static inline vector find_marks(const uint8_t *p)
{
	vector here = *(const vector *)p;
	vector l = *(const vector *)(p + 2);
	vector r = *(const vector *)(p + 4);
	vector quote = *(const vector *)(p + AROUND);

	return (vector)(here <= '\n') | (vector)(here == '\\') |
	       ((vector)(l == 'l') & (vector)(r == 'r') &
		(vector)(quote == '"'));
}

static inline bool is_any(const vector *v)
{
	uint64_t words[2];

	memcpy(words, v, sizeof(words));
	return (words[0] | words[1]) != 0;
}

/* WORD has 0xff in each byte that is marked, the first byte lowest. */
static void note_word(struct scan *s, size_t at, uint64_t word)
{
	for (word &= ONES; word; word &= word - 1)
		s->marks[s->mark_count++] =
			(uint32_t)(at + (size_t)__builtin_ctzll(word) / 8);
}

static void note_block(struct scan *s, size_t at, const vector found[VECTORS])
{
	const uint8_t *bytes = (const uint8_t *)found;

	for (size_t i = 0; i < WORDS; i++) {
		uint64_t word;

		memcpy(&word, bytes + i * sizeof(word), sizeof(word));
		if (word)
			note_word(s, at + i * sizeof(word), le64toh(word));
	}
}

/* Note the marks of whole blocks, until there is room for no more. */
static void mark_blocks(struct scan *s, const uint8_t *data, size_t len)
{
	size_t at = s->at;

	while (len - at >= BLOCK + AROUND &&
	       s->mark_count <= SCAN_MARKS - BLOCK) {
		vector found[VECTORS];
		vector any = { 0 };

		for (size_t i = 0; i < VECTORS; i++) {
			found[i] = find_marks(data + at + i * sizeof(vector));
			any |= found[i];
		}
		if (is_any(&any))
			note_block(s, at, found);
		at += BLOCK;
	}
	s->at = at;
}

/*
 * The rest, byte by byte.  The last few bytes are noted only where they end
 * a line: a needle that begins there is found when there is more.
 */
static void mark_rest(struct scan *s, const uint8_t *data, size_t len)
{
	while (s->at < len && s->mark_count < SCAN_MARKS) {
		uint8_t byte = data[s->at];

		if (byte <= '\n' || byte == '\\' || byte == '"')
			s->marks[s->mark_count++] = (uint32_t)s->at;
		s->at++;
	}
}

static bool find_more(struct scan *s, const char *data, size_t len)
{
	const uint8_t *bytes = (const uint8_t *)data;

	s->mark_count = 0;
	s->mark_next = 0;
	while (s->mark_count == 0 && s->at < len) {
		mark_blocks(s, bytes, len);
		if (s->mark_count <= SCAN_MARKS - BLOCK)
			mark_rest(s, bytes, len);
	}
	return s->mark_count > 0;
}

/* \u006x and \u007x can spell the letters of the needle. */
static bool is_alert_escape(const char *at, size_t left)
{
	return left >= 5 && memcmp(at, "\\u00", 4) == 0 &&
	       (at[4] == '6' || at[4] == '7');
}

static bool is_hit(const char *at, size_t left)
{
	if (*at == '\\')
		return is_alert_escape(at, left);
	return left >= NEEDLE_LEN && memcmp(at, needle, NEEDLE_LEN) == 0;
}

/* End the line at END.  True: it is a candidate. */
static bool end_line(struct scan *s, const char *data, size_t end,
		     struct slice *out)
{
	const char *line = data + s->start;
	size_t len = end - s->start;
	bool over = s->over || len > SCAN_LINE_MAX;
	bool hit = s->hit;

	s->start = end + 1;
	s->hit = false;
	s->over = false;
	if (over) {
		s->lines++;
		s->too_long++;
		return false;
	}
	if (len == 0)
		return false;
	s->lines++;
	*out = (struct slice){ line, len };
	return hit || line[0] != '{' || line[len - 1] != '}';
}

void scan_reset(struct scan *s)
{
	s->start = 0;
	s->at = 0;
	s->hit = false;
	s->over = false;
	s->mark_count = 0;
	s->mark_next = 0;
}

static bool next_mark(struct scan *s, const char *data, size_t len, size_t *out)
{
	if (s->mark_next == s->mark_count && !find_more(s, data, len))
		return false;
	*out = s->marks[s->mark_next++];
	return true;
}

/*
 * Behind the NULs at AT.  A hole in a file may be long, and each of its bytes
 * would be a mark.
 */
static size_t skip_hole(const char *data, size_t at, size_t len)
{
	uint64_t word = 0;

	while (len - at >= sizeof(word) && word == 0) {
		memcpy(&word, data + at, sizeof(word));
		if (word == 0)
			at += sizeof(word);
	}
	while (at < len && data[at] == '\0')
		at++;
	return at;
}

/* Go on behind the hole that begins at AT, where a line begins as well. */
static void leave_hole(struct scan *s, const char *data, size_t at, size_t len)
{
	s->start = skip_hole(data, at, len);
	s->at = s->start;
	s->mark_count = 0;
	s->mark_next = 0;
}

bool scan_next(struct scan *s, const char *data, size_t len, struct slice *out)
{
	size_t at;

	while (next_mark(s, data, len, &at)) {
		if (data[at] == '\n' || data[at] == '\0') {
			bool found = end_line(s, data, at, out);

			if (data[at] == '\0')
				leave_hole(s, data, at, len);
			if (found)
				return true;
		} else if (!s->hit) {
			s->hit = is_hit(data + at, len - at);
		}
	}
	/* A needle may have begun in the last bytes. */
	if (s->at > s->start + AROUND)
		s->at -= AROUND;
	else
		s->at = s->start;
	return false;
}

void scan_shift(struct scan *s, size_t by)
{
	s->start -= by;
	s->at -= by;
}

bool scan_last(struct scan *s, const char *data, size_t len, struct slice *out)
{
	return end_line(s, data, len, out);
}
