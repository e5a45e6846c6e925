/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logs: puts roster, watch, search and chain together.
 */
#include "feeds/logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "feeds/cut.h"
#include "feeds/farewell.h"

#define RETRY_NS (LOGS_RETRY_S * (uint64_t)CLOCK_NS_PER_S)

int logs_init(struct logs *logs, const char *path,
	      const struct source_sink *sink, const struct resume *resume,
	      size_t count)
{
	int err;

	memset(logs, 0, sizeof(*logs));
	logs->watch.fd = -1;
	logs->sink = sink;
	err = roster_init(&logs->roster, path);
	if (err)
		return err;
	roster_name(logs->trouble.file, logs->roster.last);
	logs->resume = calloc(count + 1, sizeof(*resume));
	if (!logs->resume)
		return -ENOMEM;
	if (count)
		memcpy(logs->resume, resume, count * sizeof(*resume));
	logs->resume_count = count;
	err = watch_open(&logs->watch);
	if (err)
		logs_fini(logs);
	return err;
}

void logs_fini(struct logs *logs)
{
	chain_fini(&logs->chain);
	if (logs->watch.fd >= 0)
		watch_close(&logs->watch);
	free(logs->resume);
	logs->resume = NULL;
}

void logs_tell(struct logs *logs, struct file *f)
{
	f->told = true;
	f->reading.behind = file_behind(f);
	logs->sink->reading(logs->sink->ctx, &f->reading);
}

void logs_tell_error(struct logs *logs, struct file *f, int error)
{
	if (error)
		logs->retry_ns = logs->now_ns + RETRY_NS;
	if (f->reading.error == error)
		return;
	f->reading.error = error;
	logs_tell(logs, f);
}

void logs_tell_gap(struct logs *logs, enum gap_kind kind,
		   struct reading *reading)
{
	struct gap gap = {
		.stream = reading->stream,
		.kind = (uint8_t)kind,
		.position = reading->position,
	};

	reading->gaps++;
	memcpy(gap.file, reading->file, sizeof(gap.file));
	logs->sink->gap(logs->sink->ctx, &gap);
}

/* A part that nobody can read any more is a stream that ends as it begins. */
static void tell_lost(void *ctx, const struct gap *gap)
{
	struct logs *logs = ctx;
	struct reading reading = {
		.stream = chain_new_stream(&logs->chain),
		.finished = 1,
		.position = gap->position,
	};

	memcpy(reading.file, gap->file, sizeof(reading.file));
	logs_tell_gap(logs, gap->kind, &reading);
	logs->sink->reading(logs->sink->ctx, &reading);
}

static void note_error(struct logs *logs, int error)
{
	/* That there is no file yet is the least of all troubles. */
	if (logs->error == 0 || logs->error == ENOENT)
		logs->error = error;
}

static void watch_it(struct logs *logs, struct file *f)
{
	if (f->watch < 0)
		f->watch = watch_file(&logs->watch, f->fd);
	if (f->watch < 0)
		note_error(logs, -f->watch);
	/* What was written while there was no watch is told by nobody. */
	f->ready = true;
}

int logs_add(struct logs *logs, struct file *f, const struct file *before)
{
	int err;

	if (logs->chain.count == CHAIN_FILES_MAX)
		farewell_make_room(logs, before);
	err = chain_add(&logs->chain, f, before);
	if (err) {
		note_error(logs, -err);
		file_free(f);
		return err;
	}
	f->quiet_ns = logs->now_ns;
	watch_it(logs, f);
	logs_tell(logs, f);
	return 0;
}

/* That nobody wrote to it before it was opened counts as well. */
static void date_back(const struct logs *logs, struct file *f)
{
	int64_t changed_ns = file_changed_ns(f);
	uint64_t calendar_ns = clock_calendar_ns(), quiet_ns;

	if (changed_ns < 0 || (uint64_t)changed_ns > calendar_ns)
		return;
	quiet_ns = calendar_ns - (uint64_t)changed_ns;
	f->quiet_ns = quiet_ns < logs->now_ns ? logs->now_ns - quiet_ns : 0;
}

void logs_add_all(struct logs *logs, const struct search_result *found,
		  const struct file *before)
{
	for (size_t i = 0; i < found->count; i++) {
		if (logs_add(logs, found->files[i], before) == 0)
			date_back(logs, found->files[i]);
	}
}

struct search logs_search(struct logs *logs, const char *name, const char *path)
{
	return (struct search){
		.chain = &logs->chain,
		.path = path,
		.name = name,
		.lost = tell_lost,
		.ctx = logs,
	};
}

/* Strike the rows of NAME from what is still to be resumed. */
static void strike_rows(struct logs *logs, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < logs->resume_count; i++) {
		if (strcmp(logs->resume[i].file, name) != 0)
			logs->resume[kept++] = logs->resume[i];
	}
	logs->resume_count = kept;
}

