/* Test mails of a campaign. Called by handlers; any thread. */
#include "delivery/test_mail.h"

#include "audience/member.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "campaign/checklist.h"
#include "campaign/variate/variate.h"
#include "delivery/mailing.h"
#include "store/db.h"

#include "sql/recipient.h"

struct test_mail {
	const struct mailing_setup *setup;
	struct db *db;
	struct arena *arena;
	const struct mailing *mailing;
	int64_t list_id, now_ms;
};

static int find_test_person(struct test_mail *t, const struct email *email,
			    struct mailing_person *out, struct err *err)
{
	struct member member;
	int found = member_find(t->db, t->list_id, email->hash, t->arena,
				&member, err);

	*out = (struct mailing_person){ .address = email->folded,
					.unique_id = "",
					.merge = "{}",
					.is_test = true };
	if (found <= 0)
		return found;
	out->unique_id = member.unique_id;
	out->merge = member.merge;
	out->optin_ms = member.opt_ms;
	out->language = member.language;
	return mailing_load_interests(t->db, member.id, t->arena,
				      &out->interests, err) < 0
		       ? -1
		       : 1;
}

static int queue_test(struct test_mail *t, struct tx *tx, const char *address,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf subject = STRBUF_INIT;
	struct mailing_person person;
	struct email email;

	if (email_parse(address, t->arena, &email, err) < 0 ||
	    find_test_person(t, &email, &person, err) < 0 ||
	    mailing_render(t->mailing, &person, t->now_ms, &message, &subject,
			   err) < 0)
		return -1;
	return db_exec(tx, SQL_OUTGOING_ADD,
		       SQL_ARGS(sql_text(t->mailing->sender),
				sql_text(email.folded),
				sql_str(strbuf_str(&message)),
				sql_int(t->now_ms), sql_int(t->now_ms)),
		       err);
}

/* Who said no for good, or was deleted for good, gets no test either. */
static int refuse_test(struct test_mail *t, const char *address,
		       struct err *err)
{
	bool suppressed = false, forgotten = false;
	struct email email;
	const char *folded;

	if (email_parse(address, t->arena, &email, err) < 0)
		return -1;
	folded = email.folded;
	if (suppression_check(t->db, &folded, 1, &suppressed, err) < 0 ||
	    forgotten_check(t->db, t->list_id, &folded, 1, &forgotten, err) < 0)
		return -1;
	if (!suppressed && !forgotten)
		return 0;
	return err_field(err, "test_emails",
			 suppressed ? "No test goes to %s: mail to it is "
				      "suppressed"
				    : "No test goes to %s: it was deleted for "
				      "good",
			 address);
}

static int get_test_mailing(const struct test_mail *t, int64_t campaign_id,
			    int variant, const struct mailing_text *text,
			    struct mailing **out, struct err *err)
{
	return text ? mailing_get_text(t->db, t->setup, campaign_id, text,
				       t->now_ms, out, err)
		    : mailing_get(t->db, t->setup, campaign_id, variant,
				  t->now_ms, out, err);
}

/* One variant, to all of them. */
static int queue_variant(struct test_mail *t, struct tx *tx,
			 int64_t campaign_id, int variant,
			 const struct test_mail_order *test, struct err *err)
{
	CLEANUP(mailing_put) struct mailing *mailing = NULL;

	if (get_test_mailing(t, campaign_id, variant, test->text, &mailing,
			     err) < 0)
		return -1;
	t->mailing = mailing;
	for (size_t i = 0; i < test->n; i++)
		if (queue_test(t, tx, test->addresses[i], err) < 0)
			return -1;
	return 0;
}

/* Which variants: from *first to *last. */
static int choose_variants(const struct campaign *c, const char *combination,
			   struct arena *arena, int *first, int *last,
			   struct err *err)
{
	struct variate v;

	*first = *last = 1;
	(void)variate_read(c->variate, arena, &v);
	*last = variate_count(&v);
	if (!combination)
		return 0;
	*first = *last = c->variate ? variate_find(&v, c->hex, combination) : 0;
	return *first > 0 ? 0
			  : err_field(err, "combination_id",
				      "The test has no such combination");
}

int test_mail_queue(struct db *db, const struct mailing_setup *setup,
		    int64_t campaign_id, const struct test_mail_order *test,
		    int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct test_mail t = {
		.setup = setup, .db = db, .arena = arena, .now_ms = now_ms
	};
	struct campaign campaign;
	int first, last;

	if (campaign_get(db, campaign_id, arena, &campaign, err) < 0 ||
	    checklist_check_sender(&campaign, err) < 0 ||
	    choose_variants(&campaign, test->combination, arena, &first, &last,
			    err) < 0 ||
	    tx_begin(db, &tx, err) < 0)
		return -1;
	t.list_id = campaign.list_id;
	for (size_t i = 0; i < test->n; i++)
		if (refuse_test(&t, test->addresses[i], err) < 0)
			return -1;
	for (int i = first; i <= last; i++)
		if (queue_variant(&t, &tx, campaign_id, i, test, err) < 0)
			return -1;
	return tx_commit(&tx, err);
}
