#include "crm/campaign/ab_result.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/campaign/ab_confidence.h"
#include "crm/campaign_record.h"

#include "sql/crm_campaign.h"

#include <string.h>

#define REST_PART 10 /* so many times as many got it late: not the sample */

/* --- keeping --- */

static int64_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void load_figures(const json_t *o, struct ab_figures *out)
{
	*out = (struct ab_figures){
		.sent = number(o, "sent"),
		.delivered = number(o, "delivered"),
		.opened = number(o, "opened"),
		.clicked = number(o, "clicked"),
	};
}

/* What we wrote ourselves: if it is broken, nothing is known. */
void ab_result_load(const char *text, struct arena *arena,
		    struct ab_result *out)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err unused = ERR_INIT;
	json_t *of, *item;
	size_t i;

	*out = (struct ab_result){ .winner = 0 };
	if (!text || json_parse(str_of(text), &tree, &unused) < 0)
		return;
	out->winner = (int)number(tree, "winner");
	out->until_ms = number(tree, "until_ms");
	out->decided_ms = number(tree, "decided_ms");
	of = json_object_get(tree, "of");
	json_array_foreach (of, i, item) {
		if (i == AB_VARIANTS_MAX)
			break;
		out->of[i].id = arena_strdup(
			arena, json_string_value(json_object_get(item, "id")));
		load_figures(json_object_get(item, "now"), &out->of[i].now);
		load_figures(json_object_get(item, "trial"), &out->of[i].trial);
	}
	if (out->winner < 0 || out->winner > AB_VARIANTS_MAX)
		out->winner = 0;
}

static void write_figures(const struct ab_figures *f, struct json_writer *w)
{
	json_key_int(w, "sent", f->sent);
	json_key_int(w, "delivered", f->delivered);
	json_key_int(w, "opened", f->opened);
	json_key_int(w, "clicked", f->clicked);
}

const char *ab_result_store(const struct ab_result *r, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_object(&w);
	json_key_int(&w, "winner", r->winner);
	json_key_int(&w, "until_ms", r->until_ms);
	json_key_int(&w, "decided_ms", r->decided_ms);
	json_key_begin_array(&w, "of");
	for (int i = 0; i < AB_VARIANTS_MAX; i++) {
		json_begin_object(&w);
		json_key_text(&w, "id", r->of[i].id);
		json_key_begin_object(&w, "now");
		write_figures(&r->of[i].now, &w);
		json_end_object(&w);
		json_key_begin_object(&w, "trial");
		write_figures(&r->of[i].trial, &w);
		json_end_object(&w);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&text));
}

static bool has_figures(const struct ab_result *r)
{
	for (int i = 0; i < AB_VARIANTS_MAX; i++)
		if (r->of[i].trial.sent > 0)
			return true;
	return false;
}

/* Some audiences count only the sample for ever, but for a few of it who get
 * their mail late. */
static bool has_gone_to_rest(const struct ab_result *before,
			     const struct ab_result *now)
{
	const struct ab_outcome *was = &before->of[now->winner - 1];

	return now->of[now->winner - 1].now.sent >
	       was->trial.sent + was->trial.sent / REST_PART;
}

void ab_result_follow(const struct ab_result *before, struct ab_result *now)
{
	/* a look that came too late has only what is there now */
	bool stay = now->winner != 0 && has_figures(before) &&
		    has_gone_to_rest(before, now);

	for (int i = 0; i < AB_VARIANTS_MAX; i++)
		now->of[i].trial = stay ? before->of[i].trial : now->of[i].now;
}

int ab_result_put(struct tx *tx, int64_t campaign_id, const char *text,
		  struct err *err)
{
	return db_exec(tx, SQL_CRM_CAMPAIGN_AB_RESULT,
		       SQL_ARGS(sql_text(text), sql_int(campaign_id)), err) < 0
		       ? -1
		       : 0;
}

/* --- showing --- */

