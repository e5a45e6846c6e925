/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CHECKSERVER_H
#define POSTERN_WARDEN_CHECKSERVER_H

/*
 * checkserver: check's look at the servers, among themselves and in their
 * zones.
 */
#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"
#include "ctl/warden/host.h"

void checkserver_all(const struct config *config, const struct host *host,
		     struct findings *findings);

#endif
