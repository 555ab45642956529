/*
 * audience/kept/chatter.h - what happened in the account, day by day
 *
 * A line a list, a day and a kind: so many came, so many left; and the
 * campaigns that readers sent on. Told from what is kept anyway
 * (list_history.h): nobody writes it. Of imports and changes of profiles the
 * audience knows nothing.
 */
#ifndef AUDIENCE_CHATTER_H
#define AUDIENCE_CHATTER_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;

enum chatter_kind { CHATTER_JOINED, CHATTER_LEFT, CHATTER_FORWARDED };

struct chatter {
	enum chatter_kind kind;
	int64_t at_ms; /* the end of its day, or now; when it was sent */
	int64_t n;
	const char *hex; /* of the list, or the campaign */
	const char *list_hex;
	const char *title; /* the list's name, the campaign's title */
};
struct chatters VEC_FIELDS(struct chatter);

/* Of the last 30 days; CHATTER_MAX at most, the newest first. Appends; strings
 * live in arena. */
#define CHATTER_DAYS 30
#define CHATTER_MAX 200
int chatter_list(struct db *db, int64_t now_ms, struct arena *arena,
		 struct chatters *out, struct err *err);

#endif
