#include "api/crm/campaign_checklist.h"

#include "api/campaign/mail_merge.h"
#include "api/crm/design/design.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "campaign/content.h"
#include "campaign/html/html_links.h"
#include "campaign/html/html_look.h"
#include "campaign/html/html_scan.h"
#include "crm/browse/selection.h"
#include "crm/group/group.h"
#include "crm/setting/organisation.h"
#include "delivery/delivery.h"
#include "dns/sender_domain.h"
#include "journal/gate.h"

#include <string.h>
#include <strings.h>

#define SIZE_MAX_SHOWN (102u * 1024) /* Gmail shows no more of the HTML */
#define LINKS_NAMED 5

void campaign_checklist_release(struct campaign_checklist *list)
{
	vec_release(&list->items);
}

void campaign_checklist_add(struct campaign_checklist *l,
			    struct check_item item)
{
	vec_push(&l->items, item);
}

static void item(struct campaign_checklist *l, enum check_type type,
		 const char *code, const char *heading, const char *details)
{
	campaign_checklist_add(l, (struct check_item){ .type = type,
						       .code = code,
						       .heading = heading,
						       .details = details });
}

/* What must be so: else it cannot be sent. */
static void must(struct campaign_checklist *l, bool good, const char *code,
		 const char *heading, const char *details)
{
	item(l, good ? CHECK_GOOD : CHECK_ERROR, code, heading, details);
}

static bool given(const char *text)
{
	return !utf8_is_blank(text);
}

/* --- who, from whom, what about --- */

/* How many members of it fit, at most `most` (0: all of them). */
static int count_members(struct campaign_checklist *l, struct db *db,
			 const struct group *group, const char *filter,
			 int64_t most, int64_t *out, struct err *err)
{
	struct selection members = { .entity = group->entity,
				     .group_id = group->id,
				     .filter = filter };

	return selection_read(&members, db, clock_now_ms(), l->arena, err) < 0
		       ? -1
		       : selection_count(db, &members, most, out, err);
}

/* Not an error: there may be another ground than consent. */
static int check_consent(struct campaign_checklist *l, struct db *db,
			 const struct group *group, struct err *err)
{
	static const char unasked[] =
		"{\"conditions\":[{\"field\":\"mail_status\",\"op\":\"is\","
		"\"value\":\"open\"}]}";
	int64_t n;

	if (count_members(l, db, group, unasked, 0, &n, err) < 0)
		return -1;
	if (n > 0)
		item(l, CHECK_WARNING, "consent", "Consent",
		     arena_printf(l->arena,
				  "nobody noted that %lld of them agreed to "
				  "mail",
				  (long long)n));
	return 0;
}

int campaign_checklist_group(struct campaign_checklist *l, struct db *db,
			     struct group *out, struct err *err)
{
	if (l->campaign.group_id == 0)
		return 0;
	if (group_get(db, l->campaign.group_id, l->arena, out, err) == 0)
		return 1;
	return err->code == ERR_NOT_FOUND ? 0 : -1;
}

/* Of a group that is there. */
static int check_members(struct campaign_checklist *l, struct db *db,
			 const struct group *group, struct err *err)
{
	static const char mailed[] =
		"{\"match\":\"any\",\"conditions\":["
		"{\"field\":\"mail_status\",\"op\":\"is\",\"value\":\"open\"},"
		"{\"field\":\"mail_status\",\"op\":\"is\",\"value\":\"agreed\"}"
		"]}";
	int64_t members = 0, reached;

	if (count_members(l, db, group, mailed, 1, &reached, err) < 0 ||
	    (reached == 0 &&
	     count_members(l, db, group, NULL, 1, &members, err) < 0))
		return -1;
	must(l, reached > 0, "recipients", "To",
	     reached   ? "the group has members"
	     : members ? "nobody in the group can be mailed: they have opted "
			 "out, are held, or have no address"
		       : "the group has no members");
	return reached > 0 ? check_consent(l, db, group, err) : 0;
}

static int check_group(struct campaign_checklist *l, struct db *db,
		       struct err *err)
{
	struct group group;
	int found = campaign_checklist_group(l, db, &group, err);

	if (found != 0)
		return found < 0 ? -1 : check_members(l, db, &group, err);
	must(l, false, "recipients", "To",
	     l->campaign.group_id == 0
		     ? "no group is chosen"
		     : "the group was deleted: choose another");
	return 0;
}

static int check_recipients(struct campaign_checklist *l, struct db *db,
			    struct err *err)
{
	if (l->campaign.to_kind <= CRM_CAMPAIGN_TO_GROUP)
		return check_group(l, db, err);
	/* how many the audience has, the engine knows when it is sent */
	must(l, true, "recipients", "To", "it goes to what the audience has");
	return 0;
}

