/* What is done with campaigns: test, schedule, send, pause ... */
#include "api/campaign/campaign_preview.h"
#include "api/crm/campaign.h"
#include "api/crm/campaign_checklist.h"
#include "api/crm/cookie.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "api/test_address.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/campaign/ab_result.h"
#include "crm/campaign/schedule.h"
#include "crm/campaign/test_mail.h"
#include "http/auth.h"
#include "jobs/job.h"
#include "journal/gate.h"

#include <string.h>

/* Adds a job about the campaign and answers 202. */
static int enqueue(struct request *rq, struct response *rs, const char *kind,
		   const char *payload, struct tx *tx, struct err *err)
{
	struct job_new job = { .kind = kind,
			       .payload = payload,
			       .user_id = rq->caller.user_id };
	int64_t id;

	if (job_add(tx, &job, rq->now_ms, &id, err) < 0 ||
	    v1_commit(rq, tx, err) < 0)
		return -1;
	v1_accepted(rs, id);
	return 0;
}

static int begin(struct request *rq, struct db **db, struct tx *tx,
		 struct crm_campaign *c, struct err *err)
{
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_begin(rq, db, tx, err) < 0)
		return -1;
	return crm_campaign_get(*db, id, rq->arena, c, err);
}

static int send_now(struct request *rq, struct response *rs, struct tx *tx,
		    const struct crm_campaign *c, struct err *err)
{
	struct actor actor = v1_actor(rq);
	int64_t job_id;

	if (campaign_send_now(tx, c, &actor, &job_id, err) < 0 ||
	    v1_commit(rq, tx, err) < 0)
		return -1;
	v1_accepted(rs, job_id);
	return 0;
}

int v1_campaigns_send(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c;

	if (gate_pass_store(api_of(rq)->store, err) < 0 ||
	    begin(rq, &db, &tx, &c, err) < 0 ||
	    campaign_check_seen(rq, &c, err) < 0 ||
	    crm_campaign_check_open(&c, err) < 0)
		return -1;
	if (crm_campaign_check_complete(&c, err) < 0 ||
	    campaign_check_feeds(&c, rq->arena, err) < 0 ||
	    ab_test_check_times(&c, rq->now_ms, err) < 0)
		return -1;
	return send_now(rq, rs, &tx, &c, err);
}

