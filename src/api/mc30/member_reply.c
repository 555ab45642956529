#include "api/mc30/member_reply.h"

#include "base/arena.h"
#include "base/err.h"

#include <string.h>

#define TAGS_SHOWN 50

void member_reply_release(struct member_reply *reply)
{
	vec_release(&reply->defs);
	vec_release(&reply->tags);
	vec_release(&reply->rates);
	vec_release(&reply->interests);
	vec_release(&reply->permissions);
	vec_release(&reply->chosen);
	vec_release(&reply->places);
	vec_release(&reply->clients);
	vec_release(&reply->notes);
}

/* In the order in which they are written. */
static const char *const details[] = { "ip_signup",
				       "timestamp_signup",
				       "ip_opt",
				       "timestamp_opt",
				       "member_rating",
				       "last_changed",
				       "changed_ms",
				       "language",
				       "vip",
				       "email_client",
				       "location",
				       "marketing_permissions",
				       "last_note",
				       "source",
				       "tags_count",
				       "tags",
				       "list_id",
				       "_links",
				       NULL };

static bool wants(const struct json_writer *w, const char *path,
		  const char *field)
{
	char whole[64];

	(void)snprintf(whole, sizeof(whole), "%s%s%s", path, *path ? "." : "",
		       field);
	return json_wants(w, whole);
}

static bool wants_any(const struct json_writer *w, const char *path,
		      const char *const *fields)
{
	while (*fields && !wants(w, path, *fields))
		fields++;
	return *fields != NULL;
}

/* All but what the bridge asks for, of a page and of a batch: who, as what, as
 * of which change. */
static const char *const rest[] = {
	"email_address",
	"unique_email_id",
	"full_name",
	"web_id",
	"email_type",
	"unsubscribe_reason",
	"consents_to_one_to_one_messaging",
	"merge_fields",
	"interests",
	"stats",
	"ip_signup",
	"timestamp_signup",
	"ip_opt",
	"timestamp_opt",
	"member_rating",
	"language",
	"vip",
	"email_client",
	"location",
	"marketing_permissions",
	"last_note",
	"source",
	"tags_count",
	"tags",
	"list_id",
	"_links",
	NULL,
};

bool member_reply_is_brief(const struct json_writer *w, const char *path)
{
	static const char *const others[] = {
		"unique_email_id",
		"full_name",
		"email_type",
		"unsubscribe_reason",
		"merge_fields",
		"ip_signup",
		"timestamp_signup",
		"ip_opt",
		"timestamp_opt",
		"member_rating",
		"language",
		"vip",
		"source",
		"location",
		NULL,
	};

	return !wants_any(w, path, others);
}

void member_reply_want(struct member_reply *reply, const struct json_writer *w,
		       const char *path)
{
	reply->wants_fields |=
		wants(w, path, "merge_fields") || wants(w, path, "full_name");
	reply->wants_tags |=
		wants(w, path, "tags") || wants(w, path, "tags_count");
	reply->wants_rates |= wants(w, path, "stats");
	reply->wants_interests |= wants(w, path, "interests");
	reply->wants_permissions |= wants(w, path, "marketing_permissions");
	reply->wants_places |= wants(w, path, "location");
	reply->wants_clients |= wants(w, path, "email_client");
	reply->wants_notes |= wants(w, path, "last_note");
	reply->wants_details |= wants_any(w, path, details);
	reply->wants_rest |= wants_any(w, path, rest);
}

static int load_fields(const struct request *rq, struct db *db,
		       const struct list *list, struct member_reply *out,
		       struct err *err)
{
	if (merge_field_list(db, list->id, rq->arena, &out->defs, err) < 0)
		return -1;
	out->first_name = merge_defs_find(&out->defs, "FNAME");
	out->last_name = merge_defs_find(&out->defs, "LNAME");
	return 0;
}

