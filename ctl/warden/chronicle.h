/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CHRONICLE_H
#define POSTERN_WARDEN_CHRONICLE_H

/*
 * chronicle: each configuration that comes into force is told to the records,
 * by way of postern-ctl, with what is different from the one told before.
 *
 * What was told is kept in the state folder, so that a start tells what was
 * changed while nothing ran; some seconds later, so that a crash that loses the
 * acts does not lose the change: then it is told twice, never not at all.
 */
struct warden;

/* At the start, once: what a former life told. */
void chronicle_init(struct warden *w);
void chronicle_fini(struct warden *w);

/* What is in force now came into force. */
void chronicle_tell(struct warden *w);

#endif
