/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * content: lines, boundaries and the parts between them.
 *
 * Only a line that begins with "--" can be a boundary, and only while a
 * multipart is open: everything else goes to the part as it comes, found by
 * one search for a dash.
 */
#include "sensors/content/content.h"

#include <string.h>

#include "sensors/content/inside.h"

size_t content_size(void)
{
	return sizeof(struct content);
}

uint32_t content_parts(const struct content *c)
{
	return c->parts;
}

uint32_t content_skipped(const struct content *c)
{
	return c->skipped;
}

static void header_begin(struct content *c)
{
	part_begin(c);
	c->in_header = true;
	c->field_open = false;
	c->field_first = false;
	c->field_len = 0;
}

void content_begin(struct content *c, const struct content_rules *rules,
		   const struct content_ops *ops, void *ctx)
{
	memset(c, 0, offsetof(struct content, window));
	c->rules = rules;
	c->ops = ops;
	c->ctx = ctx;
	c->top = true;
	c->line_start = true;
	header_begin(c);
}

static void field_end(struct content *c)
{
	if (c->field_open)
		fields_take(c);
	c->field_open = false;
	c->field_cut = false;
	c->field_first = false;
	c->field_len = 0;
}

/* When all levels are taken, the innermost gives way: what lies deepest is
 * still looked at, though not all of its neighbours. */
static void push_level(struct content *c)
{
	struct finding deep = {
		.kind = FINDING_SEALED,
		.severity = 2,
		.text = "parts nested too deep to look at all of them",
	};

	if (c->depth < CONTENT_LEVELS) {
		c->levels[c->depth++] = c->boundary;
		return;
	}
	c->levels[CONTENT_LEVELS - 1] = c->boundary;
	c->skipped++;
	if (!c->deep)
		c->ops->found(c->ctx, &deep);
	c->deep = true;
}

static void header_end(struct content *c)
{
	field_end(c);
	c->in_header = false;
	c->top = false;
	if (c->part.kind == PART_MULTIPART && c->boundary.len > 0) {
		push_level(c);
	} else if (c->part.kind == PART_MULTIPART) {
		/* Nothing can part it: whatever it is, look at it. */
		c->part.kind = PART_LEAF;
	} else if (c->part.kind == PART_MESSAGE) {
		if (c->part.encoding == ENCODING_NONE) {
			header_begin(c);
		} else {
			/* RFC 2046 section 5.2.1 forbids it: its bytes are
			 * looked at, its parts are not. */
			c->part.kind = PART_LEAF;
			c->skipped++;
		}
	}
}

static void add_to_field(struct content *c, const uint8_t *bytes, size_t len)
{
	size_t room = CONTENT_FIELD - c->field_len;
	size_t n = len < room ? len : room;

	if (n < len && !c->field_cut) {
		c->field_cut = true;
		c->skipped++;
	}
	memcpy(c->field + c->field_len, bytes, n);
	c->field_len = (uint16_t)(c->field_len + n);
	c->field_open = true;
}

/*
 * A line without a colon is no field: mail servers take it for the first line
 * of the body whose empty line was left out, and so do those who read it there.
 * Only a mailbox's "From " may stand among fields.
 */
static bool is_field(const struct content *c)
{
	return memchr(c->field, ':', c->field_len) ||
	       (c->field_len > 5 && (memcmp(c->field, "From ", 5) == 0 ||
				     memcmp(c->field, ">From", 5) == 0));
}

static void body_begins(struct content *c)
{
	uint8_t line[CONTENT_FIELD];
	size_t len = c->field_len;

	memcpy(line, c->field, len);
	c->field_open = false;
	header_end(c);
	c->line_start = true;
	content_data(c, line, len);
}

/* Up to a line's end.  Returns the bytes taken. */
static size_t step_header(struct content *c, const uint8_t *bytes, size_t len)
{
	const uint8_t *end;
	size_t n;

	if (c->line_start) {
		c->line_start = false;
		if (*bytes == '\n') {
			c->line_start = true;
			header_end(c);
			return 1;
		}
		if (*bytes == '\r') {
			/* Of a line's end, unless something follows. */
			field_end(c);
			c->field_first = true;
			add_to_field(c, bytes, 1);
			return 1;
		}
		if (*bytes != ' ' && *bytes != '\t') {
			field_end(c);
			c->field_first = true;
		}
	}
	if (c->field_first && len > CONTENT_FIELD - c->field_len)
		len = CONTENT_FIELD - c->field_len;
	end = memchr(bytes, '\n', len);
	n = end ? (size_t)(end - bytes) + 1 : len;
	c->line_start = end != NULL;
	if (end && n == 1 && c->field_len == 1 && c->field[0] == '\r') {
		header_end(c);
		return 1;
	}
	add_to_field(c, bytes, n);
	if (c->field_first && (end || c->field_len == CONTENT_FIELD)) {
		c->field_first = false;
		if (!is_field(c))
			body_begins(c);
	}
	return n;
}

