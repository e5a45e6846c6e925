/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * undo: a file that is whole or not there.
 */
#include "ctl/warden/undo.h"

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

static void name_file(char path[PATH_SIZE], const char *state, const char *end)
{
	snprintf(path, PATH_SIZE, "%s/unconfirmed%s", state, end);
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

static int write_to(FILE *out, const struct bundle *before, uint64_t tried_id)
{
	int err;

	fprintf(out, "postern unconfirmed %016" PRIx64 "\n", tried_id);
	err = bundle_write(before, out);
	if (!err && (fflush(out) != 0 || fsync(fileno(out)) < 0))
		err = -errno;
	return err;
}

int undo_save(const char *state, const struct bundle *before, uint64_t tried_id)
{
	char path[PATH_SIZE], made[PATH_SIZE];
	FILE *out;
	int fd, err;

	name_file(path, state, "");
	name_file(made, state, ".new");
	fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	err = write_to(out, before, tried_id);
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

int undo_load(const char *state, struct bundle *before, uint64_t *tried_id)
{
	char path[PATH_SIZE];
	uint64_t id;
	FILE *in;
	int fd, err;

	name_file(path, state, "");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	in = fd < 0 ? NULL : fdopen(fd, "r");
	if (!in) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	err = -EBADMSG;
	if (fscanf(in, "postern unconfirmed %16" SCNx64, &id) == 1 &&
	    fgetc(in) == '\n')
		err = bundle_read(before, in);
	fclose(in);
	if (!err)
		*tried_id = id;
	return err;
}

void undo_forget(const char *state)
{
	char path[PATH_SIZE];

	name_file(path, state, "");
	if (unlink(path) < 0 && errno != ENOENT)
		log_error("cannot remove %s: %s", path, strerror(errno));
	else
		sync_folder(state);
}
