/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keys: two files, and the order in which they are written.
 */
#include "ctl/records/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE   "key"
#define AFTER_FILE "key.next"
#define KEY_MODE   0600

static int read_secret(int dir, const char *name, uint8_t *secret,
		       uint8_t *public)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, secret, SIGNER_SECRET_SIZE);
	close(fd);
	if (n != SIGNER_SECRET_SIZE)
		return -ENOKEY;
	return signer_public(public, secret);
}

/* All of it on disk before anybody relies on it. */
static int write_secret(int dir, const char *name, const uint8_t *secret)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			KEY_MODE);
	int err = 0;

	if (fd < 0)
		return -errno;
	errno = ENOSPC; /* of a short write */
	if (fchmod(fd, KEY_MODE) < 0 ||
	    pwrite(fd, secret, SIGNER_SECRET_SIZE, 0) != SIGNER_SECRET_SIZE ||
	    fsync(fd) < 0)
		err = -errno;
	close(fd);
	if (!err && fsync(dir) < 0)
		err = -errno;
	return err;
}

static int take_after(struct keys *keys)
{
	static const uint8_t zeros[SIGNER_SECRET_SIZE];
	int err = write_secret(keys->dir, KEY_FILE, zeros);

	if (!err && renameat(keys->dir, AFTER_FILE, keys->dir, KEY_FILE) < 0)
		err = -errno;
	if (!err && fsync(keys->dir) < 0)
		err = -errno;
	return err;
}

static int make_first(struct keys *keys)
{
	int err = read_secret(keys->dir, KEY_FILE, keys->secret, keys->public);

	if (err != -ENOENT)
		return err;
	err = signer_make(keys->secret);
	if (!err)
		err = signer_public(keys->public, keys->secret);
	if (!err)
		err = write_secret(keys->dir, KEY_FILE, keys->secret);
	return err;
}

int keys_open(struct keys *keys, int dir, const uint8_t *wanted)
{
	int err;

	memset(keys, 0, sizeof(*keys));
	keys->dir = dir;
	if (!wanted)
		return make_first(keys);
	err = read_secret(dir, KEY_FILE, keys->secret, keys->public);
	if (!err && memcmp(keys->public, wanted, sizeof(keys->public)) == 0)
		return 0;
	/* A life ended between the seal and the change of keys. */
	err = read_secret(dir, AFTER_FILE, keys->secret, keys->public);
	if (err || memcmp(keys->public, wanted, sizeof(keys->public)) != 0)
		return -ENOKEY;
	return take_after(keys);
}

int keys_prepare(struct keys *keys)
{
	int err = signer_make(keys->after);

	if (!err)
		err = signer_public(keys->after_public, keys->after);
	if (!err)
		err = write_secret(keys->dir, AFTER_FILE, keys->after);
	return err;
}

int keys_advance(struct keys *keys)
{
	int err = take_after(keys);

	if (err)
		return err;
	memcpy(keys->secret, keys->after, sizeof(keys->secret));
	memcpy(keys->public, keys->after_public, sizeof(keys->public));
	signer_forget(keys->after, sizeof(keys->after));
	return 0;
}

void keys_fini(struct keys *keys)
{
	signer_forget(keys->secret, sizeof(keys->secret));
	signer_forget(keys->after, sizeof(keys->after));
}
