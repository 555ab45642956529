/*
 * api/mc30/webhook_url.h - URLs of webhooks: who sees them, and whether they
 * answer
 *
 * A webhook's URL is the right to tell its owner something: it may hold a
 * secret anywhere behind the host (and a password before it). Only
 * administrators see it whole; others see where it leads.
 */
#ifndef API_MC30_WEBHOOK_URL_H
#define API_MC30_WEBHOOK_URL_H

#include "http/request.h"

const char *mc_webhook_url(const struct request *rq, const char *url);
/* That of the body, if there is one: it is asked, before any connection of the
 * database is held, since the other side may be us. ERR_INVALID. */
int mc_webhook_check_url(const struct request *rq, const json_t *body,
			 struct err *err);

#endif
