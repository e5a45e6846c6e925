/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confvalue: text to numbers, times, names, paths and addresses.
 */
#include "ctl/warden/conf/confvalue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"

#define LOWER		"abcdefghijklmnopqrstuvwxyz"
#define UPPER		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS		"0123456789"

#define NAME_BYTES	LOWER DIGITS "-_."
#define INTERFACE_BYTES LOWER UPPER DIGITS "-_.@"

/* Where the value of SETTING has its place in TARGET. */
static void *place(const struct confnode *setting, void *target)
{
	return (char *)target + setting->word->at;
}

const struct confnode *confvalue_of(struct confreader *r,
				    const struct confnode *setting)
{
	return confreader_fits(r, setting, 1) ? setting->first : NULL;
}

void confvalue_bool(struct confreader *r, const struct confnode *setting,
		    void *target)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "true", true },	  { "yes", true }, { "on", true },
		      { "false", false }, { "no", false }, { "off", false } };
	const struct confnode *value = confvalue_of(r, setting);
	bool *out = place(setting, target);

	if (!value)
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, value->text) == 0) {
			*out = words[i].value;
			return;
		}
	}
	confreader_refuse(r, value, "is neither true nor false");
}

bool confvalue_number(struct confreader *r, const struct confnode *value,
		      uint32_t *out)
{
	const struct confword *word = value->word;
	size_t digits = strspn(value->text, DIGITS);
	unsigned long number;

	errno = 0;
	number = strtoul(value->text, NULL, 10);
	if (digits == 0 || value->text[digits] != '\0' || errno ||
	    number < word->min || number > word->max) {
		confreader_refuse(r, value, "is not a number from %u to %u",
				  word->min, word->max);
		return false;
	}
	*out = (uint32_t)number;
	return true;
}

void confvalue_u8(struct confreader *r, const struct confnode *setting,
		  void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	uint8_t *out = place(setting, target);
	uint32_t number;

	if (value && confvalue_number(r, value, &number))
		*out = (uint8_t)number;
}

void confvalue_u16(struct confreader *r, const struct confnode *setting,
		   void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	uint16_t *out = place(setting, target);
	uint32_t number;

	if (value && confvalue_number(r, value, &number))
		*out = (uint16_t)number;
}

void confvalue_u32(struct confreader *r, const struct confnode *setting,
		   void *target)
{
	const struct confnode *value = confvalue_of(r, setting);

	if (value)
		confvalue_number(r, value, place(setting, target));
}

bool confvalue_seconds(struct confreader *r, const struct confnode *value,
		       uint32_t *out)
{
	const struct confword *word = value->word;
	char least[CLOCK_TERM_SIZE], most[CLOCK_TERM_SIZE];
	uint64_t seconds;
	int err = clock_parse_term(&seconds, value->text);

	if (err == -EINVAL) {
		confreader_refuse(r, value,
				  "is not a time; write a number and its unit,"
				  " such as 90s, 10m, 1h, 1d or 2w");
		return false;
	}
	if (err || seconds < word->min || seconds > word->max) {
		confreader_refuse(r, value, "is not a time from %s to %s",
				  clock_format_term(word->min, least),
				  clock_format_term(word->max, most));
		return false;
	}
	*out = (uint32_t)seconds;
	return true;
}

