#include "store/pg_many.h"

#include "base/err.h"

#include <stdlib.h>

bool pg_many_is_fit(const struct sql *sql)
{
	return sql->row_len > 0;
}

void pg_many_add(struct pg_many *m, const struct sql *sql, struct sql_args args)
{
	BUG_ON(m->sql && m->sql != sql);
	m->sql = sql;
	m->rows++;
	pg_args_add(&m->args, args);
}

void pg_many_reset(struct pg_many *m)
{
	m->sql = NULL;
	m->rows = 0;
	pg_args_reset(&m->args);
}

/* The row of the statement, its arguments numbered after `before` others. */
static void add_row(struct str row, int before, struct strbuf *out)
{
	while (row.len > 0) {
		char c = *row.s++;

		row.len--;
		strbuf_addch(out, c);
		if (c == '$') {
			char *end;
			long n = strtol(row.s, &end, 10);

			strbuf_addf(out, "%ld", n + before);
			row.len -= (size_t)(end - row.s);
			row.s = end;
		}
	}
}

void pg_many_format(const struct sql *sql, struct strbuf *out)
{
	struct str row = { sql->pg + sql->row_at, sql->row_len };

	strbuf_add(out, sql->pg, sql->row_at);
	for (int i = 0; i < PG_MANY; i++) {
		if (i > 0)
			strbuf_addch(out, ',');
		add_row(row, i * sql->args, out);
	}
	strbuf_addstr(out, row.s + row.len);
}
