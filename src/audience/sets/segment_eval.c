#include "audience/sets/segment_eval.h"

#include "audience/sets/leaf_fill.h"
#include "audience/sets/set_cache.h"
#include "base/cleanup.h"
#include "base/err.h"

/* A status each, and of a condition two times, or a set and who got it. */
#define LEAVES_MAX (MEMBER_ARCHIVED + 2 * CONDITIONS_MAX)
#define NONE (-1)

/* A leaf as it is needed, and as it comes to be. */
struct wanted {
	struct leaf_about about;
	struct leaf *leaf;
	struct moment at; /* of one that was kept */
	bool is_fresh;    /* leaf is true of the snapshot */
};

struct eval {
	struct db *db;
	struct set_cache *cache;
	const struct segment_scope *scope;
	const struct condition_tree *tree;
	struct wanted v[LEAVES_MAX];
	size_t n;
	int first[CONDITIONS_MAX], second[CONDITIONS_MAX]; /* NONE: nobody */
	struct moment now;
	struct err *err;
};

static void eval_release(struct eval *e)
{
	for (size_t i = 0; i < e->n; i++) {
		leaf_release(&e->v[i].leaf);
		moment_release(&e->v[i].at);
	}
	moment_release(&e->now);
}

/* --- what is needed --- */

static int want(struct eval *e, struct leaf_about about)
{
	for (size_t i = 0; i < e->n; i++)
		if (leaf_is_same(&e->v[i].about, &about))
			return (int)i;
	e->v[e->n] = (struct wanted){ .about = about };
	return (int)e->n++;
}

static int want_index(struct eval *e, enum leaf_kind kind, int64_t id)
{
	return want(e, (struct leaf_about){ .kind = kind, .id = id });
}

static int want_since(struct eval *e, const struct condition *c, int64_t ms)
{
	if (ms == INT64_MAX)
		return NONE;
	return want(e, (struct leaf_about){ .kind = LEAF_SINCE,
					    .list_id = e->scope->list_id,
					    .id = leaf_hour(ms),
					    .condition.kind = c->kind });
}

/* Times begin with 1: 0 is none. */
static int64_t time_of(int64_t bound_ms)
{
	return bound_ms > 1 ? bound_ms : 1;
}

static int want_first(struct eval *e, const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_NEVER:
		return NONE;
	case CONDITION_STATIC:
		return want_index(e, LEAF_TAG, c->id);
	case CONDITION_SENT:
		return want_index(e, LEAF_SENT, c->id);
	case CONDITION_OPENED:
		return want_index(e, LEAF_OPENED, c->id);
	case CONDITION_CLICKED:
		return want_index(e, LEAF_CLICKED, c->id);
	default:
		break;
	}
	if (c->test == TEST_BETWEEN)
		return want_since(e, c, time_of(c->from_ms));
	return want(e, (struct leaf_about){ .kind = LEAF_ROW,
					    .list_id = e->scope->list_id,
					    .condition = *c });
}

static int want_second(struct eval *e, const struct condition *c)
{
	if (c->among_sent)
		return want_index(e, LEAF_SENT, c->id);
	if (c->test == TEST_BETWEEN)
		return want_since(e, c, time_of(c->to_ms));
	return NONE;
}

static void want_all(struct eval *e)
{
	for (int status = 1; status <= MEMBER_ARCHIVED; status++)
		if (e->scope->statuses & MEMBER_STATUS_BIT(status))
			(void)want(e, (struct leaf_about){
					      .kind = LEAF_STATUS,
					      .list_id = e->scope->list_id,
					      .id = status });
	for (size_t i = 0; i < e->tree->n; i++) {
		e->first[i] = want_first(e, &e->tree->v[i]);
		e->second[i] = want_second(e, &e->tree->v[i]);
	}
}

/* --- up to the snapshot --- */

/* 1: is fresh now, 0: is to be read anew. */
static int catch_up(struct eval *e, struct wanted *w)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct leaf *copy;
	int64_t of_id;
	unsigned kinds = leaf_moved_by(&w->about, &of_id);
	int found;

	if (!w->leaf || !change_log_reaches(&e->now, &w->at))
		return 0;
	found = change_log_since(e->db, &w->at, kinds, of_id, &ids, e->err);
	if (found <= 0 || ids.n == 0)
		return found;
	copy = leaf_copy(w->leaf);
	leaf_release(&w->leaf);
	w->leaf = copy;
	return leaf_fill(e->db, &w->leaf, 1, &ids, e->err) < 0 ? -1 : 1;
}

