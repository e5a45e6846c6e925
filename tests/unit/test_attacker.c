/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <netinet/in.h>

#include "feeds/attacker.h"
#include "feeds/sieve.h"
#include "tests/support/corpus.h"

#define SERVER	"10.20.0.25"
#define SERVER6 "2001:db8:20::25"
#define PUBLIC	"192.0.2.25"
#define PEER	"203.0.113.5"
#define OTHER	"198.51.100.77"

struct world {
	struct config *config;
	struct attacker attacker;
};

static void add_service(struct server *server, uint16_t port)
{
	server->services[server->service_count++].port = port;
}

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct server *mx, *imap;

	w->config = config_new();
	w->config->server_count = 2;
	mx = &w->config->servers[1];
	mx->address_count = 2;
	mx->addresses[0] = prefix_of(SERVER);
	mx->addresses[1] = prefix_of(SERVER6);
	mx->public_count = 1;
	mx->publics[0] = prefix_of(PUBLIC);
	add_service(mx, 25);
	add_service(mx, 587);
	add_service(mx, 2525);
	imap = &w->config->servers[0];
	imap->address_count = 1;
	imap->addresses[0] = prefix_of("10.20.0.26");
	imap->public_count = 1;
	imap->publics[0] = prefix_of(PUBLIC);
	add_service(imap, 143);
	*state = w;
	return attacker_init(&w->attacker, w->config, false);
}

static int close_world(void **state)
{
	struct world *w = *state;

	attacker_fini(&w->attacker);
	config_free(w->config);
	free(w);
	return 0;
}

/* A packet of a TCP session from one end to the other. */
static struct eve packet(const char *source, uint16_t source_port,
			 const char *dest, uint16_t dest_port)
{
	return (struct eve){
		.source = prefix_of(source),
		.source_port = source_port,
		.dest = prefix_of(dest),
		.dest_port = dest_port,
		.ip_proto = IPPROTO_TCP,
		.app_proto = "smtp",
	};
}

static struct event judge(struct world *w, const struct eve *eve)
{
	struct event event;

	assert_true(attacker_judge(&w->attacker, eve, &event));
	assert_true(event_is_valid(&event));
	return event;
}

static void assert_source(const struct event *event, const char *text)
{
	struct prefix wanted = prefix_of(text);

	assert_true(prefix_equal(&event->source, &wanted));
}

static void attacker_is_the_peer_of_a_server_that_replies(void **state)
{
	struct eve eve = packet(SERVER, 587, PEER, 40001);
	struct prefix ours = prefix_of(SERVER);
	struct event event;

	eve.way = EVE_WAY_TO_CLIENT;
	eve.initiator = prefix_of(PEER);
	event = judge(*state, &eve);
	assert_source(&event, PEER);
	assert_true(prefix_equal(&event.target, &ours));
	assert_int_equal(event.source_port, 40001);
	assert_int_equal(event.target_port, 587);
	assert_int_equal(event.server, 1);
	assert_int_equal(event.culprit, CULPRIT_SOURCE);
}

static void attacker_is_the_caller_though_the_flow_is_reversed(void **state)
{
	struct eve eve = packet(PEER, 40001, SERVER, 25);
	struct event event;

	eve.initiator = prefix_of(SERVER);
	eve.way = EVE_WAY_TO_CLIENT;
	event = judge(*state, &eve);
	assert_source(&event, PEER);
	assert_int_equal(event.culprit, CULPRIT_SOURCE);
}

static void attacker_is_nobody_when_our_server_calls(void **state)
{
	struct eve eve = packet(OTHER, 25, SERVER, 51000);
	struct event event;

	eve.initiator = prefix_of(SERVER);
	event = judge(*state, &eve);
	assert_source(&event, OTHER);
	assert_int_equal(event.culprit, CULPRIT_NONE);
	/* Between two mail ports, the flow tells. */
	eve = packet(OTHER, 465, SERVER, 25);
	eve.initiator = prefix_of(SERVER);
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_NONE);
	eve.initiator = prefix_of(OTHER);
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_SOURCE);
}

