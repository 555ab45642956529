/*
 * What the name in a merge tag stands for: a field, a fact, a slot; and what a
 * misspelt one may have meant. Called by merge_compile.c; pure.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text/near.h"
#include "base/utf8.h"
#include "campaign/merge/merge_private.h"

#include <strings.h>

static const struct {
	const char *name;
	enum merge_source source;
} sources[] = {
	{ "EMAIL", SOURCE_ADDRESS },
	{ "MERGE0", SOURCE_ADDRESS },
	{ "MMERGE0", SOURCE_ADDRESS },
	{ "EMAIL_UID", SOURCE_UNIQUE_ID },
	{ "UNIQID", SOURCE_UNIQUE_ID },
	{ "OPTIN_DATE", SOURCE_OPTIN_DATE },
	{ "MC_LANGUAGE", SOURCE_LANGUAGE },
	{ "MC_LANGUAGE_LABEL", SOURCE_LANGUAGE_LABEL },
	{ "ARCHIVE_PAGE", SOURCE_ARCHIVE_PAGE },
};

static const struct {
	const char *name;
	enum merge_slot slot;
} slots[] = {
	{ "UNSUB", MERGE_SLOT_UNSUB },
	{ "UPDATE_PROFILE", MERGE_SLOT_PROFILE },
	{ "ARCHIVE", MERGE_SLOT_ARCHIVE },
	{ "ARCHIVE_LINK_SHORT", MERGE_SLOT_ARCHIVE },
	{ "FORWARD", MERGE_SLOT_FORWARD },
};

/* Of all others, what a misspelt tag may have meant. */
static const char *const often_used[] = {
	"LIST:NAME",  "LIST:COMPANY",     "LIST:ADDRESS", "LIST:DESCRIPTION",
	"LIST:PHONE", "LIST:SUBSCRIBERS", "MC:SUBJECT",   "MC:DATE",
	"LIST:URL",   "CURRENT_YEAR",
};

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* "Acme", "ACME GmbH" and "Acme, 1 High St" name Acme; "Acmeville" does not. */
static bool begins_with_name(struct str line, struct str name)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf wanted = STRBUF_INIT;

	utf8_fold(line, &folded);
	utf8_fold(name, &wanted);
	return str_starts(strbuf_str(&folded), wanted.buf) &&
	       strchr(" ,;.|", folded.buf[wanted.len]);
}

static bool names_company(struct str address, struct str company)
{
	while (address.s && address.len > 0)
		if (begins_with_name(str_trim(str_cut(&address, '\n')),
				     company))
			return true;
	return false;
}

struct address_lines {
	const char *between;
	bool markup;
	size_t n; /* so far */
};

static void add_line(struct address_lines *lines, struct str line,
		     struct strbuf *out)
{
	if (line.len == 0)
		return;
	if (lines->n++ > 0)
		strbuf_addstr(out, lines->between);
	if (lines->markup)
		strbuf_add_html(out, line);
	else
		strbuf_addslice(out, line);
}

/* The postal address as lines joined by `between`. It begins with the company,
 * as every audience's does, also where whoever typed it left that out. */
static void add_address(const struct merge_facts *facts, const char *between,
			bool markup, struct strbuf *out)
{
	struct address_lines lines = { between, markup, 0 };
	struct str rest = str_trim(str_of(or_empty(facts->address)));
	struct str company = str_trim(str_of(or_empty(facts->company)));

	if (rest.len > 0 && company.len > 0 && !names_company(rest, company))
		add_line(&lines, company, out);
	while (rest.s && rest.len > 0)
		add_line(&lines, str_trim(str_cut(&rest, '\n')), out);
}

static bool find_field(struct str name, const struct merge_fields *fields,
		       struct merge_name *out)
{
	int64_t id = -1;

	if (!fields)
		return false;
	if (str_starts(name, "MERGE"))
		(void)str_to_int((struct str){ name.s + 5, name.len - 5 }, &id);
	else if (str_starts(name, "MMERGE"))
		(void)str_to_int((struct str){ name.s + 6, name.len - 6 }, &id);

	for (size_t i = 0; i < fields->n; i++) {
		if (fields->v[i].id != id && !str_ieq(name, fields->v[i].tag))
			continue;
		*out = (struct merge_name){ .kind = NAME_SOURCE,
					    .source = SOURCE_FIELD,
					    .index = (int)i,
					    .field = &fields->v[i] };
		return true;
	}
	return false;
}

static bool find_source(struct str name, struct merge_name *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if (str_is(name, sources[i].name)) {
			*out = (struct merge_name){ .kind = NAME_SOURCE,
						    .source =
							    sources[i].source };
			return true;
		}
	return false;
}

