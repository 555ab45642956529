#include "delivery/mailing.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "campaign/checklist.h"
#include "campaign/html/html_language.h"
#include "campaign/html/html_look.h"
#include "campaign/variate/variate_content.h"
#include "delivery/event.h"
#include "delivery/mailing_private.h"
#include "delivery/track_token.h"
#include "mail/message.h"
#include "reader/reader_text.h"
#include "store/db.h"

#include "sql/campaign.h"
#include "sql/recipient.h"

/* Nobody sees it; who follows it is a program (rule 20). */
#define HONEYPOT_BEGIN                                                \
	"\n<div style=\"display:none;max-height:0;overflow:hidden\" " \
	"aria-hidden=\"true\"><a href=\""
#define HONEYPOT_END "\" tabindex=\"-1\" rel=\"nofollow\">&#8203;</a></div>\n"

#define PIXEL_BEGIN "<img src=\""
#define PIXEL_END                               \
	"\" width=\"1\" height=\"1\" alt=\"\" " \
	"style=\"display:block;border:0\">"

/*
 * No rule of the author's style sheets can undo these: "all" in what knows it,
 * the others elsewhere. Few elements, so that few can be hit: html_look of a
 * whole mail must see the link.
 */
#define SHOWN                                                      \
	"all:revert!important;visibility:visible!important;"       \
	"opacity:1!important;position:static!important;"           \
	"text-indent:0!important;letter-spacing:normal!important;" \
	"font:12px/1.5 sans-serif!important;color:#555!important;" \
	"background:#fff!important;"
#define FOOTER_SHOWN                         \
	SHOWN "display:block!important;"     \
	      "height:auto!important;"       \
	      "max-height:none!important;"   \
	      "overflow:visible!important;"  \
	      "clear:both!important;"        \
	      "padding:24px 12px!important;" \
	      "text-align:center!important;direction:"
/* A street that begins with its number, in a mail that runs the other way. */
#define FOOTER_ADDRESS                                                    \
	"<span dir=\"auto\" style=\"" SHOWN "display:inline!important\">" \
	"*|LIST:ADDRESSLINE|*</span>"
#define FOOTER_LINK(tag)                                          \
	"<a href=\"" tag "\" style=\"" SHOWN                      \
	"display:inline!important;pointer-events:auto!important;" \
	"text-decoration:underline!important\">"

#define PREVIEW_BEGIN \
	"<div style=\"display:none;max-height:0;overflow:hidden\">"
/* An inbox that has room for more shows this instead of the mail's begin. */
#define PREVIEW_FILL "&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;"
#define PREVIEW_FILLS 10
#define PREVIEW_END "</div>"

static void add_text(struct html_pieces *pieces, const char *text)
{
	struct merge_piece piece = { .text = str_of(text) };

	vec_push(pieces, piece);
}

static void add_slot(struct html_pieces *pieces, enum merge_slot slot,
		     int number)
{
	struct merge_piece piece = { .slot = slot, .number = number };

	vec_push(pieces, piece);
}

static int compile(struct mailing_private *m, const struct html_pieces *pieces,
		   enum merge_context context, bool quoted_printable,
		   struct merge_program **out, struct err *err)
{
	struct merge_how how = {
		.context = context,
		.quoted_printable = quoted_printable,
		.fields = &m->fields,
		.facts = &m->facts,
		.slot_fn = mailing_slot,
	};

	return merge_compile(pieces->v, pieces->n, &how, m->arena, out, NULL,
			     err);
}

static int compile_text(struct mailing_private *m, const char *text,
			enum merge_context context, bool quoted_printable,
			struct merge_program **out, struct err *err)
{
	CLEANUP(vec_release) struct html_pieces pieces = VEC_INIT;

	add_text(&pieces, text);
	return compile(m, &pieces, context, quoted_printable, out, err);
}

/* --- its language --- */

