/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * senders: a domain that the file does not end counts as not answered.
 */
#include "feeds/senders.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/wholefile.h"
#include "feeds/spf.h"

/* The longest line names an IPv6 network or a domain. */
#define FILE_MAX \
	(CONFIG_SHARED_MAX * (SPF_PREFIXES + 2ul) * (PREFIX_TEXT_SIZE + 1))

const char *senders_folder(char buf[512], const char *state)
{
	snprintf(buf, 512, "%s/" SENDERS_FOLDER, state);
	return buf;
}

void senders_init(struct senders *senders, const struct shared *shared)
{
	*senders = (struct senders){ .shared = shared };
	for (size_t i = 0; i < CONFIG_SHARED_MAX; i++)
		prefixset_init(&senders->good[i]);
}

void senders_fini(struct senders *senders)
{
	for (size_t i = 0; i < CONFIG_SHARED_MAX; i++)
		prefixset_fini(&senders->good[i]);
}

static bool is_same(const struct prefixset *a, const struct prefixset *b)
{
	return a->count == b->count &&
	       (a->count == 0 ||
		memcmp(a->items, b->items, a->count * sizeof(*a->items)) == 0);
}

bool senders_take(struct senders *senders, uint8_t domain,
		  struct prefixset *found, uint64_t now_s)
{
	struct prefixset *good = &senders->good[domain];
	bool is_new = !senders->answered_s[domain] || !is_same(good, found);

	prefixset_fini(good);
	*good = *found;
	prefixset_init(found);
	senders->answered_s[domain] = now_s;
	return is_new;
}

/* The number of a domain, or -1: it is not asked about any more. */
static int find_domain(const struct shared *shared, const char *name)
{
	for (uint8_t i = 0; i < shared->domain_count; i++) {
		if (strcmp(shared->domains[i], name) == 0)
			return i;
	}
	return -1;
}

/* The file, while it is read */
struct reading {
	struct senders *senders;
	bool inside; /* of a domain */
	int domain; /* its number, or -1 */
	uint64_t answered_s;
	struct prefixset found;
};

static int read_domain(struct reading *r, const char *line)
{
	char name[CONFIG_DOMAIN_SIZE];

	if (r->inside ||
	    sscanf(line, "domain %253s %" SCNu64, name, &r->answered_s) != 2 ||
	    !r->answered_s)
		return -EBADMSG;
	r->inside = true;
	r->domain = find_domain(r->senders->shared, name);
	return 0;
}

static int read_prefix(struct reading *r, const char *line)
{
	const struct shared *shared = r->senders->shared;
	struct prefix p;

	if (!r->inside || prefix_parse(&p, line, strlen(line)) ||
	    r->found.count >= SPF_PREFIXES)
		return -EBADMSG;
	if (r->domain < 0 ||
	    p.length < (p.family == PREFIX_IP4 ? shared->widest4
					       : shared->widest6))
		return 0;
	return prefixset_add(&r->found, &p);
}

static int read_line(struct reading *r, const char *line)
{
	if (strncmp(line, "domain ", 7) == 0)
		return read_domain(r, line);
	if (strcmp(line, "end") != 0)
		return read_prefix(r, line);
	if (!r->inside)
		return -EBADMSG;
	prefixset_seal(&r->found);
	if (r->domain >= 0)
		senders_take(r->senders, (uint8_t)r->domain, &r->found,
			     r->answered_s);
	r->inside = false;
	return 0;
}

int senders_load(struct senders *senders, const char *folder)
{
	struct reading r = { .senders = senders };
	char *text, *rest, *line;
	size_t len;
	int err = wholefile_read(folder, SENDERS_FILE, FILE_MAX, &text, &len);

	if (err)
		return err;
	if (strlen(text) != len)
		err = -EBADMSG;
	rest = text;
	prefixset_init(&r.found);
	while (!err && (line = strsep(&rest, "\n")) && (rest || *line))
		err = read_line(&r, line);
	if (!err && r.inside)
		err = -EBADMSG;
	prefixset_fini(&r.found);
	free(text);
	return err;
}

static void write_domain(const struct senders *senders, uint8_t domain,
			 FILE *out)
{
	const struct prefixset *good = &senders->good[domain];
	char buf[PREFIX_TEXT_SIZE];

	if (!senders->answered_s[domain])
		return;
	fprintf(out, "domain %s %" PRIu64 "\n",
		senders->shared->domains[domain], senders->answered_s[domain]);
	for (size_t i = 0; i < good->count; i++)
		fprintf(out, "%s\n", prefix_format(&good->items[i], buf));
	fputs("end\n", out);
}

int senders_save(const struct senders *senders, const char *folder)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int err = 0;

	if (!out)
		return -errno;
	for (uint8_t i = 0; i < senders->shared->domain_count; i++)
		write_domain(senders, i, out);
	if (fclose(out) != 0)
		err = -errno;
	if (!err)
		err = wholefile_save(folder, SENDERS_FILE, 0640, text, len);
	free(text);
	return err;
}
