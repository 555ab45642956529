/*
 * What a campaign still says of its template, or of anybody's: of its subject,
 * and of contents that are no design, whose blocks are looked at one by one
 * (design/sample.h). Part of campaign_checklist.c.
 */
#include "api/crm/campaign_checklist.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "campaign/content.h"
#include "campaign/html/html_links.h"
#include "design/placeholder.h"

#include <string.h>

/* All that were found, also those that are not named: each once. */
struct found {
	json_t *seen;
	size_t n;
};

static void found_release(struct found *found)
{
	json_free(&found->seen);
}

static bool is_told(const struct campaign_checklist *l, const char *about)
{
	vec_each (&l->items, item)
		if (item->about && strcmp(item->about, about) == 0)
			return true;
	return false;
}

static void tell(struct campaign_checklist *l, const char *heading,
		 const char *about, struct found *found)
{
	if (is_told(l, about) || json_object_get(found->seen, about) ||
	    json_object_set_new(found->seen, about, json_true()) < 0 ||
	    found->n++ >= CHECK_PLACEHOLDERS)
		return;
	campaign_checklist_add(
		l, (struct check_item){
			   .type = CHECK_WARNING,
			   .code = "sample",
			   .heading = heading,
			   .details = arena_printf(l->arena,
						   "a placeholder still stands "
						   "here: %s",
						   about),
			   .about = about });
}

static void check_lines(struct campaign_checklist *l, const char *heading,
			struct str text, struct found *found)
{
	while (text.len > 0) {
		struct str line = str_cut(&text, '\n'), one;
		size_t at = 0;

		while (placeholder_next(line, &at, &one))
			tell(l, heading, arena_str(l->arena, one), found);
	}
}

static void check_line(struct campaign_checklist *l, const char *heading,
		       const char *text, struct found *found)
{
	check_lines(l, heading, str_of(text ? text : ""), found);
}

static void check_html(struct campaign_checklist *l, struct str html,
		       struct found *found)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct html_links links;

	html_to_text(html, &text);
	check_lines(l, "Content", strbuf_str(&text), found);
	html_links_scan(html, l->arena, &links);
	for (size_t i = 0; i < links.n; i++) {
		const struct html_link *link = &links.v[i];

		if (link->kind == HTML_LINK_SOURCE
			    ? placeholder_is_picture(link->target)
			    : placeholder_is_link(link->target))
			tell(l, "Links", link->target, found);
	}
}

void campaign_checklist_more_placeholders(struct campaign_checklist *l,
					  size_t found)
{
	if (found <= CHECK_PLACEHOLDERS)
		return;
	campaign_checklist_add(
		l, (struct check_item){
			   .type = CHECK_WARNING,
			   .code = "samples_more",
			   .heading = "Content",
			   .details = arena_printf(l->arena,
						   "further placeholders: %zu",
						   found - CHECK_PLACEHOLDERS),
			   .about = arena_printf(l->arena, "%zu",
						 found - CHECK_PLACEHOLDERS) });
}

void campaign_checklist_placeholders(struct campaign_checklist *l,
				     const struct content *content)
{
	const struct crm_campaign *c = &l->campaign;
	CLEANUP(found_release) struct found found = { json_object(), 0 };

	check_line(l, "Subject", c->subject, &found);
	check_line(l, "Preview text", c->preview_text, &found);
	check_line(l, "From name", c->from_name, &found);
	if (!c->design && content->html.len > 0)
		check_html(l, content->html, &found);
	if (!content->plain_is_made)
		check_lines(l, "Plain text", content->plain_text, &found);
	campaign_checklist_more_placeholders(l, found.n);
}
