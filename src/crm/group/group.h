/*
 * crm/group/group.h - named sets of people, leads or companies
 *
 * A dynamic group is its criteria, evaluated each time. A static group has
 * the members that fitted when its criteria were last applied, less those
 * excluded and plus those included by hand, which both outlast a refresh.
 *
 * Applying criteria works in short transactions, however large the group. A
 * static group is not seen before that was done once (evaluated_ms), so that
 * a process killed in between leaves no half group behind.
 *
 * Readers take a db, functions that write many rows make their own
 * transactions.
 */
#ifndef CRM_GROUP_H
#define CRM_GROUP_H

#include "base/vec.h"
#include "crm/entity.h"

#include <jansson.h>

struct arena;
struct db;
struct err;
struct strbuf;
struct tx;

#define GROUP_NAME_MAX 100  /* characters; a group becomes a tag */
#define GROUP_IDS_MAX 10000 /* by hand, a call */
#define GROUP_SAMPLE_MAX 10

/* Stored in the database: append only, never renumber. */
enum group_kind { GROUP_STATIC = 1, GROUP_DYNAMIC = 2 };
const char *group_kind_name(enum group_kind kind); /* "static", "dynamic" */
/* How a member came in. Stored in the database, too. */
enum group_how { GROUP_BY_CRITERIA = 1, GROUP_BY_HAND = 2 };

struct group {
	int64_t id;
	const char *name;
	enum entity entity;
	enum group_kind kind;
	const char *criteria; /* JSON text; NULL: everybody */
	int64_t created_by;   /* user; 0: nobody */
	int64_t created_ms, updated_ms;
	int64_t evaluated_ms; /* static only */
};

/* What a user gives; NULL and 0 mean: not given. */
struct group_input {
	const char *name;
	enum entity entity;
	enum group_kind kind;
	const json_t *criteria;
	int64_t user_id;
	/* Of a change, unless NULL: may this group, which is locked now, be
	 * changed? 0, or -1 and err. */
	int (*check)(const void *context, const struct group *now,
		     struct err *err);
	const void *check_context;
};

/* Reads name, entity, kind and criteria of a request's object, which *out
 * points into. ERR_INVALID with the field. */
int group_input_parse(const json_t *json, struct group_input *out,
		      struct err *err);

/*
 * Makes the group; a static one has its members when this returns. entity and
 * kind default to people and static. A failure leaves no group. ERR_INVALID
 * with the field; ERR_CONFLICT: another one has that name.
 */
int group_add(struct db *db, const struct group_input *input, int64_t now_ms,
	      int64_t *id_out, struct err *err);
/*
 * Changes name and criteria (a static group is evaluated again: if that fails,
 * the change stands and group_refresh is to be tried). ERR_NOT_FOUND;
 * ERR_INVALID with the field, also of another entity or kind; ERR_CONFLICT:
 * another one has that name; or what input->check said.
 */
int group_update(struct db *db, int64_t id, const struct group_input *input,
		 int64_t now_ms, struct err *err);
/* Members first: what fails half-way can be done again. ERR_NOT_FOUND. */
int group_remove(struct db *db, int64_t id, struct err *err);

/* ERR_NOT_FOUND. Strings live in arena. Locked in a transaction that writes.
 */
int group_get(struct db *db, int64_t id, struct arena *arena, struct group *out,
	      struct err *err);

struct group_filter {
	const char *q;      /* part of the name; NULL: all */
	enum entity entity; /* 0: any */
	int64_t after_id, limit;
};
struct groups VEC_FIELDS(struct group);
/* By id; out is appended to (vec_release), strings live in arena. */
int group_list(struct db *db, const struct group_filter *filter,
	       struct arena *arena, struct groups *out, struct err *err);
/* How many fit the filter, wherever it begins. */
int group_list_count(struct db *db, const struct group_filter *filter,
		     int64_t *out, struct err *err);

/* How many members now; of a dynamic group, that is a search. */
int group_count(struct db *db, const struct group *group, int64_t *out,
		struct err *err);

/*
 * The next members by id: appends at most limit ids greater than after_id, in
 * order; fewer mean that there are no more. Returns how many, or -1. Pages of
 * GROUP_WALK_LONG or more suit walks through a whole group.
 */
#define GROUP_WALK_LONG 2000
int group_walk(struct db *db, const struct group *group, int64_t after_id,
	       int64_t limit, struct ids *out, struct err *err);
/* 1: record_id is a member now, 0, -1. */
int group_has(struct db *db, const struct group *group, int64_t record_id,
	      struct err *err);

/* The same for criteria that are not saved: how many, and the first few ids,
 * appended to sample. ERR_INVALID: see criteria_parse. */
int group_preview(struct db *db, enum entity entity, const json_t *criteria,
		  int64_t *count_out, struct ids *sample, struct err *err);

/* Apply the criteria of a static group again. ERR_NOT_FOUND; ERR_CONFLICT:
 * dynamic. */
int group_refresh(struct db *db, int64_t id, int64_t now_ms, struct err *err);

/*
 * Put records into a static group, or take them out, whatever its criteria
 * say. Returns how many changed, or -1; ids that do not exist are passed over.
 * ERR_NOT_FOUND; ERR_CONFLICT: dynamic; ERR_INVALID with field `ids`: too many.
 */
int group_include(struct db *db, int64_t id, const struct ids *ids,
		  int64_t now_ms, struct err *err);
int group_exclude(struct db *db, int64_t id, const struct ids *ids,
		  int64_t now_ms, struct err *err);

/* The API's shape, appended; count < 0: null. */
void group_format(const struct group *group, int64_t count, struct strbuf *out);

#endif
