/*
 * What a bulk act does to some records at once: what a request for each alone
 * would write, by statements for all of them, since each takes a way to the
 * database and back. Who concerns others (who shares an address with them, a
 * company with its people) is done alone. Called by the job, in its
 * transaction, which has locked the records by then.
 */
#include "crm/browse/bulk_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/group/group.h"
#include "crm/record.h"
#include "crm/tag.h"

static void ids_of(const struct records *records, struct ids *out)
{
	vec_each (records, r)
		vec_push(out, r->id);
}

/* --- tags --- */

static int put_tags(struct tx *tx, const struct bulk *bulk,
		    struct records *records, const struct actor *actor,
		    struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct records others = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	bool on = bulk->act == BULK_TAG;

	if (records_add_tags(tx->db, records, arena, err) < 0)
		return -1;
	vec_each (records, r) {
		if (bulk_has_tag(bulk, r, arena) == on)
			continue;
		if (on && r->tags_n >= TAGS_MOST)
			return err_field(err, "tags", "more than %d tags",
					 TAGS_MOST);
		vec_push(&others, *r);
	}
	if (others.n == 0)
		return 0;
	ids_of(&others, &ids);
	if (records_update(tx, &others, actor, arena, err) < 0 ||
	    (on ? records_tag : records_untag)(tx, bulk->entity, &ids,
					       bulk->tag, arena, err) < 0)
		return -1;
	return (int)others.n;
}

/* --- groups --- */

static int change_group(struct tx *tx, const struct bulk *bulk,
			const struct group *group, const struct ids *ids,
			const struct actor *actor, struct err *err)
{
	return (bulk->act == BULK_ADD_TO_GROUP
			? group_include_in
			: group_exclude_in)(tx, group, ids, actor->now_ms, err);
}

/* --- opting out --- */

/* Whoever said it before does not say it again. */
static bool is_out(const struct record *r, const struct consent *last,
		   const struct actor *actor)
{
	return r->opted_out && last && last->state == CONSENT_OPTED_OUT &&
	       last->source == bulk_source(actor);
}

/* Who shares an address with nobody. */
static int opt_out_own(struct tx *tx, const struct bulk *bulk,
		       struct records *own, const struct actor *actor,
		       struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct consents said = VEC_INIT;

	vec_each (own, r)
		vec_push(&said, ((struct consent){ .entity = bulk->entity,
						   .record_id = r->id,
						   .email_id = r->email_id,
						   .source = bulk_source(actor),
						   .reason = bulk->reason }));
	if (records_update(tx, own, actor, arena, err) < 0 ||
	    consent_opt_out_all(tx, &said, actor, err) < 0)
		return -1;
	return (int)own->n;
}

static int do_each(struct tx *tx, const struct bulk *bulk,
		   const struct ids *ids, const struct group *group,
		   const struct actor *actor, struct arena *arena,
		   struct err *err)
{
	int changed = 0;

	vec_each (ids, id) {
		int one = bulk_do(tx, bulk, *id, group, actor, arena, err);

		if (one < 0)
			return -1;
		changed += one > 0;
	}
	return changed;
}

static int opt_out(struct tx *tx, const struct bulk *bulk,
		   const struct ids *ids, const struct records *records,
		   const struct actor *actor, struct arena *arena,
		   struct err *err)
{
	CLEANUP(vec_release) struct consents last = VEC_INIT;
	CLEANUP(vec_release) struct records own = VEC_INIT;
	CLEANUP(vec_release) struct ids shared = VEC_INIT;
	int changed, others;

	if (addresses_find_shared(tx->db, bulk->entity, ids, &shared, err) <
		    0 ||
	    consent_list_last(tx->db, bulk->entity, ids, &last, err) < 0)
		return -1;
	vec_each (records, r)
		if (!ids_has(&shared, r->id) &&
		    !is_out(r, consents_find(&last, r->id), actor))
			vec_push(&own, *r);
	changed = opt_out_own(tx, bulk, &own, actor, arena, err);
	if (changed < 0)
		return -1;
	others = do_each(tx, bulk, &shared, NULL, actor, arena, err);
	return others < 0 ? -1 : changed + others;
}

/* --- all of them --- */

/* Locks them all. ERR_NOT_FOUND: some are not there. */
static int load(struct tx *tx, const struct bulk *bulk, const struct ids *ids,
		struct arena *arena, struct records *out, struct err *err)
{
	if (records_load(tx->db, bulk->entity, ids, arena, out, err) < 0)
		return -1;
	return out->n == ids->n ? 0
				: err_set(err, ERR_NOT_FOUND,
					  "there are no such records");
}

int bulk_do_all(struct tx *tx, const struct bulk *bulk, const struct ids *ids,
		const struct group *group, const struct actor *actor,
		struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct records records = VEC_INIT;

	if (ids->n == 1 || bulk->act == BULK_DELETE ||
	    (bulk->act == BULK_OPT_OUT && bulk->entity == ENTITY_COMPANY))
		return do_each(tx, bulk, ids, group, actor, arena, err);
	if (load(tx, bulk, ids, arena, &records, err) < 0)
		return -1;
	if (bulk->act == BULK_OPT_OUT)
		return opt_out(tx, bulk, ids, &records, actor, arena, err);
	return bulk_is_of_group(bulk)
		       ? change_group(tx, bulk, group, ids, actor, err)
		       : put_tags(tx, bulk, &records, actor, arena, err);
}
