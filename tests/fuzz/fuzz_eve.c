/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as one line: the fast way says what jansson says, or nothing; and
 * what is an alert, the scan finds.
 */
#include <stdlib.h>
#include <string.h>

#include "feeds/eve.h"
#include "feeds/evejson.h"
#include "feeds/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_scan(struct slice line)
{
	struct scan scan = { 0 };
	struct slice out;
	char *text;

	if (memchr(line.at, '\n', line.len) || memchr(line.at, '\0', line.len))
		return;
	text = malloc(line.len + 1);
	if (!text)
		return;
	memcpy(text, line.at, line.len);
	text[line.len] = '\n';
	if (!scan_next(&scan, text, line.len + 1, &out) ||
	    out.len != line.len || out.at != text)
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct slice line = { (const char *)data, len };
	enum eve_verdict quick, thorough;
	struct eve fast, slow;

	quick = eve_parse(&fast, line);
	thorough = evejson_parse(&slow, line);
	if (thorough == EVE_UNKNOWN || quick == EVE_BAD)
		abort();
	if (quick != EVE_UNKNOWN && quick != thorough)
		abort();
	if (quick == EVE_ALERT && memcmp(&fast, &slow, sizeof(fast)) != 0)
		abort();
	if (thorough == EVE_ALERT)
		check_scan(line);
	return 0;
}
