/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/samples.h"

#include "tests/support/test.h"

char *samples_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!file)
		fail_msg("%s cannot be read", path);
	n = getdelim(&text, &room, '\0', file);
	fclose(file);
	if (n < 0)
		fail_msg("%s is empty", path);
	*len = (size_t)n;
	return text;
}

/* The block behind the next line of dashes, NUL-terminated; *KIND is the
 * word on that line.  NULL: there is none. */
static char *next_block(char **at, char **kind)
{
	char *dashes = *at;
	char *block, *end;

	if (strncmp(dashes, "--- ", 4) != 0)
		return NULL;
	*kind = dashes + 4;
	block = strchr(dashes, '\n');
	*block++ = '\0';
	if (strncmp(block, "--- ", 4) == 0) {
		*at = block;
		return block - 1;
	}
	end = strstr(block, "\n--- ");
	*at = end ? end + 1 : block + strlen(block);
	if (end)
		*end = '\0';
	else if (block[0])
		block[strlen(block) - 1] = '\0';
	return block;
}

static void judge_one(const char *before, const char *given, const char *says,
		      samples_judge *judge)
{
	char *text = NULL, *said = NULL;
	size_t text_len, said_len;
	FILE *out = open_memstream(&said, &said_len);

	assert_non_null(out);
	text_len = (size_t)asprintf(&text, "%s%s%s\n", before,
				    before[0] ? "\n" : "", given);
	judge(text, text_len, out);
	fclose(out);
	if (said_len > 0)
		said[said_len - 1] = '\0';
	if (strcmp(said, says) != 0)
		fail_msg("given:\n%s\nsaid:\n%s\nshould say:\n%s", text, said,
			 says);
	free(said);
	free(text);
}

void samples_run(const char *name, samples_judge *judge)
{
	char path[512];
	const char *before = "";
	const char *given = "";
	char *text, *at, *kind, *block;
	size_t len;
	int count = 0;

	snprintf(path, sizeof(path), "%s/%s", SAMPLES_FOLDER, name);
	text = samples_read(path, &len);
	at = strstr(text, "\n--- ");
	assert_non_null(at);
	at++;
	while ((block = next_block(&at, &kind))) {
		if (strcmp(kind, "before") == 0) {
			before = block;
		} else if (strcmp(kind, "given") == 0) {
			given = block;
		} else {
			judge_one(before, given, block, judge);
			count++;
		}
	}
	assert_true(count > 0);
	assert_int_equal(*at, '\0');
	free(text);
}
