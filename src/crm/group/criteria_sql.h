/*
 * crm/group/criteria_sql.h - criteria as SQL
 *
 * The record's table has the alias r. A tree is compiled for one of two uses:
 * CRITERIA_SET for counting and for short pages, where conditions on other
 * tables become sets that are made once; CRITERIA_WALK for long pages by key,
 * where they are asked record by record, so that page after page costs in all
 * what one pass costs. PostgreSQL's planner decides that by itself.
 *
 *     criteria_sql_from(c, b);    FROM person r LEFT JOIN ...
 *     criteria_sql_where(c, CRITERIA_SET, b);    WHERE r.erased_ms ... AND
 * (...)
 *
 * Column names come from a table of the source code, values are bound.
 */
#ifndef CRM_CRITERIA_SQL_H
#define CRM_CRITERIA_SQL_H

#include "crm/group/criteria.h"

struct sqlbuild;

enum criteria_use { CRITERIA_SET, CRITERIA_WALK };

void criteria_sql_from(const struct criteria *c, struct sqlbuild *b);
void criteria_sql_where(const struct criteria *c, enum criteria_use use,
			struct sqlbuild *b);

/* A whole query: for one record, a column a tree, 1 if it fits. All are of its
 * kind. */
void criteria_sql_fits(const struct criteria *const *all, size_t n,
		       int64_t record_id, struct sqlbuild *b);

/* For many, a column a tree: how many it fits. The caller goes on with WHERE;
 * their table is r. */
void criteria_sql_sums(const struct criteria *const *all, size_t n,
		       struct sqlbuild *b);

/* The parts of which crm/group/criteria_leaf.h makes sets. */
void criteria_sql_tables(enum entity entity, bool with_company,
			 struct sqlbuild *b);
/* Is the record not gone? */
void criteria_sql_live(enum entity entity, struct sqlbuild *b);
/* A condition, without its negation, of a record. */
void criteria_sql_positive(enum entity entity, const struct criterion *c,
			   struct sqlbuild *b);
/* The same of one on another table: a sub-query in parentheses of the ids
 * (`id`) of those whom it fits, who may have gone; one may come more than once.
 */
void criteria_sql_ids(enum entity entity, const struct criterion *c,
		      struct sqlbuild *b);

#endif
