/*
 * What is done with a campaign that is under way: pause, resume, cancel,
 * finish. A job of the bridge: the Marketing API first, then the CRM's row. Of
 * what has not begun over there (crm/campaign/send_job.h) only the CRM knows,
 * and the job that is to send it, which may be about to begin.
 */
#include "bridge/bridge_private.h"
#include "bridge/campaign/campaign_draft.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign/schedule.h"
#include "crm/campaign/send_job.h"

/* --- before it has begun over there --- */

/* 0: it will not begin any more. ERR_RETRY: it may be just beginning; it is
 * told to stop, if it can. */
static int stop_job(struct work *w, struct tx *tx, const struct crm_campaign *c,
		    int64_t now_ms, struct err *err)
{
	struct send_job job;
	int found = send_job_find(tx->db, c->id, w->arena, &job, err);

	if (found <= 0 || send_job_has_ended(&job))
		return found < 0 ? -1 : 0;
	if (job_cancel(tx, job.id, NULL, now_ms, err) < 0)
		return -1;
	/* an open one is locked: it cannot begin before it is canceled */
	if (job.state != JOB_RUNNING || crm_campaign_is_open(c))
		return 0;
	if (tx_commit(tx, err) < 0)
		return -1;
	return err_set(err, ERR_RETRY, "its sending is just beginning");
}

static int cancel_before(struct work *w, struct tx *tx,
			 const struct crm_campaign *c, struct err *err)
{
	int64_t now_ms = clock_now_ms();

	if (stop_job(w, tx, c, now_ms, err) < 0 ||
	    send_job_drop(tx, c->id, err) < 0 ||
	    crm_campaign_move(tx, c->id, CRM_CAMPAIGN_CANCELED, now_ms, err) <
		    0)
		return -1;
	return cancel_waiting(tx, c->id, now_ms, err);
}

/* It is just beginning, or waits, or the pull sees that it never began. */
static int not_yet(struct work *w, const struct crm_campaign *c,
		   struct err *err)
{
	struct send_job job;
	int found = send_job_find(w->db, c->id, w->arena, &job, err);

	if (found < 0)
		return -1;
	return err_set(err,
		       found > 0 && job.state == JOB_RUNNING ? ERR_RETRY
							     : ERR_CONFLICT,
		       "its sending has not begun yet: wait, or cancel it");
}

static int act_before(struct work *w, const struct crm_campaign *c,
		      enum crm_campaign_act act, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign now; /* locked: a send may have begun since */
	int64_t job_id;
	int ret;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    crm_campaign_get(tx.db, c->id, w->arena, &now, err) < 0)
		return -1;
	if (now.status != c->status)
		return err_set(err, ERR_RETRY, "the campaign began in between");
	if (act == CRM_CAMPAIGN_CANCEL)
		ret = cancel_before(w, &tx, &now, err);
	else if (act == CRM_CAMPAIGN_RESUME)
		ret = campaign_send_now(&tx, &now, &w->actor, &job_id, err);
	else
		ret = not_yet(w, &now, err);
	return ret < 0 ? -1 : tx_commit(&tx, err);
}

/* --- while it is sent --- */

/* What is so already, as an earlier try of the job did it, is refused, and is
 * done. A finished one is still sending. */
static int act_there(struct work *w, struct campaign_draft *d,
		     enum crm_campaign_act act, struct err *err)
{
	static const struct {
		const char *path, *done;
	} of[] = {
		[CRM_CAMPAIGN_PAUSE] = { "/actions/pause", "paused" },
		[CRM_CAMPAIGN_RESUME] = { "/actions/resume", "sending" },
		[CRM_CAMPAIGN_CANCEL] = { "/actions/cancel-send", "cancel" },
		[CRM_CAMPAIGN_FINISH] = { "/actions/finish", NULL },
	};
	struct err why = ERR_INIT;
	int is_done = 0;

	if (mc_call(w->client, "POST", campaign_draft_path(d, of[act].path),
		    NULL, NULL, &why) == 0)
		return 0;
	if (why.code == ERR_INVALID && of[act].done)
		is_done = campaign_draft_is(d, of[act].done, err);
	if (is_done == 0)
		*err = why;
	return is_done > 0 ? 0 : -1;
}

/* What is known here at once; the pull brings the rest. */
static int act_here(struct work *w, const struct crm_campaign *c,
		    enum crm_campaign_act act, struct err *err)
{
	static const enum crm_campaign_status to[] = {
		[CRM_CAMPAIGN_PAUSE] = CRM_CAMPAIGN_PAUSED,
		[CRM_CAMPAIGN_RESUME] = CRM_CAMPAIGN_SENDING,
		[CRM_CAMPAIGN_CANCEL] = CRM_CAMPAIGN_CANCELED,
		[CRM_CAMPAIGN_FINISH] = CRM_CAMPAIGN_SENDING,
	};
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();

	if (tx_begin(w->db, &tx, err) < 0 ||
	    crm_campaign_move(&tx, c->id, to[act], now_ms, err) < 0)
		return -1;
	if (act == CRM_CAMPAIGN_CANCEL &&
	    cancel_waiting(&tx, c->id, now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Nothing is there yet of a draft: 1, 0, -1. */
static int has_begun(struct campaign_draft *d, struct err *err)
{
	if (!d->c.marketing_campaign_id || crm_campaign_is_open(&d->c))
		return 0;
	return campaign_draft_is_sent(d, err);
}

int job_campaign_act(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct campaign_draft d = { .w = &w };
	enum crm_campaign_act act = CRM_CAMPAIGN_PAUSE;
	const char *name = "";
	int64_t id = 0;
	int begun;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &id, err) < 0 ||
	    json_get_text(payload, "action", &name, err) < 0 ||
	    crm_campaign_act_parse(name, &act, err) < 0 ||
	    work_begin(run, &w, err) < 0 ||
	    crm_campaign_get(run->db, id, run->arena, &d.c, err) < 0)
		return -1;
	begun = has_begun(&d, err);
	if (begun < 0)
		return -1;
	if (begun == 0)
		return act_before(&w, &d.c, act, err);
	return act_there(&w, &d, act, err) < 0 ? -1
					       : act_here(&w, &d.c, act, err);
}
