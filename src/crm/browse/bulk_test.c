#include "crm/browse/bulk.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/consent/consent.h"
#include "crm/crm_fixture.h"
#include "crm/group/group.h"
#include "jobs/runner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define INSTANCE "bulk test"
#define PEOPLE 12

/* People 1 to 12, every third with the tag gold, two of one address. */
static void fill(struct crm_fixture *f)
{
	for (int i = 1; i <= PEOPLE; i++) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

		strbuf_addf(&body,
			    "{\"last_name\":\"N%d\",\"city\":\"%s\","
			    "\"email\":\"p%d@x.example\"%s}",
			    i, i <= 8 ? "Bern" : "Thun", i == 12 ? 11 : i,
			    i % 3 ? "" : ",\"tags\":[\"Gold\"]");
		(void)fixture_person(f, body.buf);
	}
}

static int ask(struct crm_fixture *f, enum entity entity, const char *body,
	       int64_t *id, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	CLEANUP(bulk_release) struct bulk bulk = { 0 };
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (json_parse(str_of(body), &tree, err) < 0 ||
	    bulk_parse(entity, tree, f->arena, &bulk, err) < 0 ||
	    tx_begin(f->db, &tx, err) < 0 ||
	    bulk_ask(&tx, &bulk, &f->actor, f->arena, id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* One that runs nothing by itself: the test does, and can let it fail. */
static struct runner *hold_runner(struct crm_fixture *f)
{
	static const struct job_kind none = { .name = "none" };
	struct runner_options o = { .schema = STORE_CRM,
				    .threads = 1,
				    .instance = INSTANCE };
	struct err err = ERR_INIT;
	struct runner *r = NULL;

	assert_int_equal(runner_start(f->store.store, &o, &none, 1, &r, &err),
			 0);
	return r;
}

/* As a runner does; with statement_at > 0 that statement fails, as if the
 * process ended there. Returns what the job's function does. */
static int run(struct crm_fixture *f, struct runner *runner, int64_t id,
	       int statement_at, struct job *job_out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err look = ERR_INIT;
	struct job job;
	struct job_run run = { .job = &job,
			       .store = f->store.store,
			       .db = f->db,
			       .arena = f->arena,
			       .result = &result,
			       .runner = runner };
	int ret;

	store_fixture_exec(f->db, arena_printf(f->arena,
					       "UPDATE job SET state = 2, "
					       "lease_owner = '" INSTANCE "' "
					       "WHERE id = %lld",
					       (long long)id));
	assert_int_equal(job_get(f->db, id, f->arena, &job, &look), 0);
	db_fail_nth(f->db, statement_at);
	ret = bulk_job(&run, err);
	db_fail_nth(f->db, 0);
	assert_int_equal(job_get(f->db, id, f->arena, job_out, &look), 0);
	job_out->result =
		result.len ? arena_strdup(f->arena, result.buf) : NULL;
	return ret;
}

/* Asks, runs it to the end; the result. */
static const char *act(struct crm_fixture *f, const char *body)
{
	CLEANUP(runner_free) struct runner *runner = hold_runner(f);
	struct err err = ERR_INIT;
	struct job job;
	int64_t id;

	if (ask(f, ENTITY_PERSON, body, &id, &err) < 0 ||
	    run(f, runner, id, 0, &job, &err) < 0)
		fail_msg("%s: %s %s", body, err.field, err.text);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM bulk_item"),
			 0);
	return job.result;
}

#define RESULT(changed, unchanged)                            \
	"{\"changed\":" #changed ",\"unchanged\":" #unchanged \
	",\"refused\":[],\"refused_count\":0}"
#define BERN                                                        \
	"\"all\":{\"filter\":{\"conditions\":[{\"field\":\"city\"," \
	"\"op\":\"is\",\"value\":\"Bern\"}]}}"

static void tags_are_put_on_and_taken_off(void **state)
{
	struct crm_fixture *f = *state;

	fill(f);
	assert_string_equal(act(f, "{\"act\":\"tag\",\"tag\":\" GOLD \","
				   "\"expected\":8," BERN "}"),
			    RESULT(6, 2));
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM record_tag"),
			 10); /* 9 and 12 in Thun */
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM tag"), 1);
	/* what the act changes does not move the set */
	assert_string_equal(
		act(f,
		    "{\"act\":\"untag\",\"tag\":\"gold\",\"expected\":10,"
		    "\"all\":{\"filter\":{\"conditions\":[{\"field\":\"tag\","
		    "\"op\":\"is\",\"value\":\"gold\"}]}}}"),
		RESULT(10, 0));
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM record_tag"),
			 0);
	assert_string_equal(act(f, "{\"act\":\"untag\",\"tag\":\"gold\","
				   "\"expected\":9,\"ids\":[3,3,1]}"),
			    RESULT(0, 2));
}

