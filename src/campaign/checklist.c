#include "campaign/checklist.h"

#include "audience/segment_target.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/utf8.h"
#include "campaign/content.h"
#include "campaign/html/html_links.h"
#include "campaign/html/html_look.h"
#include "campaign/rss/feed_fetch.h"
#include "campaign/rss/feed_show.h"
#include "campaign/rss/feed_tags.h"
#include "campaign/variate/variate_content.h"
#include "journal/gate.h"

#include <strings.h>

#define SIZE_WARNED (100u * 1024) /* large mail providers clip beyond */

const char *checklist_type_name(enum checklist_type type)
{
	static const char *const names[] = { "success", "warning", "error" };

	return names[type];
}

void checklist_release(struct checklist *checklist)
{
	vec_release(&checklist->items);
}

int campaign_count_recipients(struct db *db, const struct campaign *campaign,
			      int64_t now_ms, int64_t *out, struct err *err)
{
	struct segment_target target = { .list_id = campaign->list_id,
					 .segment_id = campaign->segment_id,
					 .opts = campaign->segment_opts };
	struct err why = ERR_INIT;

	*out = 0;
	if (campaign->list_id == 0 || !*campaign->list_hex)
		return 0;
	if (segment_count(db, &target, now_ms, out, &why) == 0)
		return 0;
	/* The segment was deleted meanwhile: nobody. */
	if (why.code == ERR_NOT_FOUND || why.code == ERR_INVALID)
		return 0;
	*err = why;
	return -1;
}

struct checker {
	struct checklist *out;
	struct db *db;
	const struct campaign *campaign;
	bool is_test;
	struct variate variate;
	const char *where; /* of which content; NULL: there is one only */
	int64_t now_ms;
	const struct campaign_sender_facts *facts;
	struct merge_facts merge_facts;
	struct merge_fields merge_fields;
	struct content content;
	struct html_links links;
	struct arena *arena;
};

static void add_item(struct checker *c, enum checklist_type type,
		     enum checklist_id id, const char *heading,
		     const char *details)
{
	struct checklist_item item = { type, id, heading, details };

	if (c->where)
		item.details =
			arena_printf(c->arena, "%s: %s", c->where, details);
	vec_push(&c->out->items, item);
	if (type == CHECKLIST_ERROR)
		c->out->is_ready = false;
}

static void check_recipients(struct checker *c)
{
	if (!*c->campaign->list_hex)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_RECIPIENTS, "Recipients",
			 "Choose the audience that gets this campaign.");
	else if (c->out->recipients == 0)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_RECIPIENTS, "Recipients",
			 "Nobody in this audience or segment is subscribed.");
	else
		add_item(c, CHECKLIST_SUCCESS, CHECKLIST_RECIPIENTS,
			 "Recipients",
			 arena_printf(c->arena,
				      "%lld subscribers of %s get it.",
				      (long long)c->out->recipients,
				      c->campaign->list_name));
}

static void check_subject(struct checker *c)
{
	const char *subject = c->campaign->settings.subject_line;

	if (utf8_is_blank(subject))
		add_item(c, CHECKLIST_ERROR, CHECKLIST_SUBJECT, "Subject",
			 "Write a subject line.");
	else
		add_item(c, CHECKLIST_SUCCESS, CHECKLIST_SUBJECT, "Subject",
			 arena_printf(c->arena, "\"%s\"", subject));
}

static void check_subjects(struct checker *c)
{
	const struct campaign *all = c->campaign;
	const struct variate_texts *subjects = &c->variate.subject_lines;

	if (subjects->n == 0)
		check_subject(c);
	for (int i = 0; i < subjects->n; i++) {
		struct campaign one = *all;

		one.settings.subject_line = subjects->v[i];
		c->campaign = &one;
		check_subject(c);
	}
	c->campaign = all;
}

/* Is there something to try, and somebody to try it with? */
static void check_test(struct checker *c)
{
	const struct variate *v = &c->variate;
	int n = variate_count(v);

	if (!c->is_test)
		return;
	for (int i = 0; i < v->send_times_n; i++)
		if (v->send_times[i] <= c->now_ms) {
			add_item(c, CHECKLIST_ERROR, CHECKLIST_TEST, "Test",
				 "A time to send at is over: give another.");
			return;
		}
	if (n < 2)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_TEST, "Test",
			 "Give at least two subjects, senders, contents or "
			 "times to try.");
	else if (c->out->recipients < n)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_TEST, "Test",
			 "There are fewer recipients than combinations.");
	else
		add_item(c, CHECKLIST_SUCCESS, CHECKLIST_TEST, "Test",
			 arena_printf(c->arena, "%d combinations are tried.",
				      n));
}

