/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain: the only file that knows libcrypto.
 */
#include "ctl/records/chain.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct chain {
	EVP_MD *sha256; /* fetched once: a fetch costs more than a hash */
	EVP_MD_CTX *begun; /* nothing is hashed yet */
	EVP_MD_CTX *ctx;
};

int chain_new(struct chain **out)
{
	struct chain *chain = calloc(1, sizeof(*chain));

	if (!chain)
		return -ENOMEM;
	chain->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	chain->begun = EVP_MD_CTX_new();
	chain->ctx = EVP_MD_CTX_new();
	if (!chain->sha256 || !chain->begun || !chain->ctx ||
	    !EVP_DigestInit_ex2(chain->begun, chain->sha256, NULL)) {
		chain_free(chain);
		return -ENOSYS;
	}
	*out = chain;
	return 0;
}

void chain_free(struct chain *chain)
{
	if (!chain)
		return;
	EVP_MD_CTX_free(chain->ctx);
	EVP_MD_CTX_free(chain->begun);
	EVP_MD_free(chain->sha256);
	free(chain);
}

void chain_link(struct chain *chain, uint8_t hash[RECORD_HASH_SIZE],
		const char *line, size_t len)
{
	/* Copied, as OpenSSL 3.0 looks for engines whenever one is begun.  It
	 * fails for want of 112 bytes alone, and then every later record would
	 * be wrong. */
	if (!EVP_MD_CTX_copy_ex(chain->ctx, chain->begun) ||
	    !EVP_DigestUpdate(chain->ctx, hash, RECORD_HASH_SIZE) ||
	    !EVP_DigestUpdate(chain->ctx, line, len) ||
	    !EVP_DigestFinal_ex(chain->ctx, hash, NULL))
		abort();
}
