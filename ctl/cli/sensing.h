/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_SENSING_H
#define POSTERN_CLI_SENSING_H

/*
 * sensing: how a sensor does, for `postern status`.
 */
#include "ctl/core/msg.h"

struct json_t;

void sensing_print(const struct sensing *s);

/* A new reference; NULL: no memory. */
struct json_t *sensing_json(const struct sensing *s);

#endif