static void opting_out_is_said_as_by_a_request_for_each(void **state)
{
	CLEANUP(vec_release) struct consents said = VEC_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;

	fill(f);
	assert_string_equal(
		act(f,
		    "{\"act\":\"opt_out\",\"reason\":\"fair\",\"expected\":2,"
		    "\"ids\":[2,11]}"),
		RESULT(2, 0));
	/* 12 has the address of 11 */
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM person WHERE "
					   "opted_out = 1"),
			 3);
	assert_int_equal(fixture_jobs(f, "bridge-person"), 3);
	assert_int_equal(
		consent_list(f->db, ENTITY_PERSON, 2, f->arena, &said, &err),
		0);
	assert_int_equal(said.n, 1);
	assert_int_equal(said.v[0].source, CONSENT_BY_USER);
	assert_int_equal(said.v[0].user_id, 1);
	assert_string_equal(said.v[0].reason, "fair");
	assert_string_equal(said.v[0].ip, "192.0.2.1");
	/* said again it is no change; of whom it was carried to, it is */
	assert_string_equal(act(f, "{\"act\":\"opt_out\",\"reason\":\"again\","
				   "\"expected\":3,\"ids\":[2,11,12]}"),
			    RESULT(1, 2));
}

#define TWINS 6 /* N of each number and N + TWINS: alike, but for the name */

static void fill_twins(struct crm_fixture *f)
{
	for (int i = 1; i <= 2 * TWINS; i++) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
		int twin = (i - 1) % TWINS + 1;

		strbuf_addf(&body,
			    "{\"last_name\":\"N%d\",\"email\":\"p%d@x.example\""
			    ",\"tags\":[\"A\"%s],\"opted_out\":%s,\"reason\":"
			    "\"r\"}",
			    i, i, twin % 2 ? ",\"Gold\"" : "",
			    twin % 3 ? "false" : "true");
		(void)fixture_person(f, body.buf);
	}
}

/* What a table says of the first ones, said of their twins by the same words,
 * and how often. */
static void assert_alike(struct crm_fixture *f, const char *columns,
			 const char *from, int64_t rows)
{
	static const char half[] =
		"SELECT %s FROM (SELECT CASE WHEN p.id > 6 THEN p.id - 6 ELSE "
		"p.id END AS twin, p.id, p.email_id, p.opted_out, p.updated_ms "
		"FROM person p WHERE p.id %s 6) AS p JOIN %s";
	const char *first = arena_printf(f->arena, half, columns, "<=", from);
	const char *second = arena_printf(f->arena, half, columns, ">", from);
	const char *by_sum =
		arena_printf(f->arena, "SELECT COUNT(*) FROM (%s) AS x", first);

	assert_int_equal(fixture_number(f, by_sum), rows);
	assert_int_equal(
		fixture_number(f, arena_printf(f->arena,
					       "SELECT COUNT(*) FROM (%s "
					       "EXCEPT %s) AS x",
					       first, second)),
		0);
	assert_int_equal(
		fixture_number(f, arena_printf(f->arena,
					       "SELECT COUNT(*) FROM (%s "
					       "EXCEPT %s) AS x",
					       second, first)),
		0);
}

