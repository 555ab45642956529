/*
 * Conditions on a record's own columns, and its company's: texts, numbers,
 * times, custom fields. Called by criteria_sql.c; any thread.
 */
#include "base/arena.h"
#include "crm/group/criteria_sql_private.h"
#include "store/sqlbuild.h"

#include <string.h>

bool criterion_is_negative(enum criteria_op op)
{
	return op == CRITERIA_NOT || op == CRITERIA_NOTCONTAIN ||
	       op == CRITERIA_BLANK;
}

void criterion_add_text_op(struct compiler *k, enum criteria_op op,
			   const char *text)
{
	switch (op) {
	case CRITERIA_IS:
	case CRITERIA_NOT:
		sqlbuild_add(k->b, " = ");
		sqlbuild_bind_text(k->b, text);
		break;
	case CRITERIA_CONTAINS:
	case CRITERIA_NOTCONTAIN:
		sqlbuild_add(k->b, " ");
		sqlbuild_like(k->b, true, text, true);
		break;
	case CRITERIA_STARTS:
		sqlbuild_add(k->b, " ");
		sqlbuild_like(k->b, false, text, true);
		break;
	case CRITERIA_ENDS:
		sqlbuild_add(k->b, " ");
		sqlbuild_like(k->b, true, text, false);
		break;
	case CRITERIA_GREATER:
	case CRITERIA_LESS:
		if (k->b->backend == DB_PG)
			sqlbuild_add(k->b, " COLLATE \"C\"");
		sqlbuild_add(k->b, op == CRITERIA_GREATER ? " > " : " < ");
		sqlbuild_bind_text(k->b, text);
		break;
	case CRITERIA_BLANK:
	case CRITERIA_BLANK_NOT:
		sqlbuild_add(k->b, " <> ''");
		break;
	case CRITERIA_IN_LAST:
	case CRITERIA_WITHIN:
		break; /* of dates: add_span */
	}
}

static void add_column(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, c->of_company ? "c." : "r.");
	sqlbuild_add(k->b, c->column);
}

/* The text of a custom field; missing: NULL. */
static void add_custom_text(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, "CAST(");
	sqlbuild_add(k->b, c->of_company ? "c." : "r.");
	if (k->b->backend == DB_PG) {
		sqlbuild_add(k->b, "custom::json ->> CAST(");
		sqlbuild_bind_text(k->b, c->column);
		sqlbuild_add(k->b, " AS TEXT) AS TEXT)");
		return;
	}
	sqlbuild_add(k->b, "custom ->> ");
	sqlbuild_bind_text(k->b,
			   arena_printf(k->b->arena, "$.\"%s\"", c->column));
	sqlbuild_add(k->b, " AS TEXT)");
}

const char *criterion_wanted(const struct criterion *c)
{
	bool by_order =
		c->op == CRITERIA_GREATER || c->op == CRITERIA_LESS || c->until;

	return by_order ? NULL : c->text ? c->text : "";
}

static void add_lowered(struct compiler *k, const struct criterion *c)
{
	sqlbuild_lower_begin(k->b, criterion_wanted(c));
	if (c->type == CRITERIA_CUSTOM_TEXT)
		add_custom_text(k, c);
	else
		add_column(k, c);
	sqlbuild_lower_end(k->b, criterion_wanted(c));
}

/* A date, or its day of the year, as a text in byte order. */
static void add_day(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, c->op == CRITERIA_WITHIN ? "SUBSTR(COALESCE("
						    : "(COALESCE(");
	add_lowered(k, c);
	sqlbuild_add(k->b, c->op == CRITERIA_WITHIN ? ", ''), 6)" : ", ''))");
	if (k->b->backend == DB_PG)
		sqlbuild_add(k->b, " COLLATE \"C\"");
}

/* From one day to another, or over the end of the year. Blank is none. */
static void add_span(struct compiler *k, const struct criterion *c)
{
	bool wraps = strcmp(c->text, c->until) > 0;

	sqlbuild_add(k->b, "(");
	add_day(k, c);
	sqlbuild_add(k->b, " >= ");
	sqlbuild_bind_text(k->b, c->text);
	sqlbuild_add(k->b, wraps ? " OR (" : " AND (");
	add_day(k, c);
	sqlbuild_add(k->b, " <= ");
	sqlbuild_bind_text(k->b, c->until);
	sqlbuild_add(k->b, " AND ");
	add_day(k, c);
	sqlbuild_add(k->b, " <> ''))");
}

/*
 * Unknown is as good as false where nothing negates it, and the bare column has
 * its index.
 */
static bool may_be_unknown(const struct criterion *c)
{
	return !criterion_is_negative(c->op);
}

static bool is_folded_name(const struct criterion *c)
{
	return c->type == CRITERIA_FOLDED && c->op == CRITERIA_IS && *c->text;
}

/* Less is true of no blank text. */
static void add_text(struct compiler *k, const struct criterion *c)
{
	if (c->until) {
		add_span(k, c);
		return;
	}
	if (is_folded_name(c)) {
		add_column(k, c);
		criterion_add_text_op(k, c->op, c->text);
		return;
	}
	sqlbuild_add(k->b, "(COALESCE(");
	if (c->type == CRITERIA_FOLDED)
		add_column(k, c);
	else
		add_lowered(k, c);
	sqlbuild_add(k->b, ", '')");
	criterion_add_text_op(k, c->op, c->text);
	if (c->op == CRITERIA_LESS) {
		sqlbuild_add(k->b, " AND COALESCE(");
		if (c->type == CRITERIA_CUSTOM_TEXT)
			add_custom_text(k, c);
		else
			add_column(k, c);
		sqlbuild_add(k->b, ", '') <> ''");
	}
	sqlbuild_add(k->b, ")");
}

