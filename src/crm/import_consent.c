#include "crm/import_consent.h"

#include "base/cleanup.h"
#include "base/utf8.h"
#include "crm/import_date.h"
#include "crm/import_refusal.h"

#include <ctype.h>
#include <string.h>

#define HEADER_MAX 200 /* bytes of a header that are looked at */

static const char *const names[] = {
	[CONSENT_NO_COLUMN] = "none", [CONSENT_OPT_OUT] = "opt_out",
	[CONSENT_REASON] = "reason",  [CONSENT_OPT_IN] = "opt_in",
	[CONSENT_STATUS] = "status",  [CONSENT_VALUES] = "values",
	[CONSENT_PHRASE] = "phrase",  [CONSENT_IGNORED] = "ignore",
};

const char *import_consent_name(enum import_consent consent)
{
	return consent <= CONSENT_IGNORED ? names[consent] : "unclear";
}

bool import_consent_named(struct str name, enum import_consent *out)
{
	for (size_t i = CONSENT_OPT_OUT; i < sizeof(names) / sizeof(names[0]);
	     i++) {
		if (str_is(name, names[i])) {
			*out = (enum import_consent)i;
			return true;
		}
	}
	return false;
}

/* --- headers --- */

/*
 * A header as its letters in one run, without case and accents, and a mark
 * where words begin: "hasOptedOutOfEmail" and "Do Not Email" have four and
 * three.
 */
struct header {
	struct strbuf letters;
	bool starts[HEADER_MAX + 1];
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* A blank before each capital that follows a small letter. */
static void break_words(struct str s, struct strbuf *out)
{
	for (size_t i = 0; i < s.len && i < HEADER_MAX; i++) {
		if (i > 0 && isupper((unsigned char)s.s[i]) &&
		    islower((unsigned char)s.s[i - 1]))
			strbuf_addch(out, ' ');
		strbuf_addch(out, s.s[i]);
	}
	strbuf_truncate(out, utf8_prefix(strbuf_str(out), HEADER_MAX));
}

static void read_header(struct str s, struct header *out)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	bool start = true;

	s.len = utf8_prefix(s, HEADER_MAX);
	break_words(s, &words);
	import_plain_words(strbuf_str(&words), &plain);
	for (size_t i = 0; i < plain.len && out->letters.len < HEADER_MAX;
	     i++) {
		if (!is_letter(plain.buf[i])) {
			start = true;
			continue;
		}
		out->starts[out->letters.len] = start;
		strbuf_addch(&out->letters, plain.buf[i]);
		start = false;
	}
	out->starts[out->letters.len] = true;
}

/*
 * Stems between spaces. "^" before one: where a word begins; "$" behind it:
 * it ends a word, too; "=" before it: it is the whole header.
 */
static bool has_stem(const struct header *h, struct str stem)
{
	bool whole = str_starts(stem, "=");
	bool start = whole || str_starts(stem, "^");
	bool end = str_ends(stem, "$");
	const char *at = h->letters.buf;

	stem.s += start;
	stem.len -= (size_t)start + end;
	if (whole)
		return str_eq(strbuf_str(&h->letters), stem);
	while ((at = memmem(at, strlen(at), stem.s, stem.len))) {
		size_t place = (size_t)(at - h->letters.buf);

		if ((!start || h->starts[place]) &&
		    (!end || h->starts[place + stem.len]))
			return true;
		at++;
	}
	return false;
}

static bool has_any(const struct header *h, const char *stems)
{
	struct str rest = str_of(stems);

	while (rest.s) {
		struct str stem = str_cut(&rest, ' ');

		if (stem.len > 0 && has_stem(h, stem))
			return true;
	}
	return false;
}

/* Mail is meant, whatever else stands in the header. */
static const char *const of_mail =
	"mail ^courriel ^correo newsletter ^marketing ^bulk werb rundbrief "
	"^posta$ ^epost ^all$";

/* Messages are not mail, also where marketing is meant. */
static const char *const of_messages =
	"^sms ^mms$ ^whatsapp ^viber ^push$ ^rcs$ ^webpush";

static const char *const of_mail_alone =
	"mail ^courriel ^correo newsletter rundbrief ^epost";

