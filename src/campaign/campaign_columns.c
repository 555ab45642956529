/* Settings and tracking of a campaign, which are columns of JSON. Pure. */
#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign_private.h"

/* The columns were written by campaign_settings_format: what is missing or of
 * another type has its default. */

static const char *text_of(const json_t *o, const char *key,
			   struct arena *arena)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? arena_strdup(arena, text) : "";
}

static bool bool_of(const json_t *o, const char *key, bool otherwise)
{
	const json_t *value = json_object_get(o, key);

	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static const char *array_of(const json_t *o, const char *key,
			    struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const json_t *value = json_object_get(o, key);

	if (!json_is_array(value))
		return "[]";
	json_dump(value, &text);
	return arena_str(arena, strbuf_str(&text));
}

void campaign_settings_read(const char *json, struct arena *arena,
			    struct campaign_settings *out)
{
	CLEANUP(json_free) json_t *o = json_loads(json, 0, NULL);

	*out = (struct campaign_settings){
		.subject_line = text_of(o, "subject_line", arena),
		.preview_text = text_of(o, "preview_text", arena),
		.title = text_of(o, "title", arena),
		.from_name = text_of(o, "from_name", arena),
		.reply_to = text_of(o, "reply_to", arena),
		.to_name = text_of(o, "to_name", arena),
		.template_id =
			json_integer_value(json_object_get(o, "template_id")),
		.use_conversation = bool_of(o, "use_conversation", false),
		.authenticate = bool_of(o, "authenticate", true),
		.auto_footer = bool_of(o, "auto_footer", false),
		.inline_css = bool_of(o, "inline_css", false),
		.auto_tweet = bool_of(o, "auto_tweet", false),
		.fb_comments = bool_of(o, "fb_comments", true),
		.auto_fb_post = array_of(o, "auto_fb_post", arena),
	};
}

void campaign_tracking_read(const char *json, struct arena *arena,
			    struct campaign_tracking *out)
{
	CLEANUP(json_free) json_t *o = json_loads(json, 0, NULL);

	*out = (struct campaign_tracking){
		.opens = bool_of(o, "opens", true),
		.html_clicks = bool_of(o, "html_clicks", true),
		.text_clicks = bool_of(o, "text_clicks", false),
		.goal_tracking = bool_of(o, "goal_tracking", false),
		.ecomm360 = bool_of(o, "ecomm360", false),
		.google_analytics = text_of(o, "google_analytics", arena),
		.clicktale = text_of(o, "clicktale", arena),
	};
}

void campaign_settings_format(const struct campaign_settings *s,
			      struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_text(&w, "subject_line", s->subject_line);
	json_key_text(&w, "preview_text", s->preview_text);
	json_key_text(&w, "title", s->title);
	json_key_text(&w, "from_name", s->from_name);
	json_key_text(&w, "reply_to", s->reply_to);
	json_key_bool(&w, "use_conversation", s->use_conversation);
	json_key_text(&w, "to_name", s->to_name);
	json_key_bool(&w, "authenticate", s->authenticate);
	json_key_bool(&w, "auto_footer", s->auto_footer);
	json_key_bool(&w, "inline_css", s->inline_css);
	json_key_bool(&w, "auto_tweet", s->auto_tweet);
	json_key_bool(&w, "fb_comments", s->fb_comments);
	json_key_raw(&w, "auto_fb_post", str_of(s->auto_fb_post));
	json_key_int(&w, "template_id", s->template_id);
	json_end_object(&w);
}

void campaign_tracking_format(const struct campaign_tracking *t,
			      struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_bool(&w, "opens", t->opens);
	json_key_bool(&w, "html_clicks", t->html_clicks);
	json_key_bool(&w, "text_clicks", t->text_clicks);
	json_key_bool(&w, "goal_tracking", t->goal_tracking);
	json_key_bool(&w, "ecomm360", t->ecomm360);
	json_key_text(&w, "google_analytics", t->google_analytics);
	json_key_text(&w, "clicktale", t->clicktale);
	json_end_object(&w);
}
