/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern check, ruleset, reload: what posternd does without being a daemon.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/diff.h"
#include "ctl/cli/link.h"
#include "ctl/cli/show.h"
#include "ctl/core/clock.h"
#include "ctl/core/role.h"

/* No ruleset is longer. */
#define RULESET_MAX (16u << 20)

/* How long a reload may take until all is in force again. */
#define SETTLE_TRIES	200
#define SETTLE_PAUSE_MS 50

/* posternd: beside us, where it was built, or where it was installed. */
static const char *posternd_path(char buf[512])
{
	ssize_t len = readlink("/proc/self/exe", buf, 480);
	char *slash;

	if (len > 0) {
		buf[len] = '\0';
		slash = strrchr(buf, '/');
		if (slash)
			snprintf(slash, sizeof("/posternd"), "/posternd");
		if (access(buf, X_OK) == 0)
			return buf;
	}
	return POSTERN_SBIN "/posternd";
}

__attribute__((noreturn)) static void become_posternd(const struct cli *cli,
						      const char *job)
{
	char buf[512];
	const char *path = posternd_path(buf);

	if (cli->config)
		execl(path, "posternd", "-c", cli->config, job, (char *)NULL);
	else
		execl(path, "posternd", job, (char *)NULL);
	fprintf(stderr, "postern: cannot start %s: %s\n", path,
		strerror(errno));
	_exit(ANSWER_FAILED);
}

static char *read_all(int fd)
{
	size_t room = 65536, used = 0;
	char *text = malloc(room);
	ssize_t n = 1;

	while (text && n > 0) {
		if (used + 1 == room && room < RULESET_MAX) {
			char *grown = realloc(text, room *= 2);

			if (!grown)
				break;
			text = grown;
		}
		n = read(fd, text + used, room - used - 1);
		if (n > 0)
			used += (size_t)n;
		if (used + 1 >= RULESET_MAX)
			break;
	}
	if (text)
		text[used] = '\0';
	return text;
}

/* Run `posternd JOB`; *OUT, where not NULL, is what it printed on FROM, its
 * standard output or error, for free().  The exit status. */
static int run_posternd(const struct cli *cli, const char *job, int from,
			char **out, bool quiet)
{
	int pipe_fds[2] = { -1, -1 };
	int status;
	pid_t pid;

	fflush(stdout);
	if (out && pipe(pipe_fds) < 0)
		return ANSWER_FAILED;
	pid = fork();
	if (pid == 0) {
		if (out)
			dup2(pipe_fds[1], from);
		if (quiet && !freopen("/dev/null", "w", stderr))
			_exit(ANSWER_FAILED);
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		become_posternd(cli, job);
	}
	if (out) {
		close(pipe_fds[1]);
		*out = read_all(pipe_fds[0]);
		close(pipe_fds[0]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return ANSWER_FAILED;
	return WEXITSTATUS(status);
}

/* An array of the lines of TEXT. */
static json_t *lines_json(char *text)
{
	json_t *list = json_array();
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0])
			json_array_append_new(list, show_text_json(line));
	}
	return list;
}

static int check_json(const struct cli *cli)
{
	char *said = NULL;
	int code;

	code = run_posternd(cli, "--check", STDERR_FILENO, &said, false);
	show_json(json_pack("{s:b, s:o}", "good", code == 0, "findings",
			    lines_json(said)),
		  true);
	free(said);
	return code;
}

int verb_check(struct cli *cli)
{
	int code, words;

	code = args_read(cli, "check", NULL, NULL, 0, &words);
	if (!code && cli->json)
		return check_json(cli);
	if (!code)
		code = run_posternd(cli, "--check", 0, NULL, false);
	if (code == 0)
		puts("the configuration is good");
	return code;
}

