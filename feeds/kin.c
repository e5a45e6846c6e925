/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kin: names, and no files.
 */
#include "feeds/kin.h"

#include <stddef.h>
#include <string.h>

/* A date has at least so many digits, the number of a part has fewer. */
#define DATE_DIGITS 6

static const char *const endings[] = {
	".gz", ".xz", ".bz2", ".zst", ".lz4", ".lzma", ".lzo", ".Z", ".zip",
};

/* The length of NAME without the ending of a compressed file. */
static size_t bare_len(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t end = strlen(endings[i]);

		if (len > end && strcmp(name + len - end, endings[i]) == 0)
			return len - end;
	}
	return len;
}

bool kin_is_compressed(const char *name)
{
	return bare_len(name) < strlen(name);
}

/* How many digits TEXT has; 0 where there is more in it than a number or a
 * date, behind a dot, a dash or an underscore. */
static size_t count_digits(const char *text, size_t len)
{
	size_t digits = 0;

	if (len < 2 || !strchr(".-_", text[0]))
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			digits++;
		else if (!strchr(".-_:T", text[i]))
			return 0;
	}
	return digits;
}

/* What a part's name has and its log's name has not. */
struct mark {
	const char *at;
	size_t len;
	size_t digits;
};

/* "eve.json" + ".1" */
static bool find_suffix(const char *log, const char *name, struct mark *out)
{
	size_t log_len = strlen(log), len = bare_len(name);

	if (len <= log_len || strncmp(name, log, log_len) != 0)
		return false;
	out->at = name + log_len;
	out->len = len - log_len;
	out->digits = count_digits(out->at, out->len);
	return out->digits > 0;
}

/* "eve" + "-20261121" + ".json" */
static bool find_infix(const char *log, const char *name, struct mark *out)
{
	const char *dot = strrchr(log, '.');
	size_t stem, end, len = bare_len(name);

	if (!dot)
		return false;
	stem = (size_t)(dot - log);
	end = strlen(dot);
	if (len <= stem + end || strncmp(name, log, stem) != 0 ||
	    strncmp(name + len - end, dot, end) != 0)
		return false;
	out->at = name + stem;
	out->len = len - stem - end;
	out->digits = count_digits(out->at, out->len);
	return out->digits >= DATE_DIGITS;
}

static bool find_mark(const char *log, const char *name, struct mark *out)
{
	return find_suffix(log, name, out) || find_infix(log, name, out);
}

bool kin_is_part(const char *log, const char *name)
{
	struct mark mark;

	return find_mark(log, name, &mark);
}

/* The order of two texts of digits: longer ones are greater numbers. */
static int compare_marks(const struct mark *a, const struct mark *b)
{
	size_t len = a->len < b->len ? a->len : b->len;

	if (a->digits < DATE_DIGITS && a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->at, b->at, len);
}

int kin_compare_age(const char *log, const char *a, const char *b)
{
	struct mark left, right;
	bool dates;

	if (!find_mark(log, a, &left) || !find_mark(log, b, &right))
		return 0;
	dates = left.digits >= DATE_DIGITS;
	if (dates != (right.digits >= DATE_DIGITS))
		return 0;
	return dates ? compare_marks(&left, &right)
		     : compare_marks(&right, &left);
}

bool kin_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			retry = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
