/* Notes and tasks of records: the same for both. */
#include "crm/memo.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

/* How the two differ. */
static const struct {
	const char *id_name; /* in the path */
	const char *settable[7], *changeable[5];
} resources[] = {
	[MEMO_NOTE] = { "note_id",
			{ "entity", "record_id", "body", NULL },
			{ "body", NULL } },
	[MEMO_TASK] = { "task_id",
			{ "entity", "record_id", "title", "due_at", "done_at",
			  "user_id", NULL },
			{ "title", "due_at", "done_at", "user_id", NULL } },
};

static void format(const struct memo *m, struct json_writer *w)
{
	bool is_task = m->kind == MEMO_TASK;

	json_begin_object(w);
	json_key_int(w, "id", m->id);
	json_key_text(w, "entity", entity_name(m->entity));
	json_key_int(w, "record_id", m->record_id);
	json_key_text(w, is_task ? "title" : "body", m->text);
	if (is_task) {
		json_key_time_or_null(w, "due_at", m->due_ms);
		json_key_time_or_null(w, "done_at", m->done_ms);
	}
	json_key_id(w, "user_id", m->user_id);
	json_key_time(w, "created_at", m->created_ms);
	json_key_time(w, "updated_at", m->updated_ms);
	json_end_object(w);
}

/* As it is now, for the reply and its ETag. */
static void reply(struct request *rq, struct response *rs, const struct memo *m)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	format(m, &w);
	v1_etag(rq, rs, strbuf_str(&rs->body));
}

/* To be changed or removed: locked, and what the caller has read. */
static int lock(struct request *rq, struct db *db, struct memo *out,
		struct err *err)
{
	enum memo_kind kind = (enum memo_kind)rq->argument;
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&shown);
	int64_t id;

	if (request_param_id(rq, resources[kind].id_name, &id, err) < 0 ||
	    memo_get(db, kind, id, rq->arena, out, err) < 0)
		return -1;
	format(out, &w);
	return v1_if_match(rq, strbuf_str(&shown), err);
}

/* Whose, and which page: the parameters of a list. */
static int read_filter(const struct request *rq, struct memo_filter *out,
		       struct err *err)
{
	if (v1_entity(request_query(rq, "entity"), &out->entity, err) < 0 ||
	    request_query_int(rq, "record_id", 1, INT64_MAX, &out->record_id,
			      err) < 0 ||
	    v1_limit(rq, &out->limit, err) < 0 ||
	    v1_before(rq, &out->before_id, err) < 0)
		return -1;
	if (!out->record_id)
		return err_field(err, "record_id", "missing");
	return 0;
}

/* The record that a new one is for. */
static int read_record(const json_t *body, struct memo *m, struct err *err)
{
	const char *name = NULL;

	if (json_get_text(body, "entity", &name, err) < 0 ||
	    v1_entity(name, &m->entity, err) < 0 ||
	    json_get_int(body, "record_id", &m->record_id, err) < 0)
		return -1;
	return 0;
}

/* What is written on it. */
static int read_content(const json_t *body, struct memo *m, struct err *err)
{
	if (m->kind == MEMO_NOTE)
		return json_get_text(body, "body", &m->text, err) < 0 ? -1 : 0;
	if (json_is_null(json_object_get(body, "user_id")))
		m->user_id = 0;
	if (json_get_text(body, "title", &m->text, err) < 0 ||
	    v1_get_time(body, "due_at", &m->due_ms, err) < 0 ||
	    v1_get_time(body, "done_at", &m->done_ms, err) < 0 ||
	    json_get_int(body, "user_id", &m->user_id, err) < 0)
		return -1;
	return 0;
}

int v1_memo_list(struct request *rq, struct response *rs, struct err *err)
{
	enum memo_kind kind = (enum memo_kind)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct memos memos = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct memo_filter filter = { .kind = kind };
	const char *next;
	int64_t total = 0;

	if (read_filter(rq, &filter, err) < 0)
		return -1;
	filter.limit++; /* one more says whether there is a next page */
	if (v1_db(rq, &db, err) < 0 ||
	    memo_list(db, &filter, rq->arena, &memos, err) < 0 ||
	    memo_count(db, &filter, &total, err) < 0)
		return -1;
	next = v1_cut(rq, &memos, filter.limit - 1, id);
	v1_list_begin(&w);
	vec_each (&memos, m)
		format(m, &w);
	v1_list_end(&w, total, next);
	return 0;
}

int v1_memo_create(struct request *rq, struct response *rs, struct err *err)
{
	enum memo_kind kind = (enum memo_kind)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct memo m = { .kind = kind, .user_id = actor.user_id };
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    v1_only(body, resources[kind].settable, err) < 0 ||
	    read_record(body, &m, err) < 0 || read_content(body, &m, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    memo_add(&tx, &m, &actor, err) < 0 || v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	reply(rq, rs, &m);
	return 0;
}

int v1_memo_get(struct request *rq, struct response *rs, struct err *err)
{
	enum memo_kind kind = (enum memo_kind)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	struct memo m;
	int64_t id;

	if (request_param_id(rq, resources[kind].id_name, &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    memo_get(db, kind, id, rq->arena, &m, err) < 0)
		return -1;
	reply(rq, rs, &m);
	return 0;
}

int v1_memo_patch(struct request *rq, struct response *rs, struct err *err)
{
	enum memo_kind kind = (enum memo_kind)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct memo before, m;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    v1_only(body, resources[kind].changeable, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 || lock(rq, db, &before, err) < 0)
		return -1;
	m = before;
	if (read_content(body, &m, err) < 0 ||
	    memo_update(&tx, &before, &m, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	reply(rq, rs, &m);
	return 0;
}

int v1_memo_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct memo m;

	if (v1_begin(rq, &db, &tx, err) < 0 || lock(rq, db, &m, err) < 0 ||
	    memo_remove(&tx, m.kind, m.id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
