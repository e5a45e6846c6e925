/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern replay: recorded input, read as the live programs read it.
 */
#include "ctl/cli/args.h"
#include "ctl/cli/capture.h"

int verb_replay(struct cli *cli)
{
	const char *path = NULL;
	bool quiet = false;
	const struct args_option options[] = {
		{ "--quiet", NULL, &quiet },
		{ 0 },
	};
	int count, err;

	err = args_read(cli, "replay", options, &path, 1, &count);
	if (!err && count != 1)
		err = cli_usage("replay", "which file?");
	if (err)
		return err;
	return capture_replay(cli, path, quiet);
}
