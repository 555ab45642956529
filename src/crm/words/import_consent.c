#include "crm/words/import_consent.h"

#include "base/cleanup.h"
#include "base/utf8.h"
#include "crm/words/import_refusal.h"

#include <ctype.h>
#include <string.h>

#define HEADER_MAX 4000 /* bytes of a header that are looked at */

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
		if (!import_is_letter(plain.buf[i])) {
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

/* Opt-outs of another way to reach somebody, or of nothing of the kind. */
static const char *const of_others =
	"^phone ^telephone ^telefon ^fax ^call ^calls$ ^anruf "
	"^appel ^llamada ^chiamat "
	"donotphone donotfax ^trade$ ^post$ ^brief$ ^letter ^courrier$ "
	"donotmodify nichtandern nepasmodifier nomodificar nonmodificare";

/* Whatever is meant by these. */
static const char *const of_something =
	"^notification ^benachrichtig ^cookie ^visit ^sell$ ^survey ^track";

/* Of every way. */
static const char *const of_all = "^all$ ^alle$ ^allem$ ^everything$ ^tous$ "
				  "^tout$ ^todo$ ^todos$ ^tutti$ ^tutto$";

/* Mail, in headers that more often stand above the addresses. */
static const char *const mail_words =
	"\u30e1\u30fc\u30eb \u30e1\u30eb\u30de\u30ab \u90ae\u4ef6 "
	"\u90f5\u4ef6 \u7535\u90ae \u96fb\u90f5 "
	"\u1106\u1166\u110b\u1175\u11af "
	"\u110b\u1175\u1106\u1166\u110b\u1175\u11af "
	"\u05d0\u05d9\u05de\u05d9\u05d9\u05dc \u0908\u092e\u0932 "
	"\u0e2d\u0e40\u0e21\u0e25 ^posta$ ^thu$ ";

/* How one asks somebody. */
static const char *const asking =
	"^may ^can$ ^could$ ^do$ ^does$ ^would ^shall$ ^should$ ^are$ ^is$ "
	"^want ^wish ^would ^like$ ^darf ^durfen ^konnen ^mochte ^wollen "
	"^sollen "
	"^puis ^pouvons ^peut ^souhait ^voulez ^acceptez ^podemos ^puedo "
	"^quiere "
	"^desea ^acepta ^possiamo ^posso ^vuole ^accetta ^mogen ^wilt$ ^far$ "
	"^vi$ "
	"^ma$ ^mag$ ^czy$ ^mozemy ^chce";

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
	/* nl pl pt sv da no cs tr ru uk ar hu fi el ro ja zh ko he: no such
	 * word is certain */
	"leiratkoz leiratkozott nemker uutiskirjeenperuutus peruutt "
	"eisahkoposti ^markkinointikielto dezabon "
	"\u03b4\u03b9\u03b1\u03b3\u03c1\u03b1\u03c6\u03b7 "
	"\u914d\u4fe1\u505c\u6b62 \u30e1\u30fc\u30eb\u4e0d\u8981 "
	"\u9000\u4f1a \u9000\u8ba2 \u53d6\u6d88\u8ba2\u9605 "
	"\u9000\u8a02 "
	"\u1109\u116e\u1109\u1175\u11ab\u1100\u1165\u1107\u116e "
	"\u05d4\u05e1\u05e8\u05d4 istemiyor "
	"uitgeschr uitschrij ^afgemeld ^afmeld geenmail geenemail "
	"geennieuwsbrief geenreclame geencontact nietmail nietcontact "
	"nietbenader ^geblokkeerd ^bezwaar wypisan rezygnac "
	"niewysyl niekontakt ^sprzeciw ^wycofan brakzgod "
	"descadastr ^cancelad cancelouinsc naoenviar naocontact "
	"naocontat ^naoquer ^naodeseja semcontato semmarketing "
	"removido avregistr avprenumer ^avanmal ^avmeld ^afmeldt "
	"ingenmail ingamail ingamejl ingautskick ingenreklam ingennyhe "
	"ikkekontakt ikkesend ikkemail onskerikke "
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
	"\u0639\u062f\u0645\u0627\u0644\u0627\u0631\u0633\u0627\u0644 "
	/* ko ja zh he th vi hi id cs sl ro bg el */
	"\u1109\u116e\u1109\u1175\u11ab\u1100\u1165\u1107\u116e "
	"\u1100\u1165\u1107\u116e \u62d2\u5426 \u62d2\u6536 "
	"\u9000\u4f1a \u4e0d\u8981 \u505c\u6b62 \u9000\u8ba2 "
	"\u9000\u8a02 \u53d6\u6d88\u8ba2\u9605 "
	"\u53d6\u6d88\u8a02\u95b1 \u05d4\u05e1\u05e8 "
	"\u05d4\u05e1\u05e8\u05d4 \u05d1\u05d9\u05d8\u05d5\u05dc "
	"\u0e22\u0e01\u0e40\u0e25\u0e01 \u0e44\u0e21\u0e23\u0e1a "
	"^huy tuchoi ^khong "
	"\u0938\u0926\u0938\u092f\u0924\u093e\u0938\u092e\u093e\u092a\u0924 "
	"^berhenti ^tolak ^odhlasen ^odjav ^dezabon "
	"^\u043e\u0442\u043f\u0438\u0441\u0430\u043d "
	"^\u03b1\u03c0\u03bf\u03c7\u03c9\u03c1\u03b7\u03c3\u03b7 ";

/* The dead want no mail; of the deleted, it is not known what they wanted. */
static const char *const maybe_gone =
	"elhunyt kuollut decedat "
	"\u03b1\u03c0\u03bf\u03b2\u03b9\u03c9\u03c3 ^archived$ "
	"isarchived ^archiviert$ "
	"deceased ^dead$ ^died$ dateofdeath deathdate ^deathon "
	"verstorben ^gestorben ^tot$ todesdatum sterbedatum ^todestag "
	"^decede ^decedee ^mort$ datededeces datedeces ^fallecid "
	"fechadefallecimiento fechafallecimiento ^difunt ^decedut "
	"^defunt datadecesso datadidecesso ^overleden ^overlijden "
	"zmarly ^zmarl ^falecid datadeobito ^avliden ^avdod "
	"^dod$ afdod ^zemrel ^umrti ^vefat ^olmus "
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
	"keepmeposted contactpref communicationpref "
	"informiertbleiben aufdemlaufenden "
	"tenirinforme resterinforme etreinforme mantenerinformad "
	"mantenermeinformad mantenersiinformat tenersiinformat "
	"kontaktpraf kontaktpref kommunikationspraf "
	"preferencedecontact preferencesdecontact preferencescontact "
	"preferenciasdecontact preferenciadecontact "
	"preferenzedicontatt preferenzadicontatt voorkeurcontact "
	/* ko ja zh he th hi vi id da no sv pl fi hu cs sk sl hr ro el et lv lt
	 * is bg sr fa sw tl ca eu gl */
	"\u1109\u116e\u1109\u1175\u11ab "
	"\u1100\u116a\u11bc\u1100\u1169 "
	"\u1103\u1169\u11bc\u110b\u1174 "
	"\u1100\u116e\u1103\u1169\u11a8 \u914d\u4fe1 \u53d7\u4fe1 "
	"\u8cfc\u8aad \u540c\u610f \u5e0c\u671b \u8ba2\u9605 "
	"\u8a02\u95b1 \u63a5\u6536\u90ae\u4ef6 \u63a5\u6536 "
	"\u63a8\u5e7f \u71df\u92b7 \u8425\u9500 "
	"\u05d3\u05d9\u05d5\u05d5\u05e8 "
	"\u05d4\u05e1\u05db\u05de\u05d4 "
	"\u05e8\u05e9\u05d9\u05de\u05ea\u05ea\u05e4\u05d5\u05e6\u05d4 "
	"\u0e02\u0e32\u0e27\u0e2a\u0e32\u0e23 "
	"\u0e22\u0e19\u0e22\u0e2d\u0e21 "
	"\u0e23\u0e1a\u0e02\u0e32\u0e27 "
	"\u0e2a\u0e21\u0e04\u0e23\u0e23\u0e1a "
	"\u0938\u0939\u092e\u0924\u093f "
	"\u0938\u0926\u0938\u092f\u0924\u093e "
	"\u0928\u092f\u091c\u0932\u091f\u0930 dongy ^nhanthu "
	"^nhanemail bantin quangcao ^persetujuan ^berlangganan "
	"^langganan ^tilladelse ^tillatelse ^tillatelse ^pozwolen "
	"^lupa$ ^luvat$ suostu ^engedely hozzajarul ^beleegyez "
	"^reklam ^reklam mainonta ^souhlas ^suhlas ^odber "
	"^dovoljen ^pristan ^privola ^soglasje ^privolitev ^acord$ "
	"consimtamant consimt "
	"\u03c3\u03c5\u03b3\u03ba\u03b1\u03c4\u03b1\u03b8\u03b5\u03c3\u03b7 "
	"\u03b5\u03bd\u03b7\u03bc\u03b5\u03c1\u03c9\u03c3\u03b7 "
	"^nousolek ^piekrisan ^sutikim ^samthykk "
	"^\u0441\u044a\u0433\u043b\u0430\u0441\u0438\u0435 "
	"^\u0430\u0431\u043e\u043d\u0430\u043c\u0435\u043d\u0442 "
	"^\u0441\u0430\u0433\u043b\u0430\u0441\u043d\u043e\u0441\u0442 "
	"\u062e\u0628\u0631\u0646\u0627\u0645\u0647 "
	"\u0631\u0636\u0627\u06cc\u062a "
	"\u0627\u0634\u062a\u0631\u0627\u06a9 ^ruhusa ^ridhaa "
	"^idhini ^pahintulot ^permes consentiment consentimento "
	"^baimen ^onespen ^autoritz ^consent ^permiso ^permesso "
	"^permission ^genehmig ^freigabe$ "
	"contactvoorkeur ^mailinglist ^maillist ^mailverteiler "
	"^emailverteiler ^ezine ^enews ^mailshot receiveupdates "
	"receiveoffers receivenews receiveinfo receivemarketing "
	"receivepromo ^promotionalemail ^promoemail "
	/* nl pl pt sv da no cs tr ru uk ar hu fi el ro ja zh ko he */
	"infogewunscht infosgewunscht informationengewunscht "
	"kontaktgewunscht ^receiveour permail peremail parmail "
	"paremail parcourriel viaemail viamail pormail poremail "
	"porcorreo ^bulletin$ bulletindinfo ^rodo$ ^kvkk hirlevel "
	"feliratkoz uutiskirje suostumus "
	"\u03b5\u03bd\u03b7\u03bc\u03b5\u03c1\u03c9\u03c4\u03b9\u03ba "
	"\u03c3\u03c5\u03b3\u03ba\u03b1\u03c4\u03b1\u03b8\u03b5\u03c3\u03b7 "
	"newsletterabonare ^abonare ^acordmarketing "
	"\u30e1\u30eb\u30de\u30ab \u914d\u4fe1\u5e0c\u671b "
	"\u30e1\u30fc\u30eb\u914d\u4fe1 \u8ba2\u9605 \u8a02\u95b1 "
	"\u1109\u116e\u1109\u1175\u11ab\u1103\u1169\u11bc\u110b\u1174 "
	"\u1102\u1172\u1109\u1173\u1105\u1166\u1110\u1165 "
	"\u05e0\u05d9\u05d5\u05d6\u05dc\u05d8\u05e8 "
	"nieuwsbrief ^toestemming ^abonnee ^aangemeld ^ingeschreven "
	"^zgod subskryb ^biuletyn zapisan reklama$ reklam$ reklamy$ "
	"reklame$ ^assinante ^inscrito ^inscricao ^subscrito "
	"^subscrita ^subscricao ^boletim ^aceita ^autorizacao "
	"nyhetsbrev nyhedsbrev samtykk samtyck utskick ^prenumer "
	"^abonnent ^tilmeldt ^pameldt souhlas odbernovin odberzprav "
	"^odber$ obchodnisdel zpravodaj ^prihlasen ^abone bulten ^izin "
	"^izni ^onay$ ^onayi ^riza "
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

/* Which newsletter somebody gets: where it is "none", none is wanted. */
static const char *const newsletters =
	"newsletter rundbrief infolettre ^boletin ^boletim nieuwsbrief "
	"nyhetsbrev nyhedsbrev ^mailinglist ^maillist ^mailverteiler "
	"^emailverteiler";
static const char *const of_names =
	"^name$ name$ ^title$ ^titel$ ^titre$ ^nom$ ^nombre$ ^nome$ ^titulo$ "
	"^titolo$";

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

	if (has_any(h, "contactbyemail contactmebyemail contactbymail"))
		return CONSENT_MAYBE_IN; /* "by" whom is another matter */

	if (has_any(h, "doubleoptin")) /* not having it is no objection */
		return CONSENT_MAYBE_IN;
	if (has_any(h, in_stems))
		return when ? CONSENT_ASIDE_IN : CONSENT_OPT_IN;
	if (has_any(h, maybe_out))
		return CONSENT_MAYBE_OUT;
	if (has_any(h, contacts) && has_any(h, negations))
		return when ? CONSENT_ASIDE_OUT : CONSENT_MAYBE_OUT;
	if (has_any(h, maybe_gone))
		return CONSENT_MAYBE_GONE;
	if (!when && has_any(h, newsletters) && has_any(h, of_names))
		return CONSENT_MAYBE_IN;
	if (has_any(h, maybe_in))
		return when || has_any(h, of_places) ? CONSENT_ASIDE_IN
						     : CONSENT_MAYBE_IN;
	if (has_any(h, contacts) && has_any(h, permissions))
		return when ? CONSENT_ASIDE_IN : CONSENT_MAYBE_IN;
	if (has_any(h, mail_words))
		return CONSENT_ASIDE_IN;
	return has_any(h, maybe_state) ? CONSENT_MAYBE_STATE
				       : CONSENT_NO_COLUMN;
}

