/*
 * bridge/campaign/campaign_draft.h - the campaign of the Marketing API that one
 * of the CRM becomes: a draft over there, until it is sent
 *
 * At most one is made of each, whatever answers are lost: that it is asked for
 * is stored before, and it is looked for before another is made. One that was
 * deleted over there is made anew, while it is open here (a draft, or
 * scheduled): nobody can have been sent it. It is written anew before each test
 * and each send. On the thread of the job.
 */
#ifndef BRIDGE_CAMPAIGN_CAMPAIGN_DRAFT_H
#define BRIDGE_CAMPAIGN_CAMPAIGN_DRAFT_H

#include "crm/campaign_record.h"

struct err;
struct send_target;
struct work;

struct campaign_draft {
	struct work *w;
	struct crm_campaign
		c;          /* marketing_campaign_id: NULL until it is made */
	int64_t segment_id; /* of the group's tag; 0: none, as of a test */
	struct send_target *target; /* NULL: a group, or a test */
};

/* Made, or found, if there is none yet, or none any more. */
int campaign_draft_ensure(struct campaign_draft *d, struct err *err);
/* Recipients, settings and content again: an earlier try may have stopped half
 * way, and the campaign may have been changed since. */
int campaign_draft_write(struct campaign_draft *d, struct err *err);
/* ERR_INVALID: why the audience would not send it. */
int campaign_draft_check(struct campaign_draft *d, struct err *err);
/* 1: it is on its way or done already, 0, -1. If it is gone from there and may
 * be made anew, 0, without marketing_campaign_id; else ERR_NOT_FOUND. */
int campaign_draft_is_sent(struct campaign_draft *d, struct err *err);
/* Does its status begin so ("cancel": canceling, canceled)? 1, 0, -1 as above.
 */
int campaign_draft_is(struct campaign_draft *d, const char *beginning,
		      struct err *err);
/* /campaigns/<id><rest>, in the work's arena. */
const char *campaign_draft_path(struct campaign_draft *d, const char *rest);

#endif
