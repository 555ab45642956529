#include "crm/import/import_plan.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/csv/csv.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/import/import_answers.h"
#include "crm/import/read/import_row.h"
#include "crm/import/import_scan.h"
#include "crm/words/import_words.h"

#include <string.h>

#define ADDRESS_ROWS 100 /* looked at for a column of addresses */

static const char *const match_names[] = {
	[IMPORT_BY_ID] = "id",
	[IMPORT_BY_KEY] = "key",
	[IMPORT_BY_EMAIL] = "email",
	[IMPORT_BY_ANY] = "auto",
};

void import_plan_release(struct import_plan *plan)
{
	vec_release(&plan->customs);
	import_columns_release(&plan->columns);
}

bool import_plan_has(const struct import_plan *plan, enum import_target target)
{
	for (size_t i = 0; i < plan->columns.n; i++) {
		if (plan->columns.v[i].target == target)
			return true;
	}
	return false;
}

bool import_plan_has_consent(const struct import_plan *plan)
{
	for (size_t i = 0; i < plan->columns.n; i++) {
		enum import_consent consent = plan->columns.v[i].consent;

		if (consent != CONSENT_NO_COLUMN && consent != CONSENT_IGNORED)
			return true;
	}
	return false;
}

bool import_plan_has_agreement(const struct import_plan *plan)
{
	for (size_t i = 0; i < plan->columns.n; i++) {
		if (import_consent_is_of_agreement(plan->columns.v[i].consent))
			return true;
	}
	return false;
}

static int parse_match(const char *name, enum import_match *out,
		       struct err *err)
{
	*out = IMPORT_BY_ANY;
	if (!name)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(match_names); i++) {
		if (strcmp(match_names[i], name) == 0) {
			*out = (enum import_match)i;
			return 0;
		}
	}
	return err_field(err, "match", "must be id, key, email or auto");
}

/* The first row; what the reader found out is in *format. */
static int read_head(const struct import_input *input,
		     struct csv_reader **reader, const struct str **cells,
		     size_t *n, struct err *err)
{
	int found;

	if (csv_open(input->path, input->encoding, input->delimiter, reader,
		     err) < 0)
		return -1;
	found = csv_next(*reader, cells, n, NULL, err);
	if (found < 0)
		return err->code == ERR_INVALID
			       ? err_prefix(err, "the first row")
			       : -1;
	if (found == 0)
		return err_field(err, "file", "the file is empty");
	return 0;
}

/* Nothing but usual names makes a header, unless a mapping names its cells. */
static bool has_header(const struct import_input *input,
		       const struct custom_fields *customs,
		       const json_t *mapping, const struct str *cells, size_t n)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	if (input->header != IMPORT_HEADER_DETECT)
		return input->header == IMPORT_HEADER;
	for (size_t i = 0; i < n && mapping; i++) {
		if (json_object_get(mapping,
				    arena_str(arena, utf8_trim(cells[i]))))
			return true;
	}
	return import_is_header(input->entity, customs, cells, n);
}

/* What users said of files with these headers, and what this one says now. */
static int find_answers(struct db *db, const struct import_input *input,
			const char *header_name,
			const struct import_columns *columns, int64_t now_ms,
			struct arena *arena, json_t **out, struct err *err)
{
	if (import_answers_load(db, header_name, columns, arena, out, err) < 0)
		return -1;
	return import_answers_add(*out, input->answers, columns, now_ms, err);
}

/* How many cells of a column are filled, and with an address and no more. */
struct filled {
	int64_t cells, addresses;
};

static void count_addresses(const struct str *cells, size_t n,
			    struct filled *columns)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	for (size_t i = 0; i < n; i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct str cell = import_clean(cells[i], &text);

		columns[i].cells += cell.len > 0;
		columns[i].addresses +=
			cell.len > 0 && email_is_valid(arena_str(arena, cell));
	}
}

/* Of the next rows, at most ADDRESS_ROWS. */
static int count_rows(struct csv_reader *reader, size_t columns_n,
		      struct filled *columns, struct err *err)
{
	const struct str *cells;
	size_t n;
	int found = 1;

	for (int row = 0; found > 0 && row < ADDRESS_ROWS; row++) {
		found = csv_next_whole(reader, &cells, &n, err);
		if (found > 0)
			count_addresses(cells, n < columns_n ? n : columns_n,
					columns);
	}
	return found < 0 ? -1 : 0;
}

/* Where no head names the column of addresses, it is the first that no mapping
 * names and that has but addresses in the rows looked at: "Contact". The reader
 * is behind the head, and is so again. */
static int find_addresses(const struct import_headers *h,
			  struct csv_reader *reader, struct arena *arena,
			  struct import_columns *columns, struct err *err)
{
	struct filled *filled = arena_array(arena, struct filled, columns->n);
	int64_t data = csv_offset(reader);

