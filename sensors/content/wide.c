/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wide: base64 by 32 digits at a time, where the processor has AVX2.
 *
 * The upper half of a digit says how far it lies from its value: one table of
 * sixteen distances, looked up for all digits at once.  Two more tables, one by
 * each half, share a bit just where the two halves make no digit.
 */
#include "sensors/content/base64.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define WIDTH 32u

#define TWICE(...)                       \
	{                                \
		__VA_ARGS__, __VA_ARGS__ \
	}

/* What a lower half cannot stand behind. */
enum {
	NO_SIGN = 1, /* 2: of this row "+" and "/" alone are digits */
	NO_NUMBER = 2, /* 3: 0 to 9 */
	NO_FIRST = 4, /* 4 and 6: from A or a on */
	NO_SECOND = 8, /* 5 and 7: up to Z or z */
	NEVER = 16, /* all other rows */
	LETTER = NEVER | NO_SIGN, /* of both rows, and a number as well */
	TEN = LETTER | NO_NUMBER, /* of both rows */
	BEHIND = TEN | NO_SECOND, /* of the first row alone */
	SIGN = BEHIND & ~NO_SIGN,
};

static const int8_t by_lower[WIDTH] =
	TWICE(LETTER | NO_FIRST, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
	      LETTER, LETTER, LETTER, TEN, SIGN, BEHIND, BEHIND, BEHIND, SIGN);
static const int8_t by_upper[WIDTH] = TWICE(
	NEVER, NEVER, NO_SIGN, NO_NUMBER, NO_FIRST, NO_SECOND, NO_FIRST,
	NO_SECOND, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER);
/* '/' alone is off by one: it takes the place before "+"'s. */
static const int8_t distances[WIDTH] =
	TWICE(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
/* Three bytes of each four, in their order. */
static const int8_t packed[WIDTH] =
	TWICE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);

__attribute__((target("avx2"))) static __m256i load(const void *at)
{
	return _mm256_loadu_si256(at);
}

/* One bit for each of the 32 that is no digit; their values are in *VALUES. */
__attribute__((target("avx2"))) static uint32_t read_digits(__m256i *values,
							    __m256i digits)
{
	const __m256i low_half = _mm256_set1_epi8(0x0f);
	const __m256i slash = _mm256_set1_epi8('/');
	__m256i upper =
		_mm256_and_si256(_mm256_srli_epi32(digits, 4), low_half);
	__m256i lower = _mm256_and_si256(digits, low_half);
	__m256i bad =
		_mm256_and_si256(_mm256_shuffle_epi8(load(by_lower), lower),
				 _mm256_shuffle_epi8(load(by_upper), upper));
	__m256i good = _mm256_cmpeq_epi8(bad, _mm256_setzero_si256());
	__m256i place =
		_mm256_add_epi8(upper, _mm256_cmpeq_epi8(digits, slash));

	*values = _mm256_add_epi8(digits,
				  _mm256_shuffle_epi8(load(distances), place));
	return ~(uint32_t)_mm256_movemask_epi8(good);
}

/* 32 values of six bits to 24 bytes; 32 are written. */
__attribute__((target("avx2"))) static void put_bytes(uint8_t *out,
						      __m256i values)
{
	const __m256i pairs = _mm256_set1_epi32(0x01400140);
	const __m256i fours = _mm256_set1_epi32(0x00011000);
	const __m256i joined = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);

	values = _mm256_maddubs_epi16(values, pairs);
	values = _mm256_madd_epi16(values, fours);
	values = _mm256_shuffle_epi8(values, load(packed));
	values = _mm256_permutevar8x32_epi32(values, joined);
	_mm256_storeu_si256((__m256i *)(void *)out, values);
}

/*
 * Lines are mostly of one length.  Where the last one ended is taken for where
 * this one ends, and only compared with what was found: so the processor reads
 * on before it is sure.
 */
__attribute__((target("avx2"))) static size_t
decode(uint8_t *out, size_t *got, const uint8_t *in, size_t len)
{
	const uint8_t *at = in;
	uint8_t *to = out;
	size_t digits = 0; /* in the last piece of a line */

	while (len - (size_t)(at - in) >= WIDTH) {
		__m256i values;
		uint32_t strange = read_digits(&values, load(at));
		size_t found;

		put_bytes(to, values);
		if (!strange) {
			at += WIDTH;
			to += WIDTH / 4 * 3;
			continue;
		}
		found = (size_t)__builtin_ctz(strange);
		if (found != digits) {
			digits = found;
			/* Or the compiler sees that it is FOUND anyway. */
			__asm__("" : "+r"(digits));
		}
		at += digits & ~3u;
		to += digits / 4 * 3;
		/* A group that is cut by a line's end is not for us. */
		if (digits % 4 || digits > WIDTH - 2 || at[0] != '\r' ||
		    at[1] != '\n')
			break;
		at += 2;
	}
	*got = (size_t)(to - out);
	return (size_t)(at - in);
}

base64_wide base64_wide_here(void)
{
	return __builtin_cpu_supports("avx2") ? decode : NULL;
}

#else

base64_wide base64_wide_here(void)
{
	return NULL;
}

#endif
