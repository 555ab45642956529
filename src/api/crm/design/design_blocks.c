#include "api/crm/design/design_blocks.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "crm/campaign_record.h"
#include "design/design.h"

#include <string.h>

void design_blocks_release(struct design_blocks *blocks)
{
	json_free(&blocks->doc);
	vec_release(&blocks->list);
}

static void add_blocks(const json_t *list, struct design_blocks *out)
{
	const json_t *columns;
	json_t *block, *column;
	size_t i, k;

	json_array_foreach ((json_t *)(uintptr_t)list, i, block) {
		columns = json_object_get(block, "columns");
		if (!json_is_array(columns))
			vec_push(&out->list,
				 ((struct design_block){
					 .id = json_string_value(
						 json_object_get(block, "id")),
					 .json = block }));
		json_array_foreach ((json_t *)(uintptr_t)columns, k, column)
			add_blocks(column, out);
	}
}

int design_blocks_read(const struct crm_campaign *c, struct design_blocks *out,
		       struct err *err)
{
	*out = (struct design_blocks){ .doc = NULL };
	if (!c->design)
		return 0;
	if (design_read(str_of(c->design), &out->doc, err) < 0)
		return -1;
	add_blocks(json_object_get(out->doc, "blocks"), out);
	return 0;
}

/* design_check limits how deep it goes. */
static bool holds(const json_t *value, const char *text)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_string(value))
		return strstr(json_string_value(value), text) != NULL;
	json_object_foreach ((json_t *)(uintptr_t)value, key, member)
		if (holds(member, text))
			return true;
	json_array_foreach ((json_t *)(uintptr_t)value, i, member)
		if (holds(member, text))
			return true;
	return false;
}

const char *design_blocks_holding(const struct design_blocks *blocks,
				  const char *text)
{
	vec_each (&blocks->list, block)
		if (block->id && holds(block->json, text))
			return block->id;
	return NULL;
}

const char *design_block_html(const struct design_block *block,
			      struct arena *arena)
{
	CLEANUP(design_output_release)
	struct design_output made = DESIGN_OUTPUT_INIT;
	const struct design_options options = { .language = NULL };
	CLEANUP(json_free) json_t *doc = json_object();
	json_t *blocks = json_array();

	(void)json_array_append(blocks, (json_t *)(uintptr_t)block->json);
	(void)json_object_set_new(doc, "version", json_integer(DESIGN_VERSION));
	(void)json_object_set_new(doc, "blocks", blocks);
	design_render(doc, &options, arena, &made);
	return arena_str(arena, strbuf_str(&made.html));
}
