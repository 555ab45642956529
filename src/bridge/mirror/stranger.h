/*
 * bridge/mirror/stranger.h - who gets mail, and is not in the CRM
 *
 * People sign up, and other programs subscribe them: members whose address
 * neither a person nor a lead has. Nothing makes people of them by itself; a
 * user imports them. As the mirror has them, so some seconds late. Any thread.
 */
#ifndef BRIDGE_MIRROR_STRANGER_H
#define BRIDGE_MIRROR_STRANGER_H

#include "store/db.h"

/*
 * Their hashes, a JSON array, at most `most` of them. *n is how many. None, if
 * the mirror is not of that audience.
 */
int strangers_find(struct db *db, const char *audience_id, int64_t most,
		   struct strbuf *out, int64_t *n, struct err *err);

#endif