/* Opt-outs of something else: of calls, letters. */
static const char *const of_others =
	"^phone ^telephone ^telefon ^fax ^call ^calls$ ^anruf "
	"^appel ^llamada ^chiamat ^notification "
	"donotphone donotfax ^trade$ ^cookie ^post$ ^brief$ ^letter ^courrier$ "
	"^visit ^sell$ "
	"^survey ^track donotmodify nichtandern nepasmodifier nomodificar "
	"nonmodificare";

/* Letters: "Do Not Mail" of CiviCRM, "Do not allow Mails" of Dynamics. */
static const char *const of_letters =
	"=donotmail =donotallowmails =donotallowbulkmails =donotbulkpostalmail "
	"=donotpostalmail ^postalmail ^directmail ^bulkpostal";

static const char *const out_stems =
	"unsubscri ^unsub optout optedout optsout optingout blacklist "
	"blocklist denylist suppressed ^suppression$ ^dnc$ ^dnm$ donotmail "
	"donotemail donotcontact donotallow donotbulk donotsend donotmarket "
	"donotdisturb dontmail dontemail dontcontact dontsend ^noemail "
	"^nomail ^nonewsletter ^nomarketing ^nobulk ^nocontact ^nomoreemail "
	"^stopmail ^stopemail withdrawn ^withdrew complained spamcomplaint "
	"markedasspam reportedspam ^notsubscribed ^cleantime$ =cleaned "
	/* German */
	"abgemeldet abmeld abbestell ^austrag$ ^austragsdatum ^austragedatum "
	"ausgetragen werbesperr mailsperr "
	"mailingsperr newslettersperr kontaktsperr versandsperr sperrvermerk "
	"werbeverbot mailverbot kontaktverbot widerspruch widersproch widerruf "
	"keinewerb keinemail keineemail keinenewsletter keinnewsletter "
	"keinemassen "
	"keinkontakt keinekontakt keinmailing keinemailing nichtkontakt "
	"nichtanschreib nichtmail nichtzulassen robinson schwarzeliste "
	/* French */
	"desabonn desinscri desinscript nepascontact neplascontact "
	"nepluscontact nepasenvoy neplusenvoy nepasautoris nepassollicit "
	"nepasmail ^pasdemail ^pasdemailing ^pasdepub ^pasdenewsletter "
	"^pasdecourriel ^pasdemarketing ^stoppub listenoire refusmail "
	"refuspub refusmarketing refusnewsletter refusemail refusdemail "
	"oppositionmail oppositionmarketing oppositionpub "
	"oppositionprospection nonabonne "
	/* Spanish */
	"=baja ^debaja$ ^dadodebaja ^dadadebaja ^fechabaja ^fechadebaja "
	"^bajaemail ^bajacorreo ^bajanewsletter ^bajaboletin desuscri "
	"dessuscri ^nocontact ^noenviar ^nocorreo ^nopublicidad "
	"^nodeseapublicidad ^sinpublicidad ^nopermitir ^nosuscrito "
	"^noquiere listanegra listarobinson exclusionpublicitaria "
	/* Italian */
	"disiscri disiscrizion ^cancellatonewsletter ^cancellazione "
	"^noncontatt ^noninvi ^nopubblicita ^nonconsent ^noniscritto "
	"listanera revocat opposizion negatoconsenso consensonegato";

/* Beside an opt-out: why, where, by which campaign. */
static const char *const companions =
	"^reason grund$ ^raison ^motif ^motivo ^campaign ^kampagne ^campagne "
	"^campana ^campagna ^ip$ ^title$ ^comment ^note$ ^notes$ ^notiz "
	"^kommentar "
	"^commentaire ^comentario ^source$ ^quelle$ ^method ^detail ^by$ "
	"^type$ ^subtype$ ^text$ ^other$ ^country$ ^message$ ^cause$";

/* Beside anything: how to unsubscribe, or how many did. */
static const char *const no_state =
	"^link link$ ^url ^lien ^enlace ^hash$ ^token ^page$ ^count ^anzahl "
	"^nombrede "
	"^number ^total$ ^rate$ ^quote$ ^href$ ^seite$ ^sum$ ^id$";

