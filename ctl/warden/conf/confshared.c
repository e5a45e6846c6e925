/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confwords: the section shared, and the lists that it names.
 */
#include "ctl/warden/conf/confshared.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/escape.h"
#include "ctl/warden/conf/confbytes.h"
#include "ctl/warden/conf/confprefix.h"
#include "ctl/warden/conf/confvalue.h"
#include "ctl/warden/conf/confwords.h"

#define DAY_S	    86400u
#define RESOLVERS   4u
#define DOMAIN_WORD "abcdefghijklmnopqrstuvwxyz0123456789-_."
#define SHOWN_SIZE  64

static void read_files(struct confreader *r, const struct confnode *setting,
		       void *target)
{
	struct shared *shared = target;

	if (!confreader_fits(r, setting, CONFIG_SHARED_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confvalue_is_path(r, n))
			snprintf(shared->files[shared->file_count++],
				 CONFIG_PATH_SIZE, "%s", n->text);
	}
}

static void read_domains(struct confreader *r, const struct confnode *setting,
			 void *target)
{
	struct shared *shared = target;

	if (!confreader_fits(r, setting, CONFIG_SHARED_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		size_t len = strlen(n->text);

		if (len == 0 || len >= CONFIG_DOMAIN_SIZE ||
		    n->text[strspn(n->text, DOMAIN_WORD)] != '\0' ||
		    n->text[0] == '.')
			confreader_refuse(r, n,
					  "is no domain; write it like"
					  " \"example.org\", in small letters");
		else
			memcpy(shared->domains[shared->domain_count++], n->text,
			       len + 1);
	}
}

static void read_resolvers(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	struct shared *shared = target;

	if (!confreader_fits(r, setting, RESOLVERS))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confprefix_address(
			    r, n, &shared->resolvers[shared->resolver_count]))
			shared->resolver_count++;
	}
}

const struct confword confwords_shared[] = {
	{ .name = "files", .kind = CONF_LIST, .read = read_files },
	{ .name = "domains", .kind = CONF_LIST, .read = read_domains },
	{ .name = "resolvers", .kind = CONF_LIST, .read = read_resolvers },
	{ .name = "resolver_port",
	  .read = confvalue_u16,
	  .at = offsetof(struct shared, resolver_port),
	  .min = 1,
	  .max = 65535 },
	{ .name = "every",
	  .read = confvalue_term,
	  .at = offsetof(struct shared, every_s),
	  .min = 60,
	  .max = 7 * DAY_S },
	{ .name = "widest_ipv4",
	  .read = confvalue_u8,
	  .at = offsetof(struct shared, widest4),
	  .min = 8,
	  .max = 32 },
	{ .name = "widest_ipv6",
	  .read = confvalue_u8,
	  .at = offsetof(struct shared, widest6),
	  .min = 20,
	  .max = 128 },
	{ 0 },
};

void confwords_read_shared(struct confreader *r, const struct confnode *node,
			   void *target)
{
	struct config *config = target;

	config->shared.line = node->line;
	confreader_section(r, node, &config->shared);
}

/* What is wrong with the prefix that TEXT spells, or NULL: it is taken. */
static const char *take_prefix(struct config *config, const char *text,
			       size_t len)
{
	struct prefix p;
	int err = prefix_parse(&p, text, len);

	if (err == -EDOM)
		return "has bits set behind its length";
	if (err)
		return "is no address or network";
	if (p.length < (p.family == PREFIX_IP4 ? config->shared.widest4
					       : config->shared.widest6))
		return "is wider than shared { widest_ipv4, widest_ipv6 }"
		       " allow";
	return prefixset_add(&config->shared.prefixes, &p) ? "finds no memory"
							   : NULL;
}

static void read_line(struct config *config, const char *text, size_t len,
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
	fault = take_prefix(config, text + begin, end - begin);
	if (fault)
		findings_warning(findings, line, "\"%s\" %s; it is left out",
				 escape_text(shown, sizeof(shown), text + begin,
					     end - begin),
				 fault);
}

void confshared_parse(struct config *config, const char *text, size_t len,
		      struct findings *findings)
{
	const char *end = text + len;

	for (int line = 1; text < end; line++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		read_line(config, text, (size_t)(stop - text), line, findings);
		text = stop + 1;
	}
}

void confshared_read(struct config *config, const char *path,
		     struct findings *findings)
{
	size_t len;
	char *text;

	findings->included = path;
	text = confbytes_read(path, &len, findings);
	if (text)
		confshared_parse(config, text, len, findings);
	free(text);
	findings->included = NULL;
}
