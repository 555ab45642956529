#include "delivery/apply/urgent.h"

#include "audience/member.h"
#include "base/arena.h"
#include "base/metrics.h"
#include "delivery/apply/applier.h"
#include "delivery/apply/apply_private.h"
#include "delivery/apply/cursor.h"
#include "delivery/event.h"
#include "delivery/lease.h"
#include "delivery/recipient.h"
#include "store/db.h"

#include "sql/event.h"

/* Members are read, written and told of one by one: about 50 ms. */
#define URGENT_BATCH 500

static struct metric applied = METRIC_COUNTER(
	"muster_events_urgent", "Urgent events applied before their turn");

static bool is_hard(const struct event *event)
{
	return !(event->code & EVENT_NO_FAULT) &&
	       event_bounce(event) == BOUNCE_HARD;
}

bool urgent_departure(const struct event *event, struct member_departure *out)
{
	*out = (struct member_departure){
		.member_id = event->member_id,
		.campaign_id = event->campaign_id,
		.at_ms = event->at_ms,
		.reason = event->detail,
		.event_id = event->id,
		.ip = event->ip,
	};
	switch (event->kind) {
	case EVENT_UNSUBSCRIBED:
		out->how = event->code & EVENT_TAKEN_BACK ? DEPART_TAKEN_BACK
							  : DEPART_UNSUBSCRIBED;
		return true;
	case EVENT_COMPLAINED:
		out->how = DEPART_COMPLAINED;
		return true;
	case EVENT_REFUSED:
	case EVENT_BOUNCED:
		/* what a relay says of an address is so, whatever the ledger
		 * makes of it */
		out->how = DEPART_BOUNCED;
		out->reason = NULL;
		return is_hard(event);
	default:
		return false;
	}
}

/* Not all of them move somebody. */
static void list_departures(const struct events *events, struct departures *out)
{
	struct member_departure d;

	vec_each (events, e)
		if (urgent_departure(e, &d))
			vec_push(out, d);
}

int64_t urgent_step(const struct applier_options *options, struct db *events,
		    struct db *audience, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct events batch = VEC_INIT;
	CLEANUP(vec_release) struct departures departures = VEC_INIT;
	struct cursors at;
	int ours;

	if (cursors_read(audience, &at, err) < 0 ||
	    apply_list(options, events, SQL_EVENT_URGENT, cursors_urgent(&at),
		       URGENT_BATCH, arena, &batch, err) < 0)
		return -1;
	if (batch.n == 0)
		return 0;
	list_departures(&batch, &departures);
	ours = lease_begin(audience, LEASE_DELIVERY, options->owner, &tx, err);
	if (ours <= 0)
		return ours;
	if (member_depart(&tx, departures.v, departures.n, now_ms, err) < 0 ||
	    cursor_move(&tx, URGENT_CURSOR, at.urgent, batch.v[batch.n - 1].id,
			err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	metric_add(&applied, (int64_t)batch.n);
	if (options->after)
		options->after(options->context);
	return (int64_t)batch.n;
}
