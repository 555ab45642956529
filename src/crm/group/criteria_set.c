#include "crm/group/criteria_set.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/group/criteria_leaf.h"
#include "crm/group/criteria_sql_private.h"
#include "crm/group/record_change.h"

/* Which leaves a condition is made of, by their places among the wanted. */
struct made_of {
	size_t of;    /* who fits; of times: who is as late or later */
	size_t later; /* of times: who is not to be in it */
	bool has_later;
	size_t among; /* of a negated response: who was asked */
};

struct eval {
	enum entity entity;
	struct arena *arena;
	struct wanted_sets wanted;
	size_t live;
	VEC(struct made_of) made; /* of conditions, in the order of a walk */
	size_t at;                /* the next one, in the second walk */
};

static void eval_release(struct eval *e)
{
	wanted_sets_release(&e->wanted);
	vec_release(&e->made);
	arena_free(&e->arena);
}

/* --- the first walk: what is needed --- */

static size_t want(struct eval *e, enum criteria_leaf_kind kind,
		   const struct criterion *c, int64_t hour)
{
	struct criteria_leaf *leaf =
		arena_new_of(e->arena, struct criteria_leaf);

	leaf->kind = kind;
	leaf->entity = e->entity;
	leaf->hour = hour;
	if (c)
		leaf->condition = *c;
	leaf->condition.negated = false;
	return wanted_sets_add(&e->wanted,
			       criteria_leaf_wanted(leaf, e->arena));
}

static int64_t time_of(int64_t ms)
{
	return ms > 0 ? ms : 0;
}

static size_t want_since(struct eval *e, const struct criterion *c, int64_t ms)
{
	return want(e, LEAF_TIME, c, kept_set_hour(time_of(ms)));
}

static size_t want_known(struct eval *e, const struct criterion *c)
{
	struct criterion known = { .is_condition = true,
				   .type = c->type,
				   .op = CRITERIA_BLANK_NOT,
				   .of_company = c->of_company,
				   .column = c->column };

	return want(e, LEAF_ROW, &known, 0);
}

static struct made_of want_time(struct eval *e, const struct criterion *c)
{
	struct made_of made = { 0 };

	switch (c->op) {
	case CRITERIA_BLANK:
	case CRITERIA_BLANK_NOT:
		made.of = want_known(e, c);
		return made;
	case CRITERIA_GREATER:
		made.of = want_since(e, c, c->until_ms);
		return made;
	case CRITERIA_LESS:
		made.of = want_known(e, c);
		made.later = want_since(e, c, c->from_ms);
		break;
	default:
		made.of = want_since(e, c, c->from_ms);
		made.later = want_since(e, c, c->until_ms);
		break;
	}
	made.has_later = true;
	return made;
}

static struct made_of want_response(struct eval *e, const struct criterion *c)
{
	struct made_of made = { .of = want(e, LEAF_OTHER, c, 0) };
	struct criterion sent = { .is_condition = true,
				  .type = CRITERIA_RESPONSE,
				  .response = RESPONSE_SENT,
				  .campaign_id = c->campaign_id };

	if (c->negated && c->response != RESPONSE_SENT)
		made.among = want(e, LEAF_OTHER, &sent, 0);
	return made;
}

static struct made_of want_condition(struct eval *e, const struct criterion *c)
{
	switch (c->type) {
	case CRITERIA_TIME:
		return want_time(e, c);
	case CRITERIA_RESPONSE:
		return want_response(e, c);
	case CRITERIA_EMAIL:
	case CRITERIA_TAG:
	case CRITERIA_GROUP:
	case CRITERIA_MAIL_STATUS:
		return (struct made_of){ .of = want(e, LEAF_OTHER, c, 0) };
	default:
		return (struct made_of){ .of = want(e, LEAF_ROW, c, 0) };
	}
}

static void want_all(struct eval *e, const struct criterion *c)
{
	if (c->members)
		want_all(e, c->members);
	else if (c->is_condition)
		vec_push(&e->made, want_condition(e, c));
	for (size_t i = 0; i < c->n; i++)
		want_all(e, &c->children[i]);
}

/* --- the second walk: algebra --- */

static struct kept_set *brought(struct eval *e, size_t wanted)
{
	return e->wanted.v[wanted].set;
}

/* Who is as late as a bound. */
static void since(struct eval *e, size_t wanted, int64_t ms, struct id_set *out)
{
	kept_set_since(brought(e, wanted), time_of(ms), out);
}