	if (h->entity == ENTITY_COMPANY)
		return 0;
	vec_each (columns, c) {
		if (c->target == IMPORT_EMAIL)
			return 0;
	}
	if (count_rows(reader, columns->n, filled, err) < 0)
		return -1;
	for (size_t i = 0; i < columns->n; i++) {
		struct import_column *c = &columns->v[i];

		if (filled[i].cells == 0 ||
		    filled[i].addresses < filled[i].cells ||
		    json_object_get(h->mapping, c->header))
			continue;
		*c = (struct import_column){ .header = c->header };
		(void)import_column_set(h->entity, h->customs, "email", c);
		break;
	}
	return csv_seek(reader, data, 1, err);
}

int import_plan_begin(struct db *db, const struct import_input *input,
		      const json_t *mapping, struct arena *arena,
		      struct import_plan *out, struct csv_reader **reader,
		      struct err *err)
{
	const struct str *cells;
	struct import_headers headers;
	size_t n;

	*out = (struct import_plan){
		.entity = input->entity,
		.dry_run = input->dry_run,
		.opted_in =
			utf8_is_blank(input->opted_in) ? NULL : input->opted_in,
		.encoding = input->encoding,
		.user_id = input->user_id,
		.customs = VEC_INIT,
		.columns = VEC_INIT,
	};
	if (parse_match(input->match, &out->match, err) < 0 ||
	    custom_field_list(db, input->entity, arena, &out->customs, err) <
		    0 ||
	    read_head(input, reader, &cells, &n, err) < 0)
		return -1;
	out->delimiter = csv_format(*reader).delimiter;
	out->has_header = has_header(input, &out->customs, mapping, cells, n);
	headers = (struct import_headers){
		.entity = input->entity,
		.customs = &out->customs,
		.cells = cells,
		.n = n,
		.is_header = out->has_header,
		.mapping = mapping,
	};
	if (import_columns_resolve(&headers, arena, &out->columns, err) < 0)
		return -1;
	if (!out->has_header)
		return csv_seek(*reader, 0, 0, err);
	return find_addresses(&headers, *reader, arena, &out->columns, err);
}

int import_plan_finish(struct db *db, const struct import_input *input,
		       const char *header_name, const json_t *mapping,
		       int64_t now_ms, struct arena *arena,
		       struct import_plan *plan, struct csv_reader *reader,
		       struct strbuf *questions, struct err *err)
{
	CLEANUP(json_free) json_t *answers = NULL;
	struct import_scan scan = { .mapping = mapping,
				    .now_ms = now_ms,
				    .questions = questions };

	if (find_answers(db, input, header_name, &plan->columns, now_ms, arena,
			 &answers, err) < 0)
		return -1;
	scan.answers = answers;
	return import_scan(&scan, reader, arena, plan, err);
}

int import_header_name(const struct import_input *input, struct arena *arena,
		       const char **out, struct err *err)
{
	CLEANUP(csv_free) struct csv_reader *reader = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	char hash[SHA256_HEX + 1];
	const struct str *cells;
	size_t n;

	if (read_head(input, &reader, &cells, &n, err) < 0)
		return -1;
	strbuf_addstr(&text, entity_name(input->entity));
	for (size_t i = 0; i < n; i++) {
		if (import_word_is_of_refused(cells[i]))
			continue; /* the file is still the same */
		strbuf_addch(&text, '\n');
		strbuf_addslice(&text, utf8_trim(cells[i]));
	}
	sha256_hex(strbuf_str(&text), hash);
	*out = arena_printf(arena, "header:%s", hash);
	return 0;
}

static void format_consent(const struct import_column *c, struct json_writer *w)
{
	if (c->consent == CONSENT_NO_COLUMN)
		return;
	json_key_text(w, "consent", import_consent_name(c->consent));
	json_key_bool(w, "answered", c->is_answered);
	json_key_int(w, "remembered_ms", c->remembered_ms);
	json_key_begin_object(w, "cells");
	json_key_int(w, "out", c->cells.out);
	json_key_int(w, "nothing", c->cells.nothing);
	json_key_int(w, "blank", c->cells.blank);
	json_end_object(w);
	if (c->answers.n == 0)
		return;
	json_key_begin_object(w, "values");
	for (size_t i = 0; i < c->answers.n; i++)
		json_key_text(w, c->answers.v[i].key,
			      c->answers.v[i].out ? "out" : "ignore");
	json_end_object(w);
}

