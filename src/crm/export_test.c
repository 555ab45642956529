#include "crm/export.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/group/group.h"
#include "crm/import/import.h"
#include "crm/import/import_steps.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000000000

struct setup {
	struct store_fixture fixture;
	struct db *db;
	char folder[64];
};

static void must(int ret, const struct err *err)
{
	if (ret < 0)
		fail_msg("%s: %s", err->field, err->text);
}

static int open_setup(void **state)
{
	struct setup *s = calloc(1, sizeof(*s));

	crypto_init();
	store_fixture_open(&s->fixture);
	s->db = s->fixture.crm;
	snprintf(s->folder, sizeof(s->folder), "/tmp/muster-export-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	*state = s;
	return 0;
}

static int free_setup(void **state)
{
	CLEANUP(strbuf_release) struct strbuf command = STRBUF_INIT;
	struct setup *s = *state;

	strbuf_addf(&command, "rm -rf %s", s->folder);
	assert_int_equal(system(command.buf), 0);
	store_fixture_free(&s->fixture);
	free(s);
	return 0;
}

static int save(void *context, struct tx *tx, int64_t done, int64_t total,
		const char *state_json, struct err *err)
{
	(void)context;
	(void)tx;
	(void)done;
	(void)total;
	(void)state_json;
	(void)err;
	return 0;
}

/* Imports text; the import's counts are compared. */
static void import(struct setup *s, enum entity entity, struct str text,
		   int64_t created, int64_t updated, int64_t unchanged)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	const char *path = arena_printf(arena, "%s/upload", s->folder);
	struct import_input input = { .entity = entity,
				      .folder = s->folder,
				      .path = path };
	struct import_steps steps = { .db = s->db,
				      .folder = s->folder,
				      .save = save };
	struct import_run run;
	struct err err = ERR_INIT;
	int64_t job;
	{
		CLEANUP(file_free) FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_int_equal(fwrite(text.s, 1, text.len, f), text.len);
	}
	must(import_start(s->db, &input, NOW, &steps.import_id, &job, &err),
	     &err);
	must(import_steps(&steps, &result, &err), &err);
	must(import_get(s->db, steps.import_id, arena, &run, &err), &err);
	if (run.refused)
		fail_msg("%s", result.buf);
	assert_int_equal(run.created, created);
	assert_int_equal(run.updated, updated);
	assert_int_equal(run.unchanged, unchanged);
}

static void export(struct setup *s, enum entity entity, int64_t group_id,
		   struct strbuf *out)
{
	CLEANUP(export_release) struct export x = { 0 };
	struct err err = ERR_INIT;
	int more;

	must(export_open(s->db, entity,
			 &(struct export_choice){ .group_id = group_id }, NOW,
			 &x, &err),
	     &err);
	while ((more = export_next(&x, s->db, out, &err)) > 0)
		;
	must(more, &err);
}

#define PEOPLE                                                           \
	"key,first name,last name,email,company,phone,tags,opted out,"   \
	"birthday,custom.size,custom.vip,custom.note\n"                  \
	"1,\"O'Hara, \"\"Bo\"\"\",Fo\xc3\x9f,a@example.org,A & B,+41 1," \
	"\"x;\"\"y, z\"\"\",yes,1990-12-31,-4.5,yes,\"two\nlines\"\n"    \
	"2,'=1+1,''+x,b@example.org,a & b,,VIP,,,42,no,'\n"              \
	"3,,Solo,,,-7,,,,,,\n"                                           \
	"4,,,shared@example.org,,,,,,,,\n"                               \
	"5,,,shared@example.org,,,,,,,,\n"

static void an_export_imported_again_changes_nothing(void **state)
{
	CLEANUP(strbuf_release) struct strbuf csv = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;
	struct setup *s = *state;

	store_fixture_exec(
		s->db, "INSERT INTO custom_field (entity, key, label, type,"
		       " created_ms) VALUES (1, 'size', 'Size', 'number', 1),"
		       " (1, 'vip', 'Vip', 'boolean', 1),"
		       " (1, 'note', 'Note', 'text', 1)");
	import(s, ENTITY_PERSON, STR(PEOPLE), 5, 0, 0);
	export(s, ENTITY_PERSON, 0, &csv);
	import(s, ENTITY_PERSON, strbuf_str(&csv), 0, 0, 5);
	export(s, ENTITY_PERSON, 0, &again);
	assert_string_equal(csv.buf, again.buf);
}

