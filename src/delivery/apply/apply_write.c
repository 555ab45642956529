/*
 * What a batch of events came to, written at once. Called by apply.c; the
 * applier's thread.
 */
#include "delivery/apply/apply_private.h"

#include "audience/side/mail_client.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "campaign/report.h"
#include "store/db.h"

#include "sql/recipient.h"

#include <string.h>

static int write_move(struct batch *b, const struct entry *e, struct err *err)
{
	return batch_add(
		b, SQL_RECIPIENT_MOVE,
		SQL_ARGS(sql_int(e->state), sql_null(), sql_text(e->detail),
			 sql_int(e->bounce), sql_int(e->caught),
			 sql_int(e->uncertain), sql_int(e->attempts),
			 sql_int(e->next_ms), sql_int(e->first_ms),
			 sql_id_or_null(e->sent_seq), sql_int(e->at_ms),
			 sql_int(e->state), sql_int(e->campaign_id),
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

static int write_turn(struct batch *b, const char *why, int64_t event_id,
		      int64_t member_id, int64_t campaign_id, struct err *err)
{
	return batch_add(b, SQL_ACTIVITY_TURN,
			 SQL_ARGS(sql_text(why), sql_int(event_id),
				  sql_int(member_id), sql_int(campaign_id)),
			 err);
}

static int write_hit(struct batch *b, const struct new_hit *new,
		     struct err *err)
{
	const struct verdict_hit *hit = new->hit;

	return batch_add(b, SQL_ACTIVITY_ADD,
			 SQL_ARGS(sql_int(hit->event_id),
				  sql_int(new->entry->member_id),
				  sql_int(new->entry->campaign_id),
				  sql_int(hit->is_click ? ACTIVITY_CLICK
							: ACTIVITY_OPEN),
				  sql_int(hit->link_id), sql_int(hit->at_ms),
				  sql_int(hit->why != MACHINE_NO),
				  sql_text(machine_why_name(hit->why)),
				  sql_text(hit->ip), sql_text(hit->agent)),
			 err);
}

/* What cannot be written of many at once (below). */
static int write_entry(struct batch_state *s, struct batch *b,
		       const struct entry *e, struct err *err)
{
	bool at_once = db_backend(s->tx->db) == DB_PG;

	if (!e->is_there)
		return 0;
	if (e->is_moved && !at_once && write_move(b, e, err) < 0)
		return -1;
	vec_each (&e->hits, hit)
		if (hit->is_changed &&
		    write_turn(b, machine_why_name(hit->why), hit->event_id,
			       e->member_id, e->campaign_id, err) < 0)
			return -1;
	return e->is_active && !at_once ? write_activity(s, b, e, err) : 0;
}

/* --- many rows in one statement: PostgreSQL plans and answers each --- */

static void json_id_or_null(struct json_writer *w, int64_t id)
{
	if (id)
		json_int(w, id);
	else
		json_text(w, NULL);
}

static void add_move(const struct batch_state *s, const struct entry *e,
		     struct json_writer *w)
{
	(void)s;
	json_begin_array(w);
	json_int(w, e->campaign_id);
	json_int(w, e->member_id);
	json_int(w, e->before);
	json_int(w, e->state);
	json_text(w, e->detail);
	json_int(w, e->bounce);
	json_int(w, e->caught);
	json_int(w, e->uncertain);
	json_int(w, e->attempts);
	json_int(w, e->next_ms);
	json_int(w, e->first_ms);
	json_id_or_null(w, e->sent_seq);
	json_int(w, e->at_ms);
	json_end_array(w);
}

static void add_activity(const struct batch_state *s, const struct entry *e,
			 struct json_writer *w)
{
	json_begin_array(w);
	json_int(w, e->campaign_id);
	json_int(w, e->member_id);
	json_int(w, e->opens);
	json_int(w, e->machine_opens);
	json_int(w, e->clicks);
	json_int(w, e->machine_clicks);
	json_id_or_null(w, e->first_open_ms);
	json_id_or_null(w, e->last_open_ms);
	json_id_or_null(w, e->first_click_ms);
	json_id_or_null(w, e->last_click_ms);
	json_int(w, s->a->now_ms);
	json_id_or_null(w, e->unsubscribed_ms);
	json_id_or_null(w, e->complained_ms);
	json_end_array(w);
}

typedef bool (*is_wanted_fn)(const struct entry *e);
typedef void (*add_fn)(const struct batch_state *s, const struct entry *e,
		       struct json_writer *w);

/* args of the statement: the rows, and whose they are. */
static int write_at_once(struct batch_state *s, struct batch *b,
			 const struct sql *sql, is_wanted_fn is_wanted,
			 add_fn add, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf rows = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rows);

	json_begin_array(&w);
	for (size_t i = 0; i < s->n; i++) {
		const struct entry *e = &s->entries[i];

		if (!e->is_there || !is_wanted(e))
			continue;
		add(s, e, &w);
		vec_push(&members, e->member_id);
	}
	json_end_array(&w);
	return members.n == 0 ? 0
			      : batch_add(b, sql,
					  SQL_ARGS(sql_str(strbuf_str(&rows)),
						   sql_keys(&members, &keys)),
					  err);
}

static bool is_moved(const struct entry *e)
{
	return e->is_moved;
}

static bool is_active(const struct entry *e)
{
	return e->is_active;
}

static int write_hits(struct batch_state *s, struct batch *b, struct err *err)
{
	vec_each (&s->news, new)
		if (write_hit(b, new, err) < 0)
			return -1;
	return 0;
}

static int turn_all(struct batch_state *s, struct batch *b, struct err *err)
{
	for (size_t i = 0; i < s->turned.n; i++) {
		const struct burst_hit *hit = &s->turned.v[i];

		if (write_turn(b, machine_why_name(MACHINE_BURST),
			       hit->event_id, hit->member_id, hit->campaign_id,
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

static int write_turned(struct batch_state *s, struct err *err)
{
	struct batch b;

	if (s->turned.n == 0)
		return 0;
	if (apply_kept_turned(s, -1, err) < 0)
		return -1;
	batch_begin(s->tx, &b);
	if (turn_all(s, &b, err) < 0 || batch_end(&b, err) < 0)
		return -1;
	return apply_kept_turned(s, 1, err);
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

static int compare_news(const void *a, const void *b)
{
	const struct new_hit *x = a, *y = b;

	return x->hit->event_id < y->hit->event_id ? -1 : 1;
}

static void list_news(struct batch_state *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct entry *e = &s->entries[i];

		if (!e->is_there || !e->has_new_hits)
			continue;
		vec_each (&e->hits, hit)
			if (hit->is_new)
				vec_push(&s->news,
					 ((struct new_hit){ e, hit }));
	}
	if (s->news.n > 1)
		qsort(s->news.v, s->news.n, sizeof(*s->news.v), compare_news);
}

static int write_entries(struct batch_state *s, struct err *err)
{
	bool at_once = db_backend(s->tx->db) == DB_PG;
	struct batch b;

	batch_begin(s->tx, &b);
	for (size_t i = 0; i < s->n; i++)
		if (write_entry(s, &b, &s->entries[i], err) < 0)
			return -1;
	if ((at_once && (write_at_once(s, &b, SQL_RECIPIENT_MOVE_MANY, is_moved,
				       add_move, err) < 0 ||
			 write_at_once(s, &b, SQL_RECIPIENT_ACTIVITY_MANY,
				       is_active, add_activity, err) < 0)) ||
	    write_hits(s, &b, err) < 0 || write_seqs(s, &b, err) < 0)
		return -1;
	return batch_end(&b, err) < 0 ? -1 : 0;
}

/* --- with which program they opened --- */

struct seen_client {
	int64_t member_id, client, at_ms;
};
struct seen_clients VEC_FIELDS(struct seen_client);

/* Opens that a person saw, or a proxy that a provider of readers has. */
static bool tells_client(const struct verdict_hit *hit)
{
	return hit->is_new && !hit->is_click &&
	       (hit->why == MACHINE_NO || hit->why == MACHINE_PROXY);
}

/* Many in a row call themselves alike: they are looked at once. */
static void list_seen(const struct batch_state *s, struct seen_clients *out)
{
	const char *agent = "";
	enum mail_client client = MAIL_CLIENT_UNKNOWN;

	vec_each (&s->news, new) {
		if (!tells_client(new->hit))
			continue;
		if (strcmp(agent, new->hit->agent) != 0) {
			agent = new->hit->agent;
			client = mail_client_of_agent(agent);
		}
		if (client)
			vec_push(out, ((struct seen_client){
					      new->entry->member_id, client,
					      new->hit->at_ms }));
	}
}

static int compare_seen(const void *a, const void *b)
{
	const struct seen_client *x = a, *y = b;

	if (x->member_id != y->member_id)
		return x->member_id < y->member_id ? -1 : 1;
	return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* Of what a member did, the last counts. */
static int write_clients(struct batch_state *s, struct err *err)
{
	CLEANUP(vec_release) struct seen_clients seen = VEC_INIT;
	CLEANUP(vec_release) struct member_clients last = VEC_INIT;

	list_seen(s, &seen);
	if (seen.n > 1)
		qsort(seen.v, seen.n, sizeof(*seen.v), compare_seen);
	for (size_t i = 0; i < seen.n; i++)
		if (i + 1 == seen.n ||
		    seen.v[i + 1].member_id != seen.v[i].member_id)
			vec_push(&last,
				 ((struct member_client){ seen.v[i].member_id,
							  seen.v[i].client }));
	return member_clients_put(s->tx, &last, err);
}

/* Which of both comes first does not matter, see member_depart. */
static int write_members(struct batch_state *s, struct err *err)
{
	int64_t now_ms = s->a->now_ms;

	if (member_depart(s->tx, s->departed.v, s->departed.n, now_ms, err) < 0)
		return -1;
	return member_soft_bounce(s->tx, s->soft.v, s->soft.n, now_ms, err) < 0
		       ? -1
		       : 0;
}

int apply_write(struct batch_state *s, struct err *err)
{
	list_news(s);
	if (apply_kept(s, err) < 0 || write_entries(s, err) < 0 ||
	    write_turned(s, err) < 0 || apply_kept_write(s, err) < 0 ||
	    write_clients(s, err) < 0)
		return -1;
	return write_members(s, err);
}
