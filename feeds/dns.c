/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns: c-ares' sockets and timeouts as watchers; its parsers behind ours.
 */
#include "feeds/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <ev.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKETS_MAX 8
#define TIMEOUT_MS  3000
#define TRIES	    2
#define ADDRESSES   32

struct dns {
	struct ev_loop *loop;
	ares_channel channel;
	ev_io sockets[SOCKETS_MAX];
	ev_timer timeout; /* of c-ares */
};

/* One that was asked. */
struct question {
	dns_hear hear;
	void *ctx;
};

/* Until the next question has waited for long enough; none: for nothing.  What
 * ares_timeout(3) writes to is not always what it returns. */
static void set_timeout(struct dns *dns)
{
	struct timeval buf;
	const struct timeval *wait = ares_timeout(dns->channel, NULL, &buf);

	ev_timer_stop(dns->loop, &dns->timeout);
	if (!wait)
		return;
	ev_timer_set(&dns->timeout,
		     (double)wait->tv_sec + (double)wait->tv_usec / 1e6, 0.);
	ev_timer_start(dns->loop, &dns->timeout);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int events)
{
	struct dns *dns = io->data;

	(void)loop;
	ares_process_fd(dns->channel,
			events & EV_READ ? io->fd : ARES_SOCKET_BAD,
			events & EV_WRITE ? io->fd : ARES_SOCKET_BAD);
}

static void on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns *dns = timer->data;

	(void)loop;
	(void)events;
	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	set_timeout(dns);
}

static ev_io *io_of(struct dns *dns, int fd)
{
	for (unsigned int i = 0; i < SOCKETS_MAX; i++) {
		if (ev_is_active(&dns->sockets[i]) && dns->sockets[i].fd == fd)
			return &dns->sockets[i];
	}
	for (unsigned int i = 0; i < SOCKETS_MAX; i++) {
		if (!ev_is_active(&dns->sockets[i]))
			return &dns->sockets[i];
	}
	return NULL;
}

