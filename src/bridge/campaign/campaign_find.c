/*
 * Campaigns that the bridge did not send: what feeds and other programs sent to
 * the audience becomes campaigns of the CRM that are only read
 * (crm/campaign/found.h). The pull brings whom they went to, and what came of
 * them, as of its own. Called by the watch, on the thread of its job: one call
 * of the API a look, and one more for each that is new.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "bridge/target/ledger.h"
#include "crm/campaign/found.h"
#include "store/store.h"

#include <string.h>

/* "AUDIENCE MS": all that this audience sent before that time is known. */
#define SEEN "bridge.campaigns_seen"
/* At first nothing is: what was sent lately is looked for. */
#define FIRST_MS (30 * MS_DAY)
/* The time of a send may be told later than that: it began late, or stood
 * still. */
#define OVERLAP_MS (1 * MS_HOUR)
#define REMOTE_OVERLAP_MS (2 * MS_DAY)
#define KEEP_MS (10 * MS_MINUTE) /* as often the time is stored */
#define CAMPAIGNS_A_PAGE 100
#define NEW_MOST 50 /* a look: the next goes on */
#define CONTENT_MAX (4 << 20)

struct find {
	struct work *w;
	int64_t seen_ms; /* 0: never */
	int n;           /* new ones */
};

/* --- how far it has come --- */

static int load_seen(struct find *f, struct err *err)
{
	const char *text = NULL, *ms;
	int found = setting_find(f->w->db, SEEN, f->w->arena, &text, err);
	size_t n = strlen(f->w->audience);

	if (found <= 0)
		return found;
	ms = text + n;
	if (strncmp(text, f->w->audience, n) == 0 && *ms == ' ')
		(void)text_to_int(ms + 1,
				  &f->seen_ms); /* else from the start */
	return 0;
}

