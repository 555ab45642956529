/*
 * audience/segment_private.h - conditions: parsed once, evaluated in two ways
 *
 * segment_parse checks the API's {match, conditions} and resolves all that they
 * name (fields, tags, campaigns, dates) to plain values. Then either
 * sets/segment_eval.h combines kept sets, or segment_query asks with one SQL
 * condition. Both mean the same, which a property test holds.
 *
 * Texts compare without regard to ASCII case, byte by byte otherwise: what
 * both databases and C can do alike.
 */
#ifndef AUDIENCE_SEGMENT_PRIVATE_H
#define AUDIENCE_SEGMENT_PRIVATE_H

#include "audience/member.h"
#include "audience/merge_field.h"
#include "audience/segment_target.h"
#include "sets/id_set.h"
#include "store/sqlbuild.h"

enum condition_kind {
	CONDITION_TEXT,    /* a merge field, its text */
	CONDITION_NUMBER,  /* a merge field, its number */
	CONDITION_ADDRESS, /* any part of an address */
	CONDITION_EMAIL,
	CONDITION_OPT,     /* timestamp_opt */
	CONDITION_CHANGED, /* info_changed */
	CONDITION_RATING,
	CONDITION_VIP,
	CONDITION_LANGUAGE,
	CONDITION_SOURCE,
	CONDITION_NEVER, /* nobody (negated: everybody) */
	CONDITION_STATIC,
	CONDITION_SENT,
	CONDITION_OPENED,
	CONDITION_CLICKED,
	CONDITION_INTERESTS,
	CONDITION_CLIENT,  /* opens with; id: enum mail_client */
	CONDITION_COUNTRY, /* two letters; "" fits nobody */
	CONDITION_PLACE,   /* where they say that they are; see struct place */
	CONDITION_GROUP,   /* conditions of its own */
};

/* What remains when negations are taken out: `not` is a negated `is`. */
enum condition_test {
	TEST_IS,
	TEST_CONTAINS,
	TEST_STARTS,
	TEST_ENDS,
	TEST_GREATER,
	TEST_LESS,
	TEST_BLANK,
	TEST_BETWEEN, /* from_ms <= time < to_ms, and there is a time */
	TEST_ANY_OF,  /* of `ids` */
	TEST_ALL_OF,
};

struct condition_tree;

/* Whoever is in the circle; radius 0: whoever has a place at all. */
struct place {
	double latitude, longitude; /* in degrees, as all here */
	double narrowing;           /* of a degree of longitude there */
	double radius;
};

struct condition {
	const char *type, *field; /* as the API calls them; of segment_parse */
	enum condition_kind kind;
	enum condition_test test;
	bool negated;
	bool among_sent; /* opened, clicked, negated: of those who got it */
	bool needs_text; /* greater, less: a blank value never fits */
	int64_t merge_id;
	const char *text; /* in lower case, as Unicode has it */
	double number;
	int64_t from_ms, to_ms;
	int64_t id;         /* segment or campaign; 0: any campaign */
	const int64_t *ids; /* interests */
	size_t ids_n;
	struct place place;
	struct condition_tree *group; /* not empty, and of no other groups */
};

struct condition_tree {
	bool any; /* else all */
	struct condition *v;
	size_t n;
};

#define SEGMENT_CONDITIONS_MAX 100 /* in all */
#define SEGMENT_DEPTH_MAX 2        /* conditions, and groups of them */

/* opts: {match, conditions}, where a condition may be {match, conditions}
 * itself; texts live in arena. ERR_INVALID, with the condition that is wrong.
 */
int segment_parse(struct db *db, int64_t list_id, const json_t *opts,
		  int64_t now_ms, struct arena *arena,
		  struct condition_tree *out, struct err *err);

/* What a condition says of `member m`, without its negation. */
void segment_sql_test(struct sqlbuild *b, const struct condition *c);
/* " AND ..." about `member_place mp`, which is no place at 0, 0. */
void segment_sql_place(struct sqlbuild *b, const struct place *place);
/* " AND (...)" about `member m`; nothing if there are no conditions. */
void segment_sql(struct sqlbuild *b, const struct condition_tree *tree);

struct segment_scope {
	int64_t list_id;
	unsigned statuses; /* MEMBER_STATUS_BITs */
};
/* The members of it by queries with segment_sql, also in a transaction; no page
 * more once there are `most`. Adds to *out, which must be empty. */
int segment_query(struct db *db, const struct segment_scope *scope,
		  const struct condition_tree *tree, int64_t most,
		  struct arena *arena, struct id_set *out, struct err *err);

#endif
