#include "api/crm/design/design.h"

#include "api/crm/campaign.h"
#include "api/crm/campaign_checklist.h"
#include "api/crm/design/design_blocks.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/campaign_design.h"
#include "design/design.h"
#include "design/sample.h"

#include <string.h>

/* --- bodies and replies --- */

int design_from(const json_t *body, struct arena *arena, const char **out,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const json_t *doc = json_object_get(body, "design");

	if (!doc || json_is_null(doc))
		return 0;
	if (design_check(doc, err) < 0)
		return -1;
	json_dump(doc, &text);
	*out = arena_str(arena, strbuf_str(&text));
	return 0;
}

/* Where our own pictures are is not the author's to mend. */
static bool is_ours(const struct design_problem *p, const char *url)
{
	return p->detail && strcmp(p->code, "http_link") == 0 &&
	       str_starts(str_of(p->detail), url);
}

static void write_problems(const struct design_problems *problems,
			   const char *url, struct json_writer *w)
{
	json_key_begin_array(w, "problems");
	vec_each (problems, p) {
		if (is_ours(p, url))
			continue;
		json_begin_object(w);
		json_key_text(w, "block", p->block);
		json_key_text(w, "type", p->is_error ? "error" : "warning");
		json_key_text(w, "code", p->code);
		json_key_text(w, "text", p->text);
		json_key_text(w, "detail", p->detail);
		json_end_object(w);
	}
	json_end_array(w);
}

/* --- of a campaign --- */

/* What somebody else may have changed: not what is made of it. */
static struct str state_of(struct request *rq, const struct crm_campaign *c)
{
	bool own = c->plain_text && !c->plain_is_made;

	return str_of(arena_printf(rq->arena, "%s\n%s",
				   c->design ? c->design
				   : c->html ? c->html
					     : "",
				   own ? c->plain_text : ""));
}

static int reply(struct request *rq, struct response *rs,
		 const struct crm_campaign *c, struct err *err)
{
	CLEANUP(design_output_release)
	struct design_output made = DESIGN_OUTPUT_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (c->design && campaign_design_render(c, rq->arena, &made, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_raw(&w, "design", c->design ? str_of(c->design) : STR("null"));
	json_key_text(&w, "html", c->html);
	json_key_text(&w, "plain_text", c->plain_text);
	json_key_bool(&w, "plain_text_is_made", c->plain_is_made);
	write_problems(&made.problems, api_of(rq)->public_url, &w);
	json_key_int(&w, "size", (int64_t)str_of(c->html).len);
	json_end_object(&w);
	v1_etag(rq, rs, state_of(rq, c));
	return 0;
}

/* Which variant of it is meant: B and C have a content of their own only while
 * contents are tried. */
static int find_variant(const struct request *rq, const struct crm_campaign *c,
			int *out, struct err *err)
{
	const char *letter = request_query(rq, "variant");
	int variant = letter ? ab_letter_parse(letter) : 1;

	if (variant < 1 || variant > ab_test_variants(c) ||
	    (variant > 1 && c->test.what != AB_CONTENT))
		return err_field(err, "variant",
				 "the campaign tries no content %s", letter);
	*out = variant;
	return 0;
}

/* As the variant has it. */
static struct crm_campaign shown_of(const struct crm_campaign *c, int variant)
{
	struct crm_campaign shown = *c;

	ab_test_take(&shown, variant);
	return shown;
}

int v1_campaigns_design_get(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct crm_campaign c;
	int variant = 1;

	if (campaign_of(rq, &db, &c, err) < 0 ||
	    find_variant(rq, &c, &variant, err) < 0)
		return -1;
	c = shown_of(&c, variant);
	return reply(rq, rs, &c, err);
}

static int read_put(struct request *rq, struct crm_campaign *c, struct err *err)
{
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    design_from(body, rq->arena, &c->design, err) < 0)
		return -1;
	c->plain_text = NULL;
	if (json_get_text(body, "plain_text", &c->plain_text, err) < 0)
		return -1;
	if (c->plain_text && !*c->plain_text)
		c->plain_text = NULL;
	c->plain_is_made = c->plain_text == NULL;
	if (!c->design)
		return err_field(err, "design", "must be given");
	return 0;
}

int v1_campaigns_design_put(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct crm_campaign before, c, shown;
	int variant = 1;
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &before, err) < 0 ||
	    find_variant(rq, &before, &variant, err) < 0)
		return -1;
	c = before;
	shown = shown_of(&before, variant);
	if (v1_if_match(rq, state_of(rq, &shown), err) < 0 ||
	    read_put(rq, variant > 1 ? &shown : &c, err) < 0)
		return -1;
	if (variant > 1)
		ab_content_keep(&c, variant, &shown);
	if (crm_campaign_update(&tx, &before, &c, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &c, err) < 0)
		return -1;
	shown = shown_of(&c, variant);
	return reply(rq, rs, &shown, err);
}

