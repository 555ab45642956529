/*
 * A text with merge tags to a program that renders it. One thread a program;
 * what comes out is immutable.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text/html_entity.h"
#include "base/utf8.h"
#include "campaign/html/html_links.h"
#include "campaign/merge/merge_compiler.h"

static void compiler_release(struct merge_compiler *c)
{
	strbuf_release(&c->literal);
	strbuf_release(&c->mended);
}

static void add_problem(struct merge_compiler *c, size_t at, const char *text,
			struct str name, struct str tag)
{
	struct merge_problem problem = { .line = 1, .column = 1 };

	if (!c->problems || c->problems->n >= MERGE_PROBLEMS_MAX)
		return;
	for (size_t i = 0; i < at && i < c->source.len; i++) {
		problem.column++;
		if (c->source.s[i] == '\n') {
			problem.line++;
			problem.column = 1;
		}
	}
	if (name.len > 60)
		name.len = utf8_prefix(name, 60);
	problem.text =
		arena_printf(c->arena, "%s%.*s", text, (int)name.len, name.s);
	problem.tag = arena_str(c->arena, tag);
	vec_push(c->problems, problem);
}

void merge_add_problem(struct merge_compiler *c, size_t at, const char *text,
		       struct str name)
{
	struct str tag = STR("");

	if (at < c->source.len) {
		tag = (struct str){ c->source.s + at, c->source.len - at };
		tag.len = merge_tag_length(tag);
	}
	add_problem(c, at, text, name, tag);
}

static void add_hint(struct merge_compiler *c, const char *meant)
{
	struct merge_problem *last = &c->problems->v[c->problems->n - 1];

	if (meant)
		last->text = arena_printf(c->arena, "%s (did you mean %s?)",
					  last->text, meant);
}

void merge_add_unknown(struct merge_compiler *c, struct str name)
{
	size_t n = c->problems ? c->problems->n : 0;

	merge_add_problem(c, c->at, "There is no tag ", name);
	if (c->problems && c->problems->n > n)
		add_hint(c, merge_name_near(name, c->how->fields));
}

/* --- output --- */

size_t merge_add_op(struct merge_compiler *c, struct merge_op op)
{
	vec_push(&c->program->ops, op);
	return c->program->ops.n - 1;
}

void merge_flush_literal(struct merge_compiler *c)
{
	struct strbuf *text = &c->program->text;
	size_t start = text->len;

	if (c->literal.len == 0)
		return;
	if (c->how->quoted_printable)
		merge_quote_printable(strbuf_str(&c->literal), text);
	else
		strbuf_addslice(text, strbuf_str(&c->literal));
	merge_add_op(c, (struct merge_op){ .kind = OP_LITERAL,
					   .start = start,
					   .len = text->len - start });
	strbuf_reset(&c->literal);
}

static enum merge_escape escape_in_url(const struct merge_compiler *c)
{
	const struct html_scan *scan = &c->scan;

	if (scan->place == HTML_BEFORE_VALUE || scan->value[0] == '\0')
		return ESCAPE_URL_WHOLE;
	if (!strncmp(scan->value, "mailto:", 7) && !scan->past_query)
		return ESCAPE_MAILTO;
	return ESCAPE_URL;
}

static enum merge_escape escape_in_attribute(const struct merge_compiler *c)
{
	const char *attr = c->scan.attr;

	if (html_scan_in_url(&c->scan))
		return escape_in_url(c);
	if (!strcmp(attr, "style") || !strncmp(attr, "on", 2))
		return ESCAPE_CODE;
	if (c->scan.place == HTML_VALUE_DOUBLE ||
	    c->scan.place == HTML_VALUE_SINGLE)
		return ESCAPE_MARKUP;
	return ESCAPE_BARE;
}

static enum merge_escape escape_here(const struct merge_compiler *c)
{
	switch (c->how->context) {
	case MERGE_PLAIN:
		return ESCAPE_PLAIN;
	case MERGE_HEADER:
		return ESCAPE_HEADER;
	case MERGE_URL:
		return c->link_started ? ESCAPE_URL : ESCAPE_LINK_WHOLE;
	case MERGE_HTML:
		break;
	}
	switch (c->scan.place) {
	case HTML_TEXT:
	case HTML_COMMENT:
	case HTML_BOGUS:
	case HTML_DECLARATION:
	case HTML_RCDATA:
		return ESCAPE_MARKUP;
	case HTML_BEFORE_VALUE:
	case HTML_VALUE_DOUBLE:
	case HTML_VALUE_SINGLE:
	case HTML_VALUE_BARE:
		return escape_in_attribute(c);
	default:
		return ESCAPE_CODE;
	}
}

