#include "sets/kept_set.h"

#include "base/clock.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

struct kept_set *kept_set_new(const char *name)
{
	struct kept_set *set = calloc(1, sizeof(*set));

	BUG_ON(!set);
	set->name = strdup(name);
	BUG_ON(!set->name);
	atomic_init(&set->refs, 1);
	return set;
}

struct kept_set *kept_set_copy(struct kept_set *set)
{
	struct kept_set *copy = kept_set_new(set->name);

	id_set_copy(&copy->set, &set->set);
	vec_each (&set->edges, edge)
		vec_push(&copy->edges, *edge);
	return copy;
}

struct kept_set *kept_set_hold(struct kept_set *set)
{
	atomic_fetch_add(&set->refs, 1);
	return set;
}

void kept_set_release(struct kept_set **set)
{
	struct kept_set *s = *set;

	*set = NULL;
	if (!s || atomic_fetch_sub(&s->refs, 1) > 1)
		return;
	moment_release(&s->at);
	id_set_release(&s->set);
	vec_release(&s->edges);
	free(s->name);
	free(s);
}

size_t kept_set_bytes(const struct kept_set *set)
{
	return sizeof(*set) + strlen(set->name) + id_set_bytes(&set->set) +
	       set->edges.cap * sizeof(*set->edges.v);
}

int64_t kept_set_hour(int64_t ms)
{
	return ms / MS_HOUR;
}

void kept_set_add_edge(struct kept_set *set, int64_t ms, int64_t id)
{
	struct kept_edge edge = { ms, id };

	vec_push(&set->edges, edge);
}

void kept_set_since(struct kept_set *set, int64_t from_ms, struct id_set *out)
{
	id_set_copy(out, &set->set);
	vec_each (&set->edges, edge)
		if (edge->ms >= from_ms)
			id_set_add(out, edge->id);
}
