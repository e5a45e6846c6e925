/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/core/escape.h"
#include "ctl/records/pseudonym.h"
#include "ctl/records/spot.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define NAME_LEN 29 /* anon- and 24 digits */

static struct pseudonym *with_key(const char *key)
{
	char path[] = "/tmp/postern-key-XXXXXX";
	int fd = mkstemp(path);
	struct pseudonym *p = NULL;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, key, strlen(key)), (ssize_t)strlen(key));
	close(fd);
	if (pseudonym_new(&p, path))
		p = NULL;
	unlink(path);
	return p;
}

/* The record with TEXT as its reason, as it is shown; for free(). */
static char *shown_with(struct pseudonym *p, const char *before,
			const char *key, const char *text)
{
	char *escaped = malloc(6 * strlen(text) + 1), *line, *copy;
	const char *out;
	size_t len, out_len;

	escape_json(escaped, 6 * strlen(text) + 1, text, strlen(text));
	assert_true(asprintf(&line,
			     "{\"seq\":1%s,\"%s\":\"%s\",\"hash\":\"00\"}",
			     before, key, escaped) > 0);
	free(escaped);
	len = strlen(line);
	copy = edge_copy(line, len);
	assert_int_equal(pseudonym_record(p, copy, len, &out, &out_len), 0);
	edge_free(copy, len);
	free(line);
	return strndup(out, out_len);
}

static char *shown(struct pseudonym *p, const char *text)
{
	return shown_with(p, "", "reason", text);
}

static void shows(struct pseudonym *p, const char *text, const char *wanted)
{
	char *out = shown(p, text), *at = strstr(out, "\"reason\":\"");

	assert_non_null(at);
	at += 10;
	at[strlen(at) - 2] = '\0';
	assert_string_equal(at, wanted);
	free(out);
}

/* No part of TEXT is a spelling of the address at BYTES. */
static bool tells(const char *text, int family, const uint8_t *bytes)
{
	size_t len = strlen(text), size = family == AF_INET ? 4 : 16;
	char part[INET6_ADDRSTRLEN];
	uint8_t found[16];

	for (size_t i = 0; i < len; i++) {
		for (size_t n = 2; n < sizeof(part) && i + n <= len; n++) {
			memcpy(part, text + i, n);
			part[n] = '\0';
			if (inet_pton(family, part, found) == 1 &&
			    memcmp(found, bytes, size) == 0)
				return true;
		}
	}
	return false;
}

/* One of many spellings of the address of P. */
static void spell(struct random *r, const struct prefix *p, char out[64])
{
	char text[INET6_ADDRSTRLEN];
	const uint8_t *a = p->addr;

	if (p->family == PREFIX_IP4) {
		static const char *const forms[] = {
			"%u.%u.%u.%u",		"%03u.%03u.%03u.%03u",
			"::ffff:%u.%u.%u.%u",	"::%u.%u.%u.%u",
			"[::FFFF:%u.%u.%u.%u]", "ip-%u-%u-%u-%u"
		};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(out, 64, forms[random_below(r, 6)], a[0], a[1], a[2],
			 a[3]);
#pragma GCC diagnostic pop
		return;
	}
	switch (random_below(r, 4)) {
	case 0:
		inet_ntop(AF_INET6, a, out, 64);
		return;
	case 1:
		out[0] = '\0';
		for (int i = 0; i < 8; i++)
			sprintf(out + strlen(out), "%s%02X%02x", i ? ":" : "",
				a[2 * i], a[2 * i + 1]);
		return;
	case 2:
		out[0] = '\0';
		for (int i = 0; i < 6; i++)
			sprintf(out + strlen(out),
				"%x:", a[2 * i] << 8 | a[2 * i + 1]);
		sprintf(out + strlen(out), "%u.%u.%u.%u", a[12], a[13], a[14],
			a[15]);
		return;
	default:
		snprintf(out, 64, "[%s]:25", inet_ntop(AF_INET6, a, text, 64));
	}
}

static void no_address_is_told_however_it_is_spelt(void **state)
{
	static const char *const sides[] = {
		"",   " ",	 "x", "http://", "<",	 "\"",	 "\\",	"IPv6:",
		"::", ":",	 ".", "/",	 "1",	 "a",	 "-",	"%",
		"@",  "\n",	 "=", "[",	 "]:25", "/24",	 "/64", ",",
		";",  "%25eth0", "_", "\xff",	 "Bad.", "0.0.",
	};
	struct pseudonym *p = with_key("a key of at least 16 bytes");
	struct random r = { { 5, 6, 7 } };

	(void)state;
	assert_non_null(p);
	for (int i = 0; i < 20000; i++) {
		struct prefix address = random_prefix(&r);
		char spelling[64], text[128], *out;
		bool is_ip4 = address.family == PREFIX_IP4;
		size_t count = sizeof(sides) / sizeof(sides[0]);

		/* What is nearly empty may be any word: "d::e". */
		for (size_t n = 0; n < 16; n++)
			address.addr[n] |= 1u;
		spell(&r, &address, spelling);
		snprintf(text, sizeof(text), "%s%s%s",
			 sides[random_below(&r, (uint32_t)count)], spelling,
			 sides[random_below(&r, (uint32_t)count)]);
		out = shown(p, text);
		if (tells(out, is_ip4 ? AF_INET : AF_INET6, address.addr) ||
		    strstr(out, spelling))
			fail_msg("%s is shown as %s", text, out);
		free(out);
	}
	pseudonym_free(p);
}

