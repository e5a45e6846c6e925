/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real captures: however their bytes are cut, repeated and mixed, the same
 * events come of them.
 */
#include <dirent.h>

#include "sensors/hearing.h"
#include "tests/support/recut.h"
#include "tests/support/test.h"

#define EVENTS_MAX 4096

/* What of an event the cut must not change. */
struct trace {
	uint8_t sign;
	uint8_t proof;
	uint8_t culprit;
	struct prefix source;
	struct prefix target;
	uint16_t source_port;
	uint16_t target_port;
	char text[EVENT_TEXT_SIZE];
};

struct traces {
	struct trace list[EVENTS_MAX];
	size_t count;
};

static void take_event(void *arg, const struct event *event)
{
	struct traces *t = arg;
	struct trace *trace;

	assert_true(event_is_valid(event));
	assert_true(t->count < EVENTS_MAX);
	trace = &t->list[t->count++];
	memset(trace, 0, sizeof(*trace));
	trace->sign = event->sign;
	trace->proof = event->proof;
	trace->culprit = event->culprit;
	trace->source = event->source;
	trace->target = event->target;
	trace->source_port = event->source_port;
	trace->target_port = event->target_port;
	/* The mark of a name is another one in each life. */
	snprintf(trace->text, sizeof(trace->text), "%.*s",
		 (int)strcspn(event->text, "#"), event->text);
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct trace));
}

static void play(const struct scene *scene, struct traces *out)
{
	const struct hearing_config wanted = {
		.dialogues = 8192,
		.wait_s = 60,
		.sink = take_event,
		.arg = out,
	};
	struct hearing *h = hearing_new(&wanted);

	assert_non_null(h);
	out->count = 0;
	for (size_t i = 0; i < scene->count; i++)
		hearing_take(h, FRAME_LINK_RAW, scene->packets[i].data,
			     scene->packets[i].len, scene->packets[i].time_ns,
			     i + 1);
	hearing_free(h);
	qsort(out->list, out->count, sizeof(out->list[0]), compare);
}

/* Numbers in the text are sums over several connections.  One that begins with
 * its number is told of the source or of its subnet, whose sum was first. */
static void hide_numbers(char *text)
{
	size_t kept = 0;

	if (text[0] >= '0' && text[0] <= '9')
		text[0] = '\0';
	for (size_t i = 0; text[i]; i++) {
		if (text[i] < '0' || text[i] > '9')
			text[kept++] = text[i];
		else if (kept == 0 || text[kept - 1] != 'N')
			text[kept++] = 'N';
	}
	memset(text + kept, 0, EVENT_TEXT_SIZE - kept);
}

/*
 * In another order connections end in another order: sums over several of them
 * are told by another one, and so is what is said but once of a server, and
 * what is told by the time that a reply takes, or by connections in a minute, is
 * not told then.  Each other event of a source, about a server, with its words,
 * stays as often as it was.
 */
static void keep_who_and_what(struct traces *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct trace trace = t->list[i];

		if (trace.sign == SIGN_FLOOD ||
		    trace.sign == SIGN_SLOW_SESSION ||
		    trace.sign == SIGN_SERVER_SILENT ||
		    trace.sign == SIGN_ENCRYPTED_GUESS)
			continue;
		hide_numbers(trace.text);
		trace.source_port = 0;
		if (trace.culprit == CULPRIT_NONE) {
			memset(trace.text, 0, sizeof(trace.text));
			memset(&trace.source, 0, sizeof(trace.source));
			memset(&trace.target, 0, sizeof(trace.target));
			trace.target_port = 0;
			trace.proof = 0;
		}
		t->list[kept++] = trace;
	}
	qsort(t->list, kept, sizeof(t->list[0]), compare);
	t->count = kept;
}

static void show(const struct trace *t, const char *sign)
{
	char source[PREFIX_TEXT_SIZE];

	fprintf(stderr, "  %s %s %s:%u %s %s\n", sign,
		sign_name((enum sign)t->sign),
		prefix_format(&t->source, source), t->source_port,
		proof_name((enum proof)t->proof), t->text);
}

/* Merge-walk; 0: the same. */
static size_t differ(const struct traces *a, const struct traces *b)
{
	size_t i = 0, j = 0, wrong = 0;

	while (i < a->count || j < b->count) {
		int order = i == a->count   ? 1
			    : j == b->count ? -1
					    : compare(&a->list[i], &b->list[j]);

		if (order == 0) {
			i++;
			j++;
			continue;
		}
		if (wrong++ < 5)
			show(order < 0 ? &a->list[i] : &b->list[j],
			     order < 0 ? "lacks" : "has");
		i += order < 0;
		j += order > 0;
	}
	return wrong;
}

static const struct {
	const char *name;
	struct recut how;
} ways[] = {
	{ "each byte", { .most = 1, .bytes = 300000 } },
	{ "pieces", { .most = 700, .random = true } },
	{ "overlaps and repetitions",
	  { .most = 100, .random = true, .overlap = true, .twice = true } },
	{ "any order", { .most = 300, .random = true, .reach = 6 } },
	{ "any order, widely", { .most = 300, .random = true, .reach = 40 } },
	{ "each byte, in any order",
	  { .most = 1, .bytes = 60000, .reach = 40 } },
	{ "fragments in any order", { .fragment = 136, .reach = 3 } },
};

static size_t check_file(const char *path)
{
	static struct traces whole, cut, kept;
	struct random random = { { 9, 9, 9 } };
	struct scene scene;
	size_t wrong = 0;

	if (!recut_read(&scene, path)) {
		scene_fini(&scene);
		return 0;
	}
	play(&scene, &whole);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct scene other;
		size_t bad;

		recut(&other, &scene, &ways[i].how, &random);
		play(&other, &cut);
		kept = whole;
		if (ways[i].how.reach) {
			keep_who_and_what(&cut);
			keep_who_and_what(&kept);
		}
		bad = differ(&kept, &cut);
		if (bad)
			fprintf(stderr, "%s, %s: %zu of %zu events differ\n",
				path, ways[i].name, bad, kept.count);
		wrong += bad;
		scene_fini(&other);
	}
	scene_fini(&scene);
	return wrong;
}

static size_t check_folder(const char *folder, const char *below, size_t *files)
{
	char path[1024];
	struct dirent *entry;
	size_t wrong = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s%s", folder, below);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (below[0] && (!dot || (strcmp(dot, ".pcap") != 0 &&
					  strcmp(dot, ".pcapng") != 0)))
			continue;
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s%s/%s", folder, below,
			 entry->d_name);
		wrong += check_file(path);
		++*files;
	}
	if (dir)
		closedir(dir);
	return wrong;
}

static void captures_tell_the_same_however_they_are_cut(void **state)
{
	const char *data = getenv("POSTERN_DATA");
	size_t files = 0, wrong;

	(void)state;
	wrong = check_folder(POSTERN_CAPTURES, "", &files);
	assert_true(files > 0);
	if (data) {
		wrong += check_folder(data, "/scenarios", &files);
		wrong += check_folder(data, "/traces", &files);
	}
	printf("%zu captures\n", files);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_tell_the_same_however_they_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
