/*
 * What a campaign says: read, and set by HTML, a template, a page or an archive
 * of one. Handlers;
 * any worker.
 */
#include "api/handlers.h"
#include "api/mc30/campaign_json.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/content.h"
#include "campaign/content_archive.h"
#include "campaign/content_fetch.h"
#include "campaign/html/html_sections.h"
#include "campaign/variate/variate_content.h"

/* "variate_contents" of a test, also of its one content. */
static int write_several(struct request *rq, struct db *db,
			 const struct campaign *c, struct json_writer *w,
			 struct err *err)
{
	struct content content;
	struct variate v;

	if (!variate_read(c->variate, rq->arena, &v))
		return 0;
	json_key_begin_array(w, "variate_contents");
	for (int i = 0; i < variate_contents(c); i++) {
		if (variate_content_get(db, c->id, i + 1, rq->arena, &content,
					err) < 0)
			return -1;
		json_begin_object(w);
		json_key_text(w, "content_label",
			      i < v.contents.n ? v.contents.v[i] : "");
		json_key(w, "plain_text");
		json_str(w, content.plain_text);
		json_key(w, "html");
		json_str(w, content.html);
		json_end_object(w);
	}
	json_end_array(w);
	return 0;
}

static int write_content(struct request *rq, struct response *rs, struct db *db,
			 struct err *err)
{
	struct json_writer w = mc_writer(rq, rs);
	struct campaign campaign;
	struct content content;

	if (mc_campaign_of_path(rq, db, &campaign, err) < 0 ||
	    content_get(db, campaign.id, rq->arena, &content, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key(&w, "plain_text");
	json_str(&w, content.plain_text);
	json_key(&w, "html");
	json_str(&w, content.html);
	json_key(&w, "archive_html");
	json_str(&w, html_sections_strip(content.html, rq->arena));
	if (write_several(rq, db, &campaign, &w, err) < 0)
		return -1;
	mc_links_begin(&w);
	mc_link(&w, "parent", "GET", mc_base(rq), "/campaigns/%s",
		campaign.hex);
	mc_link(&w, "self", "GET", mc_base(rq), "/campaigns/%s/content",
		campaign.hex);
	mc_link(&w, "update", "PUT", mc_base(rq), "/campaigns/%s/content",
		campaign.hex);
	mc_links_end(&w);
	json_end_object(&w);
	return 0;
}

int mc_campaigns_content(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0)
		return -1;
	return write_content(rq, rs, db, err);
}

/* Before any connection of the database is held: the other side may be us. */
static int fetch_pages(struct request *rq, const json_t *body,
		       const char *out[CONTENTS_MAX], struct err *err)
{
	for (size_t i = 0; i < CONTENTS_MAX; i++) {
		const char *url = NULL;
		struct str page;
		int found = content_url(body, i, &url, err);

		if (found < 0)
			return -1;
		if (found == 0)
			continue;
		if (content_fetch(url, api_of(rq)->webhooks, rq->arena, &page,
				  err) < 0)
			return -1;
		out[i] = arena_str(rq->arena, page);
	}
	return 0;
}

struct archives {
	struct content_archive *of[CONTENTS_MAX];
};

static void archives_release(struct archives *all)
{
	for (size_t i = 0; i < CONTENTS_MAX; i++)
		content_archive_free(&all->of[i]);
}

static int open_archives(struct request *rq, const json_t *body,
			 struct archives *out, struct err *err)
{
	for (size_t i = 0; i < CONTENTS_MAX; i++)
		if (content_archive_open(body, i, rq->arena, &out->of[i], err) <
		    0)
			return -1;
	return 0;
}

static int store_archives(struct request *rq, struct tx *tx,
			  const struct archives *archives,
			  const char *out[CONTENTS_MAX], struct err *err)
{
	for (size_t i = 0; i < CONTENTS_MAX; i++)
		if (archives->of[i] &&
		    content_archive_store(archives->of[i], tx,
					  api_of(rq)->public_url, rq->now_ms,
					  rq->arena, &out[i], err) < 0)
			return -1;
	return 0;
}

int mc_campaigns_content_put(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(archives_release) struct archives archives = { { NULL } };
	const char *pages[CONTENTS_MAX] = { NULL };
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 || content_check_types(body, err) < 0 ||
	    fetch_pages(rq, body, pages, err) < 0 ||
	    open_archives(rq, body, &archives, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    store_archives(rq, &tx, &archives, pages, err) < 0 ||
	    content_put(&tx, request_param(rq, "campaign_id"), body, pages,
			rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return write_content(rq, rs, db, err);
}
