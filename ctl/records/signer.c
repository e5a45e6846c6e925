/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signer: libcrypto's Ed25519, HMAC and SHA-512, one call each.
 */
#include "ctl/records/signer.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>
#include <unistd.h>

int signer_make(uint8_t secret[SIGNER_SECRET_SIZE])
{
	ssize_t n = getrandom(secret, SIGNER_SECRET_SIZE, 0);

	return n == SIGNER_SECRET_SIZE ? 0 : -EIO;
}

static EVP_PKEY *open_secret(const uint8_t *secret)
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret,
					    SIGNER_SECRET_SIZE);
}

int signer_public(uint8_t public[SIGNER_PUBLIC_SIZE],
		  const uint8_t secret[SIGNER_SECRET_SIZE])
{
	EVP_PKEY *key = open_secret(secret);
	size_t len = SIGNER_PUBLIC_SIZE;
	int good = key && EVP_PKEY_get_raw_public_key(key, public, &len);

	EVP_PKEY_free(key);
	return good ? 0 : -EIO;
}

int signer_sign(uint8_t sig[SIGNER_SIG_SIZE],
		const uint8_t secret[SIGNER_SECRET_SIZE], const uint8_t *text,
		size_t len)
{
	EVP_PKEY *key = open_secret(secret);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t sig_len = SIGNER_SIG_SIZE;
	int good = key && ctx &&
		   EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) &&
		   EVP_DigestSign(ctx, sig, &sig_len, text, len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return good ? 0 : -EIO;
}

bool signer_verify(const uint8_t sig[SIGNER_SIG_SIZE],
		   const uint8_t public[SIGNER_PUBLIC_SIZE],
		   const uint8_t *text, size_t len)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
						    public, SIGNER_PUBLIC_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = key && ctx &&
		    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, sig, SIGNER_SIG_SIZE, text, len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return good;
}

void signer_forget(void *secret, size_t len)
{
	OPENSSL_cleanse(secret, len);
}

int signer_mac(uint8_t mac[32], const uint8_t *key, size_t key_len,
	       const uint8_t *text, size_t len)
{
	unsigned int mac_len = 32;

	return HMAC(EVP_sha256(), key, (int)key_len, text, len, mac, &mac_len)
		       ? 0
		       : -EIO;
}

int signer_hash_file(uint8_t hash[SIGNER_HASH_SIZE], int fd)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t block[65536];
	off_t at = 0;
	ssize_t n = 0;
	int good = ctx && EVP_DigestInit_ex2(ctx, EVP_sha512(), NULL);

	while (good && (n = pread(fd, block, sizeof(block), at)) > 0) {
		at += n;
		good = EVP_DigestUpdate(ctx, block, (size_t)n);
	}
	good = good && n == 0 && EVP_DigestFinal_ex(ctx, hash, NULL);
	EVP_MD_CTX_free(ctx);
	return good ? 0 : -EIO;
}
