#include "campaign/campaign_hold.h"

#include "base/arena.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "sql/campaign_hold.h"
#include "store/db.h"

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct campaign_hold *)out = (struct campaign_hold){
		.reason = rows_dup(rows, 0, arena),
		.detail = rows_dup(rows, 1, arena),
		.since_ms = rows_int(rows, 2),
		.is_overridden = rows_int(rows, 3) != 0,
	};
}

int campaign_hold_get(struct db *db, int64_t campaign_id, struct arena *arena,
		      struct campaign_hold *out, struct err *err)
{
	int found = db_get(db, SQL_CAMPAIGN_HOLD_GET,
			   SQL_ARGS(sql_int(campaign_id)), read_row, arena, out,
			   err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no campaign %lld",
			       (long long)campaign_id);
	return found < 0 ? -1 : 0;
}

static int put_in_status(struct tx *tx, int64_t campaign_id,
			 const struct campaign_hold *hold,
			 enum campaign_status status, struct err *err)
{
	return db_exec(tx, SQL_CAMPAIGN_HOLD_PUT,
		       SQL_ARGS(sql_text(hold->reason), sql_text(hold->detail),
				sql_int(hold->since_ms), sql_int(campaign_id),
				sql_int(status)),
		       err);
}

int campaign_hold_put(struct tx *tx, int64_t campaign_id,
		      const struct campaign_hold *hold, struct err *err)
{
	return put_in_status(tx, campaign_id, hold, CAMPAIGN_SENDING, err);
}

int campaign_hold_unsent(struct tx *tx, int64_t campaign_id,
			 const struct campaign_hold *hold, struct err *err)
{
	return put_in_status(tx, campaign_id, hold, CAMPAIGN_SAVE, err);
}

int campaign_hold_end(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_CAMPAIGN_HOLD_END,
		       SQL_ARGS(sql_int(campaign_id)), err);
}

int campaign_hold_pause(struct tx *tx, int64_t campaign_id,
			const struct campaign_hold *hold, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_hold now;
	int held = put_in_status(tx, campaign_id, hold, CAMPAIGN_SENDING, err);

	/* that locked the row: what is read now stays */
	if (held <= 0)
		return held;
	if (campaign_hold_get(tx->db, campaign_id, arena, &now, err) < 0)
		return -1;
	if (now.is_overridden)
		return campaign_hold_end(tx, campaign_id, err) < 0 ? -1 : 0;
	if (campaign_move(tx, campaign_id, CAMPAIGN_PAUSED, hold->since_ms,
			  err) < 0)
		return -1;
	return put_in_status(tx, campaign_id, hold, CAMPAIGN_PAUSED, err);
}

int campaign_hold_override(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_CAMPAIGN_HOLD_OVERRIDE,
		       SQL_ARGS(sql_int(campaign_id)), err);
}

/* A line of text. */
static void describe_row(const struct rows *rows, struct arena *arena,
			 void *out)
{
	bool is_paused = rows_int(rows, 2) == CAMPAIGN_PAUSED;

	*(const char **)out = arena_printf(
		arena, "the audience's campaign %s %s (%s): %s",
		rows_text(rows, 1),
		is_paused ? "paused itself" : "is held by the relay",
		rows_text(rows, 3), rows_text(rows, 4));
}

int campaign_hold_list(struct db *db, struct arena *arena, struct texts *out,
		       struct err *err)
{
	return db_list(db, SQL_CAMPAIGN_HOLD_LIST, SQL_NO_ARGS, describe_row,
		       arena, out, err);
}

int campaign_last_bounces(struct db *db, int64_t campaign_id, bool *hard,
			  size_t n, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more, found = 0;

	if (db_query(db, SQL_CAMPAIGN_LAST_BOUNCES,
		     SQL_ARGS(sql_int(campaign_id), sql_int((int64_t)n)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		hard[found++] = rows_int(rows, 0) == 1;
	return more < 0 ? -1 : found;
}