static void add_bool(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, "(COALESCE(");
	add_column(k, c);
	sqlbuild_add(k->b, ", 0) = ");
	sqlbuild_bind_int(k->b, c->number);
	sqlbuild_add(k->b, ")");
}

void criterion_begin_known(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, may_be_unknown(c) ? "(" : "COALESCE(");
}

void criterion_end_known(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, may_be_unknown(c) ? ")" : ", FALSE)");
}

static void add_int(struct compiler *k, const struct criterion *c)
{
	criterion_begin_known(k, c);
	add_column(k, c);
	if (c->op == CRITERIA_BLANK || c->op == CRITERIA_BLANK_NOT) {
		sqlbuild_add(k->b, " IS NOT NULL");
	} else {
		sqlbuild_add(k->b, c->op == CRITERIA_GREATER ? " > "
				   : c->op == CRITERIA_LESS  ? " < "
							     : " = ");
		sqlbuild_bind_int(k->b, c->number);
	}
	criterion_end_known(k, c);
}

static void add_time(struct compiler *k, const struct criterion *c)
{
	criterion_begin_known(k, c);
	add_column(k, c);
	switch (c->op) {
	case CRITERIA_GREATER:
		sqlbuild_add(k->b, " >= ");
		sqlbuild_bind_int(k->b, c->until_ms);
		break;
	case CRITERIA_LESS:
		sqlbuild_add(k->b, " < ");
		sqlbuild_bind_int(k->b, c->from_ms);
		break;
	case CRITERIA_BLANK:
	case CRITERIA_BLANK_NOT:
		sqlbuild_add(k->b, " IS NOT NULL");
		break;
	default:
		sqlbuild_add(k->b, " >= ");
		sqlbuild_bind_int(k->b, c->from_ms);
		sqlbuild_add(k->b, " AND ");
		add_column(k, c);
		sqlbuild_add(k->b, " < ");
		sqlbuild_bind_int(k->b, c->until_ms);
		break;
	}
	criterion_end_known(k, c);
}

/* A number stored as such; NULL for anything else. */
static void add_custom_number(struct compiler *k, const struct criterion *c)
{
	const char *alias = c->of_company ? "c." : "r.";

	sqlbuild_add(k->b, "COALESCE(CASE WHEN ");
	if (k->b->backend == DB_PG) {
		sqlbuild_add(k->b, "json_typeof(");
		sqlbuild_add(k->b, alias);
		sqlbuild_add(k->b, "custom::json -> CAST(");
		sqlbuild_bind_text(k->b, c->column);
		sqlbuild_add(k->b, " AS TEXT)) = 'number'");
	} else {
		sqlbuild_add(k->b, "json_type(");
		sqlbuild_add(k->b, alias);
		sqlbuild_add(k->b, "custom, ");
		sqlbuild_bind_text(
			k->b, arena_printf(k->b->arena, "$.\"%s\"", c->column));
		sqlbuild_add(k->b, ") IN ('integer', 'real')");
	}
	sqlbuild_add(k->b, " THEN CAST(");
	add_custom_text(k, c);
	sqlbuild_add(k->b, k->b->backend == DB_PG ? " AS DOUBLE PRECISION) END"
						  : " AS REAL) END");
	if (c->op == CRITERIA_BLANK || c->op == CRITERIA_BLANK_NOT) {
		sqlbuild_add(k->b, " IS NOT NULL, FALSE)");
		return;
	}
	sqlbuild_add(k->b, c->op == CRITERIA_GREATER ? " > "
			   : c->op == CRITERIA_LESS  ? " < "
						     : " = ");
	sqlbuild_bind(k->b, sql_double(c->real));
	sqlbuild_add(k->b, ", FALSE)");
}

/* JSON's true reads 1 on SQLite, "true" on PostgreSQL. */
static void add_custom_bool(struct compiler *k, const struct criterion *c)
{
	sqlbuild_add(k->b, "(COALESCE(");
	add_custom_text(k, c);
	if (c->op == CRITERIA_BLANK || c->op == CRITERIA_BLANK_NOT)
		sqlbuild_add(k->b, ", '') <> '')");
	else if (c->number)
		sqlbuild_add(k->b, ", '') IN ('true', '1'))");
	else
		sqlbuild_add(k->b, ", '') NOT IN ('true', '1'))");
}

void criterion_add_field(struct compiler *k, const struct criterion *c)
{
	switch (c->type) {
	case CRITERIA_BOOL:
		add_bool(k, c);
		break;
	case CRITERIA_TIME:
		add_time(k, c);
		break;
	case CRITERIA_INT:
		add_int(k, c);
		break;
	case CRITERIA_CUSTOM_NUMBER:
		add_custom_number(k, c);
		break;
	case CRITERIA_CUSTOM_BOOL:
		add_custom_bool(k, c);
		break;
	default:
		add_text(k, c);
		break;
	}
}
