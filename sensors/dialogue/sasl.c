/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sasl: who tries to log in.
 *
 * What is decoded stays on the stack and is wiped: of it all only a hash of
 * the name goes on, and the name itself where the configuration says so.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sensors/content/base64.h"
#include "sensors/dialogue/inside.h"

#define DECODED 384u /* of a line's CLIENT_LINE bytes */

enum mechanism sasl_mechanism(const uint8_t *name, size_t len)
{
	static const struct {
		const char *name;
		enum mechanism mechanism;
	} mechanisms[] = {
		{ "PLAIN", MECHANISM_PLAIN },
		{ "LOGIN", MECHANISM_LOGIN },
		{ "CRAM-MD5", MECHANISM_CRAM },
		{ "XOAUTH2", MECHANISM_XOAUTH },
		{ "OAUTHBEARER", MECHANISM_XOAUTH },
	};

	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (strlen(mechanisms[i].name) == len &&
		    strncasecmp(mechanisms[i].name, (const char *)name, len) ==
			    0)
			return mechanisms[i].mechanism;
	return MECHANISM_OTHER;
}

void sasl_begin(struct dialogue *d, enum mechanism mechanism)
{
	d->login = (struct login){ .mechanism = (uint8_t)mechanism };
}

/* Names that systems, devices and examples come with. */
static bool is_default_name(const uint8_t *name, size_t len)
{
	static const char *const names[] = {
		"root",	  "admin",     "administrator", "test",	  "guest",
		"user",	  "demo",      "default",	"mail",	  "postmaster",
		"backup", "oracle",    "postgres",	"mysql",  "nobody",
		"ftp",	  "operator",  "support",	"system", "service",
		"info",	  "webmaster", "scanner",	"cyrus",  "zimbra",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(names[i], (const char *)name, len) == 0)
			return true;
	return false;
}

static void show_name(struct dialogue *d, const uint8_t *name, size_t len)
{
	struct login *login = &d->login;

	switch ((enum login_names)d->pool->config.names) {
	case LOGIN_NAMES_HIDDEN:
		break;
	case LOGIN_NAMES_HASHED:
		snprintf(login->name, sizeof(login->name), "#%08x",
			 (uint32_t)(login->account >> 16));
		break;
	case LOGIN_NAMES_SHOWN:
		if (len > ACCOUNT_SIZE - 1)
			len = ACCOUNT_SIZE - 1;
		for (size_t i = 0; i < len; i++)
			login->name[i] = name[i] ? (char)name[i] : '?';
		login->name[len] = '\0';
		break;
	case LOGIN_NAMES_COUNT:
		break;
	}
}

void sasl_name(struct dialogue *d, const uint8_t *name, size_t len)
{
	struct login *login = &d->login;
	const uint8_t *at = memrchr(name, '@', len);
	size_t local = at ? (size_t)(at - name) : len;

	if (len == 0)
		return;
	login->account = pool_hash(d->pool, name, len);
	login->local = pool_hash(d->pool, name, local);
	login->is_default = is_default_name(name, local);
	login->is_address = at && pool_is_own(d->pool, at + 1, len - local - 1);
	show_name(d, name, len);
}

/* authzid NUL authcid NUL secret (RFC 4616). */
static void take_plain(struct dialogue *d, const uint8_t *text, size_t len)
{
	const uint8_t *name = memchr(text, '\0', len), *end;

	if (!name)
		return;
	name++;
	len -= (size_t)(name - text);
	end = memchr(name, '\0', len);
	sasl_name(d, name, end ? (size_t)(end - name) : 0);
}

/* name, a blank, and a digest (RFC 2195). */
static void take_cram(struct dialogue *d, const uint8_t *text, size_t len)
{
	const uint8_t *end = memrchr(text, ' ', len);

	if (end)
		sasl_name(d, text, (size_t)(end - text));
}

/* "user=name" ^A ..., or "n,a=name," ^A ... (RFC 7628). */
static void take_xoauth(struct dialogue *d, const uint8_t *text, size_t len)
{
	const uint8_t *name, *end;

	if (len > 5 && memcmp(text, "user=", 5) == 0)
		name = text + 5;
	else if (len > 4 && memcmp(text, "n,a=", 4) == 0)
		name = text + 4;
	else
		return;
	len -= (size_t)(name - text);
	end = memchr(name, text[0] == 'u' ? '\x01' : ',', len);
	sasl_name(d, name, end ? (size_t)(end - name) : len);
}

static void take(struct dialogue *d, const uint8_t *text, size_t len)
{
	switch ((enum mechanism)d->login.mechanism) {
	case MECHANISM_PLAIN:
		take_plain(d, text, len);
		break;
	case MECHANISM_LOGIN:
		sasl_name(d, text, len);
		break;
	case MECHANISM_CRAM:
		take_cram(d, text, len);
		break;
	case MECHANISM_XOAUTH:
		take_xoauth(d, text, len);
		break;
	case MECHANISM_NONE:
	case MECHANISM_OTHER:
	case MECHANISM_PASSWORD:
	case MECHANISM_COUNT:
		break;
	}
}

void sasl_said(struct dialogue *d, const uint8_t *text, size_t len)
{
	uint8_t decoded[DECODED];

	/* "=" is an empty first answer (RFC 4954 section 4). */
	if (len == 0 || d->login.step > 0 || (len == 1 && *text == '='))
		return;
	d->login.step++;
	len = base64_whole(decoded, sizeof(decoded), text, len);
	take(d, decoded, len);
	explicit_bzero(decoded, sizeof(decoded));
}

void sasl_failed(struct dialogue *d)
{
	session_count(d, SESSION_LOGINS_REFUSED);
	if (d->outbound)
		return;
	judge_failure(d);
}

static bool shows_secret(const struct login *login)
{
	switch ((enum mechanism)login->mechanism) {
	case MECHANISM_PLAIN:
	case MECHANISM_LOGIN:
	case MECHANISM_XOAUTH:
	case MECHANISM_PASSWORD:
		return true;
	case MECHANISM_NONE:
	case MECHANISM_CRAM:
	case MECHANISM_OTHER:
	case MECHANISM_COUNT:
		break;
	}
	return false;
}

/* All of these are about our side: the peer knew the password. */
void sasl_passed(struct dialogue *d)
{
	const struct login *login = &d->login;
	const char *name = login->name;
	const char *of = name[0] ? ", account " : "";

	session_count(d, SESSION_LOGINS);
	d->got_mail = true;
	if (d->outbound)
		return;
	if (shows_secret(login))
		warn_seldom(d, SIGN_CLEARTEXT_LOGIN, 2, login->account,
			    "password readable on the wire%s%s", of, name);
	if (login->is_default)
		warn_seldom(d, SIGN_DEFAULT_ACCOUNT, 1, login->account,
			    "login to an account that systems come with%s%s",
			    of, name);
	if (login->account &&
	    (login->is_address || judge_local_known(d, login->local)))
		warn_seldom(
			d, SIGN_GUESSABLE_LOGIN, 3, login->account,
			"the login name can be read off the mail address%s%s",
			of, name);
}
