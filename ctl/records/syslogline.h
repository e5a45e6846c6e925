/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SYSLOGLINE_H
#define POSTERN_RECORDS_SYSLOGLINE_H

/*
 * syslogline: a record as a message of syslog (RFC 5424): its members as
 * structured data, texts escaped as in the record; lists and objects are left
 * out.  The message of a seal is the seal, so that it can be proven by.
 */
#include <stddef.h>
#include <stdio.h>

/* Write LINE, a record of LEN bytes, with a newline.  What is none is left
 * out. */
void syslogline_put(FILE *out, const char *host, const char *line, size_t len);

#endif
