#include "crm/import/import_fixture.h"

#include "base/email.h"
#include "crm/consent/consent.h"
#include "crm/record.h"
#include "crm/tag.h"

#include <sys/stat.h>

/* --- the tests --- */

#define THREE                                                     \
	"First name,Last name,E-mail,Company,City\n"              \
	"Ada,Lovelace,ada@example.org,Analytical Ltd,London\n"    \
	"Max,M\xc3\xbcller,max@example.org,ANALYTICAL LTD,Bern\n" \
	"Eve,Noaddress,,,Thun\n"

static void people_and_their_companies_are_made(void **state)
{
	struct setup *s = *state;

	assert_string_equal(import(s, THREE),
			    "3 created 0 updated 0 unchanged 0 refused");
	assert_string_equal(
		people(s),
		"Ada|Lovelace|ada@example.org|Analytical Ltd|London|0\n"
		"Max|M\xc3\xbcller|max@example.org|Analytical Ltd|Bern|0\n"
		"Eve|Noaddress|||Thun|0\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM company"), 1);
	assert_int_equal(number(s, "SELECT n FROM record_count"
				   " WHERE entity = 1"),
			 3);
}

static void the_same_file_again_changes_nothing(void **state)
{
	struct setup *s = *state;

	import(s, THREE);
	assert_string_equal(import(s, THREE),
			    "0 created 0 updated 3 unchanged 0 refused");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_change"), 0);
}

static void only_what_differs_is_changed(void **state)
{
	struct setup *s = *state;

	import(s, THREE);
	assert_string_equal(import(s, "E-Mail;Ort;Vorname\n"
				      "ADA@example.org;Paris;\n"
				      "max@EXAMPLE.org;;MAX\n"),
			    "0 created 2 updated 0 unchanged 0 refused");
	assert_string_equal(
		people(s),
		"Ada|Lovelace|ada@example.org|Analytical Ltd|Paris|0\n"
		"MAX|M\xc3\xbcller|max@example.org|Analytical Ltd|Bern|0\n"
		"Eve|Noaddress|||Thun|0\n");
}

static void rows_are_refused_with_reasons(void **state)
{
	struct setup *s = *state;

	assert_string_equal(import(s, "Email,First name,Birthday\n"
				      "a@example.org,A,\n"
				      "nonsense,B,\n"
				      ",B,\n"
				      ",,\n"
				      ",,1990-01-01\n"
				      "c@example.org,C,31.02.1990\n"
				      "d@example.org,\"D\"x,\n"
				      "e@example.org,E,31.12.1990\n"
				      ",B,\n"),
			    "3 created 0 updated 0 unchanged 5 refused");
	assert_string_equal(
		table(s, "SELECT row_number, reason FROM import_refused"
			 " ORDER BY row_number"),
		"3|invalid_address\n6|no_name\n7|invalid_value\n"
		"8|malformed\n10|duplicate\n");
	assert_non_null(strstr(refused(s),
			       "Email,First name,Birthday,import_row,"
			       "import_reason,import_detail\r\n"
			       "nonsense,B,,3,invalid_address,"));
}

static void an_opt_out_is_taken_and_never_loosened(void **state)
{
	struct setup *s = *state;

	import(s, "email,opted out\na@example.org,yes\nb@example.org,no\n");
	assert_string_equal(people(s), "||a@example.org|||1\n"
				       "||b@example.org|||0\n");
	assert_string_equal(import(s, "email,opted out\na@example.org,no\n"
				      "b@example.org,ja\nc@example.org,-\n"),
			    "1 created 1 updated 1 unchanged 0 refused");
	assert_string_equal(people(s), "||a@example.org|||1\n"
				       "||b@example.org|||1\n"
				       "||c@example.org|||0\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM consent"), 2);
}

/* A new person with the address of somebody opted out is opted out too. */
static void an_opt_out_holds_for_all_with_the_address(void **state)
{
	struct setup *s = *state;

	import(s, "key,email,opted out\n1,a@example.org,1\n2,b@example.org,\n");
	assert_string_equal(import(s, "key,email,opted out\n"
				      "3,a@example.org,\n4,b@example.org,1\n"),
			    "2 created 0 updated 0 unchanged 0 refused");
	assert_string_equal(table(s,
				  "SELECT external_key, opted_out FROM person"
				  " ORDER BY external_key"),
			    "1|1\n2|1\n3|1\n4|1\n");
}

static void keys_tell_apart_who_shares_an_address(void **state)
{
	static const char text[] = "Kundennummer,Vorname,Email\n"
				   "7,Anna,info@example.org\n"
				   "8,Bert,info@example.org\n";
	struct setup *s = *state;

	assert_string_equal(import(s, text),
			    "2 created 0 updated 0 unchanged 0 refused");
	assert_string_equal(import(s, text),
			    "0 created 0 updated 2 unchanged 0 refused");
	/* without keys, the name decides */
	assert_string_equal(import(s, "Vorname,Email,Stadt\n"
				      "Bert,info@example.org,Bonn\n"),
			    "0 created 1 updated 0 unchanged 0 refused");
	assert_string_equal(people(s), "Anna||info@example.org|||0\n"
				       "Bert||info@example.org||Bonn|0\n");
}

static void without_address_name_and_company_decide(void **state)
{
	static const char text[] = "name,company\n"
				   "Jo Smith,A\nJo Smith,B\nJo Smith,\n"
				   "JO SMITH,a\n";
	struct setup *s = *state;

	assert_string_equal(import(s, text),
			    "3 created 1 updated 0 unchanged 0 refused");
	assert_string_equal(import(s, text),
			    "0 created 0 updated 4 unchanged 0 refused");
}

static void a_new_address_replaces_the_one_before(void **state)
{
	struct setup *s = *state;

	import(s, "key,email\n1,old@example.org\n");
	assert_string_equal(import(s, "key,email\n1,new@example.org\n"),
			    "0 created 1 updated 0 unchanged 0 refused");
	assert_string_equal(people(s), "||new@example.org|||0\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM email"
				   " WHERE ended_ms IS NOT NULL"),
			 1);
}

#define NUMBER_FIELD                                          \
	"INSERT INTO custom_field (entity, key, label, type," \
	" created_ms) VALUES (1, 'revenue', 'Revenue', 'number', 0)"
#define REVENUES "SELECT custom FROM person ORDER BY email_id"

/* "1.250" alone says nothing: the rest of the file does, or what parts its
 * cells. */
