/*
 * campaign/campaign.h - one mailing: settings, recipients, content, schedule,
 * and its life
 *
 * Served types: regular, plaintext, variate, and rss (which is never sent
 * itself, see campaign/rss/rss.h). `hex` is the public id (10 digits), `id` the
 * key (and the API's web_id).
 *
 *     save -> schedule -> sending -> sent
 *       \________________/  |  ^      ^
 *                        paused   finishing, canceling -> canceled
 *
 * `sent` means that nobody waits: each recipient was accepted, refused, expired
 * or left out. Until then a campaign sends, and can be paused, canceled (who
 * waits is left out) or finished (who waits for another try expires). The API
 * says "sending" of one that is finishing.
 *
 * campaign_move alone changes the status, by a table of allowed transitions
 * (and campaigns_restored, which pauses after a restore).
 * Settings and content change only while the campaign is in `save` (title
 * and folder, also later). Who is sent to is frozen in the ledger by delivery,
 * which moves sending and finishing -> sent, canceling -> canceled and keeps
 * the counters (frozen, freeze_cursor, recipients, sent_seq, done_ms).
 */
#ifndef CAMPAIGN_CAMPAIGN_H
#define CAMPAIGN_CAMPAIGN_H

#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct sql_value;
struct tx;

/* Stored: append only. */
enum campaign_status {
	CAMPAIGN_SAVE = 1,
	CAMPAIGN_PAUSED = 2,
	CAMPAIGN_SCHEDULE = 3,
	CAMPAIGN_SENDING = 4,
	CAMPAIGN_SENT = 5,
	CAMPAIGN_CANCELED = 6,
	CAMPAIGN_CANCELING = 7,
	CAMPAIGN_ARCHIVED = 8,
	CAMPAIGN_FINISHING = 9,
};
const char *campaign_status_name(enum campaign_status status);
/* ERR_INVALID: there is no such status. */
int campaign_status_parse(const char *name, enum campaign_status *out,
			  struct err *err);

/*
 * Texts are never NULL. What is after to_name but for template_id is kept for
 * the API's clients, and nothing follows of it: whoever sends always signs,
 * puts a footer where the author has none, and leaves styles where they stand.
 */
struct campaign_settings {
	const char *subject_line;
	const char *preview_text;
	const char *title;
	const char *from_name;
	const char *reply_to; /* From: and Reply-To:, as in Mailchimp */
	const char *to_name;  /* may hold merge tags: *|FNAME|* *|LNAME|* */
	int64_t template_id;
	bool use_conversation, authenticate, auto_footer, inline_css;
	bool auto_tweet, fb_comments;
	const char *auto_fb_post; /* JSON array of texts */
};

struct campaign_tracking {
	bool opens, html_clicks, text_clicks, goal_tracking, ecomm360;
	const char *google_analytics, *clicktale;
};

struct campaign {
	int64_t id;
	const char *hex;
	int64_t list_id;       /* 0: not chosen yet */
	const char *list_hex;  /* "" if none (or deleted) */
	const char *list_name; /* "" */
	const char *type;      /* "regular", "plaintext", "variate", "rss" */
	enum campaign_status status;
	struct campaign_settings settings;
	struct campaign_tracking tracking;
	int64_t folder_id;        /* 0: in none */
	const char *folder_hex;   /* "" if none */
	bool is_resent;           /* another goes to its non-openers */
	int64_t segment_id;       /* saved_segment_id; 0: none */
	const char *segment_opts; /* JSON {match, conditions}; NULL: none */
	const char *content_type; /* "html", "multichannel" ... */
	bool has_html, has_plain; /* see campaign/content.h for the texts */
	const char *archive_token;
	const char *variate;    /* JSON of variate_settings; NULL: no test */
	int winner;             /* the variant of the rest; 0: not known */
	int64_t winner_ms;      /* while there is none: when it is looked for */
	const char *spread;     /* JSON of how sending is spread; NULL: not */
	const char *rss;        /* JSON of rss_opts; NULL: none */
	int64_t parent_id;      /* whose feed brought it; 0: none */
	const char *parent_hex; /* "" */
	int64_t schedule_ms;    /* 0: none */
	int64_t send_ms;        /* when the send was asked for, or started */
	int64_t done_ms;
	bool frozen;
	int64_t freeze_cursor;
	int64_t recipients;
	int64_t sent_seq;
	int64_t created_ms, updated_ms;
};

