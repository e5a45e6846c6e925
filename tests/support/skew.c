/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * skew: with LD_PRELOAD, a calendar clock that a test can set, and no other
 * clock: the file that POSTERN_SKEW names holds 8 bytes, the nanoseconds that
 * are added to it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *skew_ns;

/* Before the process may no longer open it. */
__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("POSTERN_SKEW");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*skew_ns), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		skew_ns = at;
}

int clock_gettime(clockid_t id, struct timespec *out)
{
	int err = (int)syscall(SYS_clock_gettime, id, out);
	int64_t ns;

	if (err || !skew_ns || id != CLOCK_REALTIME)
		return err;
	ns = out->tv_sec * 1000000000ll + out->tv_nsec + *skew_ns;
	out->tv_sec = ns / 1000000000ll;
	out->tv_nsec = ns % 1000000000ll;
	return 0;
}
