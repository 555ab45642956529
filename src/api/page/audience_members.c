/*
 * The members of an audience inside as the app lists them: by status, tag or
 * segment, interest and words at once, also as a file. One member, and all
 * changes, are the Marketing API's. Handlers; any worker.
 */
#include "api/page/audience_members.h"

#include "api/agreement_json.h"
#include "api/api.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "audience/form/agreement.h"
#include "audience/list.h"
#include "audience/side/unsubscriber.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "bridge/mirror/stranger.h"

#include <string.h>

#define CSV_PAGE 1000
/* Of more than these who are not in the CRM, some are shown. */
#define STRANGERS_MOST 25000

/* --- what is asked for --- */

/* As next_of makes it. */
static int read_cursor(const struct request *rq, struct member_page *out,
		       struct err *err)
{
	struct str rest = str_of(request_query(rq, "cursor"));
	bool is_right;

	if (rest.len == 0)
		return 0;
	is_right = str_to_int(str_cut(&rest, '.'), &out->after.id) &&
		   out->after.id > 0;
	if (out->order == MEMBER_ORDER_CHANGED)
		is_right = is_right && str_to_int(rest, &out->after.ms);
	else if (out->order == MEMBER_ORDER_EMAIL)
		is_right = is_right && rest.len > 0;
	if (rest.len > 0)
		out->after.text = arena_str(rq->arena, rest);
	return is_right ? 0 : err_field(err, "cursor", "is none of this list");
}

static int read_order(const struct request *rq, struct member_page *out,
		      struct err *err)
{
	static const char *const names[] = { [MEMBER_ORDER_JOINED] = "joined",
					     [MEMBER_ORDER_EMAIL] = "email",
					     [MEMBER_ORDER_CHANGED] =
						     "changed_at" };
	const char *sort = request_query(rq, "sort");
	size_t i = 0;

	if (!sort)
		sort = "-joined";
	out->is_down = *sort == '-';
	while (i < ARRAY_SIZE(names) &&
	       strcmp(sort + out->is_down, names[i]) != 0)
		i++;
	if (i == ARRAY_SIZE(names))
		return err_field(err, "sort",
				 "must be joined, email or changed_at, or one "
				 "of them with - before it");
	out->order = (enum member_order)i;
	return v1_limit(rq, &out->count, err) < 0 ? -1
						  : read_cursor(rq, out, err);
}

/* "[]", or the one whose hash is asked for. */
static const char *only(const char *hashes, const char *hash,
			struct arena *arena)
{
	const char *quoted = arena_printf(arena, "\"%s\"", hash);

	return strlen(hash) == MD5_HEX && strstr(hashes, quoted)
		       ? arena_printf(arena, "[%s]", quoted)
		       : "[]";
}

int audience_strangers_read(const struct request *rq, struct member_choice *out,
			    bool *is_least, struct err *err)
{
	CLEANUP(store_put) struct db *crm = NULL;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	const char *hash = request_query(rq, "hash");
	int64_t n;

	if (store_get(api_of(rq)->store, STORE_CRM, &crm, err) < 0 ||
	    strangers_find(crm, request_query(rq, "list_id"), STRANGERS_MOST,
			   &hashes, &n, err) < 0)
		return -1;
	out->hashes = arena_str(rq->arena, strbuf_str(&hashes));
	if (hash)
		out->hashes = only(out->hashes, hash, rq->arena);
	*is_least = n == STRANGERS_MOST;
	return 0;
}

int audience_choice_read(const struct request *rq, struct db *db,
			 struct member_choice *out, bool *is_least,
			 struct err *err)
{
	struct member_asked asked = {
		.text = request_query(rq, "q"),
		.statuses = request_query(rq, "status"),
		.interest = request_query(rq, "interest_id"),
		.ids = request_query(rq, "ids"),
	};
	struct list list;

	*is_least = false;
	if (list_get(db, request_query(rq, "list_id"), rq->arena, &list, err) <
		    0 ||
	    request_query_int(rq, "segment_id", 1, INT64_MAX, &asked.segment_id,
			      err) < 0)
		return -1;
	if (member_choice_read(db, list.id, &asked, rq->arena, out, err) < 0)
		return -1;
	return request_query_bool(rq, "not_in_crm", false)
		       ? audience_strangers_read(rq, out, is_least, err)
		       : 0;
}

/* --- who they are --- */

