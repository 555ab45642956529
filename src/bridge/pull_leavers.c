/*
 * Who left because of a campaign, or complained: their rows of the ledger, and
 * their opt-out. Called by the pull, on the thread of its job.
 */
#include "bridge/pull_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign_figures.h"
#include "crm/consent/consent.h"

#include "sql/pull.h"

#include <string.h>

/* What a leaver of the list said, and when; now, if that is not told. */
static struct consent consent_of(const struct pull *p, const json_t *u,
				 int64_t *at_ms)
{
	const char *at = json_string_value(json_object_get(u, "timestamp"));
	const char *reason = json_string_value(json_object_get(u, "reason"));
	bool is_complaint = reason && strstr(reason, "abuse");
	struct consent c = { .state = CONSENT_OPTED_OUT,
			     .source = is_complaint ? CONSENT_BY_COMPLAINT
						    : CONSENT_BY_AUDIENCE,
			     .reason = is_complaint ? "complained"
						    : "unsubscribed",
			     .campaign_id = p->c.id };

	*at_ms = p->w->actor.now_ms;
	if (at && time_parse_iso(at, at_ms))
		c.at_ms = *at_ms + 999; /* the end of that second */
	return c;
}

/* 1: it is known from now on, 0: it was, or they are none of ours; -1. */
static int mark_leaver(struct pull *p, struct tx *tx, const char *hash,
		       const struct consent *c, int64_t at_ms, struct err *err)
{
	struct sql_args args =
		SQL_ARGS(sql_int(at_ms), sql_int(p->c.id), sql_text(hash));
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&hashes);
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;
	int first;

	json_begin_array(&j);
	json_text(&j, hash);
	json_end_array(&j);
	if (figures_begin(tx, p->c.id, sql_str(strbuf_str(&hashes)), &figures,
			  err) < 0)
		return -1;
	first = db_exec(tx, SQL_PULL_UNSUBSCRIBED, args, err);
	if (first < 0 ||
	    (c->source == CONSENT_BY_COMPLAINT &&
	     db_exec(tx, SQL_PULL_COMPLAINED, args, err) < 0) ||
	    figures_end(tx, &figures, err) < 0)
		return -1;
	return first > 0;
}

/*
 * What others sent may have been read long after: who is subscribed by a later
 * word has come back. 1, 0, -1.
 */
static int is_back(struct pull *p, struct tx *tx, const char *hash,
		   int64_t at_ms, struct err *err)
{
	struct mirrored m = { 0 };
	int found;

	if (!is_found(p))
		return 0;
	found = mirror_find(tx->db, hash, p->arena, &m, err);
	if (found <= 0)
		return found;
	return m.status == MIRROR_SUBSCRIBED && m.changed_ms > at_ms + 999;
}

/* What is void, since they came back meanwhile, says nothing of the member. */
static int hear(struct pull *p, struct tx *tx, const struct meant *who,
		const struct consent *c, int64_t at_ms, struct err *err)
{
	int back = is_back(p, tx, who->hash, at_ms, err);
	int heard;

	if (back != 0)
		return back < 0 ? -1 : 0;
	heard = word_heard(tx, who, c, &p->w->actor, err);
	if (heard <= 0)
		return heard;
	return mirror_put(tx, who->hash, MIRROR_UNSUBSCRIBED, NULL, NULL, at_ms,
			  err);
}

/* 1: they were not known to have left; 0: they were, or are none of ours; -1.
 */
static int store_leaver(struct pull *p, const json_t *u, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *hash = json_string_value(json_object_get(u, "email_id"));
	int64_t at_ms;
	struct consent c = consent_of(p, u, &at_ms);
	struct meant who = meant_by(u, hash);
	int first;

	if (!hash)
		return 0;
	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	first = mark_leaver(p, &tx, hash, &c, at_ms, err);
	/* once: a person who comes back by their own act stays */
	if (first < 0 || (first > 0 && hear(p, &tx, &who, &c, at_ms, err) < 0))
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : first;
}

/*
 * The leavers from a place of the list on. 1: those before `known` were known,
 * and those behind it were not; 0: the order is not that in which they left,
 * and new ones may stand anywhere; -1. *end is how long the list is.
 */
static int read_leavers(struct pull *p, int64_t from, int64_t known,
			int64_t *end, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = {
		.path = report_path(p, "/unsubscribed?fields=unsubscribes."
				       "email_id,unsubscribes.email_address,"
				       "unsubscribes.timestamp,"
				       "unsubscribes.reason,total_items"),
		.items = "unsubscribes",
		.count = ITEMS_A_PAGE,
		.offset = from,
	};
	const json_t *page;
	json_t *u;
	size_t i;
	bool in_order = true;
	int more;

	*end = from;
	while ((more = mc_next_page(p->w->client, &pages, &page, err)) > 0)
		json_array_foreach (page, i, u) {
			int is_new = store_leaver(p, u, err);

			if (is_new < 0)
				return -1;
			if (is_new != (*end >= known))
				in_order = false;
			++*end;
		}
	if (more < 0)
		return -1;
	return in_order && *end >= known;
}

/*
 * Only what stands behind the leavers that were read before is read, and the
 * last of those, to see that it still is. The API does not promise an order,
 * and leavers may be deleted: if something does not fit, all are read, as they
 * are after a complaint, which may be about one that was read, and at the last
 * look.
 */
int pull_leavers(struct pull *p, const struct summary *now, bool is_last,
		 struct err *err)
{
	bool all = is_last || now->complained != p->at.complained;
	int64_t known = all ? 0 : p->at.leavers, end;
	int in_order;

	if (!all && now->unsubscribed == p->at.unsubscribed)
		return 0;
	in_order = read_leavers(p, known > 0 ? known - 1 : 0, known, &end, err);
	if (in_order == 0 && known > 0)
		in_order = read_leavers(p, 0, 0, &end, err);
	if (in_order < 0)
		return -1;
	p->at.leavers = end;
	p->at.unsubscribed = now->unsubscribed;
	p->at.complained = now->complained;
	p->changed = true;
	return 0;
}
