/*
 * The winner of an A/B test, as a user chooses it. A job of the bridge. It is
 * an action that only our own audience has; the pull brings what comes of it.
 */
#include "bridge/bridge_private.h"
#include "bridge/campaign/campaign_draft.h"
#include "bridge/pull_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include "sql/pull.h"

/* Which combination it is, and who has won, as the audience says now. */
static int look(struct campaign_draft *d, struct pull *p, struct err *err)
{
	CLEANUP(json_free) json_t *campaign = NULL;

	*p = (struct pull){ .w = d->w, .c = d->c, .arena = d->w->arena };
	if (mc_get(d->w->client,
		   campaign_draft_path(
			   d, "?fields=status,send_time,variate_settings"),
		   &campaign, err) < 0)
		return -1;
	ab_read_campaign(p, campaign);
	return 0;
}

static int ask(struct campaign_draft *d, const char *id, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);
	struct err why = ERR_INIT;

	json_begin_object(&j);
	json_key_text(&j, "combination_id", id);
	json_end_object(&j);
	if (mc_call(d->w->client, "POST",
		    campaign_draft_path(d, "/actions/choose-winner"), body.buf,
		    NULL, &why) == 0)
		return 0;
	/* the campaign is there: it was just read */
	if (why.code == ERR_NOT_FOUND)
		return err_set(err, ERR_CONFLICT,
			       "the audience takes no winner from outside: "
			       "choose it in Mailchimp");
	*err = why;
	return -1;
}

static int choose(struct campaign_draft *d, int variant, struct err *err)
{
	struct pull now;
	const char *id;

	if (look(d, &now, err) < 0)
		return -1;
	if (now.ab.winner == variant) /* an earlier try did it */
		return 0;
	if (now.ab.winner != 0)
		return err_set(err, ERR_CONFLICT,
			       "variant %s was chosen already",
			       ab_letter(now.ab.winner));
	id = now.ab.of[variant - 1].id;
	if (!id)
		return err_set(err, ERR_CONFLICT,
			       "the audience knows no variant %s",
			       ab_letter(variant));
	return ask(d, id, err);
}

int job_campaign_winner(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct campaign_draft d = { .w = &w };
	const char *letter = "";
	int64_t id = 0;
	int variant;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "campaign_id", &id, err) < 0 ||
	    json_get_text(payload, "variant", &letter, err) < 0 ||
	    work_begin(run, &w, err) < 0 ||
	    crm_campaign_get(run->db, id, run->arena, &d.c, err) < 0)
		return -1;
	variant = ab_letter_parse(letter);
	if (!d.c.marketing_campaign_id || variant == 0 ||
	    variant > ab_test_variants(&d.c))
		return err_set(err, ERR_CONFLICT,
			       "the campaign has no variant %s", letter);
	if (choose(&d, variant, err) < 0)
		return -1;
	return db_write(w.db, SQL_CAMPAIGN_PULL_NEXT,
			SQL_ARGS(sql_int(clock_now_ms()), sql_int(id)), err);
}
