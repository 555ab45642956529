/*
 * Conditions on member sets. Tags and campaigns come from indexes; all other
 * conditions are decided in one walk over the rows: of the members that the
 * indexes left over if these are few, else of the whole list.
 */
#include "audience/segment_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/segment.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 20000
#define CHUNK_IDS 2000
#define FEW 4 /* of so many parts of the list: look up by id */

static bool is_set_kind(enum condition_kind kind)
{
	return kind >= CONDITION_STATIC;
}

/* --- one row --- */

struct row {
	struct str merge;
	const struct rows *rows;
};

/* Columns of every walk. */
enum {
	COL_ID,
	COL_STATUS,
	COL_MERGE,
	COL_ADDRESS,
	COL_OPT,
	COL_CHANGED,
	COL_RATING,
	COL_VIP,
	COL_LANGUAGE,
	COL_SOURCE
};

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* text is lower case already. */
static bool is_at(struct str value, size_t at, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (fold(value.s[at + i]) != text[i])
			return false;
	return true;
}

static bool contains(struct str value, const char *text, size_t len)
{
	for (size_t at = 0; at + len <= value.len; at++)
		if (is_at(value, at, text, len))
			return true;
	return false;
}

static int compare_folded(struct str value, const char *text, size_t len)
{
	for (size_t i = 0; i < value.len && i < len; i++) {
		unsigned char a = (unsigned char)fold(value.s[i]);
		unsigned char b = (unsigned char)text[i];

		if (a != b)
			return a < b ? -1 : 1;
	}
	return (value.len > len) - (value.len < len);
}

static bool text_fits(const struct condition *c, struct str value)
{
	size_t len = strlen(c->text);

	if (c->needs_text && !value.len)
		return false;
	switch (c->test) {
	case TEST_IS:
		return value.len == len && is_at(value, 0, c->text, len);
	case TEST_CONTAINS:
		return contains(value, c->text, len);
	case TEST_STARTS:
		return value.len >= len && is_at(value, 0, c->text, len);
	case TEST_ENDS:
		return value.len >= len &&
		       is_at(value, value.len - len, c->text, len);
	case TEST_GREATER:
		return compare_folded(value, c->text, len) > 0;
	case TEST_LESS:
		return compare_folded(value, c->text, len) < 0;
	case TEST_BLANK:
		return value.len == 0;
	default:
		return false;
	}
}

/* A raw JSON value as text; escapes are rare. */
static bool merge_fits(const struct condition *c, struct str raw)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	struct strbuf array = STRBUF_INIT;
	bool fits;

	if (raw.len < 2 || raw.s[0] != '"')
		return text_fits(c, raw);
	if (!memchr(raw.s, '\\', raw.len))
		return text_fits(c, (struct str){ raw.s + 1, raw.len - 2 });
	strbuf_addch(&array, '[');
	strbuf_addslice(&array, raw);
	strbuf_addch(&array, ']');
	fits = json_parse(strbuf_str(&array), &tree, &ignored) == 0 &&
	       text_fits(c, str_of(json_string_value(json_array_get(tree, 0))));
	strbuf_release(&array);
	return fits;
}

static bool number_fits(const struct condition *c, struct str raw)
{
	char digits[64];
	double n;

	if (c->test == TEST_BLANK)
		return raw.len == 0;
	if (!raw.len || raw.len >= sizeof(digits))
		return false;
	memcpy(digits, raw.s, raw.len);
	digits[raw.len] = '\0';
	n = strtod(digits, NULL);
	if (c->test == TEST_GREATER)
		return n > c->number;
	return c->test == TEST_LESS ? n < c->number : n == c->number;
}

static bool address_fits(const struct condition *c, struct str raw)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	bool blank = c->test == TEST_BLANK;

	if (raw.len)
		(void)json_parse(raw, &tree, &ignored); /* ours */
	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		const json_t *part =
			json_object_get(tree, merge_address_parts[i]);

		if (text_fits(c, str_of(json_string_value(part))) != blank)
			return !blank;
	}
	return blank;
}

