/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pseudonym: texts are unescaped, searched, and escaped again.
 */
#include "ctl/records/pseudonym.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/act.h"
#include "ctl/core/escape.h"
#include "ctl/records/member.h"
#include "ctl/records/pen.h"
#include "ctl/records/record.h"
#include "ctl/records/signer.h"
#include "ctl/records/spot.h"

#define NAME_BYTES 12
/* A line of another program may hold a packet; in our own texts such a run is
 * a hash. */
#define BYTES_IN_LINE 20
#define BYTES_IN_TEXT 65
/* A part of something whose rest is in another record, or nowhere. */
#define CUT	"anon-cut"
#define UNKNOWN "anon-bytes"

struct pseudonym {
	uint8_t key[PSEUDONYM_KEY_MAX];
	size_t key_len;
	FILE *out;
	char *made;
	size_t made_len;
	char text[RECORD_SIZE_MAX]; /* one, unescaped */
};

/* How one text is to be read. */
struct manner {
	size_t bytes_min;
	bool begins_cut; /* it goes on with another text */
	bool ends_cut; /* its end is elsewhere */
};

static int read_key(struct pseudonym *p, const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return -errno;
	p->key_len = fread(p->key, 1, sizeof(p->key), file);
	fclose(file);
	return p->key_len < PSEUDONYM_KEY_MIN ? -EINVAL : 0;
}

int pseudonym_new(struct pseudonym **out, const char *path)
{
	struct pseudonym *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	err = read_key(p, path);
	if (!err) {
		p->out = open_memstream(&p->made, &p->made_len);
		err = p->out ? 0 : -ENOMEM;
	}
	if (err)
		pseudonym_free(p);
	else
		*out = p;
	return err;
}

void pseudonym_free(struct pseudonym *p)
{
	if (!p)
		return;
	if (p->out)
		fclose(p->out);
	free(p->made);
	signer_forget(p, sizeof(*p));
	free(p);
}

static void put_name(struct pseudonym *p, const void *what, size_t len)
{
	uint8_t mac[32];

	if (signer_mac(mac, p->key, p->key_len, what, len))
		memset(mac, 0, sizeof(mac));
	fputs("anon-", p->out);
	for (size_t i = 0; i < NAME_BYTES; i++)
		fprintf(p->out, "%02x", mac[i]);
}

/* By what it means, not by how it is spelt. */
static void put_prefix(struct pseudonym *p, const struct prefix *prefix)
{
	char text[PREFIX_TEXT_SIZE + 2];
	struct pen pen = pen_over(text, sizeof(text));

	pen_prefix(&pen, prefix);
	put_name(p, text, (size_t)(pen.at - text));
}

static void put_mail(struct pseudonym *p, const char *text, size_t len)
{
	char lower[320];

	if (len > sizeof(lower))
		len = sizeof(lower);
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	put_name(p, lower, len);
}

static void put_plain(struct pseudonym *p, const char *text, size_t len)
{
	char escaped[6 * 256 + 1];

	for (size_t at = 0; at < len; at += 256) {
		size_t part = len - at < 256 ? len - at : 256;

		fwrite(escaped, 1,
		       escape_json(escaped, sizeof(escaped), text + at, part),
		       p->out);
	}
}

static void put_spot(struct pseudonym *p, const char *text,
		     const struct spot *spot)
{
	switch (spot->kind) {
	case SPOT_PREFIX:
		put_prefix(p, &spot->prefix);
		return;
	case SPOT_MAIL:
		put_mail(p, text + spot->at, spot->len);
		return;
	case SPOT_BYTES:
		fputs(UNKNOWN, p->out);
		return;
	}
}

