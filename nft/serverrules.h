/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_SERVERRULES_H
#define POSTERN_NFT_SERVERRULES_H

/*
 * serverrules: the part of the ruleset that lets the declared services, and
 * nothing else, to and from the declared servers.
 */
#include <stdio.h>

#include "ctl/core/config.h"

/* Write the chains of all servers, and the base chains that lead to them.
 * -ENOMEM. */
__attribute__((warn_unused_result)) int
serverrules_format(FILE *out, const struct config *config);

#endif
