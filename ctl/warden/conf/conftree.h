/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFTREE_H
#define POSTERN_WARDEN_CONFTREE_H

/*
 * conftree: the configuration as it was read, before it means anything.
 *
 * A tree of nodes in the order of the file, each with its word and line: a
 * section holds settings, and a setting holds its values.  The words are a
 * table (struct confword), from which the grammar of the parser, the meaning
 * of each setting and the advice on unknown words are taken alike.
 */
#include <stddef.h>
#include <stdint.h>

struct confnode;
struct confreader;

enum confkind {
	CONF_VALUE, /* word = value */
	CONF_LIST, /* word = { value, ... } */
	CONF_SECTION, /* word { ... } */
	CONF_NAMED, /* word "name" { ... } */
};

/* A word of the language, within one kind of section. */
struct confword {
	const char *name; /* NULL: the end of the table */
	enum confkind kind;
	/* Take what stands in NODE into TARGET, the object of the section. */
	void (*read)(struct confreader *r, const struct confnode *node,
		     void *target);
	const struct confword *inside; /* of a section: its words */
	size_t at; /* of a plain value: where TARGET holds it */
	uint32_t min, max; /* of a plain number or term */
};

struct confnode {
	const struct confword *word; /* of a value: its setting's */
	char *text; /* a section's name, or a value; else NULL */
	int line;
	struct confnode *parent;
	struct confnode *first; /* what is inside */
	struct confnode *last;
	struct confnode *next; /* behind it, in the same parent */
};

/* A last node inside PARENT, which owns it and may be NULL.  TEXT, which may
 * be NULL, is copied.  NULL: no memory. */
struct confnode *confnode_new(struct confnode *parent,
			      const struct confword *word, const char *text,
			      int line);

/* Free NODE and all inside it; NULL is accepted. */
void confnode_free(struct confnode *node);

/* The first setting of SECTION that NAME names, or NULL. */
const struct confnode *confnode_find(const struct confnode *section,
				     const char *name);

/* How many values a setting has. */
size_t confnode_count(const struct confnode *setting);

#define CONFNODE_PLACE_SIZE 128

/* "server "mx1": service "smtp": ", the sections around and with NODE; empty
 * at the top.  Returns BUF. */
const char *confnode_place(char buf[CONFNODE_PLACE_SIZE],
			   const struct confnode *node);

#endif
