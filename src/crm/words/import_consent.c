#include "crm/words/import_consent.h"

#include "base/cleanup.h"
#include "base/utf8.h"
#include "crm/words/import_language.h"
#include "crm/words/import_refusal.h"

#include <ctype.h>
#include <string.h>

#define HEADER_MAX 4000 /* bytes of a header that are looked at */

static const char *const names[] = {
	[CONSENT_NO_COLUMN] = "none",          [CONSENT_OPT_OUT] = "opt_out",
	[CONSENT_REASON] = "reason",           [CONSENT_OPT_IN] = "opt_in",
	[CONSENT_STATUS] = "status",           [CONSENT_VALUES] = "values",
	[CONSENT_PHRASE] = "phrase",           [CONSENT_IGNORED] = "ignore",
	[CONSENT_OPT_IN_ONLY] = "opt_in_only",
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

/* Of an address, or of mail that was sent; not of whether it may be. */
static const char *const of_addresses =
	"^verified ^valid ^has$ ^primary ^sent$ ^opened ^clicked ^delivered "
	"gepruft verifi ^gesendet ^geoffnet ^zugestellt ^server";

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

/* An opt-out that is denied, or over: its no is one. */
static const char *const denied_outs =
	"notunsub neverunsub notoptedout notoptout neveroptedout notsuppress "
	"notblacklist notblocked notwithdrawn "
	"nichtabgemeld nichtausgetrag nichtgesperrt nichtgeblockt "
	"nichtwidersproch nichtwiderruf keinwiderspruch keinwiderruf "
	"keineabmeld keinoptout keinesperr keinewerbesperr keinemailsperr "
	"keinsperrvermerk widerspruchwiderruf optoutwiderruf "
	"abmeldungwiderruf widerspruchaufgehob sperreaufgehob "
	"optoutrevoked optoutwithdrawn unsubscriberevoked "
	"pasdesabonn pasdesinscri pasdopposition nondesabonn nondesinscri "
	"nodadodebaja nodadadebaja nodebaja sinbaja nodesuscri nodessuscri "
	"nondisiscri nonrevocat";

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
	"^number nummer$ ^nr$ ^total$ ^rate$ ^quote$ ^href$ ^seite$ ^sum$ ^id$";

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
	"^nomand ^nomolest ^suppress$ ^suppressemail ^exclmail ^exclemail "
	"^nosolicit ^donotsolicit ^dnd$ stoplist ^werbestopp ^npai$ ^bloctel "
	"^ecgliste ^rtrliste";

/* The dead want no mail; of the deleted, it is not known what they wanted. */
static const char *const maybe_gone =
	"^archived$ isarchived ^archiviert$ "
	"deceased ^dead$ ^died$ dateofdeath deathdate ^deathon "
	"verstorben ^gestorben ^tot$ todesdatum sterbedatum ^todestag "
	"^decede ^mort$ datededeces datedeces ^fallecid "
	"fechadefallecimiento fechafallecimiento ^difunt ^decedut "
	"^defunt datadecesso datadidecesso "
	"isdeleted ^deleted$ ^deletedat ^deletedon ^datedeleted "
	"^geloscht ^geloescht ^supprime$ ^supprimee$ ^eliminado "
	"^eliminada ^eliminato ^eliminata ^borrado ^borrada "
	"^trashed ^intrash";

/* With a word of mail: an opt-out that nobody has headed so before. */
static const char *const negations =
	"^not$ ^never$ ^kein nicht ^nie$ ^pas$ ^sans$ ^plusde$ ^plusd$ "
	"plusrecevoir ^sin$ ^senza$ ^non$ ^refus ^rechaz ^rifiut ^declin "
	"^deny ^denied ^bounce$ ^bounces$";

/* With a word of mail: an opt-in likewise. */
static const char *const permissions =
	"^allow erlaub ^darf$ permiss ^permit ^autoris ^autoriz ^accept "
	"^accett ^acept ^can$ ^may$ ^agree einverstanden gestatt ^souhait "
	"^desea ^desider ^wunsch erwunscht ^ok$ ^okay ^send$ ^sends$ "
	"^receive$ ^receives$ ^gets$ ^wants$";

static const char *const contacts =
	"mail ^courriel ^correo newsletter ^marketing werb rundbrief "
	"^contact ^kontakt ^versand ^envoi ^envio ^invio ^invia ^info$ "
	"^infos$ ^publi ^pubbli ^communic ^comunic ^recevoir ^recib ^ricever";

static const char *const maybe_in =
	"newsletter ^mailing consent consens einwillig zustimm einverstandni "
	"^infopost ^rundschreiben ^rundmail ^verteiler$ ^nl$ "
	"^gdpr ^dsgvo ^rgpd ^lopd ^lssi ^lgpd ^pecr ^casl$ ^canspam ^uwg$ "
	"werbung ^werbe ^publicite ^publicidad ^pubblicita subscription "
	"^subscribe ^subscriber$ ^abonn ^abo$ ^abos$ suscri iscrit iscrizion "
	"^inscrit$ ^inscrite$ rundbrief ^infomail ^boletin ^erlaubnis "
	"^autorisation ^autorizacion ^autorizzazion ^emailmarketing "
	"^marketingemail$ ^marketingemails$ ^marketingcontact "
	"^marketingpreference ^emailpref ^mailpref ^commpref ^commspref "
	"^communicationpref ^doubleoptin =opt =marketing =mailok =emailok "
	"^oktomail ^oktoemail contactable ^mailable ^emailable ^emailing "
	"^mailflag ^emailflag ^solicit "
	"infolettre lettreinfo lettredinfo lettresdinfo keepinformed "
	"keepmeinformed keptinformed stayinformed keepintouch "
	"stayintouch keepupdated keepmeupdated stayupdated keepposted "
	"keepmeposted contactpref "
	"informiertbleiben aufdemlaufenden "
	"tenirinforme resterinforme etreinforme mantenerinformad "
	"mantenermeinformad mantenersiinformat tenersiinformat "
	"kontaktpraf kontaktpref kommunikationspraf "
	"preferencedecontact preferencesdecontact preferencescontact "
	"preferenciasdecontact preferenciadecontact "
	"preferenzedicontatt preferenzadicontatt "
	"^permiso ^permesso ^permission ^permes ^genehmig ^freigabe$ "
	"^maillist ^mailverteiler ^emailverteiler ^ezine ^enews ^mailshot "
	"receiveupdates receiveoffers receivenews receiveinfo "
	"receivemarketing receivepromo ^receiveour ^promotionalemail "
	"^promoemail infogewunscht infosgewunscht informationengewunscht "
	"kontaktgewunscht permail peremail parmail paremail parcourriel "
	"viaemail viamail pormail poremail porcorreo ^bulletin$ bulletindinfo";

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
static const char *const of_editions =
	"^edition ^issue ausgabe$ ^ausgabe ^numero ^edicion ^edizione";
static const char *const of_names =
	"^name$ name$ ^title$ ^titel$ ^titre$ ^nom$ ^nombre$ ^nome$ ^titulo$ "
	"^titolo$";

static const char *const status_sure =
	"subscriptionstatus subscriberstatus emailstatus mailstatus "
	"mailingstatus newsletterstatus marketingstatus consentstatus "
	"permissionstatus einwilligungstatus "
	"abostatus abonnementstatus optinstatus optoutstatus optstatus "
	"optstate optinout optinoptout optinoroptout optoutin statutabonn "
	"statutnewsletter statutemail estadosuscri estadodesuscri "
	"estadoemail statoiscri statonewsletter statoemail "
	"statusnewsletter statusemail statussubscription";

static const char *const maybe_state =
	"^confirmed$ ^status$ ^statut$ ^estado$ ^stato$ ^state$ ^active$ "
	"^isactive$ "
	"^aktiv$ ^actif$ ^activo$ ^attivo$ ^inactive$ ^inaktiv$";

/* Their states are no consent: of an order, of a payment. */
static const char *const of_business =
	"^order ^payment ^invoice ^shipping ^delivery ^ticket ^deal ^project "
	"^task ^bestell ^zahlung ^rechnung ^auftrag ^lieferung ^projekt "
	"^commande ^paiement ^facture ^livraison ^pedido ^pago ^factura ^envio "
	"^ordine ^pagamento ^fattura ^spedizione ^civil ^marital ^familien";

/* In a language of which nothing is certain. */
static bool has_foreign(const struct header *h, enum import_language_part part)
{
	const char *stems;

	for (size_t i = 0; (stems = import_language(i, part)); i++) {
		if (has_any(h, stems))
			return true;
	}
	return false;
}

/* Mail is not wanted, in words that nobody has put so before. */
static bool is_negated(const struct header *h)
{
	if (has_any(h, contacts) && has_any(h, negations))
		return true;
	return has_foreign(h, LANGUAGE_NEGATION) &&
	       (has_any(h, contacts) || has_foreign(h, LANGUAGE_MAIL) ||
		has_foreign(h, LANGUAGE_WANTED));
}

static enum import_consent judge_in(const struct header *h)
{
	bool when = has_any(h, circumstances) || has_any(h, no_state);

	if (has_any(h, "contactbyemail contactmebyemail contactbymail"))
		return CONSENT_MAYBE_IN; /* "by" whom is another matter */

	if (has_any(h, "doubleoptin")) /* not having it is no objection */
		return CONSENT_MAYBE_IN;
	if (has_any(h, in_stems))
		return when ? CONSENT_ASIDE_IN : CONSENT_OPT_IN;
	if (has_any(h, maybe_out) || has_foreign(h, LANGUAGE_REFUSED))
		return CONSENT_MAYBE_OUT;
	if (is_negated(h))
		return when ? CONSENT_ASIDE_OUT : CONSENT_MAYBE_OUT;
	if (has_any(h, maybe_gone) || has_foreign(h, LANGUAGE_GONE))
		return CONSENT_MAYBE_GONE;
	if (!when && has_any(h, newsletters) && has_any(h, of_names))
		return CONSENT_MAYBE_IN;
	if (has_any(h, newsletters) && has_any(h, of_editions))
		return CONSENT_WHICH;
	if (has_any(h, maybe_in) || has_foreign(h, LANGUAGE_WANTED))
		return when || has_any(h, of_places) ? CONSENT_ASIDE_IN
						     : CONSENT_MAYBE_IN;
	if (has_any(h, contacts) && has_any(h, permissions))
		return when ? CONSENT_ASIDE_IN : CONSENT_MAYBE_IN;
	if (has_foreign(h, LANGUAGE_MAIL))
		return CONSENT_ASIDE_IN;
	return has_any(h, maybe_state) && !has_any(h, of_business)
		       ? CONSENT_MAYBE_STATE
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
	if (has_any(h, of_others) && !has_any(h, of_mail) &&
	    !has_foreign(h, LANGUAGE_REFUSED))
		return CONSENT_OTHER;
	if (has_any(h, of_something) && !has_any(h, of_mail))
		return judge_other(h);
	if (has_any(h, of_letters))
		return CONSENT_LETTERS;
	if (has_any(h, status_sure))
		return CONSENT_STATUS;
	if (has_any(h, denied_outs))
		return CONSENT_MAYBE_IN;
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

static bool is_headed(struct str header, const char *words)
{
	CLEANUP(header_release) struct header h = { .letters = STRBUF_INIT };

	read_header(utf8_trim(header), &h);
	return has_any(&h, words);
}

bool import_consent_is_proof(struct str header)
{
	return is_headed(header,
			 "=consentform =einwilligungformular =consenttext "
			 "=einwilligungtext =consentsignedupat "
			 "=consentsignedup =einwilligunganmeldung "
			 "=consentsignedupip =einwilligunganmeldungip "
			 "=consentip =einwilligungip");
}

bool import_consent_is_told(struct str header)
{
	/* as its API and the app head them (crm/export.c) */
	static const char *const told =
		"=consentat =consentwhen =einwilligungwann =consentsource "
		"=consenthow =einwilligungwie =consentby =consentwho "
		"=einwilligungwer =consentreason =consentground "
		"=einwilligunggrund";

	return is_headed(header, told);
}

/* A question mark of any script, or a paragraph of a law. */
static bool has_mark(struct str header)
{
	static const char *const marks[] = { "?", "\u061f", "\uff1f",
					     "\u00a7" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (memmem(header.s, header.len, marks[i], strlen(marks[i])))
			return true;
	}
	return false;
}

/* Beyond Latin letters, also those with accents. */
static bool has_unread_script(const struct header *h)
{
	for (size_t i = 0; i < h->letters.len; i++) {
		if ((unsigned char)h->letters.buf[i] >= 0xcd)
			return true;
	}
	return false;
}

bool import_consent_asks(struct str header)
{
	CLEANUP(header_release) struct header h = { .letters = STRBUF_INIT };

	header = utf8_trim(header);
	read_header(header, &h);
	return has_mark(header) || has_unread_script(&h) ||
	       (has_any(&h, of_mail_alone) && !has_any(&h, of_addresses)) ||
	       (has_any(&h, contacts) && has_any(&h, asking));
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
	/* blank yes no date out in active inactive unknown none either */
	static const enum consent_meaning table[][CONSENT_WORDS] = {
		[CONSENT_OPT_OUT] = { N, O, N, O, O, N, U, U, U, N, U },
		[CONSENT_REASON] = { N, O, U, O, O, O, O, O, O, N, O },
		[CONSENT_OPT_IN] = { N, N, O, N, O, N, N, U, U, U, U },
		[CONSENT_OPT_IN_ONLY] = { O, N, O, N, O, N, N, O, U, O, U },
		[CONSENT_STATUS] = { N, U, U, U, O, N, N, U, U, U, U },
		[CONSENT_VALUES] = { N, U, U, U, U, U, U, U, U, U, U },
		[CONSENT_PHRASE] = { N, N, N, N, O, N, N, N, N, N, N },
	};

	if (consent == CONSENT_NO_COLUMN || consent >= CONSENT_IGNORED)
		return CONSENT_NOTHING;
	return table[consent][word];
}

bool import_consent_answer(const struct import_answers *answers,
			   struct str cell, bool *out)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

	if (cell.len == 0)
		return false;
	if (answers->n > 0)
		import_consent_value_key(cell, &key);
	for (size_t i = 0; i < answers->n; i++) {
		if (strcmp(answers->v[i].key, key.buf) == 0) {
			*out = answers->v[i].out;
			return true;
		}
	}
	return false;
}

enum consent_meaning import_consent_read(enum import_consent consent,
					 const struct import_answers *answers,
					 struct str cell)
{
	bool is_out;

	if (import_consent_answer(answers, cell, &is_out))
		return is_out ? CONSENT_SAYS_OUT : CONSENT_NOTHING;
	if (consent == CONSENT_PHRASE &&
	    (import_refuses(cell) || import_consent_has_out(cell)))
		return CONSENT_SAYS_OUT;
	return import_consent_meaning(consent, import_consent_word(cell));
}

bool import_consent_is_of_agreement(enum import_consent consent)
{
	return consent == CONSENT_OPT_IN || consent == CONSENT_OPT_IN_ONLY ||
	       consent == CONSENT_STATUS || consent == CONSENT_VALUES;
}

bool import_consent_agrees(enum import_consent consent,
			   const struct import_answers *answers,
			   struct str cell)
{
	bool is_out;

	if (!import_consent_is_of_agreement(consent))
		return false;
	if (import_consent_answer(answers, cell, &is_out))
		return !is_out;
	switch (import_consent_word(cell)) {
	case CONSENT_YES:
	case CONSENT_DATE:
	case CONSENT_IN:
	case CONSENT_ACTIVE:
		return consent != CONSENT_VALUES;
	default:
		return false;
	}
}
