#include "audience/segment_target.h"

#include "audience/member.h"
#include "audience/segment.h"
#include "audience/segment_private.h"
#include "audience/sets/segment_eval.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"

static int parse_text(struct db *db, int64_t list_id, const char *opts,
		      int64_t now_ms, struct arena *arena,
		      struct condition_tree *out, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;

	if (json_parse(str_of(opts), &tree, err) < 0)
		return -1;
	return segment_parse(db, list_id, tree, now_ms, arena, out, err);
}

/* The conditions of a target; those of a tag are one condition. */
static int read_target(struct db *db, const struct segment_target *target,
		       int64_t now_ms, struct arena *arena,
		       struct condition_tree *out, struct err *err)
{
	struct segment segment;

	*out = (struct condition_tree){ .any = false };
	if (!target->segment_id)
		return target->opts
			       ? parse_text(db, target->list_id, target->opts,
					    now_ms, arena, out, err)
			       : 0;
	if (segment_get(db, target->list_id, target->segment_id, arena,
			&segment, err) < 0)
		return -1;
	if (segment.kind == SEGMENT_SAVED)
		return parse_text(db, target->list_id, segment.conditions,
				  now_ms, arena, out, err);
	out->v = arena_array(arena, struct condition, 1);
	out->v[0] = (struct condition){ .kind = CONDITION_STATIC,
					.id = segment.id,
					.text = "" };
	out->n = 1;
	return 0;
}

/* most: 0, all of them, by sets that may be a moment younger than an open
 * snapshot; else about so many, by queries. */
static int find_members(struct db *db, const struct segment_target *target,
			int64_t now_ms, int64_t most, struct id_set *out,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct segment_scope scope = {
		.list_id = target->list_id,
		.statuses = target->statuses
				    ? target->statuses
				    : MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED),
	};
	struct condition_tree tree;

	if (read_target(db, target, now_ms, arena, &tree, err) < 0)
		return -1;
	return most ? segment_query(db, &scope, &tree, most, arena, out, err)
		    : segment_eval(db, &scope, &tree, out, err);
}

int segment_members(struct db *db, const struct segment_target *target,
		    int64_t now_ms, struct id_set *out, struct err *err)
{
	int64_t most = db_is_in_tx(db) ? INT64_MAX : 0;

	return find_members(db, target, now_ms, most, out, err);
}

int segment_count(struct db *db, const struct segment_target *target,
		  int64_t now_ms, int64_t *out, struct err *err)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	int64_t most = db_is_writing(db) ? SEGMENT_COUNT_MOST : 0;

	if (find_members(db, target, now_ms, most, &set, err) < 0)
		return -1;
	*out = id_set_count(&set);
	return 0;
}

int segment_digest(struct db *db, const struct segment_target *target,
		   int64_t now_ms, char out[SEGMENT_DIGEST_HEX + 1],
		   struct err *err)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	CLEANUP(strbuf_release) struct strbuf ids = STRBUF_INIT;

	if (segment_members(db, target, now_ms, &set, err) < 0)
		return -1;
	for (int64_t id = 0; (id = id_set_next(&set, id)) > 0;)
		strbuf_add(&ids, &id, sizeof(id));
	sha256_hex(strbuf_str(&ids), out);
	return 0;
}
