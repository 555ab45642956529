#include "delivery/apply.h"

#include "audience/member.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "delivery/recipient.h"
#include "delivery/trouble.h"
#include "delivery/verdict.h"
#include "store/db.h"

#include "sql/recipient.h"

struct hits VEC_FIELDS(struct verdict_hit);

/* A recipient that the batch concerns, as it was and as it becomes. */
struct entry {
	int64_t campaign_id, member_id;
	bool is_there; /* has a row in the ledger */
	bool is_moved, is_active;
	enum recipient_state before, state;
	int64_t bounce, uncertain, attempts, next_ms, first_ms, sent_seq;
	int64_t at_ms;
	int64_t opens, machine_opens, clicks, machine_clicks;
	int64_t first_open_ms, last_open_ms, first_click_ms, last_click_ms;
	int64_t unsubscribed_ms, complained_ms;
	const char *detail, *address;
	struct hits hits; /* those of before that matter, then the new ones */
	bool has_new_hits;
};

struct turned VEC_FIELDS(struct burst_hit);
struct departures VEC_FIELDS(struct member_departure);

/* How many of a campaign count as sent; the place of the next in sent-to. */
struct seq {
	int64_t campaign_id, count;
	bool is_dirty;
};
struct seqs VEC_FIELDS(struct seq);

struct batch_state {
	struct apply *a;
	struct tx *tx;
	struct entry *entries; /* sorted by campaign, member */
	size_t n;
	struct turned turned; /* earlier hits that are part of a burst */
	struct seqs seqs;
	struct departures left, complained, hard, soft;
};

static void batch_state_release(struct batch_state *s)
{
	for (size_t i = 0; i < s->n; i++)
		vec_release(&s->entries[i].hits);
	vec_release(&s->turned);
	vec_release(&s->seqs);
	vec_release(&s->left);
	vec_release(&s->complained);
	vec_release(&s->hard);
	vec_release(&s->soft);
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->campaign_id != y->campaign_id)
		return x->campaign_id < y->campaign_id ? -1 : 1;
	if (x->member_id != y->member_id)
		return x->member_id < y->member_id ? -1 : 1;
	return 0;
}

