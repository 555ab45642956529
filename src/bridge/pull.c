/*
 * What became of a campaign: who got it, who opened, clicked, bounced, left.
 * From the Marketing API to the rows of the CRM, incrementally: sent-to by
 * offset, activity by `since` with an overlap (its rows have a key, so doing
 * it twice changes nothing). All runs in one job that is always queued, which
 * also sets right what says that it is being sent, by nobody.
 */
#include "bridge/campaign/push_ledger.h"
#include "bridge/pull_private.h"
#include "bridge/target/ledger.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "crm/campaign_figures.h"
#include "crm/campaign_record.h"

#include "sql/bridge.h"
#include "sql/pull.h"

#include <string.h>

#define WINDOW_MS (72 * MS_HOUR) /* after the end of the send */
#define INSIDE_MS (1500)
#define INSIDE_IDLE_MS (3 * MS_SECOND)
/* After the end of a send the next look is so many times as far as this one was
 * long: what many do with a message must not take a core of those who serve
 * them. */
#define INSIDE_REST 4
/* What others sent is looked at as much later as it is old, in so many parts.
 */
#define FOUND_PART 100
#define REMOTE_MS (15 * MS_MINUTE)
#define SURELY_MS (15 * MS_MINUTE) /* after a send, that it began there */
/* While it is sent there: twice as long after each look that found nothing. */
#define REMOTE_SENDING_MS (1 * MS_SECOND)
#define REMOTE_DOUBLINGS 6
#define PULL_TRIES 5  /* at once, against others who write */
#define IDLE_AFTER 10 /* looks that found nothing */

bool is_found(const struct pull *p)
{
	return p->c.origin != CRM_CAMPAIGN_OF_CRM;
}

static void pull_release(struct pull *p)
{
	arena_free(&p->arena);
}

/* Whoever deleted it over there has not undone what was sent. Only our own
 * audience tells of it. */
static const char *also_deleted(const struct pull *p)
{
	return p->w->bridge->setup.inside ? "&with_archived=true" : "";
}

const char *report_path(struct pull *p, const char *rest)
{
	return arena_printf(p->arena, "/reports/%s%s%s",
			    p->c.marketing_campaign_id, rest, also_deleted(p));
}

int begin_figures(struct pull *p, struct tx *tx, const json_t *page,
		  struct strbuf *hashes, struct figures_change *out,
		  struct err *err)
{
	ledger_hashes(page, "email_id", hashes);
	return figures_begin(tx, p->c.id, sql_str(strbuf_str(hashes)), out,
			     err);
}

/* --- cursor --- */

static int cursor_read(const char *text, struct cursor *out, struct err *err)
{
	CLEANUP(json_free) json_t *o = NULL;

	if (!text)
		return 0;
	if (json_parse(str_of(text), &o, err) < 0 ||
	    json_get_int(o, "sent", &out->sent, err) < 0 ||
	    json_get_int(o, "since_ms", &out->since_ms, err) < 0 ||
	    json_get_int(o, "unsubscribed", &out->unsubscribed, err) < 0 ||
	    json_get_int(o, "complained", &out->complained, err) < 0 ||
	    json_get_int(o, "leavers", &out->leavers, err) < 0 ||
	    json_get_int(o, "idle", &out->idle, err) < 0 ||
	    json_get_bool(o, "settled", &out->settled, err) < 0)
		return -1;
	return 0;
}

static const char *cursor_text(struct pull *p)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&sb);

	json_begin_object(&j);
	json_key_int(&j, "sent", p->at.sent);
	json_key_int(&j, "since_ms", p->at.since_ms);
	json_key_int(&j, "unsubscribed", p->at.unsubscribed);
	json_key_int(&j, "complained", p->at.complained);
	json_key_int(&j, "leavers", p->at.leavers);
	json_key_int(&j, "idle", p->at.idle);
	json_key_bool(&j, "settled", p->at.settled);
	json_end_object(&j);
	return arena_str(p->arena, strbuf_str(&sb));
}

int cursor_store(struct pull *p, struct tx *tx, struct err *err)
{
	return db_exec(tx, SQL_PULL_SET_STATE,
		       SQL_ARGS(sql_text(cursor_text(p)), sql_int(p->c.id)),
		       err);
}

/* --- the end --- */

/* Nobody needs the mirror when all were told of, and much changed with a send.
 */
static int ask_of_the_rest(struct pull *p, struct err *err)
{
	CLEANUP(field_map_release) struct field_map map = { 0 };
	int64_t one;
	int waits = db_find_int(p->w->db, SQL_PULL_WAITS,
				SQL_ARGS(sql_int(p->c.id)), &one, err);

	if (waits <= 0)
		return waits;
	return field_map_load(p->w, &map, err) < 0
		       ? -1
		       : mirror_refresh(p->w, &map, false, err);
}

