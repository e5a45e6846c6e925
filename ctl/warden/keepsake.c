/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keepsake: a head of one line, and the texts.
 */
#include "ctl/warden/keepsake.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/config.h"
#include "ctl/core/log.h"
#include "ctl/core/wholefile.h"

#define PATH_SIZE (CONFIG_PATH_SIZE + 32)

static void name_file(char path[PATH_SIZE], const char *state, const char *name)
{
	snprintf(path, PATH_SIZE, "%s/%s", state, name);
}

static void sync_folder(const char *state)
{
	int fd = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fsync(fd) < 0)
		log_warning("cannot sync %s: %s", state, strerror(errno));
	close(fd);
}

/* The head, and the texts. */
static int spell(char **text, size_t *len, const char *name,
		 const struct bundle *texts, uint64_t id)
{
	FILE *out = open_memstream(text, len);
	int err;

	if (!out)
		return -errno;
	fprintf(out, "postern %s %016" PRIx64 "\n", name, id);
	err = bundle_write(texts, out);
	if (fclose(out) != 0 && !err)
		err = -errno;
	return err;
}

int keepsake_save(const char *state, const char *name,
		  const struct bundle *texts, uint64_t id)
{
	char *text = NULL;
	size_t len = 0;
	int err = spell(&text, &len, name, texts, id);

	if (!err)
		err = wholefile_save(state, name, 0600, text, len);
	free(text);
	return err;
}

/* "postern NAME ID", and a newline. */
static int read_head(FILE *in, const char *name, uint64_t *id)
{
	char word[32];

	if (fscanf(in, "postern %31s %16" SCNx64, word, id) != 2 ||
	    fgetc(in) != '\n' || strcmp(word, name) != 0)
		return -EBADMSG;
	return 0;
}

int keepsake_load(const char *state, const char *name, struct bundle *texts,
		  uint64_t *id)
{
	char path[PATH_SIZE];
	uint64_t number;
	FILE *in;
	int fd, err;

	name_file(path, state, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	in = fd < 0 ? NULL : fdopen(fd, "r");
	if (!in) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	err = read_head(in, name, &number);
	if (!err)
		err = bundle_read(texts, in);
	fclose(in);
	if (!err)
		*id = number;
	return err;
}

void keepsake_forget(const char *state, const char *name)
{
	char path[PATH_SIZE];

	name_file(path, state, name);
	if (unlink(path) < 0 && errno != ENOENT)
		log_error("cannot remove %s: %s", path, strerror(errno));
	else
		sync_folder(state);
}