static void attacker_is_who_the_rule_says(void **state)
{
	struct eve eve = packet(SERVER, 51000, PEER, 80);
	struct event event;

	eve.initiator = prefix_of(SERVER);
	eve.attacker = prefix_of(PEER);
	eve.victim = prefix_of(SERVER);
	event = judge(*state, &eve);
	assert_source(&event, PEER);
	assert_int_equal(event.culprit, CULPRIT_SOURCE);
	eve = packet(PEER, 40001, SERVER, 25);
	eve.attacker = prefix_of(SERVER);
	eve.victim = prefix_of(PEER);
	event = judge(*state, &eve);
	assert_source(&event, PEER);
	assert_int_equal(event.culprit, CULPRIT_NONE);
	/* Ends that are not those of the packet say nothing. */
	eve.attacker = prefix_of(OTHER);
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_SOURCE);
}

static void attacker_is_found_by_the_way_of_the_packet(void **state)
{
	struct eve eve = packet(PEER, 40001, SERVER, 8080);

	eve.way = EVE_WAY_TO_SERVER;
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_SOURCE);
	eve.way = EVE_WAY_TO_CLIENT;
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_NONE);
	eve = packet(SERVER, 8080, PEER, 40001);
	eve.way = EVE_WAY_TO_CLIENT;
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_SOURCE);
	/* Nothing tells. */
	eve.way = EVE_WAY_NONE;
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_NONE);
}

static void attacker_is_the_sender_where_there_are_no_ports(void **state)
{
	struct eve eve = packet(PEER, 0, SERVER, 0);

	eve.ip_proto = IPPROTO_ICMP;
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_SOURCE);
	eve = packet(SERVER, 0, PEER, 0);
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_NONE);
}

static void attacker_judges_no_foreign_traffic(void **state)
{
	struct world *w = *state;
	struct eve eve = packet(PEER, 40001, OTHER, 25);
	struct event event;

	assert_false(attacker_judge(&w->attacker, &eve, &event));
	eve = packet(SERVER6, 40001, SERVER, 25);
	assert_false(attacker_judge(&w->attacker, &eve, &event));
	eve = packet(PEER, 40001, SERVER, 25);
	memset(&eve.source, 0, sizeof(eve.source));
	assert_false(attacker_judge(&w->attacker, &eve, &event));
	memset(&eve.dest, 0, sizeof(eve.dest));
	assert_false(attacker_judge(&w->attacker, &eve, &event));
}

static void attacker_knows_the_server_behind_a_public_address(void **state)
{
	struct eve eve = packet(PEER, 40001, PUBLIC, 143);

	assert_int_equal(judge(*state, &eve).server, 0);
	eve = packet(PEER, 40001, PUBLIC, 25);
	assert_int_equal(judge(*state, &eve).server, 1);
	eve = packet(PUBLIC, 587, PEER, 40001);
	assert_int_equal(judge(*state, &eve).server, 1);
	assert_int_equal(judge(*state, &eve).culprit, CULPRIT_SOURCE);
}

static void attacker_proves_nothing_without_a_protocol(void **state)
{
	struct world *w = *state;
	struct eve eve = packet(PEER, 40001, SERVER, 25);

	assert_int_equal(judge(w, &eve).proof, PROOF_HANDSHAKE);
	snprintf(eve.app_proto, sizeof(eve.app_proto), "failed");
	assert_int_equal(judge(w, &eve).proof, PROOF_HANDSHAKE);
	eve.app_proto[0] = '\0';
	assert_int_equal(judge(w, &eve).proof, PROOF_NONE);
	eve = packet(PEER, 40001, SERVER, 25);
	eve.ip_proto = IPPROTO_UDP;
	assert_int_equal(judge(w, &eve).proof, PROOF_NONE);
	eve.ip_proto = IPPROTO_TCP;
	w->attacker.unproven = true;
	assert_int_equal(judge(w, &eve).proof, PROOF_NONE);
}

