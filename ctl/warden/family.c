/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * family: the order of descriptors is role.h's.
 */
#include "ctl/warden/family.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/warden/socket.h"

/* Records first, so that the bans can be read back; feeds last. */
static struct child *fixed_child(struct family *f, unsigned int number)
{
	struct child *const order[FAMILY_FIXED] = {
		&f->records, &f->nft, &f->ctl, &f->alarm, &f->resolve,
	};

	return number < FAMILY_FIXED ? order[number] : NULL;
}

struct child *family_child(struct family *f, unsigned int number)
{
	if (number < FAMILY_FIXED)
		return fixed_child(f, number);
	if (number - FAMILY_FIXED < CONFIG_FEEDS_MAX)
		return &f->feeds[number - FAMILY_FIXED];
	if (number < FAMILY_SCANS)
		return &f->sensors[number - FAMILY_SENSORS];
	if (number < FAMILY_MAX)
		return &f->scans[number - FAMILY_SCANS];
	return NULL;
}

bool family_is_wanted(const struct family *f, const struct child *c)
{
	if (c->role == ROLE_SENSOR)
		return c->index < f->sensor_count;
	if (c->role == ROLE_SCAN)
		return f->wants_scans && c->index < f->sensor_count;
	if (c->role == ROLE_ALARM)
		return f->wants_alarm;
	if (c->role == ROLE_RESOLVE)
		return f->wants_resolve;
	return c->role != ROLE_FEED || c->index < f->feed_count;
}

int family_init(struct family *f)
{
	int err;

	*f = (struct family){
		.control = -1,
		.reload_bell = -1,
		.originals = { -1, -1 },
	};
	err = child_init(&f->records, ROLE_RECORDS, 0);
	if (!err)
		err = child_init(&f->nft, ROLE_NFT, 0);
	if (!err)
		err = child_init(&f->ctl, ROLE_CTL, 0);
	if (!err)
		err = child_init(&f->alarm, ROLE_ALARM, 0);
	if (!err)
		err = child_init(&f->resolve, ROLE_RESOLVE, 0);
	for (uint16_t i = 0; i < CONFIG_FEEDS_MAX && !err; i++)
		err = child_init(&f->feeds[i], ROLE_FEED, i);
	for (uint16_t i = 0; i < CONFIG_SENSORS_MAX && !err; i++)
		err = child_init(&f->sensors[i], ROLE_SENSOR, i);
	for (uint16_t i = 0; i < CONFIG_SENSORS_MAX && !err; i++)
		err = child_init(&f->scans[i], ROLE_SCAN, i);
	if (err)
		return err;
	err = child_pair(f->originals);
	if (err)
		return err;
	f->reload_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return f->reload_bell < 0 ? -errno : 0;
}

void family_fini(struct family *f)
{
	struct child *c;

	for (unsigned int i = 0; (c = family_child(f, i)); i++)
		child_fini(c);
	if (f->control >= 0) {
		close(f->control);
		unlink(f->control_path);
	}
	if (f->reload_bell >= 0)
		close(f->reload_bell);
	for (int i = 0; i < 2; i++) {
		if (f->originals[i] >= 0)
			close(f->originals[i]);
	}
}

/* The control socket: a new one where its path or group is new. */
static int take_control(struct family *f, const struct config *config,
			uint64_t *changed, char error[200])
{
	const struct control *control = &config->control;
	const struct socket_access access = { control->gid, 0660 };
	int fd;

	if (f->control >= 0 && f->control_gid == control->gid &&
	    strcmp(f->control_path, control->socket) == 0)
		return 0;
	if (f->control >= 0 && strcmp(f->control_path, control->socket) == 0)
		unlink(f->control_path); /* ours, with another group now */
	fd = socket_bind(control->socket, SOCK_SEQPACKET, &access);
	if (fd < 0) {
		snprintf(error, 200,
			 "cannot bind the control socket %.100s: "
			 "%s%s",
			 control->socket, strerror(-fd),
			 fd == -EADDRINUSE ? "; another posternd serves it"
					   : "");
		return fd;
	}
	if (f->control >= 0) {
		close(f->control);
		if (strcmp(f->control_path, control->socket) != 0)
			unlink(f->control_path);
	}
	f->control = fd;
	f->control_gid = control->gid;
	snprintf(f->control_path, sizeof(f->control_path), "%s",
		 control->socket);
	*changed |= 1u << 2;
	return 0;
}