int verb_ruleset(struct cli *cli)
{
	char *text = NULL;
	int code, words;

	code = args_read(cli, "ruleset", NULL, NULL, 0, &words);
	if (code)
		return code;
	if (!cli->json)
		return run_posternd(cli, "--ruleset", 0, NULL, false);
	code = run_posternd(cli, "--ruleset", STDOUT_FILENO, &text, false);
	if (code == 0 && text)
		show_json(json_pack("{s:s}", "ruleset", text), true);
	free(text);
	return code;
}

/* What the firewall will do otherwise, before it does. */
static int show_changes(const struct cli *cli)
{
	char *old = NULL, *new = NULL;
	int code;

	code = run_posternd(cli, "--ruleset", STDOUT_FILENO, &new, false);
	if (code == 0 &&
	    run_posternd(cli, "--kept", STDOUT_FILENO, &old, true) != 0) {
		puts("The ruleset in force cannot be read (be root): what "
		     "changes in it is not shown.");
	} else if (code == 0 && old && new) {
		if (diff_print(old, new) == 0)
			puts("The ruleset stays as it is.");
	}
	free(old);
	free(new);
	return code;
}

static int hear_status(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	if (kind == MSG_STATUS)
		*(struct status *)ctx = row->status;
	return 0;
}

/* Programs that were started anew need a moment. */
static int wait_until_settled(const struct cli *cli)
{
	const struct timespec pause = {
		.tv_nsec = SETTLE_PAUSE_MS * 1000000L,
	};
	struct ask ask = link_request(VERB_STATUS);
	struct status status = { .restoring = true };
	const struct link_listener listener = { hear_status, &status };

	for (int i = 0; i < SETTLE_TRIES; i++) {
		struct answer answer;

		status.restoring = true;
		if (link_ask(cli, &ask, &listener, &answer) == 0 &&
		    !status.restoring)
			return ANSWER_DONE;
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "postern: reloaded, but not all is in force yet; "
			"`postern doctor` says more\n");
	return ANSWER_FAILED;
}

/* --confirm: a term for the reload, or "yes" for one that waits. */
static int read_confirm(const char *text, struct ask *ask)
{
	int code;

	if (!text)
		return 0;
	if (strcmp(text, "yes") == 0) {
		*ask = link_request(VERB_CONFIRM);
		return 0;
	}
	code = args_term("reload", text, &ask->extra_s);
	if (!code && (ask->extra_s == 0 || ask->extra_s > ROLE_RELOAD_MAX_S))
		code = cli_usage("reload", "write a time up to an hour, such "
					   "as 60s, or \"yes\"");
	return code;
}

static void say_unconfirmed(const struct cli *cli, const struct ask *ask)
{
	char term[CLOCK_TERM_SIZE];

	if (ask->extra_s && !cli->json)
		printf("In %s all goes back to what it was, unless you say: "
		       "postern reload --confirm yes\n",
		       clock_format_term(ask->extra_s, term));
}

int verb_reload(struct cli *cli)
{
	const char *confirm = NULL;
	const struct args_option options[] = {
		{ "--confirm", &confirm, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_RELOAD);
	struct answer answer = { 0 };
	int code, words, err;

	code = args_read(cli, "reload", options, NULL, 0, &words);
	if (!code)
		code = read_confirm(confirm, &ask);
	if (!code && ask.verb == VERB_CONFIRM)
		return link_run(cli, &ask, NULL);
	if (!code)
		code = link_find_config(cli);
	if (code)
		return code;
	if (cli->json) /* the changes are for people */
		code = run_posternd(cli, "--check", 0, NULL, false);
	else
		code = show_changes(cli);
	if (code) {
		fprintf(stderr, "postern: not reloaded; all stays as it "
				"was\n");
		return code;
	}
	err = link_ask(cli, &ask, NULL, &answer);
	/* A new life of postern-ctl, because its part changed, hangs up. */
	if (err && err != -EPIPE && err != -ECONNRESET)
		return link_unreachable(cli, err);
	if (!err && answer.text[0])
		show_answer(cli, &answer);
	if (!err && answer.code != ANSWER_DONE)
		return answer.code;
	say_unconfirmed(cli, &ask);
	return wait_until_settled(cli);
}
