/*
 * Merge tags of a campaign: which are unknown, or refused, and for how many a
 * field that is merged is empty. Called by the checklist; any worker.
 */
#include "api/crm/campaign_checklist.h"

#include "api/campaign/mail_merge.h"
#include "api/crm/design/design_blocks.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "bridge/bridge_field.h"
#include "bridge/person_fields.h"
#include "campaign/rss/feed_tags.h"
#include "crm/browse/selection.h"
#include "crm/group/group.h"

#include <string.h>

/* What the text is made of, for those who look for a tag in it. */
struct tag_checker {
	struct campaign_checklist *list;
	const struct mail_merge *merge;
	struct design_blocks blocks;
	bool *holes; /* of the fields of merge: see merge_find_holes */
};

static void tag_checker_release(struct tag_checker *c)
{
	design_blocks_release(&c->blocks);
}

/* Not a mistake that stops a send: an unknown tag is left out of the messages,
 * what is none stays in them. */
static void add_problem(struct tag_checker *c, const char *where,
			const struct merge_problem *p, bool in_blocks)
{
	struct campaign_checklist *l = c->list;
	const char *block = in_blocks && *p->tag
				    ? design_blocks_holding(&c->blocks, p->tag)
				    : NULL;

	campaign_checklist_add(
		l, (struct check_item){
			   .type = CHECK_WARNING,
			   .code = "merge_tag",
			   .heading = "Merge tags",
			   .details = arena_printf(
				   l->arena, "%s, line %zu, column %zu: %s%s",
				   where, p->line, p->column, p->text,
				   c->merge->read_ms ? ""
						     : "; the audience's own "
						       "were not read yet"),
			   .block = arena_strdup(l->arena, block),
			   .tag = *p->tag ? p->tag : NULL,
		   });
}

/* It cannot be made into messages. */
static void add_refused(struct campaign_checklist *l, const struct err *why)
{
	campaign_checklist_add(
		l, (struct check_item){
			   .type = CHECK_ERROR,
			   .code = "merge_tag",
			   .heading = "Merge tags",
			   .details = arena_strdup(l->arena, why->text) });
}

static int warn_tags(struct tag_checker *c, const char *where, const char *text,
		     enum merge_context context, struct err *err)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	static const struct merge_facts facts = { .subject = NULL };
	struct merge_problems problems = VEC_INIT;
	struct merge_piece piece = { .text = feed_tags_blank(
					     str_of(text), false,
					     c->list->arena, &problems) };
	struct merge_how how = { .context = context,
				 .fields = &c->merge->fields,
				 .facts = &facts };
	int result = merge_compile(&piece, 1, &how, c->list->arena, &program,
				   &problems, err);

	vec_each (&problems, p)
		add_problem(c, where, p, context == MERGE_HTML);
	vec_release(&problems);
	if (result == 0)
		merge_find_holes(program, &c->merge->fields, c->holes);
	else if (err->code == ERR_INVALID)
		add_refused(c->list, err);
	return err->code == ERR_INVALID ? 0 : result;
}

/* n: for so many; 0: nobody knows for how many, or whether for any. */
static void add_hole(struct tag_checker *c, const char *tag, int64_t n)
{
	struct campaign_checklist *l = c->list;
	const char *written = arena_printf(l->arena, "*|%s|*", tag);
	const char *details =
		n == 0 ? arena_printf(l->arena,
				      "%s may be empty for some of the "
				      "recipients, and nothing is said "
				      "instead: they would see a gap",
				      written)
		       : arena_printf(l->arena,
				      "%s is empty for %lld of the recipients, "
				      "and nothing is said instead: they see a "
				      "gap",
				      written, (long long)n);

	campaign_checklist_add(
		l, (struct check_item){
			   .type = CHECK_WARNING,
			   .code = "empty_field",
			   .heading = "Merge tags",
			   .details = details,
			   .block = arena_strdup(
				   l->arena,
				   design_blocks_holding(&c->blocks, written)),
			   .tag = written,
		   });
}

/* Fields of people, in place of the audience's, that may be empty in the mail.
 */
struct holes {
	const char *tags[BRIDGE_FIELDS_MAX];
	const struct criteria *blank[BRIDGE_FIELDS_MAX];
	size_t n;
};