static int read_anew(struct eval *e, struct wanted **v, size_t n)
{
	struct leaf *leaves[LEAVES_MAX];

	for (size_t i = 0; i < n; i++) {
		leaf_release(&v[i]->leaf);
		leaves[i] = v[i]->leaf = leaf_new(&v[i]->about);
	}
	return n ? leaf_fill(e->db, leaves, n, NULL, e->err) : 0;
}

static int freshen(struct eval *e)
{
	struct wanted *of_rows[LEAVES_MAX];
	size_t rows_n = 0;

	for (size_t i = 0; i < e->n; i++) {
		struct wanted *w = &e->v[i];
		int caught_up = catch_up(e, w);

		if (caught_up < 0)
			return -1;
		if (caught_up)
			continue;
		if (leaf_is_of_rows(&w->about))
			of_rows[rows_n++] = w;
		else if (read_anew(e, &w, 1) < 0)
			return -1;
	}
	return read_anew(e, of_rows, rows_n);
}

static int bring(struct eval *e)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	for (size_t i = 0; i < e->n; i++)
		e->v[i].leaf =
			set_cache_borrow(e->cache, &e->v[i].about, &e->v[i].at);
	if (tx_begin_snapshot(e->db, &tx, e->err) < 0 ||
	    change_log_now(e->db, &e->now, e->err) < 0 || freshen(e) < 0)
		return -1;
	for (size_t i = 0; i < e->n; i++)
		set_cache_put(e->cache, e->v[i].leaf, &e->now);
	return 0;
}

/* --- algebra --- */

static void since(struct eval *e, int wanted, int64_t from_ms,
		  struct member_set *out)
{
	if (wanted != NONE)
		leaf_since(e->v[wanted].leaf, from_ms, out);
}

static void between(struct eval *e, size_t i, struct member_set *out)
{
	CLEANUP(member_set_release) struct member_set later = MEMBER_SET_INIT;
	const struct condition *c = &e->tree->v[i];

	since(e, e->first[i], time_of(c->from_ms), out);
	since(e, e->second[i], time_of(c->to_ms), &later);
	member_set_subtract(out, &later);
}

/* Who fits it, or with `negated` who does not: a set that is added to or taken
 * from others. */
static void fitting(struct eval *e, size_t i, struct member_set *out,
		    bool *negated)
{
	const struct condition *c = &e->tree->v[i];
	struct member_set *first =
		e->first[i] == NONE ? NULL : &e->v[e->first[i]].leaf->set;

	*negated = c->negated && !c->among_sent;
	if (c->among_sent) {
		/* Opened or not among those who got it. */
		member_set_copy(out, &e->v[e->second[i]].leaf->set);
		member_set_subtract(out, first);
	} else if (c->test == TEST_BETWEEN) {
		between(e, i, out);
	} else if (first) {
		member_set_copy(out, first);
	}
}

static void apply(struct eval *e, size_t i, struct member_set *base)
{
	CLEANUP(member_set_release) struct member_set set = MEMBER_SET_INIT;
	bool negated;

	fitting(e, i, &set, &negated);
	if (negated)
		member_set_subtract(base, &set);
	else
		member_set_and(base, &set);
}

static void combine(struct eval *e, struct member_set *out)
{
	CLEANUP(member_set_release) struct member_set base = MEMBER_SET_INIT;

	for (size_t i = 0; i < e->n && e->v[i].about.kind == LEAF_STATUS; i++)
		member_set_or(&base, &e->v[i].leaf->set);
	if (!e->tree->any || e->tree->n == 0) {
		for (size_t i = 0; i < e->tree->n; i++)
			apply(e, i, &base);
		member_set_copy(out, &base);
		return;
	}
	for (size_t i = 0; i < e->tree->n; i++) {
		CLEANUP(member_set_release)
		struct member_set part = MEMBER_SET_INIT;

		member_set_copy(&part, &base);
		apply(e, i, &part);
		member_set_or(out, &part);
	}
}

int segment_eval(struct db *db, const struct segment_scope *scope,
		 const struct condition_tree *tree, struct member_set *out,
		 struct err *err)
{
	CLEANUP(eval_release)
	struct eval e = { .db = db,
			  .cache = set_cache_of(db),
			  .scope = scope,
			  .tree = tree,
			  .err = err };

	want_all(&e);
	if (bring(&e) < 0)
		return -1;
	combine(&e, out);
	return 0;
}
