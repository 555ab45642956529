/*
 * crm/words/import_consent.h - columns of lists that say who wants no mail
 *
 * Private to crm/import*.c. Every program heads that column in its own way;
 * the words of English, German, French, Spanish and Italian are known here by
 * their stems, and the headers of exports of HubSpot, CiviCRM, Dynamics,
 * Salesforce, Brevo, phpList, Mailchimp, MailUp, Mailtrain, Sendy, listmonk and
 * Mautic. Words of other languages (import_language.h) are never certain, nor
 * is a word of consent beside one that has nothing to do with it. What is not
 * certain is asked about (crm/import/import_scan.h): a person who objected must
 * never come in as one who did not, because a header was new. That blank means
 * "out" (CONSENT_OPT_IN_ONLY), only a user says; no header does.
 *
 * Nothing here opts anybody in: what a cell says is "out", or nothing. Where a
 * user names the ground on which new people agreed, a column of agreement says
 * of whom that is true (import_consent_agrees).
 */
#ifndef CRM_IMPORT_CONSENT_H
#define CRM_IMPORT_CONSENT_H

#include "base/str.h"
#include "base/vec.h"

struct strbuf;

/* What a column is. Its name is what options and answers call it. */
enum import_consent {
	CONSENT_NO_COLUMN,
	CONSENT_OPT_OUT, /* yes or a date: out; no, blank, zero date: nothing */
	CONSENT_REASON,  /* of an opt-out: a text is out; a no is asked about */
	CONSENT_OPT_IN,  /* no: out; yes, a date, blank: nothing */
	CONSENT_OPT_IN_ONLY, /* yes, a date: nothing; blank and the rest: out */
	CONSENT_STATUS,      /* words: "unsubscribed" */
	CONSENT_VALUES,  /* what users said of its values, and nothing else */
	CONSENT_PHRASE,  /* a text: "... - do not email" (import_refusal.h) */
	CONSENT_IGNORED, /* a user said so */
	/* Of headers only. */
	CONSENT_OTHER,      /* of calls, faxes, SMS: only its texts count */
	CONSENT_ASIDE_OUT,  /* "unsubscribed from list ID": is one if its */
	CONSENT_ASIDE_IN,   /* "opt-in date": values are words of consent */
	CONSENT_LETTERS,    /* opt-outs of letters, if others are of mail */
	CONSENT_MAYBE_OUT,  /* looks like one: "blocked" */
	CONSENT_MAYBE_GONE, /* the dead, the deleted: "Is Deceased" */
	CONSENT_MAYBE_IN,   /* looks like one: "newsletter" */
	CONSENT_WHICH,      /* "newsletter edition": is one if some get none */
	CONSENT_MAYBE_STATE /* is one if its values are: "status", "active" */
};
const char *import_consent_name(enum import_consent consent);
/* Of those up to CONSENT_IGNORED; false: none of them. */
bool import_consent_named(struct str name, enum import_consent *out);

/* What the header of a column says about it. */
enum import_consent import_consent_header(struct str header);

/* Of a column that holds but yes and no: could the header, unknown as it is,
 * ask for consent? It is a question, names mail or a law, or is of a script of
 * which nothing is certain. */
bool import_consent_asks(struct str header);

/*
 * Does our own export have it beside the status of consent: when, by whom, how
 * or why something was said? In a file with all of them the status says all
 * that counts, and they are asked nothing.
 */
#define CONSENT_TOLD_COLUMNS 4
bool import_consent_is_told(struct str header);
/* Beside those: how it is shown that somebody agreed. */
bool import_consent_is_proof(struct str header);

/* Is it a column of consent whatever its values are? */
bool import_consent_is_sure(enum import_consent consent);

/* What a cell holds, whatever the column is. */
enum consent_word {
	CONSENT_BLANK, /* also "n/a", and dates of the year 0 */
	CONSENT_YES,
	CONSENT_NO,
	CONSENT_DATE,
	CONSENT_OUT, /* "unsubscribed": out by itself */
	CONSENT_IN,  /* "subscribed" */
	CONSENT_ACTIVE,
	CONSENT_INACTIVE,
	CONSENT_WORD_UNKNOWN,
	CONSENT_NONE,   /* "none": nothing is known, or none is wanted */
	CONSENT_EITHER, /* a cross: a mark, or a no; "jo" */
	CONSENT_WORDS
};
enum consent_word import_consent_word(struct str cell);

/* Is it a yes or a no of a language whose headers are not known for certain? */
bool import_consent_is_foreign(struct str cell);

/* What means another thing beside others of its column. */
enum consent_sign { SIGN_NONE, SIGN_CROSS, SIGN_PLUS, SIGN_DASH };
enum consent_sign import_consent_sign(struct str cell);

/* Does one of the values in a cell, between ; , | and lines, say "out"? */
bool import_consent_has_out(struct str cell);

/* The word as answers name it: without case, accents and blanks around.
 * Appended. */
void import_consent_key(struct str cell, struct strbuf *out);
/* The same of a value: of a long one its begin, which is all that questions
 * show. */
#define IMPORT_VALUE_SHOWN 120 /* bytes */
void import_consent_value_key(struct str cell, struct strbuf *out);

/* Of such a word: all beyond ASCII counts as one. */
static inline bool import_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* What such a word means in such a column. */
enum consent_meaning { CONSENT_NOTHING, CONSENT_SAYS_OUT, CONSENT_UNCLEAR };
#define CONSENT_MEANINGS (CONSENT_UNCLEAR + 1)
enum consent_meaning import_consent_meaning(enum import_consent consent,
					    enum consent_word word);

/* What a user said of a column's words. */
struct import_answer {
	const char *key; /* see import_consent_key */
	bool out;
};
struct import_answers VEC_FIELDS(struct import_answer);

/* Is there one for that cell? Of a blank one there is none. */
bool import_consent_answer(const struct import_answers *answers,
			   struct str cell, bool *out);

/* A cell: the answers first. */
enum consent_meaning import_consent_read(enum import_consent consent,
					 const struct import_answers *answers,
					 struct str cell);

/* Is it a column that can say that somebody agreed? */
bool import_consent_is_of_agreement(enum import_consent consent);
/* Does such a cell say so: yes, a date, "subscribed", or what a user said may
 * get mail? Blank and "none" say nothing. */
bool import_consent_agrees(enum import_consent consent,
			   const struct import_answers *answers,
			   struct str cell);

#endif