static void companies_and_leads_too(void **state)
{
	CLEANUP(strbuf_release) struct strbuf companies = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf leads = STRBUF_INIT;
	struct setup *s = *state;

	import(s, ENTITY_COMPANY,
	       STR("name,city,website\nA,Bern,a.example\n"
		   "B,,\n"),
	       2, 0, 0);
	import(s, ENTITY_LEAD,
	       STR("name,company,email\nJo Doe,A,j@a.example\n"), 1, 0, 0);
	export(s, ENTITY_COMPANY, 0, &companies);
	export(s, ENTITY_LEAD, 0, &leads);
	import(s, ENTITY_COMPANY, strbuf_str(&companies), 0, 0, 2);
	import(s, ENTITY_LEAD, strbuf_str(&leads), 0, 0, 1);
}

#define SAID(person, state, source, reason, user)                        \
	"INSERT INTO consent (entity, record_id, state, source, reason," \
	" user_id, at_ms) VALUES (1, " person ", " state ", '" source    \
	"', '" reason "', " user ", 1600000000000)"

static void add_people_who_said(struct setup *s)
{
	import(s, ENTITY_PERSON,
	       STR("email,opted out\na@example.org,no\nb@example.org,no\n"
		   "c@example.org,no\n"),
	       3, 0, 0);
	store_fixture_exec(s->db, "INSERT INTO app_user (id, email, email_hash,"
				  " name, role, created_ms, updated_ms)"
				  " VALUES (7, 'u@x', 'u', 'Uta', 3, 1, 1)");
	store_fixture_exec(s->db, SAID("1", "1", "person", "no more", "NULL"));
	store_fixture_exec(s->db, SAID("1", "2", "user", "card, fair", "7"));
	store_fixture_exec(s->db,
			   SAID("2", "1", "user", "wants no e-mail", "7"));
	store_fixture_exec(s->db,
			   "UPDATE person SET opted_out = 1 WHERE id = 2");
	store_fixture_exec(s->db, "UPDATE email SET type = 'home'"
				  " WHERE address = 'a@example.org'");
	store_fixture_exec(
		s->db, "INSERT INTO email (id, entity, record_id, address,"
		       " folded, hash, type, created_ms) VALUES (99, 1, 1,"
		       " 'z@example.org', 'z@example.org', 'z', 'other', 1)");
}

static void who_agreed_and_the_kind_of_an_address_are_told(void **state)
{
	CLEANUP(strbuf_release) struct strbuf csv = STRBUF_INIT;
	struct setup *s = *state;

	add_people_who_said(s);
	export(s, ENTITY_PERSON, 0, &csv);
	assert_non_null(strstr(csv.buf, ",email,email_type,other_emails,"));
	assert_non_null(
		strstr(csv.buf, ",a@example.org,home,z@example.org (other),"));
	assert_non_null(strstr(csv.buf, ",opted_out,consent_status,consent_at,"
					"consent_source,consent_by,"
					"consent_reason,"));
	assert_non_null(strstr(csv.buf, ",false,opted_in,"
					"2020-09-13T12:26:40+00:00,user,Uta,"
					"\"card, fair\","));
	assert_non_null(strstr(csv.buf, ",true,opted_out,"
					"2020-09-13T12:26:40+00:00,user,Uta,"
					"wants no e-mail,"));
	assert_non_null(strstr(csv.buf, ",c@example.org,work,,"));
	assert_non_null(strstr(csv.buf, ",false,,,,,,"));
	import(s, ENTITY_PERSON, strbuf_str(&csv), 0, 0, 3);
}

