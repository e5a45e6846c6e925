/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_DECLARED_H
#define POSTERN_SENSORS_DIALOGUE_DECLARED_H

/*
 * declared: what the configuration file says of mail, on top of the defaults.
 */
#include "sensors/dialogue.h"

/*
 * Apply config->file, where there is one, to CONFIG itself.  Its lists then
 * point into *LISTS, which the caller gives to free(3).  -ENOMEM.
 */
__attribute__((warn_unused_result)) int
declared_apply(struct dialogue_config *config, const char ***lists);

#endif
