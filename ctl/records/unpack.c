/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack: libzstd's stream of frames.
 */
#include "ctl/records/unpack.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

/* A window that no frame of ours needs: a frame that asks for more is
 * somebody else's, and may not take the memory. */
#define WINDOW_LOG_MAX 23

struct unpack {
	int fd;
	uint64_t offset; /* in the file, behind INPUT */
	ZSTD_DCtx *ctx;
	ZSTD_inBuffer input;
	bool in_frame; /* the newest one is not at its end */
	char block[1u << 17];
};

int unpack_open(struct unpack **out, int fd)
{
	struct unpack *u = calloc(1, sizeof(*u));

	if (!u)
		return -ENOMEM;
	u->fd = fd;
	u->input.src = u->block;
	u->ctx = ZSTD_createDCtx();
	if (!u->ctx || ZSTD_isError(ZSTD_DCtx_setParameter(
			       u->ctx, ZSTD_d_windowLogMax, WINDOW_LOG_MAX))) {
		unpack_close(u);
		return -ENOMEM;
	}
	*out = u;
	return 0;
}

void unpack_close(struct unpack *u)
{
	if (!u)
		return;
	ZSTD_freeDCtx(u->ctx);
	free(u);
}

void unpack_seek(struct unpack *u, uint64_t offset)
{
	u->offset = offset;
	u->input.size = 0;
	u->input.pos = 0;
	u->in_frame = false;
	ZSTD_DCtx_reset(u->ctx, ZSTD_reset_session_only);
}

static ssize_t fill(struct unpack *u)
{
	ssize_t n;

	do
		n = pread(u->fd, u->block, sizeof(u->block), (off_t)u->offset);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	u->offset += (uint64_t)n;
	u->input.size = (size_t)n;
	u->input.pos = 0;
	return n;
}

/* What is in the block, and in the decoder; nothing may come of it yet. */
static int decode(struct unpack *u, ZSTD_outBuffer *output)
{
	size_t left;

	if (u->input.pos == u->input.size && !u->in_frame)
		return 0;
	left = ZSTD_decompressStream(u->ctx, output, &u->input);
	if (ZSTD_isError(left))
		return -EBADMSG;
	u->in_frame = left != 0;
	return 0;
}

ssize_t unpack_read(struct unpack *u, char *buf, size_t room)
{
	ZSTD_outBuffer output = { buf, room, 0 };

	while (room > 0) {
		ssize_t n = decode(u, &output);

		if (n < 0)
			return n;
		if (output.pos > 0)
			break;
		if (u->input.pos < u->input.size)
			continue;
		n = fill(u);
		if (n < 0)
			return n;
		if (n == 0)
			return u->in_frame ? -EBADMSG : 0;
	}
	return (ssize_t)output.pos;
}