/* The app's heads and words (web/src/features/people/fields.ts). */
static void the_same_in_the_words_of_the_app_asks_nothing(void **state)
{
	static const struct str files[] = {
		STR("E-mail,Kind of address,Other addresses,Opted out,Consent "
		    "status,Consent: when,Consent: how,Consent: who,Consent: "
		    "ground\n"
		    "d@example.org,private,e@example.org (work),No,May be sent "
		    "to,2020-09-13T12:26:40+00:00,a user,Uta,opt-in\n"
		    "f@example.org,work,,Yes,Opted out,"
		    "2020-09-13T12:26:40+00:00,a user,Uta,wants no e-mail\n"),
		STR("E-Mail,Art der Adresse,Weitere Adressen,Abgemeldet,"
		    "Einwilligung: Status,Einwilligung: wann,Einwilligung: "
		    "wie,Einwilligung: wer,Einwilligung: Grund\n"
		    "d@example.org,privat,e@example.org (beruflich),Nein,Darf "
		    "E-Mails bekommen,2020-09-13T12:26:40+00:00,ein Benutzer,"
		    "Uta,Opt-in\n"
		    "f@example.org,beruflich,,Ja,Abgemeldet,"
		    "2020-09-13T12:26:40+00:00,ein Benutzer,Uta,"
		    "m\u00f6chte keine Werbung\n"),
	};
	CLEANUP(strbuf_release) struct strbuf csv = STRBUF_INIT;
	struct setup *s = *state;

	import(s, ENTITY_PERSON, files[0], 2, 0, 0);
	import(s, ENTITY_PERSON, files[1], 0, 0, 2);
	export(s, ENTITY_PERSON, 0, &csv);
	assert_non_null(strstr(csv.buf, ",d@example.org,home,"));
	assert_non_null(strstr(csv.buf, ",f@example.org,work,"));
	assert_non_null(strstr(csv.buf, ",true,opted_out,"));
	assert_non_null(strstr(csv.buf, ",false,,,,,,"));
}

static void formulas_are_defused(void **state)
{
	CLEANUP(strbuf_release) struct strbuf csv = STRBUF_INIT;
	struct setup *s = *state;

	import(s, ENTITY_PERSON,
	       STR("email,last name,phone\na@example.org,=cmd|x,+41 31\n"), 1,
	       0, 0);
	export(s, ENTITY_PERSON, 0, &csv);
	assert_non_null(strstr(csv.buf, ",\"'=cmd|x\","));
	assert_non_null(strstr(csv.buf, ",'+41 31,"));
}

static void a_group_alone_can_be_exported(void **state)
{
	CLEANUP(strbuf_release) struct strbuf csv = STRBUF_INIT;
	CLEANUP(json_free)
	json_t *criteria = json_pack("{s[{ssssss}]}", "conditions", "field",
				     "city", "op", "is", "value", "Bern");
	struct setup *s = *state;
	struct group_input input = { .name = "Bern", .criteria = criteria };
	struct export x;
	struct err err = ERR_INIT;
	int64_t id;

	import(s, ENTITY_PERSON,
	       STR("email,city\na@example.org,Bern\nb@example.org,Biel\n"), 2,
	       0, 0);
	must(group_add(s->db, &input, NOW, &id, &err), &err);
	export(s, ENTITY_PERSON, id, &csv);
	assert_non_null(strstr(csv.buf, "a@example.org"));
	assert_null(strstr(csv.buf, "b@example.org"));
	assert_int_equal(export_open(s->db, ENTITY_LEAD,
				     &(struct export_choice){ .group_id = id },
				     NOW, &x, &err),
			 -1);
	assert_string_equal(err.field, "group_id");
}

static void without_records_there_is_a_header(void **state)
{
	CLEANUP(strbuf_release) struct strbuf csv = STRBUF_INIT;
	struct setup *s = *state;

	export(s, ENTITY_COMPANY, 0, &csv);
	assert_int_equal(strncmp(csv.buf, "id,name,", 8), 0);
	assert_string_equal(strchr(csv.buf, '\n'), "\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_setup, free_setup)

int main(void)
{
	const struct CMUnitTest list[] = {
		TEST(an_export_imported_again_changes_nothing),
		TEST(companies_and_leads_too),
		TEST(who_agreed_and_the_kind_of_an_address_are_told),
		TEST(the_same_in_the_words_of_the_app_asks_nothing),
		TEST(formulas_are_defused),
		TEST(a_group_alone_can_be_exported),
		TEST(without_records_there_is_a_header),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
