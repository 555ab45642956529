#include "delivery/freeze.h"

#include "audience/list.h"
#include "audience/member.h"
#include "audience/segment_target.h"
#include "audience/side/side.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/text/time_zone.h"
#include "campaign/campaign.h"
#include "campaign/content.h"
#include "campaign/html/html_links.h"
#include "campaign/variate/variate_content.h"
#include "delivery/lease.h"
#include "delivery/recipient.h"
#include "delivery/spread/spread.h"
#include "sets/id_set.h"
#include "store/db.h"

#include "sql/recipient.h"

#include <stdlib.h>

#define CHUNK 4000
#define CHUNKS 25 /* a call: its thread has leases to renew */

struct freezing {
	int64_t campaign_id;
	struct id_set set;      /* whom it goes to */
	struct id_set mailable; /* who has a place, if it is spread */
};

static void freezing_free(struct freezing *one)
{
	id_set_release(&one->set);
	id_set_release(&one->mailable);
	free(one);
}

void freezings_release(struct freezings *all)
{
	vec_each (all, one)
		freezing_free(*one);
	vec_release(all);
}

void freezings_drop(struct freezings *all, int64_t campaign_id)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i]->campaign_id == campaign_id) {
			freezing_free(all->v[i]);
			all->v[i--] = all->v[--all->n];
		}
}

static struct freezing *freezings_find(struct freezings *all,
				       int64_t campaign_id)
{
	vec_each (all, one)
		if ((*one)->campaign_id == campaign_id)
			return *one;
	return NULL;
}

struct freezer {
	struct db *db;
	const struct campaign *campaign;
	const char *owner;
	int64_t now_ms;
	struct spread spread;
	int64_t zone_ms; /* Timewarp: of the account */
	struct freezing *whom;
	int64_t place; /* of the next of whom->mailable */
	int64_t ids[CHUNK];
	const char *reasons[CHUNK];
	struct spread_place places[CHUNK];
	size_t n;
};

static int still_ours(struct freezer *f, struct tx *tx, struct err *err)
{
	return f->owner ? lease_check(tx, LEASE_DELIVERY, f->owner, err) : 1;
}

/* Do both enter as the same but for who they are? */
static bool is_alike(const struct freezer *f, size_t a, size_t b)
{
	const char *x = f->reasons[a], *y = f->reasons[b];

	return (x == y || (x && y && strcmp(x, y) == 0)) &&
	       f->places[a].variant == f->places[b].variant &&
	       f->places[a].next_ms == f->places[b].next_ms;
}

/* One statement for all of the chunk that are like [first]. */
static int enter_alike(struct freezer *f, struct tx *tx, size_t first,
		       bool done[CHUNK], struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const char *reason = f->reasons[first];

	for (size_t i = first; i < f->n; i++) {
		if (done[i] || !is_alike(f, i, first))
			continue;
		vec_push(&ids, f->ids[i]);
		done[i] = true;
	}
	return db_exec(tx, SQL_RECIPIENT_FREEZE,
		       SQL_ARGS(sql_int(f->campaign->id),
				sql_int(reason ? RECIPIENT_LEFT_OUT
					       : RECIPIENT_QUEUED),
				sql_text(reason), sql_int(f->now_ms),
				sql_int(f->places[first].variant),
				sql_int(f->places[first].next_ms),
				sql_keys(&ids, &keys),
				sql_int(f->campaign->list_id)),
		       err);
}

