/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_ACCOUNT_H
#define POSTERN_SENSORS_ACCOUNT_H

/*
 * account: how often which sign was seen of whom.
 */
#include <stdint.h>

#include "ctl/core/event.h"

struct account;

struct account_row {
	struct prefix source;
	uint8_t sign;
	uint8_t proof; /* the best */
	uint8_t culprit;
	uint64_t count;
	uint64_t first_ns;
	uint64_t last_ns;
};

/* NULL: no memory. */
struct account *account_new(void);
void account_free(struct account *a);

void account_add(struct account *a, const struct event *event);

/* The rows, by sign and then by count; sorted now, *COUNT of them. */
const struct account_row *account_rows(struct account *a, size_t *count);
/* Events that found no room. */
uint64_t account_left_out(const struct account *a);

#endif
