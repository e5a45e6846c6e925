/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern status: how things stand, on one screen.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/evidence.h"
#include "ctl/cli/link.h"
#include "ctl/cli/sensing.h"
#include "ctl/cli/show.h"
#include "ctl/cli/statusview.h"
#include "ctl/core/clock.h"
#include "ctl/core/config.h"

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct status_view *v = ctx;

	if (kind == MSG_STATUS)
		v->status = row->status;
	else if (kind == MSG_PROGRAM && v->program_count < STATUS_PROGRAMS_MAX)
		v->programs[v->program_count++] = row->program;
	else if (kind == MSG_SENSING && v->sensor_count < CONFIG_SENSORS_MAX)
		v->sensors[v->sensor_count++] = row->sensing;
	else if (kind == MSG_FEED && v->feed_count < CONFIG_FEEDS_MAX)
		v->feeds[v->feed_count++] = row->feed_state;
	else if (kind == MSG_READING && v->reading_count < STATUS_ROWS_MAX)
		v->readings[v->reading_count++] = row->reading;
	else if (kind == MSG_ALARM && v->alarm_count < STATUS_ALARMS_MAX)
		v->alarms[v->alarm_count++] = row->alarm;
	else if (kind == MSG_COUNTER && v->counter_count < STATUS_ROWS_MAX)
		v->counters[v->counter_count++] = row->counter;
	return 0;
}

static uint64_t packets_of(const struct status_view *v, const char *start)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < v->counter_count; i++) {
		if (strncmp(v->counters[i].name, start, strlen(start)) == 0)
			sum += v->counters[i].packets;
	}
	return sum;
}

static void label(const char *text)
{
	printf("%s%-9s%s ", show_begin(SHOW_BOLD), text, show_end());
}

static void print_alerts(const struct status_view *v)
{
	const struct status *s = &v->status;
	char time[SHOW_TEXT_SIZE], safe[ACT_REASON_SIZE * 4];

	if (s->gate != GATE_OPEN)
		printf("%sPANIC: the mail gate is shut (%s) since %s: %s%s\n"
		       "       `postern resume` opens it again\n",
		       show_begin(SHOW_RED), gate_name((enum gate)s->gate),
		       show_time(time, s->panic_ns),
		       show_safe(safe, s->panic_reason), show_end());
	if (s->restoring)
		printf("%sThe bans are being brought into force.%s\n",
		       show_begin(SHOW_YELLOW), show_end());
	if (!s->kernel.loaded)
		printf("%sThe ruleset is not loaded; `postern doctor` says "
		       "more.%s\n",
		       show_begin(SHOW_RED), show_end());
	else if (v->counter_count == 0)
		printf("%spostern-nft does not answer: what the kernel does is "
		       "not known.%s\n",
		       show_begin(SHOW_RED), show_end());
	if (s->journal.error)
		printf("%sThe records cannot be written: %s%s\n",
		       show_begin(SHOW_RED), strerror(s->journal.error),
		       show_end());
	evidence_alerts(s);
	if (!s->reload.taken)
		printf("%sThe last reload was refused: %s%s\n",
		       show_begin(SHOW_RED), show_safe(safe, s->reload.text),
		       show_end());
}

static void print_alarm(const struct alarm_row *a)
{
	char text[PREFIX_TEXT_SIZE], ago[SHOW_TEXT_SIZE];
	char safe[ACT_REASON_SIZE * 4], count[SHOW_TEXT_SIZE];

	printf("%sALARM %u%s %s%s%s\n          %s times, newest %s; `postern "
	       "ack %u` when seen\n",
	       show_begin(SHOW_RED), a->number, show_end(),
	       a->prefix.family ? prefix_format(&a->prefix, text) : "",
	       a->prefix.family ? ": " : "", show_safe(safe, a->text),
	       show_count(count, a->count), show_ago(ago, a->last_ns),
	       a->number);
}

