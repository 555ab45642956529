#include "delivery/apply/recent.h"

#include "base/err.h"
#include "delivery/apply/apply_private.h"

#define SLOTS_FIRST 1024 /* a power of two */

struct kept {
	int64_t campaign_id, member_id;
	struct verdict_hit hit;
	uint32_t before; /* the one of the same recipient before; 0: none */
};

/* Each slot holds 1 + the place of a recipient's newest hit; 0: empty. */
struct generation {
	struct keeps VEC_FIELDS(struct kept) hits;
	uint32_t *slots;
	size_t slots_n, used;
	int64_t since_ms;
};

struct recent {
	struct generation now, before;
};

static void generation_reset(struct generation *g)
{
	vec_release(&g->hits);
	free(g->slots);
	*g = (struct generation){ 0 };
}

struct recent *recent_new(void)
{
	struct recent *r = calloc(1, sizeof(*r));

	BUG_ON(!r);
	return r;
}

void recent_reset(struct recent *r)
{
	generation_reset(&r->now);
	generation_reset(&r->before);
}

void recent_free(struct recent **recent)
{
	if (!*recent)
		return;
	recent_reset(*recent);
	free(*recent);
	*recent = NULL;
}

/* The slot of a recipient, or the empty one where it would be. */
static size_t slot_of(const struct generation *g, int64_t campaign_id,
		      int64_t member_id)
{
	uint64_t hash = ((uint64_t)member_id ^ (uint64_t)campaign_id << 40) *
			UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 20) & (g->slots_n - 1);

	while (g->slots[at]) {
		const struct kept *k = &g->hits.v[g->slots[at] - 1];

		if (k->member_id == member_id && k->campaign_id == campaign_id)
			break;
		at = (at + 1) & (g->slots_n - 1);
	}
	return at;
}

static void grow(struct generation *g)
{
	uint32_t *old = g->slots;
	size_t n = g->slots_n;

	g->slots_n = n ? n * 2 : SLOTS_FIRST;
	g->slots = calloc(g->slots_n, sizeof(*g->slots));
	BUG_ON(!g->slots);
	for (size_t i = 0; i < n; i++) {
		const struct kept *k;

		if (!old[i])
			continue;
		k = &g->hits.v[old[i] - 1];
		g->slots[slot_of(g, k->campaign_id, k->member_id)] = old[i];
	}
	free(old);
}

void recent_add(struct recent *r, int64_t campaign_id, int64_t member_id,
		const struct verdict_hit *hit)
{
	struct generation *g = &r->now;
	struct kept kept = { .campaign_id = campaign_id,
			     .member_id = member_id,
			     .hit = *hit };
	uint32_t *slot;

	if (g->hits.n > 0 && hit->at_ms - g->since_ms > VERDICT_WINDOW_MS) {
		generation_reset(&r->before);
		r->before = r->now;
		r->now = (struct generation){ 0 };
	}
	if (g->hits.n == 0)
		g->since_ms = hit->at_ms;
	if (g->used * 2 >= g->slots_n)
		grow(g);
	kept.hit.is_new = kept.hit.is_changed = false;
	kept.hit.ip = kept.hit.agent = ""; /* of the batch's arena */
	slot = &g->slots[slot_of(g, campaign_id, member_id)];
	g->used += *slot == 0;
	kept.before = *slot;
	vec_push(&g->hits, kept);
	*slot = (uint32_t)g->hits.n;
}

static uint32_t newest(const struct generation *g, int64_t campaign_id,
		       int64_t member_id)
{
	return g->slots_n ? g->slots[slot_of(g, campaign_id, member_id)] : 0;
}

static void turn_in(struct generation *g, int64_t campaign_id,
		    int64_t member_id, const struct verdict_hit *hit)
{
	uint32_t at = newest(g, campaign_id, member_id);

	for (; at; at = g->hits.v[at - 1].before)
		if (g->hits.v[at - 1].hit.event_id == hit->event_id)
			g->hits.v[at - 1].hit.why = hit->why;
}

void recent_turn(struct recent *r, int64_t campaign_id, int64_t member_id,
		 const struct verdict_hit *hit)
{
	turn_in(&r->now, campaign_id, member_id, hit);
	turn_in(&r->before, campaign_id, member_id, hit);
}

static void list_generation(const struct generation *g, int64_t campaign_id,
			    int64_t member_id, int64_t since_ms,
			    struct hits *out)
{
	uint32_t at = newest(g, campaign_id, member_id);
	size_t from = out->n;

	for (; at && out->n - from <= VERDICT_HITS_MAX;
	     at = g->hits.v[at - 1].before)
		if (g->hits.v[at - 1].hit.at_ms >= since_ms)
			vec_push(out, g->hits.v[at - 1].hit);
	for (size_t low = from, high = out->n; low + 1 < high; low++) {
		struct verdict_hit swapped = out->v[low];

		out->v[low] = out->v[--high];
		out->v[high] = swapped;
	}
}

void recent_list(const struct recent *r, int64_t campaign_id, int64_t member_id,
		 int64_t since_ms, struct hits *out)
{
	list_generation(&r->before, campaign_id, member_id, since_ms, out);
	list_generation(&r->now, campaign_id, member_id, since_ms, out);
}
