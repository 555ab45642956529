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

#define READABLE 4.5 /* contrast that text needs */

static const char usual[] =
	":root{color-scheme:light dark}.field{margin:0 0 1rem}"
	"label,legend{display:block;font-weight:600}"
	"fieldset{margin:0 0 1rem;border:1px solid #767676;border-radius:4px}"
	"fieldset label{font-weight:400}"
	"input:not([type=radio]):not([type=checkbox]),select{box-sizing:"
	"border-box;width:100%;border:1px solid #767676;border-radius:4px;"
	"background:#fff;color:#222;font:inherit;padding:.4em .6em}"
	"textarea{box-sizing:border-box;width:100%;border:1px solid #767676;"
	"border-radius:4px;background:#fff;color:#222;font:inherit;"
	"padding:.4em .6em}blockquote{margin-inline:1rem}"
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
	"textarea{background:#262626;color:#f0f0f0;border-color:#8c8c8c}"
	"button{background:#9cc4ff;color:#10243d;border-color:#9cc4ff}"
	".help{color:#b8b8b8}.wrong{color:#ff9c9c}"
	"[aria-invalid=true]{border-color:#ff9c9c!important}}";

/* What can be coloured. Their parents come before them. */
enum part {
	PART_BODY,
	PART_MAIN,
	PART_TITLE,
	PART_LINK,
	PART_LABEL,
	PART_REQUIRED,
	PART_HELP,
	PART_WRONG,
	PART_FIELD,
	PART_BUTTON,
	PART_HOVERED,
	PARTS
};

struct look {
	bool has_text, has_back;
	struct colour text, back;
};

/* How a part looks if nothing is said: as the usual rules have it. */
static const struct {
	const char *css;
	enum part parent; /* of which it has what it does not have itself */
	struct look usual;
} parts[PARTS] = {
	[PART_BODY] = { "body",
			PART_BODY,
			{ true, true, { 34, 34, 34 }, { 255, 255, 255 } } },
	[PART_MAIN] = { "main", PART_BODY, { false } },
	[PART_TITLE] = { "h1", PART_MAIN, { false } },
	[PART_LINK] = { "a", PART_MAIN, { true, false, { 0, 0, 238 }, { 0 } } },
	[PART_LABEL] = { "label,legend", PART_MAIN, { false } },
	[PART_REQUIRED] = { ".required", PART_LABEL, { false } },
	[PART_HELP] = { ".help",
			PART_MAIN,
			{ true, false, { 85, 85, 85 }, { 0 } } },
	[PART_WRONG] = { ".wrong",
			 PART_MAIN,
			 { true, false, { 164, 0, 15 }, { 0 } } },
	[PART_FIELD] = { "input:not([type=radio]):not([type=checkbox]),select,"
			 "textarea",
			 PART_MAIN,
			 { true, true, { 34, 34, 34 }, { 255, 255, 255 } } },
	[PART_BUTTON] = { "button",
			  PART_MAIN,
			  { true, true, { 255, 255, 255 }, { 26, 79, 139 } } },
	[PART_HOVERED] = { "button:hover", PART_BUTTON, { false } },
};

static const struct {
	const char *selector;
	enum part part;
} selectors[] = {
	{ "page_background", PART_BODY },
	{ "page_header", PART_TITLE },
	{ "page_outer_wrapper", PART_MAIN },
	{ "body_background", PART_MAIN },
	{ "body_link_style", PART_LINK },
	{ "forms_buttons", PART_BUTTON },
	{ "forms_buttons_hovered", PART_HOVERED },
	{ "forms_field_label", PART_LABEL },
	{ "forms_field_text", PART_FIELD },
	{ "forms_required", PART_REQUIRED },
	{ "forms_help_text", PART_HELP },
	{ "forms_errors", PART_WRONG },
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

static void note_colour(const char *property, struct colour c,
			struct look *look)
{
	if (strcmp(property, "color") == 0) {
		look->has_text = true;
		look->text = c;
	} else if (strcmp(property, "background-color") == 0) {
		look->has_back = true;
		look->back = c;
	}
}

static bool add_colour(const char *property, const char *value,
		       struct look *look, struct strbuf *out)
{
	struct colour c;

	for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
		if (strcmp(property, colours[i]) != 0)
			continue;
		if (colour_parse(str_trim(str_of(value)), &c)) {
			strbuf_addf(out, "%s:#%02x%02x%02x;", property, c.r,
				    c.g, c.b);
			note_colour(property, c, look);
		}
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

static void add_options(const json_t *options, struct look *look,
			struct strbuf *out)
{
	const json_t *option;
	size_t i;

	json_array_foreach (options, i, option) {
		const char *property =
			json_string_value(json_object_get(option, "property"));
		const char *value =
			json_string_value(json_object_get(option, "value"));

		if (property && value &&
		    !add_colour(property, value, look, out) &&
		    !add_size(property, value, out))
			add_word(property, value, out);
	}
}

/* Dark grey is not dark enough on what is half as dark. */
static struct colour readable_on(struct colour back)
{
	static const struct colour black = { 0, 0, 0 };
	struct colour text = colour_readable_on(back);

	return colour_contrast(text, back) >= READABLE ? text : black;
}

/* Who reads it matters more than which colour was chosen: text that could not
 * be told from what is behind it (WCAG 2.2, 1.4.3) gets black or white. */
static void mend_contrast(const struct look *given, struct strbuf *out)
{
	struct look looks[PARTS];

	for (int p = 0; p < PARTS; p++) {
		const struct look *parent = &looks[parts[p].parent];
		struct look *look = &looks[p];

		*look = parts[p].usual;
		if (p != PART_BODY && !look->has_text)
			look->text = parent->text;
		if (p != PART_BODY && !look->has_back)
			look->back = parent->back;
		if (given[p].has_text)
			look->text = given[p].text;
		if (given[p].has_back)
			look->back = given[p].back;
		if (colour_contrast(look->text, look->back) >= READABLE)
			continue;
		look->text = readable_on(look->back);
		strbuf_addf(out, "%s{color:#%02x%02x%02x}", parts[p].css,
			    look->text.r, look->text.g, look->text.b);
	}
}

void signup_write_css(const struct signup_form *form, struct strbuf *out)
{
	CLEANUP(json_free) json_t *styles = NULL;
	struct look given[PARTS] = { { false } };
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
			enum part part = selectors[s].part;

			if (strcmp(name, selectors[s].selector) != 0)
				continue;
			strbuf_addf(out, "%s{", parts[part].css);
			add_options(json_object_get(style, "options"),
				    &given[part], out);
			strbuf_addstr(out, "}");
		}
	}
	mend_contrast(given, out);
	strbuf_addstr(out, "}");
}