/* What hangs on these members. */
static int load_sides(const struct request *rq, struct db *db,
		      struct sql_value ids, struct member_reply *out,
		      struct err *err)
{
	if (out->wants_tags &&
	    member_tags_list(db, ids, rq->arena, &out->tags, err) < 0)
		return -1;
	if (out->wants_rates &&
	    member_rates_list(db, ids, &out->rates, err) < 0)
		return -1;
	if (out->wants_places &&
	    member_places_list(db, ids, &out->places, err) < 0)
		return -1;
	if (out->wants_clients &&
	    member_clients_list(db, ids, &out->clients, err) < 0)
		return -1;
	if (out->wants_notes &&
	    member_notes_last(db, ids, rq->arena, &out->notes, err) < 0)
		return -1;
	return out->interests.n || out->permissions.n
		       ? member_interests_list(db, ids, &out->chosen, err)
		       : 0;
}

int member_reply_load(const struct request *rq, struct db *db,
		      const struct list *list, const struct member *members,
		      size_t n, struct member_reply *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	out->list = list;
	out->base = mc_base(rq);
	if (out->wants_fields && load_fields(rq, db, list, out, err) < 0)
		return -1;
	if (out->wants_interests &&
	    interest_list(db, list->id, 0, rq->arena, &out->interests, err) < 0)
		return -1;
	if (out->wants_permissions && list->marketing_permissions &&
	    permission_list(db, list->id, rq->arena, &out->permissions, err) <
		    0)
		return -1;
	if (n == 0)
		return 0;
	return load_sides(
		rq, db,
		sql_keys_strided(&members->id, n, sizeof(*members), &keys), out,
		err);
}

/* The JSON text between the quotes of a value. */
static struct str inner(struct str stored, const struct merge_def *def)
{
	struct str raw = def ? merge_value_raw(stored, def->id)
			     : (struct str){ NULL, 0 };

	if (raw.len < 2 || raw.s[0] != '"')
		return (struct str){ "", 0 };
	return (struct str){ raw.s + 1, raw.len - 2 };
}

static void write_full_name(const struct member_reply *r, struct str stored,
			    struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct str first = inner(stored, r->first_name);
	struct str last = inner(stored, r->last_name);

	strbuf_addch(&name, '"');
	strbuf_addslice(&name, first);
	if (first.len && last.len)
		strbuf_addch(&name, ' ');
	strbuf_addslice(&name, last);
	strbuf_addch(&name, '"');
	json_key_raw(w, "full_name", strbuf_str(&name));
}

static void write_rates(const struct member_reply *r, int64_t member_id,
			struct json_writer *w)
{
	size_t at = vec_lower(&r->rates, member_id, member_id);
	double opened = 0, clicked = 0;

	if (at < r->rates.n && r->rates.v[at].member_id == member_id) {
		const struct member_rate *rate = &r->rates.v[at];

		opened = (double)rate->opened / (double)rate->sent;
		clicked = (double)rate->clicked / (double)rate->sent;
	}
	json_key_begin_object(w, "stats");
	json_key_number(w, "avg_open_rate", opened);
	json_key_number(w, "avg_click_rate", clicked);
	json_end_object(w);
}

static bool has_chosen(const struct member_reply *r, int64_t member_id,
		       int64_t interest_id)
{
	size_t at = vec_lower(&r->chosen, member_id, member_id);

	for (; at < r->chosen.n && r->chosen.v[at].member_id == member_id; at++)
		if (r->chosen.v[at].interest_id == interest_id)
			return true;
	return false;
}

static void write_interests(const struct member_reply *r, int64_t member_id,
			    struct json_writer *w)
{
	json_key_begin_object(w, "interests");
	vec_each (&r->interests, interest)
		json_key_bool(w, interest->hex,
			      has_chosen(r, member_id, interest->id));
	json_end_object(w);
}

/* None, as long as the list asks for none. */
static void write_permissions(const struct member_reply *r, int64_t member_id,
			      struct json_writer *w)
{
	json_key_begin_array(w, "marketing_permissions");
	vec_each (&r->permissions, permission) {
		json_begin_object(w);
		json_key_text(w, "marketing_permission_id", permission->hex);
		json_key_text(w, "text", permission->name);
		json_key_bool(w, "enabled",
			      has_chosen(r, member_id, permission->id));
		json_end_object(w);
	}
	json_end_array(w);
}

