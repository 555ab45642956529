/*
 * crm/campaign/send_job.h - the job that sends a campaign, and what the
 * campaign says of it
 *
 * A campaign is sent by one job, which stands beside it (campaign_send) from
 * the wish until it has begun over there or has come to nothing. Its status and
 * the state of that job are one state:
 *
 *     status            its job          the campaign           left by
 *     draft             none             is written             a user
 *     draft             queued, running  is made ready          the job
 *     scheduled         queued           waits for its time     the job
 *     scheduled         queued, running  is made ready          the job
 *     draft, scheduled  asks             waits for a word       a user
 *     draft, scheduled  ended, lost      came to nothing: becomes a draft
 *     scheduled         none             the same
 *     sending           queued, running  begins over there      the job
 *     sending           ended, lost      goes, or never began: then the same
 *     sending           none             goes                   the pull
 *     any other         ended, lost      needs it no more: it is forgotten
 *
 * Who ordered it must be allowed to send when it begins; what has begun goes
 * on. What stands still says why, as its hold (SEND_WAITS ...), which lasts
 * until it is sent or scheduled again. The job says it itself, as long as it
 * can; who is left without one (it was stopped, killed, lost by a restore) is
 * found by send_jobs_settle, and by the pull if only the audience knows whether
 * it began. All under the lock of the campaign, as in schedule.h.
 */
#ifndef CRM_CAMPAIGN_SEND_JOB_H
#define CRM_CAMPAIGN_SEND_JOB_H

#include "crm/campaign_record.h"
#include "jobs/job.h"

/* Reasons of holds; those of the audience have other words. */
#define SEND_WAITS "waits"       /* it cannot begin, and is tried again */
#define SEND_ASKS "confirm"      /* a user is to look at its push first */
#define SEND_REFUSED "not_sent"  /* it came to nothing: the detail says why */
#define SEND_STOPPED "stopped"   /* a user stopped its job */
#define SEND_NO_RIGHT "no_right" /* who ordered it may not send any more */

struct send_job {
	int64_t id;
	enum job_state state; /* JOB_FAILED, if it is lost */
	const char *error;    /* NULL: none is known */
};

/* The one that stands beside it: 1, 0, -1. */
int send_job_find(struct db *db, int64_t campaign_id, struct arena *arena,
		  struct send_job *out, struct err *err);
bool send_job_has_ended(const struct send_job *job);

/* It is to send it from now on; what was said of the last one is over. */
int send_job_put(struct tx *tx, int64_t campaign_id, int64_t job_id,
		 struct err *err);
/* None does any more. */
int send_job_drop(struct tx *tx, int64_t campaign_id, struct err *err);

/* c, here and below: as it was read in this transaction. The time of the first
 * of equal reasons stays. reason NULL: it goes on. */
int send_job_say(struct tx *tx, const struct crm_campaign *c,
		 const char *reason, const char *detail, int64_t now_ms,
		 struct err *err);
/* Nobody was sent it: a draft again (a paused one stays so), with the reason.
 */
int send_job_fail(struct tx *tx, const struct crm_campaign *c,
		  const char *reason, const char *detail, int64_t now_ms,
		  struct err *err);
/* The same, with what is known of a job that has ended; NULL: none was there.
 */
int send_job_lost(struct tx *tx, const struct crm_campaign *c,
		  const struct send_job *job, int64_t now_ms, struct err *err);

/* All that say that they are being sent, by nobody, but those that are sending.
 * Commits each by itself; 0 or -1. */
int send_jobs_settle(struct db *db, int64_t now_ms, struct err *err);

#endif
