#include "bridge/push_list.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "bridge/bridge_private.h"
#include "crm/field.h"
#include "crm/search/search_word.h"
#include "jobs/job.h"
#include "sql/crm_campaign.h"
#include "store/sqlbuild.h"

#include <string.h>

#define CSV_PAGE 2000

static const char *const actions[] = { "",      "add",       "update",  "tag",
				       "untag", "unchanged", "left_out" };
static const char *const outcomes[] = { "intended", "applied", "refused",
					"parked" };

static void read_push(const struct rows *rows, struct arena *arena, void *out)
{
	enum job_state state = (enum job_state)rows_int(rows, 11);

	*(struct push_info *)out = (struct push_info){
		.id = rows_int(rows, 0),
		.state = rows_dup(rows, 1, arena),
		.dry_run = rows_int(rows, 2) != 0,
		.segment_id = rows_int(rows, 3),
		.audience_id = rows_dup(rows, 4, arena),
		.result = rows_dup(rows, 5, arena),
		.at_ms = rows_int(rows, 6),
		.job_id = rows_int(rows, 7),
		.group_id = rows_int(rows, 8),
		.group_name = rows_dup(rows, 9, arena),
		.user_name = rows_dup(rows, 10, arena),
		.job_state = state ? job_state_name(state) : NULL,
		.error = state == JOB_FAILED ? rows_dup(rows, 12, arena) : NULL,
		.finished_ms = rows_int(rows, 13),
		.campaign_id = rows_int(rows, 14),
		.campaign_name = rows_dup(rows, 15, arena),
	};
}

int push_list(struct db *db, const struct push_filter *f, struct arena *arena,
	      struct push_infos *out, int64_t *total_out, struct err *err)
{
	struct sql_value group = sql_int(f->group_id);
	struct sql_value dry_run = sql_int(f->kind);
	struct sql_value job = sql_int(f->job_id);

	if (db_find_int(db, SQL_PUSH_COUNT,
			SQL_ARGS(group, dry_run, dry_run, job, job), total_out,
			err) < 0)
		return -1;
	return db_list(
		db, SQL_PUSH_PAGE,
		SQL_ARGS(group,
			 sql_int(f->before_id ? f->before_id : INT64_MAX),
			 dry_run, dry_run, job, job, sql_int(f->limit)),
		read_push, arena, out, err);
}

