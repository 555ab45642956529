#include "audience/sets/leaf.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

void leaf_name(const struct leaf_about *about, struct strbuf *out)
{
	const struct condition *c = &about->condition;

	strbuf_reset(out);
	strbuf_addf(out, "%d %lld %lld", (int)about->kind,
		    (long long)about->list_id, (long long)about->id);
	if (about->kind == LEAF_SINCE)
		strbuf_addf(out, " %d", (int)c->kind);
	if (about->kind == LEAF_ROW)
		strbuf_addf(out, " %d %d %d %lld %lld %.17g %s", (int)c->kind,
			    (int)c->test, (int)c->needs_text,
			    (long long)c->merge_id, (long long)c->id, c->number,
			    c->text);
}

bool leaf_is_same(const struct leaf_about *a, const struct leaf_about *b)
{
	CLEANUP(strbuf_release) struct strbuf x = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf y = STRBUF_INIT;

	leaf_name(a, &x);
	leaf_name(b, &y);
	return strcmp(x.buf, y.buf) == 0;
}

struct leaf *leaf_new(const struct leaf_about *about)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct leaf *leaf = calloc(1, sizeof(*leaf));
	const char *text = about->condition.text;

	BUG_ON(!leaf);
	leaf_name(about, &name);
	leaf->name = strdup(name.buf);
	leaf->about = *about;
	leaf->about.condition.text = strdup(text ? text : "");
	BUG_ON(!leaf->name || !leaf->about.condition.text);
	atomic_init(&leaf->refs, 1);
	return leaf;
}

struct leaf *leaf_copy(struct leaf *leaf)
{
	struct leaf *copy = leaf_new(&leaf->about);

	member_set_copy(&copy->set, &leaf->set);
	vec_each (&leaf->edges, edge)
		vec_push(&copy->edges, *edge);
	return copy;
}

struct leaf *leaf_hold(struct leaf *leaf)
{
	atomic_fetch_add(&leaf->refs, 1);
	return leaf;
}

void leaf_release(struct leaf **leaf)
{
	struct leaf *l = *leaf;

	*leaf = NULL;
	if (!l || atomic_fetch_sub(&l->refs, 1) > 1)
		return;
	moment_release(&l->at);
	member_set_release(&l->set);
	vec_release(&l->edges);
	free((char *)l->about.condition.text);
	free(l->name);
	free(l);
}

size_t leaf_bytes(const struct leaf *leaf)
{
	return sizeof(*leaf) + strlen(leaf->name) * 2 +
	       member_set_bytes(&leaf->set) +
	       leaf->edges.cap * sizeof(*leaf->edges.v);
}

unsigned leaf_moved_by(const struct leaf_about *about, int64_t *of_id)
{
	*of_id = leaf_is_of_rows(about) ? 0 : about->id;
	switch (about->kind) {
	case LEAF_TAG:
		return CHANGE_TAG;
	case LEAF_SENT:
		return CHANGE_SENT;
	case LEAF_OPENED:
		return CHANGE_OPENED;
	case LEAF_CLICKED:
		return CHANGE_CLICKED;
	default:
		return CHANGE_MEMBER;
	}
}

int64_t leaf_hour(int64_t ms)
{
	return ms / MS_HOUR;
}

void leaf_since(struct leaf *leaf, int64_t from_ms, struct member_set *out)
{
	member_set_copy(out, &leaf->set);
	vec_each (&leaf->edges, edge)
		if (edge->ms >= from_ms)
			member_set_add(out, edge->member_id);
}
