/*
 * How members leave by what delivery brings: unsubscribed, complained, cleaned
 * after bounces. Called by the applier of the log and by the journal; the
 * departures of each member are played on it in memory, then written once.
 */
#include "audience/kept/list_kept.h"
#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/suppression.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/member.h"
#include "sql/member_restore.h"
#include "store/tally.h"

#include <stdlib.h>

/* A member as it was and as it becomes. */
struct leaver {
	struct member old, now;
	/* What it is but for its bounces: that of `now`, or, while it is
	 * cleaned, what it was before; 0: nobody knows. */
	enum member_status hidden;
	bool is_changed, is_hidden_changed, has_complained;
};
struct leavers VEC_FIELDS(struct leaver);

/* What the webhooks are told: the member as it was then, why, and when. */
struct news {
	struct member member;
	const struct member_departure *why;
	int64_t at_ms;
};

/* A campaign that made, or would have made, a member cleaned. */
struct clean {
	int64_t campaign_id, member_id;
	bool is_again; /* it was cleaned already */
};

struct leaving {
	struct tx *tx;
	struct arena *arena;
	int64_t now_ms;
	struct leavers leavers; /* sorted by member */
	struct all_news VEC_FIELDS(struct news) news;
	struct cleans VEC_FIELDS(struct clean) cleans;
};

static void leaving_release(struct leaving *l)
{
	vec_release(&l->leavers);
	vec_release(&l->news);
	vec_release(&l->cleans);
}

/* --- reading --- */

static struct leaver *leaver_of(struct leaving *l, int64_t member_id)
{
	size_t at = vec_lower(&l->leavers, now.id, member_id);

	return at < l->leavers.n && l->leavers.v[at].now.id == member_id
		       ? &l->leavers.v[at]
		       : NULL;
}

static struct sql_value member_keys(const struct member_departure *all,
				    size_t n, struct strbuf *buf)
{
	return sql_keys_strided(&all->member_id, n, sizeof(*all), buf);
}

static int read_hidden(struct leaving *l, struct sql_value ids, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(l->tx->db, SQL_MEMBER_CLEANED_BEFORE, SQL_ARGS(ids), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct leaver *leaver = leaver_of(l, rows_int(rows, 0));

		if (leaver && leaver->now.status == MEMBER_CLEANED)
			leaver->hidden = (enum member_status)rows_int(rows, 1);
	}
	return more;
}

static int read_leavers(struct leaving *l, const struct member_departure *all,
			size_t n, struct err *err)
{
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value ids = member_keys(all, n, &keys);
	bool any_cleaned = false;

	if (member_list_by_ids(l->tx->db, ids, l->arena, &members, err) < 0)
		return -1;
	vec_each (&members, m) {
		struct leaver leaver = { .old = *m, .now = *m };
		bool is_cleaned = m->status == MEMBER_CLEANED;

		leaver.hidden = is_cleaned ? 0 : m->status;
		any_cleaned |= is_cleaned;
		vec_push(&l->leavers, leaver);
	}
	return any_cleaned ? read_hidden(l, ids, err) : 0;
}

/* --- playing --- */

/*
 * When a word is told to have been said. The API tells seconds: who leaves, or
 * takes that back, in the second in which they came is told of as if they had
 * waited for its end. A client that compares seconds would take a second no for
 * the first, which was taken back, and lose it.
 */
static int64_t told_ms(const struct leaving *l, const struct member *m)
{
	int64_t next_ms = m->opt_ms - m->opt_ms % MS_SECOND + MS_SECOND;

	/* any client may have written any time there */
	return next_ms > l->now_ms && next_ms < l->now_ms + MS_MINUTE
		       ? next_ms
		       : l->now_ms;
}

static void note_change(struct leaving *l, struct leaver *leaver,
			const struct member_departure *d, int64_t at_ms)
{
	struct member *m = &leaver->now;
	struct news news = { .why = d, .at_ms = at_ms };

	leaver->is_changed = true;
	m->changed_ms = member_change_ms(m, at_ms);
	news.member = *m;
	vec_push(&l->news, news);
}

