/*
 * One person in the audience, as the CRM has them now (rule 2). Jobs carry no
 * addresses: which ones a person has left stands in email.left_ms until their
 * members are settled (in out_ms until they are unsubscribed), so jobs that are
 * late, run twice or overtake each other end the same. What changes while a
 * call is under way is seen after it, by present_check, in the transaction that
 * stores what was done. Of an address that a push is subscribing, nothing can
 * be said before its end: the audience does not know the member yet, or only
 * the audience does, if the process was killed.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/log.h"
#include "crm/bridge_job.h"

#include "sql/bridge.h"
#include "sql/record.h"

#include <string.h>

/* So long after a look at an address that is on its way, there is another. */
#define ON_ITS_WAY_MS (2 * MS_SECOND)

/* An address that was the person's marketing address, or any of theirs when
 * they had opted out. */
struct left {
	int64_t email_id;
	int64_t left_ms; /* 0: it was no marketing address */
	int64_t out_ms;  /* 0: they had not opted out */
	const char *hash;
	bool ended; /* the person has it no more at all */
};
struct lefts VEC_FIELDS(struct left);

struct settling {
	struct work *w;
	struct record person;
	const struct address *now; /* the marketing address; NULL: none */
	struct lefts left;
	bool waits; /* one of them is on its way */
};

static void settling_release(struct settling *s)
{
	vec_release(&s->left);
}

static void read_left(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct left *)out = (struct left){
		.email_id = rows_int(rows, 0),
		.hash = rows_dup(rows, 1, arena),
		.left_ms = rows_int(rows, 2),
		.ended = !rows_is_null(rows, 3),
		.out_ms = rows_int(rows, 4),
	};
}

static int load_left(struct settling *s, struct err *err)
{
	return db_list(s->w->db, SQL_PERSON_LEFT,
		       SQL_ARGS(sql_int(s->person.id)), read_left, s->w->arena,
		       &s->left, err);
}

/* 1, or 0: there is no such person any more. */
static int load(struct settling *s, int64_t person_id, struct err *err)
{
	struct records one = { .v = &s->person, .n = 1, .cap = 1 };
	int found = record_find(s->w->db, ENTITY_PERSON, person_id, s->w->arena,
				&s->person, err);

	if (found <= 0)
		return found;
	if (records_add_companies(s->w->db, &one, s->w->arena, err) < 0)
		return -1;
	for (size_t i = 0; i < s->person.emails_n; i++)
		if (s->person.emails[i].id == s->person.email_id)
			s->now = &s->person.emails[i];
	return load_left(s, err) < 0 ? -1 : 1;
}

/* 1, 0, -1. */
static int is_on_its_way(struct settling *s, const struct left *l,
			 struct err *err)
{
	int64_t one;
	int found = db_find_int(s->w->db, SQL_PERSON_ON_ITS_WAY,
				SQL_ARGS(sql_text(l->hash)), &one, err);

	s->waits |= found > 0;
	return found;
}

/* Is it the marketing address of anybody? 1, 0, -1. */
static int is_reached(struct work *w, const char *hash, struct err *err)
{
	int64_t id;

	return db_find_int(w->db, SQL_PERSON_REACHED, SQL_ARGS(sql_text(hash)),
			   &id, err);
}

/* --- opting out --- */

/* The first error is told, and the others are tried all the same. */
static void unsubscribe(struct settling *s, const char *hash, struct err *first)
{
	struct err why = ERR_INIT;

	if (unsubscribe_opted_out(s->w, hash, s->person.id, &why) < 0 &&
	    (first->code == ERR_NONE || is_passing(&why)))
		*first = why;
}

static int opt_out(struct settling *s, struct err *err)
{
	struct err first = ERR_INIT;

	for (size_t i = 0; i < s->person.emails_n; i++)
		unsubscribe(s, s->person.emails[i].hash, &first);
	vec_each (&s->left, l) {
		int reached = is_reached(s->w, l->hash, err);

		if (reached < 0)
			return -1;
		if (reached == 0)
			unsubscribe(s, l->hash, &first);
	}
	if (first.code == ERR_NONE)
		return 0;
	*err = first;
	return -1;
}