static void add_literal(struct merge_compiler *c, struct str text)
{
	if (c->in_template) {
		CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;

		merge_change_case(text, c->template_case, &sb);
		merge_escape_value(strbuf_str(&sb), c->template_escape,
				   &c->literal);
		return;
	}
	strbuf_addslice(&c->literal, text);
	c->link_started |= text.len > 0;
	if (c->how->context == MERGE_HTML)
		for (size_t i = 0; i < text.len; i++)
			html_scan_byte(&c->scan, text.s[i]);
}

/* A value, slot or constant was put out. */
static void note_value(struct merge_compiler *c)
{
	c->link_started = true;
	if (c->how->context == MERGE_HTML && !c->in_template)
		html_scan_value(&c->scan);
}

/* --- values --- */

/* URL: percent-encodes once, wherever it stands. */
static void settle_escape(struct merge_compiler *c,
			  struct merge_prefixes *prefixes,
			  enum merge_escape *escape)
{
	*escape = c->in_template ? c->template_escape : escape_here(c);
	if (c->in_template && prefixes->letters == CASE_AS_IS)
		prefixes->letters = c->template_case;
	if (prefixes->html && *escape == ESCAPE_MARKUP &&
	    c->scan.place == HTML_TEXT)
		*escape = ESCAPE_NONE;
	if (prefixes->letters != CASE_URL)
		return;
	if (*escape == ESCAPE_URL || *escape == ESCAPE_MAILTO ||
	    *escape == ESCAPE_URL_WHOLE || *escape == ESCAPE_LINK_WHOLE) {
		prefixes->letters = CASE_AS_IS;
		*escape = ESCAPE_URL;
	}
}

static void add_constant(struct merge_compiler *c, struct str text,
			 bool is_markup, struct merge_prefixes prefixes)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	enum merge_escape escape;

	settle_escape(c, &prefixes, &escape);
	if (is_markup && escape == ESCAPE_MARKUP)
		escape = ESCAPE_NONE;
	merge_change_case(text, prefixes.letters, &sb);
	merge_escape_value(strbuf_str(&sb), escape, &c->literal);
	if (sb.len > 0)
		note_value(c);
}

/* A reader reads it as the language of the mail has it; a program behind a link
 * gets a number as it is, and a date as the field says. */
static void settle_form(const struct merge_facts *facts,
			const struct merge_field *field,
			struct merge_value *value)
{
	bool is_read = value->escape != ESCAPE_URL &&
		       value->escape != ESCAPE_URL_WHOLE &&
		       value->escape != ESCAPE_LINK_WHOLE &&
		       value->escape != ESCAPE_MAILTO &&
		       value->letters != CASE_URL;

	if (!strcmp(field->type, "number")) {
		value->form = FORM_NUMBER;
		value->decimal = is_read ? facts->decimal : NULL;
		return;
	}
	if (strcmp(field->type, "date") != 0 &&
	    strcmp(field->type, "birthday") != 0)
		return;
	value->form = FORM_DATE;
	value->date_format = is_read && facts->date_format ? facts->date_format
							   : field->date_format;
	value->day_format = is_read && facts->day_format ? facts->day_format
							 : field->date_format;
}

static void add_value(struct merge_compiler *c, const struct merge_name *name,
		      struct str tag, struct merge_prefixes prefixes)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	struct strbuf *text = &c->program->text;
	struct merge_value value = { .source = name->source,
				     .index = name->index };

	merge_flush_literal(c);
	settle_escape(c, &prefixes, &value.escape);
	if (value.escape == ESCAPE_NONE) {
		/* nobody writes scripts into the mails of another */
		value.escape = ESCAPE_MARKUP;
		merge_add_problem(c, c->at,
				  "Markup of people is shown as text, also by "
				  "the HTML: of ",
				  tag);
	}
	value.letters = prefixes.letters;
	value.start = text->len;
	if (name->field) {
		settle_form(c->how->facts, name->field, &value);
		merge_change_case(str_of(name->field->default_value),
				  value.letters, &sb);
		merge_escape_value(strbuf_str(&sb), value.escape, text);
	}
	value.len = text->len - value.start;
	vec_push(&c->program->values, value);
	merge_add_op(
		c, (struct merge_op){ .kind = OP_VALUE,
				      .index = (int)c->program->values.n - 1 });
	note_value(c);
}

