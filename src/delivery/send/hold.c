#include "delivery/send/hold.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "campaign/campaign_hold.h"
#include "store/db.h"

#include <pthread.h>

static struct metric held_now = METRIC_GAUGE(
	"muster_campaigns_held", "Campaigns that the relay takes nothing of");

/* Why a campaign pauses itself; beside the names of troubles. */
#define PAUSED_BOUNCES "bounces"
#define PAUSED_REFUSALS "refusals"

struct luck {
	int64_t campaign_id;
	/* the last outcomes, in a ring */
	bool hard[HOLD_WINDOW];
	size_t at, n, hard_n;
	int64_t outcomes;
	char *refusal;      /* the last one of nobody's known fault, masked */
	int64_t refusals_n; /* in a row, in these words */
	bool is_overridden;
	/* held */
	enum trouble trouble; /* TROUBLE_NONE: not */
	int64_t refused_n;    /* in a row */
	int64_t next_try_ms;
	/* held or paused: what to store */
	const char *paused; /* NULL: not */
	char *detail;
	bool is_dirty;
};

struct lucks VEC_FIELDS(struct luck *);

struct holds {
	pthread_mutex_t lock;
	int64_t hard_percent;
	struct lucks all;
};

struct holds *holds_new(int64_t hard_percent)
{
	struct holds *h = calloc(1, sizeof(*h));

	BUG_ON(!h);
	pthread_mutex_init(&h->lock, NULL);
	h->hard_percent = hard_percent;
	return h;
}

static void luck_free(struct luck *l)
{
	free(l->refusal);
	free(l->detail);
	free(l);
}

void holds_free(struct holds **holds)
{
	struct holds *h = *holds;

	if (!h)
		return;
	vec_each (&h->all, l)
		luck_free(*l);
	vec_release(&h->all);
	pthread_mutex_destroy(&h->lock);
	free(h);
	*holds = NULL;
}

static struct luck *find(struct holds *h, int64_t campaign_id)
{
	vec_each (&h->all, l)
		if ((*l)->campaign_id == campaign_id)
			return *l;
	return NULL;
}

static struct luck *get(struct holds *h, int64_t campaign_id)
{
	struct luck *l = find(h, campaign_id);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));
	BUG_ON(!l);
	l->campaign_id = campaign_id;
	vec_push(&h->all, l);
	return l;
}

static void keep_text(char **at, const char *text)
{
	free(*at);
	*at = text ? strdup(text) : NULL;
	BUG_ON(text && !*at);
}

/* --- what was stored --- */

static void add_outcome(struct luck *l, bool hard)
{
	if (l->n == HOLD_WINDOW)
		l->hard_n -= l->hard[l->at];
	else
		l->n++;
	l->hard[l->at] = hard;
	l->hard_n += hard;
	l->at = (l->at + 1) % HOLD_WINDOW;
	l->outcomes++;
}

static enum trouble trouble_named(const char *name)
{
	for (int t = TROUBLE_RELAY; t <= TROUBLE_SIZE; t++)
		if (strcmp(trouble_name((enum trouble)t), name) == 0)
			return (enum trouble)t;
	return TROUBLE_NONE;
}

/* Still held by an earlier process, or by another one: one is tried first. */
static void take_up(struct luck *l, const struct campaign_hold *stored,
		    int64_t now_ms)
{
	l->is_overridden = stored->is_overridden;
	l->paused = NULL;
	if (!stored->reason || l->trouble != TROUBLE_NONE)
		return;
	l->trouble = trouble_named(stored->reason);
	if (l->trouble == TROUBLE_NONE)
		return;
	l->refused_n = 1;
	l->next_try_ms = now_ms;
	keep_text(&l->detail, stored->detail);
}

int holds_load(struct holds *h, struct db *db, int64_t campaign_id,
	       int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_hold stored;
	bool hard[HOLD_WINDOW];
	int n = campaign_last_bounces(db, campaign_id, hard, HOLD_WINDOW, err);
	struct luck *l;

	if (n < 0 ||
	    campaign_hold_get(db, campaign_id, arena, &stored, err) < 0)
		return -1;
	pthread_mutex_lock(&h->lock);
	l = get(h, campaign_id);
	if (l->outcomes == 0)
		while (n > 0)
			add_outcome(l, hard[--n]);
	take_up(l, &stored, now_ms);
	pthread_mutex_unlock(&h->lock);
	return 0;
}

/* --- answers --- */

/* In the relay's words, but no address goes to where erasing does not. */
static void set_detail(struct luck *l, const char *detail)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	trouble_hide_addresses(detail, &text);
	if (l->detail && strcmp(l->detail, text.buf) == 0)
		return;
	keep_text(&l->detail, text.buf);
	l->is_dirty = true;
}