/* Who has nothing in a field; a postal address has a street. */
static int read_blank(struct tag_checker *c, struct db *db, const char *source,
		      const struct criteria **out, struct err *err)
{
	const char *field = !strcmp(source, "address")   ? "street"
			    : !strcmp(source, "company") ? "company.name"
							 : source;
	struct selection blank = {
		.entity = ENTITY_PERSON,
		.filter = arena_printf(c->list->arena,
				       "{\"conditions\":[{\"field\":\"%s\","
				       "\"op\":\"blank\"}]}",
				       field),
	};

	if (selection_read(&blank, db, clock_now_ms(), c->list->arena, err) < 0)
		return -1;
	*out = blank.criteria;
	return 0;
}

static int find_holes(struct tag_checker *c, struct db *db, struct holes *out,
		      struct err *err)
{
	const struct person_field *known;
	int64_t read_ms;
	size_t n;

	known = person_fields_list(c->merge->known, &n, &read_ms);
	for (size_t i = 0; i < n && out->n < BRIDGE_FIELDS_MAX; i++) {
		if (!c->holes[i] || !known[i].source)
			continue;
		if (read_blank(c, db, known[i].source, &out->blank[out->n],
			       err) < 0)
			return -1;
		out->tags[out->n++] = known[i].tag;
	}
	return 0;
}

/* Who of an audience has nothing in a field, its engine knows alone. */
static void warn_unknown_holes(struct tag_checker *c)
{
	for (size_t i = 0; i < c->merge->fields.n; i++)
		if (c->holes[i])
			add_hole(c, c->merge->fields.v[i].tag, 0);
}

/* "Dear ," for so many: the text has no words for who has no name. */
static int warn_holes(struct tag_checker *c, struct db *db, struct err *err)
{
	struct selection get_mail = {
		.entity = ENTITY_PERSON,
		.filter = "{\"match\":\"any\",\"conditions\":["
			  "{\"field\":\"mail_status\",\"op\":\"is\","
			  "\"value\":\"agreed\"},{\"field\":"
			  "\"mail_status\",\"op\":\"is\",\"value\":\"open\"}]}",
	};
	struct holes holes = { .n = 0 };
	int64_t blank[BRIDGE_FIELDS_MAX];
	struct group group;
	int found = campaign_checklist_group(c->list, db, &group, err);

	if (found <= 0 || group.entity != ENTITY_PERSON)
		return found < 0 ? -1 : 0;
	get_mail.group_id = group.id;
	if (find_holes(c, db, &holes, err) < 0)
		return -1;
	if (holes.n == 0)
		return 0;
	if (selection_read(&get_mail, db, clock_now_ms(), c->list->arena, err) <
		    0 ||
	    selection_count_each(db, &get_mail, holes.blank, holes.n, blank,
				 err) < 0)
		return -1;
	for (size_t i = 0; i < holes.n; i++)
		if (blank[i] > 0)
			add_hole(c, holes.tags[i], blank[i]);
	return 0;
}

/* It is sent as it is. */
static void warn_tags_of_sender(struct tag_checker *c)
{
	struct merge_problems problems = VEC_INIT;
	struct merge_how how = { .context = MERGE_HEADER,
				 .fields = &c->merge->fields };

	merge_find_raw(str_of(c->list->campaign.from_name), &how,
		       c->list->arena, &problems);
	vec_each (&problems, p)
		add_problem(c, "from name", p, false);
	vec_release(&problems);
}

int campaign_checklist_tags(struct campaign_checklist *l, struct db *db,
			    const struct mail_merge *m, struct err *err)
{
	CLEANUP(tag_checker_release)
	struct tag_checker c = { .list = l,
				 .merge = m,
				 .holes = arena_array(l->arena, bool,
						      m->fields.n + 1) };
	const struct crm_campaign *campaign = &l->campaign;

	if (design_blocks_read(campaign, &c.blocks, err) < 0)
		return -1;
	warn_tags_of_sender(&c);
	if (warn_tags(&c, "subject", campaign->subject, MERGE_HEADER, err) <
		    0 ||
	    warn_tags(&c, "preview text", campaign->preview_text, MERGE_HEADER,
		      err) < 0 ||
	    warn_tags(&c, "HTML", campaign->html, MERGE_HTML, err) < 0)
		return -1;
	if (!(campaign->design && campaign->plain_is_made) && /* of the HTML */
	    warn_tags(&c, "plain text", campaign->plain_text, MERGE_PLAIN,
		      err) < 0)
		return -1;
	if (campaign->to_kind <= CRM_CAMPAIGN_TO_GROUP)
		return warn_holes(&c, db, err);
	warn_unknown_holes(&c);
	return 0;
}
