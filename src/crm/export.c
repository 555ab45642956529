#include "crm/export.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/consent/consent.h"
#include "crm/record.h"
#include "crm/tag.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 2000

/* A line of the file while it is being made. */
struct line {
	struct strbuf *out;
	bool first;
};

static void add_cell(struct line *line, const char *text)
{
	csv_add_field(line->out, str_of(text), line->first ? 0 : ',', true);
	line->first = false;
}

static void add_int(struct line *line, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	add_cell(line, n ? text : NULL);
}

static void add_time(struct line *line, int64_t ms)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	time_format_iso(ms, &text);
	add_cell(line, text.buf);
}

/* What stands beside a field, in columns of their own. */
static const char *const beside_address[] = { "email_type", "other_emails" };
static const char *const beside_opt_out[] = {
	"consent_status", "consent_at",           "consent_source",
	"consent_by",     "consent_reason",       "consent_form",
	"consent_text",   "consent_signed_up_at", "consent_signed_up_ip",
	"consent_ip"
};

static bool is_opt_out_of_one(const struct field *f, enum entity entity)
{
	return strcmp(f->name, "opted_out") == 0 && entity != ENTITY_COMPANY;
}

static bool is_company(const struct field *field)
{
	return strcmp(field->name, "company_id") == 0;
}

/* --- header --- */

static void add_names(struct line *line, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_cell(line, names[i]);
}

static void add_header(const struct export *x, struct strbuf *out)
{
	struct line line = { .out = out, .first = true };
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	for (const struct field *f = field_table; f->name; f++) {
		if (!field_is_of(f, x->chosen.entity))
			continue;
		add_cell(&line, f->name);
		if (is_company(f))
			add_cell(&line, "company");
		if (f->type == FIELD_ADDRESS)
			add_names(&line, beside_address,
				  ARRAY_SIZE(beside_address));
		if (is_opt_out_of_one(f, x->chosen.entity))
			add_names(&line, beside_opt_out,
				  ARRAY_SIZE(beside_opt_out));
	}
	add_cell(&line, "tags");
	vec_each (&x->customs, c) {
		strbuf_reset(&name);
		strbuf_addf(&name, "custom.%s", c->key);
		add_cell(&line, name.buf);
	}
	csv_end_row(out);
}

/* --- records --- */

static int64_t id_value(const struct record *r, const struct field *f)
{
	if (strcmp(f->name, "id") == 0)
		return r->id;
	return strcmp(f->name, "import_id") == 0 ? r->import_id : r->company_id;
}

static bool bool_value(const struct record *r, const struct field *f)
{
	return strcmp(f->name, "opted_out") == 0 ? r->opted_out
						 : r->owns_address;
}

static void add_field(struct line *line, const struct record *r,
		      const struct field *f)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_DATE:
		add_cell(line, r->text[f->text]);
		break;
	case FIELD_ID:
		add_int(line, id_value(r, f));
		break;
	case FIELD_BOOL:
		add_cell(line, bool_value(r, f) ? "true" : "false");
		break;
	case FIELD_TIME:
		add_time(line, strcmp(f->name, "created_at") == 0
				       ? r->created_ms
				       : r->updated_ms);
		break;
	case FIELD_ADDRESS:
		add_cell(line, r->email);
		break;
	}
}

static const char *kind_of(const struct address *a)
{
	return a->type ? a->type : "work";
}

/* "work", and all that are not the marketing address: "a@x.example (home)". */
static void add_addresses(struct line *line, const struct record *r)
{
	CLEANUP(strbuf_release) struct strbuf others = STRBUF_INIT;
	const char *kind = NULL;

	for (size_t i = 0; i < r->emails_n; i++) {
		const struct address *a = &r->emails[i];

		if (a->id == r->email_id)
			kind = kind_of(a);
		else
			strbuf_addf(&others, "%s%s (%s)",
				    others.len > 0 ? ", " : "", a->address,
				    kind_of(a));
	}
	add_cell(line, kind);
	add_cell(line, others.buf);
}

/* c may be NULL: nobody ever said anything. */
static void add_consent(struct line *line, const struct consent *c)
{
	if (!c) {
		for (size_t i = 0; i < ARRAY_SIZE(beside_opt_out); i++)
			add_cell(line, NULL);
		return;
	}
	add_cell(line, consent_state_name(c->state));
	add_time(line, c->at_ms);
	add_cell(line, consent_source_name(c->source));
	add_cell(line, c->import_name ? c->import_name : c->user_name);
	add_cell(line, c->reason);
	add_cell(line, c->signup.form);
	add_cell(line, c->signup.text);
	if (c->signup.asked_ms)
		add_time(line, c->signup.asked_ms);
	else
		add_cell(line, NULL);
	add_cell(line, c->signup.asked_ip);
	add_cell(line, c->ip);
}

