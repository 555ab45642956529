#include "crm/campaign/send_job.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

#include "sql/crm_campaign.h"
#include "sql/send_job.h"

#include <string.h>

static void read_job(const struct rows *rows, struct arena *arena, void *out)
{
	int64_t state = rows_int(rows, 1);

	*(struct send_job *)out = (struct send_job){
		.id = rows_int(rows, 0),
		.state = state ? (enum job_state)state : JOB_FAILED,
		.error = rows_dup(rows, 2, arena),
	};
}

int send_job_find(struct db *db, int64_t campaign_id, struct arena *arena,
		  struct send_job *out, struct err *err)
{
	return db_get(db, SQL_SEND_JOB_FIND, SQL_ARGS(sql_int(campaign_id)),
		      read_job, arena, out, err);
}

bool send_job_has_ended(const struct send_job *job)
{
	return job->state == JOB_DONE || job->state == JOB_FAILED ||
	       job->state == JOB_CANCELED;
}

int send_job_put(struct tx *tx, int64_t campaign_id, int64_t job_id,
		 struct err *err)
{
	if (db_exec(tx, SQL_SEND_JOB_PUT,
		    SQL_ARGS(sql_int(campaign_id), sql_int(job_id)), err) < 0)
		return -1;
	return crm_campaign_set_hold(tx, campaign_id, NULL, NULL, 0, err);
}

int send_job_drop(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_SEND_JOB_DROP, SQL_ARGS(sql_int(campaign_id)),
		       err) < 0
		       ? -1
		       : 0;
}

int send_job_say(struct tx *tx, const struct crm_campaign *c,
		 const char *reason, const char *detail, int64_t now_ms,
		 struct err *err)
{
	bool same =
		reason && c->hold_reason && strcmp(c->hold_reason, reason) == 0;

	return crm_campaign_set_hold(tx, c->id, reason, detail,
				     same ? c->hold_ms : now_ms, err);
}

static int back_to_draft(struct tx *tx, const struct crm_campaign *c,
			 int64_t now_ms, struct err *err)
{
	if (c->status != CRM_CAMPAIGN_SCHEDULED &&
	    c->status != CRM_CAMPAIGN_SENDING)
		return 0;
	if (crm_campaign_move(tx, c->id, CRM_CAMPAIGN_DRAFT, now_ms, err) < 0)
		return -1;
	return db_exec(tx, SQL_CRM_CAMPAIGN_SCHEDULE,
		       SQL_ARGS(sql_null(), sql_int(c->id)), err) < 0
		       ? -1
		       : 0;
}

int send_job_fail(struct tx *tx, const struct crm_campaign *c,
		  const char *reason, const char *detail, int64_t now_ms,
		  struct err *err)
{
	if (send_job_drop(tx, c->id, err) < 0)
		return -1;
	if (c->status == CRM_CAMPAIGN_SENT ||
	    c->status == CRM_CAMPAIGN_CANCELED)
		return 0;
	if (back_to_draft(tx, c, now_ms, err) < 0)
		return -1;
	return crm_campaign_set_hold(tx, c->id, reason, detail, now_ms, err);
}

int send_job_lost(struct tx *tx, const struct crm_campaign *c,
		  const struct send_job *job, int64_t now_ms, struct err *err)
{
	bool failed = job && job->state == JOB_FAILED && job->error;

	/* after a restore, say: why it is paused is said already */
	if (c->status == CRM_CAMPAIGN_PAUSED && !failed)
		return send_job_drop(tx, c->id, err);
	if (job && job->state == JOB_CANCELED)
		return send_job_fail(tx, c, SEND_STOPPED, NULL, now_ms, err);
	return send_job_fail(tx, c, SEND_REFUSED,
			     failed ? job->error
				    : "its sending never began, and nobody was "
				      "sent it",
			     now_ms, err);
}

/* --- those that have lost theirs --- */

/* Everything is looked at again: a user may have been quicker. */
static int settle(struct tx *tx, int64_t id, struct arena *arena,
		  int64_t now_ms, struct err *err)
{
	struct err why = ERR_INIT;
	struct crm_campaign c;
	struct send_job job;
	int found;

	if (crm_campaign_get(tx->db, id, arena, &c, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return send_job_drop(tx, id, err);
		*err = why;
		return -1;
	}
	found = send_job_find(tx->db, id, arena, &job, err);
	if (found < 0 || c.status == CRM_CAMPAIGN_SENDING ||
	    (found > 0 && !send_job_has_ended(&job)))
		return found < 0 ? -1 : 0;
	if (found == 0 && c.status != CRM_CAMPAIGN_SCHEDULED)
		return 0;
	return send_job_lost(tx, &c, found > 0 ? &job : NULL, now_ms, err);
}

int send_jobs_settle(struct db *db, int64_t now_ms, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (db_list_ids(db, SQL_SEND_JOB_ORPHANS, SQL_NO_ARGS, &ids, err) < 0)
		return -1;
	vec_each (&ids, id) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		if (tx_begin(db, &tx, err) < 0 ||
		    settle(&tx, *id, arena, now_ms, err) < 0 ||
		    tx_commit(&tx, err) < 0)
			return -1;
	}
	return 0;
}
