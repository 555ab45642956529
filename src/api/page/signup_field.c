/*
 * The fields of a sign-up form as HTML: labels, what was typed, what is wrong
 * with it. Any worker.
 */
#include "api/page/signup_page.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <string.h>

/* One control. */
struct control {
	const char *id, *name, *type, *value;
	const char *rest;                 /* attributes of ours */
	const struct signup_wrong *wrong; /* NULL: nothing */
	bool required, has_help;
};

static void add_attribute(struct strbuf *out, const char *name,
			  const char *value)
{
	strbuf_addf(out, " %s=\"", name);
	strbuf_add_html(out, str_of(value));
	strbuf_addch(out, '"');
}

static void add_text(struct strbuf *out, const char *text)
{
	strbuf_add_html(out, str_of(text));
}

/* Words of the owner run as they do, whatever the page does. */
static void add_own(struct strbuf *out, const char *text)
{
	strbuf_addstr(out, "<bdi>");
	add_text(out, text);
	strbuf_addstr(out, "</bdi>");
}

static const struct signup_wrong *wrong_with(const struct signup_page *page,
					     const char *name)
{
	vec_each (&page->wrong, w)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}

/* What a screen reader says of it besides its label; the first one that is
 * wrong has the focus. */
static void add_state(const struct signup_page *page, const struct control *c,
		      struct strbuf *out)
{
	if (c->required)
		strbuf_addstr(out, " aria-required=\"true\"");
	if (c->wrong)
		strbuf_addstr(out, " aria-invalid=\"true\"");
	if (c->wrong || c->has_help)
		strbuf_addf(out, " aria-describedby=\"%s%s%s%s%s\"",
			    c->has_help ? c->id : "",
			    c->has_help ? "-help" : "",
			    c->wrong && c->has_help ? " " : "",
			    c->wrong ? c->id : "", c->wrong ? "-wrong" : "");
	if (c->wrong && c->wrong == page->wrong.v)
		strbuf_addstr(out, " autofocus");
}

static void add_label(const struct signup_page *page, const char *id,
		      const char *label, bool required, struct strbuf *out)
{
	if (id)
		strbuf_addf(out, "<label for=\"%s\">", id);
	else
		strbuf_addstr(out, "<legend>");
	add_own(out, label);
	if (required) {
		strbuf_addstr(out, " <span class=\"required\">");
		add_text(out, signup_text(page, READER_REQUIRED));
		strbuf_addstr(out, "</span>");
	}
	strbuf_addstr(out, id ? "</label>\n" : "</legend>\n");
}

static void add_notes(const struct signup_page *page, const char *id,
		      const char *help, const struct signup_wrong *wrong,
		      struct strbuf *out)
{
	if (*help) {
		strbuf_addf(out, "<p class=\"help\" id=\"%s-help\">", id);
		add_own(out, help);
		strbuf_addstr(out, "</p>\n");
	}
	if (wrong) {
		strbuf_addf(out, "<p class=\"wrong\" id=\"%s-wrong\">", id);
		add_text(out, signup_text(page, wrong->text));
		strbuf_addstr(out, "</p>\n");
	}
}

static void add_input(const struct signup_page *page, const struct control *c,
		      struct strbuf *out)
{
	strbuf_addf(out, "<input id=\"%s\" type=\"%s\"", c->id, c->type);
	add_attribute(out, "name", c->name);
	add_attribute(out, "value", c->value);
	strbuf_addstr(out, c->rest);
	add_state(page, c, out);
	strbuf_addstr(out, ">\n");
}

static void add_option(struct strbuf *out, const char *value, const char *text,
		       bool selected)
{
	strbuf_addstr(out, "<option");
	add_attribute(out, "value", value);
	strbuf_addstr(out, selected ? " selected>" : ">");
	add_text(out, text);
	strbuf_addstr(out, "</option>\n");
}

/* A radio button or a checkbox with its label. */
static void add_choice(const struct control *c, const char *label, bool chosen,
		       struct strbuf *out)
{
	strbuf_addf(out, "<label><input type=\"%s\"", c->type);
	add_attribute(out, "name", c->name);
	add_attribute(out, "value", c->value);
	strbuf_addstr(out, c->rest);
	strbuf_addstr(out, chosen ? " checked>" : ">");
	add_own(out, label);
	strbuf_addstr(out, "</label>\n");
}

/* wrong_id: of the text that says what is wrong with it; NULL: nothing is. */
static void begin_group(const struct signup_page *page, const char *class,
			const char *label, const char *wrong_id, bool required,
			struct strbuf *out)
{
	strbuf_addf(out, "<fieldset class=\"%s\"", class);
	if (wrong_id)
		strbuf_addf(out, " aria-describedby=\"%s-wrong\"", wrong_id);
	strbuf_addstr(out, ">\n");
	add_label(page, NULL, label, required, out);
}

