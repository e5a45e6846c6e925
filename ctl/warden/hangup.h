/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_HANGUP_H
#define POSTERN_WARDEN_HANGUP_H

/*
 * hangup: SIGHUP, and who sent it: whoever asks for another configuration is
 * named in the records.
 */
#include <stdbool.h>
#include <stdint.h>

struct hangup {
	uint32_t pid; /* 0: of a process that cannot be seen from here */
	uint32_t uid; /* that sent it */
	uint32_t login_uid; /* of who logged in; UINT32_MAX: nobody's */
};

/* Hold SIGHUP back, and return a descriptor that is readable when one came,
 * which the caller closes; programs that are started get the signal as ever.
 * -errno. */
int hangup_open(void);

/* Take the one that came.  False: none did, or nobody sent it. */
bool hangup_take(int fd, struct hangup *out);

#endif
