/* The audience's side of the suppression journal. A backup is a copy of the
 * tables, a restore puts them back. */
#include "audience/audience_journal.h"

#include "audience/audience_fixture.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW
#define LATER (NOW + 1000)

static const char *const tables[] = { "member",    "member_address",
				      "forgotten", "suppression",
				      "sequence",  "job",
				      NULL };

struct world {
	struct audience_fixture a;
	unsigned char key[JOURNAL_KEY];
	struct journal_entries all;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	audience_fixture_open(&w->a);
	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(audience_journal_key(&tx, w->key, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	vec_release(&w->all);
	audience_fixture_free(&w->a);
	free(w);
	return 0;
}

/* PUT with a status; the outcome. */
static enum member_outcome put(struct world *w, const char *name,
			       const char *status)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct member_op op = { .mode = MEMBER_PUT };
	struct err err = ERR_INIT;
	enum member_outcome outcome;
	char body[160], address[64];

	snprintf(address, sizeof(address), "%s@example.org", name);
	snprintf(body, sizeof(body),
		 "{\"email_address\":\"%s\",\"status\":\"%s\"}", address,
		 status);
	assert_int_equal(json_parse(str_of(body), &tree, &err), 0);
	op.key = address;
	op.body = tree;
	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(
		member_apply(&tx, &w->a.list, &op, 1, &actor, w->a.arena, &err),
		0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	outcome = op.outcome;
	member_op_release(&op);
	return outcome;
}

static struct member get(struct world *w, const char *name)
{
	struct err err = ERR_INIT;
	struct member m;
	char address[64];

	snprintf(address, sizeof(address), "%s@example.org", name);
	if (member_get(w->a.db, w->a.list.id, address, w->a.arena, &m, &err) <
	    0)
		fail_msg("%s: %s", name, err.text);
	return m;
}

static void forget(struct world *w, const char *name)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(member_forget(&tx, &w->a.list, get(w, name).email_hash,
				       &actor, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* How many went to the journal. */
static int try_drain(struct world *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release)
	struct journal_entries entries = VEC_INIT;
	int n = 0;

	if (audience_journal_read(w->a.db, w->key, 1000, &entries, err) < 0 ||
	    tx_begin(w->a.db, &tx, err) < 0 ||
	    audience_journal_done(&tx, &entries, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	vec_each (&entries, e) {
		e->seq = (int64_t)w->all.n + 1;
		if (e->kind == JOURNAL_NOTHING)
			continue;
		vec_push(&w->all, *e);
		n++;
	}
	return n;
}

static int drain(struct world *w)
{
	struct err err = ERR_INIT;
	int n = try_drain(w, &err);

	if (n < 0)
		fail_msg("%s", err.text);
	return n;
}

static struct journal_counts apply(struct world *w)
{
	struct journal_counts counts = { .paused = 0 };
	struct err err = ERR_INIT;

	if (audience_journal_apply(w->a.db, w->key, &w->all, LATER, &counts,
				   &err) < 0)
		fail_msg("%s", err.text);
	return counts;
}

static void assert_nothing_more(struct world *w)
{
	struct journal_counts counts = apply(w);

	for (int i = 0; i < JOURNAL_KINDS; i++)
		assert_int_equal(counts.of[i], 0);
}

/* The journal was lost: a new one is made of what the database knows. */
static void lose_journal(struct world *w)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	vec_reset(&w->all);
	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(audience_journal_again(&tx, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_true(drain(w) > 0);
}

static void check_each_kind(struct world *w, bool lost)
{
	static const char *const names[] = { "unsub", "compl", "clean", "api",
					     "gone",  "back",  "stays" };
	struct journal_counts counts;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		put(w, names[i], "subscribed");
	assert_int_equal(drain(w), 0);
	store_fixture_back_up(w->a.db, tables);
	audience_fixture_depart(&w->a, get(w, "unsub").id, DEPART_UNSUBSCRIBED,
				NOW);
	audience_fixture_depart(&w->a, get(w, "compl").id, DEPART_COMPLAINED,
				NOW);
	audience_fixture_depart(&w->a, get(w, "clean").id, DEPART_BOUNCED, NOW);
	put(w, "api", "unsubscribed");
	forget(w, "gone");
	put(w, "back", "unsubscribed");
	assert_true(drain(w) > 0);
	put(w, "back", "subscribed");
	assert_int_equal(drain(w), 1);
	assert_int_equal(drain(w), 0);
	if (lost)
		lose_journal(w);
	store_fixture_restore(w->a.db, tables);
	counts = apply(w);
	assert_int_equal(get(w, "unsub").status, MEMBER_UNSUBSCRIBED);
	assert_int_equal(get(w, "unsub").unsubscribed_by,
			 UNSUBSCRIBED_BY_CONTACT);
	assert_int_equal(get(w, "compl").unsubscribed_by,
			 UNSUBSCRIBED_BY_COMPLAINT);
	assert_int_equal(get(w, "clean").status, MEMBER_CLEANED);
	assert_int_equal(get(w, "api").unsubscribed_by, UNSUBSCRIBED_BY_API);
	assert_int_equal(get(w, "back").status, MEMBER_SUBSCRIBED);
	assert_int_equal(get(w, "stays").status, MEMBER_SUBSCRIBED);
	assert_int_equal(
		audience_fixture_int(&w->a, "SELECT COUNT(*) FROM forgotten"),
		1);
	assert_int_equal(
		audience_fixture_int(&w->a, "SELECT COUNT(*) FROM suppression"),
		2);
	assert_int_equal(counts.of[JOURNAL_UNSUBSCRIBE], 1);
	assert_int_equal(counts.of[JOURNAL_CLEAN], 1);
	assert_int_equal(put(w, "gone", "subscribed"), MEMBER_REFUSED);
	assert_nothing_more(w);
}

static void each_kind_is_applied(void **state)
{
	check_each_kind(*state, false);
}

static void lost_journal_is_made_anew(void **state)
{
	check_each_kind(*state, true);
}

/* Members who are not in the backup: they cannot be added by others again. */
static void unknown_addresses_are_kept_out(void **state)
{
	struct world *w = *state;

	store_fixture_back_up(w->a.db, tables);
	put(w, "late", "subscribed");
	put(w, "late2", "unsubscribed"); /* new, and out at once */
	audience_fixture_depart(&w->a, get(w, "late").id, DEPART_UNSUBSCRIBED,
				NOW);
	assert_int_equal(drain(w), 2);
	store_fixture_restore(w->a.db, tables);
	apply(w);
	assert_int_equal(put(w, "late", "subscribed"), MEMBER_REFUSED);
	assert_int_equal(put(w, "late2", "subscribed"), MEMBER_REFUSED);
	assert_nothing_more(w);
}

static void what_nobody_said_is_no_entry(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct world *w = *state;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct err err = ERR_INIT;

	put(w, "wait", "pending");
	put(w, "arch", "subscribed");
	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(member_archive(&tx, &w->a.list,
					get(w, "arch").email_hash, &actor,
					&err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(drain(w), 0);
	assert_int_equal(audience_fixture_int(&w->a,
					      "SELECT COUNT(*) FROM member "
					      "WHERE status <> journalled"),
			 0);
}

static void failures_lose_nothing(void **state)
{
	struct world *w = *state;
	struct journal_counts counts;
	struct err err = ERR_INIT;
	int n;

	put(w, "a", "subscribed");
	put(w, "b", "subscribed");
	store_fixture_back_up(w->a.db, tables);
	audience_fixture_depart(&w->a, get(w, "a").id, DEPART_COMPLAINED, NOW);
	forget(w, "b");
	for (n = 1;; n++) {
		db_fail_nth(w->a.db, n);
		if (try_drain(w, &err) >= 0)
			break;
	}
	db_fail_nth(w->a.db, 0);
	assert_true(n > 3);
	assert_int_equal(drain(w), 0);
	store_fixture_restore(w->a.db, tables);
	for (n = 1;; n++) {
		db_fail_nth(w->a.db, n);
		if (audience_journal_apply(w->a.db, w->key, &w->all, LATER,
					   &counts, &err) >= 0)
			break;
	}
	db_fail_nth(w->a.db, 0);
	assert_true(n > 5);
	assert_int_equal(get(w, "a").unsubscribed_by,
			 UNSUBSCRIBED_BY_COMPLAINT);
	assert_int_equal(audience_fixture_int(&w->a,
					      "SELECT COUNT(*) FROM member "
					      "WHERE list_id > 0"),
			 1);
	assert_nothing_more(w);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_is_applied),
		TEST(lost_journal_is_made_anew),
		TEST(unknown_addresses_are_kept_out),
		TEST(what_nobody_said_is_no_entry),
		TEST(failures_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
