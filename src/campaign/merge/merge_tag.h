/*
 * campaign/merge/merge_tag.h - Mailchimp's merge tags: compiled once, rendered
 * for each recipient
 *
 * A text with tags (`*|FNAME|*`, `*|IF:PLAN=pro|*` ...) is compiled into a flat
 * list of operations: literals (all that is the same for everybody is already
 * in them), values of the recipient, jumps of conditionals, and slots, which
 * the caller fills (links, pixel, unsubscribe address).
 *
 * A value is escaped by where it stands: the compiler follows the HTML around
 * it (text, quoted or bare attribute, link, style). Values are never expanded
 * again, control and bidirectional-override characters in them are dropped.
 *
 * Nothing an author writes makes compiling fail: an unknown tag, and what looks
 * like a tag and is none, stays as it is, an unclosed conditional ends at the
 * end, and each is told in `problems` with line and column. Only limits fail.
 * Tags that only an editor's markup or blanks split are mended.
 *
 *     struct merge_piece piece = { .text = str_of(html) };
 *     merge_compile(&piece, 1, &how, &program, NULL, err);
 *     merge_render(program, &person, &html);
 *
 * A program is immutable: any number of threads may render it at once.
 */
#ifndef CAMPAIGN_MERGE_TAG_H
#define CAMPAIGN_MERGE_TAG_H

#include "base/strbuf.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct merge_program;
struct time_zone;

/* --- what the tags can name --- */

/* One merge field of the audience. */
struct merge_field {
	int64_t id; /* MERGEn, MMERGEn */
	const char *tag;
	const char *type;          /* "text", "date", ... */
	const char *default_value; /* "" if none */
	const char *date_format;   /* of a date: "MM/DD/YYYY"; "" if none */
};

struct merge_fields {
	const struct merge_field *v;
	size_t n;
};

/* What the members of the audience may choose, for INTERESTED:. */
struct merge_interest {
	int64_t id;
	const char *category, *name;
};

/* All that is the same for every recipient. NULL means "". */
struct merge_facts {
	const char *campaign_uid;
	const char *subject; /* may hold tags itself */
	const char *preview_text;
	const char *list_name;
	const char *list_uid;
	const char *list_reminder; /* LIST:DESCRIPTION */
	const char *list_phone;
	const char *list_url;
	const char *list_subscribe; /* where its form is */
	/* What the list was sent last, the newest first, for LIST:RECENTn. */
	const char *const *recent;
	size_t recent_n;
	int64_t list_subscribers;
	const char *company; /* LIST:COMPANY, USER:COMPANY */
	const char *address; /* postal, lines separated by \n */
	const char *abuse_email;
	const struct merge_interest *interests;
	size_t interests_n;
	bool knows_interests; /* else INTERESTED: fits nobody, and nothing is
				 told of it */
	int64_t send_ms;      /* MC:DATE, DATE:X, CURRENT_YEAR */
	const struct time_zone *zone; /* in which those are; NULL: UTC */
	/* Of the audience's campaigns, as its owner gave it; no tag names it,
	 * but what is added to the text is in it. */
	const char *language;
	/* How the readers of the mail write dates, days without a year, and
	 * fractions; NULL: as each field says ("MM/DD/YYYY"), and with a point.
	 * These must outlive the program. */
	const char *date_format, *day_format, *decimal;
};

/* One recipient. */
struct merge_person {
	struct str address;
	struct str unique_id;     /* EMAIL_UID, UNIQID */
	int64_t optin_ms;         /* OPTIN_DATE; 0: none */
	struct str language;      /* MC_LANGUAGE; empty: not known */
	const int64_t *interests; /* that they have chosen */
	size_t interests_n;
	const struct str
		*values;   /* one a field, in the order of merge_fields */
	bool archive_page; /* rendered for the browser, not for a mail */
	void *owner;       /* the caller's, for its slot function */
};

/* The merge fields of an audience, in the order of their ids; they live in
 * arena. */
int merge_fields_load(struct db *db, int64_t list_id, struct arena *arena,
		      struct merge_fields *out, struct err *err);

/*
 * The values of a member (column member.merge, {"1": "Ann"}) in the order of
 * fields; an address becomes one line, a number its digits. Broken JSON gives
 * empty values. They live in arena.
 */
const struct str *merge_values_read(const struct merge_fields *fields,
				    struct str merge_json, struct arena *arena);

/* --- compiling --- */

