/* A sign-up form with all around it. Called by its handlers; any worker. */
#include "api/page/signup_page.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/utf8.h"
#include "delivery/delivery.h"
#include "delivery/track.h"
#include "design/colour.h"
#include "http/page.h"

#include <stdlib.h>
#include <string.h>

#define LANGUAGE "lang" /* of the page, whatever the browser prefers */

void signup_page_release(struct signup_page *page)
{
	store_put(&page->db);
	vec_release(&page->fields);
	vec_release(&page->categories);
	vec_release(&page->interests);
	vec_release(&page->permissions);
	vec_release(&page->wrong);
}

const char *signup_page_title(const struct signup_page *page)
{
	const char *company = list_company(&page->list, page->rq->arena);
	const char *option = api_of(page->rq)->organisation;

	if (option && *option)
		return option;
	return *company ? company : page->list.name;
}

const char *signup_text(const struct signup_page *page, enum reader_text text)
{
	CLEANUP(strbuf_release) struct strbuf filled = STRBUF_INIT;
	const char *words = page->language->text[text];

	if (!strstr(words, "*|"))
		return words;
	reader_text_fill(words, signup_page_title(page), &filled);
	return arena_str(page->rq->arena, strbuf_str(&filled));
}

/* --- loading --- */

static int by_order(const void *a, const void *b)
{
	const struct merge_def *x = a, *y = b;

	if (x->display_order != y->display_order)
		return x->display_order < y->display_order ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

static struct merge_def *find_def(struct merge_defs *defs, int64_t id)
{
	vec_each (defs, def)
		if (def->id == id)
			return def;
	return NULL;
}

static int choose(struct merge_defs *defs, const json_t *choices,
		  struct err *err)
{
	const json_t *choice;
	size_t i;

	json_array_foreach (choices, i, choice) {
		struct merge_def *def;
		int64_t id = 0;

		if (json_get_int(choice, "id", &id, err) < 0)
			return -1;
		def = find_def(defs, id);
		if (def && (json_get_bool(choice, "public", &def->is_public,
					  err) < 0 ||
			    json_get_bool(choice, "required", &def->required,
					  err) < 0))
			return -1;
	}
	return 0;
}

/* What is not public is not shown, and not taken. choices: see
 * signup_page_choose; NULL: none. */
static int load_fields(struct signup_page *page, const json_t *choices,
		       struct err *err)
{
	struct merge_defs *defs = &page->fields;
	size_t kept = 0;

	if (merge_field_list(page->db, page->list.id, page->rq->arena, defs,
			     err) < 0)
		return -1;
	if (choose(defs, choices, err) < 0)
		return -1;
	for (size_t i = 0; i < defs->n; i++)
		if (defs->v[i].is_public)
			defs->v[kept++] = defs->v[i];
	defs->n = kept;
	if (kept > 1)
		qsort(defs->v, kept, sizeof(*defs->v), by_order);
	return 0;
}

static int load_categories(struct signup_page *page, struct err *err)
{
	struct interest_categories *all = &page->categories;
	size_t kept = 0;

	if (interest_category_list(page->db, page->list.id, page->rq->arena,
				   all, err) < 0 ||
	    interest_list(page->db, page->list.id, 0, page->rq->arena,
			  &page->interests, err) < 0)
		return -1;
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].form != INTEREST_HIDDEN)
			all->v[kept++] = all->v[i];
	all->n = kept;
	return 0;
}

static int load_permissions(struct signup_page *page, struct err *err)
{
	if (!page->list.marketing_permissions)
		return 0;
	return permission_list(page->db, page->list.id, page->rq->arena,
			       &page->permissions, err);
}

int signup_page_look(struct request *rq, struct db *db, const struct list *list,
		     struct signup_page *out, struct err *err)
{
	*out = (struct signup_page){
		.rq = rq, .db = db, .list = *list, .stamp = ""
	};
	out->language = reader_language_find(request_query(rq, LANGUAGE));
	if (!out->language)
		out->language = reader_language_accepted(
			request_header(rq, "Accept-Language"));
	return signup_form_get(db, list->id, rq->arena, &out->form, err);
}

