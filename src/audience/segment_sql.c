/*
 * Conditions as SQL about `member m`, alike on both databases. Values are
 * always bound.
 */
#include "audience/segment_private.h"

#include "audience/side/side.h"
#include "base/arena.h"
#include "base/err.h"

#include <stdio.h>

#define PAGE_ROWS 20000

/* The text of a merge field; '' if it has none. */
static void add_value(struct sqlbuild *b, int64_t merge_id)
{
	char path[32];

	if (b->backend == DB_PG) {
		(void)snprintf(path, sizeof(path), "%lld", (long long)merge_id);
		sqlbuild_add(b, "COALESCE(m.merge::json ->> CAST(");
		sqlbuild_bind_text(b, path);
		sqlbuild_add(b, " AS TEXT), '')");
		return;
	}
	(void)snprintf(path, sizeof(path), "$.\"%lld\"", (long long)merge_id);
	sqlbuild_add(b, "COALESCE(json_extract(m.merge, ");
	sqlbuild_bind_text(b, path);
	sqlbuild_add(b, "), '')");
}

static void add_part(struct sqlbuild *b, int64_t merge_id, const char *part)
{
	char path[48];

	if (b->backend == DB_PG) {
		(void)snprintf(path, sizeof(path), "%lld", (long long)merge_id);
		sqlbuild_add(b, "COALESCE(m.merge::json -> CAST(");
		sqlbuild_bind_text(b, path);
		sqlbuild_add(b, " AS TEXT) ->> CAST(");
		sqlbuild_bind_text(b, part);
		sqlbuild_add(b, " AS TEXT), '')");
		return;
	}
	(void)snprintf(path, sizeof(path), "$.\"%lld\".%s", (long long)merge_id,
		       part);
	sqlbuild_add(b, "COALESCE(json_extract(m.merge, ");
	sqlbuild_bind_text(b, path);
	sqlbuild_add(b, "), '')");
}

static bool is_order(const struct condition *c)
{
	return c->test == TEST_GREATER || c->test == TEST_LESS;
}

/* What the lower case is compared with; NULL: it is put in order. */
static const char *wanted(const struct condition *c)
{
	return is_order(c) ? NULL : c->text;
}

static void begin_lower(struct sqlbuild *b, const struct condition *c)
{
	sqlbuild_lower_begin(b, wanted(c));
}

/* The order is that of bytes, on both databases. */
static void end_lower(struct sqlbuild *b, const struct condition *c)
{
	sqlbuild_lower_end(b, wanted(c));
	if (is_order(c) && b->backend == DB_PG)
		sqlbuild_add(b, " COLLATE \"C\"");
}

static void add_comparison(struct sqlbuild *b, const struct condition *c)
{
	switch (c->test) {
	case TEST_CONTAINS:
		sqlbuild_add(b, " ");
		sqlbuild_like(b, true, c->text, true);
		return;
	case TEST_STARTS:
		sqlbuild_add(b, " ");
		sqlbuild_like(b, false, c->text, true);
		return;
	case TEST_ENDS:
		sqlbuild_add(b, " ");
		sqlbuild_like(b, true, c->text, false);
		return;
	case TEST_GREATER:
		sqlbuild_add(b, " > ");
		break;
	case TEST_LESS:
		sqlbuild_add(b, " < ");
		break;
	case TEST_BLANK:
		sqlbuild_add(b, " = ''");
		return;
	default:
		sqlbuild_add(b, " = ");
	}
	sqlbuild_bind_text(b, c->text);
}

static void add_merge_text(struct sqlbuild *b, const struct condition *c)
{
	begin_lower(b, c);
	add_value(b, c->merge_id);
	end_lower(b, c);
	add_comparison(b, c);
	if (!c->needs_text)
		return;
	sqlbuild_add(b, " AND ");
	add_value(b, c->merge_id);
	sqlbuild_add(b, " <> ''");
}

static void add_number(struct sqlbuild *b, const struct condition *c)
{
	if (c->test == TEST_BLANK) {
		if (b->backend == DB_PG) {
			add_value(b, c->merge_id);
			sqlbuild_add(b, " = ''");
			return;
		}
		sqlbuild_add(b, "CAST(");
		add_value(b, c->merge_id);
		sqlbuild_add(b, " AS TEXT) = ''");
		return;
	}
	sqlbuild_add(b, "COALESCE(CAST(NULLIF(");
	add_value(b, c->merge_id);
	sqlbuild_add(b, b->backend == DB_PG ? ", '') AS DOUBLE PRECISION)"
					    : ", '') AS REAL)");
	sqlbuild_add(b, c->test == TEST_GREATER ? " > "
			: c->test == TEST_LESS  ? " < "
						: " = ");
	sqlbuild_add(b, "CAST(");
	sqlbuild_bind(b, sql_double(c->number));
	sqlbuild_add(b, b->backend == DB_PG ? " AS DOUBLE PRECISION), FALSE)"
					    : " AS REAL), 0)");
}

