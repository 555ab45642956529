/*
 * What a batch adds to the figures that are kept of campaigns: what its
 * recipients were and become, compared in memory; of links, which of its
 * clicks are the first of somebody. Called by apply_write.c, before anything
 * is written; the applier's thread.
 */
#include "delivery/apply/apply_private.h"

#include "audience/kept/member_block.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "campaign/report_kept.h"
#include "store/db.h"

#include "sql/report_kept.h"

#include <stdlib.h>

/* --- recipients --- */

static bool is_opened(const struct entry *e)
{
	return e->opens + e->machine_opens > 0;
}

/* One of those that a number counts, or not. */
static void change_one(struct batch_state *s, const struct entry *e,
		       enum report_kept kind, bool was, bool is)
{
	tally_add(&s->kept, e->campaign_id, (int)kind, 0, is - was);
}

static void change_hour(struct batch_state *s, const struct entry *e,
			enum report_kept kind, int64_t was_ms, int64_t now_ms)
{
	if (was_ms == now_ms)
		return;
	if (was_ms)
		tally_add(&s->kept, e->campaign_id, (int)kind, was_ms / MS_HOUR,
			  -1);
	if (now_ms)
		tally_add(&s->kept, e->campaign_id, (int)kind, now_ms / MS_HOUR,
			  1);
}

/* A time that goes may have been the last. */
static void change_last(struct batch_state *s, const struct entry *e,
			enum report_kept kind, int64_t was_ms, int64_t now_ms)
{
	if (now_ms > was_ms)
		tally_max(&s->kept, e->campaign_id, (int)kind, 0, now_ms);
	else if (now_ms < was_ms)
		tally_max(&s->gone, e->campaign_id, (int)kind, 0, was_ms);
}

static void change_outcome(struct batch_state *s, const struct entry *was,
			   const struct entry *e)
{
	change_hour(s, e, KEPT_HOUR_SENT, was->sent_seq ? was->at_ms : 0,
		    e->sent_seq ? e->at_ms : 0);
	change_one(s, e, KEPT_HARD, was->bounce == BOUNCE_HARD,
		   e->bounce == BOUNCE_HARD);
	change_one(s, e, KEPT_SOFT, was->bounce == BOUNCE_SOFT,
		   e->bounce == BOUNCE_SOFT);
	change_one(s, e, KEPT_UNSUBSCRIBED, was->unsubscribed_ms,
		   e->unsubscribed_ms);
	change_one(s, e, KEPT_COMPLAINED, was->complained_ms, e->complained_ms);
}

static void change_hits(struct batch_state *s, const struct entry *was,
			const struct entry *e)
{
	struct tally *t = &s->kept;

	tally_add(t, e->campaign_id, KEPT_OPENS, 0, e->opens - was->opens);
	tally_add(t, e->campaign_id, KEPT_MACHINE_OPENS, 0,
		  e->machine_opens - was->machine_opens);
	tally_add(t, e->campaign_id, KEPT_CLICKS, 0, e->clicks - was->clicks);
	tally_add(t, e->campaign_id, KEPT_OPENED, member_block(e->member_id),
		  is_opened(e) - is_opened(was));
	change_one(s, e, KEPT_OPENERS, was->opens > 0, e->opens > 0);
	change_one(s, e, KEPT_CLICKERS, was->clicks > 0, e->clicks > 0);
	change_hour(s, e, KEPT_HOUR_OPENED, was->first_open_ms,
		    e->first_open_ms);
	change_hour(s, e, KEPT_HOUR_CLICKED, was->first_click_ms,
		    e->first_click_ms);
	change_last(s, e, KEPT_LAST_OPEN, was->last_open_ms, e->last_open_ms);
	change_last(s, e, KEPT_LAST_CLICK, was->last_click_ms,
		    e->last_click_ms);
}

/* --- links --- */

/* Clicks of somebody on a link: those that are stored, and what the batch adds
 * to them. */
struct pair {
	int64_t campaign_id, link_id, member_id;
	int64_t people, machines;
	int64_t more_people, more_machines;
	bool is_known; /* nothing of theirs is stored */
};
struct pairs VEC_FIELDS(struct pair);

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->campaign_id != y->campaign_id)
		return x->campaign_id < y->campaign_id ? -1 : 1;
	if (x->link_id != y->link_id)
		return x->link_id < y->link_id ? -1 : 1;
	if (x->member_id != y->member_id)
		return x->member_id < y->member_id ? -1 : 1;
	return 0;
}

