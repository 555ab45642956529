/*
 * Single members of the audience, by their hash.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/bridge_job.h"
#include "crm/consent/consent.h"

#include "sql/bridge.h"

#include <string.h>

bool is_passing(const struct err *why)
{
	return why->code == ERR_RETRY || why->code == ERR_DENIED ||
	       why->code == ERR_IO || why->code == ERR_FULL;
}

int member_read(struct work *w, const char *hash, json_t **out, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_get(w->client,
		   list_path(w,
			     "/members/%s?fields=id,email_address,contact_id,"
			     "status,unsubscribe_reason,last_changed,source,"
			     "tags,ip_opt,timestamp_opt,changed_ms",
			     hash),
		   out, &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

enum mirror_status member_status(const json_t *member)
{
	return mirror_status_of(
		json_string_value(json_object_get(member, "status")));
}

int64_t member_changed_ms(const json_t *member, int64_t otherwise)
{
	const char *changed =
		json_string_value(json_object_get(member, "last_changed"));
	int64_t ms;

	return changed && time_parse_iso(changed, &ms) ? ms : otherwise;
}

int64_t member_version(const json_t *member)
{
	return json_integer_value(json_object_get(member, "changed_ms"));
}

static bool is_one_of(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

int member_did(struct work *w, const char *hash, const char *const *actions,
	       int64_t *last_ms, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	const json_t *item;
	int did = 0;
	size_t i;

	*last_ms = 0;
	if (mc_get(w->client, list_path(w, "/members/%s/activity", hash),
		   &reply, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	json_array_foreach (json_object_get(reply, "activity"), i, item) {
		const char *action =
			json_string_value(json_object_get(item, "action"));
		const char *at =
			json_string_value(json_object_get(item, "timestamp"));
		int64_t at_ms;

		if (!action || !is_one_of(actions, action))
			continue;
		did = 1;
		if (at && time_parse_iso(at, &at_ms) && at_ms > *last_ms)
			*last_ms = at_ms;
	}
	return did;
}

bool is_contact(const json_t *member, const char *contact_id)
{
	const char *its =
		json_string_value(json_object_get(member, "contact_id"));

	return contact_id && its && strcmp(contact_id, its) == 0;
}

bool member_said_no(const json_t *member)
{
	const char *reason = json_string_value(
		json_object_get(member, "unsubscribe_reason"));
	enum mirror_status status = member_status(member);

	return status == MIRROR_UNSUBSCRIBED ||
	       (status == MIRROR_ARCHIVED && reason && *reason);
}

int member_word(struct tx *tx, struct work *w, const json_t *member,
		const char *hash, int64_t person_id, struct err *err)
{
	struct consent c = { .entity = ENTITY_PERSON,
			     .record_id = person_id,
			     .state = CONSENT_OPTED_OUT,
			     .source = CONSENT_BY_AUDIENCE,
			     .reason = "unsubscribed in the audience" };
	struct meant who = meant_by(member, hash);
	struct mirrored known = { 0 };
	int64_t changed_ms = member_changed_ms(member, 0);

	if (!member_said_no(member))
		return 0;
	if (mirror_find(w->db, hash, w->arena, &known, err) < 0)
		return -1;
	if (known.unsubscribed_ms) /* by us: what came after is younger */
		c.at_ms = known.unsubscribed_ms;
	else if (changed_ms > 0)
		c.at_ms = changed_ms + 999; /* the end of that second */
	if (word_heard(tx, &who, &c, &w->actor, err) < 0)
		return -1;
	return person_id ? consent_add(tx, &c, &w->actor, err) : 0;
}

bool was_added_by_program(const json_t *member)
{
	const char *source =
		json_string_value(json_object_get(member, "source"));

	return !source || !*source || str_starts(str_of(source), "API");
}

int member_note_unsubscribed(struct batch *b, struct work *w, const char *hash,
			     enum mirror_status was, int64_t call_ms,
			     struct err *err)
{
	int64_t now_ms = w->actor.now_ms;

	if (batch_add(b, SQL_BRIDGE_MEMBER_PUT,
		      SQL_ARGS(sql_text(hash), sql_int(MIRROR_UNSUBSCRIBED),
			       sql_null(), sql_int(now_ms), sql_null(),
			       sql_null(), sql_int(clock_now_ms())),
		      err) < 0 ||
	    (was == MIRROR_SUBSCRIBED &&
	     batch_add(b, SQL_BRIDGE_MEMBER_UNSUBSCRIBED,
		       SQL_ARGS(sql_int(now_ms), sql_int(call_ms),
				sql_text(hash)),
		       err) < 0))
		return -1;
	return batch_add(b, SQL_BRIDGE_JOURNAL_ADD,
			 SQL_ARGS(sql_int(now_ms), sql_text("optout"),
				  sql_null(), sql_null()),
			 err);
}

