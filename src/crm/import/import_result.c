#include "crm/import/import_result.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/consent/unclear_opt_out.h"
#include "sql/import.h"
#include "store/db.h"

#include <inttypes.h>

void import_opt_outs_format(const struct import_opt_outs *o,
			    struct json_writer *w)
{
	json_key_int(w, "opted_out", o->made);
	json_key_int(w, "opted_out_before", o->before);
	json_key_int(w, "opt_outs_kept", o->kept);
}

int import_opt_outs_read(const json_t *json, struct import_opt_outs *out,
			 struct err *err)
{
	if (json_get_int(json, "opted_out", &out->made, err) < 0 ||
	    json_get_int(json, "opted_out_before", &out->before, err) < 0 ||
	    json_get_int(json, "opt_outs_kept", &out->kept, err) < 0)
		return -1;
	return 0;
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

/* How a column was read, and how many cells said what. Of those that are
 * passed over, the ones of which a user said so. */
static void format_consent(const struct import_column *c, struct json_writer *w)
{
	if (c->consent == CONSENT_NO_COLUMN ||
	    (c->consent == CONSENT_IGNORED && !c->is_answered))
		return;
	json_begin_object(w);
	json_key_text(w, "column", c->header);
	json_key_text(w, "as", import_consent_name(c->consent));
	json_key_time_or_null(w, "answered_at", c->remembered_ms);
	json_key_int(w, "out", c->cells.out);
	json_key_int(w, "nothing", c->cells.nothing);
	json_key_int(w, "blank", c->cells.blank);
	json_end_object(w);
}

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
			   struct json_writer *w)
{
	json_key_begin_object(w, "columns");
	format_fields(plan, w);
	json_end_object(w);
	json_key_begin_array(w, "ignored_columns");
	vec_each (&plan->columns, c) {
		if (c->target == IMPORT_IGNORED)
			json_text(w, c->header);
	}
	json_end_array(w);
	json_key_begin_array(w, "consent_columns");
	vec_each (&plan->columns, c)
		format_consent(c, w);
	json_end_array(w);
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

	json_begin_object(&w);
	json_key_int(&w, "import_id", r->run->id);
	json_key_bool(&w, "dry_run", r->plan->dry_run);
	json_key_int(&w, "created", r->run->created);
	json_key_int(&w, "updated", r->run->updated);
	json_key_int(&w, "unchanged", r->run->unchanged);
	json_key_int(&w, "refused", r->run->refused);
	json_key_int(&w, "repeated", r->run->repeated);
	json_key_int(&w, "refused_opted_out", r->run->refused_opted_out);
	import_opt_outs_format(&r->opt_outs, &w);
	json_key(&w, "undo");
	if (r->plan->dry_run)
		json_nothing(&w);
	else
		json_text(&w, arena_printf(r->arena,
					   "/api/v1/imports/%" PRId64 "/undo",
					   r->run->id));
	import_columns_format(r->plan, &w);
	if (format_problems(r, &w, err) < 0 || format_unclear(r, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}
