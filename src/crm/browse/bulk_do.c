/*
 * What a bulk act does to one record: the same calls as a request for it alone.
 * Called by the job, in its transaction.
 */
#include "crm/browse/bulk_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/consent/consent.h"
#include "crm/field.h"
#include "crm/group/group.h"
#include "crm/record_json.h"

#include <string.h>

static bool is_tag(const char *tag, const char *folded, struct arena *arena)
{
	return strcmp(field_text_folded(tag, arena), folded) == 0;
}

bool bulk_has_tag(const struct bulk *bulk, const struct record *r,
		  struct arena *arena)
{
	const char *tag = arena_str(arena, str_trim(str_of(bulk->tag)));
	const char *folded = field_text_folded(tag, arena);

	for (size_t i = 0; i < r->tags_n; i++) {
		if (is_tag(r->tags[i], folded, arena))
			return true;
	}
	return false;
}

/* Its tags without that one. */
static void add_other_tags(const struct record *r, const char *folded,
			   struct arena *arena, json_t *out)
{
	for (size_t i = 0; i < r->tags_n; i++) {
		if (!is_tag(r->tags[i], folded, arena))
			json_array_append_new(out, json_string(r->tags[i]));
	}
}

static int put_tag(struct tx *tx, const struct bulk *bulk, int64_t id,
		   const struct actor *actor, struct arena *arena,
		   struct err *err)
{
	const char *tag = arena_str(arena, str_trim(str_of(bulk->tag)));
	CLEANUP(json_free) json_t *body = json_object();
	json_t *tags = json_array();
	struct record r;

	json_object_set_new(body, "tags", tags);
	if (record_get_whole(tx->db, bulk->entity, id, arena, &r, err) < 0)
		return -1;
	if (bulk_has_tag(bulk, &r, arena) == (bulk->act == BULK_TAG))
		return 0;
	add_other_tags(&r, field_text_folded(tag, arena), arena, tags);
	if (bulk->act == BULK_TAG)
		json_array_append_new(tags, json_string(tag));
	return record_patch(tx, bulk->entity, id, body, actor, arena, &r, err) <
			       0
		       ? -1
		       : 1;
}

enum consent_source bulk_source(const struct actor *actor)
{
	return actor->user_id ? CONSENT_BY_USER : CONSENT_BY_API;
}

/* What would be written again by whoever said it before is not. */
static int opt_out(struct tx *tx, const struct bulk *bulk, int64_t id,
		   const struct actor *actor, struct arena *arena,
		   struct err *err)
{
	CLEANUP(json_free)
	json_t *body =
		json_pack("{s:b,s:s}", "opted_out", 1, "reason", bulk->reason);
	enum consent_source source;
	struct record r;
	int64_t at_ms;
	int is_out;

	if (record_get(tx->db, bulk->entity, id, arena, &r, err) < 0)
		return -1;
	is_out = consent_find_opt_out(tx->db, bulk->entity, id, &source, &at_ms,
				      err);
	if (is_out < 0)
		return -1;
	if (r.opted_out && is_out && source == bulk_source(actor))
		return 0;
	return record_patch(tx, bulk->entity, id, body, actor, arena, &r, err) <
			       0
		       ? -1
		       : 1;
}

static int change_group(struct tx *tx, const struct bulk *bulk, int64_t id,
			const struct group *group, const struct actor *actor,
			struct arena *arena, struct err *err)
{
	struct ids one = { .v = &id, .n = 1 };
	struct record r;

	if (record_get(tx->db, bulk->entity, id, arena, &r, err) < 0)
		return -1;
	return (bulk->act == BULK_ADD_TO_GROUP ? group_include_in
					       : group_exclude_in)(
		tx, group, &one, actor->now_ms, err);
}

int bulk_do(struct tx *tx, const struct bulk *bulk, int64_t id,
	    const struct group *group, const struct actor *actor,
	    struct arena *arena, struct err *err)
{
	switch (bulk->act) {
	case BULK_TAG:
	case BULK_UNTAG:
		return put_tag(tx, bulk, id, actor, arena, err);
	case BULK_OPT_OUT:
		return opt_out(tx, bulk, id, actor, arena, err);
	case BULK_ADD_TO_GROUP:
	case BULK_REMOVE_FROM_GROUP:
		return change_group(tx, bulk, id, group, actor, arena, err);
	case BULK_DELETE:
		break;
	}
	return record_remove(tx, bulk->entity, id, actor, arena, err) < 0 ? -1
									  : 1;
}