static bool time_fits(const struct condition *c, int64_t ms)
{
	if (c->test == TEST_BLANK)
		return ms == 0;
	return ms >= (c->from_ms > 1 ? c->from_ms : 1) && ms < c->to_ms;
}

static bool rating_fits(const struct condition *c, int64_t rating)
{
	if (c->test == TEST_GREATER)
		return rating > c->id;
	return c->test == TEST_LESS ? rating < c->id : rating == c->id;
}

static bool row_fits(const struct condition *c, const struct row *row)
{
	const struct rows *rows = row->rows;

	switch (c->kind) {
	case CONDITION_TEXT:
		return merge_fits(c, merge_value_raw(row->merge, c->merge_id));
	case CONDITION_NUMBER:
		return number_fits(c, merge_value_raw(row->merge, c->merge_id));
	case CONDITION_ADDRESS:
		return address_fits(c,
				    merge_value_raw(row->merge, c->merge_id));
	case CONDITION_EMAIL:
		return text_fits(c, rows_str(rows, COL_ADDRESS));
	case CONDITION_OPT:
		return time_fits(c, rows_int(rows, COL_OPT));
	case CONDITION_CHANGED:
		return time_fits(c, rows_int(rows, COL_CHANGED));
	case CONDITION_RATING:
		return rating_fits(c, rows_int(rows, COL_RATING));
	case CONDITION_VIP:
		return rows_int(rows, COL_VIP) == 1;
	case CONDITION_LANGUAGE:
		return text_fits(c, rows_str(rows, COL_LANGUAGE));
	case CONDITION_SOURCE:
		return text_fits(c, rows_str(rows, COL_SOURCE));
	default:
		return false;
	}
}

/* --- sets --- */

struct eval {
	struct db *db;
	const struct segment_scope *scope;
	const struct condition_tree *tree;
	struct arena *arena;
	struct member_set *sets;  /* one a condition; those of set kinds */
	struct member_set *bases; /* among_sent: who got it */
	bool needs_rows;
	struct err *err;
};

typedef int (*page_fn)(struct eval *e, int64_t id, int64_t after,
		       struct ids *out);

static int static_page(struct eval *e, int64_t id, int64_t after,
		       struct ids *out)
{
	return db_list_ids(
		e->db, SQL_SEGMENT_IDS_OF_STATIC,
		SQL_ARGS(sql_int(id), sql_int(after), sql_int(PAGE_ROWS)), out,
		e->err);
}

static int status_page(struct eval *e, int64_t id, int64_t after,
		       struct ids *out)
{
	return db_list_ids(e->db, SQL_SEGMENT_IDS_OF_STATUS,
			   SQL_ARGS(sql_int(e->scope->list_id), sql_int(id),
				    sql_int(after), sql_int(PAGE_ROWS)),
			   out, e->err);
}

/* id 0: any campaign. */
static int aim_page(struct eval *e, const struct sql *one,
		    const struct sql *any, int64_t id, int64_t after,
		    struct ids *out)
{
	if (id)
		return db_list_ids(e->db, one,
				   SQL_ARGS(sql_int(id), sql_int(after),
					    sql_int(PAGE_ROWS)),
				   out, e->err);
	return db_list_ids(e->db, any,
			   SQL_ARGS(sql_int(after), sql_int(PAGE_ROWS)), out,
			   e->err);
}

static int sent_page(struct eval *e, int64_t id, int64_t after, struct ids *out)
{
	return aim_page(e, SQL_SEGMENT_AIM_SENT, SQL_SEGMENT_AIM_SENT_ANY, id,
			after, out);
}

static int open_page(struct eval *e, int64_t id, int64_t after, struct ids *out)
{
	return aim_page(e, SQL_SEGMENT_AIM_OPEN, SQL_SEGMENT_AIM_OPEN_ANY, id,
			after, out);
}

