/*
 * What a batch of events is about, read at once: recipients, and the hits that
 * they had. Called by apply.c; the applier's thread.
 */
#include "delivery/apply/apply_private.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "store/db.h"

#include "sql/recipient.h"

#include <string.h>

#define PAGE 5000

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
	e->caught = rows_int(rows, 21) != 0;
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
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	for (size_t from = 0, to; from < s->n; from = to) {
		CLEANUP(rows_free) struct rows *rows = NULL;
		int64_t campaign_id = s->entries[from].campaign_id;
		int more;

		to = campaign_end(s, from);
		if (db_query(s->tx->db, SQL_RECIPIENT_LOAD,
			     SQL_ARGS(sql_int(campaign_id),
				      sql_keys_strided(
					      &s->entries[from].member_id,
					      to - from, sizeof(*s->entries),
					      &keys)),
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

/* --- earlier hits --- */

static void read_hit(const struct rows *rows, struct arena *arena, void *out)
{
	struct entry *e = arena_new_of(arena, struct entry);
	struct verdict_hit *hit = arena_new_of(arena, struct verdict_hit);
	const char *ip = rows_text(rows, 7);

	e->member_id = rows_int(rows, 1);
	e->campaign_id = rows_int(rows, 2);
	hit->event_id = rows_int(rows, 0);
	hit->is_click = rows_int(rows, 3) == 2;
	hit->link_id = rows_int(rows, 4);
	hit->at_ms = rows_int(rows, 5);
	hit->why = machine_why_parse(rows_text(rows, 6));
	hit->place = verdict_place(ip ? ip : "");
	*(struct new_hit *)out = (struct new_hit){ e, hit };
}

/* What was applied up to an event and since a time, the latest first. */
static int list_hits(struct db *db, int64_t until, int64_t since_ms,
		     struct arena *arena, struct new_hits *out, struct err *err)
{
	const struct verdict_hit *oldest;
	size_t had;

	do {
		had = out->n;
		if (db_list(db, SQL_ACTIVITY_BEFORE,
			    SQL_ARGS(sql_int(until), sql_int(PAGE)), read_hit,
			    arena, out, err) < 0)
			return -1;
		if (out->n - had < PAGE)
			return 0;
		oldest = out->v[out->n - 1].hit;
		until = oldest->event_id - 1;
	} while (oldest->at_ms >= since_ms);
	return 0;
}

/*
 * At the start, and whenever the cursor is not where this process left it. As
 * far back as matters; hits are stored soon after they come, but not in the
 * order of their times.
 */
static int recall(struct batch_state *s, int64_t since_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct new_hits hits = VEC_INIT;
	struct recent *recent = s->a->memory->recent;

	recent_reset(recent);
	if (list_hits(s->tx->db, s->a->from, since_ms - VERDICT_WINDOW_MS,
		      arena, &hits, err) < 0)
		return -1;
	for (size_t i = hits.n; i > 0; i--)
		recent_add(recent, hits.v[i - 1].entry->campaign_id,
			   hits.v[i - 1].entry->member_id, hits.v[i - 1].hit);
	s->a->memory->until = s->a->from;
	return 0;
}

static int load_hits(struct batch_state *s, const struct event *events,
		     size_t n, struct err *err)
{
	CLEANUP(vec_release) struct hits earlier = VEC_INIT;
	struct apply_memory *memory = s->a->memory;
	int64_t since_ms = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		if (!event_is_hit(&events[i]))
			continue;
		apply_entry(s, events[i].campaign_id, events[i].member_id)
			->has_new_hits = true;
		if (events[i].at_ms - VERDICT_WINDOW_MS < since_ms)
			since_ms = events[i].at_ms - VERDICT_WINDOW_MS;
	}
	if (since_ms == INT64_MAX)
		return 0;
	if (memory->until != s->a->from && recall(s, since_ms, err) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		struct entry *e = &s->entries[i];

		vec_reset(&earlier);
		if (e->has_new_hits)
			recent_list(memory->recent, e->campaign_id,
				    e->member_id, since_ms, &earlier);
		vec_each (&earlier, hit)
			apply_insert_hit(&e->hits, hit);
	}
	return 0;
}

int apply_read(struct batch_state *s, const struct event *events, size_t n,
	       struct err *err)
{
	make_entries(s, events, n);
	if (load_entries(s, err) < 0)
		return -1;
	s->was = arena_array(s->a->arena, struct entry, s->n + 1);
	memcpy(s->was, s->entries, s->n * sizeof(*s->was));
	return load_hits(s, events, n, err);
}

/* --- the log --- */

int apply_list(const struct applier_options *options, struct db *events,
	       const struct sql *sql, int64_t after, size_t most,
	       struct arena *arena, struct events *out, struct err *err)
{
	int64_t unsynced;

	if (db_list(events, sql,
		    SQL_ARGS(sql_int(after), sql_int((int64_t)most)),
		    event_read, arena, out, err) < 0)
		return -1;
	/* asked after it was read: see event_writer_unsynced */
	unsynced = options->unsynced ? options->unsynced(options->context) : 0;
	while (unsynced && out->n > 0 && out->v[out->n - 1].id >= unsynced)
		out->n--;
	return 0;
}
