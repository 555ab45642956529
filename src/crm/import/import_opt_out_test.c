#include "crm/import/import_fixture.h"

#include "crm/consent/kept_opt_out.h"
#include "crm/consent/obstacle.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/record_json.h"

#include <stdio.h>
#include <unistd.h>

#define HEAD "key,email,first name,birthday,opted out\n"
#define OUT                                                        \
	"SELECT e.address, p.opted_out FROM person p JOIN email e" \
	" ON e.id = p.email_id ORDER BY e.address"
#define LAST                                                         \
	"SELECT state, source, reason FROM consent ORDER BY id DESC" \
	" LIMIT 1"
#define DETAILS                                                           \
	"SELECT row_number, reason FROM import_refused WHERE detail LIKE" \
	" '%opt-out%' ORDER BY import_id, row_number"

static const struct actor actor = { .user_id = 1,
				    .name = "tester",
				    .now_ms = NOW };

/* --- refused rows --- */

/* Whatever is wrong with the row: somebody is opted out, or it is kept. */
static const struct refused_case {
	const char *before, *row, *reason;
} refused_cases[] = {
	{ ",a@example.org,A,,\n", "1,z@example.org,,,\n1,a@example.org,,,yes\n",
	  "duplicate" },
	{ "", "1,z@example.org,,,\n1,a@example.org,,,yes\n", "duplicate" },
	{ ",a@example.org,A,,\n", ",a@example.org,,31.02.1990,yes\n",
	  "invalid_value" },
	{ "", ",a@example.org,,31.02.1990,yes\n", "invalid_value" },
	{ ",a@example.org,A,,\n",
	  "12345678901234567890123456789012345678901234567890123456789012345678"
	  "9012345678901234567890123456789012345678901234567890123456789012345"
	  "6789012345678901234567890123456789012345678901234567890123456789012"
	  "3456789,A@EXAMPLE.org,,,ja\n",
	  "invalid_value" },
	{ ",a@example.org,A,,\n", ",Ann B <a@example.org>,,,yes\n",
	  "invalid_address" },
	{ "", ",mailto:A@example.org,,,yes\n", "invalid_address" },
	{ ",a@example.org,A,,\n", ",b@example.org; a@example.org,,,yes\n",
	  "invalid_address" },
	{ "", ",a@example.org.,,,yes\n", "invalid_address" },
	{ "", ",a @example.org,,,yes\n", "invalid_address" },
	{ ",a@example.org,A,,\n", ",a@ example.org,,,yes\n",
	  "invalid_address" },
};

static void a_refused_row_keeps_its_opt_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused_cases); i++) {
		const struct refused_case *c = &refused_cases[i];
		struct kept_opt_out kept;
		struct err err = ERR_INIT;
		struct setup *s;
		void *own = NULL;
		int found;

		open_setup(&own);
		s = own;
		if (*c->before)
			import(s, arena_printf(s->arena, HEAD "%s", c->before));
		import(s, arena_printf(s->arena, HEAD "%s", c->row));
		assert_non_null(strstr(table(s, DETAILS), c->reason));
		assert_int_equal(number(s, "SELECT refused_opted_out FROM"
					   " import_run ORDER BY id DESC"),
				 1);
		found = kept_opt_out_find(s->db, "a@example.org", s->arena,
					  &kept, &err);
		if (*c->before)
			assert_non_null(
				strstr(table(s, OUT), "a@example.org|1\n"));
		else
			assert_int_equal(found, 1);
		if (found)
			assert_string_equal(kept.source, "import");
		free_setup(&own);
	}
}

/* The kept one comes back with the address; undoing takes it back. */
static void a_kept_opt_out_is_carried(void **state)
{
	struct setup *s = *state;

	import(s, HEAD ",a@example.org,,31.02.1990,yes\n");
	assert_string_equal(import(s, HEAD ",A@example.org,A,,\n"),
			    "1 created 0 updated 0 unchanged 0 refused");
	assert_string_equal(table(s, OUT), "A@example.org|1\n");
	assert_non_null(strstr(table(s, LAST), "1|carried|the address opted "
					       "out on "));
}

