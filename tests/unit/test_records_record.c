/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/config.h"
#include "ctl/records/record.h"
#include "tests/support/edge.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char line[RECORD_SIZE_MAX];

static const uint8_t hash[RECORD_HASH_SIZE] = {
	0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45,
	0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
	0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
};

/* The record of ACT in LINE; its length without newline. */
static size_t write_act(const struct act *act)
{
	struct record head = { .seq = 7, .synchronised = true };
	size_t len = record_write_act(line, &head, act);

	len = record_close(line, len, hash);
	assert_int_equal(line[len - 1], '\n');
	line[--len] = '\0';
	return len;
}

/* Read it where reading a byte too much ends the test. */
static int read_act(struct act *out, const char *text, size_t len)
{
	char *copy = edge_copy(text, len);
	struct record record;
	int err = record_open(&record, copy, len);

	if (!err)
		err = record_read_act(out, &record);
	edge_free(copy, len);
	return err;
}

static void an_act_is_spelt_as_the_manual_says(void **state)
{
	struct act act = {
		.id = 42,
		.kind = ACT_BAN,
		.mode = MODE_ENFORCE,
		.level = 2,
		.sign = SIGN_AUTH_FAILURE,
		.time_ns = 1795282812123456789u,
		.monotonic_ns = 5000000000u,
		.boot = 0xabcdef,
		.prefix = prefix_of("192.0.2.0/24"),
		.until_ns = 1795286412123456789u,
		.term_s = 3600,
		.hosts = 5,
		.points = 120,
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
		.reason = "five \"hosts\"\n",
		.file = "eve.json",
		.source = prefix_of("192.0.2.9"),
		.target = prefix_of("2001:db8::25"),
		.target_port = 25,
		.proof = PROOF_HANDSHAKE,
		.stream = 1,
		.position = { 64768, 99, 0xfedcba9876543210u, 512, 70000 },
		.event_ns = 1795282812000000000u,
		.gid = 1,
		.sid = 2024897,
		.rev = 3,
		.config_id = 0x1122,
	};

	(void)state;
	write_act(&act);
	assert_string_equal(
		line, "{\"seq\":7,\"time\":\"2026-11-21T17:40:12.123456789Z\","
		      "\"clock\":\"synchronised\",\"class\":\"acts\","
		      "\"kind\":\"ban\",\"id\":42,\"origin\":\"policy\","
		      "\"mode\":\"enforce\",\"boot\":\"0000000000abcdef\","
		      "\"monotonic_ns\":5000000000,\"prefix\":\"192.0.2.0/24\","
		      "\"until\":\"2026-11-21T18:40:12.123456789Z\","
		      "\"term_s\":3600,\"level\":2,\"sign\":\"auth-failure\","
		      "\"hosts\":5,\"points\":120,"
		      "\"reason\":\"five \\\"hosts\\\"\\u000a\","
		      "\"event\":\"2026-11-21T17:40:12.000000000Z\","
		      "\"source\":\"192.0.2.9\",\"target\":\"2001:db8::25\","
		      "\"target_port\":25,\"proof\":\"handshake\",\"feed\":0,"
		      "\"stream\":1,\"file\":\"eve.json\","
		      "\"position\":{\"device\":64768,\"inode\":99,"
		      "\"head\":\"fedcba9876543210\",\"head_len\":512,"
		      "\"offset\":70000},\"gid\":1,\"sid\":2024897,\"rev\":3,"
		      "\"config\":\"0000000000001122\",\"hash\":\"" HASH "\"}");
}

