/*
 * api/mc30/member_reply.h - members as the Marketing API writes them
 *
 * A page of a thousand costs a query more for each kind of thing that hangs on
 * members (tags, rates, interests, places, notes), not one each, and none for
 * what is not written.
 */
#ifndef API_MC30_MEMBER_REPLY_H
#define API_MC30_MEMBER_REPLY_H

#include "api/mc30/mc30.h"
#include "audience/interest/permission.h"
#include "audience/list.h"
#include "audience/member.h"
#include "audience/side/mail_client.h"
#include "audience/side/member_note.h"
#include "audience/side/side.h"

struct member_reply {
	bool wants_fields, wants_tags, wants_rates;
	bool wants_interests, wants_permissions, wants_places, wants_notes,
		wants_clients;
	bool wants_details; /* what stands behind the rates */
	bool wants_rest;    /* but who, as what, as of when */
	const struct list *list;
	const char *base;
	struct merge_defs defs;
	struct member_tags tags;
	struct member_rates rates;
	struct interests interests, permissions; /* of the list */
	struct member_interests chosen;
	struct member_places places;
	struct member_clients clients;
	struct member_notes notes;                      /* the last of each */
	const struct merge_def *first_name, *last_name; /* NULL: none */
};
void member_reply_release(struct member_reply *reply);

/* Is nothing written there but what member_filter.brief reads? */
bool member_reply_is_brief(const struct json_writer *w, const char *path);
/* They will be written there: a path from where the writer stands, "" for the
 * next value. Said once for each place, before loading. */
void member_reply_want(struct member_reply *reply, const struct json_writer *w,
		       const char *path);
/* Reads what these members need beside their rows, of what is wanted. */
int member_reply_load(const struct request *rq, struct db *db,
		      const struct list *list, const struct member *members,
		      size_t n, struct member_reply *out, struct err *err);
void member_reply_write(const struct member_reply *reply,
			const struct member *member, struct json_writer *w);

/* A reply of one member, or the problem of a refused op. */
int member_reply_one(struct request *rq, struct response *rs, struct db *db,
		     const struct list *list, const struct member *member,
		     struct err *err);

/* A page of members with what stands around it; closes nothing. */
int member_reply_page(const struct request *rq, struct db *db,
		      const struct list *list, const struct members *members,
		      struct json_writer *w, struct err *err);

#endif