static void an_address_has_one_name_in_every_spelling(void **state)
{
	static const char *const same4[] = {
		"192.0.2.1",
		"192.000.002.001",
		"::ffff:192.0.2.1",
		"::FFFF:C000:0201",
		"1.2.0.192.in-addr.arpa",
		"1.2.0.192.IN-ADDR.ARPA",
		"192.0.2.1/32",
		"192-0-2-1",
	};
	static const char *const same6[] = {
		"2001:db8::1",
		"2001:0DB8:0000:0000:0000:0000:0000:0001",
		"2001:db8:0:0:0:0:0.0.0.1",
		"2001:db8::1/128",
		"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2",
	};
	struct pseudonym *p = with_key("a key of at least 16 bytes");
	struct pseudonym *q = with_key("another key of as many bytes");
	char *one = shown(p, same4[0]), *six = shown(p, same6[0]);

	(void)state;
	for (size_t i = 0; i < sizeof(same4) / sizeof(same4[0]); i++) {
		char *out = shown(p, same4[i]);

		assert_string_equal(out, one);
		free(out);
	}
	for (size_t i = 0; i < sizeof(same6) / sizeof(same6[0]); i++) {
		char *out = shown(p, same6[i]);

		assert_string_equal(out, six);
		free(out);
	}
	assert_string_not_equal(one, six);
	free(six);
	six = shown(q, same4[0]);
	assert_string_not_equal(one, six);
	free(one);
	free(six);
	one = shown_with(p, "", "source", "192.0.2.1");
	six = shown(p, "192.0.2.1");
	assert_memory_equal(strstr(one, "anon-"), strstr(six, "anon-"),
			    NAME_LEN);
	free(one);
	free(six);
	pseudonym_free(p);
	pseudonym_free(q);
}

static void what_is_no_address_stays(void **state)
{
	static const char *const stay[] = {
		"",
		"called by phone at 17:40:12",
		"std::end of a list",
		"version 1.2.3",
		"2026-11-21",
		"case 2026-7",
		"mail, 12:30",
		"4 files \x01\xff \"quoted\" \\",
		"sid 2260002",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709e3b0c44298fc1c149afbf4c8",
	};
	struct pseudonym *p = with_key("a key of at least 16 bytes");

	(void)state;
	for (size_t i = 0; i < sizeof(stay) / sizeof(stay[0]); i++) {
		char escaped[512];

		escape_json(escaped, sizeof(escaped), stay[i], strlen(stay[i]));
		shows(p, stay[i], escaped);
	}
	pseudonym_free(p);
}

static void mail_addresses_have_names_too(void **state)
{
	struct pseudonym *p = with_key("a key of at least 16 bytes");
	char *one = shown(p, "RCPT TO:<Joe.User@example.org>");
	char *two = shown(p, "RCPT TO:<joe.user@EXAMPLE.org>");

	(void)state;
	assert_string_equal(one, two);
	assert_null(strcasestr(one, "joe"));
	assert_null(strcasestr(one, "example"));
	assert_non_null(strstr(one, "RCPT TO:<anon-"));
	free(one);
	free(two);
	one = shown(p, "joe@[192.0.2.1] wrote");
	assert_null(strstr(one, "joe"));
	assert_null(strstr(one, "192"));
	assert_non_null(strstr(one, " wrote"));
	free(one);
	pseudonym_free(p);
}

/* A line of eve.json in two pieces, cut within the address and a packet. */
static void what_two_records_share_is_told_by_neither(void **state)
{
	struct pseudonym *p = with_key("a key of at least 16 bytes");
	char *out;

	(void)state;
	out = shown_with(p, ",\"length\":40,\"at\":0", "line",
			 "{\"src_ip\":\"2001:db8:7:");
	assert_non_null(strstr(out, "src_ip"));
	assert_null(strstr(out, "2001"));
	free(out);
	out = shown_with(p, ",\"length\":40,\"at\":21", "line",
			 ":42\",\"sid\":7}     ");
	assert_null(strstr(out, ":42"));
	assert_non_null(strstr(out, "\\\"sid\\\":7"));
	free(out);
	/* Base64 of a packet, and of a flow's hash (community_id). */
	out = shown_with(p, ",\"length\":38", "line",
			 "\"packet\":\"RUhMTyAxOTIuMC4yLjE7RUhMTyA=\"");
	assert_null(strstr(out, "RUhM"));
	assert_non_null(strstr(out, "anon-bytes"));
	free(out);
	out = shown_with(p, ",\"name\":\"more\"", "reason", "0.2.1\"}");
	assert_null(strstr(out, "0.2.1"));
	free(out);
	pseudonym_free(p);
}

static void a_text_that_was_cut_off_ends_before_half_an_address(void **state)
{
	struct pseudonym *p = with_key("a key of at least 16 bytes");
	char text[128], *out;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text + 113, "2001:db8:7:1:2", 14);
	text[127] = '\0';
	out = shown(p, text);
	assert_null(strstr(out, "2001"));
	free(out);
	pseudonym_free(p);
}

static void hashes_and_short_keys_hide_nothing(void **state)
{
	struct pseudonym *p = with_key("a key of at least 16 bytes");
	char *out =
		shown_with(p,
			   ",\"prev\":\"11\",\"heads\":[[\"acts\",1,\"22\"]]"
			   ",\"sig\":\"33\"",
			   "reason", "");

	(void)state;
	assert_string_equal(out, "{\"seq\":1,\"reason\":\"\"}");
	free(out);
	pseudonym_free(p);
	assert_null(with_key("15 bytes of key"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_address_is_told_however_it_is_spelt),
		cmocka_unit_test(an_address_has_one_name_in_every_spelling),
		cmocka_unit_test(what_is_no_address_stays),
		cmocka_unit_test(mail_addresses_have_names_too),
		cmocka_unit_test(what_two_records_share_is_told_by_neither),
		cmocka_unit_test(
			a_text_that_was_cut_off_ends_before_half_an_address),
		cmocka_unit_test(hashes_and_short_keys_hide_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
