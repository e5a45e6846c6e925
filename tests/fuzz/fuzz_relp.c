/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what a syslog daemon answers: what is parsed lies within them,
 * and no message counts as acknowledged that the bytes do not acknowledge, in
 * one piece or in two.  The first byte says where the second begins.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/records/relp.h"

#define SENT 4u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The frames at its begin that can acknowledge something. */
static unsigned int count_answers(const char *text, size_t len)
{
	unsigned int count = 0;
	struct relpframe f;
	size_t used;

	while (relpframe_parse(&f, &used, text, len) == RELPFRAME_DONE) {
		assert(used <= len && used <= RELPFRAME_SIZE_MAX);
		assert(f.command > text && f.command_len > 0);
		assert(f.data + f.data_len + 1 == text + used);
		count += f.command_len == 3 && f.data_len >= 3;
		text += used;
		len -= used;
	}
	assert(len < RELPFRAME_SIZE_MAX ||
	       relpframe_parse(&f, &used, text, len) == RELPFRAME_BAD);
	return count;
}

/* What is acknowledged when TEXT comes, the bytes behind CUT later. */
static unsigned int heed(const char *text, size_t len, size_t cut, int *err)
{
	struct relp r = { .next = 2 + SENT, .answered = 1 };
	unsigned int acked, sum = 0;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		abort();
	r.fd = pair[0];
	for (*err = 0; *err == 0;) {
		size_t piece = cut ? cut : len;

		if (piece && write(pair[1], text, piece) != (ssize_t)piece)
			abort();
		text += piece;
		len -= piece;
		cut = 0;
		if (len == 0)
			shutdown(pair[1], SHUT_WR);
		*err = relp_heed(&r, -1, &acked);
		sum += acked;
	}
	assert(sum + relp_unanswered(&r) == SENT);
	relp_close(&r);
	close(pair[1]);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned int whole;
	char *copy;
	int one, two;

	if (len < 1 || len > 4096)
		return 0;
	copy = malloc(len - 1 ? len - 1 : 1);
	if (!copy)
		abort();
	memcpy(copy, data + 1, len - 1);
	whole = heed(copy, len - 1, 0, &one);
	assert(whole <= count_answers(copy, len - 1));
	assert(heed(copy, len - 1, data[0] % len, &two) == whole);
	assert(one == two);
	free(copy);
	return 0;
}
