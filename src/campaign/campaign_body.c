/*
 * A campaign as the API's object says it: made, changed, removed. Called by
 * handlers; any thread.
 */
#include "audience/list.h"
#include "audience/segment_target.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "base/text/shown_text.h"
#include "base/utf8.h"
#include "campaign/campaign_private.h"
#include "campaign/campaign_spread.h"
#include "campaign/content.h"
#include "campaign/feedback.h"
#include "campaign/folder.h"
#include "campaign/rss/rss.h"
#include "campaign/rss/rss_options.h"
#include "campaign/variate/variate.h"
#include "campaign/variate/variate_content.h"
#include "sql/campaign.h"
#include "store/db.h"
#include "store/update.h"

#define SETTING_MAX 500 /* characters of a text of the settings */
#define PAGES_MAX 50    /* of auto_fb_post */

/* --- the API's objects --- */

/* "settings" before the field that an error names. */
static int in_object(const char *object, struct err *err)
{
	struct err inner = *err;
	char field[2 * sizeof(inner.field)];

	if (inner.code != ERR_INVALID || !inner.field[0])
		return -1;
	(void)snprintf(field, sizeof(field), "%s.%s", object, inner.field);
	return err_field(err, field, "%s", inner.text);
}

static int take_text(const json_t *o, const char *key, struct arena *arena,
		     const char **out, struct err *err)
{
	const char *text = NULL, *fault;
	int found = json_get_text(o, key, &text, err);

	if (found <= 0)
		return found;
	if (utf8_length(str_of(text)) > SETTING_MAX)
		return err_field(err, key, "Please enter at most %d characters",
				 SETTING_MAX);
	/* A line break would begin another header of the message. */
	fault = shown_text_fault(str_of(text), SHOWN_LINE);
	if (fault)
		return err_field(err, key, "%s", fault);
	*out = arena_strdup(arena, text);
	return 1;
}

static int take_pages(const json_t *o, struct arena *arena,
		      struct campaign_settings *s, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const json_t *pages = NULL, *page;
	int found = json_get_array(o, "auto_fb_post", &pages, err);
	size_t i;

	if (found <= 0)
		return found;
	if (json_array_size(pages) > PAGES_MAX)
		return err_field(err, "auto_fb_post", "has too many pages");
	json_array_foreach (pages, i, page)
		if (!json_is_string(page) ||
		    json_string_length(page) > SETTING_MAX)
			return err_field(err, "auto_fb_post",
					 "should be ids of pages");
	json_dump(pages, &text);
	s->auto_fb_post = arena_str(arena, strbuf_str(&text));
	return 1;
}

static int take_settings(const json_t *o, struct arena *arena,
			 struct campaign_settings *s, struct err *err)
{
	bool unheeded;

	if (json_get_bool(o, "drag_and_drop", &unheeded, err) < 0 ||
	    take_text(o, "subject_line", arena, &s->subject_line, err) < 0 ||
	    take_text(o, "preview_text", arena, &s->preview_text, err) < 0 ||
	    take_text(o, "title", arena, &s->title, err) < 0 ||
	    take_text(o, "from_name", arena, &s->from_name, err) < 0 ||
	    take_text(o, "reply_to", arena, &s->reply_to, err) < 0 ||
	    take_text(o, "to_name", arena, &s->to_name, err) < 0 ||
	    json_get_int(o, "template_id", &s->template_id, err) < 0 ||
	    json_get_bool(o, "use_conversation", &s->use_conversation, err) <
		    0 ||
	    json_get_bool(o, "authenticate", &s->authenticate, err) < 0 ||
	    json_get_bool(o, "auto_footer", &s->auto_footer, err) < 0 ||
	    json_get_bool(o, "inline_css", &s->inline_css, err) < 0 ||
	    json_get_bool(o, "auto_tweet", &s->auto_tweet, err) < 0 ||
	    json_get_bool(o, "fb_comments", &s->fb_comments, err) < 0 ||
	    take_pages(o, arena, s, err) < 0)
		return in_object("settings", err);
	if (*s->reply_to && !email_is_valid(s->reply_to))
		return err_field(err, "settings.reply_to",
				 "Please provide a valid email address.");
	return 0;
}

