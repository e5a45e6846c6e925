/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relpframe: one step for each part of the frame.  Each looks at bytes that
 * are there alone, and what begins wrong is wrong before its end is there.
 */
#include "ctl/records/relpframe.h"

#include <stdbool.h>

#define DIGITS_MAX 9

struct scan {
	const char *at;
	const char *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* At the byte behind it afterwards, which is there. */
static enum relpframe_parse take_number(struct scan *s, uint32_t *number)
{
	int digits = 0;

	for (*number = 0; s->at < s->end && is_digit(*s->at); s->at++) {
		if (++digits > DIGITS_MAX)
			return RELPFRAME_BAD;
		*number = *number * 10 + (uint32_t)(*s->at - '0');
	}
	if (s->at == s->end)
		return RELPFRAME_MORE;
	return digits ? RELPFRAME_DONE : RELPFRAME_BAD;
}

static enum relpframe_parse take_byte(struct scan *s, char wanted)
{
	if (s->at == s->end)
		return RELPFRAME_MORE;
	return *s->at++ == wanted ? RELPFRAME_DONE : RELPFRAME_BAD;
}

static enum relpframe_parse take_command(struct scan *s, struct relpframe *f)
{
	f->command = s->at;
	while (s->at < s->end && is_letter(*s->at))
		s->at++;
	f->command_len = (size_t)(s->at - f->command);
	if (f->command_len > RELPFRAME_COMMAND_MAX)
		return RELPFRAME_BAD;
	if (s->at == s->end)
		return RELPFRAME_MORE;
	return f->command_len ? RELPFRAME_DONE : RELPFRAME_BAD;
}

/* Without data there is no space either. */
static enum relpframe_parse take_data(struct scan *s, struct relpframe *f)
{
	uint32_t len;
	enum relpframe_parse got = take_number(s, &len);

	if (got == RELPFRAME_DONE && len > 0)
		got = take_byte(s, ' ');
	if (got != RELPFRAME_DONE)
		return got;
	if (len > RELPFRAME_DATA_MAX)
		return RELPFRAME_BAD;
	f->data = s->at;
	f->data_len = len;
	if ((size_t)(s->end - s->at) < len)
		return RELPFRAME_MORE;
	s->at += len;
	return take_byte(s, '\n');
}

enum relpframe_parse relpframe_parse(struct relpframe *out, size_t *used,
				     const char *bytes, size_t len)
{
	struct scan s = { bytes, bytes + len };
	struct relpframe f;
	enum relpframe_parse got = take_number(&s, &f.txnr);

	if (got == RELPFRAME_DONE)
		got = take_byte(&s, ' ');
	if (got == RELPFRAME_DONE)
		got = take_command(&s, &f);
	if (got == RELPFRAME_DONE)
		got = take_byte(&s, ' ');
	if (got == RELPFRAME_DONE)
		got = take_data(&s, &f);
	if (got != RELPFRAME_DONE)
		return got;
	*out = f;
	*used = (size_t)(s.at - bytes);
	return RELPFRAME_DONE;
}
