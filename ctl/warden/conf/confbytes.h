/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFBYTES_H
#define POSTERN_WARDEN_CONFBYTES_H

/*
 * confbytes: the bytes of the configuration file, whatever is at its path.
 */
#include <stddef.h>

#include "ctl/warden/conf/findings.h"

#define CONFBYTES_MAX (1u << 20)

/*
 * All bytes of the regular file PATH, for free(), and in *LEN how many.
 * NULL: FINDINGS has the reason.
 */
char *confbytes_read(const char *path, size_t *len, struct findings *findings);

#endif
