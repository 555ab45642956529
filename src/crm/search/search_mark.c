/*
 * What changed since it was indexed: marks, which the job takes away. Called in
 * the transaction of the change; any thread.
 */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/search/search.h"
#include "sql/search.h"

int search_mark_many(struct tx *tx, enum entity entity, const struct ids *ids,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_exec(tx, SQL_SEARCH_MARK,
		       SQL_ARGS(sql_int(entity), sql_keys(ids, &keys)), err) < 0
		       ? -1
		       : 0;
}

int search_mark(struct tx *tx, enum entity entity, int64_t record_id,
		struct err *err)
{
	struct ids one = { .v = &record_id, .n = 1 };

	return search_mark_many(tx, entity, &one, err);
}

int search_mark_staff(struct tx *tx, int64_t company_id, struct err *err)
{
	return db_exec(tx, SQL_SEARCH_MARK_STAFF, SQL_ARGS(sql_int(company_id)),
		       err) < 0
		       ? -1
		       : 0;
}

int search_mark_batch(struct batch *b, enum entity entity, int64_t record_id,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct ids one = { .v = &record_id, .n = 1 };

	return batch_add(b, SQL_SEARCH_MARK,
			 SQL_ARGS(sql_int(entity), sql_keys(&one, &keys)), err);
}
