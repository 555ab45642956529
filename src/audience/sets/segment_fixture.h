/*
 * audience/sets/segment_fixture.h - 300 members about whom any condition can be
 * asked, and conditions
 *
 * Merge fields NUM, DAY, BIRTH beside the usual ones, the tag "blue", three
 * interests of a category, two campaigns that were sent, opened and clicked.
 */
#ifndef AUDIENCE_SETS_SEGMENT_FIXTURE_H
#define AUDIENCE_SETS_SEGMENT_FIXTURE_H

#include "audience/audience_fixture.h"
#include "audience/interest/interest.h"

struct prng;
struct strbuf;

#define SEGMENT_FIXTURE_MEMBERS 300

struct segment_fixture {
	struct audience_fixture a;
	int64_t tag;
	struct interest_category category;
	struct interests interests;
};

/* For cmocka: *state is a segment_fixture. */
int segment_fixture_set_up(void **state);
int segment_fixture_tear_down(void **state);

/* Any {match, conditions}. */
void segment_fixture_tree(struct segment_fixture *w, struct prng *prng,
			  struct strbuf *out);

#endif