static void on_state(void *ctx, int fd, int readable, int writable)
{
	struct dns *dns = ctx;
	ev_io *io = io_of(dns, fd);

	if (!io)
		return; /* its question times out */
	ev_io_stop(dns->loop, io);
	if (!readable && !writable)
		return;
	ev_io_init(io, on_socket, fd,
		   (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
	io->data = dns;
	ev_io_start(dns->loop, io);
}

/* Who was configured, and no other. */
static int use_resolvers(struct dns *dns, const struct shared *shared)
{
	char list[4 * (PREFIX_TEXT_SIZE + 10)] = "";
	char text[PREFIX_TEXT_SIZE];
	size_t used = 0;

	for (uint8_t i = 0; i < shared->resolver_count; i++) {
		const struct prefix *p = &shared->resolvers[i];
		bool is6 = p->family == PREFIX_IP6;

		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s%s%s:%u", used ? "," : "",
					 is6 ? "[" : "", prefix_format(p, text),
					 is6 ? "]" : "", shared->resolver_port);
	}
	return used ? ares_set_servers_ports_csv(dns->channel, list)
		    : ARES_SUCCESS;
}

static int open_channel(struct dns *dns, const struct shared *shared)
{
	struct ares_options options = {
		.timeout = TIMEOUT_MS,
		.tries = TRIES,
		.sock_state_cb = on_state,
		.sock_state_cb_data = dns,
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
	};
	int err = ares_library_init(ARES_LIB_INIT_ALL);

	if (!err)
		err = ares_init_options(&dns->channel, &options,
					ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
						ARES_OPT_SOCK_STATE_CB |
						ARES_OPT_FLAGS);
	return err ? err : use_resolvers(dns, shared);
}

int dns_new(struct dns **out, struct ev_loop *loop, const struct shared *shared)
{
	struct dns *dns = calloc(1, sizeof(*dns));
	int err;

	if (!dns)
		return ARES_ENOMEM;
	dns->loop = loop;
	ev_timer_init(&dns->timeout, on_timeout, 0., 0.);
	dns->timeout.data = dns;
	for (unsigned int i = 0; i < SOCKETS_MAX; i++)
		ev_init(&dns->sockets[i], on_socket);
	err = open_channel(dns, shared);
	if (err) {
		dns_free(dns);
		return err;
	}
	*out = dns;
	return 0;
}

const char *dns_error(int err)
{
	return ares_strerror(err);
}

void dns_free(struct dns *dns)
{
	if (!dns)
		return;
	if (dns->channel)
		ares_destroy(dns->channel);
	ev_timer_stop(dns->loop, &dns->timeout);
	free(dns);
}

static void on_answer(void *ctx, int status, int timeouts, unsigned char *data,
		      int len)
{
	struct question *question = ctx;
	const struct dns_answer answer = {
		.ok = status == ARES_SUCCESS || status == ARES_ENODATA ||
		      status == ARES_ENOTFOUND,
		.data = status == ARES_SUCCESS ? data : NULL,
		.len = len,
	};

	(void)timeouts;
	if (status != ARES_EDESTRUCTION)
		question->hear(question->ctx, &answer);
	free(question);
}

void dns_ask(struct dns *dns, const char *name, enum dns_type type,
	     dns_hear hear, void *ctx)
{
	struct question *question = malloc(sizeof(*question));
	const struct dns_answer lost = { .ok = false };

	if (!question) {
		hear(ctx, &lost);
		return;
	}
	*question = (struct question){ hear, ctx };
	ares_query(dns->channel, name, 1, (int)type, on_answer, question);
	set_timeout(dns);
}

/* The answers, by type */

void dns_texts(const struct dns_answer *answer,
	       void (*take)(void *ctx, const char *text, size_t len), void *ctx)
{
	struct ares_txt_ext *list = NULL;
	char text[4096];
	size_t used = 0;

	if (!answer->data || ares_parse_txt_reply_ext(answer->data, answer->len,
						      &list) != ARES_SUCCESS)
		return;
	/* A record comes in strings of up to 255 bytes: they are one text. */
	for (const struct ares_txt_ext *t = list; t; t = t->next) {
		if (t->record_start && used) {
			take(ctx, text, used);
			used = 0;
		}
		if (t->length <= sizeof(text) - used) {
			memcpy(text + used, t->txt, t->length);
			used += t->length;
		}
	}
	if (used)
		take(ctx, text, used);
	ares_free_data(list);
}

void dns_addresses(const struct dns_answer *answer, enum dns_type type,
		   void (*take)(void *ctx, const struct prefix *address),
		   void *ctx)
{
	struct ares_addrttl four[ADDRESSES];
	struct ares_addr6ttl six[ADDRESSES];
	int count = ADDRESSES, err;
	struct prefix p;

	if (!answer->data)
		return;
	err = type == DNS_AAAA
		      ? ares_parse_aaaa_reply(answer->data, answer->len, NULL,
					      six, &count)
		      : ares_parse_a_reply(answer->data, answer->len, NULL,
					   four, &count);
	for (int i = 0; err == ARES_SUCCESS && i < count; i++) {
		const void *bytes = type == DNS_AAAA
					    ? (const void *)&six[i].ip6addr
					    : (const void *)&four[i].ipaddr;
		uint8_t family = type == DNS_AAAA ? PREFIX_IP6 : PREFIX_IP4;

		if (!prefix_make(&p, family, bytes, prefix_bits(family)))
			take(ctx, &p);
	}
}

static void take_exchanges(const struct dns_answer *answer, unsigned int most,
			   void (*take)(void *ctx, const char *name), void *ctx)
{
	struct ares_mx_reply *list = NULL;
	unsigned int count = 0;

	if (ares_parse_mx_reply(answer->data, answer->len, &list) !=
	    ARES_SUCCESS)
		return;
	for (const struct ares_mx_reply *m = list; m && count < most;
	     m = m->next, count++)
		take(ctx, m->host);
	ares_free_data(list);
}

static void take_pointers(const struct dns_answer *answer, unsigned int most,
			  void (*take)(void *ctx, const char *name), void *ctx)
{
	const struct in_addr any = { 0 }; /* it is only repeated to us */
	struct hostent *host = NULL;

	if (ares_parse_ptr_reply(answer->data, answer->len, &any, sizeof(any),
				 AF_INET, &host) != ARES_SUCCESS)
		return;
	for (unsigned int i = 0; i < most && host->h_aliases[i]; i++)
		take(ctx, host->h_aliases[i]);
	ares_free_hostent(host);
}

void dns_hosts(const struct dns_answer *answer, enum dns_type type,
	       unsigned int most, void (*take)(void *ctx, const char *name),
	       void *ctx)
{
	if (!answer->data)
		return;
	if (type == DNS_PTR)
		take_pointers(answer, most, take, ctx);
	else
		take_exchanges(answer, most, take, ctx);
}