static void add_address(struct sqlbuild *b, const struct condition *c)
{
	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		if (i)
			sqlbuild_add(b,
				     c->test == TEST_BLANK ? " AND " : " OR ");
		begin_lower(b, c);
		add_part(b, c->merge_id, merge_address_parts[i]);
		end_lower(b, c);
		add_comparison(b, c);
	}
}

static void add_column(struct sqlbuild *b, const char *column,
		       const struct condition *c)
{
	begin_lower(b, c);
	sqlbuild_add(b, column);
	end_lower(b, c);
	add_comparison(b, c);
}

static void add_time(struct sqlbuild *b, const char *column,
		     const struct condition *c)
{
	sqlbuild_add(b, column);
	if (c->test == TEST_BLANK) {
		sqlbuild_add(b, " = 0");
		return;
	}
	sqlbuild_add(b, " >= ");
	sqlbuild_bind_int(b, c->from_ms > 1 ? c->from_ms : 1);
	sqlbuild_add(b, " AND ");
	sqlbuild_add(b, column);
	sqlbuild_add(b, " < ");
	sqlbuild_bind_int(b, c->to_ms);
}

static void add_rating(struct sqlbuild *b, const struct condition *c)
{
	sqlbuild_add(b, c->test == TEST_GREATER ? "m.rating > "
			: c->test == TEST_LESS  ? "m.rating < "
						: "m.rating = ");
	sqlbuild_bind_int(b, c->id);
}

static void add_recipient(struct sqlbuild *b, int64_t campaign_id,
			  const char *did)
{
	sqlbuild_add(b, "EXISTS (SELECT 1 FROM recipient r WHERE "
			"r.member_id = m.id AND r.sent_seq IS NOT NULL");
	sqlbuild_add(b, did);
	if (campaign_id) {
		sqlbuild_add(b, " AND r.campaign_id = ");
		sqlbuild_bind_int(b, campaign_id);
	}
	sqlbuild_add(b, ")");
}

static void add_static(struct sqlbuild *b, const struct condition *c)
{
	sqlbuild_add(b, "EXISTS (SELECT 1 FROM segment_member sm WHERE "
			"sm.member_id = m.id AND sm.segment_id = ");
	sqlbuild_bind_int(b, c->id);
	sqlbuild_add(b, ")");
}

static void add_double(struct sqlbuild *b, const char *op, double n)
{
	sqlbuild_add(b, op);
	sqlbuild_add(b, "CAST(");
	sqlbuild_bind(b, sql_double(n));
	sqlbuild_add(b, b->backend == DB_PG ? " AS DOUBLE PRECISION)"
					    : " AS REAL)");
}

static void add_interests(struct sqlbuild *b, const struct condition *c)
{
	for (size_t i = 0; i < c->ids_n; i++) {
		if (i)
			sqlbuild_add(b,
				     c->test == TEST_ALL_OF ? " AND " : " OR ");
		sqlbuild_add(b, "EXISTS (SELECT 1 FROM member_interest mi "
				"WHERE mi.member_id = m.id AND "
				"mi.interest_id = ");
		sqlbuild_bind_int(b, c->ids[i]);
		sqlbuild_add(b, ")");
	}
	if (c->ids_n == 0)
		sqlbuild_add(b, "1 = 0");
}

/* How far it is, as on a flat map: in sums that both databases and all
 * processors do alike. */
void segment_sql_place(struct sqlbuild *b, const struct place *place)
{
	static const char *const axes[] = { "mp.latitude", "mp.longitude" };
	const double centre[] = { place->latitude, place->longitude };
	const double scale[] = { 1, place->narrowing };

	/* Where nobody lives: it was taken back. */
	sqlbuild_add(b, " AND (mp.latitude <> 0 OR mp.longitude <> 0)");
	if (place->radius <= 0)
		return;
	for (int axis = 0; axis < 2; axis++) {
		sqlbuild_add(b, axis ? " + " : " AND ");
		for (int factor = 0; factor < 2; factor++) {
			sqlbuild_add(b, factor ? " * (" : "(");
			sqlbuild_add(b, axes[axis]);
			add_double(b, " / ", PLACE_DEGREE);
			add_double(b, " - ", centre[axis]);
			sqlbuild_add(b, ")");
			add_double(b, " * ", scale[axis]);
		}
	}
	add_double(b, " <= ", place->radius * place->radius);
}

static void add_tree(struct sqlbuild *b, const struct condition_tree *tree);

