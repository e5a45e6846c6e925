/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as base64, cut where the first one says: with the wide way and
 * without it the same comes out, and no more than fits. */
#include <stdlib.h>
#include <string.h>

#include "sensors/content/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t decode(base64_wide wide, uint8_t *out, const uint8_t *in,
		     size_t len, size_t cut)
{
	struct base64 b = { 0 };
	size_t got = 0;

	while (len > 0) {
		size_t n = len < cut ? len : cut;
		uint8_t *piece = malloc(BASE64_ROOM(n));
		size_t written;

		if (!piece)
			abort();
		written = base64_decode_with(wide, &b, piece, in, n);
		if (written > n)
			abort();
		memcpy(out + got, piece, written);
		free(piece);
		got += written;
		in += n;
		len -= n;
	}
	return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *out[2];
	size_t got[2], cut;

	if (len < 2)
		return 0;
	cut = 1 + data[0] * (size_t)8;
	data++;
	len--;
	for (int i = 0; i < 2; i++) {
		out[i] = malloc(len);
		if (!out[i])
			abort();
		got[i] = decode(i ? base64_wide_here() : NULL, out[i], data,
				len, cut);
	}
	if (got[0] != got[1] || memcmp(out[0], out[1], got[0]) != 0)
		abort();
	free(out[0]);
	free(out[1]);
	return 0;
}