static void add_click(struct batch_state *s, const struct entry *e,
		      const struct entry *was, const struct verdict_hit *hit,
		      struct pairs *out)
{
	struct pair p = { .campaign_id = e->campaign_id,
			  .link_id = hit->link_id,
			  .member_id = e->member_id,
			  .is_known = was->clicks + was->machine_clicks == 0 };

	if (hit->is_changed) {
		p.more_people = -1;
		p.more_machines = 1;
		tally_max(&s->gone, e->campaign_id, KEPT_LINK_LAST,
			  hit->link_id, hit->at_ms);
	} else if (hit->why == MACHINE_NO) {
		p.more_people = 1;
		tally_max(&s->kept, e->campaign_id, KEPT_LINK_LAST,
			  hit->link_id, hit->at_ms);
	} else {
		p.more_machines = 1;
	}
	vec_push(out, p);
}

static void merge_pairs(struct pairs *pairs)
{
	size_t kept = 0;

	if (pairs->n > 1)
		qsort(pairs->v, pairs->n, sizeof(*pairs->v), compare_pairs);
	for (size_t i = 0; i < pairs->n; i++) {
		struct pair *last = kept ? &pairs->v[kept - 1] : NULL;

		if (!last || compare_pairs(last, &pairs->v[i]) != 0) {
			pairs->v[kept++] = pairs->v[i];
			continue;
		}
		last->more_people += pairs->v[i].more_people;
		last->more_machines += pairs->v[i].more_machines;
	}
	pairs->n = kept;
}

static bool write_unknown(const struct pairs *pairs, struct json_writer *w)
{
	bool any = false;

	json_begin_array(w);
	vec_each (pairs, p) {
		if (p->is_known)
			continue;
		any = true;
		json_begin_array(w);
		json_int(w, p->campaign_id);
		json_int(w, p->link_id);
		json_int(w, p->member_id);
		json_end_array(w);
	}
	json_end_array(w);
	return any;
}

