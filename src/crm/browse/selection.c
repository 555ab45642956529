#include "crm/browse/selection.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "crm/field.h"
#include "store/sqlbuild.h"

#include <string.h>

#define DIGEST_DIGITS 16

/* --- reading --- */

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static int read_filter(struct selection *s, struct db *db, int64_t now_ms,
		       struct arena *arena, struct err *err)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct err why = ERR_INIT;

	if (!s->filter || !*s->filter)
		return criteria_parse_text(db, s->entity, NULL, now_ms, arena,
					   &s->criteria, err);
	if (json_parse(str_of(s->filter), &json, &why) < 0)
		return err_field(err, "filter", "%s", why.text);
	return criteria_parse(db, s->entity, "filter", json, now_ms, arena,
			      &s->criteria, err);
}

static const char *const part_names[] = {
	[CRITERIA_MEMBERS] = "member",
	[CRITERIA_PUT_IN] = "hand",
	[CRITERIA_FITTED] = "criteria",
	[CRITERIA_TAKEN_OUT] = "excluded",
};

static int read_part(const struct selection *s, enum criteria_part *out,
		     struct err *err)
{
	*out = CRITERIA_MEMBERS;
	if (!s->how)
		return 0;
	if (!s->group_id)
		return err_field(err, "how", "goes with group_id only");
	for (size_t i = 0; i < ARRAY_SIZE(part_names); i++) {
		if (strcmp(part_names[i], s->how) == 0) {
			*out = (enum criteria_part)i;
			return 0;
		}
	}
	return err_field(err, "how",
			 "not one of member, hand, criteria, excluded");
}

static int read_group(struct selection *s, struct db *db, int64_t now_ms,
		      struct arena *arena, struct err *err)
{
	enum criteria_part part;

	if (read_part(s, &part, err) < 0)
		return -1;
	return s->group_id ? criteria_within(db, s->criteria, s->group_id, part,
					     now_ms, arena, err)
			   : 0;
}

static int to_number(const struct field *f, const char *text, int64_t *out,
		     struct err *err)
{
	bool is_bool = f->type == FIELD_BOOL;

	if (is_bool && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0))
		*out = 1;
	else if (is_bool &&
		 (strcmp(text, "false") == 0 || strcmp(text, "0") == 0))
		*out = 0;
	else if (is_bool)
		return err_field(err, f->name, "not true or false");
	else if (!text_to_int(text, out))
		return err_field(err, f->name, "not a whole number");
	return 0;
}

static int check_equal(enum entity entity, const struct record_filter *equal,
		       struct err *err)
{
	const struct field *f = field_find(entity, equal->field);
	int64_t number;

	if (!utf8_is_valid(str_of(equal->value)))
		return err_field(err, equal->field, "not valid UTF-8");
	if (strcmp(equal->field, "tag") == 0)
		return 0;
	if (!f || f->type == FIELD_TIME)
		return err_field(err, equal->field, "not a filter");
	if (f->type == FIELD_ADDRESS || f->text != TEXT_NONE)
		return 0;
	return to_number(f, equal->value, &number, err);
}

int selection_read(struct selection *s, struct db *db, int64_t now_ms,
		   struct arena *arena, struct err *err)
{
	if (read_filter(s, db, now_ms, arena, err) < 0 ||
	    read_group(s, db, now_ms, arena, err) < 0 ||
	    (s->q &&
	     search_words_read(s->q, arena, s->words, &s->words_n, err) < 0))
		return -1;
	for (size_t i = 0; i < s->equal_n; i++) {
		if (check_equal(s->entity, &s->equal[i], err) < 0)
			return -1;
	}
	return 0;
}

int selection_find(struct selection *s, struct db *db, size_t most,
		   struct arena *arena, struct err *err)
{
	CLEANUP(search_found_release) struct search_found found = { 0 };
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	int answer;

	if (s->words_n == 0)
		return SEARCH_NO_HELP;
	answer = search_find(db, s->entity, s->words, s->words_n, most, &found,
			     err);
	if (answer != SEARCH_FOUND)
		return answer;
	(void)sql_keys(&found.ids, &keys); /* as text */
	s->candidates = arena_strdup(arena, keys.buf);
	s->is_sure = found.is_sure;
	return SEARCH_FOUND;
}

int selection_narrow(struct selection *s, struct db *db, struct arena *arena,
		     struct err *err)
{
	if (selection_find(s, db, SEARCH_MOST, arena, err) < 0)
		return -1;
	s->is_sure = false;
	return 0;
}

