/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conftree: nodes in memory.  Knows no word's meaning.
 */
#include "ctl/warden/conf/conftree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/escape.h"

struct confnode *confnode_new(struct confnode *parent,
			      const struct confword *word, const char *text,
			      int line)
{
	struct confnode *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->word = word;
	node->line = line;
	node->parent = parent;
	if (text) {
		node->text = strdup(text);
		if (!node->text) {
			free(node);
			return NULL;
		}
	}
	if (parent && parent->last)
		parent->last->next = node;
	else if (parent)
		parent->first = node;
	if (parent)
		parent->last = node;
	return node;
}

void confnode_free(struct confnode *node)
{
	struct confnode *inner, *next;

	if (!node)
		return;
	for (inner = node->first; inner; inner = next) {
		next = inner->next;
		confnode_free(inner);
	}
	free(node->text);
	free(node);
}

const struct confnode *confnode_find(const struct confnode *section,
				     const char *name)
{
	const struct confnode *node = section->first;

	while (node && strcmp(node->word->name, name) != 0)
		node = node->next;
	return node;
}

size_t confnode_count(const struct confnode *setting)
{
	size_t count = 0;

	for (const struct confnode *n = setting->first; n; n = n->next)
		count++;
	return count;
}

static void put_section(char *buf, size_t *used, const struct confnode *node)
{
	char name[40];
	size_t left = CONFNODE_PLACE_SIZE - *used;
	int put;

	if (node->text)
		put = snprintf(buf + *used, left,
			       "%s \"%s\": ", node->word->name,
			       escape_text(name, sizeof(name), node->text,
					   strlen(node->text)));
	else
		put = snprintf(buf + *used, left, "%s: ", node->word->name);
	if (put > 0 && (size_t)put < left)
		*used += (size_t)put;
}

static void put_place(char *buf, size_t *used, const struct confnode *node)
{
	if (!node->parent)
		return;
	put_place(buf, used, node->parent);
	if (node->word->inside)
		put_section(buf, used, node);
}

const char *confnode_place(char buf[CONFNODE_PLACE_SIZE],
			   const struct confnode *node)
{
	size_t used = 0;

	buf[0] = '\0';
	put_place(buf, &used, node);
	return buf;
}
