/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ticket: one act of custody.
 */
#include "ctl/records/ticket.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/records/stream.h"

#define NUMBER	     "Postern-Export: "
#define PATH_SIZE    4096
#define CLASSES_SIZE 64

uint64_t ticket_number(const char *path)
{
	char file[PATH_SIZE], line[1024];
	uint64_t id = 0;
	FILE *in;

	snprintf(file, sizeof(file), "%s/bag-info.txt", path);
	in = fopen(file, "re");
	while (in && fgets(line, sizeof(line), in)) {
		if (strncmp(line, NUMBER, strlen(NUMBER)) == 0)
			id = strtoull(line + strlen(NUMBER), NULL, 10);
	}
	if (in)
		fclose(in);
	return id;
}

static void take(struct ticket *t, const struct record *record,
		 const struct act *act)
{
	t->newest_id = record->id;
	if (record->id != t->id || t->seq)
		return;
	t->seq = record->seq;
	t->act = *act;
}

void ticket_hear(struct ticket *t, const struct record *record,
		 const struct points *points)
{
	struct act act;
	size_t i = 0;

	if (!t->id || record->kind != ACT_EXPORT || record->id == 0)
		return;
	while (i < points->count && points->list[i].seq < record->seq)
		i++;
	if (i == points->count || record_read_later_act(&act, record) < 0)
		return;
	if (record->id == t->id && !t->seq)
		t->seal = points->list[i].seal;
	take(t, record, &act);
}

bool ticket_wants(const struct ticket *t, enum rclass rclass)
{
	return rclass == CLASS_CUSTODY || t->act.classes == 0 ||
	       t->act.classes >> rclass & 1;
}

uint64_t ticket_end(const struct ticket *t, enum rclass rclass,
		    const struct points *points)
{
	uint64_t before_ns = rclass == CLASS_CUSTODY ? 0 : t->act.before_ns;
	uint64_t end = 0;

	if (!ticket_wants(t, rclass))
		return 0;
	for (size_t i = 0; i < points->count; i++) {
		const struct point *p = &points->list[i];

		if (p->seal > t->seal || (before_ns && p->time_ns >= before_ns))
			break;
		end = p->seq;
	}
	return end;
}

int ticket_find(struct ticket *out, const char *path, uint64_t id)
{
	const struct query exports = { .classes = 1u << CLASS_CUSTODY,
				       .kind = "export" };
	struct stream *stream;
	struct record record;
	struct act act;
	struct hit hit;
	int got = stream_open(&stream, path, CLASS_CUSTODY, &exports);

	if (got)
		return got;
	*out = (struct ticket){ .id = id };
	while ((got = stream_next(stream, &hit)) > 0) {
		if (record_open(&record, hit.text, hit.len) == 0 &&
		    record_read_later_act(&act, &record) >= 0)
			take(out, &record, &act);
	}
	stream_close(stream);
	return got < 0 ? got : out->seq ? 0 : -ENOENT;
}

static const char *classes_of(const struct ticket *t, char buf[CLASSES_SIZE])
{
	size_t used = 0;

	snprintf(buf, CLASSES_SIZE, "all");
	for (int i = 0; i < CLASS_SEALS && t->act.classes; i++) {
		if (t->act.classes >> i & 1)
			used += (size_t)snprintf(
				buf + used, CLASSES_SIZE - used, "%s%s",
				used ? "," : "", class_name((enum rclass)i));
	}
	return buf;
}

static void write_time(FILE *out, const char *name, uint64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	if (time_ns)
		fprintf(out, "Postern-%s: %s\n", name,
			clock_format(time_ns, text));
}

static void write_text(FILE *out, const char *name, const char *text)
{
	char safe[ACT_REASON_SIZE * 4];

	if (text[0])
		fprintf(out, "Postern-%s: %s\n", name,
			escape_text(safe, sizeof(safe), text, strlen(text)));
}

void ticket_write(const struct ticket *t, FILE *out)
{
	char classes[CLASSES_SIZE];

	fprintf(out,
		NUMBER "%" PRIu64 "\nPostern-Export-Record: custody %" PRIu64
		       "\n",
		t->id, t->seq);
	write_time(out, "Time", t->act.time_ns);
	if (t->act.uid != UINT32_MAX)
		fprintf(out, "Postern-Uid: %" PRIu32 "\n", t->act.uid);
	if (t->act.login_uid != UINT32_MAX)
		fprintf(out, "Postern-Login-Uid: %" PRIu32 "\n",
			t->act.login_uid);
	write_text(out, "Case", t->act.name);
	write_text(out, "Reason", t->act.reason);
	fprintf(out, "Postern-Classes: %s\n", classes_of(t, classes));
	write_time(out, "Since", t->act.since_ns);
	write_time(out, "Until", t->act.before_ns);
}

static void tell_time(FILE *out, const char *word, uint64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	if (!time_ns)
		return;
	clock_format(time_ns, text);
	fprintf(out, " %s %.19sZ", word, text);
}

void ticket_tell(const struct ticket *t, FILE *out)
{
	char classes[CLASSES_SIZE], safe[ACT_NAME_SIZE * 4];

	fprintf(out, "an export of %s", classes_of(t, classes));
	tell_time(out, "since", t->act.since_ns);
	tell_time(out, "until", t->act.before_ns);
	tell_time(out, "of", t->act.time_ns);
	if (t->act.uid != UINT32_MAX)
		fprintf(out, ", by uid %" PRIu32, t->act.uid);
	if (t->act.name[0])
		fprintf(out, ", for the case %s",
			escape_text(safe, sizeof(safe), t->act.name,
				    strlen(t->act.name)));
	fprintf(out, " (record %" PRIu64 " of custody)\n", t->seq);
}
