/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ev.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/core/chan.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/judge.h"
#include "tests/support/test.h"

#define NOW_MS	  1000000u
#define HEARD_MAX 64u

/* postern-nft's end: what it was told, in order. */
struct heard {
	enum msg_kind kind;
	union msg_row row;
};

struct fixture {
	int fds[2];
	struct ev_loop *loop;
	struct wire *wire;
	struct bans *bans;
	struct bans *mail;
	struct bans *pardons;
	struct enforce *enforce;
	struct chan nft;
	struct heard heard[HEARD_MAX];
	size_t count;
};

static int ignore(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	(void)ctx;
	(void)kind;
	(void)row;
	return 0;
}

static void broken(void *ctx, int err)
{
	(void)ctx;
	fail_msg("the wire broke: %d", err);
}

static int set_up(void **state)
{
	static const struct wire_ops ops = { .hear = ignore, .broken = broken };
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, f->fds))
		return -1;
	f->loop = ev_loop_new(0);
	f->bans = bans_new(64, 1, 3600);
	f->pardons = bans_new(64, 1, 3600);
	if (wire_new(&f->wire, f->loop, f->fds[0], ROLE_CTL, ROLE_NFT, &ops,
		     f) ||
	    chan_init(&f->nft, f->fds[1], ROLE_NFT, ROLE_CTL))
		return -1;
	f->mail = bans_new(64, 1, 3600);
	f->enforce = enforce_new(&(struct judge){ .bans = f->bans,
						  .mail = f->mail,
						  .pardons = f->pardons },
				 f->wire);
	*state = f;
	return !f->enforce;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	enforce_free(f->enforce);
	wire_free(f->wire);
	chan_fini(&f->nft);
	bans_free(f->bans);
	bans_free(f->mail);
	bans_free(f->pardons);
	ev_loop_destroy(f->loop);
	close(f->fds[0]);
	close(f->fds[1]);
	free(f);
	return 0;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct fixture *f = ctx;

	assert_true(f->count < HEARD_MAX);
	f->heard[f->count].kind = kind;
	f->heard[f->count++].row = *row;
	return 0;
}

/* All that is to be sent now arrives. */
static void run(struct fixture *f)
{
	const struct chan_listener listener = { .hear = hear, .ctx = f };

	f->count = 0;
	while (enforce_pump(f->enforce, NOW_MS))
		;
	wire_flush(f->wire);
	while (chan_receive(&f->nft, &listener) == 1)
		;
}

static void ban(struct fixture *f, const char *text)
{
	const struct ban_wish wish = {
		.prefix = prefix_of(text),
		.until_ms = NOW_MS + 60000,
		.term_s = 60,
		.reason = "test",
	};

	assert_int_equal(bans_put(f->bans, &wish), 0);
}

static void is_order(const struct heard *heard, enum msg_kind kind,
		     enum order_kind order, enum ladder_list list,
		     const char *text)
{
	struct prefix p = prefix_of(text);

	assert_int_equal(heard->kind, kind);
	assert_int_equal(heard->row.order.kind, order);
	assert_int_equal(heard->row.order.list, list);
	assert_true(prefix_equal(&heard->row.order.prefix, &p));
}

static void is_rebuild(const struct heard *heard, enum rebuild_kind kind)
{
	assert_int_equal(heard->kind, MSG_REBUILD);
	assert_int_equal(heard->row.rebuild.kind, kind);
}

/* The kernel fills while the records still come: that is half of a start. */
static void enforce_fills_before_all_is_known(void **state)
{
	struct fixture *f = *state;

	enforce_hello(f->enforce);
	ban(f, "203.0.113.1");
	run(f);
	assert_int_equal(f->count, 2);
	is_rebuild(&f->heard[0], REBUILD_BEGIN);
	is_order(&f->heard[1], MSG_FILL, ORDER_ADD, LIST_BAN, "203.0.113.1");
	ban(f, "203.0.113.2");
	run(f);
	assert_int_equal(f->count, 1);
	is_order(&f->heard[0], MSG_FILL, ORDER_ADD, LIST_BAN, "203.0.113.2");
	assert_false(enforce_is_settled(f->enforce));
}

