#include "delivery/apply/urgent.h"

#include "audience/member.h"
#include "base/arena.h"
#include "base/metrics.h"
#include "delivery/apply/applier.h"
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
	};
	switch (event->kind) {
	case EVENT_UNSUBSCRIBED:
		out->how = DEPART_UNSUBSCRIBED;
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

/* Returns how many were read; *departures_n of them move somebody. */
static int64_t read_departures(struct db *events, int64_t *id,
			       struct arena *arena,
			       struct member_departure *out,
			       size_t *departures_n, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t n = 0;
	int more;

	if (db_query(events, SQL_EVENT_URGENT,
		     SQL_ARGS(sql_int(*id), sql_int(URGENT_BATCH)), &rows,
		     err) < 0)
		return -1;
	for (; (more = rows_next(rows, err)) > 0; n++) {
		struct event event;

		event_read(rows, arena, &event);
		*id = event.id;
		if (urgent_departure(&event, &out[*departures_n]))
			++*departures_n;
	}
	return more < 0 ? -1 : n;
}

int64_t urgent_step(const struct applier_options *options, struct db *events,
		    struct db *audience, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_departure *departures =
		arena_array(arena, struct member_departure, URGENT_BATCH);
	struct cursors at;
	int64_t id, n;
	size_t departures_n = 0;
	int ours;

	if (cursors_read(audience, &at, err) < 0)
		return -1;
	id = cursors_urgent(&at);
	n = read_departures(events, &id, arena, departures, &departures_n, err);
	if (n <= 0)
		return n;
	if (tx_begin(audience, &tx, err) < 0)
		return -1;
	ours = lease_check(&tx, LEASE_DELIVERY, options->owner, err);
	if (ours <= 0)
		return ours;
	if (member_depart(&tx, departures, departures_n, now_ms, err) < 0 ||
	    cursor_move(&tx, URGENT_CURSOR, at.urgent, id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	metric_add(&applied, n);
	if (options->after)
		options->after(options->context);
	return n;
}