static void numbers_are_read_as_the_file_writes_them(void **state)
{
	struct setup *s = *state;

	exec(s, NUMBER_FIELD);
	import(s, "email;Revenue\na@x.example;1.250\nb@x.example;12,5\n"
		  "c@x.example;-1.234.567,75\nd@x.example;n/a\n");
	assert_string_equal(table(s, REVENUES),
			    "{\"revenue\":1250}\n{\"revenue\":12.5}\n"
			    "{\"revenue\":-1234567.75}\n");
	assert_non_null(strstr(refused(s), "custom.revenue"));
	import(s, "email,Revenue\na@x.example,1.250\n");
	import(s, "email;Revenue\nb@x.example;1.250\n");
	assert_string_equal(table(s, REVENUES),
			    "{\"revenue\":1.25}\n{\"revenue\":1250}\n"
			    "{\"revenue\":-1234567.75}\n");
}

static const char *kind_of(struct setup *s, const char *values)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct import_input input = { .entity = ENTITY_PERSON,
				      .folder = s->folder };
	struct err err = ERR_INIT;
	const char *kind;

	input.path =
		write_file(s, arena_printf(s->arena, "email;X\n%s", values));
	must(import_look(s->db, &input, NOW, &out, &err), &err);
	kind = strstr(strstr(out.buf, "\"X\""), "\"kind\":\"") + 8;
	return arena_strndup(s->arena, kind, strcspn(kind, "\""));
}

