/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_dialogue: how fast dialogues are read, and what they say.
 *
 *	bench_dialogue -p FILE [DOMAIN ...]	print the events of an exchange
 *	bench_dialogue -m [DIALOGUES]		memory of so many open ones
 *	bench_dialogue [MEGABYTES]		read made-up mails with attachments
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sensors/dialogue.h"
#include "tests/support/exchange.h"

static void print_event(void *arg, const struct event *e)
{
	char source[PREFIX_TEXT_SIZE];

	(void)arg;
	printf("%.6f %s %s:%u sev=%u %s%s [%s]\n", (double)e->time_ns / 1e9,
	       sign_name((enum sign)e->sign), prefix_format(&e->source, source),
	       e->target_port, e->severity,
	       e->culprit == CULPRIT_SOURCE ? "" : "(ours) ",
	       proof_name((enum proof)e->proof), e->text);
}

static void count_event(void *arg, const struct event *e)
{
	(void)e;
	(*(uint64_t *)arg)++;
}

static int print_file(const char *path, const char *const *domains,
		      size_t count)
{
	struct exchange *x = exchange_load(path);
	struct dialogue_config config;
	struct dialogue_stats stats;
	struct dialogue_pool *pool;

	dialogue_config_init(&config);
	config.domains = domains;
	config.domain_count = count;
	config.names = LOGIN_NAMES_SHOWN;
	pool = dialogue_pool_new(&config, 100000, print_event, NULL);
	if (!x || !pool) {
		perror(path);
		return 1;
	}
	exchange_play(x, pool, NULL, NULL);
	dialogue_pool_stats(pool, &stats);
	printf("%lu dialogues, %lu commands, %lu mails (%lu blind), %lu parts,"
	       " %lu skipped, %lu encrypted, %lu gaps\n",
	       stats.dialogues, stats.commands, stats.mails, stats.mails_blind,
	       stats.parts, stats.skipped, stats.encrypted, stats.gaps);
	dialogue_pool_free(pool);
	exchange_free(x);
	return 0;
}

/* One mail: a short text and an attachment of base64 lines. */
static char *make_mail(size_t *len, size_t attachment, const char *name)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				     "klmnopqrstuvwxyz0123456789+/";
	char *text = malloc(attachment + attachment / 38 + 2048), *at = text;
	unsigned int seed = 7;

	at += sprintf(at,
		      "From: a@partner.example\r\nTo: b@example.org\r\n"
		      "Subject: figures\r\nMIME-Version: 1.0\r\n"
		      "Content-Type: multipart/mixed; boundary=\"=b1\"\r\n\r\n"
		      "--=b1\r\nContent-Type: text/plain\r\n\r\nPlease find"
		      " the figures attached. Regards.\r\n--=b1\r\n"
		      "Content-Type: application/octet-stream; name=\"%s\"\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\n%s",
		      name,
		      strstr(name, "zip")   ? "UEsDBBQA"
		      : strstr(name, "jpg") ? "/9j/4AAQ"
					    : "JVBERi0x");
	for (size_t i = 0; i < attachment; i++) {
		seed = seed * 1103515245 + 12345;
		*at++ = digits[seed >> 26];
		if (i % 76 == 75) {
			*at++ = '\r';
			*at++ = '\n';
		}
	}
	at += sprintf(at, "\r\n--=b1--\r\n.\r\n");
	*len = (size_t)(at - text);
	return text;
}

static void say(struct dialogue *d, enum side side, const char *text)
{
	dialogue_data(d, side, (const uint8_t *)text, strlen(text), 1000000000);
}

