/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load: a fresh context for each text.  One that lived on would keep a cache
 * of a table that changes behind its back.
 */
#include "nft/load.h"

#include <errno.h>
#include <nftables/libnftables.h>
#include <string.h>

#include "ctl/core/escape.h"

/* Contexts that were used; with more of them than this, one must wait. */
#define USED_MAX 16

static struct nft_ctx *used[USED_MAX];
static size_t used_count;

bool load_is_untidy(void)
{
	return used_count > 0;
}

void load_tidy(void)
{
	while (used_count > 0)
		nft_ctx_free(used[--used_count]);
}

static void put_aside(struct nft_ctx *ctx)
{
	if (used_count == USED_MAX)
		load_tidy();
	used[used_count++] = ctx;
}

/* Its first line is the sentence; the rest points into the text. */
static void first_line(char error[LOAD_ERROR_SIZE], const char *message)
{
	if (!message || !message[0])
		message = "refused without a word";
	escape_text(error, LOAD_ERROR_SIZE, message, strcspn(message, "\n"));
}

int load_text(const char *text, char error[LOAD_ERROR_SIZE])
{
	struct nft_ctx *ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	int err = 0;

	if (!ctx) {
		first_line(error, "no libnftables context");
		return -ENOMEM;
	}
	nft_ctx_buffer_error(ctx);
	nft_ctx_buffer_output(ctx);
	if (nft_run_cmd_from_buffer(ctx, text) != 0) {
		first_line(error, nft_ctx_get_error_buffer(ctx));
		err = -EINVAL;
	}
	put_aside(ctx);
	return err;
}
