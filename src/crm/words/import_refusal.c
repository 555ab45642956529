#include "crm/words/import_refusal.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/text/word_set.h"
#include "base/utf8.h"

#include <string.h>

#define ASCII_MOST 200 /* bytes of a cell that is looked at without a copy */

/*
 * By the letter that they begin with, as import_plain_words writes them,
 * between bars. en de fr es it nl pl pt sv da no cs tr.
 */
static const char *const phrases[26] = {
	['a' - 'a'] =
		"|asked to be removed|asked to be taken off|asked us to remove|"
		"asked not to be|aus dem verteiler|aus verteiler|"
		"aus dem mailing|abgemeldet|abmelden|abbestellt|ausgetragen|"
		"afgemeld|avregistrerad|avprenumererad|avprenumerera|afmeldt|"
		"avmeldt|abonelikten cik|abonelikten cikti|avliden|avlidna|"
		"afdod|avdod|aus der liste streichen|aus der liste gestrichen|"
		"aus der liste nehmen|aus der liste genommen|"
		"aus der liste entfernen|aus der liste entfernt|"
		"aus der liste loschen|aus der liste geloscht|",
	['b' - 'a'] =
		"|bitte streichen|blocked|"
		"bitte loschen|bitte entfernen|bittet um loschung|blacklisted|"
		"blocklisted|baja solicitada|baja de la newsletter|"
		"baja newsletter|baja del boletin|baja de emails|",
	['c' - 'a'] =
		"|cerrar la suscripcion|chiede di essere rimosso|"
		"chiede di essere cancellato|chiede la cancellazione|"
		"consent withdrawn|consent revoked|consent refused|"
		"consent denied|consent declined|cancelou a inscricao|"
		"cancelou a subscricao|cancellato dalla newsletter|"
		"cancellata dalla newsletter|cancellare dalla newsletter|"
		"cancellare dalla lista|cancelar suscripcion|"
		"cancelo la suscripcion|contacter par courrier uniquement|",
	['d' - 'a'] =
		"|demande a ne plus recevoir|demande a etre retire|"
		"demande a etre retiree|demande a etre desinscrit|do not email|"
		"do not e mail|do not mail|do not contact|do not send email|"
		"do not send emails|do not send e mail|do not send e mails|"
		"do not send mail|do not send mails|do not send any|"
		"do not send newsletter|do not send newsletters|"
		"do not send marketing|do not send anything|do not market|"
		"do not write|do not spam|do not newsletter|donotemail|"
		"donotcontact|donotmail|do not want email|do not want emails|"
		"do not want mail|do not want mails|do not want any|"
		"do not want newsletter|do not want the newsletter|"
		"do not want newsletters|do not want marketing|"
		"does not want email|does not want emails|does not want mail|"
		"does not want any|does not want newsletter|"
		"does not want the newsletter|does not want newsletters|"
		"does not want marketing|does not wish to be contacted|"
		"does not wish to receive|don t email|don t e mail|don t mail|"
		"don t contact|don t send email|don t send emails|"
		"don t send mail|don t send newsletter|don t send newsletters|"
		"don t send marketing|don t send anything|dont email|dont mail|"
		"dont contact|doesn t want email|doesn t want emails|"
		"doesn t want mail|doesn t want any|doesn t want newsletter|"
		"doesn t want the newsletter|doesn t want newsletters|"
		"doesn t want to be contacted|does not want to be contacted|"
		"doesn t want to receive|does not want to receive|desinscrit|"
		"desinscrite|desinscrits|desinscrire|desabonne|desabonnee|"
		"desabonner|demande de desinscription|demande desinscription|"
		"desinscription demandee|dado de baja|dada de baja|"
		"darse de baja|dar de baja|desuscrito|desuscrita|dessuscrito|"
		"desuscribir|desuscribirse|disiscritto|disiscritta|"
		"disiscrivere|disiscrizione richiesta|does not consent|"
		"do not consent|did not consent|didn t consent|doesn t consent|"
		"don t consent|does not agree|did not agree|declined marketing|"
		"declined emails|descadastrado|descadastrada|descadastrar|"
		"deceased|died|decede|decedee|decedes|deceduto|deceduta|"
		"difunto|difunta|defunt|defunte|defunto|defunta|",
	['e' - 'a'] = "|einwilligung widerrufen|e mail unerwunscht|est mort|"
		      "est morte|",
	['f' - 'a'] =
		"|fallecido|fallecida|fallecio|falecido|falecida|faleceu|",
	['g' - 'a'] =
		"|gdpr objection|gdpr erasure|gesperrt|geloscht auf "
		"wunsch|gestrichen auf wunsch|"
		"geen mails|geen e mails|geen emails|geen nieuwsbrief|"
		"geen nieuwsbrieven|geen reclame|geen mailings|geen mailing|"
		"gegen werbung widersprochen|gestorben|",
	['h' - 'a'] = "|huy dang ky|",
	['i' - 'a'] =
		"|inga mejl|inga mail|inga utskick|inga nyhetsbrev|"
		"inget nyhetsbrev|ingen mails|ingen nyhedsbrev|"
		"ingen nyhedsbreve|ingen nyhetsbrev|ingen reklame|ingen reklam|"
		"ikke send|ikke kontakt|ikke kontaktes|inscricao cancelada|"
		"is dead|ist tot|",
	['k' - 'a'] =
		"|khong gui|keine post|"
		"keine infopost|keine rundmail|keine angebote|kein kontakt|"
		"keinen kontakt|keine weiteren mails|keine weiteren e mails|"
		"keine mails|keine emails|keine e mails|keine email senden|"
		"keine mail senden|keine e mail senden|keine newsletter|"
		"kein newsletter|keinen newsletter|keine werbung|"
		"keine zustimmung|keine einwilligung|keine erlaubnis|"
		"keine werbemails|keine werbe mails|keine mailings|"
		"kein mailing|keine infomails|keine rundmails|"
		"keine rundschreiben|kein kontakt gewunscht|"
		"keinen kontakt mehr|keine kontaktaufnahme|kontakta inte|"
		"kontakt unerwunscht|keine infos mehr|keine informationen "
		"mehr|",
	['m' - 'a'] =
		"|mochte nicht mehr|mochte keine|mochte keinen|"
		"mochte nichts mehr|marked as spam|mailsperre|mailingsperre|",
	['n' - 'a'] =
		"|nur telefon|nur telefonisch|nur per telefon|nur per post|nur "
		"postalisch|nur brieflich|"
		"no contact|no further emails|no further mails|"
		"no further mailings|no longer interested|nicht mehr gewunscht|"
		"nicht gewunscht|nie wieder|no quiere que le escriban|"
		"no desea mas|no emails|no e mails|no more email|"
		"no more emails|no more e mails|no more mail|no more mails|"
		"no mailings|no mailing|no newsletter|no newsletters|"
		"no marketing|no consent|not consented|never consented|"
		"no longer consents|no permission to|ne consent pas|"
		"ne veut pas de mail|ne veut pas de mails|ne veut pas d email|"
		"ne veut pas d emails|ne veut pas d e mail|"
		"ne veut pas d e mails|no consiente|no acepta|non consente|"
		"non acconsente|non autorizza|nicht einverstanden|"
		"nicht zugestimmt|nicht erwunscht|no bulk|no spam|never email|"
		"never contact|not to be contacted|not to be emailed|"
		"not subscribed|no longer wants|no longer wishes|not opted in|"
		"noemails|nomarketing|nicht anschreiben|nicht kontaktieren|"
		"nicht anmailen|nicht mehr anschreiben|nicht mehr kontaktieren|"
		"nicht mehr anmailen|nicht mailen|nicht per mail|"
		"nicht per e mail|nicht per email|nichts schicken|"
		"nichts senden|nichts mehr schicken|nichts mehr senden|"
		"nicht mehr schicken|nicht mehr senden|ne pas contacter|"
		"ne plus contacter|ne pas envoyer|ne plus envoyer|"
		"ne pas ecrire|ne plus ecrire|ne pas solliciter|"
		"ne plus solliciter|ne pas mailer|ne pas emailer|"
		"ne pas recontacter|ne souhaite plus recevoir|"
		"ne souhaite pas recevoir|ne souhaite plus etre|"
		"ne souhaite pas etre|ne veut plus recevoir|"
		"ne veut pas recevoir|ne veut plus etre|ne veut pas etre|"
		"no enviar|no enviarle|no envien|no contactar|no mandar|"
		"no molestar|no quiere recibir|no desea recibir|"
		"no quiere correos|no quiere emails|no quiere mails|"
		"no quiere publicidad|no publicidad|no mas correos|no escribir|"
		"non contattare|non contattarlo|non inviare|non mandare|"
		"non scrivere|non spedire|non vuole ricevere|"
		"non desidera ricevere|non vuole mail|non vuole email|"
		"non vuole newsletter|niet mailen|niet e mailen|niet emailen|"
		"niet meer mailen|niet contacteren|niet benaderen|"
		"niet aanschrijven|niet versturen|nie wysylac|nie kontaktowac|"
		"nie chce otrzymywac|nao enviar|nao contactar|nao contatar|"
		"nao mandar|nao quer receber|nao deseja receber|nezasilat|"
		"nekontaktovat|neposilat|",
	['o' - 'a'] =
		"|only by post|only by phone|only by letter|only by telephone|"
		"off the list|off our list|off the mailing list|objects to|"
		"objected to|opted out|opt out|opts out|opting out|optedout|"
		"optout|objects to marketing|objected to marketing|odhlasen|"
		"odhlasena|odhlasil|odhlasila|onskar inte|onsker ikke|"
		"overleden|",
	['p' - 'a'] =
		"|phone only|"
		"pide que no|pide no recibir|plus de courrier|"
		"plus de courriel|plus de courriels|please remove|pas de mails|"
		"pas d emails|pas d e mails|pas de mailing|pas de mailings|"
		"pas de newsletter|pas de newsletters|pas de pub|"
		"pas de publicite|pas de courriels|plus de mails|plus d emails|"
		"plus d e mails|plus de mailing|plus de newsletter|post only|"
		"postal mail only|passed away|pide baja|",
	['r' - 'a'] =
		"|requested removal|requested to be removed|removed on request|"
		"request to be removed|request removal|remove from list|"
		"remove from the list|remove from mailing|"
		"remove from newsletter|remove from our list|"
		"remove from all lists|removed from list|removed from the list|"
		"removed from mailing list|remove me|revoked consent|"
		"refuses marketing|refuses emails|refuse les mails|"
		"refuse les emails|refuse la newsletter|refuse pub|"
		"retirer de la liste|retire de la liste|revocato il consenso|"
		"revoca del consenso|rezygnacja z newslettera|rifiuta email|"
		"rifiuta marketing|",
	['s' - 'a'] =
		"|sperrvermerk|"
		"s oppose|s est oppose|s est opposee|stop email|stop emails|"
		"stop emailing|stop mailing|stop sending|stop contacting|"
		"spam complaint|stop pub|stop mails|se desinscrire|"
		"se desabonner|sin publicidad|solicita baja|solicito baja|"
		"solicita la baja|skicka inte|subscricao cancelada|",
	['t' - 'a'] = "|telephone only|"
		      "take me off|take off list|take off the list|"
		      "take off mailing list|taken off list|taken off the list|"
		      "taken off mailing list|taken off our list|"
		      "taken off our mailing list|take off our list|"
		      "taken off your list|take me off your list|todesfall|",
	['u' - 'a'] = "|unsubscribed|unsubscribe|unsubscribes|unsubscribing|"
		      "un subscribed|unsub|uitgeschreven|uitschrijven|",
	['v' - 'a'] =
		"|vom verteiler|verteiler gestrichen|vil ikke have|vil ikke ha|"
		"vill inte ha|verstorben|verstorbene|verstorbener|vefat etti|",
	['w' - 'a'] =
		"|widersprochen|widerspruch|wunscht nicht|wunscht kein|"
		"will keine post|will keine info|will keine infos|"
		"will nichts mehr|wants no emails|wants no email|"
		"wants no e mail|wants no e mails|wants no mail|wants no mails|"
		"wants no newsletter|wants no marketing|wants off|"
		"withdrew consent|withdrawn consent|withdraws consent|"
		"wishes no emails|werbesperre|werbewiderspruch|werbeverbot|"
		"werbung widersprochen|widerspruch werbung|"
		"widerspruch gegen werbung|wunscht keine|will keine mails|"
		"wypisany|wypisana|will keine e mail|will keine e mails|"
		"will keine email|will keine emails|will keine mail|"
		"will keine newsletter|will keinen newsletter|"
		"will keine werbung|will nicht mehr|wants to unsubscribe|"
		"wants to be removed|wants to be taken off|"
		"wishes to be removed|want to be removed|",
	['z' - 'a'] = "|zmarl|zmarla|zmarly|zemrel|zemrela|",
};