static void the_first_record_bears_what_it_continues_from(void **state)
{
	struct record head = { .seq = 1, .is_first = true };
	struct act act = {
		.id = 1,
		.kind = ACT_CHECKPOINTED,
		.uid = 0,
		.login_uid = UINT32_MAX,
	};
	struct record record;
	size_t len;

	(void)state;
	memcpy(head.prev, hash, sizeof(hash));
	len = record_write_act(line, &head, &act);
	len = record_close(line, len, hash) - 1;
	line[len] = '\0';
	assert_string_equal(
		line, "{\"seq\":1,\"time\":\"1970-01-01T00:00:00.000000000Z\","
		      "\"clock\":\"free\",\"class\":\"acts\","
		      "\"kind\":\"checkpointed\",\"prev\":\"" HASH "\","
		      "\"id\":1,\"origin\":\"policy\",\"uid\":0,"
		      "\"count\":0,\"hash\":\"" HASH "\"}");
	assert_int_equal(record_open(&record, line, len), 0);
	assert_true(record.is_first);
	assert_memory_equal(record.prev, hash, sizeof(hash));
	assert_memory_equal(record.hash, hash, sizeof(hash));
	assert_int_equal(record.hashed_len, strstr(line, ",\"hash") - line);
}

static void every_kind_of_act_comes_back_exactly(void **state)
{
	struct random random = { { 7, 8, 9 } };

	(void)state;
	for (int kind = ACT_NONE + 1; kind < ACT_COUNT; kind++) {
		for (int i = 0; i < 300; i++) {
			struct act act =
				ledger_any_act(&random, (enum act_kind)kind);
			struct act again;
			size_t len = write_act(&act);

			for (size_t k = 0; k < len; k++)
				assert_true(line[k] >= 0x20 && line[k] < 0x7f);
			assert_int_equal(read_act(&again, line, len), 0);
			assert_true(ledger_same(MSG_ACT, &act, &again));
		}
	}
}

/* Every byte of the row is not 0: a field that a record does not have, also
 * one that act.h gets later, shows. */
static void a_full_act_comes_back_exactly(void **state)
{
	struct act act, again;

	(void)state;
	for (int kind = ACT_NONE + 1; kind < ACT_COUNT; kind++) {
		memset(&act, 0x01, sizeof(act));
		act.kind = (uint8_t)kind;
		act.name[sizeof(act.name) - 1] = '\0';
		act.file[sizeof(act.file) - 1] = '\0';
		act.reason[sizeof(act.reason) - 1] = '\0';
		act.prefix = prefix_of("1.1.1.1");
		act.source = prefix_of("1.1.1.1");
		act.target = prefix_of("1.1.1.1");
		assert_int_equal(read_act(&again, line, write_act(&act)), 0);
		assert_true(ledger_same(MSG_ACT, &act, &again));
	}
}

static void an_empty_act_comes_back_exactly(void **state)
{
	struct act again;

	(void)state;
	for (int kind = ACT_NONE + 1; kind < ACT_COUNT; kind++) {
		struct act act = { .kind = (uint8_t)kind };

		assert_int_equal(read_act(&again, line, write_act(&act)), 0);
		assert_true(ledger_same(MSG_ACT, &act, &again));
		act.uid = UINT32_MAX;
		act.login_uid = UINT32_MAX;
		assert_int_equal(read_act(&again, line, write_act(&act)), 0);
		assert_true(ledger_same(MSG_ACT, &act, &again));
		assert_null(strstr(line, "uid"));
	}
}

static void check_hostile(char *text, size_t size, struct act *act)
{
	struct act again;

	for (int byte = 1; byte < 256; byte++) {
		memset(text, byte, size - 1);
		assert_int_equal(read_act(&again, line, write_act(act)), 0);
		assert_true(ledger_same(MSG_ACT, act, &again));
		assert_null(memchr(line, '\n', strlen(line)));
		memset(text, 0, size);
		text[0] = (char)byte;
		assert_int_equal(read_act(&again, line, write_act(act)), 0);
		assert_true(ledger_same(MSG_ACT, act, &again));
	}
}

