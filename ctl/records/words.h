/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_WORDS_H
#define POSTERN_RECORDS_WORDS_H

/*
 * words: the closed lists of ctl/core, as a record spells them.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/reader.h"

enum word_list {
	WORDS_ACT, /* enum act_kind */
	WORDS_ORIGIN,
	WORDS_MODE,
	WORDS_GATE,
	WORDS_SIGN,
	WORDS_PROOF,
	WORDS_OUTCOME,
	WORDS_CONFIDENCE,
	WORDS_SCOPE,
	WORDS_COUNT
};

/* The word for VALUE of LIST. */
const char *words_name(enum word_list list, uint8_t value);

/* The value of the LEN bytes at WORD.  -1: LIST has no such word. */
int words_find(enum word_list list, const char *word, size_t len);

/* Read one of LIST's words, and give its value. */
uint8_t words_read(struct reader *r, enum word_list list);

#endif
