/*
 * reader/reader_text.h - what readers of mails are told, in their language
 *
 * A reader is whoever gets mail: no user of ours, and nobody who chose a
 * language here. These are the words of the footer that a mail gets, of the
 * pages behind its links, of signing up, and of what goes wrong there. One file
 * a language (german.c ...); each has every text, with the same merge tags (a
 * test looks). Texts are plain: who puts them into HTML escapes them. They say
 * who sends, and never "list", which is a word of ours.
 */
#ifndef READER_TEXT_H
#define READER_TEXT_H

#include <stdbool.h>

struct strbuf;

enum reader_text {
	/* of the footer */
	READER_SENT_TO,
	READER_UNSUBSCRIBE,    /* also a button */
	READER_UNSUBSCRIBE_AT, /* of a plain text */
	READER_PREFERENCES,
	READER_PREFERENCES_AT, /* of a plain text */
	/* of the pages behind its link */
	READER_SUBSCRIPTION,
	READER_LIST,
	READER_SENDER,
	READER_ADDRESS,
	READER_WANTS_NO_MORE,
	READER_INSTEAD, /* a link: to get something else */
	READER_HAS_LEFT,
	READER_IS_OUT,
	READER_IS_TEST,
	READER_TAKE_BACK,     /* a button */
	READER_IS_TAKEN_BACK, /* by the audience; the CRM may know better */
	READER_CANNOT_TAKE_BACK,
	READER_LANGUAGE,
	READER_SAVE, /* a button */
	READER_SAVED,
	READER_WHY, /* they leave: one of the next, which are choices */
	READER_WHY_UNWANTED,
	READER_WHY_UNASKED,
	READER_WHY_UNFIT,
	READER_WHY_OFTEN,
	READER_MOVE, /* a button */
	READER_MOVE_NEW,
	READER_MOVE_ASKED,
	/* of the mail to a new address, and its page */
	READER_MOVE_SUBJECT,
	READER_MOVE_MAIL,
	READER_MOVE_LINK, /* also a button */
	READER_MOVE_IGNORE,
	READER_MOVE_ASK,
	READER_MOVED,
	READER_TOLD_SUBJECT,
	READER_TOLD_MAIL,
	/* of the page where people sign up */
	READER_SIGN_UP,     /* a button */
	READER_CONSENT,     /* to what; above the button */
	READER_PERMISSIONS, /* above the ways to be contacted, ... */
	READER_BY_EMAIL,    /* ... which are usually these */
	READER_BY_POST,
	READER_BY_ADS,
	READER_EMAIL,
	READER_REQUIRED, /* behind a label */
	READER_CHOOSE,
	READER_DAY,
	READER_MONTH,
	READER_STREET,
	READER_STREET_MORE,
	READER_CITY,
	READER_STATE,
	READER_ZIP,
	READER_COUNTRY,
	READER_FORMAT,
	READER_PLAIN_TEXT,
	READER_TRAP, /* of a field that people do not see */
	READER_FIX,
	READER_ONCE_MORE,
	READER_NEED_VALUE,
	READER_NEED_EMAIL,
	READER_NEED_NUMBER,
	READER_NEED_DATE,
	READER_NEED_DAY,
	READER_NEED_URL,
	READER_NEED_CHOICE,
	READER_NEED_ADDRESS,
	READER_TOO_LONG,
	READER_ALMOST, /* a title; the next is what to do */
	READER_ALMOST_MORE,
	READER_SIGNED_UP, /* same */
	READER_SIGNED_UP_MORE,
	READER_CONFIRM_ASK,
	READER_CONFIRM, /* a button */
	READER_CONFIRMED,
	READER_CONFIRM_OVER,
	/* of the mails about that */
	READER_CONFIRM_SUBJECT,
	READER_CONFIRM_MAIL,
	READER_CONFIRM_LINK,
	READER_CONFIRM_IGNORE,
	READER_KNOWN_SUBJECT,
	READER_KNOWN_MAIL,
	/* of who has a copy of a mail */
	READER_IS_COPY,
	READER_FORWARD, /* a title */
	READER_FORWARD_NAME,
	READER_FORWARD_TO,
	READER_FORWARD_TO_HELP,
	READER_FORWARD_WORDS,
	READER_FORWARD_SEND, /* a button */
	READER_FORWARD_DONE,
	READER_CANNOT_FORWARD,
	READER_TOO_MANY,
	READER_NO_WEB,
	READER_FORWARD_BY, /* the name is behind it */
	READER_FORWARD_OVER,
	/* of the archive */
	READER_ARCHIVE, /* a title */
	READER_ARCHIVE_NONE,
	READER_OLDER,
	/* what fields are called, unless they were given other names */
	READER_FIRST_NAME,
	READER_LAST_NAME,
	READER_POSTAL,
	READER_PHONE,
	READER_BIRTHDAY,
	/* a title and what to do about it */
	READER_NO_LINK,
	READER_NO_LINK_MORE,
	READER_BUSY,
	READER_BUSY_MORE,
	READER_FAILED,
	READER_FAILED_MORE,
	READER_TEXTS,
};

struct reader_language {
	const char *tag;  /* BCP 47: the primary subtag */
	const char *name; /* as its speakers call it */
	bool rtl;
	/* How its readers write dates (DD.MM.YYYY) and days without a year;
	 * NULL: in more than one way, so that it must be told. */
	const char *date_format, *day_format;
	const char *decimal; /* between a number and its fraction */
	const char *text[READER_TEXTS];
};

/* Appends a text with the name of who sends where it has *|LIST:COMPANY|*. */
void reader_text_fill(const char *text, const char *company,
		      struct strbuf *out);

const char *reader_direction(const struct reader_language *language);

/*
 * By the primary subtag, also in the spelling of the Marketing API ("pt_PT").
 * NULL: it is not spoken here, or tag is NULL, "" or "und".
 */
const struct reader_language *reader_language_find(const char *tag);
/* The one that a browser's Accept-Language likes best; English if it likes none
 * of them, or header is NULL. */
const struct reader_language *reader_language_accepted(const char *header);
const struct reader_language *reader_language_english(void);

#define READER_LANGUAGES 9
/* Its place among all of them. */
int reader_language_place(const struct reader_language *language);

/* All of them, NULL behind the last. */
extern const struct reader_language *const reader_languages[];

#endif
