/*
 * bridge/bridge_fixture.h - what the tests of the bridge share: a CRM in a
 * fresh database, an audience in memory behind mc_client, faults on the way,
 * and jobs that are run one at a time by the test
 *
 * The audience keeps what a Marketing API keeps of members (as JSON, by hash),
 * tags and campaigns, and answers as the API does, as far as the bridge asks.
 */
#ifndef BRIDGE_BRIDGE_FIXTURE_H
#define BRIDGE_BRIDGE_FIXTURE_H

#include "bridge/bridge_private.h"
#include "crm/crm_fixture.h"

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

struct bridge_fixture {
	struct crm_fixture *crm;
	struct db *db; /* of crm */
	struct bridge bridge;
	struct runner *runner;
	const char *list;     /* its id */
	json_t *members;      /* hash -> member */
	json_t *forgotten;    /* hash -> true */
	json_t *segments;     /* array of {id, name} */
	json_t *campaigns;    /* array */
	json_t *merge_fields; /* array */
	json_t *report; /* of any campaign: sent_to, emails, unsubscribes */
	int contacts;   /* how many were made */
	int requests;
	size_t page_most; /* items a page, however many are asked for; 0: so
			     many */
	int fault_at;     /* the nth request from now on; 0: none */
	int fault_more;   /* so many after it, too */
	enum fault fault;
	int statement_at; /* the same, of the next job's statements */
	during_fn during;
	const char *poison;  /* a call with it in body or path is refused */
	const char *refusal; /* of the member with `refused` in its address */
	int creates, tests, sends;
};

int bridge_fixture_open(void **state); /* cmocka's setup */
int bridge_fixture_close(void **state);
/* CRM and audience begin again empty, on the same database. */
void bridge_fixture_renew(struct bridge_fixture *f);

/* --- the CRM --- */

struct record fake_person(struct bridge_fixture *f, const char *address);
void fake_patch(struct bridge_fixture *f, int64_t person_id, const char *body);
void fake_erase(struct bridge_fixture *f, int64_t person_id);
void fake_delete(struct bridge_fixture *f, int64_t person_id);
/* The second becomes the first. */
void fake_merge(struct bridge_fixture *f, int64_t to, int64_t from);
/* A dynamic group of everybody. */
int64_t fake_group(struct bridge_fixture *f, const char *name);
/* Number 1, a draft to everybody; a@x.example is one of them. */
void fake_campaign(struct bridge_fixture *f);
int64_t fake_number(struct bridge_fixture *f, const char *sql);
void fake_exec(struct bridge_fixture *f, const char *sql);
const char *fake_text(struct bridge_fixture *f, const char *sql);

/* --- the audience --- */

/* The member, as borrowed JSON; NULL: none. */
json_t *fake_member(struct bridge_fixture *f, const char *address);
const char *fake_status(struct bridge_fixture *f, const char *address);
void fake_subscribe(struct bridge_fixture *f, const char *address,
		    const char *status, const char *source);
/* One who was unsubscribed has that in its activity from then on. */
void fake_set_status(struct bridge_fixture *f, const char *address,
		     const char *status);
void fake_rename(struct bridge_fixture *f, const char *from, const char *to);
/* When it changed last; text of ISO 8601. */
void fake_set_changed(struct bridge_fixture *f, const char *address,
		      const char *at);
void fake_delete_permanently(struct bridge_fixture *f, const char *address);
/* One more in a list of the report, to be told more of. */
json_t *fake_reported(struct bridge_fixture *f, const char *key,
		      const char *address);
void fake_say(json_t *o, const char *key, const char *text);
/* Subscribed members that are nobody's marketing address or whose person has
 * opted out. */
int fake_wrong(struct bridge_fixture *f);
/* Whom a campaign to the tag would reach and must not: opted out, held, moved
 * to another address. */
int fake_mailed_wrongly(struct bridge_fixture *f, int64_t segment);

/* --- jobs --- */

int64_t fake_add_job(struct bridge_fixture *f, const char *kind,
		     const char *payload);
/* As often as it wants, like a runner: what it returned last. A failure leaves
 * it to be run again. */
int fake_run(struct bridge_fixture *f, int64_t job_id, struct err *err);
/* Once. */
int fake_run_once(struct bridge_fixture *f, int64_t job_id, struct err *err);
/* All that wait, until none does; failures are tried again. */
void fake_run_all(struct bridge_fixture *f);
int fake_push(struct bridge_fixture *f, int64_t group_id, struct err *err);
void fake_sync(struct bridge_fixture *f);
/* A webhook with these members of data, run. fired_at NULL: none. */
void fake_hook(struct bridge_fixture *f, const char *type, const char *data,
	       const char *fired_at);

#endif