int signup_page_load(struct request *rq, struct db *db, const struct list *list,
		     struct signup_page *out, struct err *err)
{
	if (signup_page_look(rq, db, list, out, err) < 0 ||
	    list_account_id(db, out->account, err) < 0 ||
	    load_fields(out, NULL, err) < 0 || load_categories(out, err) < 0)
		return -1;
	return load_permissions(out, err);
}

int signup_page_choose(struct signup_page *page, const json_t *choices,
		       struct err *err)
{
	vec_reset(&page->fields);
	return load_fields(page, choices, err);
}

int signup_page_open(struct request *rq, struct signup_page *out,
		     struct err *err)
{
	struct db *db = NULL;
	const char *u = request_query(rq, "u"), *id = request_query(rq, "id");
	struct list list;
	int found;

	*out = (struct signup_page){ .rq = rq };
	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	out->db = db; /* the caller releases it, whatever happens */
	found = id ? list_find(db, id, rq->arena, &list, err) : 0;
	if (found > 0 && signup_page_load(rq, db, &list, out, err) < 0)
		return -1;
	if (found < 0)
		return -1;
	if (!found || !u || strcmp(u, out->account) != 0)
		return err_set(err, ERR_NOT_FOUND, "there is no such form");
	return 0;
}

/* --- showing --- */

void signup_add_lines(const char *text, struct strbuf *out)
{
	struct str rest = str_of(text);

	while (rest.len) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		if (!line.len)
			continue;
		strbuf_addstr(out, "<p><bdi>");
		strbuf_add_html(out, line);
		strbuf_addstr(out, "</bdi></p>\n");
	}
}

static void add_hidden(const char *name, const char *value, struct strbuf *out)
{
	strbuf_addstr(out, "<input type=\"hidden\" name=\"");
	strbuf_add_html(out, str_of(name));
	strbuf_addstr(out, "\" value=\"");
	strbuf_add_html(out, str_of(value));
	strbuf_addstr(out, "\">\n");
}

/* People and their programs do not see it; those who fill in whatever there is
 * do. */
static void add_trap(const struct signup_page *page, struct strbuf *out)
{
	strbuf_addf(out, "<div class=\"trap\" aria-hidden=\"true\"%s><label>",
		    page->stamp ? ""
				: " style=\"position:absolute;width:1px;"
				  "height:1px;overflow:hidden;"
				  "clip-path:inset(50%)\"");
	strbuf_add_html(out, str_of(signup_text(page, READER_TRAP)));
	strbuf_addf(out,
		    " <input type=\"text\" name=\"b_%s_%s\" tabindex=\"-1\" "
		    "autocomplete=\"off\" value=\"\"></label></div>\n",
		    page->account, page->list.hex);
}

void signup_write_guards(const struct signup_page *page, struct strbuf *out)
{
	add_trap(page, out);
	if (page->stamp)
		add_hidden("shown", page->stamp, out);
}

/* Beside this page, wherever a proxy has put it. */
static const char *beside(const struct signup_page *page)
{
	return str_ends(str_of(page->rq->path), "/subscribe") ? "subscribe/"
							      : "";
}

/* Who sends, and what for. */
static void add_consent(const struct signup_page *page, struct strbuf *out)
{
	const char *own = page->form.consent;

	if (own && !*own)
		return;
	strbuf_addstr(out, "<div class=\"help\">\n<p>");
	strbuf_add_html(out, str_of(signup_text(page, READER_SENDER)));
	strbuf_addstr(out, " <bdi>");
	strbuf_add_html(out, str_of(signup_page_title(page)));
	strbuf_addstr(out, "</bdi></p>\n");
	signup_add_lines(own ? own : signup_text(page, READER_CONSENT), out);
	strbuf_addstr(out, "</div>\n");
}

