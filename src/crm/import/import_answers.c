#include "crm/import/import_answers.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/import/import_map.h"
#include "crm/words/import_date.h"
#include "sql/import.h"
#include "store/db.h"

#include <string.h>

#define SEEN_MAX 1000 /* values of a column */
#define NAME_PREFIX "answers:header:"

static const char *row_name(const char *header_name, struct arena *arena)
{
	return arena_printf(arena, "answers:%s", header_name);
}

/* --- leaves --- */

const char *import_answer_read(const json_t *leaf, int64_t *at_ms)
{
	*at_ms = json_integer_value(json_object_get(leaf, "at"));
	return json_string_value(json_object_get(leaf, "is"));
}

static json_t *make_leaf(const char *is, int64_t at_ms)
{
	return json_pack("{sssI}", "is", is, "at", (json_int_t)at_ms);
}

/* The object at a key, made if it is not there. */
static json_t *object_at(json_t *all, const char *key)
{
	json_t *found = json_object_get(all, key);

	if (json_is_object(found))
		return found;
	found = json_object();
	/* here and below: fails only for want of memory */
	(void)json_object_set_new(all, key, found);
	return found;
}

/* In text that was stored before answers were folded, two that are one now may
 * say different things: then neither is one. What was seen of what is ignored
 * still is. */
static void put_answer(json_t *all, const char *key, const char *is,
		       int64_t at_ms, bool agree)
{
	int64_t ignored;
	const json_t *before = json_object_get(all, key);
	const char *was = import_answer_read(before, &ignored);
	json_t *leaf = json_null();

	if (!agree || !before || (was && strcmp(was, is) == 0))
		leaf = make_leaf(is, at_ms);
	if (strcmp(is, "ignore") == 0 && json_object_get(before, "seen"))
		(void)json_object_set(leaf, "seen",
				      json_object_get(before, "seen"));
	(void)json_object_set_new(all, key, leaf);
}

static bool is_answer_of_value(const char *is)
{
	return is && (strcmp(is, "out") == 0 || strcmp(is, "ignore") == 0);
}

static bool is_answer_of_column(const char *is)
{
	enum import_consent ignored;

	return is && (strcmp(is, "out") == 0 ||
		      import_consent_named(str_of(is), &ignored));
}

/* --- columns --- */

static bool same_key(struct str a, struct str b)
{
	CLEANUP(strbuf_release) struct strbuf x = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf y = STRBUF_INIT;

	import_consent_key(a, &x);
	import_consent_key(b, &y);
	return str_eq(strbuf_str(&x), strbuf_str(&y));
}

static bool has_column(const struct import_columns *columns, struct str header)
{
	vec_each (columns, c) {
		if (same_key(str_of(c->header), header))
			return true;
	}
	return false;
}

/* "Status:inaktiv" taken apart. A header may hold colons of its own: the
 * longest counts. */
static bool split_name(const struct import_columns *columns, struct str name,
		       struct str *header, struct str *value)
{
	bool found = false;

	for (size_t i = 0; i < name.len; i++) {
		struct str head = { name.s, i };

		if (name.s[i] != ':' || !has_column(columns, head))
			continue;
		*header = head;
		*value = (struct str){ name.s + i + 1, name.len - i - 1 };
		found = true;
	}
	return found;
}

static void put_column(json_t *all, struct str header, const char *is,
		       int64_t at_ms, bool agree)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

	import_consent_key(header, &key);
	put_answer(object_at(all, "columns"), key.buf, is, at_ms, agree);
}

static void put_value(json_t *all, struct str header, struct str value,
		      const char *is, int64_t at_ms, bool agree)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf value_key = STRBUF_INIT;

	import_consent_key(header, &key);
	import_consent_value_key(value, &value_key);
	put_answer(object_at(object_at(all, "values"), key.buf), value_key.buf,
		   is, at_ms, agree);
}

/* --- what was stored --- */

static json_t *leaf_of_column(const json_t *all, struct str header)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

	import_consent_key(header, &key);
	return json_object_get(json_object_get(all, "columns"), key.buf);
}

/* Adds what is a text and not there yet. */
static void add_seen(json_t *leaf, const char *value)
{
	json_t *seen = json_object_get(leaf, "seen"), *item;
	size_t i;

	if (!json_is_object(leaf) || !value)
		return;
	if (!json_is_array(seen)) {
		seen = json_array();
		(void)json_object_set_new(leaf, "seen", seen);
	}
	json_array_foreach (seen, i, item) {
		if (strcmp(json_string_value(item), value) == 0)
			return;
	}
	if (json_array_size(seen) < SEEN_MAX)
		(void)json_array_append_new(seen, json_string(value));
}

