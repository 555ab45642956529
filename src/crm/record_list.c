#include "crm/record_list.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "crm/tag.h"
#include "store/sqlbuild.h"

#include <string.h>

#define WORDS_MOST 5
#define Q_MAX 200

struct sort {
	const char *name; /* in the API */
	const char *column;
	bool is_text;
};

static const struct sort sorts[] = {
	{ "id", "r.id", false },
	{ "name", "r.name_folded", true },
	{ "last_name", "r.name_folded", true }, /* the same: last name first */
	{ "created_at", "r.created_ms", false },
	{ "updated_at", "r.updated_ms", false },
};

/* Where a page begins, and what is known of the whole. */
struct place {
	bool given;
	const char *text; /* sort value of the last row */
	int64_t number;   /* the same, if it is one */
	int64_t id;
	int64_t total;
};

struct list {
	const struct record_query *query;
	const struct sort *sort;
	bool down; /* newest, or Z, first */
	struct place place;
};

void record_page_release(struct record_page *page)
{
	vec_release(&page->items);
}

/* --- parameters --- */

static int read_sort(struct list *l, struct err *err)
{
	const char *name = l->query->sort ? l->query->sort : "id";

	l->down = *name == '-';
	name += l->down;
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		if (strcmp(sorts[i].name, name) == 0) {
			l->sort = &sorts[i];
			return 0;
		}
	}
	return err_field(err, "sort",
			 "not one of id, name, last_name, created_at, "
			 "updated_at (with - "
			 "before it: downwards)");
}

static int bad_cursor(struct err *err)
{
	return err_field(err, "cursor", "not a cursor of this list");
}

/* [sort, value, id, total], base64url */
static int read_cursor(struct list *l, struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	const json_t *value;
	const char *sort;

	if (!l->query->cursor)
		return 0;
	if (!base64url_decode(str_of(l->query->cursor), &text) ||
	    json_parse(strbuf_str(&text), &tree, &ignored) < 0 ||
	    json_array_size(tree) != 4)
		return bad_cursor(err);
	sort = json_string_value(json_array_get(tree, 0));
	value = json_array_get(tree, 1);
	if (!sort || strcmp(sort, l->sort->name) != 0 ||
	    json_is_string(value) != l->sort->is_text ||
	    json_is_integer(value) == l->sort->is_text)
		return bad_cursor(err);
	l->place = (struct place){
		.given = true,
		.text = arena_strdup(arena, json_string_value(value)),
		.number = json_integer_value(value),
		.id = json_integer_value(json_array_get(tree, 2)),
		.total = json_integer_value(json_array_get(tree, 3)),
	};
	return 0;
}

static const char *write_cursor(const struct list *l, const struct place *place,
				struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_array(&w);
	json_text(&w, l->sort->name);
	if (l->sort->is_text)
		json_text(&w, place->text);
	else
		json_int(&w, place->number);
	json_int(&w, place->id);
	json_int(&w, place->total);
	json_end_array(&w);
	base64url_encode(strbuf_str(&text), &out);
	return arena_str(arena, strbuf_str(&out));
}

/* --- conditions --- */

static const char *table_of(enum entity entity)
{
	return entity == ENTITY_PERSON ? "person"
	       : entity == ENTITY_LEAD ? "lead"
				       : "company";
}

/*
 * The name or a live address contains the word, which is folded; an address
 * with other letters than ASCII also as it is shown.
 */
static void add_word(struct sqlbuild *b, enum entity entity, const char *word,
		     const char *shown)
{
	sqlbuild_add(b, " AND (r.name_folded ");
	sqlbuild_like(b, true, word, true);
	if (entity != ENTITY_COMPANY) {
		sqlbuild_add(b, " OR r.id IN (SELECT a.record_id FROM email a"
				" WHERE a.ended_ms IS NULL AND a.entity = ");
		sqlbuild_bind_int(b, entity);
		sqlbuild_add(b, " AND (a.folded ");
		sqlbuild_like(b, true, word, true);
		if (shown) {
			sqlbuild_add(b, b->backend == DB_PG
						? " OR lower(a.address COLLATE "
						  "\"und-x-icu\") "
						: " OR text_lower(a.address) ");
			sqlbuild_like(b, true, shown, true);
		}
		sqlbuild_add(b, "))");
	}
	sqlbuild_add(b, ")");
}