/* Links would be others than the sender was told. */
static int refuse_marks(const json_t *o, struct err *err)
{
	const char *google = "", *clicktale = "";

	if (json_get_text(o, "google_analytics", &google, err) < 0 ||
	    json_get_text(o, "clicktale", &clicktale, err) < 0)
		return -1;
	if (*google)
		return err_field(err, "google_analytics",
				 "Links are not marked for Google Analytics "
				 "here: write the marks into them");
	return *clicktale ? err_field(err, "clicktale",
				      "Links are not marked for ClickTale here")
			  : 0;
}

static int take_tracking(const json_t *o, struct arena *arena,
			 struct campaign_tracking *t, struct err *err)
{
	if (refuse_marks(o, err) < 0 ||
	    json_get_bool(o, "opens", &t->opens, err) < 0 ||
	    json_get_bool(o, "html_clicks", &t->html_clicks, err) < 0 ||
	    json_get_bool(o, "text_clicks", &t->text_clicks, err) < 0 ||
	    json_get_bool(o, "goal_tracking", &t->goal_tracking, err) < 0 ||
	    json_get_bool(o, "ecomm360", &t->ecomm360, err) < 0 ||
	    take_text(o, "google_analytics", arena, &t->google_analytics, err) <
		    0 ||
	    take_text(o, "clicktale", arena, &t->clicktale, err) < 0)
		return in_object("tracking", err);
	return 0;
}

static int take_conditions(struct db *db, const json_t *opts,
			   struct arena *arena, struct campaign *c,
			   struct err *err)
{
	const json_t *conditions = json_object_get(opts, "conditions");

	if (!conditions || json_array_size(conditions) == 0)
		return 0;
	return segment_options_read(db, c->list_id, opts, arena,
				    &c->segment_opts, err);
}

/* Also what is not heeded is of its type, or is refused. */
static int check_segment(const json_t *opts, struct err *err)
{
	const json_t *conditions;
	const char *text = NULL;

	if (json_get_array(opts, "conditions", &conditions, err) < 0 ||
	    json_get_text(opts, "match", &text, err) < 0 ||
	    json_get_text(opts, "prebuilt_segment_id", &text, err) < 0)
		return in_object("recipients.segment_opts", err);
	return 0;
}

static int take_segment(struct db *db, const json_t *opts, struct arena *arena,
			struct campaign *c, struct err *err)
{
	int64_t saved = 0, there;
	int found;

	c->segment_id = 0;
	c->segment_opts = NULL;
	if (!opts)
		return 0;
	if (check_segment(opts, err) < 0)
		return -1;
	if (json_get_int(opts, "saved_segment_id", &saved, err) < 0)
		return in_object("recipients.segment_opts", err);
	if (json_is_string(json_object_get(opts, "prebuilt_segment_id")))
		return err_field(err,
				 "recipients.segment_opts.prebuilt_segment_id",
				 "Prebuilt segments are not served here");
	if (saved == 0)
		return take_conditions(db, opts, arena, c, err);
	found = db_find_int(db, SQL_CAMPAIGN_SEGMENT_OF_LIST,
			    SQL_ARGS(sql_int(saved), sql_int(c->list_id)),
			    &there, err);
	if (found == 0)
		return err_field(err,
				 "recipients.segment_opts.saved_segment_id",
				 "There is no such segment in this list");
	c->segment_id = saved;
	return found < 0 ? -1 : 0;
}

static int take_recipients(struct db *db, const json_t *o, struct arena *arena,
			   struct campaign *c, struct err *err)
{
	const char *hex = NULL;
	const json_t *opts = NULL;
	int found;