static int read_pairs(struct batch_state *s, struct pairs *pairs,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct json_writer w = JSON_WRITER(&json);
	int more;

	if (!write_unknown(pairs, &w))
		return 0;
	if (db_query(s->tx->db, SQL_REPORT_KEPT_PAIRS,
		     SQL_ARGS(sql_str(strbuf_str(&json))), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct pair key = { .campaign_id = rows_int(rows, 0),
				    .link_id = rows_int(rows, 1),
				    .member_id = rows_int(rows, 2) };
		struct pair *p = bsearch(&key, pairs->v, pairs->n, sizeof(key),
					 compare_pairs);

		p->people = rows_int(rows, 3);
		p->machines = rows_int(rows, 4);
	}
	return more;
}

static void count_pair(struct tally *t, const struct pair *p, int64_t people,
		       int64_t machines, int64_t by)
{
	tally_add(t, p->campaign_id, KEPT_LINK_CLICKS, p->link_id, by * people);
	tally_add(t, p->campaign_id, KEPT_LINK_PEOPLE, p->link_id,
		  by * (people > 0));
	tally_add(t, p->campaign_id, KEPT_LINK_ANY, p->link_id,
		  by * (people + machines > 0));
}

static int change_links(struct batch_state *s, struct pairs *pairs,
			struct err *err)
{
	merge_pairs(pairs);
	if (read_pairs(s, pairs, err) < 0)
		return -1;
	vec_each (pairs, p) {
		count_pair(&s->kept, p, p->people, p->machines, -1);
		count_pair(&s->kept, p, p->people + p->more_people,
			   p->machines + p->more_machines, 1);
	}
	return 0;
}

int apply_kept(struct batch_state *s, struct err *err)
{
	CLEANUP(vec_release) struct pairs pairs = VEC_INIT;

	for (size_t i = 0; i < s->n; i++) {
		const struct entry *e = &s->entries[i], *was = &s->was[i];

		if (!e->is_there)
			continue;
		change_outcome(s, was, e);
		change_hits(s, was, e);
		vec_each (&e->hits, hit)
			if (hit->is_click && (hit->is_new || hit->is_changed))
				add_click(s, e, was, hit, &pairs);
	}
	return change_links(s, &pairs, err);
}

/* --- those whose earlier hits turn out to be a machine's --- */

static int count_recipients(struct batch_state *s, int64_t campaign_id,
			    struct sql_value members, int64_t by,
			    struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct tally *t = &s->kept;
	int more;

	if (db_query(s->tx->db, SQL_REPORT_KEPT_RECIPIENTS,
		     SQL_ARGS(sql_int(campaign_id), members), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t opens = rows_int(rows, 1);
		int64_t machine_opens = rows_int(rows, 2);
		int64_t clicks = rows_int(rows, 3);

		tally_add(t, campaign_id, KEPT_OPENS, 0, by * opens);
		tally_add(t, campaign_id, KEPT_MACHINE_OPENS, 0,
			  by * machine_opens);
		tally_add(t, campaign_id, KEPT_CLICKS, 0, by * clicks);
		tally_add(t, campaign_id, KEPT_OPENERS, 0, by * (opens > 0));
		tally_add(t, campaign_id, KEPT_CLICKERS, 0, by * (clicks > 0));
		tally_add(t, campaign_id, KEPT_OPENED,
			  member_block(rows_int(rows, 0)),
			  by * (opens + machine_opens > 0));
	}
	return more;
}

static int count_clicks(struct batch_state *s, int64_t campaign_id,
			struct sql_value members, int64_t by, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(s->tx->db, SQL_REPORT_KEPT_CLICKS,
		     SQL_ARGS(sql_int(campaign_id), members), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct pair p = { .campaign_id = campaign_id,
				  .link_id = rows_int(rows, 0) };

		count_pair(&s->kept, &p, rows_int(rows, 1), rows_int(rows, 2),
			   by);
		if (by < 0 && rows_int(rows, 3))
			tally_max(&s->gone, campaign_id, KEPT_LINK_LAST,
				  p.link_id, rows_int(rows, 3));
	}
	return more;
}

static int count_members(struct batch_state *s, int64_t campaign_id,
			 const struct ids *members, int64_t by, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value of = sql_keys(members, &keys);

	if (count_recipients(s, campaign_id, of, by, err) < 0)
		return -1;
	return count_clicks(s, campaign_id, of, by, err);
}

static int compare_turned(const void *a, const void *b)
{
	const struct burst_hit *x = a, *y = b;

	if (x->campaign_id != y->campaign_id)
		return x->campaign_id < y->campaign_id ? -1 : 1;
	if (x->member_id != y->member_id)
		return x->member_id < y->member_id ? -1 : 1;
	return 0;
}

int apply_kept_turned(struct batch_state *s, int64_t by, struct err *err)
{
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	struct turned *all = &s->turned;

	if (all->n > 1)
		qsort(all->v, all->n, sizeof(*all->v), compare_turned);
	for (size_t i = 0; i < all->n; i++) {
		const struct burst_hit *hit = &all->v[i];
		bool is_last = i + 1 == all->n ||
			       hit[1].campaign_id != hit->campaign_id;

		if (!members.n || members.v[members.n - 1] != hit->member_id)
			vec_push(&members, hit->member_id);
		if (!is_last)
			continue;
		if (count_members(s, hit->campaign_id, &members, by, err) < 0)
			return -1;
		vec_reset(&members);
	}
	return 0;
}

/* Was one of the times that went the last? Looking for another takes a look at
 * all who opened. */
static int renew_last(struct batch_state *s, int64_t campaign_id,
		      struct err *err)
{
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	bool is_last = false;

	if (report_kept_read(s->tx->db, campaign_id, KEPT_LAST_OPEN,
			     KEPT_LINK_LAST, &kept, err) < 0)
		return -1;
	vec_each (&s->gone.rows, row)
		if (row->owner == campaign_id &&
		    row->n >= report_kept_of(&kept, (enum report_kept)row->kind,
					     row->part))
			is_last = true;
	return is_last ? report_kept_renew_last(s->tx, campaign_id, err) : 0;
}

int apply_kept_write(struct batch_state *s, struct err *err)
{
	CLEANUP(vec_release) struct ids campaigns = VEC_INIT;

	if (report_kept_write(&s->kept, s->tx, err) < 0)
		return -1;
	vec_each (&s->gone.rows, row)
		vec_push(&campaigns, row->owner);
	ids_sort(&campaigns);
	for (size_t i = 0; i < campaigns.n; i++)
		if ((i == 0 || campaigns.v[i] != campaigns.v[i - 1]) &&
		    renew_last(s, campaigns.v[i], err) < 0)
			return -1;
	return 0;
}
