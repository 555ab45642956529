/*
 * api/campaign/mail_link.h - where the links and pictures of a campaign lead,
 * and in which blocks of its design they stand
 */
#ifndef API_CAMPAIGN_MAIL_LINK_H
#define API_CAMPAIGN_MAIL_LINK_H

#include "base/vec.h"

struct arena;
struct crm_campaign;
struct err;

struct mail_link {
	const char *url;
	bool is_image;
};
struct mail_link_place {
	size_t link;       /* its place in the list */
	const char *block; /* the id */
};
struct mail_links {
	struct VEC_FIELDS(struct mail_link) list;
	struct VEC_FIELDS(struct mail_link_place) places;
};
void mail_links_release(struct mail_links *links);

/*
 * What the HTML has over http and https and is the same for everybody: each
 * once, links first, `most` of both kinds at most. Texts live in arena; *out is
 * to be released, also after a failure.
 */
int mail_links_find(const struct crm_campaign *c, size_t most,
		    struct arena *arena, struct mail_links *out,
		    struct err *err);

#endif
