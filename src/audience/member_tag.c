/*
 * Tags of members. A tag is a static segment, found by its name.
 */
#include "audience/list.h"
#include "audience/member_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text/shown_text.h"
#include "base/utf8.h"
#include "sql/member.h"

#include <string.h>

#define TAG_NAME_MAX 100 /* bytes */

static int fill_ids(struct db *db, int64_t list_id, struct text_ids *tags,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct text_ids found = VEC_INIT;

	if (text_ids_load(
		    db, SQL_MEMBER_TAGS_BY_NAMES,
		    SQL_ARGS(sql_int(list_id), text_ids_keys(tags, &keys)),
		    arena, &found, err) < 0)
		return -1;
	vec_each (tags, tag) {
		const struct text_id *hit = text_ids_find(&found, tag->text);

		tag->id = hit ? hit->id : 0;
	}
	return 0;
}

int tag_ids_resolve(struct tx *tx, int64_t list_id, struct text_ids *tags,
		    bool make, int64_t now_ms, struct err *err)
{
	bool missing = false;

	text_ids_sort(tags);
	if (tags->n == 0)
		return 0;
	if (fill_ids(tx->db, list_id, tags, err) < 0)
		return -1;
	vec_each (tags, tag) {
		if (tag->id || !make)
			continue;
		missing = true;
		if (db_exec(tx, SQL_MEMBER_TAG_MAKE,
			    SQL_ARGS(sql_int(list_id), sql_text(tag->text),
				     sql_int(now_ms), sql_int(now_ms)),
			    err) < 0)
			return -1;
	}
	return missing ? fill_ids(tx->db, list_id, tags, err) : 0;
}

/* Name of an item of `tags`, a text or {"name"}; NULL if it is none. */
static const char *item_name(const json_t *item, struct arena *arena)
{
	const char *text =
		json_is_object(item)
			? json_string_value(json_object_get(item, "name"))
			: json_string_value(item);
	struct str trimmed = str_trim(str_of(text));

	if (utf8_is_blank(text) || trimmed.len > TAG_NAME_MAX ||
	    shown_text_fault(trimmed, SHOWN_LINE))
		return NULL;
	return arena_str(arena, trimmed);
}

static bool is_inactive(const json_t *item)
{
	const char *status = json_string_value(json_object_get(item, "status"));

	return status && strcmp(status, "inactive") == 0;
}

static const json_t *tags_of(const struct member_op *op)
{
	const json_t *tags = json_object_get(op->body, "tags");

	return op->entry && json_is_array(tags) ? tags : NULL;
}

static int collect_names(struct member_run *run, const struct member_op *ops,
			 size_t n, struct text_ids *names, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *item;
		size_t at;

		json_array_foreach (tags_of(&ops[i]), at, item) {
			const char *name = item_name(item, run->arena);

			if (name && !is_inactive(item))
				vec_push(names, ((struct text_id){ name, 0 }));
		}
	}
	return tag_ids_resolve(run->tx, run->list->id, names, true,
			       run->actor->now_ms, err);
}

static int write_tags(struct member_run *run, struct batch *batch,
		      const struct member_op *op, struct text_ids *names,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids keep = VEC_INIT;
	int64_t member_id = op->entry->now.id;
	const json_t *item;
	size_t at;

	json_array_foreach (tags_of(op), at, item) {
		const char *name = item_name(item, run->arena);
		struct text_id *tag = name && !is_inactive(item)
					      ? text_ids_find(names, name)
					      : NULL;

		if (!tag)
			continue;
		vec_push(&keep, tag->id);
		if (batch_add(batch, SQL_MEMBER_TAG,
			      SQL_ARGS(sql_int(tag->id), sql_int(member_id),
				       sql_int(run->actor->now_ms)),
			      err) < 0)
			return -1;
	}
	if (!op->sync_tags || op->entry->is_new)
		return 0;
	return batch_add(batch, SQL_MEMBER_UNTAG_OTHERS,
			 SQL_ARGS(sql_int(member_id), sql_int(run->list->id),
				  sql_keys(&keep, &keys)),
			 err);
}

int member_apply_tags(struct member_run *run, struct member_op *ops, size_t n,
		      struct err *err)
{
	CLEANUP(vec_release) struct text_ids names = VEC_INIT;
	struct batch batch;
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || tags_of(&ops[i]);
	if (!any)
		return 0;
	if (collect_names(run, ops, n, &names, err) < 0)
		return -1;
	batch_begin(run->tx, &batch);
	for (size_t i = 0; i < n; i++)
		if (tags_of(&ops[i]) &&
		    write_tags(run, &batch, &ops[i], &names, err) < 0)
			return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

static int read_changes(const json_t *tags, struct arena *arena,
			struct text_ids *add, struct text_ids *remove,
			struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach (tags, i, item) {
		const char *name = item_name(item, arena);

		if (!name)
			return err_field(err, "tags",
					 "a tag needs a name of at most %d "
					 "bytes",
					 TAG_NAME_MAX);
		if (is_inactive(item))
			vec_push(remove, ((struct text_id){ name, 0 }));
		else
			vec_push(add, ((struct text_id){ name, 0 }));
	}
	return 0;
}

int member_change_tags(struct tx *tx, const struct list *list, const char *key,
		       const json_t *tags, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct text_ids add = VEC_INIT;
	CLEANUP(vec_release) struct text_ids remove = VEC_INIT;
	struct member member;

	if (member_get(tx->db, list->id, key, arena, &member, err) < 0 ||
	    read_changes(tags, arena, &add, &remove, err) < 0 ||
	    tag_ids_resolve(tx, list->id, &add, true, now_ms, err) < 0 ||
	    tag_ids_resolve(tx, list->id, &remove, false, now_ms, err) < 0)
		return -1;
	vec_each (&add, tag)
		if (db_exec(tx, SQL_MEMBER_TAG,
			    SQL_ARGS(sql_int(tag->id), sql_int(member.id),
				     sql_int(now_ms)),
			    err) < 0)
			return -1;
	vec_each (&remove, tag)
		if (tag->id &&
		    db_exec(tx, SQL_MEMBER_UNTAG,
			    SQL_ARGS(sql_int(tag->id), sql_int(member.id)),
			    err) < 0)
			return -1;
	return 0;
}
