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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_act_is_spelt_as_the_manual_says),
		cmocka_unit_test(the_first_record_bears_what_it_continues_from),
		cmocka_unit_test(every_kind_of_act_comes_back_exactly),
		cmocka_unit_test(a_full_act_comes_back_exactly),
		cmocka_unit_test(an_empty_act_comes_back_exactly),
		cmocka_unit_test(hostile_bytes_come_back_in_every_text_field),
		cmocka_unit_test(every_other_spelling_is_refused),
		cmocka_unit_test(a_line_cut_anywhere_is_refused),
	};

	return cmocka_run_group_tests_name("records_record", tests, NULL, NULL);
}
