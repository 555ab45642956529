/*
 * A look at a file for who chooses its columns: import_look of import.h.
 * Called by a handler; any thread.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/import/import.h"
#include "crm/import/import_mapping.h"
#include "crm/import/import_plan.h"
#include "crm/import/read/import_row.h"
#include "crm/words/import_words.h"

struct samples {
	const char *v[IMPORT_LOOK_SAMPLES];
	size_t n;
	int64_t filled; /* cells that are not blank */
	int64_t numbers, dates, yes_no;
};

struct look {
	const struct import_input *input;
	const json_t *mapping; /* NULL: none */
	struct import_plan *plan;
	struct samples *columns; /* plan->columns.n of them, in the arena */
	int64_t rows;
};

static void add_sample(struct samples *s, struct str cell, struct arena *arena)
{
	cell.len = utf8_prefix(cell, IMPORT_LOOK_SAMPLE);
	for (size_t i = 0; i < s->n; i++)
		if (str_is(cell, s->v[i]))
			return;
	if (s->n < IMPORT_LOOK_SAMPLES)
		s->v[s->n++] = arena_str(arena, cell);
}

static bool is_full_date(struct str cell)
{
	struct import_date date;

	return import_date_parse(cell, DATE_ORDER_UNKNOWN, &date) &&
	       import_date_is_valid(&date);
}

static void count_kinds(struct samples *s, struct str cell)
{
	enum consent_word word = import_consent_word(cell);
	struct import_number number;

	s->yes_no += word == CONSENT_YES || word == CONSENT_NO;
	s->dates += is_full_date(cell);
	s->numbers += !import_number_is_key(cell) &&
		      import_number_parse(cell, DECIMAL_UNKNOWN, &number);
}

/* What a field would be that takes all these values: see crm/custom_field.h. */
static const char *kind_of(const struct samples *s)
{
	if (s->filled == 0)
		return "text";
	if (s->yes_no == s->filled)
		return "boolean";
	if (s->dates == s->filled)
		return "date";
	return s->numbers == s->filled ? "number" : "text";
}

static void add_row(struct look *look, const struct str *cells, size_t n,
		    struct arena *arena)
{
	look->rows++;
	for (size_t i = 0; i < n && i < look->plan->columns.n; i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct str cell = import_clean(cells[i], &text);

		if (cell.len == 0)
			continue;
		look->columns[i].filled++;
		count_kinds(&look->columns[i], cell);
		add_sample(&look->columns[i], cell, arena);
	}
}

/* From the first row of data on. */
static int take_samples(struct look *look, struct csv_reader *reader,
			struct arena *arena, struct err *err)
{
	const struct str *cells;
	size_t n;
	int found = 1;

	look->columns =
		arena_array(arena, struct samples, look->plan->columns.n);
	while (look->rows < IMPORT_LOOK_ROWS &&
	       (found = csv_next_whole(reader, &cells, &n, err)) > 0)
		add_row(look, cells, n, arena);
	return found < 0 ? -1 : 0;
}

static const char *whose_choice(const struct look *look,
				const struct import_column *c)
{
	if (c->target == IMPORT_IGNORED &&
	    !json_object_get(look->mapping, c->header))
		return NULL;
	if (!json_object_get(look->mapping, c->header))
		return "guess";
	return look->input->mapping ? "given" : "saved";
}

static void format_column(const struct look *look, size_t i,
			  struct json_writer *w)
{
	const struct import_column *c = &look->plan->columns.v[i];
	const struct samples *s = &look->columns[i];
	bool is_consent = c->consent != CONSENT_NO_COLUMN;

	json_begin_object(w);
	json_key_text(w, "column", c->header);
	json_key_text(w, "field",
		      c->target == IMPORT_IGNORED ? NULL : c->field);
	json_key_text(w, "by", whose_choice(look, c));
	json_key_text(w, "consent",
		      is_consent ? import_consent_name(c->consent) : NULL);
	json_key_bool(w, "yes_no", c->is_yes_no);
	json_key_text(w, "kind", kind_of(s));
	json_key_int(w, "filled", s->filled);
	json_key_begin_array(w, "samples");
	for (size_t k = 0; k < s->n; k++)
		json_text(w, s->v[k]);
	json_end_array(w);
	json_end_object(w);
}

static void format_fields(const struct look *look, struct arena *arena,
			  struct json_writer *w)
{
	CLEANUP(vec_release) struct texts names = VEC_INIT;

	import_fields(look->plan->entity, &look->plan->customs, arena, &names);
	json_key_begin_array(w, "fields");
	vec_each (&names, name)
		json_text(w, *name);
	json_end_array(w);
}

static const char *encoding_of(const struct import_input *input,
			       const struct csv_reader *reader)
{
	return input->encoding ? input->encoding
			       : csv_encoding_name(csv_format(reader).encoding);
}

static void format(const struct look *look, const char *encoding,
		   const struct strbuf *questions, struct arena *arena,
		   struct strbuf *out)
{
	char delimiter[2] = { look->plan->delimiter, '\0' };
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_text(&w, "entity", entity_name(look->plan->entity));
	json_key_text(&w, "delimiter", delimiter);
	json_key_text(&w, "encoding", encoding);
	json_key_bool(&w, "has_header", look->plan->has_header);
	json_key_text(&w, "mapping",
		      look->input->mapping ? "given"
		      : look->mapping      ? "saved"
					   : NULL);
	json_key_begin_array(&w, "columns");
	for (size_t i = 0; i < look->plan->columns.n; i++)
		if (!import_word_is_of_refused(
			    str_of(look->plan->columns.v[i].header)))
			format_column(look, i, &w);
	json_end_array(&w);
	format_fields(look, arena, &w);
	json_key_int(&w, "rows", look->rows);
	json_key(&w, "questions");
	if (questions->len > 0)
		json_raw(&w, strbuf_str(questions));
	else
		json_raw(&w, STR("[]"));
	json_end_object(&w);
}

int import_look(struct db *db, const struct import_input *input, int64_t now_ms,
		struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(import_plan_release) struct import_plan plan = { 0 };
	CLEANUP(csv_free) struct csv_reader *reader = NULL;
	CLEANUP(json_free) json_t *mapping = NULL;
	CLEANUP(strbuf_release) struct strbuf questions = STRBUF_INIT;
	struct look look = { .input = input, .plan = &plan };
	const char *header_name = NULL;
	int64_t data;

	if (import_header_name(input, arena, &header_name, err) < 0 ||
	    import_mapping_find(db, input, header_name, arena, &mapping, err) <
		    0 ||
	    import_plan_begin(db, input, mapping, arena, &plan, &reader, err) <
		    0)
		return -1;
	look.mapping = mapping;
	data = csv_offset(reader);
	if (take_samples(&look, reader, arena, err) < 0 ||
	    csv_seek(reader, data, plan.has_header, err) < 0 ||
	    import_plan_finish(db, input, header_name, mapping, now_ms, arena,
			       &plan, reader, &questions, err) < 0)
		return -1;
	format(&look, encoding_of(input, reader), &questions, arena, out);
	return 0;
}
