/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_KEEPSAKE_H
#define POSTERN_WARDEN_KEEPSAKE_H

/*
 * keepsake: the texts of a configuration on disk, in a file of the state folder
 * that is whole or not there.
 */
#include <stdint.h>

#include "ctl/warden/conf/bundle.h"

/* What a reload goes back to that nobody confirmed, so that neither a crash nor
 * a restart nor a reboot confirms it.  It stays there until somebody confirms
 * the new configuration, or reloads another one: the file with the new one is
 * still in its place.  Its number is the tried configuration's. */
#define KEEPSAKE_UNCONFIRMED "unconfirmed"
/* What the records were told last: chronicle.h. */
#define KEEPSAKE_RECORDED "recorded"

/* Keep TEXTS and the number ID in the folder STATE under NAME.  -errno: what
 * was there before is still there. */
__attribute__((warn_unused_result)) int
keepsake_save(const char *state, const char *name, const struct bundle *texts,
	      uint64_t id);

/* What was kept.  -ENOENT: nothing.  -EBADMSG, -errno: it cannot be read. */
__attribute__((warn_unused_result)) int keepsake_load(const char *state,
						      const char *name,
						      struct bundle *texts,
						      uint64_t *id);

void keepsake_forget(const char *state, const char *name);

#endif