static struct entry *entry_of(struct batch_state *s, int64_t campaign_id,
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

/* --- reading --- */

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
			read_entry(s,
				   entry_of(s, campaign_id, rows_int(rows, 0)),
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
		struct entry *e = entry_of(s, campaign_id, rows_int(rows, 0));
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
		entry_of(s, events[i].campaign_id, events[i].member_id)
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

/* --- playing the events --- */

static struct seq *seq_of(struct batch_state *s, int64_t campaign_id,
			  struct err *err)
{
	struct seq seq = { .campaign_id = campaign_id };

	vec_each (&s->seqs, known)
		if (known->campaign_id == campaign_id)
			return known;
	if (db_find_int(s->tx->db, SQL_RECIPIENT_SEQ,
			SQL_ARGS(sql_int(campaign_id)), &seq.count, err) < 0)
		return NULL;
	vec_push(&s->seqs, seq);
	return &s->seqs.v[s->seqs.n - 1];
}

/* false: the table does not allow it; an event that came twice, or late. */
static bool move(struct entry *e, enum recipient_state to,
		 const struct event *event)
{
	if (!e->is_there || !recipient_may_move(e->state, to))
		return false;
	e->state = to;
	e->at_ms = event->at_ms;
	e->is_moved = true;
	return true;
}

static void apply_handed(struct entry *e, const struct event *event)
{
	if (!move(e, RECIPIENT_HANDED, event))
		return;
	e->attempts++;
	if (e->first_ms == 0)
		e->first_ms = event->at_ms;
}

static void apply_deferred(struct batch_state *s, struct entry *e,
			   const struct event *event)
{
	uint64_t seed = (uint64_t)e->member_id * 31 + (uint64_t)e->attempts;

	if (!move(e, RECIPIENT_DEFERRED, event))
		return;
	e->detail = event->detail;
	e->next_ms = event->at_ms +
		     trouble_wait_ms(e->attempts, s->a->options->retry_first_ms,
				     seed);
}

static void apply_returned(struct entry *e, const struct event *event)
{
	if (!move(e, RECIPIENT_QUEUED, event))
		return;
	if (e->attempts > 0)
		e->attempts--; /* it was not tried */
}

/* 1: moved, 0: it was there already. */
static int apply_sent(struct batch_state *s, struct entry *e,
		      enum recipient_state to, const struct event *event,
		      struct err *err)
{
	struct seq *seq;

	if (!move(e, to, event))
		return 0;
	if (to != RECIPIENT_ACCEPTED) {
		e->detail = event->detail;
		e->bounce = event->code >> EVENT_BOUNCE_SHIFT;
	}
	seq = seq_of(s, e->campaign_id, err);
	if (!seq)
		return -1;
	e->sent_seq = ++seq->count;
	seq->is_dirty = true;
	return 1;
}

/* A refusal or a late bounce: the member's standing suffers. */
static int apply_bounce(struct batch_state *s, struct entry *e,
			const struct event *event, struct err *err)
{
	struct member_departure departure = {
		.member_id = event->member_id,
		.campaign_id = event->campaign_id,
		.at_ms = event->at_ms,
	};
	int64_t bounce = event->code >> EVENT_BOUNCE_SHIFT;

	if (bounce != BOUNCE_HARD && bounce != BOUNCE_SOFT)
		return 0;
	if (e->is_there && event->kind == EVENT_BOUNCED && !e->bounce) {
		e->bounce = bounce;
		e->detail = event->detail;
		e->is_moved = true;
	}
	e->is_active = e->is_there;
	vec_push(bounce == BOUNCE_HARD ? &s->hard : &s->soft, departure);
	return db_exec(s->tx, SQL_ACTIVITY_ADD,
		       SQL_ARGS(sql_int(event->member_id),
				sql_int(event->campaign_id), sql_int(event->id),
				sql_int(3), sql_int(0), sql_int(event->at_ms),
				sql_int(0), sql_null(), sql_null(), sql_null()),
		       err);
}

static int apply_lost(struct batch_state *s, struct entry *e,
		      enum recipient_state to, const struct event *event,
		      struct err *err)
{
	int moved = apply_sent(s, e, to, event, err);

	return moved <= 0 ? moved : apply_bounce(s, e, event, err);
}

static void add_hit(struct entry *e, const struct event *event)
{
	struct verdict_hit hit = {
		.event_id = event->id,
		.at_ms = event->at_ms,
		.is_click = event->kind == EVENT_CLICKED,
		.is_head = event->code & EVENT_HIT_HEAD,
		.link_id = event->link_id,
		.ip = text_or_empty(event->ip),
		.agent = text_or_empty(event->agent),
		.is_new = true,
	};
	size_t at = e->hits.n;

	vec_push(&e->hits, hit);
	while (at > 0 && e->hits.v[at - 1].at_ms > hit.at_ms) {
		e->hits.v[at] = e->hits.v[at - 1];
		at--;
	}
	e->hits.v[at] = hit;
}

static void apply_left(struct batch_state *s, struct entry *e,
		       const struct event *event)
{
	struct member_departure departure = {
		.member_id = event->member_id,
		.campaign_id = event->campaign_id,
		.at_ms = event->at_ms,
		.reason = event->detail,
	};
	bool is_complaint = event->kind == EVENT_COMPLAINED;
	int64_t *since_ms =
		is_complaint ? &e->complained_ms : &e->unsubscribed_ms;

	e->is_active = e->is_there;
	if (*since_ms == 0)
		*since_ms = event->at_ms;
	vec_push(is_complaint ? &s->complained : &s->left, departure);
}

static int apply_event(struct batch_state *s, struct entry *e,
		       const struct event *event, struct err *err)
{
	switch (event->kind) {
	case EVENT_HANDED:
		apply_handed(e, event);
		return 0;
	case EVENT_DEFERRED:
		apply_deferred(s, e, event);
		return 0;
	case EVENT_RETURNED:
		apply_returned(e, event);
		return 0;
	case EVENT_ACCEPTED:
		return apply_sent(s, e, RECIPIENT_ACCEPTED, event, err);
	case EVENT_REFUSED:
		return apply_lost(s, e, RECIPIENT_REFUSED, event, err);
	case EVENT_EXPIRED:
		return apply_lost(s, e, RECIPIENT_EXPIRED, event, err);
	case EVENT_BOUNCED:
		return apply_bounce(s, e, event, err);
	case EVENT_OPENED:
	case EVENT_CLICKED:
		add_hit(e, event);
		return 0;
	case EVENT_UNSUBSCRIBED:
	case EVENT_COMPLAINED:
		apply_left(s, e, event);
		return 0;
	}
	log_warn("event of an unknown kind", LOG_INT("kind", event->kind),
		 LOG_INT("event", event->id));
	return 0;
}

/* --- verdicts and figures --- */

static void count_hit(struct entry *e, const struct verdict_hit *hit, int by)
{
	bool is_person = hit->why == MACHINE_NO;

	if (hit->is_click)
		*(is_person ? &e->clicks : &e->machine_clicks) += by;
	else
		*(is_person ? &e->opens : &e->machine_opens) += by;
}

static void note_time(int64_t *first_ms, int64_t *last_ms, int64_t at_ms)
{
	if (*first_ms == 0 || at_ms < *first_ms)
		*first_ms = at_ms;
	if (at_ms > *last_ms)
		*last_ms = at_ms;
}

static void note_person(struct entry *e, const struct verdict_hit *hit)
{
	if (hit->is_click)
		note_time(&e->first_click_ms, &e->last_click_ms, hit->at_ms);
	else
		note_time(&e->first_open_ms, &e->last_open_ms, hit->at_ms);
}

/* A person's hit that turned out to be a machine's: its times may go, too. */
static void uncount_person(struct entry *e, const struct verdict_hit *hit)
{
	struct verdict_hit was = *hit;

	was.why = MACHINE_NO;
	count_hit(e, &was, -1);
	if (e->opens == 0)
		e->first_open_ms = e->last_open_ms = 0;
	if (e->clicks == 0)
		e->first_click_ms = e->last_click_ms = 0;
}

static const char *domain_of(const struct entry *e)
{
	const char *at = e->address ? strrchr(e->address, '@') : NULL;

	return at ? at + 1 : "";
}

static void judge_burst(struct batch_state *s, struct entry *e,
			struct verdict_hit *hit)
{
	struct burst_hit key = { e->campaign_id, e->member_id, hit->event_id };
	const struct burst_hit *earlier = NULL;
	size_t n = 0;

	if (!*domain_of(e) || !*hit->ip ||
	    !verdict_bursts_add(s->a->bursts, &key, hit->at_ms, domain_of(e),
				hit->ip, &earlier, &n))
		return;
	if (hit->why == MACHINE_NO)
		hit->why = MACHINE_BURST;
	for (size_t i = 0; i < n; i++)
		vec_push(&s->turned, earlier[i]);
}

static void judge(struct batch_state *s, struct entry *e)
{
	struct verdict_facts facts = {
		/* of an uncertain one nobody knows when it was accepted */
		.is_accepted = e->state == RECIPIENT_ACCEPTED || e->uncertain,
		.accepted_ms = e->at_ms,
		.early_ms = s->a->options->early_ms,
	};

	verdict_judge(&facts, e->hits.v, e->hits.n);
	for (size_t i = 0; i < e->hits.n; i++)
		if (e->hits.v[i].is_new)
			judge_burst(s, e, &e->hits.v[i]);
}

static void count_hits(struct entry *e)
{
	for (size_t i = 0; i < e->hits.n; i++) {
		const struct verdict_hit *hit = &e->hits.v[i];

		if (hit->is_changed)
			uncount_person(e, hit);
		if (!hit->is_new && !hit->is_changed)
			continue;
		count_hit(e, hit, 1);
		if (hit->why == MACHINE_NO)
			note_person(e, hit);
	}
	e->is_active = true;
}

/* --- writing --- */

static int write_move(struct batch *b, const struct entry *e, struct err *err)
{
	return batch_add(b, SQL_RECIPIENT_MOVE,
			 SQL_ARGS(sql_int(e->state), sql_null(),
				  sql_text(e->detail), sql_int(e->bounce),
				  sql_int(e->uncertain), sql_int(e->attempts),
				  sql_int(e->next_ms), sql_int(e->first_ms),
				  sql_id_or_null(e->sent_seq),
				  sql_int(e->at_ms), sql_int(e->state),
				  sql_int(e->campaign_id),
				  sql_int(e->member_id), sql_int(e->before)),
			 err);
}

static int write_activity(struct batch_state *s, struct batch *b,
			  const struct entry *e, struct err *err)
{
	return batch_add(
		b, SQL_RECIPIENT_ACTIVITY,
		SQL_ARGS(sql_int(e->opens), sql_int(e->machine_opens),
			 sql_int(e->clicks), sql_int(e->machine_clicks),
			 sql_id_or_null(e->first_open_ms),
			 sql_id_or_null(e->last_open_ms),
			 sql_id_or_null(e->first_click_ms),
			 sql_id_or_null(e->last_click_ms),
			 sql_int(s->a->now_ms),
			 sql_id_or_null(e->unsubscribed_ms),
			 sql_id_or_null(e->complained_ms),
			 sql_int(e->campaign_id), sql_int(e->member_id)),
		err);
}

static int write_hit(struct batch *b, const struct entry *e,
		     const struct verdict_hit *hit, struct err *err)
{
	const char *why = machine_why_name(hit->why);

	if (hit->is_changed)
		return batch_add(b, SQL_ACTIVITY_TURN,
				 SQL_ARGS(sql_text(why), sql_int(e->member_id),
					  sql_int(e->campaign_id),
					  sql_int(hit->event_id)),
				 err);
	if (!hit->is_new)
		return 0;
	return batch_add(
		b, SQL_ACTIVITY_ADD,
		SQL_ARGS(sql_int(e->member_id), sql_int(e->campaign_id),
			 sql_int(hit->event_id), sql_int(hit->is_click ? 2 : 1),
			 sql_int(hit->link_id), sql_int(hit->at_ms),
			 sql_int(hit->why != MACHINE_NO), sql_text(why),
			 sql_text(hit->ip), sql_text(hit->agent)),
		err);
}

static int write_entry(struct batch_state *s, struct batch *b,
		       const struct entry *e, struct err *err)
{
	if (!e->is_there)
		return 0;
	if (e->is_moved && write_move(b, e, err) < 0)
		return -1;
	for (size_t i = 0; i < e->hits.n; i++)
		if (write_hit(b, e, &e->hits.v[i], err) < 0)
			return -1;
	return e->is_active ? write_activity(s, b, e, err) : 0;
}

static int write_turned(struct batch_state *s, struct batch *b, struct err *err)
{
	for (size_t i = 0; i < s->turned.n; i++) {
		const struct burst_hit *hit = &s->turned.v[i];

		if (batch_add(b, SQL_ACTIVITY_TURN,
			      SQL_ARGS(sql_text("burst"),
				       sql_int(hit->member_id),
				       sql_int(hit->campaign_id),
				       sql_int(hit->event_id)),
			      err) < 0 ||
		    batch_add(b, SQL_RECIPIENT_RECOUNT,
			      SQL_ARGS(sql_int(s->a->now_ms),
				       sql_int(hit->campaign_id),
				       sql_int(hit->member_id)),
			      err) < 0)
			return -1;
	}
	return 0;
}

static int write_seqs(struct batch_state *s, struct batch *b, struct err *err)
{
	vec_each (&s->seqs, seq)
		if (seq->is_dirty &&
		    batch_add(b, SQL_RECIPIENT_SEQ_PUT,
			      SQL_ARGS(sql_int(seq->count),
				       sql_int(seq->campaign_id)),
			      err) < 0)
			return -1;
	return 0;
}

static int write_entries(struct batch_state *s, struct err *err)
{
	struct batch b;

	batch_begin(s->tx, &b);
	for (size_t i = 0; i < s->n; i++)
		if (write_entry(s, &b, &s->entries[i], err) < 0)
			return -1;
	if (write_turned(s, &b, err) < 0 || write_seqs(s, &b, err) < 0)
		return -1;
	return batch_end(&b, err) < 0 ? -1 : 0;
}

static int write_members(struct batch_state *s, struct err *err)
{
	int64_t now_ms = s->a->now_ms;

	if (s->left.n > 0 &&
	    member_unsubscribe(s->tx, s->left.v, s->left.n,
			       UNSUBSCRIBED_BY_CONTACT, now_ms, err) < 0)
		return -1;
	if (s->complained.n > 0 &&
	    member_unsubscribe(s->tx, s->complained.v, s->complained.n,
			       UNSUBSCRIBED_BY_COMPLAINT, now_ms, err) < 0)
		return -1;
	if (s->hard.n > 0 &&
	    member_clean(s->tx, s->hard.v, s->hard.n, now_ms, err) < 0)
		return -1;
	if (s->soft.n > 0 &&
	    member_soft_bounce(s->tx, s->soft.v, s->soft.n, now_ms, err) < 0)
		return -1;
	return 0;
}

int apply_batch(struct apply *a, struct tx *tx, const struct event *events,
		size_t n, struct err *err)
{
	CLEANUP(batch_state_release)
	struct batch_state s = { .a = a, .tx = tx };

	make_entries(&s, events, n);
	if (load_entries(&s, err) < 0 || load_hits(&s, events, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct entry *e = entry_of(&s, events[i].campaign_id,
					   events[i].member_id);

		if (apply_event(&s, e, &events[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (!s.entries[i].has_new_hits || !s.entries[i].is_there)
			continue;
		judge(&s, &s.entries[i]);
		count_hits(&s.entries[i]);
	}
	if (write_entries(&s, err) < 0)
		return -1;
	return write_members(&s, err);
}
