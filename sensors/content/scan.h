/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONTENT_SCAN_H
#define POSTERN_SENSORS_CONTENT_SCAN_H

/*
 * scan: what a decoded file holds, found as its bytes go by.
 *
 * Each scan looks at every place once, with SCAN_LOOK bytes before it (fewer
 * only at the file's end), so that cuts cannot hide anything.  Nothing is
 * unpacked: archives are listed by the headers of their entries, wherever
 * these stand (PKWARE APPNOTE 4.3; RAR 4 and 5; 7z, where its header is not
 * packed; [MS-OXTNEF]), OLE files by the entries of their
 * directory, which stand at every 128th byte ([MS-CFB] 2.6.1).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_LOOK 512u

enum scan_kind {
	SCAN_EICAR = 1u << 0,
	SCAN_ZIP = 1u << 1,
	SCAN_OLE = 1u << 2,
	SCAN_HTML = 1u << 3,
	SCAN_PDF = 1u << 4,
	SCAN_RTF = 1u << 5,
	SCAN_UUENCODE = 1u << 6, /* "begin 644 name" in a text */
	SCAN_STATUS = 1u << 7, /* "Status: 5.1.1" of a delivery report */
	SCAN_RAR = 1u << 8,
	SCAN_SEVENZIP = 1u << 9,
	SCAN_TNEF = 1u << 10, /* winmail.dat */
};

enum scan_found {
	FOUND_EICAR,
	FOUND_ENTRY, /* a file in an archive; TEXT is its name */
	FOUND_SEALED, /* the same, and encrypted */
	FOUND_MACRO, /* TEXT is where it is */
	FOUND_ACTIVE, /* script and its like; TEXT says what */
	FOUND_UUENCODE, /* TEXT is the name */
	FOUND_STATUS, /* TEXT is the code */
};

struct scan_sink {
	/* TEXT of LEN bytes is as it stands in the file. */
	void (*found)(void *ctx, enum scan_found what, const uint8_t *text,
		      size_t len);
	void *ctx;
};

/*
 * Look at the places 0 .. LEN - 1 of AT, where AHEAD bytes (at least LEN) can
 * be read; the first place is byte POSITION of the file.  KINDS is a set of
 * enum scan_kind.
 */
void scan_places(unsigned int kinds, const uint8_t *at, size_t len,
		 size_t ahead, uint64_t position, const struct scan_sink *sink);

#endif
