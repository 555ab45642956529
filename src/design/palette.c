#include "design/palette.h"

#include <stdio.h>

static const struct {
	char letter;
	const char *property;
	const char *outlook; /* how Outlook on the web marks what it changes */
} roles[] = {
	[COLOUR_TEXT] = { 't', "color", "data-ogsc" },
	[COLOUR_BACK] = { 'b', "background-color", "data-ogsb" },
	[COLOUR_LINE] = { 'l', "border-color", NULL },
};

static struct palette_class add(struct palette *p, struct palette_entry entry)
{
	struct palette_class out;
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].role == entry.role &&
		    colour_same(p->v[i].light, entry.light) &&
		    colour_same(p->v[i].dark, entry.dark))
			break;
	if (i == p->n)
		vec_push(p, entry);
	snprintf(out.name, sizeof(out.name), "%c%u", roles[entry.role].letter,
		 (unsigned)i);
	return out;
}

struct palette_class palette_text(struct palette *p, struct colour text,
				  const struct surface *on)
{
	return add(p, (struct palette_entry){
			      COLOUR_TEXT, text,
			      colour_dark_text(text, on->light, on->dark) });
}

struct palette_class palette_line(struct palette *p, struct colour line,
				  const struct surface *on)
{
	return add(p, (struct palette_entry){
			      COLOUR_LINE, line,
			      colour_dark_line(line, on->light, on->dark) });
}

struct palette_class palette_back(struct palette *p, const struct surface *s)
{
	return add(p, (struct palette_entry){ COLOUR_BACK, s->light, s->dark });
}

static void write_rule(const struct palette *p, size_t i, struct strbuf *out)
{
	const struct palette_entry *e = &p->v[i];

	strbuf_addf(out, ".%c%zu{%s:#%02x%02x%02x!important}\n",
		    roles[e->role].letter, i, roles[e->role].property,
		    e->dark.r, e->dark.g, e->dark.b);
}

void palette_write(const struct palette *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->n; i++)
		write_rule(p, i, out);
}

void palette_write_outlook(const struct palette *p, struct strbuf *out)
{
	for (size_t i = 0; i < p->n; i++) {
		const char *mark = roles[p->v[i].role].outlook;

		if (!mark)
			continue;
		strbuf_addf(out, "[%s] ", mark);
		write_rule(p, i, out);
	}
}