static void what_a_new_field_would_hold_is_guessed(void **state)
{
	static const struct {
		const char *values, *kind;
	} cases[] = {
		{ "a@x.example;1497,74\nb@x.example;\n", "number" },
		{ "a@x.example;2.1.1980\nb@x.example;1980-02-01\n", "date" },
		{ "a@x.example;ja\nb@x.example;nein\n", "boolean" },
		{ "a@x.example;01067\nb@x.example;80331\n", "text" },
		{ "a@x.example;12\nb@x.example;a dozen\n", "text" },
		{ "a@x.example;\n", "text" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(kind_of(s, cases[i].values), cases[i].kind);
}

static void tags_and_custom_fields_are_kept(void **state)
{
	static const char text[] = "email,tags,Shoe size,custom.vip\n"
				   "a@example.org,\"VIP, Press\",42,yes\n"
				   "b@example.org,press,x,\n"
				   "c@example.org,,43.5,no\n";
	struct setup *s = *state;

	exec(s, "INSERT INTO custom_field (entity, key, label, type,"
		" created_ms) VALUES (1, 'size', 'Shoe size', 'number', 1),"
		" (1, 'vip', 'Very important', 'boolean', 1)");
	assert_string_equal(import(s, text),
			    "2 created 0 updated 0 unchanged 1 refused");
	assert_string_equal(table(s, "SELECT name FROM tag ORDER BY name"),
			    "Press\nVIP\n");
	assert_string_equal(
		table(s, "SELECT custom FROM person ORDER BY email_id"),
		"{\"size\":42,\"vip\":true}\n{\"size\":43.5,\"vip\":false}\n");
	assert_string_equal(import(s, text),
			    "0 created 0 updated 2 unchanged 1 refused");
	assert_string_equal(import(s, "email,tags\na@example.org,vip;new\n"),
			    "0 created 1 updated 0 unchanged 0 refused");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM record_tag"), 3);
}

static void columns_can_be_mapped_and_that_is_remembered(void **state)
{
	static const char text[] = "Spalte A;Spalte B\nBern;a@example.org\n";
	CLEANUP(json_free)
	json_t *mapping =
		json_pack("{ssss}", "Spalte A", "city", "Spalte B", "email");
	struct setup *s = *state;
	struct import_input input = { .entity = ENTITY_PERSON,
				      .folder = s->folder };
	struct err err = ERR_INIT;

	input.path = write_file(s, text);
	assert_int_equal(
		import_start(s->db, &input, NOW, &s->id, &s->job_id, &err), -1);
	assert_string_equal(err.field, "mapping");
	assert_string_equal(
		import_with(s, text,
			    (struct import_input){ .mapping = mapping,
						   .mapping_name = "mine" }),
		"1 created 0 updated 0 unchanged 0 refused");
	assert_string_equal(people(s), "||a@example.org||Bern|0\n");
	assert_string_equal(import(s, text),
			    "0 created 0 updated 1 unchanged 0 refused");
	assert_string_equal(
		import_with(s, text,
			    (struct import_input){ .mapping_name = "mine" }),
		"0 created 0 updated 1 unchanged 0 refused");
}

static void wrong_mappings_are_refused(void **state)
{
	static const struct {
		const char *mapping, *says;
	} cases[] = {
		{ "{\"Nowhere\":\"city\"}", "\"Email\", \"Name\"" },
		{ "{\"Email\":\"shoe\"}",
		  "give id, email, email_home, email_other, email_type, name, "
		  "company, tags, opted_out, first_name, "
		  "last_name, title, job_title, phone, street, city, region, "
		  "postal_code, country, language, birthday, external_key" },
		{ "{\"Email\":\"custom.shoe\"}", "no custom field" },
		{ "{\"Email\":\"email\",\"Name\":\"email\"}",
		  "no other column has" },
		{ "{\"Email\":null,\"Name\":null}", "map the columns" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free) json_t *mapping = NULL;
		struct import_input input = { .entity = ENTITY_PERSON,
					      .folder = s->folder };
		struct err err = ERR_INIT;

		must(json_parse(str_of(cases[i].mapping), &mapping, &err),
		     &err);
		input.mapping = mapping;
		input.path = write_file(s, "Email,Name\na@b.example,x\n");
		assert_int_equal(import_start(s->db, &input, NOW, &s->id,
					      &s->job_id, &err),
				 -1);
		assert_string_equal(err.field, "mapping");
		if (!strstr(err.text, cases[i].says))
			fail_msg("%s", err.text);
	}
}

static void a_file_without_header_is_understood(void **state)
{
	CLEANUP(json_free)
	json_t *mapping =
		json_pack("{ssss}", "1", "first_name", "2", "last_name");
	struct setup *s = *state;

	assert_string_equal(
		import_with(s, "Ada,Lovelace,ada@example.org\n",
			    (struct import_input){ .mapping = mapping }),
		"1 created 0 updated 0 unchanged 0 refused");
	assert_string_equal(people(s), "Ada|Lovelace|ada@example.org|||0\n");
}

/* Under a head that does not say so, or that says something else. */
static void addresses_are_known_by_what_they_are(void **state)
{
	static const struct {
		const char *file, *mapping, *people;
	} cases[] = {
		{ "Contact,City\na@x.example,Bern\n,Thun\nb@x.example,Wil\n",
		  NULL, "||a@x.example||Bern|0\n||b@x.example||Wil|0\n" },
		{ "Name,Vorname\n\"broken,x\na@x.example,Ada\n", NULL,
		  "Ada||a@x.example|||0\n" },
		{ "City,Write to,Copy\nBern,a@x.example,b@x.example\n", NULL,
		  "||a@x.example||Bern|0\n" },
		/* a head or a user says otherwise, or there is more in it */
		{ "Email,Name\nb@x.example,a@x.example\n", NULL,
		  "a@x.example||b@x.example|||0\n" },
		{ "Contact,City\na@x.example,Bern\n",
		  "{\"Contact\":\"last_name\"}", "|a@x.example|||Bern|0\n" },
		{ "Name,City\na@x.example,Bern\nEve,Thun\n", NULL,
		  "a@x.example||||Bern|0\nEve||||Thun|0\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free) json_t *mapping = NULL;
		struct err err = ERR_INIT;
		void *own = NULL;
		struct setup *s;

		open_setup(&own);
		s = own;
		if (cases[i].mapping)
			must(json_parse(str_of(cases[i].mapping), &mapping,
					&err),
			     &err);
		import_with(s, cases[i].file,
			    (struct import_input){ .mapping = mapping });
		if (strcmp(people(s), cases[i].people) != 0)
			fail_msg("%zu: %s", i, people(s));
		free_setup(&own);
	}
}

static void a_dry_run_writes_no_records(void **state)
{
	struct setup *s = *state;
	struct err err = ERR_INIT;
	int64_t job;

	assert_string_equal(
		import_with(s, THREE "x,y,broken,,\n",
			    (struct import_input){ .dry_run = true }),
		"3 created 0 updated 0 unchanged 1 refused");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"), 0);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM company"), 0);
	assert_int_equal(
		import_undo_start(s->db, s->id, false, 0, NOW, &job, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void leads_and_companies_are_imported_too(void **state)
{
	static const char companies[] = "Firma;PLZ;Ort\nA AG;3000;Bern\n"
					"B AG;4000;Basel\n";
	static const char leads[] = "Name,Company,Email\n"
				    "\"Lovelace, Ada\",A AG,ada@example.org\n"
				    "Bob,B AG,\n";
	struct setup *s = *state;

	for (int i = 0; i < 2; i++) {
		assert_string_equal(
			import_with(s, companies,
				    (struct import_input){
					    .entity = ENTITY_COMPANY }),
			i ? "0 created 0 updated 2 unchanged 0 refused"
			  : "2 created 0 updated 0 unchanged 0 refused");
		assert_string_equal(
			import_with(
				s, leads,
				(struct import_input){ .entity = ENTITY_LEAD }),
			i ? "0 created 0 updated 2 unchanged 0 refused"
			  : "2 created 0 updated 0 unchanged 0 refused");
	}
	assert_string_equal(
		table(s, "SELECT first_name, last_name, company_name, status"
			 " FROM lead ORDER BY name_folded"),
		"Bob||B AG|new\nAda|Lovelace|A AG|new\n");
	assert_string_equal(table(s,
				  "SELECT name, postal_code, city FROM company"
				  " ORDER BY name_folded"),
			    "A AG|3000|Bern\nB AG|4000|Basel\n");
}

static void a_ground_opts_new_people_in(void **state)
{
	struct setup *s = *state;

	import(s, "email,opted_out\na@example.org,1\n");
	import_with(s, "email\na@example.org\nb@example.org\n",
		    (struct import_input){ .opted_in = "signed at the fair" });
	assert_string_equal(table(s, "SELECT state, source, reason FROM consent"
				     " ORDER BY id"),
			    "1|import|\n2|user|signed at the fair\n");
	assert_string_equal(people(s), "||a@example.org|||1\n"
				       "||b@example.org|||0\n");
}

/* Where a column says who agreed, a blank is no yes. */
static void a_ground_is_true_of_whom_the_file_says_it(void **state)
{
	struct setup *s = *state;
	struct import_input fair = { .opted_in = "signed at the fair" };

	import_with(s,
		    "email,opt-in,tags\n"
		    "yes@example.org,yes,\n"
		    "date@example.org,2024-05-01,\n"
		    "blank@example.org,,\n"
		    "no@example.org,no,\n"
		    "late@example.org,,a\n"
		    "late@example.org,yes,b\n",
		    fair);
	import_with(s,
		    "email,subscription status\n"
		    "subscribed@example.org,subscribed\n"
		    "nothing@example.org,\n",
		    fair);
	import_with(s,
		    "email,opted_out\n"
		    "any@example.org,no\n"
		    "all@example.org,\n",
		    fair);
	assert_string_equal(
		table(s, "SELECT e.address, c.state FROM consent c"
			 " JOIN email e ON e.id = c.email_id ORDER BY 1"),
		"all@example.org|2\nany@example.org|2\n"
		"date@example.org|2\nlate@example.org|2\n"
		"no@example.org|1\nsubscribed@example.org|2\n"
		"yes@example.org|2\n");
	assert_string_equal(
		table(s, "SELECT left_open FROM import_run ORDER BY id"),
		"1\n1\n0\n");
}

static void undo_removes_and_restores(void **state)
{
	struct setup *s = *state;
	const char *before;

	import(s, "email,city,company,tags\na@example.org,Bern,A,old\n");
	before = people(s);
	assert_string_equal(import(s, "email,city,company,tags\n"
				      "a@example.org,Basel,B,new\n"
				      "b@example.org,Bonn,C,new\n"),
			    "1 created 1 updated 0 unchanged 0 refused");
	undo(s);
	assert_string_equal(people(s), before);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM company"), 1);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM record_tag"), 1);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM email"), 1);
	assert_int_equal(number(s, "SELECT n FROM record_count"
				   " WHERE entity = 1"),
			 1);
}

/* The same file may come every night. */
static void whom_it_found_unchanged_is_kept_for_a_time(void **state)
{
	struct setup *s = *state;
	struct err err = ERR_INIT;
	int64_t over_ms = IMPORT_UNCHANGED_DAYS * MS_DAY;

	import(s, THREE);
	import(s, THREE);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_unchanged"), 3);
	store_fixture_exec(s->db, "UPDATE import_run SET finished_ms = 1000");
	assert_int_equal(import_unchanged_trim(s->db, over_ms + 1000, &err), 0);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_unchanged"), 3);
	assert_int_equal(import_unchanged_trim(s->db, over_ms + 1001, &err), 1);
	assert_int_equal(import_unchanged_trim(s->db, over_ms + 1001, &err), 0);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_unchanged"), 0);
}

static void undo_takes_along_what_others_found(void **state)
{
	struct setup *s = *state;
	int64_t first;

	import(s, THREE);
	first = s->id;
	import(s, THREE);
	s->id = first;
	undo(s);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"), 0);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_unchanged"), 0);
}

