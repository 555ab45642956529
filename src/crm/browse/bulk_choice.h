/*
 * crm/browse/bulk_choice.h - whom an act on many is about, and how many of them
 * the user saw
 *
 * Some by their ids, or all who fit what a list was asked; that is read by
 * whoever knows the list. The number is a promise: if more fit by now, nothing
 * is done, and what takes away by a choice is confirmed by its very number.
 */
#ifndef CRM_BULK_CHOICE_H
#define CRM_BULK_CHOICE_H

#include "base/json.h"
#include "base/vec.h"

#define BULK_IDS_MAX 10000

struct bulk_choice {
	struct ids ids;   /* in order, each once */
	bool by_ids;      /* else all who fit */
	int64_t expected; /* how many the user saw */
};
void bulk_choice_release(struct bulk_choice *choice);

/*
 * From a body with `expected`, and `ids` or `all`. *all lives as long as the
 * body; NULL: it is by ids, of which there may be none. ERR_INVALID with the
 * field.
 */
int bulk_choice_parse(const json_t *body, struct bulk_choice *out,
		      const json_t **all, struct err *err);

/* As keys of a job's payload: the number; the ids too, if it is by them. */
void bulk_choice_write(const struct bulk_choice *choice, bool with_ids,
		       struct json_writer *w);

/* ERR_INVALID if it is by ids, and there are none. */
int bulk_choice_check_any(const struct bulk_choice *choice, struct err *err);

/* ERR_CONFLICT if the n who are chosen by now are more than the user saw. */
int bulk_choice_check(const struct bulk_choice *choice, int64_t n,
		      struct err *err);

/* Also if they are fewer, and it takes away by a choice. */
int bulk_choice_confirm(const struct bulk_choice *choice, bool takes_away,
			int64_t n, struct err *err);

#endif
