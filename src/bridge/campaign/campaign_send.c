/*
 * Sending a campaign of the CRM: push its group (or see to it that the audience
 * knows who is barred: send_target.h), make a campaign of the Marketing API,
 * fill it, check it, send it, and write the CRM's ledger while it goes out.
 * Each step is stored before the next begins; a send is never asked for twice
 * without looking first whether it was done. What cannot be done for now is
 * tried again for ever; the campaign says why it waits, or why it came to
 * nothing: crm/campaign/send_job.h.
 */
#include "bridge/bridge_private.h"
#include "bridge/campaign/campaign_draft.h"
#include "bridge/campaign/push_ledger.h"
#include "bridge/target/send_target.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign/schedule.h"
#include "crm/campaign/send_job.h"
#include "crm/campaign_record.h"

#include "sql/campaign_send.h"
#include "sql/pull.h"

#include <string.h>

#define TEST_MS 500                /* until the next look whether one is over */
#define LEDGER_MS (60 * MS_SECOND) /* that the pull leaves for the ledger */

struct sending {
	struct work *w;
	struct campaign_draft draft;
	int64_t push_id;
};

/* --- where it is --- */

static int read_state(struct job_run *run, int64_t *push_id, struct err *err)
{
	CLEANUP(json_free) json_t *state = NULL;

	if (!run->job->state_json)
		return 0;
	if (json_parse(str_of(run->job->state_json), &state, err) < 0)
		return -1;
	return json_get_int(state, "push_id", push_id, err);
}

