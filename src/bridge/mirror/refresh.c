/*
 * The mirror is refreshed by what changed since the last time, in the order of
 * change: inside by cursor, and only as far as it is not known already;
 * elsewhere from second to second by time, within one second by offset, so that
 * members that change meanwhile cannot push others out of the pages. A contact
 * that has another address than the last time is followed into the CRM.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/consent/consent.h"
#include "store/store.h"

#include "sql/bridge.h"

#include <string.h>

/* What the audience commits late may have been stamped earlier. */
#define OVERLAP_MS (10 * MS_SECOND)

static const char *text_of(const json_t *member, const char *key)
{
	return json_string_value(json_object_get(member, key));
}

static int add_member(struct batch *b, const struct field_map *map,
		      const json_t *member, int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf merge = STRBUF_INIT;
	char merge_hash[MD5_HEX + 1];
	const char *id = text_of(member, "id");
	enum mirror_status status = mirror_status_of(text_of(member, "status"));

	if (!id || status == MIRROR_NONE)
		return 0; /* not in a form that we know */
	field_map_of_member(map, json_object_get(member, "merge_fields"),
			    &merge);
	md5_hex(strbuf_str(&merge), merge_hash);
	return batch_add(b, SQL_BRIDGE_MEMBER_PUT,
			 SQL_ARGS(sql_text(id), sql_int(status),
				  sql_text(merge_hash),
				  sql_int(member_changed_ms(member, 0)),
				  sql_text(text_of(member, "contact_id")),
				  sql_id_or_null(member_version(member)),
				  sql_int(now_ms)),
			 err);
}

/* --- addresses that changed over there --- */

/* Contacts of a page that the mirror knows by other hashes: contact -> array of
 * those. */
static int known_elsewhere(struct work *w, const json_t *members, json_t *out,
			   struct err *err)
{
	CLEANUP(vec_release) struct texts ids = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct sql_value contacts;
	json_t *member;
	size_t i;
	int more;

	json_array_foreach (members, i, member)
		if (text_of(member, "contact_id") && text_of(member, "id"))
			vec_push(&ids, text_of(member, "contact_id"));
	contacts = sql_texts(&ids, &buf);
	if (db_query(w->db, SQL_BRIDGE_MEMBER_CONTACTS,
		     SQL_ARGS(contacts, contacts), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		const char *contact = rows_text(rows, 0);
		json_t *list = json_object_get(out, contact);

		if (!list) {
			list = json_array();
			(void)json_object_set_new(out, contact, list);
		}
		(void)json_array_append_new(list,
					    json_string(rows_text(rows, 1)));
	}
	return more;
}

/*
 * A page may be older than what the bridge did since it was read, so the
 * address is looked at again. 1: it is followed; 0: the page is out of date;
 * -1.
 */
static int follow_move(struct work *w, const char *old_hash,
		       const char *new_hash, const char *contact,
		       struct err *err)
{
	CLEANUP(json_free) json_t *now = NULL;
	int found = member_read(w, new_hash, &now, err);

	if (found <= 0 || !is_contact(now, contact))
		return found < 0 ? -1 : 0;
	return member_moved(w, old_hash, now, err) < 0 ? -1 : 1;
}

/* In the order of the page, which is that of the changes; each by itself: one
 * that fails does not take back the others. 1: the page is right about the
 * member; 0: it is out of date; -1. */
static int follow_member(struct work *w, const json_t *member,
			 const json_t *elsewhere, struct err *err)
{
	const char *id = text_of(member, "id");
	const char *contact = text_of(member, "contact_id");
	json_t *old_hash;
	size_t i;

	json_array_foreach (json_object_get(elsewhere, contact ? contact : ""),
			    i, old_hash) {
		int followed;

		if (!id || strcmp(json_string_value(old_hash), id) == 0)
			continue;
		followed = follow_move(w, json_string_value(old_hash), id,
				       contact, err);
		if (followed <= 0)
			return followed;
	}
	return 1;
}

/* Takes what is out of date off the page. */
static int follow_moves(struct work *w, json_t *members, struct err *err)
{
	CLEANUP(json_free) json_t *elsewhere = json_object();
	size_t i = 0;

	if (known_elsewhere(w, members, elsewhere, err) < 0)
		return -1;
	while (i < json_array_size(members)) {
		int ok = follow_member(w, json_array_get(members, i), elsewhere,
				       err);

		if (ok < 0)
			return -1;
		if (ok)
			i++;
		else
			(void)json_array_remove(members, i);
	}
	return 0;
}

/* --- pages --- */

/*
 * Unsubscribed and archived, by others or after our own archive, since it was
 * looked at last: no status tells of it after this page.
 */
static int hear_archived(struct tx *tx, struct work *w, const json_t *member,
			 const struct mirrored *known, struct err *err)
{
	const char *hash = text_of(member, "id");

	if (known && (known->unsubscribed_ms ||
		      (known->status == MIRROR_ARCHIVED && !known->added_ms &&
		       member_changed_ms(member, 0) <= known->changed_ms)))
		return 0;
	if (member_word(tx, w, member, hash, 0, err) < 0)
		return -1;
	return mirror_disown(tx, hash, err);
}

/* Whoever has the address is for the reconcile; so is who gets it, as long as
 * the mirror has the member. */
static int hear_unsubscribed(struct tx *tx, struct work *w,
			     const json_t *member, const struct mirrored *known,
			     struct err *err)
{
	struct meant who = meant_by(member, text_of(member, "id"));
	struct consent c = { .state = CONSENT_OPTED_OUT,
			     .source = CONSENT_BY_AUDIENCE,
			     .at_ms = member_changed_ms(member, 0) + 999 };

