/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge: what is only wrong in numbers.
 *
 * A source is one address, for IPv6 its /64, where one host has as many
 * addresses as it likes; a subnet is a /24 or a /56.  Nobody inside is
 * counted, except what our own hosts send out.
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

#define DUE_MAX 16u

/* What keys are for: one word each in tally_key(). */
enum {
	KEY_SOURCE = 1,
	KEY_SUBNET,
	KEY_ACCOUNT,
	KEY_OUTBOUND,
	KEY_TARGET,
	KEY_ANSWERED,
	KEY_SERVER,
	KEY_LOCAL,
};

static uint32_t now_s(const struct dialogue *d)
{
	return (uint32_t)(d->now_ns / 1000000000u);
}

static struct tally_entry *entry_of(struct dialogue *d, const struct prefix *p,
				    unsigned int length4, unsigned int length6,
				    unsigned int kind)
{
	struct tally *t = &d->pool->tally;
	struct prefix block =
		prefix_truncate(p, p->family == PREFIX_IP4 ? length4 : length6);

	return tally_entry(t, tally_key_prefix(t, &block, kind), now_s(d));
}

static struct tally_entry *source_of(struct dialogue *d)
{
	return entry_of(d, &d->place.client, 32, 64, KEY_SOURCE);
}

static struct tally_entry *subnet_of(struct dialogue *d)
{
	return entry_of(d, &d->place.client, 24, 56, KEY_SUBNET);
}

static bool is_outsider(const struct dialogue *d)
{
	return !d->place.client_is_inside && !d->spared;
}

/* Above the limit, and then again at every fourth part of it. */
static bool is_too_much(uint32_t sum, uint32_t step, uint32_t limit)
{
	uint32_t part = limit / 4 ? limit / 4 : 1;

	if (limit == 0 || sum <= limit)
		return false;
	return sum - limit <= step ||
	       (sum - limit) / part != (sum - limit - step) / part;
}

static uint32_t limit_of(const struct dialogue_rate *rate, enum tally_rate what)
{
	switch (what) {
	case TALLY_CONNECTIONS:
		return rate->connections;
	case TALLY_MAILS:
		return rate->mails;
	case TALLY_RECIPIENTS:
		return rate->recipients;
	case TALLY_KILOBYTES:
		return rate->kilobytes;
	case TALLY_SHORT:
	case TALLY_RATES:
		break;
	}
	return 0;
}

static const char *const rate_names[TALLY_RATES] = {
	"connections", "mails", "recipients", "KiB", "short sessions",
};

static void charge_outbound(struct dialogue *d, enum tally_rate what,
			    uint32_t n)
{
	const struct dialogue_config *config = &d->pool->config;
	struct tally_entry *e =
		entry_of(d, &d->place.client, 32, 128, KEY_OUTBOUND);
	uint32_t limit = limit_of(&config->outbound, what);
	uint32_t sum = tally_rate(e, what, n, now_s(d));

	if (is_too_much(sum, n, limit))
		warn_of(d, SIGN_OUTBOUND_SPIKE, 2,
			"more than %u %s a minute sent out", limit,
			rate_names[what]);
}

static void charge(struct dialogue *d, enum tally_rate what, uint32_t n)
{
	const struct dialogue_config *config = &d->pool->config;
	uint32_t limit = limit_of(&config->source, what), now = now_s(d), sum;

	if (n == 0)
		return;
	if (d->outbound) {
		charge_outbound(d, what, n);
		return;
	}
	if (!is_outsider(d))
		return;
	sum = tally_rate(source_of(d), what, n, now);
	if (is_too_much(sum, n, limit)) {
		blame(d, SIGN_FLOOD, 2, "more than %u %s a minute", limit,
		      rate_names[what]);
		return;
	}
	limit = limit_of(&config->subnet, what);
	sum = tally_rate(subnet_of(d), what, n, now);
	/* Of a subnet each of its hosts is told: together they are too many. */
	if (limit && sum > limit)
		blame_once(d, SIGN_FLOOD, 3,
			   "more than %u %s a minute from its subnet", limit,
			   rate_names[what]);
}

