/*
 * api/mc30/mc30.h - what the handlers of the Marketing API share
 *
 * Reading: paging, time filters, the audience of the path. Writing: `_links`.
 * `fields` and `exclude_fields` need nothing from a handler but that it writes
 * with mc_writer, which leaves out what was not asked for; what costs much to
 * find out is left out by json_wants.
 *
 *     struct mc_page page;
 *     CLEANUP(store_put) struct db *db = NULL;
 *
 *     if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0)
 *             return -1;
 */
#ifndef API_MC30_MC30_H
#define API_MC30_MC30_H

#include "api/api.h"
#include "audience/member.h"

struct id_set;
struct list;

/* `count` (default 10, at most 1000) and `offset`. */
struct mc_page {
	int64_t count, offset;
	bool by_cursor;             /* not by offset: */
	int64_t after_ms, after_id; /* the last of the page before; 0: none */
};
int mc_page(const struct request *rq, struct mc_page *out, struct err *err);
/* The same, or, which is not of Mailchimp, by `cursor`: what `next_cursor` of
 * the page before was, empty for the first; `count` is then at most 10,000. */
int mc_page_or_cursor(const struct request *rq, struct mc_page *out,
		      struct err *err);
/* Is what stands at that place of all, from 0, on the page? */
bool mc_on_page(const struct mc_page *page, size_t i);
/* The ids of that page. */
void mc_page_of_set(const struct mc_page *page, struct id_set *set,
		    struct ids *out);
/* `next_cursor`, if there may be more after the n of a page, of which these are
 * the last one's; without a cursor, nothing. last_ms: 0, the order is by id. */
void mc_next_cursor(struct json_writer *w, const struct mc_page *page, size_t n,
		    int64_t last_ms, int64_t last_id);

/* A connection to the audience's schema; CLEANUP(store_put). */
int mc_db(const struct request *rq, struct db **out, struct err *err);

/* An ISO 8601 time of the query: 1, 0 absent or empty, -1 ERR_INVALID. */
int mc_query_ms(const struct request *rq, const char *name, int64_t *out,
		struct err *err);
/* One of the words of a list that ends with NULL: its index from 0, or
 * `otherwise` if the parameter is absent or empty, -1 ERR_INVALID. */
int mc_query_word(const struct request *rq, const char *name,
		  const char *const *words, int otherwise, struct err *err);

/* {list_id} of the path. ERR_NOT_FOUND. */
int mc_list_of_path(const struct request *rq, struct db *db, struct list *out,
		    struct err *err);

/* Whose change it is: of an API key, or of somebody signed in. */
struct member_actor mc_actor(const struct request *rq);

/*
 * Two writers got in each other's way: true, and err is clear again, if the
 * transaction should be run once more.
 *
 *     int tries = 0;
 *     do {
 *             err...
 *             done = write_once(...);
 *     } while (done < 0 && mc_try_again(err, &tries));
 */
bool mc_try_again(struct err *err, int *tries);

/* Bits of member statuses: subscribed, and those that include_cleaned,
 * include_transactional and include_unsubscribed ask for besides. */
unsigned mc_statuses(const struct request *rq);

/* After a commit that may have enqueued webhooks. */
void mc_wake(const struct request *rq);

/* Body as an object, with Mailchimp's error for what is no JSON. */
int mc_body(struct request *rq, const json_t **out, struct err *err);

/* What Mailchimp says for what is not there. */
int mc_not_found(struct err *err);

/* fields and exclude_fields cannot both be given: 0, or ERR_INVALID. */
int mc_check_fields(const struct request *rq, struct err *err);

/* --- writing --- */

/* Of the body, with what `fields` or `exclude_fields` choose. */
struct json_writer mc_writer(const struct request *rq, struct response *rs);

/* "http://host/3.0", in the request's arena; make it once a reply. */
const char *mc_base(const struct request *rq);

/*
 *     mc_links_begin(&w);
 *     mc_link(&w, "self", "GET", base, "/lists/%s", hex);
 *     mc_links_end(&w);
 */
void mc_links_begin(struct json_writer *w);
void mc_link(struct json_writer *w, const char *rel, const char *method,
	     const char *base, const char *path_fmt, ...)
	__attribute__((format(printf, 5, 6)));
void mc_links_end(struct json_writer *w);

/* The end of a collection: total_items and _links (self, parent). */
void mc_collection_end(struct json_writer *w, int64_t total, const char *base,
		       const char *path, const char *parent);
/* The end of the array of what a list has, and of the whole reply: list_id too.
 * name: behind /lists/{list_id}/. */
struct list;
void mc_list_part_end(const struct request *rq, const struct list *list,
		      int64_t total, const char *name, struct json_writer *w);

/* A JSON text of ours (a column), or `{}` if it is NULL or empty. */
void mc_key_column(struct json_writer *w, const char *key, const char *json);

#endif
