/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * part: one leaf of a message: decoded as it comes, typed by its first bytes,
 * and looked through by the scans that its type asks for.
 *
 * A byte is looked at once SCAN_LOOK bytes behind it are there, or the part
 * has ended; the last ones are carried over.  Once a part's type is known, its
 * bytes are looked at by the window.  Most parts are left alone after their
 * first 64 KiB, where all that is looked for must stand: archives, OLE files,
 * pages, and text that may hold uuencoded files, are read to the end.
 */
#include <stdio.h>
#include <string.h>

#include "sensors/content/inside.h"

#define SHORT_LOOK 65536u
/* Looked for all through a part; the others only in its begin. */
#define LONG_KINDS                                                             \
	(SCAN_ZIP | SCAN_OLE | SCAN_HTML | SCAN_PDF | SCAN_RTF | SCAN_STATUS | \
	 SCAN_RAR | SCAN_SEVENZIP | SCAN_TNEF | SCAN_UUENCODE)
/* Of a name, in a finding's text. */
#define NAME_SHOWN 44

static void tell(struct content *c, enum finding_kind kind, uint8_t severity,
		 const char *text)
{
	struct finding finding = { .kind = kind, .severity = severity };

	/* One of a kind for each part, and not without end. */
	if (c->part.told[kind])
		return;
	c->part.told[kind] = true;
	if (c->told[kind] >= CONTENT_TELL) {
		c->skipped++;
		return;
	}
	c->told[kind]++;
	snprintf(finding.text, sizeof(finding.text), "%s", text);
	c->ops->found(c->ctx, &finding);
}

/* The end of a name, which says what it is. */
static const char *shown(const char *name)
{
	size_t len = strlen(name);

	return len > NAME_SHOWN ? name + len - NAME_SHOWN : name;
}

static const char *own_name(const struct part *part)
{
	return part->name_count ? shown(part->names[0]) : "";
}

/* "www.example.com" is the name of a host, and harmless as a file. */
static bool com_is_harmless(const struct part *part)
{
	return part->typed && part->type != TYPE_UNKNOWN;
}

static void judge_name(struct content *c, const char *name)
{
	char text[EVENT_TEXT_SIZE], ending[16];

	if (name_is_turned(name)) {
		snprintf(text, sizeof(text), "name written backwards: \"%s\"",
			 shown(name));
		tell(c, FINDING_DANGEROUS, 1, text);
	}
	if (!name_ending(ending, sizeof(ending), name) ||
	    !rules_is_dangerous(c->rules, ending))
		return;
	if (strcmp(ending, "com") == 0 && com_is_harmless(&c->part))
		return;
	snprintf(text, sizeof(text), "attachment \"%s\"", shown(name));
	tell(c, FINDING_DANGEROUS, 2, text);
}

/* Does one of its names end as one of COUNT ENDINGS? */
static bool ends_as(const struct part *part, const char *const *endings,
		    size_t count)
{
	char ending[16];

	for (uint8_t n = 0; n < part->name_count; n++) {
		name_ending(ending, sizeof(ending), part->names[n]);
		for (size_t i = 0; i < count; i++)
			if (strcmp(ending, endings[i]) == 0)
				return true;
	}
	return false;
}

static bool ends_as_page(const struct part *part)
{
	static const char *const endings[] = { "htm",	"html", "shtml",
					       "xhtml", "svg",	"xht" };

	return ends_as(part, endings, sizeof(endings) / sizeof(endings[0]));
}

/* Such a file is opened by its end: anything may stand before its entries. */
static bool ends_as_zip(const struct part *part)
{
	static const char *const endings[] = {
		"zip",	"zipx", "jar",	"apk",	"docx", "docm", "dotx",
		"dotm", "xlsx", "xlsm", "xlsb", "xltx", "xltm", "xlam",
		"pptx", "pptm", "potx", "potm", "ppsx", "ppsm", "ppam",
		"odt",	"ods",	"odp",	"odg",	"epub", "xpi",	"vsdm",
	};

	return ends_as(part, endings, sizeof(endings) / sizeof(endings[0]));
}

