/*
 * Who got a campaign: pages of sent-to become rows of those who were sent it,
 * whom the outbox caught, whose address bounced at once. Called by pull.c.
 */
#include "bridge/pull_private.h"
#include "bridge/target/ledger.h"

#include "base/err.h"
#include "crm/campaign/found.h"
#include "crm/campaign_figures.h"

#include "sql/pull.h"

#include <string.h>

/* Hashes of those who got it: most of a page, so one statement stores them. */
struct accepted {
	struct strbuf text[2]; /* caught in the outbox: the second */
	struct json_writer w[2];
};
#define ACCEPTED_INIT                                \
	{                                            \
		.text = { STRBUF_INIT, STRBUF_INIT } \
	}

static void accepted_begin(struct accepted *a)
{
	for (int i = 0; i < 2; i++) {
		struct json_writer w = JSON_WRITER(&a->text[i]);

		a->w[i] = w;
		json_begin_array(&a->w[i]);
	}
}

static void accepted_release(struct accepted *a)
{
	for (int i = 0; i < 2; i++)
		strbuf_release(&a->text[i]);
}

/* When they got it, as far as anybody knows: of what is found over there, it
 * may be long ago. */
static int64_t sent_at_ms(const struct pull *p)
{
	return is_found(p) ? p->c.started_ms : p->w->actor.now_ms;
}

static int accepted_store(struct pull *p, struct tx *tx, struct accepted *a,
			  struct err *err)
{
	int64_t now_ms = sent_at_ms(p);

	for (int i = 0; i < 2; i++) {
		json_end_array(&a->w[i]);
		if (db_exec(tx, SQL_PULL_ACCEPTED,
			    SQL_ARGS(sql_int(now_ms), sql_int(now_ms),
				     sql_int(i), sql_int(p->c.id),
				     sql_str(strbuf_str(&a->text[i]))),
			    err) < 0)
			return -1;
	}
	return 0;
}

static int store_sent(struct pull *p, struct batch *b, struct accepted *a,
		      const json_t *item, struct err *err)
{
	const char *hash = json_string_value(json_object_get(item, "email_id"));
	const char *status = json_string_value(json_object_get(item, "status"));
	const char *detail = json_string_value(json_object_get(item, "detail"));
	/* ours alone: nobody else has an outbox */
	bool is_caught = json_is_true(json_object_get(item, "caught"));
	int64_t now_ms = sent_at_ms(p);
	enum crm_bounce bounced;

	if (!hash || !status)
		return 0;
	bounced = strcmp(status, "hard") == 0   ? CRM_BOUNCE_HARD
		  : strcmp(status, "soft") == 0 ? CRM_BOUNCE_SOFT
						: CRM_BOUNCE_NONE;
	if (bounced == CRM_BOUNCE_NONE && !detail) {
		json_text(&a->w[is_caught], hash);
		return 0;
	}
	if (bounced == CRM_BOUNCE_NONE)
		return batch_add(b, SQL_PULL_UNANSWERED,
				 SQL_ARGS(sql_text(detail), sql_int(now_ms),
					  sql_int(p->c.id), sql_text(hash)),
				 err);
	return batch_add(b, SQL_PULL_REFUSED,
			 SQL_ARGS(sql_text(status), sql_text(detail),
				  sql_int(now_ms), sql_int(bounced),
				  sql_int(now_ms), sql_int(p->c.id),
				  sql_text(hash)),
			 err);
}

/* Who came into a tag, a segment or the audience until it was frozen; all, of
 * what is found over there. */
static int add_missing(struct pull *p, struct tx *tx, const json_t *page,
		       struct str hashes, struct err *err)
{
	if (p->c.to_kind <= CRM_CAMPAIGN_TO_GROUP && !is_found(p))
		return 0;
	if (ledger_add(tx, p->w, p->c.id, page, "email_id", hashes, false,
		       err) < 0)
		return -1;
	return is_found(p) ? found_campaign_was_sent(tx, p->c.id, hashes, err)
			   : 0;
}

static int store_sent_page(struct pull *p, const json_t *page, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	CLEANUP(json_free) json_t *named = NULL;
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;
	CLEANUP(accepted_release) struct accepted accepted = ACCEPTED_INIT;
	struct batch b;
	json_t *item;
	size_t i;

	accepted_begin(&accepted);
	if (tx_begin(p->w->db, &tx, err) < 0 ||
	    name_erased(p, &tx, page, &named, err) < 0)
		return -1;
	page = named ? named : page;
	if (begin_figures(p, &tx, page, &hashes, &figures, err) < 0 ||
	    add_missing(p, &tx, page, strbuf_str(&hashes), err) < 0)
		return -1;
	batch_begin(&tx, &b);
	json_array_foreach (page, i, item)
		if (store_sent(p, &b, &accepted, item, err) < 0)
			return -1;
	if (batch_end(&b, err) < 0 ||
	    accepted_store(p, &tx, &accepted, err) < 0 ||
	    ab_store_variants(p, &tx, page, err) < 0 ||
	    figures_end(&tx, &figures, err) < 0)
		return -1;
	p->at.sent += (int64_t)json_array_size(page);
	p->changed = true;
	if (cursor_store(p, &tx, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int pull_sent(struct pull *p, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = {
		/* what only some have must not be asked for by name */
		.path = report_path(
			p, "/sent-to?exclude_fields=_links,sent_to._links,"
			   "sent_to.merge_fields,sent_to.vip,"
			   "sent_to.open_count,sent_to.last_open,"
			   "sent_to.gmt_offset,sent_to.campaign_id,"
			   "sent_to.list_id,sent_to.list_is_active"),
		.items = "sent_to",
		.count = ITEMS_A_PAGE,
		.offset = p->at.sent,
	};
	const json_t *page;
	int more;

	while ((more = mc_next_page(p->w->client, &pages, &page, err)) > 0) {
		if (store_sent_page(p, page, err) < 0)
			return -1;
		if (json_array_size(page) < ITEMS_A_PAGE)
			return 0;
	}
	return more;
}
