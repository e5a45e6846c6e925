/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream: bits by byte.  The common segment finds its place empty and is one
 * copy; only where bytes meet bytes does anything look at single ones.
 */
#include "sensors/stream.h"

#include <string.h>

#include "sensors/bits.h"
#include "sensors/bytes.h"

#define PAGE_MASK (PAGE_SIZE - 1)

/* A segment is no longer: IP packets end at 64 KiB. */
#define SEGMENT_PAGES (65536u / PAGE_SIZE + 1)

void stream_init(struct stream *s, uint32_t owner, uint32_t seq)
{
	*s = (struct stream){
		.next = seq,
		.whole = seq,
		.top = seq,
		.owner = owner,
		.pages = PAGE_NONE,
		.head = PAGE_NONE,
	};
}

/* Where bytes are put: mostly in the newest page. */
static struct page *newest_page(const struct stream *s, struct pages *pages,
				uint64_t number)
{
	return pages_find(pages, s->owner, number, s->pages);
}

/* Where they are taken from. */
static struct page *first_page(const struct stream *s, struct pages *pages)
{
	return pages_find(pages, s->owner, s->offset >> PAGE_BITS, s->head);
}

/* Where things are */

static uint64_t offset_of(const struct stream *s, uint32_t seq)
{
	return s->offset + (uint64_t)(int64_t)seq_diff(seq, s->next);
}

static uint32_t seq_of(const struct stream *s, uint64_t offset)
{
	return s->next + (uint32_t)(offset - s->offset);
}

/* How far all is there, at most up to LIMIT.  What was found before is kept, so
 * that no byte is looked at twice. */
static uint32_t find_whole(struct stream *s, struct pages *pages,
			   uint32_t limit)
{
	if (seq_before(s->whole, s->next))
		s->whole = s->next;
	while (seq_before(s->whole, limit)) {
		uint64_t at = offset_of(s, s->whole);
		struct page *page = newest_page(s, pages, at >> PAGE_BITS);
		uint32_t in = (uint32_t)(at & PAGE_MASK), end;

		end = page ? find_bit(page->there, in, false) : in;
		s->whole += end - in;
		if (end < PAGE_SIZE)
			break;
	}
	return s->whole;
}

/*
 * Where the segment begins that the byte at OFFSET came in, as far as its
 * bytes are there.
 */
static uint64_t find_start(const struct stream *s, struct pages *pages,
			   uint64_t offset)
{
	uint64_t number = offset >> PAGE_BITS;
	uint32_t in = (uint32_t)(offset & PAGE_MASK);

	for (uint32_t i = 0; i < SEGMENT_PAGES; i++) {
		struct page *page = newest_page(s, pages, number);

		if (!page)
			break;
		for (uint32_t word = in / 64 + 1; word-- > 0;) {
			uint64_t bits = page->starts[word];

			if (word == in / 64 && in % 64 != 63)
				bits &= bits_to(in + 1);
			if (bits)
				return (number << PAGE_BITS) + word * 64 + 63 -
				       (uint64_t)__builtin_clzll(bits);
		}
		if (number == 0)
			break;
		number--;
		in = PAGE_SIZE - 1;
	}
	return offset;
}

/* Marks */

/* Keep them in order; the earliest reading that is told of a byte counts.
 * False: there is no room, and order is kept less strictly. */
static bool add_mark(struct page *page, uint32_t in, uint32_t ack)
{
	uint32_t at = page->mark_count;

	while (at > 0 && page->mark_at[at - 1] > in)
		at--;
	if (at > 0 && page->mark_at[at - 1] == in) {
		if (seq_before(ack, page->mark_ack[at - 1]))
			page->mark_ack[at - 1] = ack;
		return true;
	}
	/* One mark does for all segments of a turn. */
	if (at > 0 && page->mark_ack[at - 1] == ack)
		return true;
	if (at < page->mark_count && page->mark_ack[at] == ack) {
		page->mark_at[at] = (uint16_t)in;
		return true;
	}
	if (page->mark_count == PAGE_MARKS)
		return false;
	for (uint32_t i = page->mark_count; i > at; i--) {
		page->mark_at[i] = page->mark_at[i - 1];
		page->mark_ack[i] = page->mark_ack[i - 1];
	}
	page->mark_at[at] = (uint16_t)in;
	page->mark_ack[at] = ack;
	page->mark_count++;
	return true;
}

/* Bytes from IN on that may be handed on before the peer is at PEER. */
static uint32_t before_marks(const struct page *page, uint32_t in, uint32_t end,
			     uint32_t peer)
{
	for (uint32_t i = 0; i < page->mark_count; i++) {
		if (page->mark_at[i] < in)
			continue;
		if (page->mark_at[i] >= end)
			break;
		if (seq_before(peer, page->mark_ack[i]))
			return page->mark_at[i];
	}
	return end;
}