/* One event for a connection, however many lists name its source. */
static void judge_listed(struct dialogue *d)
{
	const struct mail *mail = d->place.config ? &d->place.config->mail
						  : NULL;
	const char *slash;

	for (uint8_t i = 0; mail && i < mail->list_count; i++) {
		if (!prefixset_overlap(&mail->listed[i], &d->place.client))
			continue;
		slash = strrchr(mail->lists[i], '/');
		blame(d, SIGN_LISTED, 2, "on the block list %s",
		      slash ? slash + 1 : mail->lists[i]);
		return;
	}
}

void judge_connection(struct dialogue *d)
{
	if (is_outsider(d))
		judge_listed(d);
	charge(d, TALLY_CONNECTIONS, 1);
	if (d->outbound && d->place.target_port == 25 && d->place.config &&
	    config_server_of(d->place.config, &d->place.client) < 0)
		warn_seldom(d, SIGN_UNDECLARED_SENDER, 1,
			    tally_key_prefix(&d->pool->tally, &d->place.client,
					     KEY_OUTBOUND),
			    "a host inside that is no mail server sends mail");
}

/* What was let pass as a mistake counts once it has become a habit: how often
 * to blame a source now that its COUNT has passed the limit. */
static unsigned int due(struct tally_entry *e, enum tally_count what)
{
	uint16_t bit = (uint16_t)(1u << what);
	unsigned int count = e->counts[what] < DUE_MAX ? e->counts[what]
						       : DUE_MAX;

	if (e->told & bit)
		return 1;
	e->told |= bit;
	return count;
}

/* Enough of them, and more of them than of the good ones. */
static bool is_harvest(const struct tally_entry *e, uint32_t least)
{
	return least && e->counts[TALLY_REFUSED] >= least &&
	       e->counts[TALLY_REFUSED] > e->counts[TALLY_ACCEPTED];
}

static void blame_harvest(struct dialogue *d, struct tally_entry *source,
			  const struct tally_entry *counted, const char *whose)
{
	uint32_t refused = counted->counts[TALLY_REFUSED];
	uint32_t all = refused + counted->counts[TALLY_ACCEPTED];

	for (unsigned int n = due(source, TALLY_REFUSED); n > 0; n--)
		blame(d, SIGN_RECIPIENT_HARVEST, 2,
		      "%u of %u recipients%s are unknown", refused, all, whose);
}

void judge_recipient(struct dialogue *d, bool refused)
{
	const struct dialogue_config *config = &d->pool->config;
	enum tally_count count = refused ? TALLY_REFUSED : TALLY_ACCEPTED;
	struct tally_entry *source, subnet;

	charge(d, TALLY_RECIPIENTS, 1);
	if (!is_outsider(d))
		return;
	/* A copy: both may share a set, where one can push out the other. */
	tally_add(subnet_of(d), count);
	subnet = *subnet_of(d);
	source = source_of(d);
	tally_add(source, count);
	if (!refused)
		return;
	if (is_harvest(source, config->refused_source))
		blame_harvest(d, source, source, "");
	else if (is_harvest(&subnet, config->refused_subnet))
		blame_harvest(d, source, &subnet, " of its subnet");
}

void judge_probe(struct dialogue *d, const char *verb)
{
	uint32_t least = d->pool->config.probes;
	struct tally_entry *e;
	uint16_t count;

	if (!is_outsider(d))
		return;
	e = source_of(d);
	count = tally_add(e, TALLY_PROBES);
	if (!least || count < least)
		return;
	for (unsigned int n = due(e, TALLY_PROBES); n > 0; n--)
		blame(d, SIGN_USER_PROBE, 2, "%s, probe %u of this source",
		      verb, count);
}

void judge_relay(struct dialogue *d)
{
	uint32_t least = d->pool->config.relays;
	struct tally_entry *e;
	uint16_t count;

	if (!is_outsider(d))
		return;
	e = source_of(d);
	count = tally_add(e, TALLY_RELAYS);
	if (!least || count < least)
		return;
	for (unsigned int n = due(e, TALLY_RELAYS); n > 0; n--)
		blame(d, SIGN_RELAY_ATTEMPT, 2,
		      "recipient elsewhere, %u of this source", count);
}

