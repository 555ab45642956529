/*
 * crm/campaign/recipient.h - the CRM's ledger of a campaign, as people look at
 * it: found, sorted, page by page, as a file, as a group
 *
 * Each figure of a report can be listed: the list's total is the figure.
 * Somebody who is nobody in the CRM stands under a negative number; who was
 * merged into another person is shown as that one. Pages go by key
 * (crm/browse/page_cursor.h). Any thread.
 */
#ifndef CRM_RECIPIENT_H
#define CRM_RECIPIENT_H

#include "base/vec.h"
#include "crm/browse/page_cursor.h"
#include "crm/campaign_record.h"
#include "crm/search/search_word.h"

#define RECIPIENT_DOMAINS_MAX 20 /* as many as a report names */

/* Who is looked for: all of it must fit; NULL and 0: any. */
struct recipient_filter {
	int64_t campaign_id;
	/* "queued" ..., or several: sent delivered caught waiting not_sent;
	 * unknown: nobody in the CRM. */
	const char *state;
	const char *reason; /* of one who was left out or refused (without a
			       state, only those); "other": none is known */
	/* What they did, people only: opened clicked bounced bounced_hard
	 * bounced_soft unsubscribed complained not_opened not_clicked; and
	 * machine_opened machine_clicked. */
	const char *response;
	int64_t link_id;    /* a person clicked this one */
	const char *domain; /* of the address */
	/* Comma-separated: it is of none of these, or not known. */
	const char *not_domains;
	/* ISO 8601: when the response came first, or without one (state sent,
	 * delivered, caught) when it was sent; from then on, and before that.
	 */
	const char *from, *until;
	const char *q; /* words that name or address contain */

	/* By recipient_filter_read: */
	enum crm_recipient_state state_read;
	const char *state_condition; /* of several states, in SQL */
	const char *condition;       /* of the response, in SQL */
	const char *moment;          /* what from and until are of, in SQL */
	int64_t from_ms, until_ms;
	const char *at_domain; /* "@example.org", folded */
	const char *not_at[RECIPIENT_DOMAINS_MAX];
	size_t not_at_n;
	struct search_word words[SEARCH_WORDS_MAX];
	size_t words_n;
};
/* ERR_INVALID with field state, response, domain, not_domains, from, until, q.
 */
int recipient_filter_read(struct recipient_filter *f, struct arena *arena,
			  struct err *err);

enum recipient_kind {
	RECIPIENT_PERSON,
	RECIPIENT_ERASED,  /* a person once: only the numbers are left */
	RECIPIENT_UNKNOWN, /* was nobody in the CRM when it was sent */
};
const char *recipient_kind_name(enum recipient_kind kind); /* "person" */

struct recipient {
	int64_t row_id;    /* in the ledger */
	int64_t person_id; /* as they are found now */
	enum recipient_kind kind;
	const char *name;    /* NULL: has none, or is nobody */
	const char *address; /* NULL: erased or none */
	enum crm_recipient_state state;
	const char *reason;
	const char *detail; /* what the relay said; NULL: nothing */
	int64_t next_ms;    /* of a deferred one: not before; 0: not known */
	int64_t at_ms;
	int64_t opens, clicks;
	/* 0: not */
	int64_t opened_ms, clicked_ms, bounced_ms, unsubscribed_ms;
	int64_t complained_ms, machine_opened_ms;
	int64_t taken_back_ms; /* the unsubscribe, as the report counts it */
	bool is_caught;        /* lies in the outbox: nobody was mailed */
};
struct recipients VEC_FIELDS(struct recipient);

struct recipient_query {
	struct recipient_filter filter; /* read */
	const char *sort; /* name at opens clicks, - before it: downwards; NULL:
			     by the ledger */
	const char *cursor; /* NULL: the first page */
	int64_t limit;
};
/* A page, appended; *total: all that fit, counted with the first page; *next:
 * cursor, NULL: the last page. ERR_INVALID with field sort, cursor. */
int recipient_list(struct db *db, const struct recipient_query *query,
		   struct arena *arena, struct recipients *out, int64_t *total,
		   const char **next, struct err *err);

/* The next piece of all that fit, as CSV, with a header before the first; the
 * query goes on, its cursor lives in arena. 1: there is more, 0: it was the
 * last, -1. */
int recipient_csv(struct db *db, struct recipient_query *query,
		  struct arena *arena, struct strbuf *out, struct err *err);

/* Of all that fit, those who are people of the CRM now: appended by id, each
 * once. */
int recipient_people(struct db *db, const struct recipient_filter *f,
		     struct ids *out, struct err *err);
/* The criteria of a group that holds the same people, now and later; to be
 * freed. false: there are none, as more than a response is looked for. */
bool recipient_criteria(const struct recipient_filter *f, json_t **out);

#endif
