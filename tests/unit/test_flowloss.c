/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a capture misses, what it never had, and what there is no room for.
 */
#include "ctl/core/clock.h"
#include "tests/support/test.h"
#include "tests/support/turns.h"

/* Loss */

static void a_gap_is_said_and_read_on_behind_it(void **state)
{
	struct inlet_stats stats;
	struct script script;
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	scene_say_text(&scene, SCENE_CLIENT, "EHLO a\r\n");
	scene_say_text(&scene, SCENE_SERVER, "250 ok\r\n");
	/* The capture missed the client's line; the server did not. */
	scene_drop(&scene, 5);
	scene_say_text(&scene, SCENE_CLIENT, "QUIT\r\n");
	scene_close(&scene);
	script_init(&script);
	script_play(&script, &scene, 60, &stats);
	assert_string_equal(script.text, ">220 hi\r\n<(8 missing)>250 ok\r\n"
					 "<QUIT\r\n[fin]");
	assert_int_equal(stats.flows.gaps, 1);
	assert_int_equal(stats.flows.missing, 8);
	script_fini(&script);
	scene_fini(&scene);
}

/* Whatever single packet is missing, the rest is heard. */
static void any_missing_packet_costs_only_its_own_bytes(void **state)
{
	struct scene whole;

	(void)state;
	scene_init(&whole, 4);
	talk(&whole);
	for (size_t i = 0; i < whole.count; i++) {
		struct script script;
		struct scene scene;

		scene_init(&scene, 4);
		talk(&scene);
		scene_drop(&scene, i);
		script_init(&script);
		script_play(&script, &scene, 60, NULL);
		assert_int_equal(script.opened, 1);
		assert_int_equal(script.ended, 1);
		assert_non_null(strstr(script.text, "MAIL FROM") ||
						strstr(script.text, "missing")
					? script.text
					: NULL);
		if (!whole.packets[i].is_data)
			assert_null(strstr(script.text, "220 mx1")
					    ? NULL
					    : script.text);
		script_fini(&script);
		scene_fini(&scene);
	}
	scene_fini(&whole);
}

/* A gap is given up after the wait, not at the end of the world. */
static void a_live_gap_waits_only_so_long(void **state)
{
	struct flow_config sizes = script_sizes(0.1);
	struct flow_listener listener;
	struct script script;
	struct scene scene;
	struct inlet *in;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	scene_say_text(&scene, SCENE_CLIENT, "EHLO a\r\n");
	scene_say_text(&scene, SCENE_SERVER, "250 ok\r\n");
	scene_drop(&scene, 5);
	script_init(&script);
	listener = script_listener(&script);
	in = inlet_new(NULL, &sizes, &listener);
	for (size_t i = 0; i < scene.count; i++)
		inlet_take(in, FRAME_LINK_RAW, scene.packets[i].data,
			   scene.packets[i].len, scene.packets[i].time_ns);
	assert_string_equal(script.text, ">220 hi\r\n");
	assert_true(inlet_deadline(in) > scene.time_ns);
	assert_true(inlet_deadline(in) <= scene.time_ns + 100000000);
	inlet_tick(in, inlet_deadline(in));
	assert_string_equal(script.text, ">220 hi\r\n<(8 missing)>250 ok\r\n");
	inlet_free(in);
	script_fini(&script);
	scene_fini(&scene);
}

/* Proof */

static uint8_t proof_of(const struct scene *scene, unsigned int *opened)
{
	struct script script;
	uint8_t proof;

	script_init(&script);
	script_play(&script, scene, 60, NULL);
	proof = script.proof;
	if (opened)
		*opened = script.opened;
	script_fini(&script);
	return proof;
}

static void proof_grows_with_what_was_seen(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	assert_int_equal(proof_of(&scene, NULL), PROOF_HANDSHAKE);
	scene_say_text(&scene, SCENE_SERVER, "220 hi\r\n");
	assert_int_equal(proof_of(&scene, NULL), PROOF_HANDSHAKE);
	scene_say_text(&scene, SCENE_CLIENT, "EHLO a\r\n");
	assert_int_equal(proof_of(&scene, NULL), PROOF_DIALOGUE);
	scene_fini(&scene);
}

/* Somebody with a forged address does not see the server's number. */
static void a_blind_sender_proves_nothing(void **state)
{
	unsigned int opened;
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	scene_drop(&scene, 2);
	scene.next[SCENE_SERVER] += 12345;
	scene_ack(&scene, SCENE_CLIENT);
	assert_int_equal(proof_of(&scene, &opened), PROOF_NONE);
	assert_int_equal(opened, 0);
	/* ... not even when he goes on talking. */
	scene_say_unheard(&scene, SCENE_CLIENT, "EHLO a\r\n", 8);
	scene_say_unheard(&scene, SCENE_CLIENT, "VRFY b\r\n", 8);
	assert_int_equal(proof_of(&scene, &opened), PROOF_NONE);
	assert_int_equal(opened, 0);
	scene_fini(&scene);
}

