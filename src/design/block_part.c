/*
 * Blocks that are more than words: image, button, divider, spacer, social.
 * Called by block.c; pure.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "design/link.h"
#include "design/render.h"

#include <string.h>

static const char *link_of(struct render *r, const json_t *o)
{
	return link_read(str_of(member_text(o, "href", &r->problems)),
			 LINK_HREF, &r->problems);
}

static void put_href(struct render *r, const char *href)
{
	put(r, "<a href=\"");
	put_attr(r, href);
	put(r, "\" target=\"_blank\"");
}

/* --- image --- */

struct image {
	const char *src, *alt, *href;
	bool full, is_whole; /* to the edges; as wide as its place */
	int width, radius;
};

/* As wide as a column is on a phone. */
static bool is_as_wide(const struct render *r, const struct image *image)
{
	return r->in_columns && image->is_whole;
}

/* What keeps its place until a picture is chosen. */
static void put_placeholder(struct render *r, const struct image *image)
{
	int width = image->width;
	struct colour back = colour_mix(r->surface.light, r->style.text, 8);
	struct surface box = {
		back, colour_mix(r->surface.dark,
				 colour_readable_on(r->surface.dark), 6)
	};
	struct colour text = colour_mix(r->style.text, back, 25);

	put(r,
	    TABLE " width=\"%d\"%s style=\"width:100%%;max-width:%dpx\"><tr>"
		  "<td class=\"%s\" align=\"center\" height=\"%d\" "
		  "style=\"height:%dpx;padding:0 16px;background-color:" HEX
		  ";border-radius:%dpx\"><div class=\"%s\" style=\"color:" HEX
		  ";font-family:%s;font-size:16px;line-height:24px\">",
	    width, is_as_wide(r, image) ? " class=\"i\"" : "", width,
	    palette_back(&r->palette, &box).name, width * 9 / 16,
	    width * 9 / 16, HEX_OF(back), image->radius,
	    palette_text(&r->palette, text, &box).name, HEX_OF(text),
	    r->style.font);
	markup_escape(str_of(image->alt), false, r->html);
	put(r, "&nbsp;</div></td></tr></table>");
}

static const char *margin_of(const struct render *r)
{
	if (r->align == ALIGN_CENTER)
		return "0 auto";
	return strcmp(physical(r, r->align), "right") == 0 ? "0 0 0 auto" : "0";
}

/* With the look of its text, which stands there while pictures are off. */
static void put_image(struct render *r, const struct image *image)
{
	struct colour text = colour_readable_on(r->surface.light);

	put(r, "<img src=\"");
	put_attr(r, image->src);
	put(r, "\" alt=\"");
	put_attr(r, image->alt);
	put(r,
	    "\" width=\"%d\" class=\"%s%s\" style=\"display:block;"
	    "width:100%%;max-width:%dpx;height:auto;margin:%s;border:0;"
	    "font-family:%s;font-size:16px;line-height:24px;color:" HEX,
	    image->width, palette_text(&r->palette, text, &r->surface).name,
	    is_as_wide(r, image) ? " i" : "", image->width, margin_of(r),
	    r->style.font, HEX_OF(text));
	if (image->radius > 0)
		put(r, ";border-radius:%dpx", image->radius);
	put(r, "\">");
}

static void add_plain_image(struct render *r, const char *alt, const char *href)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (*alt)
		strbuf_addf(&text, href ? "%s: " : "[%s]", alt);
	if (href)
		words_add_address(href, &text);
	add_plain(r, strbuf_str(&text));
}

static bool read_image(struct render *r, const json_t *block, struct image *out)
{
	struct number_limits percent = { 10, 100, 100 };
	const char *alt = member_text(block, "alt", &r->problems);
	int pct = member_number(block, "width", percent, &r->problems);

	*out = (struct image){
		.src = link_read(
			str_of(member_text(block, "src", &r->problems)),
			LINK_SRC, &r->problems),
		.alt = alt ? alt : "",
		.href = link_of(r, block),
		.full = member_flag(block, "full", false, &r->problems),
		.is_whole = pct == 100,
	};
	out->width =
		(out->full ? r->inner + 2 * r->side : r->inner) * pct / 100;
	out->radius = out->full ? 0 : r->style.radius;
	if (!out->src)
		problem_fail(&r->problems, "missing_src", NULL,
			     "No picture is chosen: it is left out.");
	else if (!*out->alt)
		problem_warn(&r->problems, "missing_alt", NULL,
			     "A picture has no text for those who do not see "
			     "it.");
	return out->src || r->options->placeholders;
}

