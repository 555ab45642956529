#include "audience/kept/list_history.h"

#include "audience/kept/list_kept.h"
#include "audience/list.h"
#include "audience/member.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text/time_zone.h"
#include "sql/list_history.h"
#include "store/db.h"
#include "store/tally.h"

/* --- writing --- */

static void add(struct tally *t, const struct member *m, enum list_event event,
		int64_t at_ms, int64_t by)
{
	if (m->list_id > 0)
		tally_add(t, m->list_id, (int)event,
			  at_ms / LIST_HISTORY_STEP_MS, by);
}

/* What one becomes by a status; 0: subscribed, which callers say. */
static enum list_event event_of(enum member_status status)
{
	switch (status) {
	case MEMBER_UNSUBSCRIBED:
		return LIST_UNSUBSCRIBED;
	case MEMBER_CLEANED:
		return LIST_CLEANED;
	case MEMBER_ARCHIVED:
		return LIST_DELETED;
	case MEMBER_PENDING:
		return LIST_PENDING;
	case MEMBER_TRANSACTIONAL:
		return LIST_TRANSACTIONAL;
	case MEMBER_SUBSCRIBED:
		break;
	}
	return 0;
}

/* Who comes with a time of its own joined then, elsewhere maybe; who comes back
 * does it now. */
static int64_t joined_ms(const struct member *old, const struct member *now)
{
	bool is_told = !old && now->opt_ms && now->opt_ms < now->changed_ms;

	return is_told ? now->opt_ms : now->changed_ms;
}

static int64_t left_ms(const struct member *m)
{
	return m->status == MEMBER_UNSUBSCRIBED && m->unsubscribed_ms
		       ? m->unsubscribed_ms
		       : m->changed_ms;
}

void list_history_change(struct tally *t, const struct member *old,
			 const struct member *now)
{
	if (old && old->status == now->status)
		return;
	if (now->status == MEMBER_SUBSCRIBED) {
		add(t, now, LIST_JOINED, joined_ms(old, now), 1);
		return;
	}
	if (old && old->status == MEMBER_SUBSCRIBED)
		add(t, now, LIST_LEFT, left_ms(now), 1);
	add(t, now, event_of(now->status), left_ms(now), 1);
}

void list_history_delete(struct tally *t, const struct member *old,
			 int64_t now_ms)
{
	if (old->status == MEMBER_SUBSCRIBED)
		add(t, old, LIST_LEFT, now_ms, 1);
	if (old->status != MEMBER_ARCHIVED)
		add(t, old, LIST_DELETED, now_ms, 1);
}

/* What it remembers: when it joined, and its last change. */
void list_history_undo(struct tally *t, const struct member *old)
{
	bool is_in = old->status == MEMBER_SUBSCRIBED;

	if (old->opt_ms || is_in)
		add(t, old, LIST_JOINED, joined_ms(NULL, old), -1);
	if (is_in)
		return;
	if (old->opt_ms)
		add(t, old, LIST_LEFT, left_ms(old), -1);
	add(t, old, event_of(old->status), left_ms(old), -1);
}

/* --- reading --- */

static void note_event(struct list_day *d, enum list_event event, int64_t n)
{
	switch (event) {
	case LIST_JOINED:
		d->joined += n;
		break;
	case LIST_LEFT:
		d->left += n;
		break;
	case LIST_UNSUBSCRIBED:
		d->unsubscribed += n;
		break;
	case LIST_CLEANED:
		d->cleaned += n;
		break;
	case LIST_DELETED:
		d->deleted += n;
		break;
	case LIST_PENDING:
		d->pending += n;
		break;
	case LIST_TRANSACTIONAL:
		d->transactional += n;
	}
}

int64_t account_day(const struct time_zone *zone, int64_t ms)
{
	return (ms + time_zone_ahead_ms(zone, ms)) / MS_DAY;
}

/* The one that the moment falls into; days go down. NULL: it is older. */
static struct list_day *find_day(struct list_days *days, size_t from,
				 const struct time_zone *zone, int64_t ms)
{
	int64_t day = account_day(zone, ms);

	for (size_t i = from; i < days->n; i++)
		if (days->v[i].day <= day)
			return &days->v[i];
	return NULL;
}

static int subscribed_now(struct db *db, const struct list *list, int64_t *out,
			  struct err *err)
{
	CLEANUP(tally_release) struct tally t = TALLY_INIT;

