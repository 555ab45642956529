/*
 * The campaigns of the demo: its people become members by a push of the bridge,
 * the engine has the campaigns with their ledger as sent in the past, and the
 * CRM too; what came of them the engine makes of the log, and the bridge pulls
 * it. Steps of the job.
 */
#include "api/demo/demo_private.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "campaign/campaign.h"
#include "campaign/content.h"
#include "campaign/report_kept.h"
#include "crm/campaign_figures.h"
#include "crm/campaign_record.h"
#include "delivery/freeze.h"
#include "store/store.h"

#include "sql/demo.h"
#include "sql/demo_audience.h"

#include <string.h>

#define SENDING_MS (2 * MS_MINUTE) /* how long each took */

/* --- the push --- */

static void read_push(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct demo_push *)out = (struct demo_push){
		.id = rows_int(rows, 0),
		.audience = rows_dup(rows, 1, arena),
		.segment_id = rows_int(rows, 2),
	};
}

static int find_push(struct demo *d, const struct sql *sql,
		     struct demo_push *out, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	struct demo_row group;
	struct list list;
	int found = demo_row_find(d, "group", &group, err);

	if (found > 0)
		found = db_get(d->db, sql, SQL_ARGS(sql_int(group.record_id)),
			       read_push, d->arena, out, err);
	if (found <= 0)
		return found;
	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0 ||
	    list_get(audience, out->audience, d->arena, &list, err) < 0)
		return -1;
	out->list_id = list.id;
	return 1;
}

int demo_push_find(struct demo *d, struct demo_push *out, struct err *err)
{
	return find_push(d, SQL_DEMO_PUSH, out, err);
}

int demo_push_find_any(struct demo *d, struct demo_push *out, struct err *err)
{
	return find_push(d, SQL_DEMO_ANY_PUSH, out, err);
}

static const char *push_key(struct demo *d, int64_t group_id)
{
	return arena_printf(d->arena, "push/%lld", (long long)group_id);
}

int demo_is_pushing(struct demo *d, struct err *err)
{
	struct demo_row group;
	int64_t active;
	int found = demo_row_find(d, "group", &group, err);

	if (found <= 0)
		return found;
	return job_find_active(d->db, push_key(d, group.record_id), &active,
			       err);
}

/* What this job asked for has ended, and there is no push. */
static int is_lost(struct demo *d, int64_t job_id, struct err *err)
{
	struct job job;

	if (job_get(d->db, job_id, d->arena, &job, err) < 0)
		return -1;
	return err_set(err, ERR_CONFLICT, "the push of the demo's group: %s",
		       job.error ? job.error : job_state_name(job.state));
}

/* One that an earlier job asked for in vain is asked for again. */
static int ask_for_push(struct demo *d, int64_t group_id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = {
		.kind = "push",
		.payload = arena_printf(d->arena,
					"{\"group_id\":%lld,\"dry_run\":false}",
					(long long)group_id),
		.user_id = d->run->job->user_id,
		.single_key = push_key(d, group_id),
	};
	int64_t id;

	if (tx_begin(d->db, &tx, err) < 0 ||
	    job_add(&tx, &job, d->now_ms, &id, err) < 0 ||
	    demo_row_add(&tx, "push-job", d->run->job->id, id, NULL, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	runner_wake(d->run->runner);
	return 0;
}

int demo_push_group(struct demo *d, struct err *err)
{
	CLEANUP(vec_release) struct demo_rows asked = VEC_INIT;
	struct demo_row group;
	struct demo_push push;
	int found = demo_is_pushing(d, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	found = demo_push_find(d, &push, err);
	if (found != 0)
		return found;
	if (demo_row_find(d, "group", &group, err) < 0 ||
	    demo_rows_list(d, "push-job", &asked, err) < 0)
		return -1;
	vec_each (&asked, job)
		if (job->n == d->run->job->id)
			return is_lost(d, job->record_id, err);
	return ask_for_push(d, group.record_id, err);
}

/* --- whom they went to --- */

struct hash_owner {
	const char *hash;
	int64_t member_id;
};
struct hash_owners VEC_FIELDS(struct hash_owner);

static void read_owner(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct hash_owner *)out = (struct hash_owner){
		.hash = rows_dup(rows, 0, arena),
		.member_id = rows_int(rows, 1),
	};
}

static void read_target(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct demo_target *)out = (struct demo_target){
		.n = rows_int(rows, 0),
		.person_id = rows_int(rows, 1),
		.hash = rows_dup(rows, 2, arena),
	};
}

static int load_owners(struct demo *d, const struct demo_push *push,
		       const struct demo_targets *all, struct hash_owners *out,
		       struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&hashes);

	json_begin_array(&w);
	vec_each (all, t)
		json_text(&w, t->hash);
	json_end_array(&w);
	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	return db_list(
		audience, SQL_DEMO_MEMBERS_BY_HASH,
		SQL_ARGS(sql_int(push->list_id), sql_str(strbuf_str(&hashes))),
		read_owner, d->arena, out, err);
}

