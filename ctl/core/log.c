/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log: one write per line, so that the lines of many programs on one
 * descriptor do not mix.
 */
#include "ctl/core/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 1024

static const char *log_name = "postern";
static enum log_level log_limit = LOG_LEVEL_NOTICE;
static int log_levels_wanted;

void log_open(const char *name)
{
	log_name = name;
	log_levels_wanted = getenv("JOURNAL_STREAM") != NULL;
}

void log_verbose(void)
{
	log_limit = LOG_LEVEL_DEBUG;
}

__attribute__((format(printf, 2, 0))) static void
write_line(enum log_level level, const char *format, va_list args)
{
	char line[LINE_SIZE];
	size_t used = 0;
	ssize_t ignored;
	int len;

	if (level > log_limit)
		return;
	if (log_levels_wanted)
		used = (size_t)snprintf(line, sizeof(line), "<%d>", level);
	used += (size_t)snprintf(line + used, sizeof(line) - used,
				 "%s: ", log_name);
	len = vsnprintf(line + used, sizeof(line) - used - 1, format, args);
	if (len > 0)
		used += (size_t)len;
	if (used > sizeof(line) - 2)
		used = sizeof(line) - 2;
	line[used++] = '\n';
	/* Nobody is left to be told when standard error itself fails. */
	ignored = write(STDERR_FILENO, line, used);
	(void)ignored;
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_WARNING, format, args);
	va_end(args);
}

void log_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_NOTICE, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}