void import_plan_format(const struct import_plan *plan, struct strbuf *out)
{
	char delimiter[2] = { plan->delimiter, '\0' };
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_text(&w, "match", match_names[plan->match]);
	json_key_bool(&w, "dry_run", plan->dry_run);
	json_key_bool(&w, "has_header", plan->has_header);
	json_key_text(&w, "delimiter", delimiter);
	json_key_text(&w, "encoding", plan->encoding);
	json_key_text(&w, "date_order",
		      import_date_order_name(plan->date_order));
	json_key_text(&w, "decimal", decimal_mark_name(plan->decimal));
	json_key_text(&w, "opted_in", plan->opted_in);
	json_key_int(&w, "opt_outs", plan->opt_outs);
	json_key_begin_array(&w, "columns");
	vec_each (&plan->columns, c) {
		json_begin_object(&w);
		json_key_text(&w, "header", c->header);
		json_key_text(&w, "field",
			      c->target == IMPORT_IGNORED ? NULL : c->field);
		if (c->is_yes_no)
			json_key_bool(&w, "yes_no", true);
		if (c->is_further_address)
			json_key_bool(&w, "further_address", true);
		if (c->yearless > 0)
			json_key_int(&w, "yearless", c->yearless);
		format_consent(c, &w);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
}

static int load_cells(const json_t *item, struct import_column *column,
		      struct err *err)
{
	const json_t *cells = NULL;

	if (json_get_object(item, "cells", &cells, err) <= 0)
		return 0;
	if (json_get_int(cells, "out", &column->cells.out, err) < 0 ||
	    json_get_int(cells, "nothing", &column->cells.nothing, err) < 0 ||
	    json_get_int(cells, "blank", &column->cells.blank, err) < 0)
		return -1;
	return 0;
}

static int load_consent(const json_t *item, struct arena *arena,
			struct import_column *column, struct err *err)
{
	const char *name = NULL, *key;
	const json_t *values = NULL;
	json_t *value;

	if (json_get_text(item, "consent", &name, err) < 0 ||
	    json_get_bool(item, "answered", &column->is_answered, err) < 0 ||
	    json_get_int(item, "remembered_ms", &column->remembered_ms, err) <
		    0 ||
	    json_get_object(item, "values", &values, err) < 0 ||
	    load_cells(item, column, err) < 0)
		return -1;
	if (name)
		(void)import_consent_named(str_of(name), &column->consent);
	json_object_foreach ((json_t *)values, key, value) {
		struct import_answer answer = {
			.key = arena_strdup(arena, key),
			.out = str_is(str_of(json_string_value(value)), "out"),
		};

		vec_push(&column->answers, answer);
	}
	return 0;
}

/* Of an import that was begun before columns of consent were many. */
static void load_old_consent(struct import_column *column)
{
	if (column->target == IMPORT_OPTED_OUT &&
	    column->consent == CONSENT_NO_COLUMN)
		column->consent = CONSENT_OPT_OUT;
}

static int load_columns(const json_t *list, struct arena *arena,
			struct import_plan *plan, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		const char *header = "", *field = NULL;
		struct import_column column = { 0 };

		if (json_get_text(item, "header", &header, err) < 0 ||
		    json_get_text(item, "field", &field, err) < 0 ||
		    json_get_int(item, "yearless", &column.yearless, err) < 0 ||
		    json_get_bool(item, "yes_no", &column.is_yes_no, err) < 0 ||
		    json_get_bool(item, "further_address",
				  &column.is_further_address, err) < 0)
			return -1;
		column.header = arena_strdup(arena, header);
		if (field &&
		    !import_column_set(plan->entity, &plan->customs,
				       arena_strdup(arena, field), &column))
			return err_set(err, ERR_INVALID, "the field %s is gone",
				       field);
		if (load_consent(item, arena, &column, err) < 0)
			return -1;
		load_old_consent(&column);
		vec_push(&plan->columns, column);
	}
	return 0;
}

int import_options_read(const struct import_run *run, json_t **out,
			struct err *err)
{
	/* not json_parse, which refuses a value that is answered twice */
	*out = json_loads(run->options, 0, NULL);
	return *out ? 0 : err_set(err, ERR_INVALID, "its options are damaged");
}

int import_plan_load(struct db *db, const struct import_run *run,
		     struct arena *arena, struct import_plan *out,
		     struct err *err)
{
	CLEANUP(json_free) json_t *json = NULL;
	const char *match = NULL, *delimiter = "", *opted_in = NULL;
	const char *encoding = NULL, *date_order = NULL, *decimal = NULL;
	const json_t *columns = NULL;

	*out = (struct import_plan){
		.import_id = run->id,
		.entity = run->entity,
		.user_id = run->user_id,
		.customs = VEC_INIT,
		.columns = VEC_INIT,
	};
	if (import_options_read(run, &json, err) < 0 ||
	    json_get_text(json, "match", &match, err) < 0 ||
	    json_get_text(json, "delimiter", &delimiter, err) < 0 ||
	    json_get_text(json, "encoding", &encoding, err) < 0 ||
	    json_get_text(json, "date_order", &date_order, err) < 0 ||
	    json_get_text(json, "decimal", &decimal, err) < 0 ||
	    json_get_int(json, "opt_outs", &out->opt_outs, err) < 0 ||
	    json_get_text(json, "opted_in", &opted_in, err) < 0 ||
	    json_get_bool(json, "dry_run", &out->dry_run, err) < 0 ||
	    json_get_bool(json, "has_header", &out->has_header, err) < 0 ||
	    json_get_array(json, "columns", &columns, err) < 0 ||
	    parse_match(match, &out->match, err) < 0 ||
	    custom_field_list(db, run->entity, arena, &out->customs, err) < 0)
		return -1;
	if (date_order &&
	    import_date_order_parse(date_order, &out->date_order, err) < 0)
		return -1;
	out->decimal = decimal_mark_named(decimal);
	out->delimiter = delimiter[0];
	out->encoding = arena_strdup(arena, encoding);
	out->opted_in = arena_strdup(arena, opted_in);
	return load_columns(columns, arena, out, err);
}