static int keep_push(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *state = arena_printf(s->w->arena, "{\"push_id\":%lld}",
					 (long long)s->push_id);

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    job_progress(s->w->run, &tx, 0, 0, state, err) < 0 ||
	    db_exec(&tx, SQL_CAMPAIGN_SET_PUSH,
		    SQL_ARGS(sql_id_or_null(s->push_id),
			     sql_text(s->w->audience), sql_int(s->draft.c.id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* In the transaction of what the job says: it is still this one's, and not to
 * stop. */
static int hold_job(struct sending *s, struct tx *tx, struct err *err)
{
	const struct job *job = s->w->run->job;

	return job_progress(s->w->run, tx, job->done, job->total, NULL, err);
}

static int pull_at(struct sending *s, struct tx *tx, int64_t at_ms,
		   struct err *err)
{
	return db_exec(tx, SQL_CAMPAIGN_PULL_AT,
		       SQL_ARGS(sql_int(at_ms), sql_int(s->draft.c.id)),
		       err) < 0
		       ? -1
		       : 0;
}

/* Before it is asked for, so that whoever stops it in between looks there; the
 * pull does so once the ledger should be written. */
static int mark_sending(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();

	if (tx_begin(s->w->db, &tx, err) < 0 || hold_job(s, &tx, err) < 0 ||
	    crm_campaign_move(&tx, s->draft.c.id, CRM_CAMPAIGN_SENDING, now_ms,
			      err) < 0 ||
	    pull_at(s, &tx, now_ms + LEDGER_MS, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- rules before the send --- */

/* Rule 7: a remote audience may have lost people that we do not know of. */
static int is_reconciled(struct work *w, struct err *err)
{
	const char *text = NULL;
	int64_t at_ms = 0;

	if (w->bridge->setup.inside)
		return 0;
	if (db_find_text(w->db, SQL_BRIDGE_RECONCILED, SQL_NO_ARGS, w->arena,
			 &text, err) < 0)
		return -1;
	if (text)
		(void)text_to_int(text, &at_ms); /* else never */
	if (w->actor.now_ms - at_ms <= w->bridge->setup.max_age_ms)
		return 0;
	/* the nightly one comes by itself */
	return err_set(err, at_ms > 0 ? ERR_RETRY : ERR_CONFLICT,
		       "the last reconcile with the audience is too old: run "
		       "`muster sync` first");
}

/* The API does not know the number of the segment before the push. Without one,
 * everybody of the audience would get it. */
static int load_segment(struct sending *s, struct err *err)
{
	if (db_find_int(s->w->db, SQL_CAMPAIGN_SEGMENT,
			SQL_ARGS(sql_int(s->push_id)), &s->draft.segment_id,
			err) < 0)
		return -1;
	return s->draft.segment_id > 0
		       ? 0
		       : err_set(err, ERR_CONFLICT, "the group has no tag");
}

/* What an earlier run planned may be hours old: people leave the group. */
static int push_group(struct sending *s, struct err *err)
{
	const struct push_wish wish = { .group_id = s->draft.c.group_id };
	int ret;

	if (s->push_id == 0 && (push_open(s->w, &wish, &s->push_id, err) < 0 ||
				keep_push(s, err) < 0))
		return -1;
	if (push_renew(s->w, s->push_id, err) < 0)
		return -1;
	ret = push_run(s->w, s->push_id, 0, err);
	return ret != 0 ? ret : load_segment(s, err);
}

/* Of a try that came to nothing. */
static int clear_ledger(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    push_ledger_clear(&tx, s->draft.c.id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* A campaign in the audience that may go out, to whom the present allows, and
 * the ledger of just those. */
static int make_ready(struct sending *s, struct err *err)
{
	int ret = push_group(s, err);

	if (ret != 0)
		return ret;
	if (campaign_draft_ensure(&s->draft, err) < 0 ||
	    campaign_draft_write(&s->draft, err) < 0 ||
	    campaign_draft_check(&s->draft, err) < 0 ||
	    push_recheck(s->w, s->push_id, err) < 0)
		return -1;
	return clear_ledger(s, err);
}

/* The same without a push: whom the CRM bars is out of what the audience has.
 */
static int make_target_ready(struct sending *s, struct err *err)
{
	if (send_target_prepare(s->draft.target, err) < 0 ||
	    keep_push(s, err) < 0 ||
	    campaign_draft_ensure(&s->draft, err) < 0 ||
	    campaign_draft_write(&s->draft, err) < 0 ||
	    campaign_draft_check(&s->draft, err) < 0 ||
	    clear_ledger(s, err) < 0 ||
	    send_target_fill(s->draft.target, err) < 0)
		return -1;
	return send_target_recheck(s->draft.target, err);
}

/*
 * The first mail does not wait for the ledger of the push, whose rows stand
 * fast; of who is killed in between, the next try writes it, and a pull that
 * overtakes it enters whom it meets. That of another target is there already.
 */
static int write_ledger(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if ((!s->draft.target &&
	     push_ledger_make(s->w, s->draft.c.id, s->push_id, err) < 0) ||
	    tx_begin(s->w->db, &tx, err) < 0 ||
	    pull_at(s, &tx, clock_now_ms(), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int send_steps(struct sending *s, struct err *err)
{
	int sent = 0, ret = 0;

	if (crm_campaign_check_complete(&s->draft.c, err) < 0 ||
	    is_reconciled(s->w, err) < 0)
		return -1;
	if (s->draft.c.marketing_campaign_id)
		sent = campaign_draft_is_sent(&s->draft, err);
	if (sent < 0)
		return -1;
	if (sent == 0)
		ret = s->draft.target ? make_target_ready(s, err)
				      : make_ready(s, err);
	if (ret != 0)
		return ret;
	if (mark_sending(s, err) < 0 ||
	    (!sent &&
	     mc_call_once(s->w->client, "POST",
			  campaign_draft_path(&s->draft, "/actions/send"), NULL,
			  NULL, err) < 0))
		return -1;
	return write_ledger(s, err);
}

static void write_result(struct sending *s)
{
	struct json_writer j = JSON_WRITER(s->w->run->result);

	strbuf_reset(s->w->run->result);
	json_begin_object(&j);
	json_key_int(&j, "campaign_id", s->draft.c.id);
	json_key_text(&j, "marketing_campaign_id",
		      s->draft.c.marketing_campaign_id);
	json_key_id(&j, "push_id", s->push_id);
	json_end_object(&j);
}

/* --- what the campaign says of it --- */

/* reason NULL: nothing. */
static int say(struct sending *s, const char *reason, const char *detail,
	       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();
	struct crm_campaign c;

	if (tx_begin(s->w->db, &tx, err) < 0 || hold_job(s, &tx, err) < 0 ||
	    crm_campaign_get(tx.db, s->draft.c.id, s->w->arena, &c, err) < 0 ||
	    send_job_say(&tx, &c, reason, detail, now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* A draft again, that can be corrected. If it may have begun over there, the
 * pull looks. */
static int give_up(struct sending *s, const char *reason, const char *why,
		   struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();
	struct crm_campaign c;

	if (tx_begin(s->w->db, &tx, err) < 0 || hold_job(s, &tx, err) < 0 ||
	    crm_campaign_get(tx.db, s->draft.c.id, s->w->arena, &c, err) < 0)
		return -1;
	if (c.status == CRM_CAMPAIGN_SENDING)
		return 0;
	if (send_job_fail(&tx, &c, reason, why, now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Whoever stopped the job, or took it over, says what is so then; what fails
 * here is found by send_jobs_settle, or said by the next try. */
static void tell_failure(struct sending *s, struct err *err)
{
	struct err ignored = ERR_INIT;

	if (err->inside || job_is_stopping(s->w->run))
		return;
	if (!is_passing(err)) {
		(void)give_up(s, SEND_REFUSED, err->text, &ignored);
		return;
	}
	(void)say(s, SEND_WAITS, err->text, &ignored);
	if (err->code == ERR_DENIED)
		err->code = ERR_RETRY;
}

/* From now on the pull tells of it. */
static int has_begun(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    send_job_drop(&tx, s->draft.c.id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- the job --- */

/* Whoever ordered it may have lost the right since; *why says so. What has
 * begun over there goes on. 1, 0, -1. */
static int may_begin(struct sending *s, const char **why, struct err *err)
{
	if (s->draft.c.status == CRM_CAMPAIGN_SENDING)
		return 1;
	return campaign_send_is_allowed(s->w->db, &s->draft.c, s->w->arena, why,
					err);
}

static int refuse(struct sending *s, const char *why, struct err *err)
{
	if (give_up(s, SEND_NO_RIGHT, why, err) < 0)
		return -1;
	return err_set(err, ERR_CONFLICT, "%s", why);
}

/* 0 sent, PUSH_ASKS, PUSH_WAITS, -1. */
static int try_to_send(struct sending *s, struct err *err)
{
	struct crm_campaign *c = &s->draft.c;
	CLEANUP(send_target_release)
	struct send_target target = SEND_TARGET(s->w, c);
	int ret;

	/* a user has answered */
	if (c->hold_reason && strcmp(c->hold_reason, SEND_ASKS) == 0 &&
	    say(s, NULL, NULL, err) < 0)
		return -1;
	if (c->to_kind > CRM_CAMPAIGN_TO_GROUP)
		s->draft.target = &target;
	ret = send_steps(s, err);
	s->draft.target = NULL;
	if (ret == PUSH_ASKS)
		return say(s, SEND_ASKS, NULL, err) < 0 ? -1 : PUSH_ASKS;
	return ret != 0 ? ret : has_begun(s, err);
}

static int run_send(struct sending *s, struct err *err)
{
	struct job_run *run = s->w->run;
	int64_t one;
	int ret = db_find_int(run->db, SQL_CAMPAIGN_TEST_RUNS, SQL_NO_ARGS,
			      &one, err);

	if (ret != 0)
		return ret < 0 ? -1 : job_again(run, clock_now_ms() + TEST_MS);
	ret = try_to_send(s, err);
	if (ret == PUSH_WAITS)
		return job_again(run, clock_now_ms() + MS_SECOND);
	if (ret == PUSH_ASKS)
		return job_ask(run);
	if (ret == 0)
		write_result(s);
	return ret;
}

int job_campaign_send(struct job_run *run, struct err *err)
{
	CLEANUP(work_release)
	struct work w = { .run = run, .db = run->db, .arena = run->arena };
	struct sending s = { .w = &w, .draft.w = &w };
	const char *why = NULL;
	int ret;

	if (read_state(run, &s.push_id, err) < 0)
		return -1;
	ret = campaign_send_take(run->db, run->job->payload, run->arena,
				 &s.draft.c, err);
	if (ret <= 0)
		return ret;
	if (s.draft.c.status == CRM_CAMPAIGN_SENT ||
	    s.draft.c.status == CRM_CAMPAIGN_CANCELED)
		return err_set(err, ERR_CONFLICT, "the campaign was %s already",
			       crm_campaign_status_name(s.draft.c.status));
	ret = may_begin(&s, &why, err);
	if (ret == 0)
		return refuse(&s, why, err);
	if (ret > 0)
		ret = work_begin(run, &w, err) < 0 ? -1 : run_send(&s, err);
	if (ret < 0)
		tell_failure(&s, err);
	return ret;
}
