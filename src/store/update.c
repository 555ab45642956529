#include "store/update.h"

#include "base/err.h"
#include "store/db_private.h"

#include <string.h>

void update_release(struct update *u)
{
	strbuf_release(&u->columns);
}

bool update_is_empty(const struct update *u)
{
	return u->n == 0;
}

static void set_column(struct update *u, const char *column,
		       struct sql_value value)
{
	BUG_ON(u->n == UPDATE_COLUMNS_MAX);
	strbuf_addf(&u->columns, "%s%s = ?", u->n > 0 ? ", " : "", column);
	u->v[u->n++] = value;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

void update_text(struct update *u, const char *column, const char *old,
		 const char *now)
{
	if (!is_same(old, now))
		set_column(u, column, sql_text(now));
}

void update_int(struct update *u, const char *column, int64_t old, int64_t now)
{
	if (old != now)
		set_column(u, column, sql_int(now));
}

void update_id(struct update *u, const char *column, int64_t old, int64_t now)
{
	if (old != now)
		set_column(u, column, sql_id_or_null(now));
}

void update_stamp(struct update *u, const char *column, int64_t ms)
{
	if (!update_is_empty(u))
		set_column(u, column, sql_int(ms));
}

struct statement {
	struct strbuf text;
	struct sql_value v[UPDATE_COLUMNS_MAX + 4];
	size_t n;
};

static void statement_release(struct statement *s)
{
	strbuf_release(&s->text);
}

static void compose(const struct update *u, const struct db *db,
		    const char *where, struct sql_args key,
		    struct statement *out)
{
	BUG_ON(!db_has_locked(db, u->table));
	BUG_ON(u->n + key.n > ARRAY_SIZE(out->v));
	/* As tools/sqlgen.py has it, and why (unjournalled). */
	strbuf_addf(&out->text, "UPDATE %s%s SET %s WHERE %s",
		    db_backend(db) == DB_SQLITE ? "OR FAIL " : "", u->table,
		    u->columns.buf, where);
	memcpy(out->v, u->v, u->n * sizeof(*u->v));
	memcpy(out->v + u->n, key.v, key.n * sizeof(*key.v));
	out->n = u->n + key.n;
}

int update_run(const struct update *u, struct tx *tx, const char *where,
	       struct sql_args key, struct err *err)
{
	CLEANUP(statement_release) struct statement s = { .text = STRBUF_INIT };

	if (update_is_empty(u))
		return 0;
	compose(u, tx->db, where, key, &s);
	return db_exec_text(tx, s.text.buf, (struct sql_args){ s.v, s.n }, err);
}

int update_batch(const struct update *u, struct batch *b, const char *where,
		 struct sql_args key, struct err *err)
{
	CLEANUP(statement_release) struct statement s = { .text = STRBUF_INIT };

	if (update_is_empty(u))
		return 0;
	compose(u, b->tx->db, where, key, &s);
	return batch_add_text(b, s.text.buf, (struct sql_args){ s.v, s.n },
			      err);
}
