/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a line that is filtered, as a seal, and as an index: nothing is
 * read outside of them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctl/records/index.h"
#include "ctl/records/member.h"
#include "ctl/records/query.h"
#include "ctl/records/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void look_up(const uint8_t *data, size_t len)
{
	const struct prefix p = { .family = PREFIX_IP4,
				  .length = 24,
				  .addr = { 192, 0, 2 } };
	struct index index;
	uint8_t *bits;
	int fd = memfd_create("index", MFD_CLOEXEC);

	if (fd < 0 || pwrite(fd, data, len, 0) != (ssize_t)len)
		abort();
	if (index_open(&index, fd) == 0) {
		bits = calloc(1, (size_t)(index.frames / 8 + 1));
		if (!bits)
			abort();
		index_look_up(&index, &p, bits);
		for (uint64_t i = 0; i < index.frames; i++)
			index_frame(&index, i);
		free(bits);
		index_close(&index);
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct query q = {
		.address = { .family = PREFIX_IP4, .length = 0 },
		.sign = "ids-alert",
		.server = "mx1",
	};
	char *line = malloc(len + 1);
	struct members members;
	struct record record;
	struct member m;
	struct seal seal;
	char text[64];
	uint64_t time_ns;
	size_t text_len;

	if (!line)
		abort();
	memcpy(line, data, len);
	(void)query_takes(&q, line, len, &time_ns);
	members = members_of(line, len);
	while (members_next(&members, &m)) {
		assert(m.key >= line && m.value + m.value_len <= line + len);
		if (member_text(&m, text, sizeof(text), &text_len))
			assert(text_len < sizeof(text));
	}
	if (record_open(&record, line, len) == 0 &&
	    seal_read(&seal, &record) == 0)
		(void)seal_is_signed(&seal, line, &record, record.hash);
	free(line);
	look_up(data, len);
	return 0;
}
