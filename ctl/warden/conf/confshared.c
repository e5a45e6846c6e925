/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confwords: the section shared, and the lists that it names.
 */
#include "ctl/warden/conf/confshared.h"

#include <stdio.h>
#include <string.h>

#include "ctl/warden/conf/conflist.h"
#include "ctl/warden/conf/confvalue.h"
#include "ctl/warden/conf/confwords.h"

#define DAY_S	    86400u
#define RESOLVERS   4u
#define DOMAIN_WORD "abcdefghijklmnopqrstuvwxyz0123456789-_."

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
		/* One on this machine is as good as any. */
		if (prefix_parse_address(
			    &shared->resolvers[shared->resolver_count], n->text,
			    strlen(n->text)))
			confreader_refuse(r, n, "is no address");
		else
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

static struct conflist list_of(struct config *config)
{
	return (struct conflist){
		.set = &config->shared.prefixes,
		.widest4 = config->shared.widest4,
		.widest6 = config->shared.widest6,
		.too_wide = "is wider than shared { widest_ipv4, widest_ipv6 }"
			    " allow",
		.most = SIZE_MAX,
	};
}

void confshared_parse(struct config *config, const char *text, size_t len,
		      struct findings *findings)
{
	const struct conflist list = list_of(config);

	conflist_parse(&list, text, len, findings);
}

void confshared_read(struct config *config, const char *path,
		     struct findings *findings)
{
	const struct conflist list = list_of(config);

	conflist_read(&list, path, findings);
}
