/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a file: what is found does not depend on where it is cut. */
#include <stdlib.h>

#include "sensors/content/scan.h"

#define EVERYTHING 0x7ffu

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct sum {
	uint64_t hash;
	uint64_t count;
};

/* The scans come in another order when the file is cut: a sum does not. */
static void on_found(void *ctx, enum scan_found what, const uint8_t *text,
		     size_t len)
{
	struct sum *sum = ctx;
	uint64_t hash = what + 1;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ text[i]) * 0x100000001b3u;
	sum->hash += hash;
	sum->count++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sum whole = { 0 }, cut = { 0 };
	struct scan_sink sink = { on_found, &whole };
	size_t at = 0;

	scan_places(EVERYTHING, data, len, len, 0, &sink);
	sink.ctx = &cut;
	while (at < len) {
		size_t n = len - at > 1000 ? 1000 - SCAN_LOOK : len - at;
		size_t ahead = len - at > 1000 ? 1000 : len - at;

		scan_places(EVERYTHING, data + at, n, ahead, at, &sink);
		at += n;
	}
	if (whole.hash != cut.hash || whole.count != cut.count)
		abort();
	return 0;
}