static void hostile_bytes_come_back_in_every_text_field(void **state)
{
	struct act act = ledger_act(1, ACT_BAN);

	(void)state;
	check_hostile(act.name, sizeof(act.name), &act);
	check_hostile(act.file, sizeof(act.file), &act);
	check_hostile(act.reason, sizeof(act.reason), &act);
}

struct told {
	struct saved_ban bans[RECORD_BANS_MAX];
	size_t count;
};

static void tell(void *ctx, const struct saved_ban *ban)
{
	struct told *told = ctx;

	told->bans[told->count++] = *ban;
}

static size_t write_bans(const struct saved_ban *bans, size_t count)
{
	struct record head = { .seq = 7, .time_ns = 1 };
	size_t len = record_write_bans(line, &head, bans, count);

	return record_close(line, len, hash) - 1;
}

static int read_bans(struct told *told, const char *text, size_t len)
{
	char *copy = edge_copy(text, len);
	struct record record;
	int err = record_open(&record, copy, len);

	told->count = 0;
	if (!err)
		err = record_read_bans(&record, tell, told);
	edge_free(copy, len);
	return err;
}

static void a_ban_is_spelt_as_the_manual_says(void **state)
{
	struct saved_ban bans[4] = {
		{ .prefix = prefix_of("192.0.2.1"),
		  .until_ms = 1795286412123,
		  .since_s = 1795282812,
		  .hosts = 1,
		  .sid = 9,
		  .reason = "guessing",
		  .sign = SIGN_IDS_ALERT,
		  .feed = 2,
		  .term_s = 3600,
		  .level = 1,
		  .uid = UINT32_MAX,
		  .active = 1 },
	};

	(void)state;
	for (size_t i = 1; i < 3; i++)
		bans[i] = bans[0];
	bans[1].prefix = prefix_of("198.51.100.0/24");
	bans[1].hosts = 3;
	bans[2].prefix = prefix_of("198.51.100.7");
	bans[2].hosts = 3;
	bans[3] = (struct saved_ban){ .prefix = prefix_of("2001:db8::/48"),
				      .origin = ORIGIN_PERSON,
				      .uid = 1000,
				      .scope = SCOPE_MAIL };
	line[write_bans(bans, 4)] = '\0';
	assert_string_equal(
		line,
		"{\"seq\":7,\"time\":\"1970-01-01T00:00:00.000000001Z\","
		"\"clock\":\"free\",\"class\":\"acts\","
		"\"kind\":\"bans\",\"count\":4,\"bans\":["
		"[\"192.0.2.1\",1795286412123,1795282812,1,9,\"guessing\","
		"\"ids-alert\",2,3600,1,\"policy\",null,true,\"all\"],"
		"[\"198.51.100.0/24\",1795286412123,1795282812,3],"
		"[\"198.51.100.7\"],"
		"[\"2001:db8::/48\",0,0,0,0,\"\",\"none\",0,0,0,\"person\","
		"1000,false,\"mail\"]],"
		"\"hash\":\"" HASH "\"}");
}

/* Another, often as FORMER from some element on. */
static struct saved_ban next_ban(struct random *random,
				 const struct saved_ban *former)
{
	struct saved_ban ban = ledger_any_ban(random);
	static const size_t from[] = {
		offsetof(struct saved_ban, until_ms),
		offsetof(struct saved_ban, hosts),
		offsetof(struct saved_ban, reason),
		offsetof(struct saved_ban, feed),
		offsetof(struct saved_ban, origin),
		offsetof(struct saved_ban, scope),
		sizeof(struct saved_ban),
	};
	size_t at = from[random_below(random, sizeof(from) / sizeof(from[0]))];

	memcpy((char *)&ban + at, (const char *)former + at, sizeof(ban) - at);
	return ban;
}