int checklist_check_sender(const struct campaign *campaign, struct err *err)
{
	const struct campaign_settings *s = &campaign->settings;

	if (!email_is_valid(s->reply_to))
		return err_field(err, "settings.reply_to",
				 "Give the e-mail address that the campaign "
				 "comes from.");
	if (!email_has_ascii_local(s->reply_to))
		return err_field(err, "settings.reply_to",
				 "Give a sender whose address has only ASCII "
				 "letters before the @: most mail servers "
				 "refuse others.");
	return 0;
}

static void check_sender(struct checker *c)
{
	const struct campaign_settings *s = &c->campaign->settings;
	struct err why = ERR_INIT;

	if (checklist_check_sender(c->campaign, &why) < 0)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_SENDER, "From",
			 arena_strdup(c->arena, why.text));
	else if (utf8_is_blank(s->from_name))
		add_item(c, CHECKLIST_ERROR, CHECKLIST_SENDER, "From",
			 "Give the name that the campaign comes from.");
	else
		add_item(c, CHECKLIST_SUCCESS, CHECKLIST_SENDER, "From",
			 arena_printf(c->arena, "%s <%s>", s->from_name,
				      s->reply_to));
}

static void check_senders(struct checker *c)
{
	const struct campaign *all = c->campaign;
	const struct variate *v = &c->variate;

	if (v->from_names.n == 0)
		check_sender(c);
	for (int i = 0; i < v->from_names.n; i++) {
		struct campaign one = *all;

		one.settings.from_name = v->from_names.v[i];
		one.settings.reply_to = v->reply_to_addresses.v[i];
		c->campaign = &one;
		check_sender(c);
	}
	c->campaign = all;
}

static void check_content(struct checker *c)
{
	if (str_trim(c->content.html).len == 0 &&
	    str_trim(c->content.plain_text).len == 0)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_CONTENT, "Content",
			 "The campaign says nothing yet.");
	else
		add_item(c, CHECKLIST_SUCCESS, CHECKLIST_CONTENT, "Content",
			 c->content.html.len == 0 ? "Plain text."
			 : c->content.plain_is_made
				 ? "HTML; its plain text is made "
				   "from it."
				 : "HTML and plain text.");
}

static void check_address(struct checker *c)
{
	const char *address = c->merge_facts.address;

	if (address && *address)
		add_item(c, CHECKLIST_SUCCESS, CHECKLIST_ADDRESS,
			 "Postal address", arena_strdup(c->arena, address));
	else if (c->facts->outbox)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_ADDRESS,
			 "Postal address",
			 "Give the postal address of your organisation before "
			 "you "
			 "send to anything but the outbox.");
	else
		add_item(
			c, CHECKLIST_ERROR, CHECKLIST_ADDRESS, "Postal address",
			"Give the postal address of your organisation: the law "
			"wants it in every campaign.");
}

const char *campaign_cannot_leave(const struct campaign_sender_facts *facts)
{
	if (facts->outbox || facts->has_public_url)
		return NULL;
	return "Set public_url (MUSTER_PUBLIC_URL) to the address by which "
	       "readers reach this server: the links to unsubscribe lead "
	       "there.";
}

static void check_links_lead(struct checker *c)
{
	const char *why = campaign_cannot_leave(c->facts);

	if (why)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_LINKS_LEAD,
			 "Public address", why);
}

/* After a restore, say. */
static int check_gate(struct checker *c, struct db *db, struct err *err)
{
	const char *why;
	int closed = gate_is_closed(db, c->arena, &why, err);

	if (closed > 0)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_SENDING, "Sending",
			 arena_printf(c->arena, "Sending is off: %s.", why));
	return closed < 0 ? -1 : 0;
}

static void check_unsubscribe(struct checker *c)
{
	bool there = content_has_unsubscribe(
		c->content.html.len ? c->content.html : c->content.plain_text);
	struct html_look look;

	content_look(c->content.html, &look);
	if (look.link != HTML_SEEN &&
	    content_end_is_hidden(c->content.html, c->arena))
		add_item(c, CHECKLIST_WARNING, CHECKLIST_UNSUBSCRIBE,
			 "Unsubscribe link",
			 "A style hides the whole page, and with it the link "
			 "that is added at the end of each message.");
	else if (there && c->content.html.len > 0 && look.link != HTML_SEEN)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_UNSUBSCRIBE,
			 "Unsubscribe link",
			 "The one in the content may be hidden; another is "
			 "added at the end of each message.");
	else
		add_item(c, CHECKLIST_SUCCESS, CHECKLIST_UNSUBSCRIBE,
			 "Unsubscribe link",
			 there ? "It is in the content."
			       : "It is added at the end of each message.");
}