/* When, where and how somebody agreed: says nothing for who did not. */
static const char *const circumstances =
	"^time ^date ^datum ^fecha ^data$ ^ip$ ^country ^source ^quelle$ "
	"^origin ^herkunft ^method ^form$ ^text$ ^version ^at$ ^on$ ^am$ "
	"^timestamp ^since ^seit ^depuis ^desde ^dal$ ^zeitpunkt ^user$ ^by$ "
	"^first ^last ^recent ^lead$";

static const char *const in_stems =
	"optin optedin optsin =subscribed ^issubscribed ^emailsubscribed "
	"^newslettersubscribed ^subscribedto acceptsmarketing "
	"acceptsemailmarketing acceptmarketing acceptsemail acceptsnewsletter "
	"marketingconsent emailconsent mailconsent newsletterconsent "
	"consenttomail consenttoemail consentemail consentmail "
	"consentmarketing consenttomarketing emailpermission mailpermission "
	"marketingpermission permissiontomail permissiontoemail allowmail "
	"allowemail allowsemail allowbulk allowmarketing allownewsletter "
	"emailallowed mailallowed mailingallowed newsletterallowed "
	"marketingallowed sendmarketingmaterial wantsemail wantsnewsletter "
	"receivesnewsletter receivenewsletter receiveemail agreedtomarketing "
	"agreetomarketing "
	/* German */
	"werbungerlaubt werbeerlaubnis werbeeinwillig einwilligungwerb "
	"einwilligungnewsletter einwilligungmail einwilligungemail "
	"newslettereinwillig maileinwillig mailerlaubt mailingerlaubt "
	"newslettererlaubt newslettererwunscht newsletterabonn "
	"newsletterangemeldet newsletterzustimm werbungzugestimmt "
	"werbezustimm zustimmungwerb zustimmungnewsletter zustimmungmail "
	"zustimmungemail =abonniert "
	/* French */
	"=abonne ^abonnenewsletter ^abonnealanewsletter ^inscritnewsletter "
	"^inscritalanewsletter consentementmail consentementemail "
	"consentementmarketing consentementnewsletter ^acceptenewsletter "
	"^acceptelanewsletter ^acceptemail ^accepteemail ^acceptelesmail "
	"^acceptelesemail ^acceptepub ^accepteoffre ^acceptelesoffre "
	"^acceptemarketing "
	/* Spanish */
	"=suscrito =suscripto ^suscritonewsletter ^suscritoalboletin "
	"^suscritoboletin ^aceptapublicidad ^aceptamarketing ^aceptacomunic "
	"^aceptaemail ^aceptacorreo ^aceptanewsletter ^aceptarecibir "
	"^aceptaboletin consentimientoemail consentimientomarketing "
	"consentimientopubl consentimientocorreo ^autorizapubl ^autorizaenvio "
	"^autorizaemail "
	/* Italian */
	"=iscritto ^iscrittonewsletter ^iscrittoallanewsletter "
	"consensomarketing consensoalmarketing consensoemail consensomail "
	"consensonewsletter consensopubbl consensocommercial "
	"^accettamarketing ^accettanewsletter ^accettaemail ^accettapubbl "
	"^autorizzamarketing ^autorizzaemail ^autorizzainvio";