	if (!known || known->status == MIRROR_UNSUBSCRIBED)
		return 0;
	return word_kept(tx, &who, &c, &w->actor, err);
}

static int hear_member(struct tx *tx, struct work *w, const json_t *member,
		       const struct known_members *before, struct err *err)
{
	const char *hash = text_of(member, "id");
	const struct mirrored *known = known_member(before, hash);

	if (!hash || !member_said_no(member))
		return 0;
	return member_status(member) == MIRROR_ARCHIVED
		       ? hear_archived(tx, w, member, known, err)
		       : hear_unsubscribed(tx, w, member, known, err);
}

/* Before the mirror knows the page. */
static int hear_page(struct tx *tx, struct work *w, const json_t *members,
		     struct err *err)
{
	CLEANUP(known_members_release)
	struct known_members before = KNOWN_MEMBERS_INIT;
	json_t *member;
	size_t i;

	/* of those who said no */
	if (known_members_load(w, members, member_said_no, &before, err) < 0)
		return -1;
	json_array_foreach (members, i, member)
		if (hear_member(tx, w, member, &before, err) < 0)
			return -1;
	return 0;
}

static int put_cursor(struct tx *tx, int64_t cursor_ms, struct err *err)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)cursor_ms);
	return setting_put(tx, "bridge.cursor_ms", text, err);
}

