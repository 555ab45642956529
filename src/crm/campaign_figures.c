#include "crm/campaign_figures.h"

#include "base/clock.h"
#include "base/err.h"

#include "sql/campaign_figures.h"
#include "store/update.h"

#include <string.h>

#define PACE_MS (5 * MS_SECOND) /* is measured over so long, or longer */

static const char *const columns[FIGURES] = {
	[FIGURE_RECIPIENTS] = "recipients",
	[FIGURE_SENT] = "sent",
	[FIGURE_CAUGHT] = "caught",
	[FIGURE_WAITING] = "waiting",
	[FIGURE_BOUNCED_HARD] = "bounced_hard",
	[FIGURE_BOUNCED_SOFT] = "bounced_soft",
	[FIGURE_OPENED] = "opened",
	[FIGURE_OPENED_MACHINES] = "opened_machines",
	[FIGURE_CLICKED] = "clicked",
	[FIGURE_CLICKED_MACHINES] = "clicked_machines",
	[FIGURE_UNSUBSCRIBED] = "unsubscribed",
	[FIGURE_COMPLAINED] = "complained",
	[FIGURE_UNKNOWN] = "unknown",
};

/* --- reading --- */

static void read_numbers(const struct rows *rows, int column,
			 int64_t n[FIGURES])
{
	for (int i = 0; i < FIGURES; i++)
		n[i] = rows_int(rows, column + i);
}

void figures_read(const struct rows *rows, int column,
		  struct campaign_figures *out)
{
	read_numbers(rows, column, out->n);
	column += FIGURES;
	out->as_of_ms = rows_int(rows, column);
	out->pace_ms = rows_int(rows, column + 1);
	out->pace_sent = rows_int(rows, column + 2);
	out->per_hour = rows_int(rows, column + 3);
	out->pace_until_ms = rows_int(rows, column + 4);
}

static void read_kept(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena; /* numbers only */
	figures_read(rows, 0, out);
}

static void read_counted(const struct rows *rows, struct arena *arena,
			 void *out)
{
	(void)arena;
	read_numbers(rows, 0, ((struct campaign_figures *)out)->n);
}

static int count_between(struct db *db, int64_t campaign_id, int64_t after_id,
			 int64_t to_id, int64_t n[FIGURES], struct err *err)
{
	struct campaign_figures counted = { .as_of_ms = 0 };

	if (db_get(db, SQL_CAMPAIGN_FIGURES_COUNT,
		   SQL_ARGS(sql_int(campaign_id), sql_int(after_id),
			    sql_int(to_id)),
		   read_counted, NULL, &counted, err) < 0)
		return -1;
	memcpy(n, counted.n, sizeof(counted.n));
	return 0;
}

int figures_count(struct db *db, int64_t campaign_id,
		  struct campaign_figures *out, struct err *err)
{
	*out = (struct campaign_figures){ .as_of_ms = 0 };
	return count_between(db, campaign_id, INT64_MIN, INT64_MAX, out->n,
			     err);
}

/* --- writing --- */

/* 1, or 0: there is no ledger. */
static int get_locked(struct tx *tx, int64_t campaign_id,
		      struct campaign_figures *out, struct err *err)
{
	return db_get(tx->db, SQL_CAMPAIGN_FIGURES_GET,
		      SQL_ARGS(sql_int(campaign_id)), read_kept, NULL, out,
		      err);
}

static int ensure_locked(struct tx *tx, int64_t campaign_id,
			 struct campaign_figures *out, struct err *err)
{
	if (db_exec(tx, SQL_CAMPAIGN_FIGURES_ENSURE,
		    SQL_ARGS(sql_int(campaign_id)), err) < 0)
		return -1;
	return get_locked(tx, campaign_id, out, err) < 0 ? -1 : 0;
}

static int store(struct tx *tx, int64_t campaign_id,
		 const struct campaign_figures *was,
		 const struct campaign_figures *now, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("campaign_figures");

	for (int i = 0; i < FIGURES; i++)
		update_int(&u, columns[i], was->n[i], now->n[i]);
	update_id(&u, "as_of_ms", was->as_of_ms, now->as_of_ms);
	update_id(&u, "pace_ms", was->pace_ms, now->pace_ms);
	update_int(&u, "pace_sent", was->pace_sent, now->pace_sent);
	update_int(&u, "per_hour", was->per_hour, now->per_hour);
	update_id(&u, "pace_until_ms", was->pace_until_ms, now->pace_until_ms);
	return update_run(&u, tx, "campaign_id = ?",
			  SQL_ARGS(sql_int(campaign_id)), err) < 0
		       ? -1
		       : 0;
}

