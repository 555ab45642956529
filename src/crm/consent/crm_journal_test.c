/* The CRM's side of the suppression journal. A backup is a copy of the tables,
 * a restore puts them back. */
#include "crm/consent/crm_journal.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/campaign_record.h"
#include "crm/consent/consent.h"
#include "crm/consent/erase.h"
#include "crm/crm_fixture.h"
#include "crm/person_merge.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LATER 2000000

static const char *const tables[] = { "person",   "lead",         "company",
				      "email",    "consent",      "audit_log",
				      "job",      "record_count", "sequence",
				      "campaign", "kept_opt_out", NULL };

struct key {
	unsigned char bytes[JOURNAL_KEY];
};

static struct key get_key(struct crm_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct key key;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(crm_journal_side.key(&tx, key.bytes, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return key;
}

static int try_drain(struct crm_fixture *f, const struct key *key,
		     struct journal_entries *all, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release)
	struct journal_entries entries = VEC_INIT;

	if (crm_journal_side.read(f->db, key->bytes, 1000, &entries, err) < 0 ||
	    tx_begin(f->db, &tx, err) < 0 ||
	    crm_journal_side.done(&tx, &entries, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	vec_each (&entries, e) {
		e->seq = (int64_t)all->n + 1;
		if (e->kind != JOURNAL_NOTHING)
			vec_push(all, *e);
	}
	return (int)entries.n;
}

static int drain(struct crm_fixture *f, struct journal_entries *all)
{
	struct err err = ERR_INIT;
	struct key key = get_key(f);
	int n = try_drain(f, &key, all, &err);

	if (n < 0)
		fail_msg("%s", err.text);
	return n;
}

static int try_apply(struct crm_fixture *f, const struct key *key,
		     const struct journal_entries *all,
		     struct journal_counts *counts, struct err *err)
{
	*counts = (struct journal_counts){ .paused = 0 };
	return crm_journal_side.apply(f->db, key->bytes, all, LATER, counts,
				      err);
}

static struct journal_counts apply(struct crm_fixture *f,
				   const struct journal_entries *all)
{
	struct err err = ERR_INIT;
	struct journal_counts counts;
	struct key key = get_key(f);

	if (try_apply(f, &key, all, &counts, &err) < 0)
		fail_msg("%s", err.text);
	return counts;
}

static int64_t sum(const struct journal_counts *counts)
{
	int64_t n = 0;

	for (int i = 0; i < JOURNAL_KINDS; i++)
		n += counts->of[i];
	return n;
}

static void say(struct crm_fixture *f, enum entity entity, int64_t id,
		enum consent_state state, enum consent_source source)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct consent c = { .entity = entity,
			     .record_id = id,
			     .state = state,
			     .source = source,
			     .reason = "said so" };

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	if (consent_add(&tx, &c, &f->actor, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static int64_t add(struct crm_fixture *f, const char *name, const char *address)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"last_name\":\"%s\",\"email\":\"%s\"}",
		 name, address);
	return fixture_person(f, body).id;
}

static int64_t out_of(struct crm_fixture *f, int64_t id)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "SELECT opted_out FROM person WHERE id=%lld",
		 (long long)id);
	return fixture_number(f, sql);
}

static void opt_outs_since_the_backup_are_applied(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	int64_t ada = add(f, "Ada", "ada@example.org");
	int64_t bob = add(f, "Bob", "bob@example.org");
	int64_t eve = add(f, "Eve", "eve@example.org");
	struct journal_counts counts;

	get_key(f);
	store_fixture_back_up(f->db, tables);
	say(f, ENTITY_PERSON, ada, CONSENT_OPTED_OUT, CONSENT_BY_PERSON);
	say(f, ENTITY_PERSON, bob, CONSENT_OPTED_OUT, CONSENT_BY_COMPLAINT);
	say(f, ENTITY_PERSON, eve, CONSENT_OPTED_OUT, CONSENT_BY_USER);
	say(f, ENTITY_PERSON, eve, CONSENT_OPTED_IN, CONSENT_BY_PERSON);
	assert_int_equal(drain(f, &all), 8); /* record and address each */
	assert_int_equal(drain(f, &all), 0);
	store_fixture_restore(f->db, tables);
	counts = apply(f, &all);
	assert_int_equal(out_of(f, ada), 1);
	assert_int_equal(out_of(f, bob), 1);
	assert_int_equal(out_of(f, eve), 0); /* came back by herself */
	assert_int_equal(counts.of[JOURNAL_OPT_OUT], 1);
	assert_int_equal(counts.of[JOURNAL_COMPLAINT], 1);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM consent WHERE "
					   "source = 'complaint'"),
			 1);
	assert_true(fixture_jobs(f, "bridge-person") >= 2);
	counts = apply(f, &all);
	assert_int_equal(sum(&counts), 0);
}

