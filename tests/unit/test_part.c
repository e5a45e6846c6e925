/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <unistd.h>

#include "ctl/core/part.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

static const enum role roles[] = { ROLE_CTL, ROLE_NFT, ROLE_RECORDS,
				   ROLE_FEED };

static struct config *sample(void)
{
	struct config *config = config_new();
	struct prefix admin = prefix_of("10.0.9.0/24");
	struct server *server = &config->servers[0];

	assert_non_null(config);
	config->zone_count = 1;
	strcpy(config->zones[0].name, "outside");
	strcpy(config->zones[0].interfaces[0], "eth0");
	config->zones[0].interface_count = 1;
	config->zones[0].outside = true;
	assert_int_equal(prefixset_add(&config->zones[0].networks, &admin), 0);
	config->server_count = 1;
	strcpy(server->name, "mx1");
	server->addresses[0] = prefix_of("192.0.2.25");
	server->addresses[1] = prefix_of("2001:db8::25");
	server->address_count = 2;
	server->service_count = 1;
	strcpy(server->services[0].name, "smtp");
	server->services[0].port = 25;
	server->services[0].tcp = true;
	server->services[0].party_count = 1;
	server->services[0].limits.source_burst = 77;
	assert_int_equal(prefixset_add(&config->admin, &admin), 0);
	prefixset_seal(&config->admin);
	config->feed_count = 2;
	strcpy(config->feeds[0].name, "first");
	strcpy(config->feeds[1].name, "second");
	strcpy(config->feeds[1].path, "/var/log/suricata/eve.json");
	strcpy(config->records.path, "/var/lib/postern/records");
	return config;
}

static void part_holds_what_its_program_needs_and_no_more(void **state)
{
	struct config *config = sample();
	struct config *back;
	uint8_t *data;
	size_t len;

	(void)state;
	assert_int_equal(part_encode(&data, &len, config, ROLE_NFT, 0), 0);
	assert_int_equal(part_decode(&back, ROLE_NFT, data, len), 0);
	assert_string_equal(back->zones[0].interfaces[0], "eth0");
	assert_int_equal(back->servers[0].services[0].limits.source_burst, 77);
	assert_int_equal(back->admin.count, 1);
	assert_int_equal(back->feed_count, 0);
	config_free(back);
	free(data);

	assert_int_equal(part_encode(&data, &len, config, ROLE_FEED, 1), 0);
	assert_int_equal(part_decode(&back, ROLE_FEED, data, len), 0);
	assert_int_equal(back->feed_count, 1);
	assert_string_equal(back->feeds[0].name, "second");
	assert_int_equal(back->servers[0].address_count, 2);
	assert_int_equal(back->admin.count, 0);
	config_free(back);
	free(data);
	config_free(config);
}

static void part_changes_only_where_its_program_is_concerned(void **state)
{
	struct config *config = sample();

	(void)state;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		uint8_t *before, *after;
		size_t before_len, after_len;
		bool changed;

		assert_int_equal(
			part_encode(&before, &before_len, config, roles[i], 0),
			0);
		config->policy.threshold++;
		assert_int_equal(
			part_encode(&after, &after_len, config, roles[i], 0),
			0);
		changed = before_len != after_len ||
			  memcmp(before, after, before_len) != 0;
		assert_int_equal(changed, roles[i] == ROLE_CTL);
		free(before);
		free(after);
	}
	config_free(config);
}

static void part_of_another_role_or_cut_short_is_refused(void **state)
{
	struct config *config = sample();
	struct config *back;

	(void)state;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		uint8_t *data;
		size_t len;

		assert_int_equal(part_encode(&data, &len, config, roles[i], 0),
				 0);
		for (size_t cut = 0; cut < len; cut += 1 + cut / 8) {
			char *edge = edge_copy(data, cut);

			assert_int_equal(part_decode(&back, roles[i],
						     (uint8_t *)edge, cut),
					 -EBADMSG);
			edge_free(edge, cut);
		}
		for (size_t n = 0; n < sizeof(roles) / sizeof(roles[0]); n++) {
			if (n == i)
				continue;
			assert_int_equal(
				part_decode(&back, roles[n], data, len),
				-EBADMSG);
		}
		free(data);
	}
	config_free(config);
}

static void part_with_any_byte_changed_is_read_safely(void **state)
{
	struct config *config = sample();
	struct random r = { { 5, 5, 5 } };
	uint8_t *data;
	size_t len;

	(void)state;
	assert_int_equal(part_encode(&data, &len, config, ROLE_NFT, 0), 0);
	for (int i = 0; i < 3000; i++) {
		char *edge = edge_copy(data, len);
		struct config *back;

		edge[random_below(&r, (uint32_t)len)] = (char)random_u64(&r);
		if (part_decode(&back, ROLE_NFT, (uint8_t *)edge, len) == 0) {
			assert_true(back->zone_count <= CONFIG_ZONES_MAX);
			config_free(back);
		}
		edge_free(edge, len);
	}
	free(data);
	config_free(config);
}

static void part_in_a_sealed_memfd_cannot_be_changed(void **state)
{
	struct config *config = sample();
	struct config *back;
	uint8_t *data;
	size_t len;
	int fd;

	(void)state;
	assert_int_equal(part_encode(&data, &len, config, ROLE_RECORDS, 0), 0);
	fd = part_seal(data, len);
	assert_true(fd >= 0);
	assert_true(write(fd, "x", 1) < 0);
	assert_int_equal(part_read(&back, ROLE_RECORDS, fd), 0);
	assert_string_equal(back->records.path, "/var/lib/postern/records");
	config_free(back);
	free(data);
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part_holds_what_its_program_needs_and_no_more),
		cmocka_unit_test(
			part_changes_only_where_its_program_is_concerned),
		cmocka_unit_test(part_of_another_role_or_cut_short_is_refused),
		cmocka_unit_test(part_with_any_byte_changed_is_read_safely),
		cmocka_unit_test(part_in_a_sealed_memfd_cannot_be_changed),
	};

	return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
