/*
 * The content of a campaign as the API's object says it: HTML, plain text, a
 * page, a template whose sections are filled. Called by handlers; any thread.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "campaign/campaign_private.h"
#include "campaign/content.h"
#include "campaign/html/html_sections.h"
#include "campaign/template/template.h"
#include "campaign/variate/variate_content.h"
#include "sql/campaign.h"
#include "store/db.h"

#define LABEL_MAX 100 /* characters */

/* What the body gives; NULL: nothing, which leaves it as it is. */
struct given {
	const char *html, *plain_text;
	bool is_page; /* by url or archive: somebody else has got its HTML */
	const json_t *template;
	/* What becomes of it; NULL: as it is. */
	const char *content_type;
	int64_t template_id;
};

int content_check_text(const char *field, const char *text, struct err *err)
{
	if (!text)
		return 0;
	if (strlen(text) > CONTENT_MAX)
		return err_field(err, field, "is longer than %u bytes",
				 CONTENT_MAX);
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 && !strchr("\t\n\r\f", *c))
			return err_field(err, field,
					 "holds a control character");
	return 0;
}

bool content_gives(const json_t *body, const char *key)
{
	const json_t *value = json_object_get(body, key);

	return value && !json_is_null(value) &&
	       !(json_is_string(value) && !json_string_length(value)) &&
	       !(json_is_object(value) && !json_object_size(value)) &&
	       !(json_is_array(value) && !json_array_size(value));
}

/* One thing only says what the mail looks like. */
static int refuse_several(const json_t *body, struct err *err)
{
	static const char *const sources[] = { "html", "url", "template",
					       "archive" };
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!content_gives(body, sources[i]))
			continue;
		if (first)
			return err_field(err, sources[i],
					 "Give this or %s, not both", first);
		first = sources[i];
	}
	return 0;
}

/* The url of one content. */
static int url_of(const json_t *o, const char **out, struct err *err)
{
	const char *url = NULL;

	if (json_get_text(o, "url", &url, err) < 0)
		return -1;
	if (!url || !*url)
		return 0;
	*out = url;
	return 1;
}

static int read_given(const json_t *body, struct given *out, struct err *err)
{
	const char *url = NULL;

	*out = (struct given){ .html = NULL };
	if (refuse_several(body, err) < 0 ||
	    json_get_text(body, "html", &out->html, err) < 0 ||
	    json_get_text(body, "plain_text", &out->plain_text, err) < 0 ||
	    url_of(body, &url, err) < 0)
		return -1;
	if (json_get_object(body, "template", &out->template, err) < 0)
		return -1;
	if (json_object_size(out->template) == 0)
		out->template = NULL;
	out->is_page = url || content_gives(body, "archive");
	/* An empty one beside another is none; alone, it empties. */
	if (out->html && !*out->html && (out->is_page || out->template))
		out->html = NULL;
	if (out->html || out->is_page)
		out->content_type = url ? "url" : "html";
	return 0;
}

int content_url(const json_t *body, size_t content, const char **out,
		struct err *err)
{
	const json_t *several = json_object_get(body, "variate_contents");

	if (json_array_size(several) > 0)
		return url_of(json_array_get(several, content), out, err);
	return content == 0 ? url_of(body, out, err) : 0;
}

/* --- templates --- */

static bool has_section(const struct html_sections *sections, const char *name)
{
	vec_each (sections, s)
		if (strcmp(s->name, name) == 0)
			return true;
	return false;
}

/* A text that found no place would be missing, and nobody would know. */
static int check_values(const struct html_sections *sections,
			const json_t *values, struct err *err)
{
	const char *name;
	const json_t *value;

	json_object_foreach ((json_t *)values, name, value) {
		if (!json_is_string(value))
			return err_field(err, "template.sections",
					 "%.100s should be a text", name);
		if (!has_section(sections, name))
			return err_field(err, "template.sections",
					 "The template has no section %.100s",
					 name);
	}
	return 0;
}

static int fill(const struct template *t, const json_t *values,
		struct arena *arena, const char **out, struct err *err)
{
	CLEANUP(vec_release) struct html_sections sections = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf filled = STRBUF_INIT;
	const char *html;

	if (template_make_html(t, arena, &html, err) < 0)
		return -1;
	html_sections_find(str_of(html), arena, &sections);
	if (check_values(&sections, values, err) < 0)
		return -1;
	html_sections_fill(str_of(html), &sections, values, &filled);
	*out = arena_str(arena, strbuf_str(&filled));
	return 0;
}

static int from_template(struct db *db, int64_t id, const json_t *values,
			 const char *field, struct arena *arena,
			 struct given *out, struct err *err)
{
	struct template t;

