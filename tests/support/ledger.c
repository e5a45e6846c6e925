/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/ledger.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/config.h"
#include "ctl/records/declare.h"

#define PATH_SIZE 256

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

void ledger_open(struct ledger *l)
{
	const char *advice;

	must(folder_open(&l->folder, l->path, CLASS_ACTS, -1, &advice) == 0,
	     l->path);
	must(chain_new(&l->chain) == 0, "chain");
	must(survey_make(&l->survey, l->folder, l->chain) == 0, "survey");
	must(journal_new(&l->journal, l->folder, l->chain, &l->survey) == 0,
	     "journal");
	must(declare_news(l->journal, &l->survey) == 0, "declare");
	l->id = l->survey.last_id;
}

void ledger_close(struct ledger *l)
{
	survey_fini(&l->survey);
	journal_free(l->journal);
	chain_free(l->chain);
	folder_close(l->folder);
}

void ledger_reopen(struct ledger *l)
{
	ledger_close(l);
	ledger_open(l);
}

void ledger_take(struct ledger *l, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct act act = ledger_act(++l->id, ACT_BAN);

		must(journal_act(l->journal, &act) == 0, "act");
	}
}

void ledger_keep(struct ledger *l, size_t count)
{
	ledger_take(l, count);
	must(journal_sync(l->journal) == 0, "sync");
}

int ledger_set_up(void **state)
{
	struct ledger *l = calloc(1, sizeof(*l));

	l->path = ledger_make();
	ledger_open(l);
	*state = l;
	return 0;
}

int ledger_tear_down(void **state)
{
	struct ledger *l = *state;

	ledger_close(l);
	ledger_remove(l->path);
	free(l);
	return 0;
}

