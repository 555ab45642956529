#include "store/pg_args.h"

#include <stdint.h>

void pg_args_reset(struct pg_args *a)
{
	strbuf_reset(&a->texts);
	vec_reset(&a->places);
}

static void add_value(struct strbuf *texts, const struct sql_value *v)
{
	if (v->type == SQL_INT)
		strbuf_addf(texts, "%lld", (long long)v->i);
	else if (v->type == SQL_DOUBLE)
		strbuf_addf(texts, "%.17g", v->d);
	else
		strbuf_addslice(texts, v->s);
	strbuf_addch(texts, '\0');
}

void pg_args_add(struct pg_args *a, struct sql_args args)
{
	for (size_t i = 0; i < args.n; i++) {
		const struct sql_value *v = &args.v[i];

		if (v->type == SQL_NULL) {
			vec_push(&a->places, PG_ARGS_NULL);
			continue;
		}
		vec_push(&a->places, a->texts.len);
		add_value(&a->texts, v);
	}
}

const char *const *pg_args_values(struct pg_args *a)
{
	vec_reset(&a->values);
	vec_each (&a->places, at)
		vec_push(&a->values,
			 *at == PG_ARGS_NULL ? NULL : a->texts.buf + *at);
	return a->values.v;
}

void pg_args_release(struct pg_args *a)
{
	strbuf_release(&a->texts);
	vec_release(&a->places);
	vec_release(&a->values);
}
