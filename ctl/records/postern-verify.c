/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-verify: see postern-verify(1).  Needs nothing but records and their
 * anchor.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/core/log.h"
#include "ctl/records/bag.h"
#include "ctl/records/verify.h"

#define DEFAULT_PATH "/var/lib/postern/records"

enum status {
	STATUS_WHOLE,
	STATUS_BROKEN,
	STATUS_USAGE,
};

struct options {
	const char *path;
	bool json;
	bool has_anchor;
	uint8_t anchor[SIGNER_PUBLIC_SIZE];
	struct witness *witnesses; /* until the end */
	size_t witness_count;
};

static void usage(FILE *out)
{
	fputs("usage: postern-verify [--key ANCHOR] [--seal FILE] [--json] "
	      "[PATH]\n\n"
	      "  --key ANCHOR  the public key that the first seal must be by: "
	      "64 digits,\n"
	      "                or a file that holds them\n"
	      "  --seal FILE   a seal that was kept elsewhere (- is standard "
	      "input)\n"
	      "  --json        the findings as one JSON object\n\n"
	      "PATH is a records folder (" DEFAULT_PATH "), or an\n"
	      "export in BagIt form.  Exit status: 0 whole, 1 not whole, 2 "
	      "usage.\n",
	      out);
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool parse_key(uint8_t *key, const char *text)
{
	for (size_t i = 0; i < SIGNER_PUBLIC_SIZE; i++) {
		int high = hex_digit(text[2 * i]);
		int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);

		if (low < 0)
			return false;
		key[i] = (uint8_t)(high << 4 | low);
	}
	text += 2 * SIGNER_PUBLIC_SIZE;
	return *text == '\0' || *text == '\n' || *text == ' ';
}

static bool read_key(struct options *o, const char *text)
{
	char line[256] = "";
	FILE *file;

	o->has_anchor = parse_key(o->anchor, text);
	if (o->has_anchor)
		return true;
	file = fopen(text, "re");
	if (!file) {
		fprintf(stderr,
			"postern-verify: %s is neither 64 hexadecimal digits "
			"nor a file: %s\n",
			text, strerror(errno));
		return false;
	}
	if (fgets(line, sizeof(line), file))
		o->has_anchor = parse_key(o->anchor, line);
	fclose(file);
	if (!o->has_anchor)
		fprintf(stderr,
			"postern-verify: %s holds no key of 64 digits\n", text);
	return o->has_anchor;
}

/* None may be left out: the newest one says the most. */
static struct witness *one_more(struct options *o)
{
	struct witness *more = o->witnesses;
	size_t count = o->witness_count;

	/* A full array has a power of two. */
	if ((count & (count - 1)) == 0)
		more = realloc(more, (count ? 2 * count : 1) * sizeof(*more));
	if (!more) {
		fputs("postern-verify: out of memory\n", stderr);
		exit(STATUS_BROKEN);
	}
	o->witnesses = more;
	o->witness_count++;
	memset(&more[count], 0, sizeof(more[count]));
	return &more[count];
}

/* A line of syslog or of a mail may hold it, among other words. */
static bool take_seal(struct options *o, const char *line)
{
	const char *begin = strchr(line, '{');
	const char *end = strrchr(line, '}');
	struct record record;
	struct witness *w;

	if (!begin || !end || end < begin ||
	    record_open(&record, begin, (size_t)(end + 1 - begin)) ||
	    !record.is_seal)
		return false;
	w = one_more(o);
	w->seq = record.seq;
	memcpy(w->hash, record.hash, sizeof(w->hash));
	return true;
}

static bool read_seals(struct options *o, const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	if (!file) {
		fprintf(stderr, "postern-verify: cannot read %s: %s\n", path,
			strerror(errno));
		return false;
	}
	while (getline(&line, &room, file) > 0)
		found |= take_seal(o, line);
	free(line);
	if (file != stdin)
		fclose(file);
	if (!found)
		fprintf(stderr, "postern-verify: there is no seal in %s\n",
			path);
	return found;
}

static const char *show_time(uint64_t time_ns, char buf[CLOCK_TEXT_SIZE])
{
	clock_format(time_ns, buf);
	memcpy(buf + 19, "Z", 2); /* nobody reads the nanoseconds */
	return buf;
}

static void print_key(FILE *out, const uint8_t *key)
{
	for (size_t i = 0; i < SIGNER_PUBLIC_SIZE; i++)
		fprintf(out, "%02x", key[i]);
}