/* Putting */

/* What a new copy of bytes has to show against an old one. */
struct copy {
	uint64_t start; /* of the segment, in the pages */
	uint64_t end;
	uint64_t whole; /* the receiver had all before this */
	bool is_doubtful;
};

/*
 * Does the new copy count, where the old one says otherwise?  Linux keeps what
 * it could hand on already.  Of what waits behind a hole the segment that
 * begins first counts, and of two that begin together the longer one:
 * tcp_data_queue_ofo() drops segments that a new one covers.
 */
static bool is_new_better(const struct stream *s, struct pages *pages,
			  const struct copy *copy, uint64_t offset,
			  bool old_is_doubtful)
{
	uint64_t start;

	if (old_is_doubtful != copy->is_doubtful)
		return old_is_doubtful;
	if (offset < copy->whole)
		return false;
	start = find_start(s, pages, offset);
	if (start != copy->start)
		return copy->start < start;
	/* The same start: the old one ends where another begins, or none. */
	for (uint64_t at = offset + 1; at < copy->end; at++) {
		struct page *page = newest_page(s, pages, at >> PAGE_BITS);
		uint32_t in = (uint32_t)(at & PAGE_MASK);

		if (!page || !has_bit(page->there, in))
			return true;
		if (has_bit(page->starts, in))
			return true;
	}
	return false;
}

/* Where bytes meet bytes: one by one.  A winner is found once per segment that
 * was there. */
static void merge(const struct stream *s, struct pages *pages,
		  struct page *page, uint32_t in, const uint8_t *data,
		  uint32_t len, const struct copy *copy,
		  struct stream_stats *stats)
{
	uint64_t base = page->number << PAGE_BITS;
	bool known = false, better = false, old_doubt = false;

	for (uint32_t i = in; i < in + len; i++) {
		uint8_t byte = data[i - in];
		bool doubtful = has_bit(page->doubtful, i);

		if (!has_bit(page->there, i)) {
			put_bit(page->there, i, true);
			put_bit(page->doubtful, i, copy->is_doubtful);
			page->data[i] = byte;
			known = false;
			continue;
		}
		stats->repeated++;
		if (page->data[i] == byte) {
			if (!copy->is_doubtful)
				put_bit(page->doubtful, i, false);
			continue;
		}
		stats->conflicts++;
		if (!known || has_bit(page->starts, i) ||
		    doubtful != old_doubt || base + i == copy->whole) {
			better = is_new_better(s, pages, copy, base + i,
					       doubtful);
			old_doubt = doubtful;
			known = true;
		}
		if (better) {
			page->data[i] = byte;
			put_bit(page->doubtful, i, copy->is_doubtful);
			put_bit(page->starts, i, false);
		}
	}
}

/*
 * Where the compiler sees that a copy is at most a page long, it writes "rep
 * movs" in its place, which costs two thirds of all the work here.
 */
static void copy_bytes(uint8_t *to, const uint8_t *from, size_t len)
{
	__asm__("" : "+r"(len)); /* it may be anything */
	memcpy(to, from, len);
}

static void fill(struct stream *s, struct pages *pages, struct page *page,
		 uint32_t in, const uint8_t *data, uint32_t len,
		 struct copy *copy, struct stream_stats *stats)
{
	if (!has_any(page->there, in, in + len)) {
		copy_bytes(page->data + in, data, len);
		set_all(page->there, in, in + len);
		if (copy->is_doubtful)
			set_all(page->doubtful, in, in + len);
		return;
	}
	/* Of use only here; the new bytes do not count yet. */
	if (!copy->whole)
		copy->whole = offset_of(
			s, find_whole(s, pages, seq_of(s, copy->end)));
	merge(s, pages, page, in, data, len, copy, stats);
}

static enum stream_put put_pages(struct stream *s, struct pages *pages,
				 const struct piece *p, uint64_t at,
				 struct stream_stats *stats)
{
	struct copy copy = {
		.start = at,
		.end = at + p->len,
		.is_doubtful = p->is_doubtful,
	};
	const uint8_t *data = p->data;
	size_t left = p->len;

