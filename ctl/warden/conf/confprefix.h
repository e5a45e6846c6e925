/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFPREFIX_H
#define POSTERN_WARDEN_CONFPREFIX_H

/*
 * confprefix: the addresses and networks of postern.conf(5), and the sentence
 * for what is none.
 */
#include "ctl/warden/conf/confreader.h"

/* For struct confword's read: a list, which may be empty, into the prefixset
 * at the word's place in TARGET; sealed. */
void confprefix_set(struct confreader *r, const struct confnode *setting,
		    void *target);
/* The same, of addresses that no ban may meet. */
void confprefix_protected(struct confreader *r, const struct confnode *setting,
			  void *target);

/* May P, the VALUE, be exempt from bans?  Else it is refused. */
bool confprefix_is_narrow(struct confreader *r, const struct confnode *value,
			  const struct prefix *p);

/* One VALUE of a list.  False: it was refused, and OUT is unchanged. */
bool confprefix_network(struct confreader *r, const struct confnode *value,
			struct prefix *out);
bool confprefix_address(struct confreader *r, const struct confnode *value,
			struct prefix *out);

#endif