static unsigned int kinds_of(const struct part *part)
{
	unsigned int kinds = SCAN_EICAR;

	if (part->type == TYPE_ZIP || ends_as_zip(part))
		kinds |= SCAN_ZIP;
	if (part->type == TYPE_OLE)
		kinds |= SCAN_OLE;
	if (part->type == TYPE_RAR)
		kinds |= SCAN_RAR;
	if (part->type == TYPE_SEVENZIP)
		kinds |= SCAN_SEVENZIP;
	if (part->type == TYPE_TNEF)
		kinds |= SCAN_TNEF;
	if (part->type == TYPE_PDF)
		kinds |= SCAN_PDF;
	if (part->type == TYPE_RTF)
		kinds |= SCAN_RTF;
	if (part->type == TYPE_HTML || part->html || ends_as_page(part))
		kinds |= SCAN_HTML;
	else if (part->type == TYPE_TEXT && part->encoding == ENCODING_NONE)
		kinds |= SCAN_UUENCODE;
	if (part->status)
		kinds |= SCAN_STATUS;
	return kinds;
}

/* The first bytes are there: what is it, and does its name say so? */
static void decide_type(struct content *c, const uint8_t *head, size_t len)
{
	struct part *part = &c->part;
	char text[EVENT_TEXT_SIZE];

	part->type = (uint8_t)type_of(head, len);
	part->typed = true;
	part->kinds = (uint16_t)kinds_of(part);
	if (type_is_dangerous((enum type)part->type) &&
	    (part->name_count || part->attached ||
	     part->encoding == ENCODING_BASE64)) {
		snprintf(text, sizeof(text), "\"%s\" is %s", own_name(part),
			 type_name((enum type)part->type));
		tell(c, FINDING_DANGEROUS, 1, text);
	}
	for (uint8_t i = 0; i < part->name_count; i++)
		judge_name(c, part->names[i]);
}

/* A file in an archive: its name is all that is known of it. */
static void judge_entry(struct content *c, const char *name)
{
	char text[EVENT_TEXT_SIZE], ending[16];
	const char *base = strrchr(name, '/');

	base = base ? base + 1 : name;
	if (!name_ending(ending, sizeof(ending), name) ||
	    !rules_is_dangerous(c->rules, ending))
		return;
	if (strcmp(ending, "com") == 0 &&
	    strchr(base, '.') != strrchr(base, '.'))
		return;
	snprintf(text, sizeof(text), "\"%s\" in \"%.30s\"", shown(base),
		 own_name(&c->part));
	tell(c, FINDING_DANGEROUS, 2, text);
}

static void judge_uuencoded(struct content *c, const char *name)
{
	char ending[16], text[EVENT_TEXT_SIZE];

	if (!name_ending(ending, sizeof(ending), name) ||
	    !rules_is_dangerous(c->rules, ending))
		return;
	snprintf(text, sizeof(text), "uuencoded \"%.60s\"", shown(name));
	tell(c, FINDING_DANGEROUS, 2, text);
}

/* Page in the text of a mail: common; sent along as a file: less so. */
static uint8_t active_severity(const struct part *part)
{
	return part->name_count || part->attached ? 2 : 3;
}

static void on_found(void *ctx, enum scan_found what, const uint8_t *text,
		     size_t len)
{
	struct content *c = ctx;
	char said[EVENT_TEXT_SIZE], name[NAME_SIZE];
	size_t keep = len < NAME_SIZE - 1 ? len : NAME_SIZE - 1;

	/* "" has no address to copy from. */
	if (len)
		memcpy(name, text + len - keep, keep);
	name[keep] = '\0';
	switch (what) {
	case FOUND_EICAR:
		tell(c, FINDING_MALWARE, 1, "EICAR test file");
		break;
	case FOUND_SEALED:
		snprintf(said, sizeof(said), "\"%s\" cannot be looked into",
			 own_name(&c->part));
		tell(c, FINDING_SEALED, 3, said);
		judge_entry(c, name);
		break;
	case FOUND_ENTRY:
		c->parts++;
		judge_entry(c, name);
		break;
	case FOUND_MACRO:
		snprintf(said, sizeof(said), "macros in \"%s\"",
			 own_name(&c->part));
		tell(c, FINDING_ACTIVE, 2, said);
		break;
	case FOUND_ACTIVE:
		snprintf(said, sizeof(said), "%.40s in \"%.44s\"", name,
			 own_name(&c->part));
		tell(c, FINDING_ACTIVE, active_severity(&c->part), said);
		break;
	case FOUND_UUENCODE:
		judge_uuencoded(c, name);
		break;
	case FOUND_STATUS:
		name[keep < 12 ? keep : 12] = '\0';
		tell(c, FINDING_STATUS, 3, name);
		break;
	}
}

