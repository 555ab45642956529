/*
 * crm/lead_convert.h - a lead becomes a person, and maybe a company
 *
 * Matching: the person with one of the lead's addresses (the oldest), the
 * company of the same folded name. What is found keeps what it says and takes
 * what it lacks; what is not found is made. Notes, tasks, tags and
 * communications are then on the person too; the lead stays, converted. A lead
 * that is opted out makes a person who is.
 */
#ifndef CRM_LEAD_CONVERT_H
#define CRM_LEAD_CONVERT_H

#include "crm/record.h"

struct lead_conversion {
	int64_t person_id;  /* in: chosen by the user; 0: match or make */
	int64_t company_id; /* in: same */
	bool person_matched, company_matched; /* out: existed before */
};

/* person_id and company_id (0: the lead names none) are filled. ERR_CONFLICT:
 * converted already. ERR_INVALID with field `person_id` or `company_id`. */
int lead_convert(struct tx *tx, int64_t lead_id, struct lead_conversion *c,
		 const struct actor *actor, struct arena *arena,
		 struct err *err);

#endif