static void undo_takes_back_what_a_refused_row_kept(void **state)
{
	struct setup *s = *state;

	import(s, HEAD ",a@example.org,,31.02.1990,yes\n");
	undo(s);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM kept_opt_out"), 0);
}

/* An opt-out is told once, however many addresses it is about. */
static void a_refused_row_tells_its_opt_out_once(void **state)
{
	struct setup *s = *state;

	import(s, "email\na@example.org\n");
	import(s, HEAD ",b@example.org; c@example.org; a@example.org,,,yes\n"
		       ",d@example.org e@example.org,,,yes\n");
	assert_string_equal(
		table(s, "SELECT row_number, detail LIKE '%; its opt-out was"
			 " heeded; its opt-out is kept, though nobody has the"
			 " address', detail LIKE '%; %; %;%' FROM"
			 " import_refused WHERE row_number = 2"),
		table(s, "SELECT 2, 1 = 1, 1 = 0"));
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_refused"
				   " WHERE detail LIKE '%kept%kept%'"
				   " OR detail LIKE '%heeded%heeded%'"),
			 0);
}

/* A record is given one of them; nobody who has another is mailed. */
static void a_no_reaches_every_address_of_its_row(void **state)
{
	static const struct {
		const char *head, *row;
		int made;
	} cases[] = {
		{ "first name,email,email 2,opted out",
		  "A,a@x.example,b@x.example,yes", 1 },
		{ "first name,Email 1,Email 2,opted out",
		  "A,a@x.example,b@x.example,yes", 1 },
		{ "first name,email,private e-mail,opted out",
		  "A,a@x.example,b@x.example,yes", 1 },
		{ "first name,email,email 2,opted out",
		  "A,no address,b@x.example,yes", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		void *own = NULL;
		struct setup *s;

		open_setup(&own);
		s = own;
		import(s, "first name,email\nB,b@x.example\n");
		import(s, arena_printf(s->arena, "%s\n%s\n", cases[i].head,
				       cases[i].row));
		assert_int_equal(number(s, "SELECT COUNT(*) FROM person"),
				 1 + cases[i].made);
		assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
					   " WHERE opted_out = 0"),
				 0);
		/* one that says nothing reaches nobody */
		import(s, arena_printf(s->arena,
				       "%s\nC,c@x.example,"
				       "d@x.example,\n",
				       cases[i].head));
		import(s, "first name,email\nD,d@x.example\n");
		assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
					   " WHERE opted_out = 0"),
				 2);
		free_setup(&own);
	}
	(void)state;
}

/* Who said no is one of them: mail goes to none. */
static void a_no_that_fits_several_is_heeded_for_all(void **state)
{
	static const char twins[] = "first name,last name,company,email\n"
				    "Bert,Drei,B,b1@example.org\n"
				    "Bert,Drei,B,b2@example.org\n";
	static const char no[] =
		"first name,last name,company,email,opted out\n"
		"Bert,Drei,B,,yes\nBert,Drei,B,,no\n";
	static const char both[] =
		"first name,last name,company,email,opted out\n"
		"Bert,Drei,B,b1@example.org,\n"
		"Bert,Drei,B,b2@example.org,\nBert,Drei,B,,yes\n";
	struct setup *s = *state;

	import(s, twins);
	import(s, no);
	assert_string_equal(table(s, "SELECT opted_out FROM person"
				     " ORDER BY id"),
			    table(s, "SELECT 1 UNION ALL SELECT 1"));
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_refused"
				   " WHERE reason = 'ambiguous' AND detail LIKE"
				   " '%; its opt-out was heeded'"),
			 1);
	store_fixture_exec(s->db, "DELETE FROM consent");
	store_fixture_exec(s->db, "DELETE FROM email");
	store_fixture_exec(s->db, "DELETE FROM person");
	import(s, both); /* in one file */
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
				   " WHERE opted_out = 1"),
			 2);
}

