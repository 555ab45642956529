#include "audience/sets/segment_eval.h"

#include "audience/sets/leaf_fill.h"
#include "audience/sets/member_change.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

/* A status each, and of a condition two times, or a set and who got it. */
#define NONE (-1)

struct part {
	const struct condition *c;
	int first, second; /* NONE: nobody */
	int *interests;    /* of those of interests, one each */
	struct branch *group;
};

/* A tree of conditions, with the sets that it needs. */
struct branch {
	bool any;
	struct part *v;
	size_t n;
};

struct eval {
	const struct segment_scope *scope;
	struct arena *arena;
	struct wanted_sets wanted;
	size_t statuses; /* of `wanted`, the first */
	struct branch *root;
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
	case CONDITION_GROUP:
		return NONE;
	case CONDITION_PLACE:
		return want(e, (struct leaf_about){ .kind = LEAF_PLACE,
						    .condition = *c });
	case CONDITION_CLIENT:
		return want_index(e, LEAF_CLIENT, c->id);
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

static struct branch *want_tree(struct eval *e,
				const struct condition_tree *tree)
{
	struct branch *branch = arena_new_of(e->arena, struct branch);

	*branch = (struct branch){
		.any = tree->any,
		.v = arena_array(e->arena, struct part, tree->n + 1),
		.n = tree->n,
	};
	for (size_t i = 0; i < tree->n; i++) {
		const struct condition *c = &tree->v[i];
		struct part *part = &branch->v[i];

		*part = (struct part){ .c = c };
		part->first = want_first(e, c);
		part->second = want_second(e, c);
		part->interests = want_interests(e, c);
		if (c->kind == CONDITION_GROUP)
			part->group = want_tree(e, c->group);
	}
	return branch;
}

static void want_all(struct eval *e, const struct condition_tree *tree)
{
	for (int status = 1; status <= MEMBER_ARCHIVED; status++)
		if (e->scope->statuses & MEMBER_STATUS_BIT(status))
			(void)want(e, (struct leaf_about){
					      .kind = LEAF_STATUS,
					      .list_id = e->scope->list_id,
					      .id = status });
	e->statuses = e->wanted.n;
	e->root = want_tree(e, tree);
}

/* --- algebra --- */

static void since(struct eval *e, int wanted, int64_t from_ms,
		  struct id_set *out)
{
	if (wanted != NONE)
		kept_set_since(e->wanted.v[wanted].set, from_ms, out);
}

static void between(struct eval *e, const struct part *part, struct id_set *out)
{
	CLEANUP(id_set_release) struct id_set later = ID_SET_INIT;

	since(e, part->first, time_of(part->c->from_ms), out);
	since(e, part->second, time_of(part->c->to_ms), &later);
	id_set_subtract(out, &later);
}

static void choosing(struct eval *e, const struct part *part,
		     struct id_set *out)
{
	const struct condition *c = part->c;

	for (size_t n = 0; n < c->ids_n; n++) {
		struct id_set *set = &e->wanted.v[part->interests[n]].set->set;

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
static void fitting(struct eval *e, const struct part *part, struct id_set *out,
		    bool *negated)
{
	const struct condition *c = part->c;
	struct id_set *first =
		part->first == NONE ? NULL : &e->wanted.v[part->first].set->set;

	*negated = c->negated && !c->among_sent;
	if (c->among_sent) {
		/* Opened or not among those who got it. */
		id_set_copy(out, &e->wanted.v[part->second].set->set);
		id_set_subtract(out, first);
	} else if (c->test == TEST_BETWEEN) {
		between(e, part, out);
	} else if (c->kind == CONDITION_INTERESTS) {
		choosing(e, part, out);
	} else if (first) {
		id_set_copy(out, first);
	}
}

static void combine(struct eval *e, const struct branch *branch,
		    struct id_set *base, struct id_set *out);

static void apply(struct eval *e, const struct part *part, struct id_set *base)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	bool negated = false;

	if (part->group)
		combine(e, part->group, base, &set);
	else
		fitting(e, part, &set, &negated);
	if (negated)
		id_set_subtract(base, &set);
	else
		id_set_and(base, &set);
}

/* Those of `base` that fit; adds to *out. */
static void combine(struct eval *e, const struct branch *branch,
		    struct id_set *base, struct id_set *out)
{
	if (!branch->any || branch->n == 0) {
		id_set_copy(out, base);
		for (size_t i = 0; i < branch->n; i++)
			apply(e, &branch->v[i], out);
		return;
	}
	for (size_t i = 0; i < branch->n; i++) {
		CLEANUP(id_set_release)
		struct id_set part = ID_SET_INIT;

		id_set_copy(&part, base);
		apply(e, &branch->v[i], &part);
		id_set_or(out, &part);
	}
}

static void combine_all(struct eval *e, struct id_set *out)
{
	CLEANUP(id_set_release) struct id_set base = ID_SET_INIT;

	for (size_t i = 0; i < e->statuses; i++)
		id_set_or(&base, &e->wanted.v[i].set->set);
	combine(e, e->root, &base, out);
}

int segment_eval(struct db *db, const struct segment_scope *scope,
		 const struct condition_tree *tree, struct id_set *out,
		 struct err *err)
{
	static const struct set_source source = { &member_change_log, leaf_fill,
						  leaf_last };
	CLEANUP(eval_release)
	struct eval e = { .scope = scope, .arena = arena_new() };

	want_all(&e, tree);
	if (set_bring(db, &source, &e.wanted, err) < 0)
		return -1;
	combine_all(&e, out);
	return 0;
}
