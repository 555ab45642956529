/*
 * campaign/merge/merge_private.h - the program that merge tags are compiled
 * into
 *
 * Shared by merge_compile.c (tags to operations), merge_scan.c (what looks like
 * a tag), merge_name.c (what a name stands for), merge_escape.c and
 * merge_render.c.
 */
#ifndef CAMPAIGN_MERGE_PRIVATE_H
#define CAMPAIGN_MERGE_PRIVATE_H

#include "campaign/html/html_scan.h"
#include "campaign/merge/merge_tag.h"

/* How a value is made harmless where it stands. */
enum merge_escape {
	ESCAPE_NONE,   /* HTML: the author wants markup */
	ESCAPE_MARKUP, /* text and quoted attributes */
	ESCAPE_BARE,   /* attribute without quotes */
	ESCAPE_CODE,   /* style, script, names: what could end it is dropped */
	ESCAPE_URL,    /* a part of a URL */
	ESCAPE_URL_WHOLE,  /* where a URL begins; HTML attribute */
	ESCAPE_LINK_WHOLE, /* the same, outside HTML */
	ESCAPE_MAILTO,     /* as ESCAPE_URL, @ stays */
	ESCAPE_PLAIN,
	ESCAPE_HEADER, /* one line */
};

enum merge_case { CASE_AS_IS, CASE_UPPER, CASE_LOWER, CASE_TITLE, CASE_URL };

enum merge_form { FORM_TEXT, FORM_DATE, FORM_NUMBER };

enum merge_source {
	SOURCE_FIELD, /* index: which */
	SOURCE_ADDRESS,
	SOURCE_UNIQUE_ID,
	SOURCE_OPTIN_DATE,
	SOURCE_LANGUAGE,
	SOURCE_LANGUAGE_LABEL,
	SOURCE_INTERESTS,    /* conditions only: start, len of interests */
	SOURCE_ARCHIVE_PAGE, /* conditions only: "1" or "" */
	SOURCE_CONSTANT,     /* conditions only: resolved by the compiler */
};

enum merge_op_kind {
	OP_LITERAL, /* text [start, start + len) of program.text */
	OP_VALUE,   /* index: of values */
	OP_SLOT,
	OP_JUMP,   /* to op `target` */
	OP_UNLESS, /* condition index; if it does not hold, to `target` */
};

struct merge_op {
	enum merge_op_kind kind;
	enum merge_slot slot;
	int index; /* or the slot's number */
	size_t start, len, target;
};

struct merge_value {
	enum merge_source source;
	int index;
	enum merge_case letters;
	enum merge_escape escape;
	enum merge_form form;
	const char *date_format, *day_format; /* of a date; NULL: as it is */
	const char *decimal;                  /* of a number; NULL: as it is */
	size_t start, len;                    /* the default, escaped */
};

enum merge_compare {
	COMPARE_SET,
	COMPARE_EQUAL,
	COMPARE_UNEQUAL,
	COMPARE_LESS,
	COMPARE_AT_MOST,
	COMPARE_MORE,
	COMPARE_AT_LEAST,
};

struct merge_condition {
	enum merge_source source;
	int index;
	enum merge_compare compare;
	bool negated;
	bool is_number;
	double number;
	size_t start, len; /* what it is compared with, case folded */
};

struct merge_program {
	struct strbuf text;
	struct VEC_FIELDS(struct merge_op) ops;
	struct VEC_FIELDS(struct merge_value) values;
	struct VEC_FIELDS(struct merge_condition) conditions;
	struct VEC_FIELDS(int64_t) interests; /* of conditions */
	bool quoted_printable;
	merge_slot_fn slot_fn;
};

/* --- merge_escape.c --- */

/* All append to *out. */
void merge_escape_value(struct str value, enum merge_escape escape,
			struct strbuf *out);
void merge_change_case(struct str value, enum merge_case letters,
		       struct strbuf *out);
/* Complete lines of quoted-printable; without a line break at the end of
 * text, a soft one is added, so that what follows starts a line. */
void merge_quote_printable(struct str text, struct strbuf *out);

/* --- merge_name.c --- */

