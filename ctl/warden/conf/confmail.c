/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confmail: the section mail, and the lists that it names.
 */
#include "ctl/warden/conf/confmail.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ctl/warden/conf/conflist.h"
#include "ctl/warden/conf/confprefix.h"
#include "ctl/warden/conf/confvalue.h"
#include "ctl/warden/conf/confwords.h"

#define SOCKET_MAX_LEN 107
/* What is wider is no list of senders but a mistake. */
#define LISTED_WIDEST4 8
#define LISTED_WIDEST6 16

static void read_login_names(struct confreader *r,
			     const struct confnode *setting, void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct mail *mail = target;
	struct nearest nearest;

	if (!value)
		return;
	nearest = nearest_to(value->text);
	for (unsigned int i = 0; i < LOGIN_NAMES_COUNT; i++) {
		const char *word = login_names_name((enum login_names)i);

		nearest_try(&nearest, word);
		if (strcmp(word, value->text) == 0) {
			mail->login_names = (uint8_t)i;
			return;
		}
	}
	confreader_unknown(r, value, &nearest,
			   "write \"hidden\", \"hashed\" or \"shown\"");
}

/* "exe", ".EXE": what is behind the last dot of a name, in lower case. */
static bool parse_ending(const char *text, char out[CONFIG_ENDING_SIZE])
{
	size_t len;

	text += *text == '.';
	len = strlen(text);
	if (len == 0 || len >= CONFIG_ENDING_SIZE || strchr(text, '.'))
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (text[i] && (!isgraph((unsigned char)text[i]) ||
				strchr("/\\:*", text[i])))
			return false;
		out[i] = (char)tolower((unsigned char)text[i]);
	}
	return true;
}

static void read_endings(struct confreader *r, const struct confnode *setting,
			 char list[][CONFIG_ENDING_SIZE], uint8_t *count)
{
	*count = 0;
	if (!setting->first || !confreader_fits(r, setting, CONFIG_ENDINGS_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (parse_ending(n->text, list[*count]))
			++*count;
		else
			confreader_refuse(r, n,
					  "is no ending of a file name; write"
					  " such as \"exe\", at most %u"
					  " letters",
					  CONFIG_ENDING_SIZE - 1);
	}
}

static void read_dangerous(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	struct mail *mail = target;

	read_endings(r, setting, mail->dangerous, &mail->dangerous_count);
}

static void read_harmless(struct confreader *r, const struct confnode *setting,
			  void *target)
{
	struct mail *mail = target;

	read_endings(r, setting, mail->harmless, &mail->harmless_count);
}

static void read_proxies(struct confreader *r, const struct confnode *setting,
			 void *target)
{
	struct mail *mail = target;

	mail->proxy_count = 0;
	if (!setting->first ||
	    !confreader_fits(r, setting, CONFIG_ADDRESSES_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		struct prefix *p = &mail->proxies[mail->proxy_count];

		if (confprefix_network(r, n, p) &&
		    confprefix_is_narrow(r, n, p))
			mail->proxy_count++;
	}
}

static void read_lists(struct confreader *r, const struct confnode *setting,
		       void *target)
{
	struct mail *mail = target;

	mail->list_count = 0;
	if (!setting->first || !confreader_fits(r, setting, CONFIG_LISTS_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confvalue_is_path(r, n))
			snprintf(mail->lists[mail->list_count++],
				 CONFIG_PATH_SIZE, "%s", n->text);
	}
}

void confmail_read_list(struct config *config, uint8_t number,
			struct findings *findings)
{
	struct mail *mail = &config->mail;
	const struct conflist list = {
		.set = &mail->listed[number],
		.widest4 = LISTED_WIDEST4,
		.widest6 = LISTED_WIDEST6,
		.too_wide = "is too wide for a list of bad senders",
		.most = CONFIG_LIST_PREFIXES,
	};

	conflist_read(&list, mail->lists[number], findings);
	prefixset_seal(list.set);
}

void confmail_protect_proxies(struct config *config, struct findings *findings)
{
	const struct mail *mail = &config->mail;

	for (uint8_t i = 0; i < mail->proxy_count; i++) {
		if (prefixset_add(&config->never_ban, &mail->proxies[i]))
			findings_error(findings, mail->line,
				       "there is not enough memory");
	}
	prefixset_seal(&config->never_ban);
}

const struct confword confwords_mail[] = {
	{ .name = "login_names", .read = read_login_names },
	{ .name = "dangerous", .kind = CONF_LIST, .read = read_dangerous },
	{ .name = "harmless", .kind = CONF_LIST, .read = read_harmless },
	{ .name = "proxies", .kind = CONF_LIST, .read = read_proxies },
	{ .name = "scanner",
	  .read = confvalue_path,
	  .at = offsetof(struct mail, scanner),
	  .max = SOCKET_MAX_LEN },
	{ .name = "lists", .kind = CONF_LIST, .read = read_lists },
	{ .name = "names",
	  .read = confvalue_bool,
	  .at = offsetof(struct mail, names) },
	{ .name = "scanner_group",
	  .read = confvalue_group,
	  .at = offsetof(struct mail, scanner_group) },
	{ 0 },
};

void confwords_read_mail(struct confreader *r, const struct confnode *node,
			 void *target)
{
	struct config *config = target;

	config->mail.line = node->line;
	confreader_section(r, node, &config->mail);
}
