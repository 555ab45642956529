/*
 * The content of a campaign as the API's object says it: HTML, plain text, a
 * page, a template whose sections are filled. Called by handlers; any thread.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "campaign/campaign_private.h"
#include "campaign/content.h"
#include "campaign/html/html_sections.h"
#include "campaign/template/template.h"
#include "sql/campaign.h"
#include "store/db.h"

/* What the body gives; NULL: nothing, which leaves it as it is. */
struct given {
	const char *html, *plain_text, *url;
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

/* null, "", {} and [] give nothing. */
static bool is_given(const json_t *body, const char *key)
{
	const json_t *value = json_object_get(body, key);

	return value && !json_is_null(value) &&
	       !(json_is_string(value) && !json_string_length(value)) &&
	       !(json_is_object(value) && !json_object_size(value)) &&
	       !(json_is_array(value) && !json_array_size(value));
}

static int refuse_others(const json_t *body, struct err *err)
{
	if (is_given(body, "archive"))
		return err_field(err, "archive",
				 "Content by archive is not served here; give "
				 "html, and its pictures to the file manager");
	if (is_given(body, "variate_contents"))
		return err_field(err, "variate_contents",
				 "Several contents of one campaign are not "
				 "served here");
	return 0;
}

/* One thing only says what the mail looks like. */
static int refuse_several(const json_t *body, struct err *err)
{
	static const char *const sources[] = { "html", "url", "template" };
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!is_given(body, sources[i]))
			continue;
		if (first)
			return err_field(err, sources[i],
					 "Give this or %s, not both", first);
		first = sources[i];
	}
	return 0;
}

static int read_given(const json_t *body, struct given *out, struct err *err)
{
	*out = (struct given){ .html = NULL };
	if (refuse_others(body, err) < 0 || refuse_several(body, err) < 0 ||
	    json_get_text(body, "html", &out->html, err) < 0 ||
	    json_get_text(body, "plain_text", &out->plain_text, err) < 0 ||
	    content_url(body, &out->url, err) < 0)
		return -1;
	if (is_given(body, "template") &&
	    json_get_object(body, "template", &out->template, err) < 0)
		return -1;
	/* An empty one beside another is none; alone, it empties. */
	if (out->html && !*out->html && (out->url || out->template))
		out->html = NULL;
	if (out->html)
		out->content_type = "html";
	return 0;
}

int content_url(const json_t *body, const char **out, struct err *err)
{
	const char *url = NULL;

	if (json_get_text(body, "url", &url, err) < 0)
		return -1;
	if (!url || !*url)
		return 0;
	*out = url;
	return 1;
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
	    (is_given(g->template, "sections") &&
	     json_get_object(g->template, "sections", &values, err) < 0))
		return in_template(err);
	if (found == 0)
		return err_field(err, "template.id", "must be given");
	return from_template(db, id, values, "template.id", arena, g, err);
}

/* --- storing --- */

static int must_be_saved(const struct campaign *c, struct err *err)
{
	if (c->status == CAMPAIGN_SAVE)
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

int content_put(struct tx *tx, const char *campaign_hex, const json_t *body,
		const char *page, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign campaign;
	struct given g;

	if (campaign_get_by_hex(tx->db, campaign_hex, arena, &campaign, err) <
		    0 ||
	    must_be_saved(&campaign, err) < 0 || read_given(body, &g, err) < 0)
		return -1;
	if (g.template && take_template(tx->db, arena, &g, err) < 0)
		return -1;
	if (g.url) {
		BUG_ON(!page);
		g.html = page;
		g.content_type = "url";
	}
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
