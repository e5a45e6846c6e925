/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose packets a sensor looks at, and which way they have to go.
 */
#include "sensors/concern.h"
#include "sensors/cover.h"
#include "sensors/filter.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

static struct config *make_config(void)
{
	struct config *config = config_new();
	struct server *server;

	assert_non_null(config);
	config->zone_count = 2;
	strcpy(config->zones[0].interfaces[0], "eth0");
	strcpy(config->zones[1].interfaces[0], "eth1");
	config->zones[0].interface_count = 1;
	config->zones[1].interface_count = 1;
	config->zones[0].outside = true;
	config->server_count = 1;
	server = &config->servers[0];
	server->zone = 1;
	server->addresses[0] = prefix_of("192.0.2.25");
	server->addresses[1] = prefix_of("2001:db8:2::25");
	server->address_count = 2;
	server->publics[0] = prefix_of("198.51.100.25");
	server->public_count = 1;
	server->services[0] = (struct service){ .port = 25, .tcp = true };
	server->services[1] = (struct service){ .port = 53, .udp = true };
	server->service_count = 2;
	server->egress[0] = (struct service){ .port = 465, .tcp = true };
	server->egress_count = 1;
	return config;
}

static bool ask(const struct config *config, const char *source,
		uint16_t source_port, const char *target, uint16_t target_port,
		struct flow_hint *out)
{
	struct concern *c = concern_new(config);
	struct prefix from = prefix_of(source), to = prefix_of(target);
	struct packet packet = { .family = from.family };
	struct segment segment = { .source_port = source_port,
				   .target_port = target_port };
	bool found;

	assert_non_null(c);
	memcpy(packet.source, from.addr, 16);
	memcpy(packet.target, to.addr, 16);
	found = concern_find(c, &packet, &segment, out);
	concern_free(c);
	return found;
}

static void declared_services_are_of_concern_both_ways(void **state)
{
	struct config *config = make_config();
	struct flow_hint hint;

	(void)state;
	assert_true(ask(config, "203.0.113.7", 4000, "192.0.2.25", 25, &hint));
	assert_true(hint.source_is_client && !hint.source_is_own);
	assert_int_equal(hint.server, 0);
	assert_true(ask(config, "192.0.2.25", 25, "203.0.113.7", 4000, &hint));
	assert_true(!hint.source_is_client && hint.source_is_own);
	assert_true(
		ask(config, "2001:db8::7", 4000, "2001:db8:2::25", 25, &hint));
	assert_true(
		ask(config, "203.0.113.7", 4000, "198.51.100.25", 25, &hint));
	config_free(config);
}

static void mail_that_a_server_sends_is_of_concern(void **state)
{
	struct config *config = make_config();
	struct flow_hint hint;

	(void)state;
	assert_true(ask(config, "192.0.2.25", 4000, "203.0.113.7", 25, &hint));
	assert_true(hint.source_is_client && hint.source_is_own);
	assert_true(ask(config, "192.0.2.25", 4000, "203.0.113.7", 465, &hint));
	assert_true(ask(config, "203.0.113.7", 465, "192.0.2.25", 4000, &hint));
	assert_true(!hint.source_is_client && !hint.source_is_own);
	config_free(config);
}

static void nothing_else_is(void **state)
{
	struct config *config = make_config();
	struct flow_hint hint;

	(void)state;
	assert_false(ask(config, "203.0.113.7", 4000, "192.0.2.26", 25, &hint));
	assert_false(ask(config, "203.0.113.7", 4000, "192.0.2.25", 80, &hint));
	assert_false(ask(config, "203.0.113.7", 4000, "192.0.2.25", 53, &hint));
	config_free(config);
}

/* Mail is to leave by the declared servers: who else sends some is seen. */
static void mail_of_anybody_else_inside_is(void **state)
{
	struct config *config = make_config();
	struct prefix inside = prefix_of("10.0.0.0/8");
	struct event event = { .server = EVENT_SERVER_NONE };
	struct flow_hint hint;

	(void)state;
	assert_int_equal(prefixset_add(&config->zones[1].networks, &inside), 0);
	prefixset_seal(&config->zones[1].networks);
	assert_true(ask(config, "10.1.2.3", 4000, "203.0.113.7", 25, &hint));
	assert_int_equal(hint.server, FLOW_SERVER_NONE);
	assert_true(hint.source_is_client && !hint.source_is_own);
	assert_true(ask(config, "203.0.113.7", 25, "10.1.2.3", 4000, &hint));
	assert_false(hint.source_is_client);
	assert_false(ask(config, "10.1.2.3", 4000, "203.0.113.7", 80, &hint));
	assert_false(ask(config, "10.1.2.3", 4000, "10.9.9.9", 25, &hint));
	assert_false(ask(config, "203.0.113.7", 4000, "10.1.2.3", 25, &hint));
	/* Its events are of no server, and blame nobody. */
	assert_true(event_has_server(&event, config->server_count));
	event.culprit = CULPRIT_SOURCE;
	assert_false(event_has_server(&event, config->server_count));
	config_free(config);
}

