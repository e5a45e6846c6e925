/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock: reads the system's clocks and the spellings of time.
 */
#include "ctl/core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#define TERM_MAX_S (100ull * 365 * 24 * 60 * 60)

static uint64_t read_clock(clockid_t id)
{
	struct timespec now = { 0 };

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * CLOCK_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_boottime_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

uint64_t clock_calendar_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

bool clock_is_synchronised(void)
{
	struct timex state = { 0 };

	return adjtimex(&state) >= 0 && !(state.status & STA_UNSYNC);
}

int clock_boot(uint64_t *out)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	unsigned long long head;
	char text[64] = "";
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	/* The first 8 and 4 of a random UUID's digits are enough to tell. */
	if (len < 13 || text[8] != '-')
		return -EINVAL;
	memmove(text + 8, text + 9, 4);
	text[12] = '\0';
	if (sscanf(text, "%llx", &head) != 1)
		return -EINVAL;
	*out = head;
	return 0;
}

const char *clock_format(uint64_t calendar_ns, char buf[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)(calendar_ns / CLOCK_NS_PER_S);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(buf, CLOCK_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ",
		 (unsigned int)(tm.tm_year + 1900) % 10000u,
		 (unsigned int)(tm.tm_mon + 1) % 100u,
		 (unsigned int)tm.tm_mday % 100u,
		 (unsigned int)tm.tm_hour % 100u,
		 (unsigned int)tm.tm_min % 100u, (unsigned int)tm.tm_sec % 100u,
		 (unsigned int)(calendar_ns % CLOCK_NS_PER_S));
	return buf;
}

/* A text that is read digit by digit; the first error sticks. */
struct reader {
	const char *at;
	const char *end;
	bool failed;
};

static unsigned int read_digits(struct reader *r, unsigned int count)
{
	unsigned int value = 0;

	for (; count > 0; count--) {
		if (r->at == r->end || *r->at < '0' || *r->at > '9') {
			r->failed = true;
			return 0;
		}
		value = value * 10 + (unsigned int)(*r->at++ - '0');
	}
	return value;
}

static bool read_char(struct reader *r, char wanted)
{
	if (r->at == r->end || *r->at != wanted)
		return false;
	r->at++;
	return true;
}

static void read_literal(struct reader *r, char wanted)
{
	if (!read_char(r, wanted))
		r->failed = true;
}

static uint32_t read_fraction(struct reader *r)
{
	uint32_t value = 0;
	unsigned int digits = 0;

	if (!read_char(r, '.'))
		return 0;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
		if (digits++ == 9) {
			r->failed = true;
			return 0;
		}
		value = value * 10 + (uint32_t)(*r->at++ - '0');
	}
	if (digits == 0)
		r->failed = true;
	for (; digits < 9; digits++)
		value *= 10;
	return value;
}

/* Seconds to subtract to get UTC. */
static int64_t read_offset(struct reader *r)
{
	int64_t sign = 1;
	unsigned int hours, minutes;

	if (read_char(r, 'Z'))
		return 0;
	if (read_char(r, '-'))
		sign = -1;
	else
		read_literal(r, '+');
	hours = read_digits(r, 2);
	read_char(r, ':');
	minutes = read_digits(r, 2);
	if (hours > 23 || minutes > 59)
		r->failed = true;
	return sign * (int64_t)(hours * 60 + minutes) * 60;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3;
	int64_t leaps = y / 4 - y / 100 + y / 400;

	return y * 365 + leaps + (m * 306 + 5) / 10 + day - 1 - 719468;
}

static bool is_date(unsigned int year, unsigned int month, unsigned int day)
{
	static const uint8_t lengths[13] = { 0,	 31, 29, 31, 30, 31, 30,
					     31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (year < 1970 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= lengths[month] && (month != 2 || day < 29 || leap);
}

int clock_parse(uint64_t *out, const char *text, size_t len)
{
	struct reader r = { .at = text, .end = text + len };
	unsigned int year, month, day, hour, minute, second;
	uint32_t fraction;
	int64_t seconds;

	year = read_digits(&r, 4);
	read_literal(&r, '-');
	month = read_digits(&r, 2);
	read_literal(&r, '-');
	day = read_digits(&r, 2);
	read_literal(&r, 'T');
	hour = read_digits(&r, 2);
	read_literal(&r, ':');
	minute = read_digits(&r, 2);
	read_literal(&r, ':');
	second = read_digits(&r, 2);
	fraction = read_fraction(&r);
	seconds = -read_offset(&r);
	/* Second 60 is a leap second: the next minute's first. */
	if (r.failed || r.at != r.end || !is_date(year, month, day) ||
	    hour > 23 || minute > 59 || second > 60)
		return -EINVAL;
	seconds += days_from_date(year, month, day) * 86400 + hour * 3600 +
		   minute * 60 + second;
	if (seconds < 0)
		return -EINVAL;
	*out = (uint64_t)seconds * CLOCK_NS_PER_S + fraction;
	return 0;
}

static const struct unit {
	char letter;
	uint32_t seconds;
} units[] = {
	{ 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 },
};

#define UNITS (sizeof(units) / sizeof(units[0]))

int clock_parse_term(uint64_t *out_s, const char *text)
{
	uint64_t value = 0;
	uint32_t factor = 1;
	const char *at = text;

	while (*at >= '0' && *at <= '9') {
		value = value * 10 + (uint64_t)(*at++ - '0');
		if (value > TERM_MAX_S)
			return -ERANGE;
	}
	if (at == text)
		return -EINVAL;
	if (*at != '\0') {
		factor = 0;
		for (size_t i = 0; i < UNITS; i++) {
			if (units[i].letter == *at)
				factor = units[i].seconds;
		}
		if (factor == 0 || at[1] != '\0')
			return -EINVAL;
	}
	if (value * factor > TERM_MAX_S)
		return -ERANGE;
	*out_s = value * factor;
	return 0;
}

const char *clock_format_term(uint64_t term_s, char buf[CLOCK_TERM_SIZE])
{
	size_t used = 0;
	int parts = 0;

	/* Weeks read badly in a table: days are the largest unit shown. */
	for (size_t i = 1; i < UNITS && parts < 2; i++) {
		uint64_t count = term_s / units[i].seconds;

		if (count == 0 && parts == 0)
			continue;
		term_s %= units[i].seconds;
		parts++;
		if (count == 0)
			continue;
		used += (size_t)snprintf(buf + used, CLOCK_TERM_SIZE - used,
					 "%s%llu%c", used ? " " : "",
					 (unsigned long long)count,
					 units[i].letter);
	}
	if (used == 0)
		snprintf(buf, CLOCK_TERM_SIZE, "0s");
	return buf;
}

int clock_parse_when(uint64_t *out, const char *text, uint64_t now_ns)
{
	char day[32];
	uint64_t ago_s;

	if (clock_parse(out, text, strlen(text)) == 0)
		return 0;
	snprintf(day, sizeof(day), "%.10sT00:00:00Z", text);
	if (strlen(text) == 10 && clock_parse(out, day, strlen(day)) == 0)
		return 0;
	if (clock_parse_term(&ago_s, text) != 0 ||
	    ago_s > now_ns / CLOCK_NS_PER_S)
		return -EINVAL;
	*out = now_ns - ago_s * CLOCK_NS_PER_S;
	return 0;
}
