/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_DAEMON_H
#define POSTERN_DAEMON_DAEMON_H

/*
 * daemon: postern-ctl, which decides.  What its parts share.
 *
 * It holds no capability, no file and no network, and parses no text.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/msg.h"
#include "ctl/core/program.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/alarms.h"
#include "ctl/daemon/basis.h"
#include "ctl/daemon/intake.h"
#include "ctl/daemon/judge.h"
#include "ctl/daemon/late.h"
#include "ctl/daemon/streams.h"

/* Feeds, and behind them sensors: by the numbers that their events bear. */
#define DAEMON_FEEDERS_MAX (CONFIG_FEEDS_MAX + CONFIG_SENSORS_MAX)

/* Files of one feed that `status` shows. */
#define DAEMON_READINGS_MAX 256
#define DAEMON_PROGRAMS_MAX \
	(DAEMON_FEEDERS_MAX + CONFIG_SENSORS_MAX + ROLE_COUNT)

struct feeder {
	struct daemon *daemon;
	uint16_t index;
	struct wire *wire;
	bool live; /* it has answered our hello, and knows where to go on */
	struct reading readings[DAEMON_READINGS_MAX]; /* by stream */
	struct reading past; /* the sums of those that are done with */
	struct sensing sensing; /* of a sensor */
	struct late late;
	uint64_t
		unseen; /* frames and events that it lost, and no record tells */
	uint64_t unseen_ms; /* when a record told of some */
	uint64_t position_ms; /* when its position was last recorded */
};

struct daemon {
	struct ev_loop *loop;
	const struct program *program;
	const struct config *config;
	struct judge judge;
	struct docket docket; /* of the message that is being heard */
	struct alarms alarms;
	struct prefixset observing; /* rows of a list that has not ended */
	struct prefixset sharing;
	struct basis basis; /* what the records were told of these */
	struct streams streams;
	struct enforce *enforce;
	struct journal *journal;
	struct clients *clients;
	struct sightings *sightings;
	struct omitted *omitted;
	struct wire *warden;
	struct wire *nft;
	struct wire *records;
	struct wire *alarm;
	struct wire *resolve;
	struct feeder feeders[DAEMON_FEEDERS_MAX];
	bool nft_live; /* has answered our hello */
	bool records_live;
	bool restored; /* the bans of former lives are known */
	uint64_t boot; /* clock_boot() */
	uint64_t seed; /* of the memory: on record, for replays */
	struct act base; /* the act whose times restored terms refer to */
	struct acts_ahead ahead;
	uint64_t replayed;
	uint64_t since_ns; /* calendar time of our start */
	struct act gate; /* the act that says what the gate is to be */
	struct prefix traced; /* whose hits are counted; family 0: nobody's */
	uint64_t traced_ms; /* when that was last asked for */
	struct kernel_state kernel;
	struct journal_state journal_state;
	struct reloaded reload;
	struct act reload_act; /* a person's who asked for one; kind ACT_NONE:
				  nobody waits for one */
	struct program_state programs[DAEMON_PROGRAMS_MAX];
	unsigned int program_count;
};

/* Run until SIGTERM.  Returns the exit status. */
int daemon_run(const struct program *program);

/* Milliseconds of the monotonic clock. */
uint64_t daemon_now_ms(void);

/* Feeder NUMBER, of those that are declared; NULL: there are no more. */
struct feeder *daemon_feeder(struct daemon *d, unsigned int number);
const char *daemon_feeder_name(const struct feeder *f);
/* The role of the program behind it, and which of these it is. */
enum role daemon_feeder_role(const struct feeder *f, uint16_t *index);

/* Ask the warden for a new life of a program that does not keep to the
 * protocol. */
void daemon_ask_restart(struct daemon *d, enum role role, uint16_t index);
/* Ask the warden to read the configuration again, or what else role.h has the
 * number for. */
void daemon_ask_reload(struct daemon *d, uint64_t what);

#endif
