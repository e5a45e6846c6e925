/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * socket: bind under a name of its own, then rename: nobody can connect before
 * owner and mode are as they must be.
 */
#include "ctl/warden/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 64

int socket_make_folders(const char *path, int it_self)
{
	char part[512];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return -ENAMETOOLONG;
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && !(it_self && path[i] == '\0'))
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int fill_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	memcpy(address->sun_path, path, strlen(path) + 1);
	return 0;
}

/* What an earlier run left may go; what is served, or no socket, may not. */
static int clear_way(const char *path, int type)
{
	struct sockaddr_un address;
	struct stat st;
	int fd, served;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	if (fill_address(&address, path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	served = connect(fd, (struct sockaddr *)&address, sizeof(address)) ==
			 0 ||
		 errno == EAGAIN;
	close(fd);
	return served ? -EADDRINUSE : 0;
}

static int bind_as(int fd, const char *path, int type,
		   const struct socket_access *access)
{
	char temporary[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct sockaddr_un address;
	int err;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >=
	    sizeof(temporary))
		return -ENAMETOOLONG;
	unlink(temporary);
	err = fill_address(&address, temporary);
	if (err)
		return err;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	if (chown(temporary, 0, access->gid) < 0 ||
	    chmod(temporary, access->mode) < 0 ||
	    (type != SOCK_DGRAM && listen(fd, BACKLOG) < 0) ||
	    rename(temporary, path) < 0) {
		err = -errno;
		unlink(temporary);
	}
	return err;
}

int socket_bind(const char *path, int type, const struct socket_access *access)
{
	int fd, err;

	err = socket_make_folders(path, 0);
	if (!err)
		err = clear_way(path, type);
	if (err)
		return err;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	err = bind_as(fd, path, type, access);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}
