/*
 * What a feed says now, for the app: its newest items, and the texts of a mail
 * as they would be with them. Nothing is stored. A handler; any worker, for as
 * long as the other side takes; no connection of the database is held.
 */
#include "api/api.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "campaign/content.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/rss_job.h"

#define ITEMS_SHOWN 10

static void write_item(const struct feed_item *item, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "title", item->title);
	json_key_text(w, "url", item->url);
	json_key_text(w, "author", item->author);
	json_key_text(w, "image", item->image);
	json_key_time_or_null(w, "date", item->date_ms);
	json_end_object(w);
}

static void write_feed(const struct feed *feed,
		       const struct campaign_settings *settings,
		       const struct content *content, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "title", feed->title);
	json_key_text(w, "url", feed->url);
	json_key_text(w, "description", feed->description);
	json_key_begin_array(w, "items");
	for (size_t i = 0; i < feed->n && i < ITEMS_SHOWN; i++)
		write_item(&feed->items[i], w);
	json_end_array(w);
	json_key_text(w, "subject", settings->subject_line);
	json_key(w, "html");
	json_str(w, content->html);
	json_end_object(w);
}

int v1_audience_feed(struct request *rq, struct response *rs, struct err *err)
{
	struct campaign_settings settings = { .subject_line = "",
					      .preview_text = "" };
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *url = NULL, *html = "";
	bool constrain = false;
	struct content content;
	const json_t *body;
	struct feed feed;

	if (v1_json(rq, &body, err) < 0 ||
	    json_get_text(body, "feed_url", &url, err) < 0 ||
	    json_get_text(body, "subject", &settings.subject_line, err) < 0 ||
	    json_get_text(body, "html", &html, err) < 0 ||
	    content_check_text("html", html, err) < 0 ||
	    json_get_bool(body, "constrain_images", &constrain, err) < 0)
		return -1;
	content_make(str_of(html), STR(""), rq->arena, &content);
	if (rss_show_now(url, constrain, api_of(rq)->webhooks, rq->arena,
			 &settings, &content, &feed, err) < 0)
		return -1;
	write_feed(&feed, &settings, &content, &w);
	return 0;
}