	while (left > 0) {
		struct page *page = newest_page(s, pages, at >> PAGE_BITS);
		uint32_t in = (uint32_t)(at & PAGE_MASK);
		uint32_t len = PAGE_SIZE - in;

		if (len > left)
			len = (uint32_t)left;
		if (!page)
			page = pages_take(pages, s->owner, at >> PAGE_BITS,
					  &s->pages);
		if (!page)
			return STREAM_FULL;
		if (p->has_ack && !add_mark(page, in, p->ack))
			s->unordered = true;
		fill(s, pages, page, in, data, len, &copy, stats);
		if (at == copy.start)
			put_bit(page->starts, in, true);
		at += len;
		data += len;
		left -= len;
		if (seq_before(s->top, seq_of(s, at)))
			s->top = seq_of(s, at);
	}
	return STREAM_TAKEN;
}

enum stream_put stream_put(struct stream *s, struct pages *pages,
			   const struct piece *piece,
			   struct stream_stats *stats)
{
	struct piece p = *piece;
	int32_t ahead = seq_diff(p.seq, s->next);

	if (ahead < 0) {
		uint32_t old = 0u - (uint32_t)ahead;

		if (p.len <= old) {
			stats->repeated += p.len;
			return STREAM_OLD;
		}
		stats->repeated += old;
		p.seq += old;
		p.data += old;
		p.len -= old;
		ahead = 0;
	}
	if ((uint32_t)ahead > STREAM_WINDOW ||
	    p.len > STREAM_WINDOW - (uint32_t)ahead) {
		stats->far++;
		return STREAM_FAR;
	}
	return put_pages(s, pages, &p, s->offset + (uint32_t)ahead, stats);
}

/* Taking */

size_t stream_ready(struct stream *s, struct pages *pages, uint32_t limit,
		    uint32_t peer, bool forced, const uint8_t **out)
{
	int32_t most = seq_diff(limit, s->next);
	uint32_t in, end;
	struct page *page;

	if (most <= 0 || s->pages == PAGE_NONE)
		return 0;
	page = first_page(s, pages);
	if (!page)
		return 0;
	s->head = pages_index(pages, page);
	in = (uint32_t)(s->offset & PAGE_MASK);
	end = find_bit(page->there, in, false);
	if (end - in > (uint32_t)most)
		end = in + (uint32_t)most;
	if (!forced && page->mark_count > 0)
		end = before_marks(page, in, end, peer);
	*out = page->data + in;
	return end - in;
}

bool stream_had_read(const struct stream *s, struct pages *pages,
		     uint32_t behind, size_t *len)
{
	const struct page *page = first_page(s, pages);
	uint32_t in = (uint32_t)(s->offset & PAGE_MASK);

	for (uint32_t i = 0; page && i < page->mark_count; i++) {
		if (!seq_before(behind, page->mark_ack[i]))
			continue;
		if (page->mark_at[i] <= in)
			return true;
		if (page->mark_at[i] - in < *len)
			*len = page->mark_at[i] - in;
		return false;
	}
	return false;
}

void stream_took(struct stream *s, struct pages *pages, size_t len)
{
	uint64_t number = s->offset >> PAGE_BITS;
	struct page *page = first_page(s, pages);

	s->next += (uint32_t)len;
	s->offset += len;
	if (seq_before(s->top, s->next))
		s->top = s->next;
	/* A page is given back when it is done, or when nothing follows. */
	if (page && (s->offset >> PAGE_BITS != number || s->next == s->top))
		pages_give(pages, page, &s->pages);
	if (s->next == s->top && s->pages == PAGE_NONE)
		s->offset = 0;
}

bool stream_first(const struct stream *s, struct pages *pages, uint32_t *out)
{
	uint64_t number = s->offset >> PAGE_BITS;
	uint64_t last = offset_of(s, s->top) >> PAGE_BITS;
	uint32_t in = (uint32_t)(s->offset & PAGE_MASK);

	if (s->pages == PAGE_NONE)
		return false;
	for (; number <= last; number++, in = 0) {
		struct page *page = newest_page(s, pages, number);
		uint32_t at;

		if (!page)
			continue;
		at = find_bit(page->there, in, true);
		if (at < PAGE_SIZE) {
			*out = seq_of(s, (number << PAGE_BITS) + at);
			return true;
		}
	}
	return false;
}

void stream_skip(struct stream *s, struct pages *pages, uint32_t seq)
{
	uint64_t offset = offset_of(s, seq);
	uint32_t at = s->pages;

	while (at != PAGE_NONE) {
		struct page *page = pages_at(pages, at);

		at = page->next;
		if (page->number < offset >> PAGE_BITS)
			pages_give(pages, page, &s->pages);
	}
	s->next = seq;
	s->offset = offset;
	if (seq_before(s->top, seq))
		s->top = seq;
	if (seq_before(s->whole, seq))
		s->whole = seq;
}

void stream_drop(struct stream *s, struct pages *pages)
{
	while (s->pages != PAGE_NONE)
		pages_give(pages, pages_at(pages, s->pages), &s->pages);
}
