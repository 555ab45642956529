/*
 * bridge/bridge_fixture.h - what the tests of the bridge share: a CRM in a
 * fresh database, an audience in memory (fake_audience.h), and jobs that are
 * run one at a time by the test
 */
#ifndef BRIDGE_BRIDGE_FIXTURE_H
#define BRIDGE_BRIDGE_FIXTURE_H

#include "bridge/bridge_private.h"
#include "bridge/fake_audience.h"
#include "crm/crm_fixture.h"

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
	json_t *content;      /* as it was put last; NULL: never */
	bool is_mailchimp;    /* it knows no actions that are ours alone */
	json_t *merge_fields; /* array */
	json_t *report; /* of any campaign: sent_to, emails, unsubscribes */
	int contacts;   /* how many were made */
	int requests;
	size_t page_most; /* items a page of a report, however many are asked
			     for; 0: so many */
	int fault_at;     /* the nth request from now on; 0: none */
	int fault_more;   /* so many after it, too */
	enum fault fault;
	int statement_at; /* the same, of the next job's statements */
	bool is_conflict; /* that one is against another who writes */
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
/* Campaign 1 goes out, and was sent over there. */
void fake_send_campaign(struct bridge_fixture *f);
int64_t fake_number(struct bridge_fixture *f, const char *sql);
void fake_exec(struct bridge_fixture *f, const char *sql);
const char *fake_text(struct bridge_fixture *f, const char *sql);

/* --- both sides --- */

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
/* A person with that address, pushed with everybody else. */
int64_t fake_pushed(struct bridge_fixture *f, const char *address);
void fake_sync(struct bridge_fixture *f);
/* A webhook with these members of data, run. fired_at NULL: none. */
void fake_hook(struct bridge_fixture *f, const char *type, const char *data,
	       const char *fired_at);

#endif
