#include "crm/campaign_shown.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/browse/page_cursor.h"
#include "store/sqlbuild.h"

#include "sql/crm_campaign.h"

static const struct page_sort sorts[] = {
	{ "created_at", "c.created_ms", false },
	{ "name", "COALESCE(c.name_folded, '')", true },
	{ "sent_at", "COALESCE(c.sent_ms, 0)", false },
	{ "schedule_at", "COALESCE(c.schedule_ms, 0)", false },
	{ "updated_at", "c.updated_ms", false },
};

struct list {
	const struct campaign_filter *filter;
	struct arena *arena;
	const struct page_sort *sort;
	bool down;
	unsigned statuses; /* bits; 0: any */
	struct page_place place;
};

/* --- what was asked for --- */

static int read_sort(struct list *l, struct err *err)
{
	const char *name = l->filter->sort ? l->filter->sort : "-created_at";

	l->sort = page_sort_find(sorts, ARRAY_SIZE(sorts), name, &l->down);
	if (l->sort)
		return 0;
	return err_field(err, "sort",
			 "not one of created_at, name, sent_at, schedule_at, "
			 "updated_at (with - before it: downwards)");
}

static int read_statuses(struct list *l, struct err *err)
{
	struct str rest = str_of(l->filter->status);

	while (rest.len > 0) {
		const char *name = arena_str(l->arena, str_cut(&rest, ','));
		enum crm_campaign_status status;

		if (!crm_campaign_status_parse(name, &status))
			return err_field(err, "status", "there is no status %s",
					 name);
		l->statuses |= 1u << status;
	}
	return 0;
}

/* --- the page --- */

static void add_statuses(unsigned statuses, struct sqlbuild *b)
{
	const char *before = " AND c.status IN (";

	if (statuses == 0)
		return;
	for (int i = CRM_CAMPAIGN_DRAFT; i <= CRM_CAMPAIGN_CANCELED; i++) {
		if (!(statuses & 1u << i))
			continue;
		sqlbuild_add(b, before);
		sqlbuild_bind_int(b, i);
		before = ", ";
	}
	sqlbuild_add(b, ")");
}

static void add_where(const struct list *l, struct sqlbuild *b)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	sqlbuild_add(b, " FROM campaign c WHERE 1 = 1");
	add_statuses(l->statuses, b);
	if (!l->filter->q || !*l->filter->q)
		return;
	utf8_fold(str_of(l->filter->q), &folded);
	sqlbuild_add(b, " AND c.name_folded ");
	sqlbuild_like(b, true, folded.buf, true);
}

static void add_order(const struct list *l, struct sqlbuild *b)
{
	sqlbuild_order(b, "2", "1", l->down);
	sqlbuild_add(b, " LIMIT ");
	sqlbuild_bind_int(b, l->filter->limit + 1);
}

/* Ids in order, and the cursor behind them. */
static int find_ids(struct db *db, const struct list *l, struct ids *ids,
		    const char **next, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, l->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct page_place last = { .given = true };
	int more;

	sqlbuild_add(&b, "SELECT c.id, ");
	sqlbuild_add(&b, l->sort->column);
	add_where(l, &b);
	page_place_sql(l->sort, "c.id", l->down, &l->place, &b);
	add_order(l, &b);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		if ((int64_t)ids->n == l->filter->limit) {
			*next = page_cursor_write(l->sort, &last, "", l->arena);
			return 0;
		}
		last.id = rows_int(rows, 0);
		if (l->sort->is_text)
			last.text = rows_dup(rows, 1, l->arena);
		else
			last.number = rows_int(rows, 1);
		vec_push(ids, last.id);
	}
	return more;
}

static int count(struct db *db, const struct list *l, int64_t *out,
		 struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, l->arena);

	sqlbuild_add(&b, "SELECT COUNT(*)");
	add_where(l, &b);
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}

/* --- what stands beside them --- */

static void read_beside(const struct rows *rows, struct arena *arena, void *out)
{
	struct campaign_shown *shown = out;

	*shown = (struct campaign_shown){
		.c.id = rows_int(rows, 0),
		.to_name = rows_dup(rows, 1, arena),
		.user_name = rows_dup(rows, 2, arena),
		.send_job_id = rows_int(rows, 3),
		.ordered_by = rows_dup(rows, 4, arena),
		.ordered_ms = rows_int(rows, 5),
		.has_ledger = !rows_is_null(rows, 6),
	};
	figures_read(rows, 6, &shown->figures);
}

static const struct campaign_shown *beside_of(
	const struct campaigns_shown *beside, int64_t id)
{
	size_t at = vec_lower(beside, c.id, id);

	return at < beside->n && beside->v[at].c.id == id ? &beside->v[at]
							  : NULL;
}

