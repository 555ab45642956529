/*
 * audience/webhook.h - telling other programs what changed in an audience
 *
 * A change enqueues one job (kind "webhook") a matching webhook, in the
 * transaction of the change: it is told if and only if it happened. The job
 * POSTs the form and tries again at growing intervals over 75 minutes; a 410
 * disables the webhook for good.
 */
#ifndef AUDIENCE_WEBHOOK_H
#define AUDIENCE_WEBHOOK_H

#include "audience/member.h"
#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct job_kind;
struct tx;

enum webhook_event {
	WEBHOOK_SUBSCRIBE,
	WEBHOOK_UNSUBSCRIBE,
	WEBHOOK_PROFILE,
	WEBHOOK_CLEANED,
	WEBHOOK_UPEMAIL,
	WEBHOOK_CAMPAIGN,
	WEBHOOK_EVENTS,
};
const char *webhook_event_name(enum webhook_event event);

struct webhook {
	int64_t id, list_id;
	const char *hex;
	const char *url;
	bool events[WEBHOOK_EVENTS];
	bool sources[3]; /* user, admin, api */
	bool is_disabled;
};
struct webhooks VEC_FIELDS(struct webhook);

/* All of a list, disabled ones too; strings live in arena. Appends to *out.
 * get: ERR_NOT_FOUND. */
int webhook_list(struct db *db, int64_t list_id, struct arena *arena,
		 struct webhooks *out, struct err *err);
int webhook_get(struct db *db, int64_t list_id, const char *hex,
		struct arena *arena, struct webhook *out, struct err *err);

struct webhook_options {
	/* Where private and loopback addresses are allowed: URLs that begin
	 * with one of these (this server's own), ends with NULL. */
	const char *const *own_urls;
	bool allow_private; /* anywhere */
};
bool webhook_may_be_private(const struct webhook_options *options,
			    const char *url);
/*
 * Asks the URL whether it is there (GET must be answered 200), on no
 * connection of the database; may take 10 s. ERR_INVALID: it is not.
 */
int webhook_check_url(const char *url, const struct webhook_options *options,
		      struct err *err);
/* body: the API's object {url, events, sources}; ERR_INVALID names its field
 * that is wrong, also a URL that has a webhook already. What `events` and
 * `sources` do not name is false when it is added, and unchanged later; without
 * the object, all are true. Changing one that was disabled puts it to use
 * again. update, remove: ERR_NOT_FOUND. */
int webhook_add(struct tx *tx, int64_t list_id, const json_t *body,
		int64_t now_ms, struct arena *arena, struct webhook *out,
		struct err *err);
int webhook_update(struct tx *tx, int64_t list_id, const char *hex,
		   const json_t *body, struct arena *arena, struct webhook *out,
		   struct err *err);
int webhook_remove(struct tx *tx, int64_t list_id, const char *hex,
		   struct err *err);

/* --- telling --- */

/* What a change was; a member's fields are read where the event needs them. */
struct webhook_fact {
	enum webhook_event event;
	const struct member *member;
	const struct merge_defs *defs; /* of its merges */
	const char *interests;         /* names, with commas; NULL: none */
	const char *action;            /* unsubscribe: "unsub", "delete" */
	const char *reason;            /* "manual", "abuse", "hard" */
	const char *old_address;       /* upemail */
	const char *campaign_hex;      /* "" or NULL: none */
	const char *subject, *status;  /* campaign */
};
/* The webhooks of a list that listen to this source; load once, tell often. */
int webhook_listeners(struct db *db, int64_t list_id, enum change_source source,
		      struct arena *arena, struct webhooks *out,
		      struct err *err);
/* Enqueues the fact for those of the listeners who want such events. */
int webhook_tell(struct tx *tx, const struct webhooks *listeners,
		 const char *list_hex, const struct webhook_fact *fact,
		 int64_t now_ms, struct err *err);

/* Both at once, for single changes. */
int webhook_enqueue(struct tx *tx, const struct list *list,
		    enum change_source source, const struct webhook_fact *fact,
		    int64_t now_ms, struct err *err);

/* --- the job --- */

/* The kind for the runner of the audience schema; options must outlive it. */
struct job_kind webhook_job_kind(const struct webhook_options *options);

#endif