	if (list_kept_read(db, list->id, &t, err) < 0)
		return -1;
	*out = list_kept_sum(&t, MEMBER_SUBSCRIBED);
	return 0;
}

/* Nothing of those days was before: no clock is a day ahead of UTC. */
static int64_t early_ms(const struct list_days *days)
{
	return (days->v[days->n - 1].day - 1) * MS_DAY;
}

/* Days (or months) are there, from `from` on: what happened in them. */
static int read_events(struct db *db, const struct list *list,
		       const struct time_zone *zone, struct list_days *days,
		       size_t from, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t oldest = early_ms(days) / LIST_HISTORY_STEP_MS, subscribed = 0;
	int more;

	if (subscribed_now(db, list, &subscribed, err) < 0 ||
	    db_query(db, SQL_LIST_HISTORY_GET,
		     SQL_ARGS(sql_int(list->id), sql_int(oldest)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t ms = rows_int(rows, 1) * LIST_HISTORY_STEP_MS;
		struct list_day *d = find_day(days, from, zone, ms);

		if (d)
			note_event(d, (enum list_event)rows_int(rows, 0),
				   rows_int(rows, 2));
	}
	for (size_t i = from; i < days->n; i++) {
		days->v[i].subscribed = subscribed > 0 ? subscribed : 0;
		subscribed -= days->v[i].joined - days->v[i].left;
	}
	return more;
}

static int64_t first_of_month(const struct time_zone *zone, int64_t ms)
{
	struct civil c = time_to_civil(account_day(zone, ms) * MS_DAY);

	c.day = 1;
	c.hour = c.minute = c.second = 0;
	return time_from_civil(c);
}

int list_months(struct db *db, const struct list *list,
		const struct time_zone *zone, int64_t now_ms,
		struct list_days *out, struct err *err)
{
	int64_t last_ms = first_of_month(zone, list->created_ms);
	int64_t ms = first_of_month(zone, now_ms);
	size_t from = out->n;

	do {
		vec_push(out, ((struct list_day){ .day = ms / MS_DAY }));
		ms = time_add_months(ms, -1);
	} while (ms >= last_ms);
	return read_events(db, list, zone, out, from, err);
}

/* --- what campaigns did --- */

/* As the queries number them. */
enum hit { HIT_SENT, HIT_OPENED, HIT_CLICKED, HIT_HARD, HIT_SOFT };

static void note_hit(struct list_day *d, enum hit hit, int64_t n)
{
	switch (hit) {
	case HIT_SENT:
		d->sent += n;
		break;
	case HIT_OPENED:
		d->opened += n;
		break;
	case HIT_CLICKED:
		d->clicked += n;
		break;
	case HIT_HARD:
		d->hard_bounces += n;
		break;
	case HIT_SOFT:
		d->soft_bounces += n;
	}
}

/* Those of a query, whose times are steps of step_ms. */
struct hits {
	const struct sql *sql;
	int64_t step_ms;
};

static int read_hits(struct db *db, const struct list *list,
		     const struct hits *hits, const struct time_zone *zone,
		     struct list_days *days, size_t from, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, hits->sql,
		     SQL_ARGS(sql_int(list->id),
			      sql_int(early_ms(days) / hits->step_ms)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t ms = rows_int(rows, 1) * hits->step_ms;
		struct list_day *d = find_day(days, from, zone, ms);

		if (d)
			note_hit(d, (enum hit)rows_int(rows, 0),
				 rows_int(rows, 2));
	}
	return more;
}

int list_days(struct db *db, const struct list *list,
	      const struct time_zone *zone, int64_t now_ms,
	      struct list_days *out, struct err *err)
{
	const struct hits kinds[] = { { SQL_LIST_HISTORY_HITS, MS_HOUR },
				      { SQL_LIST_HISTORY_BOUNCES, 1 } };
	int64_t day = account_day(zone, now_ms);
	int64_t oldest = account_day(zone, list->created_ms);
	size_t from = out->n;

	if (oldest <= day - LIST_DAYS_MAX)
		oldest = day - LIST_DAYS_MAX + 1;
	do {
		vec_push(out, ((struct list_day){ .day = day }));
	} while (--day >= oldest);
	if (read_events(db, list, zone, out, from, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (read_hits(db, list, &kinds[i], zone, out, from, err) < 0)
			return -1;
	return 0;
}
