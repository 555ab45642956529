/*
 * crm/crm_fixture.h - what the tests of records share: an actor, bodies as
 * text, and writers that commit
 */
#ifndef CRM_CRM_FIXTURE_H
#define CRM_CRM_FIXTURE_H

#include "crm/record_json.h"
#include "store/store_fixture.h"

struct crm_fixture {
	struct store_fixture store;
	struct db *db;
	struct arena *arena;
	struct actor actor; /* user 1, at 1,000,000 */
};

int crm_fixture_open(void **state); /* cmocka's setup */
int crm_fixture_close(void **state);

/* Each in a transaction of its own; -1: *err says why, nothing was done. */
int fixture_create(struct crm_fixture *f, enum entity entity, const char *body,
		   struct record *out, struct err *err);
int fixture_patch(struct crm_fixture *f, enum entity entity, int64_t id,
		  const char *body, struct record *out, struct err *err);
/* The same, which must work. */
struct record fixture_person(struct crm_fixture *f, const char *body);
/* How many jobs of that kind wait. */
int64_t fixture_jobs(struct crm_fixture *f, const char *kind);
/* A number by SQL text of the test. */
int64_t fixture_number(struct crm_fixture *f, const char *sql);
/* The ledger of a campaign was written without its figures. */
void fixture_keep_figures(struct crm_fixture *f, int64_t campaign_id);

#endif
