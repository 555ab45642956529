/*
 * api/mc30/account/capability.h - addresses that are the right to read a file
 *
 * Clients fetch the answers of a batch, or an export, without credentials: the
 * URL itself is the right, signed, for ten minutes. Each reply that shows one
 * shows a new one.
 */
#ifndef API_MC30_ACCOUNT_CAPABILITY_H
#define API_MC30_ACCOUNT_CAPABILITY_H

#include "http/request.h"

struct db;
struct tx;

/* The key that signs is made once, before any is shown. */
int capability_ensure(struct tx *tx, struct err *err);
/* The URL of what `path` ("/batches/0123456789/response.tar.gz") names, in the
 * request's arena. */
int capability_url(const struct request *rq, struct db *db, const char *path,
		   const char **out, struct err *err);
/* The same for who shows it in no answer to a request: base is ".../3.0". */
int capability_url_at(struct db *db, const char *base, const char *path,
		      int64_t now_ms, struct arena *arena, const char **out,
		      struct err *err);
/* Is the request for such a URL, and in time? ERR_DENIED. */
int capability_check(const struct request *rq, struct db *db, const char *path,
		     struct err *err);

#endif
