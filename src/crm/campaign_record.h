/*
 * crm/campaign_record.h - campaigns as the CRM sees them
 *
 * A campaign is written to a group of people. The bridge makes one of the
 * Marketing API from it when it is sent, and brings back what became of it:
 * one row a recipient (campaign_recipient), which is the CRM's ledger and the
 * communication at once. See domain rules 17 to 21.
 *
 *     draft <-> scheduled -> sending <-> paused
 *       \________________/^     \-> sent, canceled
 *
 * `sent` and `canceled` come in one transaction with the end of the last
 * recipient: nobody waits then.
 *
 * Only drafts can be changed.
 */
#ifndef CRM_CAMPAIGN_RECORD_H
#define CRM_CAMPAIGN_RECORD_H

#include "base/json.h"
#include "base/vec.h"
#include "crm/actor.h"
#include "store/db.h"

/* Stored in the database: append only, never renumber. */
enum crm_campaign_status {
	CRM_CAMPAIGN_DRAFT = 1,
	CRM_CAMPAIGN_SCHEDULED = 2,
	CRM_CAMPAIGN_SENDING = 3,
	CRM_CAMPAIGN_PAUSED = 4,
	CRM_CAMPAIGN_SENT = 5,
	CRM_CAMPAIGN_CANCELED = 6,
};
const char *crm_campaign_status_name(enum crm_campaign_status status);
/* false: there is no such status. */
bool crm_campaign_status_parse(const char *name, enum crm_campaign_status *out);

struct crm_campaign {
	int64_t id;
	const char *name;
	int64_t group_id; /* 0: not chosen */
	/* NULL: not given */
	const char *subject, *preview_text, *from_name, *from_email, *reply_to;
	const char *html, *plain_text;
	enum crm_campaign_status status;
	int64_t push_id;
	const char *audience_id, *marketing_campaign_id;
	int64_t schedule_ms, started_ms, sent_ms;
	int64_t user_id, created_ms, updated_ms;
	const char *pull_state; /* JSON of the bridge */
	int64_t restored_ms;    /* paused because of a restore; 0: not */
	/* Why it stands still though nobody stopped it, as the audience tells;
	 * NULL: it does not. */
	const char *hold_reason, *hold_detail;
	int64_t hold_ms;
};
struct crm_campaigns VEC_FIELDS(struct crm_campaign);

/* ERR_NOT_FOUND. Strings live in arena. Locked in a transaction that writes.
 */
int crm_campaign_get(struct db *db, int64_t id, struct arena *arena,
		     struct crm_campaign *out, struct err *err);
struct crm_campaign_filter {
	const char *q;                   /* part of the name; NULL: all */
	enum crm_campaign_status status; /* 0: any */
	int64_t before_id;               /* 0: from the newest */
	int64_t limit;
};
/* Newest first, appended; html and plain_text stay NULL. */
int crm_campaign_list(struct db *db, const struct crm_campaign_filter *filter,
		      struct arena *arena, struct crm_campaigns *out,
		      struct err *err);
/* How many fit the filter, whatever the page. */
int crm_campaign_count(struct db *db, const struct crm_campaign_filter *filter,
		       int64_t *out, struct err *err);

/* What the API's object says; what is absent stays. *c points into body.
 * ERR_INVALID with the field: then *c holds a part of it. */
int crm_campaign_read(const json_t *body, struct crm_campaign *c,
		      struct err *err);
/* A draft. Sets id, user and times. ERR_INVALID with field `group_id`: there is
 * no such group. */
int crm_campaign_add(struct tx *tx, struct crm_campaign *c,
		     const struct actor *actor, struct err *err);
/* before: as it was read in this transaction. ERR_CONFLICT: no draft any more;
 * ERR_INVALID as for add. */
int crm_campaign_update(struct tx *tx, const struct crm_campaign *before,
			const struct crm_campaign *c, const struct actor *actor,
			struct err *err);
/* ERR_CONFLICT: neither a draft nor canceled, or not there. */
int crm_campaign_remove(struct tx *tx, int64_t id, struct err *err);

/* Who it comes from can be sent from. ERR_INVALID with the field. */
int crm_campaign_check_sender(const struct crm_campaign *c, struct err *err);

/* The only function that changes the status. Returns 1, 0 if it has it
 * already, -1: ERR_CONFLICT if that is no allowed step, ERR_NOT_FOUND. */
int crm_campaign_move(struct tx *tx, int64_t id, enum crm_campaign_status to,
		      int64_t now_ms, struct err *err);
/* The same for what was read elsewhere while the campaign was `from` here; if a
 * user has moved it since, nothing happens (0). */
int crm_campaign_follow(struct tx *tx, int64_t id,
			enum crm_campaign_status from,
			enum crm_campaign_status to, int64_t now_ms,
			struct err *err);