/* Those that begin with another letter: of other scripts. */
static const char *const other_phrases =
	"|"
	/* Russian, Ukrainian */
	"\u043e\u0442\u043f\u0438\u0441\u0430\u043d|"
	"\u043e\u0442\u043f\u0438\u0441\u0430\u043d\u0430|"
	"\u043e\u0442\u043f\u0438\u0441\u0430\u043b\u0441\u044f|"
	"\u043e\u0442\u043f\u0438\u0441\u0430\u043b\u0430\u0441\u044c|"
	"\u043d\u0435 \u043f\u0438\u0441\u0430\u0442\u044c|"
	"\u043d\u0435 \u043e\u0442\u043f\u0440\u0430\u0432\u043b\u044f\u0442"
	"\u044c|"
	"\u043d\u0435 \u043f\u0440\u0438\u0441\u044b\u043b\u0430\u0442\u044c|"
	"\u043d\u0435 \u0431\u0435\u0441\u043f\u043e\u043a\u043e\u0438\u0442"
	"\u044c|"
	"\u043d\u0435 \u043f\u0438\u0441\u0430\u0442\u0438|"
	"\u043d\u0435 \u043d\u0430\u0434\u0441\u0438\u043b\u0430\u0442\u0438|"
	"\u0432\u0456\u0434\u043f\u0438\u0441\u0430\u043d\u0438\u0438|"
	"\u0432\u0456\u0434\u043f\u0438\u0441\u0430\u0432\u0441\u044f|"
	"\u0432\u0456\u0434\u043f\u0438\u0441\u0430\u043b\u0430\u0441\u044c|"
	"\u0443\u043c\u0435\u0440|\u0443\u043c\u0435\u0440\u043b\u0430|"
	/* Arabic: cancel the subscription, do not send, not subscribed */
	"\u0627\u0644\u063a\u0627\u0621 \u0627\u0644\u0627\u0634\u062a\u0631"
	"\u0627\u0643|"
	"\u0644\u0627 \u062a\u0631\u0633\u0644|"
	"\u063a\u064a\u0631 \u0645\u0634\u062a\u0631\u0643|";

