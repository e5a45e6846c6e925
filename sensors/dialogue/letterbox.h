/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_LETTERBOX_H
#define POSTERN_SENSORS_DIALOGUE_LETTERBOX_H

/*
 * letterbox: the messages that are passing by at this moment.
 *
 * There are fewer places than dialogues.  When all are taken, the message
 * that has been quiet the longest is given up, and counted: who holds many
 * messages open makes only these blind.
 */
#include "sensors/dialogue/inside.h"

/* -ENOMEM.  config.content_max places. */
__attribute__((warn_unused_result)) int
letterbox_init(struct dialogue_pool *pool);
void letterbox_fini(struct dialogue_pool *pool);

#endif
