/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CLAMD_H
#define POSTERN_SENSORS_CLAMD_H

/*
 * clamd: what ClamAV's daemon says about a file (clamd(8), INSTREAM).
 */
#include <stddef.h>

#include "ctl/core/event.h"
#include "ctl/core/msg.h"

/* What is said first; chunks follow, each behind its length in four bytes, big
 * end first; a length of zero ends the file. */
#define CLAMD_ASK      "zINSTREAM"
#define CLAMD_ASK_SIZE sizeof(CLAMD_ASK) /* with its NUL */

/* No answer is longer. */
#define CLAMD_ANSWER 512u

/* What the LEN bytes at TEXT, an answer without its end, mean.  NAME: of what
 * was found, cut; "" else. */
enum scan_result clamd_read(const char *text, size_t len,
			    char name[EVENT_TEXT_SIZE]);

#endif