/* Each target is counted too: how many notices one domain gets of us. */
static void judge_bounce_sent(struct dialogue *d)
{
	struct smtp *smtp = &d->smtp;
	struct tally *t = &d->pool->tally;
	struct tally_entry *e;
	uint16_t count;

	if (!smtp->report)
		return;
	e = tally_entry(t, tally_key(t, smtp->to_domain, 0, KEY_TARGET),
			now_s(d));
	count = tally_add(e, TALLY_BOUNCES);
	warn_of(d, SIGN_BOUNCE_SENT, 3,
		"non-delivery notice %s, %u to this domain",
		smtp->status[0] ? smtp->status : "without a status", count);
}

void judge_bounce(struct dialogue *d, bool refused)
{
	const struct dialogue_config *config = &d->pool->config;
	struct tally_entry *e;
	uint16_t source, subnet;
	const char *whose;

	if (d->outbound) {
		if (!refused)
			judge_bounce_sent(d);
		return;
	}
	if (!is_outsider(d))
		return;
	subnet = tally_add(subnet_of(d), TALLY_BOUNCES);
	e = source_of(d);
	source = tally_add(e, TALLY_BOUNCES);
	if (config->bounces_source && source >= config->bounces_source)
		whose = "this source";
	else if (config->bounces_subnet && subnet >= config->bounces_subnet)
		whose = "its subnet";
	else
		return;
	for (unsigned int n = due(e, TALLY_BOUNCES); n > 0; n--)
		blame(d, SIGN_BACKSCATTER, 2,
		      "%u mails without a sender from"
		      " %s",
		      *whose == 't' ? source : subnet, whose);
}

/* RFC 3834: automatic replies say so, have no sender, and come once. */
static void judge_auto_reply(struct dialogue *d)
{
	const struct smtp *smtp = &d->smtp;
	struct tally *t = &d->pool->tally;
	struct tally_entry *e;

	if (!smtp->auto_submitted && !smtp->auto_marked)
		return;
	if (!smtp->auto_submitted)
		warn_of(d, SIGN_AUTO_REPLY, 3,
			"automatic reply without Auto-Submitted");
	else if (!smtp->null_sender)
		warn_of(d, SIGN_AUTO_REPLY, 3,
			"automatic reply with a sender, which may loop");
	e = tally_entry(t, tally_key(t, smtp->to_hash, 0, KEY_ANSWERED),
			now_s(d));
	if (tally_add(e, TALLY_OTHER) > 1)
		warn_of(d, SIGN_AUTO_REPLY, 2,
			"automatic reply %u to the same recipient",
			e->counts[TALLY_OTHER]);
}

static void judge_outbound_sender(struct dialogue *d)
{
	const struct smtp *smtp = &d->smtp;
	uint64_t key =
		tally_key_prefix(&d->pool->tally, &d->place.client, KEY_SERVER);

	if (!pool_knows_own(d->pool))
		return;
	if (!smtp->sender_own && !smtp->null_sender)
		warn_seldom(d, SIGN_FOREIGN_SENDER, 2, key,
			    "sent out with an envelope sender that is not"
			    " ours");
	else if (smtp->header_foreign && !smtp->header_own)
		warn_seldom(d, SIGN_FOREIGN_SENDER, 3, key + 1,
			    "sent out with From, Sender or Reply-To that is"
			    " not ours");
}

void judge_mail(struct dialogue *d)
{
	const struct smtp *smtp = &d->smtp;

	charge(d, TALLY_MAILS, 1);
	if (smtp->null_sender)
		judge_bounce(d, false);
	if (d->outbound) {
		judge_auto_reply(d);
		judge_outbound_sender(d);
	} else if (is_outsider(d) && !smtp->authenticated &&
		   !smtp->sender_own && smtp->header_own) {
		blame_once(d, SIGN_SENDER_SPOOF, 3,
			   "header with our domain from outside");
	}
}

