#include "campaign/content.h"

#include "base/arena.h"
#include "base/charset.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "campaign/html/html_end.h"
#include "campaign/html/html_links.h"
#include "campaign/html/html_look.h"
#include "campaign/html/html_scan.h"
#include "campaign/html/html_sections.h"
#include "campaign/html/html_toc.h"
#include "sql/campaign.h"
#include "store/db.h"

#include <strings.h>

/* As it goes out: in UTF-8, and saying so. */
static struct str mended(struct str html, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	charset_mend(html, &text);
	return (struct str){ arena_strndup(arena, text.buf, text.len),
			     text.len };
}

static struct str given(struct str s, struct arena *arena)
{
	if (str_starts(s, "\xEF\xBB\xBF"))
		s = (struct str){ s.s + 3, s.len - 3 };
	return (struct str){ arena_strndup(arena, s.len ? s.s : "", s.len),
			     s.len };
}

void content_make(struct str html, struct str plain_text, struct arena *arena,
		  struct content *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	*out = (struct content){ .html = mended(html, arena),
				 .plain_text = given(plain_text, arena) };
	if (out->plain_text.len > 0 || out->html.len == 0)
		return;
	html_to_text(out->html, &text);
	out->plain_text =
		(struct str){ arena_strndup(arena, text.buf, text.len),
			      text.len };
	out->plain_is_made = true;
}

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	content_make(rows_str(rows, 0), rows_str(rows, 1), arena, out);
}

int content_get(struct db *db, int64_t campaign_id, struct arena *arena,
		struct content *out, struct err *err)
{
	int found =
		db_get(db, SQL_CAMPAIGN_CONTENT, SQL_ARGS(sql_int(campaign_id)),
		       read_row, arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no campaign %lld",
			       (long long)campaign_id);
	return found < 0 ? -1 : 0;
}

void content_mend(struct content *content, const struct merge_fields *fields,
		  struct arena *arena)
{
	struct merge_how how = { .context = MERGE_HTML, .fields = fields };

	content->html = merge_mended(content->html, &how, arena);
	content->html = html_sections_strip(content->html, arena);
	how.context = MERGE_PLAIN;
	content->plain_text = merge_mended(content->plain_text, &how, arena);
	content->plain_text =
		html_toc_of_plain(content->plain_text, content->html, arena);
	content->html = html_toc(content->html, arena);
}

/* --- what is in it --- */

static bool is_tag(struct str tag, const char *name)
{
	struct str body = { tag.s + 2, tag.len - 4 };
	struct str html = STR("HTML:");

	if (body.len > html.len && !strncasecmp(body.s, html.s, html.len))
		body = (struct str){ body.s + html.len, body.len - html.len };
	return str_ieq(str_trim(body), name);
}

static bool has_one_of(struct str text, const char *const *names, size_t n)
{
	for (size_t at = 0; at < text.len; at++) {
		struct str rest = { text.s + at, text.len - at };
		size_t length = rest.s[0] == '*' ? merge_tag_length(rest) : 0;

		for (size_t i = 0; length > 0 && i < n; i++)
			if (is_tag((struct str){ rest.s, length }, names[i]))
				return true;
	}
	return false;
}

bool content_has_unsubscribe(struct str text)
{
	static const char *const names[] = { "UNSUB" };

	return has_one_of(text, names, ARRAY_SIZE(names));
}

static const char *const address_tags[] = {
	"LIST:ADDRESS",      "LIST:ADDRESSLINE", "LIST:ADDRESS_HTML",
	"LIST_ADDRESS_HTML", "LIST_ADDRESSLINE", "LIST_ADDRESSLINE_TEXT",
	"USER:ADDRESS",
};

bool content_has_address(struct str text)
{
	return has_one_of(text, address_tags, ARRAY_SIZE(address_tags));
}

static bool is_address_tag(struct str tag)
{
	for (size_t i = 0; i < ARRAY_SIZE(address_tags); i++)
		if (is_tag(tag, address_tags[i]))
			return true;
	return false;
}

void content_look(struct str html, struct html_look *out)
{
	static const struct html_look_how how = { "*|UNSUB|*", is_address_tag };

	html_look(html, &how, out);
}

void content_split(struct str html, struct arena *arena,
		   struct content_end *out)
{
	struct html_links links;
	struct html_end end;

	html_links_scan(html, arena, &links);
	html_end_find((struct str){ html.s, links.body_end }, arena, &end);
	*out = (struct content_end){
		.before = { html.s, end.at },
		.rest = { html.s + end.at, html.len - end.at },
		.closing = end.closing,
		.unclosed = end.unclosed,
	};
}

bool content_end_is_hidden(struct str html, struct arena *arena)
{
	static const struct html_look_how how = { .mark = "muster:footer" };
	CLEANUP(strbuf_release) struct strbuf page = STRBUF_INIT;
	struct content_end end;
	struct html_look look;

	content_split(html, arena, &end);
	strbuf_addslice(&page, end.before);
	strbuf_addstr(&page, end.closing);
	strbuf_addstr(&page, "<a href=\"muster:footer\">footer</a>");
	strbuf_addslice(&page, end.rest);
	html_look((struct str){ page.buf, page.len }, &how, &look);
	return look.link == HTML_HIDDEN;
}

bool content_has_preview_text(struct str text)
{
	static const char *const names[] = { "MC_PREVIEW_TEXT" };

	return has_one_of(text, names, ARRAY_SIZE(names));
}
