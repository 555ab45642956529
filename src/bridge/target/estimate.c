/*
 * Who would get a campaign now, by what the CRM knows and the mirror says:
 * nothing is asked over there; of a tag or segment only how many it had when
 * the bridge looked last. Called by handlers; any thread.
 */
#include "bridge/target/audience_target.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "bridge/bridge_private.h"
#include "bridge/hash_set.h"
#include "crm/group/group.h"

#include "sql/campaign_target.h"

/* One person of a group, as a plan would see them: see plan.c. */
static enum left_out reason_of(const struct rows *rows)
{
	if (rows_is_null(rows, 0))
		return LEFT_OUT_NO_ADDRESS;
	if (!email_is_valid(rows_text(rows, 1)))
		return LEFT_OUT_INVALID;
	if (rows_int(rows, 2))
		return LEFT_OUT_OPTED_OUT;
	if (rows_int(rows, 3))
		return LEFT_OUT_HELD;
	if (rows_int(rows, 5))
		return LEFT_OUT_DEMO;
	if (rows_int(rows, 4) == MIRROR_PENDING)
		return LEFT_OUT_PENDING;
	return mirror_reason((enum mirror_status)rows_int(rows, 4));
}

static int count_page(struct db *db, const struct ids *ids, struct estimate *e,
		      struct hash_set *going, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_ESTIMATE_PEOPLE, SQL_ARGS(sql_keys(ids, &keys)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		enum left_out reason = reason_of(rows);

		e->total++;
		if (reason)
			e->left_out[reason]++;
		else
			(void)hash_set_add(going, rows_text(rows, 0));
	}
	return more;
}

/* Who shares an address gets it once. */
static void count_going(struct estimate *e, struct hash_set *going)
{
	size_t all = going->n;

	hash_set_seal(going);
	e->goes = (int64_t)going->n;
	e->left_out[LEFT_OUT_DUPLICATE] = (int64_t)(all - going->n);
}

static int of_group(struct db *db, int64_t group_id, struct estimate *e,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(hash_set_release) struct hash_set going = HASH_SET_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct group group;
	int64_t after = 0;
	int n;

	if (group_get(db, group_id, arena, &group, err) < 0)
		return -1;
	do {
		vec_reset(&ids);
		n = group_walk(db, &group, after, 5 * GROUP_WALK_LONG, &ids,
			       err);
		if (n < 0 ||
		    (n > 0 && count_page(db, &ids, e, &going, err) < 0))
			return -1;
		if (n > 0)
			after = ids.v[ids.n - 1];
	} while (n == 5 * GROUP_WALK_LONG);
	count_going(e, &going);
	return 0;
}

static int of_audience(struct db *db, struct estimate *e, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_ESTIMATE_AUDIENCE, SQL_NO_ARGS, &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found < 0)
		return -1;
	e->total = rows_int(rows, 0);
	e->left_out[LEFT_OUT_OPTED_OUT] = rows_int(rows, 1);
	e->left_out[LEFT_OUT_HELD] = rows_int(rows, 2);
	e->unknown = rows_int(rows, 3);
	e->left_out[LEFT_OUT_DEMO] = rows_int(rows, 4);
	e->goes = e->total - rows_int(rows, 1) - rows_int(rows, 2) -
		  rows_int(rows, 4);
	return 0;
}

/* --- the first of them --- */

/* 1 and *out, 0: none of the page gets it; -1. */
static int first_of_page(struct db *db, const struct ids *ids, int64_t *out,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t first = 0;
	int more;

	if (db_query(db, SQL_ESTIMATE_PEOPLE, SQL_ARGS(sql_keys(ids, &keys)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t id = rows_int(rows, 6);

		if (reason_of(rows) == LEFT_OUT_NOT && (!first || id < first))
			first = id;
	}
	if (first)
		*out = first;
	return more < 0 ? -1 : first != 0;
}

static int first_of_group(struct db *db, int64_t group_id, int64_t *out,
			  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct group group;
	int64_t after = 0;
	int n, found;

	if (group_get(db, group_id, arena, &group, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	do {
		vec_reset(&ids);
		n = group_walk(db, &group, after, GROUP_WALK_LONG, &ids, err);
		if (n <= 0)
			return n;
		found = first_of_page(db, &ids, out, err);
		after = ids.v[ids.n - 1];
	} while (found == 0 && n == GROUP_WALK_LONG);
	return found;
}

int estimate_person_of(struct db *db, const char *email_hash,
		       int64_t *person_out, struct err *err)
{
	return db_find_int(db, SQL_ESTIMATE_PERSON_OF,
			   SQL_ARGS(sql_text(email_hash)), person_out, err);
}

int estimate_first(struct db *db, const struct crm_campaign *c,
		   int64_t *person_out, struct err *err)
{
	switch (c->to_kind) {
	case CRM_CAMPAIGN_TO_GROUP:
		return c->group_id ? first_of_group(db, c->group_id, person_out,
						    err)
				   : 0;
	case CRM_CAMPAIGN_TO_AUDIENCE:
		return db_find_int(db, SQL_ESTIMATE_FIRST, SQL_NO_ARGS,
				   person_out, err);
	default:
		return 0;
	}
}

/* --- one of them --- */

static int is_outside_group(struct db *db, int64_t group_id, int64_t person_id,
			    bool *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct group group;
	int found;

	if (group_get(db, group_id, arena, &group, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	found = group_has(db, &group, person_id, err);
	*out = found == 0;
	return found < 0 ? -1 : 0;
}

int estimate_reason(struct db *db, const struct crm_campaign *c,
		    int64_t person_id, enum left_out *why, bool *is_other,
		    struct err *err)
{
	const struct ids one = { .v = &person_id, .n = 1 };
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	*why = LEFT_OUT_NOT;
	*is_other = false;
	if (c->to_kind == CRM_CAMPAIGN_TO_NOBODY)
		return 0;
	if (db_query(db, SQL_ESTIMATE_PEOPLE, SQL_ARGS(sql_keys(&one, &keys)),
		     &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	*why = reason_of(rows);
	if (*why == LEFT_OUT_NOT && c->to_kind == CRM_CAMPAIGN_TO_AUDIENCE)
		*is_other = rows_int(rows, 4) != MIRROR_SUBSCRIBED;
	if (c->to_kind != CRM_CAMPAIGN_TO_GROUP || !c->group_id)
		return 0;
	return is_outside_group(db, c->group_id, person_id, is_other, err);
}

int estimate_make(struct db *db, const struct crm_campaign *c,
		  const json_t *targets, struct estimate *out, struct err *err)
{
	const json_t *target;

	*out = (struct estimate){ .total = 0 };
	switch (c->to_kind) {
	case CRM_CAMPAIGN_TO_NOBODY:
		return 0;
	case CRM_CAMPAIGN_TO_GROUP:
		return of_group(db, c->group_id, out, err);
	case CRM_CAMPAIGN_TO_AUDIENCE:
		return of_audience(db, out, err);
	default:
		target = audience_target_find(targets, c->to_kind,
					      c->segment_id);
		out->total = out->goes =
			json_integer_value(json_object_get(target, "count"));
		return 0;
	}
}
