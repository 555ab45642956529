#include "campaign/report_kept.h"

#include "base/err.h"
#include "store/db.h"
#include "store/tally.h"

#include "sql/report_kept.h"

int report_kept_write(struct tally *t, struct tx *tx, struct err *err)
{
	return tally_write(t, tx, SQL_REPORT_KEPT_ADD, err);
}

static int count_last(struct tx *tx, int64_t campaign_id, struct err *err)
{
	struct sql_value id = sql_int(campaign_id);

	return db_exec(tx, SQL_REPORT_KEPT_COUNT_LAST, SQL_ARGS(id, id, id),
		       err) < 0
		       ? -1
		       : 0;
}

int report_kept_renew_last(struct tx *tx, int64_t campaign_id, struct err *err)
{
	if (db_exec(tx, SQL_REPORT_KEPT_DROP_LAST,
		    SQL_ARGS(sql_int(campaign_id)), err) < 0)
		return -1;
	return count_last(tx, campaign_id, err);
}

int report_kept_renew(struct tx *tx, int64_t campaign_id, struct err *err)
{
	struct sql_value id = sql_int(campaign_id);

	if (report_kept_remove(tx, campaign_id, err) < 0 ||
	    db_exec(tx, SQL_REPORT_KEPT_COUNT,
		    SQL_ARGS(id, id, id, id, id, id, id, id), err) < 0)
		return -1;
	return count_last(tx, campaign_id, err);
}

int report_kept_remove(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_REPORT_KEPT_DROP, SQL_ARGS(sql_int(campaign_id)),
		       err) < 0
		       ? -1
		       : 0;
}

/* --- reading --- */

int report_kept_read(struct db *db, int64_t campaign_id, enum report_kept first,
		     enum report_kept last, struct tally *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_REPORT_KEPT_GET,
		     SQL_ARGS(sql_int(campaign_id), sql_int(first),
			      sql_int(last)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		tally_add(out, campaign_id, (int)rows_int(rows, 0),
			  rows_int(rows, 1), rows_int(rows, 2));
	return more;
}

int64_t report_kept_of(const struct tally *t, enum report_kept kind,
		       int64_t part)
{
	vec_each (&t->rows, row)
		if (row->kind == (int)kind && row->part == part)
			return row->n;
	return 0;
}

int64_t report_kept_sum(const struct tally *t, enum report_kept kind)
{
	int64_t sum = 0;

	vec_each (&t->rows, row)
		if (row->kind == (int)kind)
			sum += row->n;
	return sum;
}