static const char *const maybe_out =
	"^disabled$ ^blocked ^bounced$ ^hardbounced ^undeliverable "
	"unzustellbar ^gesperrt ^bloque ^bloquead ^bloccat ^complaint ^spam$ "
	"^abuse ^objection ^objected ^revoked ^excludefrommail ^exclude$ "
	"^excluded$ ^refus ^opposition ^oposicion ^onhold ^unconfirmed "
	"^cancelado ^cancellato ^resilie ^gekundigt ^donot ^dont$ ^nicht$ "
	"^nepas ^sperre ^sperr$ ^sperrkennz ^deaktiviert ^deactivated "
	"^desactive ^desactivad ^disattivat ^remove$ ^removed$ ^notinterested "
	"unerwunscht ^suppressions$ =stop quarantine ^exclu$ ^exclue$ "
	"^ausgeschlossen ^escluso ^excluido ^hardbounce ^norecib ^nodesea "
	"^nomand ^nomolest "
	/* nl pl pt sv da no cs tr ru uk ar: no such word is certain */
	"uitgeschr uitschrij ^afgemeld ^afmeld geenmail geenemail "
	"geennieuwsbrief geenreclame geencontact nietmail nietcontact "
	"nietbenader ^geblokkeerd ^bezwaar wypisan rezygnac "
	"niewysy\u0142 niekontakt ^sprzeciw ^wycofan brakzgod "
	"descadastr ^cancelad cancelouinsc naoenviar naocontact "
	"naocontat ^naoquer ^naodeseja semcontato semmarketing "
	"removido avregistr avprenumer ^avanmal ^avmeld ^afmeldt "
	"ingenmail ingamail ingamejl ingautskick ingenreklam ingennyhe "
	"ikkekontakt ikkesend ikkemail \u00f8nskerikke "
	"^reservert ^reserverad ^sparrad ^sparret odhlas nezasil "
	"nekontakt ^odvolan neposilat nesouhlas abonelikten "
	"abonelikiptal iptal gondermey ^engell "
	"\u043e\u0442\u043f\u0438\u0441 "
	"\u043d\u0435\u0440\u0430\u0441\u0441\u044b\u043b "
	"\u043d\u0435\u043f\u0438\u0441\u0430\u0442\u044c "
	"\u043d\u0435\u043e\u0442\u043f\u0440\u0430\u0432 "
	"\u043d\u0435\u043f\u0440\u0438\u0441\u044b\u043b\u0430\u0442\u044c "
	"^\u043e\u0442\u043a\u0430\u0437 "
	"^\u0437\u0430\u0431\u043b\u043e\u043a "
	"\u0447\u0435\u0440\u043d\u044b\u0438\u0441\u043f\u0438\u0441\u043e"
	"\u043a "
	"\u0432\u0456\u0434\u043f\u0438\u0441 "
	"\u043d\u0435\u043d\u0430\u0434\u0441\u0438\u043b "
	"^\u0432\u0456\u0434\u043c\u043e\u0432 "
	"\u0447\u043e\u0440\u043d\u0438\u0438\u0441\u043f\u0438\u0441\u043e"
	"\u043a "
	"\u0627\u0644\u063a\u0627\u0621\u0627\u0644\u0627\u0634\u062a\u0631"
	"\u0627\u0643 "
	"\u0627\u0644\u063a\u0627\u0621\u0627\u0634\u062a\u0631\u0627\u0643 "
	"\u0644\u0627\u062a\u0631\u0633\u0644 "
	"^\u0645\u062d\u0638\u0648\u0631 "
	"\u0639\u062f\u0645\u0627\u0644\u0627\u0631\u0633\u0627\u0644";

/* The dead want no mail; of the deleted, it is not known what they wanted. */
static const char *const maybe_gone =
	"deceased ^dead$ ^died$ dateofdeath deathdate ^deathon "
	"verstorben ^gestorben ^tot$ todesdatum sterbedatum ^todestag "
	"^decede ^decedee ^mort$ datededeces datedeces ^fallecid "
	"fechadefallecimiento fechafallecimiento ^difunt ^decedut "
	"^defunt datadecesso datadidecesso ^overleden ^overlijden "
	"zmar\u0142y ^zmarl ^falecid datadeobito ^avliden ^avdod "
	"^d\u00f8d$ ^dod$ afd\u00f8d ^zemrel ^umrti ^vefat ^olmus "
	"^\u0443\u043c\u0435\u0440$ ^\u0443\u043c\u0435\u0440\u0448 "
	"^\u043f\u043e\u043c\u0435\u0440 \u0645\u062a\u0648\u0641 "
	"isdeleted ^deleted$ ^deletedat ^deletedon ^datedeleted "
	"^geloscht ^geloescht ^supprime$ ^supprimee$ ^eliminado "
	"^eliminada ^eliminato ^eliminata ^verwijderd ^usuniet "
	"^apagado ^borrado ^borrada ^slettet ^raderad ^borttagen "
	"^smazan ^silindi ^silinmis "
	"^\u0443\u0434\u0430\u043b\u0435\u043d "
	"^\u0432\u0438\u0434\u0430\u043b\u0435\u043d "
	"\u0645\u062d\u0630\u0648\u0641 ^trashed ^intrash";

