/*
 * campaign/fetch.h - what stands at a URL that somebody has written: one look,
 * within limits
 *
 * 20 s, 4 MB, 5 redirects. Private addresses are refused where those of
 * webhooks are. No connection of the database is to be held meanwhile: the
 * other side may be us.
 */
#ifndef CAMPAIGN_FETCH_H
#define CAMPAIGN_FETCH_H

#include "httpc/httpc.h"

struct webhook_options;

#define FETCH_MAX (4u * 1024 * 1024) /* bytes */

/* accept: NULL: anything. ERR_INVALID without a field: there is no answer 200,
 * and why; other codes are as httpc_send's. */
int fetch_url(const char *url, const char *accept,
	      const struct webhook_options *options,
	      struct httpc_response *reply, struct err *err);
/* What its head says of the charset; empty: nothing that could be one. Points
 * into the reply. */
struct str fetch_charset(const struct httpc_response *reply);

#endif
