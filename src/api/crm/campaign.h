/*
 * api/crm/campaign.h - what the handlers of campaigns share
 */
#ifndef API_CRM_CAMPAIGN_H
#define API_CRM_CAMPAIGN_H

#include <stdint.h>

struct arena;
struct crm_campaign;
struct db;
struct err;
struct request;
struct response;

/* That of the path, to be read: with a connection to the CRM, which the caller
 * puts back. */
int campaign_of(struct request *rq, struct db **db, struct crm_campaign *c,
		struct err *err);
/* The campaign as it is now, with its content and ETag. */
int campaign_reply(struct request *rq, struct response *rs, struct db *db,
		   int64_t id, struct err *err);
/* Before it goes out: as it is locked now, with all that it says, it is what
 * the caller saw, if they say what that was (If-Match). ERR_CONFLICT: 412. */
int campaign_check_seen(const struct request *rq, const struct crm_campaign *c,
			struct err *err);
/* Sets the name of a tag, a segment or the audience that it goes to, as the
 * bridge saw it last. ERR_INVALID with field `to`: there is none. */
int campaign_name_target(struct db *db, struct arena *arena,
			 struct crm_campaign *c, struct err *err);

#endif
