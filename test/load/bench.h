/*
 * test/load/bench.h - what the benches of sending and applying share: a fresh
 * store with an audience in it, and the CPU time of this process
 */
#ifndef TEST_LOAD_BENCH_H
#define TEST_LOAD_BENCH_H

#include "store/store.h"

#define BENCH_NOW INT64_C(1700000000000)
#define BENCH_GROUP 2000 /* rows a statement */

/* Tells the error and ends the program, if there is one. */
void must(int rc, const struct err *err);

/* Opens `where`: a folder or postgresql://...; NULL: a folder made for it. */
void bench_open(const char *where, struct store_options *options,
		struct store **out);
/* One statement in a transaction of its own. */
void bench_run(struct db *db, const char *sql, struct sql_args args);
/* A list with subscribed members 1 to n, of 1,000 domains; its id. */
int64_t bench_members(struct db *audience, int64_t n);
double bench_cpu_s(void);

#endif
