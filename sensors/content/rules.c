/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules: the endings of names that are dangerous, sorted once for all
 * messages, and the hash that nobody outside can aim.
 */
#include <stdlib.h>
#include <string.h>

#include "sensors/content/inside.h"

#define ENDING_SIZE 16u

struct content_rules {
	uint64_t seed;
	size_t count;
	char endings[][ENDING_SIZE];
};

static const char *const dangerous[] = {
	/* What the standards name. */
	"exe",
	"scr",
	"pif",
	"vbs",
	"ws",
	"wsc",
	/* Programs and their parts. */
	"com",
	"cpl",
	"dll",
	"msi",
	"msp",
	"mst",
	"msix",
	"appx",
	"appxbundle",
	"msixbundle",
	"application",
	"appref-ms",
	"gadget",
	"sys",
	"drv",
	"ocx",
	"jar",
	"jnlp",
	"apk",
	"xll",
	"wll",
	"xlam",
	"ppam",
	/* Scripts. */
	"bat",
	"cmd",
	"vb",
	"vbe",
	"js",
	"jse",
	"wsf",
	"wsh",
	"hta",
	"ps1",
	"ps1xml",
	"ps2",
	"psm1",
	"psd1",
	"psc1",
	"sct",
	"shb",
	"shs",
	"bas",
	"csh",
	"ksh",
	"sh",
	"py",
	"pyz",
	"pyw",
	"command",
	/* What starts another thing. */
	"lnk",
	"url",
	"scf",
	"inf",
	"ins",
	"isp",
	"reg",
	"job",
	"chm",
	"hlp",
	"msc",
	"mht",
	"mhtml",
	"diagcab",
	"settingcontent-ms",
	"library-ms",
	"search-ms",
	"rdp",
	"theme",
	"themepack",
	"xbap",
	"website",
	"one",
	"onepkg",
	"iqy",
	"slk",
	/* Images of discs, which carry any of these. */
	"iso",
	"img",
	"vhd",
	"vhdx",
	"udf",
	"dmg",
	"daa",
	"wim",
	/* Databases that run code. */
	"ade",
	"adp",
	"app",
	"mad",
	"maf",
	"mag",
	"mam",
	"maq",
	"mar",
	"mas",
	"mat",
	"mau",
	"mav",
	"maw",
	"mda",
	"mde",
	"mdt",
	"mdw",
	"mdz",
	"ops",
	"prf",
	"prg",
};

const char *const *content_dangerous(size_t *count)
{
	*count = sizeof(dangerous) / sizeof(dangerous[0]);
	return dangerous;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct content_rules *content_rules_new(const char *const *endings,
					size_t count, uint64_t seed)
{
	struct content_rules *rules =
		calloc(1, sizeof(*rules) + (count + 1) * ENDING_SIZE);

	if (!rules)
		return NULL;
	rules->seed = seed;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(endings[i]);

		/* A longer one could never be met: names are cut there. */
		if (len < ENDING_SIZE)
			memcpy(rules->endings[rules->count++], endings[i],
			       len + 1);
	}
	qsort(rules->endings, rules->count, ENDING_SIZE, compare);
	return rules;
}

void content_rules_free(struct content_rules *rules)
{
	free(rules);
}

bool rules_is_dangerous(const struct content_rules *rules, const char *ending)
{
	return bsearch(ending, rules->endings, rules->count, ENDING_SIZE,
		       compare) != NULL;
}

uint64_t rules_hash(const struct content_rules *rules, const uint8_t *bytes,
		    size_t len)
{
	uint64_t hash = rules->seed ^ (len * 0x9e3779b97f4a7c15u);

	for (size_t i = 0; i < len; i++) {
		hash = (hash ^ bytes[i]) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 29;
	}
	return hash;
}