static void undo_keeps_what_was_touched_since(void **state)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	CLEANUP(json_free) json_t *json = NULL;
	struct setup *s = *state;
	struct err err = ERR_INIT;
	int64_t kept = 0;

	import(s, "key,email\n1,a@example.org\n");
	import(s, "key,email,city\n1,a@example.org,Bern\n"
		  "2,b@example.org,Bonn\n3,c@example.org,Chur\n"
		  "4,d@example.org,Dole\n");
	exec(s, "UPDATE person SET updated_ms = updated_ms + 1"
		" WHERE external_key IN ('1', '2')");
	exec(s, "INSERT INTO note (entity, record_id, body, created_ms,"
		" updated_ms) SELECT 1, id, 'x', 1, 1 FROM person"
		" WHERE external_key = '3'");
	must(import_undo_start(s->db, s->id, false, 0, NOW, &s->job_id, &err),
	     &err);
	assert_int_equal(try_run(s, import_undo_steps, 0, &result, &err), 1);
	must(json_parse(strbuf_str(&result), &json, &err), &err);
	must(json_get_int(json, "kept", &kept, &err), &err);
	assert_int_equal(kept, 3);
	assert_string_equal(table(s, "SELECT external_key, city FROM person"
				     " ORDER BY external_key"),
			    "1|Bern\n2|Bonn\n3|Chur\n");
	assert_int_equal(import_undo_start(s->db, s->id, false, 0, NOW,
					   &s->job_id, &err),
			 -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

/* "kept", "kept_opted_out", ... of what is expected and of what was done. */
static const char *undo_counts(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct import_undo_counts c = { 0 };
	struct import_run run;
	struct err err = ERR_INIT;
	const char *expected;

	must(import_get(s->db, s->id, s->arena, &run, &err), &err);
	must(import_undo_expect(s->db, &run, &c, &err), &err);
	expected = arena_printf(s->arena,
				"\"removed\":%d,\"restored\":%d,\"kept\":%d,"
				"\"kept_opted_out\":%d,\"kept_used\":%d,",
				(int)c.removed, (int)c.restored, (int)c.kept,
				(int)c.opted_out, (int)c.used);
	must(import_undo_start(s->db, s->id, false, 0, NOW, &s->job_id, &err),
	     &err);
	assert_int_equal(try_run(s, import_undo_steps, 0, &result, &err), 1);
	if (!strstr(result.buf, expected))
		fail_msg("%s is not %s", result.buf, expected);
	return expected;
}

static void say_out(struct setup *s, const char *address);

/* Pushes and mails are ours; what is told before is what is done. */
static void undo_takes_who_was_only_pushed_and_mailed(void **state)
{
	struct setup *s = *state;

	import(s, "key,email\n1,a@example.org\n");
	import(s, "key,email,city\n1,a@example.org,Bern\n"
		  "2,b@example.org,Bonn\n3,c@example.org,Chur\n"
		  "4,d@example.org,Dole\n5,e@example.org,Erlen\n");
	exec(s, "INSERT INTO campaign_recipient (campaign_id, person_id, state,"
		" at_ms, accepted_ms) SELECT 7, id, 2, 1, 1 FROM person");
	exec(s, "UPDATE person SET updated_ms = updated_ms + 1"
		" WHERE external_key = '3'");
	exec(s, "INSERT INTO note (entity, record_id, body, created_ms,"
		" updated_ms) SELECT 1, id, 'x', 1, 1 FROM person"
		" WHERE external_key = '4'");
	exec(s, "UPDATE person SET created_ms = 1, updated_ms = 1"
		" WHERE external_key = '5'");
	say_out(s, "e@example.org");
	assert_string_equal(undo_counts(s),
			    "\"removed\":1,\"restored\":1,\"kept\":3,"
			    "\"kept_opted_out\":1,\"kept_used\":1,");
	assert_string_equal(table(s, "SELECT external_key, city FROM person"
				     " WHERE erased_ms IS NULL"
				     " ORDER BY external_key"),
			    "1|\n3|Chur\n4|Dole\n5|Erlen\n");
}

static void say_out(struct setup *s, const char *address)
{
	const struct actor actor = { .name = "test", .now_ms = NOW };
	const struct consent c = { .state = CONSENT_OPTED_OUT,
				   .source = CONSENT_BY_PERSON };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct email email;

	must(email_parse(address, s->arena, &email, &err), &err);
	must(tx_begin(s->db, &tx, &err), &err);
	must(consent_add_by_address(&tx, email.hash, &c, &actor, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

/* What the import said of those who were here; nothing else. */
static void undo_takes_back_the_opt_outs_that_it_made(void **state)
{
	struct setup *s = *state;

	import(s, "email,opted out\na@example.org,\nb@example.org,\n"
		  "c@example.org,yes\nd@example.org,\ne@example.org,\n");
	import(s, "email,first name,opted out\na@example.org,A,yes\n"
		  "b@example.org,B,yes\nc@example.org,C,yes\n"
		  "d@example.org,D,\nf@example.org,F,yes\n");
	/* somebody said it again since */
	say_out(s, "b@example.org");
	undo(s);
	assert_string_equal(people(s), "||a@example.org|||0\n"
				       "||b@example.org|||1\n"
				       "||c@example.org|||1\n"
				       "||d@example.org|||0\n"
				       "||e@example.org|||0\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM consent"
				   " WHERE source = 'undo' AND state = 2"),
			 1);
}

/* A later import that says the same is no change, and counts all the same. */
static void an_opt_out_that_a_later_import_said_again_stays(void **state)
{
	static const char out[] = "email,opted out\na@example.org,yes\n";
	struct setup *s = *state;
	int64_t first;

	import(s, "email,first name\na@example.org,A\n");
	import(s, out);
	first = s->id;
	assert_string_equal(import(s, out),
			    "0 created 0 updated 1 unchanged 0 refused");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM consent"), 1);
	s->id = first;
	undo(s);
	assert_string_equal(people(s), "A||a@example.org|||1\n");
}

static void columns_of_consent_are_asked_about(void **state)
{
	static const struct {
		const char *file;
		const char
			*asks[4]; /* parts of the questions; none: imported */
		const char *answers; /* that let it in */
		const char *out;     /* opted_out of a, b, c then */
	} cases[] = {
		{ "email,newsletter\na@x.example,ja\nb@x.example,nein\n"
		  "c@x.example,JA\n",
		  { "\"kind\":\"column\",\"column\":\"newsletter\",\"as\":null",
		    "{\"value\":\"ja\",\"count\":1}",
		    "{\"value\":\"nein\",\"count\":1}" },
		  "{\"columns\":{\"Newsletter\":\"opt_in\"}}",
		  "0\n1\n0\n" },
		{ "email,newsletter\na@x.example,ja\nb@x.example,nein\n"
		  "c@x.example,\n",
		  { "\"column\"" },
		  "{\"columns\":{\"newsletter\":\"ignore\"}}",
		  "0\n0\n0\n" },
		{ "email,unsubscribed\na@x.example,yes\nb@x.example,maybe\n"
		  "c@x.example,Maybe\n",
		  { "\"kind\":\"value\",\"column\":\"unsubscribed\",\"as\":"
		    "\"opt_out\"",
		    "\"maybe\"" },
		  "{\"values\":{\"unsubscribed:maybe\":\"ignore\"}}",
		  "1\n0\n0\n" },
		{ "email,Status\na@x.example,aktiv\nb@x.example,inaktiv\n"
		  "c@x.example,\n",
		  { "\"kind\":\"value\",\"column\":\"Status\",\"as\":"
		    "\"status\"",
		    "{\"value\":\"inaktiv\",\"count\":1}" },
		  "{\"values\":{\"Status:inaktiv\":\"out\"}}",
		  "0\n1\n0\n" },
		{ "email,list\na@x.example,VIP\nb@x.example,unsubscribed\n"
		  "c@x.example,\n",
		  { "\"kind\":\"column\",\"column\":\"list\"" },
		  "{\"columns\":{\"list\":\"status\"},"
		  "\"values\":{\"list:vip\":\"ignore\"}}",
		  "0\n1\n0\n" },
		{ "email,status\na@x.example,subscribed\n"
		  "b@x.example,unsubscribed\nc@x.example,cleaned\n",
		  { NULL },
		  NULL,
		  "0\n1\n1\n" },
		{ "email,status\na@x.example,1\nb@x.example,2\n"
		  "c@x.example,1\n",
		  { "\"kind\":\"column\",\"column\":\"status\"" },
		  "{\"columns\":{\"status\":\"status\"},\"values\":{"
		  "\"status:1\":\"ignore\",\"status:2\":\"out\"}}",
		  "0\n1\n0\n" },
		{ "email,status\na@x.example,customer\nb@x.example,prospect\n"
		  "c@x.example,\n",
		  { NULL },
		  NULL,
		  "0\n0\n0\n" },
		{ "email,Do Not Email,No Bulk Emails (User Opt Out),Do Not "
		  "Mail,"
		  "Do Not Phone\na@x.example,,,1,1\nb@x.example,,1,,\n"
		  "c@x.example,1,,,\n",
		  { NULL },
		  NULL,
		  "0\n1\n1\n" },
		{ "email,disabled\na@x.example,0\nb@x.example,\nc@x.example,"
		  "0\n",
		  { NULL },
		  NULL,
		  "0\n0\n0\n" },
		{ "email,birthday\na@x.example,1/2/1980\nb@x.example,1/1/1980\n"
		  "c@x.example,\n",
		  { "\"kind\":\"date_order\",\"column\":\"birthday\"",
		    "[\"dmy\",\"mdy\"]" },
		  "{\"date_order\":\"mdy\"}",
		  "0\n0\n0\n" },
		{ "email,birthday\na@x.example,1/2/1980\nb@x.example,1/31/"
		  "1980\n"
		  "c@x.example,\n",
		  { NULL },
		  NULL,
		  "0\n0\n0\n" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *questions = asked(s, cases[i].file, NULL);

		for (int j = 0; j < 4 && cases[i].asks[j]; j++) {
			if (!strstr(questions, cases[i].asks[j]))
				fail_msg("%s: %s", cases[i].file, questions);
		}
		if (cases[i].asks[0]) {
			assert_int_equal(number(s, "SELECT COUNT(*)"
						   " FROM person"),
					 0);
			questions = asked(s, cases[i].file, cases[i].answers);
		}
		assert_string_equal(questions, "");
		finish(s);
		assert_string_equal(
			table(s, "SELECT p.opted_out FROM person p JOIN email e"
				 " ON e.id = p.email_id ORDER BY e.address"),
			cases[i].out);
		/* remembered: the same file again asks nothing */
		assert_string_equal(asked(s, cases[i].file, NULL), "");
		exec(s, "DELETE FROM person");
		exec(s, "DELETE FROM email");
		exec(s, "DELETE FROM consent");
		exec(s, "DELETE FROM import_mapping");
	}
}

static void wrong_answers_are_refused(void **state)
{
	static const char file[] = "email,newsletter\na@x.example,ja\n";
	struct setup *s = *state;

	assert_string_equal(
		asked(s, file, "{\"columns\":{\"News\":\"ignore\"}}"),
		"consent: there is no column \"News\": the file has "
		"\"email\", \"newsletter\"");
	assert_non_null(strstr(
		asked(s, file, "{\"columns\":{\"newsletter\":\"perhaps\"}}"),
		"must be opt_out"));
	assert_non_null(strstr(
		asked(s, file, "{\"values\":{\"newsletter:ja\":\"in\"}}"),
		"must be out or ignore"));
	assert_non_null(strstr(asked(s, file, "{\"values\":{\"ja\":\"out\"}}"),
			       "consent_values: there is no column"));
	assert_string_equal(asked(s, file, "{\"date_order\":\"ymd\"}"),
			    "date_order: must be dmy or mdy");
}

/* More than 50 of those who are here, and more than a tenth of them. */
static void many_opt_outs_are_asked_about_first(void **state)
{
	CLEANUP(strbuf_release) struct strbuf all = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf few = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf many = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct setup *s = *state;
	struct import_steps steps = {
		.db = s->db, .folder = s->folder, .save = save, .context = s
	};
	struct err err = ERR_INIT;

	strbuf_addstr(&all, "email,opted out\n");
	strbuf_addstr(&few, "email,opted out\n");
	strbuf_addstr(&many, "email,opted out\n");
	for (int i = 0; i < 200; i++) {
		strbuf_addf(&all, "p%d@example.org,\n", i);
		strbuf_addf(&few, "p%d@example.org,%s\n", i,
			    i < 50 ? "yes" : "");
		strbuf_addf(&many, "p%d@example.org,%s\n", i,
			    i < 101 ? "yes" : "");
	}
	import(s, all.buf);
	import(s, few.buf);
	start_with(s, many.buf, (struct import_input){ 0 });
	steps.import_id = s->id;
	assert_int_equal(import_steps(&steps, &result, &err), IMPORT_ASKS);
	assert_non_null(strstr(result.buf, "\"existing\":200,"
					   "\"would_opt_out\":51"));
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
				   " WHERE opted_out = 1"),
			 50);
	strbuf_reset(&result);
	steps.confirmed = true;
	assert_int_equal(import_steps(&steps, &result, &err), 1);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
				   " WHERE opted_out = 1"),
			 101);
}

