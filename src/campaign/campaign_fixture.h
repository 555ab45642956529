/*
 * campaign/campaign_fixture.h - a database with an audience, for unit tests
 */
#ifndef CAMPAIGN_CAMPAIGN_FIXTURE_H
#define CAMPAIGN_CAMPAIGN_FIXTURE_H

#include "base/err.h"
#include "base/json.h"
#include "campaign/campaign.h"
#include "store/store_fixture.h"

#define FIXTURE_NOW INT64_C(1700000000000)
#define FIXTURE_LIST_HEX "aaaaaaaaaa"

struct campaign_fixture {
	struct store_fixture store;
	struct arena *arena;
	struct db *db; /* of the audience */
	int64_t list_id;
	struct err err;
};

/* Audience "Friends" with members 1 .. n, subscribed. For cmocka's set-up. */
void campaign_fixture_open(struct campaign_fixture *f, int members);
void campaign_fixture_free(struct campaign_fixture *f);
/* Run SQL with {id} style values pasted by printf. */
void campaign_fixture_exec(struct campaign_fixture *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A body with every ' turned into ", as a tree that the test frees. */
json_t *campaign_fixture_json(const char *text);
int64_t campaign_fixture_int(struct campaign_fixture *f, const char *sql);

#endif
