/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * omitted: patrons, beside the bans that meet them.
 */
#include "ctl/daemon/omitted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/patrons.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/client.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/report.h"

/* How a rule begins its words that drops what is above a limit. */
#define LIMITED "postern limited_"
/* So long a limit is of interest. */
#define LIMITED_NS (24ull * 60 * 60 * CLOCK_NS_PER_S)
/* Mails that are a history: fewer may be an attacker's first ones. */
#define MAILS_ENOUGH 3u

struct omitted {
	struct daemon *daemon;
	struct patrons *patrons;
	struct omitted_list {
		struct omitted_entry {
			struct patron patron;
			struct named named;
		} entries[OMITTED_MAX];
		unsigned int count;
		unsigned int awaited; /* names */
		uint64_t more; /* that found no place here */
	} list;
};

struct omitted *omitted_new(struct daemon *d, uint64_t seed)
{
	struct omitted *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->daemon = d;
	o->patrons = patrons_new(seed);
	if (!o->patrons) {
		free(o);
		return NULL;
	}
	return o;
}

void omitted_free(struct omitted *o)
{
	if (!o)
		return;
	patrons_free(o->patrons);
	free(o);
}

int omitted_patron(struct omitted *o, const struct patron_row *row)
{
	if (!prefix_is_valid(&row->host) || !prefix_is_address(&row->host))
		return -EBADMSG;
	patrons_add(o->patrons, &row->host, row->mails, row->encrypted,
		    row->last_ns);
	return 0;
}

void omitted_refused(struct omitted *o, const struct prefix *source,
		     const char *text, uint64_t time_ns)
{
	struct patron *patron;

	if (strncmp(text, LIMITED, strlen(LIMITED)) != 0)
		return;
	patron = patrons_find(o->patrons, source);
	if (!patron)
		return;
	patron->limited += patron->limited < UINT32_MAX;
	patron->limited_ns = time_ns;
}

/* The ban that keeps PATRON out, and its scope; NULL: none does. */
static const struct ban *ban_of(const struct judge *j,
				const struct patron *patron, uint8_t *scope)
{
	const struct ban *ban = NULL;

	if (bans_covering(j->pardons, &patron->host))
		return NULL;
	for (*scope = 0; *scope < SCOPE_COUNT && !ban; (*scope)++)
		ban = bans_covering(judge_bans(j, *scope), &patron->host);
	(*scope)--;
	return ban;
}

static bool is_kept_out(const struct omitted *o, const struct patron *patron)
{
	uint64_t now_ns = clock_calendar_ns();
	uint8_t scope;

	if (patron->limited_ns && patron->limited_ns + LIMITED_NS > now_ns)
		return true;
	return ban_of(&o->daemon->judge, patron, &scope) != NULL;
}

static uint64_t worth(const struct patron *patron)
{
	return (uint64_t)patron->mails + patron->encrypted;
}

/* Into the list, by worth; where that is full, who is worth least is left out. */
static void list_in(struct omitted_list *list, const struct patron *patron)
{
	unsigned int at;

	if (list->count == OMITTED_MAX) {
		list->more++;
		if (worth(&list->entries[list->count - 1].patron) >=
		    worth(patron))
			return;
		list->count--;
	}
	for (at = list->count;
	     at > 0 && worth(&list->entries[at - 1].patron) < worth(patron);
	     at--)
		list->entries[at] = list->entries[at - 1];
	list->entries[at] = (struct omitted_entry){
		.patron = *patron,
		.named = { .host = patron->host },
	};
	list->count++;
}

static void make_list(struct omitted *o)
{
	struct omitted_list *list = &o->list;
	struct patron *patron;
	uint32_t at = 0;

	list->count = list->awaited = 0;
	list->more = 0;
	while ((patron = patrons_walk(o->patrons, &at))) {
		if (is_kept_out(o, patron))
			list_in(list, patron);
	}
}

static void ask_names(struct omitted *o)
{
	struct omitted_list *list = &o->list;

	if (!o->daemon->config->mail.names ||
	    !wire_is_clear(o->daemon->resolve))
		return;
	for (unsigned int i = 0; i < list->count; i++)
		wire_put(o->daemon->resolve, MSG_NAMED,
			 &list->entries[i].named);
	list->awaited = list->count;
}

void omitted_begin(struct client *client)
{
	struct omitted *o = client->daemon->omitted;

	/* One who asks while names are awaited hears the same list. */
	if (o->list.awaited == 0) {
		make_list(o);
		ask_names(o);
	}
	if (o->list.awaited > 0)
		client_wait_names(client);
	else
		omitted_finish(client);
}

bool omitted_named(struct omitted *o, const struct named *named)
{
	struct omitted_list *list = &o->list;

	for (unsigned int i = 0; i < list->count && list->awaited; i++) {
		struct named *known = &list->entries[i].named;

		if (known->verdict != NAME_UNASKED ||
		    !prefix_equal(&known->host, &named->host) ||
		    named->verdict == NAME_UNASKED)
			continue;
		*known = *named;
		return --list->awaited == 0;
	}
	return false;
}

/* Two signs of three; one, where nobody could be asked for the third. */
static bool is_good(const struct omitted_entry *entry)
{
	int signs = (entry->patron.mails >= MAILS_ENOUGH) +
		    (entry->patron.encrypted > 0) +
		    (entry->named.verdict == NAME_CONFIRMED);
	bool is_asked = entry->named.verdict == NAME_CONFIRMED ||
			entry->named.verdict == NAME_UNCONFIRMED ||
			entry->named.verdict == NAME_MISSING;

	return signs >= (is_asked ? 2 : 1);
}

static void send_entry(struct client *client, const struct omitted_entry *entry)
{
	const struct judge *j = &client->daemon->judge;
	const struct patron *patron = &entry->patron;
	struct omitted_row row = {
		.key = patron->key,
		.named = entry->named,
		.mails = patron->mails,
		.encrypted = patron->encrypted,
		.last_ns = patron->last_ns,
		.limited = patron->limited,
		.limited_ns = patron->limited_ns,
	};
	uint8_t scope;
	const struct ban *ban = ban_of(j, patron, &scope);

	if (ban)
		row.ban = report_row(judge_bans(j, scope), scope, ban);
	wire_put(client->wire, MSG_OMITTED, &row);
	client->answer.count++;
}

void omitted_finish(struct client *client)
{
	struct omitted *o = client->daemon->omitted;
	const struct omitted_list *list = &o->list;

	/* Who was let in meanwhile is in. */
	for (unsigned int i = 0; i < list->count; i++) {
		if (is_kept_out(o, &list->entries[i].patron) &&
		    is_good(&list->entries[i]))
			send_entry(client, &list->entries[i]);
	}
	o->list.awaited = 0;
	if (list->more)
		client_answer(client, ANSWER_DONE,
			      "%llu more with less of a history are left out",
			      (unsigned long long)list->more);
	else
		client_answer(client, ANSWER_DONE, "%s", "");
}
