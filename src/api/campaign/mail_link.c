#include "api/campaign/mail_link.h"

#include "api/crm/design/design_blocks.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/html/html_links.h"
#include "crm/campaign_record.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define NONE SIZE_MAX

void mail_links_release(struct mail_links *links)
{
	vec_release(&links->list);
	vec_release(&links->places);
}

static bool is_tried(const struct html_link *l, bool is_image)
{
	if (l->has_tags)
		return false;
	if (!is_image)
		return l->kind == HTML_LINK_TRACKED;
	return l->kind == HTML_LINK_SOURCE &&
	       (strncasecmp(l->target, "https://", 8) == 0 ||
		strncasecmp(l->target, "http://", 7) == 0);
}

static size_t place_of(const struct mail_links *links, const char *url,
		       bool is_image)
{
	for (size_t i = 0; i < links->list.n; i++)
		if (links->list.v[i].is_image == is_image &&
		    strcmp(links->list.v[i].url, url) == 0)
			return i;
	return NONE;
}

static void add_kind(const struct html_links *found, bool is_image, size_t most,
		     struct mail_links *out)
{
	for (size_t i = 0, n = 0; i < found->n && n < most; i++) {
		const struct html_link *l = &found->v[i];

		if (!is_tried(l, is_image) ||
		    place_of(out, l->target, is_image) != NONE)
			continue;
		vec_push(&out->list,
			 ((struct mail_link){ l->target, is_image }));
		n++;
	}
}

static bool is_placed(const struct mail_links *links, size_t link,
		      const char *block)
{
	vec_each (&links->places, place)
		if (place->link == link && strcmp(place->block, block) == 0)
			return true;
	return false;
}

static void add_places(const struct design_block *block, struct arena *arena,
		       struct mail_links *out)
{
	const char *id = arena_strdup(arena, block->id);
	struct html_links found;

	html_links_scan(str_of(design_block_html(block, arena)), arena, &found);
	for (size_t i = 0; i < found.n; i++) {
		bool is_image = found.v[i].kind == HTML_LINK_SOURCE;
		size_t link = place_of(out, found.v[i].target, is_image);

		if (link != NONE && !is_placed(out, link, id))
			vec_push(&out->places,
				 ((struct mail_link_place){ link, id }));
	}
}

int mail_links_find(const struct crm_campaign *c, size_t most,
		    struct arena *arena, struct mail_links *out,
		    struct err *err)
{
	CLEANUP(design_blocks_release)
	struct design_blocks blocks = { .doc = NULL };
	struct html_links found;

	*out = (struct mail_links){ .list = VEC_INIT };
	if (design_blocks_read(c, &blocks, err) < 0)
		return -1;
	html_links_scan(str_of(c->html), arena, &found);
	add_kind(&found, false, most, out);
	add_kind(&found, true, most, out);
	vec_each (&blocks.list, block)
		if (block->id)
			add_places(block, arena, out);
	return 0;
}
