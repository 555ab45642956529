#include "http/params.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/utf8.h"

#include <string.h>

static bool is_escape(struct str text, size_t i)
{
	return text.s[i] == '%' && i + 2 < text.len &&
	       hex_value(text.s[i + 1]) >= 0 && hex_value(text.s[i + 2]) >= 0;
}

const char *params_decode(struct str text, bool plus_is_space,
			  struct arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (is_escape(text, i)) {
			out[n++] = (char)(hex_value(text.s[i + 1]) << 4 |
					  hex_value(text.s[i + 2]));
			i += 2;
		} else if (plus_is_space && text.s[i] == '+') {
			out[n++] = ' ';
		} else {
			out[n++] = text.s[i];
		}
	}
	if (memchr(out, 0, n) || !utf8_is_valid((struct str){ out, n }))
		return NULL;
	return out;
}

static void add_param(struct params *params, const char *name,
		      const char *value, struct arena *arena)
{
	struct param *p;

	if (!name || !value || params->n == PARAMS_MAX) {
		params->left_out++;
		return;
	}
	p = arena_new_of(arena, struct param);
	p->name = name;
	p->value = value;
	if (!params->last)
		params->last = &params->first;
	*params->last = p;
	params->last = &p->next;
	params->n++;
}

void params_add_form(struct params *params, struct str text,
		     struct arena *arena)
{
	while (text.len > 0) {
		struct str pair = str_cut(&text, '&');
		struct str name = str_cut(&pair, '=');

		if (name.len == 0 && pair.len == 0)
			continue;
		add_param(params, params_decode(name, true, arena),
			  params_decode(pair, true, arena), arena);
	}
}

void params_add_cookies(struct params *params, struct str text,
			struct arena *arena)
{
	while (text.len > 0) {
		struct str pair = str_trim(str_cut(&text, ';'));
		struct str name = str_cut(&pair, '=');

		if (name.len == 0)
			continue;
		add_param(params, arena_str(arena, name),
			  arena_str(arena, pair), arena);
	}
}

const char *params_find(const struct params *params, const char *name)
{
	for (const struct param *p = params->first; p; p = p->next)
		if (strcmp(p->name, name) == 0)
			return p->value;
	return NULL;
}