static void load_seen(json_t *all, struct str header, const json_t *seen)
{
	json_t *leaf = leaf_of_column(all, header);
	const json_t *value;
	size_t i;

	json_array_foreach (seen, i, value)
		add_seen(leaf, json_string_value(value));
}

static void load_columns(json_t *all, const json_t *stored, int64_t stored_ms)
{
	const char *header, *is;
	json_t *item;
	int64_t at;

	json_object_foreach ((json_t *)stored, header, item) {
		bool old = json_is_string(item);

		is = old ? json_string_value(item)
			 : import_answer_read(item, &at);
		if (!is_answer_of_column(is))
			continue;
		put_column(all, str_of(header), is, old ? stored_ms : at, true);
		load_seen(all, str_of(header), json_object_get(item, "seen"));
	}
}

static void load_values_of(json_t *all, const char *header, const json_t *item)
{
	const char *value, *is;
	json_t *leaf;
	int64_t at;

	json_object_foreach ((json_t *)item, value, leaf) {
		is = import_answer_read(leaf, &at);
		if (is_answer_of_value(is))
			put_value(all, str_of(header), str_of(value), is, at,
				  true);
	}
}

static void load_values(json_t *all, const json_t *stored,
			const struct import_columns *columns, int64_t stored_ms)
{
	const char *name;
	json_t *item;

	json_object_foreach ((json_t *)stored, name, item) {
		const char *is = json_string_value(item);
		struct str header, value;

		if (json_is_object(item))
			load_values_of(all, name, item);
		else if (is_answer_of_value(is) &&
			 split_name(columns, str_of(name), &header, &value))
			put_value(all, header, value, is, stored_ms, true);
	}
}

static void load_dates(json_t *all, const json_t *item, int64_t stored_ms)
{
	struct err ignored = ERR_INIT;
	enum date_order order;
	int64_t at = stored_ms;
	const char *is = json_is_string(item) ? json_string_value(item)
					      : import_answer_read(item, &at);

	if (is && import_date_order_parse(is, &order, &ignored) == 0)
		put_answer(all, "date_order", is, at, false);
}

static void load_stored(json_t *all, const char *text, int64_t stored_ms,
			const struct import_columns *columns)
{
	CLEANUP(json_free) json_t *stored = NULL;
	struct err ignored = ERR_INIT; /* damaged: not answered */

	if (!text || json_parse(str_of(text), &stored, &ignored) < 0)
		return;
	load_columns(all, json_object_get(stored, "columns"), stored_ms);
	load_values(all, json_object_get(stored, "values"), columns, stored_ms);
	load_dates(all, json_object_get(stored, "date_order"), stored_ms);
}

/* What is remembered under a name; text NULL: nothing. */
struct remembered {
	const char *text;
	int64_t at_ms;
};

static void read_remembered(const struct rows *rows, struct arena *arena,
			    void *out)
{
	*(struct remembered *)out =
		(struct remembered){ rows_dup(rows, 0, arena),
				     rows_int(rows, 1) };
}

/* A row is locked if the connection writes. 1, 0 (*out untouched), -1. */
static int find_remembered(struct db *db, const char *name, struct arena *arena,
			   struct remembered *out, struct err *err)
{
	return db_get(db, SQL_IMPORT_ANSWERS_FIND, SQL_ARGS(sql_text(name)),
		      read_remembered, arena, out, err);
}

int import_answers_load(struct db *db, const char *header_name,
			const struct import_columns *columns,
			struct arena *arena, json_t **out, struct err *err)
{
	struct remembered found = { NULL, 0 };

	if (find_remembered(db, row_name(header_name, arena), arena, &found,
			    err) < 0)
		return -1;
	*out = json_object();
	load_stored(*out, found.text, found.at_ms, columns);
	return 0;
}

/* --- what is said now --- */

static int no_column(const struct import_columns *columns,
		     const char *parameter, const char *name, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	bool is_value = strcmp(parameter, "consent_values") == 0;

	import_columns_list(columns, &names);
	return err_field(err, parameter,
			 "there is no column %s\"%s\"%s: the file has %s",
			 is_value ? "of " : "", name,
			 is_value ? " (COLUMN:VALUE)" : "", names.buf);
}

static int add_columns(json_t *all, const json_t *given,
		       const struct import_columns *columns, int64_t now_ms,
		       struct err *err)
{
	const char *header;
	json_t *item;