static int note_unsubscribed(struct work *w, const char *hash,
			     enum mirror_status was, int64_t call_ms,
			     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;

	if (tx_begin(w->db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	if (member_note_unsubscribed(&b, w, hash, was, call_ms, err) < 0 ||
	    batch_end(&b, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* person_id 0: is it anybody who has the address? 1, 0, -1. */
static int is_opted_out(struct work *w, const char *hash, int64_t person_id,
			struct err *err)
{
	int64_t id;

	if (person_id)
		return db_find_int(w->db, SQL_PERSON_IS_OUT,
				   SQL_ARGS(sql_int(person_id)), &id, err);
	return db_find_int(w->db, SQL_PERSON_OPTED_OUT,
			   SQL_ARGS(sql_text(hash)), &id, err);
}

/* Was the word that is to be carried out taken back, before it was known, or by
 * another job since? Then nobody says no any more. *person_id: whose word it
 * is, see unsubscribe_opted_out; NULL: another reason. 1, 0, -1. */
static int stays_subscribed(struct work *w, const char *hash,
			    const int64_t *person_id, const json_t *member,
			    struct err *err)
{
	const char *ip = json_string_value(json_object_get(member, "ip_opt"));
	int taken = member_took_back(w, hash, ip, err);
	int is_out;

	if (taken < 0 || (taken == 0 && !person_id))
		return taken;
	is_out = is_opted_out(w, hash, taken ? 0 : *person_id, err);
	return is_out < 0 ? -1 : !is_out;
}

bool member_is_asked(const json_t *member, int64_t no_ms)
{
	int64_t at_ms = member_version(member);

	return member_status(member) == MIRROR_PENDING &&
	       (at_ms ? at_ms : member_changed_ms(member, 0)) > no_ms;
}

/* 1, 0, -1. */
static int is_asked_since(struct work *w, const char *hash,
			  const json_t *member, struct err *err)
{
	int64_t no_ms = 0;

	return db_find_int(w->db, SQL_PERSON_SAID_NO, SQL_ARGS(sql_text(hash)),
			   &no_ms, err) < 0
		       ? -1
		       : member_is_asked(member, no_ms);
}

/* A member that does not exist needs no unsubscribing, nor does one that has
 * left: that would be a word of its own over there. */
static int unsubscribe(struct work *w, const char *hash,
		       const int64_t *person_id, struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	CLEANUP(json_free) json_t *reply = NULL;
	struct err why = ERR_INIT;
	int found = member_read(w, hash, &member, err);
	int64_t call_ms = clock_now_ms();

	if (found <= 0)
		return found;
	if (member_status(member) == MIRROR_UNSUBSCRIBED)
		return note_unsubscribed(w, hash, MIRROR_UNSUBSCRIBED, call_ms,
					 err);
	if (member_status(member) == MIRROR_PENDING && person_id) {
		int asked = is_asked_since(w, hash, member, err);

		if (asked != 0)
			return asked;
	}
	if (member_status(member) == MIRROR_SUBSCRIBED) {
		int stays = stays_subscribed(w, hash, person_id, member, err);

		if (stays != 0)
			return stays < 0 ? -1 : 0;
	}
	if (mc_call(w->client, "PATCH",
		    list_path(w, "/members/%s?fields=id,status", hash),
		    "{\"status\":\"unsubscribed\"}", &reply, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	if (member_status(reply) == MIRROR_SUBSCRIBED)
		return err_set(err, ERR_RETRY,
			       "the member is subscribed after it was "
			       "unsubscribed");
	return note_unsubscribed(w, hash, member_status(member), call_ms, err);
}

int unsubscribe_member(struct work *w, const char *hash, struct err *err)
{
	return unsubscribe(w, hash, NULL, err);
}

int unsubscribe_opted_out(struct work *w, const char *hash, int64_t person_id,
			  struct err *err)
{
	return unsubscribe(w, hash, &person_id, err);
}

static int put_archived(struct tx *tx, struct work *w, const char *hash,
			int64_t archived_ms, struct err *err)
{
	return db_exec(tx, SQL_BRIDGE_MEMBER_ARCHIVE,
		       SQL_ARGS(sql_text(hash), sql_int(w->actor.now_ms),
				sql_int(archived_ms)),
		       err);
}

/* Before the call: who archived it is known, even if the answer is lost.
 * *before is what the mirror knew. */
static int intend_archive(struct work *w, const char *hash, int64_t archived_ms,
			  struct mirrored *before, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    mirror_find(tx.db, hash, w->arena, before, err) < 0 ||
	    put_archived(&tx, w, hash, archived_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* And after it: the mirror may have been refreshed meanwhile. Never as of when
 * another job intended it: see note_not_there. */
static int note_archive(struct work *w, const char *hash, int64_t person_id,
			int64_t intended_ms, struct err *err)
{
	int64_t now_ms = clock_now_ms();
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    put_archived(&tx, w, hash,
			 now_ms > intended_ms ? now_ms : intended_ms + 1,
			 err) < 0 ||
	    journal(&tx, w, "archive", person_id, NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* It was not there, and may be at another address: whoever archives that one,
 * we did not; unless we had, or another job of ours has since. */
static int note_not_there(struct work *w, const char *hash, int64_t intended_ms,
			  const struct mirrored *before, struct err *err)
{
	bool was_ours =
		before->added_ms && before->added_ms <= before->archived_ms;

	return db_write(
		w->db, SQL_BRIDGE_MEMBER_ARCHIVE_VAIN,
		SQL_ARGS(sql_int(w->actor.now_ms), sql_int(intended_ms),
			 sql_id_or_null(was_ours ? before->archived_ms : 0),
			 sql_text(hash)),
		err);
}

int member_let_go(struct work *w, const char *hash, const json_t *member,
		  struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0)
		return -1;
	if (!member) {
		if (mirror_remove(&tx, w, hash, err) < 0)
			return -1;
	} else if (mirror_put(&tx, hash, member_status(member), NULL, NULL,
			      w->actor.now_ms, err) < 0 ||
		   db_exec(&tx, SQL_BRIDGE_MEMBER_OWN,
			   SQL_ARGS(sql_null(), sql_text(hash)), err) < 0) {
		return -1;
	}
	return tx_commit(&tx, err);
}

/* Somebody was faster, or it cannot be: no archive of ours. */
static int note_theirs(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;

	return member_read(w, hash, &member, err) < 0
		       ? -1
		       : member_let_go(w, hash, member, err);
}

/* The audience says that it is archived, and since when. */
static int note_archived(struct work *w, const char *hash, const json_t *member,
			 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t changed_ms = member_changed_ms(member, w->actor.now_ms);

	if (member_status(member) != MIRROR_ARCHIVED)
		return 0;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    mirror_put(&tx, hash, MIRROR_ARCHIVED, NULL, NULL, changed_ms,
		       err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int member_last_word(struct work *w, const char *hash, int64_t person_id,
		     struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int found = member_read(w, hash, &member, err);

	if (found <= 0)
		return found;
	if (!member_said_no(member))
		return note_archived(w, hash, member, err);
	if (tx_begin(w->db, &tx, err) < 0 ||
	    member_word(&tx, w, member, hash, person_id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return member_let_go(w, hash, member, err) < 0 ? -1 : 1;
}

/* Did we archive it already: another job, or a life that was killed? An older
 * page may have come in between. */
static bool is_archived_by_us(const struct mirrored *m)
{
	return m->added_ms && (m->status == MIRROR_ARCHIVED || m->archived_ms);
}

int member_word_of_archive(struct work *w, const char *hash, int64_t person_id,
			   struct err *err)
{
	struct mirrored known = { 0 };
	int found = mirror_find(w->db, hash, w->arena, &known, err);

	if (found <= 0 || !is_archived_by_us(&known))
		return found < 0 ? -1 : 0;
	return member_last_word(w, hash, person_id, err) < 0 ? -1 : 0;
}

int archive_member(struct work *w, const char *hash, int64_t person_id,
		   struct err *err)
{
	const char *path = list_path(w, "/members/%s", hash);
	int64_t intended_ms = clock_now_ms();
	struct mirrored before = { 0 };
	struct err why = ERR_INIT;
	int ret;

	if (intend_archive(w, hash, intended_ms, &before, err) < 0)
		return -1;
	ret = mc_call_once(w->client, "DELETE", path, NULL, NULL, &why);
	if (ret < 0 && why.code == ERR_CONFLICT && !is_archived_by_us(&before))
		return note_theirs(w, hash, err);
	if (ret < 0 && why.code == ERR_RETRY) /* a conflict may be our own */
		ret = mc_call(w->client, "DELETE", path, NULL, NULL, &why);
	if (ret < 0 && why.code == ERR_NOT_FOUND)
		return note_not_there(w, hash, intended_ms, &before, err);
	if (ret < 0 && why.code != ERR_CONFLICT) {
		*err = why;
		return -1;
	}
	if (note_archive(w, hash, person_id, intended_ms, err) < 0)
		return -1;
	return member_last_word(w, hash, person_id, err) < 0 ? -1 : 0;
}
