/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_NAMES_H
#define POSTERN_NFT_NAMES_H

/*
 * names: what the ban and pardon sets are called in the kernel.
 *
 * "ban4_24_g7": list, family, prefix length, generation.  A rebuild fills the
 * sets of the next generation and swaps them in.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

#define NAMES_SIZE 32

/* The set of LIST for FAMILY and RUNG in GENERATION.  Returns BUF. */
const char *names_set(char buf[NAMES_SIZE], enum ladder_list list,
		      uint8_t family, unsigned int rung,
		      unsigned int generation);

/* The sessions that are cut, and what they bring: these stay while sets of bans
 * come and go. */
#define NAMES_CUT4 "cut4"
#define NAMES_CUT6 "cut6"

/* Is NAME the name of such a set?  Then *GENERATION is its. */
bool names_is_set(const char *name, unsigned int *generation);

#endif
