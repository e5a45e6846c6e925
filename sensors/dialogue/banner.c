/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * banner: what a server tells everyone about itself (2.1.4 of the state's
 * standard: no product, no version, no system).
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

static const char *const products[] = {
	"Postfix",   "Exim",	 "Sendmail",	"Microsoft",  "Exchange",
	"Dovecot",   "Cyrus",	 "Courier",	"OpenSMTPD",  "qmail",
	"Zimbra",    "MDaemon",	 "hMailServer", "Lotus",      "Domino",
	"GroupWise", "Kerio",	 "IceWarp",	"MailEnable", "CommuniGate",
	"Haraka",    "Stalwart", "Debian",	"Ubuntu",     "CentOS",
	"Red Hat",   "FreeBSD",	 "Windows",	"Pigeonhole", "UW IMAP",
	"Qpopper",   "Merak",	 "SurgeMail",
};

static char lower(uint8_t c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* A word of TEXT, not a part of one: "example" holds no "exam". */
static bool holds_word(const uint8_t *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++) {
		bool begins = i == 0 ||
			      !((lower(text[i - 1]) >= 'a' &&
				 lower(text[i - 1]) <= 'z') ||
				text[i - 1] == '.' || text[i - 1] == '@');
		size_t k = 0;

		if (!begins || lower(text[i]) != lower((uint8_t)word[0]))
			continue;
		while (k < n && lower(text[i + k]) == lower((uint8_t)word[k]))
			k++;
		if (k == n && (i + n == len || !(lower(text[i + n]) >= 'a' &&
						 lower(text[i + n]) <= 'z')))
			return true;
	}
	return false;
}

void banner_check(struct dialogue *d, const uint8_t *text, size_t len,
		  const char *where)
{
	uint64_t key = (uint64_t)d->place.target_port << 32 | d->place.server;
	uint64_t hash, *seen;

	if (d->outbound)
		return;
	/* Servers say the same again and again. */
	hash = pool_hash(d->pool, text, len);
	seen = &d->pool->banners[hash % BANNERS];
	if (*seen == hash)
		return;
	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
		if (!holds_word(text, len, products[i]))
			continue;
		warn_seldom(d, SIGN_WEAK_BANNER, 3, key, "%s tells: \"%.*s\"",
			    where, len < 56 ? (int)len : 56,
			    (const char *)text);
		return;
	}
	*seen = hash;
}
