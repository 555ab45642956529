/*
 * The looks of a sign-up form as CSS: colours are read and written anew, sizes
 * and words are of a closed list, so that nothing that was given gets through
 * as it was. They are for light pages; dark ones are ours. Any worker.
 */
#include "api/page/signup_page.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "design/colour.h"

#include <string.h>

static const char usual[] =
	":root{color-scheme:light dark}.field{margin:0 0 1rem}"
	"label,legend{display:block;font-weight:600}"
	"fieldset{margin:0 0 1rem;border:1px solid #767676;border-radius:4px}"
	"fieldset label{font-weight:400}"
	"input:not([type=radio]):not([type=checkbox]),select{box-sizing:"
	"border-box;width:100%;border:1px solid #767676;border-radius:4px;"
	"background:#fff;color:#222;font:inherit;padding:.4em .6em}"
	"fieldset.parts>label{display:inline-block;margin-inline-end:1rem}"
	"input[type=radio],input[type=checkbox]{margin-inline-end:.5em}"
	"button{background:#1a4f8b;color:#fff;border:1px solid #1a4f8b;"
	"border-radius:4px;cursor:pointer}"
	".help,.required{font-weight:400}.help{margin:0;color:#555}"
	".wrong{margin:0;color:#a4000f;font-weight:600}"
	".wrong[role]{margin-bottom:1rem}"
	"[aria-invalid=true]{border-color:#a4000f!important}"
	".trap{position:absolute;width:1px;height:1px;overflow:hidden;"
	"clip-path:inset(50%)}img{max-width:100%;height:auto}"
	"@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#"
	"1b1b1b}"
	"a{color:#9cc4ff}input:not([type=radio]):not([type=checkbox]),select{"
	"background:#262626;color:#f0f0f0;border-color:#8c8c8c}"
	"button{background:#9cc4ff;color:#10243d;border-color:#9cc4ff}"
	".help{color:#b8b8b8}.wrong{color:#ff9c9c}"
	"[aria-invalid=true]{border-color:#ff9c9c!important}}";

static const struct {
	const char *selector, *css;
} selectors[] = {
	{ "page_background", "body" },
	{ "page_header", "h1" },
	{ "page_outer_wrapper", "main" },
	{ "body_background", "main" },
	{ "body_link_style", "a" },
	{ "forms_buttons", "button" },
	{ "forms_buttons_hovered", "button:hover" },
	{ "forms_field_label", "label,legend" },
	{ "forms_field_text",
	  "input:not([type=radio]):not([type=checkbox]),select" },
	{ "forms_required", ".required" },
	{ "forms_help_text", ".help" },
	{ "forms_errors", ".wrong" },
};

static const char *const words[][6] = {
	{ "text-align", "left", "center", "right", NULL },
	{ "font-weight", "normal", "bold", NULL },
	{ "font-style", "normal", "italic", NULL },
	{ "text-decoration", "none", "underline", NULL },
	{ "border-style", "none", "solid", "dashed", "dotted", NULL },
};
static const char *const colours[] = { "color", "background-color",
				       "border-color" };
/* In px. */
static const struct {
	const char *property;
	int64_t least, most;
} sizes[] = {
	{ "font-size", 10, 48 },   { "line-height", 12, 80 },
	{ "border-width", 0, 10 }, { "border-radius", 0, 40 },
	{ "padding", 0, 40 },      { "max-width", 280, 1200 },
};

static bool add_colour(const char *property, const char *value,
		       struct strbuf *out)
{
	struct colour c;

	for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
		if (strcmp(property, colours[i]) != 0)
			continue;
		if (colour_parse(str_trim(str_of(value)), &c))
			strbuf_addf(out, "%s:#%02x%02x%02x;", property, c.r,
				    c.g, c.b);
		return true;
	}
	return false;
}

static bool add_size(const char *property, const char *value,
		     struct strbuf *out)
{
	struct str text = str_trim(str_of(value));
	int64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (strcmp(property, sizes[i].property) != 0)
			continue;
		if (str_ends(text, "px"))
			text.len -= 2;
		if (str_to_int(text, &n) && n >= sizes[i].least &&
		    n <= sizes[i].most)
			strbuf_addf(out, "%s:%lldpx;", property, (long long)n);
		return true;
	}
	return false;
}

static void add_word(const char *property, const char *value,
		     struct strbuf *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(property, words[i][0]) != 0)
			continue;
		for (size_t n = 1; words[i][n]; n++)
			if (strcmp(value, words[i][n]) == 0)
				strbuf_addf(out, "%s:%s;", words[i][0],
					    words[i][n]);
	}
}

static void add_options(const json_t *options, struct strbuf *out)
{
	const json_t *option;
	size_t i;

	json_array_foreach (options, i, option) {
		const char *property =
			json_string_value(json_object_get(option, "property"));
		const char *value =
			json_string_value(json_object_get(option, "value"));

		if (property && value && !add_colour(property, value, out) &&
		    !add_size(property, value, out))
			add_word(property, value, out);
	}
}

void signup_write_css(const struct signup_form *form, struct strbuf *out)
{
	CLEANUP(json_free) json_t *styles = NULL;
	struct err ignored = ERR_INIT; /* our own column */
	const json_t *style;
	size_t i;

	strbuf_addstr(out, usual);
	if (json_parse(str_of(form->styles), &styles, &ignored) < 0)
		return;
	strbuf_addstr(out, "@media(prefers-color-scheme:light){");
	json_array_foreach (styles, i, style) {
		const char *name =
			json_string_value(json_object_get(style, "selector"));

		for (size_t s = 0; name && s < ARRAY_SIZE(selectors); s++) {
			if (strcmp(name, selectors[s].selector) != 0)
				continue;
			strbuf_addf(out, "%s{", selectors[s].css);
			add_options(json_object_get(style, "options"), out);
			strbuf_addstr(out, "}");
		}
	}
	strbuf_addstr(out, "}");
}
