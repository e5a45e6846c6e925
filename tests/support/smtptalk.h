/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_SMTPTALK_H
#define POSTERN_TESTS_SMTPTALK_H

/*
 * smtptalk: the sentences of an ordinary mail, for heard_play().
 */
#include "tests/support/heard.h"

#define GREETING "s:220 mx.example.org ESMTP"
#define EHLO                                                                \
	"c:EHLO mail.partner.example", "s:250-mx.example.org",              \
		"s:250-PIPELINING", "s:250-CHUNKING", "s:250-SIZE 1000000", \
		"s:250-STARTTLS", "s:250 8BITMIME"
#define MAIL "c:MAIL FROM:<a@partner.example>", "s:250 ok"
#define RCPT "c:RCPT TO:<b@example.org>", "s:250 ok"
#define DATA "c:DATA", "s:354 go on"
#define TEXT "c:From: a@partner.example", "c:Subject: hello", "c:", "c:hello"
#define QUIT "c:QUIT", "s:221 bye"

/* Play, in the usual place; the lines end with NULL by themselves. */
#define PLAY(...) \
	heard_play(&h, NULL, (const char *const[]){ __VA_ARGS__, NULL })
#define PLAY_AS(setting, ...) \
	heard_play(&h, setting, (const char *const[]){ __VA_ARGS__, NULL })

#endif
