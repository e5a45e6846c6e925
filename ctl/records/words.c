/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words: one door to the lists of act.h, event.h and config.h.
 */
#include "ctl/records/words.h"

#include <string.h>

#include "ctl/core/act.h"
#include "ctl/core/config.h"

static const uint8_t counts[WORDS_COUNT] = {
	[WORDS_ACT] = ACT_COUNT,	 [WORDS_ORIGIN] = ORIGIN_COUNT,
	[WORDS_MODE] = MODE_COUNT,	 [WORDS_GATE] = GATE_COUNT,
	[WORDS_SIGN] = SIGN_COUNT,	 [WORDS_PROOF] = PROOF_COUNT,
	[WORDS_OUTCOME] = OUTCOME_COUNT, [WORDS_CONFIDENCE] = CONFIDENCE_COUNT,
	[WORDS_SCOPE] = SCOPE_COUNT,
};

static const char *const confidence_words[CONFIDENCE_COUNT] = {
	[CONFIDENCE_UNKNOWN] = "unknown",
	[CONFIDENCE_LOW] = "low",
	[CONFIDENCE_MEDIUM] = "medium",
	[CONFIDENCE_HIGH] = "high",
};

const char *words_name(enum word_list list, uint8_t value)
{
	switch (list) {
	case WORDS_ACT:
		return act_name((enum act_kind)value);
	case WORDS_ORIGIN:
		return origin_name((enum origin)value);
	case WORDS_MODE:
		return mode_name((enum mode)value);
	case WORDS_GATE:
		return gate_name((enum gate)value);
	case WORDS_SIGN:
		return sign_name((enum sign)value);
	case WORDS_PROOF:
		return proof_name((enum proof)value);
	case WORDS_OUTCOME:
		return outcome_name((enum event_outcome)value);
	case WORDS_CONFIDENCE:
		return value < CONFIDENCE_COUNT ? confidence_words[value] : "";
	case WORDS_SCOPE:
		return scope_name((enum ban_scope)value);
	case WORDS_COUNT:
		break;
	}
	return "";
}

int words_find(enum word_list list, const char *word, size_t len)
{
	for (uint8_t value = 0; value < counts[list]; value++) {
		const char *name = words_name(list, value);

		if (strlen(name) == len && memcmp(name, word, len) == 0)
			return value;
	}
	return -1;
}

uint8_t words_read(struct reader *r, enum word_list list)
{
	reader_expect_literal(r, "\"");
	for (uint8_t value = 0; value < counts[list]; value++) {
		const char *name = words_name(list, value);
		size_t len = strlen(name);

		if (len >= reader_left(r) || r->at[len] != '"' ||
		    !reader_skip(r, name, len))
			continue;
		r->at++;
		return value;
	}
	r->failed = true;
	return 0;
}
