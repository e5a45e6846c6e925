/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clients: connections, their turns and their deadlines.
 */
#include "ctl/daemon/clients.h"

#include <errno.h>
#include <ev.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/client.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/journal.h"
#include "ctl/daemon/verbs.h"

#define CLIENTS_MAX 64
/* Of them, for root alone: others cannot keep him out. */
#define CLIENTS_ROOT 8
#define GROUPS_MAX   1024

/* How long a connection may say nothing, and how long an answer may take. */
#define IDLE_S	 30.0
#define ANSWER_S 10.0
/* postern-nft answers a question within this, or is not there. */
#define NFT_S 2.0
/* Name servers have answered by now, or are not there. */
#define NAMES_S 8.0

struct slot {
	struct client client;
	ev_timer timer;
};

struct clients {
	struct daemon *daemon;
	ev_io listening;
	struct slot slots[CLIENTS_MAX];
	unsigned int used;
	uint64_t tag;
};

static struct slot *slot_of(struct client *client)
{
	return (struct slot *)client;
}

static void set_deadline(struct client *client, double seconds)
{
	struct slot *slot = slot_of(client);

	ev_timer_stop(client->daemon->loop, &slot->timer);
	if (seconds <= 0)
		return;
	ev_timer_set(&slot->timer, seconds, 0.);
	ev_timer_start(client->daemon->loop, &slot->timer);
}

static void finish(struct client *client)
{
	wire_put(client->wire, MSG_ANSWER, &client->answer);
	client->busy = false;
	client->wants_nft = false;
	client->wants_reload = false;
	client->wants_names = false;
	client->wants_settled = false;
	client->listing = false;
	wire_pause(client->wire, false);
	set_deadline(client, IDLE_S);
}

__attribute__((format(printf, 3, 0))) static void
prepare_answer(struct client *client, enum answer_code code, const char *format,
	       va_list args)
{
	client->answer.code = (uint8_t)code;
	vsnprintf(client->answer.text, sizeof(client->answer.text), format,
		  args);
}

void client_answer(struct client *client, enum answer_code code,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	prepare_answer(client, code, format, args);
	va_end(args);
	finish(client);
}

void client_answer_settled(struct client *client, uint64_t act_id,
			   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	prepare_answer(client, ANSWER_DONE, format, args);
	va_end(args);
	client->act_id = act_id;
	client->seq = enforce_seq(client->daemon->enforce);
	client->wants_settled = true;
	set_deadline(client, ANSWER_S);
}

bool client_ask_nft(struct client *client, enum msg_kind kind,
		    const struct prefix *address)
{
	struct lookup lookup = { .tag = ++client->clients->tag };

	if (!client->daemon->nft_live)
		return false;
	if (address)
		lookup.address = *address;
	client->tag = lookup.tag;
	client->wants_nft = true;
	wire_put(client->daemon->nft, kind, &lookup);
	set_deadline(client, NFT_S);
	return true;
}

void client_wait_names(struct client *client)
{
	client->wants_names = true;
	set_deadline(client, NAMES_S);
}

/* Was the act written, and carried out? */
static void check_settled(struct client *client)
{
	const struct daemon *d = client->daemon;

	if (client->act_id && journal_kept_id(d->journal) < client->act_id)
		return;
	if (enforce_done_seq(d->enforce) < client->seq ||
	    !enforce_is_settled(d->enforce))
		return;
	finish(client);
}

static const char *why_not_kept(const struct daemon *d)
{
	return d->journal_state.error ? strerror(d->journal_state.error)
				      : "postern-records does not answer";
}

/* What the kernel does comes first: it is what the user asked for. */
static void answer_late(struct client *client)
{
	const struct daemon *d = client->daemon;
	bool kept = !client->act_id ||
		    journal_kept_id(d->journal) >= client->act_id;

	if (enforce_is_settled(d->enforce) &&
	    enforce_done_seq(d->enforce) >= client->seq)
		client_answer(client, ANSWER_FAILED,
			      "in force, but not on disk: %s; it may be lost "
			      "at a crash",
			      why_not_kept(d));
	else if (kept)
		client_answer(client, ANSWER_FAILED,
			      "recorded, but not in the kernel yet: "
			      "postern-nft does not answer; `postern doctor` "
			      "says more");
	else
		client_answer(client, ANSWER_FAILED,
			      "neither in the kernel (postern-nft does not "
			      "answer) nor on disk (%s) yet; `postern doctor` "
			      "says more",
			      why_not_kept(d));
}

