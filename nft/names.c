/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names: of sets, in and out.
 */
#include "nft/names.h"

#include <stdio.h>
#include <string.h>

#include "ctl/core/ladder.h"

static const char *const list_names[LIST_COUNT] = {
	[LIST_BAN] = "ban",
	[LIST_MAIL] = "mail",
	[LIST_PARDON] = "pardon",
};

const char *names_set(char buf[NAMES_SIZE], enum ladder_list list,
		      uint8_t family, unsigned int rung,
		      unsigned int generation)
{
	snprintf(buf, NAMES_SIZE, "%s%u_%u_g%u", list_names[list], family,
		 ladder_length(family, rung), generation);
	return buf;
}

bool names_is_set(const char *name, unsigned int *generation)
{
	const char *mark = strstr(name, "_g");
	char wanted[NAMES_SIZE];
	unsigned int number;
	int used = 0;

	if (!mark || sscanf(mark, "_g%9u%n", &number, &used) != 1 ||
	    mark[used] != '\0')
		return false;
	for (int list = 0; list < LIST_COUNT; list++) {
		for (unsigned int i = 0; i < 2 * LADDER_RUNGS; i++) {
			names_set(wanted, (enum ladder_list)list,
				  i % 2 ? PREFIX_IP6 : PREFIX_IP4, i / 2,
				  number);
			if (strcmp(wanted, name) == 0) {
				*generation = number;
				return true;
			}
		}
	}
	return false;
}