	if (template_get(db, id, arena, &t, err) < 0)
		return err->code == ERR_NOT_FOUND
			       ? err_field(err, field,
					   "There is no such template")
			       : -1;
	if (fill(&t, values, arena, &out->html, err) < 0)
		return -1;
	out->template_id = id;
	out->content_type =
		t.kind == TEMPLATE_BLOCKS ? "multichannel" : "template";
	return 0;
}

/* "template" before the field that an error names. */
static int in_template(struct err *err)
{
	struct err inner = *err;
	char field[2 * sizeof(inner.field)];

	if (inner.code != ERR_INVALID || !inner.field[0])
		return -1;
	(void)snprintf(field, sizeof(field), "template.%s", inner.field);
	return err_field(err, field, "%s", inner.text);
}

static int take_template(struct db *db, struct arena *arena, struct given *g,
			 struct err *err)
{
	const json_t *values = NULL;
	int64_t id = 0;
	int found = json_get_int(g->template, "id", &id, err);

	if (found < 0 ||
	    (content_gives(g->template, "sections") &&
	     json_get_object(g->template, "sections", &values, err) < 0))
		return in_template(err);
	if (found == 0)
		return err_field(err, "template.id", "must be given");
	return from_template(db, id, values, "template.id", arena, g, err);
}

/* --- storing --- */

static int must_be_saved(const struct campaign *c, struct err *err)
{
	if (c->status == CAMPAIGN_SAVE ||
	    (c->rss && c->status == CAMPAIGN_PAUSED))
		return 0;
	return err_title(err, ERR_CONFLICT, "Bad Request",
			 "The content of a campaign that is %s cannot be "
			 "changed.",
			 campaign_status_name(c->status));
}

static const char *settings_with(const struct campaign *c, int64_t template_id,
				 struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct campaign_settings settings = c->settings;

	settings.template_id = template_id;
	campaign_settings_format(&settings, &out);
	return arena_str(arena, strbuf_str(&out));
}

static int store(struct tx *tx, const struct campaign *c, const struct given *g,
		 int64_t now_ms, struct arena *arena, struct err *err)
{
	const char *settings = NULL;
	int changed;

	if (content_check_text("html", g->html, err) < 0 ||
	    content_check_text("plain_text", g->plain_text, err) < 0)
		return -1;
	if (g->html && *g->html && !strcmp(c->type, "plaintext"))
		return err_field(err, "html",
				 "A plaintext campaign has no HTML");
	if (g->content_type)
		settings = settings_with(c, g->template_id, arena);
	changed =
		db_exec(tx, SQL_CAMPAIGN_CONTENT_PUT,
			SQL_ARGS(sql_text(g->html), sql_text(g->plain_text),
				 sql_text(g->content_type), sql_text(settings),
				 sql_int(now_ms), sql_int(c->id)),
			err);
	if (changed == 0)
		return err_set(err, ERR_RETRY,
			       "the campaign changed in between");
	return changed < 0 ? -1 : 0;
}

/* Fills in what is behind a template's id, a url, or in an archive. */
static int resolve(struct tx *tx, struct given *g, const char *page,
		   struct arena *arena, struct err *err)
{
	if (g->template && take_template(tx->db, arena, g, err) < 0)
		return -1;
	if (g->is_page) {
		BUG_ON(!page);
		g->html = page;
	}
	return 0;
}

/* --- the contents of a test --- */

/* "variate_contents" before the field that an error names. */
static int in_contents(struct err *err)
{
	struct err inner = *err;
	char field[2 * sizeof(inner.field)];

	if (inner.code != ERR_INVALID || !inner.field[0])
		return -1;
	(void)snprintf(field, sizeof(field), "variate_contents.%s",
		       inner.field);
	return err_field(err, field, "%s", inner.text);
}

static int take_label(const json_t *o, struct arena *arena,
		      struct variate_texts *labels, struct err *err)
{
	const char *label = NULL;

	if (json_get_text(o, "content_label", &label, err) < 0)
		return -1;
	if (!label || utf8_is_blank(label))
		return err_field(err, "content_label", "Please enter a value");
	if (utf8_length(str_of(label)) > LABEL_MAX)
		return err_field(err, "content_label",
				 "Please enter at most %d characters",
				 LABEL_MAX);
	labels->v[labels->n++] = arena_strdup(arena, label);
	return 0;
}

struct contents_put {
	struct tx *tx;
	const struct campaign *campaign;
	const char *const *pages; /* NULL: there are none */
	int64_t now_ms;
	struct arena *arena;
	struct variate_texts labels;
};

/* All of it is new: what is not given is empty. */
static int store_at(const struct contents_put *p, int position, struct given *g,
		    struct err *err)
{
	g->html = g->html ? g->html : "";
	g->plain_text = g->plain_text ? g->plain_text : "";
	g->content_type = g->content_type ? g->content_type : "html";
	if (position == 1)
		return store(p->tx, p->campaign, g, p->now_ms, p->arena, err);
	if (content_check_text("html", g->html, err) < 0 ||
	    content_check_text("plain_text", g->plain_text, err) < 0)
		return -1;
	return variate_content_put(p->tx, p->campaign->id, position, g->html,
				   g->plain_text, err);
}

