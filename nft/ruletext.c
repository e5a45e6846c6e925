/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruletext: lists, sets and interfaces as nft spells them.
 */
#include "nft/ruletext.h"

#include <stdarg.h>

const struct ruletext_family ruletext_families[RULETEXT_FAMILIES] = {
	{ PREFIX_IP4, "ip", "ipv4_addr" },
	{ PREFIX_IP6, "ip6", "ipv6_addr" },
};

void ruletext_item(struct ruletext_list *list, const char *format, ...)
{
	va_list args;

	fprintf(list->out, "%s", list->count++ ? ", " : list->intro);
	if (list->count == 1)
		fputs("{ ", list->out);
	va_start(args, format);
	vfprintf(list->out, format, args);
	va_end(args);
}

void ruletext_zone(struct ruletext_list *list, const struct zone *zone)
{
	for (uint8_t i = 0; i < zone->interface_count; i++)
		ruletext_item(list, "\"%s\"", zone->interfaces[i]);
}

bool ruletext_end(struct ruletext_list *list)
{
	if (list->count)
		fputs(" }", list->out);
	return list->count > 0;
}

void ruletext_set(FILE *out, const char *name, const struct prefixset *members)
{
	char text[PREFIX_TEXT_SIZE];

	for (size_t f = 0; f < RULETEXT_FAMILIES; f++) {
		const struct ruletext_family *family = &ruletext_families[f];
		struct ruletext_list list = {
			.out = out,
			.intro = "\n\t\telements = ",
		};

		fprintf(out, "\tset %s%u {\n\t\ttype %s\n\t\tflags interval",
			name, family->family, family->type);
		for (size_t i = 0; i < members->count; i++) {
			const struct prefix *p = &members->items[i];

			if (p->family == family->family)
				ruletext_item(&list, "%s",
					      prefix_format(p, text));
		}
		ruletext_end(&list);
		fputs("\n\t}\n", out);
	}
}

void ruletext_interfaces(FILE *out, const char *intro,
			 const struct config *config,
			 bool (*is_wanted)(const struct zone *zone))
{
	struct ruletext_list list = { .out = out, .intro = intro };

	for (uint8_t i = 0; i < config->zone_count; i++) {
		if (is_wanted(&config->zones[i]))
			ruletext_zone(&list, &config->zones[i]);
	}
	ruletext_end(&list);
}

bool ruletext_is_outside(const struct zone *zone)
{
	return zone->outside;
}