static void add_address(struct sqlbuild *b, enum entity entity,
			const char *text, struct arena *arena)
{
	char hash[MD5_HEX + 1];

	email_hash(text, hash);
	sqlbuild_add(b, " AND r.id IN (SELECT a.record_id FROM email a"
			" WHERE a.ended_ms IS NULL AND a.hash = ");
	sqlbuild_bind_text(b, arena_strdup(arena, hash));
	sqlbuild_add(b, " AND a.entity = ");
	sqlbuild_bind_int(b, entity);
	sqlbuild_add(b, ")");
}

static void add_typed_word(struct sqlbuild *b, enum entity entity,
			   struct str word, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf lower = STRBUF_INIT;
	bool is_ascii = true;

	for (size_t i = 0; i < word.len; i++)
		is_ascii = is_ascii && (unsigned char)word.s[i] < 0x80;
	utf8_fold(word, &folded);
	utf8_lower(word, &lower);
	add_word(b, entity, arena_str(arena, strbuf_str(&folded)),
		 is_ascii ? NULL : arena_str(arena, strbuf_str(&lower)));
}

static int add_q(struct sqlbuild *b, const struct record_query *q,
		 struct arena *arena, struct err *err)
{
	struct str rest = str_trim(str_of(q->q));

	if (rest.len > Q_MAX)
		return err_field(err, "q", "longer than %d bytes", Q_MAX);
	if (!utf8_is_valid(rest))
		return err_field(err, "q", "not valid UTF-8");
	/* a whole address has an index; looking inside of all has none */
	if (q->entity != ENTITY_COMPANY &&
	    email_is_valid(arena_str(arena, rest))) {
		add_address(b, q->entity, arena_str(arena, rest), arena);
		return 0;
	}
	for (int n = 0; rest.s && n < WORDS_MOST; n++) {
		struct str word = str_trim(str_cut(&rest, ' '));

		if (word.len > 0)
			add_typed_word(b, q->entity, word, arena);
	}
	return 0;
}

static void add_tag(struct sqlbuild *b, enum entity entity, const char *name)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(str_trim(str_of(name)), &folded);
	sqlbuild_add(b, " AND r.id IN (SELECT g.record_id FROM record_tag g"
			" JOIN tag t ON t.id = g.tag_id WHERE g.entity = ");
	sqlbuild_bind_int(b, entity);
	sqlbuild_add(b, " AND t.name_folded = ");
	sqlbuild_bind_text(b, folded.buf);
	sqlbuild_add(b, ")");
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

static int add_filter(struct sqlbuild *b, enum entity entity,
		      const struct record_filter *filter, struct arena *arena,
		      struct err *err)
{
	const struct field *f = field_find(entity, filter->field);
	int64_t number;

	if (!utf8_is_valid(str_of(filter->value)))
		return err_field(err, filter->field, "not valid UTF-8");
	if (strcmp(filter->field, "tag") == 0) {
		add_tag(b, entity, filter->value);
		return 0;
	}
	if (!f || f->type == FIELD_TIME)
		return err_field(err, filter->field, "not a filter");
	if (f->type == FIELD_ADDRESS) {
		add_address(b, entity, filter->value, arena);
		return 0;
	}
	sqlbuild_add(b, " AND r.");
	sqlbuild_add(b, f->column);
	sqlbuild_add(b, " = ");
	if (f->text != TEXT_NONE) {
		sqlbuild_bind_text(b, filter->value);
		return 0;
	}
	if (to_number(f, filter->value, &number, err) < 0)
		return -1;
	sqlbuild_bind_int(b, number);
	return 0;
}

