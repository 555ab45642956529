/*
 * A bulk act as a job: settles the set, then works through it. Called by the
 * runner; a thread a job.
 */
#include "crm/browse/bulk_private.h"
#include "crm/browse/bulk_state.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/group/group.h"

#include <string.h>

#define SETTLE_PAGE 2000 /* ids of a transaction */
#define WORK_PAGE 1000
#define WORK_STEP 50  /* done at once, between looks at the clock */
#define WORK_US 50000 /* of a transaction */
#define TRIES 5       /* of a page, when others are in the way */

struct work {
	struct job_run *run;
	struct bulk bulk;
	struct actor actor;
	struct bulk_state state;
};

static void work_release(struct work *w)
{
	bulk_release(&w->bulk);
	bulk_state_release(&w->state);
}

static int read_payload(struct work *w, json_t **tree, struct err *err)
{
	const char *entity = NULL;
	enum entity kind;

	if (json_parse(str_of(w->run->job->payload), tree, err) < 0 ||
	    json_get_text(*tree, "entity", &entity, err) < 0 ||
	    json_get_text(*tree, "actor", &w->actor.name, err) < 0 ||
	    json_get_text(*tree, "ip", &w->actor.ip, err) < 0)
		return -1;
	if (!entity || !entity_parse(entity, &kind))
		return err_set(err, ERR_BUG, "a bulk act on nothing");
	w->actor.user_id = w->run->job->user_id;
	return bulk_parse(kind, *tree, w->run->arena, &w->bulk, err);
}

/* --- the set --- */

/* The next ids of the set after the last: how many, or -1. */
static int next_ids(const struct work *w, const struct selection *s,
		    struct ids *out, struct err *err)
{
	const struct ids *ids = &w->bulk.choice.ids;

	if (!w->bulk.choice.by_ids)
		return selection_walk(w->run->db, s, w->state.after,
				      SETTLE_PAGE, out, err);
	for (size_t i = 0; i < ids->n && out->n < SETTLE_PAGE; i++) {
		if (ids->v[i] > w->state.after)
			vec_push(out, ids->v[i]);
	}
	return (int)out->n;
}

/* 1: there is more, 0: it is settled, -1. */
static int settle_page(struct work *w, const struct selection *s,
		       struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const char *payload = NULL;
	int n = next_ids(w, s, &ids, err);

	if (n < 0 ||
	    bulk_choice_check(&w->bulk.choice, w->state.total + (int64_t)ids.n,
			      err) < 0)
		return -1;
	if (n < SETTLE_PAGE)
		payload =
			bulk_payload(&w->bulk, &w->actor, false, w->run->arena);
	if (bulk_settle(w->run, &w->state, &ids, payload, err) < 0)
		return -1;
	return n == SETTLE_PAGE;
}

/* --- working --- */

static bool is_refusal(const struct err *err)
{
	return err->code == ERR_INVALID || err->code == ERR_NOT_FOUND ||
	       err->code == ERR_CONFLICT || err->code == ERR_DENIED ||
	       err->code == ERR_LIMIT;
}

/*
 * Acts on the first *n of the ids, or as many as time allows, and commits: 1.
 * 0: one of a step was refused, which begins at *n now, and nothing was
 * written; -1.
 */