static void play_bounce(struct leaving *l, struct leaver *leaver,
			const struct member_departure *d)
{
	struct member *m = &leaver->now;
	struct clean clean = { .campaign_id = d->campaign_id,
			       .member_id = m->id,
			       .is_again = m->status == MEMBER_CLEANED };

	if (m->status == MEMBER_ARCHIVED)
		return;
	if (d->campaign_id && leaver->hidden)
		vec_push(&l->cleans, clean);
	if (clean.is_again)
		return;
	m->status = MEMBER_CLEANED;
	note_change(l, leaver, d, l->now_ms);
}

static const enum unsubscribed_by left_by[] = {
	[DEPART_UNSUBSCRIBED] = UNSUBSCRIBED_BY_CONTACT,
	[DEPART_COMPLAINED] = UNSUBSCRIBED_BY_COMPLAINT,
	[DEPART_OPTED_OUT] = UNSUBSCRIBED_BY_API,
};

static bool gets_mail(enum member_status status)
{
	return status == MEMBER_SUBSCRIBED || status == MEMBER_PENDING;
}

/*
 * Who is archived, bounced or was unsubscribed by others says no all the same,
 * by a link of before: it is kept, so that nobody else brings them back. A
 * complaint says more than an unsubscribe.
 */
static bool outranks(enum unsubscribed_by by, const struct member *m)
{
	if (by == UNSUBSCRIBED_BY_API)
		return m->unsubscribed_by == UNSUBSCRIBED_NOT;
	return m->unsubscribed_by != UNSUBSCRIBED_BY_COMPLAINT &&
	       m->unsubscribed_by != by;
}

/*
 * Said again by the contact, after what is known. Others may have taken the
 * first no back meanwhile, where this member is not asked (a user of the CRM,
 * with a ground): it is noted and told like the first.
 */
static bool is_said_again(const struct member_departure *d,
			  const struct member *m)
{
	return !d->is_replayed && d->how != DEPART_OPTED_OUT &&
	       d->at_ms > m->unsubscribed_ms;
}

static void leave(struct leaver *leaver)
{
	struct member *m = &leaver->now;

	if (m->status == MEMBER_CLEANED)
		leaver->is_hidden_changed = true;
	else
		m->status = MEMBER_UNSUBSCRIBED;
	leaver->hidden = MEMBER_UNSUBSCRIBED;
}

static bool said_by_link(const struct member *m)
{
	return m->unsubscribed_by == UNSUBSCRIBED_BY_CONTACT &&
	       m->unsubscribed_campaign_id != 0;
}

bool member_may_take_back(const struct member *m)
{
	return m->list_id >= 0 && m->status == MEMBER_UNSUBSCRIBED &&
	       said_by_link(m);
}

/* The same of what it is but for its bounces. */
static bool has_left_by_link(const struct leaver *leaver)
{
	return leaver->hidden == MEMBER_UNSUBSCRIBED &&
	       said_by_link(&leaver->now);
}

static void play_leaving(struct leaving *l, struct leaver *leaver,
			 const struct member_departure *d)
{
	struct member *m = &leaver->now;
	enum unsubscribed_by by = left_by[d->how];
	bool is_new = gets_mail(leaver->hidden) || outranks(by, m);
	/* who was out by others would come back by two clicks, else */
	bool by_link = gets_mail(leaver->hidden) || has_left_by_link(leaver);

	if (!is_new && !is_said_again(d, m))
		return;
	if (gets_mail(leaver->hidden))
		leave(leaver);
	leaver->has_complained |= by == UNSUBSCRIBED_BY_COMPLAINT;
	if (is_new)
		m->unsubscribed_by = by;
	m->unsubscribe_reason = d->reason ? d->reason : "";
	m->unsubscribed_ms = d->at_ms;
	m->unsubscribed_campaign_id = by_link ? d->campaign_id : 0;
	note_change(l, leaver, d, told_ms(l, m));
}