static void bans_come_back_exactly(void **state)
{
	struct random random = { { 10, 11, 12 } };
	static struct saved_ban bans[RECORD_BANS_MAX];
	static struct told told;

	(void)state;
	for (int i = 0; i < 200; i++) {
		size_t count = 1 + random_below(&random, RECORD_BANS_MAX);
		size_t len;

		for (size_t k = 0; k < count; k++)
			bans[k] = next_ban(&random, &bans[k ? k - 1 : 0]);
		len = write_bans(bans, count);
		assert_int_equal(read_bans(&told, line, len), 0);
		assert_int_equal(told.count, count);
		for (size_t k = 0; k < count; k++)
			assert_true(
				ledger_same(MSG_SAVE, &bans[k], &told.bans[k]));
	}
}

static void the_longest_record_fits(void **state)
{
	static struct saved_ban bans[RECORD_BANS_MAX];
	static struct told told;
	size_t len;

	(void)state;
	for (size_t i = 0; i < RECORD_BANS_MAX; i++) {
		memset(&bans[i], 0xff, sizeof(bans[i]));
		bans[i].prefix = prefix_of("ffff:ffff:ffff:ffff:ffff:ffff:"
					   "ffff:fffe/127");
		bans[i].origin = ORIGIN_SYSTEM;
		bans[i].sign = SIGN_DANGEROUS_ATTACHMENT;
		bans[i].until_ms = SAVED_UNTIL_MAX;
		bans[i].active = 0;
		bans[i].scope = (uint8_t)(i % SCOPE_COUNT); /* none as before */
		bans[i].uid = UINT32_MAX - 1;
		bans[i].reason[ACT_REASON_SIZE - 1] = '\0';
	}
	len = write_bans(bans, RECORD_BANS_MAX);
	assert_true(len > 80000 && len < RECORD_SIZE_MAX);
	assert_int_equal(read_bans(&told, line, len), 0);
}

/* A line with FROM, once in it, put as TO. */
static void check_refused(const char *from, const char *to)
{
	char *at = strstr(line, from);
	char other[4096];
	struct act act;

	assert_non_null(at);
	snprintf(other, sizeof(other), "%.*s%s%s", (int)(at - line), line, to,
		 at + strlen(from));
	if (read_act(&act, other, strlen(other)) == 0)
		fail_msg("%s instead of %s was taken", to, from);
}

static void every_other_spelling_is_refused(void **state)
{
	struct act act = ledger_act(5, ACT_BAN);

	(void)state;
	write_act(&act);
	check_refused("{\"seq\":7", "{\"seq\": 7");
	check_refused("{\"seq\":7", "{ \"seq\":7");
	check_refused("{\"seq\":7", "{\"seq\":07");
	check_refused("{\"seq\":7", "{\"seq\":0");
	check_refused("\"seq\"", "\"SEQ\"");
	check_refused("synchronised", "wrong");
	check_refused("\"acts\"", "\"deeds\"");
	check_refused("\"kind\":\"ban\"", "\"kind\":\"bann\"");
	check_refused("\"kind\":\"ban\"", "\"kind\":\"none\"");
	check_refused("\"id\":5", "\"id\":0");
	check_refused(",\"origin\":\"policy\"", "");
	check_refused(",\"mode\":\"observe\"", "");
	check_refused("\"policy\"", "\"nobody\"");
	check_refused(",\"level\":1", ",\"level\":0");
	check_refused(",\"level\":1", ",\"level\":256");
	check_refused(",\"level\":1", ",\"level\":1,\"level\":1");
	check_refused(",\"level\":1", ",\"level\":1,\"other\":1");
	check_refused(",\"term_s\":600,\"level\":1",
		      ",\"level\":1,\"term_s\":600");
	check_refused(",\"level\":1", ",\"level\":1,\"uid\":4294967295");
	check_refused(",\"level\":1", ",\"level\":1,\"points\":0");
	check_refused(",\"level\":1", ",\"level\":1,\"name\":\"\"");
	check_refused("\"until\":\"2", "\"until\":\"1");
	check_refused("number", "n\\u0075mber");
	check_refused(HASH "\"}", HASH "\"} ");
	check_refused(HASH "\"}", HASH "0\"}");
	check_refused("abcdef\"}", "ABCDEF\"}");
	check_refused(",\"hash\"", ",\"Hash\"");
}

