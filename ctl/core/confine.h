/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_CONFINE_H
#define POSTERN_CORE_CONFINE_H

/*
 * confine: the one place where a program gives up what it does not need.
 *
 * User and groups of its role, the capabilities of its role and no others
 * (postern-nft: CAP_NET_ADMIN; postern-records: CAP_LINUX_IMMUTABLE), none to
 * be gained again (no_new_privs), no core dumps, no tracing by others, and the
 * end when posternd ends.
 */
#include <stdbool.h>

#include "ctl/core/role.h"

struct confine {
	enum role role;
	const char *group; /* one more group to belong to, or NULL or "" */
	int gid; /* another one, by number, or -1 */
	const char *dir; /* to be owned by the role's user, or NULL; it is
			    made where it does not exist */
	bool keeps_to_dir; /* it writes nowhere else (landlock.h) */
	bool speaks; /* over TCP, all the same */
};

/*
 * Confine this process, which posternd started as root.  Returns on success
 * only: a confinement that fails ends the program, with a sentence that says
 * what to do.
 */
void confine(const struct confine *wanted);

#endif
