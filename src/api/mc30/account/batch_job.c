#include "api/mc30/account/batch_job.h"

#include "api/api.h"
#include "audience/batch/batch_webhook.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/thread/stop.h"
#include "crm/user/identity.h"
#include "http/call.h"

#include <string.h>

#define BARRED "/3.0/batches" /* no batch makes, reads or ends another */
#define PAGE 1000
#define NOTE_BYTES ((size_t)256 << 10) /* noted before there is more */
#define NOTE_MS MS_SECOND
#define TRIES 5 /* of an operation that others are in the way of */
#define TRY_MS 200

struct work {
	struct job_run *run;
	const struct api *api;
	struct api_batch batch;
	struct strbuf answers; /* not noted yet */
	int64_t noted_ms;
};

/* As of now: a key may be revoked, a user disabled. */
static int find_caller(struct work *w, struct arena *arena, struct caller *out,
		       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct identity id = { 0 };
	int found;

	*out = (struct caller){ 0 };
	if (store_get(w->run->store, STORE_CRM, &db, err) < 0)
		return -1;
	found = identity_find_later(db, w->batch.user_id, w->batch.key_id,
				    arena, &id, err);
	if (found > 0)
		*out = (struct caller){ .user_id = id.user_id,
					.key_id = id.key_id,
					.role = (int)id.role,
					.may_send = id.may_send,
					.by_session = id.by_session,
					.name = id.name };
	return found < 0 ? -1 : 0;
}

/* --- pages --- */

/* The value of a parameter of a query, or NULL. */
static const char *parameter(const char *query, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = query; at; at = strchr(at, '&')) {
		at += *at == '&';
		if (strncmp(at, name, len) == 0 && at[len] == '=')
			return at + len + 1;
	}
	return NULL;
}

static bool reads_all(const struct api_operation *op)
{
	return strcmp(op->method, "GET") == 0 && !parameter(op->query, "count");
}

/* What is written first counts. */
static const char *query_of(const struct work *w,
			    const struct api_operation *op, struct arena *arena)
{
	const char *offset = parameter(op->query, "offset");
	long long from = offset ? strtoll(offset, NULL, 10) : 0;

	if (!reads_all(op) || from < 0)
		return op->query;
	return arena_printf(arena, "count=%d&offset=%lld&%s", PAGE,
			    from + (long long)w->batch.next_offset, op->query);
}

/* Is it a page of a collection, and is that full? What does not page at all is
 * as long as it says. */
static bool has_more(struct str body, int64_t offset)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	int64_t total = INT64_MAX;
	const char *name;
	const json_t *value;

	if (json_parse(body, &tree, &ignored) < 0 || !json_is_object(tree) ||
	    json_get_int(tree, "total_items", &total, &ignored) < 0 ||
	    offset + PAGE >= total)
		return false;
	json_object_foreach (tree, name, value)
		if (json_array_size(value) == PAGE &&
		    strcmp(name, "_links") != 0)
			return true;
	return false;
}

static void move_on(struct work *w, const struct api_operation *op,
		    const struct http_reply *reply)
{
	w->batch.finished++;
	w->batch.errored += reply->status >= 400;
	if (reads_all(op) && reply->status == 200 &&
	    has_more(reply->body, w->batch.next_offset)) {
		w->batch.total++;
		w->batch.next_offset += PAGE;
		return;
	}
	w->batch.next_nr = op->nr + 1;
	w->batch.next_offset = 0;
}

/* --- one operation --- */

static int ask(struct work *w, const struct api_operation *op,
	       struct arena *arena, struct http_reply *out, struct err *err)
{
	struct http_call call = {
		.method = op->method,
		.path = op->path,
		.query = query_of(w, op, arena),
		.body = str_of(op->body),
		.client_ip = "",
		.barred = BARRED,
	};

	for (int i = 0; i < TRIES; i++) {
		if (find_caller(w, arena, &call.caller, err) < 0)
			return -1;
		http_call(w->api->router, &call, arena, out);
		if (out->status == 507)
			return err_set(err, ERR_FULL, "the disk is full");
		if (out->status != 503)
			return 0;
		if (stop_check(err) < 0)
			return -1;
		stop_pause_ms(TRY_MS << i);
	}
	return 0;
}

static void add_answer(struct work *w, const struct api_operation *op,
		       const struct http_reply *reply)
{
	struct json_writer out = JSON_WRITER(&w->answers);

	if (w->answers.len > 0)
		strbuf_addch(&w->answers, ',');
	json_begin_object(&out);
	json_key_int(&out, "status_code", reply->status);
	json_key_text(&out, "operation_id", op->operation_id);
	json_key(&out, "response");
	json_str(&out, reply->body);
	json_end_object(&out);
}

static int note(struct work *w, struct err *err)
{
	if (api_batch_note(w->run, &w->batch, strbuf_str(&w->answers), err) < 0)
		return -1;
	strbuf_reset(&w->answers);
	w->noted_ms = clock_monotonic_ms();
	return 0;
}

/* What has changed something is never to be done again; to read again harms
 * nobody. */
static bool is_to_be_noted(const struct work *w, const struct api_operation *op)
{
	return strcmp(op->method, "GET") != 0 || w->answers.len >= NOTE_BYTES ||
	       clock_monotonic_ms() - w->noted_ms >= NOTE_MS;
}

/* 1, 0: there is none any more. */
static int do_next(struct work *w, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct http_reply reply;
	struct api_operation op;
	int found;

	if (stop_check(err) < 0)
		return -1;
	found = api_batch_next(w->run->db, &w->batch, arena, &op, err);
	if (found <= 0)
		return found;
	if (ask(w, &op, arena, &reply, err) < 0)
		return -1;
	add_answer(w, &op, &reply);
	move_on(w, &op, &reply);
	return is_to_be_noted(w, &op) && note(w, err) < 0 ? -1 : 1;
}

static int complete(struct work *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();
	int first;

	if (note(w, err) < 0 || tx_begin(w->run->db, &tx, err) < 0)
		return -1;
	first = api_batch_complete(&tx, &w->batch, now_ms, err);
	if (first < 0 ||
	    (first && batch_webhook_enqueue(&tx, &w->batch, now_ms, err) < 0) ||
	    tx_commit(&tx, err) < 0)
		return -1;
	runner_wake(w->api->audience_jobs);
	return 0;
}

static int do_all(struct work *w, struct err *err)
{
	int more;

	while ((more = do_next(w, err)) > 0)
		;
	return more < 0 ? -1 : complete(w, err);
}

int batch_job(struct job_run *run, struct err *err)
{
	struct work w = { .run = run,
			  .api = run->context,
			  .answers = STRBUF_INIT };
	int found = api_batch_of_job(run->db, run->job->payload, run->arena,
				     &w.batch, err);
	int ret;

	if (found <= 0 || w.batch.completed_ms)
		return found < 0 ? -1 : 0;
	if (api_batch_start(run->db, &w.batch, clock_now_ms(), err) < 0)
		return -1;
	w.noted_ms = clock_monotonic_ms();
	ret = do_all(&w, err);
	strbuf_release(&w.answers);
	return ret;
}