static void without_servers_every_mail_port_is(void **state)
{
	static const uint16_t ports[] = {
		25, 110, 143, 465, 587, 993, 995, 4190
	};
	struct flow_hint hint;

	(void)state;
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		assert_true(ask(NULL, "203.0.113.7", 4000, "192.0.2.25",
				ports[i], &hint));
		assert_true(hint.source_is_client);
		assert_int_equal(hint.server, FLOW_SERVER_NONE);
		assert_true(ask(NULL, "203.0.113.7", ports[i], "192.0.2.25",
				4000, &hint));
		assert_false(hint.source_is_client);
	}
	assert_false(ask(NULL, "203.0.113.7", 4000, "192.0.2.25", 80, &hint));
}

static void filter_has(const struct config *config, const char *interface,
		       const char *part, bool wanted)
{
	char *text = filter_make(config, interface, FILTER_PREFIXES);

	assert_non_null(text);
	if ((strstr(text, part) != NULL) != wanted)
		fail_msg("%s: %s", part, text);
	free(text);
}

/* On the outside, what the server says goes out; on its own side, it comes
 * in; on a mirror nobody knows. */
static void what_a_server_says_has_to_come_from_it(void **state)
{
	struct config *config = make_config();

	(void)state;
	filter_has(config, "eth0", "outbound and (src host 192.0.2.25", true);
	filter_has(config, "eth0", "inbound and (dst host 192.0.2.25", true);
	filter_has(config, "eth1", "inbound and (src host 192.0.2.25", true);
	filter_has(config, "eth1", "outbound and (dst host 192.0.2.25", true);
	filter_has(config, "span0", "bound", false);
	filter_has(config, "span0", "host 192.0.2.25", true);
	config->servers[0].zone = CONFIG_ZONE_HOST;
	filter_has(config, "eth0", "outbound and (src host 192.0.2.25", true);
	config_free(config);
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

/* 1024 addresses: none is lost, and the kernel can take the filter. */
static void many_servers_are_covered_by_few_prefixes(void **state)
{
	struct config *config = make_config();
	char *text;

	(void)state;
	config->server_count = CONFIG_SERVERS_MAX;
	for (int i = 0; i < CONFIG_SERVERS_MAX; i++) {
		struct server *s = &config->servers[i];

		*s = config->servers[0];
		for (int j = 0; j < CONFIG_ADDRESSES_MAX; j++) {
			char address[64];

			snprintf(address, sizeof(address),
				 j % 2 ? "198.18.%d.%d" : "2001:db8:%x::%x", i,
				 j);
			s->addresses[j] = prefix_of(address);
		}
		s->address_count = CONFIG_ADDRESSES_MAX;
		s->public_count = 0;
	}
	text = filter_make(config, "eth0", FILTER_PREFIXES);
	assert_non_null(text);
	/* Of each list, for each number of tags; wide lists twice. */
	assert_true(count_of(text, "src net") <= 6 * FILTER_PREFIXES);
	assert_true(count_of(text, "src net 198.18.") > 0);
	assert_true(count_of(text, "src net 2001:db8:") > 0);
	/* Nobody forges a server's packets to a stranger among them. */
	assert_int_equal(count_of(text, "and not (src net"), 3);
	free(text);
	config_free(config);
}

static void a_cover_holds_everything_and_as_little_more_as_can_be(void **state)
{
	struct random random = { { 3, 1, 4 } };

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct prefix all[60], few[60];
		size_t count = 1 + random_below(&random, 60), left;
		size_t most = 1 + random_below(&random, 40);

		for (size_t i = 0; i < count; i++)
			few[i] = all[i] = random_prefix(&random);
		left = cover_few(few, count, most);
		assert_true(left <= (most > 2 ? most : 2));
		for (size_t i = 0; i < count; i++) {
			size_t holders = 0;

			for (size_t j = 0; j < left; j++)
				holders += prefix_contains(&few[j], &all[i]);
			assert_int_equal(holders, 1);
		}
	}
	/* Neighbours go first. */
	struct prefix list[] = { prefix_of("10.0.0.1"), prefix_of("192.0.2.2"),
				 prefix_of("192.0.2.3") };

	assert_int_equal(cover_few(list, 3, 2), 2);
	assert_true(prefix_is_address(&list[0]));
	assert_int_equal(list[1].length, 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declared_services_are_of_concern_both_ways),
		cmocka_unit_test(mail_that_a_server_sends_is_of_concern),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(mail_of_anybody_else_inside_is),
		cmocka_unit_test(without_servers_every_mail_port_is),
		cmocka_unit_test(what_a_server_says_has_to_come_from_it),
		cmocka_unit_test(many_servers_are_covered_by_few_prefixes),
		cmocka_unit_test(
			a_cover_holds_everything_and_as_little_more_as_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
