/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SIGNER_H
#define POSTERN_RECORDS_SIGNER_H

/*
 * signer: Ed25519 (RFC 8032) and keyed hashes.  Knows no seal.
 *
 * Every int function returns 0, or a negative errno value.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGNER_SECRET_SIZE 32
#define SIGNER_PUBLIC_SIZE 32
#define SIGNER_SIG_SIZE	   64
#define SIGNER_HASH_SIZE   64 /* of SHA-512 */

/* A new secret, from the kernel's random numbers. */
__attribute__((warn_unused_result)) int
signer_make(uint8_t secret[SIGNER_SECRET_SIZE]);
/* The public key that belongs to it.  -EIO: libcrypto refused. */
__attribute__((warn_unused_result)) int
signer_public(uint8_t public[SIGNER_PUBLIC_SIZE],
	      const uint8_t secret[SIGNER_SECRET_SIZE]);
__attribute__((warn_unused_result)) int
signer_sign(uint8_t sig[SIGNER_SIG_SIZE],
	    const uint8_t secret[SIGNER_SECRET_SIZE], const uint8_t *text,
	    size_t len);
bool signer_verify(const uint8_t sig[SIGNER_SIG_SIZE],
		   const uint8_t public[SIGNER_PUBLIC_SIZE],
		   const uint8_t *text, size_t len);
/* Make SECRET's bytes zero, where no compiler may leave that out. */
void signer_forget(void *secret, size_t len);

/* HMAC-SHA-256 (RFC 2104) of LEN bytes at TEXT. */
__attribute__((warn_unused_result)) int
signer_mac(uint8_t mac[32], const uint8_t *key, size_t key_len,
	   const uint8_t *text, size_t len);
/* SHA-512 of the file in FD, from its begin. */
__attribute__((warn_unused_result)) int
signer_hash_file(uint8_t hash[SIGNER_HASH_SIZE], int fd);

#endif