void judge_failure(struct dialogue *d)
{
	struct tally *t = &d->pool->tally;
	const struct login *login = &d->login;
	struct prefix source = d->place.client;
	unsigned int sources;
	struct tally_entry *e;
	uint16_t count;

	blame(d, SIGN_AUTH_FAILURE, 2, "login refused%s%s",
	      login->name[0] ? ", account " : "", login->name);
	if (!login->account || !is_outsider(d))
		return;
	source =
		prefix_truncate(&source, source.family == PREFIX_IP4 ? 32 : 64);
	e = tally_entry(t, tally_key(t, login->account, 0, KEY_ACCOUNT),
			now_s(d));
	count = tally_add(e, TALLY_FAILURES);
	sources = tally_source(e, (uint32_t)prefix_hash(&source, t->seed));
	if (d->pool->config.account_sources &&
	    sources >= d->pool->config.account_sources)
		blame(d, SIGN_DISTRIBUTED_GUESS, 2,
		      "%u failures on one account from many sources%s%s", count,
		      login->name[0] ? ": " : "", login->name);
}

void judge_short(struct dialogue *d)
{
	uint32_t limit = d->pool->config.short_sessions, sum;

	if (!is_outsider(d) || limit == 0)
		return;
	sum = tally_rate(source_of(d), TALLY_SHORT, 1, now_s(d));
	if (sum > limit)
		doubt(d, SIGN_ENCRYPTED_GUESS, 3,
		      "%u short encrypted sessions in a minute", sum);
}

void judge_patron(struct dialogue *d, bool encrypted)
{
	const struct dialogue_pool *pool = d->pool;

	if (pool->config.patron && !d->outbound && is_outsider(d) && !d->blamed)
		pool->config.patron(pool->arg, &d->place.client, encrypted,
				    d->now_ns);
}

void judge_delays(struct dialogue *d, unsigned int count)
{
	uint32_t least = d->pool->config.delayed_replies;

	if (is_outsider(d) && least && count >= least)
		doubt(d, SIGN_ENCRYPTED_GUESS, 2,
		      "%u replies inside TLS come as late as refusals do",
		      count);
}

void judge_bytes(struct dialogue *d, uint64_t bytes)
{
	uint64_t kilobytes = bytes / 1024;

	charge(d, TALLY_KILOBYTES,
	       kilobytes > UINT32_MAX ? UINT32_MAX : (uint32_t)kilobytes);
}

/* Once a server has offered STARTTLS, its absence is somebody's doing. */
void judge_starttls(struct dialogue *d, bool offered)
{
	struct tally *t = &d->pool->tally;
	uint64_t key = tally_key_prefix(t, &d->place.target, KEY_SERVER);
	struct tally_entry *e;

	key = tally_key(t, key, d->place.target_port, KEY_SERVER);
	e = tally_entry(t, key, now_s(d));
	if (offered) {
		tally_add(e, TALLY_OTHER);
		return;
	}
	if (e->counts[TALLY_OTHER] >= 3)
		warn_seldom(d, SIGN_STARTTLS_STRIPPED, 1, key,
			    "the server offered STARTTLS before, and now does"
			    " not");
}

static struct tally_entry *local_of(struct dialogue *d, uint64_t local)
{
	struct tally *t = &d->pool->tally;

	return tally_entry(t, tally_key(t, local, 0, KEY_LOCAL), now_s(d));
}

void judge_local_seen(struct dialogue *d, uint64_t local)
{
	tally_add(local_of(d, local), TALLY_ACCEPTED);
}

bool judge_local_known(struct dialogue *d, uint64_t local)
{
	return local_of(d, local)->counts[TALLY_ACCEPTED] > 0;
}

/* Exim's PIPECONNECT: who was offered it may speak early the next time. */
void judge_early_offered(struct dialogue *d)
{
	source_of(d)->may_be_early = true;
}

bool judge_may_be_early(struct dialogue *d)
{
	return source_of(d)->may_be_early;
}