/* Whoever was removed since they were listed is not among them. */
static int load(struct db *db, const struct ids *ids,
		const struct crm_campaigns *campaigns, struct arena *arena,
		struct campaigns_shown *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct campaigns_shown beside = VEC_INIT;

	if (db_list(db, SQL_CRM_CAMPAIGN_BESIDE, SQL_ARGS(sql_keys(ids, &keys)),
		    read_beside, arena, &beside, err) < 0)
		return -1;
	vec_each (ids, id) {
		const struct campaign_shown *b = beside_of(&beside, *id);
		size_t at = vec_lower(campaigns, id, *id);
		struct campaign_shown shown;

		if (!b || at == campaigns->n || campaigns->v[at].id != *id)
			continue;
		shown = *b;
		shown.c = campaigns->v[at];
		vec_push(out, shown);
	}
	return 0;
}

int campaign_shown_list(struct db *db, const struct campaign_filter *filter,
			struct arena *arena, struct campaigns_shown *out,
			int64_t *total, const char **next, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(vec_release) struct crm_campaigns campaigns = VEC_INIT;
	struct list l = { .filter = filter, .arena = arena };

	*next = NULL;
	if (read_sort(&l, err) < 0 || read_statuses(&l, err) < 0 ||
	    page_cursor_read(filter->cursor, l.sort, "", arena, &l.place, err) <
		    0 ||
	    count(db, &l, total, err) < 0 ||
	    find_ids(db, &l, &ids, next, err) < 0 ||
	    crm_campaign_list(db, &ids, arena, &campaigns, err) < 0)
		return -1;
	return load(db, &ids, &campaigns, arena, out, err);
}

int campaign_shown_get(struct db *db, int64_t id, struct arena *arena,
		       struct campaign_shown *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct ids ids = { .v = &id, .n = 1 };
	struct crm_campaign c;

	if (crm_campaign_get(db, id, arena, &c, err) < 0 ||
	    db_get(db, SQL_CRM_CAMPAIGN_BESIDE, SQL_ARGS(sql_keys(&ids, &keys)),
		   read_beside, arena, out, err) < 0)
		return -1;
	out->c = c;
	return 0;
}

/* --- shape --- */

static void write_to(const struct campaign_shown *shown, struct json_writer *w)
{
	const struct crm_campaign *c = &shown->c;
	bool is_group = c->to_kind == CRM_CAMPAIGN_TO_GROUP;

	json_key(w, "to");
	if (c->to_kind == CRM_CAMPAIGN_TO_NOBODY) {
		json_nothing(w);
		return;
	}
	json_begin_object(w);
	json_key_text(w, "kind", crm_campaign_to_name(c->to_kind));
	json_key_id(w, "id", is_group ? c->group_id : c->segment_id);
	json_key_text(w, "name", is_group ? shown->to_name : c->to_name);
	json_end_object(w);
}

static void write_figures(const struct campaign_shown *shown,
			  struct json_writer *w)
{
	json_key(w, "figures");
	if (!shown->has_ledger) {
		json_nothing(w);
		return;
	}
	json_begin_object(w);
	figures_write(&shown->figures, w);
	json_end_object(w);
}

/* Nobody knows how long it will take while it stands still. */
static void write_pace(const struct campaign_shown *shown, int64_t now_ms,
		       struct json_writer *w)
{
	bool goes = shown->c.status == CRM_CAMPAIGN_SENDING &&
		    !shown->c.hold_reason &&
		    figures_per_hour(&shown->figures, now_ms) > 0;

	json_key(w, "rate");
	if (goes)
		json_number(w,
			    (double)figures_per_hour(&shown->figures, now_ms) /
				    60);
	else
		json_nothing(w);
	json_key(w, "seconds_left");
	if (goes)
		json_int(w, figures_seconds_left(&shown->figures, now_ms));
	else
		json_nothing(w);
}

/* What was asked for and taken back, or came to nothing, is nobody's any more.
 */
static void write_order(const struct campaign_shown *shown,
			struct json_writer *w)
{
	bool stands =
		shown->c.status != CRM_CAMPAIGN_DRAFT || shown->send_job_id > 0;

	json_key_text(w, "ordered_by", stands ? shown->ordered_by : NULL);
	json_key_time_or_null(w, "ordered_at", stands ? shown->ordered_ms : 0);
}

void campaign_shown_format(const struct campaign_shown *shown,
			   bool with_content, int64_t now_ms,
			   struct json_writer *w)
{
	json_begin_object(w);
	crm_campaign_write(&shown->c, with_content, w);
	write_to(shown, w);
	write_figures(shown, w);
	write_pace(shown, now_ms, w);
	json_key_id(w, "send_job_id", shown->send_job_id);
	json_key_text(w, "user_name", shown->user_name);
	write_order(shown, w);
	json_end_object(w);
}
