/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confprefix: text to addresses and networks.
 */
#include "ctl/warden/conf/confprefix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * What may be exempt from bans.  A shorter prefix is a large part of the
 * Internet; every special block is longer (240.0.0.0/4, fc00::/7).
 */
#define SHORTEST4 4
#define SHORTEST6 7

static void refuse_text(struct confreader *r, const struct confnode *value)
{
	confreader_refuse(r, value,
			  "is no address or network; write such as"
			  " \"192.0.2.25\", \"192.0.2.0/24\" or"
			  " \"2001:db8::/32\"");
}

/* Host bits are set: say what the writer may have meant. */
static void refuse_host_bits(struct confreader *r, const struct confnode *value)
{
	const char *slash = strchr(value->text, '/');
	char block_text[PREFIX_TEXT_SIZE], address_text[PREFIX_TEXT_SIZE];
	unsigned long length = strtoul(slash + 1, NULL, 10);
	struct prefix address, block;
	bool is_mapped;

	if (prefix_parse_address(&address, value->text,
				 (size_t)(slash - value->text))) {
		refuse_text(r, value);
		return;
	}
	/* An IPv4 address in IPv6 form was taken as what it means. */
	is_mapped = address.family == PREFIX_IP4 && strchr(value->text, ':');
	if (is_mapped && length < 96) {
		refuse_text(r, value);
		return;
	}
	length -= is_mapped ? 96 : 0;
	block = prefix_truncate(&address, (unsigned int)length);
	confreader_refuse(r, value,
			  "has bits set behind its length; write \"%s\" or"
			  " \"%s\"",
			  prefix_format(&block, block_text),
			  prefix_format(&address, address_text));
}

bool confprefix_network(struct confreader *r, const struct confnode *value,
			struct prefix *out)
{
	int err = prefix_parse(out, value->text, strlen(value->text));

	if (err == -EDOM)
		refuse_host_bits(r, value);
	else if (err)
		refuse_text(r, value);
	return !err;
}

/* Addresses at which nobody across a network can be reached. */
static bool is_unreachable(const struct prefix *p)
{
	static const char *const blocks[] = {
		"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3",
		"::/127",    "fe80::/10",   "ff00::/8",
	};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct prefix block;

		if (!prefix_parse(&block, blocks[i], strlen(blocks[i])) &&
		    prefix_overlaps(&block, p))
			return true;
	}
	return false;
}

bool confprefix_address(struct confreader *r, const struct confnode *value,
			struct prefix *out)
{
	struct prefix p;

	if (!confprefix_network(r, value, &p))
		return false;
	if (!prefix_is_address(&p)) {
		confreader_refuse(r, value,
				  "is a network; write each address of the"
				  " server");
		return false;
	}
	if (is_unreachable(&p)) {
		confreader_refuse(r, value,
				  "is loopback, link-local, multicast or"
				  " reserved; write the address that others"
				  " reach the server at");
		return false;
	}
	*out = p;
	return true;
}

/* Read all that CHECK, which may be NULL, lets pass. */
static void read_set(struct confreader *r, const struct confnode *setting,
		     struct prefixset *set,
		     bool (*check)(struct confreader *, const struct confnode *,
				   const struct prefix *))
{
	for (const struct confnode *n = setting->first; n; n = n->next) {
		struct prefix p;

		if (!confprefix_network(r, n, &p) ||
		    (check && !check(r, n, &p)))
			continue;
		if (prefixset_add(set, &p))
			confreader_error(r, n, "there is not enough memory");
	}
	prefixset_seal(set);
}

void confprefix_set(struct confreader *r, const struct confnode *setting,
		    void *target)
{
	struct prefixset *set = (void *)((char *)target + setting->word->at);

	read_set(r, setting, set, NULL);
}

bool confprefix_is_narrow(struct confreader *r, const struct confnode *value,
			  const struct prefix *p)
{
	static const struct prefix internet6 = {
		.family = PREFIX_IP6,
		.length = 3,
		.addr = { 0x20 },
	};
	unsigned int shortest = p->family == PREFIX_IP4 ? SHORTEST4 : SHORTEST6;

	if (p->length >= shortest)
		return true;
	confreader_refuse(r, value,
			  "is %s Internet: nobody there could be banned; write"
			  " the networks that you trust",
			  p->length == 0 || prefix_contains(p, &internet6)
				  ? "the whole"
				  : "a large part of the");
	return false;
}

void confprefix_protected(struct confreader *r, const struct confnode *setting,
			  void *target)
{
	struct prefixset *set = (void *)((char *)target + setting->word->at);

	read_set(r, setting, set, confprefix_is_narrow);
}
