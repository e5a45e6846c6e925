/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gateways and sessions of a real kernel, in a network namespace of its own.
 * Needs root.
 */
#include <arpa/inet.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nft/observe.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

struct world {
	struct config *config;
	struct observe *observe;
};

static int run(const char *command)
{
	return system(command);
}

static int begin(void **state)
{
	static struct world w;

	if (unshare(CLONE_NEWNET) < 0)
		return -1;
	w.config = sample_config();
	*state = &w;
	if (run("ip link set lo up") ||
	    run("ip link add v0 type veth peer name v1") ||
	    run("ip addr add 100.64.0.1/24 dev v0") ||
	    run("ip link set v0 up") || run("ip link set v1 up"))
		return -1;
	return observe_open(&w.observe, w.config);
}

static int end(void **state)
{
	struct world *w = *state;

	observe_close(w->observe);
	config_free(w->config);
	return 0;
}

static bool look(struct world *w, uint32_t now_s, const char *address)
{
	struct prefix p = prefix_of(address);
	struct prefixset found;
	bool has;

	observe_forget(w->observe);
	prefixset_init(&found);
	assert_true(observe_look(w->observe, now_s, &found) >= 0);
	prefixset_fini(&found);
	if (observe_look(w->observe, now_s, &found) != 0)
		fail_msg("the same looks otherwise");
	observe_forget(w->observe);
	prefixset_init(&found);
	assert_true(observe_look(w->observe, now_s, &found) >= 0);
	has = prefixset_overlap(&found, &p) != NULL;
	prefixset_fini(&found);
	return has;
}

static void observe_finds_gateways(void **state)
{
	struct world *w = *state;

	assert_false(look(w, 10, "100.64.0.2"));
	assert_int_equal(run("ip route add default via 100.64.0.2"), 0);
	assert_true(look(w, 10, "100.64.0.2"));
	assert_false(look(w, 10, "100.64.0.3"));
	/* Two at once, and another one for a part of the space. */
	assert_int_equal(run("ip route replace default nexthop via 100.64.0.3 "
			     "dev v0 nexthop via 100.64.0.4 dev v0"),
			 0);
	assert_int_equal(run("ip route add 128.0.0.0/1 via 100.64.0.5"), 0);
	assert_false(look(w, 10, "100.64.0.2"));
	assert_true(look(w, 10, "100.64.0.3"));
	assert_true(look(w, 10, "100.64.0.4"));
	assert_true(look(w, 10, "100.64.0.5"));
}

static int connect_from(const char *from, uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_in own = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	own.sin_addr.s_addr = inet_addr(from);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static void observe_knows_who_is_here_from_who_only_knocks(void **state)
{
	struct world *w = *state;
	int ssh = listen_on(22), mail = listen_on(25);
	int here = connect_from("127.0.0.9", 22);
	int sender = connect_from("127.0.0.10", 25);
	int late;

	assert_false(look(w, 1000, "127.0.0.9"));
	late = connect_from("127.0.0.11", 22);
	assert_false(look(w, 1100, "127.0.0.9"));
	assert_true(look(w, 1000 + OBSERVE_LOGIN_S, "127.0.0.9"));
	assert_false(look(w, 1000 + OBSERVE_LOGIN_S, "127.0.0.11"));
	assert_false(look(w, 9000, "127.0.0.10"));
	close(here);
	/* The other side closes, too. */
	close(accept(ssh, NULL, NULL));
	assert_false(look(w, 9000, "127.0.0.9"));
	close(late);
	close(sender);
	close(ssh);
	close(mail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(observe_finds_gateways),
		cmocka_unit_test(
			observe_knows_who_is_here_from_who_only_knocks),
	};

	return cmocka_run_group_tests_name("observe", tests, begin, end);
}