/* Places of which the file's begin is looked through more closely. */
static size_t short_places(const struct part *part, size_t places)
{
	if (part->position >= SHORT_LOOK)
		return 0;
	return places < SHORT_LOOK - part->position
		       ? places
		       : (size_t)(SHORT_LOOK - part->position);
}

static void look_for_disc(struct content *c, const uint8_t *at, size_t places,
			  size_t ahead)
{
	struct part *part = &c->part;
	char text[EVENT_TEXT_SIZE];
	size_t place;

	if (part->position > TYPE_DISC_AT ||
	    TYPE_DISC_AT - part->position >= places)
		return;
	place = (size_t)(TYPE_DISC_AT - part->position);
	if (!type_is_disc(at + place, ahead - place))
		return;
	snprintf(text, sizeof(text), "\"%s\" is %s", own_name(part),
		 type_name(TYPE_DISC));
	tell(c, FINDING_DANGEROUS, 1, text);
}

/* Look at what is in the window, and keep of it what is still needed. */
static void look(struct content *c, bool final)
{
	const struct scan_sink sink = { on_found, c };
	struct part *part = &c->part;
	size_t len = part->window_len, places, near;

	if (!part->typed && (len >= TYPE_HEAD || final))
		decide_type(c, c->window, len < TYPE_HEAD ? len : TYPE_HEAD);
	places = final ? len : len > SCAN_LOOK ? len - SCAN_LOOK : 0;
	if (part->typed && places > 0) {
		near = short_places(part, places);
		scan_places(part->kinds, c->window, near, len, part->position,
			    &sink);
		scan_places(part->kinds & LONG_KINDS, c->window + near,
			    places - near, len - near, part->position + near,
			    &sink);
		look_for_disc(c, c->window, places, len);
	}
	part->position += places;
	part->window_len = (uint16_t)(len - places);
	memmove(c->window, c->window + places, part->window_len);
	if (part->position >= SHORT_LOOK && !(part->kinds & LONG_KINDS)) {
		part->looked = true;
		part->window_len = 0;
	}
}

static size_t decode(struct part *part, uint8_t *out, const uint8_t *in,
		     size_t len)
{
	switch ((enum encoding)part->encoding) {
	case ENCODING_BASE64:
		return base64_decode(&part->decoder.base64, out, in, len);
	case ENCODING_QUOTED:
		return quoted_decode(&part->decoder.quoted, out, in, len);
	case ENCODING_NONE:
		break;
	}
	memcpy(out, in, len);
	return len;
}

void part_begin(struct content *c)
{
	memset(&c->part, 0, offsetof(struct part, names));
	c->boundary = (struct level){ 0 };
	c->parts++;
}

/* The text that people write and read is none. */
static bool is_file(const struct part *part)
{
	return part->name_count > 0 || part->attached ||
	       part->encoding == ENCODING_BASE64;
}

static void begin_body(struct content *c)
{
	struct part *part = &c->part;

	part->begun = true;
	part->handed = c->ops->file_begin && is_file(part) &&
		       c->ops->file_begin(c->ctx, own_name(part));
}

void part_body(struct content *c, const uint8_t *bytes, size_t len)
{
	struct part *part = &c->part;

	if (part->kind != PART_LEAF)
		return;
	if (!part->begun)
		begin_body(c);
	while (len > 0 && (!part->looked || part->handed)) {
		size_t room =
			sizeof(c->window) - BASE64_ROOM(0) - part->window_len;
		size_t n = len < room ? len : room;
		uint8_t *to = c->window + part->window_len;
		size_t got = decode(part, to, bytes, n);

		if (part->handed)
			part->handed = c->ops->file_data(c->ctx, to, got);
		if (!part->looked)
			part->window_len += (uint16_t)got;
		if (!part->looked &&
		    (!part->typed ||
		     part->window_len > sizeof(c->window) - WINDOW / 2))
			look(c, false);
		bytes += n;
		len -= n;
	}
}

void part_end(struct content *c)
{
	if (c->part.handed)
		c->ops->file_end(c->ctx, !c->part.holed);
	c->part.handed = false;
	if (c->part.kind == PART_LEAF && !c->part.looked)
		look(c, true);
	c->part.kind = PART_NOTHING;
	c->part.window_len = 0;
}