	if (json_get_text(o, "list_id", &hex, err) < 0 ||
	    json_get_object(o, "segment_opts", &opts, err) < 0)
		return in_object("recipients", err);
	if (hex && !*hex) {
		c->list_id = c->segment_id = 0;
		c->segment_opts = NULL;
		return 0;
	}
	if (hex) {
		found = db_find_int(db, SQL_CAMPAIGN_LIST_OF_HEX,
				    SQL_ARGS(sql_text(hex)), &c->list_id, err);
		if (found < 0)
			return -1;
		if (found == 0)
			return err_field(err, "recipients.list_id",
					 "There is no such list");
	}
	if (opts && c->list_id == 0)
		return err_field(err, "recipients.list_id",
				 "A segment needs its list");
	return take_segment(db, opts, arena, c, err);
}

/*
 * The folder that it is put into. Before the campaign is locked: whoever
 * removes a folder locks it first, and what is in it then.
 */
static int take_folder(struct db *db, const json_t *body, struct campaign *c,
		       struct err *err)
{
	const json_t *settings = NULL;
	const char *hex = NULL;

	if (json_get_object(body, "settings", &settings, err) < 0)
		return -1;
	if (!settings)
		return 0;
	if (json_get_text(settings, "folder_id", &hex, err) < 0)
		return in_object("settings", err);
	return hex ? folder_take(db, FOLDER_CAMPAIGNS, hex,
				 "settings.folder_id", &c->folder_id, err)
		   : 0;
}

static int take_feed(const json_t *body, struct arena *arena,
		     struct campaign *c, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf stored = STRBUF_INIT;
	struct rss_options before, now;
	const json_t *opts = NULL;

	if (json_get_object(body, "rss_opts", &opts, err) < 0)
		return -1;
	if (strcmp(c->type, "rss") != 0)
		return json_object_size(opts) > 0
			       ? err_field(err, "rss_opts",
					   "Only campaigns of type rss have a "
					   "feed")
			       : 0;
	if (!opts && !c->rss)
		return err_field(err, "rss_opts",
				 "Please say which feed it reads, and when");
	if (!opts)
		return 0;
	if (c->rss)
		rss_options_load(c->rss, arena, &before);
	if (rss_options_read(opts, c->rss ? &before : NULL, arena, &now, err) <
	    0)
		return -1;
	rss_options_format(&now, &stored);
	c->rss = arena_str(arena, strbuf_str(&stored));
	return 0;
}

static int take_body(struct db *db, const json_t *body, struct arena *arena,
		     struct campaign *c, struct err *err)
{
	const json_t *settings = NULL, *tracking = NULL, *recipients = NULL;

	if (json_get_object(body, "settings", &settings, err) < 0 ||
	    json_get_object(body, "tracking", &tracking, err) < 0 ||
	    json_get_object(body, "recipients", &recipients, err) < 0)
		return -1;
	if (settings && take_settings(settings, arena, &c->settings, err) < 0)
		return -1;
	if (tracking && take_tracking(tracking, arena, &c->tracking, err) < 0)
		return -1;
	if (recipients && take_recipients(db, recipients, arena, c, err) < 0)
		return -1;
	if (variate_take_body(body, arena, c, err) < 0 ||
	    campaign_spread_take(body, arena, c, err) < 0)
		return -1;
	return take_feed(body, arena, c, err);
}

static int check_type(const char *type, struct err *err)
{
	static const char *const others[] = { "absplit", "automation" };

	if (!type)
		return err_field(err, "type", "Please enter a value");
	if (!strcmp(type, "regular") || !strcmp(type, "plaintext") ||
	    !strcmp(type, "variate") || !strcmp(type, "rss"))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(type, others[i]))
			return err_field(err, "type",
					 "Campaigns of type %s are not served "
					 "here",
					 type);
	return err_field(err, "type", "There is no campaign type %.20s", type);
}

/* --- changes --- */

/* One row was changed, or somebody else was faster: it may be sending now. */
static int must_change(int changed, struct err *err)
{
	if (changed == 0)
		return err_set(err, ERR_RETRY,
			       "the campaign changed in between");
	return changed < 0 ? -1 : 0;
}

