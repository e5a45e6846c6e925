/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * head: hashes the first bytes.  Nobody gains by finding two heads of one
 * hash: who can write into the log has better ways to disturb.
 */
#include "feeds/head.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int head_read(struct head *out, int fd)
{
	size_t have = 0;

	while (have < HEAD_MAX) {
		ssize_t n = pread(fd, out->bytes + have, HEAD_MAX - have,
				  (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	out->len = (uint32_t)have;
	return 0;
}

/* FNV-1a over words of eight bytes, stirred downwards after each. */
static uint64_t hash(const char *data, size_t len)
{
	uint64_t value = 0xcbf29ce484222325u ^ len;

	for (size_t at = 0; at < len; at += sizeof(uint64_t)) {
		size_t left = len - at;
		uint64_t word = 0;

		memcpy(&word, data + at,
		       left < sizeof(word) ? left : sizeof(word));
		value = (value ^ word) * 0x100000001b3u;
		value ^= value >> 29;
	}
	return value;
}

bool head_fits(const struct head *head, const struct position *p)
{
	return p->head_len <= head->len &&
	       hash(head->bytes, p->head_len) == p->head_hash;
}

void head_tell(const struct head *head, struct position *p)
{
	p->head_len = head->len;
	p->head_hash = hash(head->bytes, head->len);
}