void render_image(struct render *r, const json_t *block,
		  const struct block_place *place)
{
	int half = r->style.spacing / 2;
	struct row_usual usual = { .top = half, .bottom = half };
	struct image image;

	if (!read_image(r, block, &image))
		return;
	if (image.full)
		usual = (struct row_usual){ .to_edge = true };
	usual.align = ALIGN_CENTER;
	row_begin(r, block, place, &usual);
	if (!image.src) {
		put_placeholder(r, &image);
		row_end(r);
		return;
	}
	if (image.href) {
		put_href(r, image.href);
		put(r, ">");
	}
	put_image(r, &image);
	put(r, image.href ? "</a>" : "");
	row_end(r);
	add_plain_image(r, image.alt, image.href);
}

/* --- button --- */

/*
 * A cell with a background, and in it a link as large as the cell. Outlook's
 * engine gives links no room: there the cell has it. A shape of VML would be
 * round there too, but no click on it could be counted.
 */
static void put_button(struct render *r, const char *label, const char *href,
		       struct colour back, struct colour text, bool full)
{
	struct surface on = { back, colour_dark_button(back, r->surface.dark) };
	int radius = r->style.radius;

	put(r, TABLE "%s style=\"border-collapse:separate%s\"><tr>",
	    full ? " width=\"100%\"" : "", full ? ";width:100%" : "");
	put(r,
	    "<td class=\"%s\" align=\"center\" bgcolor=\"" HEX
	    "\" style=\"background-color:" HEX
	    ";border-radius:%dpx;mso-padding-alt:14px 28px\">",
	    palette_back(&r->palette, &on).name, HEX_OF(back), HEX_OF(back),
	    radius);
	put_href(r, href);
	put(r,
	    " class=\"%s\" style=\"display:%s;padding:14px 28px;"
	    "font-family:%s;font-size:16px;line-height:20px;font-weight:600;"
	    "color:" HEX ";text-decoration:none;border-radius:%dpx\">",
	    palette_text(&r->palette, text, &on).name,
	    full ? "block" : "inline-block", r->style.font, HEX_OF(text),
	    radius);
	markup_escape(str_of(label), false, r->html);
	put(r, "</a></td></tr></table>");
}

static void add_plain_button(struct render *r, const char *label,
			     const char *href)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s: ", label);
	words_add_address(href, &text);
	add_plain(r, strbuf_str(&text));
}

void render_button(struct render *r, const json_t *block,
		   const struct block_place *place)
{
	int half = r->style.spacing / 2;
	struct row_usual usual = { .top = half, .bottom = half };
	const char *label = member_text(block, "label", &r->problems);
	const char *href = link_of(r, block);
	struct colour back = r->style.accent, text;

	if (utf8_is_blank(label)) {
		note_empty(r);
		return;
	}
	if (!href)
		problem_fail(&r->problems, "missing_href", NULL,
			     "The button “%s” leads nowhere: give it an "
			     "address.",
			     label);
	row_begin(r, block, place, &usual);
	(void)member_colour(block, "color", &back, &r->problems);
	text = colour_readable_on(back);
	(void)member_colour(block, "text_color", &text, &r->problems);
	check_contrast(r, text, back);
	put_button(r, label, href ? href : "#", back, text,
		   member_flag(block, "full", false, &r->problems));
	row_end(r);
	if (href)
		add_plain_button(r, label, href);
}

/* --- divider, spacer --- */

void render_divider(struct render *r, const json_t *block,
		    const struct block_place *place)
{
	int half = r->style.spacing / 2;
	struct row_usual usual = { .top = half,
				   .bottom = half,
				   .align = ALIGN_CENTER };
	struct number_limits thick = { 1, 8, 1 }, percent = { 10, 100, 100 };
	int thickness, pct;
	struct colour line;

	row_begin(r, block, place, &usual);
	line = colour_mix(r->surface.light, r->style.text, 14);
	(void)member_colour(block, "color", &line, &r->problems);
	thickness = member_number(block, "thickness", thick, &r->problems);
	pct = member_number(block, "width", percent, &r->problems);
	put(r,
	    TABLE " width=\"%d%%\" style=\"width:%d%%\"><tr><td class=\"%s\" "
		  "height=\"%d\" style=\"border-top:%dpx solid " HEX
		  ";font-size:0;line-height:0\">&nbsp;</td></tr></table>",
	    pct, pct, palette_line(&r->palette, line, &r->surface).name,
	    thickness, thickness, HEX_OF(line));
	row_end(r);
	add_plain(r, STR("----------"));
}