/* What the HTML says, else that of the audience; NULL: neither is known. */
static const struct reader_language *choose_language(struct str html,
						     const char *of_audience)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct reader_language *found =
		reader_language_find(html_language(html, arena));

	return found ? found : reader_language_find(of_audience);
}

const struct reader_language *mailing_speak(struct str html,
					    struct merge_facts *facts)
{
	const struct reader_language *language =
		choose_language(html, facts->language);

	if (language) {
		facts->date_format = language->date_format;
		facts->day_format = language->day_format;
		facts->decimal = language->decimal;
	}
	return language;
}

static void read_language(const struct rows *rows, struct arena *arena,
			  void *out)
{
	CLEANUP(json_free)
	json_t *defaults = json_loads(rows_text(rows, 1), 0, NULL);

	(void)arena;
	*(const struct reader_language **)out = choose_language(
		rows_str(rows, 0),
		json_string_value(json_object_get(defaults, "language")));
}

int mailing_language(struct db *db, int64_t campaign_id, struct arena *arena,
		     const struct reader_language **out, struct err *err)
{
	*out = NULL;
	return db_get(db, SQL_CAMPAIGN_LANGUAGE, SQL_ARGS(sql_int(campaign_id)),
		      read_language, arena, out, err) < 0
		       ? -1
		       : 0;
}

/* --- the bodies --- */

static void add_preview(struct mailing_private *m, struct html_pieces *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *preview = m->campaign.settings.preview_text;

	if (!*preview)
		return;
	strbuf_addstr(&text, PREVIEW_BEGIN);
	strbuf_add_html(&text, str_of(preview));
	for (int i = 0; i < PREVIEW_FILLS; i++)
		strbuf_addstr(&text, PREVIEW_FILL);
	strbuf_addstr(&text, PREVIEW_END);
	add_text(out, arena_strdup(m->arena, text.buf));
}

/* A language of our footer, and the mailing that it is for. */
struct footer {
	const struct mailing_private *m;
	const struct reader_language *language;
};

static void add_words(const struct footer *f, enum reader_text text,
		      struct strbuf *out)
{
	strbuf_add_html(out, str_of(f->language->text[text]));
}

/* A copy was sent to nobody, who can leave nothing, and change nothing. */
static void add_footer_words(const struct footer *f, struct strbuf *out)
{
	if (f->m->note) {
		strbuf_addstr(out, FOOTER_ADDRESS
			      "<br><br>" FOOTER_LINK("*|LIST:SUBSCRIBE|*"));
		add_words(f, READER_SIGN_UP, out);
		strbuf_addstr(out, "</a>");
		return;
	}
	add_words(f, READER_SENT_TO, out);
	strbuf_addstr(out, "<br>" FOOTER_ADDRESS
			   "<br><br>" FOOTER_LINK("*|UPDATE_PROFILE|*"));
	add_words(f, READER_PREFERENCES, out);
	strbuf_addstr(out, "</a> &middot; " FOOTER_LINK("*|UNSUB|*"));
	add_words(f, READER_UNSUBSCRIBE, out);
	strbuf_addstr(out, "</a>");
}

static void add_footer_html(const struct footer *f, struct html_pieces *out)
{
	CLEANUP(strbuf_release) struct strbuf footer = STRBUF_INIT;
	const char *direction = reader_direction(f->language);

	strbuf_addf(&footer,
		    "\n<div lang=\"%s\" dir=\"%s\" style=\"" FOOTER_SHOWN
		    "%s!important\">",
		    f->language->tag, direction, direction);
	add_footer_words(f, &footer);
	strbuf_addstr(&footer, "</div>\n");
	add_text(out, arena_strdup(f->m->arena, footer.buf));
}

static void add_footer_plain(const struct footer *f, struct html_pieces *out)
{
	const char *const *text = f->language->text;

	if (f->m->note) {
		add_text(out, "\n\n-- \n*|LIST:ADDRESSLINE|*\n");
		return;
	}
	add_text(out,
		 arena_printf(f->m->arena,
			      "\n\n-- \n%s\n*|LIST:ADDRESSLINE|*\n%s\n%s\n",
			      text[READER_SENT_TO], text[READER_UNSUBSCRIBE_AT],
			      text[READER_PREFERENCES_AT]));
}

