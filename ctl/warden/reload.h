/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_RELOAD_H
#define POSTERN_WARDEN_RELOAD_H

/*
 * reload: one configuration in the place of another, for good or on trial.
 * What is wrong with the new one leaves the old one in force.
 */
#include "ctl/core/msg.h"
#include "ctl/warden/inner.h"

/* What is in force, for postern-ctl; say it with a sentence. */
struct reloaded reload_row(struct warden *w, bool taken);
void reload_say(struct warden *w, bool taken, const char *text);

/* Before anything is started: a configuration that was put on trial in a former
 * life, and that nobody confirmed, does not come into force by a restart. */
void reload_take_back(struct warden *w);

/* Somebody asks: SIGHUP, postern-ctl's bell. */
void reload_on_hangup(struct ev_loop *loop, ev_io *io, int events);
void reload_on_bell(struct ev_loop *loop, ev_io *io, int events);
/* The time of a trial is over. */
void reload_on_unconfirmed(struct ev_loop *loop, ev_timer *timer, int events);
/* The system asks other name servers by now. */
void reload_on_resolvers(struct ev_loop *loop, ev_stat *stat, int events);

#endif