int push_get(struct db *db, int64_t id, struct arena *arena,
	     struct push_info *out, struct err *err)
{
	int found = db_get(db, SQL_PUSH_ONE, SQL_ARGS(sql_int(id)), read_push,
			   arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no push %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

int push_last_list(struct db *db, const struct ids *groups, struct arena *arena,
		   struct push_infos *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list(db, SQL_PUSH_LAST, SQL_ARGS(sql_keys(groups, &keys)),
		       read_push, arena, out, err);
}

int64_t push_job_group(const struct job *job)
{
	CLEANUP(json_free) json_t *payload = NULL;
	struct err ignored = ERR_INIT;
	int64_t id = 0;

	if (strcmp(job->kind, "push") == 0 &&
	    json_parse(str_of(job->payload), &payload, &ignored) == 0)
		(void)json_get_int(payload, "group_id", &id, &ignored);
	return id;
}

static void write_campaign(const struct push_info *p, struct json_writer *w)
{
	json_key(w, "campaign");
	if (p->campaign_id == 0) {
		json_nothing(w);
		return;
	}
	json_begin_object(w);
	json_key_int(w, "id", p->campaign_id);
	json_key_text(w, "name", p->campaign_name);
	json_end_object(w);
}

void push_format(const struct push_info *p, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", p->id);
	json_key_int(w, "group_id", p->group_id);
	json_key_text(w, "group_name", p->group_name);
	json_key_text(w, "state", p->state);
	json_key_bool(w, "dry_run", p->dry_run);
	json_key_text(w, "user_name", p->user_name);
	json_key_id(w, "segment_id", p->segment_id);
	json_key_text(w, "audience_id", p->audience_id);
	json_key_stored(w, "result", p->result);
	json_key_id(w, "job_id", p->job_id);
	json_key_text(w, "job_state", p->job_state);
	json_key_text(w, "error", p->error);
	write_campaign(p, w);
	json_key_time(w, "at", p->at_ms);
	json_key_time_or_null(w, "finished_at", p->finished_ms);
	json_end_object(w);
}

void push_format_last(const struct push_info *p, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", p->id);
	json_key_time(w, "at", p->at_ms);
	json_key_text(w, "state", p->state);
	json_key_id(w, "job_id", p->job_id);
	json_key_stored(w, "result", p->result);
	json_end_object(w);
}

/* --- rows --- */

/* -1: any. Names of actions begin at 1. */
static int place_of(const char *field, const char *name,
		    const char *const *names, size_t n, int64_t *out,
		    struct err *err)
{
	*out = -1;
	if (!name)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (*name && strcmp(names[i], name) == 0)
			*out = (int64_t)i;
	return *out >= 0 ? 0
			 : err_field(err, field, "there is no %s %.40s", field,
				     name);
}

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	int64_t person_id = rows_int(rows, 0);

	*(struct push_row *)out = (struct push_row){
		.person_id = person_id,
		.is_gone = person_id > 0 && rows_int(rows, 7) == 0,
		.name = field_full_name(rows_dup(rows, 8, arena),
					rows_dup(rows, 9, arena), arena),
		.action = actions[rows_int(rows, 1)],
		.outcome = outcomes[rows_int(rows, 2)],
		.reason = rows_dup(rows, 3, arena),
		.address = rows_dup(rows, 4, arena),
		.detail = rows_dup(rows, 5, arena),
		.dropped = rows_dup(rows, 6, arena),
	};
}

/* What is looked for. */
struct search {
	const struct push_row_filter *f;
	int64_t action, outcome; /* -1: any */
	struct search_word words[SEARCH_WORDS_MAX];
	size_t words_n;
};

static void add_number(const char *column, int64_t n, struct sqlbuild *b)
{
	if (n < 0)
		return;
	sqlbuild_add(b, column);
	sqlbuild_bind_int(b, n);
}

static void add_conditions(const struct search *s, struct sqlbuild *b)
{
	sqlbuild_add(b, " WHERE r.push_id = ");
	sqlbuild_bind_int(b, s->f->push_id);
	add_number(" AND r.action = ", s->action, b);
	add_number(" AND r.outcome = ", s->outcome, b);
	if (s->f->reason) {
		add_number(" AND r.action = ", PUSH_LEFT_OUT, b);
		sqlbuild_add(b, " AND r.reason = ");
		sqlbuild_bind_text(b, s->f->reason);
	}
	for (size_t i = 0; i < s->words_n; i++) {
		sqlbuild_add(b, " AND (");
		search_word_sql(&s->words[i], "p.plain", "p.name_folded", b);
		sqlbuild_add(b, " OR ");
		search_word_sql(&s->words[i], "e.plain", "e.folded", b);
		sqlbuild_add(b, ")");
	}
}

#define FROM_ROWS " FROM push_row r"
#define WITH_PEOPLE                                 \
	" LEFT JOIN email e ON e.id = r.email_id"   \
	" LEFT JOIN person p ON p.id = r.person_id" \
	" AND p.erased_ms IS NULL"

/* All that fit; of words, *out (unless NULL) are their ids, so that the first
 * page need not look for them again. */
static int count_rows(struct db *db, const struct search *s,
		      struct arena *arena, struct ids *out, int64_t *n,
		      struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	if (s->words_n == 0 || !out) {
		sqlbuild_add(&b, "SELECT COUNT(*)" FROM_ROWS);
		if (s->words_n > 0)
			sqlbuild_add(&b, WITH_PEOPLE);
		add_conditions(s, &b);
		return sqlbuild_find_int(&b, db, n, err) < 0 ? -1 : 0;
	}
	sqlbuild_add(&b, "SELECT r.person_id" FROM_ROWS WITH_PEOPLE);
	add_conditions(s, &b);
	sqlbuild_add(&b, " ORDER BY r.person_id");
	if (sqlbuild_query(&b, db, &rows, err) < 0 ||
	    rows_ids(rows, out, err) < 0)
		return -1;
	*n = (int64_t)out->n;
	return 0;
}

static void add_page(const struct search *s, const struct ids *found,
		     struct sqlbuild *b)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct ids page = *found;

