/*
 * The CRM's ledger of a campaign, and the report made from it.
 */
#include "crm/campaign_record.h"

#include "base/arena.h"
#include "base/err.h"
#include "store/sqlbuild.h"

#include "sql/crm_campaign.h"

#include <string.h>

const char *crm_recipient_state_name(enum crm_recipient_state state)
{
	static const char *const names[] = { "",         "queued",  "accepted",
					     "deferred", "refused", "expired",
					     "canceled", "left_out" };

	return names[state];
}

/* --- recipients --- */

/* Responses are those of people; the negation is of those who were sent it. */
static const struct {
	const char *name;
	const char *condition;
} responses[] = {
	{ "opened", " AND r.opened_ms IS NOT NULL" },
	{ "clicked", " AND r.clicked_ms IS NOT NULL" },
	{ "bounced", " AND r.bounced <> 0" },
	{ "unsubscribed", " AND r.unsubscribed_ms IS NOT NULL" },
	{ "complained", " AND r.complained_ms IS NOT NULL" },
	{ "not_opened", " AND r.accepted_ms IS NOT NULL AND r.opened_ms IS "
			"NULL" },
	{ "not_clicked", " AND r.accepted_ms IS NOT NULL AND r.clicked_ms IS "
			 "NULL" },
};

static const char *condition_of(const char *response, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(responses); i++)
		if (strcmp(responses[i].name, response) == 0)
			return responses[i].condition;
	(void)err_field(err, "response", "there is no response %s", response);
	return NULL;
}

static void add_filter(struct sqlbuild *b, const struct crm_recipient_filter *f,
		       const char *condition)
{
	sqlbuild_add(b, " WHERE r.campaign_id = ");
	sqlbuild_bind_int(b, f->campaign_id);
	if (f->state) {
		sqlbuild_add(b, " AND r.state = ");
		sqlbuild_bind_int(b, f->state);
	}
	if (f->reason) {
		sqlbuild_add(b, " AND r.reason = ");
		sqlbuild_bind_text(b, f->reason);
	}
	if (condition)
		sqlbuild_add(b, condition);
}

static int count_recipients(struct db *db, const struct crm_recipient_filter *f,
			    const char *condition, struct arena *arena,
			    int64_t *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = { 0 };

	sqlbuild_init(&b, db_backend(db), arena);
	sqlbuild_add(&b, "SELECT COUNT(*) FROM campaign_recipient r");
	add_filter(&b, f, condition);
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}

static void read_recipient(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct crm_recipient *)out = (struct crm_recipient){
		.person_id = rows_int(rows, 0),
		.address = rows_dup(rows, 1, arena),
		.state = (enum crm_recipient_state)rows_int(rows, 2),
		.reason = rows_dup(rows, 3, arena),
		.at_ms = rows_int(rows, 4),
		.opened_ms = rows_int(rows, 5),
		.clicked_ms = rows_int(rows, 6),
		.bounced_ms = rows_int(rows, 7),
		.unsubscribed_ms = rows_int(rows, 8),
		.complained_ms = rows_int(rows, 9),
		.detail = rows_dup(rows, 10, arena),
	};
}

int crm_recipient_list(struct db *db, const struct crm_recipient_filter *f,
		       struct arena *arena, struct crm_recipients *out,
		       int64_t *total_out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = { 0 };
	CLEANUP(rows_free) struct rows *rows = NULL;
	const char *condition = NULL;

	if (f->response && !(condition = condition_of(f->response, err)))
		return -1;
	if (count_recipients(db, f, condition, arena, total_out, err) < 0)
		return -1;
	sqlbuild_init(&b, db_backend(db), arena);
	sqlbuild_add(&b, "SELECT r.person_id, e.address, r.state, r.reason, "
			 "r.at_ms, r.opened_ms, r.clicked_ms, r.bounced_ms, "
			 "r.unsubscribed_ms, r.complained_ms, r.detail FROM "
			 "campaign_recipient r LEFT JOIN email e ON e.id = "
			 "r.email_id");
	add_filter(&b, f, condition);
	sqlbuild_add(&b, " AND r.person_id > ");
	sqlbuild_bind_int(&b, f->after_id);
	sqlbuild_add(&b, " ORDER BY r.person_id LIMIT ");
	sqlbuild_bind_int(&b, f->limit);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_list(rows, read_recipient, arena, out, err);
}

/* --- the report --- */

static void add_pair(struct json_writer *w, const char *key, const char *a,
		     int64_t a_n, const char *b, int64_t b_n)
{
	json_key_begin_object(w, key);
	json_key_int(w, a, a_n);
	json_key_int(w, b, b_n);
	json_end_object(w);
}

static int add_figures(struct db *db, int64_t id, struct json_writer *w,
		       struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_CRM_REPORT_FIGURES, SQL_ARGS(sql_int(id)), &rows,
		     err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	json_key_int(w, "recipients", rows_int(rows, 0));
	json_key_int(w, "sent", rows_int(rows, 1));
	json_key_int(w, "waiting", rows_int(rows, 2));
	add_pair(w, "bounced", "hard", rows_int(rows, 3), "soft",
		 rows_int(rows, 4));
	add_pair(w, "opened", "people", rows_int(rows, 5), "machines",
		 rows_int(rows, 6));
	add_pair(w, "clicked", "people", rows_int(rows, 7), "machines",
		 rows_int(rows, 8));
	json_key_int(w, "unsubscribed", rows_int(rows, 9));
	json_key_int(w, "complained", rows_int(rows, 10));
	return 0;
}

static int add_left_out(struct db *db, int64_t id, struct json_writer *w,
			struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_CRM_REPORT_LEFT_OUT, SQL_ARGS(sql_int(id)), &rows,
		     err) < 0)
		return -1;
	json_key_begin_object(w, "left_out");
	while ((more = rows_next(rows, err)) > 0)
		json_key_int(
			w, rows_is_null(rows, 0) ? "other" : rows_text(rows, 0),
			rows_int(rows, 1));
	json_end_object(w);
	return more;
}

static int add_links(struct db *db, int64_t id, struct json_writer *w,
		     struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_CRM_REPORT_LINKS, SQL_ARGS(sql_int(id)), &rows,
		     err) < 0)
		return -1;
	json_key_begin_array(w, "links");
	while ((more = rows_next(rows, err)) > 0) {
		json_begin_object(w);
		json_key_text(w, "url", rows_text(rows, 0));
		json_key_int(w, "people", rows_int(rows, 1));
		json_key_int(w, "machines", rows_int(rows, 2));
		json_end_object(w);
	}
	json_end_array(w);
	return more;
}

int crm_campaign_report(struct db *db, int64_t id, bool relay_is_reached,
			struct strbuf *out, struct err *err)
{
	CLEANUP(tx_release) struct tx snapshot = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct json_writer w = JSON_WRITER(out);
	struct crm_campaign c;

	if (tx_begin_snapshot(db, &snapshot, err) < 0 ||
	    crm_campaign_get(db, id, arena, &c, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "campaign_id", id);
	json_key_text(&w, "status", crm_campaign_status_name(c.status));
	crm_campaign_write_hold(&c, &w);
	json_key_bool(&w, "relay_is_reached", relay_is_reached);
	if (add_figures(db, id, &w, err) < 0 ||
	    add_left_out(db, id, &w, err) < 0 || add_links(db, id, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}