static void a_line_cut_anywhere_is_refused(void **state)
{
	struct act act = ledger_act(5, ACT_BAN), again;
	size_t len = write_act(&act);

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_true(read_act(&again, line, cut) < 0);
	assert_int_equal(read_act(&again, line, len), 0);
}

static void a_ban_spelt_otherwise_is_refused(void **state)
{
	static const struct {
		const char *from;
		const char *to;
	} cases[] = {
		{ ",null,", ",4294967295," },
		{ "false", "0" },
		{ "\"person\"", "\"Person\"" },
		{ "[[", "[ [" },
		{ ",0,0,0,\"person\"", ",0,0,\"person\"" },
		{ ",\"all\"],", "]," }, /* the first is whole */
		{ ",\"all\"],", ",\"all\",0]," },
		{ ",3],", ",3,0]," }, /* as before */
		{ ",3],", ",0]," },
		{ ",3],", "],3," },
		{ ",3],", "]," },
		{ ",3],", ",3,]," },
		{ "[\"192.0.2.3\"]", "[]" },
		{ "[\"192.0.2.3\"]", "[\"192.0.2.3\",0]" },
		{ ",[\"192.0.2.3\"]", "" },
	};
	struct saved_ban bans[3] = { { .prefix = prefix_of("192.0.2.1"),
				       .origin = ORIGIN_PERSON,
				       .uid = UINT32_MAX } };
	static struct told told;
	char other[1024];

	(void)state;
	bans[1] = bans[0];
	bans[1].hosts = 3;
	bans[2] = bans[1];
	bans[2].prefix = prefix_of("192.0.2.3");
	line[write_bans(bans, 3)] = '\0';
	assert_int_equal(read_bans(&told, line, strlen(line)), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *at = strstr(line, cases[i].from);

		assert_non_null(at);
		snprintf(other, sizeof(other), "%.*s%s%s", (int)(at - line),
			 line, cases[i].to, at + strlen(cases[i].from));
		if (read_bans(&told, other, strlen(other)) == 0)
			fail_msg("%s was taken", cases[i].to);
	}
}

static void bans_that_are_not_as_many_as_told_are_refused(void **state)
{
	struct random random = { { 1, 1, 1 } };
	struct saved_ban bans[3];
	static struct told told;
	char *count;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		bans[i] = ledger_any_ban(&random);
	line[write_bans(bans, 3)] = '\0';
	count = strstr(line, "\"count\":3") + 8;
	*count = '2';
	assert_true(read_bans(&told, line, strlen(line)) < 0);
	*count = '4';
	assert_true(read_bans(&told, line, strlen(line)) < 0);
	*count = '3';
	assert_int_equal(read_bans(&told, line, strlen(line)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_act_is_spelt_as_the_manual_says),
		cmocka_unit_test(the_first_record_bears_what_it_continues_from),
		cmocka_unit_test(every_kind_of_act_comes_back_exactly),
		cmocka_unit_test(a_full_act_comes_back_exactly),
		cmocka_unit_test(an_empty_act_comes_back_exactly),
		cmocka_unit_test(hostile_bytes_come_back_in_every_text_field),
		cmocka_unit_test(a_ban_is_spelt_as_the_manual_says),
		cmocka_unit_test(bans_come_back_exactly),
		cmocka_unit_test(the_longest_record_fits),
		cmocka_unit_test(every_other_spelling_is_refused),
		cmocka_unit_test(a_line_cut_anywhere_is_refused),
		cmocka_unit_test(a_ban_spelt_otherwise_is_refused),
		cmocka_unit_test(bans_that_are_not_as_many_as_told_are_refused),
	};

	return cmocka_run_group_tests_name("records_record", tests, NULL, NULL);
}
