/*
 * api/crm/design/design_blocks.h - the blocks of a campaign's design one by
 * one: in which of them something stands that the whole mail has
 */
#ifndef API_CRM_DESIGN_DESIGN_BLOCKS_H
#define API_CRM_DESIGN_DESIGN_BLOCKS_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct crm_campaign;
struct err;

struct design_block {
	const char *id; /* NULL: it has none */
	const json_t *json;
};
struct design_blocks {
	json_t *doc; /* NULL: there is no design */
	struct VEC_FIELDS(struct design_block) list;
};
void design_blocks_release(struct design_blocks *blocks);

/* In their order, what stands in columns instead of these; none if the campaign
 * has no design. Ids live as long as *out, which is to be released, also after
 * a failure. */
int design_blocks_read(const struct crm_campaign *c, struct design_blocks *out,
		       struct err *err);
/* The id of the first in whose texts it stands, as it is; NULL: in none. */
const char *design_blocks_holding(const struct design_blocks *blocks,
				  const char *text);
/* The HTML of a mail that has this block alone. */
const char *design_block_html(const struct design_block *block,
			      struct arena *arena);

#endif