/* --- merge fields --- */

/* As its owner calls it; a field that has the name it was made with, as readers
 * of the page do. */
static const char *name_of(const struct signup_page *page,
			   const struct merge_def *def)
{
	static const struct {
		const char *tag, *name;
		enum reader_text text;
	} usual[] = {
		{ "FNAME", "First Name", READER_FIRST_NAME },
		{ "LNAME", "Last Name", READER_LAST_NAME },
		{ "ADDRESS", "Address", READER_POSTAL },
		{ "PHONE", "Phone Number", READER_PHONE },
		{ "BIRTHDAY", "Birthday", READER_BIRTHDAY },
	};

	if (page->language == reader_language_english())
		return def->name;
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (strcmp(usual[i].tag, def->tag) == 0 &&
		    strcmp(usual[i].name, def->name) == 0)
			return signup_text(page, usual[i].text);
	return def->name;
}

/* A field on its way to the page. */
struct field {
	const struct signup_page *page;
	const struct merge_def *def;
	const char *id;
	const struct signup_wrong *wrong;
	struct strbuf *out;
};

static void add_address(const struct field *f)
{
	static const enum reader_text labels[MERGE_ADDRESS_PARTS] = {
		READER_STREET, READER_STREET_MORE, READER_CITY,
		READER_STATE,  READER_ZIP,         READER_COUNTRY
	};
	static const char *const rests[MERGE_ADDRESS_PARTS] = {
		" dir=\"auto\" autocomplete=\"address-line1\"",
		" dir=\"auto\" autocomplete=\"address-line2\"",
		" dir=\"auto\" autocomplete=\"address-level2\"",
		" dir=\"auto\" autocomplete=\"address-level1\"",
		" autocomplete=\"postal-code\"",
		" dir=\"auto\" autocomplete=\"country-name\"",
	};
	struct arena *arena = f->page->rq->arena;

	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		const char *part = merge_address_parts[i];
		struct control c = {
			.id = i ? arena_printf(arena, "%s-%s", f->id, part)
				: f->id,
			.type = "text",
			.name = arena_printf(arena, "%s[%s]", f->def->tag,
					     part),
			.value = signup_typed_part(f->page, f->def->tag, part),
			.rest = rests[i],
			.wrong = i ? NULL : f->wrong,
		};

		strbuf_addstr(f->out, "<div class=\"field\">");
		add_label(f->page, c.id, signup_text(f->page, labels[i]), false,
			  f->out);
		add_input(f->page, &c, f->out);
		strbuf_addstr(f->out, "</div>\n");
	}
}

static void add_numbers(const struct field *f, const char *part,
			enum reader_text label, int most)
{
	struct arena *arena = f->page->rq->arena;
	const char *typed = signup_typed_part(f->page, f->def->tag, part);
	bool first = strcmp(part, "day") == 0;
	const struct control c = { .id = f->id,
				   .wrong = first ? f->wrong : NULL };

	strbuf_addstr(f->out, "<label>");
	add_text(f->out, signup_text(f->page, label));
	strbuf_addstr(f->out, " <select");
	add_attribute(f->out, "name",
		      arena_printf(arena, "%s[%s]", f->def->tag, part));
	add_state(f->page, &c, f->out);
	strbuf_addstr(f->out, ">\n<option value=\"\"></option>\n");
	for (int n = 1; n <= most; n++) {
		const char *text = arena_printf(arena, "%d", n);

		add_option(f->out, text, text, strcmp(typed, text) == 0);
	}
	strbuf_addstr(f->out, "</select></label>\n");
}

/* For each choice of the field. */
typedef void (*choice_fn)(const struct field *f, const char *choice,
			  bool chosen);

static void add_radio(const struct field *f, const char *choice, bool chosen)
{
	const struct control c = { .type = "radio",
				   .name = f->def->tag,
				   .value = choice,
				   .rest = "" };

	add_choice(&c, choice, chosen, f->out);
}

static void add_item(const struct field *f, const char *choice, bool chosen)
{
	add_option(f->out, choice, choice, chosen);
}

/* Is one of them chosen? */
static bool each_choice(const struct field *f, choice_fn fn)
{
	CLEANUP(json_free) json_t *options = NULL;
	struct err ignored = ERR_INIT; /* our own column */
	const char *typed = signup_typed(f->page, f->def->tag);
	const json_t *item;
	bool any = false;
	size_t i;

	if (json_parse(str_of(f->def->options), &options, &ignored) < 0)
		return false;
	json_array_foreach (json_object_get(options, "choices"), i, item) {
		const char *choice = json_string_value(item);
		bool chosen = choice && strcmp(typed, choice) == 0;

		any |= chosen;
		if (choice)
			fn(f, choice, chosen);
	}
	return any;
}

