/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset: the table's frame, the bans and the gate.  The rules of the single
 * servers are serverrules'.
 */
#include "nft/ruleset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/core/ladder.h"
#include "nft/names.h"
#include "nft/ruletext.h"
#include "nft/serverrules.h"

#define FAMILIES RULETEXT_FAMILIES

static const struct ruletext_family *const families = ruletext_families;

static void put_protected(FILE *out, const struct config *config)
{
	fputs("\n\t# Nobody here is ever dropped by a ban.\n", out);
	ruletext_set(out, "never", &config->never_ban);
	fputs("\n\t# Administrators: as above, and they pass a shut gate.\n",
	      out);
	ruletext_set(out, "admin", &config->admin);
}

static void put_ladder_sets(FILE *out, enum ladder_list list,
			    unsigned int generation)
{
	char name[NAMES_SIZE];

	for (size_t f = 0; f < FAMILIES; f++) {
		for (unsigned int rung = 0; rung < LADDER_RUNGS; rung++)
			fprintf(out, "\tset %s { type %s; flags timeout; }\n",
				names_set(name, list, families[f].family, rung,
					  generation),
				families[f].type);
	}
}

/* The mask of a rung, as nft writes it. */
static const char *mask_text(char buf[PREFIX_TEXT_SIZE], uint8_t family,
			     unsigned int length)
{
	static const uint8_t ones[16] = { 255, 255, 255, 255, 255, 255,
					  255, 255, 255, 255, 255, 255,
					  255, 255, 255, 255 };
	struct prefix mask;

	if (prefix_make(&mask, family, ones, length))
		return "";
	mask.length = (uint8_t)prefix_bits(family);
	return prefix_format(&mask, buf);
}

/* "ip saddr" or "ip saddr & 255.255.255.0", for a look-up in RUNG's set. */
static void put_key(FILE *out, size_t f, unsigned int rung)
{
	unsigned int length = ladder_length(families[f].family, rung);
	char mask[PREFIX_TEXT_SIZE];

	fprintf(out, "%s saddr", families[f].ip);
	if (length < prefix_bits(families[f].family))
		fprintf(out, " & %s",
			mask_text(mask, families[f].family, length));
}

static void put_rungs(FILE *out, enum ladder_list list, size_t f,
		      const char *before, unsigned int generation)
{
	char name[NAMES_SIZE];

	for (unsigned int rung = 0; rung < LADDER_RUNGS; rung++) {
		fputs(before, out);
		put_key(out, f, rung);
		fprintf(out, " @%s counter name ban%u_%u goto banned%u\n",
			names_set(name, list, families[f].family, rung,
				  generation),
			families[f].family,
			ladder_length(families[f].family, rung),
			families[f].family);
	}
}

static void put_ladder_rules(FILE *out, size_t f, const char *before,
			     unsigned int generation)
{
	put_rungs(out, LIST_BAN, f, before, generation);
	fprintf(out, "%s%s daddr . tcp dport @services%u jump ladder_mail%u\n",
		before, families[f].ip, families[f].family, families[f].family);
}

static void put_mail_rules(FILE *out, size_t f, const char *before,
			   unsigned int generation)
{
	put_rungs(out, LIST_MAIL, f, before, generation);
}

static void put_banned_rules(FILE *out, size_t f, const char *before,
			     unsigned int generation)
{
	char name[NAMES_SIZE];

	fprintf(out, "%s%s saddr @admin%u return\n", before, families[f].ip,
		families[f].family);
	fprintf(out, "%s%s saddr @never%u return\n", before, families[f].ip,
		families[f].family);
	for (unsigned int rung = 0; rung < LADDER_RUNGS; rung++) {
		fputs(before, out);
		put_key(out, f, rung);
		fprintf(out, " @%s return\n",
			names_set(name, LIST_PARDON, families[f].family, rung,
				  generation));
	}
	fprintf(out, "%sjump banned_traced%u\n", before, families[f].family);
	fprintf(out, "%scounter name banned%u drop\n", before,
		families[f].family);
}