/* With a word of mail: an opt-out that nobody has headed so before. */
static const char *const negations =
	"^not$ ^never$ ^kein nicht ^nie$ ^pas$ ^sans$ ^plusde$ ^plusd$ "
	"plusrecevoir ^sin$ ^senza$ ^non$ ^refus ^rechaz ^rifiut ^declin "
	"^deny ^denied ^bounce$ ^bounces$";

/* With a word of mail: an opt-in likewise. */
static const char *const permissions =
	"^allow erlaub ^darf$ permiss ^permit ^autoris ^autoriz ^accept "
	"^accett ^acept ^can$ ^may$ ^agree einverstanden gestatt ^souhait "
	"^desea ^desider ^wunsch erwunscht";

static const char *const contacts =
	"mail ^courriel ^correo newsletter ^marketing werb rundbrief "
	"^contact ^kontakt ^versand ^envoi ^envio ^invio ^invia ^info$ "
	"^infos$ ^publi ^pubbli ^communic ^comunic ^recevoir ^recib ^ricever";

static const char *const maybe_in =
	"newsletter ^mailing ^mailings$ consent consens einwillig zustimm "
	"^permission$ ^permissions$ ^gdpr ^dsgvo ^rgpd ^lopd "
	"werbung ^werbe ^publicite ^publicidad ^pubblicita subscription "
	"^subscribe ^subscriber$ ^abonn ^abo$ ^abos$ suscri iscrit iscrizion "
	"^inscrit$ ^inscrite$ rundbrief ^infomail ^boletin ^erlaubnis "
	"^autorisation ^autorizacion ^autorizzazion ^emailmarketing "
	"^marketingemail$ ^marketingemails$ ^marketingcontact "
	"^marketingpreference ^emailpreference ^mailpreference "
	"^communicationpreference ^doubleoptin =marketing =mailok =emailok "
	"^oktomail ^oktoemail contactable ^mailable ^emailable ^emailing "
	"infolettre lettreinfo lettredinfo lettresdinfo keepinformed "
	"keepmeinformed keptinformed stayinformed keepintouch "
	"stayintouch keepupdated keepmeupdated stayupdated keepposted "
	"keepmeposted contactpref communicationpref contactbyemail "
	"contactmebyemail informiertbleiben aufdemlaufenden "
	"tenirinforme resterinforme etreinforme mantenerinformad "
	"mantenermeinformad mantenersiinformat tenersiinformat "
	"kontaktpraf kontaktpref kommunikationspraf "
	"preferencedecontact preferencesdecontact preferencescontact "
	"preferenciasdecontact preferenciadecontact "
	"preferenzedicontatt preferenzadicontatt voorkeurcontact "
	"contactvoorkeur ^mailinglist ^maillist ^mailverteiler "
	"^emailverteiler ^ezine ^enews ^mailshot receiveupdates "
	"receiveoffers receivenews receiveinfo receivemarketing "
	"receivepromo ^promotionalemail ^promoemail "
	/* nl pl pt sv da no cs tr ru uk ar */
	"nieuwsbrief ^toestemming ^abonnee ^aangemeld ^ingeschreven "
	"^zgod subskryb ^biuletyn zapisan reklama$ reklam$ reklamy$ "
	"reklame$ ^assinante ^inscrito ^inscricao ^subscrito "
	"^subscrita ^subscricao ^boletim ^aceita ^autorizacao "
	"nyhetsbrev nyhedsbrev samtykk samtyck utskick ^prenumer "
	"^abonnent ^tilmeldt ^pameldt souhlas odbernovin odberzprav "
	"^odber$ obchodnisdel zpravodaj ^prihlasen ^abone bulten ^izin "
	"^izni ^onay$ ^onayi ^r\u0131za ^riza "
	"\u0440\u0430\u0441\u0441\u044b\u043b\u043a "
	"\u0441\u043e\u0433\u043b\u0430\u0441\u0438 "
	"\u043f\u043e\u0434\u043f\u0438\u0441\u043a "
	"\u043f\u043e\u0434\u043f\u0438\u0441\u0430\u043d "
	"^\u0440\u0435\u043a\u043b\u0430\u043c "
	"\u0440\u043e\u0437\u0441\u0438\u043b\u043a "
	"^\u0437\u0433\u043e\u0434 "
	"\u043f\u0456\u0434\u043f\u0438\u0441\u043a "
	"\u043f\u0456\u0434\u043f\u0438\u0441\u0430\u043d "
	"\u0627\u0644\u0627\u0634\u062a\u0631\u0627\u0643 "
	"\u0627\u0634\u062a\u0631\u0627\u0643 "
	"\u0627\u0644\u0646\u0634\u0631\u0629 "
	"\u0645\u0648\u0627\u0641\u0642\u0629 "
	"\u0645\u0634\u062a\u0631\u0643";

