#include "crm/campaign/schedule.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/audit.h"
#include "crm/campaign/send_job.h"
#include "crm/user/identity.h"

#include "sql/crm_campaign.h"

#include <stdio.h>

#define KIND "campaign-send"

/* Of the job that sends it at a time; 0: at once. */
struct key {
	char text[64];
};

static struct key key_of(const struct crm_campaign *c, int64_t at_ms)
{
	struct key key;

	if (at_ms == 0)
		(void)snprintf(key.text, sizeof(key.text), "campaign-send:%lld",
			       (long long)c->id);
	else
		(void)snprintf(key.text, sizeof(key.text),
			       "campaign-send:%lld:%lld", (long long)c->id,
			       (long long)at_ms);
	return key;
}

/* Its job of that time that has not ended: 1, 0, -1. */
static int find_job(struct db *db, const struct crm_campaign *c, int64_t at_ms,
		    int64_t *id, enum job_state *state, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct key key = key_of(c, at_ms);
	struct job job;
	int found = job_find_active(db, key.text, id, err);

	if (found <= 0)
		return found;
	if (job_get(db, *id, arena, &job, err) < 0)
		return -1;
	*state = job.state;
	return 1;
}

/* The scheduled one that runs: 1, 0, -1. */
static int find_begun(struct db *db, const struct crm_campaign *c, int64_t *id,
		      struct err *err)
{
	enum job_state state = JOB_QUEUED;
	int found;

	if (c->schedule_ms == 0)
		return 0;
	found = find_job(db, c, c->schedule_ms, id, &state, err);
	return found > 0 ? state == JOB_RUNNING : found;
}

int campaign_send_is_ordered(struct db *db, const struct crm_campaign *c,
			     struct err *err)
{
	enum job_state state = JOB_QUEUED;
	int64_t id = 0;
	int found = find_job(db, c, 0, &id, &state, err);

	return found ? found : find_begun(db, c, &id, err);
}

int campaign_send_may_change(struct db *db, const struct crm_campaign *c,
			     struct err *err)
{
	enum job_state state = JOB_QUEUED;
	int64_t id = 0;
	int begun = find_job(db, c, 0, &id, &state, err);

	/* what waits for a user reads all of it anew */
	if (begun > 0)
		begun = state != JOB_NEEDS_CONFIRMATION;
	if (begun == 0)
		begun = find_begun(db, c, &id, err);
	if (begun > 0)
		return err_set(err, ERR_CONFLICT,
			       "its sending has begun: nothing of it can be "
			       "changed any more");
	return begun;
}

/* --- setting, changing, taking back --- */

/* which: when it goes, or what whoever opens the draft next finds chosen. */
static int set_time(struct tx *tx, const struct sql *which, int64_t id,
		    int64_t at_ms, struct err *err)
{
	return db_exec(tx, which, SQL_ARGS(sql_id_or_null(at_ms), sql_int(id)),
		       err) < 0
		       ? -1
		       : 0;
}

static int note_order(struct tx *tx, int64_t campaign_id, int64_t at_ms,
		      const struct actor *actor, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf detail = STRBUF_INIT;

	if (actor->key_id)
		strbuf_addf(&detail, "{\"key_id\":%lld}",
			    (long long)actor->key_id);
	return audit_add(tx, actor,
			 at_ms != 0 ? "campaign.schedule" : "campaign.send",
			 (enum entity)0, campaign_id,
			 actor->key_id ? detail.buf : NULL, err);
}

static int add_job(struct tx *tx, const struct crm_campaign *c, int64_t at_ms,
		   const struct actor *actor, int64_t *id_out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&payload);
	struct key key = key_of(c, at_ms);
	struct job_new job = { .kind = KIND,
			       .user_id = actor->user_id,
			       .single_key = key.text,
			       .run_at_ms = at_ms };

	json_begin_object(&w);
	json_key_int(&w, "campaign_id", c->id);
	if (at_ms != 0)
		json_key_int(&w, "schedule_ms", at_ms);
	json_end_object(&w);
	job.payload = payload.buf;
	if (job_add(tx, &job, actor->now_ms, id_out, err) < 0 ||
	    send_job_put(tx, c->id, *id_out, err) < 0)
		return -1;
	return note_order(tx, c->id, at_ms, actor, err);
}

static int is_open(struct db *db, const struct crm_campaign *c, struct err *err)
{
	return crm_campaign_check_open(c, err) < 0
		       ? -1
		       : campaign_send_may_change(db, c, err);
}

