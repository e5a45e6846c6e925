/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a message: the same findings for two ways to cut it. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/content/content.h"

#define FOUND_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct found {
	struct finding list[FOUND_MAX];
	size_t count;
	size_t fields;
	uint32_t parts;
	uint32_t skipped;
};

static void on_found(void *ctx, const struct finding *finding)
{
	struct found *found = ctx;

	if (!memchr(finding->text, '\0', sizeof(finding->text)))
		abort();
	if (found->count < FOUND_MAX)
		found->list[found->count++] = *finding;
}

static void on_field(void *ctx, enum field field, const uint8_t *value,
		     size_t len)
{
	struct found *found = ctx;

	found->fields += field + len * 31 + (len ? value[len - 1] : 0);
}

static void read_message(struct found *found, const uint8_t *data, size_t len,
			 bool single)
{
	static const struct content_ops ops = { .found = on_found,
						.field = on_field };
	size_t count;
	const char *const *endings = content_dangerous(&count);
	struct content_rules *rules = content_rules_new(endings, count, 1);
	struct content *c = malloc(content_size());

	if (!rules || !c)
		abort();
	memset(found, 0, sizeof(*found));
	content_begin(c, rules, &ops, found);
	if (single) {
		for (size_t at = 0; at < len; at++)
			content_data(c, data + at, 1);
	} else {
		content_data(c, data, len);
	}
	content_end(c);
	found->parts = content_parts(c);
	found->skipped = content_skipped(c);
	free(c);
	content_rules_free(rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct found whole, single;

	read_message(&whole, data, len, false);
	read_message(&single, data, len, true);
	if (memcmp(&whole, &single, sizeof(whole)) != 0)
		abort();
	return 0;
}