	if (found->n == 0) {
		add_conditions(s, b);
		sqlbuild_add(b, " AND r.person_id > ");
		sqlbuild_bind_int(b,
				  s->f->after_id ? s->f->after_id : INT64_MIN);
	} else {
		if (page.n > (size_t)s->f->limit)
			page.n = (size_t)s->f->limit;
		(void)sql_keys(&page, &keys); /* as text */
		sqlbuild_add(b, " WHERE r.push_id = ");
		sqlbuild_bind_int(b, s->f->push_id);
		sqlbuild_add(b, " AND r.person_id");
		sqlbuild_among(b, keys.buf);
	}
	sqlbuild_add(b, " ORDER BY r.person_id LIMIT ");
	sqlbuild_bind_int(b, s->f->limit);
}

static int read_page(struct db *db, const struct search *s,
		     const struct ids *found, struct arena *arena,
		     struct push_rows *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_add(&b, "SELECT r.person_id, r.action, r.outcome, r.reason,"
			 " e.address, CASE WHEN r.action = ");
	sqlbuild_bind_int(&b, PUSH_UNTAG);
	sqlbuild_add(&b, " THEN NULL ELSE r.detail END, r.dropped, p.id,"
			 " p.first_name, p.last_name" FROM_ROWS WITH_PEOPLE);
	add_page(s, found, &b);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_list(rows, read_row, arena, out, err);
}

int push_row_list(struct db *db, const struct push_row_filter *f,
		  struct arena *arena, struct push_rows *out,
		  int64_t *total_out, struct err *err)
{
	CLEANUP(vec_release) struct ids found = VEC_INIT;
	struct search s = { .f = f };

	if ((f->q &&
	     search_words_read(f->q, arena, s.words, &s.words_n, err) < 0) ||
	    place_of("action", f->action, actions, ARRAY_SIZE(actions),
		     &s.action, err) < 0 ||
	    place_of("outcome", f->outcome, outcomes, ARRAY_SIZE(outcomes),
		     &s.outcome, err) < 0)
		return -1;
	if (*total_out < 0 &&
	    count_rows(db, &s, arena, f->after_id ? NULL : &found, total_out,
		       err) < 0)
		return -1;
	return *total_out == 0 ? 0 : read_page(db, &s, &found, arena, out, err);
}

static void add_line(const char *const *cells, size_t n, struct strbuf *out)
{
	for (size_t i = 0; i < n; i++)
		csv_add_field(out, str_of(cells[i]), i ? ',' : 0, true);
	csv_end_row(out);
}

static void add_csv_row(const struct push_row *r, struct arena *arena,
			struct strbuf *out)
{
	const char *id =
		r->person_id > 0
			? arena_printf(arena, "%lld", (long long)r->person_id)
			: NULL;
	const char *const cells[] = { id,        r->name,    r->address,
				      r->action, r->outcome, r->reason,
				      r->detail };

	add_line(cells, ARRAY_SIZE(cells), out);
}

int push_rows_csv(struct db *db, struct push_row_filter *f, struct strbuf *out,
		  struct err *err)
{
	static const char *const header[] = { "person_id", "name",    "address",
					      "action",    "outcome", "reason",
					      "detail" };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct push_rows rows = VEC_INIT;
	int64_t uncounted = 1;

	f->limit = CSV_PAGE;
	if (push_row_list(db, f, arena, &rows, &uncounted, err) < 0)
		return -1;
	if (f->after_id == 0)
		add_line(header, ARRAY_SIZE(header), out);
	if (rows.n == 0)
		return 0;
	vec_each (&rows, r)
		add_csv_row(r, arena, out);
	f->after_id = rows.v[rows.n - 1].person_id;
	return 1;
}

/* --- parked --- */

static void read_parked(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct parked *)out = (struct parked){
		.id = rows_int(rows, 0),
		.kind = rows_dup(rows, 1, arena),
		.person_id = rows_int(rows, 2),
		.error = rows_dup(rows, 3, arena),
		.attempts = rows_int(rows, 4),
		.at_ms = rows_int(rows, 5),
	};
}

int parked_list(struct db *db, int64_t before_id, int64_t limit,
		struct arena *arena, struct parked_list *out,
		int64_t *total_out, struct err *err)
{
	if (db_find_int(db, SQL_PARKED_COUNT, SQL_NO_ARGS, total_out, err) < 0)
		return -1;
	return db_list(db, SQL_PARKED_PAGE,
		       SQL_ARGS(sql_int(before_id ? before_id : INT64_MAX),
				sql_int(limit)),
		       read_parked, arena, out, err);
}
