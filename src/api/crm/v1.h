/*
 * api/crm/v1.h - what the handlers of /api/v1 share
 *
 * A handler that reads:
 *
 *     CLEANUP(store_put) struct db *db = NULL;
 *     if (v1_db(rq, &db, err) < 0)
 *             return -1;
 *
 * One that writes (the order of the two lines matters: the transaction must be
 * released before its connection):
 *
 *     CLEANUP(store_put) struct db *db = NULL;
 *     CLEANUP(tx_release) struct tx tx = TX_INIT;
 *     if (v1_begin(rq, &db, &tx, err) < 0 || ... ||
 *         v1_commit(rq, &tx, err) < 0)
 *             return -1;
 */
#ifndef API_CRM_V1_H
#define API_CRM_V1_H

#include "api/api.h"
#include "crm/actor.h"
#include "crm/entity.h"

struct campaign_sender_facts;
struct organisation;

/* Who asks, for the functions of crm. */
struct actor v1_actor(const struct request *rq);

int v1_db(const struct request *rq, struct db **out, struct err *err);
int v1_begin(const struct request *rq, struct db **db, struct tx *tx,
	     struct err *err);
/* Commits, and wakes those who run the jobs that the change left. */
int v1_commit(const struct request *rq, struct tx *tx, struct err *err);

/* Who we are, and who sends by what: as it is now. db: crm. */
int v1_organisation(const struct request *rq, struct db *db,
		    struct organisation *out, struct err *err);
int v1_facts(const struct request *rq, struct campaign_sender_facts *out,
	     struct err *err);

/* After a job was added by a function that commits itself. */
void v1_wake(const struct request *rq);

/* The query parameter `limit`, from 1 to 1,000; 50 if there is none. */
int v1_limit(const struct request *rq, int64_t *out, struct err *err);
/* The query parameter `cursor` of lists that go down by id; 0: none. */
int v1_before(const struct request *rq, int64_t *out, struct err *err);

/* `next` of a page that ends with this id. */
const char *v1_next(const struct request *rq, int64_t last_id);
/* Of a vector that was asked for one item more than the limit: leaves a page,
 * and gives its `next` by that member of its last item; NULL: it is the last
 * page. */
#define v1_cut(rq, list, limit, member)          \
	((int64_t)(list)->n <= (limit)           \
		 ? NULL                          \
		 : ((list)->n = (size_t)(limit), \
		    v1_next(rq, (list)->v[(limit)-1].member)))

/* {"items": [ ... ], "total": n, "next": cursor or null} */
void v1_list_begin(struct json_writer *w);
void v1_list_end(struct json_writer *w, int64_t total, const char *next);

/*
 * A CSV file, made piece by piece while it is being sent; begins with the mark
 * by which Excel knows UTF-8, if that is wanted (parameter `bom`), and with
 * another `delimiter` than fn's commas. fn appends the next piece: 1, 0 if it
 * was the last (it may be empty), -1. free_fn (may be NULL) is called once at
 * the end; `context` may live in the request's arena.
 */
struct v1_csv {
	const char *name; /* of the file, without .csv */
	int (*fn)(void *context, struct db *db, struct strbuf *out,
		  struct err *err);
	void (*free_fn)(void *context);
	void *context;
};
int v1_csv_begin(struct request *rq, struct response *rs,
		 const struct v1_csv *csv, struct err *err);

/*
 * Somebody else may have changed what a client read (RFC 9110 sections 8.8.3
 * and 13.1.1). v1_etag says in the reply which state of a record it shows;
 * v1_if_match refuses (412) a change that was meant for another state than the
 * one that is locked now. `shown` is what the state is: the object of the
 * reply, without what is counted.
 */
void v1_etag(const struct request *rq, struct response *rs, struct str shown);
bool v1_has_if_match(const struct request *rq);
int v1_if_match(const struct request *rq, struct str shown, struct err *err);
/* The same of what has two parts: who changes the first is not in the way of
 * who changes the rest (v1_if_match_first), but some acts are meant for all of
 * it (v1_if_match_both). */
void v1_etag_both(const struct request *rq, struct response *rs,
		  struct str shown, struct str rest);
int v1_if_match_first(const struct request *rq, struct str shown,
		      struct err *err);
int v1_if_match_both(const struct request *rq, struct str shown,
		     struct str rest, struct err *err);

/* 202 {"job_id": n} */
void v1_accepted(struct response *rs, int64_t job_id);
/* The body of who proves nothing but what is in it: a page of another site
 * may send forms and plain text in somebody's browser, but no JSON. 415. */
int v1_json(struct request *rq, const json_t **out, struct err *err);

/* A member `entity` of a body or the query parameter: people, leads,
 * companies. ERR_INVALID with field `entity`. */
int v1_entity(const char *name, enum entity *out, struct err *err);
/* An ISO time of a body: 1, 0 absent, -1; null is 1 and 0. */
int v1_get_time(const json_t *body, const char *key, int64_t *out,
		struct err *err);
/* ERR_INVALID for a member of the body that is not in the list, which ends
 * with NULL. */
int v1_only(const json_t *body, const char *const *known, struct err *err);

#endif
