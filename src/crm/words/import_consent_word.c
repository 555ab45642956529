/*
 * What a cell holds, in a column of consent: the usual words of yes, no and of
 * states. Called by import_scan.c and import_row.c, by way of import_consent.c.
 */
#include "crm/words/import_consent.h"

#include "base/cleanup.h"
#include "base/utf8.h"
#include "crm/words/import_date.h"

#include <string.h>

#define CELL_MAX 200 /* bytes of a word */
#define PART_MAX 60  /* of one that says "out" */

/* Between bars, as import_consent_key makes them. */
static const struct {
	enum consent_word word;
	const char *texts;
} texts[] = {
	{ CONSENT_BLANK,
	  "|-|--|\xe2\x80\x93|\xe2\x80\x94|null|nil|n/a|na|#n/a|nan|"
	  "(null)|\\n|undefined|(blank)|[null]|" },
	{ CONSENT_NONE,
	  "|none|(none)|none wanted|keine|keiner|keinen|keines|keins|"
	  "keine gewunscht|keiner gewunscht|ninguno|ninguna|aucun|aucune|"
	  "nessuno|nessuna|geen|brak|nenhum|nenhuma|ingen|inget|zadny|" },
	{ CONSENT_YES,
	  "|true|t|yes|y|x|on|ok|checked|set|ja|j|wahr|an|oui|o|vrai|si|s|"
	  "verdadero|vero|v|true()|wahr()|ein|waar|tak|prawda|sim|verdadeiro|"
	  "sant|sand|ano|evet|\u0434\u0430|\u0442\u0430\u043a|"
	  "\u0438\u0441\u0442\u0438\u043d\u0430|\u0646\u0639\u0645|"
	  "\xe2\x9c\x93|\xe2\x9c\x94|\xe2\x98\x91|\xe2\x9c\x85|\xe2\x88\x9a|"
	  "\xf0\x9f\x97\xb8|\xf0\x9f\x97\xb9|\xc3\x97|"
	  "\u662f|\u110b\u1168|\u1102\u1166|\u306f\u3044|"
	  "\u05db\u05df|\u0e43\u0e0a|\u0939\u093e|\u0939\u093e|co|ya|"
	  "igen|kylla|da|nai|\u03bd\u03b1\u03b9|\u540c\u610f|"
	  "\u1103\u1169\u11bc\u110b\u1174|\u5df2\u8ba2\u9605|"
	  "\u5e0c\u671b|" },
	{ CONSENT_NO,
	  "|false|f|no|n|off|unchecked|nein|falsch|aus|non|faux|falso|false()|"
	  "nee|onwaar|nie|falsz|nao|nej|nei|falskt|falsk|ne|hayir|"
	  "\u043d\u0435\u0442|\u043d\u0456|\u043b\u043e"
	  "\u0436\u044c|\u0644\u0627|"
	  "falsch()|\xe2\x9c\x97|\xe2\x9c\x98|\xe2\x98\x90|\xe2\x9d\x8c|"
	  "\xe2\x9c\x96|"
	  "\u5426|\u4e0d|\u110b\u1161\u1102\u1175\u110b\u1169|"
	  "\u110b\u1161\u1102\u1175\u110b\u116d|\u3044\u3044\u3048|"
	  "\u05dc\u05d0|\u0e44\u0e21|\u0e44\u0e21\u0e43\u0e0a|"
	  "\u0928\u0939\u0940|khong|tidak|nem|ei|nu|"
	  "\u03bf\u03c7\u03b9|\u3044\u3084|\u4e0d\u540c\u610f|"
	  "\u1106\u1175\u1103\u1169\u11bc\u110b\u1174|"
	  "\u1107\u1175\u1103\u1169\u11bc\u110b\u1174|" },
};

/* Between spaces, as their letters in one run. */
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
	  "uitgeschreven afgemeld wypisany wypisana descadastrado "
	  "descadastrada avregistrerad avprenumererad afmeldt avmeldt "
	  "odhlasen odhlasena postonly "
	  "\u043e\u0442\u043f\u0438\u0441\u0430\u043d "
	  "\u043e\u0442\u043f\u0438\u0441\u0430\u043b\u0441\u044f "
	  "\u0432\u0456\u0434\u043f\u0438\u0441\u0430\u043d\u0438\u0438 "
	  "\u1100\u1165\u1107\u116e "
	  "\u1109\u116e\u1109\u1175\u11ab\u1100\u1165\u1107\u116e "
	  "\u62d2\u5426 \u62d2\u6536 \u9000\u8ba2 \u9000\u8a02 "
	  "\u53d6\u6d88\u8ba2\u9605 \u53d6\u6d88\u8a02\u95b1 "
	  "\u914d\u4fe1\u505c\u6b62 \u4e0d\u8981 "
	  "\u5e0c\u671b\u3057\u306a\u3044 \u05d4\u05e1\u05e8 "
	  "\u05d4\u05d5\u05e1\u05e8 tuchoi huydangky "
	  "\u0e22\u0e01\u0e40\u0e25\u0e01 \u0e44\u0e21\u0e23\u0e1a "
	  "\u03b1\u03c0\u03bf\u03c7\u03c9\u03c1\u03b7\u03c3\u03b7 "
	  "odjavljen leiratkozott dezabonat "
	  "\u043e\u0442\u043a\u0430\u0437 "
	  "\u043e\u0442\u043a\u0430\u0437\u0430\u043b\u0441\u044f "
	  "\u043e\u0442\u043f\u0438\u0441\u0430\u043d\u0430 stop "
	  "uitschrijven afmelden avanmald frameldt peruutettu " },
	{ CONSENT_IN,
	  " subscribed subscriber optedin optin optsin allow allowed allows "
	  "send confirmed doubleoptin softbounced softbounce "
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

static bool is_listed(const char *list, struct str text, char mark)
{
	const char *at = list;

	if (text.len == 0)
		return false;
	while ((at = memmem(at, strlen(at), text.s, text.len))) {
		if (at[-1] == mark && at[text.len] == mark)
			return true;
		at++;
	}
	return false;
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

static enum consent_word word_of(struct str key)
{
	CLEANUP(strbuf_release) struct strbuf letters = STRBUF_INIT;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (is_listed(texts[i].texts, key, '|'))
			return texts[i].word;
	}
	for (size_t i = 0; i < key.len; i++) {
		if (import_is_letter(key.s[i]))
			strbuf_addch(&letters, key.s[i]);
		else if (key.s[i] >= '0' && key.s[i] <= '9')
			return CONSENT_WORD_UNKNOWN;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (is_listed(words[i].words, strbuf_str(&letters), ' '))
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
	for (size_t i = 0; i < key.len; i++) {
		if (import_is_letter(key.buf[i]))
			strbuf_addch(&letters, key.buf[i]);
	}
	return is_listed(words[0].words, strbuf_str(&letters), ' ');
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
