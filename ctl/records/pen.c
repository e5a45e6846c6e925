/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pen: one spelling per value.  Knows JSON's tokens; knows no record.
 */
#include "ctl/records/pen.h"

#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/core/prefix.h"

#define DIGITS_MAX 20 /* of a uint64_t */
#define TIME_LEN   32 /* with both quotes */
#define GROUPS	   8 /* of an IPv6 address */

struct pen pen_over(char *out, size_t size)
{
	return (struct pen){ .at = out, .end = out + size };
}

/* Divisions are what a number costs: two digits of each. */
static const char pairs[] =
	"00010203040506070809101112131415161718192021222324"
	"25262728293031323334353637383940414243444546474849"
	"50515253545556575859606162636465666768697071727374"
	"75767778798081828384858687888990919293949596979899";

/* VALUE below 100. */
static inline void put_pair(char *to, uint64_t value)
{
	memcpy(to, pairs + 2 * value, 2);
}

void pen_number(struct pen *pen, uint64_t value)
{
	char digits[DIGITS_MAX];
	size_t i = sizeof(digits);

	while (value > 99) {
		i -= 2;
		put_pair(digits + i, value % 100);
		value /= 100;
	}
	if (value > 9) {
		i -= 2;
		put_pair(digits + i, value);
	} else {
		digits[--i] = (char)('0' + value);
	}
	pen_raw(pen, digits + i, sizeof(digits) - i);
}

void pen_signed(struct pen *pen, int64_t value)
{
	if (value < 0)
		pen_literal(pen, "-");
	pen_number(pen, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void pen_word(struct pen *pen, const char *word)
{
	pen_literal(pen, "\"");
	pen_raw(pen, word, strlen(word));
	pen_literal(pen, "\"");
}

void pen_text(struct pen *pen, const char *text)
{
	size_t len = strlen(text);
	size_t used;

	pen_literal(pen, "\"");
	if (pen->failed)
		return;
	/* escape_json() asks for room for the longest escape and a NUL. */
	used = escape_json(pen->at, (size_t)(pen->end - pen->at), text, len);
	if (used == 0 && len > 0)
		pen->failed = true;
	else
		pen->at += used;
	pen_literal(pen, "\"");
}

/* VALUE as exactly eight decimal digits at TO. */
static void put_eight(char *to, uint32_t value)
{
	for (size_t i = 8; i > 0; i -= 2) {
		put_pair(to + i - 2, value % 100);
		value /= 100;
	}
}

/*
 * The date of the Gregorian calendar that is DAYS after 1970-01-01, as
 * "2026-11-21" at TO.  Years are counted from March, so that the leap day is
 * a year's last, and in eras of 400 years, which are all alike.
 */
static void put_date(char *to, uint32_t days)
{
	uint32_t since = days + 719468; /* 0000-03-01 */
	uint32_t era = since / 146097;
	uint32_t day = since % 146097;
	uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint32_t month; /* from March */

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	year += era * 400 + (month >= 10);
	put_pair(to, year / 100);
	put_pair(to + 2, year % 100);
	to[4] = '-';
	put_pair(to + 5, month < 10 ? month + 3 : month - 9);
	to[7] = '-';
	put_pair(to + 8, day + 1);
}

void pen_time(struct pen *pen, uint64_t calendar_ns)
{
	uint64_t seconds = calendar_ns / CLOCK_NS_PER_S;
	uint32_t second = (uint32_t)(seconds % 86400);
	uint32_t ns = (uint32_t)(calendar_ns % CLOCK_NS_PER_S);
	char *to = pen_take(pen, TIME_LEN);

	if (!to)
		return;
	to[0] = '"';
	put_date(to + 1, (uint32_t)(seconds / 86400));
	to[11] = 'T';
	put_pair(to + 12, second / 3600);
	to[14] = ':';
	put_pair(to + 15, second / 60 % 60);
	to[17] = ':';
	put_pair(to + 18, second % 60);
	to[20] = '.';
	put_eight(to + 21, ns / 10);
	to[29] = (char)('0' + ns % 10);
	to[30] = 'Z';
	to[31] = '"';
}

static void put_ip4(struct pen *pen, const uint8_t *addr)
{
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			pen_literal(pen, ".");
		pen_number(pen, addr[i]);
	}
}

static const char hex_digits[] = "0123456789abcdef";

static void put_group(struct pen *pen, unsigned int group)
{
	char digits[4];
	size_t i = sizeof(digits);

	do {
		digits[--i] = hex_digits[group & 0xf];
		group >>= 4;
	} while (group);
	pen_raw(pen, digits + i, sizeof(digits) - i);
}

/* The first of the longest runs of two or more zero groups: RFC 5952. */
static size_t longest_run(const unsigned int *groups, size_t *start)
{
	size_t best = 1;
	size_t run = 0;

	*start = GROUPS;
	for (size_t i = 0; i < GROUPS; i++) {
		run = groups[i] == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			*start = i + 1 - run;
		}
	}
	return best;
}

static void put_ip6(struct pen *pen, const uint8_t *addr)
{
	unsigned int groups[GROUPS];
	size_t start, run;

	for (size_t i = 0; i < GROUPS; i++)
		groups[i] = (unsigned int)addr[2 * i] << 8 | addr[2 * i + 1];
	run = longest_run(groups, &start);
	for (size_t i = 0; i < GROUPS; i++) {
		if (i == start) {
			pen_literal(pen, "::");
			i += run - 1;
			continue;
		}
		if (i > 0 && i != start + run)
			pen_literal(pen, ":");
		put_group(pen, groups[i]);
	}
}

void pen_prefix(struct pen *pen, const struct prefix *p)
{
	pen_literal(pen, "\"");
	if (p->family == PREFIX_IP4)
		put_ip4(pen, p->addr);
	else
		put_ip6(pen, p->addr);
	if (!prefix_is_address(p)) {
		pen_literal(pen, "/");
		pen_number(pen, p->length);
	}
	pen_literal(pen, "\"");
}

void pen_hex(struct pen *pen, const uint8_t *bytes, size_t len)
{
	char *to = pen_take(pen, 2 * len + 2);

	if (!to)
		return;
	*to++ = '"';
	for (size_t i = 0; i < len; i++) {
		*to++ = hex_digits[bytes[i] >> 4];
		*to++ = hex_digits[bytes[i] & 0xf];
	}
	*to = '"';
}

void pen_hex64(struct pen *pen, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> (56 - 8 * i));
	pen_hex(pen, bytes, sizeof(bytes));
}
