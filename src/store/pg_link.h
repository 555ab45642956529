/*
 * store/pg_link.h - a connection to PostgreSQL none of whose waits is endless
 *
 * A server that stands still, or that the network hides, neither answers nor
 * closes, and libpq waits for it. So whatever waits for the server does it
 * here: as long as the thread has patience (base/thread/patience.h), or
 * DB_WAIT_MS. Then the server may be at something that takes long: it is asked
 * for a sign of life, and while it gives some the wait goes on. If it gives
 * none the link is silent: nothing is sent or awaited on it any more, and
 * whoever has it closes it, which waits for nobody.
 */
#ifndef STORE_PG_LINK_H
#define STORE_PG_LINK_H

#include <libpq-fe.h>
#include <stdbool.h>

struct err;

/* What is said of one that is silent. */
#define PG_SILENT "the database does not answer; try again"

struct pg_link {
	PGconn *conn;
	const char *url; /* the opener's */
	bool is_silent;
};

/* 0; 1 if all places of the server are taken (err says so); -1. There is
 * something to close only after 0. */
int pg_link_open(struct pg_link *link, const char *url, struct err *err);
void pg_link_close(struct pg_link *link);

/* As PQgetResult. NULL also if the link is silent. */
PGresult *pg_link_next(struct pg_link *link);
/* As PQexec and its kin, of what PQsend... has sent (its value is `sent`); a
 * thread that is to stop has the server give it up. NULL: silent, or broken. */
PGresult *pg_link_result(struct pg_link *link, int sent);
/* A COMMIT or ROLLBACK: the same, but not given up. */
PGresult *pg_link_finish(struct pg_link *link, const char *text);

#endif