static void patch_twins(struct crm_fixture *f, const char *body)
{
	for (int64_t id = TWINS + 1; id <= 2L * TWINS; id++) {
		struct err err = ERR_INIT;
		struct record r;

		if (fixture_patch(f, ENTITY_PERSON, id, body, &r, &err) < 0)
			fail_msg("%s", err.text);
	}
}

/* But for when: that of a job is the clock's. */
static void level_clocks(struct crm_fixture *f)
{
	store_fixture_exec(f->db, "UPDATE person SET updated_ms = 1 "
				  "WHERE updated_ms > 1000000");
	store_fixture_exec(f->db, "UPDATE consent SET at_ms = 1000000 "
				  "WHERE at_ms > 1000000");
}

static void many_at_once_are_written_as_each_alone(void **state)
{
	struct crm_fixture *f = *state;

	fill_twins(f);
	store_fixture_exec(f->db, "DELETE FROM job");
	f->actor.now_ms++;
	(void)act(f, "{\"act\":\"tag\",\"tag\":\"vip\",\"expected\":6,"
		     "\"ids\":[1,2,3,4,5,6]}");
	(void)act(f, "{\"act\":\"untag\",\"tag\":\"gold\",\"expected\":6,"
		     "\"ids\":[1,2,3,4,5,6]}");
	patch_twins(f, "{\"tags\":[\"A\",\"vip\"]}");
	level_clocks(f);
	assert_alike(f, "p.twin, p.updated_ms, t.tag_id",
		     "record_tag t ON t.record_id = p.id AND t.entity = 1",
		     2L * TWINS);
	(void)act(f, "{\"act\":\"opt_out\",\"reason\":\"why\","
		     "\"expected\":6,\"ids\":[1,2,3,4,5,6]}");
	patch_twins(f, "{\"opted_out\":true,\"reason\":\"why\"}");
	level_clocks(f);
	assert_alike(f,
		     "p.twin, p.opted_out, c.state, c.source, c.reason, "
		     "c.user_id, c.ip, c.at_ms, c.import_id, c.campaign_id, "
		     "CASE WHEN c.email_id = p.email_id THEN 1 ELSE 0 END",
		     "consent c ON c.record_id = p.id AND c.entity = 1", TWINS);
	assert_alike(f, "p.twin, w.import_id",
		     "opt_out_witness w ON w.record_id = p.id AND w.entity = 1",
		     TWINS);
	assert_alike(
		f, "p.twin, j.kind, j.state, j.user_id",
		"job j ON j.payload = '{\"person_id\":' || p.id || '}' AND "
		"j.single_key = 'bridge/person/' || p.id",
		4);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM search_stale "
					   "WHERE record_id <= 6"),
			 fixture_number(f, "SELECT COUNT(*) FROM search_stale "
					   "WHERE record_id > 6"));
}

/* 11 opts 12 out, whose own opt-out comes after. */
static void who_shares_an_address_hears_of_it_first(void **state)
{
	CLEANUP(vec_release) struct consents said = VEC_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;

	fill(f);
	assert_string_equal(act(f, "{\"act\":\"opt_out\",\"reason\":\"fair\","
				   "\"expected\":4,\"ids\":[3,10,11,12]}"),
			    RESULT(4, 0));
	assert_int_equal(
		consent_list(f->db, ENTITY_PERSON, 12, f->arena, &said, &err),
		0);
	assert_int_equal(said.n, 2); /* the newest first */
	assert_int_equal(said.v[0].source, CONSENT_BY_USER);
	assert_int_equal(said.v[1].source, CONSENT_CARRIED);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM consent"), 5);
}