/* A row that is nothing but a name says no: nobody who may be meant is mailed,
 * and of the one whom it means nothing else changes. */
static void a_no_of_a_name_alone_reaches_who_has_it(void **state)
{
	static const char head[] =
		"first name,last name,company,email,city,opted out\n";
	static const struct {
		const char *before, *row, *counts, *after;
	} cases[] = {
		{ "Ann,Amber,Firm,a@example.org,Bern,\n", "Ann,Amber,,,,yes\n",
		  "0 created 1 updated 0 unchanged 0 refused",
		  "Ann|Amber|a@example.org|Firm|Bern|1\n" },
		{ "Ann,Amber,,a@example.org,,\n", "Ann,Amber,,,Ulm,yes\n",
		  "0 created 1 updated 0 unchanged 0 refused",
		  "Ann|Amber|a@example.org|||1\n" },
		{ "Ann,Amber,,a@example.org,Bern,\n", "Ann,Amber,,,Ulm,yes\n",
		  "0 created 1 updated 0 unchanged 0 refused",
		  "Ann|Amber|a@example.org||Bern|1\n" },
		{ "Ann,Amber,,a@example.org,Bern,\nAnn,Amber,,b@example.org,"
		  "Rome,\n",
		  "Ann,Amber,,,Ulm,yes\n",
		  "1 created 0 updated 0 unchanged 0 refused",
		  "Ann|Amber|||Ulm|1\nAnn|Amber|a@example.org||Bern|0\n"
		  "Ann|Amber|b@example.org||Rome|0\n" },
		{ "Ann,Amber,,a@example.org,,\nAnn,Amber,,b@example.org,,\n",
		  "Ann,Amber,,,,yes\n",
		  "0 created 0 updated 0 unchanged 1 refused",
		  "Ann|Amber|a@example.org|||1\n"
		  "Ann|Amber|b@example.org|||1\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		void *own = NULL;
		struct setup *s;

		open_setup(&own);
		s = own;
		import(s,
		       arena_printf(s->arena, "%s%s", head, cases[i].before));
		assert_string_equal(import(s, arena_printf(s->arena, "%s%s",
							   head, cases[i].row)),
				    cases[i].counts);
		assert_string_equal(
			table(s, "SELECT p.first_name, p.last_name, e.address,"
				 " c.name, p.city, p.opted_out FROM person p"
				 " LEFT JOIN email e ON e.id = p.email_id"
				 " LEFT JOIN company c ON c.id = p.company_id"
				 " ORDER BY COALESCE(e.address, '')"),
			cases[i].after);
		/* and a second time nothing more */
		contains(import(s, arena_printf(s->arena, "%s%s", head,
						cases[i].row)),
			 "0 created 0 updated");
		free_setup(&own);
	}
	(void)state;
}

/* --- how many --- */

static void has_counts(struct setup *s, int made, int before, int kept,
		       int refused)
{
	const char *result = result_of(s);
	const char *wanted =
		arena_printf(s->arena,
			     "\"refused_opted_out\":%d,\"opted_out\":%d,"
			     "\"opted_out_before\":%d,\"opt_outs_kept\":%d,",
			     refused, made, before, kept);

	if (!strstr(result, wanted))
		fail_msg("no %s in %s", wanted, result);
}

/* New ones, those who are here, rows that are refused; a dry run says the same,
 * and one that was stopped after each batch too. */
static void how_many_are_opted_out_is_said(void **state)
{
	static const char file[] =
		HEAD ",a@example.org,A,,yes\n,b@example.org,B,,yes\n"
		     ",c@example.org,C,,no\n,n@example.org,N,,yes\n"
		     ",m@example.org,M,,\n,a@example.org,A,,yes\n"
		     ",d@example.org,,31.02.1990,yes\n"
		     ",b@example.org,B,31.02.1990,yes\n"
		     ",z@example.org,,31.02.1990,yes\n";
	struct setup *s = *state;
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err err = ERR_INIT;

	import(s, HEAD ",a@example.org,A,,\n,b@example.org,B,,yes\n"
		       ",c@example.org,C,,\n,d@example.org,D,,\n");
	start_with(s, file, (struct import_input){ .dry_run = true });
	has_counts(s, 3, 2, 1, 3);
	assert_non_null(strstr(refused(s), "its opt-out would be heeded"));
	assert_non_null(strstr(refused(s), "its opt-out would be kept"));
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
				   " WHERE opted_out = 1"),
			 1);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM kept_opt_out"), 0);

	start_with(s, file, (struct import_input){ 0 });
	for (s->stop_after = 2;
	     try_run(s, import_steps, 1, &result, &err) == 0;)
		s->stop_after = 2;
	s->stop_after = 0;
	has_counts(s, 3, 2, 1, 3); /* what is missing is only the result */
	assert_int_equal(number(s, "SELECT COUNT(*) FROM kept_opt_out"), 1);

	start_with(s, file, (struct import_input){ 0 });
	has_counts(s, 0, 5, 1, 3);
}