static enum import_consent judge_out(const struct header *h)
{
	if (has_any(h, no_state))
		return CONSENT_ASIDE_OUT;
	return has_any(h, companions) ? CONSENT_REASON : CONSENT_OPT_OUT;
}

/* Consent of something else: only what stands beside a word of consent makes
 * it worth a look. */
static enum import_consent judge_other(const struct header *h)
{
	if (has_any(h, out_stems))
		return CONSENT_ASIDE_OUT;
	return has_any(h, in_stems) || has_any(h, maybe_in) ? CONSENT_ASIDE_IN
							    : CONSENT_OTHER;
}

static enum import_consent judge_header(const struct header *h)
{
	bool all = has_any(h, of_all);

	if (has_any(h, of_messages) && !has_any(h, of_mail_alone))
		return all ? judge_other(h) : CONSENT_OTHER;
	if (has_any(h, of_others) && !has_any(h, of_mail))
		return CONSENT_OTHER;
	if (has_any(h, of_something) && !has_any(h, of_mail))
		return judge_other(h);
	if (has_any(h, of_letters))
		return CONSENT_LETTERS;
	if (has_any(h, status_sure))
		return CONSENT_STATUS;
	return has_any(h, out_stems) ? judge_out(h) : judge_in(h);
}

static void header_release(struct header *h)
{
	strbuf_release(&h->letters);
}

