/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CHECKRULE_H
#define POSTERN_WARDEN_CHECKRULE_H

/*
 * checkrule: rules that contradict, expire, or can never match; shared senders
 * and alarms.
 */
#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"

/* NOW_NS: UTC. */
void checkrule_all(const struct config *config, uint64_t now_ns,
		   struct findings *findings);

#endif