/*
 * The end is a program of its own: an author's unclosed conditional must not
 * swallow the footer. It begins with a line end, so that the lines of the
 * encoded parts do not run together. language: of the footer; NULL: there is
 * none.
 */
static int compile_html_end(struct mailing_private *m, bool for_mail,
			    const struct content_end *end,
			    const struct reader_language *language,
			    struct merge_program **out, struct err *err)
{
	const struct footer footer = { m, language };
	CLEANUP(vec_release) struct html_pieces pieces = VEC_INIT;
	const struct campaign_tracking *tracking = &m->campaign.tracking;
	struct merge_piece tail = { .text = end->rest };

	add_text(&pieces, "\n");
	if (language)
		add_text(&pieces, end->closing);
	if (for_mail && tracking->html_clicks) {
		add_text(&pieces, HONEYPOT_BEGIN);
		add_slot(&pieces, MERGE_SLOT_LINK, EVENT_LINK_HONEYPOT);
		add_text(&pieces, HONEYPOT_END);
	}
	if (language)
		add_footer_html(&footer, &pieces);
	if (for_mail && tracking->opens) {
		add_text(&pieces, PIXEL_BEGIN);
		add_slot(&pieces, MERGE_SLOT_PIXEL, 0);
		add_text(&pieces, PIXEL_END);
	}
	vec_push(&pieces, tail);
	return compile(m, &pieces, MERGE_HTML, for_mail, out, err);
}

/* Once a campaign, so that a recipient's language costs nothing. */
static int compile_html_ends(struct mailing_private *m, bool for_mail,
			     const struct content_end *end,
			     struct mailing_body *out, struct err *err)
{
	for (int i = 0; i < READER_LANGUAGES; i++)
		if (compile_html_end(m, for_mail, end, reader_languages[i],
				     &out->footer_end[i], err) < 0)
			return -1;
	return compile_html_end(m, for_mail, end, NULL, &out->end, err);
}

static void keep_targets(struct mailing_private *m,
			 const struct html_links *links)
{
	m->targets = arena_array(m->arena, const char *, links->distinct_n + 1);
	m->targets_n = links->distinct_n;
	for (size_t i = 0; i < links->distinct_n; i++)
		m->targets[i] = links->distinct[i]->target;
}

/* Each link of a test has one id, in whichever contents it stands. */
static void number_in_test(struct mailing_private *m, struct html_links *links)
{
	struct html_links all = m->before;

	html_links_join(&all, links, m->arena);
}

/* What the author gave himself, where everybody sees it. */
static void look_at(struct str html, struct mailing_body *out)
{
	struct html_look look;

	content_look(html, &look);
	out->has_address = look.words;
	out->has_link = look.link_for_all;
}

static int compile_html(struct mailing_private *m, struct str html,
			bool for_mail, struct mailing_body *out,
			struct err *err)
{
	CLEANUP(vec_release) struct html_pieces start = VEC_INIT;
	CLEANUP(vec_release) struct html_pieces nothing = VEC_INIT;
	CLEANUP(vec_release) struct html_pieces pieces = VEC_INIT;
	struct html_links links;
	struct content_end end;

	content_split(html, m->arena, &end);
	html_links_scan(end.before, m->arena, &links);
	if (m->mailing.variants > 0)
		number_in_test(m, &links);
	else
		keep_targets(m, &links);
	if (for_mail && !content_has_preview_text(html))
		add_preview(m, &start);
	if (m->note && *m->note)
		add_slot(&start, MERGE_SLOT_NOTE, 0);
	html_links_pieces(end.before, &links,
			  m->campaign.tracking.html_clicks && !m->is_shown,
			  &start, &nothing, m->arena, &pieces);
	look_at(html, out);
	if (compile(m, &pieces, MERGE_HTML, for_mail, &out->content, err) < 0)
		return -1;
	return compile_html_ends(m, for_mail, &end, out, err);
}

