/*
 * What the audience would refuse of a campaign that shows feeds, once it is to
 * be sent: said before, in the checklist and to whoever sends it. The rules are
 * those of the audience (campaign/rss/feed_show.h).
 */
#include "api/crm/campaign_checklist.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/content.h"
#include "campaign/rss/feed_show.h"

static void find_feed_problems(struct campaign_checklist *l, int variant,
			       struct texts *out)
{
	bool is_test = l->campaign.test.what != AB_NOTHING;
	struct crm_campaign c = l->campaign;
	struct content content;

	ab_test_take(&c, variant);
	content_make(str_of(c.html), str_of(c.plain_text), l->arena, &content);
	feed_show_problems(&content, is_test,
			   (const char *const[]){ c.subject, c.preview_text },
			   2, l->arena, out);
}

void campaign_checklist_feeds(struct campaign_checklist *l, const char *variant)
{
	CLEANUP(vec_release) struct texts problems = VEC_INIT;
	int one = variant ? ab_letter_parse(variant) : 0;
	int n = ab_test_variants(&l->campaign);

	for (int i = 1; i <= n; i++)
		if (one == 0 || one == i)
			find_feed_problems(l, i, &problems);
	vec_each (&problems, why)
		campaign_checklist_add(l,
				       (struct check_item){ .type = CHECK_ERROR,
							    .code = "tags",
							    .heading = "Feed",
							    .details = *why });
}

int campaign_check_feeds(const struct crm_campaign *c, struct arena *arena,
			 struct err *err)
{
	struct campaign_checklist l = { .campaign = *c, .arena = arena };
	CLEANUP(vec_release) struct texts problems = VEC_INIT;

	for (int i = 1; i <= ab_test_variants(c); i++)
		find_feed_problems(&l, i, &problems);
	return problems.n == 0 ? 0
			       : err_field(err, "html", "%s", problems.v[0]);
}
