/*
 * audience/list.h - audiences; `list` is the Marketing API's word for one
 *
 * One of them is the master audience, which the CRM is linked to; the first
 * start makes it. `hex` (10 digits) is the public id, `id` the key. Removed
 * audiences keep their row (deleted_ms), without their members.
 */
#ifndef AUDIENCE_LIST_H
#define AUDIENCE_LIST_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct time_zone;
struct tx;

/* Texts are never NULL. */
/* The texts of `contact` and `campaign_defaults`; the last is NULL. */
extern const char *const list_contact_keys[];
extern const char *const list_default_keys[];

struct list {
	int64_t id;
	const char *hex;
	const char *name;
	bool is_master;
	const char *contact; /* JSON: company, address1, city, ... */
	const char *permission_reminder;
	const char *campaign_defaults; /* JSON: from_name, from_email, ... */
	bool email_type_option, use_archive_bar, double_optin;
	bool marketing_permissions;
	const char *notify_on_subscribe, *notify_on_unsubscribe;
	const char *visibility; /* "pub", "prv" */
	int64_t created_ms;
};

struct lists VEC_FIELDS(struct list);

/* One that is not removed; strings live in arena. find: 1, 0 (*out untouched),
 * -1. get: 0, or -1; ERR_NOT_FOUND. */
int list_find(struct db *db, const char *hex, struct arena *arena,
	      struct list *out, struct err *err);
int list_get(struct db *db, const char *hex, struct arena *arena,
	     struct list *out, struct err *err);
int list_get_by_id(struct db *db, int64_t id, struct arena *arena,
		   struct list *out, struct err *err);

/* Of its contact; "" if it has none. */
const char *list_company(const struct list *list, struct arena *arena);
/* Its postal address as lines, the company first; "" without a street: a
 * company alone is no address. contact: {"company", "address1", ...}. */
const char *list_contact_lines(const char *contact, struct arena *arena);
/* Of its campaigns, "" if it has none. */
const char *list_language(const struct list *list, struct arena *arena);
/* Of its campaign_defaults, "" if it has none: {"from_name", "from_email"}. */
struct list_sender {
	const char *name, *email;
};
struct list_sender list_sender_of(const struct list *list, struct arena *arena);

struct list_filter {
	int64_t before_created_ms, since_created_ms; /* 0: not asked */
	int64_t before_sent_ms, since_sent_ms;       /* its last campaign */
	const char *email; /* only lists that have this address; NULL: all */
	bool newest_first;
	int64_t count, offset;
};
/* A page; *total_out is how many fit the filter. Appends to *out. */
int list_list(struct db *db, const struct list_filter *filter,
	      struct arena *arena, struct lists *out, int64_t *total_out,
	      struct err *err);

/* body: the API's object; ERR_INVALID names its field that is wrong. Makes the
 * default merge fields too. */
int list_add(struct tx *tx, const json_t *body, int64_t now_ms,
	     struct arena *arena, struct list *out, struct err *err);
/* What the body does not give stays. ERR_NOT_FOUND, ERR_INVALID. */
int list_update(struct tx *tx, const char *hex, const json_t *body,
		struct arena *arena, struct list *out, struct err *err);
/* The time zone of the account, in which dates of mails and hours of schedules
 * are; NULL: UTC. It lives in arena. list_update of the master audience takes
 * it: `account_timezone`. */
int account_zone_load(struct db *db, struct arena *arena,
		      const struct time_zone **out, struct err *err);

/* With its members, segments, interests, form and webhooks; campaigns stay.
 * ERR_NOT_FOUND; the master audience is ERR_CONFLICT. */
int list_remove(struct tx *tx, const char *hex, int64_t now_ms,
		struct err *err);

/* The master audience, made if there is none yet. Returns 1 if it was made
 * now, 0 if it was there, -1. organisation may be "". */
int list_ensure_master(struct tx *tx, const char *organisation, int64_t now_ms,
		       struct arena *arena, struct list *out, struct err *err);

/* 1, 0: there is none yet, -1. */
int list_find_master(struct db *db, struct arena *arena, struct list *out,
		     struct err *err);

/* The account's id in the API: digits that are the same for ever, made of the
 * master audience; "" while there is none. */
#define LIST_ACCOUNT_HEX 25
int list_account_id(struct db *db, char out[LIST_ACCOUNT_HEX + 1],
		    struct err *err);

/* When a campaign to it was last sent; 0: never. */
int list_last_sent_ms(struct db *db, int64_t list_id, int64_t *out,
		      struct err *err);

/* Kept (list_kept.h, campaign/report_kept.h) or found in an index. */
struct list_stats {
	int64_t member_count; /* subscribed */
	int64_t unsubscribe_count, cleaned_count;
	int64_t total_contacts; /* subscribed, unsubscribed, pending, cleaned */
	int64_t members_since_send, unsubscribes_since_send;
	int64_t cleaned_since_send;
	int64_t campaign_count, campaign_last_sent_ms, merge_field_count;
	double avg_sub_rate, avg_unsub_rate, target_sub_rate; /* a month */
	double open_rate, click_rate;                         /* 0 to 100 */
	int64_t last_sub_ms, last_unsub_ms;
};
/* open_rate, click_rate: 0 while nothing was sent. */
int list_stats(struct db *db, const struct list *list, int64_t now_ms,
	       struct list_stats *out, struct err *err);

#endif
