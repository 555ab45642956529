/*
 * Puts a copy of a database in the place of the present one, without a moment
 * without one. Called by `muster restore`; nobody else has the folder.
 */
#include "base/clock.h"
#include "base/err.h"
#include "store/backup.h"
#include "store/db_private.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define ASIDE "replaced-"
#define ROOM_LEFT (16 * 1024 * 1024) /* for logs and the journal */

/* What SQLite keeps of a database. */
static const char *const parts[] = { "", "-wal", "-shm" };

static int check_room(const char *data, const struct backup *backup,
		      struct err *err)
{
	int64_t need = backup->bytes + ROOM_LEFT;
	struct statvfs fs;
	int64_t room;

	if (statvfs(data, &fs) < 0)
		return err_errno(err, "looking for room in %s", data);
	room = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	if (room >= need)
		return 0;
	return err_set(err, ERR_LIMIT,
		       "the disk of %s has no room for the backup beside the "
		       "data that it replaces: %lld MB are free, %lld are "
		       "needed",
		       data, (long long)(room >> 20),
		       (long long)((need + (1 << 20) - 1) >> 20));
}

static void remove_copies(const char *data)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	for (int i = 0; i < STORE_SCHEMAS; i++) {
		backup_file(data, i, ".new", &path);
		(void)unlink(path.buf); /* usually there is none */
	}
}

static int copy_schema(const char *folder, const char *data, int schema,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf from = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf to = STRBUF_INIT;
	CLEANUP(store_peek_end) struct db *source = NULL;

	backup_file(folder, schema, "", &from);
	backup_file(data, schema, ".new", &to);
	if (db_sqlite_open(from.buf, true, &source, err) < 0 ||
	    db_sqlite_backup(source, to.buf, err) < 0)
		return -1;
	return backup_sync(to.buf, err);
}

/* The log of what is replaced must not be taken for that of the copy. */
static int replace_schema(const char *data, int schema, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf from = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf to = STRBUF_INIT;

	for (size_t i = 1; i < ARRAY_SIZE(parts); i++) {
		backup_file(data, schema, parts[i], &to);
		if (unlink(to.buf) < 0 && errno != ENOENT)
			return err_errno(err, "removing %s", to.buf);
	}
	backup_file(data, schema, ".new", &from);
	backup_file(data, schema, "", &to);
	if (rename(from.buf, to.buf) < 0)
		return err_errno(err, "putting %s in its place", to.buf);
	return backup_sync(data, err);
}

static void name_aside(const char *data, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf time = STRBUF_INIT;
	int64_t now_ms = clock_now_ms();

	time_format_iso(now_ms, &time);
	strbuf_reset(out);
	/* to the millisecond: each restore has its own */
	strbuf_addf(out, "%s/" ASIDE "%.19s.%03d", data, time.buf,
		    (int)(now_ms % 1000));
	for (char *c = out->buf + strlen(data); *c; c++)
		if (*c == ':')
			*c = '-';
}

/* A second name, so that there is no moment without a database. */
static int link_aside(const char *data, const char *aside, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf from = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf to = STRBUF_INIT;

	for (int i = 0; i < STORE_SCHEMAS; i++)
		for (size_t k = 0; k < ARRAY_SIZE(parts) - 1; k++) {
			backup_file(data, i, parts[k], &from);
			backup_file(aside, i, parts[k], &to);
			if (link(from.buf, to.buf) < 0 && errno != ENOENT)
				return err_errno(err, "keeping %s as %s",
						 from.buf, to.buf);
		}
	return backup_sync(aside, err);
}

static int keep(const char *data, struct strbuf *aside, struct err *err)
{
	name_aside(data, aside);
	if (mkdir(aside->buf, 0700) < 0)
		return err_errno(err, "making %s", aside->buf);
	return link_aside(data, aside->buf, err);
}

static void remove_aside(const char *folder)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	for (int i = 0; i < STORE_SCHEMAS; i++)
		for (size_t k = 0; k < ARRAY_SIZE(parts); k++) {
			backup_file(folder, i, parts[k], &path);
			(void)unlink(path.buf); /* most are not there */
		}
	(void)rmdir(folder); /* stays if somebody put something else in it */
}

/* What restores before this one kept. */
static void remove_earlier(const char *data, const char *kept)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	struct dirent *entry;
	DIR *dir = opendir(data);

	while (dir && (entry = readdir(dir))) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", data, entry->d_name);
		if (str_starts(str_of(entry->d_name), ASIDE) &&
		    strcmp(path.buf, kept) != 0)
			remove_aside(path.buf);
	}
	if (dir)
		closedir(dir);
}

static int copy_and_replace(const char *folder, const char *data,
			    struct strbuf *aside, struct err *err)
{
	for (int i = 0; i < STORE_SCHEMAS; i++)
		if (copy_schema(folder, data, i, err) < 0)
			return -1;
	if (aside && keep(data, aside, err) < 0)
		return -1;
	for (int i = 0; i < STORE_SCHEMAS; i++)
		if (replace_schema(data, i, err) < 0)
			return -1;
	return 0;
}

int store_restore(const struct store_options *options, const char *folder,
		  const struct backup *backup, struct strbuf *aside,
		  struct err *err)
{
	struct strbuf *keeps = store_has_data(options) ? aside : NULL;

	if (store_make_folder(options->data, err) < 0 ||
	    (keeps && check_room(options->data, backup, err) < 0))
		return -1;
	remove_copies(options->data);
	if (!keeps)
		remove_earlier(options->data, "");
	if (copy_and_replace(folder, options->data, keeps, err) < 0) {
		remove_copies(options->data);
		return -1;
	}
	if (keeps)
		remove_earlier(options->data, keeps->buf);
	return 0;
}
