/*
 * sets/change_log.h - whose rows changed since a moment
 *
 * Triggers of the database append to a log whatever is written about members
 * (audience/0016) or records (crm/0078), in the transaction of the rows. A
 * moment is what a snapshot saw: on SQLite, with its one writer, the id of the
 * last change; on PostgreSQL the snapshot itself, since transactions do not
 * commit in the order of any number that they are given. The log is short: who
 * is further behind than it reaches reads the rows again.
 */
#ifndef SETS_CHANGE_LOG_H
#define SETS_CHANGE_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct db;
struct err;
struct ids;
struct sql;

/* The queries of one; see sql/member_change.sql. */
struct change_log {
	const struct sql *now, *since, *prune, *cut;
};

struct moment {
	char *text; /* owned */
	int64_t low, epoch;
	int64_t log_begins; /* as this moment saw it */
};
#define MOMENT_INIT          \
	{                    \
		.text = NULL \
	}
void moment_release(struct moment *m);
void moment_copy(struct moment *to, const struct moment *from);

/* What the open snapshot sees. */
int change_log_now(struct db *db, const struct change_log *log,
		   struct moment *out, struct err *err);
/* Does the log, as `now` sees it, hold all that came after *since? */
bool change_log_reaches(const struct moment *now, const struct moment *since);

#define CHANGE_LOG_MOST 30000
/*
 * Whose rows of these kinds (bits) changed between *since and the open
 * snapshot, in order, each once; of_id: what they belong to, 0: any. 1; 0: more
 * than CHANGE_LOG_MOST, or it may be anybody, *out is of no use; -1. Who is
 * named may not have changed.
 */
int change_log_since(struct db *db, const struct change_log *log,
		     const struct moment *since, unsigned kinds, int64_t of_id,
		     struct ids *out, struct err *err);

/* Removes the oldest, a part at a time: 1 if more is to be removed, 0, -1. For
 * a service, every few seconds. */
#define CHANGE_LOG_KEPT 200000
int change_log_prune(struct db *db, const struct change_log *log, int64_t kept,
		     struct err *err);

#endif
