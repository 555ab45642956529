#include "crm/group/criteria_leaf.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/group/record_change.h"

/* Texts may have any bytes. */
static void add_text(struct strbuf *out, const char *text)
{
	if (!text)
		text = "";
	strbuf_addf(out, " %zu:%s", strlen(text), text);
}

/* One form of two conditions that are each other's negation. */
static enum criteria_op positive(enum criteria_op op)
{
	switch (op) {
	case CRITERIA_NOT:
		return CRITERIA_IS;
	case CRITERIA_NOTCONTAIN:
		return CRITERIA_CONTAINS;
	case CRITERIA_BLANK:
		return CRITERIA_BLANK_NOT;
	default:
		return op;
	}
}

static void add_name(const struct criteria_leaf *leaf, struct strbuf *out)
{
	const struct criterion *c = &leaf->condition;

	strbuf_addf(out, "%d:%d:%lld", (int)leaf->kind, (int)leaf->entity,
		    (long long)leaf->hour);
	if (leaf->kind == LEAF_LIVE)
		return;
	strbuf_addf(out, " %d %d", (int)c->type, (int)c->of_company);
	add_text(out, c->column);
	if (leaf->kind == LEAF_TIME)
		return;
	strbuf_addf(out, ":%d:%lld:%lld:%lld:%.17g:%d:%d:%lld:%d",
		    (int)positive(c->op), (long long)c->from_ms,
		    (long long)c->until_ms, (long long)c->number, c->real,
		    (int)c->response, (int)c->machines,
		    (long long)c->campaign_id, (int)c->part);
	add_text(out, c->text);
	add_text(out, c->until);
	add_text(out, c->hash);
	add_text(out, c->url);
}

static unsigned moved_by_row(const struct criteria_leaf *leaf)
{
	switch (leaf->entity) {
	case ENTITY_PERSON:
		return leaf->condition.of_company
			       ? CHANGED_PERSON | CHANGED_STAFF
			       : CHANGED_PERSON;
	case ENTITY_LEAD:
		return CHANGED_LEAD;
	default:
		return CHANGED_COMPANY;
	}
}

static unsigned moved_by_tag(enum entity entity)
{
	return entity == ENTITY_PERSON ? CHANGED_PERSON_TAG
	       : entity == ENTITY_LEAD ? CHANGED_LEAD_TAG
				       : CHANGED_COMPANY_TAG;
}

static unsigned moved_by_response(enum criteria_response response)
{
	switch (response) {
	case RESPONSE_SENT:
		return CHANGED_SENT;
	case RESPONSE_OPENED:
		return CHANGED_OPENED;
	case RESPONSE_CLICKED:
		return CHANGED_CLICKED;
	default:
		return CHANGED_ANSWERED;
	}
}

/* 0: by more than the log tells of. */
static unsigned moved_by(const struct criteria_leaf *leaf, int64_t *of_id)
{
	const struct criterion *c = &leaf->condition;

	if (leaf->kind != LEAF_OTHER)
		return moved_by_row(leaf);
	switch (c->type) {
	case CRITERIA_EMAIL:
		return leaf->entity == ENTITY_PERSON ? CHANGED_PERSON_ADDRESS
						     : CHANGED_LEAD_ADDRESS;
	case CRITERIA_TAG:
		return moved_by_tag(leaf->entity);
	case CRITERIA_RESPONSE:
		*of_id = c->campaign_id;
		/* Who else a recipient stood for may be another by now, and
		 * links are told of by raw activity. */
		return leaf->entity != ENTITY_PERSON || c->url
			       ? 0
			       : moved_by_response(c->response);
	case CRITERIA_GROUP:
		*of_id = c->number;
		return CHANGED_GROUP;
	default:
		return 0;
	}
}

struct wanted_set criteria_leaf_wanted(const struct criteria_leaf *leaf,
				       struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct wanted_set wanted = { .about = leaf };
	const struct criterion *c = &leaf->condition;

	add_name(leaf, &name);
	wanted.name = arena_str(arena, strbuf_str(&name));
	wanted.kinds = moved_by(leaf, &wanted.of_id);
	wanted.is_read = wanted.kinds == 0;
	wanted.is_whole = leaf->kind == LEAF_OTHER &&
			  (c->type == CRITERIA_EMAIL ||
			   (c->type == CRITERIA_RESPONSE && !c->campaign_id));
	return wanted;
}
