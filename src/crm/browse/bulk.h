/*
 * crm/browse/bulk.h - one act on many records, as a job
 *
 * Whoever asks says how many they saw: if more fit by now, nothing is done.
 * That number is the confirmation of what opts out or deletes by a choice:
 * there it must be exactly as many, when it is asked for. The set is settled
 * when the job begins (rows of `bulk_item`), so that it does not move under
 * what the act changes, and worked through in the order of ids, some at once,
 * in transactions of at most some 50 ms. Each record is written as a request
 * for it alone would be, with the user and address of whoever asked: consent,
 * audit, what the bridge hears. A record for which that is refused is counted
 * and told, and the others go on.
 *
 * Progress is saved with what it is about: a killed job goes on where it was,
 * and changed + unchanged + refused is the size of the set. One that is
 * canceled keeps what was done, and tells it.
 */
#ifndef CRM_BULK_H
#define CRM_BULK_H

#include "crm/actor.h"
#include "crm/browse/bulk_choice.h"
#include "crm/entity.h"
#include "jobs/runner.h"

#define BULK_JOB "bulk"

enum bulk_act {
	BULK_TAG,
	BULK_UNTAG,
	BULK_ADD_TO_GROUP,
	BULK_REMOVE_FROM_GROUP,
	BULK_OPT_OUT,
	BULK_DELETE,
};

struct bulk {
	enum entity entity;
	enum bulk_act act;
	const char *tag;
	int64_t group_id;
	const char *reason;
	struct bulk_choice choice;
	/* unless it is by ids, see crm/browse/selection.h: */
	const char *q, *filter;
	int64_t in_group;
	const char *how;
};
void bulk_release(struct bulk *bulk);
/* Does it change who is in a group? */
bool bulk_is_of_group(const struct bulk *bulk);

/* From a request's body; texts live as long as it, or in the arena. ERR_INVALID
 * with the field. */
int bulk_parse(enum entity entity, const json_t *body, struct arena *arena,
	       struct bulk *out, struct err *err);

/*
 * Checks it and adds the job. ERR_INVALID with the field, as `tag`, `group_id`,
 * `all.filter.conditions[2].op`; ERR_CONFLICT: more fit than were expected (or,
 * where that confirms, fewer), or a group is dynamic; ERR_NOT_FOUND: a group.
 */
int bulk_ask(struct tx *tx, const struct bulk *bulk, const struct actor *actor,
	     struct arena *arena, int64_t *job_id, struct err *err);

/* Its function. The result: {"changed", "unchanged", "refused": [{"id", "why"}]
 * (the first 100), "refused_count"}. */
int bulk_job(struct job_run *run, struct err *err);

#endif
