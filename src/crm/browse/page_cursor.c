#include "crm/browse/page_cursor.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "store/sqlbuild.h"

#include <string.h>

const struct page_sort *page_sort_find(const struct page_sort *sorts, size_t n,
				       const char *text, bool *down)
{
	*down = *text == '-';
	for (size_t i = 0; i < n; i++)
		if (strcmp(sorts[i].name, text + *down) == 0)
			return &sorts[i];
	return NULL;
}

static bool is_text(const json_t *value, const char *text)
{
	const char *found = json_string_value(value);

	return found && strcmp(found, text) == 0;
}

static bool fits(const json_t *tree, const struct page_sort *sort,
		 const char *digest)
{
	const json_t *value = json_array_get(tree, 1);

	return json_array_size(tree) == 5 &&
	       is_text(json_array_get(tree, 0), sort->name) &&
	       (sort->is_text ? json_is_string(value)
			      : json_is_integer(value)) &&
	       json_is_integer(json_array_get(tree, 2)) &&
	       json_is_integer(json_array_get(tree, 3)) &&
	       is_text(json_array_get(tree, 4), digest);
}

int page_cursor_read(const char *cursor, const struct page_sort *sort,
		     const char *digest, struct arena *arena,
		     struct page_place *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	const json_t *value;

	if (!cursor)
		return 0;
	if (!base64url_decode(str_of(cursor), &text) ||
	    json_parse(strbuf_str(&text), &tree, &ignored) < 0 ||
	    !fits(tree, sort, digest))
		return err_field(err, "cursor", "not a cursor of this list");
	value = json_array_get(tree, 1);
	*out = (struct page_place){
		.given = true,
		.text = arena_strdup(arena, json_string_value(value)),
		.number = json_integer_value(value),
		.id = json_integer_value(json_array_get(tree, 2)),
		.total = json_integer_value(json_array_get(tree, 3)),
	};
	return 0;
}

const char *page_cursor_write(const struct page_sort *sort,
			      const struct page_place *last, const char *digest,
			      struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_array(&w);
	json_text(&w, sort->name);
	if (sort->is_text)
		json_text(&w, last->text);
	else
		json_int(&w, last->number);
	json_int(&w, last->id);
	json_int(&w, last->total);
	json_text(&w, digest);
	json_end_array(&w);
	base64url_encode(strbuf_str(&text), &out);
	return arena_str(arena, strbuf_str(&out));
}

void page_place_sql(const struct page_sort *sort, const char *id_column,
		    bool down, const struct page_place *place,
		    struct sqlbuild *b)
{
	if (!place->given)
		return;
	sqlbuild_add(b, " AND (");
	sqlbuild_add(b, sort->column);
	sqlbuild_add(b, ", ");
	sqlbuild_add(b, id_column);
	sqlbuild_add(b, down ? ") < (" : ") > (");
	if (sort->is_text)
		sqlbuild_bind_text(b, place->text);
	else
		sqlbuild_bind_int(b, place->number);
	sqlbuild_add(b, ", ");
	sqlbuild_bind_int(b, place->id);
	sqlbuild_add(b, ")");
}
