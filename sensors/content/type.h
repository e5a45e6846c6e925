/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONTENT_TYPE_H
#define POSTERN_SENSORS_CONTENT_TYPE_H

/*
 * type: what a file is, by its first bytes and not by what it is called.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are enough to tell; fewer only where the file ends. */
#define TYPE_HEAD 512u
/* An image of a disc says what it is only here. */
#define TYPE_DISC_AT  32769u
#define TYPE_DISC_LEN 5u

enum type {
	TYPE_UNKNOWN,
	TYPE_TEXT, /* nothing but text, so far */
	TYPE_HTML,
	TYPE_PROGRAM, /* PE, or an older form behind "MZ" */
	TYPE_ELF,
	TYPE_MACHO,
	TYPE_JAVA, /* a class */
	TYPE_SCRIPT, /* begins with #! */
	TYPE_SHORTCUT, /* LNK */
	TYPE_OLE,
	TYPE_ZIP,
	TYPE_RAR,
	TYPE_SEVENZIP,
	TYPE_TNEF, /* winmail.dat */
	TYPE_CABINET,
	TYPE_GZIP,
	TYPE_DISC,
	TYPE_PDF,
	TYPE_RTF,
	TYPE_HELP, /* compiled HTML help */
	TYPE_ONENOTE,
	TYPE_COUNT
};

/* HEAD is the file's begin, LEN of it. */
enum type type_of(const uint8_t *head, size_t len);
bool type_is_disc(const uint8_t *at, size_t len);

/* In words, for a person. */
const char *type_name(enum type type);
/* It runs when it is opened. */
bool type_is_dangerous(enum type type);

#endif
