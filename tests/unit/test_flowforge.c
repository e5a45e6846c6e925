/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody in between, or a liar, adds to a connection: it counts as it
 * does for the peer.
 */
#include "ctl/core/clock.h"
#include "tests/support/test.h"
#include "tests/support/turns.h"

/* Ptacek and Newsham: what the server did not take must not be heard */

static void bytes_that_are_never_acknowledged_are_not_heard(void **state)
{
	struct inlet_stats stats;
	struct script script;
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	scene_say_unheard(&scene, SCENE_CLIENT, "AUTH PLAIN\r\n", 12);
	script_init(&script);
	script_play(&script, &scene, 60, &stats);
	assert_string_equal(script.text, ">220 hi\r\n[shutdown]");
	assert_int_equal(stats.flows.unheard, 12);
	script_fini(&script);
	scene_fini(&scene);
}

/* The server did say it, whether the client cares to acknowledge or not. */
static void a_reply_counts_without_the_clients_word(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	scene_say_text(&scene, SCENE_CLIENT, "AUTH PLAIN AAAA\r\n");
	scene_say_unheard(&scene, SCENE_SERVER, "535 no\r\n", 8);
	scene_put(&scene, &(struct scene_segment){
				  .from = SCENE_CLIENT,
				  .seq = scene.next[SCENE_CLIENT],
				  .flags = RST,
			  });
	play_is(&scene, ">220 hi\r\n<AUTH PLAIN AAAA\r\n>535 no\r\n[rst]");
	scene_fini(&scene);
}

/* A line that never arrives stands in the place of one that does. */
static void forge(struct scene *s, bool before, bool bad_sum, uint8_t hops)
{
	static const char real[] = "AUTH PLAIN AAAA\r\n";
	static const char fake[] = "NOOP its all ok\r\n";
	uint32_t seq = s->next[SCENE_CLIENT];
	uint8_t own_hops = s->hops[SCENE_CLIENT];
	struct scene_segment lie = {
		.from = SCENE_CLIENT,
		.seq = seq,
		.ack = s->next[SCENE_SERVER],
		.flags = ACK,
		.data = fake,
		.len = sizeof(fake) - 1,
	};

	for (int i = 0; i < 2; i++) {
		if ((i == 0) == before) {
			s->sound = !bad_sum;
			s->hops[SCENE_CLIENT] = hops ? hops : own_hops;
			scene_put(s, &lie);
			s->sound = true;
			s->hops[SCENE_CLIENT] = own_hops;
		} else {
			scene_say_unheard(s, SCENE_CLIENT, real,
					  sizeof(real) - 1);
		}
	}
	scene_ack(s, SCENE_SERVER);
}

static void forged_copies_do_not_count(void **state)
{
	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		struct scene scene;

		scene_init(&scene, 4);
		scene.stamps = kind >= 4;
		scene_open(&scene);
		scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
		/* Wrong checksum; fewer hops; both. */
		forge(&scene, kind % 2, kind / 2 != 1, kind / 2 ? 3 : 0);
		scene_say_text(&scene, SCENE_SERVER, "535 no\r\n");
		scene_close(&scene);
		play_is(&scene, ">220 hi\r\n<AUTH PLAIN AAAA\r\n>535 no\r\n"
				"[fin]");
		scene_fini(&scene);
	}
}

static void an_old_time_stamp_does_not_count(void **state)
{
	struct scene scene;
	uint64_t now_ns;

	(void)state;
	scene_init(&scene, 4);
	scene.stamps = true;
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	scene_say_text(&scene, SCENE_CLIENT, "EHLO a\r\n");
	now_ns = scene.time_ns;
	scene.time_ns -= 100 * CLOCK_NS_PER_MS;
	scene_put(&scene, &(struct scene_segment){
				  .from = SCENE_CLIENT,
				  .seq = scene.next[SCENE_CLIENT],
				  .ack = scene.next[SCENE_SERVER],
				  .flags = ACK,
				  .data = "NOOP\r\n",
				  .len = 6,
			  });
	scene.time_ns = now_ns;
	scene_say_text(&scene, SCENE_CLIENT, "QUIT\r\n");
	scene_close(&scene);
	play_is(&scene, ">220 hi\r\n<EHLO a\r\nQUIT\r\n[fin]");
	scene_fini(&scene);
}

/*
 * What was in order first stays; behind a hole the segment that begins first
 * counts, and of two that begin together the longer one.  A kernel 6.18 that
 * was sent these very segments read the same.
 */
