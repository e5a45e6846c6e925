/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_CLOCK_H
#define POSTERN_CORE_CLOCK_H

/*
 * clock: the two times.  Terms run on the monotonic clock, which nobody can
 * set; records carry calendar time, UTC, which somebody can.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_NS_PER_S	1000000000u
#define CLOCK_NS_PER_MS 1000000u

/* "2026-11-21T17:40:12.123456789Z" and its NUL. */
#define CLOCK_TEXT_SIZE 31
/* The longest text of a duration, and its NUL. */
#define CLOCK_TERM_SIZE 24

uint64_t clock_monotonic_ns(void);
/* The same, but it goes on while the machine sleeps. */
uint64_t clock_boottime_ns(void);
uint64_t clock_calendar_ns(void);

/* Is the calendar clock disciplined by a time source (adjtimex(2))? */
bool clock_is_synchronised(void);

/*
 * A number that stays the same until the machine boots again: monotonic
 * times of one boot mean nothing in the next.  -errno of reading it.
 */
int clock_boot(uint64_t *out);

/* RFC 3339, UTC, nanoseconds.  Returns BUF. */
const char *clock_format(uint64_t calendar_ns, char buf[CLOCK_TEXT_SIZE]);

/*
 * Read an RFC 3339 time with an offset ("Z", "+01:00") or in the form that
 * IDSs write ("+0100"); up to nine digits of a second's fraction.
 * -EINVAL: no such time, or before 1970.  A time without offset is refused:
 * nobody can know what it means.
 */
int clock_parse(uint64_t *out, const char *text, size_t len);

/* Read "90s", "10m", "1h", "1d", "2w"; a plain number is seconds.
 * -EINVAL: no such duration.  -ERANGE: more than 100 years. */
int clock_parse_term(uint64_t *out_s, const char *text);

/* Read a point in time as people write it: RFC 3339; a day, "2026-11-21", that
 * begins in UTC; or how long ago it is at NOW_NS, "7d".  -EINVAL. */
int clock_parse_when(uint64_t *out, const char *text, uint64_t now_ns);

/* "10m", "1d 2h": the two largest units.  Returns BUF. */
const char *clock_format_term(uint64_t term_s, char buf[CLOCK_TERM_SIZE]);

#endif