static void attacker_tells_detections_from_the_engine(void **state)
{
	static const struct {
		uint32_t gid;
		uint32_t sid;
		const char *category;
		enum sign sign;
	} cases[] = {
		{ 1, 2260002, "Generic Protocol Command Decode",
		  SIGN_IDS_ENGINE },
		{ 1, 2200000, "", SIGN_IDS_ENGINE },
		{ 1, 2299999, "Unsuccessful User Privilege Gain",
		  SIGN_IDS_ENGINE },
		{ 1, 2199999, "", SIGN_IDS_ALERT },
		{ 1, 2300000, "", SIGN_IDS_ALERT },
		{ 2, 2260002, "", SIGN_IDS_ALERT },
		{ 1, 9000002, "Unsuccessful User Privilege Gain",
		  SIGN_AUTH_FAILURE },
		{ 1, 9000002, "Successful User Privilege Gain",
		  SIGN_IDS_ALERT },
	};
	struct eve eve = packet(PEER, 40001, SERVER, 25);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		eve.gid = cases[i].gid;
		eve.sid = cases[i].sid;
		snprintf(eve.category, sizeof(eve.category), "%s",
			 cases[i].category);
		assert_int_equal(judge(*state, &eve).sign, cases[i].sign);
	}
}

/* The samples, line by line: the flow_id is 1000000 and a number. */

struct expected {
	const char *source; /* NULL: no event */
	enum culprit culprit;
	enum proof proof;
	enum sign sign;
};

static const struct expected samples[] = {
	[1] = { "203.0.113.5", CULPRIT_SOURCE, PROOF_HANDSHAKE,
		SIGN_AUTH_FAILURE },
	[2] = { "203.0.113.6", CULPRIT_SOURCE, PROOF_HANDSHAKE,
		SIGN_IDS_ALERT },
	[3] = { "203.0.113.7", CULPRIT_SOURCE, PROOF_HANDSHAKE,
		SIGN_IDS_ALERT },
	[4] = { "198.51.100.9", CULPRIT_NONE, PROOF_HANDSHAKE,
		SIGN_AUTH_FAILURE },
	[5] = { "203.0.113.8", CULPRIT_SOURCE, PROOF_HANDSHAKE,
		SIGN_AUTH_FAILURE },
	[6] = { "198.51.100.10", CULPRIT_NONE, PROOF_HANDSHAKE,
		SIGN_IDS_ALERT },
	[7] = { "203.0.113.66", CULPRIT_SOURCE, PROOF_NONE, SIGN_IDS_ALERT },
	[8] = { "203.0.113.9", CULPRIT_SOURCE, PROOF_HANDSHAKE,
		SIGN_IDS_ENGINE },
	[9] = { "2001:db8:a010:18::c6d1", CULPRIT_SOURCE, PROOF_HANDSHAKE,
		SIGN_IDS_ALERT },
	[10] = { "203.0.113.10", CULPRIT_SOURCE, PROOF_NONE, SIGN_IDS_ALERT },
	[11] = { "2001:db8:a010:18::c6d1", CULPRIT_SOURCE, PROOF_NONE,
		 SIGN_IDS_ALERT },
	[12] = { NULL, CULPRIT_NONE, PROOF_NONE, SIGN_NONE },
	[13] = { NULL, CULPRIT_NONE, PROOF_NONE, SIGN_NONE },
	[14] = { "203.0.113.12", CULPRIT_SOURCE, PROOF_NONE,
		 SIGN_AUTH_FAILURE },
};