static void print_notes(const struct seals *seals)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < seals->note_count && i < SEALS_NOTES_MAX; i++) {
		const struct seals_note *n = &seals->notes[i];

		show_time(n->from_ns, from);
		show_time(n->to_ns, to);
		if (n->to_ns < n->from_ns)
			printf("note: the clock went back from %s to %s (seal "
			       "%" PRIu64 ")\n",
			       from, to, n->seal);
		else
			printf("note: no seal from %s to %s%s\n", from, to,
			       n->is_start
				       ? ": nothing was recorded then"
				       : ", though records were being kept: a "
					 "gap in the hours");
	}
	if (seals->note_count > SEALS_NOTES_MAX)
		printf("note: and %zu more\n",
		       seals->note_count - SEALS_NOTES_MAX);
}

static void print_proven(const struct options *o, const struct verdict *v)
{
	const struct seals *seals = &v->seals;
	uint64_t unproven = 0;
	char time[CLOCK_TEXT_SIZE];

	for (int i = 0; i < CLASS_SEALS; i++)
		unproven += v->classes[i].unproven;
	if (seals->last_seq == 0)
		return;
	printf("proven up to %s by seal %" PRIu64 "\n",
	       show_time(seals->last_ns, time), seals->last_seq);
	if (unproven)
		printf("not proven: %" PRIu64
		       " records behind that seal; the next one proves them\n",
		       unproven);
	if (seals->witnessed_ns)
		printf("and somebody else holds a seal of %s: nothing up to "
		       "there was cut off\n",
		       show_time(seals->witnessed_ns, time));
	else if (o->witness_count)
		printf("no seal that was given (--seal) is the one that stands "
		       "here: what lies behind\nthe newest common one was cut "
		       "off or made anew\n");
	else
		printf("no seal that somebody else holds was given (--seal): "
		       "whether seals\nbehind that one were cut off cannot be "
		       "told\n");
	if (o->has_anchor) {
		printf("the first seal is by the anchor's key\n");
		return;
	}
	printf("no anchor was given (--key): compare with the one that you "
	       "keep:\n");
	print_key(stdout, seals->first_key);
	putchar('\n');
}

static uint64_t sealed_of(const struct verdict *v, enum rclass rclass)
{
	const struct points *p = &v->seals.points[rclass];

	return p->count ? p->list[p->count - 1].seq : 0;
}

/* Of what was sealed, what is here?  Somebody who looks for a year sees that
 * there is a day. */
static void print_range(const struct verdict *v, enum rclass rclass)
{
	const struct verify_class *c = &v->classes[rclass];

	printf("  %-8s ", class_name(rclass));
	if (c->first_seq)
		printf("%" PRIu64 " to %" PRIu64, c->first_seq, c->last_seq);
	else
		printf("none");
	printf(" of %" PRIu64 " sealed\n", sealed_of(v, rclass));
}

static void print_ticket(const struct verify_wish *wish)
{
	const struct ticket *t = wish->ticket;

	if (!wish->is_part)
		return;
	if (!t) {
		puts("this export names no record of its own (Postern-Export):\n"
		     "whether records were left out cannot be told");
		return;
	}
	if (!t->seq)
		return;
	ticket_tell(t, stdout);
	if (t->newest_id != t->id)
		printf("note: there are records of later exports in it, up to "
		       "act %" PRIu64 "\n",
		       t->newest_id);
}

static void print_text(const struct options *o, const struct verdict *v,
		       const struct verify_wish *wish)
{
	uint64_t records = 0, segments = 0;

	for (int i = 0; i < CLASS_COUNT; i++) {
		records += v->classes[i].records;
		segments += v->classes[i].segments;
	}
	printf("%s: %" PRIu64 " records in %" PRIu64 " segments\n",
	       v->is_whole ? "whole" : "NOT WHOLE", records, segments);
	for (int i = 0; i < CLASS_COUNT; i++) {
		const struct verify_class *c = &v->classes[i];

		if (c->bad)
			printf("  %s/%s: line %" PRIu64 " %s\n",
			       class_name((enum rclass)i), c->file, c->line,
			       c->what);
	}
	print_ticket(wish);
	for (int i = 0; i < CLASS_SEALS; i++)
		print_range(v, (enum rclass)i);
	print_notes(&v->seals);
	print_proven(o, v);
}

