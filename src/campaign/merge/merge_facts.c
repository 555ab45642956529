/*
 * What merge tags know of a campaign and its audience, once a campaign. Called
 * by the API and the sender; any thread.
 */
#include "audience/form/signup_form.h"
#include "audience/interest/interest.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "campaign/checklist.h"
#include "sql/campaign.h"
#include "store/db.h"

static const char *text_of(const json_t *o, const char *key,
			   struct arena *arena)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? arena_strdup(arena, text) : "";
}

/* The audience's part of struct merge_facts; its contact is asked where the
 * sender's facts say nothing. */
static void read_list_facts(const struct rows *rows, struct arena *arena,
			    void *out)
{
	CLEANUP(json_free)
	json_t *contact = json_loads(rows_text(rows, 3), 0, NULL);
	CLEANUP(json_free)
	json_t *defaults = json_loads(rows_text(rows, 5), 0, NULL);
	struct merge_facts *facts = out;

	facts->list_name = rows_dup(rows, 0, arena);
	facts->list_uid = rows_dup(rows, 1, arena);
	facts->list_reminder = rows_dup(rows, 2, arena);
	facts->list_subscribers = rows_int(rows, 4);
	facts->language = text_of(defaults, "language", arena);
	facts->list_phone = text_of(contact, "phone", arena);
	if (!facts->company || !*facts->company)
		facts->company = text_of(contact, "company", arena);
	if (!facts->address || !*facts->address)
		facts->address = list_contact_lines(rows_text(rows, 3), arena);
}

static int add_form(struct db *db, const char *public_url, struct arena *arena,
		    struct merge_facts *out, struct err *err)
{
	char account[LIST_ACCOUNT_HEX + 1];

	if (!public_url || !out->list_uid)
		return 0;
	if (list_account_id(db, account, err) < 0)
		return -1;
	out->list_subscribe =
		signup_form_url(public_url, account, out->list_uid, arena);
	return 0;
}

static const char *title_of(const struct interest_categories *categories,
			    int64_t id)
{
	vec_each (categories, c)
		if (c->id == id)
			return c->title;
	return "";
}

static int load_interests(struct db *db, int64_t list_id, struct arena *arena,
			  struct merge_facts *out, struct err *err)
{
	CLEANUP(vec_release) struct interest_categories categories = VEC_INIT;
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	struct merge_interest *v;

	if (interest_category_list(db, list_id, arena, &categories, err) < 0 ||
	    interest_list(db, list_id, 0, arena, &all, err) < 0)
		return -1;
	v = arena_array(arena, struct merge_interest, all.n + 1);
	for (size_t i = 0; i < all.n; i++)
		v[i] = (struct merge_interest){
			.id = all.v[i].id,
			.category = title_of(&categories, all.v[i].category_id),
			.name = all.v[i].name,
		};
	out->interests = v;
	out->interests_n = all.n;
	out->knows_interests = true;
	return 0;
}

static void read_subject(const struct rows *rows, struct arena *arena,
			 void *out)
{
	CLEANUP(json_free)
	json_t *settings = json_loads(rows_text(rows, 0), 0, NULL);

	*(const char **)out = text_of(settings, "subject_line", arena);
}

static int load_recent(struct db *db, int64_t list_id, struct arena *arena,
		       struct merge_facts *out, struct err *err)
{
	CLEANUP(vec_release) VEC(const char *) subjects = VEC_INIT;
	const char **v;

	if (db_list(db, SQL_CAMPAIGN_LIST_RECENT, SQL_ARGS(sql_int(list_id)),
		    read_subject, arena, &subjects, err) < 0)
		return -1;
	v = arena_array(arena, const char *, subjects.n + 1);
	for (size_t i = 0; i < subjects.n; i++)
		v[i] = subjects.v[i];
	out->recent = v;
	out->recent_n = subjects.n;
	return 0;
}

int campaign_merge_facts(struct db *db, const struct campaign *campaign,
			 const struct campaign_sender_facts *facts,
			 int64_t now_ms, struct arena *arena,
			 struct merge_facts *out, struct err *err)
{
	*out = (struct merge_facts){
		.campaign_uid = campaign->hex,
		.subject = campaign->settings.subject_line,
		.preview_text = campaign->settings.preview_text,
		.company = facts->organisation,
		.address = facts->postal_address,
		.abuse_email = campaign->settings.reply_to,
		.send_ms = campaign->send_ms ? campaign->send_ms : now_ms,
	};
	if (db_get(db, SQL_CAMPAIGN_LIST_FACTS,
		   SQL_ARGS(sql_int(campaign->list_id)), read_list_facts, arena,
		   out, err) < 0)
		return -1;
	if (account_zone_load(db, arena, &out->zone, err) < 0 ||
	    load_recent(db, campaign->list_id, arena, out, err) < 0 ||
	    load_interests(db, campaign->list_id, arena, out, err) < 0)
		return -1;
	return add_form(db, facts->public_url, arena, out, err);
}
