/*
 * Members that get mail and did not when the mirror saw them last: others have
 * subscribed them, or gave them another address. Whoever says no here is told
 * of it over there; so is the word that is kept of an address which no person
 * has, unless they signed up since, by themselves.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/bridge_job.h"

#include "sql/bridge.h"

#include <string.h>

void newcomers_release(struct newcomers *n)
{
	vec_release(&n->hashes);
	vec_release(&n->keyed);
	arena_free(&n->arena);
}

static bool gets_mail(enum mirror_status status)
{
	return status == MIRROR_SUBSCRIBED || status == MIRROR_PENDING;
}

static bool member_gets_mail(const json_t *member)
{
	return gets_mail(member_status(member));
}

static const char *mailed_id(const json_t *member)
{
	return member_gets_mail(member)
		       ? json_string_value(json_object_get(member, "id"))
		       : NULL;
}

/* The mirror may have it from a page that was read before a call of ours, in
 * the same second. */
static bool is_known(const struct known_members *all, const json_t *member)
{
	const struct mirrored *known = known_member(all, mailed_id(member));

	return known && gets_mail(known->status) &&
	       member_changed_ms(member, 0) < known->changed_ms;
}

static const char *keyed_hash(const struct forgotten *key, struct arena *arena,
			      const json_t *member)
{
	const char *address =
		json_string_value(json_object_get(member, "email_address"));
	char hash[FORGOTTEN_HASH + 1];
	struct err unseen = ERR_INIT;
	struct email email;

	if (!key->any || !address ||
	    email_parse(address, arena, &email, &unseen) < 0)
		return "";
	forgotten_hash(key, email.folded, hash);
	return arena_strdup(arena, hash);
}

static void add_newcomer(const struct forgotten *key, const json_t *member,
			 const char *id, struct newcomers *out)
{
	vec_push(&out->hashes, arena_strdup(out->arena, id));
	vec_push(&out->keyed, keyed_hash(key, out->arena, member));
}

int newcomers_find(struct work *w, const json_t *members, bool all,
		   struct newcomers *out, struct err *err)
{
	CLEANUP(known_members_release)
	struct known_members known = KNOWN_MEMBERS_INIT;
	struct forgotten key;
	json_t *member;
	size_t i;

	out->arena = arena_new();
	if ((!all && known_members_load(w, members, member_gets_mail, &known,
					err) < 0) ||
	    forgotten_load(w->db, &key, err) < 0)
		return -1;
	json_array_foreach (members, i, member) {
		const char *id = mailed_id(member);

		if (id && !is_known(&known, member))
			add_newcomer(&key, member, id, out);
	}
	return 0;
}

/* --- people --- */

