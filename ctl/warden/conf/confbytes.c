/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confbytes: opens and reads, with a bound.  Looks into none of the bytes.
 */
#include "ctl/warden/conf/confbytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/warden/conf/bundle.h"

/* All of FD, at most CONFBYTES_MAX bytes, into *OUT. */
static int read_all(int fd, char **out, size_t *len)
{
	size_t room = CONFBYTES_MAX + 1;
	char *text = malloc(room);
	size_t used = 0;
	ssize_t n;

	if (!text)
		return -ENOMEM;
	do {
		n = read(fd, text + used, room - used);
		used += n > 0 ? (size_t)n : 0;
	} while ((n > 0 && used < room) || (n < 0 && errno == EINTR));
	if (n < 0 || used == room) {
		int err = n < 0 ? -errno : -EFBIG;

		free(text);
		return err;
	}
	*out = text;
	*len = used;
	return 0;
}

/* The file's bytes.  Opened without waiting: it might be a pipe. */
static int read_path(const char *path, char **out, size_t *len, bool *is_open)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		err = -ENODEV;
	else
		err = read_all(fd, out, len);
	*is_open = !err && (st.st_mode & S_IWOTH);
	close(fd);
	return err;
}

static void explain(struct findings *findings, int err)
{
	if (err == -EFBIG)
		findings_error(findings, 0,
			       "the file is bigger than %u KiB; is this a"
			       " postern.conf?",
			       CONFBYTES_MAX / 1024);
	else if (err == -EISDIR)
		findings_error(findings, 0,
			       "this is a folder; name the file in it");
	else if (err == -ENODEV)
		findings_error(findings, 0, "this is no regular file");
	else
		findings_error(findings, 0, "the file cannot be read: %s",
			       strerror(-err));
}

/* Out of the bundle, where that is what is read. */
static int read_kept(const struct bundle *bundle, const char *path, char **out,
		     size_t *len)
{
	*out = bundle_copy(bundle, path, len);
	return *out ? 0 : -ENOENT;
}

char *confbytes_read(const char *path, size_t *len, struct findings *findings)
{
	struct bundle *bundle = findings->bundle;
	bool is_open = false;
	char *text = NULL;
	int err;

	if (bundle && bundle->is_source)
		err = read_kept(bundle, path, &text, len);
	else
		err = read_path(path, &text, len, &is_open);
	if (!err && bundle && !bundle->is_source)
		err = bundle_add(bundle, path, text, *len);
	if (err) {
		free(text);
		text = NULL;
	}
	if (err)
		explain(findings, err);
	else if (is_open)
		findings_warning(findings, 0,
				 "everyone may change this file; run chmod o-w"
				 " on it");
	return text;
}
