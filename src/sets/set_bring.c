#include "sets/set_bring.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "sets/set_cache.h"
#include "sets/set_fill.h"
#include "store/db.h"

#include <string.h>

struct wanted_places VEC_FIELDS(struct wanted_set *);

/* What the log said of a moment, and whom it concerns. */
struct answer {
	const struct wanted_set *asked;
	struct ids ids;
	bool is_known; /* else too many, or anybody */
	struct wanted_places of;
};

struct bring {
	struct db *db;
	const struct set_source *source;
	struct wanted_sets *all;
	struct moment now;
	VEC(struct answer) answers;
	struct wanted_places stale; /* are read from all rows ... */
	struct wanted_places read;  /* ... and these, which are not kept */
	struct err *err;
};

static void bring_release(struct bring *b)
{
	vec_each (&b->answers, answer) {
		vec_release(&answer->ids);
		vec_release(&answer->of);
	}
	vec_release(&b->answers);
	vec_release(&b->stale);
	vec_release(&b->read);
	moment_release(&b->now);
}

void wanted_sets_release(struct wanted_sets *all)
{
	vec_each (all, wanted) {
		kept_set_release(&wanted->set);
		moment_release(&wanted->at);
	}
	vec_release(all);
}

size_t wanted_sets_add(struct wanted_sets *all, struct wanted_set wanted)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i].name, wanted.name) == 0)
			return i;
	vec_push(all, wanted);
	return all->n - 1;
}

/* --- what changed --- */

static bool asks_the_same(const struct wanted_set *a,
			  const struct wanted_set *b)
{
	return a->kinds == b->kinds && a->of_id == b->of_id &&
	       strcmp(a->at.text, b->at.text) == 0;
}

/* Many sets are of one moment, and moved by the same: the log is asked once. */
static struct answer *ask(struct bring *b, const struct wanted_set *w)
{
	struct answer answer = { .asked = w };
	int found;

	vec_each (&b->answers, known)
		if (asks_the_same(known->asked, w))
			return known;
	found = change_log_since(b->db, b->source->log, &w->at, w->kinds,
				 w->of_id, &answer.ids, b->err);
	answer.is_known = found > 0;
	vec_push(&b->answers, answer);
	return found < 0 ? NULL : &b->answers.v[b->answers.n - 1];
}

static int look(struct bring *b, struct wanted_set *w)
{
	struct answer *answer;

	if (w->is_read) {
		vec_push(&b->read, w);
		return 0;
	}
	if (w->set && strcmp(w->at.text, b->now.text) == 0 &&
	    w->at.epoch == b->now.epoch)
		return 0;
	if (!w->set || !change_log_reaches(&b->now, &w->at)) {
		vec_push(&b->stale, w);
		return 0;
	}
	answer = ask(b, w);
	if (!answer)
		return -1;
	if (!answer->is_known)
		vec_push(&b->stale, w);
	else if (answer->ids.n > 0)
		vec_push(&answer->of, w);
	return 0;
}

/* --- up to the snapshot --- */

static bool has_edge_of(const struct kept_set *set, const struct ids *ids)
{
	vec_each (&set->edges, edge)
		if (ids_has(ids, edge->id))
			return true;
	return false;
}

/* Is what they are now, by `fresh`, what the set says of them? */
static bool is_as_it_was(struct kept_set *set, struct kept_set *fresh,
			 const struct ids *ids)
{
	if (fresh->edges.n > 0 || has_edge_of(set, ids))
		return false;
	vec_each (ids, id)
		if (id_set_has(&set->set, *id) != id_set_has(&fresh->set, *id))
			return false;
	return true;
}

static void forget(struct kept_set *set, const struct ids *ids)
{
	CLEANUP(id_set_release) struct id_set gone = ID_SET_INIT;
	size_t kept = 0;

	vec_each (ids, id)
		id_set_add(&gone, *id);
	id_set_subtract(&set->set, &gone);
	vec_each (&set->edges, edge)
		if (!ids_has(ids, edge->id))
			set->edges.v[kept++] = *edge;
	set->edges.n = kept;
}

/* What others may look at is left as it is. */
static struct kept_set *with(struct kept_set *set, struct kept_set *fresh,
			     const struct ids *ids)
{
	struct kept_set *copy = kept_set_copy(set);

	forget(copy, ids);
	id_set_or(&copy->set, &fresh->set);
	vec_each (&fresh->edges, edge)
		vec_push(&copy->edges, *edge);
	id_set_settle(&copy->set);
	return copy;
}

static void begin(const struct wanted_places *of)
{
	vec_each (of, w)
		(*w)->set = kept_set_new((*w)->name);
}

static void settle(const struct wanted_places *of)
{
	vec_each (of, w)
		id_set_settle(&(*w)->set->set);
}

static int catch_up(struct bring *b, const struct answer *answer)
{
	VEC(struct kept_set *) before = VEC_INIT;
	struct set_part part = { .among = &answer->ids };
	int ret;

	vec_each (&answer->of, w)
		vec_push(&before, (*w)->set);
	begin(&answer->of);
	ret = before.n == 0 ? 0
			    : b->source->fill(b->db, answer->of.v, answer->of.n,
					      &part, b->err);
	settle(&answer->of);
	for (size_t i = 0; i < before.n; i++) {
		struct kept_set *fresh = answer->of.v[i]->set;
		struct kept_set **old = &before.v[i];

		if (ret == 0 && is_as_it_was(*old, fresh, &answer->ids))
			answer->of.v[i]->set = kept_set_hold(*old);
		else
			answer->of.v[i]->set = with(*old, fresh, &answer->ids);
		kept_set_release(&fresh);
		kept_set_release(old);
	}
	vec_release(&before);
	return ret;
}

static int read_anew(struct bring *b, const struct wanted_places *of)
{
	vec_each (of, w)
		kept_set_release(&(*w)->set);
	begin(of);
	if (of->n > 0 &&
	    set_fill(b->db, b->source, of->v, of->n, &b->now, b->err) < 0)
		return -1;
	settle(of);
	return 0;
}

/* What the log does not tell of is read in this very snapshot. */
static int read_now(struct bring *b)
{
	const struct wanted_places *of = &b->read;

	begin(of);
	if (of->n > 0 && b->source->fill(b->db, of->v, of->n,
					 &(struct set_part){ 0 }, b->err) < 0)
		return -1;
	settle(of);
	return 0;
}

static int freshen(struct bring *b)
{
	vec_each (b->all, w)
		if (look(b, w) < 0)
			return -1;
	vec_each (&b->answers, answer)
		if (catch_up(b, answer) < 0)
			return -1;
	return read_anew(b, &b->stale) < 0 || read_now(b) < 0 ? -1 : 0;
}

int set_bring(struct db *db, const struct set_source *source,
	      struct wanted_sets *all, struct err *err)
{
	CLEANUP(bring_release)
	struct bring b = { .db = db, .source = source, .all = all, .err = err };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct set_cache *cache = set_cache_of(db);

	BUG_ON(db_is_writing(db));
	vec_each (all, w)
		if (!w->is_read)
			w->set = set_cache_borrow(cache, w->name, &w->at);
	if ((!db_is_in_tx(db) && tx_begin_snapshot(db, &tx, err) < 0) ||
	    change_log_now(db, source->log, &b.now, err) < 0 || freshen(&b) < 0)
		return -1;
	vec_each (all, w)
		if (!w->is_read)
			set_cache_put(cache, w->set, &b.now);
	return 0;
}
