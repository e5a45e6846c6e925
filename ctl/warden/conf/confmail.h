/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFMAIL_H
#define POSTERN_WARDEN_CONFMAIL_H

/*
 * confmail: the block lists and proxies that the section mail names.
 */
#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"

/* Read block list NUMBER of config->mail, as conflist_read() does. */
void confmail_read_list(struct config *config, uint8_t number,
			struct findings *findings);

/* Put config->mail's proxies among who is never banned: whatever is said of
 * them, be it by another program, is their clients' doing. */
void confmail_protect_proxies(struct config *config, struct findings *findings);

#endif