static void refused_rows_are_of_one_width_and_harmless(void **state)
{
	struct setup *s = *state;

	assert_string_equal(import(s, "email,=x,city\nbad\n\"x\"y,Kim,Rome\n"
				      "a@example.org,Kim,Rome,more\n,,Rome\n"
				      "=1+1,@a,\xef\xbc\x9d"
				      "b\nb@example.org,,,,\n"),
			    "1 created 0 updated 0 unchanged 5 refused");
	assert_string_equal(
		refused(s),
		"email,'=x,city,import_row,import_reason,import_detail\r\n"
		"bad,,,2,invalid_address,the address has no @\r\n"
		"\"\"\"x\"\"y,Kim,Rome\",,,3,malformed,"
		"row 3 has text after a quote\r\n"
		"\"a@example.org,Kim,Rome,more\",,,4,malformed,"
		"4 cells under 3 headers: a delimiter within a value must "
		"stand in quotes\r\n"
		",,Rome,5,no_name,neither a name nor an address\r\n"
		"'=1+1,'@a,'\xef\xbc\x9d"
		"b,6,invalid_address,"
		"the address has no @\r\n");
}

/* Mended, they are imported with the answers that were given before. */
static void refused_rows_come_back_with_the_same_answers(void **state)
{
	struct setup *s = *state;

	assert_string_equal(asked(s,
				  "email,newsletter\nbad,nein\n"
				  "c@x.example,ja\n",
				  "{\"columns\":{\"newsletter\":\"opt_in\"}}"),
			    "");
	finish(s);
	assert_string_equal(asked(s,
				  "email,newsletter,import_row,import_reason,"
				  "import_detail\nbad@x.example,nein,2,"
				  "invalid_address,the address has no @\n",
				  NULL),
			    "");
	finish(s);
	assert_string_equal(people(s), "||bad@x.example|||1\n"
				       "||c@x.example|||0\n");
}

