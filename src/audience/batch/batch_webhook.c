#include "audience/batch/batch_webhook.h"

#include "audience/must_exist.h"
#include "audience/webhook_private.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "jobs/job.h"
#include "sql/batch_webhook.h"
#include "store/db.h"
#include "store/update.h"

#define HEX_DIGITS 10

static void read_hook(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct batch_webhook *)out = (struct batch_webhook){
		.id = rows_int(rows, 0),
		.hex = rows_dup(rows, 1, arena),
		.slot = (int)rows_int(rows, 2),
		.url = rows_dup(rows, 3, arena),
		.is_enabled = rows_int(rows, 4) != 0,
	};
}

int batch_webhook_list(struct db *db, struct arena *arena,
		       struct batch_webhooks *out, struct err *err)
{
	return db_list(db, SQL_BATCH_WEBHOOK_LIST, SQL_NO_ARGS, read_hook,
		       arena, out, err);
}

int batch_webhook_get(struct db *db, const char *hex, struct arena *arena,
		      struct batch_webhook *out, struct err *err)
{
	return must_exist(db_get(db, SQL_BATCH_WEBHOOK_GET,
				 SQL_ARGS(sql_text(hex)), read_hook, arena, out,
				 err),
			  err);
}

/* --- changes --- */

static int read_body(struct db *db, const json_t *body,
		     struct batch_webhook *hook, struct arena *arena,
		     struct err *err)
{
	CLEANUP(vec_release) struct batch_webhooks all = VEC_INIT;

	if (json_get_text(body, "url", &hook->url, err) < 0 ||
	    json_get_bool(body, "enabled", &hook->is_enabled, err) < 0 ||
	    webhook_url_check(hook->url, err) < 0 ||
	    batch_webhook_list(db, arena, &all, err) < 0)
		return -1;
	vec_each (&all, other)
		if (other->id != hook->id &&
		    webhook_same_place(other->url, hook->url))
			return webhook_url_is_taken(err);
	hook->url = arena_strdup(arena, hook->url);
	return 0;
}

/* The lowest that nobody has: 1 and up. */
static int free_slot(struct db *db, struct arena *arena, int *out,
		     struct err *err)
{
	CLEANUP(vec_release) struct batch_webhooks all = VEC_INIT;
	bool taken[BATCH_WEBHOOKS_MAX + 1] = { false };

	if (batch_webhook_list(db, arena, &all, err) < 0)
		return -1;
	vec_each (&all, hook)
		if (hook->slot > 0 && hook->slot <= BATCH_WEBHOOKS_MAX)
			taken[hook->slot] = true;
	for (*out = 1; *out <= BATCH_WEBHOOKS_MAX; (*out)++)
		if (!taken[*out])
			return 0;
	return err_set(err, ERR_CONFLICT,
		       "There can be %d batch webhooks at most: remove one "
		       "first",
		       BATCH_WEBHOOKS_MAX);
}

int batch_webhook_add(struct tx *tx, const json_t *body, int64_t now_ms,
		      struct arena *arena, struct batch_webhook *out,
		      struct err *err)
{
	struct batch_webhook hook = { .url = "", .is_enabled = true };
	char hex[HEX_DIGITS + 1];

	random_hex(hex, HEX_DIGITS);
	if (read_body(tx->db, body, &hook, arena, err) < 0 ||
	    free_slot(tx->db, arena, &hook.slot, err) < 0)
		return -1;
	if (db_exec(tx, SQL_BATCH_WEBHOOK_ADD,
		    SQL_ARGS(sql_text(hex), sql_int(hook.slot),
			     sql_text(hook.url), sql_int(hook.is_enabled),
			     sql_int(now_ms)),
		    err) < 0)
		return db_lost_race(err);
	return batch_webhook_get(tx->db, hex, arena, out, err);
}

int batch_webhook_update(struct tx *tx, const char *hex, const json_t *body,
			 struct arena *arena, struct batch_webhook *out,
			 struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("batch_webhook");
	struct batch_webhook before, hook;

	if (batch_webhook_get(tx->db, hex, arena, &before, err) < 0)
		return -1;
	hook = before;
	if (read_body(tx->db, body, &hook, arena, err) < 0)
		return -1;
	update_text(&u, "url", before.url, hook.url);
	update_int(&u, "is_enabled", before.is_enabled, hook.is_enabled);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(hook.id)), err) < 0)
		return db_lost_race(err);
	*out = hook;
	return 0;
}

int batch_webhook_remove(struct tx *tx, const char *hex, struct err *err)
{
	return must_exist(db_exec(tx, SQL_BATCH_WEBHOOK_REMOVE,
				  SQL_ARGS(sql_text(hex)), err),
			  err);
}

int batch_webhook_disable(struct db *db, int64_t id, struct err *err)
{
	return db_write(db, SQL_BATCH_WEBHOOK_DISABLE, SQL_ARGS(sql_int(id)),
			err);
}

/* --- telling --- */

int batch_webhook_enqueue(struct tx *tx, const struct api_batch *batch,
			  int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct batch_webhooks all = VEC_INIT;
	int64_t job_id;

	if (batch_webhook_list(tx->db, arena, &all, err) < 0)
		return -1;
	vec_each (&all, hook) {
		const char *payload =
			arena_printf(arena,
				     "{\"webhook_id\":%lld,\"batch_id\":%lld,"
				     "\"fired_ms\":%lld}",
				     (long long)hook->id, (long long)batch->id,
				     (long long)now_ms);

		if (hook->is_enabled &&
		    job_add(tx,
			    &(struct job_new){ .kind = BATCH_WEBHOOK_JOB,
					       .payload = payload },
			    now_ms, &job_id, err) < 0)
			return -1;
	}
	return 0;
}

int batch_webhook_news(struct db *db, const char *payload, struct arena *arena,
		       struct batch_news *out, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	int64_t hook_id = 0;
	int found;

	if (json_parse(str_of(payload), &tree, err) < 0 ||
	    json_get_int(tree, "webhook_id", &hook_id, err) < 0 ||
	    json_get_int(tree, "fired_ms", &out->fired_ms, err) < 0)
		return -1;
	found = db_get(db, SQL_BATCH_WEBHOOK_OF_ID, SQL_ARGS(sql_int(hook_id)),
		       read_hook, arena, &out->hook, err);
	if (found > 0 && !out->hook.is_enabled)
		found = 0;
	return found > 0
		       ? api_batch_of_job(db, payload, arena, &out->batch, err)
		       : found;
}
