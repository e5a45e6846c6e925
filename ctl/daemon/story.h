/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_STORY_H
#define POSTERN_DAEMON_STORY_H

/*
 * story: all that is known about an address, for `postern why`.
 */
struct client;

/* As rows: the story, bans, charges, events. */
void story_send(struct client *client);

#endif