/* Of a place nothing is known but where it is. */
static void write_location(const struct member_reply *r, const struct member *m,
			   struct json_writer *w)
{
	size_t at = vec_lower(&r->places, member_id, m->id);
	struct member_place place = { 0 };

	if (at < r->places.n && r->places.v[at].member_id == m->id)
		place = r->places.v[at];
	json_key_begin_object(w, "location");
	json_key_number(w, "latitude", (double)place.latitude / PLACE_DEGREE);
	json_key_number(w, "longitude", (double)place.longitude / PLACE_DEGREE);
	json_key_int(w, "gmtoff", 0);
	json_key_int(w, "dstoff", 0);
	json_key_text(w, "country_code", m->country);
	json_key_text(w, "timezone", "");
	json_key_text(w, "region", "");
	json_end_object(w);
}

static const char *client_of(const struct member_reply *r, int64_t member_id)
{
	size_t at = vec_lower(&r->clients, member_id, member_id);

	return at < r->clients.n && r->clients.v[at].member_id == member_id
		       ? mail_client_name(r->clients.v[at].client)
		       : "";
}

/* There if there is one. */
static void write_last_note(const struct member_reply *r, int64_t member_id,
			    struct json_writer *w)
{
	size_t at = vec_lower(&r->notes, member_id, member_id);

	if (at == r->notes.n || r->notes.v[at].member_id != member_id)
		return;
	json_key_begin_object(w, "last_note");
	json_key_int(w, "note_id", r->notes.v[at].id);
	json_key_time(w, "created_at", r->notes.v[at].created_ms);
	json_key_text(w, "created_by", r->notes.v[at].created_by);
	json_key_text(w, "note", r->notes.v[at].note);
	json_end_object(w);
}

static void write_tags(const struct member_reply *r, int64_t member_id,
		       struct json_writer *w)
{
	size_t first = vec_lower(&r->tags, member_id, member_id), end = first;

