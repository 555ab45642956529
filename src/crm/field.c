#include "crm/field.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <string.h>

#define P (1U << ENTITY_PERSON)
#define L (1U << ENTITY_LEAD)
#define C (1U << ENTITY_COMPANY)
#define ALL (P | L | C)

#define TEXT_LINE(n, l, t, m, e)                    \
	{                                           \
		n, l, n, FIELD_TEXT, t, m, e, false \
	}
#define KEPT(n, l, c, t, e)                       \
	{                                         \
		n, l, c, t, TEXT_NONE, 0, e, true \
	}

const struct field field_table[] = {
	KEPT("id", "Id", "id", FIELD_ID, ALL),
	TEXT_LINE("first_name", "First name", TEXT_FIRST_NAME, 200, P | L),
	TEXT_LINE("last_name", "Last name", TEXT_LAST_NAME, 200, P | L),
	TEXT_LINE("name", "Name", TEXT_NAME, 300, C),
	TEXT_LINE("title", "Title", TEXT_TITLE, 100, P),
	TEXT_LINE("job_title", "Job title", TEXT_JOB_TITLE, 200, P | L),
	KEPT("email", "E-mail", NULL, FIELD_ADDRESS, P | L),
	{ "company_id", "Company id", "company_id", FIELD_ID, TEXT_NONE, 0, P,
	  false },
	TEXT_LINE("company_name", "Company", TEXT_COMPANY_NAME, 300, L),
	TEXT_LINE("phone", "Phone", TEXT_PHONE, 100, ALL),
	TEXT_LINE("street", "Street", TEXT_STREET, 300, ALL),
	TEXT_LINE("city", "City", TEXT_CITY, 200, ALL),
	TEXT_LINE("region", "Region", TEXT_REGION, 200, ALL),
	TEXT_LINE("postal_code", "Postal code", TEXT_POSTAL_CODE, 40, ALL),
	TEXT_LINE("country", "Country", TEXT_COUNTRY, 100, ALL),
	TEXT_LINE("language", "Language", TEXT_LANGUAGE, 40, P),
	{ "birthday", "Birthday", "birthday", FIELD_DATE, TEXT_BIRTHDAY, 10, P,
	  false },
	TEXT_LINE("website", "Website", TEXT_WEBSITE, 500, C),
	TEXT_LINE("industry", "Industry", TEXT_INDUSTRY, 200, C),
	TEXT_LINE("source", "Source", TEXT_SOURCE, 200, L),
	TEXT_LINE("status", "Status", TEXT_STATUS, 20, L),
	TEXT_LINE("external_key", "Key", TEXT_EXTERNAL_KEY, 200, ALL),
	{ "owns_address", "Speaks for the address", "owns_address", FIELD_BOOL,
	  TEXT_NONE, 0, P, false },
	KEPT("opted_out", "Opted out", "opted_out", FIELD_BOOL, ALL),
	KEPT("import_id", "Import id", "import_id", FIELD_ID, ALL),
	KEPT("created_at", "Created", "created_ms", FIELD_TIME, ALL),
	KEPT("updated_at", "Changed", "updated_ms", FIELD_TIME, ALL),
	{ .name = NULL },
};

bool field_is_of(const struct field *field, enum entity entity)
{
	return (field->entities & 1U << entity) != 0;
}

const struct field *field_find(enum entity entity, const char *name)
{
	for (const struct field *f = field_table; f->name; f++) {
		if (field_is_of(f, entity) && strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

const struct field *field_of_text(enum text_field text)
{
	const struct field *f = field_table;

	while (f->name && f->text != text)
		f++;
	BUG_ON(!f->name);
	return f;
}

static bool is_date(struct str s)
{
	int64_t year, month, day;

	return s.len == 10 && s.s[4] == '-' && s.s[7] == '-' &&
	       str_to_int((struct str){ s.s, 4 }, &year) && year >= 0 &&
	       str_to_int((struct str){ s.s + 5, 2 }, &month) &&
	       str_to_int((struct str){ s.s + 8, 2 }, &day) &&
	       date_is_valid((int)year, (int)month, (int)day);
}

/* Written in any case; NULL: none of them. */
static const char *lead_status(struct str s)
{
	static const char *const all[] = { "new", "working", "converted",
					   "lost" };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (str_ieq(s, all[i]))
			return all[i];
	}
	return NULL;
}

bool field_text_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

const char *field_text_folded(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	utf8_fold(str_of(text), &out);
	return arena_str(arena, strbuf_str(&out));
}

const char *field_full_name(const char *first, const char *last,
			    struct arena *arena)
{
	if (first && last)
		return arena_printf(arena, "%s %s", first, last);
	return first ? first : last;
}

int field_check(const struct field *field, const char *text,
		struct arena *arena, const char **out, struct err *err)
{
	struct str s = str_trim(str_of(text));

	if (s.len == 0) {
		*out = NULL;
		return 0;
	}
	if (s.len > field->max)
		return err_field(err, field->name, "longer than %zu bytes",
				 field->max);
	if (!utf8_is_valid(s))
		return err_field(err, field->name, "not valid UTF-8");
	if (field->type == FIELD_DATE && !is_date(s))
		return err_field(err, field->name, "not a date (YYYY-MM-DD)");
	if (field->text == TEXT_STATUS) {
		*out = lead_status(s);
		return *out ? 0
			    : err_field(err, field->name,
					"not one of new, working, converted, "
					"lost");
	}
	*out = arena_str(arena, s);
	return 0;
}
