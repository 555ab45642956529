/*
 * audience/audience_fixture.h - a database with its master audience, for unit
 * tests
 */
#ifndef AUDIENCE_AUDIENCE_FIXTURE_H
#define AUDIENCE_AUDIENCE_FIXTURE_H

#include "audience/list.h"
#include "audience/member.h"
#include "base/err.h"
#include "store/store_fixture.h"

#define FIXTURE_NOW INT64_C(1700000000000)

struct audience_fixture {
	struct store_fixture store;
	struct db *db; /* of the audience */
	struct arena *arena;
	struct list list; /* the master audience, of FIXTURE_NOW */
};

void audience_fixture_open(struct audience_fixture *f);
void audience_fixture_free(struct audience_fixture *f);
/* The same for cmocka: *state is a struct audience_fixture. */
int audience_fixture_set_up(void **state);
int audience_fixture_tear_down(void **state);

/* The first column of the first row, which must be there. */
int64_t audience_fixture_int(struct audience_fixture *f, const char *sql);

/* One body of the API, in a transaction of its own: 0 and *out (NULL: not
 * wanted), or -1 with the error of the member or of the database. */
int audience_fixture_apply(struct audience_fixture *f, enum member_mode mode,
			   const char *key, const char *body, int64_t now_ms,
			   struct member *out, struct err *err);
/* Subscribed, which must succeed; returns the id. */
int64_t audience_fixture_subscribe(struct audience_fixture *f,
				   const char *address);
/* One departure, which must change the member. */
void audience_fixture_depart(struct audience_fixture *f, int64_t member_id,
			     enum departure_how how, int64_t at_ms);

#endif