/* Of scripts that write no blanks between words, or few: anywhere. */
static const char *const anywhere =
	"\u1109\u116e\u1109\u1175\u11ab\u1100\u1165\u1107\u116e|"
	"\u1109\u116e\u1109\u1175\u11ab \u1100\u1165\u1107\u116e|"
	"\u914d\u4fe1\u505c\u6b62|\u30e1\u30fc\u30eb\u4e0d\u8981|"
	"\u914d\u4fe1\u4e0d\u8981|\u53d7\u4fe1\u62d2\u5426|"
	"\u9000\u8ba2|\u9000\u8a02|\u53d6\u6d88\u8ba2\u9605|"
	"\u53d6\u6d88\u8a02\u95b1|\u62d2\u6536|\u4e0d\u8981\u53d1|"
	"\u4e0d\u8981\u5bc4|\u8bf7\u52ff|"
	"\u05d4\u05e1\u05e8 \u05de\u05e8\u05e9\u05d9\u05de\u05ea|"
	"\u05dc\u05d4\u05e1\u05d9\u05e8 \u05de\u05e8\u05e9\u05d9\u05de\u05ea|"
	"\u05dc\u05d0 \u05dc\u05e9\u05dc\u05d5\u05d7|"
	"\u0e44\u0e21\u0e15\u0e2d\u0e07\u0e01\u0e32\u0e23\u0e23\u0e1a|"
	"\u0e22\u0e01\u0e40\u0e25\u0e01\u0e01\u0e32\u0e23\u0e23\u0e1a|"
	"\u092e\u0924 \u092d\u091c|"
	"\u0928 \u092d\u091c|";