/* Strings live in arena. find: 1, 0 (*out untouched), -1. get: 0, or -1;
 * ERR_NOT_FOUND. */
int campaign_find(struct db *db, const char *hex, struct arena *arena,
		  struct campaign *out, struct err *err);
int campaign_get(struct db *db, int64_t id, struct arena *arena,
		 struct campaign *out, struct err *err);
int campaign_get_by_hex(struct db *db, const char *hex, struct arena *arena,
			struct campaign *out, struct err *err);

struct campaigns VEC_FIELDS(struct campaign);

/* All of a status but those of type rss, oldest send first: what delivery has
 * to work on. Appends to *out. */
int campaign_list_by_status(struct db *db, enum campaign_status status,
			    struct arena *arena, struct campaigns *out,
			    struct err *err);

/* Of a JSON array of hexes (sql_text), removed ones too, by id. Appends to
 * *out. */
int campaign_list_by_hex(struct db *db, struct sql_value hexes,
			 struct arena *arena, struct campaigns *out,
			 struct err *err);

/* Whether the table of transitions has that one. */
bool campaign_may_move(enum campaign_status from, enum campaign_status to);

/*
 * Change the status: the only function that does. Reads the present one in tx.
 * Going to sending sets send_ms (if it was 0), to sent or canceled done_ms.
 * Returns 1, 0 if it has that status already, or -1: ERR_CONFLICT if the table
 * does not allow it, ERR_NOT_FOUND, ERR_RETRY if somebody else moved it.
 */
int campaign_move(struct tx *tx, int64_t id, enum campaign_status to,
		  int64_t now_ms, struct err *err);

/*
 * Scheduled campaigns whose time has come go to sending (or, if they are not
 * ready any more, CAMPAIGN_NOT_READY, or who scheduled them may not send any
 * more, CAMPAIGN_NO_RIGHT, back to save and held there). Each is looked at
 * again when it is its turn: a schedule that was taken back or changed
 * meanwhile counts. While sending is off (journal/gate.h) they wait. One that
 * fails is logged, and tried again by the next call; it stops no other. Commits
 * by itself; returns how many were started, or -1. Called about every second by
 * whoever runs the sender.
 */
struct campaign_sender_facts;
int campaign_start_due(struct db *db, const struct campaign_sender_facts *facts,
		       int64_t now_ms, struct err *err);

/*
 * The database was restored: campaigns in `sending`, and scheduled ones whose
 * time has passed, may have been sent since the backup. They are paused.
 * Commits by itself; returns how many.
 */
int campaigns_restored(struct db *db, int64_t now_ms, struct err *err);
int campaigns_under_way(struct db *db, struct err *err); /* any? 1, 0 */

/* --- what the API changes --- */

/* Who scheduled it: of those who are known elsewhere. 0: not by such. */
struct campaign_order {
	int64_t user_id, key_id;
};

/* Who sends, and by what. */
struct campaign_sender_facts {
	const char *organisation;   /* option; "": the audience's contact */
	const char *postal_address; /* same */
	const char *public_url;     /* without final slash; NULL: not known */
	bool outbox;         /* mails go nowhere: neither address is needed */
	bool dkim;           /* messages are signed here */
	bool has_public_url; /* the links of messages lead to it */
	/* May who scheduled it still send? 1, 0: *why_out says why not (in
	 * arena), -1. NULL: yes. Any thread. */
	int (*may_send)(void *context, const struct campaign_order *order,
			struct arena *arena, const char **why_out,
			struct err *err);
	void *context;
};
/* Why no mail may leave at all, also no test: whoever gets it could not
 * unsubscribe. NULL: it may. */
