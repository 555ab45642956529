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

#define TOLD_MOST 10

static bool is_told(const struct campaign_checklist *l, const char *about)
{
	vec_each (&l->items, item)
		if (item->about && strcmp(item->about, about) == 0)
			return true;
	return false;
}

static void tell(struct campaign_checklist *l, const char *heading,
		 const char *about, size_t *told)
{
	if (is_told(l, about) || (*told)++ >= TOLD_MOST)
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
			struct str text, size_t *told)
{
	while (text.len > 0) {
		struct str found = placeholder_in_words(str_cut(&text, '\n'));

		if (found.len)
			tell(l, heading, arena_str(l->arena, found), told);
	}
}

static void check_html(struct campaign_checklist *l, struct str html,
		       size_t *told)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct html_links links;

	html_to_text(html, &text);
	check_lines(l, "Content", strbuf_str(&text), told);
	html_links_scan(html, l->arena, &links);
	for (size_t i = 0; i < links.n; i++) {
		const struct html_link *link = &links.v[i];

		if (link->kind == HTML_LINK_SOURCE
			    ? placeholder_is_picture(link->target)
			    : placeholder_is_link(link->target))
			tell(l, "Links", link->target, told);
	}
}

void campaign_checklist_placeholders(struct campaign_checklist *l,
				     const struct content *content)
{
	const struct crm_campaign *c = &l->campaign;
	size_t told = 0;

	check_lines(l, "Subject", str_of(c->subject ? c->subject : ""), &told);
	check_lines(l, "Preview text",
		    str_of(c->preview_text ? c->preview_text : ""), &told);
	if (!c->design && content->html.len > 0)
		check_html(l, content->html, &told);
	if (!content->plain_is_made)
		check_lines(l, "Plain text", content->plain_text, &told);
}
