/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firewall dropped and logged, as events that blame nobody.
 */
#include "ctl/core/clock.h"
#include "sensors/refusal.h"
#include "tests/support/edge.h"
#include "tests/support/test.h"

#define FRAME_MAX 256

struct heard {
	struct event last;
	size_t count;
};

static void take_event(void *arg, const struct event *event)
{
	struct heard *heard = arg;

	heard->last = *event;
	heard->count++;
}

static size_t put(uint8_t *to, uint16_t kind, const void *data, uint16_t len)
{
	uint16_t whole = (uint16_t)(len + 4);

	memcpy(to, &whole, 2);
	memcpy(to + 2, &kind, 2);
	memcpy(to + 4, data, len);
	return (whole + 3u) & ~3u;
}

/* A SYN from 203.0.113.HOST to 192.0.2.25 PORT, as a rule logs it. */
static size_t make_frame(uint8_t *frame, uint8_t host, uint16_t port,
			 const char *prefix)
{
	uint8_t packet[40] = { 0x45,
			       0,
			       0,
			       40,
			       0,
			       0,
			       0,
			       0,
			       64,
			       6,
			       0,
			       0,
			       203,
			       0,
			       113,
			       host,
			       192,
			       0,
			       2,
			       25,
			       0x30,
			       0x39,
			       (uint8_t)(port >> 8),
			       (uint8_t)port };
	size_t len = 4;

	memset(frame, 0, FRAME_MAX);
	packet[32] = 0x50;
	packet[33] = 2;
	len += put(frame + len, 10, prefix, (uint16_t)(strlen(prefix) + 1));
	len += put(frame + len, 9, packet, sizeof(packet));
	return len;
}

static struct config *make_config(void)
{
	struct config *config = config_new();

	assert_non_null(config);
	config->server_count = 1;
	config->servers[0].addresses[0] = prefix_of("192.0.2.25");
	config->servers[0].address_count = 1;
	return config;
}

static void take(struct refusals *r, const uint8_t *frame, size_t len,
		 uint64_t time_s)
{
	char *copy = edge_copy(frame, len);

	refusals_take(r, FRAME_LINK_NFLOG, (const uint8_t *)copy, len,
		      time_s * CLOCK_NS_PER_S, 7);
	edge_free(copy, len);
}

static void a_dropped_packet_is_told_with_the_rules_words(void **state)
{
	struct config *config = make_config();
	struct heard heard = { 0 };
	struct refusals *r = refusals_new(config, 3, take_event, &heard);
	uint8_t frame[FRAME_MAX];

	(void)state;
	assert_non_null(r);
	take(r, frame, make_frame(frame, 7, 143, "postern refused_in_mx1 "),
	     1000);
	assert_int_equal(heard.count, 1);
	assert_true(event_is_valid(&heard.last));
	assert_int_equal(heard.last.sign, SIGN_REFUSED);
	assert_int_equal(heard.last.proof, PROOF_NONE);
	assert_int_equal(heard.last.culprit, CULPRIT_NONE);
	assert_int_equal(heard.last.target_port, 143);
	assert_int_equal(heard.last.source_port, 12345);
	assert_int_equal(heard.last.ip_proto, 6);
	assert_int_equal(heard.last.server, 0);
	assert_int_equal(heard.last.feed, 3);
	assert_true(heard.last.blocked);
	assert_string_equal(heard.last.text, "postern refused_in_mx1 ");
	refusals_free(r);
	config_free(config);
}

static void the_same_again_is_told_after_a_pause(void **state)
{
	struct config *config = make_config();
	struct heard heard = { 0 };
	struct refusals *r = refusals_new(config, 3, take_event, &heard);
	uint8_t frame[FRAME_MAX];
	size_t len = make_frame(frame, 7, 143, "x");

	(void)state;
	take(r, frame, len, 1000);
	take(r, frame, len, 1001);
	assert_int_equal(heard.count, 1);
	assert_int_equal(refusals_stats(r)->repeated, 1);
	take(r, frame, len, 1000 + REFUSAL_PAUSE_S);
	assert_int_equal(heard.count, 2);
	/* Another port, another source. */
	take(r, frame, make_frame(frame, 7, 144, "x"), 1700);
	take(r, frame, make_frame(frame, 8, 143, "x"), 1700);
	assert_int_equal(heard.count, 4);
	refusals_free(r);
	config_free(config);
}

static void any_cut_of_a_frame_is_read_within_it(void **state)
{
	struct config *config = make_config();
	struct heard heard = { 0 };
	struct refusals *r = refusals_new(config, 3, take_event, &heard);
	uint8_t frame[FRAME_MAX];
	size_t len = make_frame(frame, 7, 143, "a prefix");

	(void)state;
	for (size_t cut = 0; cut <= len; cut++)
		take(r, frame, cut, 1000 + cut * 1000);
	assert_true(refusals_stats(r)->unread > 0);
	/* A prefix that has no end, and one that is longer than its text. */
	frame[4] = 0xff;
	take(r, frame, len, 900000);
	refusals_free(r);
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dropped_packet_is_told_with_the_rules_words),
		cmocka_unit_test(the_same_again_is_told_after_a_pause),
		cmocka_unit_test(any_cut_of_a_frame_is_read_within_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
