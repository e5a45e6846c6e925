/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read: the classes as one row, by time; and the small answers.
 */
#include "ctl/records/read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/records/entry.h"
#include "ctl/records/holds.h"
#include "ctl/records/member.h"
#include "ctl/records/record.h"
#include "ctl/records/seal.h"
#include "ctl/records/sealer.h"
#include "ctl/records/stream.h"

#define DEFAULT_WIDTH	80

#define FOLLOW_PAUSE_MS 200

int read_failed(const char *what, int err)
{
	if (err == -EACCES || err == -EPERM)
		fprintf(stderr,
			"postern: %s: %s; the records are for root and the "
			"members of the group that may use postern\n",
			what, strerror(-err));
	else
		fprintf(stderr, "postern: %s: %s\n", what, strerror(-err));
	return 1;
}

void read_tell_unread(uint64_t count)
{
	if (count)
		fprintf(stderr,
			"postern: lines left out, which are no records: "
			"%" PRIu64 " (postern verify names them)\n",
			count);
}

/* A class, and its next hit. */
struct lane {
	struct stream *stream; /* NULL: there is no such class */
	struct hit hit;
	bool has_hit;
};

struct lanes {
	struct lane list[CLASS_COUNT];
};

static void close_lanes(struct lanes *lanes)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		stream_close(lanes->list[i].stream);
}

static int open_lanes(struct lanes *lanes, const struct read_wish *wish)
{
	bool any = false;

	memset(lanes, 0, sizeof(*lanes));
	for (unsigned int i = 0; i < CLASS_COUNT; i++) {
		int err;

		if (!query_wants(&wish->query, i))
			continue;
		err = stream_open(&lanes->list[i].stream, wish->path,
				  (enum rclass)i, &wish->query);
		if (err == -ENOENT) {
			lanes->list[i].stream = NULL;
			continue;
		}
		if (err)
			return err;
		if (wish->after)
			stream_skip(lanes->list[i].stream, wish->after[i]);
		any = true;
	}
	return any ? 0 : -ENOENT;
}

/* The lane whose hit is the earliest; NULL: none has one now. */
static int earliest(struct lanes *lanes, struct lane **out)
{
	*out = NULL;
	for (int i = 0; i < CLASS_COUNT; i++) {
		struct lane *lane = &lanes->list[i];

		if (lane->stream && !lane->has_hit) {
			int got = stream_next(lane->stream, &lane->hit);

			if (got < 0)
				return got;
			lane->has_hit = got > 0;
		}
		if (lane->has_hit &&
		    (!*out || lane->hit.time_ns < (*out)->hit.time_ns))
			*out = lane;
	}
	return 0;
}

static void count_unread(const struct lanes *lanes,
			 const struct read_wish *wish)
{
	for (int i = 0; wish->unread && i < CLASS_COUNT; i++) {
		if (lanes->list[i].stream)
			*wish->unread += stream_unread(lanes->list[i].stream);
	}
}

/* A name that was mistyped must not read as "nothing happened"; but it may be
 * one of an earlier configuration. */
static void warn_of_server(const struct read_wish *wish)
{
	char shown[256];

	/* With AFTER there may only be nothing new. */
	if (wish->query.server && !wish->after)
		fprintf(stderr,
			"postern: no such record names a server %s; was it "
			"called so in the configuration of that time?\n",
			escape_text(shown, sizeof(shown), wish->query.server,
				    strlen(wish->query.server)));
}

int read_all(const struct read_wish *wish, read_hear_fn *hear, void *ctx)
{
	const struct timespec pause = {
		.tv_nsec = FOLLOW_PAUSE_MS * 1000000L,
	};
	struct lanes lanes;
	struct lane *lane;
	bool is_found = false;
	int err = open_lanes(&lanes, wish);

	while (!err) {
		err = earliest(&lanes, &lane);
		if (err)
			break;
		if (!lane && !wish->follow)
			break;
		if (!lane) {
			fflush(stdout);
			if (wish->rest)
				err = wish->rest(wish->rest_ctx);
			nanosleep(&pause, NULL);
			continue;
		}
		lane->has_hit = false;
		is_found = true;
		err = hear(ctx, lane->hit.text, lane->hit.len,
			   lane->hit.time_ns);
	}
	if (!err && !is_found)
		warn_of_server(wish);
	count_unread(&lanes, wish);
	close_lanes(&lanes);
	return err;
}

/* Of the terminal that standard output is; 0: it is none. */
static size_t terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return DEFAULT_WIDTH;
	return size.ws_col;
}

static int show_line(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	const struct read_wish *wish = ctx;

	if (!wish->json)
		return entry_show(stdout, line, len, time_ns, wish->width);
	printf("%.*s\n", (int)len, line);
	return 0;
}

int read_log(const struct read_wish *wish)
{
	struct read_wish own = *wish;
	uint64_t unread = 0;
	int err;

	own.unread = &unread;
	own.width = terminal_width();
	err = read_all(&own, show_line, &own);
	read_tell_unread(unread);
	return err ? read_failed(wish->path, err) : 0;
}

