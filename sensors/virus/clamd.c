/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clamd: "stream: NAME FOUND", "stream: OK", or a complaint that ends in
 * "ERROR".  What is not understood is no verdict.
 */
#include "sensors/virus/clamd.h"

#include <string.h>

static bool ends_with(const char *text, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(text + len - n, end, n) == 0;
}

enum scan_result clamd_read(const char *text, size_t len,
			    char name[EVENT_TEXT_SIZE])
{
	static const char prefix[] = "stream: ", found[] = " FOUND";
	size_t skip = sizeof(prefix) - 1, n;

	name[0] = '\0';
	if (len < skip || memcmp(text, prefix, skip) != 0)
		return SCAN_FAILED;
	text += skip;
	len -= skip;
	if (len == 2 && memcmp(text, "OK", 2) == 0)
		return SCAN_CLEAN;
	if (!ends_with(text, len, found) || len == sizeof(found) - 1)
		return SCAN_FAILED;
	n = len - (sizeof(found) - 1);
	if (n > EVENT_TEXT_SIZE - 1)
		n = EVENT_TEXT_SIZE - 1;
	for (size_t i = 0; i < n; i++)
		name[i] = text[i] ? text[i] : '?';
	name[n] = '\0';
	return SCAN_FOUND;
}