static int keep_seen(struct find *f, int64_t begun_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (f->n >= NEW_MOST || begun_ms - f->seen_ms < KEEP_MS)
		return 0;
	if (tx_begin(f->w->db, &tx, err) < 0 ||
	    setting_put(&tx, SEEN,
			arena_printf(f->w->arena, "%s %lld", f->w->audience,
				     (long long)begun_ms),
			err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- one that is new --- */

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text && *text ? text : NULL;
}

static int64_t time_of(const json_t *o, const char *key)
{
	const char *text = text_of(o, key);
	int64_t ms = 0;

	return text && time_parse_iso(text, &ms) ? ms : 0;
}

/* Feeds that send, and what goes out for ever by rules, are no mail
 * themselves. */
static bool is_sent(const json_t *campaign)
{
	static const char *const types[] = { "regular", "plaintext", "variate",
					     "absplit", "rss" };
	const char *type = text_of(campaign, "type");
	const char *status = text_of(campaign, "status");
	bool is_over, is_known = false;

	if (!type || !status || time_of(campaign, "send_time") == 0)
		return false;
	is_over = strcmp(status, "sent") == 0;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		is_known |= strcmp(type, types[i]) == 0;
	if (!is_known || (strcmp(type, "rss") == 0 && !is_over))
		return false;
	return is_over || strcmp(status, "sending") == 0 ||
	       strcmp(status, "paused") == 0;
}

static const char *subject_of(const json_t *campaign)
{
	const char *subject =
		text_of(json_object_get(campaign, "settings"), "subject_line");
	const json_t *tried = json_object_get(
		json_object_get(campaign, "variate_settings"), "subject_lines");

	return subject ? subject : json_string_value(json_array_get(tried, 0));
}

static const char *name_of(const json_t *campaign, struct arena *arena)
{
	const char *name =
		text_of(json_object_get(campaign, "settings"), "title");
	struct str text;

	if (!name)
		name = subject_of(campaign);
	if (!name)
		name = text_of(campaign, "id");
	text = str_of(name);
	text.len = utf8_prefix(text, CRM_CAMPAIGN_NAME_MAX);
	return arena_str(arena, text);
}

/* To a part of the audience goes what has a segment, of whatever kind. */
static bool is_to_all(const json_t *recipients)
{
	const json_t *segment = json_object_get(recipients, "segment_opts");

	return json_integer_value(
		       json_object_get(segment, "saved_segment_id")) == 0 &&
	       json_array_size(json_object_get(segment, "conditions")) == 0;
}

static void read_one(struct find *f, const json_t *campaign,
		     struct crm_campaign *out)
{
	const json_t *settings = json_object_get(campaign, "settings");
	const json_t *to = json_object_get(campaign, "recipients");
	int64_t sent_ms = time_of(campaign, "send_time");
	bool is_over = strcmp(text_of(campaign, "status"), "sent") == 0;
	bool is_feed = text_of(campaign, "parent_campaign_id") ||
		       strcmp(text_of(campaign, "type"), "rss") == 0;

	*out = (struct crm_campaign){
		.origin =
			is_feed ? CRM_CAMPAIGN_OF_FEED : CRM_CAMPAIGN_ELSEWHERE,
		.name = name_of(campaign, f->w->arena),
		.subject = subject_of(campaign),
		.preview_text = text_of(settings, "preview_text"),
		.from_name = text_of(settings, "from_name"),
		.from_email = text_of(settings, "reply_to"),
		.to_kind = is_to_all(to) ? CRM_CAMPAIGN_TO_AUDIENCE
					 : CRM_CAMPAIGN_TO_NOBODY,
		.to_name = is_to_all(to) ? text_of(to, "list_name") : NULL,
		.audience_id = f->w->audience,
		.marketing_campaign_id = text_of(campaign, "id"),
		.created_ms = time_of(campaign, "create_time"),
		.started_ms = sent_ms,
		.sent_ms = is_over ? sent_ms : 0,
	};
	if (out->created_ms == 0)
		out->created_ms = sent_ms;
}

static const char *content_of(const json_t *content, const char *key)
{
	const json_t *first =
		json_array_get(json_object_get(content, "variate_contents"), 0);
	const char *text = text_of(content, key);

	if (!text)
		text = text_of(first, key);
	return text && strlen(text) <= CONTENT_MAX ? text : NULL;
}

/* What it says, so that it can be looked at and copied; none, if the audience
 * does not tell. *content holds it. */
static int read_content(struct find *f, struct crm_campaign *c,
			json_t **content, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_get(f->w->client,
		   arena_printf(f->w->arena,
				"/campaigns/%s/content?fields=html,plain_text,"
				"variate_contents",
				c->marketing_campaign_id),
		   content, &why) == 0) {
		c->html = content_of(*content, "html");
		c->plain_text = content_of(*content, "plain_text");
		return 0;
	}
	if (!is_passing(&why))
		return 0;
	*err = why;
	return -1;
}

static int note(struct find *f, const json_t *campaign, struct err *err)
{
	CLEANUP(json_free) json_t *content = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c;
	int added;

	read_one(f, campaign, &c);
	if (read_content(f, &c, &content, err) < 0 ||
	    tx_begin(f->w->db, &tx, err) < 0)
		return -1;
	added = found_campaign_add(&tx, &c, clock_now_ms(), err);
	if (added < 0 || tx_commit(&tx, err) < 0)
		return -1;
	f->n += added;
	return added;
}

/* --- a page of them --- */

static bool is_among(const struct texts *known, const char *id)
{
	vec_each (known, one)
		if (strcmp(*one, id) == 0)
			return true;
	return false;
}

/* 1: all of them are known by now, 0: not yet; -1. */
static int note_page(struct find *f, const json_t *page, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf ids = STRBUF_INIT;
	CLEANUP(vec_release) struct texts known = VEC_INIT;
	bool all = true;
	json_t *campaign;
	size_t i;

	ledger_hashes(page, "id", &ids);
	if (found_campaign_known(f->w->db, strbuf_str(&ids), f->w->arena,
				 &known, err) < 0)
		return -1;
	json_array_foreach (page, i, campaign) {
		const char *id = text_of(campaign, "id");
		int added;

		if (!id || !is_sent(campaign) || is_among(&known, id))
			continue;
		if (f->n == NEW_MOST)
			return 0;
		added = note(f, campaign, err);
		if (added < 0)
			return -1;
		all &= added > 0;
	}
	return all;
}

static const char *path_since(struct find *f, int64_t now_ms)
{
	bool inside = f->w->bridge->setup.inside;
	int64_t since_ms = f->seen_ms == 0
				   ? now_ms - FIRST_MS
				   : f->seen_ms - (inside ? OVERLAP_MS
							  : REMOTE_OVERLAP_MS);

	return arena_printf(
		f->w->arena,
		"/campaigns?list_id=%s&since_send_time=%s&sort_field=send_time&"
		"sort_dir=ASC&fields=campaigns.id,campaigns.type,"
		"campaigns.status,campaigns.create_time,campaigns.send_time,"
		"campaigns.parent_campaign_id,campaigns.settings,"
		"campaigns.variate_settings.subject_lines,"
		"campaigns.recipients",
		f->w->audience, time_param(since_ms, f->w->arena));
}

int campaigns_find(struct work *w, struct err *err)
{
	struct find f = { .w = w };
	int64_t begun_ms = clock_now_ms();
	CLEANUP(mc_pages_release)
	struct mc_pages pages = { .items = "campaigns",
				  .count = CAMPAIGNS_A_PAGE };
	const json_t *page;
	bool all = true;
	int more;

	if (load_seen(&f, err) < 0)
		return -1;
	pages.path = path_since(&f, begun_ms);
	while ((more = mc_next_page(w->client, &pages, &page, err)) > 0) {
		int known = note_page(&f, page, err);

		if (known < 0)
			return -1;
		all &= known > 0;
		if (!all || json_array_size(page) < CAMPAIGNS_A_PAGE)
			break;
	}
	if (more < 0)
		return -1;
	return all ? keep_seen(&f, begun_ms, err) : 0;
}
