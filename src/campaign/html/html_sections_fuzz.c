/* html_sections: ends stand behind beginnings, and no mark is left */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "campaign/html/html_sections.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct html_sections sections = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf filled = STRBUF_INIT;
	CLEANUP(json_free) json_t *values = json_object();
	struct str html = { (const char *)data, size }, once;

	html_sections_find(html, arena, &sections);
	vec_each (&sections, s) {
		BUG_ON(s->end > size || s->at > size);
		(void)json_object_set_new(values, s->name, json_string("x"));
	}
	html_sections_fill(html, &sections, values, &filled);
	once = html_sections_strip(html, arena);
	BUG_ON(once.len > size);
	return 0;
}
