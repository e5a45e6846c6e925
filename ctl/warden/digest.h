/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_DIGEST_H
#define POSTERN_WARDEN_DIGEST_H

/*
 * digest: the SHA-256 (FIPS 180-4) of a text, as sha256sum(1) prints it.
 */
#include <stddef.h>

#define DIGEST_TEXT_SIZE 65

/* Returns OUT; "" where libcrypto refuses. */
const char *digest_text(char out[DIGEST_TEXT_SIZE], const char *text,
			size_t len);

#endif