static int compile_plain_ends(struct mailing_private *m, bool encoded,
			      struct mailing_body *out, struct err *err)
{
	for (int i = 0; i < READER_LANGUAGES; i++) {
		CLEANUP(vec_release) struct html_pieces pieces = VEC_INIT;
		const struct footer footer = { m, reader_languages[i] };

		add_footer_plain(&footer, &pieces);
		if (compile(m, &pieces, MERGE_PLAIN, encoded,
			    &out->footer_end[i], err) < 0)
			return -1;
	}
	return compile_text(m, "\n", MERGE_PLAIN, encoded, &out->end, err);
}

static int compile_plain(struct mailing_private *m, struct str text,
			 struct mailing_body *out, struct err *err)
{
	CLEANUP(vec_release) struct html_pieces pieces = VEC_INIT;
	struct merge_piece piece = { .text = text };
	bool encoded = !m->is_shown;

	vec_push(&pieces, piece);
	out->has_address = content_has_address(text);
	out->has_link = true;
	if (compile(m, &pieces, MERGE_PLAIN, encoded, &out->content, err) < 0)
		return -1;
	return compile_plain_ends(m, encoded, out, err);
}

/* --- facts --- */

/* Host of a URL, or of an address behind its @. */
static const char *host_of(const struct mailing_private *m, const char *text)
{
	const char *at = strrchr(text, '@');
	const char *begin = strstr(text, "://");
	const char *host = at ? at + 1 : begin ? begin + 3 : text;

	return arena_strndup(m->arena, host, strcspn(host, ":/?#"));
}

static int make_frame(struct mailing_private *m, struct err *err)
{
	const struct campaign_settings *s = &m->campaign.settings;
	const char *feedback = arena_printf(m->arena, "%s:%s:campaign:muster",
					    m->campaign.hex, m->list.hex);
	const char *list_id = arena_printf(m->arena, "%s.%s", m->list.hex,
					   host_of(m, m->setup->public_url));
	struct message_header extra[] = {
		{ "Feedback-ID", str_of(feedback), true },
		{ MAILING_CAMPAIGN_FIELD, str_of(m->campaign.hex), true },
	};
	struct message_layout layout = {
		.from = { str_of(s->from_name), str_of(m->mailing.sender) },
		.list_name = str_of(m->list.name),
		.list_id = str_of(list_id),
		.extra = extra,
		.extra_n = ARRAY_SIZE(extra),
		.has_text = m->has_text,
		.has_html = m->has_html,
	};

	return message_frame_new(&layout, &m->frame, err);
}

/* --- making one --- */

static int load_facts(struct mailing_private *m, struct db *db, int64_t now_ms,
		      struct err *err)
{
	struct campaign_sender_facts facts = {
		.organisation = m->setup->organisation,
		.postal_address = m->setup->postal_address,
		.public_url = m->setup->public_url,
	};

	return campaign_merge_facts(db, &m->campaign, &facts, now_ms, m->arena,
				    &m->facts, err);
}

/* The links of all contents, in their order, as they are frozen. */
static int load_links(struct mailing_private *m, struct db *db, int position,
		      struct err *err)
{
	struct html_links all = { .n = 0 };
	struct html_links links;
	struct content content;

	for (int i = 1; i <= variate_contents(&m->campaign); i++) {
		if (variate_content_get(db, m->campaign.id, i, m->arena,
					&content, err) < 0)
			return -1;
		content_mend(&content, &m->fields, m->arena);
		html_links_scan(content.html, m->arena, &links);
		if (i == position)
			m->before = all;
		html_links_join(&all, &links, m->arena);
	}
	keep_targets(m, &all);
	return 0;
}

/* Of a test: what its variant says. */
static int load_content(struct mailing_private *m, struct db *db, int variant,
			struct content *out, struct err *err)
{
	struct mailing *mailing = &m->mailing;
	struct variate v;
	int position = 1;

