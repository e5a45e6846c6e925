/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/playctl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/keeper.h"

#define PATIENCE_MS 10000

struct disk *ctl_disk;

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_fsync(int fd);
int __wrap_fsync(int fd);

/* Other classes have segments, too. */
static bool is_of_acts(int fd)
{
	char link[64], path[512];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	return strstr(path, "/acts") != NULL;
}

int __wrap_fdatasync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || __real_fdatasync(fd) < 0)
		return -1;
	if (!is_of_acts(fd))
		return 0;
	ctl_disk->inode = st.st_ino;
	ctl_disk->size = st.st_size;
	return 0;
}

int __wrap_fsync(int fd)
{
	int err = __real_fsync(fd);

	if (err == 0 && is_of_acts(fd))
		ctl_disk->named = ctl_disk->inode;
	return err;
}

/* Files that are append-only cannot be damaged by a test, nor removed. */
static void give_up_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		_exit(3);
	for (int i = 0; i < 2; i++) {
		uint32_t gone = i == CAP_TO_INDEX(CAP_LINUX_IMMUTABLE)
					? CAP_TO_MASK(CAP_LINUX_IMMUTABLE)
					: 0;

		data[i].effective &= ~gone;
		data[i].permitted &= ~gone;
	}
	if (syscall(SYS_capset, &head, data) < 0)
		_exit(3);
}

void ctl_start(struct ctl *c)
{
	struct hello hello = {
		.role = ROLE_RECORDS,
		.epoch = ++c->epoch,
	};
	struct config *config;
	int null;

	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	null = open("/dev/null", O_WRONLY);
	dup2(null, STDERR_FILENO);
	give_up_capabilities();
	config = config_new();
	if (!config)
		_exit(3);
	snprintf(config->records.path, sizeof(config->records.path), "%s",
		 c->path);
	config->control.gid = UINT32_MAX; /* nobody more reads them */
	_exit(keeper_run(config, c->fds[1], -1, &hello));
}

uint64_t ctl_now_ms(void)
{
	return clock_monotonic_ns() / CLOCK_NS_PER_MS;
}

/* Its exit status; -1: a signal ended it. */
int ctl_finish(struct ctl *c, int signal)
{
	uint64_t end = ctl_now_ms() + PATIENCE_MS;
	pid_t pid = c->pid;
	int status = 0;

	if (signal)
		assert_int_equal(kill(pid, signal), 0);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (ctl_now_ms() > end)
			fail_msg("it does not end");
		usleep(200);
	}
	c->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int ctl_set_up(void **state)
{
	struct ctl *c = calloc(1, sizeof(*c));

	ctl_disk = mmap(NULL, sizeof(*ctl_disk), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ctl_disk == MAP_FAILED)
		return -1;
	c->path = ledger_make();
	c->random = (struct random){ { 5, 6, 7 } };
	c->own_epoch = 10;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, c->fds))
		return -1;
	*state = c;
	return chan_init(&c->chan, c->fds[0], ROLE_CTL, ROLE_RECORDS);
}

int ctl_tear_down(void **state)
{
	struct ctl *c = *state;

	if (c->pid)
		ctl_finish(c, SIGKILL);
	chan_fini(&c->chan);
	close(c->fds[0]);
	close(c->fds[1]);
	ledger_remove(c->path);
	munmap(ctl_disk, sizeof(*ctl_disk));
	free(c);
	return 0;
}

void ctl_say(struct ctl *c, enum msg_kind kind, const void *row)
{
	assert_int_equal(chan_put(&c->chan, kind, row), 0);
}

void ctl_say_hello(struct ctl *c)
{
	struct hello hello = { .role = ROLE_CTL, .epoch = c->own_epoch };

	c->is_answered = false;
	c->is_live = false;
	ctl_say(c, MSG_HELLO, &hello);
}

static void hear_hello(struct ctl *c, const struct hello *hello)
{
	assert_int_equal(hello->role, ROLE_RECORDS);
	c->turn = hello->turn;
	c->bans = 0;
	c->acts = 0;
	/* The first one of a life answers nobody. */
	assert_int_equal(hello->turn == 1, hello->answers == 0);
	if (hello->turn == 1)
		ctl_say_hello(c);
	else
		c->is_answered = hello->epoch == c->epoch &&
				 hello->answers == c->own_epoch;
}

void ctl_say_act(struct ctl *c, uint64_t id)
{
	ctl_say(c, MSG_ACT, &c->sent[id]);
}

