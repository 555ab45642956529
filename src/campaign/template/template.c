#include "campaign/template/template.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"
#include "campaign/content.h"
#include "campaign/folder.h"
#include "design/design.h"
#include "sql/template.h"
#include "store/sqlbuild.h"
#include "store/update.h"

static void read_template(const struct rows *rows, struct arena *arena,
			  void *out)
{
	const char *folder = rows_dup(rows, 12, arena);
	struct template t = {
		.id = rows_int(rows, 0),
		.name = rows_dup(rows, 1, arena),
		.about = rows_dup(rows, 2, arena),
		.design = rows_dup(rows, 3, arena),
		.user_id = rows_int(rows, 4),
		.created_ms = rows_int(rows, 5),
		.updated_ms = rows_int(rows, 6),
		.kind = (enum template_kind)rows_int(rows, 7),
		.html = rows_dup(rows, 8, arena),
		.is_responsive = rows_int(rows, 9) != 0,
		.editor_id = rows_int(rows, 10),
		.folder_id = rows_int(rows, 11),
		.folder_hex = folder ? folder : "",
	};

	if (t.kind == TEMPLATE_HTML)
		t.design = NULL;
	*(struct template *)out = t;
}

int template_list(struct db *db, enum template_kind kind, int64_t before_id,
		  int64_t limit, struct arena *arena, struct templates *out,
		  struct err *err)
{
	return db_list(db, SQL_TEMPLATE_PAGE,
		       SQL_ARGS(sql_int(kind),
				sql_int(before_id ? before_id : INT64_MAX),
				sql_int(limit)),
		       read_template, arena, out, err);
}