/* While it is cleaned, underneath: that does not ask which came first. */
static void play_taking_back(struct leaving *l, struct leaver *leaver,
			     const struct member_departure *d)
{
	struct member *m = &leaver->now;

	if (!has_left_by_link(leaver))
		return;
	if (m->status == MEMBER_CLEANED)
		leaver->is_hidden_changed = true;
	else
		m->status = MEMBER_SUBSCRIBED;
	leaver->hidden = MEMBER_SUBSCRIBED;
	m->unsubscribed_by = UNSUBSCRIBED_NOT;
	m->unsubscribe_reason = "";
	m->unsubscribed_ms = m->unsubscribed_campaign_id = 0;
	m->opt_ms = told_ms(l, m);
	m->ip_opt = d->ip ? d->ip : "";
	note_change(l, leaver, d, m->opt_ms);
}

static void play_departure(struct leaving *l, const struct member_departure *d)
{
	struct leaver *leaver = leaver_of(l, d->member_id);

	if (!leaver || leaver->now.list_id < 0)
		return; /* forgotten */
	if (d->how == DEPART_BOUNCED)
		play_bounce(l, leaver, d);
	else if (d->how == DEPART_TAKEN_BACK)
		play_taking_back(l, leaver, d);
	else
		play_leaving(l, leaver, d);
}

/* --- writing --- */

static int write_hidden(struct leaving *l, struct batch *batch, struct err *err)
{
	vec_each (&l->leavers, leaver)
		if (leaver->is_hidden_changed &&
		    batch_add(batch, SQL_MEMBER_CLEANED_LEFT,
			      SQL_ARGS(sql_int(leaver->hidden),
				       sql_int(leaver->now.id)),
			      err) < 0)
			return -1;
	return 0;
}

/* So that it can be undone, see member_restore.h. */
static int write_cleans(struct leaving *l, struct batch *batch, struct err *err)
{
	vec_each (&l->cleans, c)
		if (batch_add(
			    batch,
			    c->is_again ? SQL_MEMBER_CLEANED_TOO
					: SQL_MEMBER_CLEANED_ADD,
			    SQL_ARGS(
				    sql_int(c->campaign_id),
				    sql_int(c->member_id),
				    sql_int(leaver_of(l, c->member_id)->hidden),
				    sql_int(l->now_ms)),
			    err) < 0)
			return -1;
	return 0;
}

/* What it did, for who asks how it came back. Not before the webhook of the
 * unsubscribe was fired: who hears of both compares the two times. */
static int write_taken_back(struct leaving *l, struct batch *batch,
			    struct err *err)
{
	vec_each (&l->news, news) {
		const struct member_departure *d = news->why;

		if (d->how == DEPART_TAKEN_BACK &&
		    batch_add(batch, SQL_MEMBER_TAKEN_BACK,
			      SQL_ARGS(sql_int(d->event_id),
				       sql_int(d->member_id),
				       sql_int(d->campaign_id),
				       sql_int(news->at_ms), sql_text(d->ip)),
			      err) < 0)
			return -1;
	}
	return 0;
}

/* Returns how many members changed. */
static int write_members(struct leaving *l, struct err *err)
{
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	struct batch batch;
	int changed = 0;

	batch_begin(l->tx, &batch);
	vec_each (&l->leavers, leaver) {
		if (!leaver->is_changed)
			continue;
		changed++;
		list_kept_change(&kept, &leaver->old, &leaver->now);
		if (member_write(&batch, &leaver->old, &leaver->now, err) < 0)
			return -1;
	}
	if (write_hidden(l, &batch, err) < 0 ||
	    write_cleans(l, &batch, err) < 0 ||
	    write_taken_back(l, &batch, err) < 0 ||
	    batch_end(&batch, err) < 0 ||
	    list_kept_write(&kept, l->tx, err) < 0)
		return -1;
	vec_each (&l->leavers, leaver)
		if (leaver->has_complained &&
		    suppression_add(l->tx, leaver->now.address, "complaint",
				    l->now_ms, err) < 0)
			return -1;
	return changed;
}

/* --- telling --- */

