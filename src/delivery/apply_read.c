#include "delivery/apply_private.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "store/db.h"

#include "sql/recipient.h"

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->campaign_id != y->campaign_id)
		return x->campaign_id < y->campaign_id ? -1 : 1;
	if (x->member_id != y->member_id)
		return x->member_id < y->member_id ? -1 : 1;
	return 0;
}

struct entry *apply_entry(struct batch_state *s, int64_t campaign_id,
			  int64_t member_id)
{
	struct entry key = { .campaign_id = campaign_id,
			     .member_id = member_id };

	return bsearch(&key, s->entries, s->n, sizeof(key), compare_entries);
}

static void make_entries(struct batch_state *s, const struct event *events,
			 size_t n)
{
	size_t kept = 0;

	s->entries = arena_array(s->a->arena, struct entry, n);
	for (size_t i = 0; i < n; i++) {
		s->entries[i].campaign_id = events[i].campaign_id;
		s->entries[i].member_id = events[i].member_id;
	}
	qsort(s->entries, n, sizeof(*s->entries), compare_entries);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 ||
		    compare_entries(&s->entries[kept - 1], &s->entries[i]) != 0)
			s->entries[kept++] = s->entries[i];
	s->n = kept;
}

static void read_entry(struct batch_state *s, struct entry *e,
		       struct rows *rows)
{
	e->is_there = true;
	e->before = e->state = (enum recipient_state)rows_int(rows, 1);
	e->bounce = rows_int(rows, 2);
	e->uncertain = rows_int(rows, 3);
	e->attempts = rows_int(rows, 4);
	e->next_ms = rows_int(rows, 5);
	e->first_ms = rows_int(rows, 6);
	e->sent_seq = rows_int(rows, 7);
	e->at_ms = rows_int(rows, 8);
	e->opens = rows_int(rows, 9);
	e->machine_opens = rows_int(rows, 10);
	e->clicks = rows_int(rows, 11);
	e->machine_clicks = rows_int(rows, 12);
	e->first_open_ms = rows_int(rows, 13);
	e->last_open_ms = rows_int(rows, 14);
	e->first_click_ms = rows_int(rows, 15);
	e->last_click_ms = rows_int(rows, 16);
	e->unsubscribed_ms = rows_int(rows, 17);
	e->complained_ms = rows_int(rows, 18);
	e->detail = rows_dup(rows, 19, s->a->arena);
	e->address = rows_dup(rows, 20, s->a->arena);
}

/* "[1,2,3]" of the members in entries [from, to) that `wanted` picks. */
static bool members_json(const struct batch_state *s, size_t from, size_t to,
			 bool with_hits_only, struct strbuf *out)
{
	bool any = false;

	strbuf_reset(out);
	for (size_t i = from; i < to; i++) {
		if (with_hits_only && !s->entries[i].has_new_hits)
			continue;
		strbuf_addch(out, any ? ',' : '[');
		strbuf_addint(out, s->entries[i].member_id);
		any = true;
	}
	strbuf_addch(out, ']');
	return any;
}

static size_t campaign_end(const struct batch_state *s, size_t from)
{
	size_t to = from;

	while (to < s->n &&
	       s->entries[to].campaign_id == s->entries[from].campaign_id)
		to++;
	return to;
}

static int load_entries(struct batch_state *s, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	for (size_t from = 0, to; from < s->n; from = to) {
		CLEANUP(rows_free) struct rows *rows = NULL;
		int64_t campaign_id = s->entries[from].campaign_id;
		int more;

		to = campaign_end(s, from);
		members_json(s, from, to, false, &json);
		if (db_query(s->tx->db, SQL_RECIPIENT_LOAD,
			     SQL_ARGS(sql_int(campaign_id),
				      sql_str(strbuf_str(&json))),
			     &rows, err) < 0)
			return -1;
		while ((more = rows_next(rows, err)) > 0)
			read_entry(
				s,
				apply_entry(s, campaign_id, rows_int(rows, 0)),
				rows);
		if (more < 0)
			return -1;
	}
	return 0;
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static int load_hits_of(struct batch_state *s, int64_t campaign_id,
			struct str members, int64_t since_ms, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct arena *arena = s->a->arena;
	int more;

	if (db_query(s->tx->db, SQL_ACTIVITY_RECENT,
		     SQL_ARGS(sql_int(campaign_id), sql_str(members),
			      sql_int(since_ms)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct entry *e =
			apply_entry(s, campaign_id, rows_int(rows, 0));
		struct verdict_hit hit = {
			.event_id = rows_int(rows, 1),
			.is_click = rows_int(rows, 2) == 2,
			.link_id = rows_int(rows, 3),
			.at_ms = rows_int(rows, 4),
			.why = machine_why_parse(rows_text(rows, 5)),
			.ip = text_or_empty(rows_dup(rows, 6, arena)),
			.agent = text_or_empty(rows_dup(rows, 7, arena)),
		};

		vec_push(&e->hits, hit);
	}
	return more;
}

static bool is_hit(const struct event *event)
{
	return event->kind == EVENT_OPENED || event->kind == EVENT_CLICKED;
}

static int load_hits(struct batch_state *s, const struct event *events,
		     size_t n, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	int64_t since_ms = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		if (!is_hit(&events[i]))
			continue;
		apply_entry(s, events[i].campaign_id, events[i].member_id)
			->has_new_hits = true;
		if (events[i].at_ms - VERDICT_WINDOW_MS < since_ms)
			since_ms = events[i].at_ms - VERDICT_WINDOW_MS;
	}
	for (size_t from = 0, to; from < s->n; from = to) {
		to = campaign_end(s, from);
		if (members_json(s, from, to, true, &json) &&
		    load_hits_of(s, s->entries[from].campaign_id,
				 strbuf_str(&json), since_ms, err) < 0)
			return -1;
	}
	return 0;
}

int apply_read(struct batch_state *s, const struct event *events, size_t n,
	       struct err *err)
{
	make_entries(s, events, n);
	if (load_entries(s, err) < 0)
		return -1;
	return load_hits(s, events, n, err);
}