/* --- an address that was left --- */

/* at_ms: when it was left, as it was read. */
static int clear_mark(struct settling *s, const struct sql *sql,
		      const struct left *l, int64_t at_ms, struct err *err)
{
	return db_write(s->w->db, sql,
			SQL_ARGS(sql_int(l->email_id), sql_int(at_ms)), err);
}

static int clear_left(struct settling *s, const struct left *l, struct err *err)
{
	return clear_mark(s, SQL_PERSON_LEFT_CLEAR, l, l->left_ms, err);
}

/* It left somebody who had opted out: whoever subscribed it, it gets no mail,
 * unless they take mail again, or somebody who does has it by now. */
static int settle_out(struct settling *s, const struct left *l, struct err *err)
{
	int64_t id;
	int open = 1;

	if (!l->out_ms)
		return 0;
	if (s->person.opted_out)
		open = db_find_int(s->w->db, SQL_PERSON_OPEN,
				   SQL_ARGS(sql_text(l->hash)), &id, err);
	if (open < 0 ||
	    (open == 0 && unsubscribe_member(s->w, l->hash, err) < 0))
		return -1;
	return clear_mark(s, SQL_PERSON_OUT_CLEAR, l, l->out_ms, err);
}

/* Unless a page of the audience has told it since, and the mirror followed.
 * Another job of ours, or somebody there, may have archived it just before. */
static int carry_row(struct tx *tx, struct settling *s, const struct left *l,
		     const json_t *member, struct err *err)
{
	struct mirrored old = { 0 }, new = { 0 };

	if (mirror_find(tx->db, l->hash, s->w->arena, &old, err) < 0 ||
	    mirror_find(tx->db, s->now->hash, s->w->arena, &new, err) < 0)
		return -1;
	if (is_contact(member, new.contact_id))
		return 0;
	if (mirror_renamed(tx, l->hash, s->w->actor.now_ms, err) < 0)
		return -1;
	return mirror_carry(tx, &old, s->now->hash, member, s->w->actor.now_ms,
			    err);
}

/* Nobody is known by the old address any more: whoever gets it next is added
 * like everybody. */