static void add_dropdown(const struct field *f, bool required)
{
	const char *typed = signup_typed(f->page, f->def->tag);
	const struct control c = { .id = f->id,
				   .wrong = f->wrong,
				   .required = required,
				   .has_help = *f->def->help_text };

	strbuf_addf(f->out, "<select id=\"%s\"", f->id);
	add_attribute(f->out, "name", f->def->tag);
	add_state(f->page, &c, f->out);
	strbuf_addstr(f->out, ">\n");
	add_option(f->out, "", signup_text(f->page, READER_CHOOSE), false);
	/* who has what is no choice any more need not lose it */
	if (!each_choice(f, add_item) && f->page->member && *typed)
		add_item(f, typed, true);
	strbuf_addstr(f->out, "</select>\n");
}

static const char *attributes_of(const struct merge_def *def)
{
	if (strcmp(def->tag, "FNAME") == 0)
		return " dir=\"auto\" autocomplete=\"given-name\"";
	if (strcmp(def->tag, "LNAME") == 0)
		return " dir=\"auto\" autocomplete=\"family-name\"";
	switch (def->type) {
	case MERGE_TYPE_NUMBER:
		return " inputmode=\"decimal\"";
	case MERGE_TYPE_PHONE:
		return " autocomplete=\"tel\"";
	case MERGE_TYPE_ZIP:
		return " autocomplete=\"postal-code\"";
	case MERGE_TYPE_URL:
	case MERGE_TYPE_IMAGEURL:
		return " inputmode=\"url\"";
	default:
		return " dir=\"auto\"";
	}
}

static const char *type_of(enum merge_type type)
{
	return type == MERGE_TYPE_DATE    ? "date"
	       : type == MERGE_TYPE_PHONE ? "tel"
					  : "text";
}

/* Several controls under one legend. */
static void add_grouped(const struct field *f)
{
	const struct merge_def *def = f->def;
	bool is_day = def->type == MERGE_TYPE_BIRTHDAY;

	begin_group(f->page, is_day ? "parts" : "group", name_of(f->page, def),
		    f->wrong ? f->id : NULL, def->required, f->out);
	if (is_day) {
		add_numbers(f, "day", READER_DAY, 31);
		add_numbers(f, "month", READER_MONTH, 12);
	} else if (def->type == MERGE_TYPE_RADIO) {
		each_choice(f, add_radio);
	} else {
		add_address(f);
	}
	add_notes(f->page, f->id, def->help_text, f->wrong, f->out);
	strbuf_addstr(f->out, "</fieldset>\n");
}

static void add_single(const struct field *f)
{
	const struct merge_def *def = f->def;
	const struct control c = {
		.id = f->id,
		.name = def->tag,
		.type = type_of(def->type),
		.value = signup_typed(f->page, def->tag),
		.rest = attributes_of(def),
		.wrong = f->wrong,
		.required = def->required,
		.has_help = *def->help_text,
	};

	strbuf_addstr(f->out, "<div class=\"field\">\n");
	add_label(f->page, f->id, name_of(f->page, def), def->required, f->out);
	if (def->type == MERGE_TYPE_DROPDOWN)
		add_dropdown(f, def->required);
	else
		add_input(f->page, &c, f->out);
	add_notes(f->page, f->id, def->help_text, f->wrong, f->out);
	strbuf_addstr(f->out, "</div>\n");
}

static bool is_grouped(enum merge_type type)
{
	return type == MERGE_TYPE_ADDRESS || type == MERGE_TYPE_BIRTHDAY ||
	       type == MERGE_TYPE_RADIO;
}

/* --- interests --- */

static void add_interests(const struct signup_page *page,
			  const struct interest_category *category,
			  const char *name, struct strbuf *out)
{
	bool single = category->form == INTEREST_RADIO;

	vec_each (&page->interests, i) {
		bool chosen = signup_chose(page, category, i);
		struct control c = {
			.type = single ? "radio" : "checkbox",
			.name = single ? name
				       : arena_printf(page->rq->arena, "%s[%s]",
						      name, i->hex),
			.value = single ? i->hex : "1",
			.rest = "",
		};

		if (i->category_id != category->id)
			continue;
		if (category->form == INTEREST_DROPDOWN)
			add_option(out, i->hex, i->name, chosen);
		else
			add_choice(&c, i->name, chosen, out);
	}
}

static void add_category(const struct signup_page *page,
			 const struct interest_category *category,
			 struct strbuf *out)
{
	const char *name =
		arena_printf(page->rq->arena, "group[%s]", category->hex);
	const char *id = arena_printf(page->rq->arena, "g-%s", category->hex);

