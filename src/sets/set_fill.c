#include "sets/set_fill.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/thread/thread.h"
#include "sets/set_cache.h"
#include "store/db.h"
#include "store/store.h"

#include <string.h>

/* PostgreSQL: of so many ids words come at once: 64 thousand, 4 MB at most. */
#define RANGE (INT64_C(1) << 22)

static const struct set_part all_of_them = { .to = 0 };

/* --- the upper half, and what has none, by another thread --- */

struct places VEC_FIELDS(struct wanted_set *);

struct half {
	struct db *db;
	const struct set_source *source;
	const struct moment *now;
	struct places split, whole; /* the sets that are asked for */
	struct wanted_sets own;     /* of both, with sets of its own */
	int64_t middle;
	bool is_done;
};

static int fill_upper(struct half *h, struct db *db, struct wanted_set **split,
		      struct wanted_set **whole, struct err *err)
{
	struct set_part upper = { .from = h->middle, .to = INT64_MAX };

	if (h->split.n > 0 &&
	    h->source->fill(db, split, h->split.n, &upper, err) < 0)
		return -1;
	return h->whole.n > 0 ? h->source->fill(db, whole, h->whole.n,
						&all_of_them, err)
			      : 0;
}

static bool is_now(struct half *h, struct err *err)
{
	CLEANUP(moment_release) struct moment seen = MOMENT_INIT;

	return change_log_now(h->db, h->source->log, &seen, err) == 0 &&
	       strcmp(seen.text, h->now->text) == 0;
}

/* Whatever goes wrong: who asked does it then, and hears of it. */
static void *fill_beside(void *arg)
{
	struct half *h = arg;
	CLEANUP(vec_release) struct places own = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err ignored = ERR_INIT;

	vec_each (&h->own, wanted)
		vec_push(&own, wanted);
	h->is_done =
		tx_begin_snapshot(h->db, &tx, &ignored) == 0 &&
		is_now(h, &ignored) &&
		fill_upper(h, h->db, own.v, own.v + h->split.n, &ignored) == 0;
	return NULL;
}

static void add_own(const struct places *to, const struct wanted_set *own)
{
	for (size_t i = 0; i < to->n; i++) {
		struct kept_set *set = to->v[i]->set;

		id_set_or(&set->set, &own[i].set->set);
		vec_each (&own[i].set->edges, edge)
			vec_push(&set->edges, *edge);
	}
}

static void make_own(struct half *h, const struct places *of)
{
	vec_each (of, w) {
		struct wanted_set own = **w;

		own.set = kept_set_new(own.name);
		own.at = (struct moment)MOMENT_INIT;
		vec_push(&h->own, own);
	}
}

static int fill_lower(struct half *h, struct db *db, struct err *err)
{
	struct set_part lower = { .to = h->middle };

	return h->split.n > 0 ? h->source->fill(db, h->split.v, h->split.n,
						&lower, err)
			      : 0;
}

static int fill_halves(struct db *db, struct half *h, struct err *err)
{
	pthread_t thread;
	bool is_begun;
	int ret;

	make_own(h, &h->split);
	make_own(h, &h->whole);
	is_begun = db_beside(db, &h->db) &&
		   thread_start(&thread, "sets", fill_beside, h) == 0;
	ret = fill_lower(h, db, err);
	if (is_begun)
		(void)pthread_join(thread, NULL);
	store_put(&h->db);
	if (ret < 0)
		return -1;
	if (!h->is_done)
		return fill_upper(h, db, h->split.v, h->whole.v, err);
	add_own(&h->split, h->own.v);
	add_own(&h->whole, h->own.v + h->split.n);
	return 0;
}

static void half_release(struct half *h)
{
	wanted_sets_release(&h->own);
	vec_release(&h->split);
	vec_release(&h->whole);
}

static int fill_by_two(struct db *db, const struct set_source *source,
		       struct wanted_set *const *v, size_t n, int64_t last,
		       const struct moment *now, struct err *err)
{
	CLEANUP(half_release)
	struct half half = { .source = source,
			     .now = now,
			     .middle = last / 2 + 1 };

	for (size_t i = 0; i < n; i++)
		if (v[i]->is_whole)
			vec_push(&half.whole, v[i]);
		else
			vec_push(&half.split, v[i]);
	return fill_halves(db, &half, err);
}

/* --- all of it --- */

static int fill_ranges(struct db *db, const struct set_source *source,
		       struct wanted_set *const *v, size_t n, int64_t last,
		       struct err *err)
{
	struct set_part part = { .from = 0 };

	for (; part.from <= last; part.from = part.to) {
		part.to = part.from + RANGE;
		if (source->fill(db, v, n, &part, err) < 0)
			return -1;
	}
	return 0;
}

int set_fill(struct db *db, const struct set_source *source,
	     struct wanted_set *const *v, size_t n, const struct moment *now,
	     struct err *err)
{
	int64_t last;

	if (source->last(db, v, &last, err) < 0)
		return -1;
	if (db_backend(db) == DB_PG)
		return fill_ranges(db, source, v, n, last, err);
	if (last < set_cache_split_from(set_cache_of(db)))
		return source->fill(db, v, n, &all_of_them, err);
	return fill_by_two(db, source, v, n, last, now, err);
}
