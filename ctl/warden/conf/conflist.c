/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conflist: line by line; what others wrote is only ever a prefix or nothing.
 */
#include "ctl/warden/conf/conflist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/escape.h"
#include "ctl/warden/conf/confbytes.h"

#define SHOWN_SIZE 64

/* What is wrong with the prefix that TEXT spells, or NULL: it is taken. */
static const char *take_prefix(const struct conflist *list, const char *text,
			       size_t len)
{
	struct prefix p;
	int err = prefix_parse(&p, text, len);

	if (err == -EDOM)
		return "has bits set behind its length";
	if (err)
		return "is no address or network";
	if (p.length < (p.family == PREFIX_IP4 ? list->widest4 : list->widest6))
		return list->too_wide;
	return prefixset_add(list->set, &p) ? "finds no memory" : NULL;
}

static void read_line(const struct conflist *list, const char *text, size_t len,
		      int line, struct findings *findings)
{
	char shown[SHOWN_SIZE];
	const char *fault;
	size_t begin = 0, end = 0;

	while (begin < len && strchr(" \t\r", text[begin]))
		begin++;
	for (end = begin; end < len && !strchr("#; \t\r", text[end]);)
		end++;
	if (begin == end)
		return;
	fault = take_prefix(list, text + begin, end - begin);
	if (fault)
		findings_warning(findings, line, "\"%s\" %s; it is left out",
				 escape_text(shown, sizeof(shown), text + begin,
					     end - begin),
				 fault);
}

void conflist_parse(const struct conflist *list, const char *text, size_t len,
		    struct findings *findings)
{
	const char *end = text + len;

	for (int line = 1; text < end; line++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		if (list->set->count >= list->most) {
			findings_warning(findings, line,
					 "the list is too long; from here on"
					 " it is left out");
			return;
		}
		read_line(list, text, (size_t)(stop - text), line, findings);
		text = stop + 1;
	}
}

void conflist_read(const struct conflist *list, const char *path,
		   struct findings *findings)
{
	size_t len;
	char *text;

	findings->included = path;
	text = confbytes_read(path, &len, findings);
	if (text)
		conflist_parse(list, text, len, findings);
	free(text);
	findings->included = NULL;
}
