#include "crm/campaign_figures.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/campaign/kept.h"
#include "crm/campaign_record.h"

#include "sql/campaign_figures.h"
#include "store/update.h"

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

int figures_get(struct db *db, int64_t campaign_id,
		struct campaign_figures *out, struct err *err)
{
	*out = (struct campaign_figures){ .as_of_ms = 0 };
	return db_get(db, SQL_CAMPAIGN_FIGURES_GET,
		      SQL_ARGS(sql_int(campaign_id)), read_kept, NULL, out,
		      err) < 0
		       ? -1
		       : 0;
}

/* --- what a row adds --- */

/* The columns of campaign-figures-rows. */
struct ledger_row {
	int64_t person_id, state, caught, bounced, at_ms, accepted_ms;
	int64_t bounced_ms, opened_ms, machine_opened_ms, clicked_ms;
	int64_t machine_clicked_ms, unsubscribed_ms, complained_ms;
	const char *reason, *folded;     /* NULL: none */
	bool is_sent, is_waiting, is_in; /* in: not left out */
};

static struct ledger_row read_ledger_row(const struct rows *rows)
{
	struct ledger_row r = {
		.person_id = rows_int(rows, 0),
		.state = rows_int(rows, 1),
		.reason = rows_text(rows, 2),
		.caught = rows_int(rows, 3),
		.bounced = rows_int(rows, 4),
		.at_ms = rows_int(rows, 5),
		.accepted_ms = rows_int(rows, 6),
		.bounced_ms = rows_int(rows, 7),
		.opened_ms = rows_int(rows, 8),
		.machine_opened_ms = rows_int(rows, 9),
		.clicked_ms = rows_int(rows, 10),
		.machine_clicked_ms = rows_int(rows, 11),
		.unsubscribed_ms = rows_int(rows, 12),
		.complained_ms = rows_int(rows, 13),
		.folded = rows_text(rows, 14),
	};

	r.is_sent = r.state == CRM_RECIPIENT_ACCEPTED ||
		    r.state == CRM_RECIPIENT_REFUSED ||
		    r.state == CRM_RECIPIENT_EXPIRED;
	r.is_waiting = r.state == CRM_RECIPIENT_QUEUED ||
		       r.state == CRM_RECIPIENT_DEFERRED;
	r.is_in = r.state != CRM_RECIPIENT_LEFT_OUT;
	return r;
}

static void count_figures(const struct ledger_row *r, int64_t by,
			  int64_t n[FIGURES])
{
	n[FIGURE_RECIPIENTS] += by;
	n[FIGURE_SENT] += by * r->is_sent;
	n[FIGURE_CAUGHT] += by * (r->is_sent && r->caught);
	n[FIGURE_WAITING] += by * r->is_waiting;
	n[FIGURE_BOUNCED_HARD] += by * (r->bounced == CRM_BOUNCE_HARD);
	n[FIGURE_BOUNCED_SOFT] += by * (r->bounced == CRM_BOUNCE_SOFT);
	n[FIGURE_OPENED] += by * (r->is_in && r->opened_ms);
	n[FIGURE_OPENED_MACHINES] += by * (r->is_in && r->machine_opened_ms);
	n[FIGURE_CLICKED] += by * (r->is_in && r->clicked_ms);
	n[FIGURE_CLICKED_MACHINES] += by * (r->is_in && r->machine_clicked_ms);
	n[FIGURE_UNSUBSCRIBED] += by * (r->is_in && r->unsubscribed_ms);
	n[FIGURE_COMPLAINED] += by * (r->is_in && r->complained_ms);
	n[FIGURE_UNKNOWN] += by * (r->person_id < 0);
}

static int64_t if_not_0(int64_t a, int64_t b)
{
	return a ? a : b;
}

static void count_parts(const struct ledger_row *r, int64_t by, int64_t id,
			struct tally *parts)
{
	const int64_t ms[CRM_KEPT_HOURS] = {
		r->is_sent ? if_not_0(r->accepted_ms, r->at_ms) : 0,
		r->is_in ? r->opened_ms : 0,
		r->is_in ? r->clicked_ms : 0,
		r->is_in ? r->unsubscribed_ms : 0,
		r->bounced ? if_not_0(r->bounced_ms, r->at_ms) : 0,
	};
	const int64_t done[CRM_KEPT_DOMAINS] = {
		r->is_sent,
		r->is_in && r->opened_ms,
		r->is_in && r->clicked_ms,
		r->bounced != CRM_BOUNCE_NONE,
		r->is_in && r->unsubscribed_ms,
	};

