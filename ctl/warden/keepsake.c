/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keepsake: written beside its place, synced, renamed.
 */
#include "ctl/warden/keepsake.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/config.h"
#include "ctl/core/log.h"

#define PATH_SIZE (CONFIG_PATH_SIZE + 32)

static void name_file(char path[PATH_SIZE], const char *state, const char *name,
		      const char *end)
{
	snprintf(path, PATH_SIZE, "%s/%s%s", state, name, end);
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

static int write_to(FILE *out, const char *name, const struct bundle *texts,
		    uint64_t id)
{
	int err;

	fprintf(out, "postern %s %016" PRIx64 "\n", name, id);
	err = bundle_write(texts, out);
	if (!err && (fflush(out) != 0 || fsync(fileno(out)) < 0))
		err = -errno;
	return err;
}

int keepsake_save(const char *state, const char *name,
		  const struct bundle *texts, uint64_t id)
{
	char path[PATH_SIZE], made[PATH_SIZE];
	FILE *out;
	int fd, err;

	name_file(path, state, name, "");
	name_file(made, state, name, ".new");
	fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	err = write_to(out, name, texts, id);
	if (fclose(out) != 0 && !err)
		err = -errno;
	if (!err && rename(made, path) < 0)
		err = -errno;
	if (err)
		unlink(made);
	else
		sync_folder(state);
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

	name_file(path, state, name, "");
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

	name_file(path, state, name, "");
	if (unlink(path) < 0 && errno != ENOENT)
		log_error("cannot remove %s: %s", path, strerror(errno));
	else
		sync_folder(state);
}
