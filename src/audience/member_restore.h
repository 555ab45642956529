/*
 * audience/member_restore.h - undoing that a campaign made members cleaned
 *
 * A relay that bounces everybody for a fault of its own, or of ours, makes
 * cleaned members of people who can be reached. Which campaign cleaned whom is
 * kept (member_cleaned); undoing it gives each back the status of before, but
 * for those where something else forbids it: they left since, bounced in
 * another campaign that was not undone, are suppressed or not there any more.
 */
#ifndef AUDIENCE_MEMBER_RESTORE_H
#define AUDIENCE_MEMBER_RESTORE_H

#include "audience/member.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct tx;

/* A member that the campaign cleaned, and what becomes of it. */
struct restored {
	int64_t member_id;
	const char *email_hash;
	enum member_status status; /* as it is after it */
	const char *kept;    /* NULL: restored, now or before; else why not:
				forgotten archived changed suppressed unsubscribed
				bounced_elsewhere */
	int64_t restored_ms; /* when; 0: it is not, or not yet (a plan) */
};
struct restoreds VEC_FIELDS(struct restored);

/* What member_restore would do, for up to limit members with id > after, in the
 * order of their ids. Appends; strings live in arena. */
int member_restore_plan(struct db *db, int64_t campaign_id, int64_t after,
			int64_t limit, struct arena *arena,
			struct restoreds *out, struct err *err);
/*
 * The same, done; out has what became of each. Doing it again finds the same
 * rows, restored already. The campaign counts as undone from then on: its
 * bounces forbid nothing.
 */
int member_restore(struct tx *tx, int64_t campaign_id, int64_t after,
		   int64_t limit, int64_t now_ms, struct arena *arena,
		   struct restoreds *out, struct err *err);

#endif