/* A place, not a kind of mail: "Mailing Street" of Salesforce. */
static const char *const of_places =
	"^address ^adresse ^anschrift ^direccion ^indirizzo ^street ^city "
	"^state ^province ^zip ^postal ^country ^county ^line ^name$ "
	"^latitude ^longitude ^geocode ^opened ^clicked ^delivered ^sent "
	"^replied ^open$ ^click$ ^opens$ ^clicks$ ^score$ ^title$";

static const char *const status_sure =
	"subscriptionstatus subscriberstatus emailstatus mailstatus "
	"mailingstatus newsletterstatus marketingstatus consentstatus "
	"permissionstatus "
	"abostatus abonnementstatus optinstatus optoutstatus statutabonn "
	"statutnewsletter statutemail estadosuscri estadodesuscri "
	"estadoemail statoiscri statonewsletter statoemail "
	"statusnewsletter statusemail statussubscription";

static const char *const maybe_state =
	"^confirmed$ ^status$ ^statut$ ^estado$ ^stato$ ^state$ ^active$ "
	"^isactive$ "
	"^aktiv$ ^actif$ ^activo$ ^attivo$ ^inactive$ ^inaktiv$";

static enum import_consent judge_in(const struct header *h)
{
	bool when = has_any(h, circumstances) || has_any(h, no_state);

	if (has_any(h, "doubleoptin")) /* not having it is no objection */
		return CONSENT_MAYBE_IN;
	if (has_any(h, in_stems))
		return when ? CONSENT_OTHER : CONSENT_OPT_IN;
	if (has_any(h, maybe_out) ||
	    (has_any(h, contacts) && has_any(h, negations) && !when))
		return CONSENT_MAYBE_OUT;
	if (has_any(h, maybe_gone))
		return CONSENT_MAYBE_GONE;
	if (has_any(h, maybe_in))
		return when || has_any(h, of_places) ? CONSENT_OTHER
						     : CONSENT_MAYBE_IN;
	if (has_any(h, contacts) && has_any(h, permissions) && !when)
		return CONSENT_MAYBE_IN;
	return has_any(h, maybe_state) ? CONSENT_MAYBE_STATE
				       : CONSENT_NO_COLUMN;
}

static enum import_consent judge(const struct header *h)
{
	if ((has_any(h, of_messages) && !has_any(h, of_mail_alone)) ||
	    (has_any(h, of_others) && !has_any(h, of_mail)))
		return CONSENT_OTHER;
	if (has_any(h, of_letters))
		return CONSENT_LETTERS;
	if (has_any(h, status_sure))
		return CONSENT_STATUS;
	if (!has_any(h, out_stems))
		return judge_in(h);
	if (has_any(h, no_state))
		return CONSENT_OTHER;
	return has_any(h, companions) ? CONSENT_REASON : CONSENT_OPT_OUT;
}

static void header_release(struct header *h)
{
	strbuf_release(&h->letters);
}

enum import_consent import_consent_header(struct str header)
{
	CLEANUP(header_release) struct header h = { .letters = STRBUF_INIT };

	read_header(utf8_trim(header), &h);
	return h.letters.len > 0 ? judge(&h) : CONSENT_NO_COLUMN;
}

bool import_consent_is_sure(enum import_consent consent)
{
	return consent == CONSENT_OPT_OUT || consent == CONSENT_REASON ||
	       consent == CONSENT_OPT_IN || consent == CONSENT_STATUS ||
	       consent == CONSENT_LETTERS;
}

