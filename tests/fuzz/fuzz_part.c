/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a program's part of the configuration: the first byte picks
 * the role.  What is taken can be written again.
 */
#include <stdlib.h>

#include "ctl/core/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct config *config;
	enum role role;
	uint8_t *again;
	size_t again_len;

	if (len < 1)
		return 0;
	role = (enum role)(data[0] % ROLE_COUNT);
	if (part_decode(&config, role, data + 1, len - 1))
		return 0;
	if (part_encode(&again, &again_len, config, role, 0))
		abort();
	free(again);
	config_free(config);
	return 0;
}
