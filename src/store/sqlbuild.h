/*
 * store/sqlbuild.h - SQL text made at run time, with bound values
 *
 * For conditions that users compose (groups, segments, list filters). Only
 * literals of the source code go into the text; every value goes through
 * sqlbuild_bind, which appends `?`.
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

/* Empty. Values are copied to the arena, which must live until the last call;
 * release frees the text only. */
#define SQLBUILD(db, arena_)                                  \
	{                                                     \
		.backend = db_backend(db), .arena = (arena_), \
		.text = STRBUF_INIT                           \
	}
void sqlbuild_release(struct sqlbuild *b);

/* Appends SQL of the source code, never a user's words. */
void sqlbuild_add(struct sqlbuild *b, const char *literal);
/* Appends `?` and binds the value; texts are copied. */
void sqlbuild_bind(struct sqlbuild *b, struct sql_value value);
void sqlbuild_bind_text(struct sqlbuild *b, const char *text);
void sqlbuild_bind_int(struct sqlbuild *b, int64_t n);
/* Appends the literal, as " AND kind = ", and the value, if it is asked for:
 * neither 0 nor NULL. */
void sqlbuild_if_int(struct sqlbuild *b, const char *literal, int64_t n);
void sqlbuild_if_text(struct sqlbuild *b, const char *literal,
		      const char *text);
/* Appends ` ORDER BY column, id`, both in the same direction. */
void sqlbuild_order(struct sqlbuild *b, const char *column, const char *id,
		    bool descending);
/* Appends ` LIMIT ? OFFSET ?`. */
void sqlbuild_page(struct sqlbuild *b, int64_t count, int64_t offset);
/* Appends `LIKE ? ESCAPE '\'`; %, _ and \ of the text mean themselves. */
void sqlbuild_like(struct sqlbuild *b, bool any_before, const char *text,
		   bool any_after);
/* Around an expression: its lower case, as Unicode has it, to be looked through
 * for a text in lower case, or to be compared with it for equality only; NULL:
 * for anything. The same text for both. */
void sqlbuild_lower_begin(struct sqlbuild *b, const char *wanted);
void sqlbuild_lower_end(struct sqlbuild *b, const char *wanted);
/* Appends ` = ANY (...)`, or ` IN (...)`: one of a JSON array of numbers. */
void sqlbuild_among(struct sqlbuild *b, const char *json);

/* For `LIKE ? ESCAPE '\'` of a query of sql/: what holds the text; NULL or "":
 * anything. */
const char *sql_part_pattern(const char *text, struct arena *arena);

/* Runs it as db_query does: 0 and *out, or -1. It may be run again. */
int sqlbuild_query(struct sqlbuild *b, struct db *db, struct rows **out,
		   struct err *err);
/* First column of its first row: 1, 0 if there is no row (*out untouched), -1.
 */
int sqlbuild_find_int(struct sqlbuild *b, struct db *db, int64_t *out,
		      struct err *err);

#endif
