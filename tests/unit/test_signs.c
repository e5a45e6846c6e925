/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "ctl/core/config.h"

static char *read_manual(void)
{
	FILE *file = fopen(POSTERN_MANUAL, "re");
	char *text = calloc(1, 1 << 20);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

static void signs_are_all_in_the_manual(void **state)
{
	char *text = read_manual();

	(void)state;
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++) {
		char item[64];

		snprintf(item, sizeof(item), ".It Cm %s\n",
			 sign_name((enum sign)i));
		if (!strstr(text, item))
			fail_msg("the manual lacks \"%s\"",
				 sign_name((enum sign)i));
	}
	free(text);
}

static void signs_have_a_word_each_of_their_own(void **state)
{
	(void)state;
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++)
		assert_int_equal(sign_by_name(sign_name((enum sign)i)), i);
}

static void signs_of_our_own_side_are_worth_nothing(void **state)
{
	static const enum sign ours[] = {
		SIGN_RELAY_ACCEPTED,	SIGN_USER_DISCLOSED,
		SIGN_STARTTLS_STRIPPED, SIGN_CLEARTEXT_LOGIN,
		SIGN_DEFAULT_ACCOUNT,	SIGN_GUESSABLE_LOGIN,
		SIGN_WEAK_BANNER,	SIGN_WEAK_TLS,
		SIGN_STORAGE_LOW,	SIGN_SERVER_SILENT,
		SIGN_INTERNAL_LEAK,	SIGN_FOREIGN_SENDER,
		SIGN_UNDECLARED_SENDER, SIGN_BOUNCE_SENT,
		SIGN_AUTO_REPLY,	SIGN_OUTBOUND_SPIKE,
		SIGN_SEALED_ATTACHMENT, SIGN_REFUSED,
	};
	struct config *config = config_new();

	(void)state;
	assert_non_null(config);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		const struct sign_rule *rule = &config->policy.signs[ours[i]];

		for (size_t s = 0; s < CONFIG_SEVERITIES_MAX; s++)
			assert_int_equal(rule->points[s], 0);
	}
	config_free(config);
}

/* A single event of any sign but "listed" bans nobody. */
static void signs_ban_only_together(void **state)
{
	struct config *config = config_new();

	(void)state;
	assert_non_null(config);
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++) {
		for (size_t s = 0; s < CONFIG_SEVERITIES_MAX; s++)
			assert_true(i == SIGN_LISTED ||
				    config->policy.signs[i].points[s] <
					    config->policy.threshold);
	}
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_are_all_in_the_manual),
		cmocka_unit_test(signs_have_a_word_each_of_their_own),
		cmocka_unit_test(signs_of_our_own_side_are_worth_nothing),
		cmocka_unit_test(signs_ban_only_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
