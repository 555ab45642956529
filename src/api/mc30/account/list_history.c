/* How a list grew, by months and by days. Handlers; any worker. */
#include "audience/kept/list_history.h"

#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include <string.h>

static const char *const directions[] = { "DESC", "ASC", NULL };

static const char *month_of(int64_t day, struct arena *arena)
{
	struct civil c = time_to_civil(day * MS_DAY);

	return arena_printf(arena, "%04d-%02d", c.year, c.month);
}

static const char *date_of(int64_t day, struct arena *arena)
{
	struct civil c = time_to_civil(day * MS_DAY);

	return arena_printf(arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static void write_month(const struct request *rq, const struct list *list,
			const struct list_day *m, struct json_writer *w)
{
	const char *base = mc_base(rq), *month = month_of(m->day, rq->arena);

	json_begin_object(w);
	json_key_text(w, "list_id", list->hex);
	json_key_text(w, "month", month);
	json_key_int(w, "existing", m->subscribed - (m->joined - m->left));
	json_key_int(w, "imports", 0);
	json_key_int(w, "optins", m->joined);
	json_key_int(w, "subscribed", m->subscribed);
	json_key_int(w, "unsubscribed", m->unsubscribed);
	json_key_int(w, "reconfirm", 0);
	json_key_int(w, "cleaned", m->cleaned);
	json_key_int(w, "pending", m->pending);
	json_key_int(w, "deleted", m->deleted);
	json_key_int(w, "transactional", m->transactional);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/lists/%s/growth-history/%s",
		list->hex, month);
	mc_link(w, "parent", "GET", base, "/lists/%s/growth-history",
		list->hex);
	mc_links_end(w);
	json_end_object(w);
}

static int load(struct request *rq, struct db *db, struct list *list,
		const struct time_zone **zone, struct err *err)
{
	if (mc_list_of_path(rq, db, list, err) < 0)
		return -1;
	return account_zone_load(db, rq->arena, zone, err);
}

int mc_growth_history_list(struct request *rq, struct response *rs,
			   struct err *err)
{
	static const char *const fields[] = { "month", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct list_days months = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	int upwards = mc_query_word(rq, "sort_dir", directions, 0, err);
	struct mc_page page;
	const struct time_zone *zone;
	struct list list;

	if (upwards < 0 || mc_query_word(rq, "sort_field", fields, 0, err) < 0)
		return -1;
	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    load(rq, db, &list, &zone, err) < 0 ||
	    list_months(db, &list, zone, rq->now_ms, &months, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "history");
	for (size_t i = 0, n = months.n; i < n; i++)
		if (mc_on_page(&page, i))
			write_month(rq, &list,
				    &months.v[upwards ? n - 1 - i : i], &w);
	mc_list_part_end(rq, &list, (int64_t)months.n, "growth-history", &w);
	return 0;
}

int mc_growth_history_get(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct list_days months = VEC_INIT;
	const char *wanted = request_param(rq, "month");
	struct json_writer w = mc_writer(rq, rs);
	const struct time_zone *zone;
	struct list list;

	if (mc_db(rq, &db, err) < 0 || load(rq, db, &list, &zone, err) < 0 ||
	    list_months(db, &list, zone, rq->now_ms, &months, err) < 0)
		return -1;
	vec_each (&months, m) {
		if (strcmp(month_of(m->day, rq->arena), wanted) != 0)
			continue;
		write_month(rq, &list, m, &w);
		return 0;
	}
	return mc_not_found(err);
}

static void write_day(const struct request *rq, const struct list *list,
		      const struct list_day *d, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "day", date_of(d->day, rq->arena));
	json_key_int(w, "emails_sent", d->sent);
	json_key_int(w, "unique_opens", d->opened);
	json_key_int(w, "recipient_clicks", d->clicked);
	json_key_int(w, "hard_bounce", d->hard_bounces);
	json_key_int(w, "soft_bounce", d->soft_bounces);
	json_key_int(w, "subs", d->joined);
	json_key_int(w, "unsubs", d->unsubscribed);
	json_key_int(w, "other_adds", d->pending + d->transactional);
	json_key_int(w, "other_removes", d->deleted);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", mc_base(rq), "/lists/%s/activity",
		list->hex);
	mc_links_end(w);
	json_end_object(w);
}

int mc_list_activity(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct list_days days = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;
	const struct time_zone *zone;
	struct list list;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    load(rq, db, &list, &zone, err) < 0 ||
	    list_days(db, &list, zone, rq->now_ms, &days, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "activity");
	for (size_t i = 0; i < days.n; i++)
		if (mc_on_page(&page, i))
			write_day(rq, &list, &days.v[i], &w);
	mc_list_part_end(rq, &list, (int64_t)days.n, "activity", &w);
	return 0;
}