static int note_renamed(struct settling *s, const struct left *l,
			const json_t *member, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *contact =
		json_string_value(json_object_get(member, "contact_id"));
	struct written_address now = { s->now->id, s->now->hash };
	struct written all = { .v = &now, .n = 1 };

	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    carry_row(&tx, s, l, member, err) < 0 ||
	    recipient_move(&tx, s->person.id, l->hash, s->now->hash, err) < 0 ||
	    db_exec(&tx, SQL_BRIDGE_MEMBER_FOUND, SQL_ARGS(sql_text(contact)),
		    err) < 0 ||
	    journal(&tx, s->w, "address", s->person.id, NULL, err) < 0 ||
	    present_check(&tx, &all, s->w->actor.now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* The audience does not take the new address: nobody is reached by the old one
 * any more either, and a user sees why. */
static int give_up(struct settling *s, const struct left *l, const json_t *old,
		   int64_t added_ms, const struct err *why, struct err *err)
{
	if (why->code == ERR_INVALID && added_ms &&
	    member_status(old) == MIRROR_SUBSCRIBED &&
	    archive_member(s->w, l->hash, s->person.id, err) < 0)
		return -1;
	*err = *why;
	return -1;
}

static int rename_member(struct settling *s, const struct left *l,
			 const json_t *old, int64_t added_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *new = NULL;
	struct json_writer j = JSON_WRITER(&body);
	struct err why = ERR_INIT;
	int found;

	json_begin_object(&j);
	json_key_text(&j, "email_address", s->now->folded);
	json_end_object(&j);
	if (mc_call(s->w->client, "PATCH",
		    list_path(s->w, "/members/%s", l->hash), body.buf, &new,
		    &why) < 0) {
		/* done by a try whose answer was lost? */
		found = why.code == ERR_NOT_FOUND
				? member_read(s->w, s->now->hash, &new, err)
				: 0;
		if (found <= 0)
			return found < 0 ? -1
					 : give_up(s, l, old, added_ms, &why,
						   err);
	}
	return note_renamed(s, l, new, err);
}

/* Some audience may say that there is none, wrongly. */
static int tag_is_gone(struct work *w, int64_t tag, struct err *err)
{
	const char *name;
	int found = tag_read(w, tag, &name, err);

	if (found > 0)
		return err_set(err, ERR_RETRY,
			       "the tag was not found at first");
	return found;
}

/* By its number: somebody may rename it meanwhile. */
static int copy_tag(struct settling *s, int64_t tag, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	struct err why = ERR_INIT;

	json_begin_object(&j);
	json_key_begin_array(&j, "members_to_add");
	json_text(&j, s->now->folded);
	json_end_array(&j);
	json_end_object(&j);
	if (mc_call(s->w->client, "POST",
		    list_path(s->w, "/segments/%lld?fields=errors",
			      (long long)tag),
		    body.buf, &reply, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return tag_is_gone(s->w, tag, err);
		*err = why;
		return -1;
	}
	if (json_array_size(json_object_get(reply, "errors")) > 0)
		log_warn("a tag was not taken to a new address",
			 LOG_INT("person", s->person.id), LOG_INT("tag", tag));
	return 0;
}

static int copy_tags(struct settling *s, const json_t *old, struct err *err)
{
	json_t *tag;
	size_t i;

	json_array_foreach (json_object_get(old, "tags"), i, tag)
		if (copy_tag(s, json_integer_value(json_object_get(tag, "id")),
			     err) < 0)
			return -1;
	return 0;
}

/* Both are members: the new one gets the tags, and the stricter status; the
 * old one is archived. */
static int merge_members(struct settling *s, const struct left *l,
			 const json_t *old, const json_t *new, struct err *err)
{
	enum mirror_status from = member_status(old), to = member_status(new);

	if (copy_tags(s, old, err) < 0)
		return -1;
	if (from == MIRROR_UNSUBSCRIBED && to != MIRROR_UNSUBSCRIBED &&
	    unsubscribe_member(s->w, s->now->hash, err) < 0)
		return -1;
	if (from != MIRROR_SUBSCRIBED)
		return 0;
	return archive_member(s->w, l->hash, s->person.id, err);
}

/* It is not there any more; if it has another address over there, the mirror
 * follows it by the old one. */
static int drop_row(struct settling *s, const char *hash, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (mirror_follow(s->w, err) < 0 || tx_begin(s->w->db, &tx, err) < 0 ||
	    mirror_remove(&tx, s->w, hash, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* They said no before they, or we, left the address. */
static int hear_word(struct settling *s, const char *hash, const json_t *old,
		     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (s->person.opted_out || !member_said_no(old))
		return 0;
	if (tx_begin(s->w->db, &tx, err) < 0 ||
	    member_word(&tx, s->w, old, hash, s->person.id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* The reader may have chosen another language over there: that counts, whatever
 * the CRM says by now. All that changed there is heard. */
static int hear_language(struct settling *s, struct err *err)
{
	struct record heard;
	int found;

	if (mirror_follow(s->w, err) < 0)
		return -1;
	found = record_find(s->w->db, ENTITY_PERSON, s->person.id, s->w->arena,
			    &heard, err);
	if (found > 0)
		s->person.text[TEXT_LANGUAGE] = heard.text[TEXT_LANGUAGE];
	return found < 0 ? -1 : 0;
}

/* Somebody else may have signed up with the address that was left. */
static bool is_who_left(const struct mirrored *known, const json_t *member)
{
	return !known->contact_id || !json_object_get(member, "contact_id") ||
	       is_contact(member, known->contact_id);
}

/*
 * The member of an address that nobody has as their marketing address. One that
 * bounced stays as it is: the next push adds the new address. One that somebody
 * else subscribed is moved if the person has given the address up, and never
 * archived for want of an owner.
 */
static int move_member(struct settling *s, const struct left *l,
		       struct err *err)
{
	CLEANUP(json_free) json_t *old = NULL;
	CLEANUP(json_free) json_t *new = NULL;
	struct mirrored m = { 0 };
	int found = member_read(s->w, l->hash, &old, err), known;

	if (found <= 0)
		return found < 0 ? -1 : drop_row(s, l->hash, err);
	known = mirror_find(s->w->db, l->hash, s->w->arena, &m, err);
	if (known < 0)
		return -1;
	if (!known || mirrored_is_gone(&m) || !is_who_left(&m, old))
		return 0;
	if (hear_word(s, l->hash, old, err) < 0 ||
	    (language_is_news(&m, old) && hear_language(s, err) < 0))
		return -1;
	if (member_status(old) != MIRROR_SUBSCRIBED &&
	    member_status(old) != MIRROR_UNSUBSCRIBED)
		return 0;
	if (!s->now)
		return m.added_ms && member_status(old) == MIRROR_SUBSCRIBED
			       ? archive_member(s->w, l->hash, s->person.id,
						err)
			       : 0;
	if (!l->ended && !m.added_ms)
		return 0;
	found = member_read(s->w, s->now->hash, &new, err);
	if (found < 0)
		return -1;
	return found ? merge_members(s, l, old, new, err)
		     : rename_member(s, l, old, m.added_ms, err);
}

static int settle_left(struct settling *s, const struct left *l,
		       struct err *err)
{
	int reached, waits;

	if (settle_out(s, l, err) < 0)
		return -1;
	if (!l->left_ms)
		return 0;
	waits = is_on_its_way(s, l, err);
	if (waits != 0)
		return waits < 0 ? -1 : 0;
	reached = is_reached(s->w, l->hash, err);
	if (reached < 0)
		return -1;
	if ((reached ? member_word_of_archive(s->w, l->hash, s->person.id, err)
		     : move_member(s, l, err)) < 0)
		return -1;
	return clear_left(s, l, err);
}

/* --- names --- */

/* Before the page that tells of it, which would take it for theirs. */
static int note_language(struct settling *s, const char *code, struct err *err)
{
	return code ? db_write(s->w->db, SQL_BRIDGE_MEMBER_LANGUAGE,
			       SQL_ARGS(sql_text(code), sql_text(s->now->hash),
					sql_text(code)),
			       err)
		    : 0;
}

static bool is_same(const char *known, const char *now)
{
	return known && strcmp(known, now) == 0;
}

static bool has_language(const struct settling *s, const struct mirrored *m)
{
	const char *language = language_of_record(&s->person);

	return !language || is_same(m->language, language);
}

/* What the CRM has changed, once all is heard that the reader did before;
 * *out NULL: nothing. */
static int language_to_write(struct settling *s, struct mirrored *m,
			     const char **out, struct err *err)
{
	int one = 1;

	*out = NULL;
	if (has_language(s, m))
		return 0;
	if (m->language) {
		one = language_has_one_reader(s->w->db, s->now->hash, err);
		if (one < 0 || hear_language(s, err) < 0 ||
		    mirror_find(s->w->db, s->now->hash, s->w->arena, m, err) <
			    0)
			return -1;
	}
	if (one && !has_language(s, m))
		*out = language_of_record(&s->person);
	return 0;
}

static int write_member(struct settling *s, const char *merge,
			const char *language, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct err why = ERR_INIT;

	strbuf_addf(&body, "{\"merge_fields\":%s", merge);
	if (language)
		strbuf_addf(&body, ",\"language\":\"%s\"", language);
	strbuf_addch(&body, '}');
	if (mc_call(s->w->client, "PATCH",
		    list_path(s->w, "/members/%s?skip_merge_validation=true",
			      s->now->hash),
		    body.buf, NULL, &why) >= 0)
		return note_language(s, language, err);
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

static int write_fields(struct settling *s, struct err *err)
{
	CLEANUP(field_map_release) struct field_map map = { 0 };
	CLEANUP(strbuf_release) struct strbuf merge = STRBUF_INIT;
	char merge_hash[MD5_HEX + 1];
	struct mirrored m = { 0 };
	const char *language;

	if (mirror_find(s->w->db, s->now->hash, s->w->arena, &m, err) < 0)
		return -1;
	if (mirror_reason(m.status)) /* who gets no mail needs none */
		return 0;
	if (language_to_write(s, &m, &language, err) < 0 ||
	    field_map_load(s->w, &map, err) < 0)
		return -1;
	(void)field_map_write(&map, &s->person, 0, &merge); /* pushes tell */
	md5_hex(strbuf_str(&merge), merge_hash);
	if (is_same(m.merge_hash, merge_hash) && !language)
		return 0;
	return write_member(s, merge.buf, language, err);
}

/* --- all of it --- */

/* What was kept only until it was unsubscribed. */
static int remove_addresses(struct settling *s, struct err *err)
{
	return db_write(s->w->db, SQL_RECORD_REMOVE_ADDRESSES,
			SQL_ARGS(sql_int(ENTITY_PERSON), sql_int(s->person.id)),
			err);
}

static int settle_gone(struct settling *s, const struct left *l,
		       struct err *err)
{
	struct mirrored m = { 0 };
	int waits;

	if (settle_out(s, l, err) < 0)
		return -1;
	waits = is_on_its_way(s, l, err);
	if (waits != 0)
		return waits < 0 ? -1 : 0;
	if (mirror_find(s->w->db, l->hash, s->w->arena, &m, err) < 0 ||
	    (m.added_ms && orphan_settle(s->w, l->hash, err) < 0))
		return -1;
	return clear_left(s, l, err);
}

/* Deleted people are mailed no more: their members are nobody's now. */
static int settle_deleted(struct settling *s, int64_t person_id,
			  struct err *err)
{
	s->person.id = person_id;
	s->person.opted_out = true;
	if (load_left(s, err) < 0)
		return -1;
	vec_each (&s->left, l)
		if (settle_gone(s, l, err) < 0)
			return -1;
	return s->waits ? 0 : remove_addresses(s, err);
}

int person_settle(struct work *w, int64_t person_id, struct err *err)
{
	CLEANUP(settling_release)
	struct settling s = { .w = w, .left = VEC_INIT };
	int found = load(&s, person_id, err);

	if (found < 0 || (found == 0 && settle_deleted(&s, person_id, err) < 0))
		return -1;
	if (found == 0)
		return s.waits;
	if (s.person.opted_out && opt_out(&s, err) < 0)
		return -1;
	vec_each (&s.left, l)
		if (settle_left(&s, l, err) < 0)
			return -1;
	if (s.now && !s.person.opted_out && write_fields(&s, err) < 0)
		return -1;
	return s.waits;
}

/* A user sees it; the next change of the person, or a sync, tries again what
 * the present says by then. An opt-out stays to be done. */
static int park_person(struct work *w, int64_t person_id, const struct err *why,
		       struct err *err)
{
	CLEANUP(settling_release)
	struct settling s = { .w = w, .left = VEC_INIT };
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	s.person.id = person_id;
	if (load_left(&s, err) < 0)
		return -1;
	vec_each (&s.left, l)
		if (clear_left(&s, l, err) < 0)
			return -1;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    park(&tx, w, "person", person_id, 0, why, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int job_person(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct err why = ERR_INIT;
	int64_t id = 0;
	int done;

	if (work_begin(run, &w, err) < 0 ||
	    json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "person_id", &id, err) < 0 ||
	    people_opt_out(&w, err) < 0)
		return -1;
	done = person_settle(&w, id, &why);
	if (done > 0)
		return job_again(run, clock_now_ms() + ON_ITS_WAY_MS);
	if (done == 0)
		return 0;
	if (!is_passing(&why))
		return park_person(&w, id, &why, err);
	*err = why;
	if (err->code == ERR_DENIED)
		err->code = ERR_RETRY;
	return -1;
}
