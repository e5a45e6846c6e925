/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export: records as others want them: NDJSON, CSV (RFC 4180), syslog
 * (RFC 5424), BagIt.
 *
 * Texts stay escaped as they are in the record, so that any bytes come back
 * from any of them: put quotation marks around a text, and read it as JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/forward.h"
#include "ctl/records/member.h"
#include "ctl/records/pseudonym.h"
#include "ctl/records/read.h"
#include "ctl/records/stream.h"
#include "ctl/records/syslogline.h"

#define HOSTNAME_SIZE 256

struct export
{
	const struct read_wish *wish;
	FILE *out;
	struct forward *forward; /* NULL: to OUT; else OUT is TEXT */
	char *text; /* a record, in memory */
	size_t text_len;
	struct pseudonym *pseudonym; /* NULL: addresses are told */
	char host[HOSTNAME_SIZE];
};

/* Never changes its order; new ones come at the end. */
static const char *const columns[] = {
	"class",       "seq",	    "time",	 "clock",	"kind",
	"id",	       "origin",    "mode",	 "outcome",	"act",
	"prefix",      "until",	    "term_s",	 "level",	"sign",
	"severity",    "proof",	    "source",	 "source_port", "target",
	"target_port", "server",    "app_proto", "gid",		"sid",
	"rev",	       "text",	    "category",	 "hosts",	"points",
	"uid",	       "login_uid", "pid",	 "name",	"reason",
	"event",       "file",	    "error",	 "count",	"since",
	"before",      "classes",   "config",	 "hash",	"gate",
	"scope",       "blocked",   "offset",	 "length",	"at",
	"line",
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* A cell.  Where a spreadsheet would take it for a formula an apostrophe
 * stands before it, and before what begins with one. */
static void put_cell(FILE *out, const char *text, size_t len)
{
	bool guarded = len > 0 && strchr("=+-@'\t\r", text[0]);

	if (!guarded && !memchr(text, '"', len) && !memchr(text, ',', len)) {
		fwrite(text, 1, len, out);
		return;
	}
	fputc('"', out);
	if (guarded)
		fputc('\'', out);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			fputc('"', out);
		fputc(text[i], out);
	}
	fputc('"', out);
}

static void put_csv_head(FILE *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		fprintf(out, "%s%s", i ? "," : "", columns[i]);
	fputs("\r\n", out);
}

static int put_csv(struct export *e, const char *line, size_t len)
{
	struct member found[COLUMNS] = { 0 };
	struct members members = members_of(line, len);
	struct member m;

	while (members_next(&members, &m)) {
		for (size_t i = 0; i < COLUMNS; i++) {
			if (member_is(&m, columns[i]))
				found[i] = m;
		}
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		size_t cell_len;
		const char *cell;

		if (i > 0)
			fputc(',', e->out);
		if (!found[i].value)
			continue;
		cell = member_raw(&found[i], &cell_len);
		put_cell(e->out, cell, cell_len);
	}
	fputs("\r\n", e->out);
	return 0;
}

static int put_syslog(struct export *e, const char *line, size_t len)
{
	syslogline_put(e->out, e->host, line, len);
	return 0;
}

static int put_ndjson(struct export *e, const char *line, size_t len)
{
	fwrite(line, 1, len, e->out);
	fputc('\n', e->out);
	return 0;
}

