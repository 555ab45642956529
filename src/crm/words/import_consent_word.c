/*
 * What a cell holds, in a column of consent: the usual words of yes, no and of
 * states. Called by import_scan.c and import_row.c, by way of import_consent.c.
 */
#include "crm/words/import_consent.h"

#include "base/cleanup.h"
#include "base/text/word_set.h"
#include "base/utf8.h"
#include "crm/words/import_date.h"
#include "crm/words/import_language.h"

#include <string.h>

#define CELL_MAX 200 /* bytes of a word */
#define PART_MAX 60  /* of one that says "out" */

/* Between bars, as import_consent_key makes them. Those of languages beyond
 * the five that are certain are in import_language.c. */
static const struct {
	enum consent_word word;
	const char *texts;
} texts[] = {
	{ CONSENT_BLANK, "|-|--|\xe2\x80\x93|\xe2\x80\x94|null|n/a|na|#n/a|nan|"
			 "(null)|\\n|undefined|(blank)|[null]|" },
	{ CONSENT_NONE, /* "nil" is Irish, too: no */
	  "|none|(none)|none wanted|keine|keiner|keinen|keines|keins|"
	  "keine gewunscht|keiner gewunscht|ninguno|ninguna|aucun|aucune|"
	  "nessuno|nessuna|geen|brak|nenhum|nenhuma|ingen|inget|zadny|zadne|"
	  "ziadny|ziadne|nil|" },
	{ CONSENT_YES,
	  "|true|t|yes|y|x|on|ok|checked|set|ja|j|wahr|an|oui|o|vrai|si|s|"
	  "verdadero|vero|v|true()|wahr()|ein|+|"
	  "\xe2\x9c\x93|\xe2\x9c\x94|\xe2\x98\x91|\xe2\x9c\x85|\xe2\x88\x9a|"
	  "\xf0\x9f\x97\xb8|\xf0\x9f\x97\xb9|\xc3\x97|" },
	{ CONSENT_NO,
	  "|false|f|no|n|off|unchecked|nein|falsch|aus|non|faux|falso|false()|"
	  "never|niemals|jamais|nunca|"
	  "falsch()|\xe2\x98\x90|" },
	{ CONSENT_EITHER, /* crosses, in boxes and without */
	  "|\xe2\x9c\x97|\xe2\x9c\x98|\xe2\x9d\x8c|\xe2\x9c\x96|"
	  "\xe2\x98\x92|\xe2\x98\x93|\xe2\xa8\xaf|\xf0\x9f\x97\xb4|"
	  "\xf0\x9f\x97\xb5|\xf0\x9f\x97\xb6|\xf0\x9f\x97\xb7|" },
};

/* Between spaces, as their letters in one run; CONSENT_OUT comes first. */
static const struct {
	enum consent_word word;
	const char *words;
} words[] = {
	{ CONSENT_OUT,
	  " unsubscribed unsubscribe unsub unsubscriber optedout optout "
	  "optsout optedoutofemail donotemail donotmail donotcontact "
	  "donotsend donotallow notallowed dontemail dontmail dontcontact "
	  "dontsend noemail noemails nomail nomarketing nonewsletter "
	  "blacklisted blacklist blocklisted blocklist denylisted suppressed "
	  "cleaned bounced bounce hardbounced hardbounce complained complaint "
	  "spam markedasspam spamcomplaint reportedspam spamreported abuse "
	  "nonsubscribed notsubscribed withdrawn revoked objected "
	  "abgemeldet abbestellt ausgetragen widersprochen widerrufen "
	  "keinewerbung keinemail keinemails keinnewsletter keinewerbemails "
	  "nichtzulassen nichterlaubt nichtkontaktieren werbesperre "
	  "werbewiderspruch nichtabonniert nichtangemeldet unzustellbar "
	  "desabonne desabonnee desinscrit desinscrite nonabonne nonabonnee "
	  "noninscrit noninscrite blackliste nepascontacter nepasautoriser "
	  "pasdemail pasdemailing pasdenewsletter "
	  "baja debaja dadodebaja dadadebaja desuscrito desuscripto "
	  "nosuscrito nocontactar noenviar nopermitir noautorizado rebotado "
	  "disiscritto disiscritta noniscritto noniscritta noncontattare "
	  "noninviare nonconsentire nonconsenti revocato rimbalzato "
	  "stoppub refuspub postonly dnc dnm stop "
	  "stopped nolonger notanymore notanylonger nichtmehr abmeldung " },
	{ CONSENT_IN,
	  " subscribed subscriber optedin optin optsin allow allowed allows "
	  "send confirmed doubleoptin softbounced softbounce maybesentto "
	  "darfemailsbekommen "
	  "abonniert angemeldet zulassen erlaubt erlauben bestatigt erteilt "
	  "abonne abonnee inscrit inscrite autoriser autorise confirme "
	  "suscrito suscrita suscripto alta permitir permitido autorizado "
	  "confirmado iscritto iscritta consentire consenti consentito "
	  "autorizzato confermato " },
	{ CONSENT_ACTIVE,
	  " active enabled aktiv aktiviert actif active activo activado "
	  "attivo attivato valid gultig valide valido " },
	{ CONSENT_INACTIVE,
	  " inactive disabled deactivated inaktiv deaktiviert gesperrt "
	  "blockiert "
	  "inactif desactive inactivo desactivado inattivo disattivato "
	  "blocked bloque bloqueado bloccato cancelled canceled cancelado "
	  "cancellato archived deleted pending unconfirmed refused rejected "
	  "declined denied removed nonmarketing nonmarketingcontact passif "
	  "passiv gekundigt geloscht resilie refuse rechazado rifiutato " },
};

