/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protect: the built-in ranges and the declared ones.
 */
#include "ctl/core/protect.h"

#include <errno.h>
#include <string.h>

/*
 * Ranges whose packets have no single sender to ban, or only ourselves:
 * RFC 6890 and the registries that it began; RFC 4291 section 2.5 and 2.7.
 */
static const char *const special_ranges[] = {
	"0.0.0.0/8", /* this network, unspecified */
	"127.0.0.0/8", /* loopback */
	"169.254.0.0/16", /* link-local */
	"224.0.0.0/4", /* multicast */
	"255.255.255.255", /* broadcast */
	"::", /* unspecified */
	"::1", /* loopback */
	"fe80::/10", /* link-local: neighbours and routers */
	"ff00::/8", /* multicast */
};

static const char *const names[PROTECTION_COUNT] = {
	[PROTECTION_NONE] = "nothing",
	[PROTECTION_SPECIAL] = "a special-purpose range",
	[PROTECTION_ADMIN] = "an administrator's network (admin)",
	[PROTECTION_SERVER] = "a declared server",
	[PROTECTION_NEVER_BAN] = "the never_ban list",
	[PROTECTION_ZONE] = "a network of a declared zone",
	[PROTECTION_OBSERVED] =
		"this machine, a gateway, resolver or present administrator",
	[PROTECTION_SHARED] = "a shared sender",
};

static int add_servers(struct prefixset *set, const struct config *config)
{
	int err = 0;

	for (uint8_t i = 0; i < config->server_count && !err; i++) {
		const struct server *server = &config->servers[i];

		for (uint8_t a = 0; a < server->address_count && !err; a++)
			err = prefixset_add(set, &server->addresses[a]);
		for (uint8_t a = 0; a < server->public_count && !err; a++)
			err = prefixset_add(set, &server->publics[a]);
	}
	prefixset_seal(set);
	return err;
}

/* Who lives in the zone that attackers come from is a stranger all the same,
 * also where it names its networks. */
static int add_zones(struct prefixset *set, const struct config *config)
{
	int err = 0;

	for (uint8_t i = 0; i < config->zone_count; i++) {
		const struct zone *zone = &config->zones[i];

		for (size_t n = 0; n < zone->networks.count; n++) {
			if (!zone->outside && !err)
				err = prefixset_add(set,
						    &zone->networks.items[n]);
		}
	}
	prefixset_seal(set);
	return err;
}

static int add_special(struct prefixset *set)
{
	int err = 0;

	for (size_t i = 0;
	     i < sizeof(special_ranges) / sizeof(special_ranges[0]) && !err;
	     i++) {
		const char *text = special_ranges[i];
		struct prefix p;

		err = prefix_parse(&p, text, strlen(text));
		if (!err)
			err = prefixset_add(set, &p);
	}
	prefixset_seal(set);
	return err;
}

/* A list, and why who is on it must not be banned. */
struct cause {
	const struct prefixset *set;
	enum protection protection;
};

#define CAUSES 9u

/* In the order in which they are named. */
static void list_causes(const struct protect *protect,
			struct cause causes[CAUSES])
{
	const struct cause all[CAUSES] = {
		{ &protect->special, PROTECTION_SPECIAL },
		{ &protect->config->admin, PROTECTION_ADMIN },
		{ &protect->servers, PROTECTION_SERVER },
		{ &protect->config->never_ban, PROTECTION_NEVER_BAN },
		{ &protect->zones, PROTECTION_ZONE },
		{ &protect->config->resolvers, PROTECTION_OBSERVED },
		{ &protect->observed, PROTECTION_OBSERVED },
		{ &protect->config->shared.prefixes, PROTECTION_SHARED },
		{ &protect->shared, PROTECTION_SHARED },
	};

	memcpy(causes, all, sizeof(all));
}

static unsigned int block_of(const struct prefix *p)
{
	return (unsigned int)p->addr[0] << 8 | p->addr[1];
}

