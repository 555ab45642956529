/*
 * The language of a member and of the person behind it. The CRM's goes to the
 * audience with the names; one that changed over there since we saw or wrote it
 * comes from the reader, who knows best, and goes to the CRM. So does one that
 * the CRM lacks. Called by the mirror with each page, and by what writes
 * members; the thread of the job.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/text/language_code.h"

#include "sql/bridge.h"

#include <string.h>

const char *language_of_record(const struct record *r)
{
	const char *text = r->text[TEXT_LANGUAGE];

	return text ? language_code_parse(str_of(text)) : NULL;
}

int language_note(struct batch *b, const char *hash, const char *code,
		  struct err *err)
{
	return batch_add(
		b, SQL_BRIDGE_MEMBER_LANGUAGE,
		SQL_ARGS(sql_text(code), sql_text(hash), sql_text(code)), err);
}

bool language_is_news(const struct mirrored *known, const json_t *member)
{
	const char *text =
		json_string_value(json_object_get(member, "language"));
	const char *code = text ? language_code_parse(str_of(text)) : NULL;

	return code && known->language && strcmp(code, known->language) != 0;
}

int language_has_one_reader(struct db *db, const char *hash, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	int64_t id;

	vec_push(&hashes, hash);
	return db_find_int(db, SQL_BRIDGE_READERS,
			   SQL_ARGS(sql_texts(&hashes, &buf)), &id, err);
}

/* --- a page of members --- */

static const char *text_of(const json_t *member, const char *key)
{
	return json_string_value(json_object_get(member, key));
}

/* NULL: it is none that we know. */
static const char *code_of(const json_t *member)
{
	const char *text = text_of(member, "language");

	return text && text_of(member, "id") ? language_code_parse(str_of(text))
					     : NULL;
}

/* {hash: code} of those who have one. */
static json_t *codes_of(const json_t *members)
{
	json_t *out = json_object();
	json_t *member;
	size_t i;

	json_array_foreach (members, i, member)
		if (code_of(member))
			(void)json_object_set_new(out, text_of(member, "id"),
						  json_string(code_of(member)));
	return out;
}

static struct sql_value hashes_of(json_t *codes, struct strbuf *buf)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	const char *hash;
	json_t *code;

	json_object_foreach (codes, hash, code)
		vec_push(&hashes, hash);
	return sql_texts(&hashes, buf);
}

/* What is as the mirror has it is no news; of the rest, was there another one?
 * {hash: true} */
static int leave_news(struct tx *tx, json_t *codes, json_t *changed,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(tx->db, SQL_BRIDGE_MEMBER_LANGUAGES,
		     SQL_ARGS(hashes_of(codes, &buf)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		const char *hash = rows_text(rows, 0);
		const char *now = text_of(codes, hash);

		if (now && strcmp(now, rows_text(rows, 1)) == 0)
			(void)json_object_del(codes, hash);
		else
			(void)json_object_set_new(changed, hash, json_true());
	}
	return more;
}

/* Whose marketing address it is, if it is one person's alone. */
struct reader {
	int64_t person_id;
	const char *hash;
};
struct readers VEC_FIELDS(struct reader);

static void read_reader(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct reader *)out = (struct reader){
		.person_id = rows_int(rows, 0),
		.hash = rows_dup(rows, 1, arena),
	};
}

static const char *hash_of(const struct readers *readers, int64_t person_id)
{
	vec_each (readers, r)
		if (r->person_id == person_id)
			return r->hash;
	return NULL;
}

/* Is the reader's word news to the CRM? A text that is no language that we
 * know holds it up as little as none. */
static bool is_taken(const struct record *r, const char *code, bool changed)
{
	const char *is = language_of_record(r);

	return !is || (changed && strcmp(is, code) != 0);
}

static int write_people(struct tx *tx, struct work *w, const json_t *codes,
			const json_t *changed, const struct readers *readers,
			struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(vec_release) struct records all = VEC_INIT;
	size_t kept = 0;

	vec_each (readers, r)
		vec_push(&ids, r->person_id);
	if (records_load(tx->db, ENTITY_PERSON, &ids, arena, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		struct record *r = &all.v[i];
		const char *hash = hash_of(readers, r->id);
		const char *code = text_of(codes, hash);

		if (!is_taken(r, code, json_object_get(changed, hash) != NULL))
			continue;
		r->text[TEXT_LANGUAGE] = code;
		all.v[kept++] = *r;
	}
	all.n = kept;
	return kept ? records_update(tx, &all, &w->actor, arena, err) : 0;
}

static int tell_people(struct tx *tx, struct work *w, json_t *codes,
		       const json_t *changed, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(vec_release) struct readers readers = VEC_INIT;

	if (db_list(tx->db, SQL_BRIDGE_READERS,
		    SQL_ARGS(hashes_of(codes, &buf)), read_reader, arena,
		    &readers, err) < 0)
		return -1;
	return readers.n ? write_people(tx, w, codes, changed, &readers, arena,
					err)
			 : 0;
}

int languages_hear(struct tx *tx, struct work *w, const json_t *members,
		   json_t **news_out, struct err *err)
{
	CLEANUP(json_free) json_t *codes = codes_of(members);
	CLEANUP(json_free) json_t *changed = json_object();

	if (json_object_size(codes) > 0 &&
	    (leave_news(tx, codes, changed, err) < 0 ||
	     (json_object_size(codes) > 0 &&
	      tell_people(tx, w, codes, changed, err) < 0)))
		return -1;
	*news_out = TAKE(codes);
	return 0;
}

int languages_note(struct batch *b, const json_t *news, struct err *err)
{
	const char *hash;
	json_t *code;

	json_object_foreach ((json_t *)(uintptr_t)news, hash, code)
		if (language_note(b, hash, json_string_value(code), err) < 0)
			return -1;
	return 0;
}
