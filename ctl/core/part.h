/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_PART_H
#define POSTERN_CORE_PART_H

/*
 * part: what one program needs of the configuration, as bytes.
 *
 * posternd writes a part into a memfd, seals it, and gives it at exec; the
 * program reads it back into a struct config in which only its part is
 * filled in.  Equal parts are equal bytes: a reload restarts just the
 * programs whose part changed.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/role.h"

/* No configuration makes a longer part. */
#define PART_SIZE_MAX (8u << 20)

/*
 * Write the part of ROLE; for a feed, of the one with number INDEX.
 * *OUT is the caller's, for free().  -ENOMEM.
 */
__attribute__((warn_unused_result)) int part_encode(uint8_t **out, size_t *len,
						    const struct config *config,
						    enum role role,
						    uint16_t index);

/*
 * Read a part back.  *OUT is the caller's, for config_free().
 * -EBADMSG: it is none of ROLE's.  -ENOMEM.
 */
__attribute__((warn_unused_result)) int part_decode(struct config **out,
						    enum role role,
						    const uint8_t *data,
						    size_t len);

/* A sealed memfd that holds LEN bytes of DATA, or -errno. */
int part_seal(const uint8_t *data, size_t len);

/* Read and decode the part in FD, which is closed.  -errno as above. */
__attribute__((warn_unused_result)) int part_read(struct config **out,
						  enum role role, int fd);

/*
 * A hash of all that postern-ctl decides by, so that a replay can tell whether
 * it decides by the same: rules, limits, servers, who is protected; not the
 * name servers, which are found and not declared.  0: no memory.
 */
uint64_t part_policy(const struct config *config);

#endif
