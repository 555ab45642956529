/*
 * Sending a campaign of the CRM: push its group (or see to it that the audience
 * knows who is barred: send_target.h), make a campaign of the
 * Marketing API, fill it, check it, make the CRM's ledger, and only then send.
 * Each step is stored before the next begins; a send is never asked for twice
 * without looking first whether it was done.
 */
#include "bridge/bridge_private.h"
#include "bridge/target/send_target.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign/schedule.h"
#include "crm/campaign_figures.h"
#include "crm/campaign_record.h"

#include "sql/bridge.h"
#include "sql/campaign_send.h"
#include "sql/pull.h"

#include <string.h>

#define RECIPIENTS_A_STEP 5000
#define TEST_MS 500 /* until the next look whether one is over */

struct sending {
	struct work *w;
	struct crm_campaign c;
	int64_t push_id;
	int64_t segment_id;
	struct send_target *target; /* NULL: a group, or a test */
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
			     sql_text(s->w->audience), sql_int(s->c.id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- the campaign of the Marketing API --- */

static void write_settings(const struct crm_campaign *c, struct json_writer *j)
{
	json_key_begin_object(j, "settings");
	json_key_text(j, "title", c->name);
	json_key_text(j, "subject_line", c->subject);
	if (c->preview_text)
		json_key_text(j, "preview_text", c->preview_text);
	json_key_text(j, "from_name", c->from_name);
	json_key_text(j, "reply_to", c->from_email);
	json_end_object(j);
}

static void write_recipients(const struct sending *s, struct json_writer *j)
{
	json_key_begin_object(j, "recipients");
	json_key_text(j, "list_id", s->w->audience);
	if (s->target)
		send_target_write(s->target, j);
	if (s->segment_id > 0) {
		json_key_begin_object(j, "segment_opts");
		json_key_int(j, "saved_segment_id", s->segment_id);
		json_end_object(j);
	}
	json_end_object(j);
}

static int store_marketing_id(struct sending *s, const char *id,
			      struct err *err)
{

	s->c.marketing_campaign_id = arena_strdup(s->w->arena, id);
	return db_write(s->w->db, SQL_CAMPAIGN_SET_MARKETING,
			SQL_ARGS(sql_text(id), sql_int(s->c.id)), err);
}

/* When it was asked for, and no answer is known; 0: never. */
static int load_creating(struct sending *s, int64_t *out, struct err *err)
{
	*out = 0;
	return db_find_int(s->w->db, SQL_CAMPAIGN_CREATING,
			   SQL_ARGS(sql_int(s->c.id)), out, err) < 0
		       ? -1
		       : 0;
}

static int store_creating(struct sending *s, struct err *err)
{
	return db_write(s->w->db, SQL_CAMPAIGN_SET_CREATING,
			SQL_ARGS(sql_int(s->w->actor.now_ms), sql_int(s->c.id)),
			err);
}

static bool is_text(const json_t *o, const char *key, const char *text)
{
	const char *is = json_string_value(json_object_get(o, key));

	return is && strcmp(is, text ? text : "") == 0;
}

/* Not one that is another campaign of ours already: 1, 0, -1. */
static int is_this(struct sending *s, const json_t *campaign, struct err *err)
{
	const json_t *settings = json_object_get(campaign, "settings");
	const char *id = json_string_value(json_object_get(campaign, "id"));
	int64_t other;
	int taken;

	if (!id || !is_text(settings, "title", s->c.name) ||
	    !is_text(settings, "subject_line", s->c.subject))
		return 0;
	taken = db_find_int(s->w->db, SQL_BRIDGE_CAMPAIGN_OF,
			    SQL_ARGS(sql_text(id)), &other, err);
	return taken < 0 ? -1 : !taken;
}

#define CLOCKS_DIFFER_MS (10 * MS_MINUTE)

/* The draft that an earlier call made, if its answer was lost: 1, 0, -1. */
static int find_made(struct sending *s, int64_t asked_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf since = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf escaped = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	json_t *campaign;
	size_t i;

	time_format_iso(asked_ms - CLOCKS_DIFFER_MS, &since);
	strbuf_add_url(&escaped, strbuf_str(&since));
	if (mc_get(s->w->client,
		   arena_printf(s->w->arena,
				"/campaigns?list_id=%s&status=save&count=1000&"
				"since_create_time=%s&fields=campaigns.id,"
				"campaigns.settings.title,"
				"campaigns.settings.subject_line",
				s->w->audience, escaped.buf),
		   &reply, err) < 0)
		return -1;
	json_array_foreach (json_object_get(reply, "campaigns"), i, campaign) {
		int found = is_this(s, campaign, err);

		if (found < 0)
			return -1;
		if (found > 0)
			return store_marketing_id(
				       s,
				       json_string_value(
					       json_object_get(campaign, "id")),
				       err) < 0
				       ? -1
				       : 1;
	}
	return 0;
}

static int ask_for(struct sending *s, json_t **reply, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	json_key_text(&j, "type", s->c.html ? "regular" : "plaintext");
	write_recipients(s, &j);
	write_settings(&s->c, &j);
	json_end_object(&j);
	return mc_call_once(s->w->client, "POST", "/campaigns", body.buf, reply,
			    err);
}

/* That it is asked for is stored before; if the answer, or this process, is
 * lost, it is looked for before another is made. */
static int create_draft(struct sending *s, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct err why = ERR_INIT;
	int64_t asked_ms;
	const char *id;
	int found = 0;

	if (load_creating(s, &asked_ms, err) < 0)
		return -1;
	if (asked_ms > 0)
		found = find_made(s, asked_ms, err);
	else if (store_creating(s, err) < 0)
		return -1;
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (ask_for(s, &reply, &why) < 0) {
		if (mc_is_lost(&why))
			found = find_made(s, s->w->actor.now_ms, err);
		if (found == 0)
			*err = why;
		return found > 0 ? 0 : -1;
	}
	id = json_string_value(json_object_get(reply, "id"));
	if (!id)
		return err_set(err, ERR_IO, "the new campaign has no id");
	return store_marketing_id(s, id, err);
}

static const char *campaign_path(struct sending *s, const char *rest)
{
	return arena_printf(s->w->arena, "/campaigns/%s%s",
			    s->c.marketing_campaign_id, rest);
}

/* Recipients and settings again: an earlier try may have stopped half way,
 * and the draft may have been changed since. */
static int write_draft(struct sending *s, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	write_recipients(s, &j);
	write_settings(&s->c, &j);
	json_end_object(&j);
	if (mc_call(s->w->client, "PATCH", campaign_path(s, ""), body.buf, NULL,
		    err) < 0)
		return -1;
	strbuf_reset(&body);
	j = (struct json_writer)JSON_WRITER(&body);
	json_begin_object(&j);
	if (s->c.html)
		json_key_text(&j, "html", s->c.html);
	if (s->c.plain_text)
		json_key_text(&j, "plain_text", s->c.plain_text);
	json_end_object(&j);
	return mc_call(s->w->client, "PUT", campaign_path(s, "/content"),
		       body.buf, NULL, err);
}

static int check_ready(struct sending *s, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	json_t *item;
	size_t i;

	if (mc_get(s->w->client, campaign_path(s, "/send-checklist"), &reply,
		   err) < 0)
		return -1;
	if (json_is_true(json_object_get(reply, "is_ready")))
		return 0;
	json_array_foreach (json_object_get(reply, "items"), i, item) {
		const char *type =
			json_string_value(json_object_get(item, "type"));
		const char *why =
			json_string_value(json_object_get(item, "details"));

		if (type && strcmp(type, "error") == 0)
			return err_set(err, ERR_INVALID, "%s",
				       why ? why : "something is missing");
	}
	return err_set(err, ERR_INVALID, "the campaign is not ready to send");
}

/* 1: it is on its way or done already. */
static int is_sent(struct sending *s, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	const char *status;

	if (mc_get(s->w->client, campaign_path(s, "?fields=status"), &reply,
		   err) < 0)
		return -1;
	status = json_string_value(json_object_get(reply, "status"));
	return status && strcmp(status, "save") != 0 &&
	       strcmp(status, "schedule") != 0;
}

/* --- the CRM's ledger --- */

static int fill_ledger(struct sending *s, int64_t after, int64_t to,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct figures_change figures;

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    figures_begin_ids(&tx, s->c.id, after, to, &figures, err) < 0 ||
	    db_exec(&tx, SQL_LEDGER_FILL,
		    SQL_ARGS(sql_int(s->c.id), sql_int(s->w->actor.now_ms),
			     sql_int(s->push_id), sql_int(after), sql_int(to)),
		    err) < 0 ||
	    figures_end(&tx, &figures, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int ledger_step(struct sending *s, int64_t *after, struct err *err)
{
	int64_t last = 0;
	int found;

	found = db_find_int(s->w->db, SQL_LEDGER_STEP_END,
			    SQL_ARGS(sql_int(s->push_id), sql_int(*after),
				     sql_int(RECIPIENTS_A_STEP)),
			    &last, err);
	if (found < 0 || last == 0)
		return found < 0 ? -1 : 0;
	if (fill_ledger(s, *after, last, err) < 0)
		return -1;
	*after = last;
	return 1;
}

/* Of a try that came to nothing. */
static int clear_ledger(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    figures_lock(&tx, s->c.id, err) < 0 ||
	    db_exec(&tx, SQL_LEDGER_CLEAR, SQL_ARGS(sql_int(s->c.id)), err) <
		    0 ||
	    figures_renew(&tx, s->c.id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int make_ledger(struct sending *s, struct err *err)
{
	int64_t after = 0;
	int more;

	do
		more = ledger_step(s, &after, err);
	while (more > 0);
	return more;
}

static int mark_sending(struct sending *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    crm_campaign_move(&tx, s->c.id, CRM_CAMPAIGN_SENDING, now_ms, err) <
		    0 ||
	    db_exec(&tx, SQL_CAMPAIGN_PULL_AT,
		    SQL_ARGS(sql_int(now_ms), sql_int(s->c.id)), err) < 0)
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
			SQL_ARGS(sql_int(s->push_id)), &s->segment_id, err) < 0)
		return -1;
	return s->segment_id > 0
		       ? 0
		       : err_set(err, ERR_CONFLICT, "the group has no tag");
}

/* What an earlier run planned may be hours old: people leave the group. */
static int push_group(struct sending *s, struct err *err)
{
	const struct push_wish wish = { .group_id = s->c.group_id };
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
	if ((!s->c.marketing_campaign_id && create_draft(s, err) < 0) ||
	    write_draft(s, err) < 0 || check_ready(s, err) < 0 ||
	    push_recheck(s->w, s->push_id, err) < 0)
		return -1;
	return clear_ledger(s, err);
}

/* The same without a push: whom the CRM bars is out of what the audience has.
 */
static int make_target_ready(struct sending *s, struct err *err)
{
	if (send_target_prepare(s->target, err) < 0 || keep_push(s, err) < 0 ||
	    (!s->c.marketing_campaign_id && create_draft(s, err) < 0) ||
	    write_draft(s, err) < 0 || check_ready(s, err) < 0 ||
	    clear_ledger(s, err) < 0 || send_target_fill(s->target, err) < 0)
		return -1;
	return send_target_recheck(s->target, err);
}

static int send_steps(struct sending *s, struct err *err)
{
	int sent = 0, ret = 0;

	if (is_complete(&s->c, err) < 0 || is_reconciled(s->w, err) < 0)
		return -1;
	if (s->c.marketing_campaign_id)
		sent = is_sent(s, err);
	if (sent < 0)
		return -1;
	if (sent == 0)
		ret = s->target ? make_target_ready(s, err)
				: make_ready(s, err);
	if (ret != 0)
		return ret;
	if ((!s->target && make_ledger(s, err) < 0) || mark_sending(s, err) < 0)
		return -1;
	return sent ? 0
		    : mc_call_once(s->w->client, "POST",
				   campaign_path(s, "/actions/send"), NULL,
				   NULL, err);
}

static void write_result(struct sending *s)
{
	struct json_writer j = JSON_WRITER(s->w->run->result);

	strbuf_reset(s->w->run->result);
	json_begin_object(&j);
	json_key_int(&j, "campaign_id", s->c.id);
	json_key_text(&j, "marketing_campaign_id", s->c.marketing_campaign_id);
	json_key_id(&j, "push_id", s->push_id);
	json_end_object(&j);
}

/* A send that cannot be done leaves a draft that can be corrected. */
static void back_to_draft(struct sending *s)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err ignored = ERR_INIT;

	if (tx_begin(s->w->db, &tx, &ignored) == 0 &&
	    crm_campaign_move(&tx, s->c.id, CRM_CAMPAIGN_DRAFT,
			      s->w->actor.now_ms, &ignored) >= 0)
		(void)tx_commit(&tx, &ignored); /* the job tells the reason */
}

int job_campaign_send(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	struct sending s = { .w = &w };
	CLEANUP(send_target_release)
	struct send_target target = SEND_TARGET(&w, &s.c);
	int64_t id = 0, one;
	int ret;

	if (read_state(run, &id, &s.push_id, err) < 0 ||
	    work_begin(run, &w, err) < 0)
		return -1;
	ret = campaign_send_take(run->db, run->job->payload, run->arena, &s.c,
				 err);
	if (ret <= 0)
		return ret;
	ret = db_find_int(run->db, SQL_CAMPAIGN_TEST_RUNS, SQL_NO_ARGS, &one,
			  err);
	if (ret != 0)
		return ret < 0 ? -1 : job_again(run, clock_now_ms() + TEST_MS);
	if (s.c.status == CRM_CAMPAIGN_SENT ||
	    s.c.status == CRM_CAMPAIGN_CANCELED)
		return err_set(err, ERR_CONFLICT, "the campaign was %s already",
			       crm_campaign_status_name(s.c.status));
	if (s.c.to_kind > CRM_CAMPAIGN_TO_GROUP)
		s.target = &target;
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

/* --- tests --- */

/* As somebody would get it: the draft over there says so until it is sent, or
 * tested, for which it is written anew. */
static void take_merged(struct sending *s, const json_t *payload)
{
	const json_t *merged = json_object_get(payload, "merged");
	const struct {
		const char *key, **text;
	} texts[] = {
		{ "subject", &s->c.subject },
		{ "preview_text", &s->c.preview_text },
		{ "html", &s->c.html },
		{ "plain_text", &s->c.plain_text },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *text = json_string_value(
			json_object_get(merged, texts[i].key));

		if (text)
			*texts[i].text = text;
	}
}

/* A test and a send write the same draft over there. Whoever runs is seen by
 * the other: a test gives way, a send waits until it is over. */
static int prepare_test(struct sending *s, struct err *err)
{
	bool is_open = crm_campaign_is_open(&s->c);

	if (is_open && campaign_send_may_change(s->w->db, &s->c, err) < 0)
		return -1;
	if (!s->c.marketing_campaign_id && create_draft(s, err) < 0)
		return -1;
	return is_open ? write_draft(s, err) : 0;
}

static void write_test(const json_t *payload, struct strbuf *body)
{
	struct json_writer j = JSON_WRITER(body);

	json_begin_object(&j);
	json_key(&j, "test_emails");
	json_tree(&j, json_object_get(payload, "to"));
	json_key_text(&j, "send_type", "html");
	json_end_object(&j);
}

static int keep_asked(struct job_run *run, bool asked, struct err *err)
{
	return job_progress(run, NULL, 0, 0,
			    asked ? "{\"asked\":true}" : "{\"asked\":false}",
			    err);
}

static bool was_asked(const struct job *job)
{
	return job->state_json && strstr(job->state_json, "true");
}

/* Nobody can look whether a test was sent, so it is not tried again. */
static int is_unknown(struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		       "the answer to the test was lost: it may have been "
		       "sent. Look for it, and ask for another if it does not "
		       "come");
}

static int ask_test(struct sending *s, const json_t *payload, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct err why = ERR_INIT;

	write_test(payload, &body);
	if (keep_asked(s->w->run, true, err) < 0)
		return -1;
	if (mc_call_once(s->w->client, "POST",
			 campaign_path(s, "/actions/test"), body.buf, NULL,
			 &why) == 0)
		return 0;
	if (mc_is_lost(&why))
		return is_unknown(err);
	if (keep_asked(s->w->run, false, err) == 0)
		*err = why;
	return -1;
}

int job_campaign_test(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct sending s = { .w = &w };
	int64_t id = 0;

	if (was_asked(run->job))
		return is_unknown(err);
	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &id, err) < 0 ||
	    work_begin(run, &w, err) < 0 ||
	    crm_campaign_get(run->db, id, run->arena, &s.c, err) < 0)
		return -1;
	take_merged(&s, payload);
	if (prepare_test(&s, err) < 0 || ask_test(&s, payload, err) < 0)
		return -1;
	strbuf_addstr(run->result, "{\"queued\":true}");
	return 0;
}
