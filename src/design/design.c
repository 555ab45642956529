#include "design/design.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "design/direction.h"
#include "design/render.h"

#include <string.h>

void design_output_release(struct design_output *out)
{
	strbuf_release(&out->html);
	strbuf_release(&out->text);
	vec_release(&out->problems);
}

/* --- is it one? --- */

/* false: it goes deeper than `most`. */
static bool is_shallow(const json_t *tree, int most)
{
	json_t *value;
	const char *key;
	size_t i;

	if (most == 0)
		return !json_is_object(tree) && !json_is_array(tree);
	json_object_foreach ((json_t *)(uintptr_t)tree, key, value)
		if (!is_shallow(value, most - 1))
			return false;
	json_array_foreach ((json_t *)(uintptr_t)tree, i, value)
		if (!is_shallow(value, most - 1))
			return false;
	return true;
}

/* Those in columns with it. */
static size_t count_blocks(const json_t *blocks)
{
	size_t n = json_array_size(blocks);
	json_t *block, *column;
	size_t i, k;

	json_array_foreach ((json_t *)(uintptr_t)blocks, i, block)
		json_array_foreach (json_object_get(block, "columns"), k,
				    column)
			n += json_array_size(column);
	return n;
}

static size_t size_of(const json_t *doc)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	json_dump(doc, &text);
	return text.len;
}

int design_check(const json_t *doc, struct err *err)
{
	const json_t *version = json_object_get(doc, "version");
	const json_t *blocks = json_object_get(doc, "blocks");
	const json_t *style = json_object_get(doc, "style");

	if (!json_is_object(doc))
		return err_field(err, "design", "must be an object");
	if (!json_is_integer(version) ||
	    json_integer_value(version) != DESIGN_VERSION)
		return err_field(err, "design.version",
				 "must be %d: this program knows no other",
				 DESIGN_VERSION);
	if (!json_is_array(blocks))
		return err_field(err, "design.blocks", "must be an array");
	if (style && !json_is_object(style) && !json_is_null(style))
		return err_field(err, "design.style", "must be an object");
	if (!is_shallow(doc, DESIGN_DEPTH_MAX))
		return err_field(err, "design", "is more than %d levels deep",
				 DESIGN_DEPTH_MAX);
	if (count_blocks(blocks) > DESIGN_BLOCKS_MAX)
		return err_field(err, "design.blocks",
				 "has more than %d blocks", DESIGN_BLOCKS_MAX);
	if (size_of(doc) > DESIGN_MAX)
		return err_field(err, "design", "is longer than %u bytes",
				 DESIGN_MAX);
	return 0;
}

int design_read(struct str text, json_t **out, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;

	if (json_parse(text, &tree, err) < 0 || design_check(tree, err) < 0)
		return -1;
	*out = TAKE(tree);
	return 0;
}

/* --- helpers of all that renders --- */

void put(struct render *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(r->html, fmt, ap);
	va_end(ap);
}

void put_attr(struct render *r, const char *text)
{
	markup_escape(str_of(text), true, r->html);
}

const char *physical(const struct render *r, enum side_align align)
{
	if (align == ALIGN_CENTER)
		return "center";
	return (align == ALIGN_START) == r->rtl ? "right" : "left";
}

void check_contrast(struct render *r, struct colour text, struct colour on)
{
	if (colour_contrast(text, on) < 3)
		problem_warn(&r->problems, "low_contrast",
			     arena_printf(r->arena, HEX, HEX_OF(text)),
			     "The text is hard to read on its background.");
}

void add_plain(struct render *r, struct str text)
{
	text = str_trim(text);
	if (text.len == 0)
		return;
	if (r->text->len > 0)
		strbuf_addstr(r->text, "\n\n");
	strbuf_addslice(r->text, text);
}

void note_empty(struct render *r)
{
	problem_warn(&r->problems, "empty", NULL,
		     "There is nothing in this block: it is left out.");
}

/* --- ids --- */

static const char *id_of(const json_t *block)
{
	return json_string_value(json_object_get(block, "id"));
}

/* `ids`: a set. */
static void check_id(struct render *r, json_t *ids, const json_t *block)
{
	const char *id = id_of(block);

	if (!id || !*id || strlen(id) > 64)
		problem_warn(&r->problems, "bad_value",
			     arena_strdup(r->arena, "id"),
			     "A block has no id, or a long one: what is wrong "
			     "with it cannot be told to its place.");
	else if (json_object_get(ids, id))
		problem_warn(&r->problems, "duplicate_id", id,
			     "Two blocks are called “%s”.", id);
	else
		(void)json_object_set_new(ids, id, json_true());
}

