/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CHILD_H
#define POSTERN_WARDEN_CHILD_H

/*
 * child: one program that posternd starts, and all that outlives its death:
 * its pair of sockets, its part of the configuration, its restart bell.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ctl/core/config.h"
#include "ctl/core/role.h"

/* Descriptors that one program may inherit, from ROLE_FD_CONFIG on. */
#define CHILD_FDS_MAX (20 + 2 * (CONFIG_FEEDS_MAX + CONFIG_SENSORS_MAX))

struct child {
	enum role role;
	uint16_t index; /* which feed */
	int ctl_end; /* of its pair; -1 for postern-ctl itself */
	int own_end;
	int bell; /* eventfd: postern-ctl wants it started anew */
	int source; /* a feed's socket, or -1 */
	char source_path[CONFIG_PATH_SIZE]; /* of it; "" */
	int part; /* sealed memfd */
	uint8_t *part_data; /* the same bytes, to compare; owned */
	size_t part_len;
	pid_t pid; /* 0: not running */
	uint32_t epoch;
	uint32_t restarts; /* that nobody asked for */
	int exit_status;
	uint64_t since_ns; /* calendar */
	uint64_t started_ms; /* monotonic */
	double delay_s; /* before the next start, if it dies too soon */
	bool wanted; /* it ends, or ended, because we told it to */
};

/* A pair for messages; what was made is the caller's also after -errno. */
__attribute__((warn_unused_result)) int child_pair(int pair[2]);

/* Make pair and bell.  -errno. */
__attribute__((warn_unused_result)) int
child_init(struct child *c, enum role role, uint16_t index);
/* Close and forget all; it must not be running. */
void child_fini(struct child *c);

/* Take the part that CONFIG has for it.  1: it is another one than before.
 * 0: the same.  -errno. */
int child_take_part(struct child *c, const struct config *config);

/*
 * Start it, with FDS (COUNT of them) at the descriptors behind
 * ROLE_FD_CONFIG.  FOLDER is where the programs are.  -errno.
 */
__attribute__((warn_unused_result)) int
child_start(struct child *c, const char *folder, const int *fds, size_t count);

/* It ended with STATUS.  Returns how long to wait before it is started again,
 * in seconds. */
double child_ended(struct child *c, int status);

#endif