static int enter_chunk(struct freezer *f, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	bool done[CHUNK] = { false };
	int ours;

	if (tx_begin(f->db, &tx, err) < 0)
		return -1;
	ours = still_ours(f, &tx, err);
	if (ours <= 0)
		return ours;
	if (consent_check(f->db, f->ids, f->n, f->reasons, err) < 0)
		return -1;
	for (size_t i = 0; i < f->n; i++)
		if (f->reasons[i]) /* who gets nothing gets no variant */
			f->places[i] = (struct spread_place){ .variant = 0 };
	for (size_t i = 0; i < f->n; i++)
		if (!done[i] && enter_alike(f, &tx, i, done, err) < 0)
			return -1;
	if (db_exec(&tx, SQL_RECIPIENT_FREEZE_CURSOR,
		    SQL_ARGS(sql_int(f->ids[f->n - 1]),
			     sql_int(f->campaign->id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

/* Stable, and the same for the same link of the same campaign. */
static void link_hex(const struct campaign *campaign, const char *url,
		     char out[MD5_HEX + 1])
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s %s", campaign->hex, url);
	md5_hex(strbuf_str(&text), out);
	out[10] = '\0';
}

/* Of the content at a position: those that are new to the campaign get the next
 * ids, as in a mailing. */
static int add_links(struct tx *tx, const struct campaign *campaign,
		     int position, const struct merge_fields *fields,
		     struct arena *arena, struct html_links *all,
		     struct err *err)
{
	struct content content;
	struct html_links links;

	if (variate_content_get(tx->db, campaign->id, position, arena, &content,
				err) < 0)
		return -1;
	content_mend(&content, fields, arena);
	html_links_scan(content.html, arena, &links);
	html_links_join(all, &links, arena);
	return 0;
}

int freeze_links(struct tx *tx, const struct campaign *campaign,
		 struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct html_links all = { .n = 0 };
	struct merge_fields fields;
	char hex[MD5_HEX + 1];

	if (merge_fields_load(tx->db, campaign->list_id, arena, &fields, err) <
	    0)
		return -1;
	for (int i = 1; i <= variate_contents(campaign); i++)
		if (add_links(tx, campaign, i, &fields, arena, &all, err) < 0)
			return -1;
	for (size_t i = 0; i < all.distinct_n; i++) {
		const struct html_link *link = all.distinct[i];

		link_hex(campaign, link->target, hex);
		if (db_exec(tx, SQL_RECIPIENT_LINK_ADD,
			    SQL_ARGS(sql_int(campaign->id),
				     sql_int((int64_t)i + 1), sql_text(hex),
				     sql_text(link->target)),
			    err) < 0)
			return -1;
	}
	return 0;
}

/* Batches count from when their campaign was sent, but it may have been paused
 * since, or have waited for a feed: the first one goes now. */
static int begin_batches(const struct freezer *f, struct tx *tx,
			 struct err *err)
{
	const struct campaign *c = f->campaign;
	struct campaign_spread how;

	campaign_spread_read(c->spread, &how);
	if (how.batch_count == 0)
		return 0;
	return db_exec(tx, SQL_RECIPIENT_FREEZE_SHIFT,
		       SQL_ARGS(sql_int(f->now_ms - c->send_ms),
				sql_int(c->id)),
		       err) < 0
		       ? -1
		       : 0;
}

/* Whoever is claimed needs the links. */
static int begin_freezing(struct freezer *f, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours;

	if (f->campaign->freeze_cursor > 0)
		return 1;
	if (tx_begin(f->db, &tx, err) < 0)
		return -1;
	ours = still_ours(f, &tx, err);
	if (ours <= 0)
		return ours;
	if (freeze_links(&tx, f->campaign, err) < 0 ||
	    db_exec(&tx, SQL_RECIPIENT_FREEZE_LAST,
		    SQL_ARGS(sql_int(f->campaign->id)), err) < 0 ||
	    begin_batches(f, &tx, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

int freeze_end(struct tx *tx, int64_t campaign_id, struct err *err)
{
	return db_exec(tx, SQL_RECIPIENT_FREEZE_END,
		       SQL_ARGS(sql_int(campaign_id), sql_int(campaign_id)),
		       err) < 0
		       ? -1
		       : 0;
}

static int end_freezing(struct freezer *f, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours;

	if (tx_begin(f->db, &tx, err) < 0)
		return -1;
	ours = still_ours(f, &tx, err);
	if (ours <= 0)
		return ours;
	if (freeze_end(&tx, f->campaign->id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

bool freeze_lets_send(const struct campaign *campaign)
{
	return campaign->frozen || (campaign->freeze_cursor > 0 &&
				    !campaign->variate && !campaign->spread);
}

/* Of a segment everybody enters, so that the report says who was left out; of
 * a whole list those who are subscribed. */
static unsigned wanted_statuses(const struct campaign *campaign)
{
	if (!campaign->segment_id && !campaign->segment_opts)
		return MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED);
	return MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED) |
	       MEMBER_STATUS_BIT(MEMBER_UNSUBSCRIBED) |
	       MEMBER_STATUS_BIT(MEMBER_CLEANED) |
	       MEMBER_STATUS_BIT(MEMBER_PENDING);
}

/* Where those of the chunk live; only Timewarp asks. */
static int load_zones(struct freezer *f, struct member_places *out,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (!f->spread.how.timewarp)
		return 0;
	for (size_t i = 0; i < f->n; i++)
		vec_push(&ids, f->ids[i]);
	return member_places_list(f->db, sql_keys(&ids, &keys), out, err);
}

/* Who has said nothing has the account's zone. */
static int64_t zone_of(const struct freezer *f, const struct member_places *all,
		       int64_t member_id)
{
	size_t i = vec_lower(all, member_id, member_id);

	return i < all->n && all->v[i].member_id == member_id
		       ? spread_zone_ms(all->v[i].longitude)
		       : f->zone_ms;
}

/* Of each of the chunk; who is not mailable has none. */
static int find_places(struct freezer *f, struct err *err)
{
	CLEANUP(vec_release) struct member_places where = VEC_INIT;
	const struct spread_place none = { .variant = 0 };

	if (load_zones(f, &where, err) < 0)
		return -1;
	for (size_t i = 0; i < f->n; i++)
		f->places[i] =
			f->spread.is_spread && id_set_has(&f->whom->mailable,
							  f->ids[i])
				? spread_of(&f->spread, f->place++,
					    zone_of(f, &where, f->ids[i]))
				: none;
	return 0;
}

/* The time of the schedule is what clocks of the account show then. */
static int load_account_zone(struct freezer *f, struct arena *arena,
			     struct err *err)
{
	const struct time_zone *zone = NULL;

	if (!f->spread.how.timewarp)
		return 0;
	if (account_zone_load(f->db, arena, &zone, err) < 0)
		return -1;
	f->zone_ms = time_zone_ahead_ms(zone, f->spread.wall_ms);
	return 0;
}

/* Whoever goes on where another was ends up with the same places. */
static int begin_spread(struct freezer *f, struct arena *arena, struct err *err)
{
	int64_t id = 0;

	spread_init(&f->spread, f->campaign, id_set_count(&f->whom->mailable),
		    arena);
	if (!f->spread.is_spread)
		return 0;
	if (load_account_zone(f, arena, err) < 0)
		return -1;
	f->spread.wall_ms += f->zone_ms;
	while ((id = id_set_next(&f->whom->mailable, id)) > 0 &&
	       id <= f->campaign->freeze_cursor)
		f->place++;
	return 0;
}

static void remove_above(struct id_set *set, int64_t last)
{
	CLEANUP(id_set_release) struct id_set above = ID_SET_INIT;

	while ((last = id_set_next(set, last)) > 0)
		id_set_add(&above, last);
	id_set_subtract(set, &above);
}

/*
 * Who joined since the first process began is not meant: also whoever was
 * erased since and has signed up again, who may have the mail already, although
 * no row says that it was them.
 */
static int leave_out_newer(struct freezer *f, struct freezing *out,
			   struct err *err)
{
	int64_t last;
	int found = db_find_int(f->db, SQL_RECIPIENT_FREEZE_LAST_OF,
				SQL_ARGS(sql_int(f->campaign->id)), &last, err);

	if (found <= 0)
		return found;
	remove_above(&out->set, last);
	remove_above(&out->mailable, last);
	return 0;
}

static int look_who(struct freezer *f, struct freezing *out, struct err *err)
{
	const struct campaign *c = f->campaign;
	struct segment_target target = { .list_id = c->list_id,
					 .segment_id = c->segment_id,
					 .opts = c->segment_opts,
					 .statuses = wanted_statuses(c) };

	if (segment_members(f->db, &target, f->now_ms, &out->set, err) < 0)
		return -1;
	target.statuses = MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED);
	if ((c->variate || c->spread) &&
	    segment_members(f->db, &target, f->now_ms, &out->mailable, err) < 0)
		return -1;
	return leave_out_newer(f, out, err);
}

/* As it was when this process began, if it did. */
static int find_whom(struct freezer *f, struct freezings *all, struct err *err)
{
	int64_t id = f->campaign->id;
	struct freezing *one;

	if (f->campaign->freeze_cursor == 0)
		freezings_drop(all, id);
	f->whom = freezings_find(all, id);
	if (f->whom)
		return 0;
	one = calloc(1, sizeof(*one));
	BUG_ON(!one);
	*one = (struct freezing){ .campaign_id = id,
				  .set = ID_SET_INIT,
				  .mailable = ID_SET_INIT };
	if (look_who(f, one, err) < 0) {
		freezing_free(one);
		return -1;
	}
	vec_push(all, one);
	f->whom = one;
	return 0;
}

/* 1: all are in, 2: more to do, 0: the lease was lost, -1. */
static int enter_some(struct freezer *f, struct id_set *set, struct err *err)
{
	int64_t id = f->campaign->freeze_cursor;
	int most = id > 0 ? CHUNKS : 1; /* so that sending may begin */

	for (int chunks = 0; chunks < most; chunks++) {
		int rc;

		f->n = 0;
		while (f->n < CHUNK && (id = id_set_next(set, id)) > 0)
			f->ids[f->n++] = id;
		if (f->n == 0)
			return 1;
		if (find_places(f, err) < 0)
			return -1;
		rc = enter_chunk(f, err);
		if (rc <= 0)
			return rc;
		if (f->n < CHUNK)
			return 1;
		id = f->ids[f->n - 1];
	}
	return 2;
}

int freeze_campaign(struct db *db, const struct campaign *campaign,
		    const char *owner, struct freezings *all, int64_t now_ms,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct freezer *f = arena_new_of(arena, struct freezer);
	int rc;

	f->db = db;
	f->campaign = campaign;
	f->owner = owner;
	f->now_ms = now_ms;
	rc = begin_freezing(f, err);
	if (rc == 1 &&
	    (find_whom(f, all, err) < 0 || begin_spread(f, arena, err) < 0))
		rc = -1;
	if (rc == 1)
		rc = enter_some(f, &f->whom->set, err);
	if (rc == 1)
		rc = end_freezing(f, err);
	if (rc == 0 || rc == 1)
		freezings_drop(all, campaign->id);
	return rc < 0 ? err_prefix(err, "freezing campaign %s", campaign->hex)
		      : rc;
}
