#include "campaign/template/template.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "design/design.h"
#include "sql/template.h"
#include "store/update.h"

static void read_template(const struct rows *rows, struct arena *arena,
			  void *out)
{
	*(struct template *)out = (struct template){
		.id = rows_int(rows, 0),
		.name = rows_dup(rows, 1, arena),
		.about = rows_dup(rows, 2, arena),
		.design = rows_dup(rows, 3, arena),
		.user_id = rows_int(rows, 4),
		.created_ms = rows_int(rows, 5),
		.updated_ms = rows_int(rows, 6),
	};
}

int template_list(struct db *db, int64_t before_id, int64_t limit,
		  struct arena *arena, struct templates *out, struct err *err)
{
	return db_list(db, SQL_TEMPLATE_PAGE,
		       SQL_ARGS(sql_int(before_id ? before_id : INT64_MAX),
				sql_int(limit)),
		       read_template, arena, out, err);
}

int template_count(struct db *db, int64_t *out, struct err *err)
{
	return db_find_int(db, SQL_TEMPLATE_COUNT, SQL_NO_ARGS, out, err) < 0
		       ? -1
		       : 0;
}

int template_get(struct db *db, int64_t id, struct arena *arena,
		 struct template *out, struct err *err)
{
	int found = db_get(db, SQL_TEMPLATE_GET, SQL_ARGS(sql_int(id)),
			   read_template, arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no template %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

/* --- what is given --- */

static int check_length(const char *field, const char *text, size_t most,
			struct err *err)
{
	struct str s = str_of(text);

	if (!utf8_is_valid(s) || utf8_length(s) > most)
		return err_field(err, field, "must have at most %zu characters",
				 most);
	return 0;
}

static int check(const struct template *t, struct err *err)
{
	CLEANUP(json_free) json_t *doc = NULL;

	if (utf8_is_blank(t->name))
		return err_field(err, "name", "must be given");
	if (check_length("name", t->name, TEMPLATE_NAME_MAX, err) < 0 ||
	    check_length("about", t->about, TEMPLATE_ABOUT_MAX, err) < 0)
		return -1;
	if (!t->design)
		return err_field(err, "design", "must be given");
	return design_read(str_of(t->design), &doc, err);
}

static int check_number(struct db *db, struct err *err)
{
	int64_t n = 0;

	if (template_count(db, &n, err) < 0)
		return -1;
	return n < TEMPLATES_MOST
		       ? 0
		       : err_set(err, ERR_CONFLICT,
				 "there are %d templates already: remove some",
				 TEMPLATES_MOST);
}

int template_add(struct tx *tx, struct template *t, int64_t now_ms,
		 struct err *err)
{
	if (check(t, err) < 0 || check_number(tx->db, err) < 0)
		return -1;
	t->created_ms = t->updated_ms = now_ms;
	return db_find_int(tx->db, SQL_TEMPLATE_ADD,
			   SQL_ARGS(sql_text(t->name), sql_text(t->about),
				    sql_text(t->design),
				    sql_id_or_null(t->user_id), sql_int(now_ms),
				    sql_int(now_ms)),
			   &t->id, err) < 0
		       ? -1
		       : 0;
}

int template_update(struct tx *tx, const struct template *before,
		    const struct template *t, int64_t now_ms, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("template");

	if (check(t, err) < 0)
		return -1;
	update_text(&u, "name", before->name, t->name);
	update_text(&u, "about", before->about, t->about);
	update_text(&u, "design", before->design, t->design);
	update_stamp(&u, "updated_ms", now_ms);
	return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(t->id)), err) < 0
		       ? -1
		       : 0;
}

int template_remove(struct tx *tx, int64_t id, struct err *err)
{
	return db_exec(tx, SQL_TEMPLATE_REMOVE, SQL_ARGS(sql_int(id)), err) < 0
		       ? -1
		       : 0;
}
