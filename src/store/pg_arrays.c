#include "store/pg_arrays.h"

#include "base/err.h"

#include <endian.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES "VALUES "

/* The OIDs that PostgreSQL's catalogue has had for them always. */
enum { PG_INT8 = 20, PG_INT4 = 23, PG_TEXT = 25 };

/* NULL: no column that is written by many rows has had it yet. */
static const char *name_of(Oid type)
{
	switch (type) {
	case PG_INT8:
		return "bigint";
	case PG_INT4:
		return "integer";
	case PG_TEXT:
		return "text";
	default:
		return NULL;
	}
}

struct pg_types *pg_types_of(const PGresult *described)
{
	size_t n = (size_t)PQnparams(described);
	struct pg_types *types =
		calloc(1, sizeof(*types) + (n + 1) * sizeof(*types->v));

	BUG_ON(!types);
	types->n = n;
	for (size_t i = 0; i < n; i++) {
		types->v[i] = PQparamtype(described, (int)i);
		if (!name_of(types->v[i])) {
			types->v[0] = InvalidOid;
			break;
		}
	}
	return types;
}

bool pg_types_fit(const struct pg_types *types)
{
	return types->v[0] != InvalidOid;
}

/* $3 is u.a3 there. */
static void add_row(struct str row, struct strbuf *out)
{
	for (size_t i = 0; i < row.len; i++) {
		if (row.s[i] == '$')
			strbuf_addstr(out, "u.a");
		else
			strbuf_addch(out, row.s[i]);
	}
}

void pg_arrays_format(const struct sql *sql, const struct pg_types *types,
		      struct strbuf *out)
{
	const struct sql_row *row = &sql->pg_row;
	size_t head = row->at - strlen(VALUES);

	BUG_ON(strncmp(sql->pg + head, VALUES, strlen(VALUES)) != 0);
	strbuf_add(out, sql->pg, head);
	strbuf_addstr(out, "SELECT ");
	add_row((struct str){ sql->pg + row->at + 1, row->len - 2 }, out);
	strbuf_addstr(out, " FROM unnest(");
	for (size_t i = 0; i < types->n; i++)
		strbuf_addf(out, "%s$%zu::%s[]", i > 0 ? ", " : "", i + 1,
			    name_of(types->v[i]));
	strbuf_addstr(out, ") u (");
	for (size_t i = 0; i < types->n; i++)
		strbuf_addf(out, "%sa%zu", i > 0 ? ", " : "", i + 1);
	strbuf_addstr(out, ")");
	strbuf_addstr(out, sql->pg + row->at + row->len);
}

/* --- the parameters: as array_recv() of PostgreSQL reads them --- */

static void add_32(struct strbuf *out, uint32_t n)
{
	n = htobe32(n);
	strbuf_add(out, &n, sizeof(n));
}

static void add_64(struct strbuf *out, int64_t n)
{
	uint64_t be = htobe64((uint64_t)n);

	add_32(out, sizeof(be));
	strbuf_add(out, &be, sizeof(be));
}

static bool add_int(Oid type, int64_t n, struct strbuf *out)
{
	if (type == PG_INT8) {
		add_64(out, n);
		return true;
	}
	if (n < INT32_MIN || n > INT32_MAX)
		return false;
	add_32(out, sizeof(uint32_t));
	add_32(out, (uint32_t)(int32_t)n);
	return true;
}

/* A number in a column of texts. */
static void add_number(const struct sql_value *v, struct strbuf *out)
{
	char text[32];
	int len =
		v->type == SQL_INT
			? snprintf(text, sizeof(text), "%lld", (long long)v->i)
			: snprintf(text, sizeof(text), "%.17g", v->d);

	add_32(out, (uint32_t)len);
	strbuf_add(out, text, (size_t)len);
}

static bool add_item(Oid type, const struct sql_value *v, struct strbuf *out)
{
	size_t len;

	if (v->type == SQL_NULL) {
		add_32(out, UINT32_MAX);
		return true;
	}
	if (type != PG_TEXT)
		return v->type == SQL_INT && add_int(type, v->i, out);
	if (v->type != SQL_TEXT) {
		add_number(v, out);
		return true;
	}
	len = strnlen(v->s.s,
		      v->s.len); /* as an argument that is a text ends */
	add_32(out, (uint32_t)len);
	strbuf_add(out, v->s.s, len);
	return true;
}

/* One dimension, with NULLs, of so many, from 1. */
static void add_head(Oid type, size_t rows, struct strbuf *out)
{
	add_32(out, 1);
	add_32(out, 1);
	add_32(out, type);
	add_32(out, (uint32_t)rows);
	add_32(out, 1);
}

bool pg_arrays_set(struct pg_arrays *a, const struct pg_types *types,
		   struct sql_args args)
{
	strbuf_reset(&a->bytes);
	vec_reset(&a->places);
	vec_reset(&a->values);
	vec_reset(&a->lengths);
	vec_reset(&a->formats);
	for (size_t c = 0; c < types->n; c++) {
		vec_push(&a->places, a->bytes.len);
		add_head(types->v[c], args.n / types->n, &a->bytes);
		for (size_t i = c; i < args.n; i += types->n)
			if (!add_item(types->v[c], &args.v[i], &a->bytes))
				return false;
	}
	vec_push(&a->places, a->bytes.len);
	BUG_ON(a->bytes.len > INT_MAX);
	for (size_t c = 0; c < types->n; c++) {
		size_t at = a->places.v[c];

		vec_push(&a->values, a->bytes.buf + at);
		vec_push(&a->lengths, (int)(a->places.v[c + 1] - at));
		vec_push(&a->formats, 1);
	}
	return true;
}

void pg_arrays_release(struct pg_arrays *a)
{
	strbuf_release(&a->bytes);
	vec_release(&a->places);
	vec_release(&a->values);
	vec_release(&a->lengths);
	vec_release(&a->formats);
}
