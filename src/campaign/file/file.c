#include "campaign/file/file.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "store/sqlbuild.h"
#include "store/update.h"

#include "sql/file.h"

#include <ctype.h>
#include <string.h>

#define HASH_HEX 40 /* of SHA-256: enough to be unlike all others */
#define SLUG_MAX 60

static void read_file(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct file *)out = (struct file){
		.id = rows_int(rows, 0),
		.hash = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 2, arena),
		.type = (enum file_type)rows_int(rows, 3),
		.width = (int)rows_int(rows, 4),
		.height = (int)rows_int(rows, 5),
		.size_bytes = rows_int(rows, 6),
		.created_ms = rows_int(rows, 7),
		.user_id = rows_int(rows, 8),
		.folder_id = rows_int(rows, 9),
	};
}

static const char *hash_of(struct str bytes, struct arena *arena)
{
	char hex[SHA256_HEX + 1];

	sha256_hex(bytes, hex);
	return arena_strndup(arena, hex, HASH_HEX);
}

int file_find(struct db *db, struct str source, struct arena *arena,
	      struct file *out, struct err *err)
{
	return db_get(db, SQL_FILE_OF_SOURCE,
		      SQL_ARGS(sql_text(hash_of(source, arena))), read_file,
		      arena, out, err);
}

int file_get(struct db *db, int64_t id, struct arena *arena, struct file *out,
	     struct err *err)
{
	int found = db_get(db, SQL_FILE_GET, SQL_ARGS(sql_int(id)), read_file,
			   arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no image %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

/* --- adding --- */

/* Browsers and programs may give folders too; nobody sees control characters.
 */
static const char *clean_name(const char *name, const char *otherwise,
			      struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct str rest = str_of(name);

	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			rest = str_of(p + 1);
	if (!utf8_is_valid(rest))
		return otherwise;
	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)rest.s[i] >= ' ' && rest.s[i] != 0x7f)
			strbuf_addch(&out, rest.s[i]);
	strbuf_trim(&out);
	while (utf8_length(strbuf_str(&out)) > FILE_NAME_MAX)
		strbuf_truncate(&out,
				utf8_prefix(strbuf_str(&out), out.len - 1));
	return out.len > 0 ? arena_str(arena, strbuf_str(&out)) : otherwise;
}

static const char *fold(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(str_of(text), &folded);
	return arena_str(arena, strbuf_str(&folded));
}

/* source: what tells it from others. */
static int store(struct tx *tx, const char *source, struct str bytes,
		 struct file *file, struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf base64 = STRBUF_INIT;

	file->hash = hash_of(bytes, arena);
	file->size_bytes = (int64_t)bytes.len;
	base64_encode(bytes, &base64);
	if (db_find_int(tx->db, SQL_FILE_ADD,
			SQL_ARGS(sql_text(source), sql_text(file->hash),
				 sql_text(file->name),
				 sql_text(fold(file->name, arena)),
				 sql_int(file->type), sql_int(file->width),
				 sql_int(file->height),
				 sql_int(file->size_bytes),
				 sql_int(file->created_ms),
				 sql_id_or_null(file->user_id),
				 sql_id_or_null(file->folder_id)),
			&file->id, err) < 0)
		return db_lost_race(err);
	return db_exec(tx, SQL_FILE_BODY_ADD,
		       SQL_ARGS(sql_int(file->id),
				sql_str(strbuf_str(&base64))),
		       err) < 0
		       ? -1
		       : 0;
}

int file_add(struct tx *tx, struct str source, const struct image *image,
	     const char *name, int64_t now_ms, struct arena *arena,
	     struct file *out, struct err *err)
{
	*out = (struct file){
		.name = clean_name(name, "image", arena),
		.type = (enum file_type)image->type,
		.width = image->width,
		.height = image->height,
		.created_ms = now_ms,
	};
	return store(tx, hash_of(source, arena), strbuf_str(&image->bytes), out,
		     arena, err);
}

int file_add_own(struct tx *tx, struct str bytes, struct file *file,
		 int64_t now_ms, struct arena *arena, struct err *err)
{
	char own[HASH_HEX + 1];

	random_hex(own, HASH_HEX);
	file->name = clean_name(file->name, "file", arena);
	file->created_ms = now_ms;
	return store(tx, own, bytes, file, arena, err);
}

int file_update(struct tx *tx, const struct file *before, struct file *file,
		struct arena *arena, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("file");

	file->name = clean_name(file->name, "file", arena);
	update_text(&u, "name", before->name, file->name);
	update_text(&u, "name_folded", fold(before->name, arena),
		    fold(file->name, arena));
	update_id(&u, "folder_id", before->folder_id, file->folder_id);
	return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(file->id)), err) <
			       0
		       ? -1
		       : 0;
}

