/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/follow.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "feeds/tail.h"

#define MUST(condition)                                                    \
	do {                                                               \
		if (!(condition)) {                                        \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
				#condition);                               \
			abort();                                           \
		}                                                          \
	} while (0)

static bool is_same_file(const struct position *a, const struct position *b)
{
	return a->device == b->device && a->inode == b->inode;
}

static struct resume *find_saved(struct follow *f, const char *file,
				 const struct position *position)
{
	for (size_t i = 0; i < f->saved_count; i++) {
		if (strcmp(f->saved[i].file, file) == 0 &&
		    is_same_file(&f->saved[i].position, position))
			return &f->saved[i];
	}
	return NULL;
}

/* As postern-ctl does. */
static void save(struct follow *f, const char *file,
		 const struct position *position)
{
	struct resume *saved = find_saved(f, file, position);

	if (position->inode == 0)
		return;
	if (!saved) {
		MUST(f->saved_count < FOLLOW_SAVED_MAX);
		saved = &f->saved[f->saved_count++];
		memset(saved, 0, sizeof(*saved));
		snprintf(saved->file, sizeof(saved->file), "%s", file);
	}
	saved->position = *position;
}

static void forget(struct follow *f, const char *file,
		   const struct position *position)
{
	struct resume *saved = find_saved(f, file, position);

	if (saved)
		*saved = f->saved[--f->saved_count];
}

static void on_event(void *ctx, const struct event *event)
{
	struct follow *f = ctx;
	const struct reading *reading = &f->readings[event->stream];
	uint32_t number = (uint32_t)event->flow_id;

	if (!reading->file[0] || reading->finished)
		f->strays++;
	MUST(number < FOLLOW_NUMBERS_MAX);
	f->times[number]++;
	if (number < f->last)
		f->order++;
	f->last = number;
	save(f, reading->file, &event->position);
}

static void on_reading(void *ctx, const struct reading *reading)
{
	struct follow *f = ctx;

	MUST(reading->stream < FOLLOW_STREAMS_MAX);
	f->readings[reading->stream] = *reading;
	if (reading->finished)
		forget(f, reading->file, &reading->position);
	else
		save(f, reading->file, &reading->position);
}

static void on_gap(void *ctx, const struct gap *gap)
{
	struct follow *f = ctx;

	f->gaps[gap->kind]++;
}

static struct config *make_config(void)
{
	struct config *config = config_new();

	MUST(config);
	config->server_count = 1;
	config->servers[0].address_count = 1;
	MUST(prefix_parse(&config->servers[0].addresses[0], EVEGEN_SERVER,
			  strlen(EVEGEN_SERVER)) == 0);
	config->servers[0].service_count = 1;
	config->servers[0].services[0].port = 25;
	return config;
}

void follow_init(struct follow *f, const char *name)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->dir, sizeof(f->dir), "%s/postern-follow-XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	MUST(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/%s", f->dir, name);
	f->config = make_config();
	MUST(attacker_init(&f->sieve.attacker, f->config, false) == 0);
	f->sieve.event = on_event;
	f->sieve.ctx = f;
	f->sink = (struct source_sink){ on_reading, on_gap, f };
	f->now_ns = clock_monotonic_ns();
	f->random = (struct random){ { 7, 8, 9 } };
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void follow_fini(struct follow *f)
{
	follow_stop(f);
	attacker_fini(&f->sieve.attacker);
	config_free(f->config);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int follow_set_up(void **state)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	follow_init(f, FOLLOW_LOG);
	*state = f;
	return 0;
}

int follow_tear_down(void **state)
{
	follow_fini(*state);
	free(*state);
	return 0;
}

void follow_as(struct follow *f, const char *name)
{
	snprintf(f->path, sizeof(f->path), "%s/%s", f->dir, name);
}

void follow_start(struct follow *f)
{
	memset(f->readings, 0, sizeof(f->readings));
	MUST(tail_new(&f->source, f->path, &f->sieve, &f->sink) == 0);
	MUST(source_begin(f->source, f->saved, f->saved_count) == 0);
}

void follow_stop(struct follow *f)
{
	source_free(f->source);
	f->source = NULL;
}

/* What happened is in inotify's queue at once: nothing is to be waited for. */
static bool take_events(struct follow *f)
{
	struct pollfd fd = { .fd = source_fd(f->source), .events = POLLIN };
	uint64_t deadline = source_deadline(f->source);

	if (poll(&fd, 1, 0) != 1 && (deadline == 0 || deadline > f->now_ns))
		return false;
	source_wake(f->source, f->now_ns);
	return true;
}

void follow_settle(struct follow *f)
{
	bool going_on = true;

	for (int i = 0; going_on; i++) {
		MUST(i < 1000000);
		going_on = take_events(f);
		if (source_is_ready(f->source)) {
			source_read(f->source, f->now_ns);
			going_on = true;
		}
	}
	source_tell(f->source);
}

void follow_step(struct follow *f)
{
	take_events(f);
	if (source_is_ready(f->source))
		source_read(f->source, f->now_ns);
}

void follow_pass(struct follow *f, uint32_t seconds)
{
	f->now_ns += seconds * (uint64_t)CLOCK_NS_PER_S;
	follow_settle(f);
}

const char *follow_path(const struct follow *f, const char *name)
{
	static char paths[4][256];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", f->dir, name);
	return path;
}

int follow_open(const struct follow *f, const char *name)
{
	int fd = open(follow_path(f, name),
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	MUST(fd >= 0);
	return fd;
}

void follow_text(int fd, const char *text, size_t len)
{
	MUST(write(fd, text, len) == (ssize_t)len);
}

void follow_alert(struct follow *f, int fd)
{
	char line[EVEGEN_LINE_SIZE];
	size_t len = evegen_line(&f->random, EVEGEN_ALERT, f->written++, line);

	follow_text(fd, line, len);
}

void follow_alerts(struct follow *f, int fd, uint32_t count)
{
	while (count-- > 0)
		follow_alert(f, fd);
}

void follow_rename(const struct follow *f, const char *from, const char *to)
{
	MUST(rename(follow_path(f, from), follow_path(f, to)) == 0);
}

void follow_remove(const struct follow *f, const char *name)
{
	MUST(unlink(follow_path(f, name)) == 0);
}

void follow_copytruncate(const struct follow *f, const char *from,
			 const char *to)
{
	int in = open(follow_path(f, from), O_RDWR | O_CLOEXEC);
	int out = open(follow_path(f, to),
		       O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char buf[65536];
	ssize_t n;

	MUST(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		follow_text(out, buf, (size_t)n);
	MUST(n == 0 && ftruncate(in, 0) == 0);
	close(in);
	close(out);
}

uint32_t follow_wrong(const struct follow *f)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < f->written; i++)
		wrong += f->times[i] != 1;
	return wrong;
}

const struct reading *follow_reading(const struct follow *f, const char *file)
{
	const struct reading *found = NULL;

	for (size_t i = 0; i < FOLLOW_STREAMS_MAX; i++) {
		const struct reading *r = &f->readings[i];

		if (!r->finished && strcmp(r->file, file) == 0)
			found = r;
	}
	return found;
}
