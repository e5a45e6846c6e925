/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spot: tries what may begin at each byte.
 */
#include "ctl/records/spot.h"

#include <string.h>
#include <strings.h>

/* "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255" */
#define IP6_TEXT_MAX 45
/* "[IPv6:...]" */
#define LITERAL_MAX 60
#define NIBBLES	    32
#define NIBBLES_LEN (2 * NIBBLES - 1)

struct text {
	const char *at;
	size_t len;
};

static char char_at(const struct text *t, size_t i)
{
	return i < t->len ? t->at[i] : '\0';
}

static char char_before(const struct text *t, size_t i)
{
	return i > 0 ? t->at[i - 1] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_of(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool is_local(char c)
{
	return is_digit(c) || is_letter(c) || (unsigned char)c > 0x7f ||
	       is_one_of(c, ".!#$%&*+-=?^_`|~");
}

static bool is_domain(char c)
{
	return is_digit(c) || is_letter(c) || (unsigned char)c > 0x7f ||
	       is_one_of(c, ".-_");
}

static bool is_coded(char c)
{
	return is_digit(c) || is_letter(c) || is_one_of(c, "+/=-_\\");
}

/* What any spot consists of. */
static bool is_part(char c)
{
	return is_coded(c) || is_local(c) || is_one_of(c, ":@[]");
}

/* Behind the run of bytes from I on that IS_IT. */
static size_t run_of(const struct text *t, size_t i, bool (*is_it)(char c))
{
	while (i < t->len && is_it(t->at[i]))
		i++;
	return i;
}

static bool follows(const struct text *t, size_t i, const char *word)
{
	size_t len = strlen(word);

	return t->len - i >= len && strncasecmp(t->at + i, word, len) == 0;
}

/* Behind the number of at most 255 at I, as long as can be; I: there is none. */
static size_t octet(const struct text *t, size_t i, uint8_t *out)
{
	unsigned int value = 0;
	size_t begin = i;

	while (i - begin < 3 && is_digit(char_at(t, i)) &&
	       value * 10 + (unsigned int)(t->at[i] - '0') <= 255)
		value = value * 10 + (unsigned int)(t->at[i++] - '0');
	*out = (uint8_t)value;
	return i;
}

/* "in-addr.arpa" tells the numbers in the other order (RFC 1035 3.5). */
static size_t take_reverse(const struct text *t, size_t i, uint8_t octets[4])
{
	static const char zone[] = ".in-addr.arpa";
	uint8_t copy[4];

	if (!follows(t, i, zone))
		return i;
	memcpy(copy, octets, sizeof(copy));
	for (size_t n = 0; n < 4; n++)
		octets[n] = copy[3 - n];
	return i + sizeof(zone) - 1;
}

static size_t ip4(const struct text *t, size_t i, uint8_t octets[4])
{
	char separator = '\0';
	size_t at = i;

	for (size_t n = 0; n < 4; n++) {
		size_t end = octet(t, at, &octets[n]);

		if (end == at)
			return 0;
		at = end;
		if (n == 3)
			break;
		if (n == 0)
			separator = char_at(t, at);
		if (!is_one_of(separator, ".-_") ||
		    char_at(t, at++) != separator)
			return 0;
	}
	/* Numbers with hyphens are many things: a day, for one. */
	if (separator != '.' && is_digit(char_before(t, i)))
		return 0;
	return separator == '.' ? take_reverse(t, at, octets) : at;
}

/* It cannot be letters of words: two groups, and a digit in them. */
static bool is_certain(const char *text, size_t len)
{
	bool has_digit = false;
	size_t groups = 0;

	for (size_t i = 0; i < len; i++) {
		groups += text[i] != ':' && (i == 0 || text[i - 1] == ':');
		has_digit |= is_digit(text[i]);
	}
	return groups > 1 && has_digit;
}

/* "std::end" holds "d::e", which is none. */
static bool is_inside_word(const struct text *t, size_t i, size_t end)
{
	char before = char_before(t, i), after = char_at(t, end);

	return is_digit(before) || is_letter(before) || before == '_' ||
	       is_digit(after) || is_letter(after) || after == '_' ||
	       after == ':';
}

static size_t ip6(const struct text *t, size_t i, struct prefix *out)
{
	size_t len = 0, colons = 0;

	/* "[IPv6:2001:db8::1]" (RFC 5321 4.1.3) */
	if (t->at[i] == '6' && char_at(t, i + 1) == ':' &&
	    (char_before(t, i) | 0x20) == 'v')
		return 0;
	while (len < IP6_TEXT_MAX && (hex_of(char_at(t, i + len)) >= 0 ||
				      is_one_of(char_at(t, i + len), ":.")))
		colons += t->at[i + len++] == ':';
	if (colons < 2)
		return 0;
	for (; len >= 2; len--) {
		if (prefix_parse_address(out, t->at + i, len))
			continue;
		if (memchr(t->at + i, ':', len) &&
		    (is_certain(t->at + i, len) ||
		     !is_inside_word(t, i, i + len)))
			return i + len;
	}
	return 0;
}

/* The digits of a name below ip6.arpa, the last one first (RFC 3596 2.5). */
static size_t nibbles(const struct text *t, size_t i, struct prefix *out)
{
	uint8_t bytes[16] = { 0 };

	if (t->len - i < NIBBLES_LEN)
		return 0;
	for (size_t n = 0; n < NIBBLES; n++) {
		int digit = hex_of(t->at[i + 2 * n]);
		size_t from_end = NIBBLES - 1 - n;

		if (digit < 0 ||
		    (n + 1 < NIBBLES && t->at[i + 2 * n + 1] != '.'))
			return 0;
		bytes[from_end / 2] |=
			(uint8_t)(from_end % 2 ? digit : digit << 4);
	}
	if (hex_of(char_at(t, i + NIBBLES_LEN)) >= 0 ||
	    prefix_make(out, PREFIX_IP6, bytes, 128))
		return 0;
	return i + NIBBLES_LEN;
}

/* A length that belongs to the address before it. */
static size_t take_length(const struct text *t, size_t begin, size_t end,
			  struct prefix *out)
{
	struct prefix longer;
	size_t at = end + 1;

	if (char_at(t, end) != '/')
		return end;
	while (at - end <= 3 && is_digit(char_at(t, at)))
		at++;
	if (is_digit(char_at(t, at)) ||
	    prefix_parse(&longer, t->at + begin, at - begin))
		return end;
	*out = longer;
	return at;
}

static size_t find_prefix(const struct text *t, size_t i, struct prefix *out)
{
	uint8_t octets[16] = { 0 };
	size_t end;

	if (hex_of(t->at[i]) < 0 && t->at[i] != ':')
		return 0;
	end = nibbles(t, i, out);
	if (end)
		return end;
	end = ip6(t, i, out);
	if (!end) {
		end = ip4(t, i, octets);
		if (end && prefix_make(out, PREFIX_IP4, octets, 32))
			end = 0;
	}
	return end ? take_length(t, i, end, out) : 0;
}

/* Behind the mail address at I, or 0. */
static size_t find_mail(const struct text *t, size_t i)
{
	size_t local = run_of(t, i, is_local);
	size_t end;

	if (local == i || char_at(t, local) != '@')
		return 0;
	end = local + 1;
	if (char_at(t, end) == '[') {
		size_t most = t->len - end < LITERAL_MAX ? t->len - end
							 : LITERAL_MAX;
		const char *close = memchr(t->at + end, ']', most);

		return close ? (size_t)(close - t->at) + 1 : end;
	}
	end = run_of(t, end, is_domain);
	while (end > local + 1 && !is_digit(t->at[end - 1]) &&
	       is_one_of(t->at[end - 1], ".-_"))
		end--;
	return end > local + 1 ? end : 0;
}

static bool take(struct spot *out, enum spot_kind kind, size_t at, size_t end)
{
	out->kind = kind;
	out->at = at;
	out->len = end - at;
	return true;
}

bool spot_find(const char *text, size_t len, size_t from, size_t bytes_min,
	       struct spot *out)
{
	const struct text t = { text, len };
	size_t coded = from, local = from; /* behind the runs looked at */
	size_t end;

	for (size_t i = from; i < len; i++) {
		if (i >= local) {
			end = find_mail(&t, i);
			if (end)
				return take(out, SPOT_MAIL, i, end);
			local = run_of(&t, i, is_local);
		}
		if (i >= coded) {
			coded = run_of(&t, i, is_coded);
			if (coded - i >= bytes_min)
				return take(out, SPOT_BYTES, i, coded);
		}
		end = find_prefix(&t, i, &out->prefix);
		if (end)
			return take(out, SPOT_PREFIX, i, end);
	}
	return false;
}

size_t spot_begin(const char *text, size_t len)
{
	const struct text t = { text, len };

	return run_of(&t, 0, is_part);
}

size_t spot_end(const char *text, size_t len)
{
	size_t at = len;

	while (at > 0 && is_part(text[at - 1]))
		at--;
	return len - at;
}
