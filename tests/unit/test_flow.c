/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From packets to the ordered bytes of both sides: however they come, the same
 * story is told.
 */
#include "ctl/core/clock.h"
#include "tests/support/script.h"
#include "tests/support/test.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10
#define URG 0x20

static const struct {
	enum scene_who who;
	const char *text;
} turns[] = {
	{ SCENE_SERVER, "220 mx1.example.org ESMTP\r\n" },
	{ SCENE_CLIENT, "EHLO client.example.net\r\n" },
	{ SCENE_SERVER, "250-mx1.example.org\r\n250 PIPELINING\r\n" },
	{ SCENE_CLIENT, "MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.org>"
			"\r\nDATA\r\n" },
	{ SCENE_SERVER, "250 ok\r\n250 ok\r\n354 go on\r\n" },
	{ SCENE_CLIENT, "Subject: x\r\n\r\nSome text that is long enough to be "
			"cut in several places.\r\n.\r\n" },
	{ SCENE_SERVER, "250 queued\r\n" },
	{ SCENE_CLIENT, "QUIT\r\n" },
	{ SCENE_SERVER, "221 bye\r\n" },
};

#define TURNS (sizeof(turns) / sizeof(turns[0]))

/* What the script of the turns is to be. */
static char *expected(const char *end)
{
	static char text[2048];

	text[0] = '\0';
	for (size_t i = 0; i < TURNS; i++) {
		strcat(text, turns[i].who == SCENE_CLIENT ? "<" : ">");
		strcat(text, turns[i].text);
	}
	return strcat(text, end);
}

static void say_turns(struct scene *s)
{
	for (size_t i = 0; i < TURNS; i++)
		scene_say_text(s, turns[i].who, turns[i].text);
}

static void talk(struct scene *s)
{
	scene_open(s);
	say_turns(s);
	scene_close(s);
}

static void play_is(const struct scene *scene, const char *want)
{
	struct script script;

	script_init(&script);
	script_play(&script, scene, 60, NULL);
	assert_string_equal(script.text, want);
	assert_int_equal(script.opened, 1);
	assert_int_equal(script.ended, 1);
	script_fini(&script);
}

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

/* Linux: what was in order first stays; behind a hole, the segment that begins
 * first counts, and of two that begin together the longer one. */
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
			bytes_that_are_never_acknowledged_are_not_heard),
		cmocka_unit_test(a_reply_counts_without_the_clients_word),
		cmocka_unit_test(forged_copies_do_not_count),
		cmocka_unit_test(an_old_time_stamp_does_not_count),
		cmocka_unit_test(contradicting_segments_are_read_as_linux_does),
		cmocka_unit_test(what_was_in_order_first_stays),
		cmocka_unit_test(an_urgent_byte_is_not_read),
		cmocka_unit_test(a_forged_reset_or_end_hides_nothing),
		cmocka_unit_test(a_gap_is_said_and_read_on_behind_it),
		cmocka_unit_test(any_missing_packet_costs_only_its_own_bytes),
		cmocka_unit_test(a_live_gap_waits_only_so_long),
		cmocka_unit_test(proof_grows_with_what_was_seen),
		cmocka_unit_test(a_blind_sender_proves_nothing),
		cmocka_unit_test(a_connection_met_midway_is_read_from_there),
		cmocka_unit_test(one_side_alone_is_counted_not_read),
		cmocka_unit_test(a_flood_of_syns_pushes_out_nobody),
		cmocka_unit_test(hoarded_bytes_give_way),
		cmocka_unit_test(
			a_new_connection_of_the_same_ports_is_another_one),
		cmocka_unit_test(large_transfers_come_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