/* It runs, and yet says nothing: hung, or busy for too long. */
static void finish_unheard(struct client *client)
{
	client->unheard = true;
	verbs_finish(client);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct slot *slot = timer->data;
	struct client *client = &slot->client;

	(void)loop;
	(void)events;
	if (!client->busy)
		client->dead = true;
	else if (client->wants_nft)
		finish_unheard(client);
	else if (client->wants_names)
		verbs_finish(client);
	else if (client->wants_settled)
		answer_late(client);
	else if (client->wants_reload)
		client_answer(client, ANSWER_FAILED,
			      "posternd does not answer");
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct client *client = ctx;

	if (kind != MSG_ASK)
		return -EBADMSG;
	/* One request at a time: the next waits in the socket. */
	wire_pause(client->wire, true);
	client->busy = true;
	client->unheard = false;
	client->ask = row->ask;
	client->answer = (struct answer){ 0 };
	client->first_seq = enforce_seq(client->daemon->enforce);
	set_deadline(client, 0);
	verbs_begin(client);
	return 0;
}

static void on_broken(void *ctx, int err)
{
	struct client *client = ctx;

	if (err == -EBADMSG)
		log_warning("client %u of uid %u sent what is no request; "
			    "hung up",
			    client->pid, client->uid);
	client->dead = true;
}

static bool is_in_group(int fd, gid_t wanted)
{
	gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(groups[0]); i++) {
		if (groups[i] == wanted)
			return true;
	}
	return false;
}

/* Root, or one of the group: as the socket's mode says, but asked again. */
static bool may_connect(const struct daemon *d, int fd, struct ucred *peer)
{
	socklen_t len = sizeof(*peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &len) < 0)
		return false;
	return peer->uid == 0 || peer->gid == d->config->control.gid ||
	       is_in_group(fd, d->config->control.gid);
}

static struct slot *free_slot(struct clients *c)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (!c->slots[i].client.wire)
			return &c->slots[i];
	}
	return NULL;
}

static int take_client(struct clients *c, int fd)
{
	static const struct wire_ops ops = { .hear = hear,
					     .broken = on_broken };
	struct slot *slot = free_slot(c);
	struct ucred peer;
	int err;

	if (!may_connect(c->daemon, fd, &peer))
		return -EACCES;
	if (!slot || (peer.uid != 0 && c->used >= CLIENTS_MAX - CLIENTS_ROOT))
		return -EUSERS;
	slot->client = (struct client){
		.clients = c,
		.daemon = c->daemon,
		.fd = fd,
		.pid = (uint32_t)peer.pid,
		.uid = peer.uid,
	};
	err = wire_new(&slot->client.wire, c->daemon->loop, fd, ROLE_CTL,
		       ROLE_CLI, &ops, &slot->client);
	if (err) {
		slot->client.wire = NULL;
		return err;
	}
	c->used++;
	set_deadline(&slot->client, IDLE_S);
	return 0;
}

static void on_connection(struct ev_loop *loop, ev_io *io, int events)
{
	struct clients *c = io->data;
	int fd;

	(void)loop;
	(void)events;
	fd = accept4(ROLE_FD_CONTROL, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0 && take_client(c, fd))
		close(fd);
}

static void hang_up(struct clients *c, struct client *client)
{
	set_deadline(client, 0);
	wire_free(client->wire);
	close(client->fd);
	*client = (struct client){ 0 };
	c->used--;
}