void export_tags(const char *const *tags, size_t n, struct strbuf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			strbuf_addstr(out, ", ");
		if (!strpbrk(tags[i], ",;|\"")) {
			strbuf_addstr(out, tags[i]);
			continue;
		}
		strbuf_addch(out, '"');
		for (const char *c = tags[i]; *c; c++) {
			if (*c == '"')
				strbuf_addch(out, '"');
			strbuf_addch(out, *c);
		}
		strbuf_addch(out, '"');
	}
}

static void add_custom(struct line *line, const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (json_is_string(value)) {
		add_cell(line, json_string_value(value));
	} else if (!value || json_is_null(value)) {
		add_cell(line, NULL);
	} else {
		json_dump(value, &text);
		add_cell(line, text.buf);
	}
}

static int add_record(const struct export *x, const struct record *r,
		      const struct consent *consent, struct strbuf *out,
		      struct err *err)
{
	struct line line = { .out = out, .first = true };
	CLEANUP(strbuf_release) struct strbuf tags = STRBUF_INIT;
	CLEANUP(json_free) json_t *custom = NULL;

	if (x->customs.n > 0 && r->custom &&
	    json_parse(str_of(r->custom), &custom, err) < 0)
		return err_prefix(err, "custom fields of %lld",
				  (long long)r->id);
	for (const struct field *f = field_table; f->name; f++) {
		if (!field_is_of(f, r->entity))
			continue;
		add_field(&line, r, f);
		if (is_company(f))
			add_cell(&line, r->company);
		if (f->type == FIELD_ADDRESS)
			add_addresses(&line, r);
		if (is_opt_out_of_one(f, r->entity))
			add_consent(&line, consent);
	}
	export_tags(r->tags, r->tags_n, &tags);
	add_cell(&line, tags.buf);
	vec_each (&x->customs, c)
		add_custom(&line, json_object_get(custom, c->key));
	csv_end_row(out);
	return 0;
}

static int add_page(struct export *x, struct db *db, const struct ids *ids,
		    struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct records records = VEC_INIT;
	CLEANUP(vec_release) struct consents said = VEC_INIT;

	if (records_load(db, x->chosen.entity, ids, arena, &records, err) < 0 ||
	    records_add_addresses(db, &records, arena, err) < 0 ||
	    consent_list_newest(db, x->chosen.entity, ids, arena, &said, err) <
		    0 ||
	    records_add_tags(db, &records, arena, err) < 0 ||
	    records_add_companies(db, &records, arena, err) < 0)
		return -1;
	vec_each (&records, r) {
		if (add_record(x, r, consents_find(&said, r->id), out, err) < 0)
			return -1;
	}
	return 0;
}

/* --- all of it --- */

void export_release(struct export *x)
{
	vec_release(&x->customs);
	vec_release(&x->ids);
	arena_free(&x->arena);
}

static int read_choice(struct export *x, struct db *db,
		       const struct export_choice *choice, int64_t now_ms,
		       struct err *err)
{
	x->chosen.group_id = choice->group_id;
	x->chosen.how = arena_strdup(x->arena, choice->how);
	x->chosen.q = arena_strdup(x->arena, choice->q);
	x->chosen.filter = arena_strdup(x->arena, choice->filter);
	for (size_t i = 0; choice->ids && i < choice->ids->n; i++)
		vec_push(&x->ids, choice->ids->v[i]);
	ids_sort(&x->ids);
	if (selection_read(&x->chosen, db, now_ms, x->arena, err) < 0)
		return -1;
	return selection_narrow(&x->chosen, db, x->arena, err);
}

int export_open(struct db *db, enum entity entity,
		const struct export_choice *choice, int64_t now_ms,
		struct export *out, struct err *err)
{
	CLEANUP(export_release) struct export x = { .chosen.entity = entity };

	x.arena = arena_new();
	if (read_choice(&x, db, choice, now_ms, err) < 0 ||
	    custom_field_list(db, entity, x.arena, &x.customs, err) < 0)
		return -1;
	*out = x;
	x = (struct export){ .customs = VEC_INIT };
	return 0;
}

int export_next(struct export *x, struct db *db, struct strbuf *out,
		struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct selection s = x->chosen;
	bool first = !x->begun;
	int n;

	s.ids = x->ids.n > 0 ? &x->ids : NULL;
	n = selection_walk(db, &s, x->after, PAGE, &ids, err);
	if (n < 0)
		return -1;
	if (first)
		add_header(x, out);
	x->begun = true;
	if (n == 0)
		return first;
	x->after = ids.v[n - 1];
	return add_page(x, db, &ids, out, err) < 0 ? -1 : 1;
}