int demo_targets_list(struct demo *d, const struct demo_push *push, int k,
		      struct demo_targets *out, struct err *err)
{
	CLEANUP(vec_release) struct demo_targets all = VEC_INIT;
	CLEANUP(vec_release) struct hash_owners owners = VEC_INIT;

	if (db_list(d->db, SQL_DEMO_PUSHED, SQL_ARGS(sql_int(push->id)),
		    read_target, d->arena, &all, err) < 0 ||
	    load_owners(d, push, &all, &owners, err) < 0)
		return -1;
	vec_each (&all, t) {
		if (k > 0 && demo_has_left(t->n))
			continue;
		vec_each (&owners, o)
			if (strcmp(o->hash, t->hash) == 0)
				t->member_id = o->member_id;
		if (t->member_id)
			vec_push(out, *t);
	}
	return 0;
}

/* The members keep their ids whatever address they get. */
int demo_note_members(struct demo *d, struct err *err)
{
	CLEANUP(vec_release) struct demo_targets targets = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct demo_push push;
	struct demo_row row;
	int found = demo_row_find(d, "list", &row, err);

	if (found != 0)
		return found;
	found = demo_push_find(d, &push, err);
	if (found <= 0)
		return found;
	if (demo_targets_list(d, &push, 0, &targets, err) < 0 ||
	    tx_begin(d->db, &tx, err) < 0 ||
	    demo_row_add(&tx, "list", 0, push.list_id, push.audience, err) < 0)
		return -1;
	vec_each (&targets, t)
		if (demo_row_add(&tx, "member", t->n, t->member_id, NULL, err) <
		    0)
			return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

/* --- the engine's campaigns --- */

const char *demo_campaign_key(int k)
{
	static const char *const keys[DEMO_CAMPAIGNS] = { "demo.campaign.1",
							  "demo.campaign.2" };

	return keys[k];
}

int demo_engine_campaign(struct db *audience, int k, struct arena *arena,
			 int64_t *id_out, int64_t *send_ms_out,
			 const char **hex_out, struct err *err)
{
	const char *text;
	struct campaign campaign;
	int found =
		setting_find(audience, demo_campaign_key(k), arena, &text, err);

	if (found <= 0)
		return found;
	if (!text_to_int(text, id_out) ||
	    campaign_get(audience, *id_out, arena, &campaign, err) < 0)
		return -1;
	*send_ms_out = campaign.send_ms;
	if (hex_out)
		*hex_out = campaign.hex;
	return 1;
}

/* Half past nine in the morning of that day. */
static int64_t send_ms_of(const struct demo *d, int k)
{
	int64_t day_ms =
		d->run->job->created_ms - d->run->job->created_ms % MS_DAY;

	return day_ms - demo_mails[k].days_ago * MS_DAY + 9 * MS_HOUR +
	       30 * MS_MINUTE;
}

static void write_campaign(const struct demo_mail *mail,
			   const struct demo_push *push, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "type", "regular");
	json_key_begin_object(w, "recipients");
	json_key_text(w, "list_id", push->audience);
	json_key_begin_object(w, "segment_opts");
	json_key_int(w, "saved_segment_id", push->segment_id);
	json_end_object(w);
	json_end_object(w);
	json_key_begin_object(w, "settings");
	json_key_text(w, "title", mail->name);
	json_key_text(w, "subject_line", mail->subject);
	json_key_text(w, "preview_text", mail->preview_text);
	json_key_text(w, "from_name", DEMO_FROM_NAME);
	json_key_text(w, "reply_to", DEMO_FROM_EMAIL);
	json_key_text(w, "to_name", "*|FNAME|* *|LNAME|*");
	json_end_object(w);
	json_end_object(w);
}