static bool has_no_more(const struct selection *s)
{
	return s->equal_n == 0 && !s->ids && s->criteria->root.n == 0;
}

bool selection_is_words(const struct selection *s)
{
	return s->words_n > 0 && has_no_more(s);
}

bool selection_is_all(const struct selection *s)
{
	return s->words_n == 0 && has_no_more(s);
}

static void add_text(struct strbuf *out, const char *text)
{
	strbuf_addstr(out, or_empty(text));
	strbuf_addch(out, '\n'); /* in no parameter's name */
}

const char *selection_digest(const struct selection *s, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	char hex[SHA256_HEX + 1];

	add_text(&text, entity_name(s->entity));
	add_text(&text, s->q);
	add_text(&text, s->filter);
	strbuf_addf(&text, "%lld", (long long)s->group_id);
	add_text(&text, s->how);
	for (size_t i = 0; i < s->equal_n; i++) {
		add_text(&text, s->equal[i].field);
		add_text(&text, s->equal[i].value);
	}
	sha256_hex(strbuf_str(&text), hex);
	return arena_strndup(arena, hex, DIGEST_DIGITS);
}

/* --- SQL --- */

/*
 * How addresses and companies are asked for: all that fit as a set, or record
 * by record. PostgreSQL makes a set of EXISTS, too, if it expects many records
 * and does not know that a page of them will do: a number it looks up for each.
 */
enum asking { AS_SET, AS_EXISTS, AS_NUMBER };

/* The record has a live address that ...; end_asking closes it. */
static void begin_address(struct sqlbuild *b, enum entity entity,
			  enum asking how)
{
	static const char *const begin[] = {
		[AS_SET] = "r.id IN (SELECT a.record_id FROM email a"
			   " WHERE a.entity = ",
		[AS_EXISTS] = "EXISTS (SELECT 1 FROM email a"
			      " WHERE a.record_id = r.id AND a.entity = ",
		[AS_NUMBER] = "(SELECT COUNT(*) FROM email a"
			      " WHERE a.record_id = r.id AND a.entity = ",
	};

	sqlbuild_add(b, begin[how]);
	sqlbuild_bind_int(b, entity);
	sqlbuild_add(b, " AND a.ended_ms IS NULL AND ");
}

static void end_asking(struct sqlbuild *b, enum asking how)
{
	sqlbuild_add(b, how == AS_NUMBER ? ") > 0" : ")");
}

/* The company has the word. */
static void add_company(const struct search_word *word, enum asking how,
			struct sqlbuild *b)
{
	static const char *const begin[] = {
		[AS_SET] = "r.company_id IN (SELECT c.id FROM company c WHERE ",
		[AS_EXISTS] = "EXISTS (SELECT 1 FROM company c"
			      " WHERE c.id = r.company_id AND ",
		[AS_NUMBER] = "(SELECT COUNT(*) FROM company c"
			      " WHERE c.id = r.company_id AND ",
	};

	sqlbuild_add(b, begin[how]);
	search_word_sql(word, "c.plain", "c.name_folded", b);
	end_asking(b, how);
}

/* The record, a live address or a person's company has the word. */
static void add_word(const struct selection *s, const struct search_word *word,
		     enum asking how, struct sqlbuild *b)
{
	sqlbuild_add(b, " AND (");
	search_word_sql(word, "r.plain", "r.name_folded", b);
	if (s->entity != ENTITY_COMPANY) {
		sqlbuild_add(b, " OR ");
		begin_address(b, s->entity, how);
		search_word_sql(word, "a.plain", "a.folded", b);
		end_asking(b, how);
	}
	if (s->entity == ENTITY_PERSON) {
		sqlbuild_add(b, " OR ");
		add_company(word, how, b);
	}
	sqlbuild_add(b, ")");
}

/* There are few of one address: always a set. */
static void add_address(const struct selection *s, const char *hash,
			struct sqlbuild *b)
{
	sqlbuild_add(b, " AND ");
	begin_address(b, s->entity, AS_SET);
	sqlbuild_add(b, "a.hash = ");
	sqlbuild_bind_text(b, hash);
	end_asking(b, AS_SET);
}