/* A wrong answer shows: cells of each column that say so. */
static void cells_of_consent_are_counted(void **state)
{
	struct setup *s = *state;

	start_with(s,
		   "email,Opt-in,unsubscribed\na@example.org,no,\n"
		   "b@example.org,yes,x\nc@example.org,,n/a\n"
		   "d@example.org,yes\n",
		   (struct import_input){ 0 });
	assert_non_null(
		strstr(result_of(s),
		       "{\"column\":\"Opt-in\",\"as\":\"opt_in\","
		       "\"answered_at\":null,\"out\":1,\"nothing\":2,"
		       "\"blank\":1},{\"column\":\"unsubscribed\",\"as\":"
		       "\"opt_out\",\"answered_at\":null,\"out\":1,"
		       "\"nothing\":0,\"blank\":3}"));
}

/* --- malformed rows --- */

#define MALFORMED                        \
	HEAD ",\"a@example.org\"x,A,,\n" \
	     ",\"b@example.org;<c@example.org>\"y,,,\n"

static void decide(struct setup *s, bool opt_out)
{
	struct err err = ERR_INIT;
	int64_t job;
	int n;

	must(import_decide(s->db, s->id, opt_out, 1, NOW, &job, &err), &err);
	do {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		must(tx_begin(s->db, &tx, &err), &err);
		n = unclear_opt_outs_settle(&tx, s->id, opt_out, &actor, &err);
		must(n, &err);
		must(tx_commit(&tx, &err), &err);
	} while (n > 0);
}

static void a_malformed_row_holds_its_addresses(void **state)
{
	struct setup *s = *state;
	struct err err = ERR_INIT;
	struct record r;

	import(s, "email\na@example.org\n");
	import(s, MALFORMED);
	assert_string_equal(table(s, "SELECT row_number, address FROM"
				     " unclear_opt_out ORDER BY address"),
			    "2|a@example.org\n3|b@example.org\n"
			    "3|c@example.org\n");
	must(record_get(s->db, ENTITY_PERSON, 1, s->arena, &r, &err), &err);
	assert_string_equal(address_held_name(&r.emails[0]), UNCLEAR_OPT_OUT);
	decide(s, true);
	assert_string_equal(table(s, OUT), "a@example.org|1\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM kept_opt_out"), 2);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM unclear_opt_out"), 0);
}

