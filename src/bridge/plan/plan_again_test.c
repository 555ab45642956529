/* A plan that begins with the last push says what a whole plan says. */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"
#include "bridge/plan/plan_again.h"
#include "mcapi/mc_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define IN_TOWN                                                               \
	"UPDATE crm_group SET criteria = '{\"match\":\"all\",\"conditions\":" \
	"[{\"field\":\"city\",\"op\":\"blank\"}]}'"

static int tag_reads;

static void count_reads(struct bridge_fixture *f, const struct mc_request *rq,
			bool done)
{
	(void)f;
	if (done && strstr(rq->path, "/segments/") &&
	    strstr(rq->path, "/members?"))
		tag_reads++;
}

/* A row of the newest push, in an order that says nothing of how it came about;
 * of whom the tag is taken from, with their hash at the end. */
static const char *row(struct bridge_fixture *f, int nth)
{
	static const char sql[] =
		"SELECT (CASE WHEN r.person_id > 0 THEN r.person_id ELSE 0 "
		"END) || ' ' || COALESCE(r.email_id, 0) || ' ' || (CASE "
		"r.action WHEN 5 THEN 3 ELSE r.action END) || ' ' || "
		"COALESCE(r.reason, '') || ' ' || COALESCE(r.dropped, '') || "
		"' ' || COALESCE(CASE WHEN r.action = 4 THEN r.detail END, '') "
		"AS line FROM push_row r WHERE r.push_id = (SELECT MAX(id) "
		"FROM push) ORDER BY line LIMIT 1 OFFSET ";
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s%d", sql, nth);
	return fake_text(f, text.buf);
}

/* A tag may be taken from who has none: that is nothing. */
static bool is_vain(struct bridge_fixture *f, const char *line)
{
	const char *hash = strrchr(line, ' ') + 1;
	int64_t tag = fake_number(f, "SELECT COALESCE(MAX(segment_id), 0) "
				     "FROM push");

	return *hash && !fake_is_tagged(json_object_get(f->members, hash), tag);
}

static void plan(struct bridge_fixture *f, struct strbuf *out)
{
	static const char plan_json[] = "{\"group_id\":1,\"dry_run\":true}";
	struct err err = ERR_INIT;
	int64_t n;

	fake_must(fake_run(f, fake_add_job(f, "push", plan_json), &err), &err);
	n = fake_number(f, "SELECT COUNT(*) FROM push_row WHERE push_id = "
			   "(SELECT MAX(id) FROM push)");
	for (int i = 0; i < n; i++) {
		const char *line = row(f, i);

		if (!is_vain(f, line))
			strbuf_addf(out, "%s\n", line);
	}
}

/* One that may begin with the last push, one that has to read the tag, too, and
 * a whole one. */
static void same_plans(struct bridge_fixture *f, const char *when)
{
	static const char *const spoil[] = {
		"UPDATE push SET tag_digest = 'x' || tag_digest",
		"UPDATE push SET fields_hash = 'x' || fields_hash",
	};
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;

	plan(f, &again);
	for (size_t i = 0; i < ARRAY_SIZE(spoil); i++) {
		CLEANUP(strbuf_release) struct strbuf other = STRBUF_INIT;

		fake_exec(f, spoil[i]);
		plan(f, &other);
		if (strcmp(again.buf, other.buf) != 0)
			fail_msg("%s, %s:\n%s\nbut:\n%s", when, spoil[i],
				 again.buf, other.buf);
	}
	fake_exec(f, "UPDATE push SET tag_digest = SUBSTR(tag_digest, 2), "
		     "fields_hash = SUBSTR(fields_hash, 2)");
}

static unsigned seed;

static unsigned any(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static int64_t somebody(struct bridge_fixture *f)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		 "SELECT id FROM person WHERE erased_ms IS NULL ORDER BY (id * "
		 "%u) %% 101 LIMIT 1",
		 any(100) + 1);
	return fake_number(f, sql);
}

static const char *an_address(void)
{
	static char address[4][40];
	static int at;

	at = (at + 1) % 4;
	snprintf(address[at], sizeof(address[at]), "p%u@x.example", any(12));
	return address[at];
}

static void patch_somebody(struct bridge_fixture *f, const char *key,
			   const char *value)
{
	char body[120];

	snprintf(body, sizeof(body), "{\"%s\":\"%s\"}", key, value);
	fake_patch(f, somebody(f), body);
}

static void hold_or_release(struct bridge_fixture *f, int64_t id)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		 "UPDATE email SET held = 1 - held WHERE record_id = %lld AND "
		 "held < 2",
		 (long long)id);
	fake_exec(f, sql);
}