void render_spacer(struct render *r, const json_t *block,
		   const struct block_place *place)
{
	struct number_limits limits = { 4, 120, r->style.spacing };
	int height = member_number(block, "height", limits, &r->problems);
	struct row_usual usual = { .to_edge = true };

	row_begin(r, block, place, &usual);
	put(r,
	    "<div style=\"height:%dpx;font-size:1px;line-height:%dpx;"
	    "mso-line-height-rule:exactly\">&nbsp;</div>",
	    height, height);
	row_end(r);
}

/* --- social --- */

/* As they write themselves; any other name is shown as it is given. */
static const char *network_name(const char *network)
{
	static const char *const names[][2] = {
		{ "facebook", "Facebook" }, { "instagram", "Instagram" },
		{ "linkedin", "LinkedIn" }, { "x", "X" },
		{ "youtube", "YouTube" },   { "mastodon", "Mastodon" },
		{ "bluesky", "Bluesky" },   { "tiktok", "TikTok" },
		{ "whatsapp", "WhatsApp" }, { "telegram", "Telegram" },
		{ "threads", "Threads" },   { "pinterest", "Pinterest" },
		{ "xing", "XING" },         { "github", "GitHub" },
		{ "vimeo", "Vimeo" },       { "website", "Website" },
		{ "signal", "Signal" },     { "spotify", "Spotify" },
		{ "email", "E-mail" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i][0], network) == 0)
			return names[i][1];
	return network;
}

struct social {
	const char *name, *href;
};

/* Those that have a name and an address, in order; returns how many. */
static size_t read_social(struct render *r, const json_t *block,
			  struct social **out)
{
	const json_t *links = json_object_get(block, "links");
	size_t given = json_array_size(links), n = 0;

	*out = arena_array(r->arena, struct social, given + 1);
	for (size_t i = 0; i < given; i++) {
		const json_t *link = json_array_get(links, i);
		const char *network =
			member_text(link, "network", &r->problems);
		const char *href = link_of(r, link);

		if (network && *network && href)
			(*out)[n++] =
				(struct social){ network_name(network), href };
		else
			problem_warn(&r->problems, "missing_href",
				     network ? network : NULL,
				     "“%s” has no address and is left out.",
				     network ? network : "?");
	}
	return n;
}

static void add_plain_social(struct render *r, const struct social *links,
			     size_t n)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		strbuf_addf(&text, "%s%s: ", i ? "\n" : "", links[i].name);
		words_add_address(links[i].href, &text);
	}
	add_plain(r, strbuf_str(&text));
}

/* The outer ones stand where other blocks begin and end. */
static const char *social_padding(const struct render *r)
{
	if (r->align == ALIGN_CENTER)
		return "10px 12px";
	return strcmp(physical(r, r->align), "left") == 0 ? "10px 24px 10px 0"
							  : "10px 0 10px 24px";
}

/* Names, not pictures: they are there when pictures are off, in any size, in
 * the dark, and read out. */
void render_social(struct render *r, const json_t *block,
		   const struct block_place *place)
{
	int half = r->style.spacing / 2;
	struct row_usual usual = { .top = half,
				   .bottom = half,
				   .align = ALIGN_CENTER,
				   .is_text = true };
	struct number_limits limits = { 12, 32, 16 };
	int size = member_number(block, "size", limits, &r->problems);
	struct palette_class class;
	struct social *links;
	struct colour colour;
	size_t n = read_social(r, block, &links);

	if (n == 0) {
		note_empty(r);
		return;
	}
	row_begin(r, block, place, &usual);
	colour = colour_contrast(r->style.link, r->surface.light) >= 3
			 ? r->style.link
			 : colour_readable_on(r->surface.light);
	class = palette_text(&r->palette, colour, &r->surface);
	for (size_t i = 0; i < n; i++) {
		put_href(r, links[i].href);
		put(r,
		    " class=\"%s\" style=\"display:inline-block;"
		    "padding:%s;font-family:%s;font-size:%dpx;"
		    "line-height:%dpx;font-weight:600;color:" HEX
		    ";text-decoration:none\">",
		    class.name, social_padding(r), r->style.font, size,
		    size * 3 / 2, HEX_OF(colour));
		markup_escape(str_of(links[i].name), false, r->html);
		put(r, "</a> ");
	}
	row_end(r);
	add_plain_social(r, links, n);
}
