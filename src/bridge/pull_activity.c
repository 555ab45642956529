/*
 * What people did with a message: opens, clicks, bounces, by `since` with an
 * overlap. Called by the pull, on the thread of its job.
 */
#include "bridge/pull_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign_figures.h"

#include "sql/pull.h"

#include <string.h>

/* Each with all that they did: a thousand busy ones are 100 MiB. */
#define ACTIVE_A_PAGE 250
/* How far apart the clocks may be with which a send began, here and there. */
#define BEGINNING_MS (MS_DAY)
#define EVERYTHING "/email-activity?exclude_fields=_links,emails._links"

static int link_id(struct pull *p, struct tx *tx, const char *url, int64_t *out,
		   struct err *err)
{
	int found;

	*out = 0;
	if (!url || !*url)
		return 0;
	found = db_find_int(tx->db, SQL_PULL_LINK_FIND,
			    SQL_ARGS(sql_int(p->c.id), sql_text(url)), out,
			    err);
	if (found != 0)
		return found < 0 ? -1 : 0;
	return db_find_int(tx->db, SQL_PULL_LINK_ADD,
			   SQL_ARGS(sql_int(p->c.id), sql_text(url)), out,
			   err) < 0
		       ? -1
		       : 0;
}

static enum crm_activity activity_of(const char *action)
{
	if (strcmp(action, "open") == 0)
		return CRM_ACTIVITY_OPEN;
	if (strcmp(action, "click") == 0)
		return CRM_ACTIVITY_CLICK;
	return strcmp(action, "bounce") == 0 ? CRM_ACTIVITY_BOUNCE
					     : CRM_ACTIVITY_NONE;
}

static int store_action(struct pull *p, struct tx *tx, const char *hash,
			const json_t *a, struct err *err)
{
	const char *action = json_string_value(json_object_get(a, "action"));
	const char *at = json_string_value(json_object_get(a, "timestamp"));
	const char *url = json_string_value(json_object_get(a, "url"));
	const char *ip = json_string_value(json_object_get(a, "ip"));
	bool machine = json_is_true(json_object_get(a, "is_machine"));
	int64_t at_ms, link;
	enum crm_activity kind =
		action ? activity_of(action) : CRM_ACTIVITY_NONE;

	if (kind == CRM_ACTIVITY_NONE || !at || !time_parse_iso(at, &at_ms))
		return 0;
	if (link_id(p, tx, kind == CRM_ACTIVITY_CLICK ? url : NULL, &link,
		    err) < 0)
		return -1;
	return db_exec(tx, SQL_PULL_ACTIVITY_PUT,
		       SQL_ARGS(sql_int(kind), sql_int(at_ms), sql_int(link),
				sql_int(machine), sql_text(ip),
				sql_int(p->c.id), sql_text(hash)),
		       err);
}

static int store_activity_page(struct pull *p, const json_t *page,
			       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;
	json_t *member, *a;
	size_t i, k;

	if (tx_begin(p->w->db, &tx, err) < 0 ||
	    begin_figures(p, &tx, page, &hashes, &figures, err) < 0)
		return -1;
	json_array_foreach (page, i, member) {
		const char *hash =
			json_string_value(json_object_get(member, "email_id"));

		if (!hash ||
		    json_array_size(json_object_get(member, "activity")) == 0)
			continue;
		json_array_foreach (json_object_get(member, "activity"), k, a)
			if (store_action(p, &tx, hash, a, err) < 0)
				return -1;
		if (db_exec(&tx, SQL_PULL_FIGURES,
			    SQL_ARGS(sql_int(p->c.id), sql_text(hash)),
			    err) < 0)
			return -1;
	}
	return figures_end(&tx, &figures, err) < 0 ? -1 : tx_commit(&tx, err);
}

/* Also at the first look `since` is given: without it there are those who did
 * nothing, too, which are all who were sent it. */
static const char *activity_path(struct pull *p)
{
	int64_t since_ms = p->at.since_ms;

	if (since_ms == 0)
		since_ms = p->c.started_ms - BEGINNING_MS;
	if (since_ms <= 0)
		return report_path(p, EVERYTHING);
	return arena_printf(p->arena, "%s&since=%s", report_path(p, EVERYTHING),
			    time_param(since_ms, p->arena));
}

int pull_activity(struct pull *p, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = { .path = activity_path(p),
				  .items = "emails",
				  .count = ACTIVE_A_PAGE };
	int64_t began_ms = clock_now_ms();
	int64_t overlap_ms =
		p->w->bridge->setup.inside ? 15 * MS_SECOND : MS_HOUR;
	const json_t *page;
	int more;

	while ((more = mc_next_page(p->w->client, &pages, &page, err)) > 0) {
		if (store_activity_page(p, page, err) < 0)
			return -1;
		if (json_array_size(page) < ACTIVE_A_PAGE)
			break;
	}
	if (more < 0)
		return -1;
	p->at.since_ms = began_ms - overlap_ms;
	return 0;
}
