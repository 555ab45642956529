/*
 * The figures that are kept with a campaign are those that its report counts,
 * whatever happens and whatever fails.
 */
#include "bridge/bridge_fixture.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "crm/campaign_shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PEOPLE 10

static json_t *parsed(struct strbuf *text)
{
	struct err err = ERR_INIT;
	json_t *tree = NULL;

	fake_must(json_parse(strbuf_str(text), &tree, &err), &err);
	return tree;
}

static json_t *report_of(struct bridge_fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct campaign_report_facts facts = { .relay_is_reached = true };
	struct err err = ERR_INIT;

	fake_must(crm_campaign_report(f->db, 1, &facts, &text, &err), &err);
	return parsed(&text);
}

static json_t *shown(struct bridge_fixture *f, int64_t now_ms)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);
	struct campaign_shown c;
	struct err err = ERR_INIT;

	fake_must(campaign_shown_get(f->db, 1, f->crm->arena, &c, &err), &err);
	campaign_shown_format(&c, false, now_ms, &w);
	return parsed(&text);
}

static int64_t number(const json_t *o, const char *key, const char *part)
{
	const json_t *n = json_object_get(o, key);

	return json_integer_value(part ? json_object_get(n, part) : n);
}

static int64_t left_out(const json_t *report)
{
	const char *reason;
	int64_t sum = 0;
	json_t *n;

	json_object_foreach (json_object_get(report, "left_out"), reason, n)
		sum += json_integer_value(n);
	return sum;
}

static void dump(struct bridge_fixture *f, const char *sql, struct strbuf *out)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	fake_must(db_query_text(f->db, sql, SQL_NO_ARGS, &rows, &err), &err);
	while (rows_next(rows, &err) > 0)
		strbuf_addf(out, "%s\n", rows_text(rows, 0));
}

static void dump_all(struct bridge_fixture *f, struct strbuf *out)
{
	dump(f,
	     "SELECT recipients || ' ' || sent || ' ' || caught || ' ' ||"
	     " waiting || ' ' || bounced_hard || ' ' || bounced_soft || ' ' ||"
	     " opened || ' ' || opened_machines || ' ' || clicked || ' ' ||"
	     " clicked_machines || ' ' || unsubscribed || ' ' || complained ||"
	     " ' ' || unknown FROM campaign_figures WHERE campaign_id = 1",
	     out);
	dump(f,
	     "SELECT kind || ' ' || part || ' ' || name || ' ' || n"
	     " FROM campaign_kept WHERE campaign_id = 1 AND n <> 0"
	     " ORDER BY kind, part, name",
	     out);
}

/* All that is kept, against all that is counted; that is taken back. */
static void renewing_changes_nothing(struct bridge_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf counted = STRBUF_INIT;
	struct err err = ERR_INIT;

	strbuf_addstr(&kept, "kept:\n");
	strbuf_addstr(&counted, "kept:\n");
	dump_all(f, &kept);
	if (!strchr(kept.buf, ' '))
		return; /* no ledger yet */
	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(figures_renew(&tx, 1, &err), &err);
	dump_all(f, &counted);
	assert_string_equal(kept.buf, counted.buf);
}

static void kept_is_counted(struct bridge_fixture *f)
{
	static const struct {
		const char *kept, *counted, *part;
	} pairs[] = {
		{ "recipients", "recipients", NULL },
		{ "unknown", "unknown", NULL },
		{ "sent", "sent", NULL },
		{ "caught", "caught", NULL },
		{ "waiting", "waiting", NULL },
		{ "bounced_hard", "bounced", "hard" },
		{ "bounced_soft", "bounced", "soft" },
		{ "opened", "opened", "people" },
		{ "opened_machines", "opened", "machines" },
		{ "clicked", "clicked", "people" },
		{ "clicked_machines", "clicked", "machines" },
		{ "unsubscribed", "unsubscribed", NULL },
		{ "complained", "complained", NULL },
	};
	CLEANUP(json_free) json_t *report = report_of(f);
	CLEANUP(json_free) json_t *campaign = shown(f, 0);
	const json_t *kept = json_object_get(campaign, "figures");

	renewing_changes_nothing(f);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (number(kept, pairs[i].kept, NULL) !=
		    number(report, pairs[i].counted, pairs[i].part))
			fail_msg("%s: kept %lld, counted %lld", pairs[i].kept,
				 (long long)number(kept, pairs[i].kept, NULL),
				 (long long)number(report, pairs[i].counted,
						   pairs[i].part));
	assert_int_equal(number(kept, "left_out", NULL), left_out(report));
	assert_int_equal(number(report, "delivered", NULL) +
				 number(report, "caught", NULL) +
				 number(report, "bounced", "hard") +
				 number(report, "bounced", "soft"),
			 number(report, "sent", NULL));
	assert_int_equal(number(report, "recipients", NULL),
			 number(report, "sent", NULL) +
				 number(report, "waiting", NULL) +
				 left_out(report));
}

