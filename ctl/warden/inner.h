/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_INNER_H
#define POSTERN_WARDEN_INNER_H

/*
 * inner: what the warden's own files share: warden.c keeps the programs alive,
 * reload.c puts one configuration in the place of another.
 */
#include <ev.h>

#include "ctl/core/chan.h"
#include "ctl/warden/conf/bundle.h"
#include "ctl/warden/family.h"
#include "ctl/warden/hangup.h"
#include "ctl/warden/lock.h"

#define CHILDREN_MAX FAMILY_MAX

struct warden;

/* The watchers of one child. */
struct minder {
	struct warden *warden;
	struct child *child;
	ev_timer start; /* when its delay is over */
	ev_timer kill; /* when it did not end in time */
	ev_io bell;
};

enum ending {
	ENDING_NOT,
	ENDING_FEEDS, /* first, so that nothing more is said */
	ENDING_CTL, /* then it has its last words */
	ENDING_REST,
};

struct warden {
	struct ev_loop *loop;
	char *path; /* of the configuration file, absolute; owned */
	char folder[512]; /* of the programs */
	struct config *config;
	struct bundle texts; /* that it was read from */
	struct config *before; /* what an unconfirmed reload goes back to */
	struct bundle texts_before;
	struct bundle recorded; /* that the records were told last */
	struct family family;
	struct minder minders[CHILDREN_MAX];
	struct chan ctl; /* we only speak on it */
	ev_io ctl_writable;
	ev_io reload_bell;
	ev_stat resolvers; /* that may never be banned: they may change */
	ev_timer confirm; /* when an unconfirmed reload undoes itself */
	ev_timer chronicle; /* when what was told is surely on disk */
	ev_signal term, interrupt, child;
	ev_io hangup;
	int hangup_fd;
	bool has_sender; /* the reload under way was asked for by a signal */
	struct hangup sender; /* of it */
	ev_prepare turn_end;
	enum ending ending;
	bool is_taken_back; /* it began with a reload that was not confirmed */
	int lock; /* of the state folder */
	int net_lock; /* of our network namespace */
	char net_path[LOCK_PATH_SIZE];
};

/* To postern-ctl, at the end of the turn or at once. */
void warden_say(struct warden *w, enum msg_kind kind, const void *row);
void warden_say_program(struct warden *w, const struct child *c);
void warden_flush(struct warden *w);

/* End a program that is wanted no more; give one a new life. */
void warden_tell_to_end(struct warden *w, struct minder *m);
void warden_start_anew(struct warden *w, struct minder *m);

#endif