static void check_sender(struct campaign_checklist *l)
{
	const struct crm_campaign *c = &l->campaign;
	struct err why = ERR_INIT;
	bool good = crm_campaign_check_sender(c, &why) == 0;

	must(l, good, "sender", "From",
	     good                   ? "a sender is given"
	     : given(c->from_email) ? arena_strdup(l->arena, why.text)
				    : "the sender's address is missing");
	if (good && sender_domain_is_provider(c->from_email))
		item(l, CHECK_WARNING, "domain", "From",
		     "the address belongs to a mail provider, in whose name "
		     "nobody else may send: many will not get the mail; use an "
		     "address of your own domain");
	item(l, given(c->from_name) ? CHECK_GOOD : CHECK_WARNING, "from_name",
	     "From name",
	     given(c->from_name) ? "a name is given"
				 : "the sender's name is missing");
	must(l, given(c->subject), "subject", "Subject",
	     given(c->subject) ? "a subject is given"
			       : "the subject is missing");
}

/* --- what mails need besides --- */

static void check_server(struct campaign_checklist *l,
			 const struct organisation *o,
			 const struct campaign_sender_facts *facts)
{
	static const char only_outbox[] =
		"it is missing, but mails only go to the outbox";

	must(l, given(o->postal_address) || facts->outbox, "postal_address",
	     "Postal address",
	     given(o->postal_address) ? "it is added to every message"
	     : facts->outbox          ? only_outbox
			     : "give the postal address of your organisation "
			       "in the settings");
	must(l, facts->has_public_url || facts->outbox, "public_url",
	     "Public address",
	     facts->has_public_url ? "links to unsubscribe lead to it"
	     : facts->outbox
		     ? only_outbox
		     : "set MUSTER_PUBLIC_URL: else links to unsubscribe lead "
		       "nowhere");
}

/* After a restore, say. */
static void check_gate(struct campaign_checklist *l, struct store *store)
{
	struct err why = ERR_INIT;
	bool open = gate_pass_store(store, &why) == 0;

	must(l, open, "sending", "Sending",
	     open ? "sending is on" : arena_strdup(l->arena, why.text));
}

/* --- the content --- */

/* Its design's problem says the same, and of which block. */
static bool is_told(const struct campaign_checklist *l, const char *code)
{
	vec_each (&l->items, item)
		if (strcmp(item->code, code) == 0)
			return true;
	return false;
}

static bool has_words(struct str text)
{
	return str_trim(text).len > 0;
}

static void check_content(struct campaign_checklist *l,
			  const struct content *content)
{
	bool there = given(l->campaign.html) || given(l->campaign.plain_text);

	must(l, there, "content", "Content",
	     there ? "there is content; an unsubscribe link is added if it "
		     "has none"
		   : "there is no content");
	if (!there)
		return;
	item(l, has_words(content->plain_text) ? CHECK_GOOD : CHECK_WARNING,
	     "plain_text", "Plain text",
	     !has_words(content->plain_text)
		     ? "there are no words: who sees no pictures, or no HTML, "
		       "sees nothing"
	     : content->plain_is_made ? "it is made from the HTML"
				      : "it is given");
	if (content->html.len > SIZE_MAX_SHOWN && !is_told(l, "too_large"))
		item(l, CHECK_WARNING, "size", "Size",
		     arena_printf(l->arena,
				  "the HTML has %zu KB; Gmail shows the first "
				  "102 and hides the rest, also the link to "
				  "unsubscribe",
				  content->html.len / 1024));
}

static void check_images(struct campaign_checklist *l, struct str html)
{
	size_t mute = html_mute_images(html);

	if (mute > 0 && !is_told(l, "missing_alt"))
		item(l, CHECK_WARNING, "alt", "Images",
		     arena_printf(l->arena,
				  "%zu %s no alternative text, which is read "
				  "out, and shown until images are loaded",
				  mute,
				  mute == 1 ? "image has" : "images have"));
}

static void check_links(struct campaign_checklist *l, struct str html)
{
	CLEANUP(strbuf_release) struct strbuf named = STRBUF_INIT;
	struct html_links links;
	size_t n = 0;

	if (is_told(l, "http_link"))
		return;
	html_links_scan(html, l->arena, &links);
	for (size_t i = 0; i < links.distinct_n; i++) {
		const char *target = links.distinct[i]->target;

		if (strncasecmp(target, "http://", 7) != 0)
			continue;
		if (n++ < LINKS_NAMED)
			strbuf_addf(&named, "%s%s", named.len ? ", " : "",
				    target);
	}
	if (n > 0)
		item(l, CHECK_WARNING, "insecure_link", "Links",
		     arena_printf(l->arena, "%zu go to http, not https: %s%s",
				  n, named.buf, n > LINKS_NAMED ? " ..." : ""));
}