static void one_that_is_refused_holds_no_others_back(void **state)
{
	struct crm_fixture *f = *state;

	fill(f);
	for (int i = 0; i < 100; i++) /* the most that somebody may have */
		store_fixture_exec(
			f->db,
			arena_printf(f->arena,
				     "INSERT INTO tag (name, name_folded) "
				     "VALUES ('t%d', 't%d')",
				     i, i));
	store_fixture_exec(f->db, "INSERT INTO record_tag (entity, record_id, "
				  "tag_id) SELECT 1, 4, id FROM tag "
				  "WHERE name_folded LIKE 't%'");
	assert_string_equal(act(f, "{\"act\":\"tag\",\"tag\":\"new\","
				   "\"expected\":6,\"ids\":[1,2,4,5,77,8]}"),
			    "{\"changed\":4,\"unchanged\":0,\"refused\":["
			    "{\"id\":4,\"why\":\"more than 100 tags\"},"
			    "{\"id\":77,\"why\":\"there is no such record in "
			    "people: 77\"}],\"refused_count\":2}");
}

static void leads_and_companies_are_many_too(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(runner_free) struct runner *runner = hold_runner(f);
	const enum entity kinds[] = { ENTITY_LEAD, ENTITY_COMPANY };
	struct record r;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct err err = ERR_INIT;
		struct job job;
		int64_t id;

		for (int n = 0; n < 3; n++)
			assert_int_equal(
				fixture_create(f, kinds[i],
					       kinds[i] == ENTITY_LEAD
						       ? "{\"last_name\":\"L\"}"
						       : "{\"name\":\"C\"}",
					       &r, &err),
				0);
		assert_int_equal(ask(f, kinds[i],
				     "{\"act\":\"opt_out\",\"reason\":\"r\","
				     "\"expected\":3,\"ids\":[1,2,3]}",
				     &id, &err),
				 0);
		assert_int_equal(run(f, runner, id, 0, &job, &err), 0);
		assert_string_equal(job.result, RESULT(3, 0));
	}
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM lead WHERE "
					   "opted_out = 1"),
			 3);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM company "
					   "WHERE opted_out = 1"),
			 3);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM consent"), 6);
	assert_int_equal(fixture_jobs(f, "bridge-person"), 0);
}

static void members_are_added_to_static_groups(void **state)
{
	CLEANUP(json_free)
	json_t *nobody = json_pack("{s:[{s:s,s:s,s:s}]}", "conditions", "field",
				   "city", "op", "is", "value", "x");
	struct group_input input = { .name = "G", .criteria = nobody };
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t id;

	fill(f);
	assert_int_equal(group_add(f->db, &input, 1, &id, &err), 0);
	assert_string_equal(
		act(f, arena_printf(f->arena,
				    "{\"act\":\"add_to_group\","
				    "\"group_id\":%lld,\"expected\":2,"
				    "\"ids\":[1,5]}",
				    (long long)id)),
		RESULT(2, 0));
	assert_string_equal(
		act(f, arena_printf(f->arena,
				    "{\"act\":\"add_to_group\","
				    "\"group_id\":%lld,\"expected\":12,"
				    "\"all\":{\"q\":\"n1\"}}",
				    (long long)id)),
		RESULT(3, 1));
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM group_member"),
			 5);
	assert_string_equal(
		act(f, arena_printf(f->arena,
				    "{\"act\":\"remove_from_group\","
				    "\"group_id\":%lld,\"expected\":4,"
				    "\"all\":{\"q\":\"n1\",\"group_id\":%lld,"
				    "\"how\":\"hand\"}}",
				    (long long)id, (long long)id)),
		RESULT(4, 0));
	assert_string_equal(
		act(f, arena_printf(f->arena,
				    "{\"act\":\"remove_from_group\","
				    "\"group_id\":%lld,\"expected\":2,"
				    "\"ids\":[1,5]}",
				    (long long)id)),
		RESULT(1, 1));
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM group_member"),
			 0);
}