static void contradicting_segments_are_read_as_linux_does(void **state)
{
	static const struct {
		const char *first, *second;
		uint32_t first_at, second_at;
		const char *heard;
	} cases[] = {
		{ "bcdefg", "BCDEFG", 1, 1, "abcdefg" }, /* the same place */
		{ "bcdefg", "CDE", 1, 2, "abcdefg" }, /* inside */
		{ "bcdefg", "BCDE", 1, 1, "abcdefg" }, /* shorter */
		{ "cdefg", "BCDEFG", 2, 1, "aBCDEFG" }, /* begins before */
		{ "cdef", "CDEFG", 2, 2, NULL }, /* longer: b is missing */
		{ "bcd", "BCDEFG", 1, 1, "aBCDEFG" }, /* longer */
		{ "bcde", "DEFG", 1, 3, "abcdeFG" }, /* begins behind */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char want[64];
		struct scene scene;
		uint32_t base;

		scene_init(&scene, 4);
		scene_open(&scene);
		scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
		base = scene.next[SCENE_CLIENT];
		for (int part = 0; part < 2; part++) {
			const char *text = part ? cases[i].second
						: cases[i].first;

			scene_put(&scene,
				  &(struct scene_segment){
					  .from = SCENE_CLIENT,
					  .seq = base +
						 (part ? cases[i].second_at
						       : cases[i].first_at),
					  .ack = scene.next[SCENE_SERVER],
					  .flags = ACK,
					  .data = text,
					  .len = strlen(text),
				  });
		}
		if (cases[i].heard) {
			scene_say_unheard(&scene, SCENE_CLIENT, "a", 1);
			scene.next[SCENE_CLIENT] = base + 7;
			scene_ack(&scene, SCENE_SERVER);
			scene_close(&scene);
			snprintf(want, sizeof(want), ">220 hi\r\n<%s[fin]",
				 cases[i].heard);
			play_is(&scene, want);
		}
		scene_fini(&scene);
	}
}

/* What the receiver had in order before it was contradicted is what it read. */
static void what_was_in_order_first_stays(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	scene_say_unheard(&scene, SCENE_CLIENT, "QUIT", 4);
	scene_put(&scene, &(struct scene_segment){
				  .from = SCENE_CLIENT,
				  .seq = scene.first[SCENE_CLIENT] + 1,
				  .ack = scene.next[SCENE_SERVER],
				  .flags = ACK,
				  .data = "NOOP\r\n",
				  .len = 6,
			  });
	scene.next[SCENE_CLIENT] += 2;
	scene_ack(&scene, SCENE_SERVER);
	scene_close(&scene);
	play_is(&scene, ">220 hi\r\n<QUIT\r\n[fin]");
	scene_fini(&scene);
}

static void an_urgent_byte_is_not_read(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	scene_put(&scene, &(struct scene_segment){
				  .from = SCENE_CLIENT,
				  .seq = scene.next[SCENE_CLIENT],
				  .ack = scene.next[SCENE_SERVER],
				  .flags = ACK | URG,
				  .urgent = 3,
				  .data = "AUxTH\r\n",
				  .len = 7,
			  });
	scene.next[SCENE_CLIENT] += 7;
	scene_ack(&scene, SCENE_SERVER);
	scene_close(&scene);
	play_is(&scene, ">220 hi\r\n<AUTH\r\n[fin]");
	scene_fini(&scene);
}

static void a_forged_reset_or_end_hides_nothing(void **state)
{
	static const uint8_t flags[] = { RST, RST | ACK, FIN | ACK };

	(void)state;
	for (size_t kind = 0; kind < 6; kind++) {
		struct scene scene;

		scene_init(&scene, 4);
		scene_open(&scene);
		scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
		scene.sound = kind < 3;
		scene.hops[SCENE_CLIENT] = kind < 3 ? 2 : 57;
		scene_put(&scene, &(struct scene_segment){
					  .from = SCENE_CLIENT,
					  .seq = scene.next[SCENE_CLIENT],
					  .ack = scene.next[SCENE_SERVER],
					  .flags = flags[kind % 3],
				  });
		scene.sound = true;
		scene.hops[SCENE_CLIENT] = 57;
		scene_say_text(&scene, SCENE_CLIENT, "EHLO a\r\n");
		scene_say_text(&scene, SCENE_SERVER, "250 ok\r\n");
		scene_close(&scene);
		play_is(&scene, ">220 hi\r\n<EHLO a\r\n>250 ok\r\n[fin]");
		scene_fini(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			bytes_that_are_never_acknowledged_are_not_heard),
		cmocka_unit_test(a_reply_counts_without_the_clients_word),
		cmocka_unit_test(forged_copies_do_not_count),
		cmocka_unit_test(an_old_time_stamp_does_not_count),
		cmocka_unit_test(contradicting_segments_are_read_as_linux_does),
		cmocka_unit_test(what_was_in_order_first_stays),
		cmocka_unit_test(an_urgent_byte_is_not_read),
		cmocka_unit_test(a_forged_reset_or_end_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
