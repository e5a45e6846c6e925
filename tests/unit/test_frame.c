/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same segment in every wrapping that a capture may have, and in wrappings
 * that lie.
 */
#include "sensors/fragment.h"
#include "sensors/frame.h"
#include "sensors/tcp.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/scene.h"
#include "tests/support/test.h"

#define ACK 0x10

struct buffer {
	uint8_t data[2000];
	size_t len;
};

static void put(struct buffer *b, const void *data, size_t len)
{
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

#define PUT(b, literal) put(b, literal, sizeof(literal) - 1)

/* An IP packet with "HELO x". */
static void put_packet(struct buffer *b, uint8_t family)
{
	struct scene s;

	scene_init(&s, family);
	scene_say_unheard(&s, SCENE_CLIENT, "HELO x\r\n", 8);
	put(b, s.packets[0].data, s.packets[0].len);
	scene_fini(&s);
}

static enum frame_verdict read_at_edge(struct packet *out, enum frame_link link,
				       const struct buffer *b, bool *is_right)
{
	char *copy = edge_copy(b->data, b->len);
	enum frame_verdict verdict =
		frame_read(out, link, (const uint8_t *)copy, b->len);
	struct segment s;

	*is_right = verdict == FRAME_PACKET && tcp_read(&s, out) &&
		    tcp_is_sound(out) && s.target_port == 25 && s.len == 8 &&
		    memcmp(s.data, "HELO x\r\n", 8) == 0;
	edge_free(copy, b->len);
	return verdict;
}

static void is_right(enum frame_link link, const struct buffer *b)
{
	struct packet packet;
	bool right;

	assert_int_equal(read_at_edge(&packet, link, b, &right), FRAME_PACKET);
	assert_true(right);
	/* Cut anywhere it is short, or cut, or in its header: never right. */
	for (size_t len = 0; len < b->len; len++) {
		struct buffer cut = *b;

		cut.len = len;
		read_at_edge(&packet, link, &cut, &right);
		assert_false(right);
	}
}

#define MACS "\2\0\0\0\0\1\2\0\0\0\0\2"

static void every_link_layer_is_read(void **state)
{
	static const struct {
		int dlt;
		const char *head;
		size_t len;
		uint8_t family;
	} cases[] = {
		{ 1, MACS "\x08\x00", 14, 4 },
		{ 1, MACS "\x86\xdd", 14, 6 },
		{ 1, MACS "\x81\x00\0\5\x08\x00", 18, 4 },
		{ 1, MACS "\x88\xa8\0\5\x81\x00\0\6\x86\xdd", 22, 6 },
		{ 1, MACS "\x91\x00\0\5\x81\x00\0\6\x08\x00", 22, 4 },
		{ 1, MACS "\x88\x64\x11\0\0\1\0\x32\0\x21", 22, 4 },
		{ 1, MACS "\x88\x64\x11\0\0\1\0\x32\0\x57", 22, 6 },
		{ 113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\x00", 16, 4 },
		{ 113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x86\xdd", 16, 6 },
		{ 113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\0\0\7\x08\0", 20, 4 },
		{ 276, "\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0", 20, 4 },
		{ 276, "\x86\xdd\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0", 20, 6 },
		{ 12, "", 0, 4 },
		{ 101, "", 0, 6 },
		{ 228, "", 0, 4 },
		{ 229, "", 0, 6 },
		{ 0, "\2\0\0\0", 4, 4 },
		{ 0, "\0\0\0\x1e", 4, 6 },
		{ 108, "\0\0\0\2", 4, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer b = { .len = 0 };

		put(&b, cases[i].head, cases[i].len);
		put_packet(&b, cases[i].family);
		is_right(frame_link_of(cases[i].dlt), &b);
	}
	assert_int_equal(frame_link_of(147), FRAME_LINK_NONE);
}

static void nflog_is_read(void **state)
{
	struct buffer b = { .len = 0 }, inner = { .len = 0 };
	uint16_t head[2];

	(void)state;
	put_packet(&inner, 4);
	PUT(&b, "\2\0\0\x19");
	head[0] = 7; /* a prefix of three bytes, and padding */
	head[1] = 10;
	put(&b, head, 4);
	PUT(&b, "in\0\0");
	head[0] = (uint16_t)(4 + inner.len);
	head[1] = 9;
	put(&b, head, 4);
	put(&b, inner.data, inner.len);
	is_right(frame_link_of(239), &b);
}

static void padding_behind_the_packet_is_none_of_it(void **state)
{
	struct buffer b = { .len = 0 };
	struct packet packet;
	bool right;

	(void)state;
	PUT(&b, MACS "\x08\x00");
	put_packet(&b, 4);
	PUT(&b, "\0\0\0\0\0\0");
	assert_int_equal(read_at_edge(&packet, FRAME_LINK_ETHERNET, &b, &right),
			 FRAME_PACKET);
	assert_true(right);
}

static void options_of_ipv4_are_passed_over(void **state)
{
	struct buffer plain = { .len = 0 }, b = { .len = 0 };
	struct packet packet;
	bool right;

	(void)state;
	put_packet(&plain, 4);
	plain.data[0] = 0x47;
	plain.data[3] = (uint8_t)(plain.data[3] + 8);
	put(&b, plain.data, 20);
	PUT(&b, "\1\1\1\1\x94\4\0\0");
	put(&b, plain.data + 20, plain.len - 20);
	read_at_edge(&packet, FRAME_LINK_RAW, &b, &right);
	assert_true(right);
}

static void extension_headers_of_ipv6_are_passed_over(void **state)
{
	struct buffer plain = { .len = 0 }, b = { .len = 0 };
	struct packet packet;
	bool right;

	(void)state;
	put_packet(&plain, 6);
	plain.data[6] = 0;
	plain.data[5] = (uint8_t)(plain.data[5] + 8 + 16 + 12 + 8);
	put(&b, plain.data, 40);
	PUT(&b, "\x3c\0\1\4\0\0\0\0"); /* hop by hop */
	PUT(&b, "\x33\1\1\x0c\0\0\0\0\0\0\0\0\0\0\0\0"); /* destination */
	PUT(&b, "\x2c\1\0\0\0\0\0\1\0\0\0\2"); /* authentication */
	PUT(&b, "\6\0\0\0\0\0\0\7"); /* an atomic fragment (RFC 6946) */
	put(&b, plain.data + 40, plain.len - 40);
	read_at_edge(&packet, FRAME_LINK_RAW, &b, &right);
	assert_true(right);
}

static void chains_of_headers_without_end_are_bad(void **state)
{
	struct buffer plain = { .len = 0 }, b = { .len = 0 };
	struct packet packet;

	(void)state;
	put_packet(&plain, 6);
	plain.data[6] = 60;
	plain.data[4] = 2;
	put(&b, plain.data, 40);
	for (int i = 0; i < 100; i++)
		PUT(&b, "\x3c\0\1\4\0\0\0\0");
	assert_int_equal(frame_read(&packet, FRAME_LINK_RAW, b.data, b.len),
			 FRAME_BAD);
}

static void other_protocols_are_other(void **state)
{
	static const uint8_t arp[] = MACS "\x08\x06\0\1\x08\0\6\4";
	struct packet packet;

	(void)state;
	assert_int_equal(
		frame_read(&packet, FRAME_LINK_ETHERNET, arp, sizeof(arp)),
		FRAME_OTHER);
}

static void lengths_that_lie_are_bad(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} lies[] = { { 0, 0x44 }, { 0, 0x25 }, { 3, 10 } };

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct buffer b = { .len = 0 };
		struct packet packet;

		put_packet(&b, 4);
		b.data[lies[i].at] = lies[i].value;
		assert_int_equal(
			frame_read(&packet, FRAME_LINK_RAW, b.data, b.len),
			FRAME_BAD);
	}
}

static void any_flipped_bit_makes_the_checksum_wrong(void **state)
{
	(void)state;
	for (int family = 4; family <= 6; family += 2) {
		struct buffer b = { .len = 0 };
		size_t header = family == 4 ? 20 : 40;

		put_packet(&b, (uint8_t)family);
		for (size_t bit = header * 8; bit < b.len * 8; bit++) {
			struct packet packet;

			b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(frame_read(&packet, FRAME_LINK_RAW,
						    b.data, b.len),
					 FRAME_PACKET);
			assert_false(tcp_is_sound(&packet));
			b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}

/* Fragments */

struct pieces {
	struct scene scene;
	struct fragments *table;
	struct packet packet; /* the last one that got whole */
	unsigned int whole;
};

static void begin_pieces(struct pieces *p, uint8_t family, size_t len,
			 size_t size)
{
	static uint8_t data[60000];
	const struct hash_key key = { 7, 9 };

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 / 5);
	scene_init(&p->scene, family);
	p->scene.mss = sizeof(data);
	scene_say_unheard(&p->scene, SCENE_CLIENT, data, len);
	scene_fragment(&p->scene, size);
	p->table = fragments_new(key);
	p->whole = 0;
	assert_non_null(p->table);
}

static void end_pieces(struct pieces *p)
{
	scene_fini(&p->scene);
	fragments_free(p->table);
}

static void take_piece(struct pieces *p, size_t number, uint64_t time_ns)
{
	struct packet packet;

	assert_int_equal(frame_read(&packet, FRAME_LINK_RAW,
				    p->scene.packets[number].data,
				    p->scene.packets[number].len),
			 FRAME_PACKET);
	assert_true(packet.is_fragment);
	if (!fragments_take(p->table, &packet, time_ns))
		return;
	assert_int_equal(frame_read_on(&packet), FRAME_PACKET);
	assert_true(tcp_is_sound(&packet));
	p->whole++;
}

static void fragments_of_any_size_and_order_get_whole(void **state)
{
	struct random random = { { 5, 5, 5 } };

	(void)state;
	for (int round = 0; round < 120; round++) {
		struct pieces p;

		begin_pieces(&p, round % 2 ? 4 : 6,
			     100 + random_below(&random, 59000),
			     8 * (1 + random_below(&random, 180)));
		if (p.scene.count > 1) {
			scene_shuffle(&p.scene, &random, 0, p.scene.count);
			for (size_t i = 0; i < p.scene.count; i++)
				take_piece(&p, i, 1);
			assert_int_equal(p.whole, 1);
		}
		end_pieces(&p);
	}
}

static void fragments_that_overlap_in_part_drop_the_packet(void **state)
{
	struct pieces p;

	(void)state;
	begin_pieces(&p, 4, 100, 40);
	take_piece(&p, 0, 1);
	take_piece(&p, 0, 1); /* again: no harm */
	/* The second one begins eight bytes early. */
	p.scene.packets[1].data[7]--;
	take_piece(&p, 1, 1);
	p.scene.packets[1].data[7]++;
	take_piece(&p, 2, 1);
	take_piece(&p, 1, 1);
	assert_int_equal(p.whole, 0);
	assert_int_equal(fragments_stats(p.table)->overlaps, 1);
	end_pieces(&p);
}

static void late_fragments_belong_to_another_packet(void **state)
{
	struct pieces p;

	(void)state;
	begin_pieces(&p, 4, 100, 64);
	take_piece(&p, 0, 1);
	take_piece(&p, 1, 31000000000ull);
	assert_int_equal(p.whole, 0);
	assert_int_equal(fragments_stats(p.table)->expired, 1);
	end_pieces(&p);
}

/* As many packets as there is room for get whole, whatever the key; the next
 * one costs the oldest. */
static void fragments_of_many_packets_all_get_whole(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 20; round++) {
		const struct hash_key key = { 7 * round, 9 + round };
		struct pieces p;

		begin_pieces(&p, 4, 100, 64);
		fragments_free(p.table);
		p.table = fragments_new(key);
		assert_non_null(p.table);
		for (uint32_t i = 0; i < 2 * FRAGMENT_PACKETS; i++) {
			uint8_t *data =
				p.scene.packets[i / FRAGMENT_PACKETS].data;

			data[4] = (uint8_t)(i % FRAGMENT_PACKETS >> 8);
			data[5] = (uint8_t)i;
			take_piece(&p, i / FRAGMENT_PACKETS, 1 + i);
		}
		assert_int_equal(p.whole, FRAGMENT_PACKETS);
		assert_int_equal(fragments_stats(p.table)->displaced, 0);
		for (uint32_t i = 0; i < FRAGMENT_PACKETS + 1; i++) {
			p.scene.packets[0].data[4] = (uint8_t)(i >> 8);
			p.scene.packets[0].data[5] = (uint8_t)i;
			take_piece(&p, 0, 1000 + i);
		}
		assert_int_equal(fragments_stats(p.table)->displaced, 1);
		end_pieces(&p);
	}
}

/* The ping of death: a last fragment that ends behind any packet. */
static void fragments_beyond_any_packet_are_bad(void **state)
{
	struct pieces p;

	(void)state;
	begin_pieces(&p, 4, 100, 64);
	p.scene.packets[1].data[6] = 0x1f;
	p.scene.packets[1].data[7] = 0xff;
	take_piece(&p, 1, 1);
	assert_int_equal(p.whole, 0);
	assert_int_equal(fragments_stats(p.table)->bad, 1);
	end_pieces(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_layer_is_read),
		cmocka_unit_test(nflog_is_read),
		cmocka_unit_test(padding_behind_the_packet_is_none_of_it),
		cmocka_unit_test(options_of_ipv4_are_passed_over),
		cmocka_unit_test(extension_headers_of_ipv6_are_passed_over),
		cmocka_unit_test(chains_of_headers_without_end_are_bad),
		cmocka_unit_test(other_protocols_are_other),
		cmocka_unit_test(lengths_that_lie_are_bad),
		cmocka_unit_test(any_flipped_bit_makes_the_checksum_wrong),
		cmocka_unit_test(fragments_of_any_size_and_order_get_whole),
		cmocka_unit_test(
			fragments_that_overlap_in_part_drop_the_packet),
		cmocka_unit_test(late_fragments_belong_to_another_packet),
		cmocka_unit_test(fragments_of_many_packets_all_get_whole),
		cmocka_unit_test(fragments_beyond_any_packet_are_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
