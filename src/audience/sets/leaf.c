#include "audience/sets/leaf.h"

#include "audience/sets/member_change.h"
#include "base/strbuf.h"

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
	if (about->kind == LEAF_PLACE)
		strbuf_addf(out, " %.17g %.17g %.17g", c->place.latitude,
			    c->place.longitude, c->place.radius);
}

unsigned leaf_moved_by(const struct leaf_about *about, int64_t *of_id)
{
	*of_id = leaf_is_of_rows(about) || about->kind == LEAF_CLIENT
			 ? 0
			 : about->id;
	switch (about->kind) {
	case LEAF_TAG:
		return CHANGE_TAG;
	case LEAF_SENT:
		return CHANGE_SENT;
	case LEAF_OPENED:
		return CHANGE_OPENED;
	case LEAF_CLICKED:
		return CHANGE_CLICKED;
	case LEAF_INTEREST:
		return CHANGE_INTEREST;
	case LEAF_PLACE:
		return CHANGE_PLACE;
	case LEAF_CLIENT:
		return CHANGE_CLIENT;
	default:
		return CHANGE_MEMBER;
	}
}
