/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_EVEJSON_H
#define POSTERN_FEEDS_EVEJSON_H

/*
 * evejson: the thorough way to read an alert, with a full JSON parser.
 *
 * It has the last word on every line, and is the oracle of the fast way's
 * tests.  Slow (60 us for an alert); bounded in depth, and by the length of
 * the line in time and memory.
 */
#include "feeds/eve.h"

/* As eve_parse(), but never EVE_UNKNOWN. */
enum eve_verdict evejson_parse(struct eve *out, struct slice line);

#endif
