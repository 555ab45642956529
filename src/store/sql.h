/*
 * store/sql.h - a named query, as tools/sqlgen.py makes it from the files of
 * sql/
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>

/* A query of STORE_ANY concerns a table that every schema has. */
enum { STORE_ANY = -1 };
enum store_schema { STORE_CRM, STORE_AUDIENCE, STORE_EVENTS, STORE_SCHEMAS };

/* Where the values of a row stand in a text, with their brackets. */
struct sql_row {
	size_t at, len;
};

struct sql {
	const char *name;
	const char *sqlite;
	const char *pg;
	const char *pg_locked; /* with FOR UPDATE; NULL: it never locks */
	const char *locks;     /* the table whose rows it locks, or NULL */
	int schema;            /* enum store_schema or STORE_ANY */
	int args;
	bool has_keys; /* takes a JSON list of keys */
	/* Of an INSERT of one row; len 0: it is none. */
	struct sql_row sqlite_row, pg_row;
	int index; /* dense: place in sql_all and in a statement cache */
};

struct sql_migration {
	const char *name; /* 0001_people */
	const char *sqlite;
	const char *pg;
	int schema;
	int number;
};

#endif
