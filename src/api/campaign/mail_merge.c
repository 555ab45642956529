#include "api/campaign/mail_merge.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text/language_code.h"
#include "bridge/person_fields.h"
#include "crm/record.h"

#include <string.h>

void mail_merge_release(struct mail_merge *m)
{
	person_fields_free(&m->known);
}

int mail_merge_load(struct db *db, struct arena *arena, struct mail_merge *out,
		    struct err *err)
{
	const struct person_field *known;
	struct merge_field *fields;
	size_t n;

	*out = (struct mail_merge){ .arena = arena };
	if (person_fields_load(db, arena, &out->known, err) < 0)
		return -1;
	known = person_fields_list(out->known, &n, &out->read_ms);
	fields = arena_array(arena, struct merge_field, n + 1);
	for (size_t i = 0; i < n; i++)
		fields[i] = (struct merge_field){
			.id = (int64_t)i + 1,
			.tag = known[i].tag,
			.type = known[i].type,
			.default_value = known[i].default_value,
			.date_format = known[i].date_format,
		};
	out->fields = (struct merge_fields){ fields, n };
	return 0;
}

/* As a member has them: by the numbers of the fields. */
static const char *values_of(const struct mail_merge *m,
			     const struct record *person)
{
	CLEANUP(strbuf_release) struct strbuf by_tag = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf by_id = STRBUF_INIT;
	CLEANUP(json_free) json_t *values = NULL;
	CLEANUP(json_free) json_t *numbered = json_object();
	struct err ignored = ERR_INIT; /* we have written it */

	person_fields_write(m->known, person, &by_tag);
	(void)json_parse(strbuf_str(&by_tag), &values, &ignored);
	for (size_t i = 0; i < m->fields.n; i++) {
		json_t *value = json_object_get(values, m->fields.v[i].tag);

		if (value)
			json_object_set(numbered,
					arena_printf(m->arena, "%zu", i + 1),
					value);
	}
	json_dump(numbered, &by_id);
	return arena_str(m->arena, strbuf_str(&by_id));
}

/* NULL: not known. */
static const char *language_of(const struct record *person)
{
	const char *text = person->text[TEXT_LANGUAGE];

	return text ? language_code_parse(str_of(text)) : NULL;
}

struct mailing_person mail_merge_person(const struct mail_merge *m,
					const struct record *person,
					const char *address)
{
	if (!address)
		address = person && person->email ? person->email : "";
	return (struct mailing_person){
		.address = address,
		.unique_id = "",
		.merge = person ? values_of(m, person) : "{}",
		.language = person ? language_of(person) : NULL,
	};
}

static const char *example_of(const char *tag)
{
	static const char *const examples[][2] = {
		{ "FNAME", "Ada" },
		{ "LNAME", "Lovelace" },
		{ "TITLE", "Dr" },
		{ "CITY", "London" },
		{ "COMPANY", "Example Ltd" },
		{ "BIRTHDAY", "12/10" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(examples); i++)
		if (strcmp(examples[i][0], tag) == 0)
			return examples[i][1];
	return NULL;
}

/* A value of each field. */
static const char *values_made_up(const struct mail_merge *m, bool examples)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&json);
	const struct person_field *known;
	int64_t read_ms;
	size_t n;

	known = person_fields_list(m->known, &n, &read_ms);
	json_begin_object(&w);
	for (size_t i = 0; i < n; i++) {
		const char *example =
			examples ? example_of(known[i].tag) : NULL;

		json_key_text(&w, arena_printf(m->arena, "%zu", i + 1),
			      example ? example
				      : arena_printf(m->arena, "[%s]",
						     *known[i].name
							     ? known[i].name
							     : known[i].tag));
	}
	json_end_object(&w);
	return arena_str(m->arena, strbuf_str(&json));
}

struct mailing_person mail_merge_nobody(const struct mail_merge *m)
{
	return (struct mailing_person){
		.address = MAIL_MERGE_ADDRESS,
		.unique_id = "",
		.merge = values_made_up(m, false),
	};
}

struct mailing_person mail_merge_example(const struct mail_merge *m)
{
	return (struct mailing_person){
		.address = "ada@example.org",
		.unique_id = "",
		.merge = values_made_up(m, true),
	};
}

int mail_merge_add(const struct mail_merge *m, const struct merge_facts *facts,
		   const struct mailing_person *person, const char *text,
		   enum merge_context context, merge_slot_fn slot_fn,
		   struct strbuf *out, struct err *err)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	struct merge_how how = { .context = context,
				 .fields = &m->fields,
				 .facts = facts,
				 .slot_fn = slot_fn };
	struct merge_piece piece = { .text = str_of(text) };
	struct merge_person who = {
		.address = str_of(person->address),
		.values = merge_values_read(&m->fields, str_of(person->merge),
					    m->arena),
		.language = str_of(person->language ? person->language : ""),
	};

	if (merge_compile(&piece, 1, &how, m->arena, &program, NULL, err) < 0)
		return -1;
	return merge_render(program, &who, out) < 0
		       ? err_set(err, ERR_LIMIT, "the text gets too long")
		       : 0;
}

int mail_merge_text(const struct mail_merge *m, const struct merge_facts *facts,
		    const struct mailing_person *person, const char *text,
		    const char **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf merged = STRBUF_INIT;

	if (mail_merge_add(m, facts, person, text, MERGE_HEADER, NULL, &merged,
			   err) < 0)
		return -1;
	*out = arena_str(m->arena, strbuf_str(&merged));
	return 0;
}