static void refused_rows_are_all_counted_and_not_all_kept(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
	struct setup *s = *state;

	strbuf_addstr(&file, "email\n");
	for (int i = 0; i < IMPORT_REFUSED_STORED + 5; i++)
		strbuf_addstr(&file, "x\n");
	assert_string_equal(import(s, file.buf),
			    "0 created 0 updated 0 unchanged 100005 refused");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_refused"),
			 IMPORT_REFUSED_STORED);
}

static void cells_are_read_as_they_are_meant(void **state)
{
	struct setup *s = *state;

	import(s, "sep=;\r\n\xc2\xa0"
		  "E-Mail\xc2\xa0;Vorname;Ort;PLZ;Geburtstag\r\n"
		  "\xef\xbb\xbf"
		  "a@x.exam\xe2\x80\x8b"
		  "ple\xc2\xa0;\xe3\x80\x80"
		  "Kim ;"
		  "\"=\"\"Rome\"\"\";=\"01067\";31.12.1980\r\n");
	assert_string_equal(table(s, "SELECT p.first_name, e.address, p.city,"
				     " p.postal_code, p.birthday FROM person p"
				     " JOIN email e ON e.id = p.email_id"),
			    "Kim|a@x.example|Rome|01067|1980-12-31\n");
}

/* What comes along by copying; joiners are how Persian and emoji are written.
 */
static void what_nobody_sees_in_a_cell_is_dropped(void **state)
{
	struct setup *s = *state;

	import(s, "email,first name,last name,city,tags\n"
		  "a@x.example,\xe2\x80\xaeKim\xe2\x80\xac,R\x1b"
		  "ay\x7f,\"Bad\nEms\",\xe2\x81\xa6VIP\xe2\x81\xa9\n"
		  "b@x.example,\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae,"
		  "\xc2\x9f,\xf0\x9f\x91\xa9\xe2\x80\x8d"
		  "\xf0\x9f\x91\xa7,\n");
	assert_string_equal(
		table(s, "SELECT first_name, last_name, city FROM person"
			 " ORDER BY id"),
		"Kim|Ray|Bad\nEms\n\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae||"
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7\n");
	assert_string_equal(table(s, "SELECT name FROM tag"), "VIP\n");
}

/* Who has a birthday without a year is somebody all the same; a date that is
 * wrong is refused as before. */
static void a_date_without_a_year_is_left_blank(void **state)
{
	struct setup *s = *state;

	exec(s, "INSERT INTO custom_field (entity, key, label, type,"
		" created_ms) VALUES (1, 'since', 'Since', 'date', 0)");
	import(s, "email,birthday\nb@example.org,1980-05-12\n");
	start_with(s,
		   "email,birthday,Since\na@example.org,05/12,\n"
		   "b@example.org,12/31,3 May\nc@example.org,1990-01-02,\n"
		   "d@example.org,31.02.1990,\n",
		   (struct import_input){ 0 });
	assert_non_null(strstr(result_of(s),
			       "\"blanked_columns\":[{\"column\":\"birthday\","
			       "\"count\":2},{\"column\":\"Since\",\"count\":"
			       "1}]"));
	assert_string_equal(table(s, "SELECT e.address, p.birthday FROM person"
				     " p JOIN email e ON e.id = p.email_id"
				     " ORDER BY e.address"),
			    "a@example.org|\nb@example.org|1980-05-12\n"
			    "c@example.org|1990-01-02\n");
	assert_string_equal(table(s, "SELECT row_number, reason FROM"
				     " import_refused"),
			    "5|invalid_value\n");
}

static void lengths_are_checked_in_every_column(void **state)
{
	static const char *const headers[] = {
		"First name", "Last name", "Full name", "Company",  "Title",
		"Job title",  "Phone",     "Street",    "City",     "Region",
		"Zip",        "Country",   "Language",  "Birthday", "Key",
		"Tags",       "Email",
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
		bool is_email = strcmp(headers[i], "Email") == 0;

		strbuf_addf(&file, "%s%s\n", is_email ? "" : "Email,",
			    headers[i]);
		strbuf_addstr(&file, is_email ? "" : "z@example.org,");
		for (int n = 0; n < 5000; n++)
			strbuf_addch(&file, 'x');
		strbuf_addch(&file, '\n');
		if (strcmp(import(s, file.buf),
			   "0 created 0 updated 0 unchanged 1 refused") != 0)
			fail_msg("%s", headers[i]);
	}
}

static void a_forgotten_address_does_not_come_back(void **state)
{
	struct setup *s = *state;
	struct forgotten forgotten;
	struct err err = ERR_INIT;
	char hash[FORGOTTEN_HASH + 1];
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		must(tx_begin(s->db, &tx, &err), &err);
		must(forgotten_make(&tx, &forgotten, &err), &err);
		must(tx_commit(&tx, &err), &err);
	}
	forgotten_hash(&forgotten, "gone@example.org", hash);
	exec(s, arena_printf(s->arena,
			     "INSERT INTO email (id, entity, record_id,"
			     " address, folded, hash, created_ms, ended_ms)"
			     " VALUES (99999, 1, 5, '', '', '%s', 1, 2)",
			     hash));
	assert_string_equal(import(s, "email\nGone@example.org\n"
				      "here@example.org\n"),
			    "1 created 0 updated 0 unchanged 1 refused");
	assert_non_null(strstr(refused(s), ",forgotten,"));
}