/* What a user may do to a send. */
enum crm_campaign_act {
	CRM_CAMPAIGN_PAUSE,
	CRM_CAMPAIGN_RESUME,
	CRM_CAMPAIGN_CANCEL, /* who waits is left out */
	CRM_CAMPAIGN_FINISH, /* nobody is tried again */
};
const char *crm_campaign_act_name(enum crm_campaign_act act); /* "pause" */
/* ERR_INVALID: there is no such act. */
int crm_campaign_act_parse(const char *name, enum crm_campaign_act *out,
			   struct err *err);
/* 0; -1 ERR_CONFLICT: not while it has that status. */
int crm_campaign_may_act(const struct crm_campaign *c,
			 enum crm_campaign_act act, struct err *err);

/*
 * The database was restored: campaigns that are sent or about to be (a
 * schedule that has passed, a send that was asked for) may have been sent since
 * the backup. They are paused, with restored_ms, and jobs that would go on with
 * them are dropped. Commits by itself; returns how many.
 */
int crm_campaigns_restored(struct db *db, int64_t now_ms, struct err *err);
/* Are there any? 1, 0, -1. */
int crm_campaigns_under_way(struct db *db, struct err *err);

/* What the audience tells; reason NULL: it goes on. */
int crm_campaign_set_hold(struct tx *tx, int64_t id, const char *reason,
			  const char *detail, int64_t since_ms,
			  struct err *err);

/* When a scheduled one is to be sent; 0: not. Returns 1, 0: it is not there,
 * or -1. */
int crm_campaign_set_schedule(struct tx *tx, int64_t id, int64_t at_ms,
			      struct err *err);

/* "hold": {"reason", "detail", "since"}, or null. */
void crm_campaign_write_hold(const struct crm_campaign *c,
			     struct json_writer *w);
/* The API's shape; with_content: html and plain_text too. */
void crm_campaign_format(const struct crm_campaign *c, bool with_content,
			 struct json_writer *w);

/* --- recipients: the CRM's ledger --- */

/* Stored in the database: append only, never renumber. */
enum crm_recipient_state {
	CRM_RECIPIENT_QUEUED = 1,
	CRM_RECIPIENT_ACCEPTED = 2,
	CRM_RECIPIENT_DEFERRED = 3,
	CRM_RECIPIENT_REFUSED = 4,
	CRM_RECIPIENT_EXPIRED = 5,
	CRM_RECIPIENT_CANCELED = 6,
	CRM_RECIPIENT_LEFT_OUT = 7,
};
const char *crm_recipient_state_name(enum crm_recipient_state state);

/* Of a recipient, and of what a pull brings. Stored: never renumber. */
enum crm_bounce {
	CRM_BOUNCE_NONE = 0,
	CRM_BOUNCE_HARD = 1,
	CRM_BOUNCE_SOFT = 2
};
enum crm_activity {
	CRM_ACTIVITY_NONE = 0,
	CRM_ACTIVITY_OPEN = 1,
	CRM_ACTIVITY_CLICK = 2,
	CRM_ACTIVITY_BOUNCE = 3,
};

/* What a figure of a report counts; each can be listed, by person_id. */
struct crm_recipient_filter {
	int64_t campaign_id;
	enum crm_recipient_state state; /* 0: any */
	const char *reason;             /* NULL: any */
	const char *response; /* opened clicked bounced unsubscribed complained
				 and not_...; NULL: any. People only */
	int64_t after_id;     /* person_id of the last one; 0: from the first */
	int64_t limit;
};
struct crm_recipient {
	int64_t person_id;
	const char *address; /* NULL: erased or none */
	enum crm_recipient_state state;
	const char *reason;
	const char *detail; /* what the relay said; NULL: nothing */
	int64_t at_ms;
	int64_t opened_ms, clicked_ms, bounced_ms, unsubscribed_ms;
	int64_t complained_ms; /* 0: not */
};
struct crm_recipients VEC_FIELDS(struct crm_recipient);
/* A page, appended; *total_out: all that fit. ERR_INVALID with field
 * `response`: no such response. */
int crm_recipient_list(struct db *db, const struct crm_recipient_filter *filter,
		       struct arena *arena, struct crm_recipients *out,
		       int64_t *total_out, struct err *err);

/*
 * The report, all figures and the status from one snapshot: {"status", "hold",
 * "recipients", "sent", "waiting", "left_out", "bounced", "opened", "clicked",
 * "unsubscribed", "complained", "links"}, and relay_is_reached, which the CRM
 * does not know by itself. recipients = sent + waiting + all left out.
 * Appended; after a failure *out holds a part of it. ERR_NOT_FOUND. Begins a
 * transaction: none may be open.
 */
int crm_campaign_report(struct db *db, int64_t id, bool relay_is_reached,
			struct strbuf *out, struct err *err);

#endif
