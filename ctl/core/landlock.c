/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * landlock: three system calls, for which glibc has no names.
 */
#include "ctl/core/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12; their numbers are the kernel's. */
#define ACCESS_TRUNCATE (1ull << 14) /* from version 3 on */
#define ACCESS_NET_TCP	3ull /* bind and connect, from version 4 on */

#define WRITING                                                        \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE)
#define NEVER                                                           \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |   \
	 LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK |  \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)

/* struct landlock_ruleset_attr of version 4; an older kernel takes what it
 * knows of it, as long as the rest is 0. */
struct attributes {
	uint64_t fs;
	uint64_t net;
};

static int allow(int ruleset, const char *folder, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	long got;

	rule.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return -errno;
	got = syscall(SYS_landlock_add_rule, ruleset,
		      LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	if (got < 0)
		got = -errno;
	close(rule.parent_fd);
	return (int)got;
}

int landlock_keep_to(const char *folder, bool speaks)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	uint64_t writing = WRITING;
	struct attributes attributes = { .net = 0 };
	int ruleset, err;

	if (version < 0)
		return -errno;
	if (version >= 3)
		writing |= ACCESS_TRUNCATE;
	attributes.fs = writing | NEVER;
	if (version >= 4 && !speaks)
		attributes.net = ACCESS_NET_TCP;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes,
			       sizeof(attributes), 0);
	if (ruleset < 0)
		return -errno;
	err = allow(ruleset, folder, writing);
	/* A child of ours asks for less of the processor there. */
	if (!err)
		err = allow(ruleset, "/proc", LANDLOCK_ACCESS_FS_WRITE_FILE);
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		err = -errno;
	close(ruleset);
	return err;
}
