#include "crm/campaign_design.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "crm/field.h"
#include "design/design.h"

#include <string.h>

bool campaign_design_same(const struct crm_campaign *a,
			  const struct crm_campaign *b)
{
	return field_text_same(a->design, b->design) &&
	       field_text_same(a->language, b->language) &&
	       field_text_same(a->direction, b->direction) &&
	       a->plain_is_made == b->plain_is_made;
}

int campaign_design_render(const struct crm_campaign *c, struct arena *arena,
			   struct design_output *out, struct err *err)
{
	CLEANUP(json_free) json_t *doc = NULL;
	struct design_options options = { .language = c->language };

	if (c->direction)
		(void)design_direction_parse(c->direction, &options.direction);
	if (design_read(str_of(c->design), &doc, err) < 0)
		return -1;
	design_render(doc, &options, arena, out);
	return 0;
}

int campaign_design_make(struct crm_campaign *c, struct arena *arena,
			 struct err *err)
{
	CLEANUP(design_output_release)
	struct design_output out = DESIGN_OUTPUT_INIT;

	if (campaign_design_render(c, arena, &out, err) < 0)
		return -1;
	c->html = arena_str(arena, strbuf_str(&out.html));
	if (c->plain_is_made)
		c->plain_text =
			out.text.len > 0
				? arena_str(arena, strbuf_str(&out.text))
				: NULL;
	return 0;
}
