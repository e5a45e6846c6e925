/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_EVELINES_H
#define POSTERN_TESTS_EVELINES_H

/*
 * evelines: lines of an IDS, read by the fast parser and by jansson's, which
 * must agree.
 */
#include "feeds/eve.h"

struct slice slice_of(const char *text);

/* What both ways agree on, or what the thorough one says. */
enum eve_verdict agree(struct eve *out, struct slice line);
/* The same of TEXT, behind which nothing can be read. */
enum eve_verdict read_text(struct eve *out, const char *text);

/* An alert with REST behind its last member; the next call writes over it. */
const char *alert_with(const char *rest);
/* The whole alert, with OLD in it replaced by NEW; as above. */
const char *alert_changed(const char *old, const char *new);

#endif