/* A malformed row is looked at to its end, as long as it may be. */
static void long_malformed_rows_hold_their_addresses(void **state)
{
	static const struct {
		const char *before, *behind;
	} rows[] = {
		{ "\"", "\"x,a@example.org,,,yes\n" }, /* text after a quote */
		{ "\"", ",a@example.org,,,yes\n" },    /* never closed */
		{ "", ",b,c,d,e,f,a@example.org,yes\n" }, /* too wide */
	};
	struct setup *s = *state;

	for (size_t len = 500; len < 1000000; len = len * 8) {
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			import(s, arena_printf(s->arena, HEAD "%s%0*d%s",
					       rows[i].before, (int)len, 0,
					       rows[i].behind));
			assert_int_equal(number(s, "SELECT COUNT(*) FROM "
						   "unclear_opt_out"),
					 1);
			decide(s, false);
		}
	}
}

static void held_addresses_are_released(void **state)
{
	struct setup *s = *state;
	struct err err = ERR_INIT;
	int64_t job;

	import(s, "email\na@example.org\n");
	import(s, MALFORMED);
	decide(s, false);
	assert_string_equal(table(s, OUT), "a@example.org|0\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM kept_opt_out"), 0);
	assert_int_equal(import_decide(s->db, s->id, true, 1, NOW, &job, &err),
			 -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void without_an_opt_out_column_nothing_is_held(void **state)
{
	struct setup *s = *state;

	import(s, "email,first name\n\"a@example.org\"x,A\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM unclear_opt_out"), 0);
}

/* --- delete and come back --- */

