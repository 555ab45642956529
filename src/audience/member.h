/*
 * audience/member.h - an address in an audience, and the life of its status
 *
 * A member has a dense integer id for life, also when its address changes. The
 * API's id is `email_hash`, md5 of the folded address; unique_id (10 hex) and
 * contact_id (32 hex) are spellings of the integer id, so that both can be
 * looked up by key. `archived` is only made by member_archive.
 *
 * All changes go through here: they keep member_address in step, obey the
 * table of transitions (docs of the API; nobody who left by himself, bounced
 * or complained comes back by an import), and enqueue webhooks in the same
 * transaction.
 */
#ifndef AUDIENCE_MEMBER_H
#define AUDIENCE_MEMBER_H

#include "audience/merge_field.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct list;
struct member_entry;
struct sql_value;
struct tx;

/* Stored: append only. */
enum member_status {
	MEMBER_SUBSCRIBED = 1,
	MEMBER_UNSUBSCRIBED = 2,
	MEMBER_CLEANED = 3,
	MEMBER_PENDING = 4,
	MEMBER_TRANSACTIONAL = 5,
	MEMBER_ARCHIVED = 6,
};
const char *member_status_name(enum member_status status);
/* 0: no such status. */
enum member_status member_status_of(const char *name);
/* A set of statuses. */
#define MEMBER_STATUS_BIT(status) (1u << (status))
#define MEMBER_STATUS_ALL 0x7eu

/* Stored: append only. */
enum unsubscribed_by {
	UNSUBSCRIBED_NOT = 0,
	UNSUBSCRIBED_BY_API = 1, /* or a user: can be undone by them */
	UNSUBSCRIBED_BY_CONTACT = 2,
	UNSUBSCRIBED_BY_COMPLAINT = 3,
	UNSUBSCRIBED_WAS_CLEANED = 4, /* by the API, but it had bounced */
};

/* Whose change it is, as webhooks tell apart. */
enum change_source {
	SOURCE_USER = 1, /* the contact */
	SOURCE_ADMIN,    /* somebody in our own pages */
	SOURCE_API,
};

struct member_actor {
	enum change_source source;
	int64_t now_ms;
	const char *ip; /* NULL or "": not known */
	const char *by; /* the name of a user, by hand in our own pages; NULL:
			   anything else */
};

/* Texts are never NULL. */
struct member {
	int64_t id, list_id;
	const char *address; /* folded */
	const char *email_hash;
	const char *unique_id;
	enum member_status status;
	enum unsubscribed_by unsubscribed_by;
	const char *unsubscribe_reason;
	bool text_only;    /* email_type "text" */
	const char *merge; /* JSON by merge_id, see merge_field.h */
	const char *language;
	const char *country; /* its two letters, of what it said last; "" */
	bool vip;
	int64_t rating;
	const char *source;
	const char *ip_signup, *ip_opt;
	int64_t signup_ms, opt_ms, changed_ms;
	int64_t unsubscribed_ms, unsubscribed_campaign_id; /* 0: not */
};
struct members VEC_FIELDS(struct member);

#define UNIQUE_ID_HEX 10
#define CONTACT_ID_HEX 32
void member_unique_id(int64_t id, char out[UNIQUE_ID_HEX + 1]);
void member_contact_id(int64_t id, char out[CONTACT_ID_HEX + 1]);
int64_t member_of_unique_id(const char *hex);  /* 0: none can have it */
int64_t member_of_contact_id(const char *hex); /* 0: none can have it */

/* --- reading; strings live in arena --- */

/* key: subscriber hash, the address itself, or contact_id, in any case. find:
 * 1, 0 (also for a key of another form; *out untouched), -1. get: 0, or -1;
 * ERR_NOT_FOUND. Archived members are found too. */
int member_find(struct db *db, int64_t list_id, const char *key,
		struct arena *arena, struct member *out, struct err *err);
int member_get(struct db *db, int64_t list_id, const char *key,
	       struct arena *arena, struct member *out, struct err *err);
/* Of any list. ERR_NOT_FOUND. */
int member_get_by_id(struct db *db, int64_t id, struct arena *arena,
		     struct member *out, struct err *err);
/* Those of the ids that exist, ordered by id, in a transaction that writes
 * locked. ids: sql_keys(...). Appends. */