static const char *happen(struct bridge_fixture *f)
{
	const char *address = an_address();
	int64_t id = somebody(f), other = somebody(f);

	switch (any(17)) {
	case 0:
		f->crm->actor.now_ms = clock_now_ms();
		(void)fake_person(f, address);
		return "somebody came";
	case 1:
		fake_patch(f, id, "{\"city\":\"Out\"}");
		return "left the group";
	case 2:
		fake_patch(f, id, "{\"city\":\"\"}");
		return "came to the group";
	case 3:
		patch_somebody(f, "last_name", address);
		return "another name";
	case 4:
		patch_somebody(f, "email", address);
		return "another address";
	case 5:
		fake_patch(f, id, "{\"opted_out\":true,\"reason\":\"phoned\"}");
		return "opted out";
	case 6:
		hold_or_release(f, id);
		return "held or not";
	case 7:
		if (id != other)
			fake_merge(f, id, other);
		return "merged";
	case 8:
		if (fake_number(f, "SELECT COUNT(*) FROM person") > 4)
			fake_delete(f, id);
		return "deleted";
	case 9:
		if (fake_member(f, address))
			fake_set_status(f, address, "unsubscribed");
		return "left the audience";
	case 10:
		if (fake_member(f, address))
			fake_set_status(f, address, "archived");
		return "archived over there";
	case 11:
		fake_patch(f, id, "{\"owns_address\":true}");
		return "speaks for the address";
	case 12: {
		json_t *m = fake_member(f, address);
		const char *to = an_address();

		if (m && !fake_member(f, to))
			fake_rename(f,
				    json_string_value(json_object_get(
					    m, "email_address")),
				    to);
		return "another address over there";
	}
	case 13:
		if (fake_member(f, address))
			(void)json_array_clear(json_object_get(
				fake_member(f, address), "tags"));
		return "lost the tag over there";
	case 14:
		if (fake_member(f, address) &&
		    !fake_is_tagged(fake_member(f, address), 1))
			(void)json_array_append(
				json_object_get(fake_member(f, address),
						"tags"),
				json_array_get(f->segments, 0));
		return "got the tag over there";
	default:
		fake_run_all(f);
		return "jobs ran";
	}
}

static void says_what_a_whole_plan_says(void **state)
{
	struct bridge_fixture *f = *state;
	unsigned rounds = 48 / (unsigned)store_fixture_stride(), again = 0;

	for (unsigned round = 1; round <= rounds; round++) {
		struct err err = ERR_INIT;
		int before;

		seed = round;
		bridge_fixture_renew(f);
		f->during = count_reads;
		for (int i = 0; i < 6; i++)
			(void)fake_person(f, an_address());
		(void)fake_group(f, "G");
		fake_exec(f, IN_TOWN);
		for (int i = 0; i < 6; i++) {
			char when[80] = "";

			for (unsigned n = any(4); n > 0; n--)
				snprintf(when, sizeof(when), "%u: %s", round,
					 happen(f));
			before = tag_reads;
			same_plans(f, when);
			again += tag_reads == before + 2;
			fake_must(fake_push(f, 1, &err), &err);
		}
	}
	assert_true(again > 2 * rounds); /* of six times as many */
}

static void settled_with(struct bridge_fixture *f, const char *address)
{
	struct err err = ERR_INIT;

	bridge_fixture_renew(f);
	(void)fake_person(f, "a@x.example");
	(void)fake_person(f, address);
	(void)fake_group(f, "G");
	fake_exec(f, IN_TOWN);
	fake_must(fake_push(f, 1, &err), &err);
	fake_run_all(f);
	/* so that nothing is as young as the push */
	fake_exec(f, "UPDATE push SET planned_ms = planned_ms + 1000");
	f->during = count_reads;
	tag_reads = 0;
}

static void settled(struct bridge_fixture *f)
{
	settled_with(f, "b@x.example");
}

static void asks_nobody_if_nothing_changed(void **state)
{
	CLEANUP(strbuf_release) struct strbuf rows = STRBUF_INIT;
	struct bridge_fixture *f = *state;

	settled(f);
	plan(f, &rows);
	assert_int_equal(tag_reads, 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push_row WHERE "
					"push_id = 2 AND action = 5"),
			 2);
}

#define OWNER "(SELECT MAX(id) FROM person)"

/* Is the row of whose address is another's that of the base, or one that was
 * asked for anew? */
static bool sharer_stays(struct bridge_fixture *f, const char *change)
{
	CLEANUP(strbuf_release) struct strbuf rows = STRBUF_INIT;

	settled_with(f, "a@x.example");
	fake_exec(f, "UPDATE push_row SET dropped = 'of the base' WHERE reason "
		     "= 'duplicate'");
	if (change)
		fake_exec(f, change);
	plan(f, &rows);
	return fake_number(f, "SELECT COUNT(*) FROM push_row WHERE push_id = 2 "
			      "AND dropped = 'of the base'") == 1;
}

static void asks_who_shares_if_the_owner_may_be_another(void **state)
{
	static const char *const changes[] = {
		"UPDATE person SET city = 'Out' WHERE id = " OWNER,
		"UPDATE person SET updated_ms = 9000000000000 WHERE id "
		"= " OWNER,
		"UPDATE push_row SET person_id = 99, email_id = 99 WHERE "
		"person_id = " OWNER,
	};
	struct bridge_fixture *f = *state;

	assert_true(sharer_stays(f, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (sharer_stays(f, changes[i]))
			fail_msg("nobody was asked: %s", changes[i]);
}

static void reads_the_tag_where_it_may_be_another(void **state)
{
	static const char *const sqls[] = {
		/* an import ran */
		"INSERT INTO import_run (entity, file_name, path, options, "
		"state, created_ms, finished_ms) VALUES (1, 'a', 'a', '{}', "
		"'done', 1, 9000000000000)",
		"UPDATE bridge_field SET person_field = 'city' WHERE merge_tag "
		"= 'FNAME'",
		"UPDATE push SET tag_digest = 'another'",
		"UPDATE push SET state = 'planned'",
		"UPDATE push SET audience_id = 'another'",
		"UPDATE push_row SET action = 4, outcome = 3",
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sqls); i++) {
		CLEANUP(strbuf_release) struct strbuf rows = STRBUF_INIT;

		settled(f);
		fake_exec(f, sqls[i]);
		plan(f, &rows);
		if (tag_reads != 1)
			fail_msg("%s: the tag was not read", sqls[i]);
	}
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_what_a_whole_plan_says),
		TEST(asks_nobody_if_nothing_changed),
		TEST(asks_who_shares_if_the_owner_may_be_another),
		TEST(reads_the_tag_where_it_may_be_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
