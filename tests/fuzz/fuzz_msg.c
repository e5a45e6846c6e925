/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a message: what is taken must be written back as the same
 * bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/core/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t again[MSG_SIZE_MAX];
	enum msg_kind kind;
	size_t count;

	if (len > MSG_SIZE_MAX || msg_open(data, len, &kind, &count))
		return 0;
	for (size_t i = 0; i < count; i++) {
		size_t at = MSG_HEADER_SIZE + i * msg_row_size(kind);
		union msg_row row;

		memset(&row, 0, sizeof(row));
		if (msg_get_row(data, kind, i, &row))
			continue;
		msg_put_row(again, kind, &row);
		if (memcmp(again, data + at, msg_row_size(kind)) != 0)
			abort();
	}
	return 0;
}