/* Bytes of a sign beyond ASCII that is no letter: quotes, dashes, dots, and
 * the no-break spaces. 0: none. */
static size_t sign_at(struct str s)
{
	unsigned char a = (unsigned char)s.s[0];
	unsigned char b = s.len > 1 ? (unsigned char)s.s[1] : 0;

	if (a == 0xC2 && b >= 0xA0 && b <= 0xBF)
		return 2;
	return a == 0xE2 && (b == 0x80 || b == 0x81) && s.len > 2 ? 3 : 0;
}

static bool is_of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

static void end_word(struct strbuf *out)
{
	if (out->len == 0 || out->buf[out->len - 1] != ' ')
		strbuf_addch(out, ' ');
}

void import_plain_words(struct str text, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;

	utf8_plain(text, &plain);
	end_word(out);
	for (size_t i = 0; i < plain.len; i++) {
		struct str rest = { plain.buf + i, plain.len - i };
		size_t sign = sign_at(rest);

		if (sign == 0 && is_of_word(plain.buf[i])) {
			strbuf_addch(out, plain.buf[i]);
			continue;
		}
		end_word(out);
		i += sign > 0 ? sign - 1 : 0;
	}
	end_word(out);
}

/* --- finding them --- */

static void add_first_words(struct word_set *set, const char *list)
{
	struct str rest = str_of(list);

	while (rest.s) {
		struct str phrase = str_cut(&rest, '|');
		struct str word = str_cut(&phrase, ' ');

		if (word.len > 0)
			word_set_add(set, word);
	}
}