static void add_tag(enum entity entity, const char *name, bool as_set,
		    struct sqlbuild *b)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(str_trim(str_of(name)), &folded);
	sqlbuild_add(b, as_set ? " AND r.id IN (SELECT g.record_id"
				 " FROM record_tag g JOIN tag t"
				 " ON t.id = g.tag_id WHERE g.entity = "
			       : " AND EXISTS (SELECT 1"
				 " FROM record_tag g JOIN tag t"
				 " ON t.id = g.tag_id WHERE g.record_id = r.id"
				 " AND g.entity = ");
	sqlbuild_bind_int(b, entity);
	sqlbuild_add(b, " AND t.name_folded = ");
	sqlbuild_bind_text(b, folded.buf);
	sqlbuild_add(b, ")");
}

static void add_equal(const struct selection *s,
		      const struct record_filter *equal, bool as_set,
		      struct sqlbuild *b)
{
	const struct field *f = field_find(s->entity, equal->field);
	struct err checked = ERR_INIT; /* by selection_read */
	char hash[MD5_HEX + 1];
	int64_t number = 0;

	if (strcmp(equal->field, "tag") == 0) {
		add_tag(s->entity, equal->value, as_set, b);
		return;
	}
	if (f->type == FIELD_ADDRESS) {
		email_hash(equal->value, hash);
		add_address(s, hash, b);
		return;
	}
	sqlbuild_add(b, " AND r.");
	sqlbuild_add(b, f->column);
	sqlbuild_add(b, " = ");
	if (f->text != TEXT_NONE) {
		sqlbuild_bind_text(b, equal->value);
		return;
	}
	(void)to_number(f, equal->value, &number, &checked);
	sqlbuild_bind_int(b, number);
}

static void add_ids(const char *json, struct sqlbuild *b)
{
	sqlbuild_add(b, " AND r.id");
	sqlbuild_among(b, json);
}

/* A set of PostgreSQL that is larger than its work_mem would be made again for
 * each record; of EXISTS it makes one if it fits. */
static enum asking asking_of(bool as_set, enum db_backend backend)
{
	if (backend == DB_PG)
		return as_set ? AS_EXISTS : AS_NUMBER;
	return as_set ? AS_SET : AS_EXISTS;
}

void selection_sql(const struct selection *s, enum criteria_use use,
		   struct sqlbuild *b)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	/* of candidates each is asked alone */
	bool as_set = !s->candidates && use == CRITERIA_SET;
	enum asking how = asking_of(as_set, b->backend);

	criteria_sql_from(s->criteria, b);
	criteria_sql_where(s->criteria, s->candidates ? CRITERIA_WALK : use, b);
	if (s->candidates)
		add_ids(s->candidates, b);
	for (size_t i = 0; i < s->words_n && !s->is_sure; i++)
		add_word(s, &s->words[i], how, b);
	for (size_t i = 0; i < s->equal_n; i++)
		add_equal(s, &s->equal[i], as_set, b);
	if (!s->ids)
		return;
	(void)sql_keys(s->ids, &keys); /* as text */
	add_ids(keys.buf, b);
}

int selection_count(struct db *db, const struct selection *s, int64_t most,
		    int64_t *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);

	sqlbuild_add(&b, most ? "SELECT COUNT(*) FROM (SELECT 1"
			      : "SELECT COUNT(*)");
	/* of a set that is not made whole, none is made */
	selection_sql(s, most ? CRITERIA_WALK : CRITERIA_SET, &b);
	if (most) {
		sqlbuild_add(&b, " LIMIT ");
		sqlbuild_bind_int(&b, most);
		sqlbuild_add(&b, ") x");
	}
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}

int selection_count_each(struct db *db, const struct selection *s,
			 const struct criteria *const *each, size_t n,
			 int64_t *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	criteria_sql_sums(each, n, &b);
	sqlbuild_add(&b, " WHERE r.id IN (SELECT r.id");
	selection_sql(s, CRITERIA_SET, &b);
	sqlbuild_add(&b, ")");
	if (sqlbuild_query(&b, db, &rows, err) < 0 || rows_next(rows, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		out[i] = rows_int(rows, (int)i);
	return 0;
}

int selection_walk(struct db *db, const struct selection *s, int64_t after_id,
		   int64_t limit, struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_add(&b, "SELECT r.id");
	selection_sql(s, CRITERIA_WALK, &b);
	sqlbuild_add(&b, " AND r.id > ");
	sqlbuild_bind_int(&b, after_id);
	sqlbuild_add(&b, " ORDER BY r.id LIMIT ");
	sqlbuild_bind_int(&b, limit);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_ids(rows, out, err);
}
