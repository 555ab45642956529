/*
 * Sending a campaign of the CRM: push its group (or see to it that the audience
 * knows who is barred: send_target.h), make a campaign of the
 * Marketing API, fill it, check it, make the CRM's ledger, and only then send.
 * Each step is stored before the next begins; a send is never asked for twice
 * without looking first whether it was done.
 */
#include "bridge/bridge_private.h"
#include "bridge/campaign/campaign_draft.h"
#include "bridge/campaign/push_ledger.h"
#include "bridge/target/send_target.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign/schedule.h"
#include "crm/campaign_record.h"

#include "sql/campaign_send.h"
#include "sql/pull.h"

#define TEST_MS 500 /* until the next look whether one is over */

struct sending {
	struct work *w;
	struct campaign_draft draft;
	int64_t push_id;
};

/* --- where it is --- */

static int read_state(struct job_run *run, int64_t *campaign_id,
		      int64_t *push_id, struct err *err)
{
	CLEANUP(json_free) json_t *payload = NULL;
	CLEANUP(json_free) json_t *state = NULL;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", campaign_id, err) < 0)
		return -1;
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

static int mark_sending(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    crm_campaign_move(&tx, s->draft.c.id, CRM_CAMPAIGN_SENDING, now_ms,
			      err) < 0 ||
	    db_exec(&tx, SQL_CAMPAIGN_PULL_AT,
		    SQL_ARGS(sql_int(now_ms), sql_int(s->draft.c.id)), err) < 0)
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
	return err_set(err, ERR_CONFLICT,
		       "the last reconcile with the audience is too old: run "
		       "`muster sync` first");
}

static int is_complete(const struct crm_campaign *c, struct err *err)
{
	if (c->to_kind == CRM_CAMPAIGN_TO_NOBODY)
		return err_field(err, "to", "nobody to send to");
	if (!c->subject || !*c->subject)
		return err_field(err, "subject", "is missing");
	if (crm_campaign_check_sender(c, err) < 0)
		return -1;
	if (!c->html && !c->plain_text)
		return err_field(err, "html", "there is no content");
	return 0;
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
	ret = push_run(s->w, s->push_id, err);
	return ret != 0 ? ret : load_segment(s, err);
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
	return push_ledger_clear(s->w, s->draft.c.id, err);
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
	    push_ledger_clear(s->w, s->draft.c.id, err) < 0 ||
	    send_target_fill(s->draft.target, err) < 0)
		return -1;
	return send_target_recheck(s->draft.target, err);
}

static int send_steps(struct sending *s, struct err *err)
{
	int sent = 0, ret = 0;

	if (is_complete(&s->draft.c, err) < 0 || is_reconciled(s->w, err) < 0)
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
	if ((!s->draft.target &&
	     push_ledger_make(s->w, s->draft.c.id, s->push_id, err) < 0) ||
	    mark_sending(s, err) < 0)
		return -1;
	return sent ? 0
		    : mc_call_once(
			      s->w->client, "POST",
			      campaign_draft_path(&s->draft, "/actions/send"),
			      NULL, NULL, err);
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

/* A send that cannot be done leaves a draft that can be corrected. */
static void back_to_draft(struct sending *s)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err ignored = ERR_INIT;

	if (tx_begin(s->w->db, &tx, &ignored) == 0 &&
	    crm_campaign_move(&tx, s->draft.c.id, CRM_CAMPAIGN_DRAFT,
			      s->w->actor.now_ms, &ignored) >= 0)
		(void)tx_commit(&tx, &ignored); /* the job tells the reason */
}

int job_campaign_send(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	struct sending s = { .w = &w, .draft.w = &w };
	CLEANUP(send_target_release)
	struct send_target target = SEND_TARGET(&w, &s.draft.c);
	int64_t id = 0, one;
	int ret;

	if (read_state(run, &id, &s.push_id, err) < 0 ||
	    work_begin(run, &w, err) < 0)
		return -1;
	ret = campaign_send_take(run->db, run->job->payload, run->arena,
				 &s.draft.c, err);
	if (ret <= 0)
		return ret;
	ret = db_find_int(run->db, SQL_CAMPAIGN_TEST_RUNS, SQL_NO_ARGS, &one,
			  err);
	if (ret != 0)
		return ret < 0 ? -1 : job_again(run, clock_now_ms() + TEST_MS);
	if (s.draft.c.status == CRM_CAMPAIGN_SENT ||
	    s.draft.c.status == CRM_CAMPAIGN_CANCELED)
		return err_set(err, ERR_CONFLICT, "the campaign was %s already",
			       crm_campaign_status_name(s.draft.c.status));
	if (s.draft.c.to_kind > CRM_CAMPAIGN_TO_GROUP)
		s.draft.target = &target;
	ret = send_steps(&s, err);
	if (ret == PUSH_WAITS)
		return job_again(run, clock_now_ms() + MS_SECOND);
	if (ret == PUSH_ASKS)
		return job_ask(run);
	if (ret < 0) {
		if (err->code != ERR_RETRY && err->code != ERR_IO &&
		    err->code != ERR_FULL)
			back_to_draft(&s);
		return -1;
	}
	write_result(&s);
	return 0;
}
