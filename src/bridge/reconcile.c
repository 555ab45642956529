/*
 * From the mirror to the CRM and back: whoever left the audience is opted out,
 * whoever opted out leaves the audience, bounced addresses are held, members
 * that the bridge subscribed and nobody has any more are settled, those of
 * erased people deleted for good. What is
 * to be done is derived from the rows each time, so that nothing is lost if a
 * run dies, or waits for an answer.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/consent/consent.h"
#include "store/store.h"

#include "sql/bridge.h"

#include <string.h>

#define BREAKER_LEAST 50
#define BREAKER_PERCENT 10

bool breaker_trips(int64_t removing, int64_t concerned)
{
	return removing > BREAKER_LEAST &&
	       removing * 100 > concerned * BREAKER_PERCENT;
}

/* A member that left, at the end of the second that the audience tells. */
struct leaver {
	const char *hash;
	int64_t at_ms;
};
struct leavers VEC_FIELDS(struct leaver);

struct todo {
	struct texts bounced;   /* hashes: hold these addresses */
	struct texts opted_out; /* hashes: unsubscribe these members */
	struct texts orphans;   /* hashes: ours, and nobody's */
	struct ids left;        /* people whose old member is not settled */
};

static void todo_release(struct todo *t)
{
	vec_release(&t->bounced);
	vec_release(&t->opted_out);
	vec_release(&t->orphans);
	vec_release(&t->left);
}

static int read_hashes(struct work *w, const struct sql *sql, struct texts *out,
		       struct err *err)
{
	return db_list_texts(w->db, sql, SQL_NO_ARGS, w->arena, out, err);
}

static void read_leaver(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct leaver *)out = (struct leaver){ rows_dup(rows, 0, arena),
						 rows_int(rows, 1) + 999 };
}

static int opt_out(struct work *w, const struct leaver *l, int64_t *changed,
		   struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct consent c = { .state = CONSENT_OPTED_OUT,
				   .source = CONSENT_BY_AUDIENCE,
				   .reason = "unsubscribed in the audience",
				   .at_ms = l->at_ms };
	int n;

	if (tx_begin(w->db, &tx, err) < 0)
		return -1;
	n = consent_add_by_address(&tx, l->hash, &c, &w->actor, err);
	if (n < 0 ||
	    (n > 0 && journal(&tx, w, "unsubscribe", 0, NULL, err) < 0))
		return -1;
	*changed += n;
	return tx_commit(&tx, err);
}

static int hold_address(struct work *w, const char *hash, int64_t *changed,
			struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int n;

	if (tx_begin(w->db, &tx, err) < 0)
		return -1;
	n = address_hold(&tx, hash, HELD_HARD_BOUNCE, "cleaned in the audience",
			 &w->actor, w->arena, err);
	if (n < 0 || (n > 0 && journal(&tx, w, "hold", 0, NULL, err) < 0))
		return -1;
	*changed += n;
	return tx_commit(&tx, err);
}

