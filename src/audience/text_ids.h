/*
 * audience/text_ids.h - texts (names of tags, hashes of addresses) and the ids
 * that the database has for them
 *
 * How many names become ids by one query: gather the texts, ask for all of
 * them, and look each up in what was found. A hash map would save nothing: a
 * call has some hundred of them.
 */
#ifndef AUDIENCE_TEXT_IDS_H
#define AUDIENCE_TEXT_IDS_H

#include "base/vec.h"

struct arena;
struct db;
struct err;
struct sql;
struct sql_args;
struct sql_value;
struct strbuf;

struct text_id {
	const char *text;
	int64_t id; /* 0: there is none, or it was not asked for */
};
struct text_ids VEC_FIELDS(struct text_id);

/* A JSON array of the texts, for `IN JSON_TEXTS(?)`; the buffer holds it. */
struct sql_value text_ids_keys(const struct text_ids *all, struct strbuf *buf);
/* The rows (text, id) of a query, or (text), sorted: 0, or -1. *out must be
 * empty; texts live in arena. */
int text_ids_load(struct db *db, const struct sql *sql, struct sql_args args,
		  struct arena *arena, struct text_ids *out, struct err *err);
/* By their texts, each once. */
void text_ids_sort(struct text_ids *all);
/* Among sorted ones; NULL: it is not there. */
struct text_id *text_ids_find(const struct text_ids *sorted, const char *text);

#endif
