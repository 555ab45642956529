/*
 * A push as a whole: made, planned, asked about, applied, counted.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "bridge/plan/plan_again.h"
#include "bridge/push/overtaken.h"
#include "bridge/push_plan.h"
#include "crm/group/group.h"

#include "sql/bridge.h"

#include <string.h>

/* --- counts --- */

struct counts {
	int64_t by_action[PUSH_LEFT_OUT + 1];
};

static int count_left_out(struct work *w, const struct push *push,
			  struct json_writer *j, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(w->db, SQL_PUSH_ROW_REASONS, SQL_ARGS(sql_int(push->id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		json_key_int(j, rows_text(rows, 0), rows_int(rows, 1));
	return more;
}

static int count_actions(struct work *w, const struct push *push,
			 struct counts *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(w->db, SQL_PUSH_ROW_ACTIONS, SQL_ARGS(sql_int(push->id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		if (rows_int(rows, 0) <= PUSH_LEFT_OUT)
			out->by_action[rows_int(rows, 0)] = rows_int(rows, 1);
	return more;
}

struct dropped {
	const char *tag;
	int64_t n;
};
struct dropped_tags VEC_FIELDS(struct dropped);

static int add_dropped(struct work *w, struct dropped_tags *all,
		       const char *tags_json, int64_t n, struct err *err)
{
	CLEANUP(json_free) json_t *tags = NULL;
	const json_t *tag;
	size_t i;

	if (json_parse(str_of(tags_json), &tags, err) < 0)
		return -1;
	json_array_foreach (tags, i, tag) {
		const char *name = json_string_value(tag);
		struct dropped *found = NULL;

		vec_each (all, d)
			if (strcmp(d->tag, name) == 0)
				found = d;
		if (found)
			found->n += n;
		else
			vec_push(all,
				 ((struct dropped){
					 arena_strdup(w->arena, name), n }));
	}
	return 0;
}

/* Values that did not fit, by merge tag. */
static int count_dropped(struct work *w, const struct push *push,
			 struct json_writer *j, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	CLEANUP(vec_release) struct dropped_tags all = VEC_INIT;
	int more;

	if (db_query(w->db, SQL_PUSH_ROW_DROPPED, SQL_ARGS(sql_int(push->id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		if (add_dropped(w, &all, rows_text(rows, 0), rows_int(rows, 1),
				err) < 0)
			return -1;
	vec_each (&all, d)
		json_key_int(j, d->tag, d->n);
	return more;
}

int push_result(struct work *w, const struct push *push, struct strbuf *out,
		struct err *err)
{
	static const char *const names[] = { "",    "add",   "update",
					     "tag", "untag", "unchanged" };
	struct json_writer j = JSON_WRITER(out);
	struct counts counts = { { 0 } };

	if (count_actions(w, push, &counts, err) < 0)
		return -1;
	json_begin_object(&j);
	json_key_int(&j, "push_id", push->id);
	for (int i = PUSH_ADD; i < PUSH_LEFT_OUT; i++)
		json_key_int(&j, names[i], counts.by_action[i]);
	json_key_begin_object(&j, "left_out");
	if (count_left_out(w, push, &j, err) < 0)
		return -1;
	json_end_object(&j);
	json_key_begin_object(&j, "dropped");
	if (count_dropped(w, push, &j, err) < 0)
		return -1;
	json_end_object(&j);
	json_key_id(&j, "segment_id", push->segment_id);
	json_key_text(&j, "audience_id", w->audience);
	json_key_bool(&j, "dry_run", push->dry_run);
	json_end_object(&j);
	return 0;
}

/* --- the whole of it --- */

/* For one plan more. */
static int make_room(struct work *w, int64_t group_id, struct err *err)
{
	int removed;

	do
		removed =
			push_plan_forget(w->db, group_id, w->actor.now_ms, err);
	while (removed > 0);
	return removed;
}

int push_open(struct work *w, const struct push_wish *wish, int64_t *id_out,
	      struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct group group;

	if (group_get(w->db, wish->group_id, w->arena, &group, err) < 0 ||
	    (wish->plan_id && push_plan_check(w->db, &group, wish->plan_id,
					      w->arena, err) < 0) ||
	    (wish->dry_run && make_room(w, wish->group_id, err) < 0) ||
	    tx_begin(w->db, &tx, err) < 0 ||
	    db_find_int(tx.db, SQL_PUSH_ADD,
			SQL_ARGS(sql_int(wish->group_id), sql_text(group.name),
				 sql_text(group.criteria),
				 sql_int(w->run->job->id),
				 sql_int(wish->dry_run), sql_text(w->audience),
				 sql_id_or_null(w->run->job->user_id),
				 sql_int(w->actor.now_ms)),
			id_out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void read_push(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct push *)out = (struct push){
		.group_id = rows_int(rows, 0),
		.group_name = rows_dup(rows, 1, arena),
		.dry_run = rows_int(rows, 2) != 0,
		.segment_id = rows_int(rows, 3),
		.state = rows_dup(rows, 4, arena),
		.asked = rows_int(rows, 5),
	};
}

static int push_load(struct work *w, int64_t id, struct push *out,
		     struct err *err)
{
	int found = db_get(w->db, SQL_PUSH_GET, SQL_ARGS(sql_int(id)),
			   read_push, w->arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no push %lld",
			       (long long)id);
	if (found < 0)
		return -1;
	out->id = id;
	return 0;
}

static int store_result(struct work *w, const struct push *push,
			const char *result, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_PUSH_SET_RESULT,
		    SQL_ARGS(sql_text(result), sql_int(push->id)), err) < 0 ||
	    journal(&tx, w, "push", 0, result, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Stored with the question: a confirmation is for that number of removals, and
 * for no more (rule 11). The plan is made anew by then. */
static int ask(struct work *w, struct push *push, int64_t removals,
	       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	push->state = "asking";
	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_PUSH_ASK,
		    SQL_ARGS(sql_text(push->state), sql_int(removals),
			     sql_int(push->id)),
		    err) < 0 ||
	    db_exec(&tx, SQL_PUSH_ASK_JOB, SQL_ARGS(sql_int(w->run->job->id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

/* 1: the user is asked, 0, -1. */
static int breaker_asks(struct work *w, struct push *push, struct err *err)
{
	struct counts counts = { { 0 } };
	int64_t concerned, removals = 0;

	if (count_actions(w, push, &counts, err) < 0 ||
	    db_find_int(w->db, SQL_PUSH_REMOVALS, SQL_ARGS(sql_int(push->id)),
			&removals, err) < 0)
		return -1;
	concerned = removals + counts.by_action[PUSH_UNCHANGED] +
		    counts.by_action[PUSH_UPDATE];
	if (!breaker_trips(removals, concerned) ||
	    (w->run->job->confirmed && removals <= push->asked))
		return 0;
	return ask(w, push, removals, err);
}

/* Pushes of one group run one after another: 1, or 0: another job pushes it. */
static int take_turn(struct work *w, const struct push *push, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t job = w->run->job->id;
	int taken;

	if (tx_begin(w->db, &tx, err) < 0)
		return -1;
	taken = db_exec(&tx, SQL_PUSH_TURN_TAKE,
			SQL_ARGS(sql_int(push->group_id), sql_int(job),
				 sql_int(job), sql_int(clock_now_ms())),
			err);
	if (taken < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return taken;
}

static int tell_result(struct work *w, const struct push *push, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;

	if (push_result(w, push, &result, err) < 0 ||
	    store_result(w, push, result.buf, err) < 0)
		return -1;
	strbuf_reset(w->run->result);
	strbuf_addslice(w->run->result, strbuf_str(&result));
	return 0;
}

/* A plan that was asked about is old when the answer comes, and so is one whose
 * job waited while the group was pushed again: 1, 0, -1. */
static int needs_plan(struct work *w, const struct push *push, struct err *err)
{
	int64_t later;

	if (strcmp(push->state, "planning") == 0 ||
	    strcmp(push->state, "asking") == 0)
		return 1;
	return strcmp(push->state, "done") == 0
		       ? 0
		       : db_find_int(w->db, SQL_PUSH_LATER,
				     SQL_ARGS(sql_int(push->group_id),
					      sql_int(push->id)),
				     &later, err);
}

int push_renew(struct work *w, int64_t push_id, struct err *err)
{
	return db_write(w->db, SQL_PUSH_RENEW, SQL_ARGS(sql_int(push_id)), err);
}

/* By a plan of before: a run of before may have added them, and they may have
 * left since. A plan that was just made has read the mirror. */
static int push_go_on(struct work *w, struct push *push, struct err *err)
{
	return mirror_follow(w, err) < 0 ? -1 : push_apply(w, push, err);
}

/* Nothing has been done by a plan that does not fit. */
static int make_plan(struct work *w, struct push *push, int64_t plan_id,
		     struct err *err)
{
	if (plan_make(w, push, err) < 0)
		return -1;
	return plan_id ? push_plan_fits(w->db, plan_id, push->id, err) : 0;
}

int push_run(struct work *w, int64_t push_id, int64_t plan_id, struct err *err)
{
	struct push push;
	int asks = 0, turn = 1, plan;
	bool todo;

	if (push_load(w, push_id, &push, err) < 0)
		return -1;
	if (!push.dry_run)
		turn = take_turn(w, &push, err);
	if (turn <= 0)
		return turn < 0 ? -1 : PUSH_WAITS;
	plan = needs_plan(w, &push, err);
	if (plan < 0 || (plan > 0 && make_plan(w, &push, plan_id, err) < 0))
		return -1;
	todo = !push.dry_run && strcmp(push.state, "done") != 0;
	if (todo)
		asks = breaker_asks(w, &push, err);
	if (asks < 0 || (todo && asks == 0 &&
			 (plan ? push_apply : push_go_on)(w, &push, err) < 0))
		return -1;
	return tell_result(w, &push, err) < 0 ? -1 : asks ? PUSH_ASKS : 0;
}

/* --- just before a campaign --- */

#define REOPENED_A_STEP 5000

static int reopen_page(struct work *w, int64_t push_id, const struct ids *ids,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_PUSH_ROWS_REOPEN,
		    SQL_ARGS(sql_int(push_id), sql_keys(ids, &keys)),
		    err) < 0 ||
	    db_exec(&tx, SQL_PUSH_REOPEN, SQL_ARGS(sql_int(push_id)), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* How many rows the present has overtaken; they are to be done again. Of a
 * million rows all are asked about, for seconds, in which others write. */
static int reopen(struct work *w, int64_t push_id, struct err *err)
{
	CLEANUP(vec_release) struct ids all = VEC_INIT;

	if (push_overtaken(w, push_id, &all, err) < 0)
		return -1;
	for (size_t at = 0; at < all.n; at += REOPENED_A_STEP) {
		struct ids page = vec_page(&all, at, REOPENED_A_STEP);

		if (reopen_page(w, push_id, &page, err) < 0)
			return -1;
	}
	return (int)all.n;
}

/* The audience refused to take the tag from somebody. */
static int is_clean(struct work *w, int64_t push_id, struct err *err)
{
	int64_t n = 0;

	if (db_find_int(w->db, SQL_PUSH_STILL_TAGGED,
			SQL_ARGS(sql_int(push_id)), &n, err) < 0)
		return -1;
	if (n == 0)
		return 0;
	return err_set(err, ERR_CONFLICT,
		       "%lld addresses that are not to get this campaign keep "
		       "the tag of its group, since the audience refuses to "
		       "take it away: see what is parked, mend it there, and "
		       "send again",
		       (long long)n);
}

#define RECHECKS 5

int push_recheck(struct work *w, int64_t push_id, struct err *err)
{
	struct push push;

	for (int i = 0; i < RECHECKS; i++) {
		int n = reopen(w, push_id, err);

		if (n <= 0)
			return n < 0 ? -1 : is_clean(w, push_id, err);
		if (push_load(w, push_id, &push, err) < 0 ||
		    push_go_on(w, &push, err) < 0 ||
		    tell_result(w, &push, err) < 0)
			return -1;
	}
	return err_set(err, ERR_RETRY,
		       "the people of the group change while it is pushed");
}

/* --- the job --- */

static int read_payload(struct job_run *run, struct push_wish *out,
			int64_t *push_id, struct err *err)
{
	CLEANUP(json_free) json_t *payload = NULL;
	CLEANUP(json_free) json_t *state = NULL;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "group_id", &out->group_id, err) < 0 ||
	    json_get_bool(payload, "dry_run", &out->dry_run, err) < 0 ||
	    json_get_int(payload, "plan_id", &out->plan_id, err) < 0)
		return -1;
	if (!run->job->state_json)
		return 0;
	if (json_parse(str_of(run->job->state_json), &state, err) < 0)
		return -1;
	return json_get_int(state, "push_id", push_id, err);
}

static int keep_push_id(struct work *w, int64_t push_id, struct err *err)
{
	return job_progress(w->run, NULL, w->run->job->done, w->run->job->total,
			    arena_printf(w->arena, "{\"push_id\":%lld}",
					 (long long)push_id),
			    err);
}

/* The push is done, whatever comes of it. */
static void confirm_tag(struct work *w, int64_t push_id)
{
	struct err ignored = ERR_INIT; /* then the next plan looks */
	struct push push;

	if (push_load(w, push_id, &push, &ignored) == 0)
		(void)plan_confirm_tag(w, &push, &ignored);
}

int job_push(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	struct push_wish wish = { .dry_run = true };
	int64_t push_id = 0;
	int ret;

	if (read_payload(run, &wish, &push_id, err) < 0 ||
	    work_begin(run, &w, err) < 0)
		return -1;
	if (push_id == 0 && (push_open(&w, &wish, &push_id, err) < 0 ||
			     keep_push_id(&w, push_id, err) < 0))
		return -1;
	ret = push_run(&w, push_id, wish.plan_id, err);
	if (ret == PUSH_WAITS)
		return job_again(run, clock_now_ms() + MS_SECOND);
	if (ret == 0)
		confirm_tag(&w, push_id);
	return ret == PUSH_ASKS ? job_ask(run) : ret;
}