/* --- warnings --- */

static void add_tag_items(struct checker *c, const char *where,
			  struct merge_problems *problems)
{
	vec_each (problems, p)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_TAGS, "Merge tags",
			 arena_printf(c->arena, "%s, line %zu, column %zu: %s.",
				      where, p->line, p->column, p->text));
	vec_release(problems);
}

/* Its tags are replaced before others are looked at. */
static struct str without_feed(struct checker *c, struct str text,
			       struct merge_problems *problems)
{
	return feed_tags_blank(text, c->campaign->rss != NULL, c->arena,
			       problems);
}

static int warn_tags_of(struct checker *c, const char *where, struct str text,
			enum merge_context context, struct err *err)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	struct merge_problems problems = VEC_INIT;
	struct merge_piece piece = { .text = without_feed(c, text, &problems) };
	struct merge_how how = { .context = context,
				 .fields = &c->merge_fields,
				 .facts = &c->merge_facts };
	int result = merge_compile(&piece, 1, &how, c->arena, &program,
				   &problems, err);

	add_tag_items(c, where, &problems);
	if (result < 0 && err->code == ERR_INVALID) {
		add_item(c, CHECKLIST_ERROR, CHECKLIST_TAGS, "Merge tags",
			 arena_printf(c->arena, "%s: %s.", where, err->text));
		return 0;
	}
	return result;
}

static void warn_tags_of_sender(struct checker *c)
{
	struct merge_problems problems = VEC_INIT;
	struct merge_how how = { .context = MERGE_HEADER,
				 .fields = &c->merge_fields };

	merge_find_raw(str_of(c->campaign->settings.from_name), &how, c->arena,
		       &problems);
	add_tag_items(c, "From name", &problems);
}

static int warn_tags_of_subjects(struct checker *c, struct err *err)
{
	const struct variate_texts *subjects = &c->variate.subject_lines;

	if (subjects->n == 0)
		return warn_tags_of(c, "Subject",
				    str_of(c->campaign->settings.subject_line),
				    MERGE_HEADER, err);
	for (int i = 0; i < subjects->n; i++)
		if (warn_tags_of(c, "Subject", str_of(subjects->v[i]),
				 MERGE_HEADER, err) < 0)
			return -1;
	return 0;
}

static int warn_tags_of_settings(struct checker *c, struct err *err)
{
	const struct campaign_settings *s = &c->campaign->settings;

	warn_tags_of_sender(c);
	if (warn_tags_of_subjects(c, err) < 0 ||
	    warn_tags_of(c, "Preview text", str_of(s->preview_text),
			 MERGE_HEADER, err) < 0)
		return -1;
	return warn_tags_of(c, "To name", str_of(s->to_name), MERGE_HEADER,
			    err);
}

static int warn_tags_of_content(struct checker *c, struct err *err)
{
	if (warn_tags_of(c, "HTML", c->content.html, MERGE_HTML, err) < 0)
		return -1;
	if (c->content.plain_is_made)
		return 0;
	return warn_tags_of(c, "Plain text", c->content.plain_text, MERGE_PLAIN,
			    err);
}

static void add_feed_problems(struct checker *c, const struct content *content,
			      const char *const *lines, size_t n)
{
	CLEANUP(vec_release) struct texts problems = VEC_INIT;

	feed_show_problems(content, c->campaign->variate != NULL, lines, n,
			   c->arena, &problems);
	vec_each (&problems, why)
		add_item(c, CHECKLIST_ERROR, CHECKLIST_TAGS, "Feed", *why);
}

static void check_feeds(struct checker *c)
{
	add_feed_problems(c, &c->content, NULL, 0);
}

static void check_feeds_of_lines(struct checker *c)
{
	const struct campaign_settings *s = &c->campaign->settings;
	const struct variate_texts *subjects = &c->variate.subject_lines;
	const struct content none = { .plain_is_made = true };
	const char *lines[1 + VARIATE_VALUES] = { s->preview_text };
	size_t n = 1;

	if (subjects->n == 0)
		lines[n++] = s->subject_line;
	for (int i = 0; i < subjects->n; i++)
		lines[n++] = subjects->v[i];
	add_feed_problems(c, &none, lines, n);
}

