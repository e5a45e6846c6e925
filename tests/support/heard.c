/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/heard.h"

#include "tests/support/random.h"
#include "tests/support/test.h"

#define START_NS 1700000000000000000u

static const struct exchange_cut cuts[] = {
	{ 0, 0 }, { 1, 0 }, { 2, 0 }, { 7, 1 }, { 64, 2 }, { 500, 3 },
};

static void on_event(void *arg, const struct event *event)
{
	struct heard *h = arg;

	assert_true(event_is_valid(event));
	if (h->count < HEARD_MAX)
		h->events[h->count++] = *event;
}

static void on_patron(void *arg, const struct prefix *source, bool encrypted,
		      uint64_t time_ns)
{
	struct heard *h = arg;

	assert_true(prefix_is_address(source) && time_ns > 0);
	if (encrypted)
		h->good_encrypted++;
	else
		h->good++;
}

static void on_session(void *arg, const struct dialogue_session *session)
{
	struct heard *h = arg;

	if (h->session_count < HEARD_SESSIONS)
		h->sessions[h->session_count] = *session;
	h->session_count++;
}

static struct dialogue_pool *make_pool(const struct setting *setting,
				       struct heard *h)
{
	static const char *const own[] = { "example.org", "Example.NET" };
	struct dialogue_pool *pool;
	struct dialogue_config config;

	dialogue_config_init(&config);
	if (!setting->no_domains) {
		config.domains = own;
		config.domain_count = 2;
	}
	if (setting->proxy)
		config.proxies[config.proxy_count++] =
			prefix_of(setting->proxy);
	if (setting->names)
		config.names = (uint8_t)setting->names;
	if (setting->content_max)
		config.content_max = setting->content_max;
	config.file = setting->config;
	config.signs_off = setting->signs_off;
	config.tally_size = 1024;
	config.patron = on_patron;
	config.session = on_session;
	pool = dialogue_pool_new(&config, 64, on_event, h);
	assert_non_null(pool);
	return pool;
}

struct player {
	struct dialogue_pool *pool;
	struct dialogue *d;
	const struct setting *setting;
	const struct exchange_cut *cut;
	struct random random;
	uint64_t now_ns;
};

static void begin(struct player *p, unsigned int host)
{
	struct dialogue_place place = {
		.config = p->setting->config,
		.client_port = 40000,
		.target_port = p->setting->port ? p->setting->port : 25,
		.proof_so_far = PROOF_HANDSHAKE,
		.client_is_inside = p->setting->inside,
		.client = prefix_of("203.0.113.9"),
		.target = prefix_of("192.0.2.25"),
	};

	place.client.addr[3] = (uint8_t)host;
	p->d = dialogue_new(p->pool, &place, p->setting->midstream);
	assert_non_null(p->d);
}

static void end(struct player *p)
{
	if (p->d)
		dialogue_end(p->d, DIALOGUE_END_FIN, p->now_ns);
	dialogue_free(p->d);
	p->d = NULL;
}

static void say(struct player *p, enum side side, const uint8_t *bytes,
		size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		uint8_t *piece;

		n = p->cut->most ? p->cut->most : len;
		if (p->cut->seed)
			n = 1 +
			    random_below(&p->random, (uint32_t)p->cut->most);
		if (n > len - at)
			n = len - at;
		piece = malloc(n);
		assert_non_null(piece);
		memcpy(piece, bytes + at, n);
		dialogue_data(p->d, side, piece, n, p->now_ns);
		free(piece);
	}
}

/* "\x00" in the text stands for NUL; the C compiler makes the rest. */
static void say_text(struct player *p, const char *line)
{
	enum side side = *line == 'c' ? SIDE_CLIENT : SIDE_SERVER;
	size_t len = strlen(line + 2), n = 0;
	uint8_t *text = malloc(len + 3);

	assert_non_null(text);
	for (const char *c = line + 2; *c; c++) {
		if (strncmp(c, "\\x00", 4) == 0) {
			text[n++] = '\0';
			c += 3;
		} else {
			text[n++] = (uint8_t)*c;
		}
	}
	if (line[1] == ':') {
		text[n++] = '\r';
		text[n++] = '\n';
	}
	say(p, side, text, n);
	free(text);
}

static void step(struct player *p, const char *line)
{
	if (*line == '+') {
		p->now_ns += strtoull(line + 1, NULL, 10) * 1000000u;
	} else if (*line == '@') {
		end(p);
		begin(p, (unsigned int)strtoul(line + 1, NULL, 10));
	} else if (*line == 'g') {
		dialogue_gap(p->d, line[1] == 'c' ? SIDE_CLIENT : SIDE_SERVER,
			     strtoull(line + 3, NULL, 10), p->now_ns);
	} else {
		say_text(p, line);
	}
}

static void play_once(struct heard *h, const struct setting *setting,
		      const char *const *lines, const struct exchange_cut *cut)
{
	struct player p = {
		.setting = setting,
		.cut = cut,
		.random = { { (unsigned short)cut->seed, 3, 4 } },
		.now_ns = START_NS,
	};

	memset(h, 0, sizeof(*h));
	p.pool = make_pool(setting, h);
	begin(&p, 9);
	for (; *lines; lines++)
		step(&p, *lines);
	end(&p);
	dialogue_pool_stats(p.pool, &h->stats);
	assert_int_equal(h->stats.open, 0);
	dialogue_pool_free(p.pool);
}

static void same(const struct heard *a, const struct heard *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_string_equal(a->events[i].text, b->events[i].text);
		assert_memory_equal(&a->events[i], &b->events[i],
				    sizeof(a->events[i]));
	}
	assert_int_equal(a->good, b->good);
	assert_int_equal(a->good_encrypted, b->good_encrypted);
	assert_int_equal(a->session_count, b->session_count);
	assert_memory_equal(a->sessions, b->sessions, sizeof(a->sessions));
	assert_memory_equal(&a->stats, &b->stats, sizeof(a->stats));
}

void heard_play(struct heard *h, const struct setting *setting,
		const char *const *lines)
{
	static const struct setting usual;
	static struct heard again;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		play_once(i ? &again : h, setting ? setting : &usual, lines,
			  &cuts[i]);
		if (i)
			same(h, &again);
	}
}

void heard_exchange(struct heard *h, const struct setting *setting,
		    const struct exchange *x)
{
	static const struct setting usual;
	static struct heard again;

	if (!setting)
		setting = &usual;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct heard *to = i ? &again : h;
		struct dialogue_pool *pool;

		memset(to, 0, sizeof(*to));
		pool = make_pool(setting, to);
		exchange_play(x, pool, setting->config, &cuts[i]);
		dialogue_pool_stats(pool, &to->stats);
		dialogue_pool_free(pool);
		if (i)
			same(h, &again);
	}
}

size_t heard_count(const struct heard *h, enum sign sign)
{
	size_t count = 0;

	for (size_t i = 0; i < h->count; i++)
		count += h->events[i].sign == sign;
	return count;
}

const struct event *heard_first(const struct heard *h, enum sign sign)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->events[i].sign == sign)
			return &h->events[i];
	}
	return NULL;
}