static int put_one(struct contents_put *p, int position, const json_t *o,
		   struct err *err)
{
	const char *page = p->pages ? p->pages[position - 1] : NULL;
	struct given g;

	if (!json_is_object(o))
		return err_field(err, "content_label", "Please enter a value");
	if (take_label(o, p->arena, &p->labels, err) < 0 ||
	    read_given(o, &g, err) < 0 ||
	    resolve(p->tx, &g, page, p->arena, err) < 0)
		return -1;
	return store_at(p, position, &g, err);
}

static int check_several(const struct campaign *c, const json_t *body,
			 const json_t **out, struct err *err)
{
	if (json_get_array(body, "variate_contents", out, err) < 0)
		return -1;
	if (!c->variate)
		return err_field(err, "variate_contents",
				 "Only campaigns of type variate have these");
	if (content_gives(body, "html") || content_gives(body, "url") ||
	    content_gives(body, "template") || content_gives(body, "archive") ||
	    content_gives(body, "plain_text"))
		return err_field(err, "variate_contents",
				 "Give these alone: they are all contents");
	if (json_array_size(*out) > CONTENTS_MAX)
		return err_field(err, "variate_contents",
				 "Please give at most %d", CONTENTS_MAX);
	return 0;
}

static int put_several(struct contents_put *p, const json_t *body,
		       struct err *err)
{
	const json_t *contents = NULL;
	int n;

	if (check_several(p->campaign, body, &contents, err) < 0)
		return -1;
	n = (int)json_array_size(contents);
	for (int i = 0; i < n; i++)
		if (put_one(p, i + 1, json_array_get(contents, (size_t)i),
			    err) < 0)
			return in_contents(err);
	return variate_content_remove(p->tx, p->campaign->id, n, err) < 0
		       ? -1
		       : variate_put_labels(p->tx, p->campaign, &p->labels,
					    p->now_ms, err);
}

/* HTML alone is the one content of a test. */
static int drop_others(struct tx *tx, const struct campaign *c,
		       const struct given *g, int64_t now_ms, struct err *err)
{
	const struct variate_texts none = { .n = 0 };

	if (!c->variate || !g->html || variate_contents(c) == 1)
		return 0;
	return variate_content_remove(tx, c->id, 1, err) < 0
		       ? -1
		       : variate_put_labels(tx, c, &none, now_ms, err);
}

/* Plain text of other HTML would tell another story than the mail: it is made
 * anew, unless it is given too. */
static void drop_old_text(struct given *g)
{
	if (g->html && *g->html && !g->plain_text)
		g->plain_text = "";
}

static int check_one(const json_t *o, struct err *err)
{
	static const char *const texts[] = { "html", "plain_text", "url" };
	static const char *const objects[] = { "archive", "template" };
	const json_t *object;
	const char *text;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (json_get_text(o, texts[i], &text, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (json_get_object(o, objects[i], &object, err) < 0)
			return -1;
	return 0;
}

int content_check_types(const json_t *body, struct err *err)
{
	const json_t *contents = NULL, *one;
	size_t i;

	if (check_one(body, err) < 0 ||
	    json_get_array(body, "variate_contents", &contents, err) < 0)
		return -1;
	json_array_foreach (contents, i, one) {
		if (!json_is_object(one))
			return err_field(err, "variate_contents",
					 "must be a list of objects");
		if (check_one(one, err) < 0)
			return in_contents(err);
	}
	return 0;
}

int content_put(struct tx *tx, const char *campaign_hex, const json_t *body,
		const char *const pages[CONTENTS_MAX], int64_t now_ms,
		struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign campaign;
	struct given g;

	if (campaign_get_by_hex(tx->db, campaign_hex, arena, &campaign, err) <
		    0 ||
	    must_be_saved(&campaign, err) < 0)
		return -1;
	if (content_gives(body, "variate_contents"))
		return put_several(
			&(struct contents_put){ .tx = tx,
						.campaign = &campaign,
						.pages = pages,
						.now_ms = now_ms,
						.arena = arena },
			body, err);
	if (read_given(body, &g, err) < 0 ||
	    resolve(tx, &g, pages ? pages[0] : NULL, arena, err) < 0 ||
	    drop_others(tx, &campaign, &g, now_ms, err) < 0)
		return -1;
	drop_old_text(&g);
	return store(tx, &campaign, &g, now_ms, arena, err);
}

int content_begin_with(struct tx *tx, const struct campaign *campaign,
		       int64_t template_id, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct given g = { .html = NULL };

	if (from_template(tx->db, template_id, NULL, "settings.template_id",
			  arena, &g, err) < 0)
		return -1;
	return store(tx, campaign, &g, now_ms, arena, err);
}