struct clients *clients_new(struct daemon *d)
{
	struct clients *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->daemon = d;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		ev_init(&c->slots[i].timer, on_deadline);
		c->slots[i].timer.data = &c->slots[i];
	}
	ev_io_init(&c->listening, on_connection, ROLE_FD_CONTROL, EV_READ);
	c->listening.data = c;
	/* People come after events and orders. */
	ev_set_priority(&c->listening, -1);
	ev_io_start(d->loop, &c->listening);
	return c;
}

void clients_free(struct clients *c)
{
	if (!c)
		return;
	ev_io_stop(c->daemon->loop, &c->listening);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (!c->slots[i].client.wire)
			continue;
		wire_flush(c->slots[i].client.wire);
		hang_up(c, &c->slots[i].client);
	}
	free(c);
}

/* A watcher that does not read as fast as things happen is told how much it
 * was not shown; the records have it all. */
static void show_act(struct client *client, const struct act *act)
{
	const struct act gap = {
		.kind = ACT_GAP,
		.origin = ORIGIN_SYSTEM,
		.name = "watch",
		.reason = "not shown: this terminal is too slow",
		.count = client->missed,
		.time_ns = act->time_ns,
	};

	if (!wire_is_clear(client->wire)) {
		client->missed++;
		return;
	}
	if (client->missed)
		wire_put(client->wire, MSG_ACT, &gap);
	client->missed = 0;
	wire_put(client->wire, MSG_ACT, act);
}

void clients_show_act(struct clients *c, const struct act *act)
{
	for (size_t i = 0; c && c->used && i < CLIENTS_MAX; i++) {
		struct client *client = &c->slots[i].client;

		if (client->wire && client->watching && !client->dead)
			show_act(client, act);
	}
}

static struct client *client_of_tag(struct clients *c, uint64_t tag)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &c->slots[i].client;

		if (client->wire && client->wants_nft && client->tag == tag)
			return client;
	}
	return NULL;
}

void clients_hear_nft(struct clients *c, enum msg_kind kind,
		      const union msg_row *row)
{
	/* All answers begin with the tag. */
	uint64_t tag = kind == MSG_FOUND     ? row->found.tag
		       : kind == MSG_COUNTER ? row->counter.tag
					     : row->probe.tag;
	struct client *client = client_of_tag(c, tag);

	if (!client)
		return; /* it has gone, or waited too long */
	if (kind == MSG_FOUND)
		client->found = row->found;
	else if (kind == MSG_COUNTER && row->counter.name[0])
		wire_put(client->wire, MSG_COUNTER, &row->counter);
	else if (kind == MSG_PROBE && row->probe.name[0])
		wire_put(client->wire, MSG_PROBE, &row->probe);
	if (kind == MSG_FOUND ||
	    (kind == MSG_COUNTER && !row->counter.name[0]) ||
	    (kind == MSG_PROBE && !row->probe.name[0]))
		verbs_finish(client);
}

void clients_hear_refused(struct clients *c, uint64_t seq, const char *why)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &c->slots[i].client;

		if (client->wire && client->wants_settled &&
		    seq > client->first_seq && seq <= client->seq)
			client_answer(client, ANSWER_REFUSED, "not taken: %s",
				      why);
	}
}

void clients_hear_names(struct clients *c)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &c->slots[i].client;

		if (client->wire && client->wants_names && !client->dead)
			verbs_finish(client);
	}
}

void clients_hear_reload(struct clients *c)
{
	const struct reloaded *reload = &c->daemon->reload;

	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &c->slots[i].client;

		if (!client->wire || !client->wants_reload)
			continue;
		client_answer(client,
			      reload->taken ? ANSWER_DONE : ANSWER_FAILED, "%s",
			      reload->text);
	}
}

bool clients_turn(struct clients *c)
{
	bool more = false;

	for (size_t i = 0; c->used && i < CLIENTS_MAX; i++) {
		struct client *client = &c->slots[i].client;

		if (!client->wire)
			continue;
		if (client->listing && !client->dead)
			more |= verbs_list(client);
		if (client->wants_settled && !client->dead)
			check_settled(client);
		wire_flush(client->wire);
		if (client->dead)
			hang_up(c, client);
	}
	return more;
}
