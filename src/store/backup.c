#include "store/backup.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/random.h"
#include "store/db_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define MANIFEST "muster-backup.json"
#define MANIFEST_MAX 65536
#define ID_HEX 16

void backup_file(const char *folder, int schema, const char *part,
		 struct strbuf *out)
{
	strbuf_reset(out);
	strbuf_addf(out, "%s/%s.db%s", folder,
		    schema_name((enum store_schema)schema), part);
}

int backup_sync(const char *path, struct err *err)
{
	CLEANUP(fd_release) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_errno(err, "syncing %s", path);
	return 0;
}

/* --- the manifest --- */

struct digest {
	char sha256[SHA256_HEX + 1];
	int64_t bytes;
};

static int digest_file(const char *path, struct digest *out, struct err *err)
{
	CLEANUP(fd_release) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, "reading %s", path);
	out->bytes = st.st_size;
	if (st.st_size == 0) {
		sha256_hex((struct str){ "", 0 }, out->sha256);
		return 0;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_errno(err, "reading %s", path);
	sha256_hex((struct str){ map, (size_t)st.st_size }, out->sha256);
	(void)munmap(map, (size_t)st.st_size); /* it is there */
	return 0;
}

static int add_digests(const char *folder, struct json_writer *w,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	for (int i = 0; i < STORE_SCHEMAS; i++) {
		struct digest d;

		backup_file(folder, i, "", &path);
		if (digest_file(path.buf, &d, err) < 0)
			return -1;
		json_key_begin_object(w, schema_name((enum store_schema)i));
		json_key_int(w, "bytes", d.bytes);
		json_key_text(w, "sha256", d.sha256);
		json_end_object(w);
	}
	return 0;
}

static int write_file(const char *path, const struct strbuf *text,
		      struct err *err)
{
	CLEANUP(fd_release)
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, strbuf_str(text)) < 0 || fsync(fd) < 0)
		return err_errno(err, "writing %s", path);
	return 0;
}

/* Last: a backup without it was not finished, or is an old one. */
static int write_manifest(const char *folder, int64_t made_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);
	char id[ID_HEX + 1];

	random_hex(id, ID_HEX);
	json_begin_object(&w);
	json_key_text(&w, "id", id);
	json_key_time(&w, "made", made_ms);
	json_key_int(&w, "made_ms", made_ms);
	json_key_begin_object(&w, "files");
	if (add_digests(folder, &w, err) < 0)
		return -1;
	json_end_object(&w);
	json_end_object(&w);
	strbuf_addch(&text, '\n');
	strbuf_addf(&path, "%s/" MANIFEST, folder);
	if (write_file(path.buf, &text, err) < 0)
		return -1;
	return backup_sync(folder, err);
}

/* 0: there is none. */
static int read_manifest(const char *folder, json_t **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct err why = ERR_INIT;

	strbuf_addf(&path, "%s/" MANIFEST, folder);
	if (strbuf_add_file(&text, path.buf, MANIFEST_MAX, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	if (json_parse(strbuf_str(&text), out, err) < 0)
		return err_prefix(err, "%s", path.buf);
	return 1;
}

static bool is_in_manifest(const json_t *files, const char *name,
			   const struct digest *d)
{
	const json_t *file = json_object_get(files, name);
	const char *sha256 = json_string_value(json_object_get(file, "sha256"));

	return sha256 && strcmp(sha256, d->sha256) == 0;
}

static int hold_against_manifest(const char *folder, struct backup *out,
				 struct err *err)
{
	CLEANUP(json_free) json_t *manifest = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	const json_t *files;
	int found = read_manifest(folder, &manifest, err);

	if (found <= 0)
		return found;
	out->made_ms = json_integer_value(json_object_get(manifest, "made_ms"));
	files = json_object_get(manifest, "files");
	for (int i = 0; i < STORE_SCHEMAS && !out->strange; i++) {
		const char *name = schema_name((enum store_schema)i);
		struct digest d;

		backup_file(folder, i, "", &path);
		if (digest_file(path.buf, &d, err) < 0)
			return -1;
		if (!is_in_manifest(files, name, &d))
			out->strange = name;
	}
	return 0;
}

/* --- making one --- */

static int backup_schema(struct store *store, enum store_schema schema,
			 const char *folder, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	backup_file(folder, (int)schema, "", &path);
	if (access(path.buf, F_OK) == 0)
		return err_set(err, ERR_CONFLICT, "%s exists already",
			       path.buf);
	if (store_get(store, schema, &db, err) < 0)
		return -1;
	return db_sqlite_backup(db, path.buf, err);
}

int store_backup(struct store *store, const char *folder, struct err *err)
{
	int64_t now_ms = clock_now_ms();

	if (store_backend(store) != DB_SQLITE)
		return err_set(err, ERR_INVALID,
			       "the data is in PostgreSQL: use pg_dump with "
			       "the schemas crm, audience and events");
	if (store_make_folder(folder, err) < 0)
		return -1;
	for (int i = 0; i < STORE_SCHEMAS; i++)
		if (backup_schema(store, (enum store_schema)i, folder, err) < 0)
			return -1;
	return write_manifest(folder, now_ms, err);
}

/* --- looking --- */

int backup_look(const char *folder, struct backup *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	struct stat st;

	*out = (struct backup){ .made_ms = 0 };
	if (stat(folder, &st) < 0)
		return errno == ENOENT
			       ? err_set(err, ERR_NOT_FOUND,
					 "there is no folder %s", folder)
			       : err_errno(err, "reading %s", folder);
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		backup_file(folder, i, "", &path);
		if (stat(path.buf, &st) < 0)
			return err_set(err, ERR_INVALID,
				       "%s holds no backup: %s is missing",
				       folder, path.buf);
		out->bytes += st.st_size;
	}
	if (hold_against_manifest(folder, out, err) < 0)
		return -1;
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		backup_file(folder, i, "", &path);
		if (db_sqlite_check(path.buf, err) < 0)
			return -1;
	}
	return 0;
}

bool store_has_data(const struct store_options *options)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	for (int i = 0; i < STORE_SCHEMAS; i++) {
		backup_file(options->data, i, "", &path);
		if (access(path.buf, F_OK) == 0)
			return true;
	}
	return false;
}

bool store_is_whole(const struct store_options *options)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	struct err damage = ERR_INIT;

	for (int i = 0; i < STORE_SCHEMAS; i++) {
		backup_file(options->data, i, "", &path);
		if (db_sqlite_check(path.buf, &damage) < 0)
			return false;
	}
	return true;
}

int store_peek(const char *folder, enum store_schema schema, struct db **out,
	       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	backup_file(folder, (int)schema, "", &path);
	if (db_sqlite_check(path.buf, err) < 0 ||
	    db_sqlite_open(path.buf, true, out, err) < 0)
		return -1;
	(*out)->schema = schema;
	return 0;
}

void store_peek_end(struct db **db)
{
	if (*db)
		(*db)->ops->close(*db);
	*db = NULL;
}
