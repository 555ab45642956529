#include "crm/import_scan.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"

#include <string.h>

#define VALUES_MAX 64   /* of a column that are counted one by one */
#define DATES_MAX 8     /* of them that are dates */
#define WATCHED_MAX 32  /* the same, of a column that is none of consent */
#define SHOWN_MAX 20    /* of them in a question */
#define SHOWN_BYTES 120 /* of a value in it */

/* A value as it is written, and how often. */
struct tally {
	struct str text;
	int64_t count;
	enum consent_word word;
};
struct tallies VEC_FIELDS(struct tally);

/* What is known of a column. */
struct look {
	struct import_column *column;
	enum import_consent header; /* what the header alone says */
	bool is_watched;            /* for words like "unsubscribed" */
	bool is_date;
	struct tallies values;
	int64_t words[CONSENT_WORDS];
	int64_t others[CONSENT_WORDS]; /* those that are not in `values` */
	int dates_kept;
	struct str date; /* the first that can be read in two ways */
	int64_t dates, day_first, month_first;
};
struct looks VEC_FIELDS(struct look);

static void looks_release(struct looks *looks)
{
	vec_each (looks, look)
		vec_release(&look->values);
	vec_release(looks);
}

/* --- counting --- */

static struct tally *find_tally(struct look *look, struct str cell)
{
	vec_each (&look->values, t) {
		if (str_eq(t->text, cell))
			return t;
	}
	return NULL;
}

static void count_cell(struct look *look, struct str cell, struct arena *arena)
{
	struct tally *known = find_tally(look, cell);
	struct tally t = { .text = cell, .count = 1 };

	if (known) {
		known->count++;
		look->words[known->word]++;
		return;
	}
	if (look->is_watched && look->values.n == WATCHED_MAX) {
		look->is_watched = false; /* names, notes: no state */
		return;
	}
	t.word = import_consent_word(cell);
	look->words[t.word]++;
	look->dates_kept += t.word == CONSENT_DATE;
	if (look->values.n == VALUES_MAX || look->dates_kept > DATES_MAX) {
		look->others[t.word]++;
		look->dates_kept -= t.word == CONSENT_DATE;
		return;
	}
	t.text = str_of(arena_str(arena, cell));
	vec_push(&look->values, t);
}

static void count_date(struct look *look, struct str cell, struct arena *arena)
{
	struct import_date date;

	if (!import_date_parse(cell, DATE_ORDER_UNKNOWN, &date))
		return;
	look->day_first += date.shows == DATE_DAY_FIRST;
	look->month_first += date.shows == DATE_MONTH_FIRST;
	look->dates += date.by_order;
	if (date.by_order && !look->date.s)
		look->date = str_of(arena_str(arena, cell));
}

static void look_at_row(struct looks *looks, const struct str *cells, size_t n,
			struct arena *arena)
{
	for (size_t i = 0; i < n && i < looks->n; i++) {
		struct look *look = &looks->v[i];
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		bool counts = look->header != CONSENT_NO_COLUMN;
		struct str cell;

		if (!counts && !look->is_watched && !look->is_date)
			continue;
		cell = import_clean(cells[i], &text);
		if (cell.len == 0)
			continue;
		if (counts || look->is_watched)
			count_cell(look, cell, arena);
		if (look->is_date)
			count_date(look, cell, arena);
	}
}

/* Where a word such as "unsubscribed" would be nothing but a name. */
static bool may_hide_consent(const struct import_column *c)
{
	return c->target == IMPORT_IGNORED || c->target == IMPORT_TAGS ||
	       c->target == IMPORT_CUSTOM ||
	       (c->target == IMPORT_TEXT && c->text == TEXT_STATUS);
}

static bool is_date(const struct import_column *c)
{
	return (c->target == IMPORT_TEXT && c->text == TEXT_BIRTHDAY) ||
	       (c->target == IMPORT_CUSTOM &&
		strcmp(c->custom->type, "date") == 0);
}

