#include "crm/import/import_file.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "sql/import.h"
#include "store/db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORPHAN_MS MS_HOUR
#define COPY_BYTES 65536

/* --- files --- */

static int copy_file(const char *from, const char *to, struct err *err)
{
	CLEANUP(fd_release) int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_release)
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char buffer[COPY_BYTES];
	ssize_t n;

	if (in < 0 || out < 0)
		return err_errno(err, "copying %s", from);
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		if (fd_write_all(out, (struct str){ buffer, (size_t)n }) < 0)
			return err_errno(err, "writing %s", to);
	if (n < 0 || fsync(out) < 0)
		return err_errno(err, "copying %s", from);
	return 0;
}

int import_file_keep(const struct import_input *input, struct arena *arena,
		     const char **name_out, struct err *err)
{
	const char *folder = arena_printf(arena, "%s/imports", input->folder);
	const char *path;
	char name[33];

	random_hex(name, 32);
	path = arena_printf(arena, "%s/%s.csv", folder, name);
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_errno(err, "making %s", folder);
	if (rename(input->path, path) < 0) {
		if (errno != EXDEV)
			return err_errno(err, "keeping the file");
		if (copy_file(input->path, path, err) < 0)
			return -1;
	}
	*name_out = arena_printf(arena, "imports/%s.csv", name);
	return 0;
}

/* --- files that have served their time --- */

int import_remove_file(struct db *db, const char *folder,
		       const struct import_run *run, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	if (!run->path)
		return 0;
	strbuf_addf(&path, "%s/%s", folder, run->path);
	if (unlink(path.buf) < 0 && errno != ENOENT)
		return err_errno(err, "removing %s", path.buf);
	return db_write(db, SQL_IMPORT_FILE_GONE, SQL_ARGS(sql_int(run->id)),
			err);
}

/* A file of no import: the upload was cut off by a crash. */
static int remove_orphan(struct db *db, const char *folder, const char *name,
			 int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf full = STRBUF_INIT;
	struct stat st;
	int64_t one;
	int found;

	strbuf_addf(&path, "imports/%s", name);
	strbuf_addf(&full, "%s/%s", folder, path.buf);
	if (stat(full.buf, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_mtime * MS_SECOND > now_ms - ORPHAN_MS)
		return 0;
	found = db_find_int(db, SQL_IMPORT_HAS_FILE,
			    SQL_ARGS(sql_text(path.buf)), &one, err);
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (unlink(full.buf) < 0 && errno != ENOENT)
		return err_errno(err, "removing %s", full.buf);
	return 0;
}

static void dir_release(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int remove_orphans(struct db *db, const char *folder, int64_t now_ms,
			  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(dir_release) DIR *dir = NULL;
	const struct dirent *entry;

	strbuf_addf(&path, "%s/imports", folder);
	dir = opendir(path.buf);
	if (!dir)
		return errno == ENOENT ? 0
				       : err_errno(err, "reading %s", path.buf);
	while ((entry = readdir(dir))) {
		if (remove_orphan(db, folder, entry->d_name, now_ms, err) < 0)
			return -1;
	}
	return 0;
}

static void read_ended(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct import_run *)out = (struct import_run){
		.id = rows_int(rows, 0),
		.path = rows_dup(rows, 1, arena),
	};
}

int import_sweep(struct db *db, const char *folder, int64_t now_ms,
		 struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct import_runs runs = VEC_INIT;

	if (db_list(db, SQL_IMPORT_ENDED_FILES, SQL_NO_ARGS, read_ended, arena,
		    &runs, err) < 0)
		return -1;
	vec_each (&runs, run) {
		if (import_remove_file(db, folder, run, err) < 0)
			return -1;
	}
	return remove_orphans(db, folder, now_ms, err);
}

/* --- comparing --- */

static bool same_content(FILE *a, FILE *b)
{
	char x[4096], y[4096];
	size_t n;

	do {
		n = fread(x, 1, sizeof(x), a);
		if (fread(y, 1, sizeof(y), b) != n || memcmp(x, y, n) != 0)
			return false;
	} while (n == sizeof(x));
	return !ferror(a) && !ferror(b);
}

bool import_file_is_same(const char *folder, const char *a, const char *b)
{
	CLEANUP(strbuf_release) struct strbuf x = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf y = STRBUF_INIT;
	CLEANUP(file_free) FILE *f = NULL;
	CLEANUP(file_free) FILE *g = NULL;

	strbuf_addf(&x, "%s/%s", folder, a);
	strbuf_addf(&y, "%s/%s", folder, b);
	f = fopen(x.buf, "rbe");
	g = fopen(y.buf, "rbe");
	return f && g && same_content(f, g);
}