/* The address was changed after the backup: the person is known by id. */
static void opt_out_follows_the_person(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	int64_t ada = add(f, "Ada", "old@example.org");
	struct err err = ERR_INIT;
	struct record r;

	get_key(f);
	store_fixture_back_up(f->db, tables);
	if (fixture_patch(f, ENTITY_PERSON, ada,
			  "{\"email\":\"new@example.org\"}", &r, &err) < 0)
		fail_msg("%s", err.text);
	say(f, ENTITY_PERSON, ada, CONSENT_OPTED_OUT, CONSENT_BY_PERSON);
	drain(f, &all);
	store_fixture_restore(f->db, tables);
	apply(f, &all);
	assert_int_equal(out_of(f, ada), 1);
}

/* And the address is known whoever has it in the older database. */
static void opt_out_follows_the_address(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	int64_t ada = add(f, "Ada", "ada@example.org"), other;

	get_key(f);
	store_fixture_back_up(f->db, tables);
	store_fixture_exec(f->db, "UPDATE person SET id = id + 5000");
	store_fixture_exec(f->db,
			   "UPDATE email SET record_id = record_id + 5000");
	other = ada + 5000;
	say(f, ENTITY_PERSON, other, CONSENT_OPTED_OUT, CONSENT_BY_PERSON);
	drain(f, &all);
	store_fixture_restore(f->db, tables);
	apply(f, &all);
	assert_int_equal(out_of(f, ada), 1);
}

static void company_stays_opted_out(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record c;

	assert_int_equal(fixture_create(f, ENTITY_COMPANY,
					"{\"name\":\"Acme\"}", &c, &err),
			 0);
	get_key(f);
	store_fixture_back_up(f->db, tables);
	say(f, ENTITY_COMPANY, c.id, CONSENT_OPTED_OUT, CONSENT_BY_USER);
	drain(f, &all);
	store_fixture_restore(f->db, tables);
	apply(f, &all);
	assert_int_equal(fixture_number(f, "SELECT opted_out FROM company"), 1);
}

static void erase(struct crm_fixture *f, int64_t id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(person_erase(&tx, id, &f->actor, f->arena, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static int create_again(struct crm_fixture *f, const char *address)
{
	struct err err = ERR_INIT;
	struct record r;
	char body[128];

	snprintf(body, sizeof(body), "{\"last_name\":\"X\",\"email\":\"%s\"}",
		 address);
	return fixture_create(f, ENTITY_PERSON, body, &r, &err);
}

static void erased_people_do_not_come_back(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	int64_t ada = add(f, "Ada", "ada@example.org"), late;
	int64_t nobody = fixture_person(f, "{\"last_name\":\"N\"}").id;
	int64_t bob = add(f, "Bob", "bob@example.org");
	struct journal_counts counts;

	get_key(f);
	store_fixture_back_up(f->db, tables);
	late = add(f, "Late", "late@example.org");
	erase(f, ada);
	erase(f, nobody);
	erase(f, late);
	drain(f, &all);
	assert_int_equal(drain(f, &all), 0);
	store_fixture_restore(f->db, tables);
	counts = apply(f, &all);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM person WHERE "
					   "erased_ms IS NOT NULL"),
			 2);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM email WHERE "
					   "folded = 'ada@example.org'"),
			 0);
	assert_int_equal(out_of(f, bob), 0);
	assert_int_equal(counts.of[JOURNAL_ERASURE], 3);
	assert_int_equal(create_again(f, "ada@example.org"), -1);
	assert_int_equal(create_again(f, "late@example.org"), -1);
	counts = apply(f, &all);
	assert_int_equal(sum(&counts), 0);
}