static int try_page(struct work *w, const struct ids *ids, size_t *n,
		    size_t step, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t until_us = clock_monotonic_us() + WORK_US;
	struct bulk_tally t = w->state.tally;
	struct group group = { 0 };
	size_t i = 0;

	w->actor.now_ms = clock_now_ms();
	if (tx_begin(w->run->db, &tx, err) < 0 ||
	    (bulk_is_of_group(&w->bulk) &&
	     bulk_group(w->run->db, &w->bulk, arena, &group, err) < 0))
		return -1;
	do {
		size_t some = *n - i < step ? *n - i : step;
		struct ids at_once = { .v = ids->v + i, .n = some };
		int changed = bulk_do(&tx, &w->bulk, &at_once, &group,
				      &w->actor, arena, err);

		if (changed < 0) {
			*n = i;
			return is_refusal(err) ? 0 : -1;
		}
		t.changed += changed;
		t.unchanged += (int64_t)some - changed;
		i += some;
	} while (i < *n && clock_monotonic_us() < until_us);
	if (bulk_set_done(&tx, w->run->job->id, ids->v[i - 1], err) < 0 ||
	    bulk_state_save(w->run, &tx, &w->state, &t, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	w->state.tally = t;
	return 1;
}

static int refuse(struct work *w, int64_t id, const char *why, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct bulk_tally t = w->state.tally;

	t.refused++;
	bulk_state_tell(w->run, &w->state, id, why);
	if (tx_begin(w->run->db, &tx, err) < 0 ||
	    bulk_set_done(&tx, w->run->job->id, id, err) < 0 ||
	    bulk_state_save(w->run, &tx, &w->state, &t, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	w->state.tally = t;
	return 0;
}

/* Up to the first step of which one is refused; of that up to the one that is;
 * that one alone. */
static int work_some(struct work *w, const struct ids *ids, struct err *err)
{
	size_t n = ids->n, step = WORK_STEP;
	int tries = 0;

	for (;;) {
		struct err why = ERR_INIT;
		size_t first = n < step ? n : step;
		int done = try_page(w, ids, &n, step, &why);

		if (done > 0)
			return 0;
		if (done == 0 && n == 0 && first == 1)
			return refuse(w, ids->v[0], why.text, err);
		if (done == 0 && n == 0) {
			n = first;
			step = 1;
		}
		if (done == 0)
			continue;
		if (why.code != ERR_RETRY || job_is_stopping(w->run) ||
		    ++tries == TRIES) {
			*err = why;
			return -1;
		}
		n = 1; /* somebody else works on one of them */
	}
}

/* 1: there is more, 0: all is done, -1. */
static int work_page(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (bulk_set_next(w->run->db, w->run->job->id, WORK_PAGE, &ids, err) <
	    0)
		return -1;
	if (ids.n == 0)
		return 0;
	if (work_some(w, &ids, err) < 0)
		return -1;
	runner_wake(w->run->runner); /* for what the bridge is to do of it */
	return 1;
}

static int settle(struct work *w, struct err *err)
{
	struct selection s = { 0 };
	int more = 1;

	if (w->state.settled)
		return 0;
	if (!w->bulk.choice.by_ids &&
	    bulk_selection(w->run->db, &w->bulk, clock_now_ms(), w->run->arena,
			   &s, err) < 0)
		return -1;
	while (more > 0 && !job_is_stopping(w->run))
		more = settle_page(w, &s, err);
	return more;
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

/* The group was deleted by somebody else: whoever asked is told so, how far it
 * came, and what to do. */
static void explain(const struct work *w, struct err *err)
{
	const struct bulk_tally *t = &w->state.tally;
	long long done = t->changed + t->unchanged, all = w->state.total;

	if (err->code != ERR_NOT_FOUND || !w->state.settled ||
	    !bulk_is_of_group(&w->bulk))
		return;
	(void)err_set(err, ERR_NOT_FOUND,
		      w->bulk.act == BULK_REMOVE_FROM_GROUP
			      ? "the group was deleted while this ran: %lld of "
				"%lld were done; there is nothing left to do"
			      : "the group was deleted while this ran: %lld of "
				"%lld were done, and nobody is in it any more; "
				"choose the same records again and add them to "
				"another group",
		      done, all);
}

int bulk_job(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { .run = run };
	CLEANUP(json_free) json_t *payload = NULL;
	int more;

	if (read_payload(&w, &payload, err) < 0 ||
	    bulk_state_read(run, &w.state, err) < 0 ||
	    bulk_set_clear(run->db, err) < 0)
		return -1;
	more = run_all(&w, err);
	if (more > 0)
		return job_again(run, run->job->run_at_ms);
	if (more < 0)
		explain(&w, err);
	/* also of what was done until it was canceled, or failed */
	if (w.state.settled)
		bulk_state_result(run, &w.state);
	return more;
}
