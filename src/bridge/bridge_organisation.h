/*
 * bridge/bridge_organisation.h - the audience says who we are
 *
 * Footers, the pages behind links, and what /3.0 says of the account come from
 * the audience: its name, its contact, and its campaign_defaults. What the CRM
 * has as settings is written there by a job when they are saved, and at the
 * start of a server if options or an older program have changed them. Only in
 * the engine inside: an account elsewhere belongs to somebody who may have
 * other things in mind.
 *
 * What was told last is kept as a setting, so that only news is told at a
 * start, and what somebody has changed over there meanwhile stays. A server
 * that only has options tells nothing: the engine has them too.
 */
#ifndef BRIDGE_BRIDGE_ORGANISATION_H
#define BRIDGE_BRIDGE_ORGANISATION_H

#include "crm/setting/organisation.h"

struct strbuf;

/*
 * The body of PATCH /lists/{list_id}, appended: what differs from what was told
 * last, with `all` also what does not. 1, 0: there is none, -1. db: crm; now:
 * of organisation_load with these options, which are no news as long as nothing
 * was ever told.
 */
int bridge_organisation_news(struct db *db, const struct organisation *options,
			     const struct organisation *now, bool all,
			     struct strbuf *body, struct err *err);
int bridge_organisation_told(struct tx *tx, const struct organisation *now,
			     struct err *err);

#endif
