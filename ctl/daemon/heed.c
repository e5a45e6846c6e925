/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heed: programs that died, configurations, the outcome of a reload.
 */
#include "ctl/daemon/heed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/daemon/acts.h"
#include "ctl/daemon/alert.h"
#include "ctl/daemon/clients.h"
#include "ctl/daemon/daemon.h"

static struct program_state *program_of(struct daemon *d,
					const struct program_state *row)
{
	for (unsigned int i = 0; i < d->program_count; i++) {
		if (d->programs[i].role == row->role &&
		    d->programs[i].index == row->index)
			return &d->programs[i];
	}
	if (d->program_count == DAEMON_PROGRAMS_MAX)
		return NULL;
	return &d->programs[d->program_count++];
}

/* Why a program ended, in words, from what wait(2) told. */
static void describe_end(char *buf, size_t size, int32_t status)
{
	int signal = status & 0x7f;

	if (signal)
		snprintf(buf, size, "ended by signal %d, started again",
			 signal);
	else
		snprintf(buf, size, "ended with status %d, started again",
			 (status >> 8) & 0xff);
}

/* Of the end of a former life of ours nobody else can tell. */
static bool died_before_us(const struct program_state *row)
{
	return row->role == ROLE_CTL && row->restarts && row->exit_status;
}

static void hear_program(struct daemon *d, const struct program_state *row)
{
	struct program_state *known = program_of(d, row);
	struct act act = {
		.kind = ACT_PROGRAM,
		.origin = ORIGIN_SYSTEM,
		.pid = row->pid,
	};
	bool died;

	if (!known)
		return;
	died = known->epoch ? row->restarts > known->restarts
			    : died_before_us(row);
	*known = *row;
	if (!died)
		return; /* it began, or ended because it was told to */
	snprintf(act.name, sizeof(act.name), "%s",
		 role_name((enum role)row->role));
	describe_end(act.reason, sizeof(act.reason), row->exit_status);
	acts_record(d, &act);
}

static void hear_reloaded(struct daemon *d, const struct reloaded *row)
{
	struct act act = {
		.kind = ACT_RELOAD,
		.origin = ORIGIN_SYSTEM,
		.config_id = row->config_id,
	};

	d->reload = *row;
	if (!row->text[0])
		return; /* how things stand, at the begin of our life */
	snprintf(act.reason, sizeof(act.reason), "%.100s", row->text);
	act.error = row->taken ? 0 : EINVAL;
	acts_record(d, &act);
	d->reload_act.kind = ACT_NONE;
	if (strncmp(row->text, "not confirmed", 13) == 0)
		alert_raise(d, ALARM_RELOAD, NULL, "%s", act.reason);
	clients_hear_reload(d->clients);
}

/* What a configuration that comes into force is, and by whom: its outcome is
 * said behind it. */
static int hear_config(struct daemon *d, const struct act *row)
{
	struct act act = *row;

	if (act.kind != ACT_CONFIG)
		return -EBADMSG;
	/* By a signal: posternd knows who sent it. */
	if (act.origin != ORIGIN_PERSON && d->reload_act.kind == ACT_RELOAD) {
		act.origin = ORIGIN_PERSON;
		act.uid = d->reload_act.uid;
		act.login_uid = d->reload_act.login_uid;
		act.pid = d->reload_act.pid;
	}
	acts_record(d, &act);
	return 0;
}

int heed_hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	if (kind == MSG_ACT)
		return hear_config(ctx, &row->act);
	if (kind == MSG_PROGRAM)
		hear_program(ctx, &row->program);
	else if (kind == MSG_RELOADED)
		hear_reloaded(ctx, &row->reloaded);
	return 0;
}
