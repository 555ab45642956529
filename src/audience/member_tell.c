/*
 * Which webhook event a change of a member is.
 */
#include "audience/list.h"
#include "audience/member_private.h"

#include "base/clock.h"

#include <string.h>

int member_tell_fact(struct member_run *run, const struct member *m,
		     struct webhook_fact fact, int64_t at_ms, struct err *err)
{
	if (run->listeners.n == 0)
		return 0;
	fact.member = m;
	fact.defs = &run->defs;
	if (side_interest_names(run, m->id, &fact.interests, err) < 0)
		return -1;
	return webhook_tell(run->tx, &run->listeners, run->list->hex, &fact,
			    at_ms, err);
}

static int tell_fact(struct member_run *run, const struct member *m,
		     struct webhook_fact fact, struct err *err)
{
	return member_tell_fact(run, m, fact, run->actor->now_ms, err);
}

static int tell_status(struct member_run *run, const struct member *old,
		       const struct member *now, struct err *err)
{
	struct webhook_fact fact = { .reason = "manual" };

	if (now->status == MEMBER_SUBSCRIBED)
		fact.event = WEBHOOK_SUBSCRIBE;
	else if (now->status == MEMBER_UNSUBSCRIBED && old)
		fact.event = WEBHOOK_UNSUBSCRIBE;
	else if (now->status == MEMBER_CLEANED && old)
		fact.event = WEBHOOK_CLEANED;
	else
		return 0;
	fact.action = "unsub";
	if (fact.event == WEBHOOK_CLEANED)
		fact.reason = "hard";
	return tell_fact(run, now, fact, err);
}

/* Not at once: a program that answers each webhook by saying it again would
 * never come to an end. Syncs see it all the same. */
static bool is_said_again(const struct member *old, const struct member *now)
{
	return now->status == MEMBER_UNSUBSCRIBED &&
	       now->unsubscribed_ms - old->unsubscribed_ms >= MS_MINUTE;
}

int member_tell(struct member_run *run, const struct member *old,
		const struct member *now, struct err *err)
{
	if (!old || old->status != now->status || is_said_again(old, now)) {
		if (tell_status(run, old, now, err) < 0)
			return -1;
	} else if (now->status == MEMBER_SUBSCRIBED) {
		if (tell_fact(run, now,
			      (struct webhook_fact){ .event = WEBHOOK_PROFILE },
			      err) < 0)
			return -1;
	}
	if (!old || strcmp(old->address, now->address) == 0)
		return 0;
	return tell_fact(run, now,
			 (struct webhook_fact){ .event = WEBHOOK_UPEMAIL,
						.old_address = old->address },
			 err);
}
