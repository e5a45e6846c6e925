/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-resolve: asks for the SPF records of shared senders, in the
 * background, and says which networks they send from; and for the names of
 * addresses, where postern-ctl wants to know one.
 *
 * Of a record one question at a time.  What cannot be asked keeps its last good
 * answer, also over the death of this program; what is not sound is said, and
 * keeps it, too.
 */
#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/core/wire.h"
#include "feeds/dns.h"
#include "feeds/naming.h"
#include "feeds/senders.h"
#include "feeds/spf.h"

/* After a first round in which something failed. */
#define AGAIN_S 60.
/* Networks of all domains together. */
#define SHARED_MAX 60000u

struct life {
	struct ev_loop *loop;
	const struct shared *shared;
	struct hello hello;
	struct wire *ctl;
	struct dns *dns;
	struct naming *naming;
	ev_timer round; /* when the next one begins */
	ev_prepare turn_end;
	ev_signal term;
	struct spf spf;
	uint8_t domain; /* that is being asked about */
	bool failed; /* one of this round */
	char folder[512]; /* where the answers are kept */
	struct senders senders; /* the last good answers */
};

static void ask_next(struct life *l);

/* Say all that is known.  As long as that is nothing at all, postern-ctl may
 * know more, from a life before this one. */
static void say_all(struct life *l)
{
	const struct observed end = { { 0 } };
	unsigned int answered = 0;
	size_t said = 0;

	for (uint8_t i = 0; i < l->shared->domain_count; i++) {
		const struct prefixset *good = &l->senders.good[i];

		answered += l->senders.answered_s[i] > 0;
		for (size_t n = 0; n < good->count; n++) {
			const struct observed row = { good->items[n] };

			if (said++ < SHARED_MAX)
				wire_put(l->ctl, MSG_OBSERVED, &row);
		}
	}
	if (answered > 0 || l->shared->domain_count == 0)
		wire_put(l->ctl, MSG_OBSERVED, &end);
}

static void complain(struct life *l, const char *what, const char *then)
{
	struct probe probe = { .verdict = PROBE_WARN };

	snprintf(probe.name, sizeof(probe.name), "shared");
	snprintf(probe.detail, sizeof(probe.detail), "SPF of %.100s: %s; %s",
		 l->shared->domains[l->domain], what, then);
	log_warning("%s", probe.detail);
	wire_put(l->ctl, MSG_PROBE, &probe);
}

/* What of the domain that is being asked about is in force instead. */
static const char *tell_kept(const struct life *l, char buf[64])
{
	uint64_t answered_s = l->senders.answered_s[l->domain];
	char when[CLOCK_TEXT_SIZE];

	if (!answered_s)
		return "nobody is spared for it yet";
	clock_format(answered_s * CLOCK_NS_PER_S, when);
	snprintf(buf, 64, "its answer of %.10s stays", when);
	return buf;
}

/* What is in memory counts, kept or not. */
static void keep(struct life *l)
{
	int err = senders_save(&l->senders, l->folder);

	if (err)
		log_error("cannot keep the answers in %s: %s", l->folder,
			  strerror(-err));
}

static void take_up(struct life *l)
{
	int err = senders_load(&l->senders, l->folder);

	if (err && err != -ENOENT)
		log_error("cannot read the answers that %s keeps: %s; they are "
			  "asked for anew",
			  l->folder,
			  err == -EBADMSG ? "a line says nothing"
					  : strerror(-err));
}

static void begin_domain(struct life *l)
{
	spf_init(&l->spf, l->shared->domains[l->domain], l->shared->widest4,
		 l->shared->widest6);
	ask_next(l);
}

static void begin_round(struct life *l)
{
	l->domain = 0;
	l->failed = false;
	begin_domain(l);
}

static void end_round(struct life *l)
{
	double wait_s = l->failed && l->shared->every_s > AGAIN_S
				? AGAIN_S
				: (double)l->shared->every_s;

	ev_timer_stop(l->loop, &l->round);
	ev_timer_set(&l->round, wait_s, 0.);
	ev_timer_start(l->loop, &l->round);
}

static void end_domain(struct life *l)
{
	char kept[64];

	if (l->spf.fault == SPF_SOUND) {
		prefixset_seal(&l->spf.found);
		/* The others may be silent for long. */
		if (senders_take(&l->senders, l->domain, &l->spf.found,
				 clock_calendar_ns() / CLOCK_NS_PER_S))
			say_all(l);
		keep(l);
		if (l->spf.too_wide)
			complain(l, "it names networks that are too wide",
				 "they are left out");
	} else {
		l->failed = true;
		complain(l, spf_fault_name(l->spf.fault), tell_kept(l, kept));
	}
	spf_fini(&l->spf);
	l->domain++;
	if (l->domain < l->shared->domain_count)
		begin_domain(l);
	else
		end_round(l);
}

