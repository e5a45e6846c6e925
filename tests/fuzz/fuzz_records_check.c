/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a segment: whatever is found lies within it, and what is told
 * again comes to an end.
 */
#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ctl/records/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct chain *chain;
	struct check check = { .named = 1 };
	struct finding f;
	int fd = memfd_create("segment", MFD_CLOEXEC);

	if (!chain && chain_new(&chain))
		abort();
	if (fd < 0 || pwrite(fd, data, len, 0) != (ssize_t)len)
		abort();
	check.chain = chain;
	if (check_segment(&f, &check, fd))
		abort();
	close(fd);
	assert(f.size == len && f.good_end <= len && f.error == 0);
	assert((f.lines > 0) == (f.good_end > 0));
	assert((f.flaw == FLAW_NONE) == (f.bad_lines == 0));
	assert(f.lines + f.bad_lines + f.tail_lines <= len);
	/* What is neither good nor damage is a tail, and a tail is not good. */
	if (f.bad_lines == 0)
		assert((f.tail_lines > 0) == (f.good_end < len));
	return 0;
}