/* Members of several lists may come mixed; usually they are of one. */
static int use_list(struct member_run *run, struct list *list, int64_t id,
		    struct err *err)
{
	if (run->list && list->id == id)
		return 0;
	if (list_get_by_id(run->tx->db, id, run->arena, list, err) < 0)
		return -1;
	run->list = list;
	return member_run_load(run, err);
}

static int campaign_hex(struct member_run *run, int64_t campaign_id,
			const char **out, struct err *err)
{
	*out = ""; /* of none, or of one that is gone */
	return campaign_id ? db_find_text(run->tx->db, SQL_MEMBER_CAMPAIGN_HEX,
					  SQL_ARGS(sql_int(campaign_id)),
					  run->arena, out, err)
			   : 0;
}

static int tell_one(struct member_run *run, const struct news *news,
		    struct err *err)
{
	enum departure_how how = news->why->how;
	struct webhook_fact fact = {
		.event = WEBHOOK_UNSUBSCRIBE,
		.action = "unsub",
		.reason = how == DEPART_COMPLAINED ? "abuse" : "manual",
	};

	if (run->listeners.n == 0)
		return 0;
	if (how == DEPART_BOUNCED) {
		fact.event = WEBHOOK_CLEANED;
		fact.action = NULL;
		fact.reason = "hard";
	}
	if (how == DEPART_TAKEN_BACK)
		fact.event = WEBHOOK_SUBSCRIBE;
	if (campaign_hex(run, news->why->campaign_id, &fact.campaign_hex, err) <
	    0)
		return -1;
	return member_tell_fact(run, &news->member, fact, news->at_ms, err);
}

static int tell_all(struct leaving *l, struct err *err)
{
	struct member_actor actor = { .source = SOURCE_USER,
				      .now_ms = l->now_ms };
	CLEANUP(member_run_release)
	struct member_run run = { .tx = l->tx,
				  .actor = &actor,
				  .arena = l->arena };
	struct list list;

	vec_each (&l->news, news)
		if (use_list(&run, &list, news->member.list_id, err) < 0 ||
		    tell_one(&run, news, err) < 0)
			return -1;
	return 0;
}

int member_depart(struct tx *tx, const struct member_departure *departures,
		  size_t n, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(leaving_release)
	struct leaving l = { .tx = tx, .arena = arena, .now_ms = now_ms };
	int changed;

	if (n == 0)
		return 0;
	if (read_leavers(&l, departures, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		play_departure(&l, &departures[i]);
	changed = write_members(&l, err);
	return changed < 0 || tell_all(&l, err) < 0 ? -1 : changed;
}

/* --- soft bounces --- */

static int count_bounces(struct tx *tx, const struct member_departure *all,
			 size_t n, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	for (size_t i = 0; i < n; i++)
		if (batch_add(&batch, SQL_MEMBER_SOFT_BOUNCE,
			      SQL_ARGS(sql_int(all[i].member_id)), err) < 0)
			return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

static bool is_among(const struct ids *ids, int64_t id)
{
	vec_each (ids, i)
		if (*i == id)
			return true;
	return false;
}

int member_soft_bounce(struct tx *tx, const struct member_departure *bounces,
		       size_t n, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids enough = VEC_INIT;
	struct member_departure *cleaned =
		arena_array(arena, struct member_departure, n + 1);
	size_t cleaned_n = 0;

	if (n == 0)
		return 0;
	if (count_bounces(tx, bounces, n, err) < 0 ||
	    db_list_ids(tx->db, SQL_MEMBER_SOFT_BOUNCED,
			SQL_ARGS(member_keys(bounces, n, &keys)), &enough,
			err) < 0)
		return -1;
	for (size_t i = 0; i < n && enough.n > 0; i++) {
		if (!is_among(&enough, bounces[i].member_id))
			continue;
		cleaned[cleaned_n] = bounces[i];
		cleaned[cleaned_n++].how = DEPART_BOUNCED;
	}
	return member_depart(tx, cleaned, cleaned_n, now_ms, err);
}
