/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * roster: knows the path as it was declared.
 */
#include "feeds/roster.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feeds/kin.h"
#include "feeds/path.h"

int roster_init(struct roster *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = strlen(path);

	if (path[0] != '/' || slash[1] == '\0' || len >= sizeof(r->path))
		return -EINVAL;
	*r = (struct roster){ .many = strchr(slash, '*') != NULL };
	memcpy(r->path, path, len + 1);
	memcpy(r->dir, path, (size_t)(slash - path));
	if (!r->dir[0])
		r->dir[0] = '/';
	memcpy(r->last, slash + 1, strlen(slash + 1) + 1);
	return 0;
}

void roster_name(char out[MSG_FILE_SIZE], const char *name)
{
	size_t len = strnlen(name, MSG_FILE_SIZE - 1);

	memcpy(out, name, len);
	memset(out + len, 0, MSG_FILE_SIZE - len);
}

static void step(void *ctx, const char *dir, const char *name)
{
	watch_place(ctx, dir, name);
}

/* Older parts come and go beside the log. */
static void watch_parts(struct watch *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX], parts[NAME_MAX + 2];

	if (!slash || snprintf(parts, sizeof(parts), "%s*", slash + 1) >=
			      (int)sizeof(parts))
		return;
	memcpy(dir, path, (size_t)(slash - path));
	dir[slash - path] = '\0';
	watch_place(w, dir[0] ? dir : "/", parts);
}

static void tell(const char *dir, const char *name, struct watch *w,
		 const struct roster_listener *l)
{
	const struct path_steps steps = { .step = step, .ctx = w };
	char path[2 * PATH_MAX], real[PATH_MAX], cut[MSG_FILE_SIZE];
	int err;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	err = path_follow(path, &steps, real);
	if (real[0])
		watch_parts(w, real);
	roster_name(cut, name);
	l->hear(l->ctx, cut, real, err);
}

/* Names in one block of memory, each behind the NUL of the one before. */
struct names {
	char *text;
	size_t len;
	size_t room;
};

static int add_name(struct names *names, const char *name)
{
	size_t len = strlen(name) + 1;
	char *text;

	if (names->room - names->len < len) {
		names->room = 2 * names->room + len + 1024;
		text = realloc(names->text, names->room);
		if (!text)
			return -ENOMEM;
		names->text = text;
	}
	memcpy(names->text + names->len, name, len);
	names->len += len;
	return 0;
}

static int read_names(const struct roster *r, const char *dir,
		      struct names *out)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	int err = 0;

	if (!d)
		return -errno;
	while (!err && (entry = readdir(d))) {
		if (entry->d_name[0] != '.' &&
		    !kin_is_compressed(entry->d_name) &&
		    kin_matches(r->last, entry->d_name))
			err = add_name(out, entry->d_name);
	}
	closedir(d);
	return err;
}

static const char *next_name(const struct names *names, const char *name)
{
	const char *next = name ? name + strlen(name) + 1 : names->text;

	if (names->len == 0)
		return NULL;
	return next < names->text + names->len ? next : NULL;
}

static bool is_part_of_any(const struct names *names, const char *name)
{
	for (const char *log = next_name(names, NULL); log;
	     log = next_name(names, log)) {
		if (kin_is_part(log, name))
			return true;
	}
	return false;
}

static int call_many(const struct roster *r, struct watch *w,
		     const struct roster_listener *l)
{
	const struct path_steps steps = { .step = step, .ctx = w };
	struct names names = { 0 };
	char dir[PATH_MAX];
	int err = path_follow(r->dir, &steps, dir);

	if (err)
		return err;
	watch_place(w, dir, r->last);
	err = read_names(r, dir, &names);
	if (!err && names.len == 0)
		err = -ENOENT;
	for (const char *name = next_name(&names, NULL); name && !err;
	     name = next_name(&names, name)) {
		if (!is_part_of_any(&names, name))
			tell(dir, name, w, l);
	}
	free(names.text);
	return err;
}

int roster_call(const struct roster *r, struct watch *w,
		const struct roster_listener *listener)
{
	int err;

	watch_begin(w);
	err = r->many ? call_many(r, w, listener) : 0;
	if (!r->many)
		tell(r->dir, r->last, w, listener);
	watch_end(w);
	return err;
}

bool roster_call_one(const struct roster *r, const char *name, struct watch *w,
		     const struct roster_listener *listener)
{
	const struct path_steps steps = { .step = step, .ctx = w };
	char dir[PATH_MAX];

	if (strchr(name, '/') || !kin_matches(r->last, name))
		return false;
	if (path_follow(r->dir, &steps, dir) == 0)
		tell(dir, name, w, listener);
	return true;
}