int member_list_by_ids(struct db *db, struct sql_value ids, struct arena *arena,
		       struct members *out, struct err *err);

/*
 * Of a JSON array of addresses the ids of the members, and the texts that are
 * nobody's, each in the order given; twice given is twice there. Appends.
 * ERR_INVALID: not all are texts.
 */
int member_ids_of_addresses(struct db *db, int64_t list_id,
			    const json_t *addresses, struct arena *arena,
			    struct ids *ids, struct texts *unknown,
			    struct err *err);

enum member_sort {
	MEMBER_BY_ID, /* the order in which they joined */
	MEMBER_BY_CHANGED,
	MEMBER_BY_OPT,
	MEMBER_BY_SIGNUP,
};
/* Of interests, in member_filter. */
enum member_chose {
	CHOSE_ANY, /* of them */
	CHOSE_ALL,
	CHOSE_NONE,
};
struct member_filter {
	int64_t list_id;
	enum member_status status;                   /* 0: any */
	int64_t since_changed_ms, before_changed_ms; /* 0: not asked */
	int64_t since_opt_ms, before_opt_ms;
	int64_t since_unsubscribed_ms, before_unsubscribed_ms;
	const char *email_type; /* "html", "text", NULL */
	const char *unique_id;  /* NULL */
	bool vip_only;
	int64_t segment_id;          /* members of a tag; 0: not asked */
	const struct ids *interests; /* NULL: not asked */
	enum member_chose chose;
	enum member_sort sort;
	bool sort_desc;
	int64_t count, offset;
	int64_t from_id; /* 0: from the first on */
	/* By id, or by change, upwards: the last of the page before, in place
	 * of an offset. 0: the first page. */
	int64_t after_changed_ms, after_id;
	bool brief; /* only id, list, address, hash, status and changed_ms are
		       read; the rest is 0 and "" */
};
/* Does it ask for nothing but a list, a status, interests? */
bool member_filter_is_plain(const struct member_filter *filter);
/* A page; *total_out is how many fit the filter (NULL: not counted, which for
 * many members costs more than the page). Appends to *out. */
int member_list(struct db *db, const struct member_filter *filter,
		struct arena *arena, struct members *out, int64_t *total_out,
		struct err *err);
/*
 * What changed in a list since then, in brief: "status:members:sum " for each
 * status, by number, sum being of the milliseconds from then to the last change
 * of each. As a change is always later than the one before, it is the same for
 * who has the same members as they are, and for nobody else; only a member that
 * is deleted and added anew within a millisecond is not told apart.
 */
int member_changes(struct db *db, int64_t list_id, int64_t since_ms,
		   struct strbuf *out, struct err *err);

/* What pages of members show beside their rows, read for many at once. */
struct member_tag {
	int64_t member_id, segment_id;
	const char *name;
	int64_t at_ms;
};
struct member_tags VEC_FIELDS(struct member_tag);
/* Of these members, ordered by member and tag. ids: sql_keys(...). */
int member_tags_list(struct db *db, struct sql_value ids, struct arena *arena,
		     struct member_tags *out, struct err *err);
struct member_rate {
	int64_t member_id;
	int64_t sent, opened, clicked; /* campaigns */
};
struct member_rates VEC_FIELDS(struct member_rate);
/* Of these members; who was sent nothing has none. ids: sql_keys(...). */
int member_rates_list(struct db *db, struct sql_value ids,
		      struct member_rates *out, struct err *err);

/* --- changes asked for through the API --- */

enum member_mode {
	MEMBER_POST,  /* must be new, or archived */
	MEMBER_PUT,   /* add or change; status_if_new */
	MEMBER_PATCH, /* must be there. PUT, PATCH: unsubscribing again is heard
			 again, see member_tell */
	MEMBER_BATCH, /* POST of an existing one is an error of its own */
	MEMBER_BATCH_UPDATE, /* update_existing */
};

enum member_outcome { MEMBER_SAME, MEMBER_NEW, MEMBER_CHANGED, MEMBER_REFUSED };