int v1_campaigns_schedule(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct crm_campaign c;
	const json_t *body;
	int64_t at_ms = 0;

	if (request_json(rq, &body, err) < 0 ||
	    v1_get_time(body, "at", &at_ms, err) < 0 ||
	    begin(rq, &db, &tx, &c, err) < 0 ||
	    campaign_check_seen(rq, &c, err) < 0 ||
	    crm_campaign_check_open(&c, err) < 0 ||
	    crm_campaign_check_complete(&c, err) < 0 ||
	    campaign_check_feeds(&c, rq->arena, err) < 0 ||
	    campaign_schedule_set(&tx, &c, at_ms, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return campaign_reply(rq, rs, db, c.id, err);
}

int v1_campaigns_unschedule(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct crm_campaign c;

	if (begin(rq, &db, &tx, &c, err) < 0 ||
	    campaign_schedule_drop(&tx, &c, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return campaign_reply(rq, rs, db, c.id, err);
}

/* --- test --- */

static int read_test(const json_t *body, struct texts *addresses,
		     struct err *err)
{
	const json_t *to;
	json_t *address;
	size_t i;
	int found = json_get_array(body, "to", &to, err);

	if (found < 0)
		return -1;
	if (found == 0 || json_array_size(to) == 0 ||
	    json_array_size(to) > TEST_MAIL_ADDRESSES)
		return err_field(err, "to", "takes 1 to %d addresses",
				 TEST_MAIL_ADDRESSES);
	json_array_foreach (to, i, address) {
		const char *text = json_string_value(address);

		if (!text || !email_is_valid(text))
			return err_field(err, "to", "not an e-mail address");
		test_address_add(addresses, text);
	}
	return 0;
}

static int write_to(struct db *db, const struct texts *addresses,
		    struct arena *arena, struct json_writer *w, struct err *err)
{
	json_key_begin_array(w, "to");
	vec_each (addresses, text) {
		if (test_mail_refuse(db, *text, arena, err) < 0)
			return -1;
		json_text(w, *text);
	}
	json_end_array(w);
	return 0;
}

/* Merged here, for what people are is no affair of the audience's. */
static int write_as(struct request *rq, int64_t person_id, const char *variant,
		    struct json_writer *w, struct err *err)
{
	if (person_id == 0)
		return 0;
	json_key_begin_object(w, "merged");
	if (campaign_preview_merge(rq, person_id, variant, w, err) < 0)
		return -1;
	json_end_object(w);
	return 0;
}

static int check_limit(struct request *rq, struct response *rs, struct tx *tx,
		       struct err *err)
{
	int64_t wait_ms = 0;

	if (auth_permits(&rq->caller, PERMIT_SEND) ||
	    test_mail_allow(tx, rq->caller.user_id, rq->now_ms, &wait_ms,
			    err) == 0)
		return 0;
	if (err->code == ERR_LIMIT)
		retry_after(rq, rs, wait_ms);
	return -1;
}

int v1_campaigns_test(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	CLEANUP(vec_release) struct texts to = VEC_INIT;
	struct json_writer w = JSON_WRITER(&payload);
	struct crm_campaign c, tested;
	const char *variant = NULL;
	const json_t *body;
	int64_t person_id = 0;

	json_begin_object(&w);
	if (request_json(rq, &body, err) < 0 || read_test(body, &to, err) < 0 ||
	    json_get_int(body, "person_id", &person_id, err) < 0 ||
	    json_get_text(body, "variant", &variant, err) < 0 ||
	    gate_pass_store(api_of(rq)->store, err) < 0 ||
	    write_as(rq, person_id, variant, &w, err) < 0 ||
	    begin(rq, &db, &tx, &c, err) < 0 ||
	    check_limit(rq, rs, &tx, err) < 0 ||
	    write_to(db, &to, rq->arena, &w, err) < 0)
		return -1;
	tested = c;
	if (ab_test_take_letter(&tested, variant, err) < 0 ||
	    crm_campaign_check_sender(&tested, err) < 0 ||
	    (crm_campaign_is_open(&c) &&
	     campaign_send_may_change(db, &c, err) < 0))
		return -1;
	if (variant)
		json_key_text(&w, "variant", variant);
	json_key_int(&w, "campaign_id", c.id);
	json_end_object(&w);
	return enqueue(rq, rs, "campaign-test", payload.buf, &tx, err);
}

/* --- pause, resume, cancel, finish --- */

/* A draft is canceled only as long as something sends it. */
static int may_act(struct db *db, const struct crm_campaign *c,
		   enum crm_campaign_act what, struct err *err)
{
	int ordered;

	if (crm_campaign_may_act(c, what, err) < 0)
		return -1;
	if (what != CRM_CAMPAIGN_CANCEL || c->status != CRM_CAMPAIGN_DRAFT)
		return 0;
	ordered = campaign_send_is_ordered(db, c, err);
	if (ordered != 0)
		return ordered < 0 ? -1 : 0;
	return err_set(err, ERR_CONFLICT,
		       "a draft is not sent: there is nothing to cancel");
}

/* What cannot be done is said at once, not by the job. */
static int act(struct request *rq, struct response *rs,
	       enum crm_campaign_act what, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	bool resume = what == CRM_CAMPAIGN_RESUME;
	struct crm_campaign c;

	if ((resume && gate_pass_store(api_of(rq)->store, err) < 0) ||
	    begin(rq, &db, &tx, &c, err) < 0 || may_act(db, &c, what, err) < 0)
		return -1;
	/* a restore paused it before it had begun */
	if (resume && c.restored_ms != 0 && c.started_ms == 0)
		return send_now(rq, rs, &tx, &c, err);
	return enqueue(rq, rs, "campaign-act",
		       arena_printf(rq->arena,
				    "{\"campaign_id\":%lld,\"action\":\"%s\"}",
				    (long long)c.id,
				    crm_campaign_act_name(what)),
		       &tx, err);
}

int v1_campaigns_pause(struct request *rq, struct response *rs, struct err *err)
{
	return act(rq, rs, CRM_CAMPAIGN_PAUSE, err);
}

int v1_campaigns_resume(struct request *rq, struct response *rs,
			struct err *err)
{
	return act(rq, rs, CRM_CAMPAIGN_RESUME, err);
}

int v1_campaigns_cancel(struct request *rq, struct response *rs,
			struct err *err)
{
	return act(rq, rs, CRM_CAMPAIGN_CANCEL, err);
}

int v1_campaigns_finish(struct request *rq, struct response *rs,
			struct err *err)
{
	return act(rq, rs, CRM_CAMPAIGN_FINISH, err);
}

/* --- an A/B test --- */

int v1_campaigns_choose_winner(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct ab_result result;
	struct crm_campaign c, as;
	const char *variant = "";
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "variant", &variant, err) < 0 ||
	    begin(rq, &db, &tx, &c, err) < 0)
		return -1;
	as = c;
	ab_result_load(c.ab_result, rq->arena, &result);
	if (!ab_is_waiting(&c, &result))
		return err_set(err, ERR_CONFLICT,
			       "the campaign does not wait for a winner");
	if (ab_test_take_letter(&as, variant, err) < 0)
		return -1;
	return enqueue(rq, rs, "campaign-winner",
		       arena_printf(rq->arena,
				    "{\"campaign_id\":%lld,\"variant\":\"%s\"}",
				    (long long)c.id, variant),
		       &tx, err);
}

/* --- undoing what it cleaned --- */

int v1_campaigns_undo_cleans(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c;
	const json_t *body;
	bool dry_run = false;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_bool(body, "dry_run", &dry_run, err) < 0 ||
	    begin(rq, &db, &tx, &c, err) < 0)
		return -1;
	if (!c.marketing_campaign_id)
		return err_set(err, ERR_CONFLICT, "the campaign was not sent");
	return enqueue(
		rq, rs, "undo-cleans",
		arena_printf(rq->arena, "{\"campaign_id\":%lld,\"dry_run\":%s}",
			     (long long)c.id, dry_run ? "true" : "false"),
		&tx, err);
}