	if (r->state == CRM_RECIPIENT_CANCELED || !r->is_in)
		tally_add_name(parts, id, CRM_KEPT_LEFT_OUT,
			       r->is_in    ? "canceled"
			       : r->reason ? r->reason
					   : "other",
			       by);
	for (int i = 0; i < CRM_KEPT_HOURS; i++)
		if (ms[i] > 0)
			tally_add(parts, id, CRM_KEPT_HOUR_SENT + i,
				  ms[i] / MS_HOUR, by);
	kept_add_domain(parts, id, r->folded, done, by);
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

void figures_release(struct figures_change *change)
{
	vec_release(&change->people);
	tally_release(&change->parts);
}

static int query_rows(struct tx *tx, const struct figures_change *c,
		      struct strbuf *buf, struct rows **rows, struct err *err)
{
	struct sql_value id = sql_int(c->campaign_id);

	if (c->hashes.type != SQL_NULL)
		return db_query(tx->db, SQL_CAMPAIGN_FIGURES_ROWS,
				SQL_ARGS(id, c->hashes), rows, err);
	if (c->to_id)
		return db_query(
			tx->db, SQL_CAMPAIGN_FIGURES_BETWEEN,
			SQL_ARGS(id, sql_int(c->after_id), sql_int(c->to_id)),
			rows, err);
	return db_query(tx->db, SQL_CAMPAIGN_FIGURES_PEOPLE,
			SQL_ARGS(id, sql_keys(&c->people, buf)), rows, err);
}

/* What the rows add, which are locked, so many times. */
static int add_rows(struct tx *tx, struct figures_change *c, int64_t by,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(vec_release) struct ids clickers = VEC_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (query_rows(tx, c, &buf, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct ledger_row r = read_ledger_row(rows);

		count_figures(&r, by, c->more);
		count_parts(&r, by, c->campaign_id, &c->parts);
		if (r.clicked_ms || r.machine_clicked_ms)
			vec_push(&clickers, r.person_id);
	}
	return more < 0 ? -1
			: kept_add_clicks(&c->parts, tx->db, c->campaign_id,
					  &clickers, by, err);
}

static int begin(struct tx *tx, struct figures_change *c, struct err *err)
{
	return ensure_locked(tx, c->campaign_id, &c->kept, err) < 0
		       ? -1
		       : add_rows(tx, c, -1, err);
}

int figures_begin(struct tx *tx, int64_t campaign_id, struct sql_value hashes,
		  struct figures_change *out, struct err *err)
{
	out->campaign_id = campaign_id;
	out->hashes = hashes;
	return begin(tx, out, err);
}

int figures_begin_ids(struct tx *tx, int64_t campaign_id, int64_t after_id,
		      int64_t to_id, struct figures_change *out,
		      struct err *err)
{
	out->campaign_id = campaign_id;
	out->hashes = sql_null();
	out->after_id = after_id;
	out->to_id = to_id;
	return begin(tx, out, err);
}

int figures_begin_waiting(struct tx *tx, int64_t campaign_id,
			  struct figures_change *out, struct err *err)
{
	out->campaign_id = campaign_id;
	out->hashes = sql_null();
	if (ensure_locked(tx, campaign_id, &out->kept, err) < 0 ||
	    db_list_ids(tx->db, SQL_CAMPAIGN_FIGURES_WAITING,
			SQL_ARGS(sql_int(campaign_id)), &out->people, err) < 0)
		return -1;
	return add_rows(tx, out, -1, err);
}

int figures_end(struct tx *tx, struct figures_change *change, struct err *err)
{
	struct campaign_figures now = change->kept;

	if (add_rows(tx, change, 1, err) < 0)
		return -1;
	for (int i = 0; i < FIGURES; i++)
		now.n[i] += change->more[i];
	if (store(tx, change->campaign_id, &change->kept, &now, err) < 0)
		return -1;
	return kept_write(&change->parts, tx, err);
}

int figures_lock(struct tx *tx, int64_t campaign_id, struct err *err)
{
	struct campaign_figures kept;

	return ensure_locked(tx, campaign_id, &kept, err);
}

int figures_renew(struct tx *tx, int64_t campaign_id, struct err *err)
{
	struct campaign_figures kept, now;

	if (ensure_locked(tx, campaign_id, &kept, err) < 0)
		return -1;
	now = kept;
	if (db_get(tx->db, SQL_CAMPAIGN_FIGURES_COUNT,
		   SQL_ARGS(sql_int(campaign_id)), read_counted, NULL, &now,
		   err) < 0 ||
	    store(tx, campaign_id, &kept, &now, err) < 0)
		return -1;
	return kept_renew(tx, campaign_id, err);
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
	if (db_exec(tx, SQL_CAMPAIGN_FIGURES_REMOVE,
		    SQL_ARGS(sql_int(campaign_id)), err) < 0)
		return -1;
	return kept_remove(tx, campaign_id, err);
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
