/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_STORY_H
#define POSTERN_DAEMON_STORY_H

/*
 * story: all that is known about an address, for `postern why`, and what a ban
 * drops while somebody asks (`why --trace`).
 */
struct client;

/* The answer comes as rows: the story, bans, charges, events; once postern-nft
 * has said what the kernel has. */
void story_begin(struct client *client);
void story_finish(struct client *client);

/* One address at a time is traced. */
void story_begin_trace(struct client *client);
void story_finish_trace(struct client *client);

#endif