void segment_sql_test(struct sqlbuild *b, const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_TEXT:
		add_merge_text(b, c);
		break;
	case CONDITION_NUMBER:
		add_number(b, c);
		break;
	case CONDITION_ADDRESS:
		add_address(b, c);
		break;
	case CONDITION_EMAIL:
		add_column(b, "m.address", c);
		break;
	case CONDITION_LANGUAGE:
		add_column(b, "m.language", c);
		break;
	case CONDITION_SOURCE:
		add_column(b, "m.source", c);
		break;
	case CONDITION_COUNTRY:
		add_column(b, "m.country", c);
		break;
	case CONDITION_OPT:
		add_time(b, "m.opt_ms", c);
		break;
	case CONDITION_CHANGED:
		add_time(b, "m.changed_ms", c);
		break;
	case CONDITION_RATING:
		add_rating(b, c);
		break;
	case CONDITION_VIP:
		sqlbuild_add(b, "m.vip = 1");
		break;
	case CONDITION_STATIC:
		add_static(b, c);
		break;
	case CONDITION_SENT:
		add_recipient(b, c->id, "");
		break;
	case CONDITION_OPENED:
		add_recipient(b, c->id, " AND r.opens > 0");
		break;
	case CONDITION_CLICKED:
		add_recipient(b, c->id, " AND r.clicks > 0");
		break;
	case CONDITION_INTERESTS:
		add_interests(b, c);
		break;
	case CONDITION_CLIENT:
		sqlbuild_add(b, "EXISTS (SELECT 1 FROM member_client mc "
				"WHERE mc.member_id = m.id AND mc.client = ");
		sqlbuild_bind_int(b, c->id);
		sqlbuild_add(b, ")");
		break;
	case CONDITION_PLACE:
		sqlbuild_add(b, "EXISTS (SELECT 1 FROM member_place mp "
				"WHERE mp.member_id = m.id");
		segment_sql_place(b, &c->place);
		sqlbuild_add(b, ")");
		break;
	case CONDITION_NEVER:
		sqlbuild_add(b, "1 = 0");
		break;
	case CONDITION_GROUP:
		add_tree(b, c->group);
		break;
	}
}

static void add_condition(struct sqlbuild *b, const struct condition *c)
{
	sqlbuild_add(b, c->negated ? "(NOT (" : "((");
	segment_sql_test(b, c);
	sqlbuild_add(b, ")");
	if (c->among_sent) {
		sqlbuild_add(b, " AND ");
		add_recipient(b, c->id, "");
	}
	sqlbuild_add(b, ")");
}

static void add_tree(struct sqlbuild *b, const struct condition_tree *tree)
{
	for (size_t i = 0; i < tree->n; i++) {
		if (i)
			sqlbuild_add(b, tree->any ? " OR " : " AND ");
		add_condition(b, &tree->v[i]);
	}
}

void segment_sql(struct sqlbuild *b, const struct condition_tree *tree)
{
	if (tree->n == 0)
		return;
	sqlbuild_add(b, " AND (");
	add_tree(b, tree);
	sqlbuild_add(b, ")");
}

static void add_statuses(struct sqlbuild *b, unsigned statuses)
{
	bool first = true;

	sqlbuild_add(b, " AND m.status IN (");
	for (int status = 1; status <= MEMBER_ARCHIVED; status++) {
		if (!(statuses & MEMBER_STATUS_BIT(status)))
			continue;
		if (!first)
			sqlbuild_add(b, ", ");
		first = false;
		sqlbuild_bind_int(b, status);
	}
	sqlbuild_add(b, ")");
}

static int query_page(struct db *db, const struct segment_scope *scope,
		      const struct condition_tree *tree, struct arena *arena,
		      int64_t *after, struct id_set *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more, n = 0;

	sqlbuild_add(&b, "SELECT m.id FROM member m WHERE m.list_id = ");
	sqlbuild_bind_int(&b, scope->list_id);
	add_statuses(&b, scope->statuses);
	sqlbuild_add(&b, " AND m.id > ");
	sqlbuild_bind_int(&b, *after);
	segment_sql(&b, tree);
	sqlbuild_add(&b, " ORDER BY m.id LIMIT ");
	sqlbuild_bind_int(&b, PAGE_ROWS);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		*after = rows_int(rows, 0);
		id_set_add(out, *after);
		n++;
	}
	return more < 0 ? -1 : n == PAGE_ROWS;
}

int segment_query(struct db *db, const struct segment_scope *scope,
		  const struct condition_tree *tree, int64_t most,
		  struct arena *arena, struct id_set *out, struct err *err)
{
	int64_t after = 0;
	int more;

	do
		more = query_page(db, scope, tree, arena, &after, out, err);
	while (more > 0 && id_set_count(out) < most);
	return more < 0 ? -1 : 0;
}
