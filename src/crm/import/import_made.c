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
		(struct import_made){ rows_int(rows, 0),
				      (enum import_stays)rows_int(rows, 1),
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
		*out += made->stays != IMPORT_STAYS_NOT;
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

/* --- what taking it back would do --- */

static const struct sql *created_query(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_IMPORT_PEOPLE_CREATED;
	return entity == ENTITY_LEAD ? SQL_IMPORT_PEOPLE_CREATED_LEADS
				     : SQL_IMPORT_PEOPLE_CREATED_COMPANIES;
}

static int expect_made(struct db *db, const struct import_run *run,
		       struct import_undo_counts *out, struct err *err)
{
	int64_t after = 0;
	size_t n;

	do {
		CLEANUP(vec_release) struct ids page = VEC_INIT;
		CLEANUP(vec_release) struct import_mades all = VEC_INIT;

		if (db_list_ids(db, created_query(run->entity),
				SQL_ARGS(sql_int(run->id), sql_int(after),
					 sql_int(PAGE)),
				&page, err) < 0 ||
		    look(db, run->entity, &page, &all, err) < 0)
			return -1;
		vec_each (&all, made)
			import_undo_count(out, made->stays);
		n = page.n;
		after = n ? page.v[n - 1] : after;
	} while (n == PAGE);
	return 0;
}

void import_undo_count(struct import_undo_counts *counts,
		       enum import_stays stays)
{
	counts->removed += stays == IMPORT_STAYS_NOT;
	counts->kept += stays != IMPORT_STAYS_NOT;
	counts->opted_out += stays == IMPORT_STAYS_ANSWERED;
	counts->used += stays == IMPORT_STAYS_USED;
}

int import_undo_expect(struct db *db, const struct import_run *run,
		       struct import_undo_counts *out, struct err *err)
{
	struct import_undo_counts counts = { 0 };
	int64_t changes = 0;

	if (run->created + run->updated > IMPORT_UNDO_EXPECT_MOST)
		return 0;
	if (expect_made(db, run, &counts, err) < 0 ||
	    db_find_int(db, SQL_IMPORT_PEOPLE_UPDATED_COUNT,
			SQL_ARGS(sql_int(run->id)), &changes, err) < 0 ||
	    db_find_int(db, SQL_IMPORT_RESTORABLE,
			SQL_ARGS(sql_int(run->id), sql_int(run->entity)),
			&counts.restored, err) < 0)
		return -1;
	counts.kept += changes - counts.restored;
	*out = counts;
	return 1;
}