/* --- histories --- */

struct history {
	struct bridge_fixture *f;
	struct prng chance;
	bool told[PEOPLE], acted[PEOPLE], left[PEOPLE];
};

static const char *nth(struct history *h, size_t n)
{
	return arena_printf(h->f->crm->arena, "p%zu@x.example", n);
}

static size_t some(struct history *h)
{
	return prng_below(&h->chance, PEOPLE);
}

/* One more in a list of the report; NULL: they are in it, or no member. */
static json_t *reported(struct history *h, const char *list, bool *done)
{
	size_t n = some(h);

	if (done[n] || !fake_member(h->f, nth(h, n)))
		return NULL;
	done[n] = true;
	return fake_reported(h->f, list, nth(h, n));
}

static void is_sent(struct history *h)
{
	static const char *const statuses[] = { "sent", "hard", "soft" };
	json_t *o = reported(h, "sent_to", h->told);

	if (!o)
		return;
	fake_say(o, "status", statuses[prng_below(&h->chance, 3)]);
	if (prng_below(&h->chance, 2))
		(void)json_object_set_new(o, "caught", json_true());
}

static void acts(struct history *h)
{
	json_t *o = reported(h, "emails", h->acted);
	json_t *list, *a;

	if (!o)
		return;
	list = json_array();
	a = json_object();
	fake_say(a, "action", prng_below(&h->chance, 2) ? "open" : "click");
	fake_say(a, "url", "https://shop.example/a");
	fake_say(a, "timestamp", "2026-01-02T03:04:05+00:00");
	if (prng_below(&h->chance, 2))
		(void)json_object_set_new(a, "is_machine", json_true());
	(void)json_array_append_new(list, a);
	(void)json_object_set_new(o, "activity", list);
}

static void leaves(struct history *h)
{
	json_t *o = reported(h, "unsubscribes", h->left);

	if (o && prng_below(&h->chance, 2))
		fake_say(o, "reason", "abuse");
}

static int64_t person_of(struct history *h)
{
	return fake_number(h->f,
			   arena_printf(h->f->crm->arena,
					"SELECT COALESCE(MAX(p.id), 0) FROM "
					"person p JOIN email e ON e.id = "
					"p.email_id WHERE p.erased_ms IS NULL "
					"AND e.folded = '%s'",
					nth(h, some(h))));
}

static void changes(struct history *h)
{
	int64_t id = person_of(h), other = person_of(h);

	if (id == 0)
		return;
	switch (prng_below(&h->chance, 5)) {
	case 0:
		fake_erase(h->f, id);
		break;
	case 1:
		if (other != 0 && other != id)
			fake_merge(h->f, id, other);
		break;
	case 2:
		fake_patch(h->f, id,
			   arena_printf(h->f->crm->arena,
					"{\"email\":\"q%llu@x.example\"}",
					(unsigned long long)prng_below(
						&h->chance, 1000)));
		break;
	case 3:
		fake_patch(h->f, id,
			   "{\"opted_out\":true,\"reason\":\"by phone\"}");
		break;
	default:
		fake_delete(h->f, id);
	}
}

static void moves(struct history *h)
{
	static const char *const statuses[] = { "sending", "paused", "sent",
						"canceled" };
	json_t *c = json_array_get(h->f->campaigns, 0);

	if (c && strcmp(json_string_value(json_object_get(c, "status")),
			"save") != 0)
		fake_say(c, "status", statuses[prng_below(&h->chance, 4)]);
}

