/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bundle: "files N", and for each file its two lengths on a line, its path, its
 * bytes.
 */
#include "ctl/warden/conf/bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/config.h"
#include "ctl/warden/conf/confbytes.h"

void bundle_fini(struct bundle *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->files[i].path);
		free(b->files[i].text);
	}
	free(b->files);
	*b = (struct bundle){ 0 };
}

/* An empty text has a byte as well. */
static char *copy_of(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

/* Take over PATH and TEXT, also where that fails. */
static int put(struct bundle *b, char *path, char *text, size_t len)
{
	struct bundle_file *files = NULL;
	int err = b->count < BUNDLE_FILES_MAX ? -ENOMEM : -E2BIG;

	if (path && text && b->count < BUNDLE_FILES_MAX)
		files = reallocarray(b->files, b->count + 1, sizeof(*files));
	if (!files) {
		free(path);
		free(text);
		return err;
	}
	b->files = files;
	b->files[b->count++] = (struct bundle_file){ path, text, len };
	return 0;
}

int bundle_add(struct bundle *b, const char *path, const char *text, size_t len)
{
	return put(b, strdup(path), copy_of(text, len), len);
}

char *bundle_copy(const struct bundle *b, const char *path, size_t *len)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct bundle_file *file = &b->files[i];

		if (strcmp(file->path, path) != 0)
			continue;
		*len = file->len;
		return copy_of(file->text, file->len);
	}
	return NULL;
}

int bundle_write(const struct bundle *b, FILE *out)
{
	fprintf(out, "files %zu\n", b->count);
	for (size_t i = 0; i < b->count; i++) {
		const struct bundle_file *file = &b->files[i];

		fprintf(out, "%zu %zu\n%s", strlen(file->path), file->len,
			file->path);
		fwrite(file->text, 1, file->len, out);
	}
	return ferror(out) ? -EIO : 0;
}

/* LEN bytes of IN, with a NUL behind them; NULL: they are not there. */
static char *take(FILE *in, size_t len)
{
	char *text = malloc(len + 1);

	if (text && fread(text, 1, len, in) == len) {
		text[len] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

static int read_file(struct bundle *b, FILE *in)
{
	size_t path_len, len;
	char *path, *text;

	if (fscanf(in, "%7zu %7zu", &path_len, &len) != 2 || fgetc(in) != '\n')
		return -EBADMSG;
	if (path_len > 4096 || len > CONFBYTES_MAX)
		return -EBADMSG;
	path = take(in, path_len);
	text = path ? take(in, len) : NULL;
	if (!text || strlen(path) != path_len) {
		free(path);
		free(text);
		return -EBADMSG;
	}
	return put(b, path, text, len);
}

int bundle_read(struct bundle *b, FILE *in)
{
	size_t count;
	int err = 0;

	if (fscanf(in, "files %3zu", &count) != 1 || fgetc(in) != '\n')
		return -EBADMSG;
	while (!err && b->count < count)
		err = read_file(b, in);
	if (err)
		bundle_fini(b);
	return err;
}
