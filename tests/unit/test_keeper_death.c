/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/records/stream.h"
#include "tests/support/playctl.h"

/* What a postern-ctl under load says in a moment. */
static void say_something(struct ctl *c)
{
	uint32_t what = random_below(&c->random, 40);

	if (what == 0)
		ctl_checkpoint(c, random_below(&c->random, 400));
	else if (what == 1)
		ctl_say_hello(c);
	else if (what < 10)
		ctl_act(c, ACT_UNBAN, ORIGIN_PERSON);
	else
		ctl_acts(c, random_below(&c->random, 60));
}

/* One line of the acts: its number is the next, and so is its id. */
static void assert_line(const char *at, const char *end, uint64_t *seq,
			uint64_t *id)
{
	const char *key = memmem(at, (size_t)(end - at), "\",\"id\":", 7);

	assert_int_equal(strtoull(at + 7, NULL, 10), ++*seq);
	if (key)
		assert_int_equal(strtoull(key + 7, NULL, 10), ++*id);
}

/* Every id in the folder's records, each once, one after the other; also in
 * segments that are packed by now. */
static void assert_ids_in_order(struct ctl *c)
{
	const struct query all = { .classes = 0 };
	uint64_t id = 0, seq = 0;
	struct stream *stream;
	const char *at;
	size_t len;

	assert_int_equal(stream_open(&stream, c->path, CLASS_ACTS, &all), 0);
	while (stream_block(stream, &at, &len) > 0) {
		const char *end = at + len;

		for (const char *line; at < end; at = line + 1) {
			line = memchr(at, '\n', (size_t)(end - at));
			assert_line(at, line, &seq, &id);
		}
	}
	stream_close(stream);
	assert_int_equal(id, c->id);
}

/* The newest segment, or 0. */
static uint64_t newest_segment(const struct ctl *c)
{
	struct folder *folder;
	uint64_t *numbers, newest;
	const char *advice;
	size_t count;

	if (folder_open(&folder, c->path, CLASS_ACTS, -1, &advice))
		return 0;
	assert_int_equal(folder_list(folder, &numbers, &count), 0);
	newest = count ? numbers[count - 1] : 0;
	free(numbers);
	folder_close(folder);
	return newest;
}

/*
 * The power fails: what was not synced is not there, or a part of it, or
 * zeros instead.
 */
static void lose_power(struct ctl *c)
{
	const char *file = ledger_segment(c->path, newest_segment(c));
	struct stat st;
	uint32_t what;
	off_t more;

	if (stat(file, &st) < 0)
		return;
	if (st.st_ino != ctl_disk->named) {
		assert_int_equal(unlink(file), 0);
		return;
	}
	assert_int_equal(ctl_disk->inode, ctl_disk->named);
	assert_true(st.st_size >= ctl_disk->size);
	more = (off_t)random_below(&c->random,
				   (uint32_t)(st.st_size - ctl_disk->size) + 1);
	/* A part of it; zeros instead; nothing. */
	what = random_below(&c->random, 3);
	if (what > 0)
		assert_int_equal(truncate(file, ctl_disk->size), 0);
	if (what < 2)
		assert_int_equal(truncate(file, ctl_disk->size + more), 0);
}

/* Live for a moment: at times not even until all is restored. */
static void live(struct ctl *c)
{
	uint64_t until = ctl_now_ms() + random_below(&c->random, 40);
	bool waits = random_below(&c->random, 3) > 0;

	ctl_start(c);
	c->restores = 0;
	while (ctl_now_ms() < until || waits) {
		if (waits && c->restores > 0) {
			waits = false;
			until = ctl_now_ms() + random_below(&c->random, 40);
		}
		if (chan_is_clear(&c->chan) && c->is_live &&
		    c->id < CTL_ACTS_MAX - 1000)
			say_something(c);
		ctl_exchange(c, 0);
	}
}

/* Kill it again and again; END says what that means for the disk. */
static void kill_often(struct ctl *c, void (*end)(struct ctl *c))
{
	for (int i = 0; i < 40; i++) {
		struct survey survey;

		live(c);
		assert_int_equal(ctl_finish(c, SIGKILL), -1);
		if (end)
			end(c);
		/* Even what it said in its last moment is true. */
		ctl_exchange(c, 0);
		survey = ledger_survey(c->path);
		assert_true(survey.last_id >= c->kept);
		for (size_t k = 0; k < survey.count; k++)
			assert_int_equal(survey.findings[k].flaw, FLAW_NONE);
		survey_fini(&survey);
	}
	ctl_meet(c);
	ctl_wait(c, ctl_is_kept);
	assert_int_equal(ctl_finish(c, SIGTERM), 0);
	assert_true(c->id > 500);
	ctl_assert_whole(c, c->id);
	assert_ids_in_order(c);
}

static void killed_at_any_instant_it_keeps_its_word(void **state)
{
	kill_often(*state, NULL);
}

static void it_keeps_its_word_through_power_failures(void **state)
{
	kill_often(*state, lose_power);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, ctl_set_up, ctl_tear_down)
		CASE(killed_at_any_instant_it_keeps_its_word),
		CASE(it_keeps_its_word_through_power_failures),
	};

	return cmocka_run_group_tests_name("keeper_death", tests, NULL, NULL);
}