static int add_draft(struct demo *d, struct tx *tx,
		     const struct demo_push *push, int k, struct campaign *out,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *body = NULL;
	CLEANUP(json_free)
	json_t *content = json_pack("{s:s}", "html", demo_mails[k].html);
	struct json_writer w = JSON_WRITER(&text);

	write_campaign(&demo_mails[k], push, &w);
	if (json_parse(strbuf_str(&text), &body, err) < 0 ||
	    campaign_add(tx, body, d->now_ms, d->arena, out, err) < 0)
		return -1;
	return content_put(tx, out->hex, content, NULL, d->now_ms, err);
}

/* As if the sender had handed them over, and the relay had taken all. */
static int add_ledger(struct tx *tx, const struct campaign *campaign,
		      const struct demo_targets *targets, int64_t send_ms,
		      struct err *err)
{
	int64_t done_ms = send_ms + SENDING_MS;
	int64_t seq = 0, n = (int64_t)targets->n;

	vec_each (targets, t) {
		struct sql_value at_ms =
			sql_int(send_ms + seq * SENDING_MS / (n + 1));

		seq++;
		if (db_exec(tx, SQL_DEMO_LEDGER_ADD,
			    SQL_ARGS(sql_int(campaign->id),
				     sql_int(t->member_id), at_ms, sql_int(seq),
				     at_ms),
			    err) < 0)
			return -1;
	}
	if (db_exec(tx, SQL_DEMO_ENGINE_CAMPAIGN_SENT,
		    SQL_ARGS(sql_int(send_ms), sql_int(done_ms), sql_int(n),
			     sql_int(n), sql_int(send_ms - MS_DAY),
			     sql_int(done_ms), sql_int(campaign->id)),
		    err) < 0)
		return -1;
	return report_kept_renew(tx, campaign->id, err);
}

