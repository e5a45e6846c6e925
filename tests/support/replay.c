/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay: runs a fuzz target over the files named, where libFuzzer is not
 * there to do it.  Each input is an exact-size heap copy.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t len;
	int err = -1;

	if (!file || fseek(file, 0, SEEK_END) < 0)
		goto out;
	len = (size_t)ftell(file);
	rewind(file);
	data = malloc(len ? len : 1);
	if (!data || fread(data, 1, len, file) != len)
		goto out;
	LLVMFuzzerTestOneInput(data, len);
	err = 0;
out:
	free(data);
	if (file)
		fclose(file);
	return err;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "%s: no seeds named\n", argv[0]);
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		if (run_file(argv[i])) {
			perror(argv[i]);
			return 1;
		}
	}
	printf("%d inputs replayed\n", argc - 1);
	return 0;
}