/* A page of them, with what is shown of them. */
struct rows {
	struct member_found found;
	struct members members; /* by id; who was forgotten since may lack */
	struct member_tags tags;
	struct merge_defs fields;
};

static void rows_release(struct rows *rows)
{
	member_found_release(&rows->found);
	vec_release(&rows->members);
	vec_release(&rows->tags);
	vec_release(&rows->fields);
}

static int load(struct db *db, const struct member_choice *choice,
		const struct member_page *page, int64_t now_ms,
		struct arena *arena, struct rows *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value ids;

	if (member_browse(db, choice, page, now_ms, arena, &out->found, err) <
		    0 ||
	    merge_field_list(db, choice->list_id, arena, &out->fields, err) < 0)
		return -1;
	if (out->found.ids.n == 0)
		return 0;
	ids = sql_keys(&out->found.ids, &keys);
	if (member_list_by_ids(db, ids, arena, &out->members, err) < 0)
		return -1;
	return member_tags_list(db, ids, arena, &out->tags, err);
}

/* That place on the page; NULL: somebody was forgotten since. */
static const struct member *member_at(const struct rows *rows, size_t i)
{
	int64_t id = rows->found.ids.v[i];
	size_t at = vec_lower(&rows->members, id, id);
	const struct member *m = rows->members.v + at;

	return at < rows->members.n && m->id == id && m->list_id > 0 ? m : NULL;
}

static const struct member_tag *first_tag(const struct rows *rows,
					  const struct member *m)
{
	size_t at = vec_lower(&rows->tags, member_id, m->id);

	return rows->tags.v + at;
}

static bool is_tag_of(const struct rows *rows, const struct member_tag *tag,
		      const struct member *m)
{
	return tag < rows->tags.v + rows->tags.n && tag->member_id == m->id;
}

/* When somebody signed up, or else was added. */
static int64_t since_ms(const struct member *m)
{
	return m->signup_ms ? m->signup_ms : m->opt_ms;
}

/* --- as a list --- */

static void write_member(const struct rows *rows, const struct member *m,
			 struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	merge_values_name(&rows->fields, m->merge, &name);
	json_begin_object(w);
	json_key_int(w, "id", m->id);
	json_key_text(w, "hash", m->email_hash);
	json_key_text(w, "email", m->address);
	json_key(w, "name");
	json_str(w, strbuf_str(&name));
	json_key_text(w, "status", member_status_name(m->status));
	json_key_begin_array(w, "tags");
	for (const struct member_tag *tag = first_tag(rows, m);
	     is_tag_of(rows, tag, m); tag++)
		json_text(w, tag->name);
	json_end_array(w);
	json_key_int(w, "rating", m->rating);
	json_key_bool(w, "vip", m->vip);
	json_key_text(w, "language", m->language);
	json_key_text(w, "source", m->source);
	json_key_time_or_null(w, "since", since_ms(m));
	json_key_time_or_null(w, "changed_at", m->changed_ms);
	json_end_object(w);
}

static void write_counts(const struct member_found *found,
			 struct json_writer *w)
{
	json_key_begin_object(w, "counts");
	for (int status = 1; status <= MEMBER_ARCHIVED; status++)
		json_key_int(w, member_status_name((enum member_status)status),
			     found->counts[status]);
	json_end_object(w);
}

static const char *next_of(const struct request *rq, const struct rows *rows,
			   const struct member_page *page)
{
	const struct member_place_of *last = &rows->found.last;

	if (!rows->found.has_more)
		return NULL;
	if (page->order == MEMBER_ORDER_EMAIL)
		return arena_printf(rq->arena, "%lld.%s", (long long)last->id,
				    last->text);
	if (page->order == MEMBER_ORDER_CHANGED)
		return arena_printf(rq->arena, "%lld.%lld", (long long)last->id,
				    (long long)last->ms);
	return v1_next(rq, last->id);
}

