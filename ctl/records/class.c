/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * class: the words, and one table of kinds.
 */
#include "ctl/records/class.h"

#include <string.h>

#include "ctl/core/config.h"

_Static_assert(CLASS_SEALS == CONFIG_CLASSES && CLASS_CUSTODY == CONFIG_CUSTODY,
	       "the order of the configuration");

const char *class_name(enum rclass rclass)
{
	return rclass == CLASS_SEALS ? "seals" : config_class_name((int)rclass);
}

enum rclass class_by_name(const char *word, size_t len)
{
	for (int i = 0; i < CLASS_COUNT; i++) {
		const char *name = class_name((enum rclass)i);

		if (strlen(name) == len && memcmp(name, word, len) == 0)
			return (enum rclass)i;
	}
	return CLASS_COUNT;
}

/* All that the state is told from again must be acts, in one order. */
enum rclass class_of_act(const struct act *act)
{
	switch ((enum act_kind)act->kind) {
	case ACT_START:
	case ACT_STOP:
	case ACT_CLOCK:
	case ACT_EXPOSED:
	case ACT_DRIFT:
	case ACT_REPAIR:
	case ACT_GAP:
	case ACT_PROGRAM:
	case ACT_BASIS:
	case ACT_PROTECT:
	case ACT_UNPROTECT:
		return CLASS_SYSTEM;
	case ACT_WOULD_BAN:
		return act->mode == MODE_ALARM ? CLASS_ALARMS : CLASS_ACTS;
	case ACT_ALARM:
		/* Those of postern-ctl are state: they wait for somebody. */
		return act->id ? CLASS_ACTS : CLASS_ALARMS;
	case ACT_HOLD:
	case ACT_LIFT:
	case ACT_DISPOSED:
	case ACT_EXPORT:
	case ACT_REVIEW:
	case ACT_WITNESS:
		return CLASS_CUSTODY;
	case ACT_NONE:
	case ACT_BAN:
	case ACT_UNBAN:
	case ACT_REFUSED:
	case ACT_PANIC:
	case ACT_RESUME:
	case ACT_RELOAD:
	case ACT_CONFIG:
	case ACT_POSITION:
	case ACT_READ:
	case ACT_PARDON:
	case ACT_UNPARDON:
	case ACT_ACK:
	case ACT_TORN:
	case ACT_CHECKPOINT:
	case ACT_CHECKPOINTED:
	case ACT_COUNT:
		break;
	}
	return CLASS_ACTS;
}
