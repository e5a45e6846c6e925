/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * link: a channel that may block, as its user may.
 */
#include "ctl/cli/link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/cli/cli.h"
#include "ctl/cli/show.h"
#include "ctl/core/chan.h"

/* Longer than postern-ctl itself waits for anybody. */
#define SILENCE_MS 20000

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

struct hearing {
	const struct link_listener *listener;
	struct answer *answer;
	bool answered;
};

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct hearing *hearing = ctx;

	if (kind != MSG_ANSWER) {
		if (!hearing->listener)
			return 0;
		return hearing->listener->hear(hearing->listener->ctx, kind,
					       row);
	}
	*hearing->answer = row->answer;
	hearing->answered = true;
	return 0;
}

static int wait_for(int fd, int limit_ms)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };
	int ready = poll(&wanted, 1, limit_ms);

	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	return ready == 0 ? -ETIMEDOUT : 0;
}

static int talk(struct chan *ch, const struct ask *ask, struct hearing *hearing)
{
	const struct chan_listener listener = { .hear = hear, .ctx = hearing };
	int limit_ms = ask->verb == VERB_WATCH ? -1 : SILENCE_MS;
	int err;

	err = chan_put(ch, MSG_ASK, ask);
	if (!err)
		err = chan_flush(ch);
	while (!err && !hearing->answered) {
		int got = chan_receive(ch, &listener);

		if (got == 0)
			err = wait_for(ch->fd, limit_ms);
		else if (got < 0)
			err = got;
	}
	return err;
}

int link_ask(const struct cli *cli, const struct ask *ask,
	     const struct link_listener *listener, struct answer *answer)
{
	struct hearing hearing = { .listener = listener, .answer = answer };
	struct chan ch;
	int fd, err;

	fd = connect_to(cli->socket);
	if (fd < 0)
		return fd;
	err = chan_init(&ch, fd, ROLE_CLI, ROLE_CTL);
	if (!err) {
		err = talk(&ch, ask, &hearing);
		chan_fini(&ch);
	}
	close(fd);
	return err;
}

int link_unreachable(const struct cli *cli, int err)
{
	if (err == -EACCES || err == -EPERM)
		fprintf(stderr,
			"postern: you may not use %s: be root, or a member "
			"of its group (postern)\n",
			cli->socket);
	else if (err == -ETIMEDOUT)
		fprintf(stderr,
			"postern: postern-ctl does not answer; what was asked "
			"may still be done: systemctl status postern\n");
	else if (err == -EPIPE || err == -ECONNRESET)
		fprintf(stderr,
			"postern: postern-ctl hung up: it was restarted, or "
			"is busy with too many; try again\n");
	else
		fprintf(stderr,
			"postern: nobody answers at %s (%s): is posternd "
			"running? systemctl status postern\n",
			cli->socket, strerror(-err));
	return ANSWER_UNREACHABLE;
}

int link_run(const struct cli *cli, const struct ask *ask,
	     const struct link_listener *listener)
{
	struct answer answer = { 0 };
	int err = link_ask(cli, ask, listener, &answer);

	if (err)
		return link_unreachable(cli, err);
	if (answer.text[0])
		show_answer(cli, &answer);
	return answer.code;
}

/* Who logged in, before any su or sudo: recorded beside the credentials that
 * the kernel vouches for. */
static uint32_t login_uid(void)
{
	FILE *file = fopen("/proc/self/loginuid", "re");
	unsigned long uid = UINT32_MAX;

	if (!file)
		return UINT32_MAX;
	if (fscanf(file, "%lu", &uid) != 1)
		uid = UINT32_MAX;
	fclose(file);
	return (uint32_t)uid;
}

struct ask link_request(enum verb verb)
{
	return (struct ask){
		.verb = (uint8_t)verb,
		.login_uid = login_uid(),
	};
}

static int hear_status(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	if (kind == MSG_STATUS)
		*(struct status *)ctx = row->status;
	return 0;
}

int link_find_config(struct cli *cli)
{
	static struct status status; /* the path is kept in it */
	const struct link_listener listener = { hear_status, &status };
	struct ask ask = link_request(VERB_STATUS);
	struct answer answer;
	int err;

	if (cli->config)
		return 0;
	err = link_ask(cli, &ask, &listener, &answer);
	if (err)
		return link_unreachable(cli, err);
	if (status.reload.path[0])
		cli->config = status.reload.path;
	return 0;
}