/* What cannot be done is parked and does not stop the others. */
static int park_or_stop(struct work *w, const char *kind, int64_t person_id,
			const struct err *why, struct reconciled *out,
			struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (is_passing(why)) {
		*err = *why;
		return -1;
	}
	out->parked++;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    park(&tx, w, kind, person_id, 0, why, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int unsubscribe_or_park(struct work *w, const char *hash,
			       struct reconciled *out, struct err *err)
{
	struct err why = ERR_INIT;
	int left_alone = unsubscribe_opted_out(w, hash, 0, &why);

	if (left_alone < 0)
		return park_or_stop(w, "optout", 0, &why, out, err);
	out->repaired += !left_alone;
	return 0;
}

static int settle_person(struct work *w, int64_t id, struct reconciled *out,
			 struct err *err)
{
	struct err why = ERR_INIT;

	if (person_settle(w, id, &why) < 0)
		return park_or_stop(w, "person", id, &why, out, err);
	out->settled++;
	return 0;
}

static int settle_orphan(struct work *w, const char *hash,
			 struct reconciled *out, struct err *err)
{
	struct err why = ERR_INIT;

	if (orphan_settle(w, hash, &why) < 0)
		return park_or_stop(w, "orphan", 0, &why, out, err);
	out->settled++;
	return 0;
}

static int forget_or_park(struct work *w, struct reconciled *out,
			  struct err *err)
{
	struct err why = ERR_INIT;

	return members_forget(w, &why) < 0
		       ? park_or_stop(w, "forget", 0, &why, out, err)
		       : 0;
}

static int find_todo(struct work *w, struct todo *t, struct err *err)
{
	if (read_hashes(w, SQL_RECONCILE_BOUNCED, &t->bounced, err) < 0 ||
	    read_hashes(w, SQL_RECONCILE_OPTED_OUT, &t->opted_out, err) < 0 ||
	    read_hashes(w, SQL_RECONCILE_ORPHANS, &t->orphans, err) < 0)
		return -1;
	return db_list_ids(w->db, SQL_RECONCILE_LEFT, SQL_NO_ARGS, &t->left,
			   err);
}

/* --- the circuit breaker (rule 11) --- */

/* Webhooks do one at a time what a run does at once: what was done within a
 * day, and since a user last agreed, counts. */
static int done_lately(struct work *w, int64_t *out, struct err *err)
{
	const char *text = NULL;
	int64_t since_ms = w->actor.now_ms - MS_DAY, agreed_ms = 0;

	if (setting_find(w->db, "bridge.agreed_ms", w->arena, &text, err) < 0)
		return -1;
	if (text && text_to_int(text, &agreed_ms) && agreed_ms > since_ms)
		since_ms = agreed_ms;
	return db_find_int(w->db, SQL_RECONCILE_LATELY,
			   SQL_ARGS(sql_int(since_ms)), out, err);
}

/* Is a user to be asked before that many are held or archived? 1, 0, -1.
 * People's own unsubscribes and complaints never wait for an answer. */
static int is_too_many(struct work *w, int64_t removing, struct err *err)
{
	int64_t members = 0, lately = 0;

	if (removing == 0)
		return 0;
	if (done_lately(w, &lately, err) < 0 ||
	    db_find_int(w->db, SQL_BRIDGE_MEMBER_COUNT, SQL_NO_ARGS, &members,
			err) < 0)
		return -1;
	return breaker_trips(removing + lately, members);
}

static int note_agreement(struct work *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	char at[32];

	snprintf(at, sizeof(at), "%lld", (long long)w->actor.now_ms);
	if (tx_begin(w->db, &tx, err) < 0 ||
	    setting_put(&tx, "bridge.agreed_ms", at, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int reconcile_bounce(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(vec_release) struct texts bounced = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new sync = { .kind = "sync", .single_key = "sync" };
	int64_t held = 0, id;
	int too_many;

	if (read_hashes(w, SQL_RECONCILE_BOUNCED, &bounced, err) < 0)
		return -1;
	too_many = is_too_many(w, (int64_t)bounced.n, err);
	if (too_many <= 0)
		return too_many < 0 ? -1 : hold_address(w, hash, &held, err);
	if (tx_begin(w->db, &tx, err) < 0 ||
	    job_add(&tx, &sync, w->actor.now_ms, &id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- all of it --- */

static int remove_these(struct work *w, const struct todo *t,
			struct reconciled *out, struct err *err)
{
	vec_each (&t->bounced, hash)
		if (hold_address(w, *hash, &out->held, err) < 0)
			return -1;
	vec_each (&t->orphans, hash)
		if (settle_orphan(w, *hash, out, err) < 0)
			return -1;
	return 0;
}

int reconcile_leavers(struct work *w, struct reconciled *out, struct err *err)
{
	CLEANUP(vec_release) struct leavers leavers = VEC_INIT;

	if (db_list(w->db, SQL_RECONCILE_LEAVERS, SQL_NO_ARGS, read_leaver,
		    w->arena, &leavers, err) < 0)
		return -1;
	vec_each (&leavers, l)
		if (opt_out(w, l, &out->opted_out, err) < 0)
			return -1;
	return 0;
}

int reconcile(struct work *w, bool confirmed, struct reconciled *out,
	      struct err *err)
{
	CLEANUP(todo_release)
	struct todo t = { VEC_INIT, VEC_INIT, VEC_INIT, VEC_INIT };
	int too_many = 0;

	if (forget_or_park(w, out, err) < 0 || find_todo(w, &t, err) < 0 ||
	    reconcile_leavers(w, out, err) < 0)
		return -1;
	vec_each (&t.opted_out, hash)
		if (unsubscribe_or_park(w, *hash, out, err) < 0)
			return -1;
	vec_each (&t.left, id)
		if (settle_person(w, *id, out, err) < 0)
			return -1;
	if (!confirmed)
		too_many = is_too_many(w, (int64_t)(t.bounced.n + t.orphans.n),
				       err);
	if (too_many > 0) {
		out->held = (int64_t)t.bounced.n;
		out->settled += (int64_t)t.orphans.n;
		return RECONCILE_ASKS;
	}
	if (too_many < 0 || (confirmed && note_agreement(w, err) < 0))
		return -1;
	return remove_these(w, &t, out, err);
}

/* --- jobs --- */

static void write_result(struct work *w, int64_t members, int64_t campaigns,
			 const struct reconciled *r)
{
	struct json_writer j = JSON_WRITER(w->run->result);

	strbuf_reset(w->run->result);
	json_begin_object(&j);
	json_key_begin_object(&j, "pulled");
	json_key_int(&j, "members", members);
	json_key_int(&j, "campaigns", campaigns);
	json_end_object(&j);
	json_key_int(&j, "opted_out", r->opted_out);
	json_key_int(&j, "held", r->held);
	json_key_int(&j, "repaired", r->repaired);
	json_key_int(&j, "settled", r->settled);
	json_key_int(&j, "parked", r->parked);
	json_end_object(&j);
}

static int note_sync(struct work *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	char at[32];

	snprintf(at, sizeof(at), "%lld", (long long)w->actor.now_ms);
	if (tx_begin(w->db, &tx, err) < 0 ||
	    setting_put(&tx, "bridge.reconciled_ms", at, err) < 0 ||
	    journal(&tx, w, "sync", 0, w->run->result->buf, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static bool wants_full(const struct job *job)
{
	CLEANUP(json_free) json_t *payload = NULL;
	struct err ignored = ERR_INIT;
	bool full = false;

	if (json_parse(str_of(job->payload), &payload, &ignored) == 0)
		(void)json_get_bool(payload, "full", &full, &ignored);
	return full;
}

/* All members were read: what was no member for a day is none. */
static int expire(struct work *w, struct err *err)
{
	return db_write(w->db, SQL_BRIDGE_MEMBER_EXPIRE,
			SQL_ARGS(sql_int(w->actor.now_ms - MS_DAY)), err);
}

/* Whoever made a field meanwhile finds it in the audience after the night. */
static int load_fields(struct work *w, bool full, struct field_map *out,
		       struct err *err)
{
	int64_t made = 0;

	if (field_map_load(w, out, err) < 0 ||
	    (full && field_map_extend(w, &made, err) < 0))
		return -1;
	if (made == 0)
		return 0;
	field_map_release(out);
	return field_map_load(w, out, err);
}

int job_sync(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(field_map_release) struct field_map map = { 0 };
	struct reconciled r = { 0 };
	bool full = wants_full(run->job);
	int64_t members, campaigns = 0;
	int asks;

	if (work_begin(run, &w, err) < 0 ||
	    (*w.bridge->setup.hook_url && hook_register(&w, err) < 0) ||
	    load_fields(&w, full, &map, err) < 0)
		return -1;
	members = mirror_refresh(&w, &map, full, err);
	if (members < 0 || (full && expire(&w, err) < 0))
		return -1;
	asks = reconcile(&w, run->job->confirmed, &r, err);
	if (asks < 0 ||
	    (asks != RECONCILE_ASKS && pull_all(&w, &campaigns, err) < 0))
		return -1;
	write_result(&w, members, campaigns, &r);
	if (asks == RECONCILE_ASKS)
		return job_ask(run);
	return note_sync(&w, err);
}

/* The next time it is HH:MM, UTC. */
static int64_t next_time(const char *at, int64_t now_ms)
{
	struct civil c = time_to_civil(now_ms);
	int64_t hour = 2, minute = 0, ms;
	struct str rest = str_of(at);
	struct str h = str_cut(&rest, ':');

	if (!str_to_int(h, &hour) || !str_to_int(rest, &minute) || hour > 23 ||
	    minute > 59) {
		hour = 2;
		minute = 0;
	}
	c.hour = (int)hour;
	c.minute = (int)minute;
	c.second = 0;
	ms = time_from_civil(c);
	return ms > now_ms ? ms : ms + MS_DAY;
}

/* Runs once a day for ever; the first run only looks up when that is. */
int job_nightly(struct job_run *run, struct err *err)
{
	struct bridge *b = run->context;
	struct job_new sync = { .kind = "sync",
				.payload = "{\"full\":true}",
				.single_key = "nightly-sync" };
	int64_t now_ms = clock_now_ms(), id;

	if (run->job->state_json) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		if (tx_begin(run->db, &tx, err) < 0 ||
		    job_add(&tx, &sync, now_ms, &id, err) < 0 ||
		    tx_commit(&tx, err) < 0)
			return -1;
	}
	if (job_progress(run, NULL, 0, 0, "{}", err) < 0)
		return -1;
	return job_again(run, next_time(b->setup.reconcile_at, now_ms));
}
