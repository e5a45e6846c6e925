/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch: inotify(7).
 */
#include "feeds/watch.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "feeds/kin.h"

#define PLACE_MASK                                                         \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | \
	 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define FILE_MASK (IN_MODIFY | IN_CLOSE_WRITE | IN_MOVE_SELF | IN_ATTRIB)

/* More than any sane path needs. */
#define PLACES_MAX 1024

struct watch_place {
	int number; /* the directory's watch */
	bool fresh; /* said since watch_begin() */
	char name[NAME_MAX + 2]; /* perhaps with a * */
};

int watch_open(struct watch *w)
{
	*w = (struct watch){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
	return w->fd < 0 ? -errno : 0;
}

void watch_close(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->places);
	*w = (struct watch){ .fd = -1 };
}

void watch_begin(struct watch *w)
{
	w->blind = false;
	for (size_t i = 0; i < w->count; i++)
		w->places[i].fresh = false;
}

static struct watch_place *find_place(struct watch *w, int number,
				      const char *name)
{
	for (size_t i = 0; i < w->count; i++) {
		struct watch_place *place = &w->places[i];

		if (place->number == number && strcmp(place->name, name) == 0)
			return place;
	}
	return NULL;
}

static struct watch_place *new_place(struct watch *w)
{
	if (w->count == PLACES_MAX)
		return NULL;
	if (w->count == w->room) {
		size_t room = w->room ? 2 * w->room : 16;
		struct watch_place *places =
			reallocarray(w->places, room, sizeof(*places));

		if (!places)
			return NULL;
		w->places = places;
		w->room = room;
	}
	return &w->places[w->count++];
}

void watch_place(struct watch *w, const char *dir, const char *name)
{
	int number = inotify_add_watch(w->fd, dir, PLACE_MASK);
	struct watch_place *place;

	if (number < 0) {
		w->blind = true;
		return;
	}
	place = find_place(w, number, name);
	if (!place) {
		place = new_place(w);
		if (!place) {
			w->blind = true;
			return;
		}
		place->number = number;
		snprintf(place->name, sizeof(place->name), "%s", name);
	}
	place->fresh = true;
}

static bool is_watched(const struct watch *w, int number)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->places[i].number == number)
			return true;
	}
	return false;
}

void watch_end(struct watch *w)
{
	size_t at = 0;

	while (at < w->count) {
		int number = w->places[at].number;

		if (w->places[at].fresh) {
			at++;
			continue;
		}
		w->places[at] = w->places[--w->count];
		if (!is_watched(w, number))
			inotify_rm_watch(w->fd, number);
	}
}

/* By its descriptor: its path may lead elsewhere by now. */
int watch_file(struct watch *w, int fd)
{
	char path[32];
	int number;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	number = inotify_add_watch(w->fd, path, FILE_MASK);
	return number < 0 ? -errno : number;
}

void watch_forget(struct watch *w, int number)
{
	if (number >= 0)
		inotify_rm_watch(w->fd, number);
}

/* Does it matter what happened to NAME in a watched directory?  What happened
 * to the directory itself bears no name. */
static bool is_place(const struct watch *w, int number, const char *name)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct watch_place *place = &w->places[i];

		if (place->number == number &&
		    (!name || kin_matches(place->name, name)))
			return true;
	}
	return false;
}

static void tell(const struct watch *w, const struct inotify_event *event,
		 const struct watch_listener *l)
{
	if (event->mask & IN_Q_OVERFLOW) {
		l->hear(l->ctx, WATCH_LOST, -1);
	} else if (is_watched(w, event->wd)) {
		if (is_place(w, event->wd, event->len ? event->name : NULL))
			l->hear(l->ctx, WATCH_PLACE, -1);
	} else {
		if (event->mask & IN_MODIFY)
			l->hear(l->ctx, WATCH_GREW, event->wd);
		if (event->mask & IN_CLOSE_WRITE)
			l->hear(l->ctx, WATCH_CLOSED, event->wd);
		if (event->mask & IN_MOVE_SELF)
			l->hear(l->ctx, WATCH_MOVED, event->wd);
		if (event->mask & IN_ATTRIB)
			l->hear(l->ctx, WATCH_CHANGED, event->wd);
	}
}

void watch_read(struct watch *w, const struct watch_listener *listener)
{
	char buf[16384]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	ssize_t len;

	do
		len = read(w->fd, buf, sizeof(buf));
	while (len < 0 && errno == EINTR);
	for (char *at = buf; at < buf + len;
	     at += sizeof(*event) + event->len) {
		event = (const struct inotify_event *)at;
		tell(w, event, listener);
	}
}