char *ledger_make(void)
{
	const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm"
							   : "/tmp";
	char *path = malloc(PATH_SIZE);

	must(path != NULL, "malloc");
	snprintf(path, PATH_SIZE, "%s/postern-test-XXXXXX", parent);
	must(mkdtemp(path) != NULL, path);
	return path;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void ledger_remove(char *path)
{
	must(nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0, path);
	free(path);
}

const char *ledger_segment(const char *path, uint64_t first_seq)
{
	static char file[PATH_SIZE + FOLDER_FILE_SIZE];
	char name[FOLDER_FILE_SIZE];

	snprintf(file, sizeof(file), "%s/acts/%s", path,
		 folder_file(CLASS_ACTS, first_seq, "", name));
	return file;
}

char *ledger_read(const char *file, size_t *len)
{
	FILE *stream = fopen(file, "rb");
	char *text;
	long end;

	must(stream && fseek(stream, 0, SEEK_END) == 0, file);
	end = ftell(stream);
	must(end >= 0, file);
	rewind(stream);
	*len = (size_t)end;
	text = malloc(*len + 1);
	must(text && fread(text, 1, *len, stream) == *len, file);
	text[*len] = '\0';
	fclose(stream);
	return text;
}

void ledger_write(const char *file, const char *text, size_t len)
{
	FILE *stream = fopen(file, "wb");

	must(stream && fwrite(text, 1, len, stream) == len, file);
	must(fclose(stream) == 0, file);
}

struct act ledger_act(uint64_t id, enum act_kind kind)
{
	struct act act = {
		.id = id,
		.kind = (uint8_t)kind,
		.origin = ORIGIN_POLICY,
		.time_ns = 1795282812000000000u + id,
		.monotonic_ns = 1000000 * id,
		.boot = 0x123456789abcu,
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
	};

	if (kind != ACT_BAN && kind != ACT_UNBAN)
		return act;
	act.prefix = (struct prefix){ .family = PREFIX_IP4, .length = 32 };
	act.prefix.addr[0] = 198;
	act.prefix.addr[1] = 51;
	act.prefix.addr[2] = (uint8_t)(id >> 8);
	act.prefix.addr[3] = (uint8_t)id;
	act.term_s = 600;
	act.until_ns = act.time_ns + 600000000000u;
	act.level = 1;
	snprintf(act.reason, sizeof(act.reason), "number %u", (unsigned)id);
	return act;
}

struct sighting ledger_sighting(uint64_t number)
{
	struct sighting s = {
		.number = number,
		.outcome = OUTCOME_COUNTED,
		.name = "suricata",
		.file = "eve.json",
		.server = "mx1",
		.event = {
			.time_ns = 1795282812000000000u + number * 1000,
			.seen_ns = 1795282812000500000u + number * 1000,
			.sign = SIGN_IDS_ALERT,
			.severity = 2,
			.proof = PROOF_HANDSHAKE,
			.culprit = CULPRIT_SOURCE,
			.source = { .family = PREFIX_IP4, .length = 32 },
			.target = { .family = PREFIX_IP4,
				    .length = 32,
				    .addr = { 192, 0, 2, 25 } },
			.source_port = 40000,
			.target_port = 25,
			.ip_proto = 6,
			.app_proto = "smtp",
			.gid = 1,
			.sid = 2024897,
			.rev = 3,
			.text = "password guessing",
			.category = "attempted-user",
			.position = { .device = 1,
				      .inode = 2,
				      .offset = number * 800 },
			.length = 800,
		},
	};

	s.event.source.addr[0] = 203;
	memcpy(s.event.source.addr + 1, &number, 3);
	return s;
}

/* A text of any bytes but NUL, which ends it. */
static void any_text(struct random *random, char *out, size_t size)
{
	size_t len = random_below(random, (uint32_t)size);

	memset(out, 0, size);
	for (size_t i = 0; i < len; i++)
		out[i] = (char)(1 + random_below(random, 255));
}

static uint32_t any_u32(struct random *random)
{
	return (uint32_t)random_u64(random) >> random_below(random, 32);
}

static uint64_t any_u64(struct random *random)
{
	return random_u64(random) >> random_below(random, 64);
}

struct act ledger_any_act(struct random *random, enum act_kind kind)
{
	struct act act = {
		.id = 1 + any_u64(random) / 2,
		.kind = (uint8_t)kind,
		.origin = (uint8_t)random_below(random, ORIGIN_COUNT),
		.mode = (uint8_t)random_below(random, MODE_COUNT),
		.gate = (uint8_t)random_below(random, GATE_COUNT),
		.level = (uint8_t)random_below(random, 4),
		.sign = (uint8_t)random_below(random, SIGN_COUNT),
		.hosts = (uint16_t)any_u32(random),
		.time_ns = any_u64(random),
		.monotonic_ns = any_u64(random),
		.boot = any_u64(random),
		.prefix = random_prefix(random),
		.until_ns = random_below(random, 2) ? any_u64(random) : 0,
		.term_s = any_u32(random),
		.points = any_u32(random),
		.uid = random_below(random, 2) ? any_u32(random) : UINT32_MAX,
		.login_uid = random_below(random, 2) ? 0 : UINT32_MAX,
		.pid = any_u32(random),
		.target_port = (uint16_t)any_u32(random),
		.proof = (uint8_t)random_below(random, PROOF_COUNT),
		.feed = (uint16_t)random_below(random, 3),
		.stream = (uint16_t)random_below(random, 3),
		.event_ns = random_below(random, 2) ? any_u64(random) : 0,
		.gid = any_u32(random),
		.sid = any_u32(random),
		.rev = random_below(random, 2),
		.error = (int32_t)any_u32(random),
		.config_id = any_u64(random),
		.count = any_u64(random),
	};

	any_text(random, act.name, sizeof(act.name));
	any_text(random, act.file, sizeof(act.file));
	any_text(random, act.reason, sizeof(act.reason));
	if (random_below(random, 2))
		act.source = random_prefix(random);
	if (random_below(random, 2))
		act.target = random_prefix(random);
	if (random_below(random, 2))
		act.position = (struct position){
			.device = any_u64(random),
			.inode = any_u64(random),
			.head_hash = any_u64(random),
			.head_len = any_u32(random),
			.offset = any_u64(random),
		};
	return act;
}

struct saved_ban ledger_any_ban(struct random *random)
{
	struct saved_ban ban = {
		.prefix = random_prefix(random),
		.until_ms = random_below(random, 2)
				    ? any_u64(random) % SAVED_UNTIL_MAX
				    : 0,
		.since_s = any_u32(random),
		.hosts = (uint16_t)any_u32(random),
		.sid = any_u32(random),
		.sign = (uint8_t)random_below(random, SIGN_COUNT),
		.feed = (uint16_t)any_u32(random),
		.term_s = any_u32(random),
		.level = (uint8_t)any_u32(random),
		.origin = (uint8_t)random_below(random, ORIGIN_COUNT),
		.uid = random_below(random, 2) ? any_u32(random) : UINT32_MAX,
		.active = (uint8_t)random_below(random, 2),
		.scope = (uint8_t)random_below(random, SCOPE_COUNT),
	};

	any_text(random, ban.reason, sizeof(ban.reason));
	return ban;
}

bool ledger_same(enum msg_kind kind, const void *a, const void *b)
{
	uint8_t bytes[2][MSG_SIZE_MAX];

	msg_put_row(bytes[0], kind, a);
	msg_put_row(bytes[1], kind, b);
	return memcmp(bytes[0], bytes[1], msg_row_size(kind)) == 0;
}

struct survey ledger_survey(const char *path)
{
	struct folder *folder;
	struct survey survey;
	struct chain *chain;
	const char *advice;

	must(folder_open(&folder, path, CLASS_ACTS, -1, &advice) == 0, path);
	must(chain_new(&chain) == 0, "chain");
	must(survey_make(&survey, folder, chain) == 0, path);
	chain_free(chain);
	folder_close(folder);
	return survey;
}
