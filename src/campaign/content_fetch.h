/*
 * campaign/content_fetch.h - HTML that stands at a URL
 *
 * Asked for once, when its author names it; what changes there later changes
 * no campaign. Links of the page become whole ones.
 */
#ifndef CAMPAIGN_CONTENT_FETCH_H
#define CAMPAIGN_CONTENT_FETCH_H

#include "base/str.h"

struct arena;
struct err;
struct webhook_options;

/*
 * In UTF-8, in arena; with the limits of campaign/fetch.h. ERR_INVALID with
 * field "url": there is no page of HTML, with the reason.
 */
int content_fetch(const char *url, const struct webhook_options *options,
		  struct arena *arena, struct str *out, struct err *err);

#endif