/* --- without a campaign --- */

static int read_options(const json_t *body, struct design_options *o,
			struct err *err)
{
	const char *direction = NULL;

	if (json_get_text(body, "language", &o->language, err) < 0 ||
	    json_get_text(body, "direction", &direction, err) < 0 ||
	    json_get_bool(body, "dark", &o->dark, err) < 0)
		return -1;
	if (direction && !design_direction_parse(direction, &o->direction))
		return err_field(err, "direction", "not ltr, rtl or auto");
	return 0;
}

int v1_designs_render(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(design_output_release)
	struct design_output made = DESIGN_OUTPUT_INIT;
	struct design_options options = { .placeholders = true };
	struct json_writer w = JSON_WRITER(&rs->body);
	const json_t *body, *doc;

	if (request_json(rq, &body, err) < 0 ||
	    read_options(body, &options, err) < 0)
		return -1;
	doc = json_object_get(body, "design");
	if (design_check(doc, err) < 0)
		return -1;
	design_render(doc, &options, rq->arena, &made);
	json_begin_object(&w);
	json_key(&w, "html");
	json_str(&w, strbuf_str(&made.html));
	json_key(&w, "plain_text");
	json_str(&w, strbuf_str(&made.text));
	write_problems(&made.problems, api_of(rq)->public_url, &w);
	json_key_int(&w, "size", (int64_t)made.html.len);
	json_end_object(&w);
	return 0;
}

static void warn(struct campaign_checklist *list,
		 const struct design_problem *p)
{
	campaign_checklist_add(list, (struct check_item){ .type = CHECK_WARNING,
							  .code = p->code,
							  .heading = "Content",
							  .details = p->text,
							  .block = p->block,
							  .about = p->detail });
}

/* What its template says is still to be written. */
static void tell_samples(struct campaign_checklist *list, const char *block,
			 const struct sample_list *found, size_t *told)
{
	vec_each (found, text) {
		struct design_problem sample = {
			.code = "sample",
			.text = "A placeholder of the template still stands "
				"here.",
			.block = arena_strdup(list->arena, block),
			.detail = *text,
		};

		if ((*told)++ < CHECK_PLACEHOLDERS)
			warn(list, &sample);
	}
}

static int check_samples(struct campaign_checklist *list, struct err *err)
{
	CLEANUP(json_free) json_t *samples = samples_load();
	CLEANUP(design_blocks_release)
	struct design_blocks blocks = { .doc = NULL };
	size_t told = 0;

	if (design_blocks_read(&list->campaign, &blocks, err) < 0)
		return -1;
	vec_each (&blocks.list, block) {
		CLEANUP(vec_release) struct sample_list found = VEC_INIT;

		samples_in(samples, block->json, list->arena, &found);
		tell_samples(list, block->id, &found, &told);
	}
	campaign_checklist_more_placeholders(list, told);
	return 0;
}

int design_check_campaign(struct campaign_checklist *list, const char *url,
			  struct err *err)
{
	CLEANUP(design_output_release)
	struct design_output made = DESIGN_OUTPUT_INIT;

	if (!list->campaign.design)
		return 0;
	if (campaign_design_render(&list->campaign, list->arena, &made, err) <
	    0)
		return -1;
	vec_each (&made.problems, p)
		if (!is_ours(p, url))
			warn(list, p);
	return check_samples(list, err);
}
