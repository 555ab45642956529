#include "campaign/campaign.h"

#include "audience/list.h"
#include "audience/must_exist.h"
#include "audience/webhook.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/campaign_private.h"
#include "campaign/rss/feed_wait.h"
#include "sql/address_left.h"
#include "sql/campaign.h"
#include "store/db.h"

static const char *const status_names[] = {
	[CAMPAIGN_SAVE] = "save",           [CAMPAIGN_PAUSED] = "paused",
	[CAMPAIGN_SCHEDULE] = "schedule",   [CAMPAIGN_SENDING] = "sending",
	[CAMPAIGN_SENT] = "sent",           [CAMPAIGN_CANCELED] = "canceled",
	[CAMPAIGN_CANCELING] = "canceling", [CAMPAIGN_ARCHIVED] = "archived",
	[CAMPAIGN_FINISHING] = "sending",
};

#define BIT(status) (1u << (status))

/* Where each status may go. */
static const unsigned may_go[] = {
	[CAMPAIGN_SAVE] = BIT(CAMPAIGN_SCHEDULE) | BIT(CAMPAIGN_SENDING),
	[CAMPAIGN_SCHEDULE] = BIT(CAMPAIGN_SAVE) | BIT(CAMPAIGN_SENDING),
	[CAMPAIGN_SENDING] = BIT(CAMPAIGN_PAUSED) | BIT(CAMPAIGN_SENT) |
			     BIT(CAMPAIGN_CANCELING) | BIT(CAMPAIGN_FINISHING),
	[CAMPAIGN_PAUSED] = BIT(CAMPAIGN_SENDING) | BIT(CAMPAIGN_CANCELING) |
			    BIT(CAMPAIGN_FINISHING),
	[CAMPAIGN_FINISHING] = BIT(CAMPAIGN_SENT) | BIT(CAMPAIGN_CANCELING),
	[CAMPAIGN_CANCELING] = BIT(CAMPAIGN_CANCELED),
	[CAMPAIGN_SENT] = BIT(CAMPAIGN_ARCHIVED),
	[CAMPAIGN_CANCELED] = BIT(CAMPAIGN_ARCHIVED),
	[CAMPAIGN_ARCHIVED] = 0,
};

const char *campaign_status_name(enum campaign_status status)
{
	BUG_ON(status < CAMPAIGN_SAVE || status > CAMPAIGN_FINISHING);
	return status_names[status];
}

int campaign_status_parse(const char *name, enum campaign_status *out,
			  struct err *err)
{
	for (int i = CAMPAIGN_SAVE; i <= CAMPAIGN_ARCHIVED; i++)
		if (!strcmp(name, status_names[i])) {
			*out = (enum campaign_status)i;
			return 0;
		}
	return err_field(err, "status", "there is no campaign status %s", name);
}