/* The blocks that P touches. */
static void mark_blocks(struct protect *protect, const struct prefix *p)
{
	uint64_t *blocks = protect->blocks[p->family == PREFIX_IP6];
	unsigned int first = block_of(p);
	unsigned int count = 1;

	if (p->length < PROTECT_BLOCK_BITS)
		count = 1u << (PROTECT_BLOCK_BITS - p->length);
	for (unsigned int i = first; i < first + count; i++)
		blocks[i / 64] |= 1ull << i % 64;
}

/* All lists in one: who is not in it, nearly everybody, is asked for once. */
static int join(struct protect *protect)
{
	struct cause causes[CAUSES];
	int err = 0;

	list_causes(protect, causes);
	protect->all.count = 0;
	for (size_t i = 0; i < CAUSES; i++) {
		for (size_t n = 0; n < causes[i].set->count && !err; n++)
			err = prefixset_add(&protect->all,
					    &causes[i].set->items[n]);
	}
	prefixset_seal(&protect->all);
	protect->all_is_whole = !err;
	memset(protect->blocks, 0, sizeof(protect->blocks));
	for (size_t i = 0; i < protect->all.count; i++)
		mark_blocks(protect, &protect->all.items[i]);
	return err;
}

/* False: no list has an address of P.  Of nearly everybody the first bits tell
 * it already. */
static bool is_on_a_list(const struct protect *protect, const struct prefix *p)
{
	const uint64_t *blocks = protect->blocks[p->family == PREFIX_IP6];
	unsigned int block = block_of(p);

	if (!protect->all_is_whole)
		return true;
	if (p->length >= PROTECT_BLOCK_BITS &&
	    !(blocks[block / 64] >> block % 64 & 1))
		return false;
	return prefixset_overlap(&protect->all, p) != NULL;
}

int protect_init(struct protect *protect, const struct config *config)
{
	int err;

	*protect = (struct protect){ .config = config };
	prefixset_init(&protect->special);
	prefixset_init(&protect->servers);
	prefixset_init(&protect->zones);
	prefixset_init(&protect->observed);
	prefixset_init(&protect->shared);
	prefixset_init(&protect->all);
	err = add_special(&protect->special);
	if (!err)
		err = add_servers(&protect->servers, config);
	if (!err)
		err = add_zones(&protect->zones, config);
	if (!err)
		err = join(protect);
	if (err)
		protect_fini(protect);
	return err;
}

void protect_fini(struct protect *protect)
{
	prefixset_fini(&protect->special);
	prefixset_fini(&protect->servers);
	prefixset_fini(&protect->zones);
	prefixset_fini(&protect->observed);
	prefixset_fini(&protect->shared);
	prefixset_fini(&protect->all);
}

static void replace(struct protect *protect, struct prefixset *old,
		    struct prefixset *list)
{
	prefixset_fini(old);
	*old = *list;
	prefixset_init(list);
	(void)join(protect); /* where memory fails, each list is asked */
}

void protect_observe(struct protect *protect, struct prefixset *list)
{
	replace(protect, &protect->observed, list);
}

void protect_share(struct protect *protect, struct prefixset *list)
{
	replace(protect, &protect->shared, list);
}

enum protection protect_ask(const struct protect *protect,
			    const struct prefix *p, struct prefix *by)
{
	struct cause causes[CAUSES];

	if (!is_on_a_list(protect, p))
		return PROTECTION_NONE;
	list_causes(protect, causes);
	for (size_t i = 0; i < CAUSES; i++) {
		const struct prefix *found;

		found = prefixset_overlap(causes[i].set, p);
		if (found) {
			*by = *found;
			return causes[i].protection;
		}
	}
	return PROTECTION_NONE;
}

const char *protection_name(enum protection protection)
{
	return protection < PROTECTION_COUNT ? names[protection] : "nothing";
}
