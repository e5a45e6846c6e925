/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spf: a queue of questions; each answer may put more into it.
 */
#include "feeds/spf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NAME_BYTES                                                       \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"-_."

#define VERSION "v=spf1"

static const char *const faults[] = {
	[SPF_SOUND] = "nothing",
	[SPF_NO_RECORD] = "there is no SPF record",
	[SPF_TOO_MANY] = "a loop, or more than ten terms that ask",
	[SPF_TOO_LONG] = "more networks than any sender has",
	[SPF_SYNTAX] = "a term that is none",
	[SPF_UNANSWERED] = "no answer came",
};

const char *spf_fault_name(enum spf_fault fault)
{
	return faults[fault];
}

static void fail(struct spf *spf, enum spf_fault fault)
{
	if (spf->fault == SPF_SOUND)
		spf->fault = fault;
}

static void ask(struct spf *spf, enum spf_type type, const char *name,
		uint8_t length4, uint8_t length6)
{
	struct spf_question *q;

	if (spf->count == SPF_QUEUE) {
		fail(spf, SPF_TOO_MANY);
		return;
	}
	q = &spf->queue[(spf->first + spf->count++) % SPF_QUEUE];
	*q = (struct spf_question){
		.type = (uint8_t)type,
		.length4 = length4,
		.length6 = length6,
	};
	snprintf(q->name, sizeof(q->name), "%s", name);
}

void spf_init(struct spf *spf, const char *domain, uint8_t widest4,
	      uint8_t widest6)
{
	*spf = (struct spf){ .widest4 = widest4, .widest6 = widest6 };
	prefixset_init(&spf->found);
	ask(spf, SPF_TXT, domain, 0, 0);
	spf->queue[0].is_first = true;
}

void spf_fini(struct spf *spf)
{
	prefixset_fini(&spf->found);
}

const struct spf_question *spf_question(const struct spf *spf)
{
	if (spf->fault != SPF_SOUND || spf->count == 0)
		return NULL;
	return &spf->queue[spf->first];
}

/* A term that asks: the tenth is the last. */
static bool may_ask(struct spf *spf)
{
	if (spf->terms++ < SPF_TERMS_MAX)
		return true;
	fail(spf, SPF_TOO_MANY);
	return false;
}

static void add(struct spf *spf, const struct prefix *p)
{
	uint8_t widest = p->family == PREFIX_IP4 ? spf->widest4 : spf->widest6;

	if (p->length < widest) {
		spf->too_wide++;
		return;
	}
	if (spf->found.count == SPF_PREFIXES || prefixset_add(&spf->found, p))
		fail(spf, SPF_TOO_LONG);
}

/* A record is read once, so that a loop ends. */
static bool is_new(struct spf *spf, const char *name)
{
	for (unsigned int i = 0; i < spf->seen_count; i++) {
		if (strcasecmp(spf->seen[i], name) == 0)
			return false;
	}
	if (spf->seen_count == sizeof(spf->seen) / sizeof(spf->seen[0]))
		return false;
	snprintf(spf->seen[spf->seen_count++], CONFIG_DOMAIN_SIZE, "%s", name);
	return true;
}

/* The name at TEXT, up to END; false: a macro, or none at all. */
static bool read_name(char out[CONFIG_DOMAIN_SIZE], const char *text,
		      const char *end)
{
	size_t len = (size_t)(end - text);

	if (len == 0 || len >= CONFIG_DOMAIN_SIZE)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return out[strspn(out, NAME_BYTES)] == '\0';
}

/* "/24", "/24//64", "//64" up to END: lengths behind a or mx. */
static bool read_lengths(const char *text, const char *end, uint8_t *length4,
			 uint8_t *length6)
{
	uint8_t *out = length4;

	while (text < end) {
		unsigned int value = 0;

		if (*text++ != '/')
			return false;
		if (text < end && *text == '/') {
			out = length6;
			text++;
		}
		if (text == end || *text < '0' || *text > '9')
			return false;
		while (text < end && *text >= '0' && *text <= '9' &&
		       value <= 128)
			value = value * 10 + (unsigned int)(*text++ - '0');
		if (value > (out == length4 ? 32 : 128))
			return false;
		*out = (uint8_t)value;
	}
	return true;
}

/* ip4:192.0.2.0/24; bits behind the length are nobody's fault. */
static void read_network(struct spf *spf, const char *text, const char *end)
{
	const char *slash = memchr(text, '/', (size_t)(end - text));
	uint8_t length4 = 32, length6 = 128, length;
	struct prefix p;

	if (prefix_parse_address(&p, text,
				 (size_t)((slash ? slash : end) - text))) {
		fail(spf, SPF_SYNTAX);
		return;
	}
	/* One slash stands for either family here. */
	if (slash && p.family == PREFIX_IP6) {
		unsigned int value = 0;

		for (slash++; slash < end && *slash >= '0' && *slash <= '9' &&
			      value <= 128;
		     slash++)
			value = value * 10 + (unsigned int)(*slash - '0');
		length6 = value <= 128 ? (uint8_t)value : 128;
		if (slash != end || value > 128) {
			fail(spf, SPF_SYNTAX);
			return;
		}
	} else if (slash && !read_lengths(slash, end, &length4, &length6)) {
		fail(spf, SPF_SYNTAX);
		return;
	}
	length = p.family == PREFIX_IP4 ? length4 : length6;
	p = prefix_truncate(&p, length);
	add(spf, &p);
}

