#include "store/many.h"

#include "base/err.h"

bool many_is_fit(const struct sql *sql)
{
	return sql->pg_row.len > 0 && sql->sqlite_row.len > 0;
}

void many_add(struct many *m, const struct sql *sql, struct sql_args args)
{
	BUG_ON(m->sql && m->sql != sql);
	m->sql = sql;
	m->rows++;
	for (size_t i = 0; i < args.n; i++) {
		struct sql_value v = args.v[i];

		if (v.type == SQL_TEXT) {
			v.i = (int64_t)m->texts.len; /* where it stands */
			v.ends = true;
			strbuf_addslice(&m->texts, v.s);
			strbuf_addch(&m->texts, '\0');
		}
		vec_push(&m->values, v);
	}
}

/* The texts stand fast now. */
static void find_texts(struct many *m)
{
	vec_each (&m->values, v) {
		if (v->type == SQL_TEXT)
			v->s.s = m->texts.buf + v->i;
	}
}

bool many_is_full(const struct many *m)
{
	if (m->as_arrays)
		return m->rows >= MANY_ARRAYS || m->texts.len >= MANY_BYTES;
	return m->rows >= MANY_MOST;
}

size_t many_take(struct many *m, struct sql_args *out)
{
	size_t left = m->rows - m->taken, n = 1, a_row;

	if (left == 0) {
		many_reset(m);
		return 0;
	}
	if (m->taken == 0)
		find_texts(m);
	if (m->as_arrays)
		n = left;
	else if (left >= MANY_MOST)
		n = MANY_MOST;
	else if (left >= MANY_SOME)
		n = MANY_SOME;
	a_row = (size_t)m->sql->args;
	*out = (struct sql_args){ m->values.v + m->taken * a_row, n * a_row };
	m->taken += n;
	return n;
}

void many_reset(struct many *m)
{
	m->sql = NULL;
	m->rows = m->taken = 0;
	strbuf_reset(&m->texts);
	vec_reset(&m->values);
}

void many_release(struct many *m)
{
	strbuf_release(&m->texts);
	vec_release(&m->values);
}

void many_format(const char *text, const struct sql_row *row, size_t rows,
		 struct strbuf *out)
{
	struct str values = { text + row->at, row->len };

	strbuf_add(out, text, row->at);
	for (size_t i = 0; i < rows; i++) {
		if (i > 0)
			strbuf_addch(out, ',');
		strbuf_addslice(out, values);
	}
	strbuf_addstr(out, values.s + values.len);
}