	if (category->form != INTEREST_DROPDOWN) {
		begin_group(page, "group", category->title, NULL, false, out);
		add_interests(page, category, name, out);
		strbuf_addstr(out, "</fieldset>\n");
		return;
	}
	strbuf_addstr(out, "<div class=\"field\">\n");
	add_label(page, id, category->title, false, out);
	strbuf_addf(out, "<select id=\"%s\" name=\"%s\">\n", id, name);
	add_option(out, "", signup_text(page, READER_CHOOSE), false);
	add_interests(page, category, name, out);
	strbuf_addstr(out, "</select>\n</div>\n");
}

/* --- the whole --- */

static void add_email(const struct signup_page *page, struct strbuf *out)
{
	const struct control c = {
		.id = "f-EMAIL",
		.name = "EMAIL",
		.type = "email",
		.value = signup_typed(page, "EMAIL"),
		.rest = " dir=\"ltr\" autocomplete=\"email\"",
		.wrong = wrong_with(page, "EMAIL"),
		.required = true,
	};

	strbuf_addstr(out, "<div class=\"field\">\n");
	add_label(page, c.id, signup_text(page, READER_EMAIL), true, out);
	add_input(page, &c, out);
	add_notes(page, c.id, "", c.wrong, out);
	strbuf_addstr(out, "</div>\n");
}

/* --- permissions --- */

const char *signup_permission_name(const struct signup_page *page,
				   const struct interest *permission)
{
	static const enum reader_text usual[] = { READER_BY_EMAIL,
						  READER_BY_POST,
						  READER_BY_ADS };

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (strcmp(reader_language_english()->text[usual[i]],
			   permission->name) == 0)
			return signup_text(page, usual[i]);
	return permission->name;
}

static void add_permissions(const struct signup_page *page, struct strbuf *out)
{
	if (page->permissions.n == 0)
		return;
	begin_group(page, "group", signup_text(page, READER_PERMISSIONS), NULL,
		    false, out);
	vec_each (&page->permissions, permission) {
		const struct control c = {
			.type = "checkbox",
			.name = arena_printf(page->rq->arena, "gdpr[%s]",
					     permission->hex),
			.value = "Y",
			.rest = "",
		};

		add_choice(&c, signup_permission_name(page, permission),
			   signup_permits(page, permission), out);
	}
	strbuf_addstr(out, "</fieldset>\n");
}

static void add_format(const struct signup_page *page, struct strbuf *out)
{
	bool text = strcmp(signup_typed(page, "EMAILTYPE"), "text") == 0;
	struct control c = { .type = "radio",
			     .name = "EMAILTYPE",
			     .value = "html",
			     .rest = "" };

	begin_group(page, "group", signup_text(page, READER_FORMAT), NULL,
		    false, out);
	add_choice(&c, "HTML", !text, out);
	c.value = "text";
	add_choice(&c, signup_text(page, READER_PLAIN_TEXT), text, out);
	strbuf_addstr(out, "</fieldset>\n");
}

static void add_area(const struct signup_page *page, const struct control *c,
		     int lines, struct strbuf *out)
{
	strbuf_addf(out, "<textarea id=\"%s\" rows=\"%d\"", c->id, lines);
	add_attribute(out, "name", c->name);
	strbuf_addstr(out, c->rest);
	add_state(page, c, out);
	/* a line break that comes first is not shown */
	strbuf_addstr(out, ">\n");
	add_text(out, c->value);
	strbuf_addstr(out, "</textarea>\n");
}

void signup_write_own(const struct signup_page *page,
		      const struct signup_own_field *field, struct strbuf *out)
{
	const char *help = field->help ? signup_text(page, field->help) : "";
	const struct control c = {
		.id = field->name,
		.name = field->name,
		.type = "text",
		.value = signup_typed(page, field->name),
		.rest = field->rest,
		.wrong = wrong_with(page, field->name),
		.required = field->required,
		.has_help = field->help != 0,
	};

	strbuf_addstr(out, "<div class=\"field\">\n");
	add_label(page, c.id, signup_text(page, field->label), field->required,
		  out);
	if (field->lines)
		add_area(page, &c, field->lines, out);
	else
		add_input(page, &c, out);
	add_notes(page, c.id, help, c.wrong, out);
	strbuf_addstr(out, "</div>\n");
}

void signup_write_fields(const struct signup_page *page, struct strbuf *out)
{
	if (!page->member)
		add_email(page, out);
	vec_each (&page->fields, def) {
		const struct field f = {
			.page = page,
			.def = def,
			.id = arena_printf(page->rq->arena, "f-%lld",
					   (long long)def->id),
			.wrong = wrong_with(page, def->tag),
			.out = out,
		};

		(is_grouped(def->type) ? add_grouped : add_single)(&f);
	}
	vec_each (&page->categories, category)
		add_category(page, category, out);
	add_permissions(page, out);
	if (page->list.email_type_option)
		add_format(page, out);
}
