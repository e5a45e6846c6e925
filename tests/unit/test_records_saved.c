/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/config.h"
#include "ctl/records/record.h"
#include "tests/support/edge.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

#define HASH                               \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

static char line[RECORD_SIZE_MAX];
static const uint8_t hash[RECORD_HASH_SIZE];

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
		err = record_read_bans(&record, false, tell, told);
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
		cmocka_unit_test(a_ban_is_spelt_as_the_manual_says),
		cmocka_unit_test(bans_come_back_exactly),
		cmocka_unit_test(the_longest_record_fits),
		cmocka_unit_test(a_ban_spelt_otherwise_is_refused),
		cmocka_unit_test(bans_that_are_not_as_many_as_told_are_refused),
	};

	return cmocka_run_group_tests_name("records_saved", tests, NULL, NULL);
}
