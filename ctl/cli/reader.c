/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader: where the programs and the records are.
 */
#include "ctl/cli/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/cli/cli.h"
#include "ctl/core/act.h"
#include "ctl/core/clock.h"
#include "ctl/core/config.h"
#include "ctl/core/escape.h"

#define DEFAULT_FOLDER "/var/lib/postern/records"
#define PATH_SIZE      600
#define SHOWN_MAX      80
#define LIST_SIZE      1024

void reader_add(struct reader_call *call, const char *arg)
{
	if (call->count < READER_ARGS_MAX)
		call->args[call->count++] = arg;
}

void reader_option(struct reader_call *call, const char *name,
		   const char *value)
{
	if (!value)
		return;
	reader_add(call, name);
	reader_add(call, value);
}

/* Beside us, where it was built, or where it was installed. */
static const char *find(const char *program, char buf[PATH_SIZE])
{
	static const char *const folders[] = { POSTERN_LIBEXEC, POSTERN_SBIN,
					       POSTERN_BINDIR };
	ssize_t len = readlink("/proc/self/exe", buf, 500);
	char *slash;

	buf[len > 0 ? len : 0] = '\0';
	slash = strrchr(buf, '/');
	if (slash) {
		snprintf(slash, PATH_SIZE - 500, "/%.60s", program);
		if (access(buf, X_OK) == 0)
			return buf;
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(buf, PATH_SIZE, "%s/%s", folders[i], program);
		if (access(buf, X_OK) == 0)
			return buf;
	}
	return program;
}

int reader_become(const char *program, struct reader_call *call)
{
	const char *args[READER_ARGS_MAX + 2];
	char buf[PATH_SIZE];
	const char *path = find(program, buf);

	args[0] = program;
	for (int i = 0; i < call->count; i++)
		args[i + 1] = call->args[i];
	args[call->count + 1] = NULL;
	fflush(stdout);
	/* execv(3) changes none of them. */
	execv(path, (char *const *)(uintptr_t)args);
	fprintf(stderr, "postern: cannot start %s: %s\n", path,
		strerror(errno));
	return ANSWER_FAILED;
}

FILE *reader_open(const char *program, struct reader_call *call, pid_t *pid)
{
	int ends[2];
	FILE *in;

	*pid = -1;
	if (pipe(ends) < 0)
		return NULL;
	fflush(stdout);
	*pid = fork();
	if (*pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		_exit(reader_become(program, call));
	}
	close(ends[1]);
	in = fdopen(ends[0], "r");
	if (!in)
		close(ends[0]);
	return in;
}

int reader_close(FILE *in, pid_t pid)
{
	int status;

	if (in)
		fclose(in);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return ANSWER_FAILED;
	return WEXITSTATUS(status);
}

int reader_run(const char *program, struct reader_call *call)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(reader_become(program, call));
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return ANSWER_FAILED;
	return WEXITSTATUS(status);
}

/* What `posternd --records` prints, without its complaints: `postern check` is
 * there for those. */
static void ask_posternd(const struct cli *cli, char *text, size_t size)
{
	struct reader_call call = { .count = 0 };
	int ends[2];
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	text[0] = '\0';
	reader_option(&call, "-c", cli->config);
	reader_add(&call, "--records");
	if (pipe(ends) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		if (!freopen("/dev/null", "w", stderr))
			_exit(ANSWER_FAILED);
		_exit(reader_become("posternd", &call));
	}
	close(ends[1]);
	while (used + 1 < size &&
	       (n = read(ends[0], text + used, size - used - 1)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

void reader_about(const struct cli *cli, const char *folder,
		  struct reader_about *out)
{
	const char *line;

	ask_posternd(cli, out->text, sizeof(out->text));
	snprintf(out->path, sizeof(out->path), "%s", DEFAULT_FOLDER);
	out->review_days = 7;
	for (line = out->text; *line;) {
		const char *end = strchrnul(line, '\n');

		if (strncmp(line, "path ", 5) == 0)
			snprintf(out->path, sizeof(out->path), "%.*s",
				 (int)(end - line - 5), line + 5);
		if (strncmp(line, "review ", 7) == 0)
			out->review_days =
				(unsigned int)strtoul(line + 7, NULL, 10);
		line = *end ? end + 1 : end;
	}
	if (folder)
		snprintf(out->path, sizeof(out->path), "%s", folder);
}

void reader_infos(struct reader_call *call, struct reader_about *about)
{
	char *save = NULL;

	for (char *line = strtok_r(about->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "info ", 5) == 0)
			reader_option(call, "--info", line + 5);
	}
}

int reader_when(const char *verb, const char *text, uint64_t *out)
{
	char shown[SHOWN_MAX];

	if (clock_parse_when(out, text, clock_calendar_ns()) == 0)
		return 0;
	return cli_usage(verb,
			 "%s is no time; write 2026-11-21, "
			 "2026-11-21T17:00:00Z, or how long ago: 7d",
			 escape_text(shown, sizeof(shown), text, strlen(text)));
}

/* Of records that tell no act. */
static const char *const other_kinds[] = { "event", "original", "bans",
					   "seal" };

#define OTHER_KINDS (sizeof(other_kinds) / sizeof(other_kinds[0]))

/* " WORD" behind what is in LIST. */
static void list_word(char list[LIST_SIZE], const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, LIST_SIZE - used, " %s", word);
}

int reader_kind(const char *verb, const char *text)
{
	char list[LIST_SIZE] = "", shown[SHOWN_MAX];

	if (!text || act_by_name(text) != ACT_NONE)
		return 0;
	for (size_t i = 0; i < OTHER_KINDS; i++) {
		if (strcmp(other_kinds[i], text) == 0)
			return 0;
		list_word(list, other_kinds[i]);
	}
	for (int i = ACT_NONE + 1; i < ACT_COUNT; i++)
		list_word(list, act_name((enum act_kind)i));
	return cli_usage(verb, "there is no kind %s; the kinds are%s",
			 escape_text(shown, sizeof(shown), text, strlen(text)),
			 list);
}

int reader_sign(const char *verb, const char *text)
{
	char list[LIST_SIZE] = "", shown[SHOWN_MAX];

	if (!text || strcmp(text, sign_name(SIGN_NONE)) == 0 ||
	    sign_by_name(text) != SIGN_NONE)
		return 0;
	for (int i = SIGN_NONE; i < SIGN_COUNT; i++)
		list_word(list, sign_name((enum sign)i));
	return cli_usage(verb, "there is no sign %s; the signs are%s",
			 escape_text(shown, sizeof(shown), text, strlen(text)),
			 list);
}

int reader_classes(const char *verb, const char *text, uint8_t *out)
{
	unsigned int bits = 0;

	while (*text) {
		size_t len = strcspn(text, ",");
		int i = 0;

		while (i < CONFIG_CLASSES &&
		       (strlen(config_class_name(i)) != len ||
			strncmp(config_class_name(i), text, len) != 0))
			i++;
		if (i == CONFIG_CLASSES)
			return cli_usage(verb, "the classes are acts, events, "
					       "system, alarms and custody");
		bits |= 1u << i;
		text += len;
		text += *text == ',';
	}
	*out = (uint8_t)bits;
	return 0;
}