/* What was answered */

static void take_text(void *ctx, const char *text, size_t len)
{
	spf_take_text(ctx, text, len);
}

static void take_address(void *ctx, const struct prefix *address)
{
	spf_take_address(ctx, address);
}

static void take_host(void *ctx, const char *name)
{
	spf_take_host(ctx, name);
}

static void on_answer(void *ctx, const struct dns_answer *answer)
{
	struct life *l = ctx;
	const struct spf_question *q = spf_question(&l->spf);

	if (q && q->type == SPF_TXT)
		dns_texts(answer, take_text, &l->spf);
	else if (q && q->type == SPF_MX)
		dns_hosts(answer, DNS_MX, SPF_HOSTS_MAX, take_host, &l->spf);
	else if (q)
		dns_addresses(answer, q->type == SPF_AAAA ? DNS_AAAA : DNS_A,
			      take_address, &l->spf);
	spf_answered(&l->spf, answer->ok);
	/* Not from within an answer: a round may begin anew at once. */
	ev_feed_event(l->loop, &l->turn_end, EV_CUSTOM);
}

static void ask_next(struct life *l)
{
	static const enum dns_type types[] = {
		[SPF_TXT] = DNS_TXT,
		[SPF_A] = DNS_A,
		[SPF_AAAA] = DNS_AAAA,
		[SPF_MX] = DNS_MX,
	};
	const struct spf_question *q = spf_question(&l->spf);

	if (q)
		dns_ask(l->dns, q->name, types[q->type], on_answer, l);
	else
		end_domain(l);
}

static void say_named(void *ctx, const struct named *answer)
{
	struct life *l = ctx;

	wire_put(l->ctl, MSG_NAMED, answer);
}

/* The rest of the program */

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct life *l = ctx;

	if (kind == MSG_NAMED) {
		naming_ask(l->naming, &row->named.host, ev_now(l->loop));
		return 0;
	}
	if (kind != MSG_HELLO || row->hello.role != ROLE_CTL)
		return -EBADMSG;
	/* A new life of postern-ctl knows nothing. */
	if (row->hello.epoch != l->hello.answers) {
		l->hello.answers = row->hello.epoch;
		l->hello.turn++;
		wire_put(l->ctl, MSG_HELLO, &l->hello);
		say_all(l);
	}
	return 0;
}

static void on_broken(void *ctx, int err)
{
	(void)ctx;
	log_error("the wire to postern-ctl broke: %s", strerror(-err));
	exit(1);
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct life *l = prepare->data;

	(void)loop;
	if (events & EV_CUSTOM)
		ask_next(l);
	wire_flush(l->ctl);
}

static void on_round(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	begin_round(timer->data);
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)signal;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void start_watchers(struct life *l)
{
	ev_signal_init(&l->term, on_term, SIGTERM);
	ev_timer_init(&l->round, on_round, 0., 0.);
	ev_prepare_init(&l->turn_end, on_turn_end);
	l->round.data = l;
	l->turn_end.data = l;
	ev_signal_start(l->loop, &l->term);
	ev_prepare_start(l->loop, &l->turn_end);
}

static int run(const struct program *program)
{
	static const struct wire_ops ops = { .hear = hear,
					     .broken = on_broken };
	static struct life l;
	int err;

	l.shared = &program->config->shared;
	senders_folder(l.folder, program->config->state);
	senders_init(&l.senders, l.shared);
	take_up(&l);
	l.hello = program_hello(program);
	l.loop = ev_default_loop(EVFLAG_AUTO);
	if (!l.loop || wire_new(&l.ctl, l.loop, ROLE_FD_CTL, ROLE_RESOLVE,
				ROLE_CTL, &ops, &l)) {
		log_error("no memory");
		return 1;
	}
	start_watchers(&l);
	err = dns_new(&l.dns, l.loop, l.shared);
	if (!err)
		l.naming = naming_new(l.dns, say_named, &l);
	if (err || !l.naming) {
		log_error("cannot ask for names: %s",
			  err ? dns_error(err) : "no memory");
		return 1;
	}
	l.hello.turn = 1;
	wire_put(l.ctl, MSG_HELLO, &l.hello);
	if (l.shared->domain_count > 0)
		begin_round(&l);
	ev_run(l.loop, 0);
	dns_free(l.dns);
	naming_free(l.naming);
	wire_free(l.ctl);
	senders_fini(&l.senders);
	return 0;
}

int main(int argc, char **argv)
{
	struct program program;
	char folder[512];
	int status;

	program_start(&program, ROLE_RESOLVE, argc, argv);
	confine(&(struct confine){
		.role = ROLE_RESOLVE,
		.gid = -1,
		.dir = senders_folder(folder, program.config->state),
		.keeps_to_dir = true,
		.speaks = true, /* long answers come that way */
	});
	status = run(&program);
	config_free(program.config);
	return status;
}