static int store_page(struct work *w, const struct field_map *map, bool full,
		      json_t *members, int64_t cursor_ms, struct err *err)
{
	CLEANUP(newcomers_release)
	struct newcomers newcomers = { VEC_INIT, VEC_INIT };
	CLEANUP(json_free) json_t *languages = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms();
	struct batch b;
	json_t *member;
	size_t i;

	if (newcomers_find(w, members, full, &newcomers, err) < 0 ||
	    follow_moves(w, members, err) < 0 ||
	    newcomers_tell(w, &newcomers, members, err) < 0 ||
	    tx_begin(w->db, &tx, err) < 0 ||
	    hear_page(&tx, w, members, err) < 0 ||
	    languages_hear(&tx, w, members, &languages, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	json_array_foreach (members, i, member)
		if (add_member(&b, map, member, now_ms, err) < 0)
			return -1;
	if (languages_note(&b, languages, err) < 0 || batch_end(&b, err) < 0 ||
	    put_cursor(&tx, cursor_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Time of the last member of a page, which is the latest. */
static int64_t last_change_ms(const json_t *members)
{
	const json_t *last =
		json_array_get(members, json_array_size(members) - 1);

	return member_changed_ms(last, 0); /* 0: the offset goes on */
}

/* In whole seconds. "Since" may mean "after": a second earlier. */
static int64_t since_of(int64_t cursor_ms)
{
	return cursor_ms > MS_SECOND ? (cursor_ms / MS_SECOND - 1) * MS_SECOND
				     : 0;
}

/* Where the next page begins: elsewhere from second to second, inside by
 * cursor. */
struct walk {
	int64_t cursor_ms; /* since then */
	int64_t offset;
	char place[64]; /* next_cursor; "": the first page */
	bool full, inside, done;
	bool was_summed; /* members_are_seen was asked */
};

#define BRIEF_FIELDS                                    \
	"members.id,members.status,members.contact_id," \
	"members.last_changed,members.changed_ms,next_cursor"
#define WHOLE_FIELDS                                       \
	"members.id,members.status,members.email_address," \
	"members.contact_id,members.last_changed,"         \
	"members.merge_fields,members.unsubscribe_reason," \
	"members.source,members.language"

static const char *place_of(const struct work *w, const struct walk *walk)
{
	return walk->inside ? arena_printf(w->arena, "cursor=%s", walk->place)
			    : arena_printf(w->arena, "offset=%lld",
					   (long long)walk->offset);
}

/* *members lives as long as *reply. */
static int get_page(struct work *w, const struct walk *walk, const char *fields,
		    json_t **reply, json_t **members, struct err *err)
{
	if (mc_get(w->client,
		   list_path(w,
			     "/members?since_last_changed=%s&sort_field="
			     "last_changed&sort_dir=ASC&count=%d&%s&fields=%s",
			     time_param(since_of(walk->cursor_ms), w->arena),
			     ITEMS_A_PAGE, place_of(w, walk), fields),
		   reply, err) < 0)
		return -1;
	*members = json_object_get(*reply, "members");
	if (!json_is_array(*members))
		return err_set(err, ERR_RETRY, "the audience told no members");
	return 0;
}

/* A page of n members ended with one that changed then. */
static void go_on(struct walk *walk, const json_t *reply, size_t n,
		  int64_t last_ms)
{
	const char *next =
		json_string_value(json_object_get(reply, "next_cursor"));

	if (walk->inside) {
		walk->done = !next;
		(void)snprintf(walk->place, sizeof(walk->place), "%s",
			       next ? next : "");
		return;
	}
	walk->done = n < ITEMS_A_PAGE;
	if (last_ms > walk->cursor_ms) {
		walk->cursor_ms = last_ms;
		walk->offset = 0;
	} else {
		walk->offset += (int64_t)n;
	}
}

static int load_cursor(struct work *w, bool full, int64_t *out, struct err *err)
{
	const char *text = NULL;

	*out = 0;
	if (full)
		return 0;
	if (setting_find(w->db, "bridge.cursor_ms", w->arena, &text, err) < 0)
		return -1;
	if (text && text_to_int(text, out) && *out > OVERLAP_MS)
		*out -= OVERLAP_MS;
	return 0;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How many members are on the page, if the mirror has all of them as they are;
 * 0: it has not; -1. */
static int pass_page(struct work *w, struct walk *walk, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *unseen = json_array();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	json_t *members;
	int64_t last_ms;
	size_t n;

	if (get_page(w, walk, BRIEF_FIELDS, &reply, &members, err) < 0 ||
	    members_unseen(w, members, unseen, err) < 0)
		return -1;
	n = json_array_size(members);
	walk->done = n == 0;
	if (n == 0 || json_array_size(unseen) > 0)
		return 0;
	last_ms = last_change_ms(members);
	if (tx_begin(w->db, &tx, err) < 0 ||
	    put_cursor(&tx, later(last_ms, walk->cursor_ms), err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	go_on(walk, reply, n, last_ms);
	return (int)n;
}

/* The same of the next page; or of all that are left, if there are many and the
 * sums say so. passed: of the pages before. */
static int64_t pass_seen(struct work *w, struct walk *walk, int64_t passed,
			 struct err *err)
{
	int64_t since_ms = since_of(walk->cursor_ms), all = 0;
	int same;

	if (!walk->was_summed && since_ms > 0 &&
	    passed >= w->bridge->seen_at_once) {
		walk->was_summed = true;
		same = members_are_seen(w, since_ms, &all, err);
		walk->done = same > 0;
		if (same != 0)
			return same < 0 ? -1 : later(all - passed, 0);
	}
	return pass_page(w, walk, err);
}

/* How many members it has. */
static int read_whole(struct work *w, const struct field_map *map,
		      struct walk *walk, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *unseen = json_array();
	json_t *members;
	int64_t last_ms;
	size_t n;

	if (get_page(w, walk,
		     walk->inside ? WHOLE_FIELDS
			     ",members.changed_ms,next_cursor"
				  : WHOLE_FIELDS,
		     &reply, &members, err) < 0)
		return -1;
	n = json_array_size(members);
	walk->done = n == 0;
	if (n == 0)
		return 0;
	last_ms = last_change_ms(members);
	if (!walk->full && members_unseen(w, members, unseen, err) < 0)
		return -1;
	if (store_page(w, map, walk->full, walk->full ? members : unseen,
		       later(last_ms, walk->cursor_ms), err) < 0)
		return -1;
	go_on(walk, reply, n, last_ms);
	return (int)n;
}

/* Inside, whatever changes from now on has a time of now, or a little earlier:
 * what was seen to the end is not read again. Elsewhere, clocks differ. */
static int have_seen_all(struct work *w, int64_t begun_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 || put_cursor(&tx, begun_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int64_t mirror_refresh(struct work *w, const struct field_map *map, bool full,
		       struct err *err)
{
	struct walk walk = { .full = full, .inside = w->bridge->setup.inside };
	int64_t seen = 0, begun_ms = clock_now_ms();
	bool never;

	if (load_cursor(w, full, &walk.cursor_ms, err) < 0)
		return -1;
	never = walk.cursor_ms == 0;
	while (!walk.done) {
		int64_t n = 0;

		if (walk.inside && !full)
			n = pass_seen(w, &walk, seen, err);
		if (n == 0 && !walk.done)
			n = read_whole(w, map, &walk, err);
		if (n < 0)
			return -1;
		seen += n;
		if (!walk.done && job_is_stopping(w->run))
			return err_set(err, ERR_RETRY, "the server stops");
	}
	if (walk.inside && (seen > 0 || never) &&
	    have_seen_all(w, begun_ms, err) < 0)
		return -1;
	return seen;
}

int mirror_since(struct work *w, const char **out, struct err *err)
{
	int64_t cursor_ms;

	if (load_cursor(w, false, &cursor_ms, err) < 0)
		return -1;
	*out = time_param(since_of(cursor_ms), w->arena);
	return 0;
}

int mirror_follow(struct work *w, struct err *err)
{
	CLEANUP(field_map_release) struct field_map map = { 0 };

	if (field_map_load(w, &map, err) < 0)
		return -1;
	return mirror_refresh(w, &map, false, err) < 0 ? -1 : 0;
}
