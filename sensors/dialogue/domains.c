/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensors/dialogue/domains.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct domains {
	uint64_t seed;
	size_t mask;
	size_t count;
	char **slots;
};

uint64_t domains_hash(uint64_t seed, const uint8_t *text, size_t len)
{
	uint64_t hash = seed ^ (len * 0x9e3779b97f4a7c15u);

	for (size_t i = 0; i < len; i++) {
		uint8_t c = text[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		hash = (hash ^ c) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 29;
	}
	return hash;
}

/* Where NAME is, or the free slot where it would be. */
static char **slot_of(const struct domains *d, const uint8_t *name, size_t len)
{
	size_t i = (size_t)domains_hash(d->seed, name, len) & d->mask;

	while (d->slots[i] &&
	       (strlen(d->slots[i]) != len ||
		strncasecmp(d->slots[i], (const char *)name, len) != 0))
		i = (i + 1) & d->mask;
	return &d->slots[i];
}

struct domains *domains_new(const char *const *names, size_t count,
			    uint64_t seed)
{
	struct domains *d = calloc(1, sizeof(*d));
	size_t size = 16;

	while (size < 2 * count)
		size *= 2;
	if (!d)
		return NULL;
	d->seed = seed;
	d->mask = size - 1;
	d->slots = calloc(size, sizeof(*d->slots));
	for (size_t i = 0; d->slots && i < count; i++) {
		char **slot =
			slot_of(d, (const uint8_t *)names[i], strlen(names[i]));

		if (*slot)
			continue;
		*slot = strdup(names[i]);
		if (!*slot) {
			domains_free(d);
			return NULL;
		}
		d->count++;
	}
	if (!d->slots) {
		domains_free(d);
		return NULL;
	}
	return d;
}

void domains_free(struct domains *d)
{
	if (!d)
		return;
	for (size_t i = 0; d->slots && i <= d->mask; i++)
		free(d->slots[i]);
	free(d->slots);
	free(d);
}

bool domains_has(const struct domains *d, const uint8_t *name, size_t len)
{
	if (len > 0 && name[len - 1] == '.')
		len--;
	return len > 0 && *slot_of(d, name, len) != NULL;
}

size_t domains_count(const struct domains *d)
{
	return d->count;
}