static void one_session(struct dialogue_pool *pool, const char *mail,
			size_t len)
{
	struct dialogue_place place = { .client_port = 40000,
					.target_port = 25 };
	struct dialogue *d;

	prefix_parse(&place.client, "203.0.113.9", 11);
	prefix_parse(&place.target, "192.0.2.25", 10);
	d = dialogue_new(pool, &place, false);
	say(d, SIDE_SERVER, "220 mx.example.org ESMTP\r\n");
	say(d, SIDE_CLIENT, "EHLO mail.partner.example\r\n");
	say(d, SIDE_SERVER,
	    "250-mx.example.org\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
	say(d, SIDE_CLIENT,
	    "MAIL FROM:<a@partner.example>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n");
	say(d, SIDE_SERVER, "250 ok\r\n250 ok\r\n354 go on\r\n");
	for (size_t at = 0; at < len; at += 1448)
		dialogue_data(d, SIDE_CLIENT, (const uint8_t *)mail + at,
			      len - at < 1448 ? len - at : 1448, 1000000000);
	say(d, SIDE_SERVER, "250 queued\r\n");
	say(d, SIDE_CLIENT, "QUIT\r\n");
	say(d, SIDE_SERVER, "221 bye\r\n");
	dialogue_end(d, DIALOGUE_END_FIN, 1000000000);
	dialogue_free(d);
}

static long resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (!file || fscanf(file, "%*s %ld", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Each in the middle of a message, half of a line on either side. */
static int measure_memory(size_t count)
{
	struct dialogue **all = calloc(count, sizeof(struct dialogue *));
	struct dialogue_place place = { .target_port = 25 };
	struct dialogue_config config;
	struct dialogue_pool *pool;
	uint64_t events = 0;
	long before = resident_kb();

	prefix_parse(&place.client, "203.0.113.9", 11);
	prefix_parse(&place.target, "192.0.2.25", 10);
	dialogue_config_init(&config);
	pool = dialogue_pool_new(&config, count, count_event, &events);
	for (size_t i = 0; all && i < count; i++) {
		place.client.addr[0] = (uint8_t)(i >> 16);
		place.client.addr[1] = (uint8_t)(i >> 8);
		place.client.addr[3] = (uint8_t)i;
		all[i] = dialogue_new(pool, &place, false);
		say(all[i], SIDE_SERVER, "220 mx\r\n");
		say(all[i], SIDE_CLIENT,
		    "MAIL FROM:<a@partner.example>\r\nDATA\r\n");
		say(all[i], SIDE_SERVER, "250 ok\r\n354 go\r\n25");
		say(all[i], SIDE_CLIENT, "Subject: hal");
	}
	printf("%zu dialogues: %ld MB resident\n", count,
	       (resident_kb() - before) / 1024);
	for (size_t i = 0; all && i < count; i++)
		dialogue_free(all[i]);
	dialogue_pool_free(pool);
	free(all);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const char *what, const char *name, size_t attachment,
		    size_t megabytes)
{
	struct dialogue_config config;
	struct dialogue_stats stats = { 0 };
	struct dialogue_pool *pool;
	uint64_t events = 0;
	double begin, took;
	size_t len;
	char *mail = make_mail(&len, attachment, name);

	dialogue_config_init(&config);
	config.source = config.subnet = (struct dialogue_rate){ 0 };
	pool = dialogue_pool_new(&config, 1000, count_event, &events);
	begin = now();
	while (stats.bytes < megabytes << 20) {
		one_session(pool, mail, len);
		dialogue_pool_stats(pool, &stats);
	}
	took = now() - begin;
	printf("%-34s %8.2f Gbit/s  %9.0f sessions/s  %lu events\n", what,
	       (double)stats.bytes * 8 / took / 1e9,
	       (double)stats.dialogues / took, events);
	dialogue_pool_free(pool);
	free(mail);
}

int main(int argc, char **argv)
{
	size_t megabytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 512;

	if (argc > 2 && strcmp(argv[1], "-p") == 0)
		return print_file(argv[2], (const char *const *)argv + 3,
				  (size_t)argc - 3);
	if (argc > 1 && strcmp(argv[1], "-m") == 0)
		return measure_memory(argc > 2 ? strtoul(argv[2], NULL, 10)
					       : 100000);
	measure("mails of 2 KB", "a.pdf", 1000, megabytes / 4);
	measure("with an attachment of 60 KB", "a.pdf", 60000, megabytes);
	measure("with an attachment of 2 MB", "a.pdf", 2000000, megabytes);
	measure("with a picture of 2 MB", "a.jpg", 2000000, megabytes);
	measure("with an archive of 2 MB", "a.zip", 2000000, megabytes);
	return 0;
}
