/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * naming: places for addresses, each with its own questions.
 */
#include "feeds/naming.h"

#include <stdlib.h>

#include "feeds/dns.h"
#include "feeds/reverse.h"

#define PLACES 64u
/* Names change seldom, and nobody is let in by them. */
#define FRESH_S 300.

struct place {
	struct naming *naming;
	struct reverse reverse;
	bool busy;
	double asked_s;
	struct named known; /* family 0: nothing yet */
};

struct naming {
	struct dns *dns;
	void (*say)(void *ctx, const struct named *answer);
	void *ctx;
	struct place places[PLACES];
};

struct naming *naming_new(struct dns *dns,
			  void (*say)(void *ctx, const struct named *answer),
			  void *ctx)
{
	struct naming *naming = calloc(1, sizeof(*naming));

	if (!naming)
		return NULL;
	naming->dns = dns;
	naming->say = say;
	naming->ctx = ctx;
	for (unsigned int i = 0; i < PLACES; i++)
		naming->places[i].naming = naming;
	return naming;
}

void naming_free(struct naming *naming)
{
	free(naming);
}

static void ask_next(struct place *place);

static void take_name(void *ctx, const char *name)
{
	reverse_take_name(ctx, name);
}

static void take_address(void *ctx, const struct prefix *address)
{
	reverse_take_address(ctx, address);
}

static void on_answer(void *ctx, const struct dns_answer *answer)
{
	struct place *place = ctx;
	struct reverse *r = &place->reverse;
	char name[REVERSE_NAME_SIZE];
	enum reverse_type type;

	if (reverse_question(r, &type, name)) {
		if (type == REVERSE_PTR)
			dns_hosts(answer, DNS_PTR, REVERSE_NAMES, take_name, r);
		else
			dns_addresses(answer,
				      type == REVERSE_A ? DNS_A : DNS_AAAA,
				      take_address, r);
	}
	reverse_answered(r, answer->ok);
	ask_next(place);
}

static void ask_next(struct place *place)
{
	static const enum dns_type types[] = {
		[REVERSE_PTR] = DNS_PTR,
		[REVERSE_A] = DNS_A,
		[REVERSE_AAAA] = DNS_AAAA,
	};
	struct reverse *r = &place->reverse;
	char name[REVERSE_NAME_SIZE];
	enum reverse_type type;

	if (reverse_question(r, &type, name)) {
		dns_ask(place->naming->dns, name, types[type], on_answer,
			place);
		return;
	}
	place->busy = false;
	if (r->answer.verdict != NAME_UNANSWERED ||
	    !prefix_equal(&place->known.host, &r->host))
		place->known = r->answer;
	place->naming->say(place->naming->ctx, &place->known);
}

/* The place that knows HOST, or else the one that was asked first; NULL: all
 * are busy. */
static struct place *place_of(struct naming *naming, const struct prefix *host)
{
	struct place *oldest = NULL;

	for (unsigned int i = 0; i < PLACES; i++) {
		struct place *place = &naming->places[i];

		if (prefix_equal(&place->reverse.host, host))
			return place;
		if (!place->busy &&
		    (!oldest || place->asked_s < oldest->asked_s))
			oldest = place;
	}
	return oldest;
}

void naming_ask(struct naming *naming, const struct prefix *host, double now_s)
{
	struct place *place = place_of(naming, host);
	const struct named nobody = { .host = *host,
				      .verdict = NAME_UNANSWERED };

	if (!place) {
		naming->say(naming->ctx, &nobody);
		return;
	}
	if (place->busy)
		return; /* it is being asked for already */
	if (prefix_equal(&place->known.host, host) &&
	    place->known.verdict != NAME_UNANSWERED &&
	    now_s - place->asked_s < FRESH_S) {
		naming->say(naming->ctx, &place->known);
		return;
	}
	place->busy = true;
	place->asked_s = now_s;
	reverse_init(&place->reverse, host);
	ask_next(place);
}
