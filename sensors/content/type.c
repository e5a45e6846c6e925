/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * type: see the header.  Marks are those of the formats' own descriptions.
 */
#include "sensors/content/type.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	bool dangerous;
} types[TYPE_COUNT] = {
	[TYPE_UNKNOWN] = { "of no known type", false },
	[TYPE_TEXT] = { "a text", false },
	[TYPE_HTML] = { "a web page", false },
	[TYPE_PROGRAM] = { "a Windows program", true },
	[TYPE_ELF] = { "an ELF program", true },
	[TYPE_MACHO] = { "a Mach-O program", true },
	[TYPE_JAVA] = { "a Java class", true },
	[TYPE_SCRIPT] = { "a script", true },
	[TYPE_SHORTCUT] = { "a shortcut", true },
	[TYPE_OLE] = { "an OLE file", false },
	[TYPE_ZIP] = { "a ZIP archive", false },
	[TYPE_RAR] = { "a RAR archive", false },
	[TYPE_SEVENZIP] = { "a 7z archive", false },
	[TYPE_TNEF] = { "a TNEF file", false },
	[TYPE_CABINET] = { "a cabinet", false },
	[TYPE_GZIP] = { "a gzip file", false },
	[TYPE_DISC] = { "an image of a disc", true },
	[TYPE_PDF] = { "a PDF", false },
	[TYPE_RTF] = { "an RTF text", false },
	[TYPE_HELP] = { "a compiled help file", true },
	[TYPE_ONENOTE] = { "a OneNote section", true },
};

struct mark {
	enum type type;
	uint8_t len;
	const char *bytes;
};

static const struct mark marks[] = {
	{ TYPE_ELF, 4,
	  "\x7f"
	  "ELF" },
	{ TYPE_MACHO, 4, "\xfe\xed\xfa\xce" },
	{ TYPE_MACHO, 4, "\xfe\xed\xfa\xcf" },
	{ TYPE_MACHO, 4, "\xce\xfa\xed\xfe" },
	{ TYPE_MACHO, 4, "\xcf\xfa\xed\xfe" },
	{ TYPE_SCRIPT, 3, "#!/" },
	{ TYPE_SCRIPT, 4, "#! /" },
	{ TYPE_SHORTCUT, 8, "\x4c\0\0\0\x01\x14\x02\0" },
	{ TYPE_OLE, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
	{ TYPE_ZIP, 4, "PK\x03\x04" },
	{ TYPE_ZIP, 4, "PK\x05\x06" },
	{ TYPE_RAR, 6, "Rar!\x1a\x07" },
	{ TYPE_SEVENZIP, 6, "7z\xbc\xaf\x27\x1c" },
	{ TYPE_TNEF, 4, "\x78\x9f\x3e\x22" },
	{ TYPE_CABINET, 8, "MSCF\0\0\0\0" },
	{ TYPE_GZIP, 3, "\x1f\x8b\x08" },
	{ TYPE_PDF, 5, "%PDF-" },
	{ TYPE_RTF, 4, "{\\rt" },
	{ TYPE_HELP, 4, "ITSF" },
	{ TYPE_ONENOTE, 8, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d" },
};

static uint32_t little32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* "MZ" alone begins many a text: a header's place must be sound as well. */
static bool is_program(const uint8_t *head, size_t len)
{
	uint32_t place;

	if (len < 2 ||
	    (memcmp(head, "MZ", 2) != 0 && memcmp(head, "ZM", 2) != 0))
		return false;
	if (len < 64)
		return memchr(head, '\0', len) != NULL;
	place = little32(head + 60);
	if (place <= len - 4)
		return memcmp(head + place, "PE\0\0", 4) == 0 ||
		       memcmp(head + place, "NE", 2) == 0 ||
		       memcmp(head + place, "LE", 2) == 0 ||
		       memchr(head, '\0', 32) != NULL;
	return memchr(head, '\0', 32) != NULL;
}

/* A universal binary counts its parts where a class has its version. */
static enum type java_or_macho(const uint8_t *head)
{
	return head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] < 40
		       ? TYPE_MACHO
		       : TYPE_JAVA;
}

static bool is_html(const uint8_t *head, size_t len)
{
	static const char *const begins[] = { "<!doctype html", "<html",
					      "<head",		"<body",
					      "<script",	"<!--" };

	while (len > 0 && (*head <= ' ' || *head >= 0x80)) {
		head++;
		len--;
	}
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		size_t n = strlen(begins[i]);

		if (len >= n &&
		    strncasecmp((const char *)head, begins[i], n) == 0)
			return true;
	}
	return false;
}

static bool is_text(const uint8_t *head, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (head[i] < ' ' && !strchr("\t\r\n\f\x1b", head[i]))
			return false;
		if (head[i] == '\0')
			return false;
	}
	return true;
}

enum type type_of(const uint8_t *head, size_t len)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (len >= marks[i].len &&
		    memcmp(head, marks[i].bytes, marks[i].len) == 0)
			return marks[i].type;
	}
	if (len >= 8 && memcmp(head, "\xca\xfe\xba\xbe", 4) == 0)
		return java_or_macho(head);
	if (is_program(head, len))
		return TYPE_PROGRAM;
	if (is_html(head, len))
		return TYPE_HTML;
	return is_text(head, len) ? TYPE_TEXT : TYPE_UNKNOWN;
}

bool type_is_disc(const uint8_t *at, size_t len)
{
	return len >= TYPE_DISC_LEN &&
	       (memcmp(at, "CD001", 5) == 0 || memcmp(at, "BEA01", 5) == 0);
}

const char *type_name(enum type type)
{
	return type < TYPE_COUNT ? types[type].name : types[0].name;
}

bool type_is_dangerous(enum type type)
{
	return type < TYPE_COUNT && types[type].dangerous;
}
