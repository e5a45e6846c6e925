/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sealer: steps, each of which may fail and be tried again.
 */
#include "ctl/records/sealer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/scroll.h"

/* So much goes by unseen at most, as far as anybody can know. */
#define UNSEEN_MAX_S 3600u

/* The wanted, or the last, seal of one segment. */
static int find_in(const struct folder *seals, uint64_t number, uint64_t seq,
		   char *line)
{
	struct record record;
	struct scroll scroll;
	struct line at;
	int fd = folder_read(seals, number);
	int found = 0, got;

	if (fd < 0)
		return fd;
	got = scroll_open(&scroll, fd, INT64_MAX);
	while (!got && (got = scroll_next(&scroll, &at)) > 0) {
		got = 0;
		if (!at.is_whole || record_open(&record, at.text, at.len) ||
		    !record.is_seal || (seq && record.seq != seq))
			continue;
		memcpy(line, at.text, at.len);
		found = (int)at.len;
		if (seq)
			break;
	}
	scroll_close(&scroll);
	close(fd);
	return got < 0 ? got : found;
}

int sealer_find(const struct folder *seals, uint64_t seq, char *line)
{
	uint64_t *numbers;
	size_t count;
	int found = 0;
	int err = folder_list(seals, &numbers, &count);

	if (err)
		return err;
	while (count > 0 && found == 0) {
		count--;
		if (seq == 0 || numbers[count] <= seq)
			found = find_in(seals, numbers[count], seq, line);
		if (seq && numbers[count] <= seq)
			break;
	}
	free(numbers);
	return found;
}

int sealer_read(const struct folder *seals, uint64_t seq, uint64_t *found_seq,
		uint64_t *time_ns, struct seal *out)
{
	struct record record;
	char *line = malloc(RECORD_SIZE_MAX);
	int len = line ? sealer_find(seals, seq, line) : -ENOMEM;
	int err = len < 0 ? len : 0;

	if (len > 0)
		err = record_open(&record, line, (size_t)len);
	if (len > 0 && !err && out)
		err = seal_read(out, &record);
	if (len > 0 && !err) {
		*found_seq = record.seq;
		*time_ns = record.time_ns;
	}
	free(line);
	return err ? err : len > 0;
}

uint64_t sealer_begun_ns(const struct sealer *s)
{
	uint64_t age_ns = s->last.age_s * CLOCK_NS_PER_S;
	uint64_t begun_ns = s->last_ns > age_ns ? s->last_ns - age_ns : 0;
	uint64_t seq, first_ns;

	if (sealer_read(s->books->folders[CLASS_SEALS], 1, &seq, &first_ns,
			NULL) > 0 &&
	    first_ns < begun_ns)
		return first_ns;
	return begun_ns;
}

int sealer_open(struct sealer *s, struct books *books)
{
	int err;

	memset(s, 0, sizeof(*s));
	s->books = books;
	err = sealer_read(books->folders[CLASS_SEALS], 0, &s->last_seq,
			  &s->last_ns, &s->last);
	if (err < 0)
		return err;
	return keys_open(&s->keys, folder_fd(books->folders[CLASS_SEALS]),
			 s->last_seq ? s->last.next : NULL);
}

void sealer_close(struct sealer *s)
{
	keys_fini(&s->keys);
}

static uint64_t grown_age(const struct sealer *s, const struct seal *seal,
			  uint64_t now_ns)
{
	uint64_t seconds;

	if (s->last_seq == 0)
		return 0;
	if (seal->boot && seal->boot == s->last.boot &&
	    seal->monotonic_ns >= s->last.monotonic_ns) {
		seconds = (seal->monotonic_ns - s->last.monotonic_ns) /
			  CLOCK_NS_PER_S;
	} else {
		seconds = now_ns > s->last_ns
				  ? (now_ns - s->last_ns) / CLOCK_NS_PER_S
				  : 0;
		if (seconds > UNSEEN_MAX_S)
			seconds = UNSEEN_MAX_S;
	}
	return s->last.age_s + seconds;
}

static struct seal draw_up(const struct sealer *s, enum seal_reason reason,
			   uint64_t now_ns)
{
	struct seal seal = {
		.reason = (uint8_t)reason,
		.monotonic_ns = clock_monotonic_ns(),
	};

	if (clock_boot(&seal.boot))
		seal.boot = 0;
	seal.age_s = grown_age(s, &seal, now_ns);
	for (int i = 0; i < SEAL_HEADS; i++) {
		const struct journal *j = s->books->journals[i];

		seal.heads[i].rclass = (uint8_t)i;
		seal.heads[i].seq = journal_seq(j);
		memcpy(seal.heads[i].hash, journal_hash(j), RECORD_HASH_SIZE);
	}
	memcpy(seal.key, s->keys.public, sizeof(seal.key));
	memcpy(seal.next, s->keys.after_public, sizeof(seal.next));
	return seal;
}

/* What is left to do of the newest seal. */
static int finish(struct sealer *s)
{
	int err = 0;

	if (s->is_pending)
		err = journal_sync(s->books->journals[CLASS_SEALS]);
	if (err)
		return err;
	if (s->is_pending) {
		s->is_pending = false;
		s->is_advancing = true;
	}
	if (s->is_advancing)
		err = keys_advance(&s->keys);
	if (!err)
		s->is_advancing = false;
	return err;
}

int sealer_seal(struct sealer *s, enum seal_reason reason)
{
	struct journal *seals = s->books->journals[CLASS_SEALS];
	uint64_t now_ns = clock_calendar_ns();
	struct seal_draft draft = { .secret = s->keys.secret };
	struct seal seal;
	int err;

	err = finish(s);
	if (!err)
		err = books_sync(s->books);
	if (!err)
		err = keys_prepare(&s->keys);
	if (err)
		return err;
	seal = draw_up(s, reason, now_ns);
	draft.seal = &seal;
	err = journal_put(seals, seal_write, &draft, now_ns);
	if (err)
		return err;
	s->last = seal;
	s->last_seq = journal_seq(seals);
	s->last_ns = now_ns;
	s->is_pending = true;
	return draft.error ? draft.error : finish(s);
}