/* A ban that a later record lifts was sent already: it must not stay. */
static void enforce_takes_back_what_the_records_take_back(void **state)
{
	struct fixture *f = *state;
	struct prefix lifted = prefix_of("203.0.113.1");

	enforce_hello(f->enforce);
	ban(f, "203.0.113.1");
	ban(f, "203.0.113.2");
	run(f);
	assert_int_equal(f->count, 3);
	assert_int_equal(bans_lift(f->bans, &lifted, NOW_MS, false), 0);
	enforce_prefix(f->enforce, SCOPE_ALL, &lifted, NOW_MS);
	run(f);
	assert_int_equal(f->count, 0); /* history is not for the kernel */
	enforce_restored(f->enforce, NOW_MS);
	run(f);
	assert_int_equal(f->count, 3);
	is_order(&f->heard[0], MSG_ORDER, ORDER_REMOVE, LIST_BAN,
		 "203.0.113.1");
	is_rebuild(&f->heard[1], REBUILD_END);
	assert_int_equal(f->heard[2].kind, MSG_GATE);
}

/* The two kinds of ban of one prefix are two elements in two sets. */
static void enforce_keeps_scopes_apart(void **state)
{
	struct fixture *f = *state;
	const struct ban_wish wish = {
		.prefix = prefix_of("203.0.113.1"),
		.until_ms = NOW_MS + 60000,
		.term_s = 60,
		.reason = "test",
	};

	enforce_hello(f->enforce);
	assert_int_equal(bans_put(f->mail, &wish), 0);
	enforce_restored(f->enforce, NOW_MS);
	run(f);
	assert_int_equal(f->count, 4);
	is_order(&f->heard[1], MSG_FILL, ORDER_ADD, LIST_MAIL, "203.0.113.1");
	ban(f, "203.0.113.1");
	enforce_prefix(f->enforce, SCOPE_ALL, &wish.prefix, NOW_MS);
	assert_int_equal(bans_lift(f->mail, &wish.prefix, NOW_MS, false), 0);
	enforce_prefix(f->enforce, SCOPE_MAIL, &wish.prefix, NOW_MS);
	run(f);
	assert_int_equal(f->count, 2);
	is_order(&f->heard[0], MSG_ORDER, ORDER_ADD, LIST_BAN, "203.0.113.1");
	is_order(&f->heard[1], MSG_ORDER, ORDER_REMOVE, LIST_MAIL,
		 "203.0.113.1");
}

/* Settled is what postern-nft has done, not what it was sent. */
static void enforce_is_settled_when_all_is_done(void **state)
{
	struct fixture *f = *state;

	enforce_hello(f->enforce);
	ban(f, "203.0.113.1");
	enforce_restored(f->enforce, NOW_MS);
	run(f);
	assert_false(enforce_is_settled(f->enforce));
	enforce_done(f->enforce, enforce_seq(f->enforce) - 1);
	assert_false(enforce_is_settled(f->enforce));
	enforce_done(f->enforce, enforce_seq(f->enforce));
	assert_true(enforce_is_settled(f->enforce));
}

/* Both lists are in the new sets before these are used. */
static void enforce_sends_the_pardons_before_the_end(void **state)
{
	struct fixture *f = *state;
	const struct ban_wish pardon = {
		.prefix = prefix_of("203.0.113.9"),
		.reason = "test",
	};

	assert_int_equal(bans_put(f->pardons, &pardon), 0);
	ban(f, "203.0.113.0/24");
	enforce_hello(f->enforce);
	enforce_restored(f->enforce, NOW_MS);
	run(f);
	assert_int_equal(f->count, 5);
	is_order(&f->heard[1], MSG_FILL, ORDER_ADD, LIST_BAN, "203.0.113.0/24");
	is_order(&f->heard[2], MSG_FILL, ORDER_ADD, LIST_PARDON, "203.0.113.9");
	is_rebuild(&f->heard[3], REBUILD_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			enforce_fills_before_all_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			enforce_takes_back_what_the_records_take_back, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(enforce_keeps_scopes_apart,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			enforce_is_settled_when_all_is_done, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			enforce_sends_the_pardons_before_the_end, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