static int click_page(struct eval *e, int64_t id, int64_t after,
		      struct ids *out)
{
	return aim_page(e, SQL_SEGMENT_AIM_CLICK, SQL_SEGMENT_AIM_CLICK_ANY, id,
			after, out);
}

static int fill_set(struct eval *e, page_fn page, int64_t id,
		    struct member_set *out)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t after = 0;

	do {
		vec_reset(&ids);
		if (page(e, id, after, &ids) < 0)
			return -1;
		vec_each (&ids, member_id)
			member_set_add(out, after = *member_id);
	} while (ids.n == PAGE_ROWS);
	return 0;
}

static int fill_condition(struct eval *e, size_t i)
{
	const struct condition *c = &e->tree->v[i];

	if (c->among_sent && fill_set(e, sent_page, c->id, &e->bases[i]) < 0)
		return -1;
	switch (c->kind) {
	case CONDITION_STATIC:
		return fill_set(e, static_page, c->id, &e->sets[i]);
	case CONDITION_SENT:
		return fill_set(e, sent_page, c->id, &e->sets[i]);
	case CONDITION_OPENED:
		return fill_set(e, open_page, c->id, &e->sets[i]);
	default:
		return fill_set(e, click_page, c->id, &e->sets[i]);
	}
}

static int fill_all(struct eval *e)
{
	for (size_t i = 0; i < e->tree->n; i++) {
		if (!is_set_kind(e->tree->v[i].kind)) {
			e->needs_rows = true;
			continue;
		}
		if (fill_condition(e, i) < 0)
			return -1;
		/* Opened or not among those who got it: a set without
		 * negation. */
		if (e->tree->v[i].among_sent)
			member_set_subtract(&e->bases[i], &e->sets[i]);
	}
	return 0;
}

/* --- walking --- */

static bool condition_holds(struct eval *e, size_t i, const struct row *row,
			    int64_t id)
{
	const struct condition *c = &e->tree->v[i];

	if (c->among_sent)
		return member_set_has(&e->bases[i], id);
	if (is_set_kind(c->kind))
		return member_set_has(&e->sets[i], id) != c->negated;
	return row_fits(c, row) != c->negated;
}

static bool tree_holds(struct eval *e, const struct row *row, int64_t id)
{
	for (size_t i = 0; i < e->tree->n; i++)
		if (condition_holds(e, i, row, id) == e->tree->any)
			return e->tree->any;
	return !e->tree->any;
}

static int take_rows(struct eval *e, struct rows *rows, struct member_set *out,
		     int64_t *last)
{
	int more, n = 0;

	while ((more = rows_next(rows, e->err)) > 0) {
		struct row row = { .merge = rows_str(rows, COL_MERGE),
				   .rows = rows };
		int64_t status = rows_int(rows, COL_STATUS);

		*last = rows_int(rows, COL_ID);
		n++;
		if ((e->scope->statuses >> status & 1) &&
		    tree_holds(e, &row, *last))
			member_set_add(out, *last);
	}
	return more < 0 ? -1 : n;
}

static int walk_list(struct eval *e, struct member_set *out)
{
	int64_t last = 0;
	int n;

	do {
		CLEANUP(rows_free) struct rows *rows = NULL;

		if (db_query(e->db, SQL_SEGMENT_WALK,
			     SQL_ARGS(sql_int(e->scope->list_id), sql_int(last),
				      sql_int(PAGE_ROWS)),
			     &rows, e->err) < 0)
			return -1;
		n = take_rows(e, rows, out, &last);
	} while (n == PAGE_ROWS);
	return n < 0 ? -1 : 0;
}