static void add_slot(struct merge_compiler *c, enum merge_slot slot, int number)
{
	merge_flush_literal(c);
	merge_add_op(c, (struct merge_op){ .kind = OP_SLOT,
					   .slot = slot,
					   .index = number });
	note_value(c);
}

/* What is put here stands among the words of a page, and is no attribute. */
static bool is_read(const struct merge_compiler *c)
{
	return c->how->context == MERGE_HTML && !c->in_template &&
	       c->scan.place == HTML_TEXT;
}

/* --- tags --- */

static int compile_text(struct merge_compiler *c, struct str text,
			struct err *err);

/* The tags of a subject are those of the recipient too; it is text, not
 * markup, wherever it is put. */
static int compile_template(struct merge_compiler *c, struct str text,
			    struct merge_prefixes prefixes, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf mended = STRBUF_INIT;
	struct merge_how how = { .context = MERGE_HEADER,
				 .fields = c->how->fields,
				 .facts = c->how->facts };
	int result;

	if (c->in_template)
		return 0;
	if (merge_mend(text, &how, &mended))
		text = strbuf_str(&mended);
	settle_escape(c, &prefixes, &c->template_escape);
	c->template_case = prefixes.letters;
	c->in_template = true;
	result = compile_text(c, text, err);
	c->in_template = false;
	if (text.len > 0)
		note_value(c);
	return result;
}

/* upper, body: what stands within the tag. */
static int compile_name(struct merge_compiler *c, struct str tag,
			struct str upper, struct str body, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct merge_prefixes prefixes;
	struct merge_name name;

	merge_cut_prefixes(&upper, &body, &prefixes);
	merge_name_find(upper, body, c->how, &name, &text);
	switch (name.kind) {
	case NAME_UNKNOWN:
		merge_add_unknown(c, body);
		add_literal(c, tag);
		return 0;
	case NAME_SOURCE:
		if (name.source != SOURCE_ARCHIVE_PAGE)
			add_value(c, &name, body, prefixes);
		return 0;
	case NAME_TEXT:
		add_constant(c, strbuf_str(&text), name.is_markup, prefixes);
		return 0;
	case NAME_SLOT:
		if (is_read(c))
			merge_add_problem(c, c->at,
					  "Readers see the whole address; make "
					  "words a link to it instead: ",
					  body);
		add_slot(c, name.slot, 0);
		return 0;
	case NAME_TEMPLATE:
		return compile_template(c, strbuf_str(&text), prefixes, err);
	}
	return 0;
}

static int compile_tag(struct merge_compiler *c, struct str tag,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf upper = STRBUF_INIT;
	struct str inner = { tag.s + 2, tag.len - 4 };
	int done;

	/* Editors write *|IF:AGE &lt; 18|*. */
	if (c->how->context == MERGE_HTML)
		html_decode(inner, &body);
	else
		strbuf_addslice(&body, inner);
	strbuf_trim(&body);
	merge_name_upper(strbuf_str(&body), &upper);

	done = merge_compile_structure(c, strbuf_str(&upper), strbuf_str(&body),
				       err);
	if (done != 0)
		return done < 0 ? -1 : 0;
	return compile_name(c, tag, strbuf_str(&upper), strbuf_str(&body), err);
}

static int compile_text(struct merge_compiler *c, struct str text,
			struct err *err)
{
	size_t from = 0, at = 0;

	while (at < text.len) {
		const char *star = memchr(text.s + at, '*', text.len - at);
		size_t length;

		if (!star)
			break;
		at = (size_t)(star - text.s);
		length = merge_tag_length(
			(struct str){ text.s + at, text.len - at });
		if (length == 0) {
			at++;
			continue;
		}
		add_literal(c, (struct str){ text.s + from, at - from });
		if (!c->in_template)
			c->at = at;
		if (compile_tag(c, (struct str){ text.s + at, length }, err) <
		    0)
			return -1;
		at += length;
		from = at;
	}
	add_literal(c, (struct str){ text.s + from, text.len - from });
	return 0;
}