enum merge_context {
	MERGE_HTML,   /* a document or a part of one that starts in text */
	MERGE_PLAIN,  /* text/plain */
	MERGE_HEADER, /* no line breaks: subject, names */
	MERGE_URL,    /* a link target, not entity-encoded; values are
			 percent-encoded behind its scheme */
};

enum merge_slot {
	MERGE_SLOT_NONE, /* the piece is text */
	MERGE_SLOT_UNSUB,
	MERGE_SLOT_PROFILE,
	MERGE_SLOT_ARCHIVE,
	MERGE_SLOT_FORWARD,
	MERGE_SLOT_LINK,  /* number: which one */
	MERGE_SLOT_PIXEL, /* and what else the caller likes */
	MERGE_SLOT_NOTE,  /* before the author's text; no tag names it */
};

/*
 * Pieces are compiled as one text: conditionals and HTML context go on from
 * one to the next; only a tag may not span two. A slot as a piece of its own
 * is how rewritten links get in (campaign/html/html_links.h).
 */
struct merge_piece {
	struct str text;
	enum merge_slot slot;
	int number; /* handed to the slot function */
};

/*
 * Appends what stands at the slot: a URL, or markup, that is right in HTML
 * and text as it is (no & < > " or white space in URLs). `owner` is that of
 * the person.
 */
typedef void (*merge_slot_fn)(void *owner, enum merge_slot slot, int number,
			      struct strbuf *out);

struct merge_how {
	enum merge_context context;
	/* Output is quoted-printable (RFC 2045 section 6.7) with CRLF lines:
	 * literals are encoded once, at compile time. */
	bool quoted_printable;
	const struct merge_fields *fields; /* must outlive the program */
	const struct merge_facts *facts;   /* copied where used */
	merge_slot_fn slot_fn;             /* NULL: slots are empty */
};

/* What is wrong with a text; none of it stops a send. */
struct merge_problem {
	size_t line, column; /* from 1, column in bytes; of the mended text */
	const char *text;    /* "There is no tag FNAM (did you mean FNAME?)" */
	const char *tag;     /* as written: "*|FNAM|*" */
};
struct merge_problems VEC_FIELDS(struct merge_problem);

#define MERGE_SOURCE_MAX (8u * 1024 * 1024)
#define MERGE_OUTPUT_MAX (32u * 1024 * 1024)
#define MERGE_NESTING_MAX 32
#define MERGE_PROBLEMS_MAX 50

/*
 * problems may be NULL (then arena too); its texts live in arena. *out is the
 * caller's to free. ERR_INVALID: text too long, conditionals nested too deep.
 */
int merge_compile(const struct merge_piece *pieces, size_t n,
		  const struct merge_how *how, struct arena *arena,
		  struct merge_program **out, struct merge_problems *problems,
		  struct err *err);
void merge_program_free(struct merge_program **program);

/*
 * The text with whole tags for those that are known once white space, invisible
 * characters and, in HTML, the markup of words is taken out of them:
 * `*| FNAME |*`, `*|FN<b>AME</b>|*` (the markup goes around the tag, in its
 * order). merge_compile does it with each piece; before, for whoever looks at
 * the text first. Only context and fields of `how` count. Lives in arena, or is
 * the text itself.
 */
struct str merge_mended(struct str text, const struct merge_how *how,
			struct arena *arena);
/* Appends it, if there is anything to mend; else returns false. */
bool merge_mend(struct str text, const struct merge_how *how,
		struct strbuf *out);

/* A text in which no tag is replaced: each, and all that looks like one, is a
 * problem. */
void merge_find_raw(struct str text, const struct merge_how *how,
		    struct arena *arena, struct merge_problems *problems);

/*
 * Which fields leave a hole for who has no value of them: holes[i] becomes true
 * for the field of that index if a reader would see its value, outside of the
 * branches that are for who has one, and it has no default. It never becomes
 * false.
 */
void merge_find_holes(const struct merge_program *program,
		      const struct merge_fields *fields, bool *holes);

/* --- rendering --- */

/* Does it ask for the interests of a person? */
bool merge_wants_interests(const struct merge_program *program);

/*
 * Append the text for one recipient. Returns 0, or -1 if the output would pass
 * MERGE_OUTPUT_MAX (out then holds a part).
 */
int merge_render(const struct merge_program *program,
		 const struct merge_person *person, struct strbuf *out);

/* PHP's date(): the letters of `format` for that time, in a zone (NULL: UTC).
 * Appends. */
void merge_date(const char *format, int64_t ms, const struct time_zone *zone,
		struct strbuf *out);

#endif
