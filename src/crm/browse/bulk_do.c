/*
 * What a bulk act does to some records: what a request for each alone would
 * write, by statements for all of them, since each takes a way to the database
 * and back. Done alone is who concerns others (who shares an address with
 * them, a company with its people), or is deleted. Called by the job, in its
 * transaction.
 */
#include "crm/browse/bulk_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/bridge_job.h"
#include "crm/consent/consent.h"
#include "crm/field.h"
#include "crm/group/group.h"
#include "crm/record_json.h"
#include "crm/tag.h"

#include <string.h>

/* --- tags --- */

/* folded: the tag's name. */
static bool has_tag(const struct record *r, const char *folded,
		    struct arena *arena)
{
	for (size_t i = 0; i < r->tags_n; i++) {
		if (strcmp(field_text_folded(r->tags[i], arena), folded) == 0)
			return true;
	}
	return false;
}

static int put_tags(struct tx *tx, const struct bulk *bulk,
		    struct records *records, const struct actor *actor,
		    struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct records others = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const char *tag = arena_str(arena, str_trim(str_of(bulk->tag)));
	const char *folded = field_text_folded(tag, arena);
	bool on = bulk->act == BULK_TAG;

	if (records_add_tags(tx->db, records, arena, err) < 0)
		return -1;
	vec_each (records, r) {
		if (has_tag(r, folded, arena) == on)
			continue;
		if (on && r->tags_n >= TAGS_MOST)
			return err_field(err, "tags", "more than %d tags",
					 TAGS_MOST);
		vec_push(&others, *r);
		vec_push(&ids, r->id);
	}
	if (others.n == 0)
		return 0;
	if (records_update(tx, &others, actor, arena, err) < 0 ||
	    (on ? records_tag : records_untag)(tx, bulk->entity, &ids, tag,
					       arena, err) < 0)
		return -1;
	return (int)others.n;
}

/* --- opting out --- */

static enum consent_source source_of(const struct actor *actor)
{
	return actor->user_id ? CONSENT_BY_USER : CONSENT_BY_API;
}

/* What would be written again by whoever said it before is not. */
static bool is_out(const struct record *r, const struct consent *last,
		   const struct actor *actor)
{
	return r->opted_out && last && last->state == CONSENT_OPTED_OUT &&
	       last->source == source_of(actor);
}

static int opt_out_one(struct tx *tx, const struct bulk *bulk, int64_t id,
		       const struct actor *actor, struct arena *arena,
		       struct err *err)
{
	CLEANUP(json_free)
	json_t *body =
		json_pack("{s:b,s:s}", "opted_out", 1, "reason", bulk->reason);
	CLEANUP(vec_release) struct consents last = VEC_INIT;
	struct ids one = { .v = &id, .n = 1 };
	struct record r;

	if (record_get(tx->db, bulk->entity, id, arena, &r, err) < 0 ||
	    consent_list_last(tx->db, bulk->entity, &one, &last, err) < 0)
		return -1;
	if (is_out(&r, consents_find(&last, id), actor))
		return 0;
	return record_patch(tx, bulk->entity, id, body, actor, arena, &r, err) <
			       0
		       ? -1
		       : 1;
}

/* Who shares an address with nobody. */
static int opt_out_own(struct tx *tx, const struct bulk *bulk,
		       struct records *own, const struct consents *last,
		       const struct actor *actor, struct arena *arena,
		       struct err *err)
{
	CLEANUP(vec_release) struct consents said = VEC_INIT;
	CLEANUP(vec_release) struct ids open = VEC_INIT;

	vec_each (own, r) {
		vec_push(&said, ((struct consent){ .entity = bulk->entity,
						   .record_id = r->id,
						   .email_id = r->email_id,
						   .source = source_of(actor),
						   .reason = bulk->reason }));
		if (r->entity == ENTITY_PERSON && !r->opted_out)
			vec_push(&open, r->id);
	}
	if (records_update(tx, own, actor, arena, err) < 0 ||
	    consent_opt_out_all(tx, &said, last, actor, err) < 0 ||
	    bridge_job_people(tx, &open, actor->now_ms, err) < 0)
		return -1;
	return (int)own->n;
}

/* --- one by one --- */

static int do_one(struct tx *tx, const struct bulk *bulk, int64_t id,
		  const struct actor *actor, struct arena *arena,
		  struct err *err)
{
	if (bulk->act == BULK_OPT_OUT)
		return opt_out_one(tx, bulk, id, actor, arena, err);
	return record_remove(tx, bulk->entity, id, actor, arena, err) < 0 ? -1
									  : 1;
}

static int do_each(struct tx *tx, const struct bulk *bulk,
		   const struct ids *ids, const struct actor *actor,
		   struct arena *arena, struct err *err)
{
	int changed = 0;

	vec_each (ids, id) {
		int one = do_one(tx, bulk, *id, actor, arena, err);

		if (one < 0)
			return -1;
		changed += one > 0;
	}
	return changed;
}

/* --- all of them --- */

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
	changed = opt_out_own(tx, bulk, &own, &last, actor, arena, err);
	if (changed < 0)
		return -1;
	others = do_each(tx, bulk, &shared, actor, arena, err);
	return others < 0 ? -1 : changed + others;
}

/* Locks them all, in the order of ids. */
static int load(struct tx *tx, const struct bulk *bulk, const struct ids *ids,
		struct arena *arena, struct records *out, struct err *err)
{
	size_t i = 0;

	if (records_load(tx->db, bulk->entity, ids, arena, out, err) < 0)
		return -1;
	while (i < out->n && out->v[i].id == ids->v[i])
		i++;
	return i == ids->n ? 0 : record_missing(bulk->entity, ids->v[i], err);
}

int bulk_do(struct tx *tx, const struct bulk *bulk, const struct ids *ids,
	    const struct group *group, const struct actor *actor,
	    struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct records records = VEC_INIT;

	if (bulk->act == BULK_OPT_OUT && addresses_turn(tx, err) < 0)
		return -1;
	if (bulk->act == BULK_DELETE ||
	    (bulk->act == BULK_OPT_OUT && bulk->entity == ENTITY_COMPANY))
		return do_each(tx, bulk, ids, actor, arena, err);
	if (load(tx, bulk, ids, arena, &records, err) < 0)
		return -1;
	if (bulk->act == BULK_OPT_OUT)
		return opt_out(tx, bulk, ids, &records, actor, arena, err);
	if (!bulk_is_of_group(bulk))
		return put_tags(tx, bulk, &records, actor, arena, err);
	return (bulk->act == BULK_ADD_TO_GROUP
			? group_include_in
			: group_exclude_in)(tx, group, ids, actor->now_ms, err);
}
