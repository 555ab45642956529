#include "audience/sets/segment_eval.h"

#include "audience/sets/leaf_fill.h"
#include "audience/sets/member_change.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

/* A status each, and of a condition two times, or a set and who got it. */
#define NONE (-1)

struct eval {
	const struct segment_scope *scope;
	const struct condition_tree *tree;
	struct arena *arena;
	struct wanted_sets wanted;
	size_t statuses; /* of `wanted`, the first */
	int first[CONDITIONS_MAX], second[CONDITIONS_MAX]; /* NONE: nobody */
	int *interests[CONDITIONS_MAX]; /* of those of interests, one each */
};

static void eval_release(struct eval *e)
{
	wanted_sets_release(&e->wanted);
	arena_free(&e->arena);
}

/* --- what is needed --- */

static int want(struct eval *e, struct leaf_about about)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct leaf_about *kept = arena_new_of(e->arena, struct leaf_about);
	struct wanted_set wanted = { .about = kept };

	*kept = about;
	leaf_name(kept, &name);
	wanted.name = arena_str(e->arena, strbuf_str(&name));
	wanted.kinds = leaf_moved_by(kept, &wanted.of_id);
	wanted.is_whole = !leaf_is_of_rows(kept) && kept->id == 0;
	return (int)wanted_sets_add(&e->wanted, wanted);
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
					    .id = kept_set_hour(ms),
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
	case CONDITION_INTERESTS:
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

static int *want_interests(struct eval *e, const struct condition *c)
{
	int *wanted;

	if (c->kind != CONDITION_INTERESTS)
		return NULL;
	wanted = arena_array(e->arena, int, c->ids_n + 1);
	for (size_t i = 0; i < c->ids_n; i++)
		wanted[i] = want_index(e, LEAF_INTEREST, c->ids[i]);
	return wanted;
}

static void want_all(struct eval *e)
{
	for (int status = 1; status <= MEMBER_ARCHIVED; status++)
		if (e->scope->statuses & MEMBER_STATUS_BIT(status))
			(void)want(e, (struct leaf_about){
					      .kind = LEAF_STATUS,
					      .list_id = e->scope->list_id,
					      .id = status });
	e->statuses = e->wanted.n;
	for (size_t i = 0; i < e->tree->n; i++) {
		e->first[i] = want_first(e, &e->tree->v[i]);
		e->second[i] = want_second(e, &e->tree->v[i]);
		e->interests[i] = want_interests(e, &e->tree->v[i]);
	}
}

/* --- algebra --- */

static void since(struct eval *e, int wanted, int64_t from_ms,
		  struct id_set *out)
{
	if (wanted != NONE)
		kept_set_since(e->wanted.v[wanted].set, from_ms, out);
}

static void between(struct eval *e, size_t i, struct id_set *out)
{
	CLEANUP(id_set_release) struct id_set later = ID_SET_INIT;
	const struct condition *c = &e->tree->v[i];

	since(e, e->first[i], time_of(c->from_ms), out);
	since(e, e->second[i], time_of(c->to_ms), &later);
	id_set_subtract(out, &later);
}

static void choosing(struct eval *e, size_t i, struct id_set *out)
{
	const struct condition *c = &e->tree->v[i];

	for (size_t n = 0; n < c->ids_n; n++) {
		struct id_set *set = &e->wanted.v[e->interests[i][n]].set->set;

		if (n == 0)
			id_set_copy(out, set);
		else if (c->test == TEST_ALL_OF)
			id_set_and(out, set);
		else
			id_set_or(out, set);
	}
}

/* Who fits it, or with `negated` who does not: a set that is added to or taken
 * from others. */
static void fitting(struct eval *e, size_t i, struct id_set *out, bool *negated)
{
	const struct condition *c = &e->tree->v[i];
	struct id_set *first =
		e->first[i] == NONE ? NULL : &e->wanted.v[e->first[i]].set->set;

	*negated = c->negated && !c->among_sent;
	if (c->among_sent) {
		/* Opened or not among those who got it. */
		id_set_copy(out, &e->wanted.v[e->second[i]].set->set);
		id_set_subtract(out, first);
	} else if (c->test == TEST_BETWEEN) {
		between(e, i, out);
	} else if (c->kind == CONDITION_INTERESTS) {
		choosing(e, i, out);
	} else if (first) {
		id_set_copy(out, first);
	}
}

static void apply(struct eval *e, size_t i, struct id_set *base)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	bool negated;

	fitting(e, i, &set, &negated);
	if (negated)
		id_set_subtract(base, &set);
	else
		id_set_and(base, &set);
}

static void combine(struct eval *e, struct id_set *out)
{
	CLEANUP(id_set_release) struct id_set base = ID_SET_INIT;

	for (size_t i = 0; i < e->statuses; i++)
		id_set_or(&base, &e->wanted.v[i].set->set);
	if (!e->tree->any || e->tree->n == 0) {
		for (size_t i = 0; i < e->tree->n; i++)
			apply(e, i, &base);
		id_set_copy(out, &base);
		return;
	}
	for (size_t i = 0; i < e->tree->n; i++) {
		CLEANUP(id_set_release)
		struct id_set part = ID_SET_INIT;

		id_set_copy(&part, &base);
		apply(e, i, &part);
		id_set_or(out, &part);
	}
}

int segment_eval(struct db *db, const struct segment_scope *scope,
		 const struct condition_tree *tree, struct id_set *out,
		 struct err *err)
{
	static const struct set_source source = { &member_change_log, leaf_fill,
						  leaf_last };
	CLEANUP(eval_release)
	struct eval e = { .scope = scope, .tree = tree, .arena = arena_new() };

	want_all(&e);
	if (set_bring(db, &source, &e.wanted, err) < 0)
		return -1;
	combine(&e, out);
	return 0;
}
