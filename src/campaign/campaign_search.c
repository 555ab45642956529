#include "campaign/campaign_search.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "campaign/campaign_private.h"
#include "campaign/content.h"
#include "sql/campaign.h"
#include "store/sqlbuild.h"

#include <string.h>

#define BEFORE                                                         \
	60 /* bytes of a snippet before the word, and behind its start \
	    */
#define BEHIND 120

/* A word as it is looked for in the database, and in texts. */
struct word {
	const char *lower, *folded;
};

struct search {
	struct arena *arena;
	struct word words[CAMPAIGN_SEARCH_WORDS_MAX];
	size_t n;
};

static const char *made(void (*make)(struct str, struct strbuf *),
			struct str text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	make(text, &out);
	return arena_str(arena, strbuf_str(&out));
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str next_word(struct str *rest)
{
	struct str word;

	*rest = str_trim(*rest);
	word = (struct str){ rest->s, 0 };
	while (word.len < rest->len && !is_space(rest->s[word.len]))
		word.len++;
	rest->s += word.len;
	rest->len -= word.len;
	return word;
}

static int read_query(const char *query, struct search *s, struct err *err)
{
	struct str rest = str_of(query ? query : ""), word;

	if (!utf8_is_valid(rest))
		return err_field(err, "query", "is no text in UTF-8");
	if (rest.len > CAMPAIGN_SEARCH_QUERY_MAX)
		return err_field(err, "query", "is longer than %d bytes",
				 CAMPAIGN_SEARCH_QUERY_MAX);
	while ((word = next_word(&rest)).len > 0) {
		if (s->n == CAMPAIGN_SEARCH_WORDS_MAX)
			return err_field(err, "query",
					 "Please enter at most %d words",
					 CAMPAIGN_SEARCH_WORDS_MAX);
		s->words[s->n++] = (struct word){
			made(utf8_lower, word, s->arena),
			made(utf8_fold, word, s->arena),
		};
	}
	return s->n > 0 ? 0
			: err_field(err, "query",
				    "This value should not be blank.");
}

/* --- who may fit --- */

static void add_column(struct sqlbuild *b, const char *column, const char *text)
{
	sqlbuild_lower_begin(b, text);
	sqlbuild_add(b, column);
	sqlbuild_lower_end(b, text);
	sqlbuild_add(b, " ");
	sqlbuild_like(b, true, text, true);
}

/* As it stands in the JSON of the settings. */
static const char *in_json(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);

	json_text(&w, text);
	return arena_strndup(arena, out.buf + 1, out.len - 2);
}

/* Letters outside ASCII, and those of markup, may stand as references. */
static bool may_be_references(const char *text)
{
	return !str_is_ascii(str_of(text)) || strpbrk(text, "&<>\"'");
}

static int list_candidates(struct db *db, const struct search *s,
			   struct ids *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, s->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_add(&b, "SELECT c.id FROM campaign c WHERE c.status <> ");
	sqlbuild_bind_int(&b, CAMPAIGN_ARCHIVED);
	for (size_t i = 0; i < s->n; i++) {
		const char *text = s->words[i].lower;

		sqlbuild_add(&b, " AND (");
		add_column(&b, "c.settings", in_json(text, s->arena));
		sqlbuild_add(&b, " OR ");
		add_column(&b, "c.html", text);
		sqlbuild_add(&b, " OR ");
		add_column(&b, "c.plain_text", text);
		if (may_be_references(text))
			sqlbuild_add(&b, " OR c.html LIKE '%&%;%'");
		sqlbuild_add(&b, ")");
	}
	sqlbuild_add(&b, " ORDER BY c.id DESC LIMIT ");
	sqlbuild_bind_int(&b, CAMPAIGN_SEARCH_MOST);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_ids(rows, out, err) < 0 ? -1 : 0;
}

/* --- who does --- */

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80; /* of a UTF-8 character */
}

/* Around the word at `at`; cut at white space where there is some. */
static const char *snippet_at(struct str text, size_t at, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	size_t from = at > BEFORE ? at - BEFORE : 0;
	size_t to = at + BEHIND < text.len ? at + BEHIND : text.len;
	size_t word = from;

	while (word > 0 && word < at && !is_space(text.s[word]))
		word++;
	from = from && word < at ? word : from;
	while (from > 0 && is_inside(text.s[from]))
		from--;
	while (to < text.len && is_inside(text.s[to]))
		to--;
	for (size_t i = from; i < to; i++)
		if (!is_space(text.s[i]))
			strbuf_addch(&out, text.s[i]);
		else if (out.len && out.buf[out.len - 1] != ' ')
			strbuf_addch(&out, ' ');
	strbuf_trim(&out);
	return arena_printf(arena, "%s%s%s", from ? "... " : "", out.buf,
			    to < text.len ? " ..." : "");
}

/* Where the first word of the text begins that holds it; false: nowhere. */
static bool find_word(struct str text, const char *folded, size_t *at)
{
	CLEANUP(strbuf_release) struct strbuf low = STRBUF_INIT;
	struct str rest = text, word;

	while ((word = next_word(&rest)).len > 0) {
		strbuf_reset(&low);
		utf8_fold(word, &low);
		if (strstr(low.buf, folded)) {
			*at = (size_t)(word.s - text.s);
			return true;
		}
	}
	return false;
}

/* *snippet stays as it is if it is set. */
static bool fits(const struct search *s, const struct str *texts, size_t n,
		 const char **snippet)
{
	size_t at = 0;

	for (size_t i = 0; i < s->n; i++) {
		bool found = false;

		for (size_t t = 0; t < n && !found; t++) {
			if (!find_word(texts[t], s->words[i].folded, &at))
				continue;
			found = true;
			if (!*snippet)
				*snippet = snippet_at(texts[t], at, s->arena);
		}
		if (!found)
			return false;
	}
	return true;
}

/* What people read of it: the mail first, so that snippets are of that. */
static int look_at(struct db *db, const struct search *s, int64_t id,
		   struct campaigns_found *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_found found = { .id = id };
	struct content content, made_text;
	struct campaign c;

	if (campaign_get(db, id, arena, &c, err) < 0 ||
	    content_get(db, id, arena, &content, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	content_make(content.html, STR(""), arena, &made_text);
	const struct str texts[] = {
		made_text.plain_text,
		content.plain_text,
		str_of(c.settings.title),
		str_of(c.settings.subject_line),
		str_of(c.settings.preview_text),
		str_of(c.settings.from_name),
	};
	if (!fits(s, texts, ARRAY_SIZE(texts), &found.snippet))
		return 0;
	vec_push(out, found);
	return 0;
}

int campaign_search(struct db *db, const char *query, struct arena *arena,
		    struct campaigns_found *out, struct err *err)
{
	CLEANUP(vec_release) struct ids candidates = VEC_INIT;
	struct search s = { .arena = arena };

	if (read_query(query, &s, err) < 0 ||
	    list_candidates(db, &s, &candidates, err) < 0)
		return -1;
	vec_each (&candidates, id)
		if (look_at(db, &s, *id, out, err) < 0)
			return -1;
	return 0;
}