static void begin_looks(struct import_plan *plan, struct looks *out)
{
	vec_each (&plan->columns, c) {
		struct look look = { .column = c, .values = VEC_INIT };

		look.header = plan->has_header
				      ? import_consent_header(str_of(c->header))
				      : CONSENT_NO_COLUMN;
		if (c->target == IMPORT_OPTED_OUT &&
		    !import_consent_is_sure(look.header))
			look.header = CONSENT_OPT_OUT; /* by the mapping */
		look.is_watched =
			look.header == CONSENT_NO_COLUMN && may_hide_consent(c);
		look.is_date = is_date(c);
		if (look.header == CONSENT_OTHER)
			look.header = CONSENT_NO_COLUMN;
		vec_push(out, look);
	}
}

static int read_file(struct csv_reader *reader, struct looks *looks,
		     struct arena *arena, struct err *err)
{
	const struct str *cells;
	size_t n;
	int more;

	while ((more = csv_next(reader, &cells, &n, NULL, err)) != 0) {
		if (more < 0 && err->code != ERR_INVALID)
			return -1;
		if (more > 0 && !import_row_is_too_wide(cells, n, looks->n))
			look_at_row(looks, cells, n, arena);
	}
	return 0;
}

/* --- answers --- */

static bool same_key(struct str a, struct str b)
{
	CLEANUP(strbuf_release) struct strbuf x = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf y = STRBUF_INIT;

	import_consent_key(a, &x);
	import_consent_key(b, &y);
	return str_eq(strbuf_str(&x), strbuf_str(&y));
}

static int answer_columns(const json_t *columns, struct looks *looks,
			  struct err *err)
{
	const char *header;
	json_t *value;

	json_object_foreach ((json_t *)columns, header, value) {
		bool found = false;
		enum import_consent consent;

		if (!import_consent_named(str_of(json_string_value(value)),
					  &consent))
			return err_field(err, "consent",
					 "\"%s\" must be opt_out, opt_in, "
					 "status, reason or ignore",
					 header);
		vec_each (looks, look) {
			if (!same_key(str_of(look->column->header),
				      str_of(header)))
				continue;
			look->column->consent = consent;
			found = true;
		}
		if (!found)
			return err_field(err, "consent",
					 "there is no column \"%s\"", header);
	}
	return 0;
}

/* The column that "Status:inaktiv" names, and the value. A header may hold
 * colons of its own: the longest counts. */
static struct look *split_answer(struct looks *looks, struct str name,
				 struct str *value)
{
	struct look *found = NULL;

	for (size_t i = 0; i < name.len; i++) {
		if (name.s[i] != ':')
			continue;
		vec_each (looks, look) {
			if (!same_key(str_of(look->column->header),
				      (struct str){ name.s, i }))
				continue;
			*value = (struct str){ name.s + i + 1,
					       name.len - i - 1 };
			found = look;
		}
	}
	return found;
}

static int answer_values(const json_t *values, struct looks *looks,
			 struct arena *arena, struct err *err)
{
	const char *name;
	json_t *item;

	json_object_foreach ((json_t *)values, name, item) {
		CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
		struct str said = str_of(json_string_value(item)), value;
		struct look *look = split_answer(looks, str_of(name), &value);
		struct import_answer answer;

		if (!look)
			return err_field(err, "consent_values",
					 "there is no column of \"%s\" "
					 "(COLUMN:VALUE)",
					 name);
		if (!str_is(said, "out") && !str_is(said, "ignore"))
			return err_field(err, "consent_values",
					 "\"%s\" must be out or ignore", name);
		import_consent_key(value, &key);
		answer.key = arena_str(arena, strbuf_str(&key));
		answer.out = str_is(said, "out");
		vec_push(&look->column->answers, answer);
	}
	return 0;
}

static int answer(const struct import_scan *scan, struct looks *looks,
		  struct arena *arena, struct import_plan *plan,
		  struct err *err)
{
	const json_t *columns = NULL, *values = NULL;
	const char *order = NULL;

	if (!scan->answers)
		return 0;
	if (json_get_object(scan->answers, "columns", &columns, err) < 0 ||
	    json_get_object(scan->answers, "values", &values, err) < 0 ||
	    json_get_text(scan->answers, "date_order", &order, err) < 0)
		return -1;
	if (order && import_date_order_parse(order, &plan->date_order, err) < 0)
		return -1;
	if (answer_columns(columns, looks, err) < 0)
		return -1;
	return answer_values(values, looks, arena, err);
}

/* --- questions --- */

