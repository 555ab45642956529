#include "crm/import/import_result.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/words/import_words.h"
#include "sql/import.h"
#include "store/db.h"

#include <inttypes.h>

/* --- who gets no mail --- */

static int64_t int_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* How a column was read, and how many cells said what. Of those that are
 * passed over, the ones of which a user said so. */
static void format_column(const json_t *column, struct json_writer *w)
{
	const char *as = json_string_value(json_object_get(column, "consent"));
	const json_t *cells = json_object_get(column, "cells");
	bool answered = json_is_true(json_object_get(column, "answered"));

	if (!as || (str_is(str_of(as), "ignore") && !answered))
		return;
	json_begin_object(w);
	json_key_text(w, "column",
		      json_string_value(json_object_get(column, "header")));
	json_key_text(w, "as", as);
	json_key_time_or_null(w, "answered_at",
			      int_of(column, "remembered_ms"));
	json_key_int(w, "out", int_of(cells, "out"));
	json_key_int(w, "nothing", int_of(cells, "nothing"));
	json_key_int(w, "blank", int_of(cells, "blank"));
	json_end_object(w);
}

/* By the stored options: see import_plan.h. */
static void format_columns(const json_t *options, struct json_writer *w)
{
	const json_t *column;
	size_t i;

	json_begin_array(w);
	json_array_foreach (json_object_get(options, "columns"), i, column)
		format_column(column, w);
	json_end_array(w);
}

void import_consent_format(const struct import_run *run, const json_t *options,
			   struct json_writer *w)
{
	json_key_begin_object(w, "consent");
	json_key_count(w, "opted_out", run->opted_out);
	json_key_count(w, "already", run->opted_out_before);
	json_key_count(w, "kept", run->opt_outs_kept);
	json_key_int(w, "left_open", run->left_open);
	json_key_int(w, "sharing", run->sharing);
	json_key_int(w, "by_name", run->opted_out_by_name);
	json_key_int(w, "yes_unnoted", run->yes_unnoted);
	json_key_int(w, "short_rows", run->short_rows);
	json_key(w, "columns");
	format_columns(options, w);
	json_end_object(w);
}

static int format_problems(const struct import_result *r, struct json_writer *w,
			   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(r->db, SQL_IMPORT_REFUSED_PAGE,
		     SQL_ARGS(sql_int(r->run->id), sql_int(0),
			      sql_int(IMPORT_PROBLEMS)),
		     &rows, err) < 0)
		return -1;
	json_key_begin_array(w, "problems");
	while ((more = rows_next(rows, err)) > 0) {
		json_begin_object(w);
		json_key_int(w, "row", rows_int(rows, 0));
		json_key_text(w, "reason", rows_text(rows, 1));
		json_key_text(w, "detail", rows_text(rows, 2));
		json_end_object(w);
	}
	json_end_array(w);
	return more;
}

/* What a user is to decide on. */
static int format_unclear(const struct import_result *r, struct json_writer *w,
			  struct err *err)
{
	json_key_begin_object(w, "unclear_opt_outs");
	json_key_int(w, "count", r->run->unclear);
	json_key(w, "addresses");
	if (unclear_opt_outs_format(r->db, r->run->id, IMPORT_PROBLEMS, w,
				    err) < 0)
		return -1;
	json_key(w, "decide");
	if (r->run->unclear && !r->plan->dry_run)
		json_text(w, arena_printf(r->arena,
					  "/api/v1/imports/%" PRId64
					  "/unclear-opt-outs",
					  r->run->id));
	else
		json_nothing(w);
	json_end_object(w);
	return 0;
}

/* --- the columns --- */

static void format_fields(const struct import_plan *plan, struct json_writer *w)
{
	bool named = false; /* several columns may be about consent */

	vec_each (&plan->columns, c) {
		if (c->target == IMPORT_IGNORED ||
		    (c->target == IMPORT_OPTED_OUT && named))
			continue;
		named |= c->target == IMPORT_OPTED_OUT;
		json_key_text(w, c->field, c->header);
	}
}

static void format_blanked(const struct import_column *c, struct json_writer *w)
{
	if (c->yearless == 0)
		return;
	json_begin_object(w);
	json_key_text(w, "column", c->header);
	json_key_int(w, "count", c->yearless);
	json_end_object(w);
}

void import_columns_format(const struct import_plan *plan,
			   const json_t *options, struct json_writer *w)
{
	json_key_begin_object(w, "columns");
	format_fields(plan, w);
	json_end_object(w);
	json_key_begin_array(w, "ignored_columns");
	vec_each (&plan->columns, c) {
		if (c->target == IMPORT_IGNORED &&
		    !import_word_is_of_refused(str_of(c->header)))
			json_text(w, c->header);
	}
	json_end_array(w);
	json_key(w, "consent_columns");
	format_columns(options, w);
	json_key_begin_array(w, "blanked_columns");
	vec_each (&plan->columns, c)
		format_blanked(c, w);
	json_end_array(w);
	json_key_begin_array(w, "yes_no_columns");
	vec_each (&plan->columns, c) {
		if (c->is_yes_no)
			json_text(w, c->header);
	}
	json_end_array(w);
}

int import_result_format(const struct import_result *r, struct strbuf *out,
			 struct err *err)
{
	struct json_writer w = JSON_WRITER(out);
	CLEANUP(json_free) json_t *options = NULL;

	if (import_options_read(r->run, &options, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "import_id", r->run->id);
	json_key_bool(&w, "dry_run", r->plan->dry_run);
	json_key_int(&w, "created", r->run->created);
	json_key_int(&w, "updated", r->run->updated);
	json_key_int(&w, "unchanged", r->run->unchanged);
	json_key_int(&w, "refused", r->run->refused);
	json_key_int(&w, "repeated", r->run->repeated);
	json_key_int(&w, "refused_opted_out", r->run->refused_opted_out);
	json_key_int(&w, "opted_out", r->run->opted_out);
	json_key_int(&w, "opted_out_before", r->run->opted_out_before);
	json_key_int(&w, "opt_outs_kept", r->run->opt_outs_kept);
	json_key_int(&w, "left_open", r->run->left_open);
	json_key_int(&w, "sharing", r->run->sharing);
	json_key_int(&w, "opted_out_by_name", r->run->opted_out_by_name);
	json_key_int(&w, "yes_unnoted", r->run->yes_unnoted);
	json_key_int(&w, "short_rows", r->run->short_rows);
	import_consent_format(r->run, options, &w);
	json_key(&w, "undo");
	if (r->plan->dry_run)
		json_nothing(&w);
	else
		json_text(&w, arena_printf(r->arena,
					   "/api/v1/imports/%" PRId64 "/undo",
					   r->run->id));
	import_columns_format(r->plan, options, &w);
	if (format_problems(r, &w, err) < 0 || format_unclear(r, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}
