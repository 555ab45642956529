/*
 * A member whose address changed in the audience: the person who has the old
 * one gets the new one. If it is not clear who that is, or the CRM changed it
 * too, a user is asked. Called by the mirror, for contacts that it knows by
 * another address.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/address.h"

#include "sql/bridge.h"

#include <string.h>

struct moving {
	struct tx *tx;
	struct work *w;
	const char *old_hash, *new_hash;
	const char *address; /* the new one */
	const json_t *member;
	const char *refused; /* why the CRM does not take it; NULL: not yet */
	struct ids had, has; /* people with the old one, with the new one */
};

static void moving_release(struct moving *m)
{
	vec_release(&m->had);
	vec_release(&m->has);
}

/* The mirror's row of the old address has it no more. */
static int leave_row(struct moving *m, struct mirrored *old, struct err *err)
{
	if (is_contact(m->member, old->contact_id))
		return mirror_renamed(m->tx, m->old_hash, m->w->actor.now_ms,
				      err);
	/* the row is another contact's by now */
	*old = (struct mirrored){ .contact_id = old->strayed_contact_id,
				  .added_ms = old->strayed_added_ms };
	return db_exec(m->tx, SQL_BRIDGE_MEMBER_FOUND,
		       SQL_ARGS(sql_text(old->contact_id)), err);
}

/* What the mirror knows of it goes along; what is new comes with the page. */
static int move_row(struct moving *m, struct mirrored *old, struct err *err)
{
	if (leave_row(m, old, err) < 0)
		return -1;
	return mirror_carry(m->tx, old, m->new_hash, m->member,
			    m->w->actor.now_ms, err);
}

/* Nobody archives it before a user has decided. */
static int ask_user(struct moving *m, int64_t person_id, const char *why,
		    struct err *err)
{
	struct err text = ERR_INIT;

	(void)err_set(&text, ERR_CONFLICT,
		      "the address was changed to %s in the audience: %s",
		      m->address, why);
	if (db_exec(m->tx, SQL_BRIDGE_MEMBER_OWN,
		    SQL_ARGS(sql_null(), sql_text(m->new_hash)), err) < 0 ||
	    park(m->tx, m->w, "moved", person_id, 0, &text, err) < 0)
		return -1;
	return journal(m->tx, m->w, "moved", person_id, NULL, err);
}

static int ask_all(struct moving *m, const char *why, struct err *err)
{
	vec_each (&m->had, id)
		if (ask_user(m, *id, why, err) < 0)
			return -1;
	return 0;
}

/* The addresses of a person with the new one in the place of the old. */
static size_t replace_address(const struct moving *m,
			      const struct record *person, struct address *out)
{
	bool has_new = m->has.n > 0;
	const struct address *old = NULL;
	size_t n = 0;

	for (size_t i = 0; i < person->emails_n; i++)
		if (strcmp(person->emails[i].hash, m->old_hash) == 0)
			old = &person->emails[i];
	for (size_t i = 0; i < person->emails_n; i++) {
		struct address a = person->emails[i];
		bool is_new = strcmp(a.hash, m->new_hash) == 0;

		if (&person->emails[i] == old && has_new)
			continue;
		a.held = HELD_AS_BEFORE;
		if (&person->emails[i] == old)
			a.address = m->address;
		if (is_new && old) {
			a.is_primary = a.is_primary || old->is_primary;
			a.is_marketing = a.is_marketing || old->is_marketing;
		}
		out[n++] = a;
	}
	return n;
}

static int give_address(struct moving *m, int64_t person_id, struct err *err)
{
	struct record person;
	struct address *wanted;
	size_t n;
	int found = record_find(m->tx->db, ENTITY_PERSON, person_id,
				m->w->arena, &person, err);

	if (found < 0)
		return -1;
	if (found == 0) /* since the address was looked up */
		return err_set(err, ERR_RETRY,
			       "person %lld was merged or deleted meanwhile",
			       (long long)person_id);
	wanted = arena_array(m->w->arena, struct address, person.emails_n + 1);
	n = replace_address(m, &person, wanted);
	if (addresses_put(m->tx, ENTITY_PERSON, person_id, wanted, n,
			  &m->w->actor, m->w->arena, err) < 0 ||
	    db_exec(m->tx, SQL_PERSON_LEFT_NONE,
		    SQL_ARGS(sql_int(person_id), sql_text(m->old_hash)),
		    err) < 0 ||
	    recipient_move(m->tx, person_id, m->old_hash, m->new_hash, err) < 0)
		return -1;
	return journal(m->tx, m->w, "moved", person_id, NULL, err);
}

/* Nobody has the old address: our own change, or both sides changed it. Who has
 * none at all is not asked about, but a no of theirs counts. */