static const char *text_or(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

void campaign_read_row(const struct rows *rows, struct arena *arena, void *out)
{
	struct campaign *c = out;

	*c = (struct campaign){
		.id = rows_int(rows, 0),
		.hex = rows_dup(rows, 1, arena),
		.list_id = rows_int(rows, 2),
		.list_hex = text_or(rows_dup(rows, 3, arena), ""),
		.list_name = text_or(rows_dup(rows, 4, arena), ""),
		.type = rows_dup(rows, 5, arena),
		.status = (enum campaign_status)rows_int(rows, 6),
		.segment_id = rows_int(rows, 9),
		.segment_opts = rows_dup(rows, 10, arena),
		.content_type = rows_dup(rows, 11, arena),
		.has_html = rows_int(rows, 12) != 0,
		.has_plain = rows_int(rows, 13) != 0,
		.archive_token = text_or(rows_dup(rows, 14, arena), ""),
		.schedule_ms = rows_int(rows, 15),
		.send_ms = rows_int(rows, 16),
		.done_ms = rows_int(rows, 17),
		.frozen = rows_int(rows, 18) != 0,
		.freeze_cursor = rows_int(rows, 19),
		.recipients = rows_int(rows, 20),
		.sent_seq = rows_int(rows, 21),
		.created_ms = rows_int(rows, 22),
		.updated_ms = rows_int(rows, 23),
		.folder_id = rows_int(rows, 24),
		.folder_hex = text_or(rows_dup(rows, 25, arena), ""),
		.is_resent = rows_int(rows, 26) != 0,
		.variate = rows_dup(rows, 27, arena),
		.winner = (int)rows_int(rows, 28),
		.winner_ms = rows_int(rows, 29),
		.spread = rows_dup(rows, 30, arena),
		.rss = rows_dup(rows, 31, arena),
		.parent_id = rows_int(rows, 32),
		.parent_hex = text_or(rows_dup(rows, 33, arena), ""),
	};
	campaign_settings_read(rows_text(rows, 7), arena, &c->settings);
	campaign_tracking_read(rows_text(rows, 8), arena, &c->tracking);
}

int campaign_find(struct db *db, const char *hex, struct arena *arena,
		  struct campaign *out, struct err *err)
{
	return db_get(db, SQL_CAMPAIGN_FIND, SQL_ARGS(sql_text(hex)),
		      campaign_read_row, arena, out, err);
}

int campaign_get_by_hex(struct db *db, const char *hex, struct arena *arena,
			struct campaign *out, struct err *err)
{
	return must_exist(campaign_find(db, hex, arena, out, err), err);
}

int campaign_get(struct db *db, int64_t id, struct arena *arena,
		 struct campaign *out, struct err *err)
{
	int found = db_get(db, SQL_CAMPAIGN_GET, SQL_ARGS(sql_int(id)),
			   campaign_read_row, arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no campaign %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

int campaign_list_by_status(struct db *db, enum campaign_status status,
			    struct arena *arena, struct campaigns *out,
			    struct err *err)
{
	return db_list(db, SQL_CAMPAIGN_LIST_BY_STATUS,
		       SQL_ARGS(sql_int(status)), campaign_read_row, arena, out,
		       err);
}

int campaign_list_by_hex(struct db *db, struct sql_value hexes,
			 struct arena *arena, struct campaigns *out,
			 struct err *err)
{
	return db_list(db, SQL_CAMPAIGN_LIST_BY_HEX, SQL_ARGS(hexes),
		       campaign_read_row, arena, out, err);
}

bool campaign_may_move(enum campaign_status from, enum campaign_status to)
{
	return (may_go[from] & BIT(to)) != 0;
}

/* Webhooks hear of the end, in the transaction that makes it one. */
static int tell_end(struct tx *tx, int64_t id, enum campaign_status to,
		    int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct webhook_fact fact = { .event = WEBHOOK_CAMPAIGN,
				     .reason = "",
				     .status = campaign_status_name(to) };
	struct campaign campaign;
	struct list list;

	if (campaign_get(tx->db, id, arena, &campaign, err) < 0)
		return -1;
	if (!*campaign.list_hex)
		return 0;
	if (list_get_by_id(tx->db, campaign.list_id, arena, &list, err) < 0)
		return -1;
	fact.campaign_hex = campaign.hex;
	fact.subject = campaign.settings.subject_line;
	return webhook_enqueue(tx, &list, SOURCE_ADMIN, &fact, now_ms, err);
}

static int end(struct tx *tx, int64_t id, enum campaign_status to,
	       int64_t now_ms, struct err *err)
{
	if (db_exec(tx, SQL_ADDRESS_LEFT_END, SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	return tell_end(tx, id, to, now_ms, err);
}

int campaign_move(struct tx *tx, int64_t id, enum campaign_status to,
		  int64_t now_ms, struct err *err)
{
	bool ends = to == CAMPAIGN_SENT || to == CAMPAIGN_CANCELED;
	int64_t from;
	int found, changed;

	found = db_find_int(tx->db, SQL_CAMPAIGN_STATUS, SQL_ARGS(sql_int(id)),
			    &from, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no campaign %lld",
			       (long long)id);
	if ((enum campaign_status)from == to)
		return 0;
	if (!campaign_may_move((enum campaign_status)from, to))
		return err_set(err, ERR_CONFLICT,
			       "a campaign cannot go from %s to %s",
			       campaign_status_name((enum campaign_status)from),
			       campaign_status_name(to));
	changed = db_exec(
		tx, SQL_CAMPAIGN_MOVE,
		SQL_ARGS(sql_int(to), sql_int(now_ms),
			 to == CAMPAIGN_SENDING ? sql_int(now_ms) : sql_null(),
			 ends ? sql_int(now_ms) : sql_null(), sql_int(id),
			 sql_int(from)),
		err);
	if (changed == 0)
		return err_set(err, ERR_RETRY,
			       "the campaign changed in between");
	if (changed < 0 || (ends && end(tx, id, to, now_ms, err) < 0) ||
	    (to == CAMPAIGN_SENDING &&
	     feed_wait_begin(tx, id, now_ms, err) < 0))
		return -1;
	return 1;
}
