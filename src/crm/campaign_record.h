/*
 * crm/campaign_record.h - campaigns as the CRM sees them
 *
 * A campaign is written to a group of people, or to what the audience has: a
 * tag, a saved segment, everybody. The bridge makes one of the
 * Marketing API from it when it is sent, and brings back what became of it:
 * one row a recipient (campaign_recipient), which is the CRM's ledger and the
 * communication at once. See domain rules 17 to 21.
 *
 *     draft <-> scheduled -> sending <-> paused
 *       \________________/^     \-> sent, canceled
 *
 * A send that never began over there is a draft again; what its job has to do
 * with the status is told in crm/campaign/send_job.h.
 *
 * `sent` and `canceled` come in one transaction with the end of the last
 * recipient: nobody waits then.
 *
 * Only drafts can be changed.
 *
 * A campaign of another origin than the CRM was not ordered here
 * (crm/campaign/found.h): it is read, and nothing is done with it but to copy
 * it.
 */
#ifndef CRM_CAMPAIGN_RECORD_H
#define CRM_CAMPAIGN_RECORD_H

#include "base/json.h"
#include "base/vec.h"
#include "crm/actor.h"
#include "crm/campaign/ab_variant.h"
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

/* Who has sent it. Stored in the database: append only, never renumber. */
enum crm_campaign_origin {
	CRM_CAMPAIGN_OF_CRM = 0,
	CRM_CAMPAIGN_ELSEWHERE = 1, /* another program, or somebody there */
	CRM_CAMPAIGN_OF_FEED = 2,   /* a feed of the audience */
};
/* "crm", "elsewhere", "feed". */
const char *crm_campaign_origin_name(enum crm_campaign_origin origin);

/* What a campaign says is made of. */
enum crm_content {
	CRM_CONTENT_NONE = 0,
	CRM_CONTENT_DESIGN = 1, /* of which html is made */
	CRM_CONTENT_HTML = 2,
	CRM_CONTENT_PLAIN = 3,
};

/* Whom it goes to. Stored in the database: append only, never renumber. */
enum crm_campaign_to {
	CRM_CAMPAIGN_TO_NOBODY = 0, /* not chosen; of old rows: group_id says */
	CRM_CAMPAIGN_TO_GROUP = 1,
	CRM_CAMPAIGN_TO_TAG = 2,     /* of the audience */
	CRM_CAMPAIGN_TO_SEGMENT = 3, /* a saved one */
	CRM_CAMPAIGN_TO_AUDIENCE = 4,
};
const char *crm_campaign_to_name(enum crm_campaign_to kind); /* "tag" */

#define CRM_CAMPAIGN_NAME_MAX 800 /* bytes */

struct crm_campaign {
	int64_t id;
	const char *name;
	enum crm_campaign_to to_kind;
	int64_t group_id;    /* of a group */
	int64_t segment_id;  /* of the Marketing API: of a tag or segment */
	const char *to_name; /* of what is in the audience, as it was chosen */
	/* NULL: not given */
	const char *subject, *preview_text, *from_name, *from_email, *reply_to;
	const char *html, *plain_text;
	enum crm_content content; /* as it was read */
	const char *design;       /* JSON; see crm/campaign_design.h */
	bool plain_is_made;       /* plain_text is made of the design */
	const char *language;     /* of the mail: BCP 47 */
	const char *direction;    /* "ltr", "rtl"; NULL: by what it says */
	enum crm_campaign_status status;
	int64_t push_id;
	const char *audience_id, *marketing_campaign_id;
	int64_t schedule_ms, started_ms, sent_ms;
	/* When a draft is to go once it is scheduled, and nothing more: as
	 * whoever writes it chose, or its last schedule; 0: now. */
	int64_t send_at_ms;
	int64_t user_id, created_ms, updated_ms;
	const char *pull_state; /* JSON of the bridge */
	int64_t restored_ms;    /* paused because of a restore; 0: not */
	/* Why it stands still though nobody paused it, as the audience tells,
	 * or why it was not sent (crm/campaign/send_job.h); NULL: it does not.
	 */
	const char *hold_reason, *hold_detail;
	int64_t hold_ms;
	struct ab_test test; /* what it tries, if anything */
	struct ab_content more[AB_VARIANTS_MAX - 1]; /* of B and C */
	const char *ab_result; /* JSON: crm/campaign/ab_result.h */
	enum crm_campaign_origin origin;
};
struct crm_campaigns VEC_FIELDS(struct crm_campaign);

/* ERR_NOT_FOUND. Strings live in arena. Locked in a transaction that writes.
 */
int crm_campaign_get(struct db *db, int64_t id, struct arena *arena,
		     struct crm_campaign *out, struct err *err);
/* Those of the ids that are there, by id; html, plain_text and design stay
 * NULL, those of variants too. */