static void print_policy(const struct status_view *v)
{
	const struct status *s = &v->status;
	char term[CLOCK_TERM_SIZE];

	for (size_t i = 0; i < v->alarm_count; i++)
		print_alarm(&v->alarms[i]);
	if (s->unconfirmed_s)
		printf("%sThe reload is not confirmed: it undoes itself in %s; "
		       "postern reload --confirm yes%s\n",
		       show_begin(SHOW_YELLOW),
		       clock_format_term(s->unconfirmed_s, term), show_end());
	if (s->rules_expired)
		printf("%s%u of %u rules expired and match no more; `postern "
		       "rules`%s\n",
		       show_begin(SHOW_YELLOW), s->rules_expired, s->rules,
		       show_end());
}

static void print_bans(const struct status_view *v)
{
	const struct status *s = &v->status;
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE];

	label("bans");
	printf("%s in force", show_count(a, s->bans));
	if (s->bans_forever)
		printf(", %s%s without a term%s", show_begin(SHOW_YELLOW),
		       show_count(b, s->bans_forever), show_end());
	printf("; %s made since the start\n", show_count(a, s->bans_made));
	label("dropped");
	printf("%s packets of banned sources, ",
	       show_count(a, packets_of(v, "banned")));
	printf("%s at the gate's rules\n",
	       show_count(b, packets_of(v, "refused_") +
				     packets_of(v, "limited_") +
				     packets_of(v, "forged_") +
				     packets_of(v, "gate_")));
}

static void print_kernel(const struct status_view *v)
{
	const struct kernel_state *k = &v->status.kernel;

	label("kernel");
	printf("table inet postern, generation %u; ", k->generation);
	if (k->repairs)
		printf("%schanged by others and repaired %llu time%s%s\n",
		       show_begin(SHOW_YELLOW), (unsigned long long)k->repairs,
		       k->repairs == 1 ? "" : "s", show_end());
	else
		printf("nobody else has changed it\n");
}

static void print_events(const struct status_view *v)
{
	const struct status *s = &v->status;
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE], c[SHOW_TEXT_SIZE];

	label("events");
	printf("%s heard, %s unproven, %s of banned sources\n",
	       show_count(a, s->events), show_count(b, s->unproven),
	       show_count(c, s->already));
	/* Who came later, or tries less, may have gone unnoticed. */
	if (s->evicted)
		printf("%10s%sthe memory of sources is full: %s of the least "
		       "suspicious forgotten%s\n",
		       "", show_begin(SHOW_YELLOW), show_count(a, s->evicted),
		       show_end());
}

static bool is_clean(const struct reading *r)
{
	return r->error == 0 && r->behind == 0;
}

/* Readings from number FROM on that say the same as R: rotated files, which are
 * kept in sight while their writer may still have them open. */
static size_t count_like(const struct status_view *v, const struct reading *r,
			 size_t from, size_t to)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++) {
		const struct reading *other = &v->readings[i];

		count += is_clean(other) && other->feed == r->feed &&
			 strcmp(other->file, r->file) == 0;
	}
	return count;
}

static void print_reading(const struct status_view *v, size_t number)
{
	const struct reading *r = &v->readings[number];
	char file[ACT_REASON_SIZE * 4], behind[SHOW_TEXT_SIZE];
	size_t more = count_like(v, r, number + 1, v->reading_count);

	if (is_clean(r) && count_like(v, r, 0, number))
		return;
	printf("%10s%s: ", "", show_safe(file, r->file));
	if (r->error)
		printf("%s%s%s", show_begin(SHOW_RED), strerror(r->error),
		       show_end());
	else if (r->behind)
		printf("%s behind", show_bytes(behind, r->behind));
	else if (more)
		printf("read to its end, and %zu older of that name", more);
	else
		printf("read to its end");
	putchar('\n');
}

