/*
 * store/store_fixture.h - a fresh database for a unit test
 *
 * SQLite in a temporary folder, which store_fixture_free removes: a copy of one
 * that the program migrated once, as migrations take longer than most tests;
 * or, if MUSTER_TEST_DATABASE names a PostgreSQL server (a superuser's
 * postgresql://user@host:port/postgres), a database there. Making one takes a
 * second, so the tests of a program have the same ones after each other: they
 * are emptied between them, and dropped at the end. A test has at most four at
 * once.
 */
#ifndef STORE_STORE_FIXTURE_H
#define STORE_STORE_FIXTURE_H

#include "store/store.h"

struct store_fixture {
	struct store *store;
	struct db *crm, *audience,
		*events; /* a connection each, ready to use */
	char where[256];
};

/* Leaves the tables in a folder, or in a database that was just made
 * (postgresql://...), and looks at all SQL; aborts on failure. Each program
 * does it once; where MUSTER_TEST_MIGRATED names a folder, or a database of
 * that server, that was left so, none (test/fake/migrated.c). */
void store_fixture_migrate(const char *where);

void store_fixture_open(struct store_fixture *f); /* aborts on failure */
void store_fixture_free(struct store_fixture *f);

bool store_fixture_on_server(void); /* PostgreSQL, which has many writers */

/* How many places a loop of faults goes on at a time: 1 on SQLite, or
 * what MUSTER_FAULT_STRIDE says; on PostgreSQL, where the same code meets the
 * same faults ten times as slowly, a prime. */
int store_fixture_stride(void);
/* Where its nth round begins, which is not where the one before did; from 0. */
int store_fixture_offset(int round);

/* SQL of a test, in a transaction of its own; aborts on failure. */
void store_fixture_exec(struct db *db, const char *sql);
/* A backup of these tables, taken once a database, and its restore. The list
 * ends with NULL. */
void store_fixture_back_up(struct db *db, const char *const *tables);
void store_fixture_restore(struct db *db, const char *const *tables);

#endif