static void begin_question(struct json_writer *w, const char *kind,
			   const struct look *look)
{
	enum import_consent as = look->column->consent;

	json_begin_object(w);
	json_key_text(w, "kind", kind);
	json_key_text(w, "column", look->column->header);
	json_key_text(w, "as",
		      as == CONSENT_NO_COLUMN ? NULL : import_consent_name(as));
	json_key_begin_array(w, "values");
}

static void write_value(struct json_writer *w, struct str value, int64_t count)
{
	value.len = utf8_prefix(value, SHOWN_BYTES);
	json_begin_object(w);
	json_key(w, "value");
	json_str(w, value);
	json_key_int(w, "count", count);
	json_end_object(w);
}

static void end_question(struct json_writer *w, int64_t more,
			 const char *parameter, const char *answers)
{
	json_end_array(w);
	json_key_int(w, "more", more);
	json_key_text(w, "parameter", parameter);
	json_key_raw(w, "answers", str_of(answers));
	json_end_object(w);
}

static enum consent_meaning says(const struct import_column *c, int word)
{
	return import_consent_meaning(c->consent, (enum consent_word)word);
}

/* Cells of a column, or those of one meaning, with their counts. */
static int64_t write_values(struct json_writer *w, const struct look *look,
			    bool unclear_only)
{
	const struct import_column *c = look->column;
	int64_t more = 0;
	int shown = 0;

	vec_each (&look->values, t) {
		if (unclear_only &&
		    import_consent_read(c->consent, &c->answers, t->text) !=
			    CONSENT_UNCLEAR)
			continue;
		if (shown++ < SHOWN_MAX)
			write_value(w, t->text, t->count);
		else
			more += t->count;
	}
	for (int word = 0; word < CONSENT_WORDS; word++) {
		if (!unclear_only || says(c, word) == CONSENT_UNCLEAR)
			more += look->others[word];
	}
	return more;
}

static void ask_column(struct json_writer *w, const struct look *look)
{
	begin_question(w, "column", look);
	end_question(w, write_values(w, look, false), "consent",
		     "[\"opt_out\",\"opt_in\",\"status\",\"reason\","
		     "\"ignore\"]");
}

static void ask_values(struct json_writer *w, const struct look *look)
{
	begin_question(w, "value", look);
	end_question(w, write_values(w, look, true), "consent_values",
		     "[\"out\",\"ignore\"]");
}

static void ask_date_order(struct json_writer *w, const struct look *look)
{
	begin_question(w, "date_order", look);
	write_value(w, look->date, look->dates);
	end_question(w, 0, "date_order", "[\"dmy\",\"mdy\"]");
}

/* --- deciding --- */

static bool is_mapped_to_nothing(const struct import_scan *scan,
				 const struct look *look)
{
	return scan->mapping && json_is_null(json_object_get(
					scan->mapping, look->column->header));
}

static bool has_opt_out(const struct looks *looks)
{
	vec_each (looks, look) {
		if (look->header == CONSENT_OPT_OUT)
			return true;
	}
	return false;
}

static int64_t filled_cells(const struct look *look)
{
	int64_t n = 0;

	for (int word = CONSENT_BLANK + 1; word < CONSENT_WORDS; word++)
		n += look->words[word];
	return n;
}

/* States as numbers (Mailtrain: 2 is unsubscribed): whose, nobody knows. */
static bool has_codes(const struct look *look)
{
	vec_each (&look->values, t) {
		int64_t n;

		if (t->text.len <= 2 && str_to_int(t->text, &n) && n > 1)
			return true;
	}
	return false;
}

/* A column that nobody answered for. Returns whether it must be asked. */
static bool decide(struct look *look, bool has_mail)
{
	const int64_t *n = look->words;
	struct import_column *c = look->column;

	switch (look->header) {
	case CONSENT_LETTERS:
		c->consent = has_mail ? CONSENT_NO_COLUMN : CONSENT_OPT_OUT;
		return false;
	case CONSENT_REASON: /* the opt-out itself stands beside it */
		c->consent = has_mail ? CONSENT_NO_COLUMN : CONSENT_REASON;
		return false;
	case CONSENT_MAYBE_OUT:
		return filled_cells(look) > n[CONSENT_NO];
	case CONSENT_MAYBE_IN:
		return filled_cells(look) > 0;
	case CONSENT_MAYBE_STATE:
		if (n[CONSENT_OUT] || n[CONSENT_IN] || n[CONSENT_INACTIVE])
			c->consent = CONSENT_STATUS;
		return c->consent == CONSENT_NO_COLUMN &&
		       (n[CONSENT_NO] > 0 || has_codes(look));
	case CONSENT_NO_COLUMN:
		return look->is_watched && n[CONSENT_OUT] > 0;
	default:
		c->consent = look->header;
		return false;
	}
}

