/*
 * An act on many members as a job: settles the set, then works through it.
 * Called by the runner of the schema crm; a thread a job.
 */
#include "api/bulk/member_bulk.h"

#include "api/api.h"
#include "audience/segment.h"
#include "audience/side/many_done.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/browse/bulk_state.h"

#define SETTLE_PAGE 2000 /* ids of a transaction */
#define WORK_PAGE 200    /* members of a transaction: some 50 ms */
#define TRIES 5          /* of a page, when others are in the way */

struct work {
	struct job_run *run;
	struct db *audience;
	struct member_bulk bulk;
	struct list list;
	struct member_actor actor;
	struct bulk_state state;
};

static void work_release(struct work *w)
{
	member_bulk_release(&w->bulk);
	bulk_state_release(&w->state);
	store_put(&w->audience);
}

static int read_payload(struct work *w, json_t **tree, struct err *err)
{
	int64_t source = SOURCE_API;

	if (json_parse(str_of(w->run->job->payload), tree, err) < 0 ||
	    json_get_int(*tree, "source", &source, err) < 0 ||
	    json_get_text(*tree, "ip", &w->actor.ip, err) < 0 ||
	    json_get_text(*tree, "by", &w->actor.by, err) < 0)
		return -1;
	w->actor.source = (enum change_source)source;
	return member_bulk_parse(*tree, &w->bulk, err);
}

/* --- the set --- */

/* Those after the last of an earlier life. 1: there are more, 0: it is settled,
 * -1. */
static int settle_all(struct work *w, const struct ids *all, struct err *err)
{
	size_t from = 0;
	bool is_last = false;

	while (from < all->n && all->v[from] <= w->state.after)
		from++;
	while (!is_last && !job_is_stopping(w->run)) {
		struct ids page = vec_page(all, from, SETTLE_PAGE);
		const char *payload = NULL;

		is_last = from + page.n == all->n;
		if (is_last)
			payload = member_bulk_payload(&w->bulk, &w->actor,
						      false, w->run->arena);
		if (bulk_settle(w->run, &w->state, &page, payload, err) < 0)
			return -1;
		from += page.n;
	}
	return !is_last;
}

static int settle(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct ids all = VEC_INIT;

	if (w->state.settled)
		return 0;
	if (member_bulk_find(w->audience, &w->bulk, &w->list, clock_now_ms(),
			     w->run->arena, &all, err) < 0)
		return -1;
	return settle_all(w, &all, err);
}

/* --- working --- */

