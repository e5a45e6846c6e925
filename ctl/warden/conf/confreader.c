/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confreader: the walk over a section, and the shape of its complaints.
 */
#include "ctl/warden/conf/confreader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/escape.h"

#define SHOWN_SIZE 72

static const char *show(char buf[SHOWN_SIZE], const char *text)
{
	return escape_text(buf, SHOWN_SIZE, text, strlen(text));
}

__attribute__((format(printf, 4, 0))) static void
say(struct confreader *r, const struct confnode *node, const char *subject,
    const char *format, va_list ap)
{
	char sentence[FINDINGS_TEXT_SIZE];
	char place[CONFNODE_PLACE_SIZE];

	vsnprintf(sentence, sizeof(sentence), format, ap);
	findings_error(r->findings, node->line, "%s%s%s",
		       confnode_place(place, node), subject, sentence);
}

void confreader_error(struct confreader *r, const struct confnode *node,
		      const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(r, node, "", format, ap);
	va_end(ap);
}

void confreader_refuse(struct confreader *r, const struct confnode *value,
		       const char *format, ...)
{
	char subject[SHOWN_SIZE + 32];
	char shown[SHOWN_SIZE];
	va_list ap;

	snprintf(subject, sizeof(subject), "%s \"%s\" ", value->word->name,
		 show(shown, value->text));
	va_start(ap, format);
	say(r, value, subject, format, ap);
	va_end(ap);
}

void confreader_missing(struct confreader *r, const struct confnode *section,
			const char *format, ...)
{
	va_list ap;

	if (r->is_partial)
		return;
	va_start(ap, format);
	say(r, section, "", format, ap);
	va_end(ap);
}

void confreader_unknown(struct confreader *r, const struct confnode *value,
			const struct nearest *nearest, const char *advice)
{
	const char *best = nearest_word(nearest);
	char shown[SHOWN_SIZE];

	if (best)
		confreader_refuse(r, value,
				  "is not known; did you mean \"%s\"?",
				  show(shown, best));
	else
		confreader_refuse(r, value, "is not known; %s", advice);
}

bool confreader_fits(struct confreader *r, const struct confnode *setting,
		     size_t count)
{
	size_t values = confnode_count(setting);

	if (values == 0)
		confreader_error(r, setting, "%s is empty; it takes %s",
				 setting->word->name,
				 count == 1 ? "one value"
					    : "at least one value");
	else if (values > count)
		confreader_error(r, setting,
				 "%s has %zu values; postern holds at most %zu",
				 setting->word->name, values, count);
	return values > 0 && values <= count;
}

/* The node before NODE that says the same thing, or NULL. */
static const struct confnode *first_of_its_kind(const struct confnode *section,
						const struct confnode *node)
{
	const struct confnode *n = section->first;

	while (n != node &&
	       (n->word != node->word ||
		(n->text && node->text && strcmp(n->text, node->text) != 0)))
		n = n->next;
	return n == node ? NULL : n;
}

static bool is_repeated(struct confreader *r, const struct confnode *section,
			const struct confnode *node)
{
	const struct confnode *first = first_of_its_kind(section, node);

	if (!first)
		return false;
	if (node->word->kind == CONF_NAMED)
		confreader_error(r, node,
				 "this name is used before, on line %d; give"
				 " each %s its own",
				 first->line, node->word->name);
	else if (node->word->kind == CONF_SECTION)
		confreader_error(r, node,
				 "there is one before, on line %d; join the"
				 " two",
				 first->line);
	else
		confreader_error(r, node,
				 "%s is set before, on line %d; keep one of"
				 " the two",
				 node->word->name, first->line);
	return true;
}

void confreader_section(struct confreader *r, const struct confnode *section,
			void *target)
{
	const struct confword *word;
	const struct confnode *node;

	for (word = section->word->inside; word->name; word++) {
		for (node = section->first; node; node = node->next) {
			if (node->word == word &&
			    !is_repeated(r, section, node))
				word->read(r, node, target);
		}
	}
}
