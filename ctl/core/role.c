/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * role: names of the programs and of the users that they become.
 */
#include "ctl/core/role.h"

static const struct {
	const char *name;
	const char *user;
} roles[ROLE_COUNT] = {
	[ROLE_WARDEN] = { "posternd", "root" },
	[ROLE_CTL] = { "postern-ctl", "postern-ctl" },
	[ROLE_RECORDS] = { "postern-records", "postern-records" },
	[ROLE_NFT] = { "postern-nft", "postern-nft" },
	[ROLE_FEED] = { "postern-feed", "postern-feed" },
	[ROLE_SENSOR] = { "postern-sensor", "postern-sensor" },
	[ROLE_SCAN] = { "postern-scan", "postern-scan" },
	[ROLE_CLI] = { "postern", "" },
	[ROLE_ALARM] = { "postern-alarm", "postern-alarm" },
	[ROLE_RESOLVE] = { "postern-resolve", "postern-resolve" },
};

const char *role_name(enum role role)
{
	return role < ROLE_COUNT ? roles[role].name : "nobody";
}

const char *role_user(enum role role)
{
	return role < ROLE_COUNT ? roles[role].user : "";
}