/* Mails have one in any case: the sender adds it. */
static void check_unsubscribe(struct campaign_checklist *l, struct str html)
{
	struct html_look look;

	content_look(html, &look);
	if (look.link != HTML_SEEN && content_end_is_hidden(html, l->arena)) {
		item(l, CHECK_WARNING, "unsubscribe", "Unsubscribe link",
		     "a style hides the whole page, and with it the link that "
		     "is added at the end");
		return;
	}
	if (look.link == HTML_NOT_THERE || look.link == HTML_SEEN)
		return;
	item(l, CHECK_WARNING, "unsubscribe", "Unsubscribe link",
	     look.link == HTML_COLOUR
		     ? "it has the colour of what is behind it, so another is "
		       "added at the end"
	     : look.link == HTML_HIDDEN
		     ? "its style, or what it stands in, may hide it, so "
		       "another is added at the end"
		     : "it has no text to click on, so another is added at the "
		       "end");
}

static void check_unclosed(struct campaign_checklist *l, struct str html)
{
	struct content_end end;

	content_split(html, l->arena, &end);
	if (end.unclosed)
		item(l, CHECK_WARNING, "unclosed", "HTML",
		     arena_printf(l->arena,
				  "%s is not closed: what is behind it may not "
				  "be seen",
				  end.unclosed));
}

/* --- an A/B test --- */

static void check_test(struct campaign_checklist *l, const char *variant)
{
	struct err why = ERR_INIT;
	bool good;

	if (variant || l->campaign.test.what == AB_NOTHING)
		return;
	good = ab_test_check(&l->campaign, &why) == 0 &&
	       ab_test_check_times(&l->campaign, clock_now_ms(), &why) == 0;
	must(l, good, "ab_test", "A/B test",
	     good ? "its variants differ" : arena_strdup(l->arena, why.text));
}

/* --- all of it --- */

static int load_server(const struct api *api, struct db *db,
		       struct arena *arena, struct organisation *o,
		       struct campaign_sender_facts *facts, struct err *err)
{
	struct organisation options = { .name = api->organisation,
					.postal_address = api->postal_address };
	CLEANUP(store_put) struct db *audience = NULL;

	if (organisation_load(db, &options, arena, o, err) < 0 ||
	    store_get(api->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	return delivery_facts(api->delivery, audience, facts, err);
}

int campaign_checklist_make(const struct api *api, struct db *db,
			    int64_t campaign_id, const char *variant,
			    struct arena *arena, struct campaign_checklist *out,
			    struct err *err)
{
	CLEANUP(mail_merge_release)
	struct mail_merge merge = { .arena = arena };
	struct campaign_sender_facts facts;
	struct organisation o;
	struct content content;

	*out = (struct campaign_checklist){ .arena = arena };
	if (crm_campaign_get(db, campaign_id, arena, &out->campaign, err) < 0)
		return -1;
	check_test(out, variant);
	campaign_checklist_feeds(out, variant);
	if (ab_test_take_letter(&out->campaign, variant, err) < 0 ||
	    load_server(api, db, arena, &o, &facts, err) < 0 ||
	    mail_merge_load(db, arena, &merge, err) < 0 ||
	    check_recipients(out, db, err) < 0)
		return -1;
	content_make(str_of(out->campaign.html),
		     str_of(out->campaign.plain_text), arena, &content);
	content_mend(&content, &merge.fields, arena);
	check_sender(out);
	if (design_check_campaign(out, api->public_url, err) < 0)
		return -1;
	check_content(out, &content);
	check_server(out, &o, &facts);
	check_gate(out, api->store);
	check_unsubscribe(out, content.html);
	check_unclosed(out, content.html);
	check_links(out, content.html);
	check_images(out, content.html);
	campaign_checklist_placeholders(out, &content);
	return campaign_checklist_tags(out, db, &merge, err);
}

void campaign_checklist_write(const struct campaign_checklist *l,
			      struct json_writer *w)
{
	static const char *const types[] = { "success", "warning", "error" };
	bool is_ready = true;

	json_key_begin_array(w, "items");
	vec_each (&l->items, item) {
		json_begin_object(w);
		json_key_text(w, "type", types[item->type]);
		json_key_text(w, "code", item->code);
		json_key_text(w, "heading", item->heading);
		json_key_text(w, "details", item->details);
		json_key_text(w, "block", item->block);
		json_key_text(w, "tag", item->tag);
		json_key_text(w, "about", item->about);
		json_end_object(w);
		is_ready &= item->type != CHECK_ERROR;
	}
	json_end_array(w);
	json_key_bool(w, "is_ready", is_ready);
}

int v1_campaigns_checklist(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(campaign_checklist_release)
	struct campaign_checklist list = { .arena = rq->arena };
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    campaign_checklist_make(api_of(rq), db, id,
				    request_query(rq, "variant"), rq->arena,
				    &list, err) < 0)
		return -1;
	json_begin_object(&w);
	campaign_checklist_write(&list, &w);
	json_end_object(&w);
	return 0;
}