const char *campaign_cannot_leave(const struct campaign_sender_facts *facts);

/* body: the API's object {type, recipients, settings, tracking, rss_opts};
 * ERR_INVALID
 * names its field that is wrong. add: where it does not say who the campaign
 * comes from, the audience's campaign_defaults do. update: ERR_NOT_FOUND,
 * ERR_CONFLICT unless it is in `save`, or of type rss and paused (but for its
 * title and its folder). */
int campaign_add(struct tx *tx, const json_t *body, int64_t now_ms,
		 struct arena *arena, struct campaign *out, struct err *err);
int campaign_update(struct tx *tx, const char *hex, const json_t *body,
		    int64_t now_ms, struct arena *arena, struct campaign *out,
		    struct err *err);
/* Unsent: gone. Sent, or of type rss: archived, its links go on working.
 * ERR_NOT_FOUND; ERR_CONFLICT titled "Method Not Allowed" while it sends. */
int campaign_remove(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err);
/* A copy in `save`, "(copy 01)" behind its title. */
int campaign_replicate(struct tx *tx, const char *hex, int64_t now_ms,
		       struct arena *arena, struct campaign *out,
		       struct err *err);

/* May its non-openers get it once more? NULL: yes, else why not. */
const char *campaign_cannot_resend(const struct campaign *campaign);
/* A copy in `save` for those who got it and did not open it, "(resend)" behind
 * its title. ERR_CONFLICT titled "Bad Request" with that reason. */
int campaign_resend(struct tx *tx, const char *hex, int64_t now_ms,
		    struct arena *arena, struct campaign *out, struct err *err);

/* Actions: 0, or -1. Of type rss, send starts it, and order is remembered.
 * ERR_NOT_FOUND; ERR_CONFLICT titled "Bad Request" with Mailchimp's texts if
 * they may not be done now, or with the reason, for send and resume while
 * sending is off. */
int campaign_send(struct tx *tx, const char *hex,
		  const struct campaign_order *order,
		  const struct campaign_sender_facts *facts, int64_t now_ms,
		  struct err *err);
/* at_ms: a quarter of an hour to come. body: the action's, which may ask for
 * Timewarp or batches (campaign_spread.h). */
int campaign_schedule(struct tx *tx, const char *hex, int64_t at_ms,
		      const json_t *body, const struct campaign_order *order,
		      const struct campaign_sender_facts *facts, int64_t now_ms,
		      struct err *err);
int campaign_unschedule(struct tx *tx, const char *hex, int64_t now_ms,
			struct err *err);
int campaign_pause(struct tx *tx, const char *hex, int64_t now_ms,
		   struct err *err);
int campaign_resume(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err);
/* Nothing of it was sent from since_ms until now: its batches whose time came
 * meanwhile do not go all at once. Of others nothing changes. */
int campaign_keep_distance(struct tx *tx, const struct campaign *c,
			   int64_t since_ms, int64_t now_ms, struct err *err);
int campaign_cancel(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err);
/* Asked for twice, it is done once. */
int campaign_finish(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err);

/* --- lists --- */

struct campaign_filter {
	const char *type;
	enum campaign_status status; /* 0: any */
	int64_t before_send_ms, since_send_ms;
	int64_t before_create_ms, since_create_ms; /* 0: not asked */
	const char *list_hex;
	const char *folder_hex;  /* NULL: any or none */
	const char *parent_hex;  /* what this RSS campaign brought; NULL: any */
	const char *member_hash; /* sent to this subscriber_hash; NULL: any */
	bool sort_by_send;       /* else by creation */
	bool newest_first;
	int64_t count, offset;
};
/* Appends to *out; *total_out is how many fit the filter. */
int campaign_list(struct db *db, const struct campaign_filter *filter,
		  struct arena *arena, struct campaigns *out,
		  int64_t *total_out, struct err *err);

#endif