/* What the author may have wanted of such; NULL: nobody knows. */
static const char *meant_by(const struct merge_compiler *c,
			    const struct merge_scan *scan)
{
	struct str name = strbuf_str(&scan->name);
	const char *near;

	if (name.len == 0)
		name = scan->written;
	while (name.len > 0 && strchr("*| ", name.s[0]))
		name = (struct str){ name.s + 1, name.len - 1 };
	while (name.len > 0 && strchr("*| ", name.s[name.len - 1]))
		name.len--;
	if (merge_name_is_known(name, c->how))
		return arena_printf(c->arena, "*|%.*s|*", (int)name.len,
				    name.s);
	near = merge_name_near(name, c->how->fields);
	return near ? arena_printf(c->arena, "*|%s|*", near) : NULL;
}

/* What stays in the text, and looks like a tag. */
static void add_lookalikes(struct merge_compiler *c)
{
	CLEANUP(merge_scan_release)
	struct merge_scan scan = MERGE_SCAN(c->source, c->how);

	while (c->problems && merge_scan_next(&scan)) {
		size_t n = c->problems->n;

		if (scan.likeness != MERGE_LIKE_NONE)
			continue;
		add_problem(c, scan.found,
			    "It looks like a merge tag, is none, and "
			    "stays as it is: ",
			    scan.written, scan.written);
		if (c->problems->n > n)
			add_hint(c, meant_by(c, &scan));
	}
}

void merge_find_raw(struct str text, const struct merge_how *how,
		    struct arena *arena, struct merge_problems *problems)
{
	CLEANUP(merge_scan_release)
	struct merge_scan scan = MERGE_SCAN(text, how);
	struct merge_compiler c = { .arena = arena,
				    .problems = problems,
				    .source = text };

	while (merge_scan_next(&scan))
		add_problem(&c, scan.found,
			    "Merge tags are not replaced here: ", scan.written,
			    scan.written);
}

static int compile_piece(struct merge_compiler *c, struct str text,
			 struct err *err)
{
	strbuf_reset(&c->mended);
	c->source = text;
	if (merge_mend(text, c->how, &c->mended))
		c->source = strbuf_str(&c->mended);
	if (compile_text(c, c->source, err) < 0)
		return -1;
	add_lookalikes(c);
	return 0;
}

static int compile_pieces(struct merge_compiler *c,
			  const struct merge_piece *pieces, size_t n,
			  struct err *err)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++) {
		if (pieces[i].slot != MERGE_SLOT_NONE) {
			add_slot(c, pieces[i].slot, pieces[i].number);
			continue;
		}
		total += pieces[i].text.len;
		if (total > MERGE_SOURCE_MAX)
			return err_set(err, ERR_INVALID,
				       "the text is longer than %u bytes",
				       MERGE_SOURCE_MAX);
		if (compile_piece(c, pieces[i].text, err) < 0)
			return -1;
	}
	while (c->depth > 0) {
		struct merge_frame *frame = &c->frames[c->depth - 1];

		merge_add_problem(c, frame->at, "A conditional has no END",
				  STR(""));
		merge_end_conditional(c, frame->interested);
	}
	merge_flush_literal(c);
	return 0;
}

int merge_compile(const struct merge_piece *pieces, size_t n,
		  const struct merge_how *how, struct arena *arena,
		  struct merge_program **out, struct merge_problems *problems,
		  struct err *err)
{
	static const struct merge_facts no_facts;
	CLEANUP(merge_program_free)
	struct merge_program *program = calloc(1, sizeof(*program));
	CLEANUP(compiler_release)
	struct merge_compiler c = { .how = how,
				    .arena = arena,
				    .problems = problems,
				    .scan = HTML_SCAN_INIT,
				    .literal = STRBUF_INIT,
				    .mended = STRBUF_INIT };
	struct merge_how with_facts = *how;

	BUG_ON(!program);
	if (!how->facts) {
		with_facts.facts = &no_facts;
		c.how = &with_facts;
	}
	c.program = program;
	program->text = (struct strbuf)STRBUF_INIT;
	program->quoted_printable = how->quoted_printable;
	program->slot_fn = how->slot_fn;
	if (compile_pieces(&c, pieces, n, err) < 0)
		return -1;
	*out = TAKE(program);
	return 0;
}

void merge_program_free(struct merge_program **program)
{
	if (!*program)
		return;
	strbuf_release(&(*program)->text);
	vec_release(&(*program)->ops);
	vec_release(&(*program)->values);
	vec_release(&(*program)->conditions);
	vec_release(&(*program)->interests);
	free(*program);
	*program = NULL;
}
