/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_DECLARE_H
#define POSTERN_RECORDS_DECLARE_H

/*
 * declare: what was found wrong with the records becomes a record itself.
 *
 * An ACT_TORN bears the name of the segment and the number of bytes that
 * are cut off, with the first of them as its reason; or, of damage, which is
 * left as it is, the name "damaged", the line, and where and what it is.
 */
#include "ctl/records/journal.h"

/* The ACT_TORN that tells of the torn tail, or of the damage F. */
struct act declare_torn(const struct survey *survey);
struct act declare_damage(const struct finding *f);

/* An act of our own, at this time, of KIND. */
struct act declare_begin(enum act_kind kind, uint64_t count);
/* The ACT_GAP that tells that nothing could be written for so long. */
struct act declare_outage(uint64_t outage_ns);
/* The ACT_GAP that tells of COUNT events that are not in the records. */
struct act declare_lost_events(uint64_t count);

/* Take into J what SURVEY found and no record tells yet.  -errno. */
__attribute__((warn_unused_result)) int
declare_news(struct journal *j, const struct survey *survey);

#endif
