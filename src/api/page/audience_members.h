/*
 * api/page/audience_members.h - which members are asked for
 *
 * Of the list of members, and of the files that are made of it. Any worker.
 */
#ifndef API_PAGE_AUDIENCE_MEMBERS_H
#define API_PAGE_AUDIENCE_MEMBERS_H

#include "audience/side/member_browse.h"

struct arena;
struct import_agreement;
struct request;

/* By the parameters of the request; db: audience. *is_least: more would fit
 * than are looked at. Strings live in the request's arena. */
int audience_choice_read(const struct request *rq, struct db *db,
			 struct member_choice *out, bool *is_least,
			 struct err *err);
/* Only those of them who get mail and are not in the CRM; by `hash`, one. */
int audience_strangers_read(const struct request *rq, struct member_choice *out,
			    bool *is_least, struct err *err);

/*
 * For imports, of which a file of such people is one; context: struct store. Of
 * n folded addresses: out[i] is true if the master audience was told to forget
 * it for ever, such as between the file and its import.
 */
int audience_people_forgotten(void *context, const char *const *folded,
			      size_t n, bool *out, struct err *err);
/* The same of n hashes of addresses: how those who are subscribed to it agreed,
 * see struct import_elsewhere. */
int audience_people_agreed(void *context, const char *const *hashes, size_t n,
			   struct arena *arena, struct import_agreement *out,
			   struct err *err);

#endif
