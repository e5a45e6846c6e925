/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_NEAREST_H
#define POSTERN_WARDEN_NEAREST_H

/*
 * nearest: the known word that somebody meant who wrote another one.
 */

struct nearest {
	const char *text; /* what was written */
	const char *best; /* the closest candidate so far */
	unsigned int distance; /* of it, in slips of the pen */
};

/* Begin with TEXT, which is kept. */
struct nearest nearest_to(const char *text);

/* Compare with CANDIDATE, which is kept. */
void nearest_try(struct nearest *n, const char *candidate);

/* The best candidate, or NULL: none is close enough to be meant. */
const char *nearest_word(const struct nearest *n);

#endif
