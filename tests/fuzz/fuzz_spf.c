/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the answers to the questions of an SPF record: it ends, within
 * its bounds, and finds nothing that is too wide.  A line of the input is an
 * answer; its first byte says what there is of it.
 */
#include <stdlib.h>
#include <string.h>

#include "feeds/spf.h"

#define QUESTIONS_MAX 1000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* One answer of LEN bytes. */
static void answer(struct spf *spf, const uint8_t *data, size_t len)
{
	const struct spf_question *q = spf_question(spf);
	char text[512];
	struct prefix p;

	if (len && data[0] == '!') {
		spf_answered(spf, false);
		return;
	}
	if (q->type == SPF_TXT) {
		spf_take_text(spf, (const char *)data, len);
	} else if (q->type == SPF_MX) {
		len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
		memcpy(text, data, len);
		text[len] = '\0';
		spf_take_host(spf, text);
	} else if (!prefix_parse_address(&p, (const char *)data, len)) {
		spf_take_address(spf, &p);
	}
	spf_answered(spf, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *at = data, *end = data + len;
	unsigned int questions = 0;
	struct spf spf;

	spf_init(&spf, "example.org", 16, 32);
	while (spf_question(&spf)) {
		const uint8_t *line = at;
		const uint8_t *newline;
		char *copy;
		size_t size;

		newline = at < end ? memchr(at, '\n', (size_t)(end - at))
				   : NULL;
		size = (size_t)((newline ? newline : end) - line);
		at = newline ? newline + 1 : data;
		copy = malloc(size ? size : 1);
		memcpy(copy, line, size);
		answer(&spf, (const uint8_t *)copy, size);
		free(copy);
		if (++questions > QUESTIONS_MAX)
			abort();
	}
	for (size_t i = 0; i < spf.found.count; i++) {
		const struct prefix *p = &spf.found.items[i];

		if (!prefix_is_valid(p) ||
		    p->length < (p->family == PREFIX_IP4 ? 16 : 32))
			abort();
	}
	if (spf.found.count > SPF_PREFIXES)
		abort();
	spf_fini(&spf);
	return 0;
}
