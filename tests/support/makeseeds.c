/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makeseeds FOLDER: a seed of fuzz_msg for each kind of message that has none
 * which is one: after a row's size was changed.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/core/msg.h"

static uint8_t message[MSG_SIZE_MAX];

static int has_seed(const char *path, enum msg_kind kind)
{
	FILE *file = fopen(path, "rb");
	enum msg_kind found;
	union msg_row row;
	size_t len, count;

	if (!file)
		return 0;
	len = fread(message, 1, sizeof(message), file);
	fclose(file);
	return msg_open(message, len, &found, &count) == 0 && found == kind &&
	       msg_get_row(message, kind, 0, &row) == 0;
}

/* One row that says nothing, which every kind can. */
static int write_seed(const char *path, enum msg_kind kind)
{
	size_t len = MSG_HEADER_SIZE + msg_row_size(kind);
	FILE *file = fopen(path, "wb");

	if (!file)
		return 1;
	memset(message, 0, len);
	msg_put_header(message, kind, 1);
	if (fwrite(message, 1, len, file) != len)
		return 1;
	printf("%s\n", path);
	return fclose(file) != 0;
}

int main(int argc, char **argv)
{
	char path[4096];

	if (argc != 2)
		return 2;
	for (int i = 0; i < MSG_COUNT_OF_KINDS; i++) {
		enum msg_kind kind = (enum msg_kind)i;

		if (msg_row_size(kind) == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], msg_name(kind));
		if (!has_seed(path, kind) && write_seed(path, kind))
			return 1;
	}
	return 0;
}
