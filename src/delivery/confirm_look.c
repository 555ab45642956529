#include "delivery/confirm_look.h"

#include "audience/form/signup_form.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <string.h>

#define READABLE 4.5      /* contrast that text needs */
#define LOGO_MOST "240px" /* of one that says nothing of its size */
#define COLUMN_PX 560     /* no logo is wider */

/* As the form's own page, see api/page/signup_style.c. */
static const struct confirm_look usual = {
	.back = { 255, 255, 255 },
	.text = { 34, 34, 34 },
	.button = { 26, 79, 139 },
	.button_text = { 255, 255, 255 },
};

/* --- of the form --- */

static void read_colour(const struct signup_form *form, const char *selector,
			const char *property, struct arena *arena,
			struct colour *out)
{
	struct colour c;

	if (colour_parse(str_trim(str_of(signup_form_style(form, selector,
							   property, arena))),
			 &c))
		*out = c;
}

static int64_t width_of(const char *text)
{
	struct str s = str_trim(str_of(text));
	int64_t n;

	if (str_ends(s, "px"))
		s.len -= 2;
	if (!str_to_int(s, &n) || n <= 0)
		return 0;
	return n < COLUMN_PX ? n : COLUMN_PX;
}

/* Who reads it matters more than which colour was chosen. */
static void mend(struct colour *text, struct colour back)
{
	if (colour_contrast(*text, back) < READABLE)
		*text = colour_readable_on(back);
}

int confirm_look_load(struct db *db, int64_t list_id, struct arena *arena,
		      struct confirm_look *out, struct err *err)
{
	struct signup_form form;
	const char *align;

	*out = usual;
	if (signup_form_get(db, list_id, arena, &form, err) < 0)
		return -1;
	out->logo = signup_form_header(&form, "image_url", arena);
	out->logo_alt = signup_form_header(&form, "image_alt", arena);
	align = signup_form_header(&form, "image_align", arena);
	out->align = !*align || strcmp(align, "none") == 0 ? "start" : align;
	out->logo_width =
		width_of(signup_form_header(&form, "image_width", arena));
	read_colour(&form, "page_background", "background-color", arena,
		    &out->back);
	read_colour(&form, "page_background", "color", arena, &out->text);
	read_colour(&form, "forms_buttons", "background-color", arena,
		    &out->button);
	read_colour(&form, "forms_buttons", "color", arena, &out->button_text);
	mend(&out->text, out->back);
	mend(&out->button_text, out->button);
	return 0;
}

/* --- as HTML --- */

static void add_colour(const char *property, struct colour c, const char *after,
		       struct strbuf *out)
{
	strbuf_addf(out, "%s:#%02x%02x%02x%s", property, c.r, c.g, c.b, after);
}

static void add_dark(const struct confirm_look *look, struct strbuf *out)
{
	struct colour back = colour_dark_surface(look->back);
	struct colour button = colour_dark_button(look->button, back);
	struct colour label = look->button_text;

	mend(&label, button);
	strbuf_addstr(out, "<style>:root{color-scheme:light dark}"
			   "@media(prefers-color-scheme:dark){.page{");
	add_colour("background", back, "!important;", out);
	add_colour("color", colour_dark_text(look->text, look->back, back),
		   "!important}.button{", out);
	add_colour("background", button, "!important;", out);
	add_colour("color", label, "!important}}</style>\n", out);
}

static void add_logo(const struct confirm_look *look, const char *name,
		     struct strbuf *out)
{
	strbuf_addf(out,
		    "<p style=\"margin:0 0 24px;text-align:%s\"><img src=\"",
		    look->align);
	strbuf_add_html(out, str_of(look->logo));
	strbuf_addstr(out, "\" alt=\"");
	strbuf_add_html(out, str_of(*look->logo_alt ? look->logo_alt : name));
	if (look->logo_width)
		strbuf_addf(out, "\" width=\"%lld",
			    (long long)look->logo_width);
	strbuf_addf(out,
		    "\" style=\"max-width:%s;height:auto;border:0\"></p>\n",
		    look->logo_width ? "100%" : LOGO_MOST);
}

void confirm_look_begin(const struct confirm_look *look, const char *language,
			const char *direction, const char *name,
			struct strbuf *out)
{
	strbuf_addf(out,
		    "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n"
		    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
		    "content=\"width=device-width\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n",
		    language, direction);
	add_dark(look, out);
	strbuf_addstr(out, "</head>\n<body class=\"page\" style=\"margin:0;"
			   "padding:0;");
	add_colour("background", look->back, "\">\n", out);
	strbuf_addf(
		out,
		"<table role=\"presentation\" width=\"100%%\" "
		"cellpadding=\"0\" cellspacing=\"0\"><tr><td class=\"page\" "
		"align=\"center\" style=\"padding:32px 20px;");
	add_colour("background", look->back, ";", out);
	add_colour("color", look->text, "\">\n", out);
	strbuf_addf(out,
		    "<div style=\"max-width:%dpx;text-align:start;"
		    "font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,"
		    "Arial,sans-serif\">\n",
		    COLUMN_PX);
	if (*look->logo)
		add_logo(look, name, out);
	strbuf_addstr(out, "<h1 style=\"margin:0 0 16px;font-size:22px;"
			   "line-height:1.25\"><bdi>");
	strbuf_add_html(out, str_of(name));
	strbuf_addstr(out, "</bdi></h1>\n");
}

void confirm_look_button(const struct confirm_look *look, const char *href,
			 const char *label, struct strbuf *out)
{
	strbuf_addstr(out, "<p style=\"margin:24px 0\"><a class=\"button\" "
			   "href=\"");
	strbuf_add_html(out, str_of(href));
	strbuf_addstr(out, "\" style=\"display:inline-block;padding:12px 24px;"
			   "font-weight:600;text-decoration:none;"
			   "border-radius:4px;");
	add_colour("background", look->button, ";", out);
	add_colour("color", look->button_text, "\">", out);
	strbuf_add_html(out, str_of(label));
	strbuf_addstr(out, "</a></p>\n");
}

void confirm_look_end(const char *lines, struct strbuf *out)
{
	struct str rest = str_of(lines);

	strbuf_addstr(out, "<p dir=\"auto\" style=\"margin:32px 0 0;"
			   "padding-top:16px;border-top:1px solid #999;"
			   "font-size:13px\">");
	while (rest.len > 0) {
		strbuf_add_html(out, str_cut(&rest, '\n'));
		if (rest.len > 0)
			strbuf_addstr(out, "<br>");
	}
	strbuf_addstr(out, "</p>\n</div>\n</td></tr></table>\n</body>\n"
			   "</html>\n");
}
