/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_LOG_H
#define POSTERN_CORE_LOG_H

/*
 * log: what a program says to its administrator, a sentence a line, on
 * standard error.  Under systemd each line carries its level (sd-daemon(3));
 * on a terminal it does not.  Only main loops log; low layers return.
 *
 * Bytes that came from outside are given as "%s" of escape_text().
 */
enum log_level {
	LOG_LEVEL_ERROR = 3, /* the numbers of syslog, RFC 5424 section 6.2.1 */
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_DEBUG = 7,
};

/* NAME, which is kept, begins each line.  Level: notice. */
void log_open(const char *name);
void log_verbose(void);

__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_notice(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *format, ...);

#endif
