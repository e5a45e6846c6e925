/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syslogline: head, structured data, message.
 */
#include "ctl/records/syslogline.h"

#include <string.h>

#include "ctl/records/member.h"

/* Section 6.3.2: a name's length. */
#define NAME_MAX_LEN 32

/* Section 6.3.3: what stands before ", \ and ]. */
static void put_param(FILE *out, const struct member *m)
{
	size_t len;
	const char *text = member_raw(m, &len);

	fprintf(out, " %.*s=\"", (int)m->key_len, m->key);
	for (size_t i = 0; i < len; i++) {
		if (strchr("\"\\]", text[i]))
			fputc('\\', out);
		fputc(text[i], out);
	}
	fputc('"', out);
}

/* security/authorization (10), by what it is worth: section 6.2.1. */
static int priority_of(const struct member *rclass)
{
	int severity = member_has(rclass, "alarms")   ? 4
		       : member_has(rclass, "events") ? 5
						      : 6;

	return 10 * 8 + severity;
}

/* Whom it is about; of a seal all that it says. */
static void put_message(FILE *out, const struct member *kind, const char *line,
			size_t len)
{
	struct member m;
	size_t text_len;
	const char *text = member_raw(kind, &text_len);

	if (member_has(kind, "seal")) {
		fprintf(out, " %.*s\n", (int)len, line);
		return;
	}
	fprintf(out, " %.*s", (int)text_len, text);
	if (members_find(line, len, "prefix", &m) ||
	    members_find(line, len, "source", &m)) {
		text = member_raw(&m, &text_len);
		fprintf(out, " %.*s", (int)text_len, text);
	}
	fputc('\n', out);
}

void syslogline_put(FILE *out, const char *host, const char *line, size_t len)
{
	struct members members = members_of(line, len);
	struct member m, kind, rclass, time;
	size_t kind_len;
	const char *word;

	if (!members_find(line, len, "kind", &kind) ||
	    !members_find(line, len, "class", &rclass) ||
	    !members_find(line, len, "time", &time))
		return;
	word = member_raw(&kind, &kind_len);
	/* Section 6.2.3 allows six digits of a second; "time" has all. */
	fprintf(out, "<%d>1 %.26sZ %s postern - %.*s [postern@32473",
		priority_of(&rclass), time.value + 1, host, (int)kind_len,
		word);
	while (members_next(&members, &m)) {
		if (m.key_len <= NAME_MAX_LEN && m.value[0] != '[' &&
		    m.value[0] != '{')
			put_param(out, &m);
	}
	fputc(']', out);
	put_message(out, &kind, line, len);
}
