/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From packets to the ordered bytes of both sides: however they come, the same
 * story is told.
 */
#include "ctl/core/clock.h"
#include "tests/support/test.h"
#include "tests/support/turns.h"

static void a_connection_is_heard_in_order(void **state)
{
	static const uint8_t families[] = { 4, 6 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene scene;

		scene_init(&scene, families[i]);
		talk(&scene);
		play_is(&scene, expected("[fin]"));
		scene_fini(&scene);
	}
}

static void any_size_of_segments_tells_the_same(void **state)
{
	(void)state;
	for (size_t mss = 1; mss < 120; mss++) {
		struct scene scene;

		scene_init(&scene, mss % 2 ? 4 : 6);
		scene.mss = mss;
		talk(&scene);
		play_is(&scene, expected("[fin]"));
		scene_fini(&scene);
	}
}

static void sequence_numbers_wrap_anywhere(void **state)
{
	(void)state;
	for (uint32_t back = 0; back < 300; back += 7) {
		struct scene scene;

		scene_init(&scene, 4);
		scene.mss = 7;
		scene.first[SCENE_CLIENT] = 0u - back;
		scene.first[SCENE_SERVER] = 0x80000000u - back;
		talk(&scene);
		play_is(&scene, expected("[fin]"));
		scene_fini(&scene);
	}
}

static void any_order_and_repetition_tells_the_same(void **state)
{
	struct random random = { { 1, 2, 3 } };

	(void)state;
	for (int round = 0; round < 240; round++) {
		static const size_t reaches[] = { 2, 5, 30, 100000 };
		struct scene scene;

		scene_init(&scene, round % 2 ? 4 : 6);
		scene.mss = 1 + random_below(&random, 60);
		scene.first[SCENE_CLIENT] = (uint32_t)random_u64(&random);
		scene.first[SCENE_SERVER] = (uint32_t)random_u64(&random);
		talk(&scene);
		for (uint32_t i = random_below(&random, 20); i > 0; i--)
			scene_repeat(
				&scene,
				random_below(&random, (uint32_t)scene.count));
		scene_shuffle(&scene, &random, 0, reaches[round / 2 % 4]);
		play_is(&scene, expected("[fin]"));
		scene_fini(&scene);
	}
}

static void fragments_in_any_order_tell_the_same(void **state)
{
	struct random random = { { 4, 5, 6 } };

	(void)state;
	for (int round = 0; round < 80; round++) {
		struct scene scene;

		scene_init(&scene, round % 2 ? 4 : 6);
		talk(&scene);
		scene_fragment(&scene, 8 + 8 * random_below(&random, 8));
		for (uint32_t i = random_below(&random, 20); i > 0; i--)
			scene_repeat(
				&scene,
				random_below(&random, (uint32_t)scene.count));
		scene_shuffle(&scene, &random, 0, 30);
		play_is(&scene, expected("[fin]"));
		scene_fini(&scene);
	}
}

/* Bytes [AT, AT + LEN) of what WHO said since the handshake, as they would
 * come in a segment of any size. */
static void say_again(struct scene *s, enum scene_who who, const char *all,
		      uint32_t at, uint32_t len)
{
	scene_put(s, &(struct scene_segment){
			     .from = who,
			     .seq = s->first[who] + 1 + at,
			     .ack = s->next[who == SCENE_CLIENT],
			     .flags = ACK,
			     .data = all + at,
			     .len = len,
		     });
}

static void overlapping_segments_tell_the_same(void **state)
{
	static const char all[] = "MAIL FROM:<somebody@example.net>\r\n";
	struct random random = { { 7, 8, 9 } };
	const uint32_t size = sizeof(all) - 1;

	(void)state;
	for (int round = 0; round < 100; round++) {
		struct scene scene;
		uint32_t told = 0;

		scene_init(&scene, 4);
		scene_open(&scene);
		scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
		while (told < size) {
			uint32_t at = random_below(&random, told + 1);
			uint32_t len = 1 + random_below(&random, size - at);

			say_again(&scene, SCENE_CLIENT, all, at, len);
			if (at + len > told)
				told = at + len;
		}
		scene_shuffle(&scene, &random, 4, 1000);
		scene.next[SCENE_CLIENT] += size;
		scene_ack(&scene, SCENE_SERVER);
		scene_close(&scene);
		play_is(&scene, ">220 hi\r\n<MAIL FROM:<somebody@example.net>"
				"\r\n[fin]");
		scene_fini(&scene);
	}
}

static void a_new_connection_of_the_same_ports_is_another_one(void **state)
{
	struct script script;
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 one\r\n");
	scene.first[SCENE_CLIENT] += 5000000;
	scene.first[SCENE_SERVER] += 7000000;
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 two\r\n");
	scene_close(&scene);
	script_init(&script);
	script_play(&script, &scene, 60, NULL);
	assert_string_equal(script.text,
			    ">220 one\r\n[timeout]220 two\r\n[fin]");
	assert_int_equal(script.opened, 2);
	script_fini(&script);
	scene_fini(&scene);
}

static void large_transfers_come_whole(void **state)
{
	static uint8_t big[3000000];
	struct random random = { { 3, 1, 4 } };
	struct script script;
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)('a' + random_below(&random, 26));
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "354 go\r\n");
	for (size_t at = 0; at < sizeof(big); at += 30000)
		scene_say(&scene, SCENE_CLIENT, big + at, 30000);
	scene_close(&scene);
	scene_shuffle(&scene, &random, 3, 60);
	script_init(&script);
	script_play(&script, &scene, 60, NULL);
	assert_int_equal(script.len, 9 + 1 + sizeof(big) + 5);
	assert_memory_equal(script.text + 9, "<", 1);
	assert_memory_equal(script.text + 10, big, sizeof(big));
	script_fini(&script);
	scene_fini(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_heard_in_order),
		cmocka_unit_test(any_size_of_segments_tells_the_same),
		cmocka_unit_test(sequence_numbers_wrap_anywhere),
		cmocka_unit_test(any_order_and_repetition_tells_the_same),
		cmocka_unit_test(fragments_in_any_order_tell_the_same),
		cmocka_unit_test(overlapping_segments_tell_the_same),
		cmocka_unit_test(
			a_new_connection_of_the_same_ports_is_another_one),
		cmocka_unit_test(large_transfers_come_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
