/* Pushes of groups, the sync with the audience, and its webhooks. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "bridge/bridge.h"
#include "bridge/push_list.h"
#include "bridge/push_plan.h"
#include "crm/audit.h"
#include "crm/group/group.h"

#include <string.h>

/* What a webhook of the audience may tell us; the rest is not kept. */
static const char *const hook_fields[] = {
	"type",
	"fired_at",
	"data[list_id]",
	"data[email]",
	"data[action]",
	"data[reason]",
	"data[ip_opt]",
	"data[campaign_id]",
	"data[new_email]",
	"data[old_email]",
};

static int enqueue(struct request *rq, struct response *rs,
		   const struct job_new *job, struct tx *tx, struct err *err)
{
	int64_t id;

	if (job_add(tx, job, rq->now_ms, &id, err) < 0 ||
	    v1_commit(rq, tx, err) < 0)
		return -1;
	v1_accepted(rs, id);
	return 0;
}

/* Before there is a job that would fail. */
static int check_push(struct request *rq, struct db *db, int64_t group_id,
		      int64_t plan_id, struct err *err)
{
	struct group group;

	if (group_get(db, group_id, rq->arena, &group, err) < 0)
		return -1;
	if (group.entity != ENTITY_PERSON)
		return err_set(err, ERR_CONFLICT,
			       "only groups of people can be pushed; this is "
			       "one of %s",
			       entity_name(group.entity));
	return plan_id ? push_plan_check(db, &group, plan_id, rq->arena, err)
		       : 0;
}

static const char *push_payload(int64_t group_id, int64_t plan_id, bool dry_run,
				struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_object(&w);
	json_key_int(&w, "group_id", group_id);
	json_key_bool(&w, "dry_run", dry_run);
	json_key_id(&w, "plan_id", plan_id);
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&text));
}

int v1_groups_push(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "dry_run", "plan_id", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = { .kind = "push", .user_id = rq->caller.user_id };
	int64_t id, plan_id = 0;
	const json_t *body;
	bool dry_run = false;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_bool(body, "dry_run", &dry_run, err) < 0 ||
	    json_get_int(body, "plan_id", &plan_id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    check_push(rq, db, id, plan_id, err) < 0)
		return -1;
	job.payload = push_payload(id, plan_id, dry_run, rq->arena);
	if (!dry_run) /* one waits at a time; plans are free */
		job.single_key =
			arena_printf(rq->arena, "push/%lld", (long long)id);
	return enqueue(rq, rs, &job, &tx, err);
}

static enum push_kind push_kind_of(const struct request *rq)
{
	if (!request_query(rq, "dry_run"))
		return PUSH_ANY;
	return request_query_bool(rq, "dry_run", false) ? PUSH_PLAN : PUSH_REAL;
}