static void runs(struct history *h)
{
	static const char *const jobs[][2] = {
		{ "campaign-send", "{\"campaign_id\":1}" },
		{ "sync", "{}" },
		{ "campaign-act", "{\"campaign_id\":1,\"action\":\"cancel\"}" },
	};
	size_t i = prng_below(&h->chance, ARRAY_SIZE(jobs));
	struct err err = ERR_INIT;

	fake_exec(h->f, "UPDATE campaign SET pull_next_ms = 1 WHERE "
			"pull_next_ms IS NOT NULL");
	if (prng_below(&h->chance, 2)) {
		h->f->fault_at = 1 + (int)prng_below(&h->chance, 16);
		h->f->fault = (enum fault)(
			FAULT_503 + prng_below(&h->chance, FAULTS - FAULT_503));
	} else {
		h->f->statement_at = 1 + (int)prng_below(&h->chance, 80);
	}
	(void)fake_run_once(h->f, fake_add_job(h->f, jobs[i][0], jobs[i][1]),
			    &err);
	h->f->fault_at = h->f->statement_at = 0;
}

static void begin(struct history *h, struct bridge_fixture *f, uint64_t seed)
{
	*h = (struct history){ .f = f, .chance = { seed } };
	bridge_fixture_renew(f);
	fake_campaign(f);
	for (size_t n = 0; n < PEOPLE; n++)
		fake_person(f, nth(h, n));
}

static void kept_figures_are_those_of_the_report(void **state)
{
	static void (*const steps[])(struct history *) = {
		is_sent, is_sent, acts, acts, leaves, changes, moves, runs, runs
	};
	struct bridge_fixture *f = *state;
	int sent = 0;

	for (uint64_t seed = 1; seed <= 14; seed++) {
		struct history h;
		struct err err = ERR_INIT;

		begin(&h, f, seed);
		if (seed % 3 != 0)
			(void)fake_run(f,
				       fake_add_job(f, "campaign-send",
						    "{\"campaign_id\":1}"),
				       &err);
		for (int i = 0; i < 30; i++) {
			steps[prng_below(&h.chance, ARRAY_SIZE(steps))](&h);
			kept_is_counted(f);
		}
		fake_run_all(f);
		fake_sync(f);
		kept_is_counted(f);
		sent += fake_number(f, "SELECT sent FROM campaign_figures") > 0;
	}
	assert_true(sent > 5);
}

/* --- the pace --- */

static void look(struct bridge_fixture *f, int64_t sent, int64_t at_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	fake_exec(f, arena_printf(f->crm->arena,
				  "UPDATE campaign_figures SET recipients = "
				  "1000, sent = %lld, waiting = %lld",
				  (long long)sent, (long long)(1000 - sent)));
	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(figures_look(&tx, 1, true, at_ms, at_ms + 1500, &err), &err);
	fake_must(tx_commit(&tx, &err), &err);
}

static void is_told(struct bridge_fixture *f, int64_t now_ms, double rate,
		    int64_t seconds_left)
{
	CLEANUP(json_free) json_t *c = shown(f, now_ms);

	assert_true(json_number_value(json_object_get(c, "rate")) == rate);
	assert_int_equal(number(c, "seconds_left", NULL), seconds_left);
}

static void the_pace_is_what_was_sent_lately(void **state)
{
	struct bridge_fixture *f = *state;

	bridge_fixture_renew(f);
	fake_campaign(f);
	fake_exec(f, "INSERT INTO campaign_figures (campaign_id) VALUES (1)");
	fake_exec(f, "UPDATE campaign SET status = 3");
	look(f, 0, 100000);
	is_told(f, 100000, 0, 0);
	look(f, 50, 102000); /* too soon to tell */
	is_told(f, 102000, 0, 0);
	look(f, 100, 110000);
	is_told(f, 110000, 600, 90);
	is_told(f, 121500, 600, 90);
	is_told(f, 121501, 0, 0); /* nobody has looked */
	look(f, 100, 120000);     /* it stands still */
	is_told(f, 120000, 0, 0);
	look(f, 400, 150000);
	is_told(f, 150000, 600, 60);
	fake_exec(f, "UPDATE campaign SET hold_reason = 'limit'");
	is_told(f, 150000, 0, 0);
	fake_exec(f, "UPDATE campaign SET hold_reason = NULL, status = 4");
	is_told(f, 150000, 0, 0);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept_figures_are_those_of_the_report),
		TEST(the_pace_is_what_was_sent_lately),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