/* Old lines are read once: at the start, and after a pause. */
static void print_late(const struct feed_state *f)
{
	char count[SHOW_TEXT_SIZE], age[CLOCK_TERM_SIZE];

	printf("%10s%s%s alert%s came late, the last by %s, and count%s less: "
	       "%s%s\n",
	       "", show_begin(f->tardy ? SHOW_RED : SHOW_YELLOW),
	       show_count(count, f->late), f->late == 1 ? "" : "s",
	       clock_format_term(f->late_s, age), f->late == 1 ? "s" : "",
	       f->tardy ? "is its clock right?" : "old lines", show_end());
}

static void print_feed(const struct status_view *v, size_t index)
{
	const struct feed_state *f = &v->feeds[index];
	char name[ACT_REASON_SIZE * 4], bytes[SHOW_TEXT_SIZE];
	char alerts[SHOW_TEXT_SIZE];

	label("feed");
	printf("%s: %s read, %s alerts", show_safe(name, f->name),
	       show_bytes(bytes, f->bytes), show_count(alerts, f->alerts));
	if (f->bad + f->too_long + f->gaps)
		printf(", %s%llu bad lines, %llu gaps%s",
		       show_begin(SHOW_YELLOW),
		       (unsigned long long)(f->bad + f->too_long),
		       (unsigned long long)f->gaps, show_end());
	if (!f->live)
		printf(", %sdoes not answer%s", show_begin(SHOW_RED),
		       show_end());
	putchar('\n');
	if (f->late)
		print_late(f);
	for (size_t i = 0; i < v->reading_count; i++) {
		if (v->readings[i].feed == index)
			print_reading(v, i);
	}
}

static void print_records(const struct status_view *v)
{
	const struct journal_state *j = &v->status.journal;
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE];

	label("records");
	printf("%s acts on disk", show_count(a, j->seq));
	if (j->free_bytes)
		printf(", %s free", show_bytes(b, j->free_bytes));
	if (v->status.acts_open)
		printf(", %llu on their way",
		       (unsigned long long)v->status.acts_open);
	putchar('\n');
	evidence_line(j);
}

static void print_programs(const struct status_view *v)
{
	const char *separator = "";

	label("programs");
	for (size_t i = 0; i < v->program_count; i++) {
		const struct program_state *p = &v->programs[i];
		const char *name = role_name((enum role)p->role);

		printf("%s%s", separator, name + strlen("postern-"));
		if (p->life != LIFE_RUNNING)
			printf(" %sis down%s", show_begin(SHOW_RED),
			       show_end());
		else if (p->restarts)
			printf(" %s(%u restart%s)%s", show_begin(SHOW_YELLOW),
			       p->restarts, p->restarts == 1 ? "" : "s",
			       show_end());
		separator = ", ";
	}
	putchar('\n');
}

static void print_view(const struct status_view *v)
{
	const struct status *s = &v->status;
	char up[SHOW_TEXT_SIZE];

	print_alerts(v);
	print_policy(v);
	label("postern");
	printf(POSTERN_VERSION ", mode %s, gate %s; decider started %s\n",
	       mode_name((enum mode)s->mode), gate_name((enum gate)s->gate),
	       show_ago(up, s->since_ns));
	print_bans(v);
	print_kernel(v);
	print_events(v);
	for (size_t i = 0; i < v->feed_count; i++)
		print_feed(v, i);
	for (size_t i = 0; i < v->sensor_count; i++)
		sensing_print(&v->sensors[i]);
	print_records(v);
	print_programs(v);
}

int verb_status(struct cli *cli)
{
	static struct status_view v;
	const struct link_listener listener = { hear, &v };
	struct ask ask = link_request(VERB_STATUS);
	int code, words;

	code = args_read(cli, "status", NULL, NULL, 0, &words);
	if (!code)
		code = link_run(cli, &ask, &listener);
	if (code)
		return code;
	if (cli->json)
		statusview_json(&v);
	else
		print_view(&v);
	return 0;
}
