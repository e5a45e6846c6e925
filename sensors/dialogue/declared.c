/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensors/dialogue/declared.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void set(uint32_t *limit, uint32_t from)
{
	if (from)
		*limit = from;
}

/* A subnet is never held to less than some of its hosts together. */
static void set_counts(struct dialogue_config *c, const struct policy *policy)
{
	const struct sign_rule *signs = policy->signs;

	set(&c->refused_source, signs[SIGN_RECIPIENT_HARVEST].from);
	set(&c->probes, signs[SIGN_USER_PROBE].from);
	set(&c->relays, signs[SIGN_RELAY_ATTEMPT].from);
	set(&c->bounces_source, signs[SIGN_BACKSCATTER].from);
	set(&c->account_sources, signs[SIGN_DISTRIBUTED_GUESS].from);
	set(&c->delayed_replies, signs[SIGN_ENCRYPTED_GUESS].from);
	set(&c->unknown_verbs, signs[SIGN_PROTOCOL_ABUSE].from);
	set(&c->source.connections, signs[SIGN_FLOOD].from);
	set(&c->slow_line_s, signs[SIGN_SLOW_SESSION].from);
	set(&c->outbound.mails, signs[SIGN_OUTBOUND_SPIKE].from);
	set(&c->silent_s, signs[SIGN_SERVER_SILENT].from);
	if (c->refused_subnet < 2 * c->refused_source)
		c->refused_subnet = 2 * c->refused_source;
	if (c->bounces_subnet < 3 * c->bounces_source)
		c->bounces_subnet = 3 * c->bounces_source;
	if (c->subnet.connections < 2 * c->source.connections)
		c->subnet.connections = 2 * c->source.connections;
}

static bool is_harmless(const struct mail *mail, const char *ending)
{
	for (uint8_t i = 0; i < mail->harmless_count; i++) {
		if (strcmp(mail->harmless[i], ending) == 0)
			return true;
	}
	return false;
}

static size_t add_endings(const char **out, const struct dialogue_config *c,
			  const struct mail *mail)
{
	size_t count = 0;

	for (size_t i = 0; i < c->dangerous_count; i++) {
		if (!is_harmless(mail, c->dangerous[i]))
			out[count++] = c->dangerous[i];
	}
	for (uint8_t i = 0; i < mail->dangerous_count; i++) {
		if (!is_harmless(mail, mail->dangerous[i]))
			out[count++] = mail->dangerous[i];
	}
	return count;
}

static size_t add_domains(const char **out, const struct dialogue_config *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->domain_count; i++)
		out[count++] = c->domains[i];
	for (uint8_t i = 0; i < c->file->server_count; i++) {
		const struct server *server = &c->file->servers[i];

		for (uint8_t k = 0; k < server->domain_count; k++)
			out[count++] = server->domains[k];
	}
	return count;
}

int declared_apply(struct dialogue_config *c, const char ***lists)
{
	const struct config *file = c->file;
	size_t domains =
		c->domain_count + CONFIG_SERVERS_MAX * CONFIG_DOMAINS_MAX;

	*lists = NULL;
	if (!file)
		return 0;
	*lists = calloc(domains + c->dangerous_count + CONFIG_ENDINGS_MAX,
			sizeof(**lists));
	if (!*lists)
		return -ENOMEM;
	c->domain_count = add_domains(*lists, c);
	c->domains = *lists;
	c->dangerous_count = add_endings(*lists + domains, c, &file->mail);
	c->dangerous = *lists + domains;
	c->names = file->mail.login_names;
	for (uint8_t i = 0; i < file->mail.proxy_count &&
			    c->proxy_count < DIALOGUE_PROXIES_MAX;
	     i++)
		c->proxies[c->proxy_count++] = file->mail.proxies[i];
	set_counts(c, &file->policy);
	return 0;
}