/* The line of seal SEQ, 0: the newest, for free(); *LEN 0: there is none. */
static int find_seal(const struct read_wish *wish, uint64_t seq, char **line,
		     int *len)
{
	struct folder *folder;
	int err = folder_open_reading(&folder, wish->path, CLASS_SEALS);

	if (err)
		return err;
	*line = malloc(RECORD_SIZE_MAX);
	*len = *line ? sealer_find(folder, seq, *line) : -ENOMEM;
	folder_close(folder);
	if (*len >= 0)
		return 0;
	free(*line);
	return *len;
}

int read_seal(const struct read_wish *wish)
{
	char *line;
	int len, err = find_seal(wish, 0, &line, &len);

	if (err)
		return read_failed(wish->path, err);
	if (len > 0)
		printf("%.*s\n", len, line);
	else
		fprintf(stderr, "postern: there is no seal yet\n");
	free(line);
	return len > 0 ? 0 : 1;
}

int read_is_sealed(const struct read_wish *wish)
{
	char *line;
	int len, err = find_seal(wish, wish->id, &line, &len);

	if (err)
		return read_failed(wish->path, err);
	free(line);
	return len > 0 ? 0 : READ_NOT_HELD;
}

static void print_size(const struct read_wish *wish, enum rclass rclass)
{
	struct segment *list;
	struct folder *folder;
	size_t count;

	if (folder_open_reading(&folder, wish->path, rclass))
		return;
	if (folder_list_all(folder, &list, &count) == 0) {
		printf(wish->json
			       ? ",\"%s\":{\"segments\":%zu,\"bytes\":%" PRIu64
				 "}"
			       : "%-8s %zu segments, %" PRIu64 " bytes\n",
		       class_name(rclass), count, folder_bytes(folder));
		free(list);
	}
	folder_close(folder);
}

int read_anchor(const struct read_wish *wish, uint8_t *key)
{
	struct folder *folder;
	struct seal seal;
	uint64_t seq, time_ns;
	int got = folder_open_reading(&folder, wish->path, CLASS_SEALS);

	if (got)
		return got;
	got = sealer_read(folder, 1, &seq, &time_ns, &seal);
	folder_close(folder);
	if (got > 0)
		memcpy(key, seal.key, sizeof(seal.key));
	return got > 0 ? 0 : got < 0 ? got : -ENODATA;
}

static int print_anchor(const struct read_wish *wish)
{
	uint8_t key[SIGNER_PUBLIC_SIZE];
	int err = read_anchor(wish, key);

	if (err && err != -ENODATA)
		return err;
	printf(wish->json ? "{\"anchor\":\"" : "anchor   ");
	for (size_t i = 0; i < sizeof(key) && !err; i++)
		printf("%02x", key[i]);
	printf(wish->json ? "\"" : !err ? "\n" : "(no seal yet)\n");
	return 0;
}

int read_state(const struct read_wish *wish)
{
	int err = print_anchor(wish);

	if (err)
		return read_failed(wish->path, err);
	for (int i = 0; i < CLASS_COUNT; i++)
		print_size(wish, (enum rclass)i);
	puts(wish->json ? "}"
			: "Keep the anchor elsewhere: postern-verify --key "
			  "proves the records by it.");
	return 0;
}

struct found_hold {
	const struct read_wish *wish;
	const struct holds *holds;
	uint64_t count;
};

static int show_hold(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	struct found_hold *found = ctx;
	struct member m;
	uint64_t id;

	if (!members_find(line, len, "id", &m))
		return 0;
	id = member_number(&m);
	for (size_t i = 0; i < found->holds->count; i++) {
		if (found->holds->list[i].id != id)
			continue;
		found->count++;
		if (!found->wish->json)
			printf("%-6" PRIu64 " ", id);
		return show_line((void *)(uintptr_t)found->wish, line, len,
				 time_ns);
	}
	return 0;
}

int read_holds(const struct read_wish *wish)
{
	struct read_wish own = *wish;
	struct holds holds;
	struct found_hold found = { &own, &holds, 0 };
	int err = holds_read(&holds, wish->path);

	own.width = terminal_width();
	own.query = (struct query){ .classes = 1u << CLASS_CUSTODY,
				    .kind = "hold" };
	if (!err && holds.count)
		err = read_all(&own, show_hold, &found);
	holds_fini(&holds);
	if (err)
		return read_failed(wish->path, err);
	if (found.count == 0 && !wish->json)
		puts("no record is held");
	return 0;
}

int read_is_held(const struct read_wish *wish)
{
	struct holds holds;
	bool found = false;
	int err = holds_read(&holds, wish->path);

	for (size_t i = 0; i < holds.count && !err; i++)
		found |= holds.list[i].id == wish->id;
	holds_fini(&holds);
	if (err)
		return read_failed(wish->path, err);
	return found ? 0 : READ_NOT_HELD;
}
