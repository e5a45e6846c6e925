/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest: libcrypto's, in the one file of the warden that knows it.
 */
#include "ctl/warden/digest.h"

#include <openssl/evp.h>
#include <stdio.h>

const char *digest_text(char out[DIGEST_TEXT_SIZE], const char *text,
			size_t len)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	out[0] = '\0';
	if (EVP_Digest(text, len, hash, &size, EVP_sha256(), NULL) != 1)
		return out;
	for (unsigned int i = 0; i < size && 2 * i + 2 < DIGEST_TEXT_SIZE; i++)
		snprintf(out + (size_t)2 * i, 3, "%02x", hash[i]);
	return out;
}
