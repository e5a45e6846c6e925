/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Insertion and evasion, after Ptacek and Newsham (1998): what the server did
 * not take must not be heard, and what it took must be; here what is not in
 * test_flow.c.  And captures that hold less than what was sent.
 */
#include "tests/support/script.h"
#include "tests/support/test.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10

static const char real[] = "AUTH PLAIN AAAA\r\n";
static const char fake[] = "NOOP its all ok\r\n";

static const char heard[] = ">220 hi\r\n<AUTH PLAIN AAAA\r\n>535 no\r\n[fin]";

static void begin(struct scene *s)
{
	scene_init(s, 4);
	scene_open(s);
	scene_say_text(s, SCENE_SERVER, "220 hi\r\n");
}

/* The true line comes, and all goes on. */
static void end_is(struct scene *s, const char *want)
{
	struct script script;

	scene_say(s, SCENE_CLIENT, real, sizeof(real) - 1);
	scene_say_text(s, SCENE_SERVER, "535 no\r\n");
	scene_close(s);
	script_init(&script);
	script_play(&script, s, 60, NULL);
	assert_string_equal(script.text, want);
	assert_int_equal(script.ended, 1);
	script_fini(&script);
	scene_fini(s);
}

/* A segment of the client's, AHEAD of where he is. */
static void insert(struct scene *s, uint8_t flags, uint32_t ahead,
		   const char *text)
{
	scene_put(s, &(struct scene_segment){
			     .from = SCENE_CLIENT,
			     .seq = s->next[SCENE_CLIENT] + ahead,
			     .ack = s->next[SCENE_SERVER],
			     .flags = flags,
			     .data = text,
			     .len = text ? strlen(text) : 0,
		     });
}

static void a_segment_without_ack_is_not_heard(void **state)
{
	static const uint8_t flags[] = { 0, FIN, FIN | 0x08, 0x20 };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(flags); i++) {
		begin(&s);
		insert(&s, flags[i], 0, fake);
		end_is(&s, heard);
	}
}

/* RFC 791: no router and no host takes it. */
static void a_packet_with_a_wrong_header_sum_is_not_heard(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	insert(&s, ACK, 0, fake);
	s.packets[s.count - 1].data[11] ^= 0x40;
	end_is(&s, heard);
	/* The same sum, spelled with the other zero, is right. */
	begin(&s);
	end_is(&s, heard);
}

static void a_syn_in_the_middle_moves_nothing(void **state)
{
	static const uint32_t ahead[] = { 0, 1000, 1u << 31, (uint32_t)-2000 };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
		begin(&s);
		insert(&s, SYN, ahead[i], NULL);
		insert(&s, SYN, ahead[i], fake);
		end_is(&s, heard);
	}
}

static void a_reset_that_fits_nowhere_ends_nothing(void **state)
{
	static const uint32_t ahead[] = { 100, 70000, 1u << 31,
					  (uint32_t)-2000 };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
		begin(&s);
		insert(&s, RST, ahead[i], NULL);
		insert(&s, RST | ACK, ahead[i], NULL);
		end_is(&s, heard);
	}
}

/* One that fits is believed, and what comes after it is not. */
static void a_reset_that_fits_ends_it(void **state)
{
	struct script script;
	struct scene s;

	(void)state;
	begin(&s);
	insert(&s, RST, 0, NULL);
	script_init(&script);
	script_play(&script, &s, 60, NULL);
	assert_string_equal(script.text, ">220 hi\r\n[rst]");
	script_fini(&script);
	scene_fini(&s);
}

/* Nobody has that much on the way: it must not move the stream. */
static void bytes_beyond_every_window_move_nothing(void **state)
{
	static const uint32_t ahead[] = { 8u << 20, 1u << 30, 1u << 31,
					  (uint32_t)-5000 };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
		begin(&s);
		insert(&s, ACK, ahead[i], fake);
		end_is(&s, heard);
	}
}

/* An end that lies beyond the window, or before it, is none. */
static void an_end_elsewhere_ends_nothing(void **state)
{
	static const uint32_t ahead[] = { 8u << 20, (uint32_t)-3000 };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < sizeof(ahead) / sizeof(ahead[0]); i++) {
		begin(&s);
		insert(&s, FIN | ACK, ahead[i], NULL);
		end_is(&s, heard);
	}
}

/* What the client acknowledges that was never said makes nothing heard. */
static void an_acknowledgement_of_nothing_is_none(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	scene_put(&s, &(struct scene_segment){
			      .from = SCENE_CLIENT,
			      .seq = s.next[SCENE_CLIENT],
			      .ack = s.next[SCENE_SERVER] + (1u << 31),
			      .flags = ACK,
		      });
	end_is(&s, heard);
}

/* The server has no room: it drops what comes, and takes what comes later. */
static void bytes_behind_the_window_are_not_heard(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 4);
	s.window = 0;
	scene_open(&s);
	scene_say_text(&s, SCENE_SERVER, "220 hi\r\n");
	insert(&s, ACK, 0, fake);
	s.window = 0xffff;
	scene_ack(&s, SCENE_SERVER);
	end_is(&s, heard);
}

