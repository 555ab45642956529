#include "crm/import/import_made.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/import/import.h"
#include "crm/record.h"
#include "crm/search/search.h"
#include "sql/import.h"

#define PAGE 1000

static const struct sql *made_lock_query(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_IMPORT_MADE_LOCK_PEOPLE;
	return entity == ENTITY_LEAD ? SQL_IMPORT_MADE_LOCK_LEADS
				     : SQL_IMPORT_MADE_LOCK_COMPANIES;
}

static const struct sql *unmake_query(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_IMPORT_UNMAKE_PEOPLE;
	return entity == ENTITY_LEAD ? SQL_IMPORT_UNMAKE_LEADS
				     : SQL_IMPORT_UNMAKE_COMPANIES;
}

static void read_made(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct import_made *)out =
		(struct import_made){ rows_int(rows, 0), rows_int(rows, 1) != 0,
				      rows_int(rows, 2) != 0 };
}

static int look(struct db *db, enum entity entity, const struct ids *ids,
		struct import_mades *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	struct sql_value kind = sql_int(entity), keys = sql_keys(ids, &buf);

	return db_list(db, SQL_IMPORT_MADE,
		       SQL_ARGS(kind, keys, kind, keys, kind, keys), read_made,
		       NULL, out, err);
}

int import_made_page(struct tx *tx, enum entity entity, int64_t import_id,
		     int64_t after, int64_t limit, struct import_mades *out,
		     struct err *err)
{
	CLEANUP(vec_release) struct ids locked = VEC_INIT;

	if (db_list_ids(tx->db, made_lock_query(entity),
			SQL_ARGS(sql_int(import_id), sql_int(after),
				 sql_int(limit)),
			&locked, err) < 0)
		return -1;
	return look(tx->db, entity, &locked, out, err);
}

int import_made_remove(struct tx *tx, enum entity entity, const struct ids *ids,
		       struct err *err)
{
	static const struct sql *const parts[] = {
		SQL_IMPORT_UNMAKE_EMAILS,     SQL_IMPORT_UNMAKE_CONSENT,
		SQL_IMPORT_UNMAKE_TAGS,       SQL_IMPORT_UNMAKE_MEMBERS,
		SQL_IMPORT_UNMAKE_EXCLUSIONS, SQL_IMPORT_UNMAKE_UNCHANGED,
	};
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	struct sql_value keys = sql_keys(ids, &buf);

	if (ids->n == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (db_exec(tx, parts[i], SQL_ARGS(keys, sql_int(entity)),
			    err) < 0)
			return -1;
	}
	if (db_exec(tx, unmake_query(entity), SQL_ARGS(keys), err) < 0 ||
	    search_mark_many(tx, entity, ids, err) < 0)
		return -1;
	return record_count_add(tx, entity, -(int64_t)ids->n, err);
}

/* --- opt-outs that end with it --- */

/* How many of the ids, which the import made, somebody used since. */
static int count_used(struct db *db, enum entity entity, const struct ids *ids,
		      int64_t *out, struct err *err)
{
	CLEANUP(vec_release) struct import_mades all = VEC_INIT;

	if (look(db, entity, ids, &all, err) < 0)
		return -1;
	vec_each (&all, made)
		*out += made->is_used;
	return 0;
}

/* People who keep their opt-out: the import made them, and somebody used them
 * since. */
static int count_keepers(struct db *db, int64_t id, enum entity entity,
			 int64_t *out, struct err *err)
{
	const struct sql *query = entity == ENTITY_PERSON
					  ? SQL_IMPORT_OPT_OUTS_MADE_PEOPLE
					  : SQL_IMPORT_OPT_OUTS_MADE_LEADS;
	CLEANUP(vec_release) struct ids page = VEC_INIT;
	int64_t after = 0;

	do {
		vec_reset(&page);
		if (db_list_ids(db, query,
				SQL_ARGS(sql_int(id), sql_int(after),
					 sql_int(PAGE)),
				&page, err) < 0 ||
		    count_used(db, entity, &page, out, err) < 0)
			return -1;
		after = page.n ? page.v[page.n - 1] : after;
	} while (page.n == PAGE);
	return 0;
}

int import_opt_outs_count(struct db *db, const struct import_run *run,
			  int64_t *out, struct err *err)
{
	struct sql_args import = SQL_ARGS(sql_int(run->id));
	int64_t people = 0, kept = 0, keepers = 0;

	if (db_find_int(db, SQL_IMPORT_OPT_OUTS_ALONE, import, &people, err) <
		    0 ||
	    db_find_int(db, SQL_IMPORT_KEPT_ALONE, import, &kept, err) < 0 ||
	    count_keepers(db, run->id, ENTITY_PERSON, &keepers, err) < 0 ||
	    count_keepers(db, run->id, ENTITY_LEAD, &keepers, err) < 0)
		return -1;
	*out = people + kept - keepers;
	return 0;
}
