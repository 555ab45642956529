/*
 * SQLite's own way to the disk with one thing more: after each sync of a file
 * its content is copied to <folder>/synced. Another process may read it there,
 * so a copy takes its place at once, whole.
 */
#include "store/power_fixture.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 200
#define SYNCED "synced"

struct open_file {
	sqlite3_file *file; /* NULL: free */
	const sqlite3_io_methods *real;
	sqlite3_io_methods mine;
	char path[256];
};

static struct {
	pthread_mutex_t lock;
	sqlite3_vfs vfs, *real;
	bool is_broken;
	struct open_file files[FILES_MAX];
} power = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void copy_file(const char *from, const char *to)
{
	CLEANUP(strbuf_release) struct strbuf part = STRBUF_INIT;
	static _Atomic int number;
	char buffer[65536];
	ssize_t n;
	int in = open(from, O_RDONLY | O_CLOEXEC), out;

	BUG_ON(in < 0);
	strbuf_addf(&part, "%s.%d", to, number++);
	out = open(part.buf, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	BUG_ON(out < 0);
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		BUG_ON(write(out, buffer, (size_t)n) != n);
	BUG_ON(n < 0);
	(void)close(in);
	(void)close(out);
	BUG_ON(rename(part.buf, to) != 0);
}

/* <folder>/synced/<name> */
static void copy_to_synced(const char *path)
{
	CLEANUP(strbuf_release) struct strbuf to = STRBUF_INIT;
	const char *name = strrchr(path, '/');

	BUG_ON(!name);
	strbuf_add(&to, path, (size_t)(name - path));
	strbuf_addf(&to, "/%s%s", SYNCED, name);
	copy_file(path, to.buf);
}

/* Under lock. */
static struct open_file *find(const sqlite3_file *file)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		if (power.files[i].file == file)
			return &power.files[i];
	BUG_ON(true);
	return NULL;
}

static int sync_file(sqlite3_file *file, int flags)
{
	struct open_file *f;
	int rc;

	pthread_mutex_lock(&power.lock);
	f = find(file);
	rc = power.is_broken ? SQLITE_IOERR_FSYNC : f->real->xSync(file, flags);
	if (rc == SQLITE_OK)
		copy_to_synced(f->path);
	pthread_mutex_unlock(&power.lock);
	return rc;
}

static int close_file(sqlite3_file *file)
{
	const sqlite3_io_methods *real;
	struct open_file *f;

	pthread_mutex_lock(&power.lock);
	f = find(file);
	real = f->real;
	f->file = NULL;
	pthread_mutex_unlock(&power.lock);
	return real->xClose(file);
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file,
		     int flags, int *flags_out)
{
	int rc = power.real->xOpen(power.real, path, file, flags, flags_out);
	struct open_file *f;

	(void)vfs;
	if (rc != SQLITE_OK || !path ||
	    !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
		return rc;
	pthread_mutex_lock(&power.lock);
	f = find(NULL);
	f->file = file;
	f->real = file->pMethods;
	f->mine = *f->real;
	f->mine.xSync = sync_file;
	f->mine.xClose = close_file;
	file->pMethods = &f->mine;
	(void)snprintf(f->path, sizeof(f->path), "%s", path);
	pthread_mutex_unlock(&power.lock);
	return rc;
}

static bool is_database(const char *name)
{
	const char *end = strstr(name, ".db");

	return end && (!end[3] || strcmp(end, ".db-wal") == 0);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int wanted(const struct dirent *entry)
{
	return is_database(entry->d_name);
}

static void make_folder(const char *path)
{
	BUG_ON(mkdir(path, 0700) != 0);
}

void power_begin(const char *folder)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	struct dirent **entries;
	int n;

	strbuf_addf(&path, "%s/%s", folder, SYNCED);
	make_folder(path.buf);
	n = scandir(folder, &entries, wanted, by_name);
	BUG_ON(n < 0);
	for (int i = 0; i < n; i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", folder, entries[i]->d_name);
		copy_to_synced(path.buf);
		free(entries[i]);
	}
	free(entries);
	power.real = sqlite3_vfs_find(NULL);
	power.vfs = *power.real;
	power.vfs.zName = "power";
	power.vfs.xOpen = open_file;
	BUG_ON(sqlite3_vfs_register(&power.vfs, 1) != SQLITE_OK);
}

void power_break(void)
{
	pthread_mutex_lock(&power.lock);
	power.is_broken = true;
	pthread_mutex_unlock(&power.lock);
}

/* One that was never synced is not there after a cut. */
static void cut_file(const char *folder, const char *name, const char *to,
		     bool is_lost)
{
	CLEANUP(strbuf_release) struct strbuf from = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf copy = STRBUF_INIT;

	strbuf_addf(&from, "%s/%s%s", folder, is_lost ? SYNCED "/" : "", name);
	strbuf_addf(&copy, "%s/%s", to, name);
	if (access(from.buf, R_OK) == 0)
		copy_file(from.buf, copy.buf);
}

void power_cut(const char *folder, const char *to, unsigned lost)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, wanted, by_name);

	BUG_ON(n < 0);
	make_folder(to);
	for (int i = 0; i < n; i++) {
		cut_file(folder, entries[i]->d_name, to, lost >> i & 1);
		free(entries[i]);
	}
	free(entries);
}