/* A send that waits for a user's word is not what is wanted any more. */
static int drop_asking(struct tx *tx, const struct crm_campaign *c,
		       const struct actor *actor, struct err *err)
{
	enum job_state state = JOB_QUEUED;
	int64_t id = 0;
	int found = find_job(tx->db, c, 0, &id, &state, err);

	if (found <= 0)
		return found;
	return job_supersede(tx, id, "it was given another time, or taken back",
			     actor->now_ms, err) < 0
		       ? -1
		       : 0;
}

int campaign_schedule_set(struct tx *tx, const struct crm_campaign *c,
			  int64_t at_ms, const struct actor *actor,
			  struct err *err)
{
	int64_t job_id;

	if (is_open(tx->db, c, err) < 0 ||
	    crm_campaign_check_sender(c, err) < 0)
		return -1;
	if (c->test.what == AB_SEND_TIME)
		return err_field(err, "at",
				 "its A/B test has times of its own: send it, "
				 "and it waits for them");
	if (at_ms <= actor->now_ms)
		return err_field(err, "at", "must be a time to come");
	if (drop_asking(tx, c, actor, err) < 0 ||
	    crm_campaign_move(tx, c->id, CRM_CAMPAIGN_SCHEDULED, actor->now_ms,
			      err) < 0 ||
	    set_time(tx, SQL_CRM_CAMPAIGN_SCHEDULE, c->id, at_ms, err) < 0 ||
	    set_time(tx, SQL_CRM_CAMPAIGN_KEEP_TIME, c->id, at_ms, err) < 0)
		return -1;
	return add_job(tx, c, at_ms, actor, &job_id, err);
}

int campaign_schedule_drop(struct tx *tx, const struct crm_campaign *c,
			   const struct actor *actor, struct err *err)
{
	if (is_open(tx->db, c, err) < 0 || drop_asking(tx, c, actor, err) < 0 ||
	    crm_campaign_move(tx, c->id, CRM_CAMPAIGN_DRAFT, actor->now_ms,
			      err) < 0 ||
	    send_job_drop(tx, c->id, err) < 0 ||
	    crm_campaign_set_hold(tx, c->id, NULL, NULL, 0, err) < 0)
		return -1;
	return set_time(tx, SQL_CRM_CAMPAIGN_SCHEDULE, c->id, 0, err);
}

int campaign_send_now(struct tx *tx, const struct crm_campaign *c,
		      const struct actor *actor, int64_t *job_out,
		      struct err *err)
{
	enum job_state state = JOB_QUEUED;
	int found = find_job(tx->db, c, 0, job_out, &state, err);

	if (found == 0)
		found = find_begun(tx->db, c, job_out, err);
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (set_time(tx, SQL_CRM_CAMPAIGN_SCHEDULE, c->id, 0, err) < 0)
		return -1;
	return add_job(tx, c, 0, actor, job_out, err);
}

/* --- the job --- */

int campaign_send_is_allowed(struct db *db, const struct crm_campaign *c,
			     struct arena *arena, const char **why_out,
			     struct err *err)
{
	CLEANUP(json_free) json_t *detail = NULL;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t user_id, key_id = 0;
	int found;

	if (db_query(db, SQL_CRM_CAMPAIGN_ORDER, SQL_ARGS(sql_int(c->id)),
		     &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0) /* as it was before that was noted */
		return found < 0 ? -1 : 1;
	user_id = rows_int(rows, 0);
	if (!rows_is_null(rows, 1) &&
	    (json_parse(str_of(rows_text(rows, 1)), &detail, err) < 0 ||
	     json_get_int(detail, "key_id", &key_id, err) < 0))
		return -1;
	return identity_may_send(db, user_id, key_id, arena, why_out, err);
}

static bool is_void(const struct crm_campaign *c, int64_t at_ms)
{
	return at_ms != 0 &&
	       (c->schedule_ms != at_ms || c->status == CRM_CAMPAIGN_DRAFT);
}

static int read_payload(const char *payload, int64_t *id, int64_t *at_ms,
			struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;

	*id = *at_ms = 0;
	return json_parse(str_of(payload), &tree, err) < 0 ||
			       json_get_int(tree, "campaign_id", id, err) < 0 ||
			       json_get_int(tree, "schedule_ms", at_ms, err) < 0
		       ? -1
		       : 0;
}

int campaign_send_confirmed(struct tx *tx, const char *payload,
			    const struct actor *actor, struct err *err)
{
	int64_t id, at_ms;

	return read_payload(payload, &id, &at_ms, err) < 0
		       ? -1
		       : note_order(tx, id, at_ms, actor, err);
}

int campaign_send_take(struct db *db, const char *payload, struct arena *arena,
		       struct crm_campaign *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id, at_ms;

	if (read_payload(payload, &id, &at_ms, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    crm_campaign_get(db, id, arena, out, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return !is_void(out, at_ms);
}