/*
 * Whoever is in the tag and in no page of sent-to was left out by the
 * audience: their status there says why. Somebody who is subscribed was not
 * sent it because the send was finished early.
 */
static int settle(struct pull *p, struct err *err)
{
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = p->w->actor.now_ms;

	if (ask_of_the_rest(p, err) < 0 || tx_begin(p->w->db, &tx, err) < 0 ||
	    figures_begin_waiting(&tx, p->c.id, &figures, err) < 0 ||
	    db_exec(&tx, SQL_PULL_SETTLE_LEFT_OUT,
		    SQL_ARGS(sql_int(now_ms), sql_int(p->c.id)), err) < 0 ||
	    db_exec(&tx, SQL_PULL_CANCEL_WAITING,
		    SQL_ARGS(sql_int(now_ms), sql_int(p->c.id)), err) < 0 ||
	    figures_end(&tx, &figures, err) < 0 ||
	    crm_campaign_move(&tx, p->c.id, CRM_CAMPAIGN_SENT, now_ms, err) < 0)
		return -1;
	p->at.settled = true;
	if (cursor_store(p, &tx, err) < 0)
		return -1;
	p->changed = true;
	return tx_commit(&tx, err);
}

int cancel_waiting(struct tx *tx, int64_t campaign_id, int64_t now_ms,
		   struct err *err)
{
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;

	if (figures_begin_waiting(tx, campaign_id, &figures, err) < 0 ||
	    db_exec(tx, SQL_PULL_CANCEL_WAITING,
		    SQL_ARGS(sql_int(now_ms), sql_int(campaign_id)), err) < 0)
		return -1;
	return figures_end(tx, &figures, err);
}

