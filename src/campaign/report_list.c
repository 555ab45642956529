/*
 * Recipients and events of a campaign, a page at a time. Called by handlers;
 * any thread.
 */
#include "audience/kept/member_block.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "campaign/campaign.h"
#include "campaign/campaign_spread.h"
#include "campaign/report.h"
#include "campaign/report_kept.h"
#include "campaign/variate/variate.h"
#include "sql/report.h"
#include "store/db.h"
#include "store/tally.h"

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	struct report_row *row = out;

	*row = (struct report_row){
		.member_id = rows_int(rows, 0),
		.email_hash = text_or_empty(rows_dup(rows, 1, arena)),
		.address = text_or_empty(rows_dup(rows, 2, arena)),
		.merge = str_of(text_or_empty(rows_dup(rows, 3, arena))),
		.vip = rows_int(rows, 4) != 0,
		.status = (int)rows_int(rows, 5),
		.is_caught = rows_int(rows, 6) != 0,
		.bounce = rows_int(rows, 7),
		.opens = rows_int(rows, 8),
		.machine_opens = rows_int(rows, 9),
		.clicks = rows_int(rows, 10),
		.machine_clicks = rows_int(rows, 11),
		.last_open_ms = rows_int(rows, 12),
		.at_ms = rows_int(rows, 13),
		.unsubscribed_ms = rows_int(rows, 14),
		.complained_ms = rows_int(rows, 15),
		.detail = text_or_empty(rows_dup(rows, 16, arena)),
		.reason = text_or_empty(rows_dup(rows, 17, arena)),
	};
	row->variant = variate_of_recipient((int)rows_int(rows, 18));
	row->zone_hours = spread_zone_hours((int)rows_int(rows, 18));
	if (rows_columns(rows) > 19) {
		row->link_clicks = rows_int(rows, 19);
		row->is_machine = rows_int(rows, 20) != 0;
	}
}

/* --- lists: each with its count --- */

static int kept_total(struct db *db, int64_t campaign_id, enum report_kept kind,
		      int64_t part, int64_t *total, struct err *err)
{
	CLEANUP(tally_release) struct tally t = TALLY_INIT;

	if (report_kept_read(db, campaign_id, kind, kind, &t, err) < 0)
		return -1;
	*total = report_kept_of(&t, kind, part);
	return 0;
}

static int list_sent(struct db *db, const struct campaign *campaign,
		     const struct report_query *q, struct arena *arena,
		     struct report_rows *out, int64_t *total, struct err *err)
{
	/* Places are dense from 1, so an offset is a key. */
	*total = campaign->sent_seq;
	return db_list(db, SQL_REPORT_LIST_SENT,
		       SQL_ARGS(sql_int(campaign->id), sql_int(q->offset),
				sql_int(q->offset + q->count)),
		       read_row, arena, out, err);
}

static int list_active(struct db *db, const struct campaign *campaign,
		       const struct report_query *q, struct arena *arena,
		       struct report_rows *out, int64_t *total, struct err *err)
{
	struct sql_value id = sql_int(campaign->id);
	struct sql_value since = sql_int(q->since_ms);

	if (q->since_ms == 0)
		return list_sent(db, campaign, q, arena, out, total, err);
	if (db_find_int(db, SQL_REPORT_COUNT_ACTIVE, SQL_ARGS(id, since), total,
			err) < 0)
		return -1;
	return db_list(
		db, SQL_REPORT_LIST_ACTIVE,
		SQL_ARGS(id, since, sql_int(q->count), sql_int(q->offset), id),
		read_row, arena, out, err);
}

static int list_all_opened(struct db *db, int64_t campaign_id,
			   const struct report_query *q, struct arena *arena,
			   struct report_rows *out, int64_t *total,
			   struct err *err)
{
	CLEANUP(tally_release) struct tally t = TALLY_INIT;
	struct sql_value id = sql_int(campaign_id);
	struct member_place place;

	if (report_kept_read(db, campaign_id, KEPT_OPENED, KEPT_OPENED, &t,
			     err) < 0)
		return -1;
	*total = report_kept_sum(&t, KEPT_OPENED);
	if (q->by_opens)
		return db_list(db, SQL_REPORT_LIST_OPENED_SORTED,
			       SQL_ARGS(id, sql_int(q->by_opens),
					sql_int(q->count), sql_int(q->offset),
					id, sql_int(q->by_opens)),
			       read_row, arena, out, err);
	place = member_place_of(&t, q->offset);
	return db_list(db, SQL_REPORT_LIST_OPENED,
		       SQL_ARGS(id, sql_int(place.from_id), sql_int(q->count),
				sql_int(place.skip), id),
		       read_row, arena, out, err);
}

static int list_opened(struct db *db, const struct campaign *campaign,
		       const struct report_query *q, struct arena *arena,
		       struct report_rows *out, int64_t *total, struct err *err)
{
	struct sql_value id = sql_int(campaign->id);
	struct sql_value since = sql_int(q->since_ms);
	struct sql_value count = sql_int(q->count), offset = sql_int(q->offset);