static int take_source(struct child *c, const struct feed *feed, bool *changed,
		       char error[200])
{
	struct socket_access access = { (gid_t)-1, 0660 };
	const char *path = feed->source == FEED_FILE ? "" : feed->path;
	const struct group *group;
	int fd;

	if (strcmp(c->source_path, path) == 0)
		return 0;
	if (c->source >= 0) {
		close(c->source);
		unlink(c->source_path);
		c->source = -1;
		c->source_path[0] = '\0';
	}
	*changed = true;
	if (!path[0])
		return 0;
	group = feed->group[0] ? getgrnam(feed->group) : NULL;
	if (group)
		access.gid = group->gr_gid;
	fd = socket_bind(path,
			 feed->source == FEED_STREAM ? SOCK_STREAM : SOCK_DGRAM,
			 &access);
	if (fd < 0) {
		snprintf(error, 200, "cannot bind %.100s of feed %s: %s", path,
			 feed->name, strerror(-fd));
		return fd;
	}
	c->source = fd;
	snprintf(c->source_path, sizeof(c->source_path), "%s", path);
	return 0;
}

static int take_part(struct child *c, const struct config *config,
		     unsigned int number, uint64_t *changed, char error[200])
{
	int got = child_take_part(c, config);

	if (got > 0)
		*changed |= 1ull << number;
	if (got < 0)
		snprintf(error, 200, "cannot make the part of %s: %s",
			 role_name(c->role), strerror(-got));
	return got < 0 ? got : 0;
}

int family_take(struct family *f, const struct config *config,
		uint64_t *changed, char error[200])
{
	int err;

	*changed = 0;
	err = take_control(f, config, changed, error);
	f->wants_alarm = config->alarms.command[0] != '\0';
	f->wants_resolve = config->shared.domain_count > 0 ||
			   config->mail.names;
	for (unsigned int i = 0; i < FAMILY_FIXED && !err; i++)
		err = take_part(fixed_child(f, i), config, i, changed, error);
	for (uint8_t i = 0; i < config->feed_count && !err; i++) {
		bool source_changed = false;

		err = take_source(&f->feeds[i], &config->feeds[i],
				  &source_changed, error);
		if (!err)
			err = take_part(&f->feeds[i], config, FAMILY_FIXED + i,
					changed, error);
		if (source_changed)
			*changed |= 1ull << (FAMILY_FIXED + i);
	}
	for (uint8_t i = 0; i < config->sensor_count && !err; i++)
		err = take_part(&f->sensors[i], config, FAMILY_SENSORS + i,
				changed, error);
	f->wants_scans = config->mail.scanner[0] != '\0';
	for (uint8_t i = 0; i < config->sensor_count && !err; i++)
		err = take_part(&f->scans[i], config, FAMILY_SCANS + i, changed,
				error);
	if (err)
		return err;
	/* Its descriptors are one per feed and sensor. */
	if (f->feed_count != config->feed_count ||
	    f->sensor_count != config->sensor_count)
		*changed |= 1u << 2;
	f->feed_count = config->feed_count;
	f->sensor_count = config->sensor_count;
	return 0;
}

/* postern-ctl speaks with everyone. */
static size_t list_ctl_fds(const struct family *f, int *fds)
{
	size_t count = 0;

	fds[count++] = f->ctl.own_end;
	fds[count++] = f->nft.ctl_end;
	fds[count++] = f->records.ctl_end;
	fds[count++] = f->control;
	fds[count++] = f->reload_bell;
	fds[count++] = f->alarm.ctl_end;
	fds[count++] = f->resolve.ctl_end;
	for (uint8_t i = 0; i < f->feed_count; i++)
		fds[count++] = f->feeds[i].ctl_end;
	for (uint8_t i = 0; i < f->sensor_count; i++)
		fds[count++] = f->sensors[i].ctl_end;
	fds[count++] = f->nft.bell;
	fds[count++] = f->records.bell;
	fds[count++] = f->alarm.bell;
	fds[count++] = f->resolve.bell;
	for (uint8_t i = 0; i < f->feed_count; i++)
		fds[count++] = f->feeds[i].bell;
	for (uint8_t i = 0; i < f->sensor_count; i++)
		fds[count++] = f->sensors[i].bell;
	return count;
}

int family_start(struct family *f, struct child *c, const char *folder)
{
	int fds[CHILD_FDS_MAX];
	size_t count = 0;

	if (c->role == ROLE_CTL) {
		count = list_ctl_fds(f, fds);
	} else {
		fds[count++] = c->own_end;
		if (c->role == ROLE_RECORDS)
			fds[count++] = f->originals[0];
		if (c->role == ROLE_FEED || c->role == ROLE_SENSOR)
			fds[count++] = f->originals[1];
		if (c->source >= 0)
			fds[count++] = c->source;
		/* The other end of the pair of its scanner. */
		if (c->role == ROLE_SENSOR && f->wants_scans)
			fds[count++] = f->scans[c->index].ctl_end;
	}
	return child_start(c, folder, fds, count);
}