static void put_chain(FILE *out, const char *name, size_t f,
		      void (*rules)(FILE *, size_t, const char *, unsigned int),
		      unsigned int generation)
{
	fprintf(out, "\tchain %s%u {\n", name, families[f].family);
	rules(out, f, "\t\t", generation);
	fputs("\t}\n", out);
}

static void put_server_services(struct ruletext_list *list,
				const struct server *server, uint8_t family)
{
	size_t count = server->address_count + server->public_count;
	char text[PREFIX_TEXT_SIZE];

	for (size_t i = 0; i < count * server->service_count; i++) {
		const struct service *service = &server->services[i / count];
		size_t n = i % count;
		const struct prefix *p =
			n < server->address_count
				? &server->addresses[n]
				: &server->publics[n - server->address_count];

		if (p->family == family && service->tcp)
			ruletext_item(list, "%s . %u", prefix_format(p, text),
				      service->port);
	}
}

/* Address and port of each service, as the packets of outside have them. */
static void put_services(FILE *out, const struct config *config, size_t f)
{
	struct ruletext_list list = { .out = out, .intro = "; elements = " };

	fprintf(out, "\tset services%u { type %s . inet_service",
		families[f].family, families[f].type);
	for (uint8_t i = 0; i < config->server_count; i++)
		put_server_services(&list, &config->servers[i],
				    families[f].family);
	ruletext_end(&list);
	fputs("; }\n", out);
}

static void put_ban_sets(FILE *out, const struct config *config,
			 unsigned int generation)
{
	fputs("\n\t# The bans: a hash set per prefix length, so that one more"
	      " costs\n\t# the same at any size.  The kernel counts each term"
	      " down.\n",
	      out);
	put_ladder_sets(out, LIST_BAN, generation);
	fputs("\n\t# The same for bans from the mail services alone, and what"
	      " these are.\n",
	      out);
	put_ladder_sets(out, LIST_MAIL, generation);
	for (size_t f = 0; f < FAMILIES; f++)
		put_services(out, config, f);
	fputs("\n\t# Pardons: who leaves a banned subnet for a while.\n", out);
	put_ladder_sets(out, LIST_PARDON, generation);
	fputs("\n\t# What met a ban, by prefix length; and what was dropped."
	      "\n",
	      out);
	for (size_t f = 0; f < FAMILIES; f++) {
		uint8_t family = families[f].family;

		for (unsigned int rung = 0; rung < LADDER_RUNGS; rung++)
			fprintf(out, "\tcounter ban%u_%u { }\n", family,
				ladder_length(family, rung));
		fprintf(out, "\tcounter banned%u { }\n", family);
	}
	fputs("\n\t# Single sessions, of senders that many people share.\n"
	      "\tset " NAMES_CUT4 " { type ipv4_addr . inet_service . ipv4_addr"
	      " . inet_service; flags timeout; size 65536; }\n"
	      "\tset " NAMES_CUT6 " { type ipv6_addr . inet_service . ipv6_addr"
	      " . inet_service; flags timeout; size 65536; }\n"
	      "\tcounter cut { }\n",
	      out);
}

