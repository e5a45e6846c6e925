/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep: temporary file, fsync, rename, fsync of the folder.
 */
#include "nft/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nft/ruleset.h"
#include "nft/skeleton.h"

/* A skeleton of 64 servers with all their services is far below. */
#define KEEP_SIZE_MAX (8 << 20)

const char *keep_folder(char buf[512], const char *state)
{
	snprintf(buf, 512, "%s/" KEEP_FOLDER, state);
	return buf;
}

const char *keep_path(char buf[512], const char *state)
{
	snprintf(buf, 512, "%s/" KEEP_FOLDER "/" KEEP_FILE, state);
	return buf;
}

static int write_and_sync(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int keep_save(const char *state, const char *text)
{
	static const char temporary[] = KEEP_FILE ".new";
	char path[512];
	int folder, fd = -1, err = 0;

	folder = open(keep_folder(path, state),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	fd = openat(folder, temporary,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    0640);
	if (fd < 0) {
		err = -errno;
		goto out;
	}
	err = write_and_sync(fd, text, strlen(text));
	if (!err && renameat(folder, temporary, folder, KEEP_FILE) < 0)
		err = -errno;
	if (!err && fsync(folder) < 0)
		err = -errno;
	close(fd);
out:
	close(folder);
	return err;
}

static int read_whole(int fd, char **out, size_t size)
{
	char *text = malloc(size + 1);
	size_t used = 0;
	ssize_t n = 1;

	if (!text)
		return -ENOMEM;
	while (used < size && n > 0) {
		n = read(fd, text + used, size - used);
		if (n > 0)
			used += (size_t)n;
	}
	if (n < 0) {
		free(text);
		return -errno;
	}
	text[used] = '\0';
	*out = text;
	return 0;
}

static int read_kept(char **out, const char *state)
{
	struct stat st;
	char path[512];
	int fd, err;

	fd = open(keep_path(path, state), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IWGRP | S_IWOTH)))
		err = -EPERM;
	else if (st.st_size > KEEP_SIZE_MAX)
		err = -EFBIG;
	else
		err = read_whole(fd, out, (size_t)st.st_size);
	close(fd);
	return err;
}

/* Where the kept text is of no use: mail alone, and all of it. */
#define MAIL_PORTS "{ 25, 110, 143, 465, 587, 993, 995, 4190 }"
#define SHUT_CHAIN(hook)                                               \
	"\tchain " hook " {\n"                                         \
	"\t\ttype filter hook " hook " priority -10; policy accept;\n" \
	"\t\ttcp dport " MAIL_PORTS " counter drop\n"                  \
	"\t}\n"
static const char last_resort[] =
	"table inet " RULESET_TABLE " {\n" SHUT_CHAIN("forward")
		SHUT_CHAIN("input") SHUT_CHAIN("output") "}\n";

/* The kept text with a shut gate. */
static int load_kept(const char *state, char error[LOAD_ERROR_SIZE])
{
	char *kept = NULL, *text = NULL;
	int err = read_kept(&kept, state);

	if (err) {
		snprintf(error, LOAD_ERROR_SIZE, "%s", strerror(-err));
		return err;
	}
	if (asprintf(&text, "%s%s", kept, ruleset_gate(GATE_SHUT)) < 0)
		err = -ENOMEM;
	else
		err = load_text(text, error);
	free(text);
	free(kept);
	return err;
}

int keep_restore(const char *state, struct netlink *nl,
		 char error[LOAD_ERROR_SIZE])
{
	char folder[512], ignored[LOAD_ERROR_SIZE];
	struct skeleton s;
	bool present;
	int err;

	err = skeleton_read(&s, nl);
	if (err)
		return err;
	present = s.present;
	skeleton_fini(&s);
	if (present)
		return KEEP_NOTHING;
	if (access(keep_folder(folder, state), F_OK) < 0)
		return -errno;
	err = load_kept(state, error);
	if (!err)
		return KEEP_LOADED;
	return load_text(last_resort, ignored) ? err : KEEP_LAST_RESORT;
}