/* The journal was lost: a new one is made of what the database knows. */
static void lost_journal_is_made_anew(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	CLEANUP(vec_release) struct journal_entries anew = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t ada = add(f, "Ada", "ada@example.org");
	int64_t bob = add(f, "Bob", "bob@example.org");
	int64_t eve = add(f, "Eve", "eve@example.org");
	int64_t back = add(f, "Back", "back@example.org"), late;

	get_key(f);
	store_fixture_back_up(f->db, tables);
	late = add(f, "Late", "late@example.org");
	say(f, ENTITY_PERSON, ada, CONSENT_OPTED_OUT, CONSENT_BY_PERSON);
	say(f, ENTITY_PERSON, bob, CONSENT_OPTED_OUT, CONSENT_BY_COMPLAINT);
	say(f, ENTITY_PERSON, back, CONSENT_OPTED_OUT, CONSENT_BY_USER);
	say(f, ENTITY_PERSON, back, CONSENT_OPTED_IN, CONSENT_BY_PERSON);
	say(f, ENTITY_PERSON, late, CONSENT_OPTED_OUT, CONSENT_BY_PERSON);
	erase(f, eve);
	drain(f, &all);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(crm_journal_side.again(&tx, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_true(drain(f, &anew) >= (int)all.n);
	store_fixture_restore(f->db, tables);
	apply(f, &anew);
	assert_int_equal(out_of(f, ada), 1);
	assert_int_equal(out_of(f, bob), 1);
	assert_int_equal(out_of(f, back), 0);
	assert_int_equal(create_again(f, "eve@example.org"), -1);
	late = add(f, "Late", "late@example.org");
	assert_int_equal(out_of(f, late), 1);
}

/* How a row can go; a ledger keeps an empty one of who is deleted. */
enum going { DELETED, DELETED_FROM_LEDGER, MERGED, MERGED_AND_ERASED, ERASED };

static void go(struct crm_fixture *f, enum going how, int64_t id,
	       int64_t survivor)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	char sql[160];
	int ret;

	if (how == DELETED_FROM_LEDGER) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO campaign_recipient (campaign_id, "
			 "person_id, state, at_ms) VALUES (9, %lld, 2, 5)",
			 (long long)id);
		store_fixture_exec(f->db, sql);
	}
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	if (how == ERASED)
		ret = person_erase(&tx, id, &f->actor, f->arena, &err);
	else if (how == MERGED || how == MERGED_AND_ERASED)
		ret = person_merge(&tx, survivor, id, &f->actor, f->arena,
				   &err);
	else
		ret = record_remove(&tx, ENTITY_PERSON, id, &f->actor, f->arena,
				    &err);
	if (ret < 0)
		fail_msg("%s", err.text);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* Only erasing is for good: all others come back as the backup has them, but
 * for what they said since. */
static void who_is_not_erased_comes_back(void **state)
{
	static const struct {
		enum going how;
		bool out, late; /* opted out before; journalled before */
		bool back;
	} cases[] = {
		{ DELETED, false, false, true },
		{ DELETED, true, false, true },
		{ DELETED, true, true, true },
		{ DELETED_FROM_LEDGER, false, false, true },
		{ DELETED_FROM_LEDGER, true, false, true },
		{ DELETED_FROM_LEDGER, true, true, true },
		{ MERGED, false, false, true },
		{ MERGED, true, false, true },
		{ MERGED, true, true, true },
		{ MERGED_AND_ERASED, false, false, false },
		{ MERGED_AND_ERASED, true, true, false },
		{ ERASED, false, false, false },
	};
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	int64_t ids[ARRAY_SIZE(cases)], others[ARRAY_SIZE(cases)];
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(name, sizeof(name), "p%zu@example.org", i);
		ids[i] = add(f, "P", name);
		snprintf(name, sizeof(name), "o%zu@example.org", i);
		others[i] = add(f, "O", name);
	}
	get_key(f);
	store_fixture_back_up(f->db, tables);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (cases[i].out)
			say(f, ENTITY_PERSON, ids[i], CONSENT_OPTED_OUT,
			    CONSENT_BY_PERSON);
		if (cases[i].late)
			drain(f, &all);
		go(f, cases[i].how, ids[i], others[i]);
		if (cases[i].how == MERGED_AND_ERASED) {
			drain(f, &all); /* it is only merged by then */
			go(f, ERASED, others[i], 0);
		}
	}
	drain(f, &all);
	assert_int_equal(drain(f, &all), 0);
	store_fixture_restore(f->db, tables);
	apply(f, &all);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		struct record r;
		int found = record_find(f->db, ENTITY_PERSON, ids[i], f->arena,
					&r, &err);

		if (found != cases[i].back)
			fail_msg("case %zu: found is %d", i, found);
		if (cases[i].back && r.opted_out != cases[i].out)
			fail_msg("case %zu: opted_out is %d", i, r.opted_out);
	}
}