static void put_text(struct pseudonym *p, const char *text, size_t len,
		     const struct manner *manner)
{
	size_t cut_begin = manner->begins_cut ? spot_begin(text, len) : 0;
	size_t cut_end = 0, at = cut_begin;
	struct spot spot;

	if (manner->ends_cut)
		cut_end = spot_end(text + at, len - at);
	len -= cut_end;
	if (cut_begin)
		fputs(CUT, p->out);
	while (spot_find(text, len, at, manner->bytes_min, &spot)) {
		put_plain(p, text + at, spot.at - at);
		put_spot(p, text, &spot);
		at = spot.at + spot.len;
	}
	put_plain(p, text + at, len - at);
	if (cut_end)
		fputs(CUT, p->out);
}

/* What did not fit into a text that is full is not there. */
static bool is_full(const struct member *m, size_t len)
{
	static const struct {
		const char *key;
		size_t size;
	} texts[] = {
		{ "reason", ACT_REASON_SIZE },
		{ "name", ACT_NAME_SIZE },
		{ "file", ACT_FILE_SIZE },
		{ "text", EVENT_TEXT_SIZE },
		{ "category", EVENT_CATEGORY_SIZE },
		{ "app_proto", EVENT_PROTO_SIZE },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (member_is(m, texts[i].key))
			return len + 1 == texts[i].size;
	}
	return false;
}

static void put_string(struct pseudonym *p, const struct member *m,
		       const struct manner *manner)
{
	struct manner own = *manner;
	size_t len;

	fputc('"', p->out);
	if (member_text(m, p->text, sizeof(p->text), &len)) {
		own.ends_cut |= is_full(m, len);
		put_text(p, p->text, len, &own);
	} else {
		/* Of a later version: what it is nobody knows. */
		fputs(UNKNOWN, p->out);
	}
	fputc('"', p->out);
}

/* Texts may stand in a list or an object, too. */
static void put_value(struct pseudonym *p, const struct member *m,
		      const struct manner *manner)
{
	const char *end = m->value + m->value_len;

	for (const char *at = m->value; at < end;) {
		struct member text = *m;

		if (*at != '"') {
			fputc(*at++, p->out);
			continue;
		}
		text.value = at;
		text.value_len = member_text_len(at, end);
		put_string(p, &text, manner);
		at += text.value_len;
	}
}

/* The hash of a line would give an address away to whoever tries them all. */
static bool is_telling(const struct member *m)
{
	static const char *const keys[] = { "hash", "prev", "bans", "heads",
					    "sig" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (member_is(m, keys[i]))
			return true;
	}
	return false;
}

static uint64_t number_in(const char *line, size_t len, const char *key)
{
	struct member m;

	return members_find(line, len, key, &m) ? member_number(&m) : 0;
}

/* What the other members of the record say of M. */
static struct manner manner_of(struct pseudonym *p, const char *line,
			       size_t len, const struct member *m)
{
	struct manner manner = { .bytes_min = BYTES_IN_TEXT };
	struct member name;
	size_t piece = 0;

	if (member_is(m, "line")) {
		uint64_t at = number_in(line, len, "at");

		manner.bytes_min = BYTES_IN_LINE;
		manner.begins_cut = at > 0;
		if (member_text(m, p->text, sizeof(p->text), &piece))
			manner.ends_cut = at + piece !=
					  number_in(line, len, "length");
	} else if (member_is(m, "reason")) {
		manner.begins_cut = members_find(line, len, "name", &name) &&
				    member_has(&name, "more");
	}
	return manner;
}

int pseudonym_record(struct pseudonym *p, const char *line, size_t len,
		     const char **out, size_t *out_len)
{
	struct members members = members_of(line, len);
	struct manner manner;
	struct member m;
	bool is_first = true;

	rewind(p->out);
	fputc('{', p->out);
	while (members_next(&members, &m)) {
		if (is_telling(&m))
			continue;
		fprintf(p->out, "%s\"%.*s\":", is_first ? "" : ",",
			(int)m.key_len, m.key);
		is_first = false;
		manner = manner_of(p, line, len, &m);
		put_value(p, &m, &manner);
	}
	fputc('}', p->out);
	if (fflush(p->out) != 0 || ferror(p->out))
		return -ENOMEM;
	*out = p->made;
	*out_len = p->made_len;
	return 0;
}
