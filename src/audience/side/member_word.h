/*
 * audience/side/member_word.h - members by how their address or name begins
 *
 * An index of plain texts (without case and accents): the address, the name as
 * a whole, and each word of it. It is filled behind those who write, and only
 * once somebody has searched, so it costs nobody anything before: members above
 * `until_id` are not in it yet, and a trigger notes those that are another
 * since. A search brings it up to date itself if few are missing; if not, the
 * job does, and until it is through, only those that it knows are found by
 * their name. Who is forgotten leaves it in the same transaction.
 */
#ifndef AUDIENCE_SIDE_MEMBER_WORD_H
#define AUDIENCE_SIDE_MEMBER_WORD_H

#include "base/vec.h"
#include "jobs/runner.h"

#define MEMBER_WORD_JOB "member-words"
/* More than these that are missing are for the job. */
#define MEMBER_WORD_BEHIND_MOST 2000
/* No more than these are found. */
#define MEMBER_WORD_FOUND_MOST 1000

/* Takes some more in, in a transaction of its own: 1, 0 if there are none, -1.
 */
int member_word_fill(struct db *db, struct err *err);
/* Before a search, in no transaction: as said above. 1: the job has something
 * to do, which is to be woken. */
int member_word_catch_up(struct db *db, int64_t now_ms, struct err *err);

struct member_word_query {
	const char *text;
	int64_t list_id; /* 0: of all lists */
	bool whole;      /* the text is the whole address, name or word of it */
	size_t most;     /* 0: MEMBER_WORD_FOUND_MOST */
};
/* Ids of members, in order, each once; no more than `most`, and one more if
 * there are more. Whoever reads them finds that some may be gone.
 */
int member_word_find(struct db *db, const struct member_word_query *query,
		     struct ids *out, struct err *err);

int member_word_job(struct job_run *run, struct err *err);

#endif
