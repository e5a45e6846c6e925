/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture: the first bytes tell, whatever the name says.
 */
#include "ctl/cli/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The first bytes of a file.  -1, errno: it cannot be read. */
static ssize_t read_head(const char *path, uint8_t head[6])
{
	int fd = strcmp(path, "-") == 0
			 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			 : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pread(fd, head, 6, 0);
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return got;
}

static bool is_mark(const uint8_t *head, ssize_t len)
{
	/* pcap in both byte orders, micro- and nanoseconds, modified; pcapng. */
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d,
					   0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1,
					   0x0a0d0d0a };
	uint32_t magic;

	if (len < (ssize_t)sizeof(magic))
		return false;
	memcpy(&magic, head, sizeof(magic));
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (magic == magics[i])
			return true;
	}
	return false;
}

bool capture_is_one(const char *path)
{
	uint8_t head[6];

	return is_mark(head, read_head(path, head));
}

static bool is_one_of(const char *ending, size_t len, const char *const *list,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(list[i]) == len &&
		    strncasecmp(ending, list[i], len) == 0)
			return true;
	}
	return false;
}

/* "mail.pcap", and "mail.pcap.gz" where somebody has packed it. */
static bool is_named_so(const char *path)
{
	static const char *const captures[] = { ".pcap", ".pcapng", ".cap" };
	static const char *const packed[] = { ".gz", ".zst", ".xz", ".bz2" };
	const char *dot = strrchr(path, '.'), *end = path + strlen(path);

	if (dot && is_one_of(dot, (size_t)(end - dot), packed, 4)) {
		end = dot;
		dot = memrchr(path, '.', (size_t)(end - path));
	}
	return dot && is_one_of(dot, (size_t)(end - dot), captures, 3);
}

const char *capture_fault(const char *path)
{
	static const struct {
		const char *begin;
		const char *fault;
	} known[] = {
		{ "\x1f\x8b", "it is compressed with gzip; unpack it first" },
		{ "\x28\xb5\x2f\xfd",
		  "it is compressed with zstd; unpack it first" },
		{ "\xfd\x37zXZ", "it is compressed with xz; unpack it first" },
		{ "BZh", "it is compressed with bzip2; unpack it first" },
	};
	uint8_t head[6];
	ssize_t len;

	if (!is_named_so(path))
		return NULL;
	len = read_head(path, head);
	if (len < 0)
		return strerror(errno);
	if (len == 0)
		return "it is empty";
	if (is_mark(head, len))
		return NULL;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i].begin);

		if ((size_t)len >= n && memcmp(head, known[i].begin, n) == 0)
			return known[i].fault;
	}
	return "it does not begin as one: its head is damaged, or it is a log "
	       "with a wrong name";
}
