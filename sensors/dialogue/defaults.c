/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * defaults: what a dialogue's configuration is before anybody says anything.
 *
 * One of a thing is a mistake, some are a habit: a mistyped recipient, one
 * VRFY, one bounce are what honest people do, so counts begin above that.
 */
#include "sensors/content/content.h"
#include "sensors/dialogue.h"

void dialogue_config_init(struct dialogue_config *config)
{
	*config = (struct dialogue_config){
		.names = LOGIN_NAMES_HASHED,
		.source = { .connections = 40,
			    .mails = 60,
			    .recipients = 300,
			    .kilobytes = 512 * 1024 },
		.subnet = { .connections = 100,
			    .mails = 150,
			    .recipients = 900,
			    .kilobytes = 2048 * 1024 },
		.outbound = { .mails = 300, .recipients = 1000 },
		.memory_s = 3600,
		.refused_source = 3,
		.refused_subnet = 8,
		.probes = 2,
		.relays = 2,
		.bounces_source = 5,
		.bounces_subnet = 15,
		.account_sources = 5,
		.short_sessions = 10,
		.delayed_replies = 3,
		.unknown_verbs = 3,
		.line_max = 1000,
		.slow_line_s = 5,
		.slow_session_s = 300,
		.silent_s = 60,
		.tally_size = 65536,
		.content_max = 4096,
	};
	config->dangerous = content_dangerous(&config->dangerous_count);
}