void import_consent_key(struct str cell, struct strbuf *out)
{
	utf8_plain(utf8_trim(cell), out);
}

void import_consent_value_key(struct str cell, struct strbuf *out)
{
	cell = utf8_trim(cell);
	cell.len = utf8_prefix(cell, IMPORT_VALUE_SHOWN);
	import_consent_key(cell, out);
}

/* An entry of a list: the text between its marks. Appended; nothing, if it
 * cannot be one. */
static void add_entry(struct str text, char mark, struct strbuf *out)
{
	if (text.len == 0 || memchr(text.s, mark, text.len))
		return;
	strbuf_addch(out, mark);
	strbuf_addslice(out, text);
	strbuf_addch(out, mark);
}

static bool is_listed(const char *list, const struct strbuf *entry)
{
	return entry->len > 0 && strstr(list, entry->buf);
}

/* 1, -1, 1.0, 1,0: yes. Days since 1900 and seconds since 1970: a date. */
static bool read_number(struct str s, enum consent_word *out)
{
	char text[24];
	double n;

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	for (size_t i = 0; i < s.len; i++)
		text[i] = s.s[i] == ',' ? '.' : s.s[i];
	if (!str_to_double((struct str){ text, s.len }, &n))
		return false;
	if (n == 0)
		*out = CONSENT_NO;
	else if (n == 1 || n == -1)
		*out = CONSENT_YES;
	else if ((n > 30000 && n < 80000) || (n >= 1e8 && n < 1e14))
		*out = CONSENT_DATE;
	else
		*out = CONSENT_WORD_UNKNOWN;
	return true;
}

/*
 * Programs write a date that is not there as that of their year zero; nobody
 * unsubscribed before there was e-mail.
 */
static bool read_date(struct str s, enum consent_word *out)
{
	struct import_date date;

	if (!import_date_parse(s, DATE_ORDER_UNKNOWN, &date))
		return false;
	*out = date.year > 1970 || (date.year == 1970 && date.month > 1)
		       ? CONSENT_DATE
		       : CONSENT_BLANK;
	return true;
}

static bool is_foreign_entry(const struct strbuf *entry,
			     enum import_language_part part)
{
	const char *list;

	for (size_t i = 0; (list = import_language(i, part)); i++) {
		if (is_listed(list, entry))
			return true;
	}
	return false;
}

/* UNKNOWN: it is no yes and no no. */
static enum consent_word foreign_answer(const struct strbuf *entry)
{
	if (is_foreign_entry(entry, LANGUAGE_YES))
		return CONSENT_YES;
	if (is_foreign_entry(entry, LANGUAGE_NO))
		return CONSENT_NO;
	return is_foreign_entry(entry, LANGUAGE_EITHER) ? CONSENT_EITHER
							: CONSENT_WORD_UNKNOWN;
}

/* UNKNOWN: no list has it as it is. */
static enum consent_word whole_word(struct str key)
{
	CLEANUP(strbuf_release) struct strbuf entry = STRBUF_INIT;