int crm_campaign_list(struct db *db, const struct ids *ids, struct arena *arena,
		      struct crm_campaigns *out, struct err *err);

/* Those whose HTML fits a pattern of LIKE, the newest first, 100 at most. */
struct crm_campaign_name {
	const char *name, *marketing_campaign_id;
};
struct crm_campaign_names VEC_FIELDS(struct crm_campaign_name);
int crm_campaign_list_showing(struct db *db, const char *pattern,
			      struct arena *arena,
			      struct crm_campaign_names *out, struct err *err);

/* What the API's object says; what is absent stays. HTML takes the place of a
 * design. *c points into body. ERR_INVALID with the field: then *c holds a part
 * of it. */
int crm_campaign_read(const json_t *body, struct crm_campaign *c,
		      struct err *err);
/* A draft. Sets id, user and times. ERR_INVALID with field `group_id`: there is
 * no such group. */
int crm_campaign_add(struct tx *tx, struct crm_campaign *c,
		     const struct actor *actor, struct err *err);
/* A draft with the same settings and content; name NULL: "... (copy)". A group
 * that is gone is not chosen. ERR_NOT_FOUND. */
int crm_campaign_copy(struct tx *tx, int64_t id, const char *name,
		      const struct actor *actor, struct arena *arena,
		      int64_t *id_out, struct err *err);
/* before: as it was read in this transaction. What is made of a design is made
 * anew if that, or how it is shown, has changed. ERR_CONFLICT: no draft any
 * more, or a job sends it; ERR_INVALID as for add. */
int crm_campaign_update(struct tx *tx, const struct crm_campaign *before,
			const struct crm_campaign *c, const struct actor *actor,
			struct err *err);
/* Locked in this transaction. ERR_CONFLICT: neither a draft nor canceled, or
 * not there; or a job (a send, a test) may still act on it. */
int crm_campaign_remove(struct tx *tx, int64_t id, struct err *err);

/* A draft, or scheduled: nothing of it has been sent. */
bool crm_campaign_is_open(const struct crm_campaign *c);
/* 0 if so; -1 ERR_CONFLICT: what it is instead. */
int crm_campaign_check_open(const struct crm_campaign *c, struct err *err);
/* Who it comes from can be sent from. ERR_INVALID with the field. */
int crm_campaign_check_sender(const struct crm_campaign *c, struct err *err);
/* Can it be sent, once it is its turn: recipients, subject, sender, content?
 * ERR_INVALID with the field. */
int crm_campaign_check_complete(const struct crm_campaign *c, struct err *err);

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

/* What the audience or the job that sends it tells; reason NULL: it goes on.
 */
int crm_campaign_set_hold(struct tx *tx, int64_t id, const char *reason,
			  const char *detail, int64_t since_ms,
			  struct err *err);

/* "hold": {"reason", "detail", "since"}, or null. */
void crm_campaign_write_hold(const struct crm_campaign *c,
			     struct json_writer *w);
/* The members of the API's object; with_content: html and plain_text too. */
void crm_campaign_write(const struct crm_campaign *c, bool with_content,
			struct json_writer *w);
/* The state of it, for ETags: an object of them. */
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

/* What came of a link: whoever clicked counts once, a click each time. */
struct campaign_link {
	int64_t id; /* the same as long as the campaign is there */
	const char *url;
	int64_t people, machines;
	int64_t clicks, total; /* by people; by both */
};
struct campaign_links VEC_FIELDS(struct campaign_link);
/* The most clicked first, appended. */
int campaign_link_list(struct db *db, int64_t campaign_id, struct arena *arena,
		       struct campaign_links *out, struct err *err);

/* The reason of a hold that no row tells, as nothing can be written. */
#define CRM_HOLD_DISK "disk"
/* What is being sent is held so; why_full NULL: nothing is. */
void crm_campaign_tell_full(struct crm_campaign *c, const char *why_full);

/* What the CRM does not know by itself. */
struct campaign_report_facts {
	bool relay_is_reached;
	const char *why_full;     /* nothing can be noted; NULL: it can */
	const char *const *links; /* where those of the mail lead, each once */
	size_t links_n;
};

/*
 * The report, all figures and the status from one snapshot: {"status", "hold",
 * "recipients", "sent", "delivered", "waiting", "left_out", "bounced",
 * "opened", "clicked", "unsubscribed", "complained", "links": the clicked
 * ones, then the others of `facts`, "average": rates of our last campaigns
 * before it}, and relay_is_reached. recipients = sent + waiting + all left out.
 * Appended; after a failure *out holds a part of it. ERR_NOT_FOUND. Begins a
 * transaction: none may be open.
 */
int crm_campaign_report(struct db *db, int64_t id,
			const struct campaign_report_facts *facts,
			struct strbuf *out, struct err *err);

#endif