static int tell_people(struct work *w, const struct newcomers *n,
		       struct err *err)
{
	CLEANUP(vec_release) struct ids people = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (db_list_ids(w->db, SQL_NEWCOMER_OPTED_OUT,
			SQL_ARGS(sql_texts(&n->hashes, &buf)), &people,
			err) < 0)
		return -1;
	if (people.n == 0)
		return 0;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    bridge_job_people(&tx, &people, w->actor.now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- what is kept of addresses that none of them has --- */

struct said_no {
	const char *of; /* an address' hash, keyed or not */
	int64_t at_ms;
	bool is_told; /* by the audience */
};
struct said_nos VEC_FIELDS(struct said_no);

/* Signed up over there since, not by a program? */
static bool signed_up(const json_t *member, int64_t since_ms)
{
	const char *at =
		json_string_value(json_object_get(member, "timestamp_opt"));
	int64_t at_ms;

	return !was_added_by_program(member) && at &&
	       time_parse_iso(at, &at_ms) && at_ms > since_ms;
}

/* By their own act: 1, 0, -1. What they had told the audience themselves they
 * may take back there, by the link of a mail. */
static int came_back(struct work *w, const char *hash, const json_t *member,
		     const struct said_no *said, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct meant who = meant_by(member, hash);
	int came = signed_up(member, said->at_ms);

	if (!came && said->is_told)
		came = member_resubscribed(w, hash, said->at_ms, err);
	if (came <= 0 || !said->is_told)
		return came;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    word_taken_back(&tx, &who, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

static int park_refused(struct work *w, const struct err *why, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    park(&tx, w, "optout", 0, 0, why, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Whoever has it speaks for themselves: 1, 0, -1. */
static int has_person(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(vec_release) struct ids people = VEC_INIT;

	return address_find_records(w->db, ENTITY_PERSON, hash, &people, err) <
			       0
		       ? -1
		       : people.n > 0;
}

/* 1: the page is out of date about the member; 0, -1. */
static int carry_out(struct work *w, const char *hash,
		     const struct said_no *said, struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	struct err why = ERR_INIT;
	int found, theirs = has_person(w, hash, err);

	if (theirs != 0)
		return theirs < 0 ? -1 : 0;
	found = member_read(w, hash, &member, err);
	if (found <= 0)
		return found;
	if (member_is_asked(member, said->at_ms))
		return 0;
	theirs = came_back(w, hash, member, said, err);
	if (theirs != 0)
		return theirs < 0 ? -1 : 0;
	if (!mailed_id(member) || unsubscribe_member(w, hash, &why) == 0)
		return 1;
	if (!is_passing(&why))
		return park_refused(w, &why, err);
	*err = why;
	return -1;
}

static const char *hash_of(const struct newcomers *n, const char *said_of)
{
	for (size_t i = 0; i < n->hashes.n; i++)
		if (strcmp(n->keyed.v[i], said_of) == 0 ||
		    strcmp(n->hashes.v[i], said_of) == 0)
			return n->hashes.v[i];
	return NULL;
}

static void read_said_no(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct said_no *)out = (struct said_no){
		.of = rows_dup(rows, 0, arena),
		.at_ms = rows_int(rows, 1),
		.is_told = rows_int(rows, 2) != 0,
	};
}

static void take_off(json_t *members, const char *hash)
{
	json_t *member;
	size_t i;

	json_array_foreach (members, i, member) {
		const char *id = mailed_id(member);

		if (id && strcmp(id, hash) == 0) {
			(void)json_array_remove(members, i);
			return;
		}
	}
}

static int list_said_no(struct work *w, const struct newcomers *n,
			struct said_nos *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keyed = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	struct sql_value of = sql_texts(&n->keyed, &keyed);

	return db_list(w->db, SQL_NEWCOMER_SAID_NO,
		       SQL_ARGS(of, of, sql_texts(&n->hashes, &hashes)),
		       read_said_no, n->arena, out, err);
}

static int tell_kept(struct work *w, const struct newcomers *n, json_t *members,
		     struct err *err)
{
	CLEANUP(vec_release) struct said_nos all = VEC_INIT;

	if (list_said_no(w, n, &all, err) < 0)
		return -1;
	vec_each (&all, said) {
		const char *hash = hash_of(n, said->of);
		int told = carry_out(w, hash, said, err);

		if (told < 0)
			return -1;
		if (told)
			take_off(members, hash);
	}
	return 0;
}

int newcomers_tell(struct work *w, const struct newcomers *n, json_t *members,
		   struct err *err)
{
	if (n->hashes.n == 0)
		return 0;
	return tell_people(w, n, err) < 0 ? -1 : tell_kept(w, n, members, err);
}

int address_is_refused(struct work *w, const json_t *member, struct err *err)
{
	CLEANUP(newcomers_release)
	struct newcomers one = { VEC_INIT, VEC_INIT, arena_new() };
	CLEANUP(vec_release) struct said_nos all = VEC_INIT;
	struct forgotten key;

	if (forgotten_load(w->db, &key, err) < 0)
		return -1;
	add_newcomer(&key, member,
		     json_string_value(json_object_get(member, "id")), &one);
	return list_said_no(w, &one, &all, err) < 0 ? -1 : all.n > 0;
}
