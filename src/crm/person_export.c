/*
 * All that is stored of a person, for themselves (GDPR, article 15). Called by
 * a handler; any thread.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/communication.h"
#include "crm/consent/erase.h"
#include "crm/group/group.h"
#include "crm/memo.h"
#include "crm/record_json.h"
#include "sql/erase.h"

#include <string.h>

#define MOST 100000 /* of a kind; nobody has more of them */

struct exporting {
	struct db *db;
	int64_t id; /* the person */
	const struct export_subjects *subjects;
	struct arena *arena;
	struct json_writer *w;
};

static const char *subject_of(const struct exporting *x, int64_t campaign_id,
			      int64_t person_id)
{
	vec_each (x->subjects, s)
		if (s->campaign_id == campaign_id && s->person_id == person_id)
			return s->text;
	return NULL;
}

/* Columns whose name ends in _ms are times. */
static void write_column(const struct rows *rows, int i, struct json_writer *w)
{
	const char *name = rows_name(rows, i);

	if (str_ends(str_of(name), "_ms"))
		json_key_time_or_null(w, name, rows_int(rows, i));
	else
		json_key_text(w, name, rows_text(rows, i));
}

static void write_row(const struct rows *rows, struct json_writer *w)
{
	json_begin_object(w);
	for (int i = 0; i < rows_columns(rows); i++)
		write_column(rows, i, w);
	json_end_object(w);
}

static int write_rows(struct db *db, const struct sql *sql,
		      struct sql_args args, const char *key,
		      struct json_writer *w, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, sql, args, &rows, err) < 0)
		return -1;
	json_key_begin_array(w, key);
	while ((more = rows_next(rows, err)) > 0)
		write_row(rows, w);
	json_end_array(w);
	return more;
}

/* Whom campaigns went to, or left out: then there is no subject. */
static int write_campaigns(const struct exporting *x, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(x->db, SQL_EXPORT_CAMPAIGNS, SQL_ARGS(sql_int(x->id)),
		     &rows, err) < 0)
		return -1;
	json_key_begin_array(x->w, "campaigns");
	while ((more = rows_next(rows, err)) > 0) {
		json_begin_object(x->w);
		for (int i = 0; i < rows_columns(rows); i++)
			write_column(rows, i, x->w);
		json_key_text(x->w, "subject",
			      subject_of(x, rows_int(rows, 0), x->id));
		json_end_object(x->w);
	}
	json_end_array(x->w);
	return more;
}

/* Dynamic ones too: those that the person is in now. */
static int write_groups(const struct exporting *x, struct err *err)
{
	CLEANUP(vec_release) struct record_groups groups = VEC_INIT;

	if (group_list_of(x->db, ENTITY_PERSON, x->id, x->arena, &groups, err) <
	    0)
		return -1;
	json_key_begin_array(x->w, "groups");
	vec_each (&groups, g) {
		json_begin_object(x->w);
		json_key_text(x->w, "name", g->name);
		json_key_text(x->w, "kind", group_kind_name(g->kind));
		json_end_object(x->w);
	}
	json_end_array(x->w);
	return 0;
}

static int list_memos(struct db *db, enum memo_kind kind, int64_t id,
		      struct arena *arena, struct memos *out, struct err *err)
{
	const struct memo_filter filter = { .kind = kind,
					    .entity = ENTITY_PERSON,
					    .record_id = id,
					    .limit = MOST };

	return memo_list(db, &filter, arena, out, err);
}

static int write_memos(struct db *db, int64_t id, struct arena *arena,
		       struct json_writer *w, struct err *err)
{
	CLEANUP(vec_release) struct memos notes = VEC_INIT;
	CLEANUP(vec_release) struct memos tasks = VEC_INIT;

	if (list_memos(db, MEMO_NOTE, id, arena, &notes, err) < 0 ||
	    list_memos(db, MEMO_TASK, id, arena, &tasks, err) < 0)
		return -1;
	json_key_begin_array(w, "notes");
	vec_each (&notes, n) {
		json_begin_object(w);
		json_key_text(w, "body", n->text);
		json_key_time(w, "created_at", n->created_ms);
		json_end_object(w);
	}
	json_end_array(w);
	json_key_begin_array(w, "tasks");
	vec_each (&tasks, t) {
		json_begin_object(w);
		json_key_text(w, "title", t->text);
		json_key_time_or_null(w, "due_at", t->due_ms);
		json_key_time_or_null(w, "done_at", t->done_ms);
		json_end_object(w);
	}
	json_end_array(w);
	return 0;
}

static int write_communications(const struct exporting *x, struct err *err)
{
	struct json_writer *w = x->w;
	CLEANUP(vec_release) struct communications list = VEC_INIT;
	struct communication_page page = { .limit = MOST };

	if (communication_list(x->db, ENTITY_PERSON, x->id, &page, x->arena,
			       &list, err) < 0)
		return -1;
	json_key_begin_array(w, "communications");
	vec_each (&list, c) {
		json_begin_object(w);
		json_key_text(w, "kind", c->kind);
		json_key_text(w, "direction", c->direction);
		json_key_text(w, "subject",
			      c->campaign_id ? subject_of(x, c->campaign_id,
							  c->person_id)
					     : c->subject);
		json_key_text(w, "body", c->body);
		json_key_text(w, "status", c->status);
		json_key_time(w, "at", c->at_ms);
		json_end_object(w);
	}
	json_end_array(w);
	return 0;
}

int person_export(struct db *db, int64_t id,
		  const struct export_subjects *subjects, struct arena *arena,
		  struct strbuf *out, struct err *err)
{
	struct json_writer w = JSON_WRITER(out);
	const struct exporting x = { db, id, subjects, arena, &w };
	struct record r;

	if (record_get_whole(db, ENTITY_PERSON, id, arena, &r, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key(&w, "person");
	record_format(&r, &w);
	if (write_rows(db, SQL_EXPORT_ADDRESSES, SQL_ARGS(sql_int(id)),
		       "addresses", &w, err) < 0 ||
	    write_rows(db, SQL_EXPORT_CONSENT,
		       SQL_ARGS(sql_int(ENTITY_PERSON), sql_int(id)), "consent",
		       &w, err) < 0 ||
	    write_groups(&x, err) < 0 || write_campaigns(&x, err) < 0 ||
	    write_rows(db, SQL_EXPORT_ACTIVITY, SQL_ARGS(sql_int(id)),
		       "activity", &w, err) < 0 ||
	    write_rows(db, SQL_EXPORT_AUDIT, SQL_ARGS(sql_int(id)), "audit", &w,
		       err) < 0 ||
	    write_memos(db, id, arena, &w, err) < 0 ||
	    write_communications(&x, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}
