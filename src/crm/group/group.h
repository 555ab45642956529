/*
 * crm/group/group.h - named sets of people, leads or companies
 *
 * A dynamic group is its criteria, evaluated each time. A static group has
 * the members that fitted when its criteria were last applied, less those
 * excluded and plus those included by hand, which both outlast a refresh. One
 * without criteria is by hand only.
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
/* ERR_INVALID with field kind. */
int group_kind_parse(const char *name, enum group_kind *out, struct err *err);
/* How a member came in. Stored in the database, too. */
enum group_how { GROUP_BY_CRITERIA = 1, GROUP_BY_HAND = 2 };

struct group {
	int64_t id;
	const char *name;
	enum entity entity;
	enum group_kind kind;
	const char *criteria;  /* JSON text; NULL: nobody comes in by them */
	int64_t created_by;    /* user; 0: nobody */
	const char *user_name; /* theirs; NULL: none, or gone */
	int64_t created_ms, updated_ms;
	int64_t evaluated_ms; /* static only */
	/* From whose list it was made; 0: none. Its name, NULL: it is gone. */
	int64_t campaign_id;
	const char *campaign_name;
};

/* What a user gives; NULL and 0 mean: not given. */
struct group_input {
	const char *name;
	enum entity entity;
	enum group_kind kind;
	const json_t *criteria;
	bool has_criteria;     /* given: NULL then means none */
	const struct ids *ids; /* of a new static one: put in by hand, however
				  many */
	int64_t user_id;
	int64_t campaign_id; /* of a new one: from whose list it is made */
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
 * with the field, also of a dynamic one without criteria; ERR_CONFLICT: another
 * one has that name.
 */
int group_add(struct db *db, const struct group_input *input, int64_t now_ms,
	      int64_t *id_out, struct err *err);
/*
 * Changes name and criteria (a static group is evaluated again: if that fails,
 * the change stands and group_refresh is to be tried). ERR_NOT_FOUND;
 * ERR_INVALID with the field, also of another entity or kind; ERR_CONFLICT:
 * another one has that name, or its criteria would lead back to itself; or what
 * input->check said.
 */
int group_update(struct db *db, int64_t id, const struct group_input *input,
		 int64_t now_ms, struct err *err);
/* It is gone at once; what it leaves behind when this fails half-way, the next
 * group_add takes away an hour later. ERR_NOT_FOUND; ERR_CONFLICT: the criteria
 * of others refer to it, which are named; or what check says, see group_input;
 * NULL: nothing is asked. */
int group_remove(struct db *db, int64_t id, const struct group_input *input,
		 struct err *err);

/* ERR_NOT_FOUND. Strings live in arena. Locked in a transaction that writes.
 */
int group_get(struct db *db, int64_t id, struct arena *arena, struct group *out,
	      struct err *err);

/* The same of a static one; else ERR_CONFLICT. */
int group_get_static(struct db *db, int64_t id, struct arena *arena,
		     struct group *out, struct err *err);

struct group_filter {
	const char *q;        /* part of the name; NULL: all */
	enum entity entity;   /* 0: any */
	enum group_kind kind; /* 0: any */
	const char *sort;     /* name, updated_at, created_at, also with "-"
				 before it: downwards; NULL: name */
	const char *cursor;   /* NULL: the first page */
	int64_t limit;
};
struct groups VEC_FIELDS(struct group);
/* out is appended to (vec_release), strings live in arena; *next is the cursor
 * of the next page, or NULL. ERR_INVALID with field sort, cursor. */
int group_list(struct db *db, const struct group_filter *filter,
	       struct arena *arena, struct groups *out, const char **next,
	       struct err *err);
/* How many fit the filter, wherever it begins. */
int group_list_count(struct db *db, const struct group_filter *filter,
		     int64_t *out, struct err *err);

/* How many members now; of a dynamic group, that is a search. */
int group_count(struct db *db, const struct group *group, int64_t *out,
		struct err *err);

/* The same of many, in their order. */
int group_counts(struct db *db, const struct groups *groups, int64_t *out,
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

struct record_group {
	int64_t id;
	const char *name;
	enum group_kind kind;
	enum group_how how;
	bool has_criteria;   /* or all of it is a list */
	int64_t campaign_id; /* as in struct group */
};
struct record_groups VEC_FIELDS(struct record_group);
/* The groups that a record is a member of now, by name; out is appended to,
 * strings live in arena. ERR_NOT_FOUND: the record. */
int group_list_of(struct db *db, enum entity entity, int64_t record_id,
		  struct arena *arena, struct record_groups *out,
		  struct err *err);

/* Of criteria that are not saved: how many fit, and the first few ids, appended
 * to sample. ERR_INVALID: see criteria_parse. */
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
/* What was done by hand with these is forgotten: the criteria decide again.
 * Returns with how many something had been done. */
int group_reset(struct db *db, int64_t id, const struct ids *ids,
		int64_t now_ms, struct err *err);

/* The same in a transaction of the caller's, who has got the group in it. */
int group_include_in(struct tx *tx, const struct group *group,
		     const struct ids *ids, int64_t now_ms, struct err *err);
int group_exclude_in(struct tx *tx, const struct group *group,
		     const struct ids *ids, int64_t now_ms, struct err *err);

/* What a reply tells beside the group itself. */
struct group_more {
	int64_t count; /* < 0: null */
	bool by_hand;  /* else null: */
	int64_t included, excluded;
	const char *last_push; /* JSON; NULL: none */
};
/* How many of a static group were put in by hand, and taken out. */
int group_count_by_hand(struct db *db, const struct group *group,
			struct group_more *out, struct err *err);

/* The API's shape, appended; more NULL: only what a change of the group
 * changes. */
void group_format(const struct group *group, const struct group_more *more,
		  struct strbuf *out);

#endif