static bool has_rows(const struct logs *logs, const char *name)
{
	for (size_t i = 0; i < logs->resume_count; i++) {
		if (strcmp(logs->resume[i].file, name) == 0)
			return true;
	}
	return false;
}

/*
 * Go on with what was being read of the log NAME in the last life, and with
 * what was never begun.  -errno: not now; until then the log must wait.
 */
static int resume_log(struct logs *logs, const char *name, const char *path)
{
	struct search search = logs_search(logs, name, path);
	struct search_result found;
	int err;

	if (!has_rows(logs, name))
		return 0;
	err = search_saved(&search, logs->resume, logs->resume_count, &found);
	if (err)
		return err;
	logs_add_all(logs, &found, NULL);
	strike_rows(logs, name);
	search.resumed = true;
	search_missed(&search, chain_newest(&logs->chain, name), &found);
	logs_add_all(logs, &found, NULL);
	return 0;
}

static int open_log(struct file **out, const char *name, const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = file_new(out, fd, name, path);
	if (err)
		close(fd);
	return err;
}

/* What has come and gone between NEWEST and BEFORE, either of which may be
 * NULL, while nobody looked. */
static void add_missed(struct logs *logs, const char *name, const char *path,
		       const struct file *newest, const struct file *before)
{
	struct search search = logs_search(logs, name, path);
	struct search_result missed;

	search_missed(&search, newest, &missed);
	logs_add_all(logs, &missed, before);
}

/*
 * The name leads to a file that is not open.  It is in the chain before what
 * was missed is looked for, since it may be an older part by then.
 */
static int take_in(struct logs *logs, const char *name, const char *path)
{
	const struct file *newest = chain_newest(&logs->chain, name);
	struct file *f;
	int err = open_log(&f, name, path);

	if (!err)
		err = logs_add(logs, f, NULL);
	if (err)
		return err;
	f->named = true;
	add_missed(logs, name, path, newest, f);
	return 0;
}

static int find_log(struct logs *logs, const char *name, const char *path)
{
	struct file *known;
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	known = chain_find_inode(&logs->chain, st.st_dev, st.st_ino);
	if (!known)
		return take_in(logs, name, path);
	if (strcmp(known->reading.file, name) == 0)
		known->named = true;
	/* An open file can be read whatever becomes of its rights; the next
	 * one could not. */
	return euidaccess(path, R_OK) < 0 ? -errno : 0;
}

static void hear_log(void *ctx, const char *name, const char *path, int err)
{
	struct logs *logs = ctx;
	bool missing = err == -ENOENT && path[0];

	if (missing) {
		note_error(logs, ENOENT);
		err = 0;
	}
	if (err == 0)
		err = resume_log(logs, name, path);
	if (err == 0 && missing)
		add_missed(logs, name, path, chain_newest(&logs->chain, name),
			   NULL);
	else if (err == 0)
		err = find_log(logs, name, path);
	if (err)
		note_error(logs, -err);
}

/* Logs that were read in the last life, and are not there now. */
static void resume_the_rest(struct logs *logs,
			    const struct roster_listener *listener)
{
	size_t at = 0;

	while (at < logs->resume_count) {
		size_t before = logs->resume_count;
		char name[MSG_FILE_SIZE];

		memcpy(name, logs->resume[at].file, sizeof(name));
		if (!roster_call_one(&logs->roster, name, &logs->watch,
				     listener))
			strike_rows(logs, name);
		if (logs->resume_count == before)
			at++;
	}
}

static void tell_trouble(struct logs *logs)
{
	int error = logs->error;

	/* Between a rename and the new file there is none, and no trouble. */
	if (error == ENOENT && logs->chain.count > 0)
		error = 0;
	if (error == logs->trouble.error)
		return;
	logs->trouble.error = error;
	logs->trouble.finished = error == 0;
	logs->sink->reading(logs->sink->ctx, &logs->trouble);
}

static void try_again(struct logs *logs)
{
	for (size_t i = 0; i < logs->chain.count; i++) {
		struct file *f = logs->chain.files[i];

		if (f->watch < 0 || f->reading.error)
			watch_it(logs, f);
	}
}

void logs_look(struct logs *logs, uint64_t now_ns)
{
	const struct roster_listener listener = { .hear = hear_log,
						  .ctx = logs };
	int err;

	logs->now_ns = now_ns;
	logs->error = 0;
	logs->retry_ns = 0;
	for (size_t i = 0; i < logs->chain.count; i++)
		logs->chain.files[i]->named = false;
	err = roster_call(&logs->roster, &logs->watch, &listener);
	if (err)
		note_error(logs, -err);
	resume_the_rest(logs, &listener);
	for (size_t i = logs->chain.count; i > 0; i--)
		cut_look_behind(logs, logs->chain.files[i - 1]);
	try_again(logs);
	if (logs->watch.blind)
		note_error(logs, EACCES);
	if (logs->error && logs->error != ENOENT)
		logs->retry_ns = now_ns + RETRY_NS;
	tell_trouble(logs);
}
