/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/random.h"

enum kind {
	STEP_NEW,
	STEP_DATA,
	STEP_GAP,
	STEP_END
};

struct step {
	enum kind kind;
	enum side side;
	enum dialogue_end_reason reason;
	bool midstream;
	uint32_t number;
	uint64_t time_ns;
	uint64_t missing;
	struct dialogue_place place;
	uint8_t *bytes;
	size_t len;
};

struct exchange {
	struct step *steps;
	size_t count;
	size_t room;
	uint32_t numbers;
};

static uint64_t read_time(const char *text)
{
	char *end;
	uint64_t ns = strtoull(text, &end, 10) * 1000000000u;
	uint64_t scale = 100000000;

	if (*end == '.') {
		for (end++; *end >= '0' && *end <= '9'; end++, scale /= 10)
			ns += (uint64_t)(*end - '0') * scale;
	}
	return ns;
}

static struct step *add_step(struct exchange *x, enum kind kind,
			     uint32_t number)
{
	struct step *step;

	if (x->count == x->room) {
		x->room = x->room ? 2 * x->room : 64;
		x->steps = realloc(x->steps, x->room * sizeof(*x->steps));
		if (!x->steps)
			abort();
	}
	step = &x->steps[x->count++];
	*step = (struct step){ .kind = kind, .number = number };
	if (number >= x->numbers)
		x->numbers = number + 1;
	return step;
}

static bool read_new(struct exchange *x, const char *line)
{
	char client[64], target[64], words[3][32] = { "" };
	unsigned int number, client_port, target_port;
	struct step *step;
	int n = sscanf(line, "@%u %63s %u %63s %u %31s %31s %31s", &number,
		       client, &client_port, target, &target_port, words[0],
		       words[1], words[2]);

	if (n < 6)
		return false;
	step = add_step(x, STEP_NEW, number);
	for (int i = 0; i < n - 5; i++) {
		step->midstream |= strcmp(words[i], "midstream") == 0;
		step->place.client_is_inside |= strcmp(words[i], "inside") == 0;
	}
	step->time_ns = read_time(words[n - 6]);
	step->place.client_port = (uint16_t)client_port;
	step->place.target_port = (uint16_t)target_port;
	step->place.proof_so_far = PROOF_HANDSHAKE;
	return prefix_parse_address(&step->place.client, client,
				    strlen(client)) == 0 &&
	       prefix_parse_address(&step->place.target, target,
				    strlen(target)) == 0;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static void read_text(struct step *step, const char *text, size_t len)
{
	step->bytes = malloc(len ? len : 1);
	if (!step->bytes)
		abort();
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '\\' && i + 1 < len) {
			c = text[++i];
			if (c == 'r')
				c = '\r';
			else if (c == 'n')
				c = '\n';
			else if (c == 'x' && i + 2 < len) {
				c = (char)(digit(text[i + 1]) << 4 |
					   digit(text[i + 2]));
				i += 2;
			}
		}
		step->bytes[step->len++] = (uint8_t)c;
	}
}

static void read_end(struct step *step, const char *word)
{
	static const char *const words[] = { "fin", "rst", "timeout",
					     "shutdown" };

	for (int i = 0; i < 4; i++) {
		if (strncmp(word, words[i], strlen(words[i])) == 0)
			step->reason = (enum dialogue_end_reason)i;
	}
}

static bool read_step(struct exchange *x, const char *line, size_t len)
{
	unsigned int number;
	char what[3], time[32];
	struct step *step;
	int used = 0;

	if (sscanf(line, "%u %2s %31s%n", &number, what, time, &used) < 3)
		return false;
	used += (size_t)used < len;
	if (strcmp(what, "e") == 0) {
		step = add_step(x, STEP_END, number);
		read_end(step, line + used);
	} else if (what[0] == 'g') {
		step = add_step(x, STEP_GAP, number);
		step->missing = strtoull(line + used, NULL, 10);
		step->side = what[1] == 'c' ? SIDE_CLIENT : SIDE_SERVER;
	} else {
		step = add_step(x, STEP_DATA, number);
		step->side = what[0] == 'c' ? SIDE_CLIENT : SIDE_SERVER;
		read_text(step, line + used, len - (size_t)used);
	}
	step->time_ns = read_time(time);
	return true;
}

struct exchange *exchange_parse(const char *text, size_t len)
{
	struct exchange *x = calloc(1, sizeof(*x));
	const char *end = text + len;

	if (!x)
		return NULL;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = stop ? (size_t)(stop - text) : (size_t)(end - text);
		char *line = strndup(text, n);

		if (!line)
			abort();
		if (*line == '@')
			(void)read_new(x, line);
		else if (*line >= '0' && *line <= '9')
			(void)read_step(x, line, n);
		free(line);
		text += n + 1;
	}
	return x;
}

struct exchange *exchange_load(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct exchange *x = NULL;
	char *text = NULL;
	size_t len;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0) {
		len = (size_t)ftell(file);
		rewind(file);
		text = malloc(len + 1);
		if (text && fread(text, 1, len, file) == len)
			x = exchange_parse(text, len);
	}
	free(text);
	fclose(file);
	return x;
}

void exchange_free(struct exchange *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->count; i++)
		free(x->steps[i].bytes);
	free(x->steps);
	free(x);
}

static void say(struct dialogue *d, const struct step *step,
		const struct exchange_cut *cut, struct random *r)
{
	size_t at = 0;

	while (at < step->len) {
		size_t n = step->len - at, most = cut->most;
		uint8_t *piece;

		if (cut->seed)
			most = 1 + random_below(r, (uint32_t)cut->most);
		if (most && n > most)
			n = most;
		/* A copy of its own, so that reading past it is seen. */
		piece = malloc(n);
		if (!piece)
			abort();
		memcpy(piece, step->bytes + at, n);
		dialogue_data(d, step->side, piece, n, step->time_ns);
		free(piece);
		at += n;
	}
}

uint64_t exchange_play(const struct exchange *x, struct dialogue_pool *pool,
		       const struct config *config,
		       const struct exchange_cut *cut)
{
	static const struct exchange_cut none = { 0 };
	struct dialogue **open =
		calloc(x->numbers + 1u, sizeof(struct dialogue *));
	struct random r = { { (unsigned short)(cut ? cut->seed : 0), 1, 2 } };
	uint64_t bytes = 0;

	if (!open)
		abort();
	for (size_t i = 0; i < x->count; i++) {
		const struct step *step = &x->steps[i];
		struct dialogue_place place = step->place;
		struct dialogue **d = &open[step->number];

		if (step->kind == STEP_NEW) {
			dialogue_free(*d);
			place.config = config;
			*d = dialogue_new(pool, &place, step->midstream);
		} else if (!*d) {
			continue;
		} else if (step->kind == STEP_DATA) {
			say(*d, step, cut ? cut : &none, &r);
			bytes += step->len;
		} else if (step->kind == STEP_GAP) {
			dialogue_gap(*d, step->side, step->missing,
				     step->time_ns);
		} else {
			dialogue_end(*d, step->reason, step->time_ns);
			dialogue_free(*d);
			*d = NULL;
		}
	}
	for (uint32_t i = 0; i < x->numbers; i++)
		dialogue_free(open[i]);
	free(open);
	return bytes;
}
