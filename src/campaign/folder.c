#include "campaign/folder.h"

#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/random.h"
#include "base/str.h"
#include "base/text/shown_text.h"
#include "base/utf8.h"
#include "sql/folder.h"
#include "store/db.h"
#include "store/update.h"

#define HEX_DIGITS 10

/* --- reading --- */

static void read_folder(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct folder *)out = (struct folder){
		.id = rows_int(rows, 0),
		.hex = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 2, arena),
		.user_id = rows_int(rows, 3),
		.created_ms = rows_int(rows, 4),
		.count = rows_int(rows, 5),
	};
}

int folder_list(struct db *db, enum folder_kind kind,
		const struct folder_filter *f, struct arena *arena,
		struct folders *out, int64_t *total_out, struct err *err)
{
	struct sql_value before =
		sql_int(f->before_ms ? f->before_ms : INT64_MAX);
	struct sql_value since = sql_int(f->since_ms);
	struct sql_value user = sql_int(f->user_id);
	int64_t total;

	if (db_find_int(db, SQL_FOLDER_COUNT,
			SQL_ARGS(sql_int(kind), since, before, user, user),
			&total, err) < 0 ||
	    db_list(db, SQL_FOLDER_LIST,
		    SQL_ARGS(sql_int(kind), since, before, user, user,
			     sql_int(f->count), sql_int(f->offset)),
		    read_folder, arena, out, err) < 0)
		return -1;
	*total_out = total;
	return 0;
}

static int find(struct db *db, enum folder_kind kind, const char *key,
		struct arena *arena, struct folder *out, struct err *err)
{
	int64_t id;

	if (kind != FOLDER_FILES)
		return db_get(db, SQL_FOLDER_GET,
			      SQL_ARGS(sql_int(kind), sql_text(key)),
			      read_folder, arena, out, err);
	if (!text_to_int(key, &id))
		return 0;
	return db_get(db, SQL_FOLDER_GET_BY_ID,
		      SQL_ARGS(sql_int(kind), sql_int(id)), read_folder, arena,
		      out, err);
}

int folder_get(struct db *db, enum folder_kind kind, const char *key,
	       struct arena *arena, struct folder *out, struct err *err)
{
	return must_exist(find(db, kind, key, arena, out, err), err);
}

int folder_keep(struct db *db, enum folder_kind kind, int64_t id,
		struct err *err)
{
	return db_find_int(db, SQL_FOLDER_LOCK_BY_ID,
			   SQL_ARGS(sql_int(kind), sql_int(id)), &id, err);
}

static int lock(struct db *db, enum folder_kind kind, const char *key,
		int64_t *out, struct err *err)
{
	if (kind != FOLDER_FILES)
		return db_find_int(db, SQL_FOLDER_LOCK,
				   SQL_ARGS(sql_int(kind), sql_text(key)), out,
				   err);
	return text_to_int(key, out) ? folder_keep(db, kind, *out, err) : 0;
}

int folder_take(struct db *db, enum folder_kind kind, const char *key,
		const char *field, int64_t *out, struct err *err)
{
	int64_t id = 0;
	int found = *key ? lock(db, kind, key, &id, err) : 1;

	if (found == 0)
		return err_field(err, field, "There is no such folder");
	if (found > 0)
		*out = id;
	return found < 0 ? -1 : 0;
}

/* --- changes --- */

static int read_name(const json_t *body, struct arena *arena, const char **out,
		     struct err *err)
{
	const char *name = *out, *fault;
	int found = json_get_text(body, "name", &name, err);

	if (found < 0)
		return -1;
	if (!name || utf8_is_blank(name))
		return err_field(err, "name",
				 "This value should not be blank.");
	if (utf8_length(str_of(name)) > FOLDER_NAME_MAX)
		return err_field(err, "name",
				 "Please enter at most %d characters",
				 FOLDER_NAME_MAX);
	fault = shown_text_fault(str_of(name), SHOWN_LINE);
	if (fault)
		return err_field(err, "name", "%s", fault);
	*out = arena_str(arena, str_trim(str_of(name)));
	return 0;
}

static int check_number(struct db *db, enum folder_kind kind, struct err *err)
{
	int64_t n = 0;

	if (db_find_int(db, SQL_FOLDER_COUNT,
			SQL_ARGS(sql_int(kind), sql_int(0), sql_int(INT64_MAX),
				 sql_int(0), sql_int(0)),
			&n, err) < 0)
		return -1;
	return n < FOLDERS_MOST
		       ? 0
		       : err_set(err, ERR_CONFLICT,
				 "there are %d folders already: remove some",
				 FOLDERS_MOST);
}

int folder_add(struct tx *tx, enum folder_kind kind, const json_t *body,
	       int64_t user_id, int64_t now_ms, struct arena *arena,
	       struct folder *out, struct err *err)
{
	struct folder folder = { .user_id = user_id, .created_ms = now_ms };
	char hex[HEX_DIGITS + 1];

	random_hex(hex, HEX_DIGITS);
	folder.hex = arena_strdup(arena, hex);
	if (read_name(body, arena, &folder.name, err) < 0 ||
	    check_number(tx->db, kind, err) < 0 ||
	    db_find_int(tx->db, SQL_FOLDER_ADD,
			SQL_ARGS(sql_text(hex), sql_int(kind),
				 sql_text(folder.name), sql_id_or_null(user_id),
				 sql_int(now_ms)),
			&folder.id, err) < 0)
		return -1;
	*out = folder;
	return 0;
}

int folder_update(struct tx *tx, enum folder_kind kind, const char *key,
		  const json_t *body, struct arena *arena, struct folder *out,
		  struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("folder");
	struct folder before, folder;

	if (folder_get(tx->db, kind, key, arena, &before, err) < 0)
		return -1;
	folder = before;
	if (read_name(body, arena, &folder.name, err) < 0)
		return -1;
	update_text(&u, "name", before.name, folder.name);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(folder.id)), err) < 0)
		return -1;
	*out = folder;
	return 0;
}

static const struct sql *emptied_by(enum folder_kind kind)
{
	switch (kind) {
	case FOLDER_CAMPAIGNS:
		return SQL_FOLDER_EMPTY_CAMPAIGNS;
	case FOLDER_TEMPLATES:
		return SQL_FOLDER_EMPTY_TEMPLATES;
	case FOLDER_FILES:
		break;
	}
	return SQL_FOLDER_EMPTY_FILES;
}

int folder_remove(struct tx *tx, enum folder_kind kind, const char *key,
		  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct folder folder;

	if (folder_get(tx->db, kind, key, arena, &folder, err) < 0 ||
	    db_exec(tx, emptied_by(kind), SQL_ARGS(sql_int(folder.id)), err) <
		    0 ||
	    db_exec(tx, SQL_FOLDER_REMOVE, SQL_ARGS(sql_int(folder.id)), err) <
		    0)
		return -1;
	return 0;
}
