/*
 * store/sqlbuild.h - SQL text made at run time, with bound values
 *
 * For conditions that users compose (groups, segments, list filters). Only
 * literals of the source code go into the text; every value goes through
 * sqlbuild_bind, which appends `?` (JSON_INTS and JSON_TEXTS work as in
 * sql/ files: sqlbuild_json_texts appends the sub-select for this backend).
 */
#ifndef STORE_SQLBUILD_H
#define STORE_SQLBUILD_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "store/db.h"

struct sqlbuild {
	enum db_backend backend;
	struct arena *arena; /* keeps the bound texts */
	struct strbuf text;
	struct sql_values VEC_FIELDS(struct sql_value) args;
};

void sqlbuild_init(struct sqlbuild *b, enum db_backend backend,
		   struct arena *arena);
void sqlbuild_release(struct sqlbuild *b);

void sqlbuild_add(struct sqlbuild *b, const char *literal);
void sqlbuild_bind(struct sqlbuild *b, struct sql_value value);
void sqlbuild_bind_text(struct sqlbuild *b, const char *text); /* copied */
void sqlbuild_bind_int(struct sqlbuild *b, int64_t n);
/* LIKE pattern with %, _ and \ of text escaped; adds `LIKE ? ESCAPE '\'`. */
void sqlbuild_like(struct sqlbuild *b, bool any_before, const char *text,
		   bool any_after);
void sqlbuild_json_texts(struct sqlbuild *b, const char *json_array);

int sqlbuild_query(struct sqlbuild *b, struct db *db, struct rows **out,
		   struct err *err);

#endif