static void fit_time(struct eval *e, const struct criterion *c,
		     const struct made_of *made, struct id_set *out)
{
	CLEANUP(id_set_release) struct id_set later = ID_SET_INIT;

	switch (c->op) {
	case CRITERIA_BLANK:
	case CRITERIA_BLANK_NOT:
		id_set_copy(out, &brought(e, made->of)->set);
		return;
	case CRITERIA_GREATER:
		since(e, made->of, c->until_ms, out);
		return;
	case CRITERIA_LESS:
		id_set_copy(out, &brought(e, made->of)->set);
		since(e, made->later, c->from_ms, &later);
		break;
	default:
		since(e, made->of, c->from_ms, out);
		since(e, made->later, c->until_ms, &later);
		break;
	}
	id_set_subtract(out, &later);
}

static void keep(struct id_set *base, struct id_set *fitting, bool negated)
{
	if (negated)
		id_set_subtract(base, fitting);
	else
		id_set_and(base, fitting);
}

/* Of the base, who fits a condition. */
static void fit_condition(struct eval *e, const struct criterion *c,
			  struct id_set *base)
{
	const struct made_of *made = &e->made.v[e->at++];
	CLEANUP(id_set_release) struct id_set fitting = ID_SET_INIT;

	if (c->type == CRITERIA_TIME) {
		fit_time(e, c, made, &fitting);
		keep(base, &fitting, criterion_is_negative(c->op));
		return;
	}
	if (c->type != CRITERIA_RESPONSE) {
		keep(base, &brought(e, made->of)->set,
		     criterion_is_negative(c->op));
		return;
	}
	if (c->negated && c->response != RESPONSE_SENT)
		keep(base, &brought(e, made->among)->set, false);
	keep(base, &brought(e, made->of)->set, c->negated);
}

static void fit(struct eval *e, const struct criterion *c, struct id_set *base);

static void fit_group(struct eval *e, const struct criterion *c,
		      struct id_set *base)
{
	CLEANUP(id_set_release) struct id_set members = ID_SET_INIT;

	id_set_copy(&members, base);
	fit(e, c->members, &members);
	keep(base, &members, criterion_is_negative(c->op));
}

static void fit_any(struct eval *e, const struct criterion *c,
		    struct id_set *base)
{
	CLEANUP(id_set_release) struct id_set all = ID_SET_INIT;

	for (size_t i = 0; i < c->n; i++) {
		CLEANUP(id_set_release) struct id_set part = ID_SET_INIT;

		id_set_copy(&part, base);
		fit(e, &c->children[i], &part);
		id_set_or(&all, &part);
	}
	id_set_release(base);
	*base = all;
	all = (struct id_set)ID_SET_INIT;
}

/* The base becomes those of it who fit. */
static void fit(struct eval *e, const struct criterion *c, struct id_set *base)
{
	if (c->members)
		fit_group(e, c, base);
	else if (c->is_condition)
		fit_condition(e, c, base);
	else if (c->any && c->n > 0)
		fit_any(e, c, base);
	else
		for (size_t i = 0; i < c->n; i++)
			fit(e, &c->children[i], base);
}

static int bring(struct eval *e, struct db *db,
		 const struct criteria *const *all, size_t n, struct err *err)
{
	static const struct set_source source = { &record_change_log,
						  criteria_leaf_fill,
						  criteria_leaf_last };

	e->live = want(e, LEAF_LIVE, NULL, 0);
	for (size_t i = 0; i < n; i++) {
		BUG_ON(all[i]->entity != e->entity);
		want_all(e, &all[i]->root);
	}
	return set_bring(db, &source, &e->wanted, err);
}

static void fit_all(struct eval *e, const struct criteria *c,
		    struct id_set *out)
{
	id_set_copy(out, &brought(e, e->live)->set);
	fit(e, &c->root, out);
}

int criteria_set(struct db *db, const struct criteria *criteria,
		 struct id_set *out, struct err *err)
{
	CLEANUP(eval_release)
	struct eval e = { .entity = criteria->entity, .arena = arena_new() };

	if (bring(&e, db, &criteria, 1, err) < 0)
		return -1;
	fit_all(&e, criteria, out);
	return 0;
}

int criteria_counts(struct db *db, const struct criteria *const *all, size_t n,
		    int64_t *out, struct err *err)
{
	CLEANUP(eval_release)
	struct eval e = { .entity = all[0]->entity, .arena = arena_new() };

	if (bring(&e, db, all, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;

		fit_all(&e, all[i], &set);
		out[i] = id_set_count(&set);
	}
	return 0;
}