enum import_consent import_consent_header(struct str header)
{
	CLEANUP(header_release) struct header h = { .letters = STRBUF_INIT };

	if (header.len > HEADER_MAX) /* who can tell what it ends with? */
		return CONSENT_MAYBE_IN;
	read_header(utf8_trim(header), &h);
	return h.letters.len > 0 ? judge_header(&h) : CONSENT_NO_COLUMN;
}

bool import_consent_asks(struct str header)
{
	CLEANUP(header_release) struct header h = { .letters = STRBUF_INIT };

	header = utf8_trim(header);
	if (memchr(header.s, '?', header.len) ||
	    memmem(header.s, header.len, "\u061f", 2) ||
	    memmem(header.s, header.len, "\uff1f", 3))
		return true;
	read_header(header, &h);
	for (size_t i = 0; i < h.letters.len; i++) {
		/* beyond Latin, Greek and Cyrillic letters with accents */
		if ((unsigned char)h.letters.buf[i] >= 0xd6)
			return true;
	}
	return has_any(&h, contacts) && has_any(&h, asking);
}

bool import_consent_is_sure(enum import_consent consent)
{
	return consent == CONSENT_OPT_OUT || consent == CONSENT_REASON ||
	       consent == CONSENT_OPT_IN || consent == CONSENT_STATUS ||
	       consent == CONSENT_LETTERS;
}