static void deleting_tells_whom_it_did_not_find(void **state)
{
	struct crm_fixture *f = *state;

	fill(f);
	assert_string_equal(
		act(f, "{\"act\":\"delete\",\"expected\":3,\"ids\":[2,99,4]}"),
		"{\"changed\":2,\"unchanged\":0,\"refused\":[{\"id\":99,"
		"\"why\":\"there is no such record in people: 99\"}],"
		"\"refused_count\":1}");
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM person"), 10);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM audit_log "
					   "WHERE action = 'person.delete' AND "
					   "user_id = 1"),
			 2);
}

static void many_refusals_are_counted_and_the_first_told(void **state)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *result = NULL;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;

	fill(f);
	strbuf_addstr(&body, "{\"act\":\"delete\",\"expected\":999,\"ids\":[1");
	for (int i = 0; i < 250; i++)
		strbuf_addf(&body, ",%d", i % 2 ? 100 + i : i % 12 + 1);
	strbuf_addstr(&body, "]}");
	assert_int_equal(json_parse(str_of(act(f, body.buf)), &result, &err),
			 0);
	assert_int_equal(
		json_integer_value(json_object_get(result, "refused_count")),
		125);
	assert_int_equal(json_array_size(json_object_get(result, "refused")),
			 100);
	assert_int_equal(json_integer_value(json_object_get(result, "changed")),
			 6); /* the even numbers and 1: 1 3 5 7 9 11 */
}

struct refused {
	const char *body, *field;
	enum err_code code;
};

static void what_cannot_be_done_is_refused_when_it_is_asked(void **state)
{
	static const struct refused cases[] = {
		{ "{\"expected\":1,\"ids\":[1]}", "act", ERR_INVALID },
		{ "{\"act\":\"merge\",\"expected\":1,\"ids\":[1]}", "act",
		  ERR_INVALID },
		{ "{\"act\":\"delete\",\"ids\":[1]}", "expected", ERR_INVALID },
		{ "{\"act\":\"delete\",\"expected\":1}", "ids", ERR_INVALID },
		{ "{\"act\":\"delete\",\"expected\":1,\"ids\":[]}", "ids",
		  ERR_INVALID },
		{ "{\"act\":\"delete\",\"expected\":1,\"ids\":[0]}", "ids",
		  ERR_INVALID },
		{ "{\"act\":\"delete\",\"expected\":1,\"ids\":[1],\"all\":{}}",
		  "ids", ERR_INVALID },
		{ "{\"act\":\"delete\",\"expected\":1,\"ids\":[1,2]}", "",
		  ERR_CONFLICT },
		{ "{\"act\":\"delete\",\"expected\":11,\"all\":{}}", "",
		  ERR_CONFLICT },
		{ "{\"act\":\"delete\",\"expected\":13,\"all\":{}}", "",
		  ERR_CONFLICT },
		{ "{\"act\":\"opt_out\",\"reason\":\"r\",\"expected\":13,"
		  "\"all\":{}}",
		  "", ERR_CONFLICT },
		{ "{\"act\":\"tag\",\"expected\":1,\"ids\":[1]}", "tag",
		  ERR_INVALID },
		{ "{\"act\":\"untag\",\"tag\":\" "
		  "\",\"expected\":1,\"ids\":[1]}",
		  "tag", ERR_INVALID },
		{ "{\"act\":\"opt_out\",\"expected\":1,\"ids\":[1]}", "reason",
		  ERR_INVALID },
		{ "{\"act\":\"opt_out\",\"reason\":\" \",\"expected\":1,"
		  "\"ids\":[1]}",
		  "reason", ERR_INVALID },
		{ "{\"act\":\"add_to_group\",\"expected\":1,\"ids\":[1]}",
		  "group_id", ERR_INVALID },
		{ "{\"act\":\"add_to_group\",\"group_id\":9,\"expected\":1,"
		  "\"ids\":[1]}",
		  "", ERR_NOT_FOUND },
		{ "{\"act\":\"delete\",\"expected\":99,\"all\":{\"filter\":"
		  "{\"conditions\":[{\"field\":\"city\",\"op\":\"like\"}]}}}",
		  "all.filter.conditions[0].op", ERR_INVALID },
	};
	struct crm_fixture *f = *state;

	fill(f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		int64_t id;

		if (ask(f, ENTITY_PERSON, cases[i].body, &id, &err) == 0)
			fail_msg("%s", cases[i].body);
		assert_int_equal(err.code, cases[i].code);
		assert_string_equal(err.field, cases[i].field);
	}
	assert_int_equal(fixture_jobs(f, BULK_JOB), 0);
}

