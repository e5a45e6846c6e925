/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confine: users, groups, capabilities.  The filters of system calls and of
 * paths have their place at the end of confine(), after everything that they
 * would forbid.
 */
#include "ctl/core/confine.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/landlock.h"
#include "ctl/core/log.h"

#define GROUPS_MAX 3

__attribute__((noreturn)) static void fail(const char *what)
{
	log_error("cannot confine myself: %s: %s; not running without it", what,
		  strerror(errno));
	exit(1);
}

static void own_folder(const char *path, const struct passwd *user)
{
	struct stat st;

	if (mkdir(path, 0750) < 0 && errno != EEXIST)
		fail(path);
	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		fail(path);
	if (st.st_uid != user->pw_uid &&
	    (chown(path, user->pw_uid, (gid_t)-1) < 0))
		fail(path);
}

static const struct passwd *find_user(enum role role)
{
	const struct passwd *user = getpwnam(role_user(role));

	if (user)
		return user;
	log_error("the system user %s does not exist; make it with "
		  "systemd-sysusers, or with scripts/setup in the source tree",
		  role_user(role));
	exit(1);
}

/* The groups to keep: the user's own, and those that were asked for. */
static void set_groups(const struct confine *wanted, gid_t own)
{
	gid_t groups[GROUPS_MAX] = { own };
	size_t count = 1;

	if (wanted->group && wanted->group[0]) {
		const struct group *group = getgrnam(wanted->group);

		if (!group) {
			log_error("there is no group %s", wanted->group);
			exit(1);
		}
		groups[count++] = group->gr_gid;
	}
	if (wanted->gid >= 0)
		groups[count++] = (gid_t)wanted->gid;
	if (setgroups(count, groups) < 0)
		fail("setgroups");
}

static void keep(unsigned int capability)
{
	if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
			 capability) < 0)
		fail("capabilities");
}

static void keep_capabilities(enum role role)
{
	bool may_protect;

	capng_get_caps_process();
	may_protect = capng_have_capability(CAPNG_PERMITTED,
					    CAP_LINUX_IMMUTABLE) == 1;
	capng_clear(CAPNG_SELECT_ALL);
	if (role == ROLE_NFT)
		keep(CAP_NET_ADMIN);
	/* Its own files alone, which others own it may not change so.  Where
	 * posternd was not given it, it goes without, and says so. */
	if (role == ROLE_RECORDS && may_protect)
		keep(CAP_LINUX_IMMUTABLE);
}

static void become(const struct passwd *user)
{
	/* setgroups() ran before: this must not touch the groups. */
	if (capng_change_id((int)user->pw_uid, (int)user->pw_gid,
			    CAPNG_NO_FLAG | CAPNG_CLEAR_BOUNDING) < 0)
		fail("change of user");
	if (getuid() != user->pw_uid || geteuid() != user->pw_uid ||
	    setuid(0) == 0) {
		errno = EPERM;
		fail("change of user");
	}
}

static void limit_process(pid_t parent)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		fail("process limits");
	/* The change of user took the warden's setting of this away; a warden
	 * that died in between sends no signal. */
	if (getppid() != parent)
		exit(1);
}

void confine(const struct confine *wanted)
{
	const struct passwd *user = find_user(wanted->role);
	pid_t parent = getppid();

	if (wanted->dir)
		own_folder(wanted->dir, user);
	set_groups(wanted, user->pw_gid);
	keep_capabilities(wanted->role);
	become(user);
	limit_process(parent);
	if (wanted->keeps_to_dir) {
		errno = -landlock_keep_to(wanted->dir, wanted->speaks);
		if (errno)
			fail("landlock, which the kernel's list of security "
			     "modules must have (lsm=)");
	}
}
