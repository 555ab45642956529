/*
 * api/page/audience_members.h - which members are asked for
 *
 * Of the list of members, and of the files that are made of it. Any worker.
 */
#ifndef API_PAGE_AUDIENCE_MEMBERS_H
#define API_PAGE_AUDIENCE_MEMBERS_H

#include "audience/side/member_browse.h"

struct request;

/* By the parameters of the request; db: audience. *is_least: more would fit
 * than are looked at. Strings live in the request's arena. */
int audience_choice_read(const struct request *rq, struct db *db,
			 struct member_choice *out, bool *is_least,
			 struct err *err);
/* Only those of them who get mail and are not in the CRM; by `hash`, one. */
int audience_strangers_read(const struct request *rq, struct member_choice *out,
			    bool *is_least, struct err *err);

#endif
