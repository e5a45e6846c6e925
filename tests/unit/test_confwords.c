/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/warden/conf/conffile.h"
#include "ctl/warden/conf/confwords.h"
#include "ctl/warden/conf/services.h"
#include "tests/support/samples.h"
#include "tests/support/test.h"

static struct config *load(const char *name)
{
	char path[512];
	struct findings findings;
	struct config *config;

	snprintf(path, sizeof(path), "%s/%s", SAMPLES_FOLDER, name);
	findings_init(&findings, name);
	config = conffile_load(path, &findings);
	findings_write(&findings, stderr);
	assert_non_null(config);
	assert_int_equal(findings.warnings, 0);
	return config;
}

static void confwords_have_defaults(void **state)
{
	struct config *config = load("conf/shortest.conf");
	const struct service *smtp = &config->servers[0].services[0];

	(void)state;
	assert_string_equal(config->state, "/var/lib/postern");
	assert_string_equal(config->records.path, "/var/lib/postern/records");
	assert_int_equal(config->records.keep_days, 92);
	assert_int_equal(config->log_group, 25);
	assert_int_equal(config->capacity, 2000000);
	assert_true(config->zones[0].outside);
	assert_false(config->zones[0].smtp_from_servers_only);
	assert_int_equal(config->servers[0].zone, CONFIG_ZONE_HOST);
	assert_int_equal(smtp->port, 25);
	assert_true(smtp->tcp && !smtp->udp);
	/* A provider with 50 sessions at once, twice over. */
	assert_true(smtp->limits.source_open >= 100);
	assert_true(smtp->limits.source_burst >= 100);
	assert_int_equal(smtp->limits.source_burst,
			 smtp->limits.source_per_minute / 2);
	assert_true(smtp->limits.total_open > smtp->limits.source_open);
	assert_int_equal(config->feeds[0].source, FEED_FILE);
	assert_string_equal(config->feeds[0].group, "");
	assert_false(config->feeds[0].unproven);
	assert_int_equal(config->policy.mode, MODE_ENFORCE);
	assert_int_equal(config->policy.line, 0);
	assert_string_equal(config->control.group, "postern");
	config_free(config);
}

static void confwords_of_the_example_in_the_design_are_read(void **state)
{
	struct config *config = load("conf/architecture.conf");
	const struct server *mx1 = &config->servers[0];
	const struct sign_rule *alert = &config->policy.signs[SIGN_IDS_ALERT];

	(void)state;
	assert_int_equal(config->zone_count, 3);
	assert_true(config->zones[0].outside && !config->zones[1].outside);
	assert_true(config->zones[0].smtp_from_servers_only);
	assert_int_equal(config->zones[2].networks.count, 2);
	assert_int_equal(mx1->zone, 1);
	assert_int_equal(mx1->service_count, 3);
	assert_int_equal(mx1->services[1].port, 465);
	assert_int_equal(mx1->services[1].parties[1].zone, 2);
	assert_int_equal(mx1->egress_count, 2);
	assert_true(mx1->egress[1].tcp && mx1->egress[1].udp);
	assert_int_equal(mx1->egress[1].parties[0].prefix.length, 32);
	assert_int_equal(mx1->line, 5);
	assert_int_equal(mx1->services[2].line, 11);
	assert_int_equal(config->never_ban.count, 2);
	assert_int_equal(alert->points[3], 100);
	assert_int_equal(alert->max_severity, 2);
	assert_int_equal(alert->line, 29);
	assert_int_equal(config->policy.line, 22);
	config_free(config);
}

static void assert_service(const struct service *service, uint16_t port,
			   bool tcp, bool udp, uint32_t rate, uint32_t burst)
{
	assert_int_equal(service->port, port);
	assert_int_equal(service->tcp, tcp);
	assert_int_equal(service->udp, udp);
	assert_int_equal(service->limits.source_per_minute, rate);
	assert_int_equal(service->limits.source_burst, burst);
}

static void confwords_of_a_server_are_all_read(void **state)
{
	struct config *config = load("conf/whole.conf");
	const struct server *mx1 = &config->servers[0];
	const struct service *smtp = &mx1->services[0];

	(void)state;
	assert_int_equal(mx1->address_count, 2);
	assert_int_equal(mx1->public_count, 1);
	assert_string_equal(mx1->domains[0], "example.org");
	assert_int_equal(smtp->party_count, 3);
	assert_int_equal(smtp->parties[1].prefix.family, PREFIX_IP4);
	assert_int_equal(smtp->parties[2].prefix.length, 48);
	assert_service(smtp, 25, true, false, 600, 70);
	assert_int_equal(smtp->limits.source_open, 11);
	assert_int_equal(smtp->limits.total_per_minute, 0);
	assert_int_equal(smtp->limits.total_open, 0);
	assert_service(&mx1->services[1], 993, true, false, 7, 3);
	assert_int_equal(mx1->services[1].parties[0].zone, CONFIG_ZONE_HOST);
	assert_service(&mx1->services[2], 8443, true, false, 1200, 600);
	assert_service(&mx1->services[3], 5060, false, true, 1200, 600);
	assert_service(&mx1->services[4], 5353, true, true, 1200, 600);
	assert_service(&mx1->egress[1], 123, false, true, 0, 0);
	assert_service(&mx1->egress[2], 3310, true, false, 0, 0);
	assert_int_equal(config->servers[2].send_only, 3);
	config_free(config);
}