static void hear_kept(struct ctl *c, const struct kept *kept)
{
	c->kept = kept->id;
	if (c->kept_first == 0)
		c->kept_first = kept->id;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct ctl *c = ctx;

	if (kind == MSG_HELLO)
		hear_hello(c, &row->hello);
	else if (!c->is_answered)
		return 0; /* of a former life */
	else if (kind == MSG_SAVE)
		c->bans++;
	else if (kind == MSG_ACT)
		c->acts++;
	else if (kind == MSG_KEPT)
		hear_kept(c, &row->kept);
	else if (kind == MSG_JOURNAL) {
		c->journal = row->journal;
		c->journals++;
	} else if (kind == MSG_RESTORED) {
		c->restored = row->restored;
		c->restores++;
		c->is_live = true;
		assert_true(c->restored.last_id <= c->id);
		assert_true(c->restored.last_id >= c->kept);
		for (uint64_t id = c->restored.last_id + 1; id <= c->id; id++)
			ctl_say_act(c, id);
	} else
		return -EBADMSG;
	return 0;
}

void ctl_exchange(struct ctl *c, int wait_ms)
{
	struct chan_listener listener = { .hear = hear, .ctx = c };
	struct pollfd p = { .fd = c->fds[0], .events = POLLIN };
	int got;

	assert_int_equal(chan_flush(&c->chan), 0);
	if (!chan_is_clear(&c->chan))
		p.events |= POLLOUT;
	poll(&p, 1, wait_ms);
	while ((got = chan_receive(&c->chan, &listener)) > 0)
		;
	assert_int_equal(got, 0);
	assert_int_equal(chan_flush(&c->chan), 0);
}

/* Exchange messages for WAIT_MS, or until what is heard is DONE. */
bool ctl_run(struct ctl *c, bool (*done)(const struct ctl *c), uint64_t wait_ms)
{
	uint64_t end = ctl_now_ms() + wait_ms;

	do {
		ctl_exchange(c, 1);
		if (done && done(c))
			return true;
	} while (ctl_now_ms() < end);
	return false;
}

void ctl_wait(struct ctl *c, bool (*done)(const struct ctl *c))
{
	if (!ctl_run(c, done, PATIENCE_MS))
		fail_msg("nothing came of it");
}

bool ctl_is_restored(const struct ctl *c)
{
	return c->is_live && c->restores > 0 && c->journals > 0;
}

bool ctl_is_kept(const struct ctl *c)
{
	return c->kept == c->id;
}

bool ctl_is_failing(const struct ctl *c)
{
	return c->journal.error != 0;
}

void ctl_meet(struct ctl *c)
{
	c->restores = 0;
	c->journals = 0;
	ctl_start(c);
	ctl_wait(c, ctl_is_restored);
}

/* What was said before has been heard. */
void ctl_ask_again(struct ctl *c)
{
	c->restores = 0;
	c->journals = 0;
	ctl_say_hello(c);
	ctl_wait(c, ctl_is_restored);
}

void ctl_act(struct ctl *c, enum act_kind kind, enum origin origin)
{
	uint64_t id = ++c->id;

	assert_true(id < CTL_ACTS_MAX);
	c->sent[id] = ledger_act(id, kind);
	c->sent[id].origin = (uint8_t)origin;
	ctl_say_act(c, id);
}

void ctl_acts(struct ctl *c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ctl_act(c, ACT_BAN, ORIGIN_POLICY);
}

void ctl_checkpoint(struct ctl *c, size_t bans)
{
	ctl_act(c, ACT_CHECKPOINT, ORIGIN_SYSTEM);
	for (size_t i = 0; i < bans; i++) {
		struct saved_ban ban = ledger_any_ban(&c->random);

		ctl_say(c, MSG_SAVE, &ban);
		if (i % 100 == 50)
			ctl_acts(c, 1);
	}
	c->id++;
	c->sent[c->id] = ledger_act(c->id, ACT_CHECKPOINTED);
	c->sent[c->id].count = bans;
	ctl_say_act(c, c->id);
}

/* Every act once and in order, each record in sequence, nothing torn. */
void ctl_assert_whole(struct ctl *c, uint64_t least_id)
{
	struct survey survey = ledger_survey(c->path);

	assert_true(survey.last_id >= least_id);
	assert_int_equal(survey.torn, 0);
	for (size_t i = 0; i < survey.count; i++)
		assert_int_equal(survey.findings[i].flaw, FLAW_NONE);
	survey_fini(&survey);
}