/* A database that never heard of the person carries the opt-out. */
static void opt_out_of_an_unknown_address_is_carried(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	struct journal_counts counts;
	int64_t late;

	get_key(f);
	store_fixture_back_up(f->db, tables);
	late = add(f, "Late", "late@example.org");
	say(f, ENTITY_PERSON, late, CONSENT_OPTED_OUT, CONSENT_BY_PERSON);
	drain(f, &all);
	store_fixture_restore(f->db, tables);
	counts = apply(f, &all);
	assert_int_equal(counts.of[JOURNAL_OPT_OUT], 1);
	late = add(f, "Late", "late@example.org");
	assert_int_equal(out_of(f, late), 1);
	counts = apply(f, &all);
	assert_int_equal(sum(&counts), 0);
}

/* Opted out and deleted before anybody wrote it down. */
static void opt_out_of_who_is_deleted_is_carried(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	int64_t gone;

	get_key(f);
	store_fixture_back_up(f->db, tables);
	gone = add(f, "Gone", "gone@example.org");
	say(f, ENTITY_PERSON, gone, CONSENT_OPTED_OUT, CONSENT_BY_USER);
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_true(record_remove(&tx, ENTITY_PERSON, gone, &f->actor,
					  f->arena, &err) >= 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_true(drain(f, &all) >= 1);
	assert_int_equal(drain(f, &all), 0);
	store_fixture_restore(f->db, tables);
	apply(f, &all);
	gone = add(f, "Gone", "gone@example.org");
	assert_int_equal(out_of(f, gone), 1);
}

/* Each call of the database fails once: the next try ends with the same. */
static void failures_lose_nothing(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct crm_fixture *f = *state;
	int64_t ada = add(f, "Ada", "ada@example.org");
	int64_t bob = add(f, "Bob", "bob@example.org");
	struct err err = ERR_INIT;
	struct journal_counts counts;
	struct key key = get_key(f);
	int n = 1;

	store_fixture_back_up(f->db, tables);
	say(f, ENTITY_PERSON, ada, CONSENT_OPTED_OUT, CONSENT_BY_PERSON);
	erase(f, bob);
	for (;; n++) {
		db_fail_nth(f->db, n);
		if (try_drain(f, &key, &all, &err) >= 0)
			break;
	}
	db_fail_nth(f->db, 0);
	assert_true(n > 3);
	assert_int_equal(drain(f, &all), 0);
	store_fixture_restore(f->db, tables);
	for (n = 1;; n++) {
		db_fail_nth(f->db, n);
		if (try_apply(f, &key, &all, &counts, &err) >= 0)
			break;
	}
	db_fail_nth(f->db, 0);
	assert_true(n > 5);
	assert_int_equal(out_of(f, ada), 1);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM person WHERE "
					   "erased_ms IS NOT NULL"),
			 1);
	counts = apply(f, &all);
	assert_int_equal(sum(&counts), 0);
}