/* RFC 9293 section 3.10.7.4: who acknowledges what was never said is not
 * listened to. */
static void bytes_with_a_false_acknowledgement_are_not_heard(void **state)
{
	static const uint32_t off[] = { 5000, (uint32_t) - (8 << 20) };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&s);
		scene_put(&s, &(struct scene_segment){
				      .from = SCENE_CLIENT,
				      .seq = s.next[SCENE_CLIENT],
				      .ack = s.next[SCENE_SERVER] + off[i],
				      .flags = ACK,
				      .data = fake,
				      .len = sizeof(fake) - 1,
			      });
		end_is(&s, heard);
	}
}

/* An acknowledgement makes bytes heard: not one that nobody took. */
static void a_broken_acknowledgement_is_none(void **state)
{
	struct script script;
	struct scene s;

	(void)state;
	begin(&s);
	scene_say_unheard(&s, SCENE_CLIENT, fake, sizeof(fake) - 1);
	s.sound = false;
	scene_ack(&s, SCENE_SERVER);
	script_init(&script);
	script_play(&script, &s, 60, NULL);
	assert_string_equal(script.text, ">220 hi\r\n[shutdown]");
	script_fini(&script);
	scene_fini(&s);
}

/* Nor one of a gigabyte: nobody has that on the way. */
static void a_far_acknowledgement_makes_no_gap(void **state)
{
	struct script script;
	struct scene s;

	(void)state;
	begin(&s);
	scene_put(&s, &(struct scene_segment){
			      .from = SCENE_SERVER,
			      .seq = s.next[SCENE_SERVER],
			      .ack = s.next[SCENE_CLIENT] + (1u << 30) + 5000,
			      .flags = ACK,
		      });
	script_init(&script);
	script_play(&script, &s, 60, NULL);
	assert_string_equal(script.text, ">220 hi\r\n[shutdown]");
	script_fini(&script);
	scene_fini(&s);
}

/* Cut by its snap length, a capture says what it has, and that it lacks. */
static void a_capture_of_headers_tells_its_gaps(void **state)
{
	struct inlet_stats stats;
	struct script script;
	struct scene s;

	(void)state;
	begin(&s);
	scene_say_text(&s, SCENE_CLIENT,
		       "MAIL FROM:<somebody.with.a.long.name@example.net>\r\n");
	scene_say_text(&s, SCENE_SERVER, "250 ok\r\n");
	scene_close(&s);
	for (size_t i = 0; i < s.count; i++) {
		if (s.packets[i].len > 60)
			s.packets[i].len = 60;
	}
	script_init(&script);
	script_play(&script, &s, 60, &stats);
	assert_string_equal(script.text,
			    ">220 hi\r\n<MAIL FROM:<somebody.(31 missing)"
			    ">250 ok\r\n[fin]");
	assert_int_equal(stats.cut, 1);
	assert_int_equal(stats.flows.missing, 31);
	script_fini(&script);
	scene_fini(&s);
}

/* However short: nothing is read that is not there. */
static void a_capture_of_any_snap_length_is_read(void **state)
{
	(void)state;
	for (size_t snap = 0; snap < 120; snap++) {
		struct inlet_stats stats;
		struct script script;
		struct scene s;

		begin(&s);
		scene_say(&s, SCENE_CLIENT, real, sizeof(real) - 1);
		scene_say_text(&s, SCENE_SERVER, "535 no\r\n");
		scene_close(&s);
		for (size_t i = 0; i < s.count; i++) {
			if (s.packets[i].len > snap)
				s.packets[i].len = snap;
		}
		script_init(&script);
		script_play(&script, &s, 60, &stats);
		assert_int_equal(stats.frames, s.count);
		if (snap < 40)
			assert_int_equal(script.opened, 0);
		if (snap >= 60)
			assert_string_equal(script.text, heard);
		script_fini(&script);
		scene_fini(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_segment_without_ack_is_not_heard),
		cmocka_unit_test(a_packet_with_a_wrong_header_sum_is_not_heard),
		cmocka_unit_test(a_syn_in_the_middle_moves_nothing),
		cmocka_unit_test(a_reset_that_fits_nowhere_ends_nothing),
		cmocka_unit_test(a_reset_that_fits_ends_it),
		cmocka_unit_test(bytes_beyond_every_window_move_nothing),
		cmocka_unit_test(an_end_elsewhere_ends_nothing),
		cmocka_unit_test(an_acknowledgement_of_nothing_is_none),
		cmocka_unit_test(bytes_behind_the_window_are_not_heard),
		cmocka_unit_test(
			bytes_with_a_false_acknowledgement_are_not_heard),
		cmocka_unit_test(a_broken_acknowledgement_is_none),
		cmocka_unit_test(a_far_acknowledgement_makes_no_gap),
		cmocka_unit_test(a_capture_of_headers_tells_its_gaps),
		cmocka_unit_test(a_capture_of_any_snap_length_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