static void check_sample(void *ctx, const char *file, const char *line,
			 size_t len)
{
	struct world *w = ctx;
	const struct expected *wanted;
	struct event event;
	struct eve eve;

	(void)file;
	if (sieve_parse(&eve, (struct slice){ line, len }) != EVE_ALERT)
		return;
	wanted = &samples[eve.flow_id - 1000000];
	assert_int_equal(attacker_judge(&w->attacker, &eve, &event),
			 wanted->source != NULL);
	if (!wanted->source)
		return;
	assert_source(&event, wanted->source);
	assert_int_equal(event.culprit, wanted->culprit);
	assert_int_equal(event.proof, wanted->proof);
	assert_int_equal(event.sign, wanted->sign);
	assert_int_equal(event.blocked, eve.flow_id == 1000009);
}

static void attacker_judges_the_samples(void **state)
{
	const struct corpus_reader reader = { check_sample, *state };

	assert_int_equal(corpus_read_sample("suricata7.json", &reader), 16);
}

/* The recorded scenarios: whoever attacked there, it was never a server. */

struct census {
	struct world *world;
	size_t events;
	size_t failures; /* of logins */
	size_t unproven;
};

static void count_line(void *ctx, const char *file, const char *line,
		       size_t len)
{
	struct census *census = ctx;
	struct event event;
	struct eve eve;

	if (!strstr(file, "/scenarios/") ||
	    sieve_parse(&eve, (struct slice){ line, len }) != EVE_ALERT ||
	    !attacker_judge(&census->world->attacker, &eve, &event))
		return;
	census->events++;
	assert_true(event_is_valid(&event));
	assert_int_equal(config_server_of(census->world->config, &event.source),
			 -1);
	assert_true(config_server_of(census->world->config, &event.target) >=
		    0);
	census->unproven += event.proof == PROOF_NONE;
	if (event.sign != SIGN_AUTH_FAILURE)
		return;
	/* A 535, a NO or an -ERR of ours: who was refused is the culprit. */
	census->failures++;
	assert_int_equal(event.culprit, CULPRIT_SOURCE);
	assert_int_equal(event.proof, PROOF_HANDSHAKE);
}

static void attacker_never_blames_a_server(void **state)
{
	struct world *w = *state;
	struct census census = { .world = w };
	const struct corpus_reader reader = { count_line, &census };
	struct server *exim = &w->config->servers[2];

	w->config->server_count = 3;
	exim->address_count = 2;
	exim->addresses[0] = prefix_of("10.20.1.25");
	exim->addresses[1] = prefix_of("2001:db8:20:1::25");
	add_service(exim, 25);
	add_service(exim, 587);
	for (int i = 0; i < 3; i++) {
		static const uint16_t ports[] = { 465, 110, 143, 993, 995 };

		for (size_t k = 0; k < 5; k++)
			add_service(&w->config->servers[i], ports[k]);
	}
	attacker_fini(&w->attacker);
	assert_int_equal(attacker_init(&w->attacker, w->config, false), 0);
	corpus_read(&reader);
	printf("%zu events, %zu login failures, %zu unproven\n", census.events,
	       census.failures, census.unproven);
	if (getenv("POSTERN_DATA"))
		assert_true(census.failures > 300);
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(attacker_is_the_peer_of_a_server_that_replies),
		CASE(attacker_is_the_caller_though_the_flow_is_reversed),
		CASE(attacker_is_nobody_when_our_server_calls),
		CASE(attacker_is_who_the_rule_says),
		CASE(attacker_is_found_by_the_way_of_the_packet),
		CASE(attacker_is_the_sender_where_there_are_no_ports),
		CASE(attacker_judges_no_foreign_traffic),
		CASE(attacker_knows_the_server_behind_a_public_address),
		CASE(attacker_proves_nothing_without_a_protocol),
		CASE(attacker_tells_detections_from_the_engine),
		CASE(attacker_judges_the_samples),
		CASE(attacker_never_blames_a_server),
	};

	return cmocka_run_group_tests_name("attacker", tests, NULL, NULL);
}