	json_object_foreach ((json_t *)given, header, item) {
		const char *is = json_string_value(item);

		if (!is_answer_of_column(is))
			return err_field(err, "consent",
					 "\"%s\" must be opt_out, opt_in, "
					 "opt_in_only, status, reason, out or "
					 "ignore",
					 header);
		if (!has_column(columns, str_of(header)))
			return no_column(columns, "consent", header, err);
		put_column(all, str_of(header), is, now_ms, false);
	}
	return 0;
}

static int add_values(json_t *all, const json_t *given,
		      const struct import_columns *columns, int64_t now_ms,
		      struct err *err)
{
	const char *name;
	json_t *item;

	json_object_foreach ((json_t *)given, name, item) {
		const char *is = json_string_value(item);
		struct str header, value;

		if (!split_name(columns, str_of(name), &header, &value))
			return no_column(columns, "consent_values", name, err);
		if (!is_answer_of_value(is))
			return err_field(err, "consent_values",
					 "\"%s\" must be out or ignore", name);
		put_value(all, header, value, is, now_ms, false);
	}
	return 0;
}

int import_answers_add(json_t *all, const json_t *given,
		       const struct import_columns *columns, int64_t now_ms,
		       struct err *err)
{
	const json_t *by_column = NULL, *by_value = NULL;
	const char *order = NULL;
	enum date_order parsed;

	if (!given)
		return 0;
	if (json_get_object(given, "columns", &by_column, err) < 0 ||
	    json_get_object(given, "values", &by_value, err) < 0 ||
	    json_get_text(given, "date_order", &order, err) < 0)
		return -1;
	if (order && import_date_order_parse(order, &parsed, err) < 0)
		return -1;
	if (order)
		put_answer(all, "date_order", order, now_ms, false);
	if (add_columns(all, by_column, columns, now_ms, err) < 0)
		return -1;
	return add_values(all, by_value, columns, now_ms, err);
}

/* --- keeping --- */

static int write_row(struct tx *tx, const char *name, const json_t *all,
		     int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	json_dump(all, &text);
	return db_exec(
		tx, SQL_IMPORT_MAPPING_PUT,
		SQL_ARGS(sql_text(name), sql_text(text.buf), sql_int(now_ms)),
		err);
}

/* Whoever ignores a column now has seen what is in it. */
static void note_seen(json_t *all, const struct import_answers_source *from,
		      int64_t now_ms)
{
	vec_each (from->columns, c) {
		json_t *leaf = leaf_of_column(all, str_of(c->header));
		int64_t at;
		const char *is = import_answer_read(leaf, &at);

		if (!is || strcmp(is, "ignore") != 0 || at != now_ms)
			continue;
		vec_each (&c->refusing, value)
			add_seen(leaf, *value);
	}
}

int import_answers_save(struct tx *tx, const struct import_answers_source *from,
			int64_t now_ms, struct arena *arena, struct err *err)
{
	CLEANUP(json_free) json_t *all = NULL;
	const char *name = row_name(from->header_name, arena);

	if (json_object_size(from->given) == 0)
		return 0;
	if (db_exec(tx, SQL_IMPORT_ANSWERS_CLAIM,
		    SQL_ARGS(sql_text(name), sql_int(now_ms)), err) < 0 ||
	    import_answers_load(tx->db, from->header_name, from->columns, arena,
				&all, err) < 0 ||
	    import_answers_add(all, from->given, from->columns, now_ms, err) <
		    0)
		return -1;
	note_seen(all, from, now_ms);
	(void)json_object_set_new(all, "entity", json_string(from->entity));
	if (from->file_name)
		(void)json_object_set_new(all, "file_name",
					  json_string(from->file_name));
	return write_row(tx, name, all, now_ms, err);
}

/* --- finding --- */

static const json_t *at_key(const json_t *all, const char *key,
			    struct str header)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	import_consent_key(header, &folded);
	return json_object_get(json_object_get(all, key), folded.buf);
}

const char *import_answer_of_column(const json_t *all, struct str header,
				    int64_t *at_ms)
{
	return import_answer_read(at_key(all, "columns", header), at_ms);
}

const json_t *import_answers_of_values(const json_t *all, struct str header)
{
	return at_key(all, "values", header);
}

void import_answer_seen(const json_t *all, struct str header,
			struct arena *arena, struct texts *out)
{
	const json_t *value;
	size_t i;

