/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_OBSERVE_H
#define POSTERN_NFT_OBSERVE_H

/*
 * observe: who must not be banned because of what this machine is doing now:
 * itself, the gateways that its packets go to, and the administrators who are
 * here.
 *
 * Addresses and gateways come from rtnetlink(7); gateways by asking for the
 * ways to a few addresses and not for the whole table, which may be long.
 * Administrators are those who hold a session with this machine's SSH for
 * longer than it waits for a login (sshd_config(5), LoginGraceTime): who only
 * knocks is none.
 */
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/prefixset.h"

/* sshd waits 120 s for a login by default. */
#define OBSERVE_LOGIN_S 150u
/* How often to look. */
#define OBSERVE_PAUSE_S 30.

struct observe;

/* CONFIG, which must outlive it, tells the ports of SSH.  -ENOMEM, or why the
 * kernel cannot be asked. */
__attribute__((warn_unused_result)) int
observe_open(struct observe **out, const struct config *config);
void observe_close(struct observe *o);

/*
 * Look; NOW_S by a clock that does not run backwards.  1: OUT, which the
 * caller owns, sealed, differs from what was found before.  0: it is the same,
 * and OUT is left alone.  -errno.
 */
__attribute__((warn_unused_result)) int
observe_look(struct observe *o, uint32_t now_s, struct prefixset *out);

/* The next look tells all as new. */
void observe_forget(struct observe *o);

#endif