/* It would say the same each time. */
static void warn_feed(struct checker *c)
{
	struct str text =
		c->content.html.len ? c->content.html : c->content.plain_text;

	if (c->campaign->rss && !feed_tags_are_in(text, true))
		add_item(c, CHECKLIST_WARNING, CHECKLIST_TAGS, "Feed",
			 "The content shows nothing of the feed: put "
			 "*|RSSITEMS:|* *|RSSITEM:TITLE|* *|END:RSSITEMS|* "
			 "into it.");
}

static void warn_links(struct checker *c)
{
	size_t insecure = 0;

	for (size_t i = 0; i < c->links.distinct_n; i++)
		if (!strncasecmp(c->links.distinct[i]->target, "http://", 7))
			insecure++;
	if (insecure > 0)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_LINKS, "Links",
			 arena_printf(c->arena,
				      "%zu links go to http, not https.",
				      insecure));
}

static void warn_images(struct checker *c)
{
	size_t mute = html_mute_images(c->content.html);

	if (mute > 0)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_IMAGES, "Images",
			 arena_printf(c->arena,
				      "%zu images have no alternative text.",
				      mute));
}

static void warn_unclosed(struct checker *c)
{
	struct content_end end;

	content_split(c->content.html, c->arena, &end);
	if (end.unclosed)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_UNCLOSED, "HTML",
			 arena_printf(c->arena,
				      "%s is not closed: what is behind it may "
				      "not be seen.",
				      end.unclosed));
}

static void warn_size(struct checker *c)
{
	if (c->content.html.len > SIZE_WARNED)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_SIZE, "Size",
			 arena_printf(
				 c->arena,
				 "The HTML has %zu KB; some mail programs show "
				 "only the first 102.",
				 c->content.html.len / 1024));
}

static void warn_dkim(struct checker *c)
{
	if (!c->facts->dkim)
		add_item(c, CHECKLIST_WARNING, CHECKLIST_DKIM, "Signature",
			 "Messages are not signed here (DKIM); your relay "
			 "should "
			 "do it.");
}

/* --- all of it --- */

static int find_content_errors(struct checker *c, struct err *err)
{
	(void)err; /* as the other one */
	check_content(c);
	check_unsubscribe(c);
	check_feeds(c);
	return 0;
}

static int find_content_warnings(struct checker *c, struct err *err)
{
	if (warn_tags_of_content(c, err) < 0)
		return -1;
	warn_feed(c);
	warn_links(c);
	warn_images(c);
	warn_unclosed(c);
	warn_size(c);
	return 0;
}

/* Each content, as its readers get it. */
static int look_at_contents(struct checker *c,
			    int (*look)(struct checker *c, struct err *err),
			    struct err *err)
{
	const struct variate_texts *labels = &c->variate.contents;
	int n = variate_contents(c->campaign), ret = 0;

	for (int i = 0; i < n && ret == 0; i++) {
		if (variate_content_get(c->db, c->campaign->id, i + 1, c->arena,
					&c->content, err) < 0)
			return -1;
		content_mend(&c->content, &c->merge_fields, c->arena);
		html_links_scan(c->content.html, c->arena, &c->links);
		c->where = n > 1 ? labels->v[i] : NULL;
		ret = look(c, err);
	}
	c->where = NULL;
	return ret;
}

int checklist_make(struct db *db, const struct campaign *campaign,
		   const struct campaign_sender_facts *facts, int64_t now_ms,
		   struct arena *arena, struct checklist *out, struct err *err)
{
	struct checker c = { .out = out,
			     .db = db,
			     .campaign = campaign,
			     .now_ms = now_ms,
			     .facts = facts,
			     .arena = arena };

	*out = (struct checklist){ .is_ready = true };
	c.is_test = variate_read(campaign->variate, arena, &c.variate);
	if (campaign_count_recipients(db, campaign, now_ms, &out->recipients,
				      err) < 0 ||
	    campaign_merge_facts(db, campaign, facts, now_ms, arena,
				 &c.merge_facts, err) < 0 ||
	    merge_fields_load(db, campaign->list_id, arena, &c.merge_fields,
			      err) < 0)
		return -1;
	check_recipients(&c);
	check_subjects(&c);
	check_test(&c);
	check_senders(&c);
	check_feeds_of_lines(&c);
	if (look_at_contents(&c, find_content_errors, err) < 0)
		return -1;
	check_address(&c);
	check_links_lead(&c);
	if (check_gate(&c, db, err) < 0 || warn_tags_of_settings(&c, err) < 0 ||
	    look_at_contents(&c, find_content_warnings, err) < 0)
		return -1;
	warn_dkim(&c);
	return 0;
}