int campaign_store_new(struct tx *tx, const struct campaign *c,
		       int64_t resend_of, int64_t now_ms, struct arena *arena,
		       struct campaign *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf settings = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf tracking = STRBUF_INIT;
	char hex[11], token[33];

	random_hex(hex, 10);
	random_hex(token, 32);
	campaign_settings_format(&c->settings, &settings);
	campaign_tracking_format(&c->tracking, &tracking);
	if (db_exec(tx, SQL_CAMPAIGN_ADD,
		    SQL_ARGS(sql_text(hex), sql_id_or_null(c->list_id),
			     sql_text(c->type), sql_text(settings.buf),
			     sql_id_or_null(c->segment_id),
			     sql_text(c->segment_opts), sql_text(tracking.buf),
			     sql_text(token), sql_id_or_null(c->folder_id),
			     sql_id_or_null(resend_of), sql_text(c->variate),
			     sql_text(c->spread), sql_text(c->rss),
			     sql_id_or_null(c->parent_id), sql_int(now_ms),
			     sql_int(now_ms)),
		    err) < 0)
		return -1;
	return campaign_get_by_hex(tx->db, hex, arena, out, err);
}

/* Who it comes from, where the body does not say: as the audience has it. */
static int take_sender(struct db *db, struct arena *arena, struct campaign *c,
		       struct err *err)
{
	struct campaign_settings *s = &c->settings;
	struct list_sender sender;
	struct list list;

	if (c->list_id == 0 || (*s->from_name && *s->reply_to))
		return 0;
	if (list_get_by_id(db, c->list_id, arena, &list, err) < 0)
		return -1;
	sender = list_sender_of(&list, arena);
	if (!*s->from_name)
		s->from_name = sender.name;
	if (!*s->reply_to && email_is_valid(sender.email))
		s->reply_to = sender.email;
	return 0;
}

/* settings.template_id names another template than before: the mail is that,
 * as Mailchimp has it. Reads the campaign again. */
static int begin_with(struct tx *tx, struct campaign *c, int64_t template_id,
		      int64_t now_ms, struct arena *arena, struct err *err)
{
	if (template_id == 0 || template_id == c->settings.template_id)
		return 0;
	if (content_begin_with(tx, c, template_id, now_ms, err) < 0)
		return -1;
	return campaign_get(tx->db, c->id, arena, c, err);
}

int campaign_add(struct tx *tx, const json_t *body, int64_t now_ms,
		 struct arena *arena, struct campaign *out, struct err *err)
{
	struct campaign c = { .hex = "" };
	const char *type = NULL;
	int64_t template_id;

	if (json_get_text(body, "type", &type, err) < 0 ||
	    check_type(type, err) < 0)
		return -1;
	c.type = arena_strdup(arena, type);
	campaign_settings_read("{}", arena, &c.settings);
	campaign_tracking_read("{}", arena, &c.tracking);
	if (take_folder(tx->db, body, &c, err) < 0 ||
	    take_body(tx->db, body, arena, &c, err) < 0 ||
	    take_sender(tx->db, arena, &c, err) < 0)
		return -1;
	template_id = c.settings.template_id;
	c.settings.template_id = 0;
	if (campaign_store_new(tx, &c, 0, now_ms, arena, out, err) < 0)
		return -1;
	return begin_with(tx, out, template_id, now_ms, arena, err);
}

/* How it is filed, which no reader sees: its title and its folder. */
static bool only_filed(const json_t *body)
{
	const json_t *settings = json_object_get(body, "settings");
	size_t n = 0;

	n += json_object_get(settings, "title") != NULL;
	n += json_object_get(settings, "folder_id") != NULL;
	return json_object_size(body) == 1 && n > 0 &&
	       json_object_size(settings) == n;
}

static const char *settings_of(const struct campaign *c, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	campaign_settings_format(&c->settings, &out);
	return arena_str(arena, strbuf_str(&out));
}

static const char *tracking_of(const struct campaign *c, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	campaign_tracking_format(&c->tracking, &out);
	return arena_str(arena, strbuf_str(&out));
}

