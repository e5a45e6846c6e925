/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFWORDS_H
#define POSTERN_WARDEN_CONFWORDS_H

/*
 * confwords: the words of postern.conf(5), section by section, each with the
 * function that takes it into the struct of its section.
 */
#include "ctl/warden/conf/confreader.h"

/* The file as a whole; its target is a struct config. */
extern const struct confword confwords_file;

/* What stands in a section. */
extern const struct confword confwords_server[];
extern const struct confword confwords_policy[];
extern const struct confword confwords_mail[];
extern const struct confword confwords_records[];
extern const struct confword confwords_rule[];
extern const struct confword confwords_shared[];

/* A file of nothing but rules, which another one includes. */
extern const struct confword confwords_rules;

/* Such a section of the file; their target is a struct config. */
void confwords_read_server(struct confreader *r, const struct confnode *node,
			   void *target);
void confwords_read_policy(struct confreader *r, const struct confnode *node,
			   void *target);
void confwords_read_mail(struct confreader *r, const struct confnode *node,
			 void *target);
void confwords_read_records(struct confreader *r, const struct confnode *node,
			    void *target);

/* A rule: the next one of the configuration, whatever the target. */
void confwords_read_rule(struct confreader *r, const struct confnode *node,
			 void *target);
void confwords_read_shared(struct confreader *r, const struct confnode *node,
			   void *target);

/* Which servers each send-only host names: due once all servers are known. */
void confwords_read_send_only(struct confreader *r);

#endif
