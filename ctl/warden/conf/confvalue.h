/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFVALUE_H
#define POSTERN_WARDEN_CONFVALUE_H

/*
 * confvalue: the kinds of values of postern.conf(5), and the sentence for one
 * that is none.
 */
#include "ctl/warden/conf/confreader.h"

/* For struct confword's read: a value, at the word's place in TARGET. */
void confvalue_bool(struct confreader *r, const struct confnode *setting,
		    void *target);
void confvalue_u8(struct confreader *r, const struct confnode *setting,
		  void *target);
void confvalue_u16(struct confreader *r, const struct confnode *setting,
		   void *target);
void confvalue_u32(struct confreader *r, const struct confnode *setting,
		   void *target);
/* Seconds, as uint32_t. */
void confvalue_term(struct confreader *r, const struct confnode *setting,
		    void *target);
/* char [CONFIG_PATH_SIZE]; the word's max is the longest path. */
void confvalue_path(struct confreader *r, const struct confnode *setting,
		    void *target);
/* A text for people, shorter than the word's max: char [max]. */
void confvalue_text(struct confreader *r, const struct confnode *setting,
		    void *target);
/* char [CONFIG_NAME_SIZE]: a group of the system. */
void confvalue_group(struct confreader *r, const struct confnode *setting,
		     void *target);
/* enum mode, as uint8_t. */
void confvalue_mode(struct confreader *r, const struct confnode *setting,
		    void *target);
/* The name of the section NODE, into OUT even where it is refused. */
void confvalue_name(struct confreader *r, const struct confnode *node,
		    char out[CONFIG_NAME_SIZE]);

/* One VALUE, also of a list.  False: it was refused, and OUT is unchanged. */
bool confvalue_number(struct confreader *r, const struct confnode *value,
		      uint32_t *out);
bool confvalue_seconds(struct confreader *r, const struct confnode *value,
		       uint32_t *out);
/* An absolute path in its plainest form. */
bool confvalue_is_path(struct confreader *r, const struct confnode *value);
bool confvalue_interface(struct confreader *r, const struct confnode *value,
			 char out[IFNAMSIZ]);

/* The one value of SETTING, or NULL: there is none, and that was said. */
const struct confnode *confvalue_of(struct confreader *r,
				    const struct confnode *setting);

#endif
