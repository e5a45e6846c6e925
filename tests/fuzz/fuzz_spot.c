/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes: what is found lies within them, one behind the other, and is
 * never empty.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/records/spot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len ? len : 1);
	struct spot spot;
	size_t at = 0;

	if (!text)
		abort();
	memcpy(text, data, len);
	assert(spot_begin(text, len) <= len && spot_end(text, len) <= len);
	while (spot_find(text, len, at, 20, &spot)) {
		assert(spot.at >= at && spot.len > 0);
		assert(spot.len <= len - spot.at);
		if (spot.kind == SPOT_PREFIX)
			assert(prefix_is_valid(&spot.prefix));
		at = spot.at + spot.len;
	}
	free(text);
	return 0;
}
