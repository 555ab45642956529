/*
 * crm/group/criteria_sql_private.h - what the two halves of criteria as SQL
 * share: the tree with what stands in other tables (criteria_sql.c), and the
 * record's own columns (criteria_sql_field.c)
 */
#ifndef CRM_CRITERIA_SQL_PRIVATE_H
#define CRM_CRITERIA_SQL_PRIVATE_H

#include "crm/group/criteria.h"

struct sqlbuild;

struct compiler {
	struct sqlbuild *b;
	enum entity entity;
	bool as_sets; /* SQLite: `IN (SELECT ...)`, made once, not EXISTS */
	bool as_ids;  /* the sub-query alone */
};

bool criterion_is_negative(enum criteria_op op);
/*
 * ` = ?`, ` LIKE ?` ... for the positive form of a text op; blank_not is
 * `<> ''`. Greater and less need byte order on both databases.
 */
void criterion_add_text_op(struct compiler *k, enum criteria_op op,
			   const char *text);
/* What it looks for in a text, for sqlbuild_lower_begin; NULL: an order. */
const char *criterion_wanted(const struct criterion *c);
/* Around a comparison of a column that may be missing, which fits none. */
void criterion_begin_known(struct compiler *k, const struct criterion *c);
void criterion_end_known(struct compiler *k, const struct criterion *c);
/* The positive form of a condition on a column. */
void criterion_add_field(struct compiler *k, const struct criterion *c);

#endif
