/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jobs: read the configuration, say or print something, and end.
 */
#include "ctl/warden/jobs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/log.h"
#include "ctl/core/part.h"
#include "ctl/core/role.h"
#include "ctl/warden/check.h"
#include "ctl/warden/host.h"

const char *jobs_folder(char buf[512])
{
	char probe[600];
	ssize_t len = readlink("/proc/self/exe", buf, 511);
	char *slash;

	if (len > 0) {
		buf[len] = '\0';
		slash = strrchr(buf, '/');
		if (slash)
			*slash = '\0';
		snprintf(probe, sizeof(probe), "%s/%s", buf,
			 role_name(ROLE_CTL));
		if (access(probe, X_OK) == 0)
			return buf;
	}
	snprintf(buf, 512, "%s", POSTERN_LIBEXEC);
	return buf;
}

struct config *jobs_load(const char *path, struct findings *findings,
			 struct bundle *bundle)
{
	findings_init(findings, path);
	findings->bundle = bundle;
	return check_load(path, &host_here, findings);
}

int jobs_check(const char *path)
{
	struct findings findings;
	struct config *config = jobs_load(path, &findings, NULL);

	findings_write(&findings, stderr);
	if (!config)
		return 1;
	config_free(config);
	return 0;
}

static enum role role_of(const char *word)
{
	if (strcmp(word, "ctl") == 0)
		return ROLE_CTL;
	return strcmp(word, "sensor") == 0 ? ROLE_SENSOR : ROLE_FEED;
}

int jobs_print_part(const char *path, const char *role_word)
{
	enum role role = role_of(role_word);
	struct findings findings;
	struct config *config = jobs_load(path, &findings, NULL);
	uint8_t *data = NULL;
	size_t len = 0;
	int err;

	findings_write(&findings, stderr);
	if (!config)
		return 1;
	/* What is replayed comes from a feed, or a sensor, also where none is
	 * declared. */
	if (config->feed_count == 0) {
		config->feed_count = 1;
		snprintf(config->feeds[0].name, CONFIG_NAME_SIZE, "replay");
	}
	if (config->sensor_count == 0) {
		config->sensor_count = 1;
		snprintf(config->sensors[0].name, CONFIG_NAME_SIZE, "replay");
	}
	err = part_encode(&data, &len, config, role, 0);
	config_free(config);
	if (!err && fwrite(data, 1, len, stdout) != len)
		err = -EIO;
	free(data);
	return !err && fflush(stdout) == 0 ? 0 : 1;
}

int jobs_print_kept(const char *path)
{
	struct findings findings;
	struct config *config = jobs_load(path, &findings, NULL);
	char file[CONFIG_PATH_SIZE + 32], buf[4096];
	FILE *kept;
	size_t n;

	if (!config)
		return 1;
	/* postern-nft writes it there: nft/keep.h. */
	snprintf(file, sizeof(file), "%s/skeleton/skeleton.nft", config->state);
	config_free(config);
	kept = fopen(file, "re");
	if (!kept) {
		log_error("cannot read %s: %s", file, strerror(errno));
		return 1;
	}
	while ((n = fread(buf, 1, sizeof(buf), kept)) > 0)
		fwrite(buf, 1, n, stdout);
	fclose(kept);
	return fflush(stdout) == 0 ? 0 : 1;
}

int jobs_print_ruleset(const char *path)
{
	char folder[512], program[600];
	struct findings findings;
	struct config *config = jobs_load(path, &findings, NULL);
	uint8_t *data;
	size_t len;
	int fd, err;

	findings_write(&findings, stderr);
	if (!config)
		return 1;
	err = part_encode(&data, &len, config, ROLE_NFT, 0);
	config_free(config);
	fd = err ? err : part_seal(data, len);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0) {
		log_error("cannot make the part of postern-nft: %s",
			  strerror(fd < 0 ? -fd : errno));
		return 1;
	}
	snprintf(program, sizeof(program), "%s/%s", jobs_folder(folder),
		 role_name(ROLE_NFT));
	execl(program, role_name(ROLE_NFT), "--ruleset", (char *)NULL);
	log_error("cannot start %s: %s", program, strerror(errno));
	return 1;
}