static int try_remove(struct setup *s, enum entity entity, int64_t id,
		      struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(s->db, &tx, err) < 0 ||
	    record_remove(&tx, entity, id, &actor, s->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void create(struct setup *s, enum entity entity, const char *body,
		   struct record *out)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *json = NULL;
	struct err err = ERR_INIT;

	must(json_parse(str_of(body), &json, &err), &err);
	must(tx_begin(s->db, &tx, &err), &err);
	must(record_create(&tx, entity, json, &actor, s->arena, out, &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
}

static void change(struct setup *s, int64_t id, const char *body,
		   struct record *out)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *json = NULL;
	struct err err = ERR_INIT;

	must(json_parse(str_of(body), &json, &err), &err);
	must(tx_begin(s->db, &tx, &err), &err);
	must(record_patch(&tx, ENTITY_PERSON, id, json, &actor, s->arena, out,
			  &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
}

static void delete_one(struct setup *s, enum entity entity, int64_t id)
{
	struct err err = ERR_INIT;

	must(try_remove(s, entity, id, &err), &err);
}

#define BODY "{\"first_name\":\"A\",\"email\":\"a@example.org\"%s}"

static void a_deleted_opt_out_comes_back(void **state)
{
	static const enum entity kinds[] = { ENTITY_PERSON, ENTITY_LEAD };
	struct setup *s = *state;
	struct record r;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		create(s, kinds[i],
		       arena_printf(s->arena, BODY, ",\"opted_out\":true"), &r);
		delete_one(s, kinds[i], r.id);
		/* nothing else is left of them, once the bridge has
		 * unsubscribed the address */
		assert_int_equal(number(s, "SELECT COUNT(*) FROM consent"), 0);
		assert_int_equal(number(s, "SELECT COUNT(*) FROM email"
					   " WHERE out_ms IS NULL"),
				 0);
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			create(s, kinds[k], arena_printf(s->arena, BODY, ""),
			       &r);
			assert_true(r.opted_out);
			delete_one(s, kinds[k], r.id);
		}
		import(s, "email\na@example.org\n");
		assert_string_equal(table(s, OUT), "a@example.org|1\n");
		delete_one(s, ENTITY_PERSON,
			   number(s, "SELECT MAX(id) FROM person"));
		create(s, ENTITY_PERSON, "{\"first_name\":\"B\"}", &r);
		change(s, r.id, "{\"email\":\"a@example.org\"}", &r);
		assert_true(r.opted_out);
		delete_one(s, ENTITY_PERSON, r.id);
	}
}

static void a_ground_lifts_it(void **state)
{
	struct setup *s = *state;
	struct record r;

	create(s, ENTITY_PERSON,
	       arena_printf(s->arena, BODY, ",\"opted_out\":true"), &r);
	delete_one(s, ENTITY_PERSON, r.id);
	create(s, ENTITY_PERSON, arena_printf(s->arena, BODY, ""), &r);
	change(s, r.id, "{\"opted_out\":false,\"reason\":\"asked us to\"}", &r);
	assert_false(r.opted_out);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM kept_opt_out"), 0);
	delete_one(s, ENTITY_PERSON, r.id);
	create(s, ENTITY_PERSON, arena_printf(s->arena, BODY, ""), &r);
	assert_false(r.opted_out);
}

static void an_address_that_leaves_leaves_its_opt_out(void **state)
{
	struct setup *s = *state;
	struct record r;

	create(s, ENTITY_PERSON,
	       arena_printf(s->arena, BODY, ",\"opted_out\":true"), &r);
	change(s, r.id, "{\"email\":\"b@example.org\"}", &r);
	create(s, ENTITY_PERSON, arena_printf(s->arena, BODY, ""), &r);
	assert_true(r.opted_out);
}

static void it_can_be_explained(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct setup *s = *state;
	struct err err = ERR_INIT;
	struct record r;

	create(s, ENTITY_PERSON,
	       arena_printf(s->arena, BODY, ",\"opted_out\":true"), &r);
	delete_one(s, ENTITY_PERSON, r.id);
	must(obstacles_explain(s->db, "A@Example.ORG", s->arena, &out, &err),
	     &err);
	assert_non_null(strstr(out.buf, "{\"kind\":\"opted_out\","
					"\"source\":\"user\",\"at\":\"2023-"));
	assert_int_equal(obstacles_explain(s->db, "x", s->arena, &out, &err),
			 -1);
	assert_string_equal(err.field, "address");
}

/* Each statement fails once: the person is there, or the opt-out is kept. */
static void a_failing_deletion_deletes_nothing(void **state)
{
	struct setup *s = *state;
	struct err err = ERR_INIT;
	struct record r;
	int ret = -1;

	create(s, ENTITY_PERSON,
	       arena_printf(s->arena, BODY, ",\"opted_out\":true"), &r);
	for (int nth = 1; ret < 0; nth++) {
		db_fail_nth(s->db, nth);
		ret = try_remove(s, ENTITY_PERSON, r.id, &err);
		db_fail_nth(s->db, 0);
		assert_int_equal(number(s, "SELECT COUNT(*) FROM person"),
				 ret < 0);
		assert_int_equal(number(s, "SELECT COUNT(*) FROM kept_opt_out"),
				 ret == 0);
		assert_true(nth < 100);
	}
}

static void a_failing_decision_can_be_done_again(void **state)
{
	struct setup *s = *state;
	struct err err = ERR_INIT;
	int ret = -1;

	import(s, "email\na@example.org\n");
	import(s, MALFORMED);
	for (int nth = 1; ret < 0; nth++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		db_fail_nth(s->db, nth);
		ret = tx_begin(s->db, &tx, &err);
		if (ret == 0)
			ret = unclear_opt_outs_settle(&tx, s->id, true, &actor,
						      &err);
		if (ret >= 0)
			ret = tx_commit(&tx, &err);
		tx_release(&tx);
		db_fail_nth(s->db, 0);
		assert_int_equal(
			number(s, "SELECT COUNT(*) FROM unclear_opt_out"),
			ret < 0 ? 3 : 0);
		assert_true(nth < 200);
	}
	assert_string_equal(table(s, OUT), "a@example.org|1\n");
}

/* --- uploaded files --- */

static void files_go_with_their_import(void **state)
{
	struct setup *s = *state;
	struct err err = ERR_INIT;
	const char *file;

	import(s, "email\na@example.org\n");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM import_run"
				   " WHERE path IS NOT NULL"),
			 0);
	/* one that was canceled, and one that nobody knows */
	start_with(s, "email\nb@example.org\n", (struct import_input){ 0 });
	file = arena_printf(s->arena, "%s/%s", s->folder,
			    table(s, "SELECT path FROM import_run"
				     " WHERE path IS NOT NULL"));
	*strchr((char *)(uintptr_t)file, '\n') = '\0';
	must(import_sweep(s->db, s->folder, clock_now_ms(), &err), &err);
	assert_int_equal(access(file, F_OK), 0);
	exec(s, "UPDATE job SET state = 6");
	must(import_sweep(s->db, s->folder, clock_now_ms(), &err), &err);
	assert_int_equal(access(file, F_OK), -1);
	file = arena_printf(s->arena, "%s/imports/x.csv", s->folder);
	assert_int_equal(rename(write_file(s, "x"), file), 0);
	must(import_sweep(s->db, s->folder, clock_now_ms(), &err), &err);
	assert_int_equal(access(file, F_OK), 0);
	must(import_sweep(s->db, s->folder, clock_now_ms() + MS_DAY, &err),
	     &err);
	assert_int_equal(access(file, F_OK), -1);
}

