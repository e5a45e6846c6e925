/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both ways to decode base64 give what one digit at a time gives, whatever
 * comes between the digits and wherever the input is cut.
 */
#include "sensors/content/base64.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define INPUT_MAX 2000

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
			       "uvwxyz0123456789+/";

/* RFC 2045 section 6.8, the slow way. */
static size_t decode_slowly(uint8_t *out, const uint8_t *in, size_t len)
{
	uint32_t bits = 0;
	size_t got = 0;
	int have = 0;

	for (size_t i = 0; i < len; i++) {
		const char *digit = in[i] ? strchr(alphabet, in[i]) : NULL;

		if (in[i] == '=')
			have = 0;
		if (!digit)
			continue;
		bits = bits << 6 | (uint32_t)(digit - alphabet);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[got++] = (uint8_t)(bits >> have);
		}
	}
	return got;
}

/* In two pieces, cut at CUT, each at the end of readable memory. */
static void decodes_alike(base64_wide wide, const uint8_t *in, size_t len,
			  size_t cut)
{
	uint8_t want[INPUT_MAX];
	struct base64 b = { 0 };
	size_t expected = decode_slowly(want, in, len), got = 0;
	const size_t begins[] = { 0, cut }, lens[] = { cut, len - cut };
	uint8_t *result = malloc(BASE64_ROOM(len));

	assert_non_null(result);
	for (int i = 0; i < 2; i++) {
		char *piece = edge_copy(in + begins[i], lens[i]);
		uint8_t *out = malloc(BASE64_ROOM(lens[i]));
		size_t n;

		assert_non_null(out);
		n = base64_decode_with(wide, &b, out, (const uint8_t *)piece,
				       lens[i]);
		memcpy(result + got, out, n);
		got += n;
		free(out);
		edge_free(piece, lens[i]);
	}
	assert_int_equal(got, expected);
	assert_memory_equal(result, want, got);
	free(result);
}

static size_t make_lines(uint8_t *out, size_t line, const char *end,
			 struct random *random)
{
	size_t len = 0;

	while (len + line + 2 < INPUT_MAX / 2) {
		for (size_t i = 0; i < line; i++)
			out[len++] =
				(uint8_t)alphabet[random_below(random, 64)];
		for (const char *c = end; *c; c++)
			out[len++] = (uint8_t)*c;
	}
	return len;
}

static void any_length_of_lines_decodes_alike(void **state)
{
	static const char *const ends[] = { "\r\n", "\n",    " \r\n",
					    "\r",   "=\r\n", "" };
	struct random random = { { 1, 2, 3 } };
	uint8_t in[INPUT_MAX];

	(void)state;
	for (size_t line = 1; line < 140; line++) {
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
			size_t len = make_lines(in, line, ends[i], &random);
			size_t cut = random_below(&random, (uint32_t)len);

			decodes_alike(base64_wide_here(), in, len, cut);
			decodes_alike(NULL, in, len, cut);
		}
	}
}

/* Each byte that is no digit, at each place of a vector, and each digit. */
static void every_byte_counts_as_what_it_is(void **state)
{
	uint8_t in[100];

	(void)state;
	for (unsigned int byte = 0; byte < 256; byte++) {
		for (size_t at = 0; at < 70; at++) {
			memset(in, 'Q', sizeof(in));
			in[at] = (uint8_t)byte;
			decodes_alike(base64_wide_here(), in, sizeof(in), 0);
			decodes_alike(NULL, in, sizeof(in), 0);
		}
	}
}

static void anything_between_digits_decodes_alike(void **state)
{
	struct random random = { { 7, 8, 9 } };
	uint8_t in[INPUT_MAX];

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t len = make_lines(in, 1 + random_below(&random, 100),
					"\r\n", &random);

		for (uint32_t i = random_below(&random, 8); i > 0; i--)
			in[random_below(&random, (uint32_t)len)] =
				(uint8_t)random_u64(&random);
		decodes_alike(base64_wide_here(), in, len,
			      random_below(&random, (uint32_t)len));
	}
}

static void a_short_text_is_decoded_at_once(void **state)
{
	static const char in[] = "AHVzZXIAc2VjcmV0";
	uint8_t out[8];

	(void)state;
	assert_int_equal(base64_whole(out, sizeof(out), (const uint8_t *)in,
				      sizeof(in) - 1),
			 sizeof(out));
	assert_memory_equal(out, "\0user\0se", sizeof(out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_length_of_lines_decodes_alike),
		cmocka_unit_test(every_byte_counts_as_what_it_is),
		cmocka_unit_test(anything_between_digits_decodes_alike),
		cmocka_unit_test(a_short_text_is_decoded_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