int file_remove(struct tx *tx, int64_t id, struct err *err)
{
	if (db_exec(tx, SQL_FILE_BODY_REMOVE, SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	return db_exec(tx, SQL_FILE_REMOVE, SQL_ARGS(sql_int(id)), err) < 0 ? -1
									    : 0;
}

/* --- reading --- */

static const char *pattern_of(const char *q, struct arena *arena)
{
	return sql_part_pattern(q ? fold(q, arena) : NULL, arena);
}

int file_list(struct db *db, const struct file_filter *filter,
	      struct arena *arena, struct files *out, int64_t *total_out,
	      struct err *err)
{
	struct sql_value pattern = sql_text(pattern_of(filter->q, arena));
	int64_t below = filter->before_id ? filter->before_id : INT64_MAX;

	if (db_find_int(db, SQL_FILE_COUNT, SQL_ARGS(pattern), total_out, err) <
	    0)
		return -1;
	return db_list(
		db, SQL_FILE_LIST,
		SQL_ARGS(sql_int(below), pattern, sql_int(filter->limit)),
		read_file, arena, out, err);
}

int file_read(struct db *db, const char *hash, enum file_type *type,
	      struct strbuf *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_FILE_BODY_OF_HASH, SQL_ARGS(sql_text(hash)), &rows,
		     err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	*type = (enum file_type)rows_int(rows, 0);
	if (!base64_decode(rows_str(rows, 1), out))
		return err_set(err, ERR_IO, "the bytes of image %s are broken",
			       hash);
	return 1;
}

static void add_conditions(struct sqlbuild *b, const struct file_search *s)
{
	sqlbuild_add(b, " FROM file WHERE id > 0");
	sqlbuild_if_int(b, " AND type < ", s->only_images ? FILE_PDF : 0);
	sqlbuild_if_int(b, " AND type >= ", s->only_documents ? FILE_PDF : 0);
	sqlbuild_if_int(b, " AND user_id = ", s->user_id);
	sqlbuild_if_int(b, " AND folder_id = ", s->folder_id);
	sqlbuild_if_int(b, " AND created_ms > ", s->since_ms);
	sqlbuild_if_int(b, " AND created_ms < ", s->before_ms);
}

static void add_order(struct sqlbuild *b, const struct file_search *s)
{
	static const char *const columns[] = {
		[FILE_BY_ADDED] = "created_ms",
		[FILE_BY_NAME] = "name_folded",
		[FILE_BY_SIZE] = "size_bytes",
	};

	sqlbuild_order(b, columns[s->sort], "id", s->descending);
	sqlbuild_page(b, s->count, s->offset);
}

int file_search(struct db *db, const struct file_search *search,
		struct arena *arena, struct files *out, int64_t *total_out,
		int64_t *bytes_out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild n = SQLBUILD(db, arena);
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t total = 0, bytes = 0;

	sqlbuild_add(&n, "SELECT COUNT(*)");
	add_conditions(&n, search);
	sqlbuild_add(&b, "SELECT id, hash, name, type, width, height,"
			 " size_bytes, created_ms, user_id, folder_id");
	add_conditions(&b, search);
	add_order(&b, search);
	if (sqlbuild_find_int(&n, db, &total, err) < 0 ||
	    db_find_int(db, SQL_FILE_BYTES, SQL_NO_ARGS, &bytes, err) < 0 ||
	    sqlbuild_query(&b, db, &rows, err) < 0 ||
	    rows_list(rows, read_file, arena, out, err) < 0)
		return -1;
	*total_out = total;
	*bytes_out = bytes;
	return 0;
}

/* --- where it is seen --- */

/* The name without its ending, in letters that any program can follow. */
static void add_slug(const char *name, const char *otherwise,
		     struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	const char *dot = strrchr(name, '.');
	size_t len = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	size_t begin = out->len;

	utf8_plain((struct str){ name, len }, &plain);
	for (size_t i = 0; i < plain.len && out->len - begin < SLUG_MAX; i++) {
		if (isalnum((unsigned char)plain.buf[i]) &&
		    (unsigned char)plain.buf[i] < 0x80)
			strbuf_addch(out, plain.buf[i]);
		else if (out->len > begin && out->buf[out->len - 1] != '-')
			strbuf_addch(out, '-');
	}
	if (out->len > begin && out->buf[out->len - 1] == '-')
		strbuf_truncate(out, out->len - 1);
	if (out->len == begin)
		strbuf_addstr(out, otherwise);
}

void file_path(const struct file *file, struct strbuf *out)
{
	strbuf_addf(out, "/files/%s/", file->hash);
	add_slug(file->name, file_type_is_image(file->type) ? "image" : "file",
		 out);
	strbuf_addf(out, ".%s", file_type_ending(file->type));
}

const char *file_use_pattern(const struct file *file, struct arena *arena)
{
	return arena_printf(arena, "%%/files/%s/%%", file->hash);
}

static void read_user(const struct rows *rows, struct arena *arena, void *out)
{
	CLEANUP(json_free)
	json_t *settings = json_loads(rows_text(rows, 1), 0, NULL);
	const char *title =
		json_string_value(json_object_get(settings, "title"));

	if (!title || !*title)
		title = json_string_value(
			json_object_get(settings, "subject_line"));
	*(struct file_user *)out = (struct file_user){
		.hex = rows_dup(rows, 0, arena),
		.title = arena_strdup(arena, title ? title : ""),
	};
}

int file_list_users(struct db *db, const struct file *file, struct arena *arena,
		    struct file_users *out, struct err *err)
{
	return db_list(db, SQL_FILE_USERS,
		       SQL_ARGS(sql_text(file_use_pattern(file, arena))),
		       read_user, arena, out, err);
}
