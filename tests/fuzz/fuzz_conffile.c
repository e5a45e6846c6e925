/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a configuration file: there is a configuration or there are
 * errors, and every sentence is pure text.
 */
#include <errno.h>
#include <stdlib.h>

#include "ctl/core/part.h"
#include "ctl/warden/check.h"
#include "ctl/warden/conf/conffile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum host_interface find_interface(const char *name)
{
	return (enum host_interface)(name[0] % 3);
}

static int find_group(const char *name, uint32_t *gid)
{
	*gid = 1;
	return name[0] % 2 ? 0 : -ENOENT;
}

static size_t find_addresses(struct prefix *out, size_t size)
{
	if (size == 0 || prefix_parse_address(out, "192.0.2.1", 9))
		return 0;
	return 1;
}

static bool find_folder(const char *path)
{
	return path[0] && path[1] % 2;
}

static const struct host host = {
	.interface = find_interface,
	.group = find_group,
	.folder = find_folder,
	.addresses = find_addresses,
};

static void check_sentences(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		for (const char *c = findings->list[i].text; *c; c++) {
			if (*c < 0x20 || *c > 0x7e)
				abort();
		}
	}
}

/* What was taken can be handed to every program. */
static void check_parts(const struct config *config)
{
	static const enum role roles[] = { ROLE_CTL, ROLE_NFT, ROLE_RECORDS,
					   ROLE_FEED };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		struct config *back;
		uint8_t *part;
		size_t len;

		if (part_encode(&part, &len, config, roles[i], 0) ||
		    part_decode(&back, roles[i], part, len))
			abort();
		config_free(back);
		free(part);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct findings findings;
	struct config *config;

	findings_init(&findings, "f");
	config = conffile_parse((const char *)data, len, &findings);
	if ((config == NULL) != (findings.errors > 0))
		abort();
	if (config) {
		check_config(config, &host, &findings);
		if (data[len - 1] % 16 == 0)
			check_parts(config);
	}
	check_sentences(&findings);
	config_free(config);
	return 0;
}