enum merge_name_kind {
	NAME_UNKNOWN,
	NAME_SOURCE, /* a value of the recipient */
	NAME_TEXT,   /* the same for everybody: *text */
	NAME_SLOT,
	NAME_TEMPLATE, /* the same for everybody, but with tags in it */
};

struct merge_name {
	enum merge_name_kind kind;
	enum merge_source source;
	int index;
	const struct merge_field *field;
	enum merge_slot slot;
	bool is_markup; /* text is HTML already */
};

/* What a name (upper case, without prefixes) stands for; appends to text. */
void merge_name_find(struct str name, struct str as_written,
		     const struct merge_how *how, struct merge_name *out,
		     struct strbuf *text);
/* IF:..., ELSE:, END:IF ..., as written. */
bool merge_name_is_conditional(struct str name);
/* A name as written, with its prefixes, or a conditional's. */
bool merge_name_is_known(struct str name, const struct merge_how *how);

/* The prefixes of a name (UPPER:, HTML: ...). */
struct merge_prefixes {
	enum merge_case letters;
	bool html;
};
/* Cuts them from the name in capitals, and from that as written. */
void merge_cut_prefixes(struct str *upper, struct str *as_written,
			struct merge_prefixes *out);
/* In capitals, ASCII only, so that both keep the same length. Appends. */
void merge_name_upper(struct str name, struct strbuf *out);
/* The name that a misspelt one may have meant; NULL: none is near. */
const char *merge_name_near(struct str name, const struct merge_fields *fields);

/* --- merge_scan.c --- */

enum merge_likeness {
	MERGE_LIKE_TAG,   /* it is one, known or not */
	MERGE_LIKE_SPLIT, /* only blanks and an editor's markup keep it from
			     being one that is known */
	MERGE_LIKE_NONE,  /* a reader would see it as it stands */
};

/*
 * All that begins or ends like a tag, from the first to the last:
 *
 *     struct merge_scan scan = MERGE_SCAN(text, how);
 *     while (merge_scan_next(&scan))
 *             ...
 *     merge_scan_release(&scan);
 *
 * With both signs, however they are spelt (*| &#42;&#124; *%7C), it is told
 * whatever stands between; where one is missing or cut off, only if the rest
 * reads as a name: a known one, or capitals. merge_tag_test.c has the table.
 */
struct merge_scan {
	const struct merge_how *how; /* whose facts are there */
	struct str text;
	bool is_html;
	size_t at;   /* where the next one is looked for */
	size_t done; /* what is before was told */

	/* The one that was found. */
	enum merge_likeness likeness;
	size_t found; /* where it begins */
	struct str written;
	/* Of a tag that is split: as it should be, and the markup in it, which
	 * is to stand around it: in its order, and cut where it stays balanced
	 * also in the branches of a conditional. */
	struct strbuf name, markup;
	size_t before; /* bytes of the markup that go before the tag */
	size_t first_end, last_end;
	bool is_spelt;
};
#define MERGE_SCAN(text_, how_)                                                \
	{                                                                      \
		.how = (how_), .text = (text_),                                \
		.is_html = (how_)->context == MERGE_HTML, .name = STRBUF_INIT, \
		.markup = STRBUF_INIT                                          \
	}
bool merge_scan_next(struct merge_scan *scan);
void merge_scan_release(struct merge_scan *scan);

/* --- merge_interest.c --- */

/* Has the person chosen one of those? */
bool merge_has_chosen(const struct merge_program *program,
		      const struct merge_condition *condition,
		      const struct merge_person *person);

/* --- merge_language.c --- */

/* "de" is German, "pt-BR" Portuguese; of one that nobody knows, its code. */
struct str merge_language_label(struct str code);

/* --- merge_render.c --- */

/* A value as it is, before case and escapes; scratch may be used. */
struct str merge_source_text(const struct merge_person *person,
			     enum merge_source source, int index,
			     struct strbuf *scratch);
/* Does `value` compare so with `with` (is_number: with `number`)? An empty one
 * never does, not even as unequal. */
bool merge_compare_text(struct str value, enum merge_compare compare,
			struct str with, bool is_number, double number);
/* As its form and the language of the mail have it: YYYY-MM-DD or MM/DD, or a
 * number, by the formats of `how`; another text as it is. Appends. */
void merge_format_value(const struct merge_value *how, struct str value,
			struct strbuf *out);

#endif