static bool find_slot(struct str name, struct merge_name *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		if (str_is(name, slots[i].name)) {
			*out = (struct merge_name){ .kind = NAME_SLOT,
						    .slot = slots[i].slot };
			return true;
		}
	return false;
}

/* Texts of struct merge_facts by their names. */
static const char *fact_text(struct str name, const struct merge_facts *f)
{
	const struct {
		const char *name;
		const char *text;
	} facts[] = {
		{ "CAMPAIGN_UID", f->campaign_uid },
		{ "LIST:NAME", f->list_name },
		{ "LIST:UID", f->list_uid },
		{ "LIST:DESCRIPTION", f->list_reminder },
		{ "LIST:PHONE", f->list_phone },
		{ "LIST:URL", f->list_url },
		{ "LIST:SUBSCRIBE", f->list_subscribe },
		{ "LIST:COMPANY", f->company },
		{ "USER:COMPANY", f->company },
		{ "USER:PHONE", f->list_phone },
		{ "ABUSE_EMAIL", f->abuse_email },
		/* Known, and always empty here. */
		{ "LIST:ADDRESS_VCARD", "" },
		{ "LIST:ADDRESS_VCARD_HREF", "" },
		{ "REWARDS", "" },
		{ "REWARDS_TEXT", "" },
		{ "MC:TRANSLATE", "" },
		{ "ABOUT_LIST", "" },
		/* See html_toc.h. */
		{ "MC:TOC", "" },
		{ "MC:TOC_TEXT", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (str_is(name, facts[i].name))
			return or_empty(facts[i].text);
	return NULL;
}

/* Known, and always empty: pages of others that are not configured, and
 * machines that translate. */
static bool is_of_others(struct str name)
{
	static const char *const begins[] = { "TWITTER:", "FACEBOOK:",
					      "TRANSLATE:" };

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (str_starts(name, begins[i]))
			return true;
	return false;
}

/* A subject of another mail: its tags are about nobody here. */
static void add_without_tags(struct str text, bool html, struct strbuf *out)
{
	for (size_t at = 0; at < text.len; at++) {
		size_t tag = merge_tag_length(
			(struct str){ text.s + at, text.len - at });

		if (tag > 0)
			at += tag - 1;
		else if (html)
			strbuf_add_html(out, (struct str){ text.s + at, 1 });
		else
			strbuf_addch(out, text.s[at]);
	}
}

/* LIST:RECENTn: n subjects as a list. */
static bool find_recent(struct str name, const struct merge_how *how,
			struct merge_name *out, struct strbuf *text)
{
	const struct merge_facts *facts = how->facts;
	bool html = how->context == MERGE_HTML;
	int64_t n;

	if (!str_starts(name, "LIST:RECENT") ||
	    !str_to_int((struct str){ name.s + 11, name.len - 11 }, &n) ||
	    n < 1)
		return false;
	*out = (struct merge_name){ .kind = NAME_TEXT, .is_markup = html };
	if (html && facts->recent_n > 0)
		strbuf_addstr(text, "<ul>");
	for (size_t i = 0; i < facts->recent_n && (int64_t)i < n; i++) {
		strbuf_addstr(text, html ? "<li>" : i > 0 ? "\n" : "");
		add_without_tags(str_of(facts->recent[i]), html, text);
		strbuf_addstr(text, html ? "</li>" : "");
	}
	if (html && facts->recent_n > 0)
		strbuf_addstr(text, "</ul>");
	return true;
}

static bool find_address(struct str name, const struct merge_how *how,
			 struct merge_name *out, struct strbuf *text)
{
	bool html = how->context == MERGE_HTML;

	if (str_is(name, "LIST:ADDRESSLINE") ||
	    str_is(name, "LIST_ADDRESSLINE") ||
	    str_is(name, "LIST_ADDRESSLINE_TEXT") ||
	    str_is(name, "USER:ADDRESS")) {
		add_address(how->facts, ", ", false, text);
		*out = (struct merge_name){ .kind = NAME_TEXT };
		return true;
	}
	if (str_is(name, "LIST:ADDRESS") || str_is(name, "LIST:ADDRESS_HTML") ||
	    str_is(name, "LIST_ADDRESS_HTML")) {
		add_address(how->facts, html ? "<br>" : "\n", html, text);
		*out = (struct merge_name){ .kind = NAME_TEXT,
					    .is_markup = html };
		return true;
	}
	return false;
}

static bool find_date(struct str name, struct str as_written,
		      const struct merge_facts *facts, struct merge_name *out,
		      struct strbuf *text)
{
	char format[64];

	if (str_is(name, "CURRENT_YEAR")) {
		merge_date("Y", facts->send_ms, facts->zone, text);
	} else if (str_is(name, "MC:DATE")) {
		merge_date("m/d/Y", facts->send_ms, facts->zone, text);
	} else if (str_starts(name, "DATE:") &&
		   as_written.len - 5 < sizeof(format)) {
		/* Letters of a format have a case. */
		memcpy(format, as_written.s + 5, as_written.len - 5);
		format[as_written.len - 5] = '\0';
		merge_date(format, facts->send_ms, facts->zone, text);
	} else {
		return false;
	}
	*out = (struct merge_name){ .kind = NAME_TEXT };
	return true;
}

void merge_name_find(struct str name, struct str as_written,
		     const struct merge_how *how, struct merge_name *out,
		     struct strbuf *text)
{
	const struct merge_facts *facts = how->facts;
	const char *fact;

	*out = (struct merge_name){ .kind = NAME_UNKNOWN };
	if (find_source(name, out) || find_slot(name, out) ||
	    find_address(name, how, out, text) ||
	    find_recent(name, how, out, text) ||
	    find_date(name, as_written, facts, out, text))
		return;

	if (str_is(name, "MC:SUBJECT") || str_is(name, "MC_SUBJECT")) {
		strbuf_addstr(text, or_empty(facts->subject));
		out->kind = NAME_TEMPLATE;
	} else if (str_is(name, "MC_PREVIEW_TEXT")) {
		strbuf_addstr(text, or_empty(facts->preview_text));
		out->kind = NAME_TEMPLATE;
	} else if (str_is(name, "LIST:SUBSCRIBERS")) {
		strbuf_addint(text, facts->list_subscribers);
		out->kind = NAME_TEXT;
	} else if (is_of_others(name)) {
		out->kind = NAME_TEXT;
	} else if ((fact = fact_text(name, facts)) != NULL) {
		strbuf_addstr(text, fact);
		out->kind = NAME_TEXT;
	} else {
		(void)find_field(name, how->fields, out);
	}
}

void merge_name_upper(struct str name, struct strbuf *out)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.s[i];

		strbuf_addch(out, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
	}
}

void merge_cut_prefixes(struct str *upper, struct str *as_written,
			struct merge_prefixes *out)
{
	static const struct {
		const char *text;
		enum merge_case letters;
	} known[] = {
		{ "UPPER:", CASE_UPPER }, { "LOWER:", CASE_LOWER },
		{ "TITLE:", CASE_TITLE }, { "URL:", CASE_URL },
		{ "HTML:", CASE_AS_IS },
	};

	*out = (struct merge_prefixes){ CASE_AS_IS, false };
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t n = strlen(known[i].text);

		if (!str_starts(*upper, known[i].text))
			continue;
		if (known[i].letters == CASE_AS_IS)
			out->html = true;
		else
			out->letters = known[i].letters;
		*upper = (struct str){ upper->s + n, upper->len - n };
		*as_written =
			(struct str){ as_written->s + n, as_written->len - n };
		i = (size_t)-1; /* another may follow */
	}
}

