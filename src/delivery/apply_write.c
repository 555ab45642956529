#include "delivery/apply_private.h"

#include "store/db.h"

#include "sql/recipient.h"

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

int apply_write(struct batch_state *s, struct err *err)
{
	if (write_entries(s, err) < 0)
		return -1;
	return write_members(s, err);
}