/* Between the request and the job somebody came who was not seen. */
static void more_than_were_seen_is_nothing_done(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(runner_free) struct runner *runner = hold_runner(f);
	struct err err = ERR_INIT;
	struct job job;
	int64_t id;

	fill(f);
	assert_int_equal(ask(f, ENTITY_PERSON,
			     "{\"act\":\"delete\",\"expected\":8," BERN "}",
			     &id, &err),
			 0);
	(void)fixture_person(f, "{\"last_name\":\"X\",\"city\":\"bern\"}");
	assert_int_equal(run(f, runner, id, 0, &job, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "9 now"));
	assert_non_null(strstr(err.text, "saw 8"));
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM person"), 13);
	/* the next act sweeps up what such a job left */
	store_fixture_exec(f->db, "INSERT INTO bulk_item (job_id, record_id) "
				  "VALUES (999, 1)");
	assert_string_equal(
		act(f, "{\"act\":\"delete\",\"expected\":1,\"ids\":[1]}"),
		RESULT(1, 0));
}

/* Whoever wrote the words that chose them is not to be read for a month. */
static void the_payload_forgets_who_was_chosen(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(runner_free) struct runner *runner = hold_runner(f);
	struct err err = ERR_INIT;
	struct job job;
	int64_t id;

	fill(f);
	assert_int_equal(ask(f, ENTITY_PERSON,
			     "{\"act\":\"tag\",\"tag\":\"t\",\"expected\":9,"
			     "\"all\":{\"q\":\"n10\"}}",
			     &id, &err),
			 0);
	assert_int_equal(run(f, runner, id, 0, &job, &err), 0);
	assert_null(strstr(job.payload, "n10"));
	assert_int_equal(job.done, 1);
	assert_int_equal(job.total, 1);
}

/* Wherever it is cut off, it goes on and ends with the same. */
static void a_job_that_is_cut_off_goes_on_where_it_was(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(runner_free) struct runner *runner = hold_runner(f);
	int failures = 0;

	fill(f);
	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		struct job job;
		int64_t id;
		int ret;

		store_fixture_exec(f->db, "DELETE FROM record_tag");
		assert_int_equal(ask(f, ENTITY_PERSON,
				     "{\"act\":\"tag\",\"tag\":\"t\","
				     "\"expected\":13,\"ids\":[1,2,3,4,77]}",
				     &id, &err),
				 0);
		ret = run(f, runner, id, n, &job, &err);
		if (ret < 0) {
			failures++;
			assert_int_equal(err.code, ERR_IO);
			ret = run(f, runner, id, 0, &job, &err);
		}
		assert_int_equal(ret, 0);
		assert_string_equal(
			job.result,
			"{\"changed\":4,\"unchanged\":0,\"refused\":[{\"id\":"
			"77,"
			"\"why\":\"there is no such record in people: 77\"}],"
			"\"refused_count\":1}");
		assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM "
						   "record_tag"),
				 4);
		assert_int_equal(
			fixture_number(f, "SELECT COUNT(*) FROM bulk_item"), 0);
		if (failures < n)
			break;
	}
	assert_true(failures > 20);
}

