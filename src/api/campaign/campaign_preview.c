#include "api/campaign/campaign_preview.h"

#include "api/campaign/click_badge.h"
#include "api/campaign/inbox_line.h"
#include "api/campaign/mail_merge.h"
#include "api/campaign/mail_page.h"
#include "api/crm/campaign.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "audience/list.h"
#include "audience/member.h"
#include "audience/segment_target.h"
#include "base/arena.h"
#include "base/err.h"
#include "bridge/bridge.h"
#include "bridge/target/audience_target.h"
#include "campaign/checklist.h"
#include "crm/campaign_figures.h"
#include "crm/campaign_record.h"
#include "crm/record.h"
#include "crm/setting/organisation.h"
#include "delivery/delivery.h"
#include "design/say_language.h"
#include "sets/id_set.h"

#include <string.h>

/* Beside the words of crm/left_out.h: it goes to others. */
#define NOT_CHOSEN "not_chosen"
#define MEMBERS_TRIED 100 /* to find one who is a person here */

struct preview {
	struct crm_campaign c;
	bool is_somebody;
	const char *left_out; /* who was asked for gets none; NULL: not so */
	struct record person;
	struct mail_merge merge;
	struct merge_facts facts;
	struct mailing_person who;
	struct mailing_view view;
};

static void preview_release(struct preview *p)
{
	mail_merge_release(&p->merge);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* The audience inside, if that is where the mail would go; 0: not known. */
static int find_list(struct request *rq, struct db *db, int64_t *out,
		     struct db **audience, struct err *err)
{
	const char *chosen = NULL;
	struct list_filter first = { .count = 1 };
	CLEANUP(vec_release) struct lists lists = VEC_INIT;
	struct list list;
	int64_t total;
	int found = 0;

	if (store_get(api_of(rq)->store, STORE_AUDIENCE, audience, err) < 0 ||
	    bridge_audience_chosen(db, rq->arena, &chosen, err) < 0)
		return -1;
	if (chosen)
		found = list_find(*audience, chosen, rq->arena, &list, err);
	else if (list_list(*audience, &first, rq->arena, &lists, &total, err) <
		 0)
		return -1;
	*out = found > 0 ? list.id : lists.n > 0 ? lists.v[0].id : 0;
	return found < 0 ? -1 : 0;
}

/* Dates and numbers in the language of the mail. */
static void speak(struct request *rq, struct preview *p)
{
	(void)mailing_speak(
		str_of(say_language(p->c.html, p->c.language, rq->arena)),
		&p->facts);
}

static int load_facts(struct request *rq, struct db *db, struct preview *p,
		      struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	struct campaign_sender_facts facts;
	struct campaign as_sent = {
		.hex = or_empty(p->c.marketing_campaign_id),
		.settings = { .subject_line = or_empty(p->c.subject),
			      .preview_text = or_empty(p->c.preview_text),
			      .reply_to = or_empty(p->c.from_email) },
	};
	struct organisation o;

	if (v1_organisation(rq, db, &o, err) < 0 ||
	    v1_facts(rq, &facts, err) < 0 ||
	    (bridge_is_inside(api_of(rq)->bridge) &&
	     find_list(rq, db, &as_sent.list_id, &audience, err) < 0))
		return -1;
	facts.organisation = o.name;
	facts.postal_address = o.postal_address;
	if (audience)
		return campaign_merge_facts(audience, &as_sent, &facts,
					    rq->now_ms, rq->arena, &p->facts,
					    err);
	p->facts = (struct merge_facts){
		.campaign_uid = as_sent.hex,
		.subject = as_sent.settings.subject_line,
		.preview_text = as_sent.settings.preview_text,
		.company = o.name,
		.address = o.postal_address,
		.abuse_email = as_sent.settings.reply_to,
		.send_ms = rq->now_ms,
		.language = o.mail_language,
	};
	return 0;
}

/* --- whose it is --- */

/* The first member that is a person here: 1, 0, -1. */
static int first_member(struct db *audience, struct db *db,
			struct id_set *members, struct arena *arena,
			int64_t *out, struct err *err)
{
	int64_t id = 0;
	int tried = 0, found = 0;

	while (found == 0 && tried++ < MEMBERS_TRIED &&
	       (id = id_set_next(members, id)) > 0) {
		struct member member;

		if (member_get_by_id(audience, id, arena, &member, err) < 0)
			return -1;
		found = estimate_person_of(db, member.email_hash, out, err);
	}
	return found;
}

/* Members of a tag or a segment. */
struct targeted {
	struct db *audience;
	int64_t list_id;
	struct id_set members;
};

static void targeted_release(struct targeted *t)
{
	store_put(&t->audience);
	id_set_release(&t->members);
}

/* Where the engine is inside: 1, 0: nobody knows, or it was deleted; -1. */
static int load_targeted(struct request *rq, struct db *db,
			 const struct crm_campaign *c, struct targeted *out,
			 struct err *err)
{
	struct segment_target target = { .segment_id = c->segment_id };
	struct err why = ERR_INIT;

	if (!bridge_is_inside(api_of(rq)->bridge))
		return 0;
	if (find_list(rq, db, &out->list_id, &out->audience, err) < 0)
		return -1;
	target.list_id = out->list_id;
	if (!target.list_id)
		return 0;
	if (segment_members(out->audience, &target, rq->now_ms, &out->members,
			    &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	return 1;
}

static int first_of_segment(struct request *rq, struct db *db,
			    const struct crm_campaign *c, int64_t *out,
			    struct err *err)
{
	CLEANUP(targeted_release)
	struct targeted t = { .members = ID_SET_INIT };
	int found = load_targeted(rq, db, c, &t, err);

	return found <= 0 ? found
			  : first_member(t.audience, db, &t.members, rq->arena,
					 out, err);
}

/* false too, where nobody knows. */
static int is_outside_segment(struct request *rq, struct db *db,
			      const struct crm_campaign *c, const char *address,
			      bool *out, struct err *err)
{
	CLEANUP(targeted_release)
	struct targeted t = { .members = ID_SET_INIT };
	struct member member;
	int found = load_targeted(rq, db, c, &t, err);

	*out = false;
	if (found <= 0 || !address)
		return found < 0 ? -1 : 0;
	found = member_find(t.audience, t.list_id, address, rq->arena, &member,
			    err);
	*out = found == 0 || (found > 0 && !id_set_has(&t.members, member.id));
	return found < 0 ? -1 : 0;
}

static bool is_of_segment(const struct crm_campaign *c)
{
	return c->to_kind == CRM_CAMPAIGN_TO_TAG ||
	       c->to_kind == CRM_CAMPAIGN_TO_SEGMENT;
}

/* Whom the campaign reaches first: 1, 0: nobody yet, or it is not known; -1. */
static int first_recipient(struct request *rq, struct db *db,
			   const struct crm_campaign *c, int64_t *out,
			   struct err *err)
{
	if (is_of_segment(c))
		return first_of_segment(rq, db, c, out, err);
	return estimate_first(db, c, out, err);
}

/* Why the person gets none of it. */
static int find_left_out(struct request *rq, struct db *db, struct preview *p,
			 struct err *err)
{
	enum left_out why;
	bool is_other = false;

	if (estimate_reason(db, &p->c, p->person.id, &why, &is_other, err) < 0)
		return -1;
	if (!why && is_of_segment(&p->c) &&
	    is_outside_segment(rq, db, &p->c, p->person.email, &is_other, err) <
		    0)
		return -1;
	p->left_out = is_other ? NOT_CHOSEN : left_out_name(why);
	return 0;
}

/* 1: of somebody, 0: of nobody in particular, -1. */
static int find_person(struct request *rq, struct db *db, int64_t person_id,
		       struct preview *p, struct err *err)
{
	struct records one = { .v = &p->person, .n = 1, .cap = 1 };
	int found = 1;

	if (person_id) {
		if (record_get(db, ENTITY_PERSON, person_id, rq->arena,
			       &p->person, err) < 0 ||
		    find_left_out(rq, db, p, err) < 0)
			return -1;
	} else {
		found = first_recipient(rq, db, &p->c, &person_id, err);
		if (found > 0)
			found = record_find(db, ENTITY_PERSON, person_id,
					    rq->arena, &p->person, err);
	}
	if (found > 0 && records_add_companies(db, &one, rq->arena, err) < 0)
		return -1;
	return found;
}

/* person_id 0: the first whom it reaches; where there is none, fields say their
 * names. variant: of an A/B test, a letter; NULL: A. */
static int load(struct request *rq, int64_t person_id, const char *variant,
		struct preview *p, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int found;

	if (campaign_of(rq, &db, &p->c, err) < 0 ||
	    ab_test_take_letter(&p->c, variant, err) < 0)
		return -1;
	found = find_person(rq, db, person_id, p, err);
	if (found < 0 || mail_merge_load(db, rq->arena, &p->merge, err) < 0)
		return -1;
	p->is_somebody = found > 0;
	p->who = p->is_somebody ? mail_merge_person(&p->merge, &p->person, NULL)
				: mail_merge_nobody(&p->merge);
	if (load_facts(rq, db, p, err) < 0)
		return -1;
	speak(rq, p);
	return 0;
}

static int render(struct request *rq, struct preview *p, struct err *err)
{
	struct mailing_draft draft = {
		.subject = or_empty(p->c.subject),
		.from_name = or_empty(p->c.from_name),
		.from_email = or_empty(p->c.from_email),
		.html = str_of(
			say_language(p->c.html, p->c.language, rq->arena)),
		.plain_text = str_of(p->c.plain_text),
		.fields = &p->merge.fields,
		.facts = &p->facts,
	};
	return delivery_show_draft(api_of(rq)->delivery, &draft, &p->who,
				   rq->arena, &p->view, err);
}

static int show(struct request *rq, struct preview *p, struct err *err)
{
	int64_t person_id = 0;

	if (request_query_int(rq, "person_id", 1, INT64_MAX, &person_id, err) <
		    0 ||
	    load(rq, person_id, request_query(rq, "variant"), p, err) < 0)
		return -1;
	return render(rq, p, err);
}

static void write_page(struct request *rq, struct response *rs,
		       const struct preview *p)
{
	bool as_text = request_query_bool(rq, "text", false);

	mail_page_write(rq, rs,
			&(struct mail_page){
				.html = as_text ? NULL : p->view.html,
				.text = or_empty(p->view.text),
				.shade = request_query_bool(rq, "dark", false)
						 ? SHADE_DARK
						 : SHADE_LIGHT,
			});
}

int page_campaign_preview(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(preview_release) struct preview p = { .c = { 0 } };

	if (show(rq, &p, err) < 0)
		return -1;
	write_page(rq, rs, &p);
	return 0;
}

/* --- what was clicked --- */

/* The mail gets a badge beside each link. */
static int add_badges(struct request *rq, struct preview *p, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct campaign_links links = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	struct campaign_figures figures;

	if (!p->c.html)
		return 0;
	if (v1_db(rq, &db, err) < 0 ||
	    campaign_link_list(db, p->c.id, rq->arena, &links, err) < 0 ||
	    figures_get(db, p->c.id, &figures, err) < 0)
		return -1;
	click_badges_add(p->c.html, &links, figures.n[FIGURE_CLICKED],
			 rq->arena, &html);
	p->c.html = arena_str(rq->arena, strbuf_str(&html));
	return 0;
}

int page_campaign_click_map(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(preview_release) struct preview p = { .c = { 0 } };

	if (load(rq, 0, request_query(rq, "variant"), &p, err) < 0 ||
	    add_badges(rq, &p, err) < 0 || render(rq, &p, err) < 0)
		return -1;
	write_page(rq, rs, &p);
	return 0;
}

/* --- for a test --- */

/* The sender's part, which it fills in itself. */
static void keep_tag(void *owner, enum merge_slot slot, int number,
		     struct strbuf *out)
{
	static const char *const tags[] = {
		[MERGE_SLOT_UNSUB] = "*|UNSUB|*",
		[MERGE_SLOT_PROFILE] = "*|UPDATE_PROFILE|*",
		[MERGE_SLOT_ARCHIVE] = "*|ARCHIVE|*",
		[MERGE_SLOT_FORWARD] = "*|FORWARD|*",
	};

	(void)owner;
	(void)number;
	if (slot < ARRAY_SIZE(tags) && tags[slot])
		strbuf_addstr(out, tags[slot]);
}

static int write_merged(const struct preview *p, const char *key,
			const char *text, enum merge_context context,
			struct json_writer *w, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf merged = STRBUF_INIT;

	if (!text)
		return 0;
	if (mail_merge_add(&p->merge, &p->facts, &p->who, text, context,
			   keep_tag, &merged, err) < 0)
		return -1;
	json_key(w, key);
	json_str(w, strbuf_str(&merged));
	return 0;
}

int campaign_preview_merge(struct request *rq, int64_t person_id,
			   const char *variant, struct json_writer *w,
			   struct err *err)
{
	CLEANUP(preview_release) struct preview p = { .c = { 0 } };
	const struct crm_campaign *c = &p.c;

	if (load(rq, person_id, variant, &p, err) < 0 ||
	    write_merged(&p, "subject", c->subject, MERGE_HEADER, w, err) < 0 ||
	    write_merged(&p, "preview_text", c->preview_text, MERGE_HEADER, w,
			 err) < 0 ||
	    write_merged(&p, "html", c->html, MERGE_HTML, w, err) < 0)
		return -1;
	return write_merged(&p, "plain_text", c->plain_text, MERGE_PLAIN, w,
			    err);
}

/* --- in an inbox --- */

static int preview_text(struct request *rq, struct preview *p, const char **out,
			struct err *err)
{
	if (!p->c.preview_text || !*p->c.preview_text) {
		*out = inbox_line(or_empty(p->view.text), rq->arena);
		return 0;
	}
	return mail_merge_text(&p->merge, &p->facts, &p->who, p->c.preview_text,
			       out, err);
}

static void write_person(const struct preview *p, struct arena *arena,
			 struct json_writer *w)
{
	const char *name;

	if (!p->is_somebody) {
		json_key_text(w, "person", NULL);
		return;
	}
	name = field_full_name(p->person.text[TEXT_FIRST_NAME],
			       p->person.text[TEXT_LAST_NAME], arena);
	json_key_begin_object(w, "person");
	json_key_id(w, "id", p->person.id);
	json_key_text(w, "name", name ? name : p->who.address);
	json_end_object(w);
}

int v1_campaigns_envelope(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(preview_release) struct preview p = { .c = { 0 } };
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *preview = "";

	if (show(rq, &p, err) < 0 || preview_text(rq, &p, &preview, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_text(&w, "subject", p.view.subject);
	json_key_text(&w, "preview_text", preview);
	json_key_text(&w, "from_name", p.view.from_name);
	json_key_text(&w, "from_email", p.view.from_email);
	json_key_text(&w, "to", p.is_somebody ? p.who.address : "");
	write_person(&p, rq->arena, &w);
	json_key_text(&w, "left_out", p.left_out);
	json_end_object(&w);
	return 0;
}
