/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_EVIDENCE_H
#define POSTERN_CLI_EVIDENCE_H

/*
 * evidence: what `postern status` says of the records.
 */
#include "ctl/core/msg.h"

struct json_t;

/* What somebody should do about them: lines for the top. */
void evidence_alerts(const struct status *status);
/* A line of their own: seals, witnesses, holds. */
void evidence_line(const struct journal_state *j);
/* The same as members of the object O. */
void evidence_json(struct json_t *o, const struct journal_state *j);

#endif