/* --- stopped and failed runs --- */

/* Rows that meet others, in every way, wherever batches begin. */
static const char *tangled(struct setup *s, int n)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "key,first name,last name,email,company,tags,"
			     "opted out,city\n");
	for (int i = 0; i < n; i++) {
		int k = i * 7 % (n - n / 10); /* some come again */

		if (i % 5 == 0)
			strbuf_addf(&text, "K%d", k);
		strbuf_addf(&text, ",F%d,L%d,", k % 17, k);
		if (i % 3)
			strbuf_addf(&text, "p%d@example.org", k % 11 ? k : 0);
		strbuf_addf(&text, ",Company %d,T%d,%s,City %d\n", k % 13,
			    k % 4, k % 19 ? "" : "yes", i % 23);
	}
	return arena_strdup(s->arena, text.buf);
}

#define OUTCOME                                                            \
	"SELECT p.external_key, p.name_folded, e.address, c.name, p.city," \
	" p.opted_out, (SELECT COUNT(*) FROM record_tag t WHERE"           \
	" t.record_id = p.id), (SELECT COUNT(*) FROM consent s WHERE"      \
	" s.record_id = p.id AND s.entity = 1)"                            \
	" FROM person p LEFT JOIN email e ON e.id = p.email_id"            \
	" LEFT JOIN company c ON c.id = p.company_id"                      \
	" ORDER BY p.external_key, p.name_folded, e.address, p.city"
#define COUNTS                                                                 \
	"SELECT created, updated, unchanged, refused, state, (SELECT COUNT(*)" \
	" FROM company), (SELECT COUNT(*) FROM email), (SELECT n FROM"         \
	" record_count WHERE entity = 1) FROM import_run ORDER BY id"
#define REFUSED                                              \
	"SELECT row_number, reason, raw FROM import_refused" \
	" ORDER BY import_id, row_number"

static const char *outcome(struct setup *s)
{
	return arena_printf(s->arena, "%s--\n%s--\n%s", table(s, OUTCOME),
			    table(s, COUNTS), table(s, REFUSED));
}

static const char *older(struct setup *s)
{
	return import(s, "key,first name,last name,email,company\n"
			 "K14,F1,L1,p14@example.org,Company 2\n"
			 ",F4,L21,,Company 8\n"
			 ",F0,L999,p35@example.org,\n");
}

static void batches_of_any_size_come_to_the_same(void **state)
{
	static const size_t sizes[] = { 1, 7, 50, 1000 };
	const char *expected = NULL;
	struct setup *shared = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
		struct err err = ERR_INIT;
		struct setup *s;
		void *own = NULL;
		const char *got;

		open_setup(&own);
		s = own;
		older(s);
		start_with(s, tangled(s, 300), (struct import_input){ 0 });
		assert_int_equal(
			try_run(s, import_steps, sizes[i], &result, &err), 1);
		got = arena_strdup(shared->arena, outcome(s));
		if (!expected)
			expected = got;
		assert_string_equal(got, expected);
		free_setup(&own);
	}
}

static void a_stopped_import_goes_on_where_it_was(void **state)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct setup *s = *state, *other;
	void *own = NULL;
	int runs = 0, ret;

	older(s);
	start_with(s, tangled(s, 300), (struct import_input){ 0 });
	do {
		s->stop_after = 2; /* after one batch */
		strbuf_reset(&result);
		ret = try_run(s, import_steps, 20, &result, &err);
		assert_true(ret >= 0);
		runs++;
	} while (ret == 0);
	assert_true(runs > 10);

	open_setup(&own);
	other = own;
	older(other);
	import(other, tangled(other, 300));
	assert_string_equal(outcome(s), outcome(other));
	free_setup(&own);
}

/* Every statement fails once; the next run goes on, as a runner would. */
static void failures_anywhere_lose_and_double_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct setup *s = *state, *other;
	void *own = NULL;
	int failures = 0;

	older(s);
	start_with(s, tangled(s, 60), (struct import_input){ 0 });
	for (int nth = 1;; nth++) {
		CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
		int ret;

		db_fail_nth(s->db, nth % 120 + 2);
		ret = try_run(s, import_steps, 15, &result, &err);
		db_fail_nth(s->db, 0);
		if (ret == 1)
			break;
		failures++;
		assert_true(failures < 1000);
	}
	assert_true(failures > 50);

	open_setup(&own);
	other = own;
	older(other);
	import(other, tangled(other, 60));
	assert_string_equal(outcome(s), outcome(other));
	free_setup(&own);
}

/* Also the last one, when all rows are written and only the end is missing. */
static void a_failure_at_any_statement_is_made_good(void **state)
{
	struct setup *s = *state;
	int nth = 0, ret;

	do {
		CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
		struct err err = ERR_INIT;

		start_with(s, tangled(s, 12), (struct import_input){ 0 });
		db_fail_nth(s->db, ++nth);
		ret = try_run(s, import_steps, 5, &result, &err);
		db_fail_nth(s->db, 0);
		if (ret < 0) {
			strbuf_reset(&result);
			assert_int_equal(
				try_run(s, import_steps, 5, &result, &err), 1);
		}
	} while (ret < 0);
	assert_true(nth > 30);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_run"
				   " WHERE state <> 'done'"),
			 0);
}

static void a_failing_undo_goes_on_too(void **state)
{
	struct err err = ERR_INIT;
	struct setup *s = *state;
	const char *before;
	int failures = 0;

	older(s);
	before = table(s, OUTCOME);
	import(s, tangled(s, 60));
	must(import_undo_start(s->db, s->id, false, 0, NOW, &s->job_id, &err),
	     &err);
	for (int nth = 1;; nth++) {
		CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
		int ret;

		db_fail_nth(s->db, nth + 1);
		ret = try_run(s, import_undo_steps, 0, &result, &err);
		db_fail_nth(s->db, 0);
		if (ret == 1)
			break;
		failures++;
		assert_true(failures < 1000);
	}
	assert_true(failures > 10);
	assert_string_equal(table(s, OUTCOME), before);
}