	add_entry(key, '|', &entry);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (is_listed(texts[i].texts, &entry))
			return texts[i].word;
	}
	return foreign_answer(&entry);
}

/* Its letters, without blanks and other signs. */
static void add_letters(struct str key, struct strbuf *out)
{
	strbuf_addch(out, ' ');
	for (size_t i = 0; i < key.len; i++) {
		if (import_is_letter(key.s[i]))
			strbuf_addch(out, key.s[i]);
	}
	strbuf_addch(out, ' ');
}

static void add_out_words(struct word_set *set)
{
	const char *list;

	word_set_add_list(set, words[0].words, ' ');
	for (size_t i = 0; (list = import_language(i, LANGUAGE_SAYS_OUT)); i++)
		word_set_add_list(set, list, ' ');
}

/* letters: between blanks, as add_letters makes them. */
static bool is_out_word(const struct strbuf *letters)
{
	static struct word_set set = WORD_SET(add_out_words);

	return word_set_has(&set,
			    (struct str){ letters->buf + 1, letters->len - 2 });
}

static enum consent_word word_of(struct str key)
{
	CLEANUP(strbuf_release) struct strbuf letters = STRBUF_INIT;
	enum consent_word word = whole_word(key);

	if (word != CONSENT_WORD_UNKNOWN)
		return word;
	for (size_t i = 0; i < key.len; i++) {
		if (key.s[i] >= '0' && key.s[i] <= '9')
			return CONSENT_WORD_UNKNOWN;
	}
	add_letters(key, &letters);
	if (is_out_word(&letters))
		return CONSENT_OUT;
	for (size_t i = 1; i < ARRAY_SIZE(words); i++) {
		if (is_listed(words[i].words, &letters))
			return words[i].word;
	}
	return CONSENT_WORD_UNKNOWN;
}

/* Does one of several values in a cell, or all of it, say "out"? Nearly every
 * cell of a file comes here: what cannot be such a word ends at once. */
static bool is_out_part(struct str part)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf letters = STRBUF_INIT;

	part = utf8_trim(part);
	if (part.len < 4 || part.len > PART_MAX)
		return false;
	for (size_t i = 0; i < part.len; i++) {
		if ((part.s[i] >= '0' && part.s[i] <= '9') || part.s[i] == '@')
			return false;
	}
	import_consent_key(part, &key);
	add_letters(strbuf_str(&key), &letters);
	return is_out_word(&letters);
}

bool import_consent_has_out(struct str cell)
{
	size_t begin = 0;

	for (size_t i = 0; i <= cell.len; i++) {
		if (i < cell.len && !memchr(";,|\n", cell.s[i], 4))
			continue;
		if (is_out_part((struct str){ cell.s + begin, i - begin }))
			return true;
		begin = i + 1;
	}
	return false;
}

enum consent_word import_consent_word(struct str cell)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	enum consent_word word;

	cell = utf8_trim(cell);
	if (cell.len == 0)
		return CONSENT_BLANK;
	if (cell.len > CELL_MAX)
		return CONSENT_WORD_UNKNOWN;
	if (read_date(cell, &word) || read_number(cell, &word))
		return word;
	import_consent_key(cell, &key);
	return word_of(strbuf_str(&key));
}

bool import_consent_is_foreign(struct str cell)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf entry = STRBUF_INIT;

	cell = utf8_trim(cell);
	if (cell.len > CELL_MAX)
		return false;
	import_consent_key(cell, &key);
	add_entry(strbuf_str(&key), '|', &entry);
	return foreign_answer(&entry) != CONSENT_WORD_UNKNOWN;
}

enum consent_sign import_consent_sign(struct str cell)
{
	static const struct {
		enum consent_sign sign;
		const char *texts;
	} signs[] = {
		{ SIGN_CROSS, "|x|\xc3\x97|" },
		{ SIGN_PLUS, "|+|" },
		{ SIGN_DASH, "|-|\xe2\x80\x93|\xe2\x80\x94|" },
	};
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf entry = STRBUF_INIT;

	import_consent_key(cell, &key);
	add_entry(strbuf_str(&key), '|', &entry);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (is_listed(signs[i].texts, &entry))
			return signs[i].sign;
	}
	return SIGN_NONE;
}