/* One wanted change, and what became of it. */
struct member_op {
	enum member_mode mode;
	const char *key;    /* PUT, PATCH: of the path; else NULL */
	const json_t *body; /* the API's object */
	bool skip_merge_validation;
	bool sync_tags;  /* the tags given replace those there are */
	bool by_contact; /* its own word: what it said before, and what was
			    done to it, stands in no way (form/signup.h) */
	/* out */
	enum member_outcome outcome;
	struct member member; /* as it is now, unless refused; its strings live
				 in arena or body */
	const char *address;  /* as given, for errors */
	struct err err;       /* of a refused one */
	struct field_errors errors;
	struct member_entry *entry; /* private */
};

/*
 * Apply many in one transaction with few statements; refused ones change
 * nothing and have op.err. Returns 0, or -1 only for what is wrong with the
 * database: ERR_RETRY if another writer took an address meanwhile. The same
 * address twice in ops: the later one sees what the first did. Each op is to
 * be released, also after a failure.
 */
int member_apply(struct tx *tx, const struct list *list, struct member_op *ops,
		 size_t n, const struct member_actor *actor,
		 struct arena *arena, struct err *err);
void member_op_release(struct member_op *op);

/*
 * POST .../tags: [{"name", "status": "active" | "inactive"}]. An unknown active
 * one is made, an unknown inactive one ignored. ERR_NOT_FOUND: no such member;
 * ERR_INVALID: a name is none.
 */
int member_change_tags(struct tx *tx, const struct list *list, const char *key,
		       const json_t *tags, int64_t now_ms, struct err *err);

/* DELETE: to archived. ERR_NOT_FOUND; ERR_CONFLICT titled "Method Not Allowed"
 * if it is archived, pending or cleaned. */
int member_archive(struct tx *tx, const struct list *list, const char *key,
		   const struct member_actor *actor, struct err *err);
/* Personal data goes, a keyed hash of the address stays (see suppression.h).
 * ERR_NOT_FOUND. */
int member_forget(struct tx *tx, const struct list *list, const char *key,
		  const struct member_actor *actor, struct err *err);

/*
 * Takes these members away as if they had never been: nothing is kept that
 * would refuse their addresses, and nobody is told. Where a ledger names one,
 * an empty row stays for it. For demo data; ids of nobody are passed over.
 */
int members_drop(struct tx *tx, const struct ids *ids, struct err *err);

/* --- changes that delivery brings --- */

enum departure_how {
	DEPART_UNSUBSCRIBED = 1, /* by itself */
	DEPART_COMPLAINED,
	DEPART_OPTED_OUT,  /* by the API or a user */
	DEPART_BOUNCED,    /* hard: to cleaned */
	DEPART_TAKEN_BACK, /* no departure: by its own link it comes back */
};
struct member_departure {
	int64_t member_id;
	enum departure_how how;
	int64_t campaign_id; /* 0: none */
	int64_t at_ms;
	const char *reason; /* the contact's own words, or NULL */
	int64_t event_id;   /* taken back: of the log */
	const char *ip;     /* taken back: from where; or NULL */
	bool is_replayed;   /* of the suppression journal: what was said, not
			       what is being said */
};
/*
 * Each in turn, those of one member too. Who unsubscribes or complains leaves
 * if he was subscribed or pending; of others the no is kept. Who said as much
 * before says it again if it is younger (at_ms) than what is known: noted and
 * told once more, whatever the status; the same departure twice is one. A
 * complaint outranks an unsubscribe, and its address goes to the
 * organisation-wide suppressions. Ids of nobody are passed over. Returns
 * how many members changed, or -1.
 *
 * Bouncing and leaving do not ask which came first: cleaned hides what a
 * member was (member_cleaned.status), and who leaves while it is hidden has
 * left all the same, webhooks included. So the log need not be applied in
 * order for them (docs/decisions/0020-urgent-events-first.md).
 *
 * Who takes back is subscribed again, told like one who signs up, and has it
 * among its activity; if, and only if, what unsubscribed it, and what it said
 * last, was a link of its own (member_may_take_back).
 */
int member_depart(struct tx *tx, const struct member_departure *departures,
		  size_t n, int64_t now_ms, struct err *err);
/* It was in, left by the link of a message, and nobody else has said no since:
 * no API, no user, no bounce, no complaint. */
bool member_may_take_back(const struct member *member);
/* One soft bounce more for each; cleaned after 7, or 15 if it ever opened or
 * clicked. Returns how many were cleaned. */
int member_soft_bounce(struct tx *tx, const struct member_departure *bounces,
		       size_t n, int64_t now_ms, struct err *err);

#endif
