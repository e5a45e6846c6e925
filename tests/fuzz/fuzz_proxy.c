/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a dialogue in SMTP behind a PROXY header. */
#include "tests/support/chatter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	chatter_play(data, len, 25, "203.0.113.0/24");
	return 0;
}