static int nobody_had(struct moving *m, struct err *err)
{
	struct last_owner last;
	int found;

	if (m->has.n > 0)
		return 0;
	found = last_owner_find(m->tx->db, m->old_hash, &last, err);
	if (found <= 0)
		return found;
	if (member_word(m->tx, m->w, m->member, m->old_hash, last.person_id,
			err) < 0)
		return -1;
	return !last.has_address ? 0
				 : ask_user(m, last.person_id,
					    "it was changed in the CRM as "
					    "well, to another "
					    "one",
					    err);
}

/* Whoever had the old address may be erased one day: their contact, too. */
static int keep_trace(struct moving *m, const struct mirrored *old,
		      struct err *err)
{
	return db_exec(
		m->tx, SQL_BRIDGE_MEMBER_STRAY,
		SQL_ARGS(sql_text(old->contact_id), sql_text(m->old_hash)),
		err);
}

static int decide_owner(struct moving *m, struct err *err)
{
	int refused;

	if (m->had.n == 0)
		return nobody_had(m, err);
	if (m->had.n > 1)
		return ask_all(m, "several people have the old one", err);
	if (m->has.n > 1 || (m->has.n == 1 && m->has.v[0] != m->had.v[0]))
		return ask_all(m, "somebody else has the new one", err);
	refused = m->has.n == 0 ? address_is_refused(m->w, m->member, err) : 0;
	if (refused != 0)
		return refused < 0 ? -1
				   : ask_all(m,
					     "whoever had the new one before "
					     "wants no mail",
					     err);
	return m->refused ? ask_all(m, m->refused, err)
			  : give_address(m, m->had.v[0], err);
}

/* The mirror may have been moved meanwhile, by a job of ours. */
static int find_known(const struct moving *m, struct mirrored *old,
		      struct err *err)
{
	int found = mirror_find(m->tx->db, m->old_hash, m->w->arena, old, err);

	if (found <= 0)
		return found;
	return is_contact(m->member, old->contact_id) ||
	       is_contact(m->member, old->strayed_contact_id);
}

#define CALL_MS (10 * MS_SECOND) /* so long a call may take */

/* Did the bridge unsubscribe it where it is now, for whoever says no there?
 * What the mirror noted of it may be lost to a page that was read before. */
static int is_out_by_us(const struct moving *m, bool *out, struct err *err)
{
	struct mirrored there = { 0 };
	int64_t changed_ms;

	if (mirror_find(m->tx->db, m->new_hash, m->w->arena, &there, err) < 0)
		return -1;
	changed_ms = member_changed_ms(m->member, 0);
	*out = (there.unsubscribed_ms ||
		(changed_ms + MS_SECOND > there.unsubscribe_call_ms &&
		 changed_ms < there.unsubscribe_call_ms + CALL_MS)) &&
	       (!there.contact_id || is_contact(m->member, there.contact_id));
	return 0;
}

static int follow_contact(struct work *w, const char *old_hash,
			  const json_t *member, const char *refused,
			  struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(moving_release)
	struct moving m = {
		.tx = &tx,
		.w = w,
		.old_hash = old_hash,
		.member = member,
		.refused = refused,
		.new_hash = json_string_value(json_object_get(member, "id")),
		.address = json_string_value(
			json_object_get(member, "email_address")),
		.had = VEC_INIT,
		.has = VEC_INIT,
	};
	struct mirrored old = { 0 };
	bool by_us;
	int known;

	if (!m.address || !*m.address)
		return 0;
	if (tx_begin(w->db, &tx, err) < 0 || addresses_turn(&tx, err) < 0)
		return -1;
	known = find_known(&m, &old, err);
	if (known <= 0)
		return known;
	if (is_out_by_us(&m, &by_us, err) < 0 || move_row(&m, &old, err) < 0 ||
	    (!by_us && member_word(&tx, w, member, old_hash, 0, err) < 0) ||
	    address_find_records(w->db, ENTITY_PERSON, old_hash, &m.had, err) <
		    0 ||
	    address_find_records(w->db, ENTITY_PERSON, m.new_hash, &m.has,
				 err) < 0 ||
	    keep_trace(&m, &old, err) < 0 || decide_owner(&m, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int member_moved(struct work *w, const char *old_hash, const json_t *member,
		 struct err *err)
{
	struct err why = ERR_INIT;

	if (follow_contact(w, old_hash, member, NULL, &why) == 0)
		return 0;
	if (why.code == ERR_INVALID) /* forgotten, say: nothing is half done */
		return follow_contact(w, old_hash, member, why.text, err);
	*err = why;
	return -1;
}
