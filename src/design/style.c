#include "design/style.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <string.h>

/* --- members --- */

/* NULL: absent, or null. */
static const json_t *member(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_null(v) ? NULL : v;
}

static void note_wrong(const char *key, struct problems *p)
{
	problem_warn(p, "bad_value", arena_strdup(p->arena, key),
		     "“%s” has a value that cannot be used; the usual one "
		     "counts.",
		     key);
}

const char *member_text(const json_t *o, const char *key, struct problems *p)
{
	const json_t *v = member(o, key);

	if (v && !json_is_string(v))
		note_wrong(key, p);
	return json_string_value(v);
}

int member_number(const json_t *o, const char *key, struct number_limits limits,
		  struct problems *p)
{
	const json_t *v = member(o, key);
	double n;

	if (!v)
		return limits.usual;
	if (!json_is_number(v)) {
		note_wrong(key, p);
		return limits.usual;
	}
	n = json_number_value(v);
	if (n >= limits.least && n <= limits.most)
		return (int)n;
	problem_warn(p, "bad_value", arena_strdup(p->arena, key),
		     "“%s” goes from %d to %d.", key, limits.least,
		     limits.most);
	return n < limits.least ? limits.least : limits.most;
}

bool member_flag(const json_t *o, const char *key, bool usual,
		 struct problems *p)
{
	const json_t *v = member(o, key);

	if (!v)
		return usual;
	if (!json_is_boolean(v)) {
		note_wrong(key, p);
		return usual;
	}
	return json_is_true(v);
}

int member_choice(const json_t *o, const char *key, const char *const *names,
		  int usual, struct problems *p)
{
	const json_t *v = member(o, key);
	const char *text = json_string_value(v);

	if (!v)
		return usual;
	for (int i = 0; text && names[i]; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	note_wrong(key, p);
	return usual;
}

bool member_colour(const json_t *o, const char *key, struct colour *out,
		   struct problems *p)
{
	const json_t *v = member(o, key);
	const char *text = json_string_value(v);

	if (!v || (text && !*text))
		return false;
	if (text && colour_parse(str_of(text), out))
		return true;
	problem_warn(p, "bad_color", text ? text : arena_strdup(p->arena, key),
		     "“%s” is no colour: write #rrggbb.", text ? text : key);
	return false;
}

/* --- style --- */

/* By name, as no mail brings fonts of its own. In single quotes: they stand in
 * attributes. */
static const struct {
	const char *stack, *outlook;
} fonts[] = {
	{ "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,"
	  "sans-serif",
	  "Arial,sans-serif" },
	{ "Georgia,'Times New Roman',serif", "Georgia,serif" },
	{ "ui-monospace,Menlo,Consolas,'Courier New',monospace",
	  "'Courier New',monospace" },
	{ "Optima,Candara,'Noto Sans',sans-serif", "Candara,sans-serif" },
	{ "'Iowan Old Style','Palatino Linotype',Palatino,serif",
	  "'Palatino Linotype',serif" },
	{ "Rockwell,'Rockwell Nova','Roboto Slab',serif", "Rockwell,serif" },
	{ "Verdana,Geneva,sans-serif", "Verdana,sans-serif" },
	{ "'Trebuchet MS',Tahoma,sans-serif", "'Trebuchet MS',sans-serif" },
};

void style_read(const json_t *style, struct problems *p, struct style *out)
{
	static const char *const names[] = { "sans",     "serif",     "mono",
					     "humanist", "classic",   "slab",
					     "verdana",  "trebuchet", NULL };
	int font = member_choice(style, "font", names, 0, p);

	*out = (struct style){
		.background = { 0xf4, 0xf4, 0xf5 },
		.card = { 0xff, 0xff, 0xff },
		.text = { 0x27, 0x27, 0x2a },
		.link = { 0x1d, 0x4e, 0xd8 },
		.accent = { 0x1d, 0x4e, 0xd8 },
		.font = fonts[font].stack,
		.outlook_font = fonts[font].outlook,
	};
	(void)member_colour(style, "background", &out->background, p);
	(void)member_colour(style, "card", &out->card, p);
	(void)member_colour(style, "text", &out->text, p);
	if (member_colour(style, "accent", &out->accent, p))
		out->link = out->accent;
	(void)member_colour(style, "link", &out->link, p);
	out->width = member_number(style, "width",
				   (struct number_limits){ 480, 720, 600 }, p);
	out->radius = member_number(style, "radius",
				    (struct number_limits){ 0, 24, 8 }, p);
	out->spacing = member_number(style, "spacing",
				     (struct number_limits){ 8, 48, 24 }, p);
}
