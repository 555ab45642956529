/*
 * mcapi/mc_client.h - a client of any Mailchimp Marketing API 3.0 endpoint
 *
 * One client belongs to one thread at a time. Transient failures (429, 5xx, a
 * broken connection) are tried again here with jittered back-off, but for
 * calls that must not be done twice. So is every answer whose body is not the
 * API's JSON, or whose refusal is not the API's problem document (its status
 * and a title; of a 404, "Resource Not Found"), whatever its status: it comes
 * from something in between (a page of a proxy, a portal, a gateway without a
 * route, an edge that throttles) and is no verdict. What is left
 * comes back as an error whose title is that of the problem document ("Member
 * Exists", "Member In Compliance State", "Forgotten Email Not Subscribed",
 * "Resource Not Found"):
 *
 *     ERR_INVALID    400, 422: doing it again is no use
 *     ERR_DENIED     401, 403: the key is wrong
 *     ERR_NOT_FOUND  404
 *     ERR_CONFLICT   405
 *     ERR_RETRY      transient, and tried often enough
 */
#ifndef MCAPI_MC_CLIENT_H
#define MCAPI_MC_CLIENT_H

#include "base/json.h"
#include "base/strbuf.h"

struct err;
struct mc_client;

/* One request as it goes out, and what came back. */
struct mc_request {
	const char *method;
	const char *path; /* behind the URL, with its query */
	const char *body; /* JSON; NULL: none */
	bool once;        /* must not be sent twice */
};
struct mc_reply {
	int status;
	struct strbuf body;
};
/* Tests put a fake in the place of HTTP. -1 with ERR_RETRY: no answer came. */
typedef int (*mc_send_fn)(void *context, const struct mc_request *request,
			  struct mc_reply *reply, struct err *err);

struct mc_options {
	const char *url; /* with /3.0, without a final slash; must outlive it */
	const char *key;
	bool allow_private; /* the endpoint is on this machine or network */
	int tries;          /* of a call, at most; 0: 5 */
	int64_t most_ms;    /* of a try; 0: as httpc has it */
	mc_send_fn send;    /* NULL: HTTP */
	void *context;      /* of send */
};

struct mc_client *mc_client_new(const struct mc_options *options);
void mc_client_free(struct mc_client **client);

/* path begins with "/"; *out may be NULL. */
int mc_get(struct mc_client *c, const char *path, json_t **out,
	   struct err *err);
/* method POST, PUT, PATCH, DELETE; body NULL: none. */
int mc_call(struct mc_client *c, const char *method, const char *path,
	    const char *body, json_t **out, struct err *err);
/*
 * The same, never sent twice, not even by the layers below: what makes or
 * sends something. If mc_is_lost(err), nobody knows whether it was done: look
 * before doing it again.
 */
int mc_call_once(struct mc_client *c, const char *method, const char *path,
		 const char *body, json_t **out, struct err *err);
bool mc_is_lost(const struct err *err);

/*
 * All pages of a collection, to the end:
 *
 *     struct mc_pages p = { .path = "/lists/x/members?fields=...",
 *                           .items = "members", .count = 1000 };
 *     while ((more = mc_next_page(c, &p, &page, err)) > 0)
 *
 * path must have a query. *page is the array of this page; it lives until the
 * next call or mc_pages_release. by_cursor: the endpoint is Muster's own, whose
 * pages cost the same however deep they are; `fields`, if there are any, must
 * name next_cursor.
 */
struct mc_pages {
	const char *path;
	const char *items; /* the member that is the array */
	int count;         /* 1 to 1,000; by_cursor: to 10,000 */
	bool by_cursor;
	int64_t offset; /* of the next page; may be set to begin later */
	int64_t total;  /* total_items of the last answer */
	json_t *reply;
	bool done;
};
int mc_next_page(struct mc_client *c, struct mc_pages *p, const json_t **page,
		 struct err *err);
void mc_pages_release(struct mc_pages *p);

#endif