static void a_failing_undo_of_opt_outs_goes_on_too(void **state)
{
	struct err err = ERR_INIT;
	struct setup *s = *state;
	int nth = 0, ret = -1;

	import(s, "key,email\n1,a@example.org\n2,a@example.org\n"
		  "3,b@example.org\n");
	import(s, "key,email,opted out\n1,a@example.org,yes\n"
		  "3,b@example.org,yes\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
				   " WHERE opted_out = 1"),
			 3);
	must(import_undo_start(s->db, s->id, false, 0, NOW, &s->job_id, &err),
	     &err);
	while (ret != 1) {
		CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;

		db_fail_nth(s->db, ++nth);
		ret = try_run(s, import_undo_steps, 0, &result, &err);
		db_fail_nth(s->db, 0);
		assert_true(nth < 1000);
	}
	assert_true(nth > 10);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
				   " WHERE opted_out = 1"),
			 0);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM consent"
				   " WHERE source = 'undo'"),
			 3);
}

/* What a blank parts from a domain is not glued to it. */
static void blanks_of_addresses_are_told_apart(void **state)
{
	static const struct {
		const char *cell, *address; /* NULL: refused */
	} cases[] = {
		{ " ada@x.example ", "ada@x.example" },
		{ "ada\u200b@\ufeffx.example", "ada@x.example" },
		{ "ada@ x.example", NULL },
		{ "ada @x.example", NULL },
		{ "ada\u00a0\u200b@x.example", NULL },
		{ "ada@\u200b x.example", NULL },
		{ "ada@x.\u200bexample", "ada@x.example" },
		{ "ada@x.example\u200b\u00a0", "ada@x.example" },
		{ "ada@x.exa\ufeffmple", "ada@x.example" },
		{ "ada@x.example Smith", NULL },
		{ "ada@x.example\u00a0old", NULL },
		{ "ada@x.example\told", NULL },
		{ "ada@x.example\nold", NULL },
		{ "ada@x.example\u2003old", NULL },
		{ "ada@x.example\u3000old", NULL },
		{ "ada@x. example", NULL },
		{ "ada@x.example b@y.example", NULL },
		{ "a b@x.example", NULL },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got;

		import(s, arena_printf(s->arena, "email,first name\n\"%s\",A\n",
				       cases[i].cell));
		got = table(s, "SELECT address FROM email");
		if (strncmp(got, cases[i].address ? cases[i].address : "",
			    strlen(got) ? strlen(got) - 1 : 1) != 0)
			fail_msg("%s: %s", cases[i].cell, got);
		exec(s, "DELETE FROM person");
		exec(s, "DELETE FROM email");
	}
}

static void what_is_wrong_with_an_address_is_told(void **state)
{
	struct setup *s = *state;

	import(s, "email,first name\nada,A\nada @x.example,A\n"
		  "ada@x.example; bob@x.example,A\n"
		  "Ada <ada@x.example>,A\n");
	assert_string_equal(
		table(s,
		      "SELECT detail FROM import_refused ORDER BY row_number"),
		"the address has no @\nthe address has a blank in it\n"
		"more than one address in one cell\n"
		"the part before the @ is not valid\n");
}

/* "Herr" is no title as "Dr." is. */
static void a_form_of_address_is_no_title(void **state)
{
	struct setup *s = *state;

	import(s, "email,Anrede,Vorname\na@x.example,Frau,A\n");
	import(s, "email,Titel,Vorname\nb@x.example,Dr.,B\n");
	assert_string_equal(
		table(s, "SELECT first_name, title FROM person ORDER BY 1"),
		"A|\nB|Dr.\n");
}

int main(void)
{
	const struct CMUnitTest list[] = {
		TEST(people_and_their_companies_are_made),
		TEST(the_same_file_again_changes_nothing),
		TEST(only_what_differs_is_changed),
		TEST(rows_are_refused_with_reasons),
		TEST(an_opt_out_is_taken_and_never_loosened),
		TEST(an_opt_out_holds_for_all_with_the_address),
		TEST(keys_tell_apart_who_shares_an_address),
		TEST(without_address_name_and_company_decide),
		TEST(a_new_address_replaces_the_one_before),
		TEST(numbers_are_read_as_the_file_writes_them),
		TEST(what_a_new_field_would_hold_is_guessed),
		TEST(tags_and_custom_fields_are_kept),
		TEST(columns_can_be_mapped_and_that_is_remembered),
		TEST(wrong_mappings_are_refused),
		TEST(a_file_without_header_is_understood),
		TEST(addresses_are_known_by_what_they_are),
		TEST(a_dry_run_writes_no_records),
		TEST(leads_and_companies_are_imported_too),
		TEST(a_ground_opts_new_people_in),
		TEST(a_ground_is_true_of_whom_the_file_says_it),
		TEST(undo_removes_and_restores),
		TEST(whom_it_found_unchanged_is_kept_for_a_time),
		TEST(undo_takes_along_what_others_found),
		TEST(undo_keeps_what_was_touched_since),
		TEST(undo_takes_who_was_only_pushed_and_mailed),
		TEST(undo_takes_back_the_opt_outs_that_it_made),
		TEST(an_opt_out_that_a_later_import_said_again_stays),
		TEST(columns_of_consent_are_asked_about),
		TEST(wrong_answers_are_refused),
		TEST(many_opt_outs_are_asked_about_first),
		TEST(refused_rows_are_of_one_width_and_harmless),
		TEST(refused_rows_come_back_with_the_same_answers),
		TEST(refused_rows_are_all_counted_and_not_all_kept),
		TEST(cells_are_read_as_they_are_meant),
		TEST(what_nobody_sees_in_a_cell_is_dropped),
		TEST(a_date_without_a_year_is_left_blank),
		TEST(lengths_are_checked_in_every_column),
		TEST(a_forgotten_address_does_not_come_back),
		TEST(batches_of_any_size_come_to_the_same),
		TEST(a_stopped_import_goes_on_where_it_was),
		TEST(failures_anywhere_lose_and_double_nothing),
		TEST(a_failure_at_any_statement_is_made_good),
		TEST(a_failing_undo_goes_on_too),
		TEST(a_failing_undo_of_opt_outs_goes_on_too),
		TEST(blanks_of_addresses_are_told_apart),
		TEST(what_is_wrong_with_an_address_is_told),
		TEST(a_form_of_address_is_no_title),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