static int walk_ids(struct eval *e, struct member_set *candidates,
		    struct member_set *out)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t id = 0, last = 0;

	do {
		CLEANUP(rows_free) struct rows *rows = NULL;

		vec_reset(&ids);
		while (ids.n < CHUNK_IDS &&
		       (id = member_set_next(candidates, id)) > 0)
			vec_push(&ids, id);
		if (ids.n == 0)
			break;
		if (db_query(e->db, SQL_SEGMENT_WALK_IDS,
			     SQL_ARGS(sql_int(e->scope->list_id),
				      sql_keys(&ids, &keys)),
			     &rows, e->err) < 0 ||
		    take_rows(e, rows, out, &last) < 0)
			return -1;
	} while (id);
	return 0;
}

static int fill_base(struct eval *e, struct member_set *out)
{
	for (int status = 1; status <= MEMBER_ARCHIVED; status++)
		if (e->scope->statuses & MEMBER_STATUS_BIT(status) &&
		    fill_set(e, status_page, status, out) < 0)
			return -1;
	return 0;
}

/* What one condition of a set kind leaves of `base`. */
static void apply_set(struct eval *e, size_t i, struct member_set *base)
{
	if (e->tree->v[i].among_sent)
		member_set_and(base, &e->bases[i]);
	else if (e->tree->v[i].negated)
		member_set_subtract(base, &e->sets[i]);
	else
		member_set_and(base, &e->sets[i]);
}

/* No row needs to be read. */
static int combine_sets(struct eval *e, struct member_set *out)
{
	CLEANUP(member_set_release) struct member_set base = MEMBER_SET_INIT;

	if (fill_base(e, &base) < 0)
		return -1;
	if (!e->tree->any || e->tree->n == 0) {
		for (size_t i = 0; i < e->tree->n; i++)
			apply_set(e, i, &base);
		member_set_copy(out, &base);
		return 0;
	}
	for (size_t i = 0; i < e->tree->n; i++) {
		CLEANUP(member_set_release)
		struct member_set part = MEMBER_SET_INIT;

		member_set_copy(&part, &base);
		apply_set(e, i, &part);
		member_set_or(out, &part);
	}
	return 0;
}

/* 1: *out holds all who can fit; 0: that may be anybody. */
static bool find_candidates(struct eval *e, struct member_set *out)
{
	bool found = false;

	for (size_t i = 0; !e->tree->any && i < e->tree->n; i++) {
		const struct condition *c = &e->tree->v[i];
		struct member_set *set =
			c->among_sent ? &e->bases[i] : &e->sets[i];

		if (!is_set_kind(c->kind) || (c->negated && !c->among_sent))
			continue;
		if (found)
			member_set_and(out, set);
		else
			member_set_copy(out, set);
		found = true;
	}
	return found;
}

static int evaluate_tree(struct eval *e, struct member_set *out)
{
	CLEANUP(member_set_release)
	struct member_set candidates = MEMBER_SET_INIT;
	int64_t members = 0;

	if (fill_all(e) < 0)
		return -1;
	if (find_candidates(e, &candidates)) {
		if (db_find_int(e->db, SQL_SEGMENT_LIST_SIZE,
				SQL_ARGS(sql_int(e->scope->list_id)), &members,
				e->err) < 0)
			return -1;
		if (member_set_count(&candidates) < members / FEW)
			return walk_ids(e, &candidates, out);
	}
	return e->needs_rows ? walk_list(e, out) : combine_sets(e, out);
}

int segment_eval(struct db *db, const struct segment_scope *scope,
		 const struct condition_tree *tree, struct member_set *out,
		 struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct eval e = { .db = db,
			  .scope = scope,
			  .tree = tree,
			  .arena = arena,
			  .err = err };
	int done;

	e.sets = arena_array(arena, struct member_set, tree->n + 1);
	e.bases = arena_array(arena, struct member_set, tree->n + 1);
	done = evaluate_tree(&e, out);
	for (size_t i = 0; i < tree->n; i++) {
		member_set_release(&e.sets[i]);
		member_set_release(&e.bases[i]);
	}
	return done;
}
