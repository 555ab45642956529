#include "audience/tag_members.h"

#include "audience/list.h"
#include "audience/member.h"
#include "audience/segment.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sets/id_set.h"
#include "sql/member.h"
#include "sql/segment.h"
#include "store/db.h"

void tag_change_release(struct tag_change *change)
{
	vec_release(&change->added);
	vec_release(&change->removed);
	vec_release(&change->unknown);
}

/* How many did not have it. */
static int64_t add_all(struct tx *tx, int64_t segment_id, const struct ids *ids,
		       int64_t now_ms, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (ids, id)
		if (batch_add(&batch, SQL_MEMBER_TAG,
			      SQL_ARGS(sql_int(segment_id), sql_int(*id),
				       sql_int(now_ms)),
			      err) < 0)
			return -1;
	return batch_end(&batch, err);
}

/* How many had it. */
static int64_t remove_all(struct tx *tx, int64_t segment_id,
			  const struct ids *ids, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (ids, id)
		if (batch_add(&batch, SQL_MEMBER_UNTAG,
			      SQL_ARGS(sql_int(segment_id), sql_int(*id)),
			      err) < 0)
			return -1;
	return batch_end(&batch, err);
}

/* Of *ids keep those that are (or are not) in the segment. */
static int keep_those(struct db *db, int64_t segment_id, bool inside,
		      struct ids *ids, struct err *err)
{
	CLEANUP(id_set_release) struct id_set in = ID_SET_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids found = VEC_INIT;
	size_t kept = 0;

	if (ids->n == 0)
		return 0;
	if (db_list_ids(db, SQL_SEGMENT_MEMBERS_AMONG,
			SQL_ARGS(sql_int(segment_id), sql_keys(ids, &keys)),
			&found, err) < 0)
		return -1;
	vec_each (&found, id)
		id_set_add(&in, *id);
	for (size_t i = 0; i < ids->n; i++) {
		if (id_set_has(&in, ids->v[i]) != inside)
			continue;
		/* The same address twice in a call counts once. */
		if (inside)
			id_set_remove(&in, ids->v[i]);
		else
			id_set_add(&in, ids->v[i]);
		ids->v[kept++] = ids->v[i];
	}
	ids->n = kept;
	return 0;
}

static int touch(struct tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
	return db_exec(tx, SQL_SEGMENT_TOUCH,
		       SQL_ARGS(sql_int(now_ms), sql_int(id)), err) < 0
		       ? -1
		       : 0;
}

static int check_static(struct tx *tx, const struct list *list, int64_t id,
			struct arena *arena, struct err *err)
{
	struct segment segment;

	if (segment_get(tx->db, list->id, id, arena, &segment, err) < 0)
		return -1;
	return segment.kind == SEGMENT_STATIC
		       ? 0
		       : err_title(err, ERR_INVALID, "Bad Request",
				   "Only the members of a static segment can "
				   "be changed.");
}

int tag_members_change(struct tx *tx, const struct list *list, int64_t id,
		       const json_t *add, const json_t *remove, int64_t now_ms,
		       struct arena *arena, struct tag_change *out,
		       struct err *err)
{
	if (json_array_size(add) > TAG_CHANGE_MAX ||
	    json_array_size(remove) > TAG_CHANGE_MAX)
		return err_field(err,
				 json_array_size(add) > TAG_CHANGE_MAX
					 ? "members_to_add"
					 : "members_to_remove",
				 "This collection should contain %d elements "
				 "or less.",
				 TAG_CHANGE_MAX);
	if (check_static(tx, list, id, arena, err) < 0 ||
	    member_ids_of_addresses(tx->db, list->id, add, arena, &out->added,
				    &out->unknown, err) < 0 ||
	    member_ids_of_addresses(tx->db, list->id, remove, arena,
				    &out->removed, &out->unknown, err) < 0 ||
	    keep_those(tx->db, id, false, &out->added, err) < 0 ||
	    add_all(tx, id, &out->added, now_ms, err) < 0 ||
	    keep_those(tx->db, id, true, &out->removed, err) < 0 ||
	    remove_all(tx, id, &out->removed, err) < 0)
		return -1;
	return out->added.n + out->removed.n ? touch(tx, id, now_ms, err) : 0;
}

/* How many of them were another before. */
static int touch_if(struct tx *tx, int64_t id, int64_t changed, int64_t now_ms,
		    struct err *err)
{
	if (changed <= 0)
		return (int)changed;
	return touch(tx, id, now_ms, err) < 0 ? -1 : (int)changed;
}

int tag_members_add(struct tx *tx, const struct list *list, int64_t id,
		    const struct ids *members, int64_t now_ms,
		    struct arena *arena, struct err *err)
{
	if (check_static(tx, list, id, arena, err) < 0)
		return -1;
	return touch_if(tx, id, add_all(tx, id, members, now_ms, err), now_ms,
			err);
}

int tag_members_remove(struct tx *tx, const struct list *list, int64_t id,
		       const struct ids *members, int64_t now_ms,
		       struct arena *arena, struct err *err)
{
	if (check_static(tx, list, id, arena, err) < 0)
		return -1;
	return touch_if(tx, id, remove_all(tx, id, members, err), now_ms, err);
}

int tag_members_set(struct tx *tx, const struct segment *segment,
		    const json_t *addresses, int64_t now_ms,
		    struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(vec_release) struct texts unknown = VEC_INIT;

	if (db_exec(tx, SQL_SEGMENT_EMPTY, SQL_ARGS(sql_int(segment->id)),
		    err) < 0 ||
	    member_ids_of_addresses(tx->db, segment->list_id, addresses, arena,
				    &ids, &unknown, err) < 0)
		return -1;
	return add_all(tx, segment->id, &ids, now_ms, err) < 0 ? -1 : 0;
}
