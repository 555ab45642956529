/*
 * What came of an A/B test: the audience counts by combination, one of which
 * it says is the winner. Which of our variants a combination is stands in the
 * index of what is tried. Called by pull.c, for each look.
 */
#include "bridge/pull_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include "sql/pull.h"

#include <string.h>

#define UNDECIDED_MS (30 * MS_DAY) /* after the winner should be known */
#define EVERY                                                           \
	8 /* looks that found nothing: figures without a row change too \
	   */

const char *ab_fields(const struct pull *p)
{
	return p->c.test.what == AB_NOTHING ? ""
					    : ",send_time,variate_settings";
}

static const char *index_name(enum ab_what what)
{
	static const char *const names[] = {
		[AB_NOTHING] = "",
		[AB_SUBJECT] = "subject_line",
		[AB_FROM] = "from_name",
		[AB_CONTENT] = "content_description",
		[AB_SEND_TIME] = "send_time",
	};

	return names[what];
}

/* 0: none that we know. */
static int variant_of(const struct pull *p, const json_t *combination)
{
	const json_t *index =
		json_object_get(combination, index_name(p->c.test.what));
	int64_t at = json_is_integer(index) ? json_integer_value(index) : -1;

	return at >= 0 && at < p->c.test.n ? (int)at + 1 : 0;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text && *text ? text : NULL;
}

/* Our own says when it looks, or has found it; Mailchimp does not. */
static void read_time(struct pull *p, const json_t *settings)
{
	const char *text = text_of(settings, "winner_time");
	int64_t at_ms;

	if (!text || !time_parse_iso(text, &at_ms))
		return;
	p->ab.until_ms = at_ms;
	if (p->ab.winner != 0)
		p->ab.decided_ms = at_ms;
}

/* As far as its sending tells: the wait begins later, if that takes long. */
static void read_until(struct pull *p, const json_t *campaign)
{
	const char *text = text_of(campaign, "send_time");
	int64_t sent_ms = 0;

	if (!text || !time_parse_iso(text, &sent_ms))
		sent_ms = p->c.started_ms;
	if (sent_ms > 0)
		p->ab.until_ms = sent_ms + p->c.test.wait_hours * MS_HOUR;
}

void ab_read_campaign(struct pull *p, const json_t *campaign)
{
	const json_t *settings = json_object_get(campaign, "variate_settings");
	const char *winner = text_of(settings, "winning_combination_id");
	json_t *combination;
	size_t i;

	if (p->c.test.what == AB_NOTHING)
		return;
	read_until(p, campaign);
	json_array_foreach (json_object_get(settings, "combinations"), i,
			    combination) {
		const char *id = text_of(combination, "id");
		int variant = variant_of(p, combination);

		if (!id || variant == 0)
			continue;
		p->ab.of[variant - 1].id = arena_strdup(p->arena, id);
		if (winner && strcmp(winner, id) == 0)
			p->ab.winner = variant;
	}
	read_time(p, settings);
}

/* Our own says itself when all is over. */
bool ab_is_undecided(const struct pull *p)
{
	return p->c.test.what != AB_NOTHING && p->c.test.sample < 100 &&
	       p->ab.winner == 0 && !p->w->bridge->setup.inside &&
	       clock_now_ms() - p->ab.until_ms < UNDECIDED_MS;
}

/* --- who got which --- */

/* "a", "b", or "winner": the one that went to the rest. 0: not told. */
static int variant_got(const struct pull *p, const json_t *item)
{
	const char *group = text_of(item, "absplit_group");
	int variant = 0;

	if (!group)
		return 0;
	if (strcmp(group, "winner") == 0)
		variant = p->ab.winner;
	else if (!group[1])
		variant = group[0] - 'a' + 1;
	return variant >= 1 && variant <= p->c.test.n ? variant : 0;
}

int ab_store_variants(struct pull *p, struct tx *tx, const json_t *page,
		      struct err *err)
{
	for (int k = 1; k <= ab_test_variants(&p->c); k++) {
		CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
		struct json_writer w = JSON_WRITER(&hashes);
		json_t *item;
		size_t i, n = 0;

		json_begin_array(&w);
		json_array_foreach (page, i, item) {
			const char *hash = text_of(item, "email_id");

			if (!hash || variant_got(p, item) != k)
				continue;
			json_text(&w, hash);
			n++;
		}
		json_end_array(&w);
		if (n > 0 && db_exec(tx, SQL_PULL_VARIANT,
				     SQL_ARGS(sql_int(k), sql_int(p->c.id),
					      sql_str(strbuf_str(&hashes))),
				     err) < 0)
			return -1;
	}
	return 0;
}

/* --- the figures --- */

static int64_t number(const json_t *report, const char *part, const char *key)
{
	const json_t *o = part ? json_object_get(report, part) : report;

	return json_integer_value(json_object_get(o, key));
}

/* People alone, where the audience tells them from machines. */
static int64_t opened(const json_t *report)
{
	const json_t *people = json_object_get(json_object_get(report, "opens"),
					       "proxy_excluded_unique_opens");

	return json_is_integer(people)
		       ? json_integer_value(people)
		       : number(report, "opens", "unique_opens");
}

static void read_figures(const json_t *report, struct ab_figures *out)
{
	int64_t sent = number(report, NULL, "emails_sent");
	int64_t bounced = number(report, "bounces", "hard_bounces") +
			  number(report, "bounces", "soft_bounces") +
			  number(report, "bounces", "syntax_errors");

	*out = (struct ab_figures){
		.sent = sent,
		.delivered = bounced < sent ? sent - bounced : 0,
		.opened = opened(report),
		.clicked = number(report, "clicks", "unique_subscriber_clicks"),
	};
}

static void read_reports(struct pull *p, const json_t *reply)
{
	json_t *report;
	size_t i;

	json_array_foreach (json_object_get(reply, "reports"), i, report) {
		const char *id = text_of(report, "id");

		for (int k = 0; id && k < AB_VARIANTS_MAX; k++)
			if (p->ab.of[k].id && strcmp(p->ab.of[k].id, id) == 0)
				read_figures(report, &p->ab.of[k].now);
	}
}

static int keep(struct pull *p, const struct ab_result *before, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *text;

	ab_result_follow(before, &p->ab);
	text = ab_result_store(&p->ab, p->arena);
	if (p->c.ab_result && strcmp(p->c.ab_result, text) == 0)
		return 0;
	p->changed = true;
	if (tx_begin(p->w->db, &tx, err) < 0 ||
	    ab_result_put(&tx, p->c.id, text, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int pull_ab(struct pull *p, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct ab_result before;

	if (p->c.test.what == AB_NOTHING)
		return 0;
	ab_result_load(p->c.ab_result, p->arena, &before);
	if (p->c.ab_result && !p->changed && before.winner == p->ab.winner &&
	    p->at.idle % EVERY != 0)
		return 0;
	if (mc_get(p->w->client,
		   report_path(p, "/sub-reports?fields=reports.id,"
				  "reports.emails_sent,reports.bounces,"
				  "reports.opens,reports.clicks"),
		   &reply, err) < 0)
		return -1;
	read_reports(p, reply);
	return keep(p, &before, err);
}
