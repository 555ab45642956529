#include "audience/kept/list_kept.h"

#include "audience/kept/list_history.h"
#include "audience/kept/member_block.h"
#include "audience/member.h"
#include "base/err.h"
#include "base/random.h"
#include "store/db.h"
#include "store/tally.h"

#include "sql/list_kept.h"

#define FOLD_EACH 32 /* transactions, about */

static void count(struct tally *t, const struct member *m, int64_t by)
{
	if (m && m->list_id > 0)
		tally_add(t, m->list_id, (int)m->status, member_block(m->id),
			  by);
}

void list_kept_change(struct tally *t, const struct member *old,
		      const struct member *now)
{
	count(t, old, -1);
	count(t, now, 1);
	if (now)
		list_history_change(t, old, now);
}

static int fold(struct tx *tx, struct err *err)
{
	int64_t is_ours = 0;

	if (db_backend(tx->db) != DB_PG || random_u64() % FOLD_EACH != 0)
		return 0;
	if (db_find_int(tx->db, SQL_LIST_KEPT_TURN, SQL_NO_ARGS, &is_ours,
			err) < 0)
		return -1;
	if (!is_ours)
		return 0;
	return db_exec(tx, SQL_LIST_KEPT_FOLD, SQL_NO_ARGS, err) < 0 ? -1 : 0;
}

int list_kept_write(struct tally *t, struct tx *tx, struct err *err)
{
	if (tally_write(t, tx, SQL_LIST_KEPT_ADD, err) < 0)
		return -1;
	return fold(tx, err);
}

int list_kept_read(struct db *db, int64_t list_id, struct tally *out,
		   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_LIST_KEPT_GET, SQL_ARGS(sql_int(list_id)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		tally_add(out, list_id, (int)rows_int(rows, 0),
			  rows_int(rows, 1), rows_int(rows, 2));
	return more;
}

int64_t list_kept_sum(const struct tally *t, int status)
{
	int64_t sum = 0;

	vec_each (&t->rows, row)
		if (status == 0 || row->kind == status)
			sum += row->n;
	return sum;
}

/* Of kinds below that one. */
static int drop(struct tx *tx, int64_t list_id, int below, struct err *err)
{
	struct sql_args args = SQL_ARGS(sql_int(list_id), sql_int(below));

	if (db_backend(tx->db) == DB_PG &&
	    db_exec(tx, SQL_LIST_KEPT_DROP_CHANGES, args, err) < 0)
		return -1;
	return db_exec(tx, SQL_LIST_KEPT_DROP, args, err) < 0 ? -1 : 0;
}

int list_kept_remove(struct tx *tx, int64_t list_id, struct err *err)
{
	return drop(tx, list_id, INT32_MAX, err);
}

int list_kept_renew(struct tx *tx, int64_t list_id, struct err *err)
{
	if (drop(tx, list_id, LIST_EVENTS_FROM, err) < 0)
		return -1;
	return db_exec(tx, SQL_LIST_KEPT_COUNT, SQL_ARGS(sql_int(list_id)),
		       err) < 0
		       ? -1
		       : 0;
}
