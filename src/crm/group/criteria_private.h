/*
 * crm/group/criteria_private.h - what criteria.c, criteria_group.c
 * and criteria_value.c share
 */
#ifndef CRM_CRITERIA_PRIVATE_H
#define CRM_CRITERIA_PRIVATE_H

#include "crm/group/criteria.h"

#include <stdbool.h>

/* The groups that a tree is reached through, the innermost first. */
struct chain {
	int64_t id;
	const char *name;
	const struct chain *up;
};

struct parser {
	struct db *db;
	const char *root; /* what places are named from */
	enum entity entity;
	struct arena *arena;
	bool strict; /* refuse members and records that nobody knows */
	bool checks; /* look at what static groups refer to, too */
	int64_t now_ms;
	const struct chain *chain;
	size_t conditions; /* of the tree */
	size_t all;        /* of the groups that it refers to, too */
};

int criteria_parse_branch(struct parser *p, const json_t *json,
			  const char *path, int depth, struct criterion *out,
			  struct err *err);

/* Say what is wrong with `key` of the object at path. */
int criteria_refuse(struct err *err, const char *path, const char *key,
		    const char *text);

/* NULL if text fits the field's type, else what is wanted. */
const char *criteria_parse_value(struct parser *p, const char *text,
				 struct criterion *c);

/* The group of a condition on one, c->number: its tree, if it is dynamic. */
int criteria_parse_group(struct parser *p, struct criterion *c,
			 const char *path, struct err *err);

#endif
