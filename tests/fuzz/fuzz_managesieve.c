/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a dialogue in ManageSieve. */
#include "tests/support/chatter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	chatter_play(data, len, 4190, NULL);
	return 0;
}