/* --- campaigns --- */

static void add_campaign(struct crm_fixture *f, int id, int status,
			 const char *schedule)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO campaign (id, name, status, schedule_ms, "
		 "created_ms, updated_ms) VALUES (%d, 'c', %d, %s, 1, 1)",
		 id, status, schedule);
	store_fixture_exec(f->db, sql);
}

static void add_job(struct crm_fixture *f, const char *kind, const char *key,
		    int run_at)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO job (kind, state, payload, single_key, "
		 "run_at_ms, created_ms) VALUES ('%s', 1, '{}', %s, %d, 1)",
		 kind, key, run_at);
	store_fixture_exec(f->db, sql);
}

static void campaigns_under_way_are_paused(void **state)
{
	static const struct {
		int status;
		const char *schedule;
		bool job, paused;
	} cases[] = {
		{ CRM_CAMPAIGN_DRAFT, "NULL", false, false },
		{ CRM_CAMPAIGN_DRAFT, "NULL", true, true },
		{ CRM_CAMPAIGN_SCHEDULED, "1000", false, true },
		{ CRM_CAMPAIGN_SCHEDULED, "9000000", false, false },
		{ CRM_CAMPAIGN_SENDING, "NULL", false, true },
		{ CRM_CAMPAIGN_PAUSED, "NULL", false, false },
		{ CRM_CAMPAIGN_SENT, "NULL", false, false },
		{ CRM_CAMPAIGN_CANCELED, "NULL", false, false },
	};
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct crm_campaign c;
	char key[32];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		add_campaign(f, (int)i + 1, cases[i].status, cases[i].schedule);
		snprintf(key, sizeof(key), "'campaign-send:%d'", (int)i + 1);
		if (cases[i].job)
			add_job(f, "campaign-send", key, 1);
	}
	add_job(f, "campaign-act", "NULL", 1);
	add_job(f, "campaign-send", "NULL", 9000000); /* a later schedule */
	add_job(f, "push", "NULL", 1);
	assert_int_equal(crm_campaigns_under_way(f->db, &err), 1);
	assert_int_equal(crm_campaigns_restored(f->db, LATER, &err), 3);
	assert_int_equal(crm_campaigns_restored(f->db, LATER, &err), 0);
	assert_int_equal(crm_campaigns_under_way(f->db, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(crm_campaign_get(f->db, (int64_t)i + 1,
						  f->arena, &c, &err),
				 0);
		assert_int_equal(c.restored_ms, cases[i].paused ? LATER : 0);
		assert_int_equal(c.status, cases[i].paused ? CRM_CAMPAIGN_PAUSED
							   : cases[i].status);
	}
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM job "
					   "WHERE state = 1"),
			 2);
}

#define TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, crm_fixture_open, crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opt_outs_since_the_backup_are_applied),
		TEST(opt_out_follows_the_person),
		TEST(opt_out_follows_the_address),
		TEST(company_stays_opted_out),
		TEST(erased_people_do_not_come_back),
		TEST(lost_journal_is_made_anew),
		TEST(who_is_not_erased_comes_back),
		TEST(opt_out_of_an_unknown_address_is_carried),
		TEST(opt_out_of_who_is_deleted_is_carried),
		TEST(failures_lose_nothing),
		TEST(campaigns_under_way_are_paused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