static void a_connection_met_midway_is_read_from_there(void **state)
{
	struct script script;
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	scene_open(&scene);
	say_turns(&scene);
	for (int i = 0; i < 9; i++)
		scene_drop(&scene, 0);
	script_init(&script);
	script_play(&script, &scene, 60, NULL);
	assert_int_equal(script.midstream, 1);
	assert_non_null(strstr(script.text, "<MAIL FROM"));
	assert_non_null(strstr(script.text, ">221 bye\r\n[shutdown]"));
	assert_int_equal(script.proof, PROOF_DIALOGUE);
	script_fini(&script);
	scene_fini(&scene);
}

static void one_side_alone_is_counted_not_read(void **state)
{
	struct inlet_stats stats;
	struct script script;
	struct scene scene;

	(void)state;
	scene_init(&scene, 4);
	talk(&scene);
	for (size_t i = scene.count; i-- > 0;) {
		if (scene.packets[i].from == SCENE_SERVER)
			scene_drop(&scene, i);
	}
	script_init(&script);
	script_play(&script, &scene, 60, &stats);
	assert_int_equal(script.opened, 0);
	assert_int_equal(stats.flows.onesided, 1);
	script_fini(&script);
	scene_fini(&scene);
}

/* Bounds */

static void a_flood_of_syns_pushes_out_nobody(void **state)
{
	struct flow_config sizes = script_sizes(60);
	struct flow_listener listener;
	struct inlet_stats stats;
	struct scene scene, flood;
	struct script script;
	struct inlet *in;

	(void)state;
	scene_init(&scene, 4);
	talk(&scene);
	script_init(&script);
	listener = script_listener(&script);
	in = inlet_new(NULL, &sizes, &listener);
	for (size_t i = 0; i < scene.count; i++) {
		const struct scene_packet *p = &scene.packets[i];

		inlet_take(in, FRAME_LINK_RAW, p->data, p->len, p->time_ns);
		/* SYNs, and lone segments with data: whatever is cheap, more
		 * than there is room for. */
		for (uint16_t port = 1024; i >= 2 && port < 6000; port++) {
			struct scene_segment blind = {
				.from = SCENE_CLIENT,
				.seq = port * 77u,
				.flags = port % 2 ? SYN : ACK,
				.ack = port * 99u,
				.data = "HELO x\r\n",
				.len = port % 2 ? 0 : 8,
			};

			scene_init(&flood, 4);
			flood.client_port = port;
			scene_put(&flood, &blind);
			inlet_take(in, FRAME_LINK_RAW, flood.packets[0].data,
				   flood.packets[0].len, p->time_ns);
			scene_fini(&flood);
		}
	}
	inlet_finish(in);
	inlet_stats(in, &stats);
	assert_string_equal(script.text, expected("[fin]"));
	assert_int_equal(script.opened, 1);
	assert_true(stats.flows.halfopen_displaced > 0);
	assert_true(stats.flows.displaced > 0);
	inlet_free(in);
	script_fini(&script);
	scene_fini(&scene);
}

/* Who holds back the first byte of much does not take the room of others. */
static void hoarded_bytes_give_way(void **state)
{
	struct flow_config sizes = script_sizes(60);
	struct scene scene, hoard;
	struct inlet_stats stats;
	struct script mixed;
	struct flow_listener listener;
	static uint8_t big[60000];
	struct inlet *in;

	(void)state;
	sizes.pages = 256;
	script_init(&mixed);
	listener = script_listener(&mixed);
	in = inlet_new(NULL, &sizes, &listener);
	for (uint16_t port = 1024; port < 1064; port++) {
		scene_init(&hoard, 4);
		hoard.client_port = port;
		scene_open(&hoard);
		hoard.next[SCENE_CLIENT]++;
		scene_say_unheard(&hoard, SCENE_CLIENT, big, sizeof(big));
		for (size_t i = 0; i < hoard.count; i++)
			inlet_take(in, FRAME_LINK_RAW, hoard.packets[i].data,
				   hoard.packets[i].len,
				   hoard.packets[i].time_ns);
		scene_fini(&hoard);
	}
	scene_init(&scene, 4);
	scene.mss = 20;
	talk(&scene);
	for (size_t i = 0; i < scene.count; i++)
		inlet_take(in, FRAME_LINK_RAW, scene.packets[i].data,
			   scene.packets[i].len, scene.packets[i].time_ns);
	inlet_stats(in, &stats);
	assert_string_equal(mixed.text, expected("[fin]"));
	assert_true(stats.flows.crowded > 0);
	inlet_free(in);
	script_fini(&mixed);
	scene_fini(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gap_is_said_and_read_on_behind_it),
		cmocka_unit_test(any_missing_packet_costs_only_its_own_bytes),
		cmocka_unit_test(a_live_gap_waits_only_so_long),
		cmocka_unit_test(proof_grows_with_what_was_seen),
		cmocka_unit_test(a_blind_sender_proves_nothing),
		cmocka_unit_test(a_connection_met_midway_is_read_from_there),
		cmocka_unit_test(one_side_alone_is_counted_not_read),
		cmocka_unit_test(a_flood_of_syns_pushes_out_nobody),
		cmocka_unit_test(hoarded_bytes_give_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
