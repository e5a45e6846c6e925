/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_ROLE_H
#define POSTERN_CORE_ROLE_H

/*
 * role: the programs, and what the warden gives each of them at exec.
 *
 * A program finds its part of the configuration at descriptor
 * ROLE_FD_CONFIG, a sealed memfd, and behind it its end of each of its pairs
 * in the order below.  The warden keeps both ends of every pair, so that what
 * was queued survives the death of either side.
 */

enum role {
	ROLE_WARDEN,
	ROLE_CTL,
	ROLE_RECORDS,
	ROLE_NFT,
	ROLE_FEED,
	ROLE_CLI,
	ROLE_ALARM,
	ROLE_RESOLVE,
	ROLE_SENSOR,
	ROLE_SCAN, /* one for each sensor */
	ROLE_COUNT
};

#define ROLE_BIT(role) (1u << (role))

#define ROLE_FD_CONFIG 3
/* Everyone but the warden, the CLI, postern-scan: the pair with postern-ctl. */
#define ROLE_FD_CTL 4
/* postern-records, and each postern-feed and postern-sensor: the two ends of
 * one pair, over which these tell what their events were made from. */
#define ROLE_FD_ORIGINALS 5
/* postern-feed: the socket that Suricata writes to, where it is one. */
#define ROLE_FD_SOURCE 6
/* Offline, there is no such pair: the files to be read, from here on. */
#define ROLE_FD_FILES 5
/* postern-sensor: the pair with its postern-scan, where there is one, whose
 * only pair that is. */
#define ROLE_FD_SCAN   6
#define ROLE_FD_SENSOR 4

/* postern-ctl's own. */
#define ROLE_FD_WARDEN	4 /* the warden only speaks, never listens */
#define ROLE_FD_NFT	5
#define ROLE_FD_RECORDS 6
#define ROLE_FD_CONTROL 7 /* the listening control socket */
#define ROLE_FD_RELOAD	8 /* eventfd: read the configuration again */
#define ROLE_FD_ALARM	9 /* whether or not there is such a program */
#define ROLE_FD_RESOLVE 10
#define ROLE_FD_FEEDS	11 /* one pair per feed, then one per sensor */
/* Behind these: an eventfd each, to ask for a restart of nft, of records, of
 * alarm, of resolve, of each feed, and of each sensor, in this order. */

/*
 * What the eventfd of a reload is rung with, added up: a plain reload; one that
 * undoes itself after so many seconds unless it is confirmed; a confirmation.
 */
#define ROLE_RELOAD_PLAIN   1ull
#define ROLE_RELOAD_SECONDS (1ull << 16) /* each; below ROLE_RELOAD_CONFIRM */
#define ROLE_RELOAD_CONFIRM (1ull << 40)
#define ROLE_RELOAD_MAX_S   3600u

const char *role_name(enum role role); /* "postern-nft" */
const char *role_user(enum role role); /* the system user it becomes */

#endif
