/*
 * crm/campaign_design.h - campaigns that are made of a design
 *
 * The design (design/design.h) is stored as it was given; the HTML and, unless
 * the author wrote one, the plain text are made of it whenever it is written,
 * so that whoever sends finds them.
 */
#ifndef CRM_CAMPAIGN_DESIGN_H
#define CRM_CAMPAIGN_DESIGN_H

#include "crm/campaign_record.h"

struct design_options;
struct design_output;

/* What both say of how it is shown, and what of, is the same. */
bool campaign_design_same(const struct crm_campaign *a,
			  const struct crm_campaign *b);
/* html and, if plain_is_made, plain_text of c, which has a design. They live in
 * arena. ERR_INVALID with a field: it is no design. */
int campaign_design_make(struct crm_campaign *c, struct arena *arena,
			 struct err *err);
/* The same, into *out, with what is wrong with it. */
int campaign_design_render(const struct crm_campaign *c, struct arena *arena,
			   struct design_output *out, struct err *err);

#endif
