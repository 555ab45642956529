#include "crm/tag.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "sql/tag.h"

int tag_check_name(const char *name, struct arena *arena, const char **name_out,
		   const char **folded_out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	struct str s = str_trim(str_of(name));

	if (utf8_is_blank(name))
		return err_field(err, "name", "a tag needs a name");
	if (s.len > TAG_NAME_MAX)
		return err_field(err, "name", "longer than %d bytes",
				 TAG_NAME_MAX);
	if (!utf8_is_valid(s))
		return err_field(err, "name", "not valid UTF-8");
	utf8_fold(s, &folded);
	*name_out = arena_str(arena, s);
	*folded_out = arena_str(arena, strbuf_str(&folded));
	return 0;
}

static void read_tag(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct tag *)out = (struct tag){
		.id = rows_int(rows, 0),
		.name = rows_dup(rows, 1, arena),
		.records = rows_int(rows, 2),
	};
}

int tag_list(struct db *db, struct arena *arena, struct tags *out,
	     struct err *err)
{
	return db_list(db, SQL_TAG_LIST, SQL_NO_ARGS, read_tag, arena, out,
		       err);
}

int tag_put(struct tx *tx, const char *name, struct arena *arena,
	    int64_t *id_out, struct err *err)
{
	const char *folded;

	if (tag_check_name(name, arena, &name, &folded, err) < 0 ||
	    db_exec(tx, SQL_TAG_ADD, SQL_ARGS(sql_text(name), sql_text(folded)),
		    err) < 0)
		return -1;
	return db_find_int(tx->db, SQL_TAG_FIND, SQL_ARGS(sql_text(folded)),
			   id_out, err) < 0
		       ? -1
		       : 0;
}

int tag_rename(struct tx *tx, int64_t id, const char *name, struct arena *arena,
	       struct err *err)
{
	const char *folded;
	int64_t other;
	int found, changed;

	if (tag_check_name(name, arena, &name, &folded, err) < 0)
		return -1;
	found = db_find_int(tx->db, SQL_TAG_FIND, SQL_ARGS(sql_text(folded)),
			    &other, err);
	if (found < 0)
		return -1;
	if (found > 0 && other != id)
		return err_set(err, ERR_CONFLICT,
			       "there is another tag of that name");
	changed = db_exec(
		tx, SQL_TAG_RENAME,
		SQL_ARGS(sql_text(name), sql_text(folded), sql_int(id)), err);
	if (changed == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no tag %lld",
			       (long long)id);
	return changed < 0 ? -1 : 0;
}

int tag_remove(struct tx *tx, int64_t id, const struct actor *actor,
	       struct err *err)
{
	int removed;

	(void)actor; /* a tag is no person's data: nothing to account for */
	if (db_exec(tx, SQL_TAG_REMOVE_RECORDS, SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	removed = db_exec(tx, SQL_TAG_REMOVE, SQL_ARGS(sql_int(id)), err);
	if (removed == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no tag %lld",
			       (long long)id);
	return removed < 0 ? -1 : 0;
}

/* --- tags of records --- */

struct named {
	int64_t record_id;
	const char *name;
};
struct nameds VEC_FIELDS(struct named);

static void read_named(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct named *)out =
		(struct named){ rows_int(rows, 0), rows_dup(rows, 1, arena) };
}

static int load_names(struct db *db, const struct records *records,
		      struct arena *arena, struct nameds *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list(db, SQL_TAG_OF_RECORDS,
		       SQL_ARGS(sql_int(records->v[0].entity),
				sql_keys_of(records, id, &keys)),
		       read_named, arena, out, err);
}

int records_add_tags(struct db *db, struct records *records,
		     struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct nameds found = VEC_INIT;
	const char **names;

	if (records->n == 0)
		return 0;
	if (load_names(db, records, arena, &found, err) < 0)
		return -1;
	names = arena_array(arena, const char *, found.n + 1);
	for (size_t i = 0; i < found.n; i++)
		names[i] = found.v[i].name;
	vec_each (records, r) {
		size_t first = vec_lower(&found, record_id, r->id), end = first;

		while (end < found.n && found.v[end].record_id == r->id)
			end++;
		r->tags = names + first;
		r->tags_n = end - first;
	}
	return 0;
}

int record_put_tags(struct tx *tx, enum entity entity, int64_t record_id,
		    const char *const *names, size_t n, struct arena *arena,
		    struct err *err)
{
	int64_t id = 0;

	if (n > TAGS_MOST)
		return err_field(err, "tags", "more than %d tags", TAGS_MOST);
	if (db_exec(tx, SQL_TAG_CLEAR,
		    SQL_ARGS(sql_int(entity), sql_int(record_id)), err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (tag_put(tx, names[i], arena, &id, err) < 0) {
			if (err->code == ERR_INVALID)
				return err_field(err, "tags", "%s", err->text);
			return -1;
		}
		if (db_exec(tx, SQL_TAG_ON,
			    SQL_ARGS(sql_int(entity), sql_int(record_id),
				     sql_int(id)),
			    err) < 0)
			return -1;
	}
	return 0;
}

int records_tag(struct tx *tx, enum entity entity, const struct ids *ids,
		const char *name, struct arena *arena, struct err *err)
{
	int64_t tag = 0;
	struct batch b;

	if (tag_put(tx, name, arena, &tag, err) < 0)
		return -1;
	batch_begin(tx, &b);
	vec_each (ids, id)
		if (batch_add(&b, SQL_TAG_ON,
			      SQL_ARGS(sql_int(entity), sql_int(*id),
				       sql_int(tag)),
			      err) < 0)
			return -1;
	return batch_end(&b, err) < 0 ? -1 : 0;
}

int records_untag(struct tx *tx, enum entity entity, const struct ids *ids,
		  const char *name, struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	const char *folded;

	if (tag_check_name(name, arena, &name, &folded, err) < 0)
		return -1;
	return db_exec(tx, SQL_TAG_OFF_ALL,
		       SQL_ARGS(sql_int(entity), sql_keys(ids, &keys),
				sql_text(folded)),
		       err) < 0
		       ? -1
		       : 0;
}