	while (end < r->tags.n && r->tags.v[end].member_id == member_id)
		end++;
	json_key_int(w, "tags_count", (int64_t)(end - first));
	json_key_begin_array(w, "tags");
	for (size_t i = first; i < end && i < first + TAGS_SHOWN; i++) {
		json_begin_object(w);
		json_key_int(w, "id", r->tags.v[i].segment_id);
		json_key_text(w, "name", r->tags.v[i].name);
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_links(const struct member_reply *r, const struct member *m,
			struct json_writer *w)
{
	static const struct {
		const char *rel, *method, *path;
	} links[] = {
		{ "self", "GET", "" },
		{ "update", "PATCH", "" },
		{ "upsert", "PUT", "" },
		{ "delete", "DELETE", "" },
		{ "activity", "GET", "/activity" },
		{ "goals", "GET", "/goals" },
		{ "notes", "GET", "/notes" },
		{ "events", "GET", "/events" },
		{ "delete_permanent", "POST", "/actions/delete-permanent" },
	};

	mc_links_begin(w);
	mc_link(w, "parent", "GET", r->base, "/lists/%s/members", r->list->hex);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		mc_link(w, links[i].rel, links[i].method, r->base,
			"/lists/%s/members/%s%s", r->list->hex, m->email_hash,
			links[i].path);
	mc_links_end(w);
}

/* Archiving does not make forget that they left before. */
static void write_reason(const struct member *m, struct json_writer *w)
{
	if (m->status == MEMBER_UNSUBSCRIBED)
		json_key_text(w, "unsubscribe_reason", m->unsubscribe_reason);
	else if (m->status == MEMBER_ARCHIVED &&
		 m->unsubscribed_by != UNSUBSCRIBED_NOT &&
		 m->unsubscribed_by != UNSUBSCRIBED_WAS_CLEANED)
		json_key_text(w, "unsubscribe_reason",
			      *m->unsubscribe_reason ? m->unsubscribe_reason
						     : "None given");
}

static void write_times(const struct member *m, struct json_writer *w)
{
	json_key_time(w, "last_changed", m->changed_ms);
	if (json_names(w, "changed_ms"))
		json_key_int(w, "changed_ms", m->changed_ms);
}

static void write_details(const struct member_reply *r, const struct member *m,
			  struct json_writer *w)
{
	json_key_text(w, "ip_signup", m->ip_signup);
	json_key_time(w, "timestamp_signup", m->signup_ms);
	json_key_text(w, "ip_opt", m->ip_opt);
	json_key_time(w, "timestamp_opt", m->opt_ms);
	json_key_int(w, "member_rating", m->rating);
	write_times(m, w);
	json_key_text(w, "language", m->language);
	json_key_bool(w, "vip", m->vip);
	json_key_text(w, "email_client", client_of(r, m->id));
	write_location(r, m, w);
	write_permissions(r, m->id, w);
	write_last_note(r, m->id, w);
	json_key_text(w, "source", m->source);
	write_tags(r, m->id, w);
	json_key_text(w, "list_id", r->list->hex);
	write_links(r, m, w);
}

static void write_contact_id(const struct member *m, struct json_writer *w)
{
	char contact_id[CONTACT_ID_HEX + 1];

	if (!json_wants(w, "contact_id"))
		return;
	member_contact_id(m->id, contact_id);
	json_key_text(w, "contact_id", contact_id);
}

/* Many thousands a second, of which nobody wants the rest: it is not asked of
 * each field whether it is wanted. */
static void write_brief(const struct member_reply *r, const struct member *m,
			struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "id", m->email_hash);
	write_contact_id(m, w);
	json_key_text(w, "status", member_status_name(m->status));
	if (r->wants_details)
		write_times(m, w);
	json_end_object(w);
}

void member_reply_write(const struct member_reply *r, const struct member *m,
			struct json_writer *w)
{
	struct str stored = str_of(m->merge);

	if (!json_wants_next(w))
		return;
	if (!r->wants_rest) {
		write_brief(r, m, w);
		return;
	}
	json_begin_object(w);
	json_key_text(w, "id", m->email_hash);
	json_key_text(w, "email_address", m->address);
	json_key_text(w, "unique_email_id", m->unique_id);
	write_contact_id(m, w);
	if (json_wants(w, "full_name"))
		write_full_name(r, stored, w);
	json_key_int(w, "web_id", m->id);
	json_key_text(w, "email_type", m->text_only ? "text" : "html");
	json_key_text(w, "status", member_status_name(m->status));
	write_reason(m, w);
	json_key_bool(w, "consents_to_one_to_one_messaging", true);
	if (json_wants(w, "merge_fields")) {
		json_key(w, "merge_fields");
		merge_values_write(&r->defs, stored, w);
	}
	write_interests(r, m->id, w);
	write_rates(r, m->id, w);
	if (r->wants_details)
		write_details(r, m, w);
	json_end_object(w);
}

int member_reply_one(struct request *rq, struct response *rs, struct db *db,
		     const struct list *list, const struct member *member,
		     struct err *err)
{
	CLEANUP(member_reply_release) struct member_reply reply = { 0 };
	struct json_writer w = mc_writer(rq, rs);

	member_reply_want(&reply, &w, "");
	if (member_reply_load(rq, db, list, member, 1, &reply, err) < 0)
		return -1;
	member_reply_write(&reply, member, &w);
	return 0;
}

int member_reply_page(const struct request *rq, struct db *db,
		      const struct list *list, const struct members *members,
		      struct json_writer *w, struct err *err)
{
	CLEANUP(member_reply_release) struct member_reply reply = { 0 };

	member_reply_want(&reply, w, "members");
	if (member_reply_load(rq, db, list, members->v, members->n, &reply,
			      err) < 0)
		return -1;
	json_key_begin_array(w, "members");
	vec_each (members, member)
		member_reply_write(&reply, member, w);
	json_end_array(w);
	return 0;
}
