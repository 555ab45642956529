#include "crm/consent/opt_out_witness.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "sql/opt_out_witness.h"

int opt_out_witness_add(struct tx *tx, enum entity entity, int64_t record_id,
			int64_t import_id, struct err *err)
{
	return db_exec(tx, SQL_OPT_OUT_WITNESS_ADD,
		       SQL_ARGS(sql_int(entity), sql_int(record_id),
				sql_int(import_id)),
		       err);
}

int opt_out_witness_batch_add(struct batch *b, enum entity entity,
			      int64_t record_id, int64_t import_id,
			      struct err *err)
{
	return batch_add(b, SQL_OPT_OUT_WITNESS_ADD,
			 SQL_ARGS(sql_int(entity), sql_int(record_id),
				  sql_int(import_id)),
			 err);
}

int opt_out_witness_list(struct db *db, enum entity entity, int64_t record_id,
			 struct ids *out, struct err *err)
{
	return db_list_ids(db, SQL_OPT_OUT_WITNESS_LIST,
			   SQL_ARGS(sql_int(entity), sql_int(record_id)), out,
			   err);
}

int opt_out_witness_of_address(struct db *db, const char *hash,
			       enum entity entity, int64_t record_id,
			       struct ids *out, struct err *err)
{
	return db_list_ids(
		db, SQL_OPT_OUT_WITNESS_OF_ADDRESS,
		SQL_ARGS(sql_text(hash), sql_int(entity), sql_int(record_id)),
		out, err);
}

static int again_of(struct tx *tx, enum entity entity, const struct ids *ids,
		    int64_t import_id, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	vec_each (ids, id) {
		if (opt_out_witness_add(tx, entity, *id, import_id, err) < 0)
			return -1;
	}
	if (ids->n == 0 || entity == ENTITY_COMPANY)
		return 0;
	return db_exec(tx, SQL_OPT_OUT_WITNESS_SHARERS,
		       SQL_ARGS(sql_int(import_id), sql_int(entity),
				sql_keys(ids, &keys)),
		       err);
}

int opt_out_witness_again(struct tx *tx, enum entity entity,
			  const struct ids *ids, int64_t import_id,
			  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids people = VEC_INIT;

	if (again_of(tx, entity, ids, import_id, err) < 0)
		return -1;
	if (ids->n == 0 || entity != ENTITY_COMPANY)
		return 0;
	if (db_list_ids(tx->db, SQL_OPT_OUT_WITNESS_EMPLOYEES,
			SQL_ARGS(sql_keys(ids, &keys)), &people, err) < 0)
		return -1;
	return again_of(tx, ENTITY_PERSON, &people, import_id, err);
}

int opt_out_witness_remove(struct tx *tx, enum entity entity, int64_t record_id,
			   struct err *err)
{
	return db_exec(tx, SQL_OPT_OUT_WITNESS_REMOVE,
		       SQL_ARGS(sql_int(entity), sql_int(record_id)), err);
}

int opt_out_witness_take_back(struct tx *tx, enum entity entity,
			      int64_t record_id, int64_t import_id,
			      struct err *err)
{
	int64_t first;

	if (db_exec(tx, SQL_OPT_OUT_WITNESS_REMOVE_ONE,
		    SQL_ARGS(sql_int(entity), sql_int(record_id),
			     sql_int(import_id)),
		    err) < 0)
		return -1;
	return db_find_int(tx->db, SQL_OPT_OUT_WITNESS_LIST,
			   SQL_ARGS(sql_int(entity), sql_int(record_id)),
			   &first, err);
}
