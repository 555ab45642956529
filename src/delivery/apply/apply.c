#include "delivery/apply/apply_private.h"

#include "base/arena.h"
#include "base/log.h"
#include "campaign/report.h"
#include "delivery/apply/urgent.h"
#include "delivery/trouble.h"
#include "store/db.h"

#include "sql/recipient.h"

struct apply_memory *apply_memory_new(int64_t burst)
{
	struct apply_memory *m = calloc(1, sizeof(*m));

	BUG_ON(!m);
	m->bursts = verdict_bursts_new(burst);
	m->recent = recent_new();
	return m;
}

void apply_memory_free(struct apply_memory **memory)
{
	if (!*memory)
		return;
	verdict_bursts_free(&(*memory)->bursts);
	recent_free(&(*memory)->recent);
	free(*memory);
	*memory = NULL;
}

void apply_end(struct batch_state **state)
{
	struct batch_state *s = *state;

	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		vec_release(&s->entries[i].hits);
	vec_release(&s->turned);
	vec_release(&s->seqs);
	vec_release(&s->departed);
	vec_release(&s->soft);
	vec_release(&s->news);
	tally_release(&s->kept);
	tally_release(&s->gone);
	*state = NULL; /* it lies in the arena of the batch */
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

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
static bool move_entry(struct entry *e, enum recipient_state to,
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
	if (!move_entry(e, RECIPIENT_HANDED, event))
		return;
	e->attempts++;
	if (e->first_ms == 0)
		e->first_ms = event->at_ms;
}

static void apply_deferred(struct batch_state *s, struct entry *e,
			   const struct event *event)
{
	uint64_t seed = (uint64_t)e->member_id * 31 + (uint64_t)e->attempts;

	if (!move_entry(e, RECIPIENT_DEFERRED, event))
		return;
	e->detail = event->detail;
	if (event->code & EVENT_MAYBE_SENT)
		e->uncertain = 1;
	e->next_ms = event->at_ms +
		     trouble_wait_ms(e->attempts, s->a->options->retry_first_ms,
				     seed);
}

/* It was not about this recipient: it counts as not tried, the time to give
 * it up begins anew, and those not tried yet come first. */
static void apply_returned(struct entry *e, const struct event *event)
{
	if (!move_entry(e, RECIPIENT_QUEUED, event))
		return;
	if (e->attempts > 0)
		e->attempts--;
	e->first_ms = 0;
	e->next_ms = event->at_ms;
	e->detail = event->detail;
}

/* 1: moved, 0: it was there already. */
static int apply_sent(struct batch_state *s, struct entry *e,
		      enum recipient_state to, const struct event *event,
		      struct err *err)
{
	struct seq *seq;

	if (!move_entry(e, to, event))
		return 0;
	e->detail = to == RECIPIENT_ACCEPTED ? NULL : event->detail;
	if (to == RECIPIENT_ACCEPTED)
		e->caught = event->code & EVENT_CAUGHT;
	else
		e->bounce = event_bounce(event);
	seq = seq_of(s, e->campaign_id, err);
	if (!seq)
		return -1;
	e->sent_seq = ++seq->count;
	seq->is_dirty = true;
	return 1;
}

/* A message comes back once: its report may be handed in twice. What was soft
 * may turn out to be hard. */
static bool is_known(const struct entry *e, const struct event *event)
{
	return event->kind == EVENT_BOUNCED &&
	       (e->bounce == BOUNCE_HARD || e->bounce == event_bounce(event));
}

/* A refusal or a late bounce. A hard one moves the member, see urgent.h. */
static int apply_bounce(struct batch_state *s, struct entry *e,
			const struct event *event, struct err *err)
{
	struct member_departure departure = {
		.member_id = event->member_id,
		.campaign_id = event->campaign_id,
		.at_ms = event->at_ms,
	};
	int64_t bounce = event_bounce(event);

	if (event->code & EVENT_NO_FAULT)
		return 0;
	if (bounce != BOUNCE_HARD && bounce != BOUNCE_SOFT)
		return 0;
	if (is_known(e, event))
		return 0;
	if (e->is_there && event->kind == EVENT_BOUNCED) {
		e->bounce = bounce;
		e->detail = event->detail;
		e->is_moved = true;
	}
	e->is_active = e->is_there;
	if (bounce == BOUNCE_SOFT)
		vec_push(&s->soft, departure);
	return db_exec(s->tx, SQL_ACTIVITY_ADD,
		       SQL_ARGS(sql_int(event->id), sql_int(event->member_id),
				sql_int(event->campaign_id),
				sql_int(ACTIVITY_BOUNCE), sql_int(0),
				sql_int(event->at_ms), sql_int(0), sql_null(),
				sql_null(), sql_null()),
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
		.place = verdict_place(text_or_empty(event->ip)),
		.is_new = true,
	};

	apply_insert_hit(&e->hits, &hit);
}

/* That it left because of this campaign stays in the report, also if it is
 * taken back. */
static void apply_left(struct entry *e, const struct event *event)
{
	bool is_complaint = event->kind == EVENT_COMPLAINED;
	int64_t *since_ms =
		is_complaint ? &e->complained_ms : &e->unsubscribed_ms;

	e->is_active = e->is_there;
	if (*since_ms == 0)
		*since_ms = event->at_ms;
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
		if (!(event->code & EVENT_TAKEN_BACK))
			apply_left(e, event);
		return 0;
	case EVENT_COMPLAINED:
		apply_left(e, event);
		return 0;
	}
	log_warn("event of an unknown kind", LOG_INT("kind", event->kind),
		 LOG_INT("event", event->id));
	return 0;
}

static void apply_departure(struct batch_state *s, const struct event *event)
{
	struct member_departure departure;

	if (event->id > s->a->urgent_until &&
	    urgent_departure(event, &departure))
		vec_push(&s->departed, departure);
}

static int play_events(struct batch_state *s, const struct event *events,
		       size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct entry *e = apply_entry(s, events[i].campaign_id,
					      events[i].member_id);

		apply_departure(s, &events[i]);
		if (apply_event(s, e, &events[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->entries[i].has_new_hits && s->entries[i].is_there)
			apply_verdict(s, &s->entries[i]);
	return 0;
}

int apply_batch(struct apply *a, struct tx *tx, const struct event *events,
		size_t n, struct batch_state **out, struct err *err)
{
	CLEANUP(apply_end)
	struct batch_state *s = arena_new_of(a->arena, struct batch_state);

	s->a = a;
	s->tx = tx;
	if (apply_read(s, events, n, err) < 0 ||
	    play_events(s, events, n, err) < 0 || apply_write(s, err) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

/* --- what the next batch is judged with --- */

static void remember_turned(struct recent *recent, const struct turned *turned)
{
	vec_each (turned, t) {
		struct verdict_hit hit = { .event_id = t->event_id,
					   .why = MACHINE_BURST };

		recent_turn(recent, t->campaign_id, t->member_id, &hit);
	}
}

void apply_remember(struct batch_state *s, int64_t until)
{
	struct apply_memory *memory = s->a->memory;

	for (size_t i = 0; i < s->n; i++)
		vec_each (&s->entries[i].hits, hit)
			if (hit->is_changed)
				recent_turn(memory->recent,
					    s->entries[i].campaign_id,
					    s->entries[i].member_id, hit);
	vec_each (&s->news, news)
		recent_add(memory->recent, news->entry->campaign_id,
			   news->entry->member_id, news->hit);
	remember_turned(memory->recent, &s->turned);
	/* unless what was before was not asked for, and is not known */
	if (memory->until == s->a->from)
		memory->until = until;
}
