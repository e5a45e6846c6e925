/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * act: the words of the closed lists.
 */
#include "ctl/core/act.h"

#include <string.h>

static const char *const act_names[ACT_COUNT] = {
	[ACT_NONE] = "none",
	[ACT_START] = "start",
	[ACT_BAN] = "ban",
	[ACT_UNBAN] = "unban",
	[ACT_WOULD_BAN] = "would-ban",
	[ACT_REFUSED] = "refused",
	[ACT_PANIC] = "panic",
	[ACT_RESUME] = "resume",
	[ACT_RELOAD] = "reload",
	[ACT_DRIFT] = "drift",
	[ACT_REPAIR] = "repair",
	[ACT_GAP] = "gap",
	[ACT_POSITION] = "position",
	[ACT_READ] = "read",
	[ACT_PROGRAM] = "program",
	[ACT_TORN] = "torn",
	[ACT_CHECKPOINT] = "checkpoint",
	[ACT_CHECKPOINTED] = "checkpointed",
	[ACT_HOLD] = "hold",
	[ACT_LIFT] = "lift",
	[ACT_DISPOSED] = "disposed",
	[ACT_EXPORT] = "export",
	[ACT_REVIEW] = "review",
	[ACT_WITNESS] = "witness",
	[ACT_PARDON] = "pardon",
	[ACT_UNPARDON] = "unpardon",
	[ACT_ALARM] = "alarm",
	[ACT_ACK] = "ack",
	[ACT_CONFIG] = "config",
	[ACT_BASIS] = "basis",
	[ACT_PROTECT] = "protect",
	[ACT_UNPROTECT] = "unprotect",
	[ACT_STOP] = "stop",
	[ACT_CLOCK] = "clock",
	[ACT_EXPOSED] = "exposed",
};

static const char *const origin_names[ORIGIN_COUNT] = {
	[ORIGIN_POLICY] = "policy",
	[ORIGIN_PERSON] = "person",
	[ORIGIN_SYSTEM] = "system",
};

static const char *const gate_names[GATE_COUNT] = {
	[GATE_OPEN] = "open",		[GATE_SHUT] = "shut",
	[GATE_PANIC_IN] = "panic-in",	[GATE_PANIC_OUT] = "panic-out",
	[GATE_PANIC_ALL] = "panic-all",
};

static const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_COUNTED] = "counted",	      [OUTCOME_NOTHING] = "nothing",
	[OUTCOME_ALREADY] = "already-banned", [OUTCOME_SPARED] = "spared",
	[OUTCOME_WOULD_BAN] = "would-ban",    [OUTCOME_BANNED] = "banned",
	[OUTCOME_REFUSED] = "refused",
};

const char *act_name(enum act_kind kind)
{
	return kind < ACT_COUNT ? act_names[kind] : "none";
}

enum act_kind act_by_name(const char *name)
{
	for (int i = ACT_NONE + 1; i < ACT_COUNT; i++) {
		if (strcmp(act_names[i], name) == 0)
			return (enum act_kind)i;
	}
	return ACT_NONE;
}

const char *origin_name(enum origin origin)
{
	return origin < ORIGIN_COUNT ? origin_names[origin] : "none";
}

const char *gate_name(enum gate gate)
{
	return gate < GATE_COUNT ? gate_names[gate] : "none";
}

enum gate gate_by_name(const char *name)
{
	for (int i = 0; i < GATE_COUNT; i++) {
		if (strcmp(gate_names[i], name) == 0)
			return (enum gate)i;
	}
	return GATE_COUNT;
}

const char *outcome_name(enum event_outcome outcome)
{
	return outcome < OUTCOME_COUNT ? outcome_names[outcome] : "none";
}
