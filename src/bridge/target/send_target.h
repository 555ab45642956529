/*
 * bridge/target/send_target.h - a campaign to a tag, a segment or the whole
 * audience
 *
 * No group is pushed. Who gets it is what the audience freezes; so whom the CRM
 * does not let be mailed must be out of that before: whoever opted out is
 * unsubscribed, and they and all others (held, unclear, of a company that opted
 * out) have a tag of ours that the campaign excludes. Only the Marketing API is
 * used. See docs/decisions/0030-sending-to-what-the-audience-has.md. On the
 * thread of the job.
 */
#ifndef BRIDGE_TARGET_SEND_TARGET_H
#define BRIDGE_TARGET_SEND_TARGET_H

#include "base/json.h"
#include "bridge/hash_set.h"

struct crm_campaign;
struct err;
struct work;

#define BARRED_TAG "Muster: not mailed"

struct send_target {
	struct work *w;
	const struct crm_campaign *c;
	int64_t barred_id;      /* segment of our tag; 0: nobody has it */
	struct hash_set barred; /* who has it */
	json_t *conditions;     /* of the saved segment; NULL: not read */
};
#define SEND_TARGET(work, campaign)                                   \
	{                                                             \
		.w = (work), .c = (campaign), .barred = HASH_SET_INIT \
	}
void send_target_release(struct send_target *t);

/* Before the draft is written: the audience knows whom the CRM bars.
 * ERR_CONFLICT: the saved segment cannot be narrowed. */
int send_target_prepare(struct send_target *t, struct err *err);
/* The member segment_opts of recipients, or nothing: everybody. */
void send_target_write(const struct send_target *t, struct json_writer *j);
/* The CRM's ledger, of the members that are in it now. It was cleared before.
 */
int send_target_fill(struct send_target *t, struct err *err);
/* Just before it goes out: who may not be mailed since. ERR_RETRY: that does
 * not come to an end, or the draft does not exclude our tag yet. */
int send_target_recheck(struct send_target *t, struct err *err);

#endif
