/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alteration: file by file, line by line.  A line is cut into as many acts as
 * it needs, and no configuration gets more than its share of them.
 */
#include "ctl/warden/alteration.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/lines.h"
#include "ctl/warden/digest.h"

struct telling {
	alteration_tell_fn *tell;
	void *ctx;
	uint64_t config_id;
	const char *path; /* of the file at hand */
	const struct lines *before;
	const struct lines *now;
	unsigned int told; /* acts about lines */
	uint64_t omitted; /* lines */
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static struct act act_of(const struct telling *t, const char *what,
			 uint64_t count)
{
	struct act act = {
		.kind = ACT_CONFIG,
		.origin = ORIGIN_SYSTEM,
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
		.config_id = t->config_id,
		.count = count,
	};

	snprintf(act.name, sizeof(act.name), "%s", what);
	snprintf(act.file, sizeof(act.file), "%.63s", last_part(t->path));
	return act;
}

/* A path that finds no room is cut from its begin. */
static void tell_file(struct telling *t, const char *what,
		      const struct bundle_file *file)
{
	struct act act = act_of(t, what, file->len);
	size_t room = sizeof(act.reason) - DIGEST_TEXT_SIZE - 2;
	size_t len = strlen(file->path);
	char hash[DIGEST_TEXT_SIZE];

	snprintf(act.reason, sizeof(act.reason), "%s  %s",
		 digest_text(hash, file->text, file->len),
		 file->path + (len > room ? len - room : 0));
	t->tell(t->ctx, &act);
}

static void tell_line(void *ctx, char sign, size_t number)
{
	struct telling *t = ctx;
	const struct lines *lines = sign == '+' ? t->now : t->before;
	const char *line = lines->at[number];
	size_t left = lines_length(line);
	const char *what = sign == '+' ? "added" : "removed";

	do {
		struct act act = act_of(t, what, number + 1);
		size_t piece = left;

		if (t->told == ALTERATION_LINES_MAX) {
			t->omitted++;
			return;
		}
		t->told++;
		if (piece > sizeof(act.reason) - 1)
			piece = sizeof(act.reason) - 1;
		memcpy(act.reason, line, piece);
		t->tell(t->ctx, &act);
		line += piece;
		left -= piece;
		what = "more";
	} while (left > 0);
}

static void tell_lines(struct telling *t, const char *before, const char *now)
{
	struct lines old = { 0 }, next = { 0 };
	struct act act;

	t->before = &old;
	t->now = &next;
	t->omitted = 0;
	if (lines_split(&old, before) || lines_split(&next, now))
		t->omitted = old.count + next.count;
	else
		lines_diff(&old, &next, tell_line, t);
	lines_fini(&old);
	lines_fini(&next);
	if (t->omitted == 0)
		return;
	act = act_of(t, "omitted", t->omitted);
	t->tell(t->ctx, &act);
}

static const struct bundle_file *find(const struct bundle *b, const char *path)
{
	for (size_t i = 0; i < b->count; i++) {
		if (strcmp(b->files[i].path, path) == 0)
			return &b->files[i];
	}
	return NULL;
}

/* Either of the two may be NULL. */
static void tell_both(struct telling *t, const struct bundle_file *before,
		      const struct bundle_file *now)
{
	bool is_same = before && now && before->len == now->len &&
		       memcmp(before->text, now->text, now->len) == 0;

	t->path = now ? now->path : before->path;
	if (before && !is_same)
		tell_file(t, "before", before);
	if (now)
		tell_file(t, "file", now);
	if (!is_same)
		tell_lines(t, before ? before->text : "", now ? now->text : "");
}

void alteration_tell(const struct bundle *before, const struct bundle *now,
		     uint64_t config_id, alteration_tell_fn *tell, void *ctx)
{
	struct telling t = {
		.tell = tell,
		.ctx = ctx,
		.config_id = config_id,
	};

	for (size_t i = 0; i < now->count; i++)
		tell_both(&t, find(before, now->files[i].path), &now->files[i]);
	for (size_t i = 0; i < before->count; i++) {
		if (!find(now, before->files[i].path))
			tell_both(&t, &before->files[i], NULL);
	}
}