/* The sum of what the addresses' rows add, which are locked. */
static int sum_rows(struct tx *tx, int64_t campaign_id, struct sql_value hashes,
		    int64_t sum[FIGURES], struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(tx->db, SQL_CAMPAIGN_FIGURES_ROWS,
		     SQL_ARGS(sql_int(campaign_id), hashes), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		for (int i = 0; i < FIGURES; i++)
			sum[i] += rows_int(rows, i);
	return more;
}

static int sum_change(struct tx *tx, const struct figures_change *c,
		      int64_t sum[FIGURES], struct err *err)
{
	return c->hashes.type == SQL_NULL
		       ? count_between(tx->db, c->campaign_id, c->after_id,
				       c->to_id, sum, err)
		       : sum_rows(tx, c->campaign_id, c->hashes, sum, err);
}

static int begin(struct tx *tx, struct figures_change *c, struct err *err)
{
	if (ensure_locked(tx, c->campaign_id, &c->kept, err) < 0)
		return -1;
	return sum_change(tx, c, c->before, err);
}

int figures_begin(struct tx *tx, int64_t campaign_id, struct sql_value hashes,
		  struct figures_change *out, struct err *err)
{
	*out = (struct figures_change){ .campaign_id = campaign_id,
					.hashes = hashes };
	return begin(tx, out, err);
}

int figures_begin_ids(struct tx *tx, int64_t campaign_id, int64_t after_id,
		      int64_t to_id, struct figures_change *out,
		      struct err *err)
{
	*out = (struct figures_change){ .campaign_id = campaign_id,
					.hashes = sql_null(),
					.after_id = after_id,
					.to_id = to_id };
	return begin(tx, out, err);
}

int figures_end(struct tx *tx, const struct figures_change *change,
		struct err *err)
{
	struct campaign_figures now = change->kept;
	int64_t after[FIGURES] = { 0 };

	if (sum_change(tx, change, after, err) < 0)
		return -1;
	for (int i = 0; i < FIGURES; i++)
		now.n[i] += after[i] - change->before[i];
	return store(tx, change->campaign_id, &change->kept, &now, err);
}

int figures_lock(struct tx *tx, int64_t campaign_id, struct err *err)
{
	struct campaign_figures kept;

	return ensure_locked(tx, campaign_id, &kept, err);
}

int figures_renew(struct tx *tx, int64_t campaign_id, struct err *err)
{
	struct campaign_figures kept, counted, now;

	if (ensure_locked(tx, campaign_id, &kept, err) < 0 ||
	    figures_count(tx->db, campaign_id, &counted, err) < 0)
		return -1;
	now = kept;
	memcpy(now.n, counted.n, sizeof(now.n));
	return store(tx, campaign_id, &kept, &now, err);
}

int figures_lock_of(struct tx *tx, int64_t person_id, const char *hash,
		    struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	return db_list_ids(tx->db, SQL_CAMPAIGN_FIGURES_LOCK_OF,
			   SQL_ARGS(sql_int(person_id), sql_text(hash)), &ids,
			   err);
}

int figures_remove(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_CAMPAIGN_FIGURES_REMOVE,
		       SQL_ARGS(sql_int(campaign_id)), err) < 0
		       ? -1
		       : 0;
}

/* --- the pace --- */

static void measure(struct campaign_figures *f, int64_t now_ms, int64_t next_ms)
{
	int64_t passed_ms = now_ms - f->pace_ms;
	int64_t sent = f->n[FIGURE_SENT] - f->pace_sent;

	f->pace_until_ms = next_ms + 2 * PACE_MS;
	if (f->pace_ms != 0 && passed_ms < PACE_MS)
		return;
	f->per_hour =
		f->pace_ms != 0 && sent > 0 ? sent * MS_HOUR / passed_ms : 0;
	f->pace_ms = now_ms;
	f->pace_sent = f->n[FIGURE_SENT];
}

int figures_look(struct tx *tx, int64_t campaign_id, bool is_sending,
		 int64_t now_ms, int64_t next_ms, struct err *err)
{
	struct campaign_figures kept = { .as_of_ms = 0 }, now;
	int found = get_locked(tx, campaign_id, &kept, err);

	if (found <= 0)
		return found;
	now = kept;
	now.as_of_ms = now_ms;
	if (is_sending)
		measure(&now, now_ms, next_ms);
	else
		now.pace_ms = now.per_hour = now.pace_until_ms = 0;
	return store(tx, campaign_id, &kept, &now, err);
}

int64_t figures_per_hour(const struct campaign_figures *f, int64_t now_ms)
{
	return now_ms <= f->pace_until_ms ? f->per_hour : 0;
}

int64_t figures_seconds_left(const struct campaign_figures *f, int64_t now_ms)
{
	int64_t per_hour = figures_per_hour(f, now_ms);

	if (per_hour == 0)
		return -1;
	return (f->n[FIGURE_WAITING] * 3600 + per_hour - 1) / per_hour;
}

/* --- shape --- */

int64_t figures_delivered(const struct campaign_figures *f)
{
	return f->n[FIGURE_SENT] - f->n[FIGURE_CAUGHT] -
	       f->n[FIGURE_BOUNCED_HARD] - f->n[FIGURE_BOUNCED_SOFT];
}

void figures_write(const struct campaign_figures *f, struct json_writer *w)
{
	for (int i = 0; i < FIGURES; i++)
		json_key_int(w, columns[i], f->n[i]);
	json_key_int(w, "left_out",
		     f->n[FIGURE_RECIPIENTS] - f->n[FIGURE_SENT] -
			     f->n[FIGURE_WAITING]);
	json_key_time_or_null(w, "as_of", f->as_of_ms);
}
