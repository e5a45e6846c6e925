/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * socket: its descriptors stand in an epoll(7) of their own, edge-triggered,
 * so that it is one descriptor for its driver, and quiet while nobody reads.
 */
#include "feeds/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "feeds/roster.h"

/* Datagrams, or connections, taken in a row. */
#define BATCH 64

/* One who writes: a connection, or all senders of datagrams. */
struct peer {
	int fd; /* -1: a free place */
	bool ready;
	struct line line;
};

struct socket {
	struct source source;
	const struct sieve *sieve;
	const struct source_sink *sink;
	int poll;
	int door; /* the listening socket, or -1; not owned */
	bool waiting; /* somebody may be at the door */
	struct peer peers[SOCKET_PEERS_MAX];
	size_t next; /* whose turn it is */
	struct reading reading;
	bool told;
};

static struct socket *socket_of(struct source *s)
{
	return (struct socket *)s;
}

static const struct socket *const_socket_of(const struct source *s)
{
	return (const struct socket *)s;
}

static void tell(struct socket *k)
{
	k->told = true;
	k->sink->reading(k->sink->ctx, &k->reading);
}

static int socket_begin(struct source *s, const struct resume *rows,
			size_t count)
{
	(void)rows;
	(void)count;
	tell(socket_of(s));
	return 0;
}

static int socket_fd(const struct source *s)
{
	return const_socket_of(s)->poll;
}

static uint64_t socket_deadline(const struct source *s)
{
	(void)s;
	return 0;
}

/* SLOT is a peer's place, or SOCKET_PEERS_MAX for the door. */
static int poll_for(const struct socket *k, int fd, size_t slot)
{
	struct epoll_event wanted = {
		.events = EPOLLIN | EPOLLRDHUP | EPOLLET,
		.data = { .u64 = slot },
	};

	return epoll_ctl(k->poll, EPOLL_CTL_ADD, fd, &wanted) < 0 ? -errno : 0;
}

static int add_peer(struct socket *k, int fd)
{
	const struct line_mark start = { 0 };
	size_t slot = 0;
	int err;

	while (slot < SOCKET_PEERS_MAX && k->peers[slot].fd >= 0)
		slot++;
	if (slot == SOCKET_PEERS_MAX)
		return -EMFILE;
	err = line_init(&k->peers[slot].line);
	if (err)
		return err;
	err = poll_for(k, fd, slot);
	if (err) {
		line_fini(&k->peers[slot].line);
		return err;
	}
	line_seek(&k->peers[slot].line, &start);
	k->peers[slot].fd = fd;
	k->peers[slot].ready = true;
	return 0;
}

static bool has_room(const struct socket *k)
{
	for (size_t i = 0; i < SOCKET_PEERS_MAX; i++) {
		if (k->peers[i].fd < 0)
			return true;
	}
	return false;
}

/* Let in who is at the door, as long as there is room. */
static void let_in(struct socket *k)
{
	while (k->waiting && has_room(k)) {
		int fd = accept4(k->door, NULL, NULL,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0)
			k->waiting = false;
		else if (add_peer(k, fd))
			close(fd);
	}
}

static void socket_wake(struct source *s, uint64_t now_ns)
{
	struct epoll_event happened[SOCKET_PEERS_MAX + 1];
	struct socket *k = socket_of(s);
	int count = epoll_wait(k->poll, happened, SOCKET_PEERS_MAX + 1, 0);

	(void)now_ns;
	for (int i = 0; i < count; i++) {
		size_t slot = happened[i].data.u64;

		if (slot == SOCKET_PEERS_MAX)
			k->waiting = true;
		else
			k->peers[slot].ready = true;
	}
	let_in(k);
}

static bool socket_is_ready(const struct source *s)
{
	const struct socket *k = const_socket_of(s);

	for (size_t i = 0; i < SOCKET_PEERS_MAX; i++) {
		if (k->peers[i].fd >= 0 && k->peers[i].ready)
			return true;
	}
	return false;
}

static void take(struct socket *k, struct peer *peer, size_t len, bool ended)
{
	line_took(&peer->line, len);
	k->reading.bytes += len;
	k->told = false;
	if (ended)
		sieve_end(k->sieve, &peer->line, &k->reading);
	else
		sieve_run(k->sieve, &peer->line, &k->reading);
}

/* It has gone: a line that it did not end, it meant to be whole. */
static void part_with(struct socket *k, struct peer *peer)
{
	take(k, peer, 0, true);
	close(peer->fd);
	peer->fd = -1;
	line_fini(&peer->line);
	let_in(k);
}

static void read_stream(struct socket *k, struct peer *peer)
{
	size_t room;
	char *to = line_room(&peer->line, &room);
	ssize_t n;

	do
		n = read(peer->fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		take(k, peer, (size_t)n, false);
	else if (n < 0 && errno == EAGAIN)
		peer->ready = false;
	else
		part_with(k, peer);
}

/* A datagram is whole lines: the last one needs no newline. */
static void read_datagrams(struct socket *k, struct peer *peer)
{
	for (int i = 0; i < BATCH; i++) {
		size_t room;
		char *to = line_room(&peer->line, &room);
		ssize_t n = recv(peer->fd, to, room, MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			peer->ready = false;
			return;
		}
		if ((size_t)n <= room) {
			take(k, peer, (size_t)n, true);
		} else {
			k->reading.lines++;
			k->reading.too_long++;
			k->told = false;
		}
	}
}

static void socket_read(struct source *s, uint64_t now_ns)
{
	struct socket *k = socket_of(s);

	(void)now_ns;
	for (size_t i = 0; i < SOCKET_PEERS_MAX; i++) {
		struct peer *peer = &k->peers[k->next];

		k->next = (k->next + 1) % SOCKET_PEERS_MAX;
		if (peer->fd < 0 || !peer->ready)
			continue;
		if (k->door < 0)
			read_datagrams(k, peer);
		else
			read_stream(k, peer);
		return;
	}
}

static void socket_tell(struct source *s)
{
	struct socket *k = socket_of(s);

	if (!k->told)
		tell(k);
}

static void socket_free(struct source *s)
{
	struct socket *k = socket_of(s);

	for (size_t i = 0; i < SOCKET_PEERS_MAX; i++) {
		if (k->peers[i].fd < 0)
			continue;
		if (k->door >= 0)
			close(k->peers[i].fd);
		line_fini(&k->peers[i].line);
	}
	if (k->poll >= 0)
		close(k->poll);
	free(k);
}

int socket_new(struct source **out, int fd, bool listening, const char *name,
	       const struct sieve *sieve, const struct source_sink *sink)
{
	static const struct source_ops ops = {
		.begin = socket_begin,
		.fd = socket_fd,
		.deadline = socket_deadline,
		.wake = socket_wake,
		.is_ready = socket_is_ready,
		.read = socket_read,
		.tell = socket_tell,
		.free = socket_free,
	};
	struct socket *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	k->source.ops = &ops;
	k->sieve = sieve;
	k->sink = sink;
	k->door = listening ? fd : -1;
	k->waiting = listening;
	roster_name(k->reading.file, name);
	for (size_t i = 0; i < SOCKET_PEERS_MAX; i++)
		k->peers[i].fd = -1;
	k->poll = epoll_create1(EPOLL_CLOEXEC);
	err = k->poll < 0 ? -errno : 0;
	if (!err)
		err = listening ? poll_for(k, fd, SOCKET_PEERS_MAX)
				: add_peer(k, fd);
	if (err) {
		socket_free(&k->source);
		return err;
	}
	*out = &k->source;
	return 0;
}