	if (q->since_ms == 0)
		return list_all_opened(db, campaign->id, q, arena, out, total,
				       err);
	if (db_find_int(db, SQL_REPORT_COUNT_OPENED_SINCE, SQL_ARGS(id, since),
			total, err) < 0)
		return -1;
	return db_list(
		db, SQL_REPORT_LIST_OPENED_SINCE,
		SQL_ARGS(id, since, id, sql_int(q->by_opens), count, offset),
		read_row, arena, out, err);
}

static int list_clicked(struct db *db, const struct campaign *campaign,
			const struct report_query *q, struct arena *arena,
			struct report_rows *out, int64_t *total,
			struct err *err)
{
	struct sql_value id = sql_int(campaign->id);
	struct sql_value link = sql_int(q->link_id);

	if (kept_total(db, campaign->id, KEPT_LINK_ANY, q->link_id, total,
		       err) < 0)
		return -1;
	return db_list(
		db, SQL_REPORT_LIST_CLICKED,
		SQL_ARGS(link, id, sql_int(q->count), sql_int(q->offset)),
		read_row, arena, out, err);
}

static int list_left(struct db *db, const struct campaign *campaign,
		     const struct report_query *q, struct arena *arena,
		     struct report_rows *out, int64_t *total, struct err *err)
{
	bool complained = q->kind == REPORT_COMPLAINED;
	struct sql_value id = sql_int(campaign->id);

	if (kept_total(db, campaign->id,
		       complained ? KEPT_COMPLAINED : KEPT_UNSUBSCRIBED, 0,
		       total, err) < 0)
		return -1;
	return db_list(db,
		       complained ? SQL_REPORT_LIST_COMPLAINED
				  : SQL_REPORT_LIST_UNSUBSCRIBED,
		       SQL_ARGS(id, sql_int(q->count), sql_int(q->offset), id),
		       read_row, arena, out, err);
}

int report_list(struct db *db, const struct campaign *campaign,
		const struct report_query *query, struct arena *arena,
		struct report_rows *out, int64_t *total_out, struct err *err)
{
	int64_t total = 0;
	int result = -1;

	switch (query->kind) {
	case REPORT_SENT:
		result =
			list_sent(db, campaign, query, arena, out, &total, err);
		break;
	case REPORT_ACTIVE:
		result = list_active(db, campaign, query, arena, out, &total,
				     err);
		break;
	case REPORT_OPENED:
		result = list_opened(db, campaign, query, arena, out, &total,
				     err);
		break;
	case REPORT_CLICKED:
		result = list_clicked(db, campaign, query, arena, out, &total,
				      err);
		break;
	case REPORT_UNSUBSCRIBED:
	case REPORT_COMPLAINED:
		result =
			list_left(db, campaign, query, arena, out, &total, err);
		break;
	}
	if (result < 0)
		return -1;
	*total_out = total;
	return 0;
}

/* Its part of a struct report_row. */
static void read_link_clicks(const struct rows *rows, struct arena *arena,
			     void *out)
{
	struct report_row *row = out;

	(void)arena; /* no texts */
	row->link_clicks = rows_int(rows, 0);
	row->is_machine = rows_int(rows, 1) != 0;
}

int report_find(struct db *db, int64_t campaign_id, int64_t member_id,
		int64_t link_id, struct arena *arena, struct report_row *out,
		struct err *err)
{
	struct sql_value campaign = sql_int(campaign_id);
	struct sql_value member = sql_int(member_id);
	struct report_row row;
	int found =
		db_get(db, SQL_REPORT_FIND_RECIPIENT,
		       SQL_ARGS(campaign, member), read_row, arena, &row, err);

	if (found <= 0)
		return found;
	if (link_id && db_get(db, SQL_REPORT_FIND_CLICK,
			      SQL_ARGS(campaign, member, sql_int(link_id)),
			      read_link_clicks, NULL, &row, err) < 0)
		return -1;
	*out = row;
	return 1;
}

/* --- events --- */

static void read_event(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct report_event *)out = (struct report_event){
		.member_id = rows_int(rows, 0),
		.kind = (enum activity_kind)rows_int(rows, 1),
		.at_ms = rows_int(rows, 2),
		.is_machine = rows_int(rows, 3) != 0,
		.ip = text_or_empty(rows_dup(rows, 4, arena)),
		.url = text_or_empty(rows_dup(rows, 5, arena)),
	};
}

int report_events_list(struct db *db, int64_t campaign_id,
		       const struct report_rows *of, struct arena *arena,
		       struct report_events *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list(db, SQL_REPORT_EVENTS,
		       SQL_ARGS(sql_int(campaign_id),
				sql_keys_of(of, member_id, &keys)),
		       read_event, arena, out, err);
}