static void hold(struct luck *l, enum trouble trouble, const char *detail,
		 int64_t now_ms)
{
	if (l->trouble != trouble)
		l->is_dirty = true;
	if (l->trouble == TROUBLE_RELAY)
		l->refused_n = 0;
	l->trouble = trouble;
	l->refused_n++;
	l->next_try_ms =
		now_ms + trouble_hold_wait_ms(l->refused_n, random_u64());
	set_detail(l, detail);
}

static void end_hold(struct luck *l)
{
	if (l->trouble == TROUBLE_NONE)
		return;
	l->trouble = TROUBLE_NONE;
	l->refused_n = 0;
	l->is_dirty = true;
}

/* Only an accepted one ends it. One that was refused for its own sake says
 * little: the next is tried at once. That it came to an answer at all ends a
 * lost connection. */
static void note_hold(struct luck *l, enum trouble trouble, int64_t now_ms)
{
	if (l->trouble == TROUBLE_NONE)
		return;
	if (trouble == TROUBLE_NONE || l->trouble == TROUBLE_RELAY)
		end_hold(l);
	else
		l->next_try_ms = now_ms;
}

static bool is_same_again(struct luck *l, enum trouble trouble,
			  const char *detail)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (trouble != TROUBLE_UNCLEAR) {
		l->refusals_n = 0;
		return false;
	}
	trouble_mask(detail, &text);
	if (!l->refusal || strcmp(l->refusal, text.buf) != 0)
		l->refusals_n = 0;
	keep_text(&l->refusal, text.buf);
	return ++l->refusals_n >= HOLD_SAME;
}

static bool is_too_hard(const struct holds *h, const struct luck *l)
{
	return l->outcomes >= HOLD_LEAST &&
	       (int64_t)l->hard_n * 100 > (int64_t)l->n * h->hard_percent;
}

/* It pauses itself. */
static bool pause_for(struct luck *l, const char *why, const char *what,
		      int64_t part, int64_t whole, const char *detail)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (l->paused || l->is_overridden)
		return false;
	l->paused = why;
	strbuf_addf(&text, "%lld of the last %lld messages %s; the last: ",
		    (long long)part, (long long)whole, what);
	strbuf_addstr(&text, detail);
	set_detail(l, text.buf);
	l->is_dirty = true;
	return true;
}

static bool note_outcome(struct holds *h, struct luck *l, enum trouble trouble,
			 const char *detail)
{
	bool is_same;

	add_outcome(l, trouble == TROUBLE_HARD);
	is_same = is_same_again(l, trouble, detail);
	if (trouble == TROUBLE_HARD && is_too_hard(h, l))
		return pause_for(l, PAUSED_BOUNCES, "bounced hard",
				 (int64_t)l->hard_n, (int64_t)l->n, detail);
	if (is_same)
		return pause_for(l, PAUSED_REFUSALS,
				 "were refused in the same words",
				 l->refusals_n, l->refusals_n, detail);
	return false;
}

static bool note(struct holds *h, struct luck *l, enum trouble trouble,
		 const char *detail, bool is_late, int64_t now_ms)
{
	if (trouble == TROUBLE_RELAY) {
		/* the relay itself is left alone, not the campaign */
		if (l->trouble == TROUBLE_NONE)
			hold(l, trouble, detail, now_ms);
		return false;
	}
	if (trouble_is_ours(trouble)) {
		if (is_late)
			return false;
		hold(l, trouble, detail, now_ms);
		return true;
	}
	note_hold(l, trouble, now_ms);
	if (trouble == TROUBLE_RETRY)
		return false;
	return note_outcome(h, l, trouble, detail);
}

bool holds_note(struct holds *h, int64_t campaign_id, enum trouble trouble,
		const char *detail, bool is_late, int64_t now_ms)
{
	bool call_back;

	pthread_mutex_lock(&h->lock);
	call_back = note(h, get(h, campaign_id), trouble, detail ? detail : "",
			 is_late, now_ms);
	pthread_mutex_unlock(&h->lock);
	return call_back;
}

static void restart(struct luck *l)
{
	end_hold(l);
	l->refusals_n = 0;
	l->at = l->n = l->hard_n = 0;
	l->outcomes = 0;
}

void holds_restart(struct holds *h)
{
	pthread_mutex_lock(&h->lock);
	vec_each (&h->all, l)
		restart(*l);
	pthread_mutex_unlock(&h->lock);
}

/* --- claiming --- */

int64_t holds_room(struct holds *h, int64_t campaign_id, int64_t most,
		   int64_t now_ms)
{
	struct luck *l;
	int64_t room = most;

	pthread_mutex_lock(&h->lock);
	l = find(h, campaign_id);
	if (l && l->paused) {
		room = 0;
	} else if (l && l->trouble > TROUBLE_RELAY) {
		room = l->next_try_ms <= now_ms ? 1 : 0;
		/* by time alone: one that is lost on its way holds up no more
		 * than itself */
		if (room)
			l->next_try_ms =
				now_ms + trouble_hold_wait_ms(l->refused_n + 1,
							      random_u64());
	}
	pthread_mutex_unlock(&h->lock);
	return room;
}