/* The field of a column follows what it was found to be. */
static void set_target(struct import_column *c)
{
	bool consents = c->consent != CONSENT_NO_COLUMN &&
			c->consent != CONSENT_IGNORED;
	bool is_free = c->target == IMPORT_IGNORED ||
		       (c->target == IMPORT_TEXT && c->text == TEXT_STATUS);

	if (consents && is_free) {
		c->target = IMPORT_OPTED_OUT;
		c->field = "opted_out";
	} else if (!consents && c->target == IMPORT_OPTED_OUT) {
		c->target = IMPORT_IGNORED;
		c->field = NULL;
	}
}

/* Are there values that are not understood? Counts those that say "out". */
static bool has_unclear(const struct look *look, int64_t *outs)
{
	const struct import_column *c = look->column;
	bool unclear = false;

	vec_each (&look->values, t) {
		switch (import_consent_read(c->consent, &c->answers, t->text)) {
		case CONSENT_SAYS_OUT:
			*outs += t->count;
			break;
		case CONSENT_UNCLEAR:
			unclear = true;
			break;
		case CONSENT_NOTHING:
			break;
		}
	}
	for (int word = 0; word < CONSENT_WORDS; word++) {
		if (look->others[word] == 0)
			continue;
		*outs += says(c, word) == CONSENT_SAYS_OUT ? look->others[word]
							   : 0;
		unclear |= says(c, word) == CONSENT_UNCLEAR;
	}
	return unclear;
}

static void decide_column(const struct import_scan *scan, struct look *look,
			  bool has_mail, int64_t *outs, struct json_writer *w)
{
	struct import_column *c = look->column;
	bool ask = false;

	if (c->consent == CONSENT_NO_COLUMN && is_mapped_to_nothing(scan, look))
		c->consent = CONSENT_IGNORED;
	if (c->consent == CONSENT_NO_COLUMN)
		ask = decide(look, has_mail);
	if (c->consent == CONSENT_NO_COLUMN && c->answers.n > 0) {
		c->consent = CONSENT_STATUS;
		ask = false;
	}
	set_target(c);
	if (ask)
		ask_column(w, look);
	else if (has_unclear(look, outs))
		ask_values(w, look);
}

/* The rows as a whole say it, or a user. */
static void decide_dates(struct looks *looks, struct import_plan *plan,
			 struct json_writer *w)
{
	int64_t day_first = 0, month_first = 0;

	if (plan->date_order != DATE_ORDER_UNKNOWN)
		return;
	vec_each (looks, look) {
		day_first += look->day_first;
		month_first += look->month_first;
	}
	if (day_first > 0 && month_first == 0)
		plan->date_order = DATE_DAY_FIRST;
	else if (month_first > 0 && day_first == 0)
		plan->date_order = DATE_MONTH_FIRST;
	vec_each (looks, look) {
		if (plan->date_order == DATE_ORDER_UNKNOWN && look->dates > 0)
			ask_date_order(w, look);
	}
}

int import_scan(struct import_scan *scan, struct csv_reader *reader,
		struct arena *arena, struct import_plan *plan, struct err *err)
{
	CLEANUP(looks_release) struct looks looks = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf questions = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&questions);
	bool has_mail;

	begin_looks(plan, &looks);
	if (answer(scan, &looks, arena, plan, err) < 0 ||
	    read_file(reader, &looks, arena, err) < 0)
		return -1;
	has_mail = has_opt_out(&looks);
	json_begin_array(&w);
	vec_each (&looks, look)
		decide_column(scan, look, has_mail, &plan->opt_outs, &w);
	decide_dates(&looks, plan, &w);
	json_end_array(&w);
	if (questions.len > 2)
		strbuf_addslice(scan->questions, strbuf_str(&questions));
	return 0;
}
