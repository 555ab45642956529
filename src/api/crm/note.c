/* Notes and tasks of records. */
#include "crm/note.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

/* Whose: the parameters of a list. */
struct whose {
	enum entity entity;
	int64_t record_id, limit, before;
};

static int read_whose(const struct request *rq, struct whose *out,
		      struct err *err)
{
	out->record_id = 0;
	if (v1_entity(request_query(rq, "entity"), &out->entity, err) < 0 ||
	    request_query_int(rq, "record_id", 1, INT64_MAX, &out->record_id,
			      err) < 0 ||
	    v1_limit(rq, &out->limit, err) < 0 ||
	    v1_before(rq, &out->before, err) < 0)
		return -1;
	if (!out->record_id)
		return err_field(err, "record_id", "missing");
	return 0;
}

/* The record that a new note or task is for. */
static int read_record(const json_t *body, enum entity *entity,
		       int64_t *record_id, struct err *err)
{
	const char *name = NULL;

	if (json_get_text(body, "entity", &name, err) < 0 ||
	    v1_entity(name, entity, err) < 0 ||
	    json_get_int(body, "record_id", record_id, err) < 0)
		return -1;
	return 0;
}

/* --- notes --- */

static void format_note(const struct note *n, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", n->id);
	json_key_text(w, "entity", entity_name(n->entity));
	json_key_int(w, "record_id", n->record_id);
	json_key_text(w, "body", n->body);
	v1_key_id(w, "user_id", n->user_id);
	json_key_time(w, "created_at", n->created_ms);
	json_key_time(w, "updated_at", n->updated_ms);
	json_end_object(w);
}

int v1_notes_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct notes notes = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *next = NULL;
	struct whose whose;
	int64_t total = 0;

	if (read_whose(rq, &whose, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    note_list(db, whose.entity, whose.record_id, whose.before,
		      whose.limit + 1, rq->arena, &notes, err) < 0 ||
	    note_count(db, whose.entity, whose.record_id, &total, err) < 0)
		return -1;
	if ((int64_t)notes.n > whose.limit)
		next = v1_next(rq, notes.v[--notes.n - 1].id);
	v1_list_begin(&w);
	vec_each (&notes, n)
		format_note(n, &w);
	v1_list_end(&w, total, next);
	return 0;
}

int v1_notes_create(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "entity", "record_id", "body",
					     NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	struct note n = { .id = 0 };
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    read_record(body, &n.entity, &n.record_id, err) < 0 ||
	    json_get_text(body, "body", &n.body, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    note_add(&tx, &n, &actor, err) < 0 || v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	format_note(&n, &w);
	return 0;
}

int v1_notes_patch(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "body", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	const json_t *body;
	struct note n;
	int64_t id;

	if (request_param_id(rq, "note_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    note_get(db, id, rq->arena, &n, err) < 0 ||
	    json_get_text(body, "body", &n.body, err) < 0 ||
	    note_update(&tx, &n, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	n.updated_ms = rq->now_ms;
	format_note(&n, &w);
	return 0;
}

int v1_notes_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;

	if (request_param_id(rq, "note_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 || note_remove(&tx, id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

/* --- tasks --- */

static void format_task(const struct task *t, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", t->id);
	json_key_text(w, "entity", entity_name(t->entity));
	json_key_int(w, "record_id", t->record_id);
	json_key_text(w, "title", t->title);
	json_key_time_or_null(w, "due_at", t->due_ms);
	json_key_time_or_null(w, "done_at", t->done_ms);
	v1_key_id(w, "user_id", t->user_id);
	json_key_time(w, "created_at", t->created_ms);
	json_key_time(w, "updated_at", t->updated_ms);
	json_end_object(w);
}

int v1_tasks_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct tasks tasks = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *next = NULL;
	struct whose whose;
	int64_t total = 0;

	if (read_whose(rq, &whose, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    task_list(db, whose.entity, whose.record_id, whose.before,
		      whose.limit + 1, rq->arena, &tasks, err) < 0 ||
	    task_count(db, whose.entity, whose.record_id, &total, err) < 0)
		return -1;
	if ((int64_t)tasks.n > whose.limit)
		next = v1_next(rq, tasks.v[--tasks.n - 1].id);
	v1_list_begin(&w);
	vec_each (&tasks, t)
		format_task(t, &w);
	v1_list_end(&w, total, next);
	return 0;
}

static int read_task(const json_t *body, struct task *t, struct err *err)
{
	if (json_is_null(json_object_get(body, "user_id")))
		t->user_id = 0;
	if (json_get_text(body, "title", &t->title, err) < 0 ||
	    v1_get_time(body, "due_at", &t->due_ms, err) < 0 ||
	    v1_get_time(body, "done_at", &t->done_ms, err) < 0 ||
	    json_get_int(body, "user_id", &t->user_id, err) < 0)
		return -1;
	return 0;
}

int v1_tasks_create(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "entity", "record_id", "title",
					     "due_at", "done_at",   "user_id",
					     NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	struct task t = { .user_id = actor.user_id };
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    read_record(body, &t.entity, &t.record_id, err) < 0 ||
	    read_task(body, &t, err) < 0 || v1_begin(rq, &db, &tx, err) < 0 ||
	    task_add(&tx, &t, &actor, err) < 0 || v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	format_task(&t, &w);
	return 0;
}

int v1_tasks_patch(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "title", "due_at", "done_at",
					     "user_id", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	const json_t *body;
	struct task before, t;
	int64_t id;

	if (request_param_id(rq, "task_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    task_get(db, id, rq->arena, &before, err) < 0)
		return -1;
	t = before;
	if (read_task(body, &t, err) < 0 ||
	    task_update(&tx, &before, &t, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	t.updated_ms = rq->now_ms;
	format_task(&t, &w);
	return 0;
}

int v1_tasks_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;

	if (request_param_id(rq, "task_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 || task_remove(&tx, id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