int v1_audience_members(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(rows_release) struct rows rows = { 0 };
	struct json_writer w = JSON_WRITER(&rs->body);
	struct member_choice choice;
	struct member_page page = { .count = 0 };
	bool is_least;

	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0 ||
	    read_order(rq, &page, err) < 0 ||
	    audience_choice_read(rq, db, &choice, &is_least, err) < 0 ||
	    load(db, &choice, &page, rq->now_ms, rq->arena, &rows, err) < 0)
		return -1;
	if (rows.found.is_indexing)
		api_wake_audience(rq);
	v1_list_begin(&w);
	for (size_t i = 0; i < rows.found.ids.n; i++) {
		const struct member *m = member_at(&rows, i);

		if (m)
			write_member(&rows, m, &w);
	}
	json_end_array(&w);
	json_key_int(&w, "total", rows.found.total);
	json_key_bool(&w, "total_is_least", rows.found.is_least || is_least);
	json_key_bool(&w, "is_indexing", rows.found.is_indexing);
	write_counts(&rows.found, &w);
	json_key_text(&w, "next", next_of(rq, &rows, &page));
	json_end_object(&w);
	return 0;
}

/* --- one --- */

int v1_audience_member(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *by = NULL;
	CLEANUP(vec_release) struct agreements agreements = VEC_INIT;
	struct member member;
	struct list list;

	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0 ||
	    list_get(db, request_query(rq, "list_id"), rq->arena, &list, err) <
		    0 ||
	    member_get(db, list.id, request_param(rq, "hash"), rq->arena,
		       &member, err) < 0 ||
	    unsubscriber_find(db, &member, rq->arena, &by, err) < 0 ||
	    agreement_list(db,
			   sql_text(arena_printf(rq->arena, "[%lld]",
						 (long long)member.id)),
			   rq->arena, &agreements, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "id", member.id);
	json_key_time_or_null(&w, "unsubscribed_at", member.unsubscribed_ms);
	json_key_text(&w, "unsubscribed_by", by);
	json_key_begin_array(&w, "agreements");
	vec_each (&agreements, a)
		agreement_format(&w, NULL, a);
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}

/* --- as a file --- */

struct file {
	struct store *store;
	struct member_choice choice;
	struct member_page page;
	bool begun;
};

static const char *const columns[] = { "email",  "name",   "status",
				       "tags",   "rating", "language",
				       "source", "since",  "changed_at" };

static void add_row(const char *const cells[ARRAY_SIZE(columns)],
		    struct strbuf *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		csv_add_field(out, str_of(cells[i]), i ? ',' : 0, true);
	csv_end_row(out);
}

static const char *time_text(int64_t ms, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (ms)
		time_format_iso(ms, &text);
	return arena_str(arena, strbuf_str(&text));
}

static void add_member(const struct rows *rows, const struct member *m,
		       struct arena *arena, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf tags = STRBUF_INIT;

	merge_values_name(&rows->fields, m->merge, &name);
	for (const struct member_tag *tag = first_tag(rows, m);
	     is_tag_of(rows, tag, m); tag++)
		strbuf_addf(&tags, "%s%s", tags.len ? ", " : "", tag->name);
	add_row(
		(const char *const[]){
			m->address, arena_str(arena, strbuf_str(&name)),
			member_status_name(m->status),
			arena_str(arena, strbuf_str(&tags)),
			arena_printf(arena, "%lld", (long long)m->rating),
			m->language, m->source, time_text(since_ms(m), arena),
			time_text(m->changed_ms, arena) },
		out);
}

/* `crm` is the connection that files of the CRM are read by. */
static int next_rows(void *context, struct db *crm, struct strbuf *out,
		     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_release) struct rows rows = { 0 };
	struct file *file = context;

	(void)crm;
	if (store_get(file->store, STORE_AUDIENCE, &db, err) < 0 ||
	    load(db, &file->choice, &file->page, clock_now_ms(), arena, &rows,
		 err) < 0)
		return -1;
	if (!file->begun)
		add_row(columns, out);
	file->begun = true;
	for (size_t i = 0; i < rows.found.ids.n; i++) {
		const struct member *m = member_at(&rows, i);

		if (m)
			add_member(&rows, m, arena, out);
	}
	if (!rows.found.has_more)
		return 0;
	file->page.after.id = rows.found.last.id;
	return 1;
}

int v1_audience_members_csv(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct file *file = arena_new_of(rq->arena, struct file);
	bool is_least;

	*file = (struct file){ .store = api_of(rq)->store,
			       .page = { .is_down = true, .count = CSV_PAGE } };
	if (store_get(file->store, STORE_AUDIENCE, &db, err) < 0 ||
	    audience_choice_read(rq, db, &file->choice, &is_least, err) < 0)
		return -1;
	return v1_csv_begin(rq, rs,
			    &(struct v1_csv){ .name = "members",
					      .fn = next_rows,
					      .context = file },
			    err);
}
