/* What is missing before a campaign of the CRM can be sent, and what may be
 * wrong with it: as far as the CRM knows. A handler; any worker. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "bridge/bridge_field.h"
#include "campaign/merge/merge_tag.h"
#include "crm/campaign_record.h"
#include "crm/group/group.h"
#include "journal/gate.h"

struct checklist {
	struct json_writer w;
	bool is_ready;
	const char *doubt; /* of what is said about merge tags */
};

static void item(struct checklist *l, const char *heading, bool good, bool must,
		 const char *details)
{
	json_begin_object(&l->w);
	json_key_text(&l->w, "type",
		      good   ? "success"
		      : must ? "error"
			     : "warning");
	json_key_text(&l->w, "heading", heading);
	json_key_text(&l->w, "details", details);
	json_end_object(&l->w);
	if (must && !good)
		l->is_ready = false;
}

static bool given(const char *text)
{
	return text && *text;
}

static void check_sender(struct checklist *l, const struct crm_campaign *c)
{
	struct err why = ERR_INIT;
	bool good = crm_campaign_check_sender(c, &why) == 0;

	item(l, "From", good, true,
	     good                   ? "a sender is given"
	     : given(c->from_email) ? why.text
				    : "the sender's address is missing");
}

static void check_all(struct checklist *l, const struct api *api,
		      const struct crm_campaign *c, int64_t members)
{
	item(l, "To", c->group_id != 0 && members > 0, true,
	     c->group_id == 0 ? "no group is chosen"
	     : members == 0   ? "the group has no members"
			      : "the group has members");
	check_sender(l, c);
	item(l, "From name", given(c->from_name), false,
	     given(c->from_name) ? "a name is given"
				 : "the sender's name is missing");
	item(l, "Subject", given(c->subject), true,
	     given(c->subject) ? "a subject is given"
			       : "the subject is missing");
	item(l, "Content", given(c->html) || given(c->plain_text), true,
	     given(c->html) || given(c->plain_text)
		     ? "there is content; an unsubscribe link is added if it "
		       "has "
		       "none"
		     : "there is no content");
	item(l, "Postal address", *api->postal_address || api->relay_is_outbox,
	     true,
	     *api->postal_address ? "it is added to every message"
	     : api->relay_is_outbox
		     ? "it is missing, but mails only go to the outbox"
		     : "set MUSTER_POSTAL_ADDRESS");
	item(l, "Public address", api->has_public_url || api->relay_is_outbox,
	     true,
	     api->has_public_url ? "links to unsubscribe lead to it"
	     : api->relay_is_outbox
		     ? "it is missing, but mails only go to the outbox"
		     : "set MUSTER_PUBLIC_URL: else links to unsubscribe lead "
		       "nowhere");
}

/* After a restore, say. */
static void check_gate(struct checklist *l, const struct api *api)
{
	struct err why = ERR_INIT;
	bool open = gate_pass_store(api->store, &why) == 0;

	item(l, "Sending", open, true, open ? "sending is on" : why.text);
}

/* Not a mistake that stops a send: the tag is left out of the messages. */
static int warn_tags(struct checklist *l, const char *where, const char *text,
		     enum merge_context context,
		     const struct merge_fields *fields, struct arena *arena,
		     struct err *err)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	static const struct merge_facts facts = { .subject = NULL };
	struct merge_problems problems = VEC_INIT;
	struct merge_piece piece = { .text = str_of(text ? text : "") };
	struct merge_how how = { .context = context,
				 .fields = fields,
				 .facts = &facts };
	int result =
		merge_compile(&piece, 1, &how, arena, &program, &problems, err);

	vec_each (&problems, p)
		item(l, "Merge tags", false, false,
		     arena_printf(arena, "%s, line %zu, column %zu: %s%s",
				  where, p->line, p->column, p->text,
				  l->doubt));
	vec_release(&problems);
	return result;
}

/* Those of an audience that is new; before a job has read those of ours. */
static const struct bridge_field at_first[] = {
	{ .merge_tag = "FNAME" },
	{ .merge_tag = "LNAME" },
	{ .merge_tag = "ADDRESS" },
	{ .merge_tag = "PHONE" },
};

/* Those that the audience had when they were last read, and those that people's
 * fields go into. The numbers of MERGE1 ... are not kept here; they are
 * commonly as many as there are fields. */
static int list_fields(struct db *db, struct arena *arena,
		       struct merge_fields *out, int64_t *read_ms,
		       struct err *err)
{
	CLEANUP(vec_release) struct bridge_fields all = VEC_INIT;
	struct merge_field *fields;

	if (bridge_field_list(db, arena, &all, read_ms, err) < 0)
		return -1;
	for (size_t i = 0; *read_ms == 0 && i < ARRAY_SIZE(at_first); i++)
		vec_push(&all, at_first[i]);
	fields = arena_alloc(arena, (all.n + 1) * sizeof(*fields));
	for (size_t i = 0; i < all.n; i++)
		fields[i] = (struct merge_field){ .id = (int64_t)i + 1,
						  .tag = all.v[i].merge_tag,
						  .type = "text",
						  .default_value = "",
						  .date_format = "" };
	*out = (struct merge_fields){ fields, all.n };
	return 0;
}

static int check_tags(struct checklist *l, struct db *db,
		      const struct crm_campaign *c, struct arena *arena,
		      struct err *err)
{
	struct merge_fields fields;
	int64_t read_ms = 0;

	if (list_fields(db, arena, &fields, &read_ms, err) < 0)
		return -1;
	l->doubt = read_ms ? "" : "; the audience's own were not read yet";
	if (warn_tags(l, "subject", c->subject, MERGE_HEADER, &fields, arena,
		      err) < 0 ||
	    warn_tags(l, "HTML", c->html, MERGE_HTML, &fields, arena, err) < 0)
		return -1;
	return warn_tags(l, "plain text", c->plain_text, MERGE_PLAIN, &fields,
			 arena, err);
}

int v1_campaigns_checklist(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct checklist l = { .w = JSON_WRITER(&rs->body), .is_ready = true };
	struct group group;
	struct crm_campaign c;
	int64_t id, members = 0;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &c, err) < 0)
		return -1;
	if (c.group_id != 0 &&
	    (group_get(db, c.group_id, rq->arena, &group, err) < 0 ||
	     group_count(db, &group, &members, err) < 0))
		return -1;
	json_begin_object(&l.w);
	json_key_begin_array(&l.w, "items");
	check_all(&l, api_of(rq), &c, members);
	check_gate(&l, api_of(rq));
	if (check_tags(&l, db, &c, rq->arena, err) < 0)
		return -1;
	json_end_array(&l.w);
	json_key_bool(&l.w, "is_ready", l.is_ready);
	json_end_object(&l.w);
	return 0;
}
