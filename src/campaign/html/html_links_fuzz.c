/* html_links: any bytes are scanned; pieces keep all that is no attribute */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "campaign/html/html_links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct html_pieces pieces = VEC_INIT;
	struct str html = { (const char *)data, size };
	struct html_links links;
	size_t at = 0, kept = 0, cut = 0;

	html_links_scan(html, arena, &links);
	for (size_t i = 0; i < links.n; i++) {
		BUG_ON(links.v[i].start < at || links.v[i].end > size);
		BUG_ON(links.v[i].end < links.v[i].start);
		at = links.v[i].end;
		cut += links.v[i].end - links.v[i].start;
	}
	BUG_ON(links.body_start > links.body_end || links.body_end > size);

	html_links_pieces(html, &links, true, NULL, NULL, arena, &pieces);
	vec_each (&pieces, p)
		kept += p->text.len;
	BUG_ON(kept < size - cut);
	vec_release(&pieces);
	html_to_text(html, &text);
	return 0;
}
