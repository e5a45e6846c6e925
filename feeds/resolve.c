/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-resolve: asks for the SPF records of shared senders, in the
 * background, and says which networks they send from.
 *
 * One question at a time.  What cannot be asked keeps its last good answer;
 * what is not sound is said, and keeps it, too.
 */
#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/core/wire.h"
#include "feeds/spf.h"

#define SOCKETS_MAX 8
#define TIMEOUT_MS  3000
#define TRIES	    2
#define ADDRESSES   32
/* After a first round in which something failed. */
#define AGAIN_S 60.
/* Networks of all domains together. */
#define SHARED_MAX 60000u

struct life {
	struct ev_loop *loop;
	const struct shared *shared;
	struct hello hello;
	struct wire *ctl;
	ares_channel channel;
	ev_io sockets[SOCKETS_MAX];
	unsigned int socket_count;
	ev_timer timeout; /* of c-ares */
	ev_timer round; /* when the next one begins */
	ev_prepare turn_end;
	ev_signal term;
	struct spf spf;
	uint8_t domain; /* that is being asked about */
	bool failed; /* one of this round */
	struct prefixset good[CONFIG_SHARED_MAX]; /* the last good answers */
};

static void ask_next(struct life *l);

/* Say all that is known. */
static void say_all(struct life *l)
{
	const struct observed end = { { 0 } };
	size_t said = 0;

	for (uint8_t i = 0; i < l->shared->domain_count; i++) {
		for (size_t n = 0; n < l->good[i].count; n++) {
			const struct observed row = { l->good[i].items[n] };

			if (said++ < SHARED_MAX)
				wire_put(l->ctl, MSG_OBSERVED, &row);
		}
	}
	wire_put(l->ctl, MSG_OBSERVED, &end);
}

static void complain(struct life *l, const char *what)
{
	struct probe probe = { .verdict = PROBE_WARN };

	snprintf(probe.name, sizeof(probe.name), "shared");
	snprintf(probe.detail, sizeof(probe.detail),
		 "SPF of %.100s: %s; what was known stays",
		 l->shared->domains[l->domain], what);
	log_warning("%s", probe.detail);
	wire_put(l->ctl, MSG_PROBE, &probe);
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

	say_all(l);
	ev_timer_stop(l->loop, &l->round);
	ev_timer_set(&l->round, wait_s, 0.);
	ev_timer_start(l->loop, &l->round);
}

static void end_domain(struct life *l)
{
	struct prefixset *good = &l->good[l->domain];

	if (l->spf.fault == SPF_SOUND) {
		prefixset_fini(good);
		*good = l->spf.found;
		prefixset_seal(good);
		prefixset_init(&l->spf.found);
		if (l->spf.too_wide)
			complain(l, "it names networks that are too wide; "
				    "they are left out");
	} else {
		l->failed = true;
		complain(l, spf_fault_name(l->spf.fault));
	}
	spf_fini(&l->spf);
	l->domain++;
	if (l->domain < l->shared->domain_count)
		begin_domain(l);
	else
		end_round(l);
}

/* The answers, by type */

static void take_texts(struct life *l, const unsigned char *data, int len)
{
	struct ares_txt_ext *list = NULL;
	char text[4096];
	size_t used = 0;

	if (ares_parse_txt_reply_ext(data, len, &list) != ARES_SUCCESS)
		return;
	/* A record comes in strings of up to 255 bytes: they are one text. */
	for (const struct ares_txt_ext *t = list; t; t = t->next) {
		if (t->record_start && used) {
			spf_take_text(&l->spf, text, used);
			used = 0;
		}
		if (t->length <= sizeof(text) - used) {
			memcpy(text + used, t->txt, t->length);
			used += t->length;
		}
	}
	if (used)
		spf_take_text(&l->spf, text, used);
	ares_free_data(list);
}

static void take_addresses(struct life *l, const unsigned char *data, int len,
			   bool is6)
{
	struct ares_addrttl four[ADDRESSES];
	struct ares_addr6ttl six[ADDRESSES];
	int count = ADDRESSES, err;
	struct prefix p;

	err = is6 ? ares_parse_aaaa_reply(data, len, NULL, six, &count)
		  : ares_parse_a_reply(data, len, NULL, four, &count);
	for (int i = 0; err == ARES_SUCCESS && i < count; i++) {
		const void *bytes = is6 ? (const void *)&six[i].ip6addr
					: (const void *)&four[i].ipaddr;
		uint8_t family = is6 ? PREFIX_IP6 : PREFIX_IP4;

		if (!prefix_make(&p, family, bytes, prefix_bits(family)))
			spf_take_address(&l->spf, &p);
	}
}

static void take_hosts(struct life *l, const unsigned char *data, int len)
{
	struct ares_mx_reply *list = NULL;
	unsigned int count = 0;

	if (ares_parse_mx_reply(data, len, &list) != ARES_SUCCESS)
		return;
	for (const struct ares_mx_reply *m = list; m && count < SPF_HOSTS_MAX;
	     m = m->next, count++)
		spf_take_host(&l->spf, m->host);
	ares_free_data(list);
}

static void on_answer(void *ctx, int status, int timeouts, unsigned char *data,
		      int len)
{
	struct life *l = ctx;
	const struct spf_question *q;

	(void)timeouts;
	if (status == ARES_EDESTRUCTION)
		return;
	q = spf_question(&l->spf);
	if (q && status == ARES_SUCCESS) {
		if (q->type == SPF_TXT)
			take_texts(l, data, len);
		else if (q->type == SPF_MX)
			take_hosts(l, data, len);
		else
			take_addresses(l, data, len, q->type == SPF_AAAA);
	}
	spf_answered(&l->spf, status == ARES_SUCCESS ||
				      status == ARES_ENODATA ||
				      status == ARES_ENOTFOUND);
	/* Not from within c-ares: it is still at work. */
	ev_feed_event(l->loop, &l->turn_end, EV_CUSTOM);
}

