/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_WATCH_H
#define POSTERN_FEEDS_WATCH_H

/*
 * watch: tells what happens to some files and some places, without asking
 * again and again.
 *
 * A place is a name in a directory: what it leads to may come, go or change.
 * A file is watched by itself, whatever it is called.
 *
 * Every int function returns 0 or more, or a negative errno value.
 */
#include <stdbool.h>
#include <stddef.h>

enum watch_kind {
	WATCH_PLACE, /* something is different at one of the places */
	WATCH_GREW, /* the file was written to, or cut */
	WATCH_CLOSED, /* somebody who could write to it closed it */
	WATCH_MOVED, /* it is called otherwise now */
	WATCH_CHANGED, /* who may read it, or how many names it has */
	WATCH_LOST, /* too much happened: look at everything */
};

struct watch_place;

struct watch {
	int fd;
	struct watch_place *places;
	size_t count;
	size_t room;
	bool blind; /* a place cannot be watched */
};

struct watch_listener {
	/* NUMBER is the file's, as watch_file() gave it, or -1. */
	void (*hear)(void *ctx, enum watch_kind kind, int number);
	void *ctx;
};

__attribute__((warn_unused_result)) int watch_open(struct watch *w);
void watch_close(struct watch *w);

/*
 * Say all places anew: begin, place by place, end.  What was not said again
 * is watched no more.  NAME may hold a *.
 */
void watch_begin(struct watch *w);
void watch_place(struct watch *w, const char *dir, const char *name);
void watch_end(struct watch *w);

/* Watch the open file FD; its number, for watch_forget(). */
__attribute__((warn_unused_result)) int watch_file(struct watch *w, int fd);
void watch_forget(struct watch *w, int number);

/* Tell what happened since, in the order in which it happened.  FD stays
 * readable while there is more. */
void watch_read(struct watch *w, const struct watch_listener *listener);

#endif
