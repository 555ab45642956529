#include "api/shown_texts.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text/shown_text.h"

#include <string.h>

#define DEPTH_MAX 16

/* By the last key on the way to a text. */
static const char *const one_line[] = {
	"name",          "title",        "subject",    "subject_line",
	"subject_lines", "from_name",    "from_names", "to_name",
	"sender_name",   "preview_text", "label",      "content_label",
	"choices",       "organisation", "company",    "tag",
	"tags",          "company_name",
};

/* With all that is below. */
static const char *const left_alone[] = {
	"html",   "plain_text", "archive",          "file_data", "sections",
	"design", "password",   "current_password", "members",   "merge_fields",
};

static bool is_among(const char *key, const char *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(key, all[i]) == 0)
			return true;
	return false;
}

/* key: the last one that is a name. */
static int check(const json_t *value, const char *key, const char *at,
		 int depth, struct arena *arena, struct err *err)
{
	const char *fault, *name;
	json_t *below;
	size_t i;

	if (depth > DEPTH_MAX ||
	    is_among(key, left_alone, ARRAY_SIZE(left_alone)))
		return 0;
	if (json_is_string(value)) {
		fault = shown_text_fault(
			(struct str){ json_string_value(value),
				      json_string_length(value) },
			is_among(key, one_line, ARRAY_SIZE(one_line))
				? SHOWN_LINE
				: SHOWN_LINES);
		return fault ? err_field(err, at, "%s", fault) : 0;
	}
	json_object_foreach ((json_t *)(uintptr_t)value, name, below)
		if ((json_is_string(below) || json_is_array(below) ||
		     json_is_object(below)) &&
		    check(below, name,
			  *at ? arena_printf(arena, "%s.%s", at, name) : name,
			  depth + 1, arena, err) < 0)
			return -1;
	json_array_foreach (value, i, below)
		if (check(below, key, arena_printf(arena, "%s[%zu]", at, i),
			  depth + 1, arena, err) < 0)
			return -1;
	return 0;
}

int shown_texts_check(const json_t *body, struct arena *arena, struct err *err)
{
	return check(body, "", "", 0, arena, err);
}
