/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep: the text is kept by wholefile, and loaded by load.
 */
#include "nft/keep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/wholefile.h"
#include "nft/ruleset.h"
#include "nft/skeleton.h"

/* A skeleton of 64 servers with all their services is far below. */
#define KEEP_SIZE_MAX (8 << 20)

const char *keep_folder(char buf[512], const char *state)
{
	snprintf(buf, 512, "%s/" KEEP_FOLDER, state);
	return buf;
}

const char *keep_path(char buf[512], const char *state)
{
	snprintf(buf, 512, "%s/" KEEP_FOLDER "/" KEEP_FILE, state);
	return buf;
}

int keep_save(const char *state, const char *text)
{
	char folder[512];

	return wholefile_save(keep_folder(folder, state), KEEP_FILE, 0640, text,
			      strlen(text));
}

/* Where the kept text is of no use: mail alone, and all of it. */
#define MAIL_PORTS "{ 25, 110, 143, 465, 587, 993, 995, 4190 }"
#define SHUT_CHAIN(hook)                                               \
	"\tchain " hook " {\n"                                         \
	"\t\ttype filter hook " hook " priority -10; policy accept;\n" \
	"\t\ttcp dport " MAIL_PORTS " counter drop\n"                  \
	"\t}\n"
static const char last_resort[] =
	"table inet " RULESET_TABLE " {\n" SHUT_CHAIN("forward")
		SHUT_CHAIN("input") SHUT_CHAIN("output") "}\n";

/* The kept text with a shut gate. */
static int load_kept(const char *state, char error[LOAD_ERROR_SIZE])
{
	char *kept = NULL, *text = NULL;
	char folder[512];
	size_t len;
	int err = wholefile_read(keep_folder(folder, state), KEEP_FILE,
				 KEEP_SIZE_MAX, &kept, &len);

	if (err) {
		snprintf(error, LOAD_ERROR_SIZE, "%s", strerror(-err));
		return err;
	}
	if (asprintf(&text, "%s%s", kept, ruleset_gate(GATE_SHUT)) < 0)
		err = -ENOMEM;
	else
		err = load_text(text, error);
	free(text);
	free(kept);
	return err;
}

int keep_restore(const char *state, struct netlink *nl,
		 char error[LOAD_ERROR_SIZE])
{
	char folder[512], ignored[LOAD_ERROR_SIZE];
	struct skeleton s;
	bool present;
	int err;

	err = skeleton_read(&s, nl);
	if (err)
		return err;
	present = s.present;
	skeleton_fini(&s);
	if (present)
		return KEEP_NOTHING;
	if (access(keep_folder(folder, state), F_OK) < 0)
		return -errno;
	err = load_kept(state, error);
	if (!err)
		return KEEP_LOADED;
	return load_text(last_resort, ignored) ? err : KEEP_LAST_RESORT;
}