	if (variate_read(m->campaign.variate, m->arena, &v)) {
		mailing->variant = variate_of_recipient(variant);
		if (mailing->variant == 0)
			mailing->variant = 1;
		mailing->variants = variate_count(&v);
		position = variate_apply(&m->campaign, variant, m->arena);
		if (load_links(m, db, position, err) < 0)
			return -1;
	}
	return variate_content_get(db, m->campaign.id, position, m->arena, out,
				   err);
}

static void take_text(struct mailing_private *m,
		      const struct mailing_text *text, struct content *content)
{
	m->campaign.settings.subject_line = text->subject_line;
	m->campaign.settings.preview_text = text->preview_text;
	*content = *text->content;
}

/* text: NULL: the campaign's own. */
static int load(struct mailing_private *m, struct db *db, int64_t campaign_id,
		int variant, const struct mailing_text *text,
		struct content *content, struct err *err)
{
	if (campaign_get(db, campaign_id, m->arena, &m->campaign, err) < 0 ||
	    list_get_by_id(db, m->campaign.list_id, m->arena, &m->list, err) <
		    0 ||
	    merge_fields_load(db, m->campaign.list_id, m->arena, &m->fields,
			      err) < 0)
		return -1;
	if (!text)
		return load_content(m, db, variant, content, err);
	take_text(m, text, content);
	return 0;
}

static int compile_all(struct mailing_private *m, struct content *content,
		       struct err *err)
{
	const struct campaign_settings *s = &m->campaign.settings;

	content_mend(content, &m->fields, m->arena);
	m->language = mailing_speak(content->html, &m->facts);
	if (!m->language)
		m->language = reader_language_english();
	m->has_html = content->html.len > 0;
	m->has_text = content->plain_text.len > 0 || !m->has_html;
	if (compile_text(m, s->subject_line, MERGE_HEADER, false, &m->subject,
			 err) < 0 ||
	    compile_text(m, s->to_name, MERGE_HEADER, false, &m->to_name, err) <
		    0)
		return -1;
	if (m->has_text &&
	    compile_plain(m, content->plain_text, &m->text, err) < 0)
		return -1;
	if (m->has_html && !m->is_shown &&
	    compile_html(m, content->html, true, &m->html, err) < 0)
		return -1;
	if (m->has_html &&
	    compile_html(m, content->html, false, &m->page, err) < 0)
		return -1;
	return m->is_shown ? 0 : make_frame(m, err);
}

/* In the envelope and in From: with the domain in A-labels, so that no server
 * on the way needs to know more than ASCII. */
static int take_sender(struct mailing_private *m, struct err *err)
{
	struct email email;

	if (email_parse(m->campaign.settings.reply_to, m->arena, &email, err) <
	    0)
		return err_prefix(err, "sender");
	m->mailing.sender = email.wire;
	return 0;
}

static void body_release(struct mailing_body *body)
{
	merge_program_free(&body->content);
	merge_program_free(&body->end);
	for (int i = 0; i < READER_LANGUAGES; i++)
		merge_program_free(&body->footer_end[i]);
}

void mailing_put(struct mailing **mailing)
{
	struct mailing_private *m;

	if (!*mailing)
		return;
	m = (*mailing)->private;
	*mailing = NULL;
	if (atomic_fetch_sub(&m->refs, 1) > 1)
		return;
	message_frame_free(&m->frame);
	merge_program_free(&m->subject);
	merge_program_free(&m->to_name);
	body_release(&m->text);
	body_release(&m->html);
	body_release(&m->page);
	arena_free(&m->arena);
	free(m);
}

struct mailing *mailing_hold(struct mailing *mailing)
{
	atomic_fetch_add(&mailing->private->refs, 1);
	return mailing;
}

static struct mailing *begin(const struct mailing_setup *setup, bool is_shown)
{
	struct mailing_private *m = calloc(1, sizeof(*m));