static void print_class(const struct verdict *v, enum rclass rclass)
{
	const struct verify_class *c = &v->classes[rclass];
	char what[VERIFY_WHAT_SIZE * 6 + 1];

	escape_json(what, sizeof(what), c->what, strlen(c->what));
	printf("%s\"%s\":{\"records\":%" PRIu64 ",\"segments\":%" PRIu64
	       ",\"unproven\":%" PRIu64 ",\"bad\":%" PRIu64,
	       rclass == 0 ? "" : ",", class_name(rclass), c->records,
	       c->segments, c->unproven, c->bad);
	printf(",\"first\":%" PRIu64 ",\"last\":%" PRIu64, c->first_seq,
	       c->last_seq);
	if (rclass != CLASS_SEALS)
		printf(",\"sealed\":%" PRIu64, sealed_of(v, rclass));
	if (c->bad)
		printf(",\"file\":\"%s\",\"line\":%" PRIu64 ",\"what\":\"%s\"",
		       c->file, c->line, what);
	printf("}");
}

static void print_json(const struct options *o, const struct verdict *v,
		       const struct verify_wish *wish)
{
	char time[CLOCK_TEXT_SIZE];

	printf("{\"whole\":%s,\"anchored\":%s,\"seal\":%" PRIu64
	       ",\"given\":%zu",
	       v->is_whole ? "true" : "false", o->has_anchor ? "true" : "false",
	       v->seals.last_seq, o->witness_count);
	if (v->seals.last_ns)
		printf(",\"proven\":\"%s\"",
		       clock_format(v->seals.last_ns, time));
	if (v->seals.witnessed_ns)
		printf(",\"witnessed\":\"%s\"",
		       clock_format(v->seals.witnessed_ns, time));
	if (wish->is_part)
		printf(",\"export\":%" PRIu64,
		       wish->ticket ? wish->ticket->seq : 0);
	printf(",\"anchor\":\"");
	print_key(stdout, v->seals.first_key);
	printf("\",\"gaps\":%zu,\"classes\":{", v->seals.note_count);
	for (int i = 0; i < CLASS_COUNT; i++)
		print_class(v, (enum rclass)i);
	printf("}}\n");
}

static enum status run(struct options *o)
{
	struct verify_wish wish = { .path = o->path };
	struct verdict verdict = { .is_whole = false };
	struct ticket ticket = { .id = 0 };
	char data[4096], flaw[VERIFY_WHAT_SIZE];
	int err;

	verdict.seals.anchor = o->has_anchor ? o->anchor : NULL;
	verdict.seals.witnesses = o->witnesses;
	verdict.seals.witness_count = o->witness_count;
	if (access(o->path, R_OK | X_OK) < 0) {
		fprintf(stderr, "postern-verify: cannot read %s: %s\n", o->path,
			strerror(errno));
		return STATUS_BROKEN;
	}
	if (bag_is_here(o->path)) {
		if (bag_check(o->path, flaw, sizeof(flaw))) {
			printf("NOT WHOLE: %s\n", flaw);
			return STATUS_BROKEN;
		}
		snprintf(data, sizeof(data), "%s/data", o->path);
		wish.path = data;
		wish.is_part = true;
		ticket.id = ticket_number(o->path);
		wish.ticket = ticket.id ? &ticket : NULL;
	}
	err = verify_run(&verdict, &wish);
	if (err) {
		fprintf(stderr, "postern-verify: cannot read %s: %s\n", o->path,
			strerror(-err));
		verify_fini(&verdict);
		return STATUS_BROKEN;
	}
	if (o->json)
		print_json(o, &verdict, &wish);
	else
		print_text(o, &verdict, &wish);
	verify_fini(&verdict);
	return verdict.is_whole ? STATUS_WHOLE : STATUS_BROKEN;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "seal", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct options o = { .path = DEFAULT_PATH };
	int option;

	log_open("postern-verify");
	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		if (option == 'h') {
			usage(stdout);
			return STATUS_WHOLE;
		}
		if (option == 'V') {
			puts("postern-verify " POSTERN_VERSION);
			return STATUS_WHOLE;
		}
		if (option == 'j')
			o.json = true;
		else if (option == '?' ||
			 (option == 'k' && !read_key(&o, optarg)) ||
			 (option == 's' && !read_seals(&o, optarg)))
			return STATUS_USAGE;
	}
	if (optind + 1 < argc) {
		usage(stderr);
		return STATUS_USAGE;
	}
	if (optind < argc)
		o.path = argv[optind];
	return (int)run(&o);
}