/* With the permissions that were ticked, or all. */
static void add_agreed(const struct signup_page *page, bool all,
		       struct strbuf *out)
{
	const char *own = page->form.consent;

	if (!own || *own)
		strbuf_addf(out, "%s %s\n%s", signup_text(page, READER_SENDER),
			    signup_page_title(page),
			    own ? own : signup_text(page, READER_CONSENT));
	vec_each (&page->permissions, permission)
		if (all || signup_permits(page, permission))
			strbuf_addf(out, "%s☑ %s", out->len ? "\n" : "",
				    signup_permission_name(page, permission));
}

const char *signup_agreed_text(const struct signup_page *page)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	add_agreed(page, false, &out);
	return arena_str(page->rq->arena, strbuf_str(&out));
}

int64_t signup_words_mark(const struct signup_page *page)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT;
	unsigned char digest[SHA256_BYTES];
	int64_t mark = 0;

	add_agreed(page, true, &words);
	sha256(strbuf_str(&words), digest);
	for (size_t i = 0; i < 4; i++)
		mark = mark << 8 | digest[i];
	return mark;
}

void signup_write_form(const struct signup_page *page, const char *action,
		       struct strbuf *out)
{
	strbuf_addstr(out, "<form method=\"post\" action=\"");
	strbuf_add_html(out, str_of(action));
	strbuf_addf(out, "\"%s>\n", page->stamp ? " novalidate" : "");
	signup_write_fields(page, out);
	signup_write_guards(page, out);
	signup_write_proof(page, beside(page), out);
	add_consent(page, out);
	strbuf_addstr(out, "<p><button type=\"submit\" name=\"subscribe\" "
			   "value=\"1\">");
	strbuf_add_html(out, str_of(signup_text(page, READER_SIGN_UP)));
	strbuf_addstr(out, "</button></p>\n</form>\n");
}

/* Of the header: "" where it has none. Lives as long as the tree. */
static const char *header_of(const json_t *header, const char *name)
{
	const char *text = json_string_value(json_object_get(header, name));

	return text ? text : "";
}

static void add_number(const json_t *header, const char *name,
		       const char *attribute, struct strbuf *out)
{
	struct str text = str_trim(str_of(header_of(header, name)));
	int64_t n;

	if (str_ends(text, "px"))
		text.len -= 2;
	if (str_to_int(text, &n) && n >= 0 && n <= 2000)
		strbuf_addf(out, " %s=\"%lld\"", attribute, (long long)n);
}

static void add_border(const json_t *header, struct strbuf *out)
{
	const char *style = header_of(header, "image_border_style");
	struct str width = str_of(header_of(header, "image_border_width"));
	struct colour c;
	int64_t n;

	if (str_ends(width, "px"))
		width.len -= 2;
	if (strcmp(style, "none") == 0 || !str_to_int(width, &n) || n < 0 ||
	    n > 50 ||
	    !colour_parse(str_of(header_of(header, "image_border_color")), &c))
		return;
	/* the style is one of a list, see form/signup_form.c */
	strbuf_addf(out, " style=\"border:%lldpx %s #%02x%02x%02x\"",
		    (long long)n, style, c.r, c.g, c.b);
}

static void add_picture(const json_t *header, struct strbuf *out)
{
	const char *align = header_of(header, "image_align");
	const char *link = header_of(header, "image_link");

	strbuf_addf(out, "<p style=\"text-align:%s\">",
		    strcmp(align, "none") == 0 ? "start" : align);
	if (*link) {
		strbuf_addstr(out, "<a rel=\"noopener noreferrer\" href=\"");
		strbuf_add_html(out, str_of(link));
		strbuf_addstr(out, "\">");
	}
	strbuf_addstr(out, "<img src=\"");
	strbuf_add_html(out, str_of(header_of(header, "image_url")));
	strbuf_addstr(out, "\" alt=\"");
	strbuf_add_html(out, str_of(header_of(header, "image_alt")));
	strbuf_addch(out, '"');
	add_number(header, "image_width", "width", out);
	add_number(header, "image_height", "height", out);
	add_border(header, out);
	strbuf_addstr(out, *link ? "></a></p>\n" : "></p>\n");
}