	BUG_ON(!m);
	atomic_init(&m->refs, 1);
	m->arena = arena_new();
	m->setup = setup;
	m->is_shown = is_shown;
	m->mailing.private = m;
	return &m->mailing;
}

/* What a mailing is made for; all but is_shown as in mailing.h. */
struct wish {
	bool is_shown;
	int variant;
	const struct mailing_text *text;
	const char *note;
};

static int make(struct mailing *mailing, struct db *db, int64_t campaign_id,
		const struct wish *wish, int64_t now_ms, struct err *err)
{
	struct mailing_private *m = mailing->private;
	struct content content;

	m->note = wish->note;
	if (load(m, db, campaign_id, wish->variant, wish->text, &content, err) <
	    0)
		return -1;
	if (load_facts(m, db, now_ms, err) < 0)
		return -1;
	if (take_sender(m, err) < 0)
		return -1;
	m->message_domain = host_of(m, mailing->sender);
	mailing->campaign_id = campaign_id;
	mailing->hex = m->campaign.hex;
	if (compile_all(m, &content, err) < 0)
		return err_prefix(err, "campaign %s", m->campaign.hex);
	return 0;
}

static int get(struct db *db, const struct mailing_setup *setup,
	       int64_t campaign_id, const struct wish *wish, int64_t now_ms,
	       struct mailing **out, struct err *err)
{
	CLEANUP(mailing_put)
	struct mailing *mailing = begin(setup, wish->is_shown);

	if (make(mailing, db, campaign_id, wish, now_ms, err) < 0)
		return -1;
	*out = TAKE(mailing);
	return 0;
}

int mailing_get_draft(const struct mailing_setup *setup,
		      const struct mailing_draft *draft, struct mailing **out,
		      struct err *err)
{
	CLEANUP(mailing_put) struct mailing *mailing = begin(setup, true);
	struct mailing_private *m = mailing->private;
	struct content content;

	m->campaign.settings.subject_line = draft->subject;
	m->campaign.settings.from_name = draft->from_name;
	m->campaign.settings.to_name = "";
	m->fields = *draft->fields;
	m->facts = *draft->facts;
	mailing->sender = draft->from_email;
	content_make(draft->html, draft->plain_text, m->arena, &content);
	if (compile_all(m, &content, err) < 0)
		return -1;
	*out = TAKE(mailing);
	return 0;
}

int mailing_get(struct db *db, const struct mailing_setup *setup,
		int64_t campaign_id, int variant, int64_t now_ms,
		struct mailing **out, struct err *err)
{
	const struct wish wish = { .variant = variant };

	return get(db, setup, campaign_id, &wish, now_ms, out, err);
}

int mailing_get_text(struct db *db, const struct mailing_setup *setup,
		     int64_t campaign_id, const struct mailing_text *text,
		     int64_t now_ms, struct mailing **out, struct err *err)
{
	const struct wish wish = { .text = text };

	return get(db, setup, campaign_id, &wish, now_ms, out, err);
}

int mailing_get_shown(struct db *db, const struct mailing_setup *setup,
		      int64_t campaign_id, int variant, int64_t now_ms,
		      struct mailing **out, struct err *err)
{
	const struct wish wish = { .is_shown = true, .variant = variant };

	return get(db, setup, campaign_id, &wish, now_ms, out, err);
}

int mailing_get_copy(struct db *db, const struct mailing_setup *setup,
		     int64_t campaign_id, int variant, const char *note,
		     int64_t now_ms, struct mailing **out, struct err *err)
{
	const struct wish wish = { .is_shown = true,
				   .variant = variant,
				   .note = note };

	return get(db, setup, campaign_id, &wish, now_ms, out, err);
}

int mailing_variant_of(struct db *db, int64_t campaign_id, int64_t member_id,
		       int *out, struct err *err)
{
	int64_t variant = 0;

	if (db_find_int(db, SQL_RECIPIENT_VARIANT,
			SQL_ARGS(sql_int(campaign_id), sql_int(member_id)),
			&variant, err) < 0)
		return -1;
	*out = (int)variant;
	return 0;
}
