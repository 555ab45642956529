/*
 * What is done with a campaign that is under way: pause, resume, cancel,
 * finish. A job of the bridge: the Marketing API first, then the CRM's row.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign_record.h"

/* The Marketing API's part. Nothing is there yet of a draft. */
static int act_there(struct work *w, const struct crm_campaign *c,
		     enum crm_campaign_act act, struct err *err)
{
	static const char *const paths[] = {
		[CRM_CAMPAIGN_PAUSE] = "/actions/pause",
		[CRM_CAMPAIGN_RESUME] = "/actions/resume",
		[CRM_CAMPAIGN_CANCEL] = "/actions/cancel-send",
		[CRM_CAMPAIGN_FINISH] = "/actions/finish",
	};
	const char *path;

	if (!c->marketing_campaign_id || crm_campaign_is_open(c))
		return 0;
	path = arena_printf(w->arena, "/campaigns/%s%s",
			    c->marketing_campaign_id, paths[act]);
	return mc_call(w->client, "POST", path, NULL, NULL, err);
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
	struct crm_campaign now; /* locked: a send may have begun since */
	int64_t now_ms = clock_now_ms();

	if (tx_begin(w->db, &tx, err) < 0 ||
	    crm_campaign_get(w->db, c->id, w->arena, &now, err) < 0)
		return -1;
	if (now.status != c->status && crm_campaign_is_open(c))
		return err_set(err, ERR_RETRY, "the campaign began in between");
	if (crm_campaign_move(&tx, c->id, to[act], now_ms, err) < 0)
		return -1;
	if (act == CRM_CAMPAIGN_CANCEL &&
	    cancel_waiting(&tx, c->id, now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int job_campaign_act(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct crm_campaign c;
	enum crm_campaign_act act = CRM_CAMPAIGN_PAUSE;
	const char *name = "";
	int64_t id = 0;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &id, err) < 0 ||
	    json_get_text(payload, "action", &name, err) < 0 ||
	    crm_campaign_act_parse(name, &act, err) < 0 ||
	    work_begin(run, &w, err) < 0 ||
	    crm_campaign_get(run->db, id, run->arena, &c, err) < 0)
		return -1;
	return act_there(&w, &c, act, err) < 0 ? -1
					       : act_here(&w, &c, act, err);
}