static void confwords_of_the_rest_are_all_read(void **state)
{
	struct config *config = load("conf/whole.conf");
	const struct policy *policy = &config->policy;
	const struct sign_rule *alert = &policy->signs[SIGN_IDS_ALERT];

	(void)state;
	assert_string_equal(config->state, "/srv/postern");
	assert_int_equal(config->log_group, 26);
	assert_int_equal(config->capacity, 5000);
	assert_int_equal(config->admin.count, 2);
	/* Nobody but the proxies of the section mail. */
	assert_int_equal(config->never_ban.count, 2);
	assert_true(prefixset_overlap(&config->never_ban,
				      &config->mail.proxies[0]));
	assert_string_equal(config->zones[0].interfaces[1], "eth0.7");
	assert_true(config->zones[0].outside);
	assert_false(config->zones[2].outside);
	assert_string_equal(config->feeds[0].path,
			    "/var/log/suricata/eve.*.json");
	assert_string_equal(config->feeds[0].group, "adm");
	assert_int_equal(config->feeds[1].source, FEED_STREAM);
	assert_int_equal(config->feeds[2].source, FEED_DATAGRAM);
	assert_false(config->feeds[0].unproven);
	assert_true(config->feeds[1].unproven && config->feeds[2].unproven);
	assert_string_equal(config->sensors[0].interface, "ppp0");
	assert_true(config->sensors[0].promiscuous);
	assert_int_equal(config->sensors[0].ring_mb, 256);
	assert_int_equal(config->mail.login_names, LOGIN_NAMES_SHOWN);
	assert_int_equal(config->mail.dangerous_count, 2);
	assert_string_equal(config->mail.dangerous[0], "xlsm");
	assert_int_equal(config->mail.harmless_count, 1);
	assert_int_equal(config->mail.proxy_count, 2);
	assert_int_equal(config->mail.proxies[1].length, 24);
	assert_int_equal(policy->signs[SIGN_USER_PROBE].from, 9);
	assert_int_equal(policy->mode, MODE_ALARM);
	assert_int_equal(policy->threshold, 50);
	assert_int_equal(policy->window_s, 90);
	assert_int_equal(policy->term_count, 3);
	assert_int_equal(policy->terms_s[2], 7 * 86400);
	assert_int_equal(policy->forget_s, 2 * 86400);
	/* A sign section changes what it names, and no more. */
	assert_int_equal(policy->signs[SIGN_AUTH_FAILURE].points[2], 7);
	assert_int_equal(policy->signs[SIGN_AUTH_FAILURE].mode, MODE_ENFORCE);
	assert_int_equal(alert->points[0], 90);
	assert_int_equal(alert->points[2], 60);
	assert_int_equal(alert->points[3], 60);
	assert_int_equal(alert->mode, MODE_OBSERVE);
	assert_int_equal(policy->subnet.count4, 1);
	assert_int_equal(policy->subnet.lengths4[0], 20);
	assert_int_equal(policy->subnet.count6, 0);
	assert_int_equal(policy->subnet.hosts, 9);
	assert_int_equal(config->guard.widest4, 16);
	assert_int_equal(config->guard.widest6, 44);
	assert_int_equal(config->guard.longest_s, 60 * 86400);
	assert_string_equal(config->records.path, "/srv/evidence");
	assert_int_equal(config->records.keep_days, 1000);
	assert_int_equal(config->records.seal_s, 600);
	assert_int_equal(config->records.segment_bytes, 16u << 20);
	assert_int_equal(config->records.review_days, 30);
	assert_int_equal(config->records.originals, 50);
	assert_int_equal(config->records.schedules[0].keep_days, 1095);
	assert_string_equal(config->records.schedules[0].series, "5.09");
	assert_string_equal(config->records.schedules[0].citation, "G.S. 121");
	assert_string_equal(config->records.schedules[0].disposition,
			    "destroy");
	assert_string_equal(config->control.socket, "/run/postern.sock");
	assert_string_equal(config->control.group, "mail.admins");
	config_free(config);
}

static void confwords_are_known_by_the_bytes_of_their_file(void **state)
{
	struct findings findings;
	struct config *config;

	(void)state;
	findings_init(&findings, "f");
	config = conffile_parse("capacity = 5\n", 13, &findings);
	assert_non_null(config);
	/* FNV-1a of these 13 bytes. */
	assert_true(config->id == UINT64_C(0x7d970fcfc557bc79));
	config_free(config);
}

static void assert_in_manual(const char *manual, const char *word)
{
	const char *at = manual;
	size_t len = strlen(word);

	while ((at = strstr(at, word)) &&
	       ((at[len] >= 'a' && at[len] <= 'z') || at[len] == '_'))
		at += len;
	if (!at)
		fail_msg("postern.conf.5 lacks \"%s\"", word);
}

static void assert_words(const char *manual, const struct confword *words)
{
	for (; words->name; words++) {
		assert_in_manual(manual, words->name);
		if (words->inside)
			assert_words(manual, words->inside);
	}
}

static void confwords_are_all_in_the_manual(void **state)
{
	const char *path = SAMPLES_FOLDER "/../../ctl/warden/postern.conf.5";
	const struct service_name *service;
	size_t len;
	char *manual = samples_read(path, &len);

	(void)state;
	assert_words(manual, confwords_file.inside);
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++)
		assert_in_manual(manual, sign_name((enum sign)i));
	for (size_t i = 0; (service = services_at(i)); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s %u", service->name,
			 service->port);
		assert_in_manual(manual, text);
	}
	free(manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confwords_have_defaults),
		cmocka_unit_test(
			confwords_of_the_example_in_the_design_are_read),
		cmocka_unit_test(confwords_of_a_server_are_all_read),
		cmocka_unit_test(confwords_of_the_rest_are_all_read),
		cmocka_unit_test(
			confwords_are_known_by_the_bytes_of_their_file),
		cmocka_unit_test(confwords_are_all_in_the_manual),
	};

	return cmocka_run_group_tests_name("confwords", tests, NULL, NULL);
}
