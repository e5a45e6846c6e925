/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path: as the kernel walks a path, in the open.
 */
#include "feeds/path.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as in the kernel */

struct walk {
	char *here; /* PATH_MAX bytes: where it has come to, "" is the root */
	char rest[PATH_MAX]; /* what is still to go, without its first / */
	unsigned int links;
	const struct path_steps *steps;
};

/* Put TEXT before what is still to go. */
static int push(struct walk *w, const char *text)
{
	char joined[2 * PATH_MAX];
	int len = snprintf(joined, sizeof(joined), "%s%s%s", text,
			   w->rest[0] ? "/" : "", w->rest);

	if (len < 0 || len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(w->rest, joined, (size_t)len + 1);
	return 0;
}

/* Take the first part of what is still to go.  False: nothing is left. */
static bool pop(struct walk *w, char name[NAME_MAX + 1], int *err)
{
	size_t slashes = strspn(w->rest, "/");
	size_t len = strcspn(w->rest + slashes, "/");

	if (len > NAME_MAX) {
		*err = -ENAMETOOLONG;
		return false;
	}
	memcpy(name, w->rest + slashes, len);
	name[len] = '\0';
	memmove(w->rest, w->rest + slashes + len,
		strlen(w->rest + slashes + len) + 1);
	return len > 0;
}

static void go_up(struct walk *w)
{
	char *slash = strrchr(w->here, '/');

	if (slash)
		*slash = '\0';
}

static int go_in(struct walk *w, const char *name)
{
	size_t used = strlen(w->here);
	int len = snprintf(w->here + used, PATH_MAX - used, "/%s", name);

	return len < 0 || (size_t)len >= PATH_MAX - used ? -ENAMETOOLONG : 0;
}

/* The place just entered is a link: leave it, and go where it leads. */
static int follow_link(struct walk *w)
{
	char target[PATH_MAX];
	ssize_t len = readlink(w->here, target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	target[len] = '\0';
	if (target[0] == '/')
		w->here[0] = '\0';
	else
		go_up(w);
	return push(w, target);
}

static int take_step(struct walk *w, const char *name)
{
	struct stat st;
	int err;

	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		go_up(w);
		return 0;
	}
	w->steps->step(w->steps->ctx, w->here[0] ? w->here : "/", name);
	err = go_in(w, name);
	if (err)
		return err;
	if (lstat(w->here, &st) < 0)
		return -errno;
	return S_ISLNK(st.st_mode) ? follow_link(w) : 0;
}

int path_follow(const char *path, const struct path_steps *steps,
		char out[PATH_MAX])
{
	struct walk w = { .here = out, .steps = steps };
	char name[NAME_MAX + 1];
	int err;

	out[0] = '\0';
	err = push(&w, path);
	while (!err && pop(&w, name, &err))
		err = take_step(&w, name);
	if (!err && out[0] == '\0')
		memcpy(out, "/", 2);
	if (err && w.rest[strspn(w.rest, "/")])
		out[0] = '\0';
	return err;
}
