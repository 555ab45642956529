/* Runs a fuzz target once for each file of the directory that is given. */
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/strbuf.h"

#include <dirent.h>

#define INPUT_MAX ((size_t)16 << 20)

static int replay(const char *folder, const char *name, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf input = STRBUF_INIT;

	strbuf_addf(&path, "%s/%s", folder, name);
	if (strbuf_add_file(&input, path.buf, INPUT_MAX, err) < 0)
		return -1;
	printf("%s (%zu bytes)\n", name, input.len);
	(void)fflush(stdout); /* so that a crash is seen to be of this one */
	return LLVMFuzzerTestOneInput((const uint8_t *)input.buf, input.len);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct dirent *entry;
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;

	if (!dir) {
		(void)fprintf(stderr, "usage: replay FOLDER\n");
		return 2;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (replay(argv[1], entry->d_name, &err) < 0) {
			(void)fprintf(stderr, "%s\n", err.text);
			return 1;
		}
	}
	(void)closedir(dir); /* was only read */
	return 0;
}
