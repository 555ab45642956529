#include "design/starter.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "design/starter_files.h"

#include <string.h>
#include <strings.h>

static const char *const keys[STARTERS] = { "newsletter", "announcement",
					    "event",      "product",
					    "welcome",    "letter" };

static const char *text_of(const char *name)
{
	for (const struct embedded *f = starter_files; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f->text;
	return NULL;
}

static const char *member(const json_t *o, const char *key, struct arena *arena)
{
	return arena_strdup(arena, json_string_value(json_object_get(o, key)));
}

static void read_starter(const char *key, const char *language,
			 struct arena *arena, struct starter *out)
{
	CLEANUP(strbuf_release) struct strbuf design = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	const char *text;

	text = text_of(arena_printf(arena, "%s.%s", key, language));
	BUG_ON(!text || json_parse(str_of(text), &tree, &err) < 0);
	json_dump(json_object_get(tree, "design"), &design);
	*out = (struct starter){
		.key = key,
		.name = member(tree, "name", arena),
		.about = member(tree, "about", arena),
		.design = arena_str(arena, strbuf_str(&design)),
	};
}

static const char *nearest(const char *language)
{
	bool german = language && strncasecmp(language, "de", 2) == 0 &&
		      (language[2] == '\0' || language[2] == '-');

	return german ? "de" : "en";
}

void starter_list(const char *language, struct arena *arena,
		  struct starter out[STARTERS])
{
	for (size_t i = 0; i < STARTERS; i++)
		read_starter(keys[i], nearest(language), arena, &out[i]);
}

bool starter_find(const char *key, const char *language, struct arena *arena,
		  struct starter *out)
{
	for (size_t i = 0; i < STARTERS; i++)
		if (strcmp(keys[i], key) == 0) {
			read_starter(keys[i], nearest(language), arena, out);
			return true;
		}
	return false;
}