/* --- meanings --- */

#define N CONSENT_NOTHING
#define O CONSENT_SAYS_OUT
#define U CONSENT_UNCLEAR

enum consent_meaning import_consent_meaning(enum import_consent consent,
					    enum consent_word word)
{
	/* blank yes no date out in active inactive unknown none */
	static const enum consent_meaning table[][CONSENT_WORDS] = {
		[CONSENT_OPT_OUT] = { N, O, N, O, O, N, U, U, U, N },
		[CONSENT_REASON] = { N, O, N, O, O, O, O, O, O, N },
		[CONSENT_OPT_IN] = { N, N, O, N, O, N, N, U, U, U },
		[CONSENT_STATUS] = { N, U, U, U, O, N, N, U, U, U },
		[CONSENT_VALUES] = { N, U, U, U, U, U, U, U, U, U },
		[CONSENT_PHRASE] = { N, N, N, N, O, N, N, N, N, N },
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
		import_consent_value_key(cell, &key);
	for (size_t i = 0; i < answers->n; i++) {
		if (strcmp(answers->v[i].key, key.buf) == 0)
			return answers->v[i].out ? CONSENT_SAYS_OUT
						 : CONSENT_NOTHING;
	}
	if (consent == CONSENT_PHRASE &&
	    (import_refuses(cell) || import_consent_has_out(cell)))
		return CONSENT_SAYS_OUT;
	return import_consent_meaning(consent, import_consent_word(cell));
}
