/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensors/dialogue/letterbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct content_slot {
	struct content_slot *before;
	struct content_slot *after;
	struct dialogue *owner;
	struct content *content;
};

int letterbox_init(struct dialogue_pool *pool)
{
	size_t room = (content_size() + 15) & ~(size_t)15;
	size_t count = pool->config.content_max;
	uint8_t *contents;

	pool->slots = calloc(count + 1, sizeof(*pool->slots));
	/* One block, of which only what is used ever becomes memory. */
	contents = calloc(count + 1, room);
	if (!pool->slots || !contents) {
		free(pool->slots);
		free(contents);
		pool->slots = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; i <= count; i++)
		pool->slots[i].content =
			(struct content *)(void *)(contents + i * room);
	return 0;
}

void letterbox_fini(struct dialogue_pool *pool)
{
	if (pool->slots)
		free(pool->slots[0].content);
	free(pool->slots);
	pool->slots = NULL;
}

static void unlink_slot(struct dialogue_pool *pool, struct content_slot *slot)
{
	if (slot->before)
		slot->before->after = slot->after;
	else
		pool->slot_first = slot->after;
	if (slot->after)
		slot->after->before = slot->before;
	else
		pool->slot_last = slot->before;
	slot->before = slot->after = NULL;
}

static void link_last(struct dialogue_pool *pool, struct content_slot *slot)
{
	slot->before = pool->slot_last;
	slot->after = NULL;
	if (pool->slot_last)
		pool->slot_last->after = slot;
	else
		pool->slot_first = slot;
	pool->slot_last = slot;
}

static void count_content(struct dialogue_pool *pool,
			  const struct content_slot *slot)
{
	pool->stats.parts += content_parts(slot->content);
	pool->stats.skipped += content_skipped(slot->content);
}

static bool on_file_begin(void *ctx, const char *name)
{
	struct dialogue *d = ctx;
	const struct handoff *to = d->pool->config.handoff;
	struct event about;

	if (d->pool->config.signs_off & (uint64_t)1 << SIGN_MALWARE)
		return false;
	blame_later(d, SIGN_MALWARE, 1, name, &about);
	d->file = to->begin(to->ctx, &about);
	return d->file != 0;
}

static bool on_file_data(void *ctx, const uint8_t *bytes, size_t len)
{
	struct dialogue *d = ctx;
	const struct handoff *to = d->pool->config.handoff;

	if (!to->data(to->ctx, d->file, bytes, len))
		d->file = 0;
	return d->file != 0;
}

static void on_file_end(void *ctx, bool whole)
{
	struct dialogue *d = ctx;
	const struct handoff *to = d->pool->config.handoff;

	if (d->file)
		to->end(to->ctx, d->file, whole);
	d->file = 0;
}

/* Give up the one that was quiet the longest. */
static struct content_slot *steal(struct dialogue_pool *pool)
{
	struct content_slot *slot = pool->slot_first;

	if (!slot)
		return NULL;
	unlink_slot(pool, slot);
	count_content(pool, slot);
	slot->owner->content = NULL;
	on_file_end(slot->owner, false);
	pool->stats.mails_blind++;
	return slot;
}

static struct content_slot *take_slot(struct dialogue_pool *pool)
{
	struct content_slot *slot = pool->slot_free;

	if (slot) {
		pool->slot_free = slot->after;
		return slot;
	}
	if (pool->slot_used < pool->config.content_max)
		return &pool->slots[pool->slot_used++];
	return steal(pool);
}

static enum sign sign_of(enum finding_kind kind)
{
	static const enum sign signs[FINDING_COUNT] = {
		[FINDING_DANGEROUS] = SIGN_DANGEROUS_ATTACHMENT,
		[FINDING_MALWARE] = SIGN_MALWARE,
		[FINDING_ACTIVE] = SIGN_ACTIVE_CONTENT,
		[FINDING_SEALED] = SIGN_SEALED_ATTACHMENT,
	};

	return signs[kind];
}

static void on_found(void *ctx, const struct finding *finding)
{
	struct dialogue *d = ctx;

	if (finding->kind == FINDING_STATUS) {
		snprintf(d->smtp.status, sizeof(d->smtp.status), "%.13s",
			 finding->text);
		return;
	}
	blame(d, sign_of(finding->kind), finding->severity, "%s",
	      finding->text);
}

static bool begins(const uint8_t *value, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && strncasecmp((const char *)value, word, n) == 0;
}

/* Of one field; nobody honest names more. */
#define SENDERS_MAX 8u

/* From, Sender and Reply-To: ours, or somebody else's? */
static void take_sender(struct dialogue *d, const uint8_t *value, size_t len)
{
	struct address a;

	if (!pool_knows_own(d->pool))
		return;
	for (unsigned int i = 0; i < SENDERS_MAX; i++) {
		if (!address_in_field(&a, &value, &len))
			return;
		if (pool_is_own(d->pool, a.domain, a.domain_len))
			d->smtp.header_own = true;
		else
			d->smtp.header_foreign = true;
	}
}

static void on_field(void *ctx, enum field field, const uint8_t *value,
		     size_t len)
{
	struct dialogue *d = ctx;
	struct smtp *smtp = &d->smtp;

	switch (field) {
	case FIELD_FROM:
	case FIELD_SENDER:
	case FIELD_REPLY_TO:
		take_sender(d, value, len);
		break;
	case FIELD_AUTO_SUBMITTED:
		smtp->auto_submitted = begins(value, len, "auto-replied");
		break;
	case FIELD_PRECEDENCE:
		smtp->auto_marked |= begins(value, len, "auto_reply");
		break;
	case FIELD_AUTO_REPLY:
		smtp->auto_marked = true;
		break;
	case FIELD_IN_REPLY_TO:
		smtp->in_reply = true;
		break;
	case FIELD_REPORT:
		smtp->report = true;
		break;
	case FIELD_COUNT:
		break;
	}
}

void letterbox_begin(struct dialogue *d)
{
	static const struct content_ops alone = { .found = on_found,
						  .field = on_field };
	static const struct content_ops helped = {
		.found = on_found,
		.field = on_field,
		.file_begin = on_file_begin,
		.file_data = on_file_data,
		.file_end = on_file_end,
	};
	struct dialogue_pool *pool = d->pool;
	struct content_slot *slot;

	if (d->content)
		return;
	slot = take_slot(pool);
	if (!slot) {
		pool->stats.mails_blind++;
		return;
	}
	slot->owner = d;
	d->content = slot;
	link_last(pool, slot);
	content_begin(slot->content, pool->rules,
		      pool->config.handoff ? &helped : &alone, d);
}

void letterbox_data(struct dialogue *d, const uint8_t *bytes, size_t len)
{
	struct dialogue_pool *pool = d->pool;
	struct content_slot *slot = d->content;

	d->smtp.text_bytes += len;
	if (!slot || len == 0)
		return;
	if (pool->slot_last != slot) {
		unlink_slot(pool, slot);
		link_last(pool, slot);
	}
	content_data(slot->content, bytes, len);
}

void letterbox_gap(struct dialogue *d)
{
	if (d->content)
		content_gap(d->content->content);
}

void letterbox_end(struct dialogue *d, bool whole)
{
	struct dialogue_pool *pool = d->pool;
	struct content_slot *slot = d->content;

	if (whole)
		pool->stats.mails++;
	if (!slot)
		return;
	/* What it holds may have arrived at the server even so. */
	content_end(slot->content);
	count_content(pool, slot);
	d->content = NULL;
	unlink_slot(pool, slot);
	slot->after = pool->slot_free;
	pool->slot_free = slot;
}