/* The app shows it beside its settings: in a frame of our own alone. */
#define POLICY                                                           \
	"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' " \
	"https:; "                                                       \
	"form-action 'self'; frame-ancestors 'self'; base-uri 'none'"

void signup_begin(const struct signup_page *page, const char *heading,
		  struct response *rs)
{
	CLEANUP(json_free) json_t *header = NULL;
	CLEANUP(strbuf_release) struct strbuf css = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf above = STRBUF_INIT;
	struct err ignored = ERR_INIT; /* our own column */

	rs->content_type = PAGE_TYPE;
	response_header(rs, "Content-Security-Policy",
			signup_asks_proof(page) ? POLICY "; script-src 'self'"
						: POLICY);
	signup_write_css(&page->form, &css);
	if (json_parse(str_of(page->form.header), &header, &ignored) == 0) {
		if (*header_of(header, "image_url"))
			add_picture(header, &above);
		signup_add_lines(header_of(header, "text"), &above);
	}
	page_begin_styled(&rs->body, page->language, signup_page_title(page),
			  heading, css.buf, above.len ? above.buf : "");
}

static const char *action_of(const struct signup_page *page)
{
	bool is_chosen =
		reader_language_find(request_query(page->rq, LANGUAGE));

	return arena_printf(page->rq->arena, "%spost?u=%s&id=%s%s%s",
			    beside(page), page->account, page->list.hex,
			    is_chosen ? "&" LANGUAGE "=" : "",
			    is_chosen ? page->language->tag : "");
}

void signup_write_page(const struct signup_page *page, struct response *rs)
{
	bool is_wrong = page->wrong.n > 0;
	struct strbuf *out = &rs->body;

	signup_begin(page, page->list.name, rs);
	signup_add_lines(signup_form_text(&page->form, "signup_message",
					  page->rq->arena),
			 out);
	if (is_wrong || page->once_more) {
		strbuf_addstr(out, "<p class=\"wrong\" role=\"alert\">");
		strbuf_add_html(
			out,
			str_of(signup_text(page, is_wrong ? READER_FIX
							  : READER_ONCE_MORE)));
		strbuf_addstr(out, "</p>\n");
	}
	signup_write_form(page, action_of(page), out);
	page_end(out);
}

/* --- links of mails --- */

int signup_read_link(const struct request *rq, enum track_purpose purpose,
		     struct signup_link *out, struct err *err)
{
	struct track *track = delivery_track(api_of(rq)->delivery);
	struct track_token token;

	if (!track_token_parse(track_signing_keys(track),
			       str_of(request_param(rq, "token")), purpose,
			       &token))
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	*out = (struct signup_link){ .member_id = token.member_id,
				     .asked_ms = token.campaign_id,
				     .mark = token.link_id };
	return 0;
}

static void add_fact(const struct signup_page *page, enum reader_text label,
		     const char *value, struct strbuf *out)
{
	strbuf_add_html(out, str_of(signup_text(page, label)));
	strbuf_addstr(out, " <strong><bdi>");
	strbuf_add_html(out, str_of(value));
	strbuf_addstr(out, "</bdi></strong>");
}

void signup_add_who(const struct signup_page *page, const char *address,
		    struct strbuf *out)
{
	strbuf_addstr(out, "<p>");
	add_fact(page, READER_LIST, page->list.name, out);
	strbuf_addstr(out, "<br>\n");
	add_fact(page, READER_ADDRESS, address, out);
	strbuf_addstr(out, "</p>\n");
}