int template_count(struct db *db, enum template_kind kind, int64_t *out,
		   struct err *err)
{
	return db_find_int(db, SQL_TEMPLATE_COUNT, SQL_ARGS(sql_int(kind)), out,
			   err) < 0
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

static int check_content(const struct template *t, struct err *err)
{
	CLEANUP(json_free) json_t *doc = NULL;

	if (t->kind == TEMPLATE_HTML && (!t->html || utf8_is_blank(t->html)))
		return err_field(err, "html", "must be given");
	if (t->kind == TEMPLATE_HTML)
		return content_check_text("html", t->html, err);
	if (t->html)
		return err_field(err, "html",
				 "This template is made of blocks: it is "
				 "changed in the editor");
	if (!t->design)
		return err_field(err, "design", "must be given");
	return design_read(str_of(t->design), &doc, err);
}

static int check(const struct template *t, struct err *err)
{
	if (utf8_is_blank(t->name))
		return err_field(err, "name", "must be given");
	if (check_length("name", t->name, TEMPLATE_NAME_MAX, err) < 0 ||
	    check_length("about", t->about, TEMPLATE_ABOUT_MAX, err) < 0)
		return -1;
	return check_content(t, err);
}

static int check_number(struct db *db, enum template_kind kind, struct err *err)
{
	int64_t n = 0;

	if (template_count(db, kind, &n, err) < 0)
		return -1;
	return n < TEMPLATES_MOST
		       ? 0
		       : err_set(err, ERR_CONFLICT,
				 "there are %d templates already: remove some",
				 TEMPLATES_MOST);
}

/* What design_render makes always has such rules. */
static bool is_responsive(const struct template *t)
{
	return !t->html || strcasestr(t->html, "@media") != NULL;
}

int template_add(struct tx *tx, struct template *t, int64_t now_ms,
		 struct err *err)
{
	if (!t->kind)
		t->kind = TEMPLATE_BLOCKS;
	if (check(t, err) < 0 || check_number(tx->db, t->kind, err) < 0)
		return -1;
	t->created_ms = t->updated_ms = now_ms;
	t->editor_id = t->user_id;
	t->is_responsive = is_responsive(t);
	return db_find_int(tx->db, SQL_TEMPLATE_ADD,
			   SQL_ARGS(sql_text(t->name), sql_text(t->about),
				    sql_text(t->design ? t->design : ""),
				    sql_id_or_null(t->user_id), sql_int(now_ms),
				    sql_int(now_ms), sql_int(t->kind),
				    sql_text(t->html),
				    sql_int(t->is_responsive),
				    sql_id_or_null(t->editor_id),
				    sql_id_or_null(t->folder_id)),
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
	if (t->kind == TEMPLATE_HTML) {
		update_text(&u, "html", before->html, t->html);
		update_int(&u, "is_responsive", before->is_responsive,
			   is_responsive(t));
	} else {
		update_text(&u, "design", before->design, t->design);
	}
	update_id(&u, "folder_id", before->folder_id, t->folder_id);
	if (!update_is_empty(&u))
		update_id(&u, "editor_id", before->editor_id, t->editor_id);
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

/* --- both kinds --- */

static void add_conditions(struct sqlbuild *b, const struct template_filter *f)
{
	sqlbuild_add(b, " FROM template t WHERE t.id > 0");
	sqlbuild_if_int(b, " AND t.kind = ", f->kind);
	sqlbuild_if_int(b, " AND t.created_ms > ", f->since_ms);
	sqlbuild_if_int(b, " AND t.created_ms < ", f->before_ms);
	sqlbuild_if_int(b, " AND t.user_id = ", f->user_id);
	if (!f->folder_hex)
		return;
	sqlbuild_add(b, " AND t.folder_id = (SELECT f.id FROM folder f"
			" WHERE f.hex = ");
	sqlbuild_bind_text(b, f->folder_hex);
	sqlbuild_add(b, " AND f.kind = ");
	sqlbuild_bind_int(b, FOLDER_TEMPLATES);
	sqlbuild_add(b, ")");
}

static void add_order(struct sqlbuild *b, const struct template_filter *f)
{
	static const char *const columns[] = {
		[TEMPLATE_BY_CREATED] = "t.created_ms",
		[TEMPLATE_BY_EDITED] = "t.updated_ms",
		[TEMPLATE_BY_NAME] = "t.name",
	};

	sqlbuild_order(b, columns[f->sort], "t.id", f->descending);
	sqlbuild_page(b, f->count, f->offset);
}

int template_find_all(struct db *db, const struct template_filter *filter,
		      struct arena *arena, struct templates *out,
		      int64_t *total_out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild n = SQLBUILD(db, arena);
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t total = 0;

	sqlbuild_add(&n, "SELECT COUNT(*)");
	add_conditions(&n, filter);
	if (sqlbuild_find_int(&n, db, &total, err) < 0)
		return -1;
	sqlbuild_add(&b,
		     "SELECT t.id, t.name, t.about, NULL, t.user_id,"
		     " t.created_ms, t.updated_ms, t.kind, NULL,"
		     " t.is_responsive, t.editor_id, t.folder_id,"
		     " (SELECT f.hex FROM folder f WHERE f.id = t.folder_id)");
	add_conditions(&b, filter);
	add_order(&b, filter);
	if (sqlbuild_query(&b, db, &rows, err) < 0 ||
	    rows_list(rows, read_template, arena, out, err) < 0)
		return -1;
	*total_out = total;
	return 0;
}

int template_read(struct db *db, const json_t *body, struct template *t,
		  bool *gave_folder, struct err *err)
{
	const char *folder = NULL;

	if (json_get_text(body, "name", &t->name, err) < 0 ||
	    json_get_text(body, "html", &t->html, err) < 0 ||
	    json_get_text(body, "folder_id", &folder, err) < 0)
		return -1;
	*gave_folder = folder != NULL;
	return folder ? folder_take(db, FOLDER_TEMPLATES, folder, "folder_id",
				    &t->folder_id, err)
		      : 0;
}

int template_make_html(const struct template *t, struct arena *arena,
		       const char **out, struct err *err)
{
	CLEANUP(design_output_release)
	struct design_output mail = DESIGN_OUTPUT_INIT;
	static const struct design_options options = { 0 };
	CLEANUP(json_free) json_t *doc = NULL;

	if (t->kind == TEMPLATE_HTML) {
		*out = t->html;
		return 0;
	}
	if (design_read(str_of(t->design), &doc, err) < 0)
		return -1;
	design_render(doc, &options, arena, &mail);
	*out = arena_str(arena, strbuf_str(&mail.html));
	return 0;
}
