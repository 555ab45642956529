/*
 * bridge/fake_audience.h - an audience in memory, behind mc_client, for tests
 *
 * It keeps what a Marketing API keeps of members (as JSON, by hash), tags and
 * campaigns, and answers as the API does, as far as the bridge asks. Its state
 * stands in struct bridge_fixture, where tests set what is to go wrong.
 */
#ifndef BRIDGE_FAKE_AUDIENCE_H
#define BRIDGE_FAKE_AUDIENCE_H

#include "base/json.h"

struct err;
struct mc_reply;
struct mc_request;

#define FAKE_LIST "abc0000001"

enum fault {
	FAULT_NONE,
	FAULT_503,
	FAULT_429,
	FAULT_PAGE_200, /* a page of somebody in between */
	FAULT_PAGE_403,
	FAULT_GATEWAY, /* 404, in JSON, without a route */
	FAULT_CUT,     /* not done, no answer */
	FAULT_LOST,    /* done, no answer */
	FAULTS,
	FAULT_DENIED, /* the key is refused: no disturbance for most */
	FAULT_GONE    /* the API says, wrongly, that there is no such thing */
};

struct bridge_fixture;
/* Sees each request before it is done (done false) and after it. */
typedef void (*during_fn)(struct bridge_fixture *f,
			  const struct mc_request *request, bool done);

void fake_audience_begin(struct bridge_fixture *f); /* empty */
void fake_audience_end(struct bridge_fixture *f);
/* The mc_send_fn of it; context is the fixture. */
int fake_send(void *context, const struct mc_request *request,
	      struct mc_reply *reply, struct err *err);
/* Ends the program, if something fails that has nothing to do with the test. */
void fake_must(int ret, const struct err *err);

/* The member, as borrowed JSON; NULL: none. */
json_t *fake_member(struct bridge_fixture *f, const char *address);
const char *fake_status(struct bridge_fixture *f, const char *address);
void fake_subscribe(struct bridge_fixture *f, const char *address,
		    const char *status, const char *source);
/* One who was unsubscribed has that in its activity from then on. */
void fake_set_status(struct bridge_fixture *f, const char *address,
		     const char *status);
void fake_rename(struct bridge_fixture *f, const char *from, const char *to);
/* It subscribes itself again by the link of a mail; at: ISO 8601, as it tells.
 */
void fake_take_back(struct bridge_fixture *f, const char *address,
		    const char *at);
/* When it changed last; text of ISO 8601. */
void fake_set_changed(struct bridge_fixture *f, const char *address,
		      const char *at);
void fake_delete_permanently(struct bridge_fixture *f, const char *address);
/* One more in a list of the report, to be told more of. */
json_t *fake_reported(struct bridge_fixture *f, const char *key,
		      const char *address);
void fake_say(json_t *o, const char *key, const char *text);
bool fake_is_tagged(const json_t *member, int64_t segment);
/* Among those of the tag: an archived one is not, and keeps it. */
bool fake_is_listed(const json_t *member, int64_t segment);

/* --- between its files --- */

/* The page that the query asks for, and the whole of a tree: with status 200.
 */
void fake_answer_page(struct bridge_fixture *f, const char *path,
		      const char *key, json_t *items, struct mc_reply *reply);
/* segment 0: of any tag, or none. */
void fake_answer_members(struct bridge_fixture *f, const char *path,
			 int64_t segment, struct mc_reply *reply);
void fake_answer_tree(struct mc_reply *reply, const json_t *tree);
/* The one that a request gives a member, if it does. */
void fake_take_language(json_t *member, const json_t *body);
void fake_answer_not_found(struct mc_reply *reply);
void fake_answer_campaigns(struct bridge_fixture *f, const char *method,
			   const char *path, const json_t *body,
			   struct mc_reply *reply);
void fake_answer_report(struct bridge_fixture *f, const char *path,
			struct mc_reply *reply);

#endif
