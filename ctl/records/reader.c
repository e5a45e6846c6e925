/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader: the one spelling of each value, checked.  Knows JSON's tokens;
 * knows no record.
 */
#include "ctl/records/reader.h"

#include <arpa/inet.h>
#include <endian.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/prefix.h"
#include "ctl/records/pen.h"

#define NO_PAIR	   10000u /* of digits: more than any four of them */
#define TIME_LEN   32 /* with both quotes */
#define DIGITS_MAX 20 /* of a uint64_t */
#define WRAP	   10000000000000000000u /* the least of them */

struct reader reader_over(const char *text, size_t len)
{
	return (struct reader){ .at = text, .end = text + len };
}

static uint64_t fail(struct reader *r)
{
	r->failed = true;
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

uint64_t reader_number(struct reader *r, uint64_t max)
{
	const char *start = r->at;
	uint64_t value = 0;
	size_t count;

	while (r->at < r->end && is_digit(*r->at))
		value = value * 10 + (uint64_t)(*r->at++ - '0');
	count = (size_t)(r->at - start);
	/* Of 20 digits, those above 2^64 began with 1 and came out smaller. */
	if (r->failed || count == 0 || count > DIGITS_MAX || value > max ||
	    (*start == '0' && count > 1) ||
	    (count == DIGITS_MAX && (*start != '1' || value < WRAP)))
		return fail(r);
	return value;
}

int32_t reader_signed(struct reader *r)
{
	bool negative = reader_skip_literal(r, "-");
	uint64_t value =
		reader_number(r, (uint64_t)INT32_MAX + (negative ? 1 : 0));

	if (negative && value == 0)
		fail(r);
	return (int32_t)(negative ? -(int64_t)value : (int64_t)value);
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

const char *reader_word(struct reader *r, size_t *len)
{
	const char *start;

	reader_expect_literal(r, "\"");
	start = r->at;
	while (r->at < r->end && is_word_char(*r->at))
		r->at++;
	*len = (size_t)(r->at - start);
	reader_expect_literal(r, "\"");
	if (r->failed || *len == 0)
		*len = fail(r);
	return start;
}

/* The value of a lower-case hexadecimal digit, or more than any. */
static unsigned int hex_digit(char c)
{
	if (is_digit(c))
		return (unsigned int)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10) : 0x100;
}

static bool is_plain(unsigned int c)
{
	return c >= 0x20 && c < 0x7f;
}

/* The byte behind a backslash: \" \\ or \u00XX of one that is not plain. */
static char read_escape(struct reader *r)
{
	unsigned int byte;

	if (reader_skip_literal(r, "\""))
		return '"';
	if (reader_skip_literal(r, "\\"))
		return '\\';
	reader_expect_literal(r, "u00");
	if (r->failed || reader_left(r) < 2)
		return (char)fail(r);
	byte = hex_digit(r->at[0]) << 4 | hex_digit(r->at[1]);
	/* No text holds a NUL: it ends at one. */
	if (byte > 0xff || is_plain(byte) || byte == 0)
		return (char)fail(r);
	r->at += 2;
	return (char)byte;
}

void reader_text(struct reader *r, char *out, size_t size)
{
	size_t used = 0;

	reader_expect_literal(r, "\"");
	while (!r->failed && r->at < r->end && *r->at != '"') {
		char c = *r->at++;

		if (used == size - 1 ||
		    (c != '\\' && !is_plain((unsigned char)c))) {
			fail(r);
			break;
		}
		out[used++] = c == '\\' ? read_escape(r) : c;
	}
	reader_expect_literal(r, "\"");
	memset(out + used, 0, size - used);
}

/* Two digits at TEXT; what is none makes the result larger than 99. */
static inline uint32_t pair(const char *text)
{
	uint32_t high = (uint8_t)(text[0] - '0');
	uint32_t low = (uint8_t)(text[1] - '0');

	return high > 9 || low > 9 ? NO_PAIR : high * 10 + low;
}

/* Four, or more than 9999. */
static inline uint32_t quad(const char *text)
{
	return pair(text) * 100 + pair(text + 2);
}

/* Days from 1970-01-01, or UINT32_MAX: no such date. */
static uint32_t days_of(uint32_t year, uint32_t month, uint32_t day)
{
	static const uint16_t before[13] = { 0,	  0,   31,  59,	 90,  120, 151,
					     181, 212, 243, 273, 304, 334 };
	static const uint8_t lengths[13] = { 0,	 31, 28, 31, 30, 31, 30,
					     31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	uint32_t years = year - 1;

	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month] + (leap && month == 2 ? 1u : 0u))
		return UINT32_MAX;
	return years * 365 + years / 4 - years / 100 + years / 400 +
	       before[month] + (leap && month > 2 ? 1 : 0) + day - 1 - 719162;
}

/* The digits of a day's time, or UINT64_MAX. */
static inline uint64_t day_ns(const char *t)
{
	uint32_t hour = pair(t);
	uint32_t minute = pair(t + 3);
	uint32_t second = pair(t + 6);
	uint32_t high = quad(t + 9);
	uint32_t low = quad(t + 13);
	uint32_t last = (uint8_t)(t[17] - '0');

	if (hour > 23 || minute > 59 || second > 59 || high > 9999 ||
	    low > 9999 || last > 9)
		return UINT64_MAX;
	return (uint64_t)(hour * 3600 + minute * 60 + second) * CLOCK_NS_PER_S +
	       (high * 10000 + low) * 10 + last;
}