static int send_one(struct demo *d, struct db *audience,
		    const struct demo_push *push, int k, struct err *err)
{
	CLEANUP(vec_release) struct demo_targets targets = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign campaign;

	if (demo_targets_list(d, push, k, &targets, err) < 0 ||
	    tx_begin(audience, &tx, err) < 0 ||
	    add_draft(d, &tx, push, k, &campaign, err) < 0 ||
	    freeze_links(&tx, &campaign, err) < 0 ||
	    add_ledger(&tx, &campaign, &targets, send_ms_of(d, k), err) < 0 ||
	    setting_put(&tx, demo_campaign_key(k),
			arena_printf(d->arena, "%lld", (long long)campaign.id),
			err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int demo_send_campaigns(struct demo *d, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	struct demo_push push;
	int found = demo_push_find(d, &push, err);

	if (found <= 0)
		return found;
	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	for (int k = 0; k < DEMO_CAMPAIGNS; k++) {
		const char *id;

		found = setting_find(audience, demo_campaign_key(k), d->arena,
				     &id, err);
		if (found < 0 ||
		    (found == 0 && send_one(d, audience, &push, k, err) < 0))
			return -1;
	}
	return 1;
}

/* Figures are derived from the log by whoever holds the lease for it. */
int demo_await_log(struct demo *d, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	CLEANUP(store_put) struct db *events = NULL;
	const char *written;
	int64_t last, applied = 0;
	int found;

	if (store_get(d->run->store, STORE_EVENTS, &events, err) < 0 ||
	    store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	found = setting_find(events, DEMO_EVENTS_KEY, d->arena, &written, err);
	if (found <= 0)
		return found;
	if (!strchr(written, ' ') ||
	    !text_to_int(strchr(written, ' ') + 1, &last))
		return err_set(err, ERR_BUG, "the setting %s is broken",
			       DEMO_EVENTS_KEY);
	if (db_find_int(audience, SQL_DEMO_LEDGER_APPLIED, SQL_NO_ARGS,
			&applied, err) < 0)
		return -1;
	return applied >= last;
}

/* --- the CRM's campaigns --- */

static int add_record(struct demo *d, struct tx *tx, int k, int64_t send_ms,
		      int64_t *id_out, struct err *err)
{
	struct actor actor = demo_actor(d, send_ms - MS_DAY);
	struct demo_row group;
	struct crm_campaign c = {
		.name = demo_mails[k].name,
		.subject = demo_mails[k].subject,
		.preview_text = demo_mails[k].preview_text,
		.from_name = DEMO_FROM_NAME,
		.from_email = DEMO_FROM_EMAIL,
		.html = demo_mails[k].html,
	};

	if (demo_row_find(d, "group", &group, err) < 0)
		return -1;
	c.group_id = group.record_id;
	if (crm_campaign_add(tx, &c, &actor, err) < 0)
		return -1;
	*id_out = c.id;
	return demo_row_add(tx, "campaign", k, c.id, NULL, err);
}

static int add_recipients(struct tx *tx, int64_t id,
			  const struct demo_push *push,
			  const struct demo_targets *targets, int64_t send_ms,
			  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value at_ms = sql_int(send_ms + MS_SECOND);

	if (figures_lock(tx, id, err) < 0 ||
	    db_exec(tx, SQL_DEMO_RECIPIENTS_ADD,
		    SQL_ARGS(sql_int(id), at_ms, at_ms, sql_int(push->id),
			     sql_keys_of(targets, person_id, &keys)),
		    err) < 0)
		return -1;
	return figures_renew(tx, id, err);
}

static int record_one(struct demo *d, struct db *audience,
		      const struct demo_push *push, int k, struct err *err)
{
	CLEANUP(vec_release) struct demo_targets targets = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t engine_id, send_ms, id;
	const char *hex;
	int found = demo_engine_campaign(audience, k, d->arena, &engine_id,
					 &send_ms, &hex, err);

	if (found <= 0)
		return found;
	if (demo_targets_list(d, push, k, &targets, err) < 0 ||
	    tx_begin(d->db, &tx, err) < 0 ||
	    add_record(d, &tx, k, send_ms, &id, err) < 0 ||
	    db_exec(&tx, SQL_DEMO_CAMPAIGN_SENT,
		    SQL_ARGS(sql_int(push->id), sql_text(push->audience),
			     sql_text(hex), sql_int(send_ms),
			     sql_int(send_ms + SENDING_MS), sql_int(d->now_ms),
			     sql_int(id)),
		    err) < 0 ||
	    add_recipients(&tx, id, push, &targets, send_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

int demo_record_campaigns(struct demo *d, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	struct demo_push push;
	int64_t next = 0;
	int found = demo_push_find(d, &push, err);

	if (found <= 0)
		return found;
	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0 ||
	    db_find_int(d->db, SQL_DEMO_NEXT, SQL_ARGS(sql_text("campaign")),
			&next, err) < 0)
		return -1;
	for (int k = (int)next; k < DEMO_CAMPAIGNS; k++) {
		found = record_one(d, audience, &push, k, err);
		if (found <= 0)
			return found;
	}
	return 1;
}

int demo_await_pull(struct demo *d, struct err *err)
{
	int64_t one;
	int waits = db_find_int(d->db, SQL_DEMO_WAITS_FOR_PULL, SQL_NO_ARGS,
				&one, err);

	return waits < 0 ? -1 : !waits;
}

int demo_date_back(struct demo *d, struct err *err)
{
	CLEANUP(vec_release) struct demo_rows campaigns = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (demo_rows_list(d, "campaign", &campaigns, err) < 0 ||
	    tx_begin(d->db, &tx, err) < 0)
		return -1;
	vec_each (&campaigns, c)
		if (figures_lock(&tx, c->record_id, err) < 0)
			return -1;
	if (db_exec(&tx, SQL_DEMO_TIMES, SQL_NO_ARGS, err) < 0)
		return -1;
	vec_each (&campaigns, c)
		if (figures_renew(&tx, c->record_id, err) < 0)
			return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}
