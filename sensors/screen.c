/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensors/screen.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS 79u
/* A line is not left emptier for the sake of a word. */
#define LEAST_USED 40u

/* How much of TEXT, longer than ROOM, goes into this line. */
static size_t part_of(const char *text, size_t room)
{
	for (size_t i = room + 1; i > LEAST_USED && i-- > 0;) {
		if (text[i] == ' ')
			return i;
	}
	return room;
}

void screen_print(const char *text, size_t used, size_t indent)
{
	size_t len = strlen(text);

	while (used < COLUMNS && len > COLUMNS - used) {
		size_t n = part_of(text, COLUMNS - used);

		printf("%.*s\n%*s", (int)n, text, (int)indent, "");
		n += text[n] == ' ';
		text += n;
		len -= n;
		used = indent;
	}
	puts(text);
}
