#include "store/pg_rows.h"

#include "base/err.h"
#include "store/db_private.h"

#include <stdlib.h>

struct pg_rows {
	struct rows rows;
	PGresult *result;
	int at, n;
};

static struct pg_rows *rows_of(const struct rows *rows)
{
	return (struct pg_rows *)rows;
}

static int pg_next(struct rows *rows, struct err *err)
{
	struct pg_rows *r = rows_of(rows);

	(void)err; /* the result is here already */
	if (r->at + 1 >= r->n)
		return 0;
	r->at++;
	return 1;
}

static void pg_close_rows(struct rows *rows)
{
	PQclear(rows_of(rows)->result);
	free(rows);
}

static const char *pg_name(const struct rows *rows, int column)
{
	return PQfname(rows_of(rows)->result, column);
}

static bool pg_is_null(const struct rows *rows, int column)
{
	struct pg_rows *r = rows_of(rows);

	return PQgetisnull(r->result, r->at, column) != 0;
}

static const char *value(const struct rows *rows, int column)
{
	struct pg_rows *r = rows_of(rows);

	return PQgetvalue(r->result, r->at, column);
}

static int64_t pg_int(const struct rows *rows, int column)
{
	const char *s = value(rows, column);

	if (*s == 't') /* a comparison */
		return 1;
	return strtoll(s, NULL, 10); /* "", "f": 0 */
}

static struct str pg_str(const struct rows *rows, int column)
{
	struct pg_rows *r = rows_of(rows);

	return (struct str){ value(rows, column),
			     (size_t)PQgetlength(r->result, r->at, column) };
}

static const struct rows_ops pg_rows_ops = {
	.next = pg_next,
	.close = pg_close_rows,
	.name = pg_name,
	.is_null = pg_is_null,
	.as_int = pg_int,
	.as_str = pg_str,
};

struct rows *pg_rows_new(PGresult *result)
{
	struct pg_rows *r = calloc(1, sizeof(*r));

	BUG_ON(!r);
	*r = (struct pg_rows){ .rows.ops = &pg_rows_ops,
			       .rows.columns = PQnfields(result),
			       .result = result,
			       .at = -1,
			       .n = PQntuples(result) };
	return &r->rows;
}