static void check_ids(struct render *r, const json_t *blocks)
{
	CLEANUP(json_free) json_t *ids = json_object();
	json_t *block, *column, *inner;
	size_t i, k, n;

	json_array_foreach ((json_t *)(uintptr_t)blocks, i, block) {
		check_id(r, ids, block);
		json_array_foreach (json_object_get(block, "columns"), k,
				    column)
			json_array_foreach (column, n, inner)
				check_id(r, ids, inner);
	}
}

/* --- the document --- */

/*
 * Two elements: Gmail drops one whole if there is something in it that it does
 * not know. On phones there is no card, only its content; columns stand one
 * below the other. s, q: room beside blocks and columns; k: a column; i: a
 * picture as wide as it.
 */
static void put_styles(struct render *r, struct strbuf *out)
{
	const char *query =
		r->options->dark ? "all" : "(prefers-color-scheme:dark)";

	strbuf_addf(
		out,
		"<style>\n"
		"body{margin:0;padding:0;width:100%%;"
		"-webkit-text-size-adjust:100%%;-ms-text-size-adjust:100%%}\n"
		"img{border:0;-ms-interpolation-mode:bicubic}\n"
		"@media only screen and (max-width:%dpx){\n"
		".o{padding:0!important}\n"
		".c{border-radius:0!important}\n"
		".s{padding-left:24px!important;"
		"padding-right:24px!important}\n"
		".q{padding-left:12px!important;"
		"padding-right:12px!important}\n"
		".k,.i{max-width:100%%!important}\n"
		".h1{font-size:27px!important;line-height:34px!important}\n"
		".h2{font-size:22px!important;line-height:29px!important}\n"
		"}\n</style>\n",
		r->style.width + 31);
	strbuf_addf(out, "<style>\n:root{color-scheme:%s}\n@media %s{\n",
		    r->options->dark ? "dark" : "light dark", query);
	palette_write(&r->palette, out);
	strbuf_addstr(out, "}\n");
	palette_write_outlook(&r->palette, out);
	strbuf_addstr(out, "</style>\n");
}

static void put_head(struct render *r, struct strbuf *out)
{
	const char *language = r->options->language;

	strbuf_addstr(out, "<!doctype html>\n<html lang=\"");
	markup_escape(str_of(language && *language ? language : "und"), true,
		      out);
	strbuf_addf(out,
		    "\" dir=\"%s\" xmlns:o=\"urn:schemas-microsoft-com:office:"
		    "office\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" "
		    "content=\"width=device-width,initial-scale=1\">\n"
		    "<meta name=\"x-apple-disable-message-reformatting\">\n"
		    "<meta name=\"format-detection\" "
		    "content=\"telephone=no,date=no,address=no,email=no,"
		    "url=no\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n"
		    "<meta name=\"supported-color-schemes\" "
		    "content=\"light dark\">\n"
		    "<title>*|MC:SUBJECT|*</title>\n",
		    r->rtl ? "rtl" : "ltr");
	/* its engine scales by the screen, and takes Times for what it misses
	 */
	strbuf_addf(out,
		    "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings>"
		    "<o:PixelsPerInch>96</o:PixelsPerInch>"
		    "</o:OfficeDocumentSettings></xml></noscript>"
		    "<style>table{border-collapse:collapse}"
		    "td,div,p,a,li,span,h1,h2,h3{font-family:%s!important}"
		    "</style><![endif]-->\n",
		    r->style.outlook_font);
	put_styles(r, out);
	strbuf_addstr(out, "</head>\n");
}

/* What an inbox shows beside the subject; what fills it up keeps the begin of
 * the mail out. */
static void put_preview(struct render *r)
{
	put(r, "<!--*|IF:MC_PREVIEW_TEXT|*--><div style=\"display:none;"
	       "max-height:0;overflow:hidden;mso-hide:all;font-size:1px;"
	       "line-height:1px;opacity:0\">*|MC_PREVIEW_TEXT|*");
	for (int i = 0; i < 40; i++)
		put(r, "&nbsp;&zwnj;");
	put(r, "</div><!--*|END:IF|*-->\n");
}

static void put_card(struct render *r, const json_t *const *blocks, size_t n)
{
	struct colour card = r->style.card;
	bool is_seen = !colour_same(card, r->style.background);

	if (n == 0)
		return;
	r->surface = (struct surface){ card, colour_dark_surface(card) };
	put(r,
	    TABLE " width=\"100%%\" bgcolor=\"" HEX "\" class=\"c %s\" "
		  "style=\"width:100%%;border-collapse:separate;"
		  "background-color:" HEX,
	    HEX_OF(card), palette_back(&r->palette, &r->surface).name,
	    HEX_OF(card));
	if (is_seen && r->style.radius > 0)
		put(r, ";border-radius:%dpx;overflow:hidden", r->style.radius);
	put(r, "\">\n");
	render_blocks(r, blocks, n);
	put(r, "</table>\n");
}