/* To the next line that begins with a dash.  Returns the bytes taken. */
static size_t step_body(struct content *c, const uint8_t *bytes, size_t len)
{
	size_t n = len;

	if (c->depth > 0) {
		const uint8_t *from = bytes + 1, *dash;

		while ((dash = memchr(from, '-',
				      len - (size_t)(from - bytes)))) {
			if (dash[-1] == '\n') {
				n = (size_t)(dash - bytes);
				break;
			}
			from = dash + 1;
		}
	}
	part_body(c, bytes, n);
	c->line_start = bytes[n - 1] == '\n';
	return n;
}

static void pass_on(struct content *c, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t n = c->in_header ? step_header(c, bytes, len)
					: step_body(c, bytes, len);

		bytes += n;
		len -= n;
	}
}

/* Does the line in the probe part something?  -1: no. */
static int find_level(const struct content *c, size_t len, bool *closes)
{
	const uint8_t *line = c->probe + 2;

	len -= 2;
	for (int i = c->depth - 1; i >= 0; i--) {
		const struct level *level = &c->levels[i];

		*closes = len == level->len + 2u && line[len - 1] == '-' &&
			  line[len - 2] == '-';
		if (len != level->len && !*closes &&
		    !(level->len == BOUNDARY_MAX && len > level->len))
			continue;
		if (rules_hash(c->rules, line, level->len) == level->hash)
			return i;
	}
	return -1;
}

static size_t trimmed(const struct content *c)
{
	size_t len = c->probe_len;

	while (len > 2 &&
	       (c->probe[len - 1] == '\n' || c->probe[len - 1] == '\r' ||
		c->probe[len - 1] == ' ' || c->probe[len - 1] == '\t'))
		len--;
	return len;
}

/* The line is whole, or longer than any boundary. */
static void probe_end(struct content *c, bool whole)
{
	uint8_t line[sizeof(c->probe)];
	size_t len = c->probe_len;
	bool closes = false;
	int level = find_level(c, trimmed(c), &closes);

	if (level < 0) {
		memcpy(line, c->probe, len);
		c->probe_len = 0;
		c->line_start = true;
		pass_on(c, line, len);
		return;
	}
	c->probe_len = 0;
	if (c->in_header)
		header_end(c);
	part_end(c);
	/* Some programs go on behind the end: its boundary still counts. */
	c->depth = (uint8_t)(level + 1);
	c->in_header = false;
	if (!closes)
		header_begin(c);
	c->line_start = true;
	c->skip_line = !whole;
}

/* A line that begins with a dash.  Returns the bytes taken. */
static size_t step_probe(struct content *c, const uint8_t *bytes, size_t len)
{
	size_t room = sizeof(c->probe) - c->probe_len;
	size_t n = len < room ? len : room;
	const uint8_t *end = memchr(bytes, '\n', n);

	if (end)
		n = (size_t)(end - bytes) + 1;
	memcpy(c->probe + c->probe_len, bytes, n);
	c->probe_len = (uint16_t)(c->probe_len + n);
	if (c->probe_len >= 2 && c->probe[1] != '-') {
		uint8_t line[sizeof(c->probe)];
		size_t kept = c->probe_len;

		memcpy(line, c->probe, kept);
		c->probe_len = 0;
		c->line_start = true;
		pass_on(c, line, kept);
	} else if (end || c->probe_len == sizeof(c->probe)) {
		probe_end(c, end != NULL);
	}
	return n;
}

static size_t step_skip(struct content *c, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = memchr(bytes, '\n', len);

	if (!end)
		return len;
	c->skip_line = false;
	c->line_start = true;
	return (size_t)(end - bytes) + 1;
}

void content_data(struct content *c, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t n;

		if (c->skip_line)
			n = step_skip(c, bytes, len);
		else if (c->probe_len > 0 ||
			 (c->line_start && c->depth > 0 && *bytes == '-'))
			n = step_probe(c, bytes, len);
		else if (c->in_header)
			n = step_header(c, bytes, len);
		else
			n = step_body(c, bytes, len);
		bytes += n;
		len -= n;
	}
}

void content_gap(struct content *c)
{
	c->probe_len = 0;
	c->skip_line = true;
	c->skipped++;
	c->part.holed = true;
	if (c->in_header)
		field_end(c);
}

void content_end(struct content *c)
{
	if (c->probe_len > 0)
		probe_end(c, true);
	if (c->field_first && c->field_open && !is_field(c))
		body_begins(c);
	if (c->in_header)
		header_end(c);
	part_end(c);
}
