/*
 * api/crm/design/design.h - designs in bodies and replies
 */
#ifndef API_CRM_DESIGN_DESIGN_H
#define API_CRM_DESIGN_DESIGN_H

#include "base/json.h"

struct arena;
struct campaign_checklist;
struct err;

/* The member `design` of a body as JSON text; absent: *out stays. ERR_INVALID
 * with the field: it is none. */
int design_from(const json_t *body, struct arena *arena, const char **out,
		struct err *err);
/* What is wrong with the design of the list's campaign, if it has one, as
 * items. Whatever it is, what is left of it can be sent: warnings. url: of this
 * server, whose pictures are no fault of the author's. */
int design_check_campaign(struct campaign_checklist *list, const char *url,
			  struct err *err);

#endif
