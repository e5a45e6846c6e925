/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_UNDO_H
#define POSTERN_WARDEN_UNDO_H

/*
 * undo: what a reload goes back to that nobody confirmed, on disk, so that
 * neither a crash nor a restart nor a reboot confirms it.
 *
 * It stays there until somebody confirms the new configuration, or reloads
 * another one: the file with the new one is still in its place.
 */
#include <stdint.h>

#include "ctl/warden/conf/bundle.h"

/* Keep BEFORE in the folder STATE while the configuration that has TRIED_ID is
 * on trial.  -errno: nothing is kept. */
__attribute__((warn_unused_result)) int
undo_save(const char *state, const struct bundle *before, uint64_t tried_id);

/* What was kept.  -ENOENT: nothing.  -EBADMSG, -errno: it cannot be read. */
__attribute__((warn_unused_result)) int
undo_load(const char *state, struct bundle *before, uint64_t *tried_id);

/* Nothing is on trial any more. */
void undo_forget(const char *state);

#endif
