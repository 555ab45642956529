/*
 * api/bulk/member_bulk.h - one act on many members of an audience inside, as a
 * job
 *
 * As crm/browse/bulk.h for records: whoever asks says how many they saw; if
 * more fit by now, nothing is done, and who unsubscribes or archives by a
 * choice confirms its very number. The set is settled when the job begins and
 * worked through in the order of ids.
 *
 * The job is one of the CRM's, where users look for what they asked for, and
 * what it does is written to the audience: no transaction spans the two. How
 * far it is is written with the act (audience/side/many_done.h), so that
 * changed + unchanged + refused is right also after a kill. If the tag or the
 * list is deleted meanwhile, it fails with a sentence for whoever asked.
 *
 * Nothing here brings anybody back: there is no act that subscribes.
 */
#ifndef API_BULK_MEMBER_BULK_H
#define API_BULK_MEMBER_BULK_H

#include "audience/list.h"
#include "audience/side/member_many.h"
#include "crm/actor.h"
#include "crm/browse/bulk_choice.h"
#include "jobs/runner.h"

#define MEMBER_BULK_JOB "audience-bulk"

struct member_bulk {
	const char *list_hex;
	enum member_act act;
	int64_t segment_id; /* of `tag` and `untag` */
	struct bulk_choice choice;
	/* unless it is by ids, as the list of members: */
	const char *q, *status, *interest;
	int64_t in_segment;
};
void member_bulk_release(struct member_bulk *bulk);

/* From a request's body; texts live as long as it. ERR_INVALID with the field.
 */
int member_bulk_parse(const json_t *body, struct member_bulk *out,
		      struct err *err);
/* As a job's payload; with_choice: with who they are. */
const char *member_bulk_payload(const struct member_bulk *bulk,
				const struct member_actor *actor,
				bool with_choice, struct arena *arena);

/*
 * Who they are at this moment, in the order of ids, in *out, which is empty.
 * No transaction may be open. ERR_CONFLICT: they are more than were expected;
 * ERR_INVALID: the choice says what there is not.
 */
int member_bulk_find(struct db *audience, const struct member_bulk *bulk,
		     const struct list *list, int64_t now_ms,
		     struct arena *arena, struct ids *out, struct err *err);

/* For the runner of the schema crm; context: struct api. Its result is that of
 * crm/browse/bulk_state.h. */
int member_bulk_job(struct job_run *run, struct err *err);

#endif