static int64_t add_group(struct crm_fixture *f, int n)
{
	CLEANUP(json_free)
	json_t *nobody = json_pack("{s:[{s:s,s:s,s:s}]}", "conditions", "field",
				   "city", "op", "is", "value", "x");
	struct group_input input = {
		.name = arena_printf(f->arena, "G %d", n),
		.criteria = nobody,
	};
	struct err err = ERR_INIT;
	int64_t id;

	assert_int_equal(group_add(f->db, &input, 1, &id, &err), 0);
	return id;
}

/* Cut off at each statement, and the group deleted then: what the one who asked
 * is told, unless all was done. */
static void a_group_that_is_deleted_meanwhile_is_named(void **state)
{
	static const struct {
		const char *act, *ends;
	} acts[] = {
		{ "add_to_group", "of 4 were done, and nobody is in it any "
				  "more; choose the same records again and add "
				  "them to another group" },
		{ "remove_from_group",
		  "of 4 were done; there is nothing left to do" },
	};
	struct crm_fixture *f = *state;
	CLEANUP(runner_free) struct runner *runner = hold_runner(f);

	fill(f);
	for (size_t a = 0; a < ARRAY_SIZE(acts); a++) {
		int told = 0, n = 1, ret = -1;

		for (; ret < 0; n += 3) {
			int64_t id, group = add_group(f, n);
			struct err err = ERR_INIT;
			struct job job;

			assert_int_equal(
				ask(f, ENTITY_PERSON,
				    arena_printf(f->arena,
						 "{\"act\":\"%s\",\"group_id\":"
						 "%lld,\"expected\":4,\"ids\":"
						 "[1,2,3,4]}",
						 acts[a].act, (long long)group),
				    &id, &err),
				0);
			ret = run(f, runner, id, n, &job, &err);
			err = (struct err)ERR_INIT;
			assert_int_equal(group_remove(f->db, group, NULL, &err),
					 0);
			if (ret == 0 || run(f, runner, id, 0, &job, &err) == 0)
				continue;
			assert_int_equal(err.code, ERR_NOT_FOUND);
			assert_non_null(strstr(err.text, acts[a].ends));
			assert_non_null(job.result);
			told++;
		}
		assert_true(told > 3);
	}
}

static void one_that_is_canceled_tells_what_it_did(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(runner_free) struct runner *runner = hold_runner(f);
	struct err err = ERR_INIT;
	struct job job;
	int64_t id;

	fill(f);
	assert_int_equal(ask(f, ENTITY_PERSON,
			     "{\"act\":\"delete\",\"expected\":12,\"all\":{}}",
			     &id, &err),
			 0);
	store_fixture_exec(f->db, "UPDATE job SET cancel_wanted = 1");
	assert_int_equal(run(f, runner, id, 0, &job, &err), -1);
	assert_string_equal(job.result, RESULT(0, 0));
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM person"), 12);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(tags_are_put_on_and_taken_off),
		FIXED(opting_out_is_said_as_by_a_request_for_each),
		FIXED(many_at_once_are_written_as_each_alone),
		FIXED(who_shares_an_address_hears_of_it_first),
		FIXED(one_that_is_refused_holds_no_others_back),
		FIXED(leads_and_companies_are_many_too),
		FIXED(members_are_added_to_static_groups),
		FIXED(deleting_tells_whom_it_did_not_find),
		FIXED(many_refusals_are_counted_and_the_first_told),
		FIXED(what_cannot_be_done_is_refused_when_it_is_asked),
		FIXED(more_than_were_seen_is_nothing_done),
		FIXED(the_payload_forgets_who_was_chosen),
		FIXED(a_job_that_is_cut_off_goes_on_where_it_was),
		FIXED(a_group_that_is_deleted_meanwhile_is_named),
		FIXED(one_that_is_canceled_tells_what_it_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