/* --- cells --- */

/* Between bars, as import_consent_key makes them. */
static const struct {
	enum consent_word word;
	const char *texts;
} texts[] = {
	{ CONSENT_BLANK,
	  "|-|--|\xe2\x80\x93|\xe2\x80\x94|null|nil|none|n/a|na|#n/a|nan|"
	  "(null)|\\n|undefined|(blank)|(none)|[null]|ninguno|aucun|"
	  "nessuno|" },
	{ CONSENT_YES,
	  "|true|t|yes|y|x|on|ok|checked|set|ja|j|wahr|an|oui|o|vrai|si|s|"
	  "verdadero|vero|v|true()|wahr()|ein|waar|tak|prawda|sim|verdadeiro|"
	  "sant|sand|ano|evet|\u0434\u0430|\u0442\u0430\u043a|"
	  "\u0438\u0441\u0442\u0438\u043d\u0430|\u0646\u0639\u0645|"
	  "\xe2\x9c\x93|\xe2\x9c\x94|\xe2\x98\x91|\xe2\x9c\x85|\xe2\x88\x9a|"
	  "\xf0\x9f\x97\xb8|\xf0\x9f\x97\xb9|\xc3\x97|" },
	{ CONSENT_NO,
	  "|false|f|no|n|off|unchecked|nein|falsch|aus|non|faux|falso|false()|"
	  "nee|onwaar|nie|falsz|fa\u0142sz|nao|nej|nei|falskt|falsk|ne|hayir|"
	  "hay\u0131r|\u043d\u0435\u0442|\u043d\u0456|\u043b\u043e"
	  "\u0436\u044c|\u0644\u0627|"
	  "falsch()|\xe2\x9c\x97|\xe2\x9c\x98|\xe2\x98\x90|\xe2\x9d\x8c|"
	  "\xe2\x9c\x96|" },
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
	  "\u0432\u0456\u0434\u043f\u0438\u0441\u0430\u043d\u0438\u0438 " },
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
		if (is_letter(key.s[i]))
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

enum consent_word import_consent_word(struct str cell)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	enum consent_word word;

	cell = utf8_trim(cell);
	if (cell.len == 0)
		return CONSENT_BLANK;
	if (cell.len > HEADER_MAX)
		return CONSENT_WORD_UNKNOWN;
	if (read_date(cell, &word) || read_number(cell, &word))
		return word;
	import_consent_key(cell, &key);
	return word_of(strbuf_str(&key));
}

#define N CONSENT_NOTHING
#define O CONSENT_SAYS_OUT
#define U CONSENT_UNCLEAR

enum consent_meaning import_consent_meaning(enum import_consent consent,
					    enum consent_word word)
{
	/* blank yes no date out in active inactive unknown */
	static const enum consent_meaning table[][CONSENT_WORDS] = {
		[CONSENT_OPT_OUT] = { N, O, N, O, O, N, U, U, U },
		[CONSENT_REASON] = { N, O, N, O, O, O, O, O, O },
		[CONSENT_OPT_IN] = { N, N, O, N, O, N, N, U, U },
		[CONSENT_STATUS] = { N, U, U, U, O, N, N, U, U },
		[CONSENT_VALUES] = { N, U, U, U, U, U, U, U, U },
		[CONSENT_PHRASE] = { N, N, N, N, O, N, N, N, N },
	};

	if (consent == CONSENT_NO_COLUMN || consent >= CONSENT_IGNORED)
		return CONSENT_NOTHING;
	return table[consent][word];
}

enum consent_meaning import_consent_read(enum import_consent consent,
					 const struct import_answers *answers,
					 struct str cell)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

	if (answers->n > 0)
		import_consent_key(cell, &key);
	for (size_t i = 0; i < answers->n; i++) {
		if (strcmp(answers->v[i].key, key.buf) == 0)
			return answers->v[i].out ? CONSENT_SAYS_OUT
						 : CONSENT_NOTHING;
	}
	if (consent == CONSENT_PHRASE && import_refuses(cell))
		return CONSENT_SAYS_OUT;
	return import_consent_meaning(consent, import_consent_word(cell));
}