static const struct {
	const char *name;
	int (*put)(struct export *e, const char *line, size_t len);
} formats[] = {
	{ "ndjson", put_ndjson },
	{ "csv", put_csv },
	{ "syslog", put_syslog },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* What was made of the record LINE. */
static int forward(struct export *e, const char *line, size_t len)
{
	int err;

	if (fflush(e->out) != 0)
		return -ENOMEM;
	err = forward_send(e->forward, line, len, e->text, e->text_len);
	rewind(e->out);
	return err;
}

static int put_record(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	const char *record = line;
	size_t record_len = len;
	struct export *e = ctx;
	int err = 0;

	(void)time_ns;
	if (e->pseudonym)
		err = pseudonym_record(e->pseudonym, line, len, &line, &len);
	if (err)
		return err;
	for (size_t i = 0; i < FORMATS; i++) {
		if (strcmp(formats[i].name, e->wish->format) == 0)
			err = formats[i].put(e, line, len);
	}
	if (e->forward && !err)
		return forward(e, record, record_len);
	return err ? err : ferror(e->out) ? -EIO : 0;
}

/* As they are, as fast as they can be read: class by class. */
static int put_blocks(struct export *e)
{
	for (unsigned int i = 0; i < CLASS_COUNT; i++) {
		struct stream *stream;
		const char *text;
		size_t len;
		int got;

		if (!query_wants(&e->wish->query, i))
			continue;
		got = stream_open(&stream, e->wish->path, (enum rclass)i,
				  &e->wish->query);
		if (got == -ENOENT)
			continue;
		if (got)
			return got;
		while ((got = stream_block(stream, &text, &len)) > 0) {
			if (fwrite(text, 1, len, e->out) != len)
				got = -EIO;
			if (got < 0)
				break;
		}
		stream_close(stream);
		if (got < 0)
			return got;
	}
	return 0;
}

static int open_export(struct export *e)
{
	int fd;

	e->out = stdout;
	if (e->wish->hide) {
		int err = pseudonym_new(&e->pseudonym, e->wish->hide);

		if (err)
			return err;
	}
	if (gethostname(e->host, sizeof(e->host) - 1) < 0 || !e->host[0])
		strcpy(e->host, "-");
	if (!e->wish->to)
		return 0;
	if (forward_is_place(e->wish->to)) {
		e->out = open_memstream(&e->text, &e->text_len);
		return e->out ? forward_new(&e->forward, e->wish) : -ENOMEM;
	}
	fd = open(e->wish->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	e->out = fdopen(fd, "w");
	return e->out ? 0 : -ENOMEM;
}

static int run(struct export *e)
{
	bool as_is = strcmp(e->wish->format, "ndjson") == 0 && !e->pseudonym &&
		     !e->wish->follow && query_is_plain(&e->wish->query);
	int err;

	if (e->forward)
		return forward_run(e->forward, put_record, e);
	setvbuf(e->out, NULL, _IOFBF, 1u << 20);
	if (as_is)
		return put_blocks(e);
	if (strcmp(e->wish->format, "csv") == 0)
		put_csv_head(e->out);
	err = read_all(e->wish, put_record, e);
	return err;
}

/* What is on disk counts as exported. */
static int close_export(struct export *e, int err)
{
	if (fflush(e->out) != 0 && !err)
		err = -errno;
	if (e->out != stdout) {
		if (!err && !e->forward && fsync(fileno(e->out)) < 0)
			err = -errno;
		if (fclose(e->out) != 0 && !err)
			err = -errno;
	}
	pseudonym_free(e->pseudonym);
	forward_free(e->forward);
	free(e->text);
	return err;
}

static bool is_known(const char *format)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (strcmp(formats[i].name, format) == 0)
			return true;
	}
	return false;
}

int read_export(const struct read_wish *wish)
{
	uint64_t unread = 0;
	struct read_wish own = *wish;
	struct export e = { .wish = &own };
	int err;

	if (strcmp(wish->format, "bagit") == 0)
		return read_export_bag(wish);
	if (!is_known(wish->format)) {
		fprintf(stderr,
			"postern: there is no format %s; ndjson, csv, syslog "
			"and bagit are known\n",
			wish->format);
		return 2;
	}
	if (wish->cursor && (!wish->to || !forward_is_place(wish->to))) {
		fputs("postern: --cursor is for --to relp:ADDRESS:PORT\n",
		      stderr);
		return 2;
	}
	err = open_export(&e);
	if (err == -EINVAL && wish->to && forward_is_place(wish->to)) {
		fprintf(stderr,
			"postern: %s is no place to send to: write "
			"relp:ADDRESS:PORT, with a port from 1 to 65535\n",
			wish->to);
		return 2;
	}
	if (err)
		return read_failed(wish->to ? wish->to : wish->hide, err);
	own.unread = &unread;
	err = close_export(&e, run(&e));
	read_tell_unread(unread);
	return err ? read_failed(wish->path, err) : 0;
}