bool ab_is_waiting(const struct crm_campaign *c, const struct ab_result *r)
{
	return c->test.what != AB_NOTHING && c->test.sample < 100 &&
	       r->winner == 0 && has_figures(r) &&
	       (c->status == CRM_CAMPAIGN_SENDING ||
		c->status == CRM_CAMPAIGN_PAUSED);
}

static bool by_clicks(const struct crm_campaign *c)
{
	return c->test.winner == AB_CLICKS;
}

static struct ab_share share_of(const struct crm_campaign *c,
				const struct ab_figures *f)
{
	return (struct ab_share){ .hits = by_clicks(c) ? f->clicked : f->opened,
				  .of = f->delivered };
}

static bool is_better(struct ab_share a, struct ab_share b)
{
	if (a.of == 0 || b.of == 0)
		return b.of == 0 && a.of > 0;
	return (double)a.hits / (double)a.of > (double)b.hits / (double)b.of;
}

/* The best but `except` (0: none): a variant; the first of equal ones. */
static int best_but(const struct crm_campaign *c, const struct ab_result *r,
		    int except)
{
	int best = 0;

	for (int i = 1; i <= c->test.n; i++)
		if (i != except &&
		    (best == 0 ||
		     is_better(share_of(c, &r->of[i - 1].trial),
			       share_of(c, &r->of[best - 1].trial))))
			best = i;
	return best;
}

/* The winner, or who is ahead, against the best of the others. */
static void write_confidence(const struct crm_campaign *c,
			     const struct ab_result *r, struct json_writer *w)
{
	int better = r->winner ? r->winner : best_but(c, r, 0);
	int than = best_but(c, r, better);
	double pct = ab_confidence_pct(share_of(c, &r->of[better - 1].trial),
				       share_of(c, &r->of[than - 1].trial));

	json_key_begin_object(w, "confidence");
	json_key_text(w, "better", ab_letter(better));
	json_key_text(w, "than", ab_letter(than));
	json_key_text(w, "by", by_clicks(c) ? "clicks" : "opens");
	json_key(w, "percent");
	if (pct < 0)
		json_nothing(w);
	else
		json_number(w, pct);
	json_key_bool(w, "is_sure", pct >= AB_SURE_PCT);
	json_end_object(w);
}

static void write_variant(const struct crm_campaign *c, int variant,
			  const struct ab_result *r, struct json_writer *w)
{
	struct crm_campaign as = *c;

	ab_test_take(&as, variant);
	json_begin_object(w);
	json_key_text(w, "letter", ab_letter(variant));
	json_key_text(w, "subject", as.subject);
	json_key_text(w, "from_name", as.from_name);
	json_key_text(w, "from_email", as.from_email);
	json_key_time_or_null(w, "send_at", as.send_at_ms);
	write_figures(&r->of[variant - 1].now, w);
	json_end_object(w);
}

void ab_result_write(const struct crm_campaign *c, struct arena *arena,
		     struct json_writer *w)
{
	struct ab_result r;

	json_key(w, "ab_test");
	if (c->test.what == AB_NOTHING) {
		json_nothing(w);
		return;
	}
	ab_result_load(c->ab_result, arena, &r);
	json_begin_object(w);
	json_key_text(w, "what", ab_what_name(c->test.what));
	json_key_text(w, "winner_by", ab_winner_name(c->test.winner));
	json_key_int(w, "sample", c->test.sample);
	json_key_text(w, "winner", r.winner ? ab_letter(r.winner) : NULL);
	json_key_bool(w, "is_waiting", ab_is_waiting(c, &r));
	json_key_time_or_null(w, "until",
			      c->test.winner == AB_MANUAL ? 0 : r.until_ms);
	json_key_time_or_null(w, "decided_at", r.decided_ms);
	json_key_begin_array(w, "variants");
	for (int i = 1; i <= c->test.n; i++)
		write_variant(c, i, &r, w);
	json_end_array(w);
	write_confidence(c, &r, w);
	json_end_object(w);
}
