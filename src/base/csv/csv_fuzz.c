/* csv: any bytes are read to their end, and resuming gives the same rows */
#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/utf8.h"

#include <sys/mman.h>

/* Reads one row; checks what every caller relies on. */
static int read_row(struct csv_reader *r, struct strbuf *out)
{
	const struct str *fields = NULL;
	struct err err = ERR_INIT;
	struct str raw = { NULL, 0 };
	size_t n = 0;
	int rc = csv_next(r, &fields, &n, &raw, &err);

	BUG_ON(rc < 0 && err.code != ERR_INVALID);
	BUG_ON(rc != 0 && !utf8_is_valid(raw));
	strbuf_addf(out, "%d %zu ", rc, n);
	for (size_t i = 0; i < n; i++) {
		BUG_ON(!utf8_is_valid(fields[i]));
		strbuf_addslice(out, fields[i]);
		strbuf_addch(out, '\n');
	}
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(fd_release) int fd = memfd_create("csv", MFD_CLOEXEC);
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	CLEANUP(csv_free) struct csv_reader *again = NULL;
	struct err err = ERR_INIT;
	char path[64];
	int rc = 1;

	BUG_ON(fd < 0 || write(fd, data, size) != (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (csv_open(path, NULL, 0, &r, &err) < 0) { /* of another kind */
		BUG_ON(err.code != ERR_INVALID);
		return 0;
	}
	BUG_ON(csv_open(path, NULL, 0, &again, &err) < 0);
	while (rc != 0) {
		CLEANUP(strbuf_release) struct strbuf row = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf same = STRBUF_INIT;
		int64_t offset = csv_offset(r);

		BUG_ON(csv_seek(again, offset, csv_row_number(r), &err) < 0);
		rc = read_row(r, &row);
		BUG_ON(read_row(again, &same) != rc);
		BUG_ON(!str_eq(strbuf_str(&row), strbuf_str(&same)));
		BUG_ON(csv_offset(r) != csv_offset(again));
		BUG_ON(rc != 0 && csv_offset(r) <= offset);
	}
	BUG_ON(csv_offset(r) != csv_size_bytes(r));
	return 0;
}