static void note_changes(const struct campaign *before,
			 const struct campaign *now, struct arena *arena,
			 struct update *u)
{
	update_id(u, "list_id", before->list_id, now->list_id);
	update_id(u, "folder_id", before->folder_id, now->folder_id);
	update_text(u, "settings", settings_of(before, arena),
		    settings_of(now, arena));
	update_id(u, "segment_id", before->segment_id, now->segment_id);
	update_text(u, "segment_opts", before->segment_opts, now->segment_opts);
	update_text(u, "tracking", tracking_of(before, arena),
		    tracking_of(now, arena));
	update_text(u, "variate", before->variate, now->variate);
	update_text(u, "spread", before->spread, now->spread);
	update_text(u, "rss", before->rss, now->rss);
}

/* Of type rss also while it is paused: there is no other way to change it. */
static bool may_change(const struct campaign *c)
{
	return c->status == CAMPAIGN_SAVE ||
	       (c->rss && c->status == CAMPAIGN_PAUSED);
}

int campaign_update(struct tx *tx, const char *hex, const json_t *body,
		    int64_t now_ms, struct arena *arena, struct campaign *out,
		    struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("campaign");
	struct campaign before, c, filed = { .folder_id = -1 };
	const char *type = NULL; /* it stays */
	int64_t template_id;

	if (json_get_text(body, "type", &type, err) < 0 ||
	    take_folder(tx->db, body, &filed, err) < 0 ||
	    campaign_get_by_hex(tx->db, hex, arena, &before, err) < 0)
		return -1;
	c = before;
	if (filed.folder_id >= 0)
		c.folder_id = filed.folder_id;
	if (!may_change(&c) && !only_filed(body))
		return err_title(err, ERR_CONFLICT, "Bad Request",
				 "A campaign that is %s cannot be changed.",
				 campaign_status_name(c.status));
	if (take_body(tx->db, body, arena, &c, err) < 0)
		return -1;
	template_id = c.settings.template_id;
	if (template_id)
		c.settings.template_id = before.settings.template_id;
	note_changes(&before, &c, arena, &u);
	update_stamp(&u, "updated_ms", now_ms);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(c.id)), err) < 0)
		return -1;
	if (campaign_get_by_hex(tx->db, hex, arena, out, err) < 0)
		return -1;
	return begin_with(tx, out, template_id, now_ms, arena, err);
}

/* It reads no more; what it brought stays. */
static int remove_active_feed(struct tx *tx, const struct campaign *c,
			      int64_t now_ms, struct err *err)
{
	if (rss_cancel(tx, c, now_ms, err) < 0)
		return -1;
	return campaign_move(tx, c->id, CAMPAIGN_ARCHIVED, now_ms, err) < 0 ? -1
									    : 0;
}

int campaign_remove(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c;

	if (campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	if (c.rss &&
	    (c.status == CAMPAIGN_SENDING || c.status == CAMPAIGN_PAUSED))
		return remove_active_feed(tx, &c, now_ms, err);
	switch (c.status) {
	case CAMPAIGN_SENT:
	case CAMPAIGN_CANCELED:
		/* Links of messages that people have must go on working. */
		return campaign_move(tx, c.id, CAMPAIGN_ARCHIVED, now_ms, err) <
				       0
			       ? -1
			       : 0;
	case CAMPAIGN_SAVE:
	case CAMPAIGN_SCHEDULE:
		if (feedback_remove_all(tx, c.id, err) < 0 ||
		    variate_content_remove(tx, c.id, 1, err) < 0)
			return -1;
		return must_change(
			db_exec(tx, SQL_CAMPAIGN_REMOVE,
				SQL_ARGS(sql_int(c.id), sql_int(c.status)),
				err),
			err);
	default:
		return err_title(err, ERR_CONFLICT, "Method Not Allowed",
				 "A campaign that is %s cannot be deleted.",
				 campaign_status_name(c.status));
	}
}