void confvalue_term(struct confreader *r, const struct confnode *setting,
		    void *target)
{
	const struct confnode *value = confvalue_of(r, setting);

	if (value)
		confvalue_seconds(r, value, place(setting, target));
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* What is wrong with a path, or NULL. */
static const char *path_fault(const char *path)
{
	if (path[0] != '/')
		return "is not an absolute path; let it begin with \"/\"";
	if (ends_with(path, "/"))
		return "ends with \"/\"; write the path without it";
	if (strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../") ||
	    ends_with(path, "/.") || ends_with(path, "/.."))
		return "goes in circles; write it without \"//\", \".\" and"
		       " \"..\"";
	return NULL;
}

bool confvalue_is_path(struct confreader *r, const struct confnode *value)
{
	const char *fault = path_fault(value->text);

	if (fault)
		confreader_refuse(r, value, "%s", fault);
	else if (strlen(value->text) >= CONFIG_PATH_SIZE)
		confreader_refuse(r, value, "is longer than %d characters",
				  CONFIG_PATH_SIZE - 1);
	return !fault && strlen(value->text) < CONFIG_PATH_SIZE;
}

void confvalue_text(struct confreader *r, const struct confnode *setting,
		    void *target)
{
	const struct confnode *value = confvalue_of(r, setting);

	if (!value)
		return;
	if (strlen(value->text) >= setting->word->max)
		confreader_refuse(r, value,
				  "has %zu characters; write at most %u",
				  strlen(value->text), setting->word->max - 1);
	else
		snprintf(place(setting, target), setting->word->max, "%s",
			 value->text);
}

void confvalue_path(struct confreader *r, const struct confnode *setting,
		    void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	const char *fault = value ? path_fault(value->text) : NULL;

	if (!value)
		return;
	if (fault)
		confreader_refuse(r, value, "%s", fault);
	else if (strlen(value->text) > setting->word->max)
		confreader_refuse(r, value,
				  "has %zu characters; such a path has at most"
				  " %u",
				  strlen(value->text), setting->word->max);
	else
		snprintf(place(setting, target), CONFIG_PATH_SIZE, "%s",
			 value->text);
}

void confvalue_group(struct confreader *r, const struct confnode *setting,
		     void *target)
{
	const struct confnode *value = confvalue_of(r, setting);

	if (!value)
		return;
	if (value->text[strspn(value->text, UPPER NAME_BYTES)] != '\0' ||
	    strlen(value->text) >= CONFIG_NAME_SIZE || value->text[0] == '\0')
		confreader_refuse(r, value,
				  "is no name of a group; see getent group");
	else
		snprintf(place(setting, target), CONFIG_NAME_SIZE, "%s",
			 value->text);
}

void confvalue_mode(struct confreader *r, const struct confnode *setting,
		    void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	uint8_t *out = place(setting, target);
	struct nearest nearest;

	if (!value)
		return;
	nearest = nearest_to(value->text);
	for (unsigned int i = 0; i < MODE_COUNT; i++) {
		nearest_try(&nearest, mode_name(i));
		if (strcmp(mode_name(i), value->text) == 0) {
			*out = (uint8_t)i;
			return;
		}
	}
	confreader_unknown(r, value, &nearest,
			   "write \"observe\", \"alarm\" or \"enforce\"");
}

void confvalue_name(struct confreader *r, const struct confnode *node,
		    char out[CONFIG_NAME_SIZE])
{
	const char *name = node->text;

	snprintf(out, CONFIG_NAME_SIZE, "%s", name);
	if (strlen(name) >= CONFIG_NAME_SIZE)
		confreader_error(r, node,
				 "this name has %zu characters; it becomes part"
				 " of the kernel's names and has at most %d",
				 strlen(name), CONFIG_NAME_SIZE - 1);
	else if (name[0] < 'a' || name[0] > 'z' ||
		 name[strspn(name, NAME_BYTES)] != '\0')
		confreader_error(
			r, node,
			"this name becomes part of the kernel's names;"
			" let it begin with a letter and have only a-z,"
			" 0-9, \"-\", \"_\" and \".\"");
}

bool confvalue_interface(struct confreader *r, const struct confnode *value,
			 char out[IFNAMSIZ])
{
	const char *name = value->text;
	const char *fault = NULL;

	if (strchr(name, '*') || strchr(name, '+'))
		fault = "is a pattern; name each interface";
	else if (strcmp(name, "lo") == 0)
		fault = "is this machine itself, the zone \"host\"; it is in no"
			" other zone";
	else if (strlen(name) >= IFNAMSIZ)
		fault = "is longer than the 15 characters that the kernel"
			" gives an interface";
	else if (name[0] == '\0' || name[0] == '.' ||
		 name[strspn(name, INTERFACE_BYTES)] != '\0')
		fault = "is no name of an interface; see ip link";
	if (fault) {
		confreader_refuse(r, value, "%s", fault);
		return false;
	}
	snprintf(out, IFNAMSIZ, "%s", name);
	return true;
}
