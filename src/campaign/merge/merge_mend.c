/*
 * Tags that an editor has split become whole; what looks like one and is none
 * is told. Called by merge_compile.c and for the contents of campaigns; pure.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/merge/merge_private.h"

bool merge_mend(struct str text, const struct merge_how *how,
		struct strbuf *out)
{
	CLEANUP(merge_scan_release)
	struct merge_scan scan = MERGE_SCAN(text, how);
	size_t from = 0;

	while (merge_scan_next(&scan)) {
		if (scan.likeness != MERGE_LIKE_SPLIT)
			continue;
		strbuf_add(out, text.s + from, scan.found - from);
		strbuf_add(out, scan.markup.buf, scan.before);
		strbuf_addstr(out, "*|");
		strbuf_addslice(out, strbuf_str(&scan.name));
		strbuf_addstr(out, "|*");
		strbuf_add(out, scan.markup.buf + scan.before,
			   scan.markup.len - scan.before);
		from = scan.at;
	}
	if (from > 0)
		strbuf_add(out, text.s + from, text.len - from);
	return from > 0;
}

struct str merge_mended(struct str text, const struct merge_how *how,
			struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf mended = STRBUF_INIT;

	if (!merge_mend(text, how, &mended))
		return text;
	return (struct str){ arena_strndup(arena, mended.buf, mended.len),
			     mended.len };
}