void holds_try_another(struct holds *h, int64_t campaign_id, int64_t now_ms)
{
	struct luck *l;

	pthread_mutex_lock(&h->lock);
	l = find(h, campaign_id);
	if (l)
		l->next_try_ms = now_ms;
	pthread_mutex_unlock(&h->lock);
}

/* --- storing --- */

/* A change, taken out under the lock. */
struct change {
	int64_t campaign_id;
	enum trouble trouble;
	const char *paused;
	const char *detail;
};
struct changes VEC_FIELDS(struct change);

static void take_changes(struct holds *h, struct arena *arena,
			 struct changes *out)
{
	int64_t held = 0;

	pthread_mutex_lock(&h->lock);
	vec_each (&h->all, at) {
		struct luck *l = *at;
		struct change c = {
			.campaign_id = l->campaign_id,
			.trouble = l->trouble,
			.paused = l->paused,
			.detail =
				arena_strdup(arena, l->detail ? l->detail : ""),
		};

		held += l->trouble != TROUBLE_NONE;
		if (l->is_dirty)
			vec_push(out, c);
		l->is_dirty = false;
	}
	pthread_mutex_unlock(&h->lock);
	metric_set(&held_now, held);
}

static void mark_dirty(struct holds *h, const struct changes *changes)
{
	pthread_mutex_lock(&h->lock);
	vec_each (changes, c) {
		struct luck *l = find(h, c->campaign_id);

		if (l)
			l->is_dirty = true;
	}
	pthread_mutex_unlock(&h->lock);
}

static const char *reason_to_store(const struct change *c)
{
	return c->paused ? c->paused : trouble_name(c->trouble);
}

static void log_once(const struct change *c, const struct campaign_hold *before)
{
	const char *reason = reason_to_store(c);

	if (before->reason && strcmp(before->reason, reason) == 0)
		return;
	if (c->paused)
		log_warn("campaign pauses itself",
			 LOG_INT("campaign", c->campaign_id),
			 LOG_TEXT("reason", reason),
			 LOG_TEXT("answer", c->detail));
	else if (c->trouble != TROUBLE_RELAY) /* said already, of the relay */
		log_warn("relay takes no messages of a campaign",
			 LOG_INT("campaign", c->campaign_id),
			 LOG_TEXT("reason", reason),
			 LOG_TEXT("answer", c->detail));
}

/* 1: written, 0: there was nothing to do. */
static int write_change(struct tx *tx, const struct change *c, int64_t wall_ms,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_hold before;
	struct campaign_hold now = {
		.reason = reason_to_store(c),
		.detail = c->detail,
		.since_ms = wall_ms,
	};
	int written;

	if (campaign_hold_get(tx->db, c->campaign_id, arena, &before, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (!c->paused && c->trouble == TROUBLE_NONE) {
		written = campaign_hold_end(tx, c->campaign_id, err);
		if (written > 0)
			log_info("relay takes messages of a campaign again",
				 LOG_INT("campaign", c->campaign_id));
		return written;
	}
	if (before.reason && !c->paused)
		now.since_ms = before.since_ms;
	written = c->paused ? campaign_hold_pause(tx, c->campaign_id, &now, err)
			    : campaign_hold_put(tx, c->campaign_id, &now, err);
	if (written > 0)
		log_once(c, &before);
	return written;
}

/* overridden: campaigns that were not to be paused after all. */
static int write_changes(struct db *db, const struct changes *changes,
			 int64_t wall_ms, struct ids *overridden,
			 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	vec_each (changes, c) {
		int written = write_change(&tx, c, wall_ms, err);

		if (written < 0)
			return -1;
		if (written == 0 && c->paused)
			vec_push(overridden, c->campaign_id);
	}
	return tx_commit(&tx, err);
}

static bool has_id(const struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return true;
	return false;
}

/* What is taken up again is loaded anew. */
static void forget(struct holds *h, const struct ids *these, bool but_these)
{
	size_t kept = 0;

	pthread_mutex_lock(&h->lock);
	for (size_t i = 0; i < h->all.n; i++) {
		struct luck *l = h->all.v[i];

		if (has_id(these, l->campaign_id) != but_these)
			luck_free(l);
		else
			h->all.v[kept++] = l;
	}
	h->all.n = kept;
	pthread_mutex_unlock(&h->lock);
}

void holds_keep(struct holds *h, const struct ids *working)
{
	forget(h, working, true);
}

int holds_store(struct holds *h, struct db *db, int64_t wall_ms,
		struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct changes changes = VEC_INIT;
	CLEANUP(vec_release) struct ids overridden = VEC_INIT;

	take_changes(h, arena, &changes);
	if (changes.n == 0)
		return 0;
	if (write_changes(db, &changes, wall_ms, &overridden, err) < 0) {
		mark_dirty(h, &changes);
		return -1;
	}
	forget(h, &overridden, false);
	return 0;
}