/* Below the card, on what is behind it. */
static void put_footers(struct render *r, const json_t *const *blocks, size_t n)
{
	struct colour behind = r->style.background;

	if (n == 0)
		return;
	r->surface = (struct surface){ behind, colour_dark_surface(behind) };
	r->below_card = true;
	put(r, TABLE " width=\"100%%\" style=\"width:100%%\">\n");
	render_blocks(r, blocks, n);
	put(r, "</table>\n");
}

static bool is_footer(const json_t *block)
{
	const char *type = json_string_value(json_object_get(block, "type"));

	return type && strcmp(type, "footer") == 0;
}

static void put_blocks(struct render *r, const json_t *list)
{
	size_t n = json_array_size(list), card = n;
	const json_t **blocks = arena_array(r->arena, const json_t *, n + 1);

	for (size_t i = 0; i < n; i++)
		blocks[i] = json_array_get(list, i);
	while (card > 0 && is_footer(blocks[card - 1]))
		card--;
	put_card(r, blocks, card);
	put_footers(r, blocks + card, n - card);
}

/* Gmail takes the attributes off html and body: they stand on a div again. */
static void put_body(struct render *r, const json_t *blocks)
{
	struct surface behind = { r->style.background,
				  colour_dark_surface(r->style.background) };
	struct palette_class class = palette_back(&r->palette, &behind);
	const char *language = r->options->language;
	int width = r->style.width;

	put(r,
	    "<body class=\"%s\" style=\"margin:0;padding:0;"
	    "background-color:" HEX "\">\n",
	    class.name, HEX_OF(behind.light));
	put_preview(r);
	put(r, "<div role=\"article\" aria-roledescription=\"email\" lang=\"");
	put_attr(r, language && *language ? language : "und");
	put(r,
	    "\" dir=\"%s\">\n" TABLE " width=\"100%%\" bgcolor=\"" HEX
	    "\" class=\"%s\" style=\"width:100%%;background-color:" HEX
	    "\"><tr><td align=\"center\" class=\"o\" "
	    "style=\"padding:32px 16px\">\n",
	    r->rtl ? "rtl" : "ltr", HEX_OF(behind.light), class.name,
	    HEX_OF(behind.light));
	put(r,
	    "<!--[if mso]>" TABLE " width=\"%d\" align=\"center\" dir=\"%s\">"
	    "<tr><td><![endif]-->\n"
	    "<div style=\"max-width:%dpx;margin:0 auto;text-align:%s\">\n",
	    width, r->rtl ? "rtl" : "ltr", width, physical(r, ALIGN_START));
	put_blocks(r, blocks);
	put(r, "</div>\n<!--[if mso]></td></tr></table><![endif]-->\n"
	       "</td></tr></table>\n</div>\n</body>\n</html>\n");
}

static void check_whole(struct render *r, const json_t *blocks, size_t size)
{
	r->problems.block = NULL;
	if (json_array_size(blocks) == 0)
		problem_warn(&r->problems, "empty", NULL,
			     "There is nothing in the mail yet.");
	if (size > DESIGN_HTML_GOOD)
		problem_warn(&r->problems, "too_large", NULL,
			     "The HTML has %zu KB. Gmail cuts off what is "
			     "longer than 102 KB, and the unsubscribe link "
			     "with it.",
			     size / 1024);
}

void design_render(const json_t *doc, const struct design_options *options,
		   struct arena *arena, struct design_output *out)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	const json_t *blocks = json_object_get(doc, "blocks");
	struct render r = {
		.options = options,
		.arena = arena,
		.problems = { arena, &out->problems, NULL },
		.palette = VEC_INIT,
		.rtl = direction_is_rtl(doc, options),
		.html = &body,
		.text = &out->text,
	};

	style_read(json_object_get(doc, "style"), &r.problems, &r.style);
	r.side = r.style.width < 560 ? 32 : 40;
	r.inner = r.style.width - 2 * r.side;
	check_ids(&r, blocks);
	put_body(&r, blocks);
	put_head(&r, &out->html);
	strbuf_addslice(&out->html, strbuf_str(&body));
	if (out->text.len > 0)
		strbuf_addch(&out->text, '\n');
	check_whole(&r, blocks, out->html.len);
	vec_release(&r.palette);
}
