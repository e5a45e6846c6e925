/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_FAMILY_H
#define POSTERN_WARDEN_FAMILY_H

/*
 * family: all programs of one configuration, and what each inherits.
 */
#include "ctl/core/config.h"
#include "ctl/warden/child.h"

/* Programs that are one each; the feeds follow, then the sensors, then what
 * scans for these. */
#define FAMILY_FIXED   5u
#define FAMILY_SENSORS (FAMILY_FIXED + CONFIG_FEEDS_MAX)
#define FAMILY_SCANS   (FAMILY_SENSORS + CONFIG_SENSORS_MAX)
#define FAMILY_MAX     (FAMILY_SCANS + CONFIG_SENSORS_MAX)

struct family {
	struct child records;
	struct child nft;
	struct child ctl;
	struct child alarm; /* wanted where a command is configured */
	struct child resolve; /* wanted where domains are */
	bool wants_alarm;
	bool wants_resolve;
	struct child feeds[CONFIG_FEEDS_MAX];
	uint8_t feed_count;
	struct child sensors[CONFIG_SENSORS_MAX];
	uint8_t sensor_count;
	struct child scans[CONFIG_SENSORS_MAX]; /* one for each sensor */
	bool wants_scans; /* a scanner is declared */
	int control; /* the listening control socket */
	char control_path[CONFIG_PATH_SIZE];
	uint32_t control_gid;
	int reload_bell;
	int originals[2]; /* the pair that feeds tell lines over; [0] is
			     postern-records' end */
};

/* Pairs and bells; no program, no socket yet.  -errno. */
__attribute__((warn_unused_result)) int family_init(struct family *f);
void family_fini(struct family *f);

/*
 * Take the parts and sockets of CONFIG.  Children whose part, or whose
 * inherited sockets, changed are marked in CHANGED, by the number that
 * family_child() knows them by.  -errno: ERROR says what for, and what was
 * before is still in place where it matters.
 */
__attribute__((warn_unused_result)) int family_take(struct family *f,
						    const struct config *config,
						    uint64_t *changed,
						    char error[200]);

/* Child NUMBER, in the order of starting; NULL: there are no more.  Feeds that
 * a reload removed come last, until they have ended. */
struct child *family_child(struct family *f, unsigned int number);

/* Is it in the configuration, or was it removed? */
bool family_is_wanted(const struct family *f, const struct child *c);

/* Start C with what it inherits.  -errno. */
__attribute__((warn_unused_result)) int
family_start(struct family *f, struct child *c, const char *folder);

#endif
