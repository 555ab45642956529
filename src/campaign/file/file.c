#include "campaign/file/file.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "store/sqlbuild.h"

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
		.type = (enum image_type)rows_int(rows, 3),
		.width = (int)rows_int(rows, 4),
		.height = (int)rows_int(rows, 5),
		.size_bytes = rows_int(rows, 6),
		.created_ms = rows_int(rows, 7),
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
static const char *clean_name(const char *name, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct str rest = str_of(name);

	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			rest = str_of(p + 1);
	if (!utf8_is_valid(rest))
		return "image";
	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)rest.s[i] >= ' ' && rest.s[i] != 0x7f)
			strbuf_addch(&out, rest.s[i]);
	strbuf_trim(&out);
	while (utf8_length(strbuf_str(&out)) > FILE_NAME_MAX)
		strbuf_truncate(&out,
				utf8_prefix(strbuf_str(&out), out.len - 1));
	return out.len > 0 ? arena_str(arena, strbuf_str(&out)) : "image";
}

static const char *fold(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(str_of(text), &folded);
	return arena_str(arena, strbuf_str(&folded));
}

int file_add(struct tx *tx, struct str source, const struct image *image,
	     const char *name, int64_t now_ms, struct arena *arena,
	     struct file *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf base64 = STRBUF_INIT;
	struct str bytes = strbuf_str(&image->bytes);

	*out = (struct file){
		.hash = hash_of(bytes, arena),
		.name = clean_name(name, arena),
		.type = image->type,
		.width = image->width,
		.height = image->height,
		.size_bytes = (int64_t)bytes.len,
		.created_ms = now_ms,
	};
	base64_encode(bytes, &base64);
	if (db_find_int(tx->db, SQL_FILE_ADD,
			SQL_ARGS(sql_text(hash_of(source, arena)),
				 sql_text(out->hash), sql_text(out->name),
				 sql_text(fold(out->name, arena)),
				 sql_int(out->type), sql_int(out->width),
				 sql_int(out->height), sql_int(out->size_bytes),
				 sql_int(now_ms)),
			&out->id, err) < 0)
		return db_lost_race(err);
	return db_exec(tx, SQL_FILE_BODY_ADD,
		       SQL_ARGS(sql_int(out->id), sql_str(strbuf_str(&base64))),
		       err) < 0
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

int file_read(struct db *db, const char *hash, enum image_type *type,
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
	*type = (enum image_type)rows_int(rows, 0);
	if (!base64_decode(rows_str(rows, 1), out))
		return err_set(err, ERR_IO, "the bytes of image %s are broken",
			       hash);
	return 1;
}

/* --- where it is seen --- */

/* The name without its ending, in letters that any program can follow. */
static void add_slug(const char *name, struct strbuf *out)
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
		strbuf_addstr(out, "image");
}

void file_path(const struct file *file, struct strbuf *out)
{
	strbuf_addf(out, "/files/%s/", file->hash);
	add_slug(file->name, out);
	strbuf_addf(out, ".%s", image_type_ending(file->type));
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