static int end_canceled(struct pull *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(p->w->db, &tx, err) < 0 ||
	    cancel_waiting(&tx, p->c.id, p->w->actor.now_ms, err) < 0 ||
	    crm_campaign_move(&tx, p->c.id, CRM_CAMPAIGN_CANCELED,
			      p->w->actor.now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- what has not begun there: crm/campaign/send_job.h --- */

/* Its job sees to it, and says why it waits. */
static bool is_beginning(const struct pull *p)
{
	return p->has_job && !send_job_has_ended(&p->job);
}

/* No job of it lived before the look, so none can have begun it since. One that
 * saw it begin has gone from there; the audience may need a while to tell. */
static bool has_never_begun(const struct pull *p, const struct summary *now)
{
	if (p->c.status != CRM_CAMPAIGN_SENDING || is_beginning(p) ||
	    is_found(p) || strcmp(now->status, "save") != 0)
		return false;
	return p->has_job || clock_now_ms() - p->c.started_ms > SURELY_MS;
}

/* A draft here as it is one there. */
static int take_back(struct pull *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign now;

	if (tx_begin(p->w->db, &tx, err) < 0 ||
	    crm_campaign_get(tx.db, p->c.id, p->arena, &now, err) < 0)
		return -1;
	if (now.status != CRM_CAMPAIGN_SENDING)
		return 0; /* a user was quicker */
	if (push_ledger_clear(&tx, now.id, err) < 0 ||
	    send_job_lost(&tx, &now, p->has_job ? &p->job : NULL,
			  clock_now_ms(), err) < 0 ||
	    db_exec(&tx, SQL_CAMPAIGN_PULL_NEXT,
		    SQL_ARGS(sql_null(), sql_int(now.id)), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* It has begun, so that its job is needed no more, however it ended. */
static int forget_job(struct pull *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (!p->has_job || p->c.status != CRM_CAMPAIGN_SENDING)
		return 0;
	if (tx_begin(p->w->db, &tx, err) < 0 ||
	    send_job_drop(&tx, p->c.id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int follow_status(struct pull *p, const char *status, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	enum crm_campaign_status to = CRM_CAMPAIGN_SENDING;

	if (strcmp(status, "canceled") == 0)
		return end_canceled(p, err);
	if (strcmp(status, "sent") == 0)
		return p->at.settled ? 0 : settle(p, err);
	if (strcmp(status, "paused") == 0)
		to = CRM_CAMPAIGN_PAUSED;
	else if (strcmp(status, "sending") != 0)
		return 0;
	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	/* a user may have acted since the status was read there */
	if (crm_campaign_follow(&tx, p->c.id, p->c.status, to,
				p->w->actor.now_ms, err) < 0)
		return err->code == ERR_CONFLICT ? 0 : -1;
	return tx_commit(&tx, err);
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Why it stands still, where the user looks. */
static int follow_hold(struct pull *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign now;

	/* a change of status has ended what was known */
	if (crm_campaign_get(p->w->db, p->c.id, p->arena, &now, err) < 0)
		return -1;
	if (is_same(now.hold_reason, p->hold_reason) &&
	    is_same(now.hold_detail, p->hold_detail))
		return 0;
	p->changed = true;
	if (tx_begin(p->w->db, &tx, err) < 0 ||
	    crm_campaign_set_hold(&tx, p->c.id, p->hold_reason, p->hold_detail,
				  p->hold_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static bool is_ended(const struct summary *now)
{
	return strcmp(now->status, "sent") == 0 ||
	       strcmp(now->status, "canceled") == 0;
}

/* The audience tells nothing of a campaign for ever. */
static bool is_last_look(const struct pull *p, const struct summary *now)
{
	return is_ended(now) && p->c.sent_ms > 0 &&
	       clock_now_ms() - p->c.sent_ms > WINDOW_MS;
}

static int64_t inside_pause_ms(const struct pull *p, const struct summary *now)
{
	int64_t least_ms = p->at.idle > IDLE_AFTER ? INSIDE_IDLE_MS : INSIDE_MS;
	int64_t now_ms = clock_now_ms();
	int64_t took_ms = now_ms - p->w->actor.now_ms;

	/* nobody watches them, and a program may send many */
	if (is_ended(now) && is_found(p) &&
	    (now_ms - p->c.started_ms) / FOUND_PART > least_ms)
		least_ms = (now_ms - p->c.started_ms) / FOUND_PART;
	if (is_ended(now) && took_ms * INSIDE_REST > least_ms)
		return took_ms * INSIDE_REST;
	return least_ms;
}

static int64_t pause_ms(const struct pull *p, const struct summary *now)
{
	if (p->w->bridge->setup.inside)
		return inside_pause_ms(p, now);
	if (is_ended(now))
		return REMOTE_MS;
	return REMOTE_SENDING_MS
	       << (p->at.idle < REMOTE_DOUBLINGS ? p->at.idle
						 : REMOTE_DOUBLINGS);
}

static int plan_next(struct pull *p, const struct summary *now, bool is_last,
		     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	bool is_sending = strcmp(now->status, "sending") == 0;
	int64_t next_ms;

	p->at.idle = p->changed ? 0 : p->at.idle + 1;
	next_ms = is_last ? 0 : clock_now_ms() + pause_ms(p, now);
	if (tx_begin(p->w->db, &tx, err) < 0 || cursor_store(p, &tx, err) < 0 ||
	    db_exec(&tx, SQL_CAMPAIGN_PULL_NEXT,
		    SQL_ARGS(sql_id_or_null(next_ms), sql_int(p->c.id)),
		    err) < 0 ||
	    figures_look(&tx, p->c.id, is_sending, clock_now_ms(), next_ms,
			 err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Mailchimp has no such thing: nothing stands still there. */
static void read_hold(struct pull *p, const json_t *campaign)
{
	const json_t *hold = json_object_get(
		json_object_get(campaign, "delivery_status"), "hold");
	const char *since = json_string_value(json_object_get(hold, "since"));

	p->hold_reason = arena_strdup(
		p->arena, json_string_value(json_object_get(hold, "reason")));
	p->hold_detail = arena_strdup(
		p->arena, json_string_value(json_object_get(hold, "detail")));
	if (since)
		(void)time_parse_iso(since, &p->hold_ms); /* else not told */
}

/* 1, or 0: there is no report yet; -1. */
static int read_report(struct pull *p, json_t **out, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_get(p->w->client,
		   report_path(p, "?fields=unsubscribed,abuse_reports"), out,
		   &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

static int read_summary(struct pull *p, struct summary *out, struct err *err)
{
	CLEANUP(json_free) json_t *campaign = NULL;
	CLEANUP(json_free) json_t *report = NULL;
	int found;

	if (mc_get(p->w->client,
		   arena_printf(p->arena,
				"/campaigns/%s?fields=status,delivery_status"
				"%s%s",
				p->c.marketing_campaign_id, ab_fields(p),
				also_deleted(p)),
		   &campaign, err) < 0)
		return -1;
	found = read_report(p, &report, err);
	if (found < 0)
		return -1;
	*out = (struct summary){
		.has_report = found > 0,
		.status = arena_strdup(
			p->arena,
			json_string_value(json_object_get(campaign, "status"))),
		.unsubscribed = json_integer_value(
			json_object_get(report, "unsubscribed")),
		.complained = json_integer_value(
			json_object_get(report, "abuse_reports")),
	};
	if (!out->status)
		out->status = "";
	if (strcmp(out->status, "archived") == 0) /* after its end */
		out->status = p->c.status == CRM_CAMPAIGN_CANCELED ? "canceled"
								   : "sent";
	ab_read_campaign(p, campaign);
	if (strcmp(out->status, "sent") == 0 && ab_is_undecided(p))
		out->status = "sending";
	read_hold(p, campaign);
	return 0;
}

/*
 * The status is read first: if it says that all is sent, the pages read after
 * it are complete.
 */
static int pull_campaign(struct pull *p, struct err *err)
{
	struct summary now;
	bool is_last;

	if (cursor_read(p->c.pull_state, &p->at, err) < 0 ||
	    read_summary(p, &now, err) < 0)
		return -1;
	is_last = now.has_report && is_last_look(p, &now);
	if (now.has_report &&
	    (pull_sent(p, err) < 0 || pull_activity(p, err) < 0 ||
	     pull_leavers(p, &now, is_last, err) < 0 || pull_ab(p, err) < 0))
		return -1;
	if (has_never_begun(p, &now))
		return take_back(p, err);
	if (follow_status(p, now.status, err) < 0 ||
	    (!is_beginning(p) &&
	     (forget_job(p, err) < 0 || follow_hold(p, err) < 0)))
		return -1;
	return plan_next(p, &now, is_last, err);
}

/* Deleted over there: what is known of it stays. What is not known to have
 * ended is looked at again. */
static bool is_gone(const struct pull *p, const struct err *why)
{
	return why->code == ERR_NOT_FOUND &&
	       (p->c.status == CRM_CAMPAIGN_SENT ||
		p->c.status == CRM_CAMPAIGN_CANCELED);
}

static int pull_once(struct work *w, int64_t id, bool *gone, struct err *err)
{
	CLEANUP(pull_release) struct pull p = { .w = w, .arena = arena_new() };
	int found;

	w->actor.now_ms = clock_now_ms();
	if (crm_campaign_get(w->db, id, p.arena, &p.c, err) < 0)
		return -1;
	found = send_job_find(w->db, id, p.arena, &p.job, err);
	if (found < 0)
		return -1;
	p.has_job = found > 0;
	if (pull_campaign(&p, err) == 0)
		return 0;
	*gone = is_gone(&p, err);
	return -1;
}

/* Again at once, where somebody else wrote the same rows meanwhile. */
static int pull_patiently(struct work *w, int64_t id, bool *gone,
			  struct err *err)
{
	for (int tries = 1; pull_once(w, id, gone, err) < 0; tries++) {
		if (err->code != ERR_RETRY || tries == PULL_TRIES ||
		    job_is_stopping(w->run))
			return -1;
		*err = (struct err)ERR_INIT;
	}
	return 0;
}

/* One campaign that cannot be read does not keep the others waiting. */
static int pull_one(struct work *w, int64_t id, struct err *err)
{
	struct err why = ERR_INIT;
	bool gone = false;

	if (pull_patiently(w, id, &gone, &why) == 0)
		return 0;
	if (job_is_stopping(w->run)) {
		*err = why;
		return -1;
	}
	log_warn("pulling a campaign failed", LOG_INT("campaign", id),
		 LOG_ERR(&why));
	return db_write(w->db, SQL_CAMPAIGN_PULL_NEXT,
			SQL_ARGS(gone ? sql_null()
				      : sql_int(clock_now_ms() + MS_MINUTE / 4),
				 sql_int(id)),
			err);
}

static int pull_these(struct work *w, int64_t before_ms, int64_t *out,
		      struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (db_list_ids(w->db, SQL_PULL_DUE, SQL_ARGS(sql_int(before_ms)), &ids,
			err) < 0)
		return -1;
	vec_each (&ids, id) {
		if (pull_one(w, *id, err) < 0)
			return -1;
		++*out;
	}
	return 0;
}

int pull_all(struct work *w, int64_t *out, struct err *err)
{
	return pull_these(w, INT64_MAX, out, err);
}

int job_pull(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	int64_t n = 0, next_ms = 0;

	if (send_jobs_settle(run->db, clock_now_ms(), err) < 0 ||
	    db_find_int(run->db, SQL_PULL_NEXT, SQL_NO_ARGS, &next_ms, err) < 0)
		return -1;
	if (next_ms > 0 && next_ms <= clock_now_ms() &&
	    (work_begin(run, &w, err) < 0 ||
	     pull_these(&w, clock_now_ms(), &n, err) < 0))
		return -1;
	return job_again(run, clock_now_ms() + MS_SECOND / 2);
}
