#include "campaign/html/html_language.h"

#include "base/arena.h"
#include "campaign/html/html_scan.h"

#include <string.h>

/* Feeds one byte, or a merge tag; returns what is behind it. */
static size_t feed(struct html_scan *scan, struct str html, size_t at)
{
	struct str rest = { html.s + at, html.len - at };
	size_t tag = merge_tag_length(rest);

	if (tag)
		html_scan_value(scan);
	else
		html_scan_byte(scan, html.s[at]);
	return at + (tag ? tag : 1);
}

static bool in_language(const struct html_scan *scan)
{
	return html_scan_in_value(scan) && !scan->end_tag &&
	       strcmp(scan->attr, "lang") == 0;
}

const char *html_language(struct str html, struct arena *arena)
{
	struct html_scan scan = HTML_SCAN_INIT;

	for (size_t at = 0; at < html.len;) {
		bool was_in = in_language(&scan);

		at = feed(&scan, html, at);
		if (was_in && !in_language(&scan) && *scan.value)
			return arena_strdup(arena, scan.value);
	}
	return "";
}
