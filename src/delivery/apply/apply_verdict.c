/*
 * Were the hits of a batch a person's or a machine's? Called by apply.c,
 * between reading and writing; the applier's thread.
 */
#include "delivery/apply/apply_private.h"

static void count_hit(struct entry *e, const struct verdict_hit *hit, int by)
{
	bool is_person = hit->why == MACHINE_NO;

	if (hit->is_click)
		*(is_person ? &e->clicks : &e->machine_clicks) += by;
	else
		*(is_person ? &e->opens : &e->machine_opens) += by;
}

static void note_time(int64_t *first_ms, int64_t *last_ms, int64_t at_ms)
{
	if (*first_ms == 0 || at_ms < *first_ms)
		*first_ms = at_ms;
	if (at_ms > *last_ms)
		*last_ms = at_ms;
}

static void note_person(struct entry *e, const struct verdict_hit *hit)
{
	if (hit->is_click)
		note_time(&e->first_click_ms, &e->last_click_ms, hit->at_ms);
	else
		note_time(&e->first_open_ms, &e->last_open_ms, hit->at_ms);
}

/* A person's hit that turned out to be a machine's: its times may go, too. */
static void uncount_person(struct entry *e, const struct verdict_hit *hit)
{
	struct verdict_hit was = *hit;

	was.why = MACHINE_NO;
	count_hit(e, &was, -1);
	if (e->opens == 0)
		e->first_open_ms = e->last_open_ms = 0;
	if (e->clicks == 0)
		e->first_click_ms = e->last_click_ms = 0;
}

static const char *domain_of(const struct entry *e)
{
	const char *at = e->address ? strrchr(e->address, '@') : NULL;

	return at ? at + 1 : "";
}

static void judge_burst(struct batch_state *s, struct entry *e,
			struct verdict_hit *hit)
{
	struct burst_hit key = { e->campaign_id, e->member_id, hit->event_id };
	const struct burst_hit *earlier = NULL;
	size_t n = 0;

	if (!*domain_of(e) || !*hit->ip ||
	    !verdict_bursts_add(s->a->memory->bursts, &key, hit->at_ms,
				domain_of(e), hit->ip, &earlier, &n))
		return;
	if (hit->why == MACHINE_NO)
		hit->why = MACHINE_BURST;
	for (size_t i = 0; i < n; i++)
		vec_push(&s->turned, earlier[i]);
}

static void judge_all(struct batch_state *s, struct entry *e)
{
	struct verdict_facts facts = {
		/* of an uncertain one nobody knows when it was accepted */
		.is_accepted = e->state == RECIPIENT_ACCEPTED || e->uncertain,
		.accepted_ms = e->at_ms,
		/* nothing scans what lies in the outbox */
		.early_ms = e->caught ? 0 : s->a->options->early_ms,
	};

	verdict_judge(&facts, e->hits.v, e->hits.n);
	for (size_t i = 0; i < e->hits.n; i++)
		if (e->hits.v[i].is_new && !verdict_is_of_reader(&e->hits.v[i]))
			judge_burst(s, e, &e->hits.v[i]);
}

static void count_hits(struct entry *e)
{
	for (size_t i = 0; i < e->hits.n; i++) {
		const struct verdict_hit *hit = &e->hits.v[i];

		if (hit->is_changed)
			uncount_person(e, hit);
		if (!hit->is_new && !hit->is_changed)
			continue;
		count_hit(e, hit, 1);
		if (hit->why == MACHINE_NO)
			note_person(e, hit);
	}
	e->is_active = true;
}

void apply_insert_hit(struct hits *hits, const struct verdict_hit *hit)
{
	size_t at = hits->n;

	vec_push(hits, *hit);
	for (; at > 0 && hits->v[at - 1].at_ms > hit->at_ms; at--)
		hits->v[at] = hits->v[at - 1];
	hits->v[at] = *hit;
}

/* Nobody opens or clicks so often in so short a time. Not compared one with
 * another: whoever hammers a link must not hold up the log. */
static void judge_flood(struct entry *e)
{
	for (size_t i = 0; i < e->hits.n; i++)
		if (e->hits.v[i].is_new)
			e->hits.v[i].why = MACHINE_SCANNER;
}

void apply_verdict(struct batch_state *s, struct entry *e)
{
	if (e->hits.n > VERDICT_HITS_MAX)
		judge_flood(e);
	else
		judge_all(s, e);
	count_hits(e);
}
