#include "delivery/apply/cursor.h"

#include "base/err.h"
#include "delivery/apply/urgent.h"
#include "store/db.h"

#include "sql/recipient.h"

int cursors_read(struct db *audience, struct cursors *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	*out = (struct cursors){ 0 };
	if (db_query(audience, SQL_EVENT_CURSORS, SQL_NO_ARGS, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		if (str_is(rows_str(rows, 0), LEDGER_CURSOR))
			out->ledger = rows_int(rows, 1);
		if (str_is(rows_str(rows, 0), URGENT_CURSOR))
			out->urgent = rows_int(rows, 1);
	}
	return more;
}

int64_t cursors_urgent(const struct cursors *at)
{
	return at->urgent > at->ledger ? at->urgent : at->ledger;
}

int cursor_move(struct tx *tx, const char *name, int64_t from, int64_t to,
		struct err *err)
{
	int moved = db_exec(
		tx, SQL_EVENT_CURSOR_MOVE,
		SQL_ARGS(sql_text(name), sql_int(to), sql_int(from)), err);

	if (moved == 0)
		return err_set(err, ERR_RETRY,
			       "somebody else moved the cursor %s", name);
	return moved < 0 ? -1 : 0;
}