static void put_ban_chains(FILE *out, const struct config *config,
			   unsigned int generation)
{
	fputs("\n\t# Before defragmentation and connection tracking: a banned"
	      " source\n\t# costs next to nothing, and its open sessions end."
	      "\n\tchain prerouting {\n\t\ttype filter hook prerouting"
	      " priority -450; policy accept;\n",
	      out);
	for (size_t f = 0; f < FAMILIES; f++) {
		ruletext_interfaces(out, "\t\tiifname ", config,
				    ruletext_is_outside);
		fprintf(out, " meta nfproto ipv%u jump ladder%u\n",
			families[f].family, families[f].family);
		ruletext_interfaces(out, "\t\tiifname ", config,
				    ruletext_is_outside);
		fprintf(out,
			" %s saddr . tcp sport . %s daddr . tcp dport @cut%u"
			" counter name cut drop\n",
			families[f].ip, families[f].ip, families[f].family);
	}
	fputs("\t}\n", out);
	for (size_t f = 0; f < FAMILIES; f++) {
		put_chain(out, "ladder_mail", f, put_mail_rules, generation);
		put_chain(out, "ladder", f, put_ladder_rules, generation);
	}
	fputs("\n\t# Whose hits are counted just now, if anybody's: `postern why"
	      " --trace`.\n\tcounter " RULESET_TRACED " { }\n"
	      "\tchain banned_traced4 {\n\t}\n"
	      "\tchain banned_traced6 {\n\t}\n",
	      out);
	fputs("\n\t# The protected and the pardoned pass all the same.\n", out);
	for (size_t f = 0; f < FAMILIES; f++)
		put_chain(out, "banned", f, put_banned_rules, generation);
}

static void put_gate(FILE *out)
{
	fputs("\n\t# Empty while the gate is open.  Shut (drop all) from boot"
	      " until the\n\t# bans are in force, and as `postern panic` says."
	      "\n\tcounter gate_shut { }\n"
	      "\tchain gate_in {\n\t}\n\tchain gate_out {\n\t}\n",
	      out);
}

int ruleset_format(char **out, const struct config *config,
		   unsigned int generation)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int err;

	if (!f)
		return -ENOMEM;
	fputs("# The mail gate of this machine, made by postern " POSTERN_VERSION
	      " from its\n# configuration.  This table only ever drops:"
	      " whatever else the firewall\n# does stays its own business.\n\n"
	      "table inet " RULESET_TABLE " {",
	      f);
	put_protected(f, config);
	put_ban_sets(f, config, generation);
	put_ban_chains(f, config, generation);
	put_gate(f);
	err = serverrules_format(f, config);
	fputs("}\n", f);
	if (fclose(f) != 0)
		err = -ENOMEM;
	if (err) {
		free(text);
		return err;
	}
	*out = text;
	return 0;
}

/* The chains that name sets of a generation. */
static const struct ban_chain {
	const char *name;
	void (*rules)(FILE *, size_t, const char *, unsigned int);
} ban_chains[] = {
	{ "ladder_mail", put_mail_rules },
	{ "ladder", put_ladder_rules },
	{ "banned", put_banned_rules },
};

#define BAN_CHAINS (sizeof(ban_chains) / sizeof(ban_chains[0]))

int ruleset_ladder(char **out, unsigned int generation)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -ENOMEM;
	for (size_t i = 0; i < FAMILIES * BAN_CHAINS; i++) {
		const struct ban_chain *chain = &ban_chains[i % BAN_CHAINS];
		size_t family = i / BAN_CHAINS;
		char before[64];

		fprintf(f, "flush chain inet " RULESET_TABLE " %s%u\n",
			chain->name, families[family].family);
		snprintf(before, sizeof(before),
			 "add rule inet " RULESET_TABLE " %s%u ", chain->name,
			 families[family].family);
		chain->rules(f, family, before, generation);
	}
	if (fclose(f) != 0) {
		free(text);
		return -ENOMEM;
	}
	*out = text;
	return 0;
}

#define GATE_RULE(chain, match)                            \
	"add rule inet " RULESET_TABLE " " chain " " match \
	"counter name gate_shut drop\n"

const char *ruleset_gate(enum gate gate)
{
	switch (gate) {
	case GATE_OPEN:
	case GATE_COUNT:
		return "";
	case GATE_SHUT:
	case GATE_PANIC_ALL:
		return GATE_RULE("gate_in", "") GATE_RULE("gate_out", "");
	case GATE_PANIC_IN:
		return GATE_RULE("gate_in", "ct direction original ")
			GATE_RULE("gate_out", "ct direction reply ");
	case GATE_PANIC_OUT:
		return GATE_RULE("gate_in", "ct direction reply ")
			GATE_RULE("gate_out", "ct direction original ");
	}
	return "";
}
