/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/core/chan.h"
#include "tests/support/test.h"

struct pair {
	int fds[2];
	struct chan ctl;
	struct chan nft;
	uint64_t heard; /* orders, which must come in sequence */
};

static int open_pair(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair->fds))
		return -1;
	*state = pair;
	return chan_init(&pair->ctl, pair->fds[0], ROLE_CTL, ROLE_NFT) ||
	       chan_init(&pair->nft, pair->fds[1], ROLE_NFT, ROLE_CTL);
}

static int close_pair(void **state)
{
	struct pair *pair = *state;

	chan_fini(&pair->ctl);
	chan_fini(&pair->nft);
	close(pair->fds[0]);
	close(pair->fds[1]);
	free(pair);
	return 0;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct pair *pair = ctx;

	assert_int_equal(kind, MSG_ORDER);
	assert_int_equal(row->order.seq, ++pair->heard);
	return 0;
}

static void say_orders(struct pair *pair, uint64_t from, uint64_t to)
{
	for (uint64_t seq = from; seq <= to; seq++) {
		struct order order = {
			.seq = seq,
			.prefix = prefix_of("192.0.2.1"),
			.left_ms = 1000,
		};

		assert_int_equal(chan_put(&pair->ctl, MSG_ORDER, &order), 0);
	}
}

static void chan_sends_rows_together_and_in_order(void **state)
{
	struct pair *pair = *state;
	struct chan_listener listener = { .hear = hear, .ctx = pair };

	say_orders(pair, 1, 1000);
	assert_int_equal(chan_flush(&pair->ctl), 0);
	assert_int_equal(pair->ctl.sent, 2); /* 512 and 488 */
	assert_int_equal(chan_receive(&pair->nft, &listener), 1);
	assert_int_equal(pair->heard, 512);
	assert_int_equal(chan_receive(&pair->nft, &listener), 1);
	assert_int_equal(pair->heard, 1000);
	assert_int_equal(chan_receive(&pair->nft, &listener), 0);
}

static void chan_keeps_what_the_socket_does_not_take(void **state)
{
	struct pair *pair = *state;
	struct chan_listener listener = { .hear = hear, .ctx = pair };
	int got;

	say_orders(pair, 1, 100000);
	assert_int_equal(chan_flush(&pair->ctl), 0);
	assert_false(chan_is_clear(&pair->ctl));
	while (pair->heard < 100000) {
		got = chan_receive(&pair->nft, &listener);
		assert_true(got >= 0);
		assert_int_equal(chan_flush(&pair->ctl), 0);
	}
	assert_true(chan_is_clear(&pair->ctl));
}

static void chan_says_so_before_it_grows_without_bound(void **state)
{
	struct pair *pair = *state;
	struct order order = { .prefix = prefix_of("192.0.2.1") };
	size_t rows = 0;
	int err = 0;

	while (!err && rows < 2 * CHAN_WAITING_MAX / 35) {
		err = chan_put(&pair->ctl, MSG_ORDER, &order);
		rows++;
	}
	assert_int_equal(err, -ENOBUFS);
	assert_true(pair->ctl.waiting <= CHAN_WAITING_MAX);
}

static void chan_refuses_what_the_peer_may_not_say(void **state)
{
	struct pair *pair = *state;
	struct chan_listener listener = { .hear = hear, .ctx = pair };
	struct done done = { .seq = 1 };
	struct order order = { .prefix = prefix_of("192.0.2.1") };

	/* nft may not give orders to ctl, whatever its program says. */
	assert_int_equal(chan_put(&pair->nft, MSG_ORDER, &order), 0);
	assert_int_equal(chan_flush(&pair->nft), 0);
	assert_int_equal(chan_receive(&pair->ctl, &listener), -EBADMSG);
	assert_int_equal(pair->heard, 0);
	/* Nor may ctl say that something is done. */
	assert_int_equal(chan_put(&pair->ctl, MSG_DONE, &done), 0);
	assert_int_equal(chan_flush(&pair->ctl), 0);
	assert_int_equal(chan_receive(&pair->nft, &listener), -EBADMSG);
}

static void chan_refuses_bytes_that_are_no_message(void **state)
{
	struct pair *pair = *state;
	struct chan_listener listener = { .hear = hear, .ctx = pair };
	char big[MSG_SIZE_MAX + 100] = { 1, MSG_ORDER, 1 };

	assert_int_equal(send(pair->fds[0], "x", 1, 0), 1);
	assert_int_equal(chan_receive(&pair->nft, &listener), -EBADMSG);
	assert_int_equal(send(pair->fds[0], big, sizeof(big), 0), sizeof(big));
	assert_int_equal(chan_receive(&pair->nft, &listener), -EBADMSG);
	close(pair->fds[0]);
	assert_int_equal(chan_receive(&pair->nft, &listener), -EPIPE);
	pair->fds[0] = dup(pair->fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)
		CASE(chan_sends_rows_together_and_in_order),
		CASE(chan_keeps_what_the_socket_does_not_take),
		CASE(chan_says_so_before_it_grows_without_bound),
		CASE(chan_refuses_what_the_peer_may_not_say),
		CASE(chan_refuses_bytes_that_are_no_message),
	};

	return cmocka_run_group_tests_name("chan", tests, NULL, NULL);
}