/* a, a:name, a/24, mx ...: of the record's own name where none is told. */
static void read_hosts(struct spf *spf, enum spf_type type, const char *own,
		       const char *text, const char *end)
{
	const char *slash = memchr(text, '/', (size_t)(end - text));
	const char *name_end = slash ? slash : end;
	uint8_t length4 = 32, length6 = 128;
	char name[CONFIG_DOMAIN_SIZE];

	snprintf(name, sizeof(name), "%s", own);
	if (text < name_end && *text == ':' &&
	    !read_name(name, text + 1, name_end))
		return; /* a macro: it names nobody here */
	if (slash && !read_lengths(slash, end, &length4, &length6)) {
		fail(spf, SPF_SYNTAX);
		return;
	}
	if (!may_ask(spf))
		return;
	if (type == SPF_MX) {
		ask(spf, SPF_MX, name, length4, length6);
		return;
	}
	ask(spf, SPF_A, name, length4, length6);
	ask(spf, SPF_AAAA, name, length4, length6);
}

static void follow(struct spf *spf, const char *text, const char *end)
{
	char name[CONFIG_DOMAIN_SIZE];

	if (read_name(name, text, end) && may_ask(spf))
		ask(spf, SPF_TXT, name, 0, 0);
}

static bool begins(const char *text, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - text) >= len && strncasecmp(text, word, len) == 0;
}

/* "a" is no begin of "all". */
static bool is_word(const char *text, const char *end, const char *word)
{
	size_t len = strlen(word);

	return begins(text, end, word) &&
	       ((size_t)(end - text) == len || text[len] == ':' ||
		text[len] == '/');
}

static void read_term(struct spf *spf, const char *own, const char *text,
		      const char *end)
{
	/* What is not let pass without a doubt is no sender of theirs. */
	if (*text == '-' || *text == '~' || *text == '?')
		return;
	if (*text == '+')
		text++;
	if (begins(text, end, "ip4:") || begins(text, end, "ip6:"))
		read_network(spf, text + 4, end);
	else if (begins(text, end, "include:"))
		follow(spf, text + 8, end);
	else if (begins(text, end, "redirect="))
		follow(spf, text + 9, end);
	else if (is_word(text, end, "a"))
		read_hosts(spf, SPF_A, own, text + 1, end);
	else if (is_word(text, end, "mx"))
		read_hosts(spf, SPF_MX, own, text + 2, end);
}

void spf_take_text(struct spf *spf, const char *text, size_t len)
{
	const char *end = text + len;
	const struct spf_question *q = spf_question(spf);
	char own[CONFIG_DOMAIN_SIZE];

	if (!q || q->type != SPF_TXT || !begins(text, end, VERSION) ||
	    (len > sizeof(VERSION) - 1 && text[sizeof(VERSION) - 1] != ' '))
		return;
	memcpy(own, q->name, sizeof(own));
	if (!is_new(spf, own))
		return;
	text += sizeof(VERSION) - 1;
	while (text < end && spf->fault == SPF_SOUND) {
		const char *space = memchr(text, ' ', (size_t)(end - text));
		const char *stop = space ? space : end;

		if (stop > text)
			read_term(spf, own, text, stop);
		text = stop + 1;
	}
}

void spf_take_address(struct spf *spf, const struct prefix *address)
{
	const struct spf_question *q = spf_question(spf);
	struct prefix p;

	if (!q || (q->type != SPF_A && q->type != SPF_AAAA))
		return;
	p = prefix_truncate(address, address->family == PREFIX_IP4
					     ? q->length4
					     : q->length6);
	add(spf, &p);
}

void spf_take_host(struct spf *spf, const char *name)
{
	const struct spf_question *q = spf_question(spf);
	char clean[CONFIG_DOMAIN_SIZE];
	uint8_t length4, length6;

	if (!q || q->type != SPF_MX ||
	    !read_name(clean, name, name + strlen(name)))
		return;
	length4 = q->length4;
	length6 = q->length6;
	ask(spf, SPF_A, clean, length4, length6);
	ask(spf, SPF_AAAA, clean, length4, length6);
}

void spf_answered(struct spf *spf, bool ok)
{
	const struct spf_question *q = spf_question(spf);

	if (!q)
		return;
	if (!ok)
		fail(spf, SPF_UNANSWERED);
	else if (q->is_first && spf->seen_count == 0)
		fail(spf, SPF_NO_RECORD);
	spf->first = (spf->first + 1) % SPF_QUEUE;
	spf->count--;
}