int v1_groups_pushes(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct push_infos list = VEC_INIT;
	struct push_filter f = { .kind = push_kind_of(rq) };
	struct json_writer w = JSON_WRITER(&rs->body);
	struct group group;
	const char *next;
	int64_t limit, total = 0;

	if (request_param_id(rq, "group_id", &f.group_id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 ||
	    v1_before(rq, &f.before_id, err) < 0 ||
	    request_query_int(rq, "job_id", 1, INT64_MAX, &f.job_id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_get(db, f.group_id, rq->arena, &group, err) < 0)
		return -1;
	f.limit = limit + 1;
	if (push_list(db, &f, rq->arena, &list, &total, err) < 0)
		return -1;
	next = v1_cut(rq, &list, limit, id);
	v1_list_begin(&w);
	vec_each (&list, p)
		push_format(p, &w);
	v1_list_end(&w, total, next);
	return 0;
}

int v1_pushes_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct push_info push;
	int64_t id;

	if (request_param_id(rq, "push_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    push_get(db, id, rq->arena, &push, err) < 0)
		return -1;
	push_format(&push, &w);
	return 0;
}

static void format_row(const struct push_row *r, struct json_writer *w)
{
	json_begin_object(w);
	json_key_id(w, "person_id", r->person_id > 0 ? r->person_id : 0);
	json_key_text(w, "name", r->name);
	json_key_bool(w, "deleted", r->is_gone);
	json_key_text(w, "address", r->address);
	json_key_text(w, "action", r->action);
	json_key_text(w, "outcome", r->outcome);
	json_key_text(w, "reason", r->reason);
	json_key_text(w, "detail", r->detail);
	json_key_raw(w, "dropped", r->dropped ? str_of(r->dropped) : STR("[]"));
	json_end_object(w);
}

/* "AFTER.TOTAL": rows go up by person, from below zero, and are counted with
 * the first page only. */
static int read_after(const struct request *rq, int64_t *after, int64_t *total,
		      struct err *err)
{
	struct str rest = str_of(request_query(rq, "cursor"));

	*after = 0;
	*total = -1;
	if (rest.len == 0)
		return 0;
	if (!str_to_int(str_cut(&rest, '.'), after) ||
	    (rest.len > 0 && (!str_to_int(rest, total) || *total < 0)))
		return err_field(err, "cursor", "not a cursor of this list");
	return 0;
}

int v1_pushes_rows(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct push_rows list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct push_row_filter f = { .action = request_query(rq, "action"),
				     .outcome = request_query(rq, "outcome"),
				     .reason = request_query(rq, "reason"),
				     .q = request_query(rq, "q") };
	struct push_info push;
	const char *next;
	int64_t limit, total;

	if (request_param_id(rq, "push_id", &f.push_id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 ||
	    read_after(rq, &f.after_id, &total, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    push_get(db, f.push_id, rq->arena, &push, err) < 0)
		return -1;
	f.limit = limit + 1;
	if (push_row_list(db, &f, rq->arena, &list, &total, err) < 0)
		return -1;
	next = v1_cut(rq, &list, limit, person_id);
	if (next)
		next = arena_printf(rq->arena, "%s.%lld", next,
				    (long long)total);
	v1_list_begin(&w);
	vec_each (&list, r)
		format_row(r, &w);
	v1_list_end(&w, total, next);
	return 0;
}

/* --- sync --- */

int v1_sync_run(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = { .kind = "sync",
			       .user_id = rq->caller.user_id,
			       .single_key = "sync" };
	const json_t *body;
	bool full = false;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_bool(body, "full", &full, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0)
		return -1;
	job.payload = full ? "{\"full\":true}" : "{\"full\":false}";
	return enqueue(rq, rs, &job, &tx, err);
}

int v1_sync_audience_get(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *id;

	if (v1_db(rq, &db, err) < 0 ||
	    bridge_audience_chosen(db, rq->arena, &id, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_text(&w, "audience_id", id);
	json_end_object(&w);
	return 0;
}

/* A whole sync with it follows, which tells if it is there. */
int v1_sync_audience_put(struct request *rq, struct response *rs,
			 struct err *err)
{
	static const char *const known[] = { "audience_id", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = { .kind = "sync",
			       .payload = "{\"full\":true}",
			       .user_id = rq->caller.user_id,
			       .single_key = "sync" };
	const char *id = "";
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "audience_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    bridge_audience_choose(&tx, id ? id : "", err) < 0)
		return -1;
	return enqueue(rq, rs, &job, &tx, err);
}

int v1_sync_parked(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct parked_list list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *next;
	int64_t before, limit, total = 0;

	if (v1_limit(rq, &limit, err) < 0 || v1_before(rq, &before, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    parked_list(db, before, limit + 1, rq->arena, &list, &total, err) <
		    0)
		return -1;
	next = v1_cut(rq, &list, limit, id);
	v1_list_begin(&w);
	vec_each (&list, p) {
		json_begin_object(&w);
		json_key_int(&w, "id", p->id);
		json_key_text(&w, "kind", p->kind);
		json_key_id(&w, "person_id", p->person_id);
		json_key_text(&w, "error", p->error);
		json_key_int(&w, "attempts", p->attempts);
		json_key_time(&w, "at", p->at_ms);
		json_end_object(&w);
	}
	v1_list_end(&w, total, next);
	return 0;
}

/* --- webhooks of the audience --- */

/* The URL is the capability: the secret is compared in constant time. */
static int check_secret(struct request *rq, struct db *db, struct err *err)
{
	const char *given = request_param(rq, "secret");
	const char *secret;
	int found = bridge_hook_secret(db, rq->arena, &secret, err);

	if (found < 0)
		return -1;
	if (found && strlen(given) == strlen(secret) &&
	    crypto_equal(given, secret, strlen(secret)))
		return 0;
	return err_set(err, ERR_NOT_FOUND, "there is no such webhook");
}

int v1_sync_renew_hook(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	int64_t id;

	if (v1_begin(rq, &db, &tx, err) < 0 ||
	    bridge_renew_hook(&tx, rq->now_ms, &id, err) < 0 ||
	    audit_add(&tx, &actor, "hook.renew", (enum entity)0, 0, NULL, err) <
		    0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	v1_accepted(rs, id);
	return 0;
}

int v1_hooks_check(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 || check_secret(rq, db, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "ok", true);
	json_end_object(&w);
	return 0;
}

int v1_hooks_receive(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf fields = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&fields);
	struct json_writer reply = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 || check_secret(rq, db, err) < 0)
		return -1;
	json_begin_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(hook_fields); i++) {
		const char *value = request_form(rq, hook_fields[i]);

		if (value)
			json_key_text(&w, hook_fields[i], value);
	}
	json_end_object(&w);
	if (tx_begin(db, &tx, err) < 0 ||
	    bridge_hook(&tx, fields.buf, rq->now_ms, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	json_begin_object(&reply);
	json_key_bool(&reply, "ok", true);
	json_end_object(&reply);
	return 0;
}
