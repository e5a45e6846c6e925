/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t read_file(const char *path, const struct corpus_reader *reader)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0, count = 0;
	ssize_t len;

	if (!file)
		return 0;
	while ((len = getline(&line, &room, file)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		reader->line(reader->ctx, path, line, (size_t)len);
		count++;
	}
	free(line);
	fclose(file);
	return count;
}

static size_t read_folder(const char *path, const struct corpus_reader *reader)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	char inside[4096];
	struct stat st;
	size_t count = 0;

	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(inside, sizeof(inside), "%s/%s", path, d->d_name);
		if (stat(inside, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			count += read_folder(inside, reader);
		else if (!strstr(d->d_name, ".pcap") ||
			 strstr(d->d_name, ".json"))
			count += read_file(inside, reader);
	}
	closedir(dir);
	return count;
}

size_t corpus_read(const struct corpus_reader *reader)
{
	static const char *const folders[] = { "eve", "scenarios",
					       "traces-eve" };
	const char *data = getenv("POSTERN_DATA");
	size_t count = read_folder(POSTERN_SAMPLES, reader);
	char path[4096];

	for (size_t i = 0; data && i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", data, folders[i]);
		count += read_folder(path, reader);
	}
	return count;
}

size_t corpus_read_sample(const char *name, const struct corpus_reader *reader)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", POSTERN_SAMPLES, name);
	return read_file(path, reader);
}