static int add_conditions(struct sqlbuild *b, const struct record_query *q,
			  struct arena *arena, struct err *err)
{
	sqlbuild_add(b, " FROM ");
	sqlbuild_add(b, table_of(q->entity));
	sqlbuild_add(b, " r WHERE ");
	sqlbuild_add(b, q->entity == ENTITY_COMPANY ? "1 = 1"
						    : "r.erased_ms IS NULL");
	if (q->q && add_q(b, q, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < q->filters_n; i++) {
		if (add_filter(b, q->entity, &q->filters[i], arena, err) < 0)
			return -1;
	}
	return 0;
}

/* --- the page --- */

static void add_place(struct sqlbuild *b, const struct list *l)
{
	if (!l->place.given)
		return;
	sqlbuild_add(b, " AND (");
	sqlbuild_add(b, l->sort->column);
	sqlbuild_add(b, l->down ? ", r.id) < (" : ", r.id) > (");
	if (l->sort->is_text)
		sqlbuild_bind_text(b, l->place.text);
	else
		sqlbuild_bind_int(b, l->place.number);
	sqlbuild_add(b, ", ");
	sqlbuild_bind_int(b, l->place.id);
	sqlbuild_add(b, ")");
}

static int find_ids(struct db *db, const struct list *l, struct arena *arena,
		    struct ids *ids, struct place *last, bool *more_out,
		    struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = { 0 };
	CLEANUP(rows_free) struct rows *rows = NULL;
	const char *way = l->down ? " DESC" : "";
	int more;

	sqlbuild_init(&b, db_backend(db), arena);
	sqlbuild_add(&b, "SELECT r.id, ");
	sqlbuild_add(&b, l->sort->column);
	if (add_conditions(&b, l->query, arena, err) < 0)
		return -1;
	add_place(&b, l);
	sqlbuild_add(&b, " ORDER BY ");
	sqlbuild_add(&b, l->sort->column);
	sqlbuild_add(&b, way);
	sqlbuild_add(&b, ", r.id");
	sqlbuild_add(&b, way);
	sqlbuild_add(&b, " LIMIT ");
	sqlbuild_bind_int(&b, l->query->limit + 1);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	*more_out = false;
	while ((more = rows_next(rows, err)) > 0) {
		if ((int64_t)ids->n == l->query->limit) {
			*more_out = true;
			continue;
		}
		last->id = rows_int(rows, 0);
		if (l->sort->is_text)
			last->text = rows_dup(rows, 1, arena);
		else
			last->number = rows_int(rows, 1);
		vec_push(ids, last->id);
	}
	return more;
}

static int count_all(struct db *db, const struct list *l, size_t seen,
		     bool more, struct arena *arena, int64_t *out,
		     struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = { 0 };

	if (l->place.given) {
		*out = l->place.total;
		return 0;
	}
	if (!more) { /* the first page is all there is */
		*out = (int64_t)seen;
		return 0;
	}
	if (!l->query->q && l->query->filters_n == 0)
		return record_count(db, l->query->entity, out, err) < 0 ? -1
									: 0;
	sqlbuild_init(&b, db_backend(db), arena);
	sqlbuild_add(&b, "SELECT COUNT(*)");
	if (add_conditions(&b, l->query, arena, err) < 0 ||
	    sqlbuild_find_int(&b, db, out, err) < 0)
		return -1;
	return 0;
}

int record_list(struct db *db, const struct record_query *query,
		struct arena *arena, struct record_page *out, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct list l = { .query = query };
	struct place last = { .given = true };
	bool more;

	*out = (struct record_page){ .next = NULL };
	if (read_sort(&l, err) < 0 || read_cursor(&l, arena, err) < 0 ||
	    find_ids(db, &l, arena, &ids, &last, &more, err) < 0 ||
	    count_all(db, &l, ids.n, more, arena, &out->total, err) < 0)
		return -1;
	last.total = out->total;
	if (more)
		out->next = write_cursor(&l, &last, arena);
	if (records_load(db, query->entity, &ids, arena, &out->items, err) <
		    0 ||
	    records_add_addresses(db, &out->items, arena, err) < 0 ||
	    records_add_tags(db, &out->items, arena, err) < 0) {
		record_page_release(out);
		return -1;
	}
	return 0;
}
