/* design: any document, and any markup in its blocks, gives sound HTML */
#include "design/design.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/json.h"
#include "base/utf8.h"
#include "design/design_fixture.h"

static void render(const json_t *doc, const struct design_options *options)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(design_output_release)
	struct design_output out = DESIGN_OUTPUT_INIT;

	design_render(doc, options, arena, &out);
	BUG_ON(design_html_fault(strbuf_str(&out.html), arena) != NULL);
	BUG_ON(!utf8_is_valid(strbuf_str(&out.html)));
	BUG_ON(!utf8_is_valid(strbuf_str(&out.text)));
	BUG_ON(out.problems.n > DESIGN_PROBLEMS_MAX);
	vec_each (&out.problems, p) {
		BUG_ON(!utf8_is_valid(str_of(p->text)));
		BUG_ON(!utf8_is_valid(str_of(p->detail)));
	}
}

/* The bytes as what an author writes into each kind of block. */
static void render_as_markup(struct str text,
			     const struct design_options *options)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(json_free) json_t *doc = NULL;
	static const char *const blocks[][2] = {
		{ "html", "html" },    { "text", "html" },
		{ "heading", "text" }, { "footer", "html" },
		{ "button", "label" }, { "button", "href" },
		{ "image", "src" },    { "image", "alt" },
	};
	struct json_writer w = JSON_WRITER(&json);
	struct err err = ERR_INIT;

	json_begin_object(&w);
	json_key_int(&w, "version", 1);
	json_key_begin_array(&w, "blocks");
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		json_begin_object(&w);
		json_key_text(&w, "type", blocks[i][0]);
		json_key_text(&w, "label", "x");
		json_key_text(&w, "src", "https://x.org");
		json_key(&w, "of");
		json_str(&w, text);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	if (json_parse(strbuf_str(&json), &doc, &err) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		json_t *block =
			json_array_get(json_object_get(doc, "blocks"), i);

		(void)json_object_set(block, blocks[i][1],
				      json_object_get(block, "of"));
	}
	render(doc, options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(json_free) json_t *doc = NULL;
	struct str text = { (const char *)data, size };
	struct design_options options = {
		.language = size % 3 ? "de" : NULL,
		.direction = (enum design_direction)(size / 3 % 3),
		.dark = size % 5 == 0,
		.placeholders = size % 7 == 0,
	};
	struct err err = ERR_INIT;

	if (design_read(text, &doc, &err) == 0)
		render(doc, &options);
	else if (!memchr(data, '\0', size))
		render_as_markup(text, &options);
	return 0;
}