static void add_words(struct word_set *set)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		if (phrases[i])
			add_first_words(set, phrases[i]);
	}
	add_first_words(set, other_phrases);
}

static void add_characters(struct word_set *set)
{
	struct str rest = str_of(anywhere);

	while (rest.s) {
		struct str phrase = str_cut(&rest, '|');

		phrase.len = utf8_sequence(phrase);
		if (phrase.len > 0)
			word_set_add(set, phrase);
	}
}

/* What may begin a phrase: nearly every cell has none of them. */
static struct word_set first_words = WORD_SET(add_words);
static struct word_set first_characters = WORD_SET(add_characters);

static bool begins_phrase_of(const char *list, const char *word)
{
	while (list && *++list) {
		size_t n = 0;

		while (list[n] != '|' && word[n] == list[n])
			n++;
		if (list[n] == '|' && word[n] == ' ')
			return true;
		list = strchr(list + n, '|');
	}
	return false;
}

/* Does a phrase begin at a word? n: its bytes. */
static bool begins_phrase(const char *word, size_t n)
{
	if (!word_set_has(&first_words, (struct str){ word, n }))
		return false;
	return begins_phrase_of(*word >= 'a' && *word <= 'z'
					? phrases[*word - 'a']
					: other_phrases,
				word);
}

static bool has_phrase(const char *words)
{
	const char *at = words + 1; /* behind the blank */

	while (*at) {
		size_t n = strcspn(at, " ");

		if (begins_phrase(at, n))
			return true;
		at += at[n] ? n + 1 : n;
	}
	return false;
}

static bool is_anywhere_at(struct str words)
{
	struct str rest = str_of(anywhere);

	while (rest.s) {
		struct str phrase = str_cut(&rest, '|');

		if (phrase.len > 0 && phrase.len <= words.len &&
		    memcmp(words.s, phrase.s, phrase.len) == 0)
			return true;
	}
	return false;
}

static bool has_anywhere(struct str words)
{
	while (words.len > 0) {
		size_t n = utf8_sequence(words);
		struct str character = { words.s, n };

		if (n > 1 && word_set_has(&first_characters, character) &&
		    is_anywhere_at(words))
			return true;
		n = n ? n : 1;
		words.s += n;
		words.len -= n;
	}
	return false;
}

/*
 * The same as import_plain_words, of what is short and ASCII: nearly all cells
 * of a file, which are all looked at. false: it is not.
 */
static bool ascii_words(struct str text, char out[ASCII_MOST + 3])
{
	size_t n = 0;

	if (text.len > ASCII_MOST)
		return false;
	out[n++] = ' ';
	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i];

		if ((unsigned char)c >= 0x80)
			return false;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		if (is_of_word(c))
			out[n++] = c;
		else if (out[n - 1] != ' ')
			out[n++] = ' ';
	}
	if (out[n - 1] != ' ')
		out[n++] = ' ';
	out[n] = '\0';
	return true;
}

bool import_refuses(struct str text)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT;
	char buffer[ASCII_MOST + 3];

	if (text.len < 4) /* "died" */
		return false;
	if (ascii_words(text, buffer))
		return has_phrase(buffer);
	import_plain_words(text, &words);
	return has_phrase(words.buf) || has_anywhere(strbuf_str(&words));
}