static bool is_conditional(struct str upper)
{
	static const char *const begins[] = { "IF:", "IFNOT:", "ELSEIF:",
					      "INTERESTED:" };
	static const char *const wholes[] = { "ELSE", "ELSE:", "END:IF",
					      "END:INTERESTED" };

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (str_starts(upper, begins[i]) || str_is(upper, wholes[i]))
			return true;
	return false;
}

bool merge_name_is_conditional(struct str name)
{
	CLEANUP(strbuf_release) struct strbuf upper = STRBUF_INIT;

	merge_name_upper(name, &upper);
	return is_conditional(strbuf_str(&upper));
}

bool merge_name_is_known(struct str name, const struct merge_how *how)
{
	CLEANUP(strbuf_release) struct strbuf capitals = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	static const struct merge_facts no_facts;
	struct merge_how names = *how;
	struct merge_prefixes prefixes;
	struct merge_name found;
	struct str upper;

	names.facts = &no_facts;
	merge_name_upper(name, &capitals);
	upper = strbuf_str(&capitals);
	if (is_conditional(upper))
		return true;
	merge_cut_prefixes(&upper, &name, &prefixes);
	merge_name_find(upper, name, &names, &found, &text);
	return found.kind != NAME_UNKNOWN;
}

const char *merge_name_near(struct str name, const struct merge_fields *fields)
{
	CLEANUP(strbuf_release) struct strbuf given = STRBUF_INIT;
	struct VEC_FIELDS(const char *) names = VEC_INIT;
	const char *near;

	for (size_t i = 0; fields && i < fields->n; i++)
		vec_push(&names, fields->v[i].tag);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		vec_push(&names, sources[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		vec_push(&names, slots[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(often_used); i++)
		vec_push(&names, often_used[i]);
	vec_push(&names, NULL);
	strbuf_addslice(&given, name);
	near = near_name(given.buf, names.v);
	vec_release(&names);
	return near;
}
