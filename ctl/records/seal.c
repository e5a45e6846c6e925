/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seal: the line, and what is signed: the 32 bytes of the hash before, then
 * the line up to its signature.
 */
#include "ctl/records/seal.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "ctl/records/pen.h"
#include "ctl/records/reader.h"

#define SIG_KEY ",\"sig\":"

_Static_assert(SEAL_SIG_LEN == sizeof(SIG_KEY) - 1 + 2 * SIGNER_SIG_SIZE + 2,
	       "the end of a seal");

/* No seal is longer; more room than its six heads and four keys need. */
#define SEAL_TEXT_MAX 4096

static const char *const reason_names[SEAL_REASON_COUNT] = {
	[SEAL_START] = "start",
	[SEAL_HOUR] = "hour",
	[SEAL_SEGMENT] = "segment",
	[SEAL_STOP] = "stop",
};

const char *seal_reason_name(enum seal_reason reason)
{
	return reason < SEAL_REASON_COUNT ? reason_names[reason] : "none";
}

static uint8_t read_reason(struct reader *r)
{
	size_t len;
	const char *word = reader_word(r, &len);

	for (uint8_t i = 0; i < SEAL_REASON_COUNT && !r->failed; i++) {
		if (strlen(reason_names[i]) == len &&
		    memcmp(reason_names[i], word, len) == 0)
			return i;
	}
	r->failed = true;
	return 0;
}

static void write_heads(struct pen *pen, const struct seal *seal)
{
	pen_literal(pen, ",\"heads\":[");
	for (int i = 0; i < SEAL_HEADS; i++) {
		if (i > 0)
			pen_literal(pen, ",");
		pen_literal(pen, "[");
		pen_word(pen, class_name((enum rclass)i));
		pen_literal(pen, ",");
		pen_number(pen, seal->heads[i].seq);
		pen_literal(pen, ",");
		pen_hex(pen, seal->heads[i].hash, RECORD_HASH_SIZE);
		pen_literal(pen, "]");
	}
	pen_literal(pen, "]");
}

static void read_heads(struct reader *r, struct seal *seal)
{
	reader_expect_literal(r, ",\"heads\":[");
	for (int i = 0; i < SEAL_HEADS && !r->failed; i++) {
		size_t len;
		const char *word;

		if (i > 0)
			reader_expect_literal(r, ",");
		reader_expect_literal(r, "[");
		word = reader_word(r, &len);
		r->failed |= class_by_name(word, len) != (enum rclass)i;
		seal->heads[i].rclass = (uint8_t)i;
		reader_expect_literal(r, ",");
		seal->heads[i].seq = reader_number(r, UINT64_MAX);
		reader_expect_literal(r, ",");
		reader_hex(r, seal->heads[i].hash, RECORD_HASH_SIZE);
		reader_expect_literal(r, "]");
	}
	reader_expect_literal(r, "]");
}

size_t seal_write(char *out, const struct record *head, const void *ctx)
{
	/* The journal hands on what it was given; only we know what it is. */
	struct seal_draft *draft = (struct seal_draft *)(uintptr_t)ctx;
	const struct seal *seal = draft->seal;
	uint8_t text[RECORD_HASH_SIZE + SEAL_TEXT_MAX];
	uint8_t sig[SIGNER_SIG_SIZE] = { 0 };
	size_t len = record_write_seal_head(out, head);
	struct pen pen = pen_over(out + len, SEAL_TEXT_MAX - len);

	pen_literal(&pen, ",\"reason\":");
	pen_word(&pen, seal_reason_name((enum seal_reason)seal->reason));
	pen_literal(&pen, ",\"boot\":");
	pen_hex64(&pen, seal->boot);
	pen_literal(&pen, ",\"monotonic_ns\":");
	pen_number(&pen, seal->monotonic_ns);
	pen_literal(&pen, ",\"age_s\":");
	pen_number(&pen, seal->age_s);
	write_heads(&pen, seal);
	pen_literal(&pen, ",\"key\":");
	pen_hex(&pen, seal->key, sizeof(seal->key));
	pen_literal(&pen, ",\"next\":");
	pen_hex(&pen, seal->next, sizeof(seal->next));
	assert(!pen.failed);
	len = (size_t)(pen.at - out);
	memcpy(text, head->prev, RECORD_HASH_SIZE);
	memcpy(text + RECORD_HASH_SIZE, out, len);
	draft->error =
		signer_sign(sig, draft->secret, text, RECORD_HASH_SIZE + len);
	pen_literal(&pen, SIG_KEY);
	pen_hex(&pen, sig, sizeof(sig));
	return (size_t)(pen.at - out);
}

int seal_read(struct seal *out, const struct record *record)
{
	struct reader r = reader_over(record->body, record->body_len);
	struct seal seal;

	memset(&seal, 0, sizeof(seal));
	if (!record->is_seal)
		return -EBADMSG;
	reader_expect_literal(&r, ",\"reason\":");
	seal.reason = read_reason(&r);
	reader_expect_literal(&r, ",\"boot\":");
	seal.boot = reader_hex64(&r);
	reader_expect_literal(&r, ",\"monotonic_ns\":");
	seal.monotonic_ns = reader_number(&r, UINT64_MAX);
	reader_expect_literal(&r, ",\"age_s\":");
	seal.age_s = reader_number(&r, UINT64_MAX);
	read_heads(&r, &seal);
	reader_expect_literal(&r, ",\"key\":");
	reader_hex(&r, seal.key, sizeof(seal.key));
	reader_expect_literal(&r, ",\"next\":");
	reader_hex(&r, seal.next, sizeof(seal.next));
	reader_expect_literal(&r, SIG_KEY);
	reader_hex(&r, seal.sig, sizeof(seal.sig));
	if (!reader_done(&r))
		return -EBADMSG;
	*out = seal;
	return 0;
}

bool seal_is_signed(const struct seal *seal, const char *line,
		    const struct record *r,
		    const uint8_t prev[RECORD_HASH_SIZE])
{
	uint8_t text[RECORD_HASH_SIZE + SEAL_TEXT_MAX];
	size_t len = r->hashed_len;

	if (len <= SEAL_SIG_LEN || len - SEAL_SIG_LEN > SEAL_TEXT_MAX)
		return false;
	len -= SEAL_SIG_LEN;
	memcpy(text, prev, RECORD_HASH_SIZE);
	memcpy(text + RECORD_HASH_SIZE, line, len);
	return signer_verify(seal->sig, seal->key, text,
			     RECORD_HASH_SIZE + len);
}
