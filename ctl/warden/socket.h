/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_SOCKET_H
#define POSTERN_WARDEN_SOCKET_H

/*
 * socket: the sockets that have names, bound by posternd and inherited.
 */
#include <sys/types.h>

/* Who may use a socket: its group, and its permission bits. */
struct socket_access {
	gid_t gid; /* (gid_t)-1: root's */
	mode_t mode;
};

/*
 * Bind PATH as a socket of TYPE (SOCK_SEQPACKET and SOCK_STREAM listen), in
 * place of a socket that an earlier run left there; its folder is made where
 * it does not exist.  Returns the descriptor, or -errno.
 * -ENOTSOCK: PATH is something else, which is left alone.
 * -EADDRINUSE: somebody serves it.
 */
int socket_bind(const char *path, int type, const struct socket_access *access);

/* Make the folders of PATH's parents, and PATH too where IT_SELF. -errno. */
int socket_make_folders(const char *path, int it_self);

#endif
