/*
 * api/mc30/content/creators.h - who has made something, by name
 *
 * The audience keeps ids of users of the customer records; the API says, and
 * asks for, names.
 */
#ifndef API_MC30_CONTENT_CREATORS_H
#define API_MC30_CONTENT_CREATORS_H

#include "api/mc30/mc30.h"
#include "crm/user/user.h"

/* All users: appended, strings in the request's arena. Before the audience's
 * connection is taken. */
int mc_creators(const struct request *rq, struct users *out, struct err *err);
/* "": nobody who is known. */
const char *mc_creator_name(const struct users *users, int64_t id);
/* `created_by` of the query, a name or an address: 0 if it is not given, -1 if
 * nobody is called so. */
int64_t mc_creator_asked(const struct request *rq, const struct users *users);

#endif