uint64_t reader_time(struct reader *r)
{
	const char *t = r->at;
	uint64_t ns, total;
	uint32_t days;

	if (r->failed || reader_left(r) < TIME_LEN)
		return fail(r);
	days = days_of(quad(t + 1), pair(t + 6), pair(t + 9));
	ns = day_ns(t + 12);
	if (t[0] != '"' || t[5] != '-' || t[8] != '-' || t[11] != 'T' ||
	    t[14] != ':' || t[17] != ':' || t[20] != '.' || t[30] != 'Z' ||
	    t[31] != '"' || days == UINT32_MAX || ns == UINT64_MAX ||
	    __builtin_mul_overflow(days, 86400ull * CLOCK_NS_PER_S, &total) ||
	    __builtin_add_overflow(total, ns, &total))
		return fail(r);
	r->at += TIME_LEN;
	return total;
}

static void read_ip4(struct reader *r, uint8_t *addr)
{
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			reader_expect_literal(r, ".");
		addr[i] = (uint8_t)reader_number(r, UINT8_MAX);
	}
}

/* Any spelling of IPv6; whether it is the right one shows afterwards. */
static void read_ip6(struct reader *r, uint8_t *addr)
{
	char copy[INET6_ADDRSTRLEN];
	size_t len = 0;

	while (len < reader_left(r) && r->at[len] != '/' && r->at[len] != '"')
		len++;
	if (r->failed || len >= sizeof(copy)) {
		fail(r);
		return;
	}
	memcpy(copy, r->at, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET6, copy, addr) != 1)
		fail(r);
	r->at += len;
}

static bool is_spelling_of(const char *text, size_t len, const struct prefix *p)
{
	char again[PREFIX_TEXT_SIZE + 2];
	struct pen pen = pen_over(again, sizeof(again));

	pen_prefix(&pen, p);
	return !pen.failed && (size_t)(pen.at - again) == len &&
	       memcmp(again, text, len) == 0;
}

/* IPv6 has its first colon behind at most four digits; IPv4 has none. */
static uint8_t family_of(const struct reader *r)
{
	size_t len = reader_left(r) < 5 ? reader_left(r) : 5;

	return memchr(r->at, ':', len) ? PREFIX_IP6 : PREFIX_IP4;
}

void reader_prefix(struct reader *r, struct prefix *out)
{
	const char *start = r->at;
	uint8_t addr[16] = { 0 };
	struct prefix p = { 0 };
	unsigned int length;
	uint8_t family;

	*out = p;
	reader_expect_literal(r, "\"");
	family = family_of(r);
	if (family == PREFIX_IP4)
		read_ip4(r, addr);
	else
		read_ip6(r, addr);
	length = prefix_bits(family);
	if (reader_skip_literal(r, "/"))
		length = (unsigned int)reader_number(r, length - 1);
	reader_expect_literal(r, "\"");
	if (r->failed)
		return;
	if (prefix_make(&p, family, addr, length) ||
	    memcmp(p.addr, addr, sizeof(addr)) != 0 ||
	    (family == PREFIX_IP6 &&
	     !is_spelling_of(start, (size_t)(r->at - start), &p)))
		fail(r);
	else
		*out = p;
}

/* Four bytes from eight digits, all at once; false: one is none. */
static bool read_quad(uint8_t out[4], const char *text)
{
	uint64_t ones = 0x0101010101010101u, digits, values, letters, spelt;
	uint32_t quad;

	memcpy(&digits, text, sizeof(digits));
	digits = le64toh(digits);
	/* A letter has bit 6; 'a' ends in 1 and is worth 10. */
	values = (digits & 0xf * ones) + 9 * (digits >> 6 & ones);
	letters = (values + 6 * ones) >> 4 & ones;
	spelt = values + '0' * ones + letters * ('a' - 10 - '0');
	if (values & 0xf0 * ones || spelt != digits)
		return false;
	values = (values << 4 | values >> 8) & 0x00ff00ff00ff00ffu;
	values = (values | values >> 8) & 0x0000ffff0000ffffu;
	quad = htole32((uint32_t)(values | values >> 16));
	memcpy(out, &quad, sizeof(quad));
	return true;
}

void reader_hex(struct reader *r, uint8_t *out, size_t len)
{
	bool good = true;

	reader_expect_literal(r, "\"");
	if (r->failed || reader_left(r) < 2 * len) {
		fail(r);
		memset(out, 0, len);
		return;
	}
	for (size_t i = 0; i < len; i += 4)
		good &= read_quad(out + i, r->at + 2 * i);
	r->at += 2 * len;
	if (!good)
		fail(r);
	reader_expect_literal(r, "\"");
}

uint64_t reader_hex64(struct reader *r)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	reader_hex(r, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		value = value << 8 | bytes[i];
	return value;
}

bool reader_done(const struct reader *r)
{
	return !r->failed && r->at == r->end;
}
