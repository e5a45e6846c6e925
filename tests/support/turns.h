/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_TURNS_H
#define POSTERN_TESTS_TURNS_H

/*
 * turns: an ordinary mail as packets, and the script that they are to become.
 */
#include "tests/support/script.h"

#define FIN   0x01
#define SYN   0x02
#define RST   0x04
#define ACK   0x10
#define URG   0x20

#define TURNS 9u

struct turn {
	enum scene_who who;
	const char *text;
};

extern const struct turn turns[TURNS];

/* What the script of the turns is to be, with END behind it; the next call
 * writes over it. */
char *expected(const char *end);

/* Say all of them; TALK also opens and closes the connection. */
void say_turns(struct scene *s);
void talk(struct scene *s);

/* SCENE is one connection, heard as WANT. */
void play_is(const struct scene *scene, const char *want);

#endif
