/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_SHOW_H
#define POSTERN_CLI_SHOW_H

/*
 * show: how things look to a person.  Colour only on a terminal that wants it
 * (NO_COLOR is respected); remote bytes are escaped.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/core/msg.h"

struct cli;
struct json_t;

#define SHOW_TEXT_SIZE 64

enum show_colour {
	SHOW_PLAIN,
	SHOW_BOLD,
	SHOW_RED,
	SHOW_GREEN,
	SHOW_YELLOW,
	SHOW_DIM,
};

/* The escape that begins COLOUR, or "". */
const char *show_begin(enum show_colour colour);
const char *show_end(void);

/* "12,345", "1.2 GB", "17:40:12", "2026-11-21 17:40": return BUF. */
const char *show_count(char buf[SHOW_TEXT_SIZE], uint64_t count);
const char *show_bytes(char buf[SHOW_TEXT_SIZE], uint64_t bytes);
const char *show_clock(char buf[SHOW_TEXT_SIZE], uint64_t calendar_ns);
const char *show_time(char buf[SHOW_TEXT_SIZE], uint64_t calendar_ns);
/* "3 m", as of how long ago, of a calendar time. */
const char *show_ago(char buf[SHOW_TEXT_SIZE], uint64_t calendar_ns);
/* "root (0)", "nobody". */
const char *show_user(char buf[SHOW_TEXT_SIZE], uint32_t uid);

/* Bytes from outside, harmless: at most four times as long.  Returns BUF. */
const char *show_safe(char buf[ACT_REASON_SIZE * 4], const char *text);

/* What an act means, in one line without its end. */
void show_act(const struct act *act);

/* The daemon's last word: on standard output when it is done, else on standard
 * error. */
void show_answer(const struct cli *cli, const struct answer *answer);

/* The same as JSON.  The result is the caller's. */
struct json_t *show_act_json(const struct act *act);
struct json_t *show_ban_json(const struct ban_row *ban);
struct json_t *show_prefix_json(const struct prefix *p);
struct json_t *show_time_json(uint64_t calendar_ns); /* 0: null */
struct json_t *show_text_json(const char *text);

/* Print VALUE and forget it: indented, or on one line. */
void show_json(struct json_t *value, bool indented);

#endif