static void ask_next(struct life *l)
{
	static const int types[] = {
		[SPF_TXT] = 16, [SPF_A] = 1, [SPF_AAAA] = 28, [SPF_MX] = 15
	};
	const struct spf_question *q = spf_question(&l->spf);

	if (q)
		ares_query(l->channel, q->name, 1, types[q->type], on_answer,
			   l);
	else
		end_domain(l);
}

/* c-ares on the loop */

static void set_timeout(struct life *l)
{
	struct timeval most = { .tv_sec = 1 }, wait;

	ares_timeout(l->channel, &most, &wait);
	ev_timer_stop(l->loop, &l->timeout);
	ev_timer_set(&l->timeout,
		     (double)wait.tv_sec + (double)wait.tv_usec / 1e6, 0.);
	ev_timer_start(l->loop, &l->timeout);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int events)
{
	struct life *l = io->data;

	(void)loop;
	ares_process_fd(l->channel, events & EV_READ ? io->fd : ARES_SOCKET_BAD,
			events & EV_WRITE ? io->fd : ARES_SOCKET_BAD);
}

static void on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct life *l = timer->data;

	(void)loop;
	(void)events;
	ares_process_fd(l->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	set_timeout(l);
}

static ev_io *io_of(struct life *l, int fd)
{
	for (unsigned int i = 0; i < SOCKETS_MAX; i++) {
		if (ev_is_active(&l->sockets[i]) && l->sockets[i].fd == fd)
			return &l->sockets[i];
	}
	for (unsigned int i = 0; i < SOCKETS_MAX; i++) {
		if (!ev_is_active(&l->sockets[i]))
			return &l->sockets[i];
	}
	return NULL;
}

static void on_state(void *ctx, int fd, int readable, int writable)
{
	struct life *l = ctx;
	ev_io *io = io_of(l, fd);

	if (!io)
		return; /* its question times out */
	ev_io_stop(l->loop, io);
	if (!readable && !writable)
		return;
	ev_io_init(io, on_socket, fd,
		   (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
	io->data = l;
	ev_io_start(l->loop, io);
}

/* Who was configured, and no other. */
static int use_resolvers(struct life *l)
{
	char list[4 * (PREFIX_TEXT_SIZE + 10)] = "";
	char text[PREFIX_TEXT_SIZE];
	size_t used = 0;

	for (uint8_t i = 0; i < l->shared->resolver_count; i++) {
		const struct prefix *p = &l->shared->resolvers[i];
		bool is6 = p->family == PREFIX_IP6;

		used += (size_t)snprintf(
			list + used, sizeof(list) - used, "%s%s%s%s:%u",
			used ? "," : "", is6 ? "[" : "", prefix_format(p, text),
			is6 ? "]" : "", l->shared->resolver_port);
	}
	return used ? ares_set_servers_ports_csv(l->channel, list)
		    : ARES_SUCCESS;
}

static int open_channel(struct life *l)
{
	struct ares_options options = {
		.timeout = TIMEOUT_MS,
		.tries = TRIES,
		.sock_state_cb = on_state,
		.sock_state_cb_data = l,
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
	};
	int err = ares_library_init(ARES_LIB_INIT_ALL);

	if (!err)
		err = ares_init_options(&l->channel, &options,
					ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
						ARES_OPT_SOCK_STATE_CB |
						ARES_OPT_FLAGS);
	return err ? err : use_resolvers(l);
}

/* The rest of the program */

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct life *l = ctx;

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
	ev_timer_init(&l->timeout, on_timeout, 0., 0.);
	ev_timer_init(&l->round, on_round, 0., 0.);
	ev_prepare_init(&l->turn_end, on_turn_end);
	l->timeout.data = l;
	l->round.data = l;
	l->turn_end.data = l;
	for (unsigned int i = 0; i < SOCKETS_MAX; i++)
		ev_init(&l->sockets[i], on_socket);
	ev_signal_start(l->loop, &l->term);
	ev_prepare_start(l->loop, &l->turn_end);
}

static int run(const struct program *program)
{
	static const struct wire_ops ops = { hear, on_broken };
	static struct life l;
	int err;

	l.shared = &program->config->shared;
	l.hello = program_hello(program);
	l.loop = ev_default_loop(EVFLAG_AUTO);
	if (!l.loop || wire_new(&l.ctl, l.loop, ROLE_FD_CTL, ROLE_RESOLVE,
				ROLE_CTL, &ops, &l)) {
		log_error("no memory");
		return 1;
	}
	start_watchers(&l);
	err = open_channel(&l);
	if (err) {
		log_error("cannot ask for names: %s", ares_strerror(err));
		return 1;
	}
	l.hello.turn = 1;
	wire_put(l.ctl, MSG_HELLO, &l.hello);
	set_timeout(&l);
	begin_round(&l);
	ev_run(l.loop, 0);
	ares_destroy(l.channel);
	wire_free(l.ctl);
	return 0;
}

int main(int argc, char **argv)
{
	struct program program;
	int status;

	program_start(&program, ROLE_RESOLVE, argc, argv);
	confine(&(struct confine){ .role = ROLE_RESOLVE, .gid = -1 });
	status = run(&program);
	config_free(program.config);
	return status;
}
