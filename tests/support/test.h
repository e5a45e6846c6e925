/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_TEST_H
#define POSTERN_TESTS_TEST_H

/* cmocka.h wants the four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/prefix.h"

/* The prefix that TEXT spells; ends the test where it spells none. */
static inline struct prefix prefix_of(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(&p, text, strlen(text)), 0);
	return p;
}

#endif
