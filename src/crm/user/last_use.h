/*
 * crm/user/last_use.h - when keys and sessions were used last, to be written
 * later
 *
 * A request that only reads never waits for the right to write: that a key or
 * a session was used is kept in memory, and written with all others in one
 * transaction, a minute later at most and when the server stops. A process
 * that is killed forgets a minute of it. Any thread.
 *
 * Use lengthens a session. Until that is written, those who ask here know it;
 * and a mark of a session that would end within the hour is due at once, so
 * that other processes know it long before. Of the marks of several processes
 * the latest stays.
 */
#ifndef CRM_LAST_USE_H
#define CRM_LAST_USE_H

#include "store/db.h"

struct last_use;

struct last_use *last_use_new(void); /* never NULL */
void last_use_free(struct last_use **last);

/* Notes a use. With very many of them waiting, new ones are not noted. */
void last_use_key(struct last_use *last, int64_t key_id, int64_t now_ms);
/* hash: of the token; created_ms, expires_ms: as the database has them. */
void last_use_session(struct last_use *last, const char *hash,
		      int64_t created_ms, int64_t expires_ms, int64_t now_ms);
/* Of a session, as far as it is not written yet; 0: nothing is known. */
int64_t last_use_of_session(struct last_use *last, const char *hash);

/* Are there marks that should be written now? */
bool last_use_is_due(struct last_use *last, int64_t now_ms);
/* Writes them all, in a transaction of its own. After a failure all are kept,
 * for the next time. */
int last_use_write(struct last_use *last, struct db *db, int64_t now_ms,
		   struct err *err);

#endif
