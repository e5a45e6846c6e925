/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings: sentences with a line number.  Knows nothing of what they say.
 */
#include "ctl/warden/conf/findings.h"

#include <stdarg.h>
#include <string.h>

#include "ctl/core/escape.h"

void findings_init(struct findings *f, const char *file)
{
	memset(f, 0, sizeof(*f));
	f->file = file;
}

static void remove_at(struct findings *f, size_t at)
{
	f->count--;
	memmove(&f->list[at], &f->list[at + 1],
		(f->count - at) * sizeof(f->list[0]));
}

/* Room for one more: an error takes the place of the last warning. */
static bool make_room(struct findings *f, bool is_error)
{
	if (f->count < FINDINGS_MAX)
		return true;
	for (size_t i = f->count; is_error && i > 0; i--) {
		if (!f->list[i - 1].is_error) {
			remove_at(f, i - 1);
			return true;
		}
	}
	return false;
}

static void add(struct findings *f, bool is_error, int line, const char *format,
		va_list ap)
{
	size_t at;

	if (is_error)
		f->errors++;
	else
		f->warnings++;
	if (!make_room(f, is_error))
		return;
	/* Those of included files come behind, in the order of reading. */
	for (at = f->count;
	     at > 0 && !f->included &&
	     (f->list[at - 1].line > line || f->list[at - 1].file[0]);
	     at--)
		f->list[at] = f->list[at - 1];
	snprintf(f->list[at].file, FINDINGS_FILE_SIZE, "%s",
		 f->included ? f->included : "");
	f->list[at].line = line;
	f->list[at].is_error = is_error;
	vsnprintf(f->list[at].text, FINDINGS_TEXT_SIZE, format, ap);
	f->count++;
}

void findings_error(struct findings *f, int line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(f, true, line, format, ap);
	va_end(ap);
}

void findings_warning(struct findings *f, int line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(f, false, line, format, ap);
	va_end(ap);
}

void findings_write(const struct findings *f, FILE *out)
{
	size_t more = f->errors + f->warnings - f->count;
	char file[1024], included[4 * FINDINGS_FILE_SIZE];

	escape_text(file, sizeof(file), f->file, strlen(f->file));
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *finding = &f->list[i];

		escape_text(included, sizeof(included), finding->file,
			    strlen(finding->file));
		fputs(included[0] ? included : file, out);
		if (finding->line)
			fprintf(out, ":%d", finding->line);
		fprintf(out, ": %s%s\n",
			finding->is_error ? "" : "warning: ", finding->text);
	}
	if (more)
		fprintf(out, "%s: and %zu more like these\n", file, more);
	else if (f->count == FINDINGS_MAX)
		fprintf(out, "%s: there may be more\n", file);
}
