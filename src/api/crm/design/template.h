/*
 * api/crm/design/template.h - the template that a path names
 */
#ifndef API_CRM_DESIGN_TEMPLATE_H
#define API_CRM_DESIGN_TEMPLATE_H

#include "api/api.h"

struct starter;
struct template;

#define STARTER_PREFIX "starter-"

/* By {template_id}: 1 a built-in one (`lang` of the query) in *starter, 0 one's
 * own in *own, -1 ERR_NOT_FOUND. */
int template_find(struct request *rq, struct starter *starter,
		  struct template *own, struct err *err);
/* The same, also of HTML, which the editor can do nothing with. */
int template_find_any(struct request *rq, struct starter *starter,
		      struct template *own, struct err *err);
int template_db(const struct request *rq, struct db **out, struct err *err);
/* What its ETag is made of. */
struct str template_state(const struct request *rq, const struct template *t);

#endif