/* In the audience. How many changed, or -1. */
static int act_once(struct work *w, const struct ids *ids,
		    struct member_refusals *refused, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct member_many what = { .act = w->bulk.act,
					  .segment_id = w->bulk.segment_id,
					  .ids = ids };
	struct many_done done;
	struct list list;
	int changed;

	vec_reset(refused);
	w->actor.now_ms = clock_now_ms();
	if (tx_begin(w->audience, &tx, err) < 0 ||
	    list_get(w->audience, w->bulk.list_hex, arena, &list, err) < 0)
		return -1; /* or deleted: each would be no member any more */
	changed =
		member_many(&tx, &list, &what, &w->actor, arena, refused, err);
	if (changed < 0)
		return -1;
	done = (struct many_done){ ids->v[ids->n - 1], changed };
	if (many_done_put(&tx, w->run->job->id, &done, refused, w->actor.now_ms,
			  err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return changed;
}

static int act(struct work *w, const struct ids *ids,
	       struct member_refusals *refused, struct err *err)
{
	for (int tries = 1;; tries++) {
		struct err why = ERR_INIT;
		int changed = act_once(w, ids, refused, &why);

		if (changed >= 0)
			return changed;
		if (why.code != ERR_RETRY || tries == TRIES ||
		    job_is_stopping(w->run)) {
			*err = why;
			return -1;
		}
	}
}

/* That these are done. */
static int note(struct work *w, const struct ids *ids, int changed,
		const struct member_refusals *refused, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct bulk_tally t = w->state.tally;

	t.changed += changed;
	t.refused += (int64_t)refused->n;
	t.unchanged += (int64_t)(ids->n - refused->n) - changed;
	vec_each (refused, r)
		bulk_state_tell(w->run, &w->state, r->id, r->why);
	if (tx_begin(w->run->db, &tx, err) < 0 ||
	    bulk_set_done(&tx, w->run->job->id, ids->v[ids->n - 1], err) < 0 ||
	    bulk_state_save(w->run, &tx, &w->state, &t, err) < 0 ||
	    tx_commit(&tx, err) < 0) {
		/* done they are, whoever stopped the job meanwhile */
		if (err->code == ERR_CONFLICT)
			w->state.tally = t;
		return -1;
	}
	w->state.tally = t;
	return 0;
}

/* What hooks are to be told of it. */
static void wake_audience(const struct work *w)
{
	const struct api *api = w->run->context;

	if (api->audience_jobs)
		runner_wake(api->audience_jobs);
}

/* 1: there is more, 0: all is done, -1. */
static int work_page(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(vec_release) struct member_refusals refused = VEC_INIT;
	int changed;

	if (bulk_set_next(w->run->db, w->run->job->id, WORK_PAGE, &ids, err) <
	    0)
		return -1;
	if (ids.n == 0)
		return 0;
	changed = act(w, &ids, &refused, err);
	if (changed < 0 || note(w, &ids, changed, &refused, err) < 0)
		return -1;
	wake_audience(w);
	return 1;
}

/* Done in the audience by a life that was killed before it noted that. */
static int catch_up(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(vec_release) struct member_refusals refused = VEC_INIT;
	struct many_done done;
	int found = many_done_find(w->audience, w->run->job->id, w->run->arena,
				   &done, &refused, err);

	if (found <= 0)
		return found;
	if (bulk_set_next(w->run->db, w->run->job->id, WORK_PAGE, &ids, err) <
	    0)
		return -1;
	while (ids.n > 0 && ids.v[ids.n - 1] > done.through_id)
		ids.n--;
	return ids.n == 0 ? 0 : note(w, &ids, (int)done.changed, &refused, err);
}

static int run_all(struct work *w, struct err *err)
{
	int more = settle(w, err);

	if (more == 0)
		more = 1;
	while (more > 0 && w->state.settled && !job_is_stopping(w->run))
		more = work_page(w, err);
	return more;
}

static int begin(struct work *w, json_t **payload, struct err *err)
{
	int64_t id = w->run->job->id;

	if (read_payload(w, payload, err) < 0 ||
	    bulk_state_read(w->run, &w->state, err) < 0 ||
	    bulk_set_clear(w->run->db, err) < 0 ||
	    store_get(w->run->store, STORE_AUDIENCE, &w->audience, err) < 0)
		return -1;
	if (w->state.settled ? catch_up(w, err) < 0
			     : many_done_remove(w->audience, id, clock_now_ms(),
						err) < 0)
		return -1;
	return list_get(w->audience, w->bulk.list_hex, w->run->arena, &w->list,
			err);
}

/* --- the end --- */

static bool is_gone(int ret, const struct err *err)
{
	return ret < 0 && err->code == ERR_NOT_FOUND;
}

static bool list_is_gone(const struct work *w)
{
	struct err why = ERR_INIT;
	struct list list;

	return is_gone(list_get(w->audience, w->bulk.list_hex, w->run->arena,
				&list, &why),
		       &why);
}

static bool tag_is_gone(const struct work *w)
{
	struct err why = ERR_INIT;
	struct segment segment;

	return w->bulk.act <= MEMBER_ACT_UNTAG &&
	       is_gone(segment_get(w->audience, w->list.id, w->bulk.segment_id,
				   w->run->arena, &segment, &why),
		       &why);
}

/* What the act needs was deleted by somebody else: whoever asked for it is told
 * so, how far it came, and what to do. With an audience go its tags. */
static void explain(const struct work *w, struct err *err)
{
	const struct bulk_tally *t = &w->state.tally;
	long long done = t->changed + t->unchanged,
		  all = w->state.settled ? w->state.total : w->bulk.choice.expected;

	if (!w->audience)
		return;
	if (list_is_gone(w))
		(void)err_set(err, ERR_NOT_FOUND,
			      "the audience was deleted while this ran: %lld "
			      "of %lld were done; there is nothing left to do",
			      done, all);
	else if (tag_is_gone(w) && w->bulk.act == MEMBER_ACT_UNTAG)
		(void)err_set(err, ERR_NOT_FOUND,
			      "the tag was deleted while this ran: %lld of "
			      "%lld were done; there is nothing left to do",
			      done, all);
	else if (tag_is_gone(w))
		(void)err_set(err, ERR_NOT_FOUND,
			      "the tag was deleted while this ran: %lld of "
			      "%lld were done, and nobody has it any more; "
			      "choose the same members again and give them "
			      "another tag",
			      done, all);
}

/* It ends here, and not after another try. */
static void give_up(struct work *w, struct err *err)
{
	struct err unseen = ERR_INIT;

	if (err->code == ERR_NOT_FOUND || err->code == ERR_BUG)
		explain(w, err);
	/* what is left behind goes with that of a later job */
	if (w->audience)
		(void)many_done_remove(w->audience, w->run->job->id,
				       clock_now_ms(), &unseen);
}

int member_bulk_job(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { .run = run };
	CLEANUP(json_free) json_t *payload = NULL;
	int more = begin(&w, &payload, err);

	if (more == 0)
		more = run_all(&w, err);
	if (more > 0)
		return job_again(run, run->job->run_at_ms);
	if (more == 0 &&
	    many_done_remove(w.audience, run->job->id, clock_now_ms(), err) < 0)
		return -1;
	if (more < 0 && err->code != ERR_RETRY && err->code != ERR_IO &&
	    err->code != ERR_FULL)
		give_up(&w, err);
	/* also of what was done until it was canceled, or failed */
	if (w.state.settled)
		bulk_state_result(run, &w.state);
	return more;
}