static void undo_leaves_a_key_to_who_has_it_now(void **state)
{
	CLEANUP(json_free)
	json_t *mapping =
		json_pack("{s:s, s:s}", "nr", "id", "k", "external_key");
	struct setup *s = *state;
	struct record r;

	import(s, "key,email\n1,a@example.org\n");
	import_with(s, "nr,k\n1,2\n",
		    (struct import_input){ .mapping = mapping });
	create(s, ENTITY_PERSON,
	       "{\"first_name\":\"B\",\"external_key\":\"1\"}", &r);
	undo(s);
	assert_string_equal(table(s, "SELECT id, external_key FROM person"
				     " ORDER BY id"),
			    "1|2\n2|1\n");
}

/* --- said again --- */

static void who_is_out_is_told_once(void **state)
{
	static const char *const head =
		"External key,First name,Last name,E-mail,Opt out\n"
		"k1,Ann,L1,u@x.example,\n,Bob,L2,u@x.example,\n"
		"k1,Ann,L1,u@x.example,yes\n";
	struct setup *s = *state;
	const char *first;

	import(s, head);
	first = table(s, "SELECT record_id, state, source, import_id"
			 " FROM consent ORDER BY id");
	for (int i = 0; i < 2; i++) {
		start_with(s, head, (struct import_input){ 0 });
		contains(result_of(s), "\"opted_out\":0,");
		assert_string_equal(table(s, "SELECT record_id, state, source,"
					     " import_id FROM consent"
					     " ORDER BY id"),
				    first);
	}
	/* each of them says it */
	assert_int_equal(number(s, "SELECT COUNT(*) FROM opt_out_witness"), 6);
}

int main(void)
{
	const struct CMUnitTest list[] = {
		TEST(a_refused_row_keeps_its_opt_out),
		TEST(a_refused_row_tells_its_opt_out_once),
		cmocka_unit_test(a_no_reaches_every_address_of_its_row),
		TEST(a_no_that_fits_several_is_heeded_for_all),
		cmocka_unit_test(a_no_of_a_name_alone_reaches_who_has_it),
		TEST(how_many_are_opted_out_is_said),
		TEST(cells_of_consent_are_counted),
		TEST(a_kept_opt_out_is_carried),
		TEST(undo_takes_back_what_a_refused_row_kept),
		TEST(a_malformed_row_holds_its_addresses),
		TEST(long_malformed_rows_hold_their_addresses),
		TEST(held_addresses_are_released),
		TEST(without_an_opt_out_column_nothing_is_held),
		TEST(a_deleted_opt_out_comes_back),
		TEST(a_ground_lifts_it),
		TEST(an_address_that_leaves_leaves_its_opt_out),
		TEST(it_can_be_explained),
		TEST(a_failing_deletion_deletes_nothing),
		TEST(a_failing_decision_can_be_done_again),
		TEST(files_go_with_their_import),
		TEST(undo_leaves_a_key_to_who_has_it_now),
		TEST(who_is_out_is_told_once),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
