/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_DOMAINS_H
#define POSTERN_SENSORS_DIALOGUE_DOMAINS_H

/*
 * domains: the domains that are ours, as a set.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct domains;

/* Of COUNT names, copied.  NULL: no memory.  Given to domains_free(). */
struct domains *domains_new(const char *const *names, size_t count,
			    uint64_t seed);
void domains_free(struct domains *domains);
/* NAME of LEN bytes is one of them; a dot at its end does not count. */
bool domains_has(const struct domains *domains, const uint8_t *name,
		 size_t len);
size_t domains_count(const struct domains *domains);

/* A hash of TEXT without regard to the case of ASCII letters. */
uint64_t domains_hash(uint64_t seed, const uint8_t *text, size_t len);

#endif