	json_array_foreach (
		json_object_get(leaf_of_column(all, header), "seen"), i, value)
		vec_push(out, arena_strdup(arena, json_string_value(value)));
}

const char *import_answer_of_dates(const json_t *all)
{
	int64_t ignored;

	return import_answer_read(json_object_get(all, "date_order"), &ignored);
}

/* --- for users --- */

static void write_leaf(struct json_writer *w, const json_t *leaf,
		       const char *column, const char *value)
{
	int64_t at;
	const char *is = import_answer_read(leaf, &at);
	const json_t *seen;
	size_t i;

	if (!is)
		return;
	json_begin_object(w);
	json_key_text(w, "column", column);
	json_key_text(w, "value", value);
	json_key_text(w, "is", is);
	json_key_time(w, "at", at);
	json_key_begin_array(w, "seen");
	json_array_foreach (json_object_get(leaf, "seen"), i, seen)
		json_text(w, json_string_value(seen));
	json_end_array(w);
	json_end_object(w);
}

static void write_answers(struct json_writer *w, const json_t *all)
{
	const char *column, *value;
	json_t *item, *leaf;

	json_key_begin_array(w, "answers");
	json_object_foreach (json_object_get(all, "columns"), column, item)
		write_leaf(w, item, column, NULL);
	json_object_foreach (json_object_get(all, "values"), column, item) {
		json_object_foreach (item, value, leaf)
			write_leaf(w, leaf, column, value);
	}
	write_leaf(w, json_object_get(all, "date_order"), NULL, NULL);
	json_end_array(w);
}

/* One whose headers are not known: what was said before answers were folded
 * shows once it was said again. */
static void write_set(struct json_writer *w, const struct rows *rows)
{
	const struct import_columns none = VEC_INIT;
	CLEANUP(json_free) json_t *all = json_object();
	CLEANUP(json_free) json_t *stored = NULL;
	struct err ignored = ERR_INIT;

	load_stored(all, rows_text(rows, 1), rows_int(rows, 2), &none);
	(void)json_parse(str_of(rows_text(rows, 1)), &stored, &ignored);
	json_begin_object(w);
	json_key_text(w, "id", rows_text(rows, 0) + strlen(NAME_PREFIX));
	json_key_text(w, "entity",
		      json_string_value(json_object_get(stored, "entity")));
	json_key_text(w, "file_name",
		      json_string_value(json_object_get(stored, "file_name")));
	json_key_time(w, "at", rows_int(rows, 2));
	write_answers(w, all);
	json_end_object(w);
}

int import_answers_list(struct db *db, int64_t limit, struct strbuf *out,
			struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct json_writer w = JSON_WRITER(out);
	int more;

	if (db_query(db, SQL_IMPORT_ANSWERS_LIST, SQL_ARGS(sql_int(limit)),
		     &rows, err) < 0)
		return -1;
	json_begin_array(&w);
	while ((more = rows_next(rows, err)) > 0)
		write_set(&w, rows);
	json_end_array(&w);
	return more;
}

int import_answers_count(struct db *db, int64_t *out, struct err *err)
{
	return db_find_int(db, SQL_IMPORT_ANSWERS_COUNT, SQL_NO_ARGS, out,
			   err) < 0
		       ? -1
		       : 0;
}

static int forget_column(struct tx *tx, const char *name,
			 const struct remembered *found, const char *column,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	CLEANUP(json_free) json_t *all = NULL;
	struct err damaged = ERR_INIT;
	int n;

	import_consent_key(str_of(column), &key);
	if (json_parse(str_of(found->text), &all, &damaged) < 0)
		all = json_object();
	n = json_object_del(json_object_get(all, "columns"), key.buf) == 0;
	n += json_object_del(json_object_get(all, "values"), key.buf) == 0;
	if (n == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "nothing is remembered of a column \"%s\"",
			       column);
	return write_row(tx, name, all, found->at_ms, err);
}

int import_answers_forget(struct db *db, const char *id, const char *column,
			  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *name = arena_printf(arena, NAME_PREFIX "%s", id);
	struct remembered found = { NULL, 0 };

	if (tx_begin(db, &tx, err) < 0 ||
	    find_remembered(db, name, arena, &found, err) < 0)
		return -1;
	if (!found.text)
		return err_set(err, ERR_NOT_FOUND, "there are no answers %s",
			       id);
	if (column ? forget_column(&tx, name, &found, column, err) < 0
		   : db_exec(&tx, SQL_IMPORT_ANSWERS_REMOVE,
			     SQL_ARGS(sql_text(name)), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
